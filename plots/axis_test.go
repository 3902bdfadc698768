package plots

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func labelsOf(log bool, lo, hi float64, unit string) string {
	a := axis{log: log}
	a.fit(stretch{lo, hi}, 0, 0, false)
	a.label("x", unit, 180, 34, small.width)
	var out []string
	for _, t := range a.ticks {
		if t.label != "" {
			out = append(out, t.label)
		}
	}
	return strings.Join(out, " ") + " | " + a.title
}

func TestTickLabels(t *testing.T) {
	for _, c := range []struct {
		log    bool
		lo, hi float64
		unit   string
		want   string
	}{
		{false, 0, 150, "s", "0 50 100 150 | x (s)"},
		{false, 0, 0.02, "s", "0 5 10 15 20 | x (ms)"},
		{false, 0, 3e-5, "s", "0 10 20 30 | x (µs)"},
		{false, 0, 1, "", "0 0.2 0.4 0.6 0.8 1.0 | x"},
		{false, -1, 1, "", "-1.0 -0.5 0 0.5 1.0 | x"},
		{false, 0, 6000, "", "0 2000 4000 6000 | x"},
		{false, 0, 150e3, "", "0 50k 100k 150k | x"},
		{false, 0, 4e6, "B", "0 1 2 3 4 | x (MB)"},
		{false, 0, 2000, "conn/s", "0 500 1000 1500 2000 | x (conn/s)"},
		{false, 0, 2e-5, "", "0 5e-6 1e-5 1.5e-5 2e-5 | x"},
		{true, 0.02, 100, "s", "100 ms 1 s 10 s 100 s | x"},
		{true, 1e-4, 1, "", "1e-4 0.001 0.01 0.1 1 | x"},
		{true, 10, 1e6, "conn/s", "10 100 1000 10k 100k 1M | x (conn/s)"},
		{true, 2, 12, "", "2 5 10 | x"},
		{true, 3, 4, "", "3.0 3.2 3.4 3.6 3.8 4.0 | x"},
	} {
		if got := labelsOf(c.log, c.lo, c.hi, c.unit); got != c.want {
			t.Errorf("log %v, %g to %g %s: %q, want %q", c.log, c.lo, c.hi, c.unit, got, c.want)
		}
	}
}

// TestTicksAnywhere draws ranges of every size: ticks must lie on the axis, in
// order, far enough from each other, with labels that differ, and two or more.
func TestTicksAnywhere(t *testing.T) {
	const seed = 3
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range 20000 {
		lo, length := math.Pow(10, 24*r.Float64()-12), 60+200*r.Float64()
		hi := lo * (1 + math.Pow(10, 12*r.Float64()-6))
		unit := []string{"", "s", "B", "conn/s"}[i%4]
		a := axis{log: i%8 < 4}
		a.fit(stretch{lo, hi}, 0.04, 0.04, true)
		a.label("x", unit, length, 34, small.width)
		seen, last, labelled := map[string]bool{}, math.Inf(-1), 0
		for _, k := range a.ticks {
			if p := a.place(k); p < -1e-6 || p > 1+1e-6 || k.at <= last {
				t.Fatalf("seed %d: %g to %g %s, log %v: tick %q at %g after %g", seed, lo, hi, unit, a.log, k.label, k.at, last)
			}
			last = k.at
			if k.label == "" {
				continue
			}
			if seen[k.label] {
				t.Fatalf("seed %d: %g to %g %s, log %v: label %q twice", seed, lo, hi, unit, a.log, k.label)
			}
			seen[k.label], labelled = true, labelled+1
		}
		if labelled < 2 {
			t.Fatalf("seed %d: %g to %g %s, log %v: %d labels", seed, lo, hi, unit, a.log, labelled)
		}
	}
}

// What is zero throughout is drawn on the ground, of an axis that goes up to 1.
func TestAxisOfZero(t *testing.T) {
	for log, want := range map[bool]axis{false: {lo: 0, hi: 1}, true: {lo: -0.05, hi: 1.06, log: true}} {
		a := axis{log: log}
		s := stretch{math.Inf(1), math.Inf(-1)}
		s.hold(0, log)
		if a.fit(s, 0.05, 0.06, true); a.lo != want.lo || a.hi != want.hi {
			t.Errorf("log %v: the axis is from %g to %g", log, a.lo, a.hi)
		}
	}
}
