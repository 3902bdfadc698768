package experiments

import (
	"strings"
	"testing"
)

// one is a single long run, told apart in batches: a TIME-WAIT table with 50 in it.
const one = pair + `
delay = "10 ms"
[run]
duration = "420 s"
warmup = "20 s"
batches = 20
[default.node]
tcp.time_wait = "1 s"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "poisson", rate = "50/s" }
[expect.mean]
that = "node.client.time_wait.count.mean"
equals = "flow.web.arrivals.rate * node.client.tcp.time_wait"
[expect.everything_opens]
that = "flow.web.failed.fraction"
equals = "0"
precision = "0.01"
`

// TestRunInBatches holds the batches of a run against the run: together they are what it
// found, and its numbers have intervals. It is the run that it is without them.
func TestRunInBatches(t *testing.T) {
	s := study(t, one)
	o := s.Points[0].Outcomes[0]
	if len(o.Batches) != 20 {
		t.Fatalf("%d batches", len(o.Batches))
	}
	p := s.Points[0].repeated()
	for _, path := range o.Paths() {
		m, err := Pooled(p.Outcomes, path)
		if err != nil {
			t.Fatal(err)
		}
		whole := o.Measures[path]
		for _, word := range []string{"rate", "fraction", "mean", "sd", "p50"} {
			if a, b := m.Statistic(word), whole.Statistic(word); a != b && a == a && (a-b > 1e-9*b || b-a > 1e-9*b) {
				t.Errorf("%s.%s is %v, of the batches together %v", path, word, b, a)
			}
		}
	}
	results, err := s.Judge()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Verdict != Pass || r.N != 20 {
			t.Errorf("%s: %v of %d: %s", r.Name, r.Verdict, r.N, r.Why)
		}
	}
	if r := results[0]; !(r.Half > .2 && r.Half < 2) { // 50 with a variance of 50, whose mean over 400 stays has an error of some 0.5
		t.Errorf("the half-width is %v", r.Half)
	}
	plain := study(t, strings.Replace(one, "batches = 20\n", "", 1), "expect.mean.within=9 %", "expect.everything_opens.within=1 %")
	if a, b := o.Digest, plain.Points[0].Outcomes[0].Digest; a != b {
		t.Errorf("with batches it is another run: %s, not %s", a, b)
	}
}

// TestShortBatches holds that batches which are shorter than what is measured lasts
// decide nothing.
func TestShortBatches(t *testing.T) {
	s := study(t, one, "run.duration=30 s")
	results, err := s.Judge()
	if err != nil {
		t.Fatal(err)
	}
	if r := results[0]; r.Verdict != Undecided || !strings.HasPrefix(r.Why, "the batches are too short: what follows one another is alike (lag-1 autocorrelation 0.") {
		t.Errorf("%v: %s", r.Verdict, r.Why)
	}
}

// TestBatchesAreKept holds that an archive has them, and that a run without is made
// again for them and agrees.
func TestBatchesAreKept(t *testing.T) {
	dir := t.TempDir()
	quick := "run.duration=60 s"
	if _, made := kept(t, dir, one, Options{}, quick, "run.batches=1", "expect.mean.within=50 %", "expect.everything_opens.within=50 %"); made != 1 {
		t.Errorf("%d runs", made)
	}
	files, made := kept(t, dir, one, Options{}, quick)
	if made != 1 {
		t.Errorf("%d runs are made for batches", made)
	}
	again, made := kept(t, dir, one, Options{}, quick)
	if made != 0 {
		t.Errorf("%d runs are made again", made)
	}
	fresh, _ := kept(t, t.TempDir(), one, Options{}, quick)
	for name, text := range fresh {
		if files[name] != text || again[name] != text {
			t.Errorf("%s is another one", name)
		}
	}
}
