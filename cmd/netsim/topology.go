package main

import (
	"bytes"
	"os"

	"github.com/google/renameio/v2/maybe"
	"github.com/spf13/cobra"

	"netsim/experiments"
)

func topologyCommand() *cobra.Command {
	var sets []string
	var dot, svg, png, pdf bool
	var out string
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
			file, err := experiments.Load(args[0], sets...)
			if err != nil {
				return err
			}
			spec := file.Points[0].Spec
			var b bytes.Buffer
			format := ""
			for _, f := range []struct {
				wanted bool
				name   string
			}{{svg, "svg"}, {png, "png"}, {pdf, "pdf"}} {
				if f.wanted {
					format = f.name
				}
			}
			switch {
			case dot:
				err = experiments.WriteDOT(&b, spec)
			case format != "":
				var picture []byte
				picture, err = experiments.Picture(spec, file.Title).Encode(format)
				b.Write(picture)
			default:
				err = experiments.Summarize(&b, spec)
			}
			if err != nil {
				return err
			}
			if out != "" {
				return maybe.WriteFile(out, b.Bytes(), os.FileMode(0o644))
			}
			_, err = cmd.OutOrStdout().Write(b.Bytes())
			return err
		},
	}
	c.Flags().StringArrayVar(&sets, "set", nil, setHelp)
	completeSets(c)
	c.Flags().BoolVar(&dot, "dot", false, "write it for Graphviz")
	c.Flags().BoolVar(&svg, "svg", false, "draw it as SVG")
	c.Flags().BoolVar(&png, "png", false, "draw it as PNG")
	c.Flags().BoolVar(&pdf, "pdf", false, "draw it as PDF")
	c.Flags().StringVar(&out, "out", "", "the file that is written (default: the standard output)")
	c.MarkFlagsMutuallyExclusive("dot", "svg", "png", "pdf")
	return c
}
