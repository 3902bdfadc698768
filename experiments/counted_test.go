package experiments

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"netsim/des"
)

// failing are what runs find of which so many of so many attempts failed.
func failing(attempts uint64, failed ...uint64) (runs []map[string]*Measure) {
	for _, n := range failed {
		runs = append(runs, map[string]*Measure{"flow.web.failed": counter(n, attempts, 10), "flow.web.attempts": counter(attempts, attempts, 10),
			"flow.web.setup_time": sampleOf(1e9, 2e9)})
	}
	return runs
}

// working had jobs to do.
func working(runs []map[string]*Measure) []map[string]*Measure {
	for _, r := range runs {
		r["flow.web.jobs"] = counter(9, 0, 10)
	}
	return runs
}

// TestNothingSeen says what an expectation about something that was never seen can
// come to: it does not pass because there was nothing to see.
func TestNothingSeen(t *testing.T) {
	number := func(that, equals string, more ...string) string {
		return fmt.Sprintf("that = %q\nequals = %q\n%s", that, equals, strings.Join(more, "\n"))
	}
	const share = "flow.web.failed.fraction"
	for _, c := range []struct {
		name, expect string
		runs         []map[string]*Measure
		want         Verdict
		why          string
	}{
		{"no attempt, no failure", `that = "flow.web.failed.total == 0"`, failing(0, 0), Undecided, "replication 1 measured no flow.web.failed.total"},
		{"no attempt, but jobs that needed none", `that = "flow.web.failed.total == 0"`, working(failing(0, 0)), Pass, ""},
		{"attempts, no failure", `that = "flow.web.failed.total == 0"`, failing(3, 0), Pass, ""},
		{"no attempt is a fact", `that = "flow.web.attempts.total == 0"`, failing(0, 0), Pass, ""},
		{"a share of nothing", number(share, "0"), failing(0, 0, 0), Undecided, "replication 1 measured no flow.web.failed.fraction"},
		{"none of few", number(share, "0"), failing(5, 0, 0), Undecided, "0 of 10 says little: the half-width is 0.31"},
		{"none of few, expected", number(share, "0.1"), failing(5, 0, 0), Undecided, "0 of 10 says little"},
		{"none of few, which is a surprise", number(share, "0.9"), failing(5, 0, 0), Fail, "0 is not 0.9 within 4 se"},
		{"none of few, which will do", number(share, "0", `precision = "0.4"`), failing(5, 0, 0), Pass, ""},
		{"none of many", number(share, "0"), failing(500, 0, 0), Pass, ""},
		{"none of many, which is seldom", number(share, "1e-4"), failing(500, 0, 0), Pass, ""},
		{"none of many, as a quotient", number("flow.web.failed.total / flow.web.attempts.total", "1e-4"), failing(500, 0, 0), Pass, ""},
		{"the others, as a quotient", number("1 - flow.web.failed.total / flow.web.attempts.total", "0.9999"), failing(500, 0, 0), Pass, ""},
		{"a quotient that should have been seen", number("flow.web.failed.total / flow.web.attempts.total", "0.05"), failing(500, 0, 0), Fail, "0 is not 0.05 within 4 se"},
		{"no share: more than there is to count from", number("flow.web.attempts.total / flow.web.failed.total", "2"), failing(6, 3, 3), Pass, ""},
		{"none of many, expected more often", number(share, "0.05"), failing(500, 0, 0), Fail, "0 is not 0.05 within 4 se"},
		{"few in one run, which may be a cluster", number(share, "6e-5"), failing(25000, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0), Undecided, "1 of 250000, in 1 of 10 replications, say little of what may come in clusters"},
		{"none in any, where clusters are rare", number(share, "6e-5"), failing(25000, slices.Repeat([]uint64{0}, 10)...), Undecided, "0 of 250000, in 0 of 10 replications, say little"},
		{"few in one run, expected in every one", number(share, "0.008"), failing(25000, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0), Fail, "4e-06 is not 0.008"},
		{"none of many in one run", number(share, "0", `within = "0.001"`), failing(500, 0), Pass, ""},
		{"all of few", number(share, "1"), failing(5, 5, 5), Undecided, "10 of 10 says little"},
		{"above nothing of few", number("above(flow.web.setup_time, 3)", "0"), failing(5, 0, 0), Undecided, "0 of 4 says little"},
		{"all at or below, of few", number("cdf(flow.web.setup_time, 3)", "1"), failing(5, 0, 0), Undecided, "4 of 4 says little"},
		{"a total of nothing", number("flow.web.failed.total", "0"), failing(5, 0, 0), Pass, ""},
		{"a total of nothing where there was nothing", number("flow.web.failed.total", "0"), failing(0, 0, 0), Undecided, "replication 1 measured no"},
		{"a total of nothing, expected more", number("flow.web.failed.total", "2"), failing(5, 0, 0), Undecided, "it was never seen, which agrees with 0 too"},
		{"a total of nothing, expected many", number("flow.web.failed.total", "9"), failing(50, 0, 0), Fail, "0 is not 9 within 4 se"},
		{"a rate of nothing, expected many", number("flow.web.failed.rate", "0.9"), failing(50, 0, 0), Fail, "0 is not 0.9 within 4 se"},
		{"one in each of few runs", number("flow.web.failed.total", "0.9"), failing(5, 1, 1, 1), Undecided, "all 3 replications found 1, as they may where the mean is 0.9"},
		{"one in each of few runs, near enough", number("flow.web.failed.total", "0.9", `within = "0.2"`), failing(5, 1, 1, 1), Pass, ""},
		{"one in each of few runs, expected more", number("flow.web.failed.total", "2"), failing(5, 1, 1, 1), Fail, "1 is not 2 within 4 se"},
		{"one in each of many runs", number("flow.web.failed.total", "0.6"), failing(5, slices.Repeat([]uint64{1}, 40)...), Fail, "1 is not 0.6 within 4 se"},
	} {
		r := judged(t, c.expect, c.runs...)
		if r.Verdict != c.want || !strings.HasPrefix(r.Why, c.why) || (c.why == "") != (r.Why == "") {
			t.Errorf("%s: %v (%s), want %v (%s)", c.name, r.Verdict, r.Why, c.want, c.why)
		}
	}
}

// TestSeldomEvents holds how often a true statement about a rare event fails: normal
// theory alone, of five replications with one event in two of them, would fail far
// more often than it says.
func TestSeldomEvents(t *testing.T) {
	if testing.Short() {
		t.Skip("a second or two, and under the race detector many")
	}
	const n, seed, attempts, p = 3000, 8, 100, 0.004
	draw := des.Stream(seed, 0, "seldom")
	e := expecting(t, `that = "flow.web.failed.fraction"
equals = "0.004"
within = "2 se"
precision = "1"`)
	alarms := 0
	for range n {
		e.Outcomes = nil
		for i := range 5 {
			k := uint64(0)
			for range attempts {
				if draw.Float64() < p {
					k++
				}
			}
			e.Outcomes = append(e.Outcomes, &Outcome{Replication: i + 1, Measures: failing(attempts, k)[0]})
		}
		if e.verdict(t).Verdict == Fail {
			alarms++
		}
	}
	nominal := math.Erfc(2 / math.Sqrt2)
	if got := float64(alarms) / n; got > nominal+4*math.Sqrt(nominal/n) {
		t.Errorf("%.3g of %d true statements fail, want at most %.3g (seed %d)", got, n, nominal, seed)
	}
}

// TestTogether holds that what fails by itself may be chance among many, that it is
// settled again among more, and that a strict expectation keeps its own level.
func TestTogether(t *testing.T) {
	one := func(p, alone float64) *Result { return &Result{P: p, alone: alone, off: "1 is not 2"} }
	four := math.Erfc(4 / math.Sqrt2)
	r := one(5e-5, four)
	Settle([]*Result{r})
	if r.Verdict != Fail || r.Why != "1 is not 2" {
		t.Errorf("by itself: %v (%s)", r.Verdict, r.Why)
	}
	many := []*Result{r, {P: math.NaN(), Verdict: Undecided}}
	for range 30 {
		many = append(many, one(.5, four))
	}
	Settle(many)
	if r.Verdict != Pass || r.Why != "1 is not 2, which may be chance among 31 tests" || many[1].Verdict != Undecided || many[2].Verdict != Pass || many[2].Why != "" {
		t.Errorf("among many: %v (%s)", r.Verdict, r.Why)
	}
	if r.P = 1e-5; true {
		Settle(many)
	}
	if r.Verdict != Fail {
		t.Errorf("too improbable even among many: %v (%s)", r.Verdict, r.Why)
	}
	strict := one(.01, math.Erfc(2/math.Sqrt2))
	Settle([]*Result{strict, one(.9, four)})
	if strict.Verdict != Fail {
		t.Errorf("2 se were asked for: %v (%s)", strict.Verdict, strict.Why)
	}
}
