package topo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gonum.org/v1/gonum/graph/path"
	"gonum.org/v1/gonum/graph/simple"

	"netsim/des"
	"netsim/wire"
)

// TestRoutesAgainstFloydWarshall compares the lengths of the ways that packets
// take with all shortest ways, for each metric, with and without ECMP; trees are
// forgotten all the time.
func TestRoutesAgainstFloydWarshall(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		w := newWorld(seed)
		w.net.Routing(Routing{Metric: Metric(seed % 3), ECMP: seed%2 == 0})
		nodes := 2 + r.IntN(20)
		for i := range nodes {
			w.host("").w.net.nodes[i].forwards = true
		}
		g := simple.NewWeightedDirectedGraph(0, math.Inf(1))
		for i := range nodes {
			g.AddNode(simple.Node(i))
		}
		for i := range 3 * nodes {
			a, b := r.IntN(nodes), r.IntN(nodes)
			if a == b {
				continue
			}
			l := w.net.Connect(LinkSpec{Name: fmt.Sprint("l", i), A: NodeID(a), B: NodeID(b), Weight: float64(1 + r.IntN(3)),
				Forward: HalfSpec{Delay: time.Duration(r.IntN(5))}, Back: HalfSpec{Delay: time.Duration(r.IntN(5))}})
			for _, h := range []*Half{l.Forward, l.Back} {
				length := w.net.forest.length(h)
				if e := g.WeightedEdge(int64(h.From()), int64(h.To())); e == nil || e.Weight() > length {
					g.SetWeightedEdge(simple.WeightedEdge{F: simple.Node(h.From()), T: simple.Node(h.To()), W: length})
				}
			}
		}
		w.finish(t)
		w.net.forest.keep = 2
		shortest, _ := path.FloydWarshall(g)
		for a := range nodes {
			for b := range nodes {
				halves, ok := w.net.Path(NodeID(a), NodeID(b))
				length := 0.0
				for _, h := range halves {
					length += w.net.forest.length(h)
				}
				if want := shortest.Weight(int64(a), int64(b)); ok == math.IsInf(want, 1) || ok && length != want {
					t.Fatalf("seed %d: %d to %d: found %v of length %v, want %v", seed, a, b, ok, length, want)
				}
			}
		}
	}
}

// diamond is two hosts with `ways` equal paths of two links between their
// routers; link 2*i is the first of path i.
func diamond(t *testing.T, ways int, r Routing) (w *world, a, b *host) {
	w = newWorld(1)
	w.net.Routing(r)
	a, b = w.host("a"), w.host("b")
	left, right := w.net.AddNode("left", true), w.net.AddNode("right", true)
	for i := range ways {
		m := w.net.AddNode(fmt.Sprint("m", i), true)
		w.net.Connect(LinkSpec{Name: fmt.Sprint("up", i), A: left, B: m})
		w.net.Connect(LinkSpec{Name: fmt.Sprint("down", i), A: m, B: right})
	}
	w.net.Connect(LinkSpec{Name: "a", A: a.id, B: left})
	w.net.Connect(LinkSpec{Name: "b", A: right, B: b.id})
	w.finish(t)
	return w, a, b
}

// flow sends packets of one flow from a to b and returns the number of the path
// that each of them took.
func (w *world) flow(t *testing.T, a, b *host, port uint16, packets int) (ways []int) {
	for range packets {
		before := w.forwarded()
		p := w.packet(a, b, 40)
		p.Segment.SrcPort, p.Segment.DstPort = port, 80
		w.net.Send(a.id).Receive(w.sim.Now(), p)
		w.run(t)
		for i, n := range w.forwarded() {
			if n > before[i] {
				ways = append(ways, i)
			}
		}
	}
	return ways
}

// forwarded counts what each first link of a diamond carried.
func (w *world) forwarded() (counts []uint64) {
	for _, l := range w.net.Links() {
		if l.Name[0] == 'u' {
			counts = append(counts, l.Forward.Stats().Delivered)
		}
	}
	return counts
}

// TestECMPSpreads: of n flows each of k equal ways gets n/k, within 4 sigma of a
// binomial, and all packets of a flow take the same one. Without ECMP all take
// the first.
func TestECMPSpreads(t *testing.T) {
	const flows, ways = 4000, 4
	w, a, b := diamond(t, ways, Routing{ECMP: true, Salt: 1})
	var count [ways]int
	for f := range flows {
		took := w.flow(t, a, b, uint16(1024+f), 3)
		if len(took) != 3 || took[0] != took[1] || took[1] != took[2] {
			t.Fatalf("flow %d took %v", f, took)
		}
		count[took[0]]++
	}
	mean, sigma := flows/float64(ways), math.Sqrt(flows*(1./ways)*(1-1./ways))
	for i, n := range count {
		if math.Abs(float64(n)-mean) > 4*sigma {
			t.Errorf("way %d: %d flows, want %.0f +- %.0f", i, n, mean, 4*sigma)
		}
	}
	w, a, b = diamond(t, ways, Routing{})
	if took := w.flow(t, a, b, 1024, 2); !slices.Equal(took, []int{0, 0}) {
		t.Errorf("without ECMP: %v", took)
	}
}

// TestECMPSalt: the spreading is a function of the salt, and another with
// another; neighbours do not choose alike, so that a second stage of choices
// splits what the first has sent one way.
func TestECMPSalt(t *testing.T) {
	ways := func(salt uint64) (all []int) {
		w, a, b := diamond(t, 8, Routing{ECMP: true, Salt: salt})
		for f := range 50 {
			all = append(all, w.flow(t, a, b, uint16(1024+f), 1)...)
		}
		return all
	}
	if !slices.Equal(ways(1), ways(1)) || slices.Equal(ways(1), ways(2)) {
		t.Error("the salt does not decide")
	}
	w, a, b := diamond(t, 2, Routing{ECMP: true})
	same, p := 0, w.packet(a, b, 40)
	for f := range 1000 {
		p.Segment.SrcPort = uint16(f)
		if w.net.forest.cores[0].hash(p)>>63 == w.net.forest.cores[1].hash(p)>>63 {
			same++
		}
	}
	if math.Abs(float64(same)-500) > 4*math.Sqrt(250) {
		t.Errorf("two routers choose alike for %d of 1000 flows", same)
	}
	w.pool.Put(p)
}

// TestRouteChange: a change of a weight reroutes what comes to the routers after
// it, there and back; an infinite weight takes the link out.
func TestRouteChange(t *testing.T) {
	w, a, b := diamond(t, 3, Routing{})
	up := func(i int) *Link { return w.net.Links()[2*i] }
	set := func(i int, weight float64) {
		t.Helper()
		if err := w.net.SetWeight(weight, up(i)); err != nil {
			t.Fatal(err)
		}
	}
	var took []int
	step := func() { took = append(took, w.flow(t, a, b, 1, 1)...) }
	step()
	w.at(w.sim.Now()+10, func(des.Time) { set(0, 2) })
	w.sim.Run(des.Never)
	step()
	set(1, math.Inf(1))
	step()
	set(2, math.Inf(1))
	step()
	set(1, 1)
	step()
	if !slices.Equal(took, []int{0, 1, 2, 0, 1}) {
		t.Errorf("the ways were %v", took)
	}
	for i := range 3 {
		set(i, math.Inf(1))
	}
	if _, ok := w.net.Path(a.id, b.id); ok {
		t.Error("a path over links that are out")
	}
	for _, bad := range []float64{0, -1, math.NaN(), 1e300} {
		if w.net.SetWeight(bad, up(0)) == nil && w.net.SetWeight(1e-300, up(1)) == nil {
			t.Errorf("a weight of %v", bad)
		}
	}
}

// TestStaticRoutes: a route that is set goes before what is computed and before
// those of higher order, until it is taken away; a circle ends by TTL.
func TestStaticRoutes(t *testing.T) {
	w, a, b := diamond(t, 3, Routing{})
	left := w.net.Links()[0].A
	via := func(i int) *Half { return w.net.Links()[2*i].Forward }
	set := func(at NodeID, first, last wire.Addr, order int, h *Half) {
		t.Helper()
		if err := w.net.SetRoute(StaticRoute{at, first, last, order, h}); err != nil {
			t.Fatal(err)
		}
	}
	var took []int
	step := func() { took = append(took, w.flow(t, a, b, 1, 1)...) }
	set(left, a.addr, b.addr, 2, via(2))
	step()
	set(left, b.addr, b.addr, 1, via(1))
	step()
	set(left, a.addr, b.addr, 3, via(0))
	step()
	set(left, b.addr, b.addr, 1, nil)
	step()
	set(left, a.addr, b.addr, 2, nil)
	step()
	if !slices.Equal(took, []int{2, 1, 1, 2, 0}) {
		t.Errorf("the ways were %v", took)
	}
	set(via(0).To(), b.addr, b.addr, 0, via(0).Reverse())
	before := len(b.got)
	w.flow(t, a, b, 1, 1)
	expired := w.net.Links()[0].Forward.Stats().Drops[DropTTL] + w.net.Links()[0].Back.Stats().Drops[DropTTL]
	if _, ok := w.net.Path(a.id, b.id); ok || len(b.got) != before || expired != 1 {
		t.Errorf("in a circle: path %v, %d arrived, %d expired", ok, len(b.got)-before, expired)
	}
	if w.net.SetRoute(StaticRoute{At: a.id, Via: via(0)}) == nil || w.net.SetRoute(StaticRoute{At: left, Via: via(0).Reverse()}) == nil {
		t.Error("a route at a leaf, and one over a link elsewhere")
	}
}

// TestStaticAlone: without computed routes only neighbours are reached.
func TestStaticAlone(t *testing.T) {
	w, a, b := diamond(t, 1, Routing{Static: true})
	if _, ok := w.net.Path(a.id, b.id); ok {
		t.Error("a route that nobody set")
	}
	for _, l := range []int{0, 1} {
		out := w.net.Links()[l].Forward
		if err := w.net.SetRoute(StaticRoute{At: out.From(), First: b.addr, Last: b.addr, Via: out}); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(w.net.Path(a.id, b.id)); got != "a.forward up0.forward down0.forward b.forward" {
		t.Error(got)
	}
}
