package experiments

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

// comparing is an experiment with chance in it, at points that differ in two ways.
const comparing = pair + `
delay = "10 ms"
loss = "10 %"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "poisson", rate = "50/s", count = 100 }
[case.far.no]
[case.far.yes]
link.wire.delay = "15 ms"
[sweep.axes]
link.wire.loss = ["5 %", "10 %"]
[run]
replications = 8
[compare.far]
metric = "flow.web.setup_time.p50"
base = { case.far = "no" }
other = { case.far = "yes" }
[compare.loss]
metric = "above(flow.web.setup_time, 500*ms)"
base = { link.wire.loss = 0.05 }
other = { link.wire.loss = "10 %" }
[expect.farther]
that = "compare.far.mean"
equals = "2 * 5*ms"
within = "1 us"
where = "case.far == 'yes'"
[expect.lossier]
that = "compare.loss.mean"
equals = "0.0925"
where = "link.wire.loss == 0.1"
[expect.told_apart]
that = "compare.far.low > 0 and compare.far.high < 11*ms"
`

// TestDifferences holds paired differences: at every pair of points that differ in
// nothing else, of which what both share cancels.
func TestDifferences(t *testing.T) {
	s := study(t, comparing)
	all, err := s.Differences()
	if err != nil || len(all) != 4 {
		t.Fatal(all, err)
	}
	for _, d := range all[:2] { // two propagation delays of 5 ms more, in every replication
		if d.Name != "far" || math.Abs(d.Mean-.01) > 1e-9 || d.Half > 1e-9 || d.N != 8 || d.Unit != "s" || d.From.Name() == d.To.Name() {
			t.Errorf("%+v", d)
		}
	}
	if all[0].At() != "link.wire.loss=5 %" || all[2].At() != "far=no" {
		t.Errorf("%q and %q", all[0].At(), all[2].At())
	}
	for _, d := range all[2:] { // 1 - .95^2 against 1 - .9^2
		if math.Abs(d.Mean-.0925) > 4*d.Half {
			t.Errorf("%v ± %v", d.Mean, d.Half)
		}
	}
	results, err := s.Judge()
	if err != nil || len(results) != 8 {
		t.Fatal(results, err)
	}
	for _, r := range results {
		if r.Verdict != Pass {
			t.Errorf("%s at %s: %v, %s: %g ± %g", r.Name, r.Point.Name(), r.Verdict, r.Why, r.Value, r.Half)
		}
	}
	var b bytes.Buffer
	if err := s.WriteDifferences(&b); err != nil || !strings.HasPrefix(b.String(), "compare,base,other,unit,") || strings.Count(b.String(), "\n") != 5 ||
		!strings.Contains(b.String(), "far,far=no link.wire.loss=5 %,far=yes link.wire.loss=5 %,s,0.02,0.03,0.01,") {
		t.Errorf("%v\n%s", err, &b)
	}
}

// TestComparedAndCutOff holds that a difference decides nothing where attempts at
// either point were cut off, or where nothing could happen at them.
func TestComparedAndCutOff(t *testing.T) {
	for _, c := range []struct{ drain, that, metric, want string }{
		{"0 s", "compare.far.mean > -1", "flow.web.setup_time.p50", "attempts of flow web were cut off by the end of the run"},
		{"5 min", "compare.far.mean == 0", "flow.web.stale.accepted.total", "there is no flow.web.stale.accepted.total to compare here"},
	} {
		source, _, _ := strings.Cut(comparing, "[expect.farther]")
		s := study(t, source+"[expect.one]\nthat = \""+c.that+"\"\nwhere = \"case.far == 'yes' and link.wire.loss == 0.1\"\n",
			"run.duration=1 s", "run.drain="+c.drain, "compare.far.metric="+c.metric)
		results, err := s.Judge()
		if err != nil || len(results) != 1 {
			t.Fatal(results, err)
		}
		if r := results[0]; r.Verdict != Undecided || !strings.Contains(r.Why, c.want) {
			t.Errorf("%s: %v, %s, want %s", c.metric, r.Verdict, r.Why, c.want)
		}
	}
}
