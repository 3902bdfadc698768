package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"netsim/experiments"
)

// report prints what came out and where it is.
func report(out io.Writer, s *experiments.Study, results []*experiments.Result, folder *experiments.Folder) {
	fmt.Fprintf(out, "%s\n\n", s.File.Title)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(results) > 0 {
		fmt.Fprintln(t, "case\texpectation\tmetric\tmeasured\ttheory\tz\tverdict")
		for _, r := range results {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Point.Label(), r.Name, clip(r.That), measured(r), number(r.Expected), zScore(r), r.Verdict)
		}
	} else {
		fmt.Fprintln(t, "case\tmetric\tmeasured")
		for _, h := range s.Headlines() {
			fmt.Fprintf(t, "%s\t%s\t%s\n", h.Point.Label(), h.Path, plusMinus(h.Mean, h.Half))
		}
	}
	t.Flush() // to a writer whose errors nobody could be told of
	for _, r := range results {
		if r.Why != "" {
			fmt.Fprintf(out, "%s: %s %s: %s\n", r.Verdict, r.Name, r.Point.Name(), r.Why)
		}
	}
	fmt.Fprintln(out)
	for _, name := range folder.Highlights() {
		fmt.Fprintln(out, filepath.Join(folder.Path, name))
	}
}

// clip shortens a long expression to what a table has room for.
func clip(expression string) string {
	const most = 56
	expression = strings.Join(strings.Fields(expression), " ")
	if r := []rune(expression); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return expression
}

func measured(r *experiments.Result) string {
	if math.IsNaN(r.Value) && r.Verdict == experiments.Pass {
		return "true"
	}
	return plusMinus(r.Value, r.Half)
}

func plusMinus(value, half float64) string {
	if math.IsNaN(half) {
		return number(value)
	}
	return fmt.Sprintf("%s ± %.2g", number(value), half)
}

func number(f float64) string {
	if math.IsNaN(f) {
		return ""
	}
	return fmt.Sprintf("%.7g", f)
}

func zScore(r *experiments.Result) string {
	if z := r.Z(); !math.IsNaN(z) && !math.IsInf(z, 0) {
		return fmt.Sprintf("%+.2f", z)
	}
	return ""
}
