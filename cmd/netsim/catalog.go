package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"netsim/experiments"
	"netsim/experiments/language"
)

func listCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the experiments that come with netsim, by chapter",
		Example: "  netsim list",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			entries := map[string][]string{}
			var order []string
			for _, name := range experiments.Catalog() {
				f, err := experiments.Load(name)
				if err != nil {
					return err
				}
				if entries[f.Chapter] == nil {
					order = append(order, f.Chapter)
				}
				entries[f.Chapter] = append(entries[f.Chapter], fmt.Sprintf("  %s\t%s", name, f.Title))
			}
			t := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
			for _, chapter := range order {
				fmt.Fprintln(t, chapter)
				fmt.Fprintln(t, strings.Join(entries[chapter], "\n"))
			}
			return t.Flush()
		},
	}
}

// chapters are in the order in which a reader takes them.
var chapters = []string{"opening", "why three", "closing", "why TIME-WAIT, and why 2MSL", "what TIME-WAIT costs",
	"under attack and overload", "giving up", "operating systems compared"}

// place is where a chapter stands; unknown ones come last.
func place(chapter string) int {
	if i := slices.Index(chapters, chapter); i >= 0 {
		return i
	}
	return len(chapters)
}

func showCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "show NAME",
		Short:             "Print an experiment of the catalogue",
		Example:           "  netsim show handshake > mine.toml",
		Args:              one("NAME", "netsim show handshake"),
		ValidArgsFunction: experimentArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			_, source, err := experiments.Source(args[0])
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(source)
			return err
		},
	}
}

func validateCommand() *cobra.Command {
	var sets []string
	var asJSON bool
	c := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Find every mistake in experiment files, without running them",
		Long: `Find every mistake in experiment files, each as FILE:LINE:COLUMN: PATH: what is
wrong; what would be right. Nothing is run or written.

` + problemsHelp,
		Example:           "  netsim validate mine.toml other.toml",
		Args:              several("FILE", "netsim validate mine.toml other.toml"),
		ValidArgsFunction: experimentArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			var faults language.Faults
			for _, name := range args {
				f, err := experiments.Load(name, sets...)
				var found language.Faults
				switch {
				case errors.As(err, &found):
					faults = append(faults, found...)
				case err != nil:
					return err
				case !asJSON:
					fmt.Fprintf(cmd.OutOrStdout(), "%s: ok, %s, %s\n", f.Name, plural(len(f.Points), "point"), plural(f.Points[0].Spec.Run.Replications, "replication"))
				}
			}
			if asJSON {
				if err := printJSON(cmd.OutOrStdout(), append(language.Faults{}, faults...)); err != nil {
					return err
				}
			}
			switch {
			case len(faults) == 0:
				return nil
			case asJSON:
				return errPrinted
			}
			return faults
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the mistakes as JSON: file, line, col, path, what, right")
	c.Flags().StringArrayVar(&sets, "set", nil, setHelp)
	completeSets(c)
	return c
}

// errPrinted is of mistakes that are printed already.
var errPrinted = errors.New("the mistakes are printed")

// printJSON prints what programs read.
func printJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
