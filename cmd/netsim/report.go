package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"netsim/experiments"
)

// report prints what came out, what is to be noted of it, and where it is.
func report(out io.Writer, s *experiments.Study, results []*experiments.Result, differences []*experiments.Difference, notes []string, folder *experiments.Folder) {
	fmt.Fprintf(out, "%s\n\n", s.File.Title)
	if len(results) > 0 {
		verdicts(results).print(out)
	} else {
		headlines(s.Headlines()).print(out)
	}
	if len(differences) > 0 {
		fmt.Fprintln(out)
		compared(differences).print(out)
	}
	for _, r := range results {
		if r.Why == "" {
			continue
		}
		at := r.Point.Name()
		if at != "" {
			at = " at " + at
		}
		fmt.Fprintf(out, "%s: %s%s: %s\n", r.Verdict, r.Name, at, r.Why)
	}
	for _, note := range notes {
		fmt.Fprintln(out, note)
	}
	for _, g := range s.File.Guesses() {
		fmt.Fprintf(out, "%d of %d values of %s are unverified; see netsim profile %s\n", g.Unverified, g.Of, g.Profile, g.Profile)
	}
	fmt.Fprintln(out)
	for _, name := range folder.Highlights() {
		fmt.Fprintln(out, filepath.Join(folder.Path, filepath.FromSlash(name)))
	}
}

// verdicts are the rows of what was expected: an expectation of several cases has
// a line of its own above them.
func verdicts(results []*experiments.Result) table {
	t := table{{"", "measured", "theory", "z", "verdict"}}
	above := ""
	for _, r := range results {
		what := r.Name + ": " + strings.Join(strings.Fields(r.That), " ")
		if label := r.Point.Label(); label != "" {
			if r.Name != above {
				t = append(t, []string{clip(what, 110)})
			}
			above, what = r.Name, "  "+label
		}
		measured, theory, z := r.Shown()
		t = append(t, []string{clip(what, 64), measured, theory, z, r.Verdict.String()})
	}
	return t
}

// compared are the rows of paired differences.
func compared(list []*experiments.Difference) table {
	t := table{{"", "base", "other", "difference", "n"}}
	for _, d := range list {
		u := experiments.UnitFor(d.Unit, d.Base, d.Other, d.Mean)
		t = append(t, []string{clip(strings.TrimSpace("compare."+d.Name+"  "+d.At()), 64), u.Alone(d.Base), u.Alone(d.Other), u.Around(d.Mean, d.Half), fmt.Sprint(d.N)})
	}
	return t
}

// headlines are the rows of what is worth knowing where nothing was expected.
func headlines(list []experiments.Headline) table {
	t := table{{"", "measured"}}
	above := ""
	for _, h := range list {
		if label := h.Point.Label(); label != above {
			t = append(t, []string{label})
			above = label
		}
		t = append(t, []string{h.Path, experiments.UnitFor(h.Unit, h.Mean).Around(h.Mean, h.Half)})
	}
	return t
}
