package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2/maybe"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"netsim/experiments"
	"netsim/experiments/language"
)

// topologyFlags are the options of netsim topology.
type topologyFlags struct {
	sets               []string
	dot, svg, png, pdf bool
	out                string
}

func topologyCommand() *cobra.Command {
	var f topologyFlags
	c := &cobra.Command{
		Use:   "topology FILE-or-NAME",
		Short: "Describe or draw the network of an experiment",
		Long: `Describe the network of an experiment, that of its first point: what it is made
of and what its flows cross. With --dot, --svg, --png or --pdf it is written for
Graphviz, or drawn: where nodes are many alike, one stands for them all.

` + problemsHelp,
		Example: `  netsim topology abilene
  netsim topology abilene --png --out abilene.png
  netsim topology mine.toml --dot | neato -Tsvg > mine.svg`,
		Args:              one("FILE or NAME", "netsim topology abilene"),
		ValidArgsFunction: experimentArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd, args[0])
		},
	}
	c.Flags().StringArrayVar(&f.sets, "set", nil, setHelp)
	completeSets(c)
	c.Flags().BoolVar(&f.dot, "dot", false, "write it for Graphviz")
	c.Flags().BoolVar(&f.svg, "svg", false, "draw it as SVG")
	c.Flags().BoolVar(&f.png, "png", false, "draw it as PNG")
	c.Flags().BoolVar(&f.pdf, "pdf", false, "draw it as PDF")
	c.Flags().StringVar(&f.out, "out", "", "the file that is written (default: the standard output)")
	c.MarkFlagsMutuallyExclusive("dot", "svg", "png", "pdf")
	return c
}

func (f *topologyFlags) run(cmd *cobra.Command, name string) error {
	file, err := experiments.Load(name, f.sets...)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := f.write(&b, cmd.ErrOrStderr(), file); err != nil {
		return err
	}
	if f.out != "" {
		return maybe.WriteFile(f.out, b.Bytes(), os.FileMode(0o644))
	}
	if screen, ok := cmd.OutOrStdout().(*os.File); ok && f.binary() && term.IsTerminal(int(screen.Fd())) {
		return fmt.Errorf("a terminal shows no %s; add --out %s.%[1]s, or send it to a file", f.format(), strings.TrimSuffix(filepath.Base(file.Name), ".toml"))
	}
	_, err = cmd.OutOrStdout().Write(b.Bytes())
	return err
}

// write makes the network what the options ask for, and warns of what is not in it.
func (f *topologyFlags) write(b *bytes.Buffer, warn io.Writer, file *language.File) error {
	spec := file.Points[0].Spec
	switch format := f.format(); format {
	case "":
		return experiments.Summarize(b, spec)
	case "dot":
		return experiments.WriteDOT(b, spec)
	default:
		p := experiments.Picture(spec, file.Title)
		if line := experiments.Boxes("the picture", p.Absent()); line != "" {
			fmt.Fprintln(warn, "netsim:", line)
		}
		return p.Encode(b, format)
	}
}

// format is "" for words.
func (f *topologyFlags) format() string {
	switch {
	case f.dot:
		return "dot"
	case f.svg:
		return "svg"
	case f.png:
		return "png"
	case f.pdf:
		return "pdf"
	}
	return ""
}

// binary tells that what is written is nothing to be read.
func (f *topologyFlags) binary() bool { return f.png || f.pdf }
