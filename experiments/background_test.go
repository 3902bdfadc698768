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
