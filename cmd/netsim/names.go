package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"netsim/experiments"
	"netsim/experiments/language"
)

func namesCommand() *cobra.Command {
	var sets []string
	var asJSON bool
	c := &cobra.Command{
		Use:   "names FILE-or-NAME [WORD]",
		Short: "List what expressions about an experiment can name",
		Long: `List the parameters of an experiment with their values at its first point, what is
derived from its network, and its metrics with their classes: all that --set and
expressions can name. A WORD leaves those that have it in their path or meaning.`,
		Example: `  netsim names mine.toml
  netsim names mine.toml time_wait`,
		Args:              oneAndWord("netsim names mine.toml"),
		ValidArgsFunction: experimentArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := experiments.Load(args[0], sets...)
			if err != nil {
				return err
			}
			names := file.Names()
			if len(args) > 1 {
				word := strings.ToLower(args[1])
				names = keep(names, func(n language.Name) bool {
					return strings.Contains(strings.ToLower(n.Path), word) || strings.Contains(strings.ToLower(n.Meaning), word)
				})
				if len(names) == 0 {
					return fmt.Errorf("nothing in %s has %q in its path or meaning", file.Name, args[1])
				}
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), names)
			}
			printNames(cmd.OutOrStdout(), names)
			return nil
		},
	}
	c.Flags().StringArrayVar(&sets, "set", nil, setHelp)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	completeSets(c)
	return c
}

func printNames(out io.Writer, names []language.Name) {
	t := table{{"path", "class", "unit", "value", "meaning"}}
	for _, n := range names {
		value := n.Value
		if n.Last != "" {
			value = "." + strings.ReplaceAll(n.Last, " ", " .")
		}
		t = append(t, []string{n.Path, n.Kind, n.Unit, clip(value, 50), n.Meaning})
	}
	t.print(out)
}

func evalCommand() *cobra.Command {
	var sets []string
	c := &cobra.Command{
		Use:   "eval FILE-or-NAME EXPR",
		Short: "Evaluate an expression of parameters at every point, without running",
		Long: `Evaluate an expression of parameters at every point of an experiment, without running
it. Numbers are in base units: s, B, bit/s, 1/s.`,
		Example: `  netsim eval time-wait-under-load "flow.web.arrivals.rate * node.server.tcp.time_wait"
  netsim eval mine.toml flow.web.path.setup`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("eval takes a FILE or NAME and an expression in quotes; write: netsim eval handshake \"2 * link.wire.delay\"")
			}
			return nil
		},
		ValidArgsFunction: experimentArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := experiments.Load(args[0], sets...)
			if err != nil {
				return err
			}
			x, err := file.Compile(args[1])
			if err != nil {
				return err
			}
			_, unit := x.Label()
			var t table
			for _, p := range file.Points {
				v, err := x.Value(experiments.Known(p))
				if err != nil {
					return err
				}
				t = append(t, []string{p.Name(), strings.TrimSpace(fmt.Sprint(v, " ", unit))})
				if p.Name() == "" {
					t = table{{t[0][1]}}
				}
			}
			t.print(cmd.OutOrStdout())
			return nil
		},
	}
	c.Flags().StringArrayVar(&sets, "set", nil, setHelp)
	completeSets(c)
	return c
}

// oneAndWord wants a file and takes a word.
func oneAndWord(example string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < 1 || len(args) > 2 {
			return fmt.Errorf("%s takes one FILE or NAME and at most one WORD, not %d arguments; write: %s", cmd.Name(), len(args), example)
		}
		return nil
	}
}
