package topo

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"testing"
	"time"

	"netsim/des"
	"netsim/dist"
	"netsim/wire"
)

// loop sends every packet it gets back into the network, and puts duplicates
// back into the pool: what passes through the network costs nothing else.
type loop struct {
	into Sink
	pool *wire.Pool
}

func (l *loop) Receive(now des.Time, p *wire.Packet) {
	if p.Segment.Marks&wire.Duplicate != 0 {
		l.pool.Put(p)
		return
	}
	p.TTL = wire.DefaultTTL
	p.Src, p.Dst = p.Dst, p.Src
	l.into.Receive(now, p)
}

// pingPong is pairs of hosts, directly linked or over one router, that send 20
// packets a pair to and fro; it returns a function that handles one event, which
// is one hop unless a rule holds packets.
func pingPong(half func() HalfSpec, router bool, pairs int) func() {
	w := newWorld(1)
	var r NodeID
	if router {
		r = w.net.AddNode("r", true)
	}
	hosts := make([]*host, 2*pairs)
	ends := make([]loop, 2*pairs)
	for i := range hosts {
		hosts[i] = w.host("")
		w.net.Attach(hosts[i].id, &ends[i])
		if router {
			w.net.Connect(LinkSpec{A: hosts[i].id, B: r, Forward: half(), Back: half()})
		} else if i%2 == 1 {
			w.net.Connect(LinkSpec{A: hosts[i-1].id, B: hosts[i].id, Forward: half(), Back: half()})
		}
	}
	if err := w.net.Finish(); err != nil {
		panic(err)
	}
	for i := range ends {
		ends[i] = loop{w.net.Send(hosts[i].id), &w.pool}
	}
	for i := range 20 * pairs {
		a := i % pairs * 2
		ends[a].into.Receive(0, w.packet(hosts[a], hosts[a+1], 1500))
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

// with is a plain half with something more; the benchmarks have too few packets
// to fill a queue.
func with(more func(*HalfSpec)) HalfSpec {
	spec := plain
	more(&spec)
	return spec
}

// impaired are halves with one impairment or discipline each. Disciplines belong
// to one half, so each half is made anew.
var impaired = map[string]func() HalfSpec{
	"bursts": func() HalfSpec {
		return with(func(s *HalfSpec) { s.Bursts = &GilbertElliott{P: .01, R: .1} })
	},
	"script":    func() HalfSpec { return with(func(s *HalfSpec) { s.Script = &Script{Period: 1} }) },
	"corrupt":   func() HalfSpec { return with(func(s *HalfSpec) { s.Corrupt = 1e-12 }) },
	"duplicate": func() HalfSpec { return with(func(s *HalfSpec) { s.Duplicate = 1e-3 }) },
	"jitter":    func() HalfSpec { return with(func(s *HalfSpec) { s.Jitter = dist.Exponential(1e5) }) },
	"reorder": func() HalfSpec {
		return with(func(s *HalfSpec) { s.Jitter, s.Reorder = dist.Exponential(1e5), true })
	},
	"trace":     func() HalfSpec { return with(func(s *HalfSpec) { s.Rate, s.Trace = 0, Opportunities{1000} }) },
	"drop-tail": func() HalfSpec { return with(func(s *HalfSpec) { s.Discipline = new(DropTail) }) },
	"red":       func() HalfSpec { return with(func(s *HalfSpec) { s.Discipline = new(RED) }) },
	"codel":     func() HalfSpec { return with(func(s *HalfSpec) { s.Discipline = new(CoDel) }) },
	"fq-codel":  func() HalfSpec { return with(func(s *HalfSpec) { s.Discipline = new(FQCoDel) }) },
	"pie":       func() HalfSpec { return with(func(s *HalfSpec) { s.Discipline = new(PIE) }) },
	"drr":       func() HalfSpec { return with(func(s *HalfSpec) { s.Discipline = new(DRR) }) },
	"priority": func() HalfSpec {
		return with(func(s *HalfSpec) { s.Discipline = &Priority{Bands: []Band{{MatchSYN, AnyFlow}}} })
	},
}

func BenchmarkHop(b *testing.B) {
	for _, c := range []struct {
		name   string
		spec   HalfSpec
		router bool
		pairs  int
	}{
		{"plain", plain, false, 1},
		{"remainders", uneven(), false, 1},
		{"loss", withLoss(), false, 1},
		{"two-rules", neverMatching(), false, 1},
		{"router", plain, true, 1},
		{"router-1000-hosts", plain, true, 500},
	} {
		b.Run(c.name, func(b *testing.B) {
			step := pingPong(func() HalfSpec { return c.spec }, c.router, c.pairs)
			b.ReportAllocs()
			for b.Loop() {
				step()
			}
		})
	}
	for _, name := range slices.Sorted(maps.Keys(impaired)) {
		b.Run(name, func(b *testing.B) { // events, of which a hop has two or more here
			step := pingPong(impaired[name], false, 1)
			b.ReportAllocs()
			for b.Loop() {
				step()
			}
		})
	}
}

func TestNoAllocationPerHop(t *testing.T) {
	acting := plain
	acting.Rules = []*Rule{
		NewRule(RuleSpec{Name: "late", Flow: AnyFlow, Do: DoDelay, Delay: time.Microsecond, Probability: .5}),
		NewRule(RuleSpec{Name: "twice", Flow: AnyFlow, Do: DoDuplicate, Delay: time.Microsecond, Probability: .1}),
		NewRule(RuleSpec{Name: "nth", Flow: AnyFlow, Do: DoDelay, PerConnection: true, Nth: []Range{{3, 3}}}),
	}
	halves := maps.Clone(impaired)
	for name, spec := range map[string]HalfSpec{
		"plain": plain, "remainders": uneven(), "loss": withLoss(), "two-rules": neverMatching(), "acting": acting,
	} {
		halves[name] = func() HalfSpec { return spec }
	}
	for name, half := range halves { // order-free: each by itself
		for _, router := range []bool{false, true} {
			step := pingPong(half, router, 1)
			for range 10_000 { // the pools fill
				step()
			}
			if n := testing.AllocsPerRun(10_000, step); n != 0 {
				t.Errorf("%s, router %v: %v allocations a hop", name, router, n)
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

// BenchmarkTrees makes the routes to every edge switch of a fat tree of k-port
// switches, by search in breadth and, with lengths that differ, by Dijkstra.
func BenchmarkTrees(b *testing.B) {
	for _, k := range []int{16, 48} {
		for _, metric := range []Metric{ByHops, ByWeight} {
			b.Run(fmt.Sprint(k, []string{"/weights", "/hops"}[metric]), func(b *testing.B) {
				for b.Loop() {
					w := newWorld(1)
					fatTree(w, k)
					w.net.Links()[0].Weight = 1.5
					w.net.Routing(Routing{Metric: metric, ECMP: true})
					if err := w.net.Finish(); err != nil {
						b.Fatal(err)
					}
					for to := range w.net.forest.cores {
						w.net.forest.grow(uint32(to))
					}
				}
			})
		}
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
