package experiments

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"netsim/des"
)

// judged is how an expectation comes out of replications with these measures.
func judged(t testing.TB, expect string, runs ...map[string]*Measure) *Result {
	t.Helper()
	p := expecting(t, expect)
	for i, m := range runs {
		p.Outcomes = append(p.Outcomes, &Outcome{Replication: i + 1, Measures: m, Censored: map[string]uint64{}})
	}
	return p.verdict(t)
}

// expecting is a point without outcomes whose file expects something.
func expecting(t testing.TB, expect string) *expected {
	f := parse(t, pair+"delay = \"10 ms\"\n[run]\nreplications = 5\n[flow.web]\nfrom = \"client\"\nto = \"server:80\"\n[expect.e]\n"+expect)
	p := &Point{Point: f.Points[0]}
	return &expected{p, &Study{File: f, Seed: 1, Replications: 5, Points: []*Point{p}}}
}

type expected struct {
	*Point
	study *Study
}

func (e *expected) verdict(t testing.TB) *Result {
	t.Helper()
	results, err := e.study.Judge()
	if err != nil || len(results) != 1 {
		t.Fatal(results, err)
	}
	return results[0]
}

// setup is what runs find whose attempts took these means, in s.
func setup(seconds ...float64) (runs []map[string]*Measure) {
	for _, s := range seconds {
		m := map[string]*Measure{"flow.web.setup_time": sampleOf()}
		if !math.IsNaN(s) {
			m["flow.web.setup_time"] = sampleOf(ns(s))
		}
		runs = append(runs, m)
	}
	return runs
}

// TestVerdicts says when an expectation passes, when it fails, and when nothing
// can be said.
func TestVerdicts(t *testing.T) {
	nan := math.NaN()
	truth := func(condition string) string { return fmt.Sprintf("that = %q", condition) }
	near := func(equals, within string, more ...string) string {
		return fmt.Sprintf("that = \"flow.web.setup_time.mean\"\nequals = %q\nwithin = %q\n%s", equals, within, strings.Join(more, "\n"))
	}
	tight := setup(1.4999, 1.5, 1.5001) // with an error of 58 µs
	for _, c := range []struct {
		name, expect string
		runs         []map[string]*Measure
		want         Verdict
		why          string
	}{
		{"true in all", truth("flow.web.setup_time.max < 3"), setup(1, 2), Pass, ""},
		{"false in one", truth("flow.web.setup_time.max < 2"), setup(1, 2, 1), Fail, "not so in replication 2"},
		{"true of all together, not of each", truth("flow.web.setup_time.mean == 2"), setup(1, 3), Fail, "not so in replication 1"},
		{"true of nothing", truth("flow.web.setup_time.max != 3"), setup(1, nan), Undecided, "replication 2 measured no flow.web.setup_time.max"},
		{"false of nothing", truth("flow.web.setup_time.max < 3"), setup(nan, 1), Undecided, "replication 1 measured no flow.web.setup_time.max"},
		{"false of something, after nothing", truth("flow.web.setup_time.max < 3"), setup(nan, 4), Fail, "not so in replication 2"},
		{"a share of nothing", truth("above(flow.web.setup_time, 1) < 3"), setup(nan), Undecided, "replication 1 measured no flow.web.setup_time"},
		{"how many is known of nothing", truth("flow.web.setup_time.n == 0"), setup(nan), Pass, ""},

		{"exact", near("1.5", "exact"), setup(1, 2), Pass, ""},
		{"not exact by a nanosecond", near("1.500000001", "exact"), setup(1, 2), Fail, "1.5 is not 1.5 within exact"},
		{"relative", near("1.51", "1 %"), tight, Pass, ""},
		{"relative to what is expected", near("1.52", "1 %"), tight, Fail, "1.5 is not 1.52 within 1 %"},
		{"relative to zero", near("0", "1 %"), tight, Fail, "1.5 is not 0 within 1 %"},
		{"absolute", near("1.6", "100 ms"), tight, Pass, ""},
		{"not absolute", near("1.61", "100 ms"), tight, Fail, "1.5 is not 1.61 within 100 ms"},
		{"within, but by how much is not known", near("1.5", "100 ms"), setup(1, 2), Undecided, "the half-width is 6.353, not within the tolerance of 0.1"},
		{"beyond, and perhaps by chance", near("1.61", "100 ms"), setup(1, 2), Undecided, "1.5 is not 1.61 within 100 ms, which may be chance: the half-width is 6.353"},
		{"of one run, within", near("1.5", "100 ms"), setup(1.6), Pass, ""},
		{"of one run, beyond", near("1.5", "100 ms"), setup(1.61), Fail, "1.61 is not 1.5 within 100 ms"},
		// The error of 1, 2, 3 is .577; 2 se of a normal variable are 4.53 of
		// Student's with two degrees of freedom.
		{"standard errors", near("4.61", "2 se"), setup(1, 2, 3), Pass, ""},
		{"too many standard errors", near("4.62", "2 se"), setup(1, 2, 3), Fail, "2 is not 4.62 within 2 se"},
		{"no variance", near("1.5", "4 se"), setup(1.5, 1.5), Pass, ""},
		{"no variance and another value", near("1.500000001", "4 se"), setup(1.5, 1.5), Fail, "is not 1.5 within 4 se"},
		{"nothing measured", near("1.5", "4 se"), setup(nan, nan), Undecided, "nothing was measured"},
		{"nothing measured, exact", near("1.5", "exact"), setup(nan), Undecided, "nothing was measured"},
		{"measured once", near("1.5", "4 se"), setup(1.5, nan), Undecided, "standard errors need two replications that measured something"},
		{"theory without a value", near("0/0", "exact"), setup(1), Undecided, "nothing was measured"},
		{"theory out of reach", near("1/0", "1 %"), setup(1), Fail, "1 is not infinite within 1 %"},
		{"precise", near("2", "4 se", "precision = \"2.5 s\""), setup(1, 2, 3), Pass, ""}, // half-width 4.303 * .577
		{"not precise", near("2", "4 se", "precision = \"2.4 s\""), setup(1, 2, 3), Undecided, "the half-width is 2.484, not within the precision of 2.4 s"},
		{"not precise in proportion", near("2", "4 se", "precision = \"100 %\""), setup(1, 2, 3), Undecided, "the half-width is 2.484, not within the precision of 100 %"},
		{"of one run, with a precision", near("1", "exact", "precision = \"1 s\""), setup(1), Undecided, "the half-width is unknown, not within the precision of 1 s"},
	} {
		r := judged(t, c.expect, c.runs...)
		if r.Verdict != c.want || !strings.Contains(r.Why, c.why) || (c.why == "") != (r.Why == "") {
			t.Errorf("%s: %v (%s), want %v (%s)", c.name, r.Verdict, r.Why, c.want, c.why)
		}
	}
}

// TestCensored holds that nothing is decided by attempts that the end of the run
// cut off, neither for nor against: not for their flow, but for another.
func TestCensored(t *testing.T) {
	for _, c := range []struct {
		that string
		want Verdict
	}{
		{"flow.web.setup_time.max < 3", Undecided},
		{"flow.web.setup_time.max < 1", Undecided},
		{"flow.web.open.max < 3", Pass}, // a level is of the window
		{"run.events.total < 3", Pass},
	} {
		p := expecting(t, fmt.Sprintf("that = %q", c.that))
		p.Outcomes = []*Outcome{{Measures: map[string]*Measure{"flow.web.setup_time": sampleOf(2e9), "flow.web.open": levelOf(1), "run.events": counter(1, 0, 1)},
			Censored: map[string]uint64{"web": 2}}}
		if r := p.verdict(t); r.Verdict != c.want || c.want == Undecided && r.Why != "2 attempts of flow web were cut off by the end of the run" {
			t.Errorf("%s: %v (%s), want %v", c.that, r.Verdict, r.Why, c.want)
		}
	}
}

// TestFalseAlarms holds how often an expectation that is true fails by chance:
// as often as a normal variable is so many standard errors away, however few
// replications there are. Of 5,000 experiments with normal data it is within 4
// sigma of that.
func TestFalseAlarms(t *testing.T) {
	if testing.Short() {
		t.Skip("a second or two, and under the race detector many")
	}
	const n, seed = 5000, 3
	for _, c := range []struct {
		within       string
		sigmas       float64
		replications int
	}{{"1 se", 1, 2}, {"1 se", 1, 5}, {"2 se", 2, 3}, {"2 se", 2, 10}, {"4 se", 4, 5}} {
		draw := des.Stream(seed, uint64(c.replications), c.within)
		p := expecting(t, fmt.Sprintf("that = \"flow.web.attempts.total\"\nequals = \"1000000000\"\nwithin = %q", c.within))
		alarms := 0
		for range n {
			p.Outcomes = normal(draw, c.replications)
			if p.verdict(t).Verdict == Fail {
				alarms++
			}
		}
		nominal := math.Erfc(c.sigmas / math.Sqrt2)
		if sigma := math.Sqrt(n * nominal * (1 - nominal)); math.Abs(float64(alarms)-n*nominal) > 4*sigma+1 {
			t.Errorf("%s, %d replications: %d false alarms in %d, want %.1f ± %.1f (seed %d)", c.within, c.replications, alarms, n, n*nominal, 4*sigma, seed)
		}
	}
}

// normal are runs with a number that is normal around 1e9.
func normal(draw *rand.Rand, runs int) (all []*Outcome) {
	for range runs {
		m := counter(uint64(math.Round(1e9+1e6*draw.NormFloat64())), 0, 1)
		all = append(all, &Outcome{Measures: map[string]*Measure{"flow.web.attempts": m}})
	}
	return all
}

// TestWhere holds that an expectation is about its points and no other.
func TestWhere(t *testing.T) {
	s := study(t, pair+`
delay = "10 ms"
[flow.web]
from = "client"
to = "server:80"
[case.far.no]
[case.far.yes]
link.wire.delay = "100 ms"
[expect.far]
that = "flow.web.setup_time.max"
equals = "200*ms"
within = "exact"
where = "case.far == 'yes'"
`)
	results, err := s.Judge()
	if err != nil || len(results) != 1 || results[0].Point.Name() != "far=yes" || results[0].Verdict != Pass {
		t.Errorf("%+v, %v", results, err)
	}
	if r := results[0]; r.Unit != "s" || !r.Number() || r.N != 1 || !math.IsNaN(r.Half) || r.Expected != .2 {
		t.Errorf("%+v", r)
	}
}

// TestUnclosed holds the same of connections that the end of the run found
// closing, for what is about closing alone.
func TestUnclosed(t *testing.T) {
	for that, want := range map[string]Verdict{ // order-free: each by itself
		"flow.web.closed.total == 1":      Undecided,
		"flow.web.close_time.max < 3":     Undecided,
		"flow.web.lifetime.max < 3":       Undecided,
		"flow.web.setup_time.max < 3":     Pass,
		"flow.web.attempts.total == 1":    Pass,
		"flow.web.closed.four.total == 0": Undecided,
	} {
		p := expecting(t, fmt.Sprintf("that = %q", that))
		p.Outcomes = []*Outcome{{Measures: map[string]*Measure{"flow.web.setup_time": sampleOf(2e9), "flow.web.close_time": sampleOf(2e9),
			"flow.web.lifetime": sampleOf(2e9), "flow.web.closed": counter(1, 1, 1), "flow.web.closed.four": counter(0, 1, 1), "flow.web.attempts": counter(1, 1, 1)},
			Unclosed: map[string]uint64{"web": 3}}}
		if r := p.verdict(t); r.Verdict != want || want == Undecided && r.Why != "3 connections of flow web had not closed by the end of the run" {
			t.Errorf("%s: %v (%s), want %v", that, r.Verdict, r.Why, want)
		}
	}
}

// TestNeverClosed holds that no connection was reset of those that never close is a
// fact, where one was open; its share is of none.
func TestNeverClosed(t *testing.T) {
	s := study(t, pair+`
delay = "10 ms"
[flow.talk]
from = "client"
to = "server:7"
close = { by = "client", reply = "never" }
[expect.total]
that = "flow.talk.closed.reset.total == 0"
[expect.share]
that = "flow.talk.closed.reset.fraction == 0"
[expect.wrong]
that = "flow.talk.opened.total == 2 * flow.talk.attempts.total"
`)
	results, err := s.Judge()
	if err != nil {
		t.Fatal(err)
	}
	if results[0].Verdict != Pass || results[1].Verdict != Undecided {
		t.Errorf("%v (%s), %v (%s)", results[0].Verdict, results[0].Why, results[1].Verdict, results[1].Why)
	}
	if r := results[2]; r.Verdict != Fail || r.Why != "not so in replication 1: flow.talk.opened.total is 1, flow.talk.attempts.total is 1" {
		t.Errorf("%v: %s", r.Verdict, r.Why)
	}
}
