package experiments

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"netsim/plots"
)

// card is the text beside a figure: its caption, what it rests on, and the command that
// draws it again.
func (d *drawer) card(look Look) string {
	var b strings.Builder
	s, f := d.study, d.figure
	for _, text := range []string{f.Title, d.words} {
		if text != "" {
			b.WriteString(text + "\n\n")
		}
	}
	line := func(name, text string) {
		if text != "" {
			b.WriteString(name + ": " + text + "\n")
		}
	}
	line("experiment", filepath.Base(s.File.Name))
	line("title", s.File.Title)
	line("set", strings.Join(slices.Sorted(slices.Values(s.File.Sets)), "  "))
	line("where", s.File.Where)
	least, most := s.repeated()
	runs := fmt.Sprint(least)
	if most > least {
		runs = fmt.Sprintf("%d to %d", least, most)
	}
	line("seed", fmt.Sprint(s.Seed))
	line("replications", runs)
	line("points", fmt.Sprint(len(d.points)))
	for i, c := range d.points[0].Cases {
		var labels []string
		for _, p := range d.points {
			if label := p.Cases[i].Label; !slices.Contains(labels, label) {
				labels = append(labels, label)
			}
		}
		line(strings.TrimPrefix(c.Path, "case."), strings.Join(labels, ", "))
	}
	line("shows", strings.TrimSpace(f.Kind+": "+strings.Trim(f.YLabel+" against "+f.XLabel, " ")))
	line("numbers", f.Name+".csv")
	line("drawn by", d.command(look))
	return b.String()
}

// command draws the figure again, in the folder where it is.
func (d *drawer) command(look Look) string {
	words := []string{"netsim", "plot", Quoted(cmp.Or(look.Results, ".."))}
	add := func(flag, value string) {
		if value != "" {
			words = append(words, flag, Quoted(value))
		}
	}
	add("--from", look.From)
	add("--figure", d.figure.Name)
	add("--format", strings.Join(look.Formats, ","))
	if look.Width > 0 {
		add("--width", fmt.Sprintf("%gmm", look.Width))
	}
	if look.Style != plots.Print && look.Style != "print" {
		add("--style", string(look.Style))
	}
	if look.Results != "" {
		add("--out", ".")
	}
	return strings.Join(words, " ")
}

// Quoted writes a word as a shell reads it.
func Quoted(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\n'\"\\$`&|;<>()*?[]{}!#~") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
