package experiments

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"netsim/des"
	"netsim/experiments/language"
)

// filling is an experiment whose TIME-WAIT count takes a minute to fill up.
const filling = pair + `
delay = "10 ms"
[default.node]
tcp.time_wait = "60 s"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "poisson", rate = "5/s" }
[run]
duration = "40 min"
replications = 3
[expect.population]
that = "node.client.time_wait.count.mean"
equals = "flow.web.arrivals.rate * 60"
within = "4 se"
`

// TestAutomaticWarmup holds that a warm-up is found, reported of each replication and
// left out: what is measured is that of a run with so much of a warm-up set.
func TestAutomaticWarmup(t *testing.T) {
	s := study(t, filling+"[run.until.x]\nmetric = \"run.events.total\"\nhalf_width = \"100 %\"\n", "run.warmup=auto", "run.max_replications=4")
	p := s.Points[0]
	for i, o := range p.Outcomes {
		tr := o.Transient
		if tr == nil || tr.Short || tr.Cut < des.Time(40e9) || tr.Cut > des.Time(600e9) {
			t.Fatalf("replication %d: %+v", i+1, tr)
		}
		same := study(t, filling, "run.warmup="+language.Format(time.Duration(tr.Cut)), "run.replications=3")
		a, b := o.Measures["node.client.time_wait.count"].Statistic("mean"), same.Points[0].Outcomes[i].Measures["node.client.time_wait.count"].Statistic("mean")
		if a != b || o.Digest != same.Points[0].Outcomes[i].Digest {
			t.Errorf("replication %d has a mean of %g, with its warm-up set %g", i+1, a, b)
		}
	}
	if results, err := s.Judge(); err != nil || results[0].Verdict != Pass {
		t.Errorf("%+v, %v", results[0], err)
	}
	var table bytes.Buffer
	if err := s.WriteResults(&table); err != nil || !strings.Contains(table.String(), "replication,seed,run,warmup_s,") || !strings.Contains(table.String(), ","+decimals(p.Outcomes[0].Transient.Cut.Seconds())+",") {
		t.Errorf("%v\n%.200s", err, table.String())
	}
	if lines, err := s.Notes(); err != nil || len(lines) != 1 || !strings.HasPrefix(lines[0], "run.warmup: the first ") {
		t.Errorf("%q, %v", lines, err)
	}
}

// TestWarmupWarning holds that a beginning which is measured and seems to be a warm-up
// is told, unless the file means it.
func TestWarmupWarning(t *testing.T) {
	for set, want := range map[string]string{ // order-free: each by itself
		"run.drain=5 min": "run.warmup: the first ", "run.warmup=0 s": "", "run.warmup=2 min": "",
	} {
		s := study(t, filling, set)
		lines, err := s.Notes()
		if err != nil || (want == "") != (len(lines) == 0) || want != "" && (!strings.HasPrefix(lines[0], want) || !strings.Contains(lines[0], "(MSER-5)")) {
			t.Errorf("%s: %q, %v", set, lines, err)
		}
	}
}

// TestTooShort holds that nothing is decided by a run too short to find its warm-up.
func TestTooShort(t *testing.T) {
	for _, set := range []string{"run.duration=50 s", "run.duration=20 s"} {
		s := study(t, filling, "run.warmup=auto", set)
		results, err := s.Judge()
		if err != nil || results[0].Verdict != Undecided || results[0].Why != "3 of 3 runs are too short to find their warm-up" {
			t.Errorf("%s: %v (%s), %v", set, results[0].Verdict, results[0].Why, err)
		}
		if o := s.Points[0].Outcomes[0]; !o.Transient.Short || math.IsNaN(o.Measures["node.client.time_wait.count"].Statistic("mean")) {
			t.Errorf("%s: %+v", set, o.Transient)
		}
	}
}
