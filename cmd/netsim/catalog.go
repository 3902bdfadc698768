package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"netsim/experiments"
	"netsim/experiments/language"
)

func listCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list [WORD...]",
		Short: "List the experiments that come with netsim, by chapter",
		Long: `List the experiments that come with netsim, by chapter, with what each is about.
With words, those whose text has all of them, or most.`,
		Example: "  netsim list\n  netsim list ports\n  netsim list how many connections per second until ports run out",
		RunE: func(c *cobra.Command, args []string) error {
			words := strings.Fields(strings.Join(args, " "))
			entries := map[string][]string{}
			most := 0
			for _, name := range experiments.Catalog() {
				f, err := experiments.Load(name)
				if err != nil {
					return err
				}
				n := speaksOf(name+" "+f.Title+" "+f.About, words)
				if n < most || n == 0 && len(words) > 0 {
					continue
				}
				if n > most {
					most = n
					clear(entries)
				}
				entries[f.Chapter] = append(entries[f.Chapter], fmt.Sprintf("  %-22s%s\n%s", name, f.Title, indent(firstSentence(f.About), 24)))
			}
			if len(entries) == 0 {
				return fmt.Errorf("no experiment speaks of %q; netsim list has all of them", strings.Join(words, " "))
			}
			if most < len(words) {
				fmt.Fprintf(c.ErrOrStderr(), "none has all of these words; most of them are in:\n")
			}
			order := slices.SortedFunc(maps.Keys(entries), func(a, b string) int { return cmp.Compare(place(a), place(b)) })
			for i, chapter := range order {
				if i > 0 {
					fmt.Fprintln(c.OutOrStdout())
				}
				fmt.Fprintf(c.OutOrStdout(), "%d. %s\n%s", place(chapter)+1, chapter, strings.Join(entries[chapter], ""))
			}
			return nil
		},
	}
}

// speaksOf counts the words that a text has, or words that have them in them.
func speaksOf(text string, words []string) (n int) {
	text = strings.ToLower(text)
	for _, w := range words {
		if strings.Contains(text, strings.ToLower(strings.Trim(w, "?.,!"))) {
			n++
		}
	}
	return n
}

// firstSentence is the first of a text.
func firstSentence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	for i := range text {
		if end := text[i:]; (end[0] == '.' || end[0] == '?') && (len(end) == 1 || end[1] == ' ') {
			return text[:i+1]
		}
	}
	return text
}

// indent breaks a text into lines of at most 100 characters that begin so far to the right.
func indent(text string, by int) string {
	var b strings.Builder
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && by+len(line)+1+len(word) > 100 {
			fmt.Fprintf(&b, "%*s%s\n", by, "", line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	fmt.Fprintf(&b, "%*s%s\n", by, "", line)
	return b.String()
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
