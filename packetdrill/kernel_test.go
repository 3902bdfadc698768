//go:build kernel && linux && (amd64 || arm64)

package packetdrill

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var (
	pkt     = flag.String("pkt", filepath.Join("testdata", "linux"), "the script, or the directory of scripts, that the kernel is held against")
	longest = flag.Duration("longest", 100*time.Second, "scripts that last longer are skipped")
	record  = flag.Bool("record", false, "pass over what scripts expect: show what the kernel does, and where netsim does (+) or does not (-) the same")
	at      = flag.Int("at-once", 8, "how many scripts run at a time")
)

// tries is how often a script may miss before it counts: time on a machine that others
// use, too, is not always what it should be.
const tries = 3

// TestKernel holds the scripts for Linux against the kernel of this machine, each in a
// network namespace of its own. Nine in ten agree at a tolerance of 10 ms.
func TestKernel(t *testing.T) {
	if why := stop(); why != "" {
		t.Skip(why)
	}
	hurry()
	var paths []string
	err := filepath.WalkDir(*pkt, func(path string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".pkt" {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	results := make([]*Result, len(paths))
	var all sync.WaitGroup
	turn := make(chan bool, *at)
	for i, path := range paths {
		all.Go(func() {
			turn <- true
			defer func() { <-turn }()
			results[i] = held(t, path)
		})
	}
	all.Wait()
	sum := [3]int{}
	for i, res := range results {
		sum[res.Verdict]++
		if res.Verdict == Pass && !*record {
			continue
		}
		var b strings.Builder
		if res.Verdict == Fail && !*record {
			res.WriteLadder(&b)
		}
		t.Logf("%v %s:%d: %s\n%s", res.Verdict, paths[i], res.Line, res.Text, b.String())
	}
	t.Logf("%d of %d agree, %d skipped", sum[Pass], len(paths), sum[Unsupported])
	if sum[Pass]*10 < (len(paths)-sum[Unsupported])*9 {
		t.Errorf("%d of %d scripts agree with the kernel", sum[Pass], len(paths))
	}
}

// held runs a script, and again if it fails.
func held(t *testing.T, path string) (res *Result) {
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Profile: "linux", Tolerance: 10 * time.Millisecond}
	if d := lasts(path, string(src), o); d > *longest {
		return &Result{File: path, Verdict: Unsupported, Text: "it lasts " + d.String()}
	}
	if *record {
		var b strings.Builder
		res = RunKernel(path, string(src), o, true)
		sim := recorded(path, string(src), o)
		if !writeBoth(&b, res.Rows, sim.Rows) || res.Text+sim.Text != "" {
			res.Verdict = max(res.Verdict, Fail)
		}
		res.Text += " " + sim.Text + "\n" + b.String()
		return res
	}
	for range tries {
		if res = RunKernel(path, string(src), o, false); res.Verdict != Fail {
			break
		}
	}
	return res
}

// lasts is how long a script takes in virtual time.
func lasts(path, src string, o Options) time.Duration {
	if res := Run(path, src, o); len(res.Rows) > 0 {
		return res.Rows[len(res.Rows)-1].At
	}
	return 0
}

// hurry puts this process before others, and gives the threads that wait in the kernel
// no part in how many run.
func hurry() {
	runtime.GOMAXPROCS(64)
	tasks, _ := os.ReadDir("/proc/self/task")
	for _, task := range tasks {
		if id, err := strconv.Atoi(task.Name()); err == nil {
			_ = syscall.Setpriority(syscall.PRIO_PROCESS, id, -20)
		}
	}
}
