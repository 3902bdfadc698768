package apps

import (
	"math"
	"testing"

	"netsim/des"
	"netsim/theory"
)

// The number of places taken is Poisson below the number of places, whose top has the
// probability of Erlang's loss formula (seed 1).
func TestHeld(t *testing.T) {
	const n = 40_000
	for _, c := range []struct {
		load   float64
		places int
	}{{10, 40}, {10, 12}, {10, 10}, {10, 8}, {200, 20}, {.5, 1}} {
		draws := des.Stream(1, 1, "held")
		counts := make([]float64, c.places+1)
		for range n {
			counts[held(draws, c.load, c.places)]++
		}
		below := theory.PoissonCDF(c.places, c.load)
		for k, got := range counts {
			want := theory.PoissonPMF(k, c.load) / below
			if sd := math.Sqrt(n*want*(1-want)) + 1; math.Abs(got-n*want) > 4*sd {
				t.Errorf("load %v: %v times %d of %d places, want %.1f", c.load, got, k, c.places, n*want)
			}
		}
		if full := counts[c.places] / n; math.Abs(full-theory.ErlangB(c.places, c.load)) > 4*math.Sqrt(full/n)+1./n {
			t.Errorf("load %v: all of %d places are taken with probability %v, Erlang says %v", c.load, c.places, full, theory.ErlangB(c.places, c.load))
		}
	}
}
