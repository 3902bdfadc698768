package apps

import (
	"math"
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/theory"
	"netsim/topo"
)

// sampler looks at a level at even times.
type sampler struct {
	event  des.Event
	sim    *des.Sim
	every  time.Duration
	look   func() int64
	values []float64
	n      int
}

func (s *sampler) Fire(now des.Time) {
	s.values = append(s.values, float64(s.look()))
	if len(s.values) < s.n {
		s.sim.At(&s.event, now.Add(s.every))
	}
}

// sample takes n values of a level, from a time on.
func (w *world) sample(from, every time.Duration, n int, look func() int64) *sampler {
	s := &sampler{sim: w.sim, every: every, look: look, n: n}
	owner := w.sim.Owner()
	s.event.Bind(s, owner.Rank(des.Observer))
	w.sim.At(&s.event, des.Time(from))
	return s
}

// moments returns mean and variance.
func (s *sampler) moments() (mean, variance float64) {
	n := float64(len(s.values))
	for _, v := range s.values {
		mean += v / n
	}
	for _, v := range s.values {
		variance += (v - mean) * (v - mean) / (n - 1)
	}
	return mean, variance
}

// With Poisson closes the number in TIME-WAIT is Poisson of mean rate x T (M/G/∞).
// Samples T apart are independent: over 3000 of them the mean is within 4 standard
// errors, and the dispersion index 1 within 4 of its own, sqrt(2/(n-1) + 1/(n mean)).
func TestTimeWaitPopulation(t *testing.T) {
	const rate, n, seed = 100.0, 3000, 11
	const stay = 300 * time.Millisecond
	for by, profile := range map[By]*tcp.Profile{Client: tcp.Linux(), Server: tcp.Linux()} {
		profile.TimeWait = stay
		w := newWorld(t, plan{seed: seed, profile: profile})
		w.stack.Observe(nil)
		w.add(Flow{Name: "web", Closing: Closing{By: by}, Arrivals: Arrivals{Process: Poisson, Rate: rate, Stop: des.Time((n + 10) * stay)}})
		holder, other := w.client, w.server
		if by == Server {
			holder, other = other, holder
		}
		s := w.sample(5*stay, stay, n, func() int64 { return holder.Count[tcp.TimeWaiting].Value() })
		w.sim.Run(ever)
		want, _ := theory.Population(rate, stay.Seconds(), math.Inf(1))
		mean, variance := s.moments()
		if z := (mean - want) / math.Sqrt(want/n); math.Abs(z) > 4 {
			t.Errorf("seed %d: closed by %d: mean %v, want %v: z = %.1f", seed, by, mean, want, z)
		}
		if z := (variance/mean - 1) / math.Sqrt(2.0/(n-1)+1/(n*want)); math.Abs(z) > 4 {
			t.Errorf("seed %d: closed by %d: dispersion %v: z = %.1f", seed, by, variance/mean, z)
		}
		if other.Entered[tcp.TimeWaiting] != 0 {
			t.Errorf("closed by %d: %d at the other end", by, other.Entered[tcp.TimeWaiting])
		}
	}
}

// A server that closes first keeps one TIME-WAIT for each four-tuple: a client that
// comes back with the same port takes its place. With n clients that draw from c
// ports each, the population is n c (1 - exp(-rate T/(n c))). Linux draws from the
// even half of its range first, so c is half of it.
func TestPopulationOfReusedPorts(t *testing.T) {
	const clients, c, rate, n, seed = 4, 200, 1000.0, 120, 3
	for rule, high := range map[tcp.PortSelect]uint16{tcp.RandomPort: 20000 + c - 1, tcp.ParityPort: 20000 + 2*c - 1} {
		p := tcp.Linux()
		p.TimeWait, p.PortLow, p.PortHigh, p.PortSelect = time.Second, 20000, high, rule
		w := newWorld(t, plan{seed: seed, clients: clients, profile: p, half: topo.HalfSpec{Delay: 20 * time.Microsecond}})
		w.stack.Observe(nil)
		f := w.add(Flow{Name: "web", Closing: Closing{By: Server}, Arrivals: Arrivals{Process: Poisson, Rate: rate, Stop: des.Time((n + 5) * time.Second)}})
		s := w.sample(5*time.Second, time.Second, n, func() int64 { return w.server.Count[tcp.TimeWaiting].Value() })
		w.sim.Run(ever)
		want := clients * c * -math.Expm1(-rate/(clients*c))
		mean, variance := s.moments()
		if z := (mean - want) / math.Sqrt(variance/n); math.Abs(z) > 4 {
			t.Errorf("seed %d, rule %d: %v in TIME-WAIT, want %.1f: z = %.1f", seed, rule, mean, want, z)
		}
		if y := w.server; y.Left[1]+y.SYNs.TimeWait != 0 || y.Left[2] == 0 || f.Tally.FailedSum() != 0 {
			t.Errorf("rule %d: left %v, %+v, failed %v", rule, y.Left, y.SYNs, f.Tally.Failed)
		}
	}
}

// Ports are the clients': all that a client has in use are its connections that are
// not CLOSED, TIME-WAIT included, at every time.
func TestPortsAreConnections(t *testing.T) {
	p := tcp.Linux()
	p.TimeWait = 2 * time.Second
	w := newWorld(t, plan{seed: 5, profile: p, half: topo.HalfSpec{Delay: hop, Loss: .05}})
	w.add(Flow{Name: "web", Request: bytes(10), Response: bytes(10), Arrivals: Arrivals{Process: Poisson, Rate: 20, Count: 2000}})
	for w.sim.Step(ever) {
		var held int64
		for s := tcp.SynSent; s < tcp.States; s++ {
			held += w.client.Count[s].Value()
		}
		if used, waiting := w.client.PortsUsed.Value(), w.client.PortsInTimeWait.Value(); used != held || waiting != w.client.Count[tcp.TimeWaiting].Value() {
			t.Fatalf("seed 5, %v: %d ports used, %d in TIME-WAIT; %d connections, %d", w.sim.Now(), used, waiting, held, w.client.Count[tcp.TimeWaiting].Value())
		}
	}
}
