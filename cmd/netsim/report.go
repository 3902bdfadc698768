package main

import (
	"fmt"
	"io"
	"math"
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
		measured, theory := fmt.Sprint(r.Verdict == experiments.Pass), ""
		if r.Number() {
			u := unitFor(r.Unit, r.Value, r.Expected)
			measured, theory = u.around(r.Value, r.Half), u.alone(r.Expected)
		} else if r.Verdict == experiments.Undecided {
			measured = ""
		}
		t = append(t, []string{clip(what, 64), measured, theory, zScore(r), r.Verdict.String()})
	}
	return t
}

// compared are the rows of paired differences.
func compared(list []*experiments.Difference) table {
	t := table{{"", "base", "other", "difference", "n"}}
	for _, d := range list {
		u := unitFor(d.Unit, d.Base, d.Other, d.Mean)
		t = append(t, []string{clip(strings.TrimSpace("compare."+d.Name+"  "+d.At()), 64), u.alone(d.Base), u.alone(d.Other), u.around(d.Mean, d.Half), fmt.Sprint(d.N)})
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
		t = append(t, []string{h.Path, unitFor(h.Unit, h.Mean).around(h.Mean, h.Half)})
	}
	return t
}

// zScore is the distance in standard errors, where there is an error that is
// more than the arithmetic's.
func zScore(r *experiments.Result) string {
	if z := r.Z(); !math.IsNaN(z) && math.Abs(z) < 1e6 && r.SE > 1e-12*math.Abs(r.Value) {
		return fmt.Sprintf("%+.2f", z)
	}
	return ""
}
