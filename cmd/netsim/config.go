package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"netsim/experiments"
	"netsim/experiments/language"
)

func configCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "config",
		Short:   "Show what values an experiment has and where each comes from",
		Example: "  netsim config show handshake",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(configShowCommand())
	return c
}

func configShowCommand() *cobra.Command {
	var sets, cases []string
	var asJSON bool
	c := &cobra.Command{
		Use:   "show FILE-or-NAME [WORD]",
		Short: "Print every effective value, the rule that gave it, and the line",
		Long: `Print every value that holds at the first point of an experiment, with the rule that
gave it (default, profile, [default.KIND], [template.KIND.NAME], file, case, sweep,
--set) and the line it stands on. --case and --set choose another point; a WORD
leaves the paths that have it.`,
		Example: `  netsim config show mine.toml
  netsim config show four-way-close --case style=three
  netsim config show mine.toml tcp.time_wait`,
		Args:              oneAndWord("netsim config show mine.toml"),
		ValidArgsFunction: experimentArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, choice := range cases {
				if !strings.Contains(choice, "=") {
					return fmt.Errorf("--case %s: write --case AXIS=NAME", choice)
				}
				sets = append(sets, "case."+choice)
			}
			file, err := experiments.Load(args[0], sets...)
			if err != nil {
				return err
			}
			p := file.Points[0]
			held := p.Held()
			if len(args) > 1 {
				held = keep(held, func(h language.Held) bool { return strings.Contains(h.Path, args[1]) })
				if len(held) == 0 {
					return fmt.Errorf("no path of %s has %q in it; netsim names %s lists them", file.Name, args[1], args[0])
				}
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), held)
			}
			if len(file.Points) > 1 {
				fmt.Fprintf(cmd.OutOrStdout(), "# %s: the first of %d points; --case and --set choose another\n", p.Name(), len(file.Points))
			}
			printHeld(cmd.OutOrStdout(), held)
			return nil
		},
	}
	c.Flags().StringArrayVar(&sets, "set", nil, setHelp)
	c.Flags().StringArrayVar(&cases, "case", nil, "AXIS=NAME: the case of an axis; repeat for more")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	completeSets(c)
	return c
}

// printHeld aligns values and where they are from.
func printHeld(out io.Writer, held []language.Held) {
	var t table
	for _, h := range held {
		value, from := h.Path+" = "+h.Value, h.Rule
		if h.Line > 0 {
			from += fmt.Sprintf(", %s:%d", h.File, h.Line)
		}
		for _, more := range []string{h.From, h.Note} {
			if more != "" {
				from += ", " + more
			}
		}
		t = append(t, []string{value, "# " + from})
	}
	t.print(out)
}

func keep[T any](list []T, wanted func(T) bool) (kept []T) {
	for _, item := range list {
		if wanted(item) {
			kept = append(kept, item)
		}
	}
	return kept
}
