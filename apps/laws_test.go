package apps

import (
	"math"
	"testing"
	"time"

	"netsim/dist"
	"netsim/topo"
)

// Messages of lengths that vary are told apart at both ends, however the network
// loses and delays them: every job is done, and what was delivered has the mean of
// its laws within 4 standard errors. What a job asks for is its own: the same in a
// world where all else is different.
func TestVaryingMessages(t *testing.T) {
	const jobs, seed, mean = 2000, 5, 4000.0
	total := func(half topo.HalfSpec, by By) uint64 {
		w := newWorld(t, plan{seed: seed, half: half})
		f := w.add(Flow{Name: "web", Request: dist.Exponential(mean), Response: dist.Exponential(mean), Closing: Closing{By: by},
			Exchanges: dist.Uniform(1, 3), Service: dist.Exponential(1e6), Think: dist.Uniform(0, 1e7), Arrivals: Arrivals{Process: Even, Rate: 50, Count: jobs}})
		w.empty(f)
		if f.Tally.JobsDone != jobs {
			t.Errorf("seed %d: %d of %d jobs done", seed, f.Tally.JobsDone, jobs)
		}
		return f.Tally.Bytes
	}
	got := total(topo.HalfSpec{Delay: hop}, Client)
	// A sum of N exponential values, N uniform on {2, 4, 6}: variance E N + Var N times mean squared.
	want, sd := 4*mean*jobs, mean*math.Sqrt((4+8.0/3)*jobs)
	if z := (float64(got) - want) / sd; math.Abs(z) > 4 {
		t.Errorf("seed %d: %d B, want %v: z = %.1f", seed, got, want, z)
	}
	if other := total(topo.HalfSpec{Delay: 3 * hop, Loss: .01}, Server); other != got {
		t.Errorf("seed %d: %d B in one world, %d in another", seed, got, other)
	}
}

// Times that vary have the mean of their laws.
func TestVaryingTimes(t *testing.T) {
	const jobs, seed = 4000, 6
	w := newWorld(t, plan{seed: seed})
	f := w.add(Flow{Name: "web", Request: bytes(10), Response: bytes(10), Service: dist.Exponential(3e7),
		Closing: Closing{After: dist.Exponential(5e7), Reply: dist.Exponential(2e7)}, Arrivals: Arrivals{Process: Even, Rate: 50, Count: jobs}})
	w.empty(f)
	for what, c := range map[string]struct{ got, base, mean float64 }{
		"job":  {f.Tally.JobTime.Mean(), float64(4 * d), 3e7},
		"life": {f.Tally.Lifetime.Mean(), float64(7 * d), 1e8},
	} {
		if z := (c.got - c.base - c.mean) / (c.mean / math.Sqrt(jobs)); math.Abs(z) > 4 {
			t.Errorf("seed %d: %s takes %v, want %v: z = %.1f", seed, what, time.Duration(c.got), time.Duration(c.base+c.mean), z)
		}
	}
}
