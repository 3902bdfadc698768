package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
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
With words, those whose texts speak of them most.`,
		Example: "  netsim list\n  netsim list ports\n  netsim list how many connections per second until ports run out",
		RunE: func(c *cobra.Command, args []string) error {
			var files []*language.File
			for _, name := range experiments.Catalog() {
				f, err := experiments.Load(name)
				if err != nil {
					return err
				}
				files = append(files, f)
			}
			if words := strings.Fields(strings.Join(args, " ")); len(words) > 0 {
				if files = speaking(files, words); len(files) == 0 {
					return fmt.Errorf("no experiment speaks of %q; netsim list has all of them", strings.Join(words, " "))
				}
			}
			entries := map[string][]string{}
			for _, f := range files {
				entries[f.Chapter] = append(entries[f.Chapter], fmt.Sprintf("  %-22s%s\n%s", strings.TrimSuffix(f.Name, ".toml"), f.Title, indent(firstSentence(f.About), 24)))
			}
			order := slices.SortedFunc(maps.Keys(entries), func(a, b string) int { return cmp.Compare(place(a), place(b)) })
			for i, chapter := range order {
				if i > 0 {
					fmt.Fprintln(c.OutOrStdout())
				}
				fmt.Fprintf(c.OutOrStdout(), "%s\n%s", heading(chapter), strings.Join(entries[chapter], ""))
			}
			fmt.Fprint(c.OutOrStdout(), "\nnetsim run NAME runs one, netsim show NAME prints it; the handbook explains the chapters\n")
			return nil
		},
	}
}

// speaking are those whose texts have the words, or nearly as much of them as the best.
// A word counts the more the fewer have it, so that "how" and "of" hardly do, and twice
// in a title.
func speaking(files []*language.File, words []string) (found []*language.File) {
	const near = 0.7
	score := make([]float64, len(files))
	for _, w := range words {
		if w = stem(w); slices.Contains(asking, w) {
			continue
		}
		have := make([]float64, len(files))
		df := 0.
		for i, f := range files {
			if title := stem(f.Name + " " + f.Title); strings.Contains(title, w) {
				have[i] = 2
			} else if strings.Contains(stem(f.About+" "+f.Chapter), w) {
				have[i] = 1
			}
			df += min(1, have[i])
		}
		for i := range files {
			score[i] += have[i] * math.Log(float64(len(files)+1)/(df+1))
		}
	}
	best := slices.Max(score)
	for i, f := range files {
		if score[i] > 0 && score[i] >= near*best {
			found = append(found, f)
		}
	}
	return found
}

// asking are words of questions that say nothing of what is asked.
var asking = strings.Fields("a an and are can do does how i if in is it my not of or the to what when who why")

// stem is what of a text is compared: neither case, nor how a name is written, nor
// what a word ends in.
func stem(text string) string {
	words := strings.Fields(strings.ToLower(strings.NewReplacer("_", "-", "?", " ", "!", " ", ".", " ", ",", " ").Replace(text)))
	for i, w := range words {
		for _, end := range []string{"ing", "ed", "es", "s"} {
			if len(w) > len(end)+3 && strings.HasSuffix(w, end) {
				words[i] = strings.TrimSuffix(w, end)
				break
			}
		}
	}
	return strings.Join(words, " ")
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

// chapterPages are those of the handbook, a chapter each.
var chapterPages = []string{"1-opening.md", "2-why-three.md", "3-closing.md", "4-time-wait.md", "5-cost.md", "6-overload.md", "7-giving-up.md", "8-systems.md"}

// heading is a chapter with its number and where the handbook explains it.
func heading(chapter string) string {
	n := place(chapter)
	if n == len(chapterPages) {
		return chapter
	}
	return fmt.Sprintf("%d. %s (docs/handbook/%s)", n+1, chapter, chapterPages[n])
}

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
		Short:             "Print an experiment of the catalogue, below where it is explained",
		Example:           "  netsim show handshake > mine.toml",
		Args:              one("NAME", "netsim show handshake"),
		ValidArgsFunction: experimentArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			_, source, err := experiments.Source(args[0])
			if err != nil {
				return err
			}
			if f, err := experiments.Load(args[0]); err == nil && slices.Contains(experiments.Catalog(), args[0]) {
				fmt.Fprintf(cmd.OutOrStdout(), "# %s\n# netsim run %s\n\n", heading(f.Chapter), args[0])
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
