package experiments

import (
	"fmt"
	"math"
	"testing"

	"netsim/theory"
)

// loaded is a link of 10 Mbps with a background of 1500 B packets, 1.2 ms each.
const loaded = pair + `
delay = "1 ms"
rate  = "10 Mbps"
queue.limit = "1000000 packets"
[run]
duration     = "100 s"
replications = 12
[flow.noise]
kind = "background"
from = "client"
to   = "server"
load = { of = "link.wire.forward", share = %v }
arrivals.process = "poisson"
`

// A background of Poisson packets offers the share it is told to, and waits in
// the link's queue as Pollaczek and Khinchin say of M/D/1.
func TestBackgroundIsMD1(t *testing.T) {
	const service, seed = 0.0012, 1
	for _, rho := range []float64{.3, .5, .8} {
		s := study(t, fmt.Sprintf(loaded, rho))
		for _, c := range []struct {
			what string
			want float64
			of   func(o *Outcome) float64
		}{
			{"offered share", rho, func(o *Outcome) float64 {
				return o.Measures["flow.noise.packets.sent"].Statistic("rate") * service
			}},
			{"delay", 0.001 + service + theory.MD1Wait(rho, service), func(o *Outcome) float64 {
				return o.Measures["flow.noise.packets.delay"].Statistic("mean")
			}},
		} {
			mean, se := spreadOf(s, c.of)
			if z := (mean - c.want) / se; math.Abs(z) > 4 {
				t.Errorf("seed %d, rho %v: %s %v, want %v (z = %.1f)", seed, rho, c.what, mean, c.want, z)
			}
		}
	}
}

// spreadOf is the mean of a number over the replications of a study's only point,
// and its standard error.
func spreadOf(s *Study, of func(o *Outcome) float64) (mean, se float64) {
	all := s.Points[0].Outcomes
	n := float64(len(all))
	for _, o := range all {
		mean += of(o) / n
	}
	for _, o := range all {
		se += (of(o) - mean) * (of(o) - mean) / (n * (n - 1))
	}
	return mean, math.Sqrt(se)
}

// TestSetupOverBackground: a SYN waits at a loaded link as any Poisson arrival
// does, so connect() takes the empty network's time and the M/D/1 wait W more:
// .257143, .6, 2.4 and 5.4 ms at these loads. The queue's own gauge says the same.
func TestSetupOverBackground(t *testing.T) {
	const service, seed = 0.0012, 1
	for rho, wait := range map[float64]float64{.3: .000257142857, .5: .0006, .8: .0024, .9: .0054} { // order-free: each by itself
		s := study(t, fmt.Sprintf(loaded, rho)+`
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "poisson", rate = "2/s" }
close = { by = "nobody" }
[expect.gauge]
that = "link.wire.forward.queue_wait.mean > 0"
`)
		if want := theory.MD1Wait(rho, service); math.Abs(want-wait) > 1e-9 {
			t.Errorf("rho %v: W = %v, want %v", rho, want, wait)
		}
		empty := s.Points[0].Derived["flow.web.path.setup"]
		for _, c := range []struct {
			what, metric string
			want         float64
		}{
			{"setup", "flow.web.setup_time", empty + wait},
			{"queue_wait", "link.wire.forward.queue_wait", wait},
		} {
			mean, se := spreadOf(s, func(o *Outcome) float64 { return o.Measures[c.metric].Statistic("mean") })
			if z := (mean - c.want) / se; math.Abs(z) > 4 {
				t.Errorf("seed %d, rho %v: %s %v, want %v (z = %.1f)", seed, rho, c.what, mean, c.want, z)
			}
		}
	}
}

// Where both directions are loaded, the SYN waits at one end and the SYN-ACK at the
// other: connect() takes 2 W more.
func TestBothWaysLoaded(t *testing.T) {
	const rho, seed = .5, 1
	s := study(t, fmt.Sprintf(loaded, rho)+fmt.Sprintf(`
[flow.counter]
kind = "background"
from = "server"
to   = "client"
load = { of = "link.wire.back", share = %v }
arrivals.process = "poisson"
[flow.web]
from = "client"
to   = "server:80"
arrivals = { process = "poisson", rate = "10/s" }
close = { by = "nobody" }
`, rho), "run.duration=60 s")
	want := s.Points[0].Derived["flow.web.path.setup"] + 2*theory.MD1Wait(rho, .0012)
	mean, se := spreadOf(s, func(o *Outcome) float64 { return o.Measures["flow.web.setup_time"].Statistic("mean") })
	if z := (mean - want) / se; math.Abs(z) > 4 || se > .02*want {
		t.Errorf("seed %d: connect() took %.4f ± %.4f ms, want %.4f: z = %.1f", seed, 1e3*mean, 1e3*se, 1e3*want, z)
	}
}

// TestLoadOfSchedule: the share of a link whose rate is scheduled is one of its mean.
func TestLoadOfSchedule(t *testing.T) {
	f := parse(t, pair+`
delay = "10 ms"
rate = { shape = "linear", points = [["0 s", "1 Mbps"], ["10 s", "3 Mbps"]] }
[flow.noise]
kind = "background"
from = "client"
to = "server"
size = "1000 B"
load = { of = "link.wire", share = "20 %" }
arrivals = { process = "even" }
[run]
duration = "10 s"
`)
	if got := f.Points[0].Spec.Flows[0].Arrivals.Rate; got != 50 {
		t.Errorf("%v packets a second, want 50: 20 %% of 2 Mbps", got)
	}
}

// TestPacketsOfManySizes: packets whose size is drawn have its mean, by which their rate
// is a share of the link's, and draw from a stream of their own.
func TestPacketsOfManySizes(t *testing.T) {
	const seed = 1
	s := study(t, pair+`
delay = "10 ms"
rate = "1 Mbps"
[flow.noise]
kind = "background"
from = "client"
to = "server"
size = { dist = "choice", values = ["100 B", "400 B"], weights = [3, 1] }
load = { of = "link.wire", share = "70 %" }
arrivals = { process = "even" }
[run]
duration = "20 s"
`)
	if got := s.Points[0].Spec.Flows[0].Arrivals.Rate; got != 500 {
		t.Errorf("%v packets a second, want 500 of 175 B in the mean", got)
	}
	m := s.Points[0].Outcomes[0].Measures
	n := m["flow.noise.packets.sent"].Statistic("total")
	mean, sd := m["link.wire.bytes"].Statistic("total")/n, 130.0
	if z := (mean - 175) / (sd / math.Sqrt(n)); n != 10_000 || math.Abs(z) > 4 {
		t.Errorf("seed %d: %v packets of %v B, want 10000 of 175 B: z = %.1f", seed, n, mean, z)
	}
}
