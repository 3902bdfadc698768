package topo

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// loop sends every packet it gets back into the network: what passes through
// the network costs nothing else.
type loop struct {
	into Sink
	hops int
}

func (l *loop) Receive(now des.Time, p *wire.Packet) {
	l.hops++
	p.TTL = wire.DefaultTTL
	p.Src, p.Dst = p.Dst, p.Src
	l.into.Receive(now, p)
}

// pingPong is two hosts, directly linked or with a router between them, that
// send packets to and fro; it returns a function that handles one event, which
// is one hop.
func pingPong(spec HalfSpec, router bool, packets int) func() {
	w := newWorld(1)
	a, b := w.host("a"), w.host("b")
	if router {
		r := w.net.AddNode("r", true)
		w.net.Connect(LinkSpec{Name: "ar", A: a.id, B: r, Forward: spec, Back: spec})
		w.net.Connect(LinkSpec{Name: "rb", A: r, B: b.id, Forward: spec, Back: spec})
	} else {
		w.net.Connect(LinkSpec{Name: "ab", A: a.id, B: b.id, Forward: spec, Back: spec})
	}
	ends := [2]loop{}
	w.net.Attach(a.id, &ends[0])
	w.net.Attach(b.id, &ends[1])
	if err := w.net.Finish(); err != nil {
		panic(err)
	}
	ends[0].into, ends[1].into = w.net.Send(a.id), w.net.Send(b.id)
	for range packets {
		ends[0].into.Receive(0, w.packet(a, b, 1500))
	}
	return func() { w.sim.Step(des.Never) }
}

var plain = HalfSpec{Rate: 1e9, Delay: time.Millisecond, MTU: 1500, Overhead: 38, Queue: Limit{Packets: 1000}}

// neverMatching has rules that look at every packet and act on none.
func neverMatching() HalfSpec {
	spec := plain
	spec.Rules = []*Rule{
		NewRule(RuleSpec{Name: "syn", Match: MatchSYN, Flow: AnyFlow}),
		NewRule(RuleSpec{Name: "fin", Match: MatchFIN, Flow: AnyFlow, Nth: []Range{{1, 1}}}),
	}
	return spec
}

// withLoss loses packets, too few to matter in a benchmark.
func withLoss() HalfSpec {
	spec := plain
	spec.Loss = 1e-12
	return spec
}

// uneven has a rate that does not divide a byte's time.
func uneven() HalfSpec {
	spec := plain
	spec.Rate = 999_999_937
	return spec
}

func BenchmarkHop(b *testing.B) {
	for _, c := range []struct {
		name   string
		spec   HalfSpec
		router bool
	}{
		{"plain", plain, false},
		{"remainders", uneven(), false},
		{"loss", withLoss(), false},
		{"two-rules", neverMatching(), false},
		{"router", plain, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			step := pingPong(c.spec, c.router, 20)
			b.ReportAllocs()
			for b.Loop() {
				step()
			}
		})
	}
}

func TestNoAllocationPerHop(t *testing.T) {
	all := plain
	all.Loss = 1e-12
	for _, do := range []Action{DoDelay, DoDuplicate} {
		for _, c := range []struct {
			spec   HalfSpec
			router bool
		}{{plain, false}, {plain, true}, {withLoss(), true}, {neverMatching(), true}} {
			if do == DoDelay {
				c.spec.Rules = append(c.spec.Rules, NewRule(RuleSpec{Name: "hold", Flow: AnyFlow, Do: do, Delay: time.Microsecond}))
			}
			step := pingPong(c.spec, c.router, 20)
			for range 1000 { // pools fill
				step()
			}
			if n := testing.AllocsPerRun(10000, step); n != 0 {
				t.Errorf("%v, router %v: %v allocations a hop", do, c.router, n)
			}
		}
	}
}

// BenchmarkStar builds a star of hosts; it reports the bytes a host with its
// address and its link takes.
func BenchmarkStar(b *testing.B) {
	const hosts = 100_000
	for b.Loop() {
		before := heap()
		w := newWorld(1)
		hub := w.net.AddNode("hub", true)
		for range hosts {
			h := w.host("")
			w.net.Connect(LinkSpec{Name: "access", A: h.id, B: hub, Forward: plain, Back: plain})
		}
		if err := w.net.Finish(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(heap()-before)/hosts, "B/host")
		runtime.KeepAlive(w)
	}
}

// BenchmarkFinish makes the routes of a fat tree of k-port switches, without
// its hosts.
func BenchmarkFinish(b *testing.B) {
	for _, k := range []int{8, 16} {
		b.Run(fmt.Sprint(k), func(b *testing.B) {
			for b.Loop() {
				w := newWorld(1)
				fatTree(w, k)
				if err := w.net.Finish(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func fatTree(w *world, k int) {
	node := func() NodeID { return w.net.AddNode("", true) }
	core := make([]NodeID, k*k/4)
	for i := range core {
		core[i] = node()
	}
	for range k {
		var edge []NodeID
		for range k / 2 {
			edge = append(edge, node())
		}
		for a := range k / 2 {
			agg := node()
			for i := range k / 2 {
				w.net.Connect(LinkSpec{A: agg, B: core[a*k/2+i]})
				w.net.Connect(LinkSpec{A: edge[i], B: agg})
			}
		}
	}
}
