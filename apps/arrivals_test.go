package apps

import (
	"math"
	"testing"
	"time"

	"netsim/des"
	"netsim/topo"
	"netsim/wire"
)

// calls runs a flow that nobody listens to and returns when its connections were
// opened, and by whom.
func calls(t *testing.T, p plan, a Arrivals, spread Choice) ([]start, *world) {
	w := newWorld(t, p)
	w.keep = true
	w.add(Flow{Name: "calls", Servers: []Target{{Host: w.servers[0], Port: 81}}, Arrivals: a, Spread: spread})
	w.sim.Run(ever)
	return w.starts, w
}

// Arrivals that no chance decides come to the nanosecond: even ones number k at
// start + k/rate, which does not drift.
func TestCertainArrivals(t *testing.T) {
	even := func(start time.Duration, rate float64, n int) (at []time.Duration) {
		for k := range n {
			at = append(at, start+time.Duration(math.RoundToEven(float64(k)*1e9/rate)))
		}
		return at
	}
	times := []time.Duration{0, time.Second, time.Second, 7 * time.Second}
	for _, c := range []struct {
		name string
		a    Arrivals
		want []time.Duration
	}{
		{"once", Arrivals{Process: Once, Start: 3 * time.Second}, []time.Duration{3 * time.Second}},
		{"once, too late", Arrivals{Process: Once, Start: 3 * time.Second, Stop: des.Time(3 * time.Second)}, nil},
		{"at", Arrivals{Process: At, Times: times}, times},
		{"at, stopped", Arrivals{Process: At, Times: times, Stop: des.Time(2 * time.Second)}, times[:3]},
		{"at, counted", Arrivals{Process: At, Times: times, Count: 2}, times[:2]},
		{"even", Arrivals{Process: Even, Rate: 7, Start: 2 * time.Second, Count: 5000}, even(2*time.Second, 7, 5000)},
		{"even, thirds", Arrivals{Process: Even, Rate: 3e3, Count: 3001}, even(0, 3e3, 3001)},
		{"even, stopped", Arrivals{Process: Even, Rate: 10, Stop: des.Time(time.Second)}, even(0, 10, 10)},
		{"even, rare", Arrivals{Process: Even, Rate: 1e-12}, []time.Duration{0}},
		{"Poisson, rare", Arrivals{Process: Poisson, Rate: 1e-12, Stop: des.Time(time.Hour)}, nil},
	} {
		if c.a.Stop == 0 {
			c.a.Stop = ever
		}
		got, _ := calls(t, plan{}, c.a, Random)
		if len(got) != len(c.want) {
			t.Errorf("%s: %d arrivals, want %d", c.name, len(got), len(c.want))
			continue
		}
		for i := range got {
			if got[i].at != des.Time(c.want[i]) {
				t.Errorf("%s: arrival %d at %v, want %v", c.name, i, got[i].at, c.want[i])
				break
			}
		}
	}
	if n := len(even(0, 3e3, 3001)); even(0, 3e3, 3001)[n-1] != time.Second {
		t.Error("3000 arrivals at 3000/s do not take a second")
	}
}

// Poisson arrivals: counts in a second have the mean and the variance of the rate,
// gaps the mean and the standard deviation of its inverse, all within 4 sigma.
func TestPoissonArrivals(t *testing.T) {
	const rate, seconds, seed = 20.0, 2000, 5
	got, _ := calls(t, plan{seed: seed}, Arrivals{Process: Poisson, Rate: rate, Start: time.Second, Stop: des.Time((seconds + 1) * time.Second)}, Random)
	counts := make([]float64, seconds)
	var gap, square float64
	last := des.Time(time.Second)
	for _, c := range got {
		counts[c.at/des.Time(time.Second)-1]++
		g := c.at.Sub(last).Seconds() * rate
		gap, square, last = gap+g, square+g*g, c.at
	}
	n := float64(len(got))
	mean := n / seconds
	var variance float64
	for _, k := range counts {
		variance += (k - mean) * (k - mean) / (seconds - 1)
	}
	for _, c := range []struct {
		name           string
		got, want, err float64
	}{
		{"mean of counts", mean, rate, math.Sqrt(rate / seconds)},
		{"dispersion of counts", variance / mean, 1, math.Sqrt(2.0 / (seconds - 1))},
		{"mean gap", gap / n, 1, 1 / math.Sqrt(n)},
		{"square of gaps", square / n, 2, math.Sqrt(20 / n)}, // E x^4 - (E x^2)^2 = 24 - 4
	} {
		if z := (c.got - c.want) / c.err; math.Abs(z) > 4 {
			t.Errorf("seed %d: %s %v, want %v: z = %.1f", seed, c.name, c.got, c.want, z)
		}
	}
}

// Per host every client has a process of its own, of that rate and count, and its
// own stream: clients do not call together.
func TestArrivalsPerHost(t *testing.T) {
	for _, process := range []Process{Even, Poisson} {
		got, w := calls(t, plan{clients: 5}, Arrivals{Process: process, Rate: 10, Count: 20, PerHost: true, Stop: ever}, Random)
		count, times := map[uint32]int{}, map[des.Time]int{}
		for _, c := range got {
			count[uint32(c.by)]++
			times[c.at]++
		}
		for _, h := range w.clients {
			if count[uint32(h.Node())] != 20 {
				t.Errorf("process %d: %d calls by a host, want 20", process, count[uint32(h.Node())])
			}
		}
		if together := len(times) < len(got); together != (process == Even) {
			t.Errorf("process %d: %d calls at %d times", process, len(got), len(times))
		}
	}
}

// A flow's arrivals follow its name, seed and replication: no other flow moves
// them.
func TestArrivalsAreNamed(t *testing.T) {
	run := func(others ...string) (at []des.Time) {
		w := newWorld(t, plan{seed: 2})
		w.keep = true
		for _, name := range append(others, "mine") {
			w.add(Flow{Name: name, Servers: []Target{{Host: w.servers[0], Port: 81}}, Arrivals: Arrivals{Process: Poisson, Rate: 10, Count: 30}})
		}
		w.sim.Run(ever)
		for _, s := range w.starts {
			if int(s.who.Flow()) == len(others) {
				at = append(at, s.at)
			}
		}
		return at
	}
	alone, among := run(), run("a", "b")
	for i := range alone {
		if alone[i] != among[i] {
			t.Fatalf("arrival %d at %v alone, at %v among others", i, alone[i], among[i])
		}
	}
	if len(alone) != 30 || len(among) != 30 {
		t.Errorf("%d and %d arrivals", len(alone), len(among))
	}
}

// uniform checks counts against equal shares: chi-square within 4 sigma of its
// mean.
func uniform(t *testing.T, what string, counts []float64) {
	t.Helper()
	var n, chi float64
	for _, k := range counts {
		n += k
	}
	share := n / float64(len(counts))
	for _, k := range counts {
		chi += (k - share) * (k - share) / share
	}
	free := float64(len(counts) - 1)
	if z := (chi - free) / math.Sqrt(2*free); math.Abs(z) > 4 {
		t.Errorf("%s: %v, chi-square %.1f, z = %.1f", what, counts, chi, z)
	}
}

// The client is chosen in turn, or by chance and then each as often.
func TestSpread(t *testing.T) {
	const n = 8
	got, w := calls(t, plan{seed: 1, clients: n}, Arrivals{Process: Even, Rate: 100, Count: 10 * n, Stop: ever}, RoundRobin)
	for i, c := range got {
		if c.by != w.clients[i%n].Node() {
			t.Fatalf("call %d by node %d", i, c.by)
		}
	}
	got, w = calls(t, plan{seed: 1, clients: n}, Arrivals{Process: Even, Rate: 100, Count: 8000, Stop: ever}, Random)
	counts := make([]float64, n)
	for _, c := range got {
		counts[c.by-w.clients[0].Node()]++
	}
	uniform(t, "seed 1: calls by client", counts)
}

// The server is chosen likewise, and is never the client itself; of the others
// chance chooses each as often.
func TestPick(t *testing.T) {
	const n = 5
	for _, pick := range []Choice{Random, RoundRobin} {
		w := newWorld(t, plan{seed: 4, servers: n})
		w.keep = true
		f := w.add(Flow{Name: "mesh", Clients: w.servers, Spread: Random, Pick: pick, Arrivals: Arrivals{Process: Even, Rate: 1000, Count: 4000}})
		w.empty(f)
		callers, pairs := map[wire.Incarnation]topo.NodeID{}, map[[2]topo.NodeID]float64{}
		for _, c := range w.starts {
			callers[c.who] = c.by
		}
		for _, c := range w.answers {
			pairs[[2]topo.NodeID{callers[c.who], c.by}]++
		}
		var counts []float64
		for p, k := range pairs { // order-free: sums
			if p[0] == p[1] {
				t.Errorf("pick %d: node %d connects to itself", pick, p[0])
			}
			counts = append(counts, k)
		}
		if len(counts) != n*(n-1) {
			t.Errorf("pick %d: %d pairs", pick, len(counts))
		}
		if pick == Random {
			uniform(t, "seed 4: calls by pair", counts)
		}
	}
}

// Where all servers are on one host, its own calls have no other to go to, and
// nobody looks for one for ever.
func TestOnlyItself(t *testing.T) {
	w := newWorld(t, plan{})
	h := w.servers[0]
	f := w.add(Flow{Name: "self", Clients: w.servers, Servers: []Target{{Host: h, Port: 80}, {Host: h, Port: 81}}, Arrivals: Arrivals{Process: Even, Rate: 10, Count: 10, Stop: ever}})
	w.sim.Run(des.Time(time.Minute))
	if f.Tally.Attempts != 10 {
		t.Errorf("%d attempts", f.Tally.Attempts)
	}
}
