package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"netsim/experiments/language"
	"netsim/tcp"
)

func profileCommand() *cobra.Command {
	var all, asJSON bool
	c := &cobra.Command{
		Use:   "profile [NAME [NAME]]",
		Short: "List the systems, print the values of one, or compare two",
		Long: `List the systems whose TCP netsim knows; with a NAME print every value of it and
where it is from; with two print where they differ. Every key stands below a node
of an experiment and can be overridden there: node.server.tcp.time_wait = "1 s".

A question mark is at values that are unverified: remembered or assumed.`,
		Example: `  netsim profile                                   # the systems
  netsim profile linux                             # its values and their sources
  netsim profile linux freebsd                     # where the two differ
  netsim profile linux rfc9293 --json              # for programs`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return tcp.ProfileNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 2 {
				return fmt.Errorf("profile takes at most two NAMEs, not %d arguments; write: netsim profile linux freebsd", len(args))
			}
			for _, name := range args {
				if tcp.ProfileByName(name) == nil {
					return noProfile(name)
				}
			}
			if all && len(args) != 2 {
				return fmt.Errorf("--all is for two NAMEs; write: netsim profile linux freebsd --all")
			}
			out := cmd.OutOrStdout()
			switch {
			case asJSON:
				return profilesJSON(out, args, all)
			case len(args) == 0:
				listProfiles(out)
			case len(args) == 1:
				printProfile(out, args[0])
			default:
				compareProfiles(out, args[0], args[1], all)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&all, "all", false, "of two, print what is the same, too")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON: values in base units, texts and sources")
	return c
}

// noProfile says which there are, and which was meant.
func noProfile(name string) error {
	names := tcp.ProfileNames()
	if best := language.Nearest(name, names); best != "" {
		return fmt.Errorf("no profile %q (did you mean %q?)", name, best)
	}
	return fmt.Errorf("no profile %q; there are %s", name, strings.Join(names, ", "))
}

func listProfiles(out io.Writer) {
	rows := table{{"", "TIME_WAIT", "connect() gives up", "ports", "unverified", "what it is"}}
	for _, name := range tcp.ProfileNames() {
		p, values, guessed := tcp.ProfileByName(name), language.ProfileValues(name), 0
		for i := range values {
			if values[i].Source.Unverified() {
				guessed++
			}
		}
		marked := func(field string, value any) string {
			if tcp.SourceOf(name, field).Unverified() {
				return language.Format(value) + " ?"
			}
			return language.Format(value)
		}
		rows = append(rows, []string{name, marked("TimeWait", p.TimeWait), marked("SYNSchedule", p.ConnectTime()),
			marked("PortHigh", int(p.PortHigh)-int(p.PortLow)+1), fmt.Sprintf("%d of %d", guessed, len(values)), tcp.ProfileAbout(name)})
	}
	rows.print(out)
}

func printProfile(out io.Writer, name string) {
	rows := table{{name, "", tcp.ProfileAbout(name)}}
	for _, v := range language.ProfileValues(name) {
		rows = append(rows, []string{v.Key, v.Marked(), string(v.Source)})
	}
	rows.print(out)
}

func compareProfiles(out io.Writer, one, two string, all bool) {
	left, right := language.ProfileValues(one), language.ProfileValues(two)
	rows := table{{"", one, two}}
	for i := range left {
		if all || left[i].Differs(&right[i]) {
			rows = append(rows, []string{left[i].Key, left[i].Marked(), right[i].Marked()})
		}
	}
	rows.print(out)
	if !all {
		fmt.Fprintf(out, "%d of %d values differ; --all prints the others, too\n", len(rows)-1, len(left))
	}
}

// profileJSON is a profile as programs read it.
type profileJSON struct {
	Name   string      `json:"name"`
	About  string      `json:"about"`
	Values []valueJSON `json:"values"`
}

// valueJSON is a value: its number in the base unit, null for what has no end.
type valueJSON struct {
	Key      string `json:"key"`
	Value    any    `json:"value"`
	Text     string `json:"text"`
	Unit     string `json:"unit,omitempty"`
	Source   string `json:"source"`
	Verified bool   `json:"verified"`
	Meaning  string `json:"meaning"`
}

// profilesJSON writes the profiles named, or all; of two those values that differ
// unless all are asked for.
func profilesJSON(out io.Writer, names []string, all bool) error {
	compared := len(names) == 2 && !all
	if len(names) == 0 {
		names = tcp.ProfileNames()
	}
	profiles := make([]profileJSON, len(names))
	for p, name := range names {
		profiles[p] = profileJSON{Name: name, About: tcp.ProfileAbout(name)}
		for i, v := range language.ProfileValues(name) {
			if compared && !v.Differs(&language.ProfileValues(names[1-p])[i]) {
				continue
			}
			number := v.Number()
			if f, ok := number.(float64); ok && math.IsInf(f, 0) {
				number = nil
			}
			profiles[p].Values = append(profiles[p].Values, valueJSON{v.Key, number, v.Text, v.Unit, string(v.Source), !v.Source.Unverified(), v.Meaning})
		}
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(profiles)
}
