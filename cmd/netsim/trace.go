package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"netsim/experiments"
	"netsim/packetdrill"
	"netsim/plots"
)

// plain is the width of a ladder that does not go to a terminal.
const plain = 100

// scripted is the least width of the ladder of a script.
const scripted = 150

// traceFlags are the options of netsim trace.
type traceFlags struct {
	sets       []string
	flow       string
	connection int
	pcap       string
	script     string
	profile    string
	out        string
	drill      bool
	host       string
}

func traceCommand() *cobra.Command {
	var f traceFlags
	c := &cobra.Command{
		Use:   "trace [FILE-or-NAME]",
		Short: "Print one connection as a ladder, or draw it",
		Long: `Print one connection as a ladder: of an experiment, in every case, from the first
replication; of a capture (pcap, pcapng), whose segments stand where they were
captured; or what a script of packetdrill makes happen. With --out it is drawn, and
a table of it written beside it; else nothing is written.

With --packetdrill a connection of an experiment is written as a script of
packetdrill instead, for this simulator or for a kernel: the calls of the program at
one end with their results, what its host sends as what is expected, what it gets as
what is injected. The end is that of the host that opens the connection, or of --host.
Of several cases it is the first. A connection whose host did what does not follow
from the connection alone has no script.

` + problemsHelp,
		Example: `  netsim trace handshake
  netsim trace four-way-close --set case.style=three
  netsim trace mine.toml --flow web --connection 3 --out third.svg
  netsim trace --pcap client.pcapng --connection 2
  netsim trace --script close.pkt --out close.pdf
  netsim trace half-close --packetdrill --host server --out half.pkt`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: experimentArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.drill {
				return f.writeDrill(cmd, args)
			}
			if f.host != "" {
				return errors.New("--host: only a script is seen from one host, with --packetdrill")
			}
			ladder, err := f.ladder(cmd, args)
			if err != nil {
				return err
			}
			if f.out != "" {
				return f.draw(cmd, ladder)
			}
			return ladder.Text(cmd.OutOrStdout(), f.width())
		},
	}
	c.Flags().StringArrayVar(&f.sets, "set", nil, setHelp)
	completeSets(c)
	c.Flags().StringVar(&f.flow, "flow", "", "the flow (default: the first)")
	c.Flags().IntVar(&f.connection, "connection", 1, fmt.Sprintf("which of its connections, from 1 to %d", experiments.MostTraced))
	c.Flags().StringVar(&f.pcap, "pcap", "", "a capture whose connection is shown")
	c.Flags().StringVar(&f.script, "script", "", "a script of packetdrill that is run and shown")
	c.Flags().StringVar(&f.profile, "profile", "linux", "the system that the script is run against")
	c.Flags().StringVar(&f.out, "out", "", "draw it to a file: "+strings.Join(plots.Formats, ", ")+" by its ending; a script: write it there")
	c.Flags().BoolVar(&f.drill, "packetdrill", false, "write a connection of an experiment as a script of packetdrill")
	c.Flags().StringVar(&f.host, "host", "", "of a script: whose end it is of, such as server or web[3] (default: the host that opens it)")
	return c
}

// ladder is what the command names.
func (f *traceFlags) ladder(cmd *cobra.Command, args []string) (*plots.Ladder, error) {
	named := 0
	for _, is := range []bool{len(args) > 0, f.pcap != "", f.script != ""} {
		if is {
			named++
		}
	}
	switch {
	case named != 1:
		return nil, errors.New("want one of an experiment, --pcap FILE and --script FILE, such as: netsim trace handshake")
	case f.connection < 1 || f.connection > experiments.MostTraced:
		return nil, fmt.Errorf("--connection %d: want one from 1 to %d", f.connection, experiments.MostTraced)
	case f.pcap != "":
		file, err := os.Open(f.pcap)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		ladder, err := experiments.CaptureLadder(filepath.Base(f.pcap), file, f.connection)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fmt.Errorf("--pcap %s: want a capture, as pcap or pcapng: %w", f.pcap, err)
		}
		return ladder, err
	case f.script != "":
		r := drillFile(f.script, packetdrill.Options{Profile: f.profile})
		if len(r.Rows) == 0 {
			if r.Line == 0 {
				return nil, fmt.Errorf("--script: %s", r.Text)
			}
			return nil, fmt.Errorf("%s:%d: %s", r.File, r.Line, r.Text)
		}
		return r.Ladder(filepath.Base(f.script)), nil
	}
	return f.experiment(cmd, args[0])
}

// experiment runs the first replication of an experiment.
func (f *traceFlags) experiment(cmd *cobra.Command, name string) (*plots.Ladder, error) {
	file, err := experiments.Load(name, append(f.sets, "run.replications=1")...)
	if err != nil {
		return nil, err
	}
	progress, err := newProgress(cmd.ErrOrStderr(), "auto")
	if err != nil {
		return nil, err
	}
	study, err := experiments.Run(cmd.Context(), file, experiments.Options{Connections: f.connection, Progress: progress.show})
	progress.end()
	if err != nil {
		return nil, err
	}
	return study.Ladder(f.flow, f.connection)
}

// writeDrill writes a connection as a script.
func (f *traceFlags) writeDrill(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) != 1 || f.pcap != "" || f.script != "":
		return errors.New("--packetdrill: want an experiment, such as: netsim trace handshake --packetdrill")
	case f.connection < 1:
		return fmt.Errorf("--connection %d: want one from 1", f.connection)
	}
	file, err := experiments.Load(args[0], append(f.sets, "run.replications=1")...)
	if err != nil {
		return err
	}
	file.Sets = f.sets
	text, err := experiments.Drill(cmd.Context(), file, file.Points[0], experiments.Seen{Flow: f.flow, Connection: f.connection, Host: f.host})
	if err != nil {
		return err
	}
	if n := len(file.Points); n > 1 {
		fmt.Fprintf(cmd.ErrOrStderr(), "of %d cases the first, %s; --set chooses another\n", n, file.Points[0].Name())
	}
	if f.out == "" {
		_, err = fmt.Fprint(cmd.OutOrStdout(), text)
		return err
	}
	return os.WriteFile(f.out, []byte(text), 0o666)
}

// draw saves the ladder, and its table beside it.
func (f *traceFlags) draw(cmd *cobra.Command, ladder *plots.Ladder) error {
	ending := filepath.Ext(f.out)
	format := strings.TrimPrefix(ending, ".")
	if !slices.Contains(plots.Formats, format) {
		return fmt.Errorf("--out %s: want a file that ends in one of %s", f.out, strings.Join(plots.Formats, ", "))
	}
	if err := os.MkdirAll(filepath.Dir(f.out), 0o755); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	ladder.Name = strings.TrimSuffix(filepath.Base(f.out), ending)
	paths, err := ladder.Save(filepath.Dir(f.out), []string{format})
	if line := experiments.Boxes(f.out, ladder.Absent()); line != "" {
		fmt.Fprintln(cmd.ErrOrStderr(), "netsim:", line)
	}
	for _, path := range paths {
		fmt.Fprintln(cmd.OutOrStdout(), path)
	}
	return err
}

// width is how wide the text is: a script's has calls beside segments.
func (f *traceFlags) width() int {
	if f.script != "" {
		return max(width(), scripted)
	}
	return width()
}

func width() int {
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && w > 0 {
		return w
	}
	return plain
}
