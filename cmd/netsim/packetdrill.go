package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"netsim/packetdrill"
	"netsim/packetdrill/script"
	"netsim/tcp"
)

func packetdrillCommand() *cobra.Command {
	o := packetdrill.Options{}
	jobs, verbose := 0, false
	c := &cobra.Command{
		Use:   "packetdrill FILE-or-DIR...",
		Short: "Run scripts of the packetdrill language against a system",
		Long: `Run scripts of the packetdrill language, in which kernels are tested, against the
socket layer and TCP of a simulated system, in virtual time. A directory stands for
the files NAME.pkt below it.

A line tells of each script: that it passes, where it fails, with what was expected
there and what came, or what it has that is not supported, which counts as skipped.

Exit status: 0 none failed, 1 one failed, 2 bad input.`,
		Example: `  netsim packetdrill close.pkt
  netsim packetdrill --profile freebsd --verbose rst/
  netsim packetdrill -D NAME=VALUE --tolerance 10ms tests/`,
		Args: several("FILE or DIR", "netsim packetdrill close.pkt"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if tcp.ProfileByName(o.Profile) == nil {
				return fmt.Errorf("--profile %s: there are %s", o.Profile, strings.Join(tcp.ProfileNames(), ", "))
			}
			files, err := scripts(args)
			if err != nil {
				return err
			}
			d := drill{out: cmd.OutOrStdout(), verbose: verbose}
			d.run(files, o, jobs)
			if d.sum.failed > 0 {
				return verdictError{}
			}
			return nil
		},
	}
	c.Flags().StringVar(&o.Profile, "profile", "linux", "the system: "+strings.Join(tcp.ProfileNames(), ", "))
	c.Flags().StringArrayVarP(&o.Defines, "define", "D", nil, "NAME or NAME=VALUE: a name that is defined; repeat for more")
	c.Flags().DurationVar(&o.Tolerance, "tolerance", 0, "how far from its time an event may happen (default: the script's, or 4ms)")
	c.Flags().IntVar(&jobs, "jobs", runtime.GOMAXPROCS(0), "how many scripts run at once")
	c.Flags().BoolVar(&verbose, "verbose", false, "show the ladder of every script")
	return c
}

// scripts lists the files, and those with scripts below the directories.
func scripts(args []string) (files []string, err error) {
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, arg)
			continue
		}
		err = filepath.WalkDir(arg, func(name string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && filepath.Ext(name) == ".pkt" {
				files = append(files, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// count is how many scripts passed, failed and were skipped.
type count struct{ passed, failed, skipped int }

func (c *count) add(v packetdrill.Verdict) {
	switch v {
	case packetdrill.Pass:
		c.passed++
	case packetdrill.Fail:
		c.failed++
	default:
		c.skipped++
	}
}

func (c count) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", c.passed, c.failed, c.skipped)
}

// drill runs scripts and tells of them in their order.
type drill struct {
	out         io.Writer
	verbose     bool
	sum         count
	directories []string
	by          map[string]*count
}

func (d *drill) run(files []string, o packetdrill.Options, jobs int) {
	results := make([]chan *packetdrill.Result, len(files))
	for i := range results {
		results[i] = make(chan *packetdrill.Result, 1)
	}
	var next sync.Mutex
	at := 0
	for range max(1, min(jobs, len(files))) {
		go func() {
			for {
				next.Lock()
				i := at
				at++
				next.Unlock()
				if i >= len(files) {
					return
				}
				results[i] <- drillFile(files[i], o)
			}
		}()
	}
	d.by = map[string]*count{}
	for i := range files {
		d.tell(<-results[i])
	}
	slices.Sort(d.directories)
	fmt.Fprintln(d.out)
	for _, dir := range d.directories {
		fmt.Fprintf(d.out, "%s: %v\n", dir, *d.by[dir])
	}
	fmt.Fprintln(d.out, d.sum)
}

// drillFile runs one script.
func drillFile(file string, o packetdrill.Options) *packetdrill.Result {
	info, err := os.Stat(file)
	if err == nil && info.Size() > script.MaxSize {
		err = fmt.Errorf("longer than %d bytes", script.MaxSize)
	}
	var src []byte
	if err == nil {
		src, err = os.ReadFile(file)
	}
	if err != nil {
		return &packetdrill.Result{File: file, Verdict: packetdrill.Fail, Text: err.Error()}
	}
	return packetdrill.Run(file, string(src), o)
}

// tell writes the line of a script, and the ladder of one that failed.
func (d *drill) tell(r *packetdrill.Result) {
	d.sum.add(r.Verdict)
	dir := filepath.Dir(r.File)
	if d.by[dir] == nil {
		d.by[dir] = new(count)
		d.directories = append(d.directories, dir)
	}
	d.by[dir].add(r.Verdict)
	switch r.Verdict {
	case packetdrill.Pass:
		fmt.Fprintf(d.out, "pass %s\n", r.File)
	case packetdrill.Fail:
		fmt.Fprintf(d.out, "FAIL %s:%d: %s\n", r.File, r.Line, r.Text)
	default:
		fmt.Fprintf(d.out, "unsupported: %s (%s:%d)\n", r.Text, r.File, r.Line)
	}
	if d.verbose || r.Verdict == packetdrill.Fail {
		r.WriteLadder(d.out)
	}
}
