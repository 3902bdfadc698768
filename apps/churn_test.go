package apps

import (
	"fmt"
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/topo"
)

// churn is a world in which n clients open short connections to a server, 5000 a
// second, each for 200 B and 1000 B, with a TIME-WAIT of 1 s.
func churn(tb testing.TB, n int, count uint64) (*world, *Flow) {
	p := tcp.Linux()
	p.TimeWait = time.Second
	w := newWorld(tb, plan{seed: 1, clients: n, profile: p,
		half: topo.HalfSpec{Rate: 1e9, Delay: 2 * time.Millisecond, MTU: 1500, Queue: topo.Limit{Packets: 1000}}})
	w.stack.Observe(nil)
	return w, w.add(Flow{Name: "web", Request: bytes(200), Response: bytes(1000), Arrivals: Arrivals{Process: Poisson, Rate: 5000, Count: count}})
}

// until runs until that many jobs are done.
func (w *world) until(f *Flow, jobs uint64) {
	for f.Tally.JobsDone < jobs {
		if !w.sim.Step(ever) {
			w.t.Fatalf("nothing left to happen after %d jobs", f.Tally.JobsDone)
		}
	}
}

// In a steady state a connection's whole life allocates nothing.
func TestChurnAllocatesNothing(t *testing.T) {
	const batch = 2000
	w, f := churn(t, 20, 0)
	next := uint64(6 * batch)
	w.until(f, next)
	if n := testing.AllocsPerRun(5, func() {
		next += batch
		w.until(f, next)
	}); n > 2 { // a recorder that sees a new value
		t.Errorf("%v allocations in %d connections", n, batch)
	}
}

// So do jobs that share connections, directly and behind a proxy.
func TestPoolsAllocateNothing(t *testing.T) {
	const batch = 2000
	work := Flow{Name: "web", Request: bytes(200), Response: bytes(1000), Arrivals: Arrivals{Process: Poisson, Rate: 5000}}
	pooled := newWorld(t, plan{clients: 20})
	pooled.stack.Observe(nil)
	own := work
	own.Pool = &Pooling{Size: 20, MaxRequests: 50}
	behind, relayed, _, _ := proxied(t, plan{clients: 20, servers: 2}, &Pooling{Size: 200}, LeastConnections, work)
	behind.stack.Observe(nil)
	for _, c := range []struct {
		w *world
		f *Flow
	}{{pooled, pooled.add(own)}, {behind, relayed}} {
		c.w.profile.TimeWait = time.Second
		next := uint64(10 * batch)
		c.w.until(c.f, next)
		if n := testing.AllocsPerRun(5, func() {
			next += batch
			c.w.until(c.f, next)
		}); n > 4 { // a recorder that sees a new value, a population that has not been so large
			t.Errorf("%v allocations in %d jobs", n, batch)
		}
	}
}

// BenchmarkChurn is the cost of a connection: opened, a request and a response,
// closed, and its TIME-WAIT.
func BenchmarkChurn(b *testing.B) {
	for _, n := range []int{10, 100, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w, f := churn(b, n, uint64(b.N)+20000)
			w.until(f, 20000)
			events := w.sim.Events()
			b.ReportAllocs()
			b.ResetTimer()
			w.sim.Run(des.Never)
			b.ReportMetric(float64(w.sim.Events()-events)/float64(b.N), "events/op")
		})
	}
}
