package topo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// randomNetwork adds nodes, links and an address and end for each node. Weights
// are few, so that many paths are equal.
func randomNetwork(w *world, r *rand.Rand, nodes, links int, spec func() HalfSpec) []*host {
	var hosts []*host
	for i := range nodes {
		h := w.host(fmt.Sprint("n", i))
		w.net.nodes[h.id].forwards = r.IntN(3) > 0
		hosts = append(hosts, h)
	}
	for i := range links {
		a, b := r.IntN(nodes), r.IntN(nodes-1)
		if b >= a {
			b++
		}
		w.net.Connect(LinkSpec{
			Name: fmt.Sprint("l", i), A: hosts[a].id, B: hosts[b].id,
			Forward: spec(), Back: spec(), Weight: float64(r.IntN(4)),
		})
	}
	return hosts
}

// TestRoutesAgainstBruteForce compares paths on random graphs with distances by
// relaxing every link until nothing changes, and sends a packet along each.
func TestRoutesAgainstBruteForce(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 0))
		w := newWorld(seed)
		nodes := 2 + r.IntN(9)
		hosts := randomNetwork(w, r, nodes, r.IntN(2*nodes), func() HalfSpec { return HalfSpec{} })
		w.finish(t)
		for _, to := range hosts {
			distance := relax(w.net, to.id)
			for _, from := range hosts {
				if from == to {
					continue
				}
				walk(t, seed, w, from, to, distance)
				reachable := !math.IsInf(distance[from.id], 1)
				before := len(to.got)
				w.net.Send(from.id).Receive(w.sim.Now(), w.packet(from, to, 40))
				w.run(t)
				if delivered := len(to.got) > before; delivered != reachable {
					t.Fatalf("seed %d: %d to %d: delivered %v, want %v", seed, from.id, to.id, delivered, reachable)
				}
			}
		}
	}
}

// relax computes the distances of all nodes to one; only nodes that forward may
// stand in between.
func relax(n *Network, to NodeID) []float64 {
	distance := make([]float64, n.Nodes())
	for i := range distance {
		distance[i] = math.Inf(1)
	}
	distance[to] = 0
	for range n.Nodes() {
		for _, l := range n.Links() {
			for _, h := range []*Half{l.Forward, l.Back} {
				if h.To() == to || n.Forwards(h.To()) {
					distance[h.From()] = min(distance[h.From()], distance[h.To()]+l.Weight)
				}
			}
		}
	}
	return distance
}

// walk checks that a path is there when it should be, and is at every node the
// first link of a shortest way.
func walk(t *testing.T, seed uint64, w *world, from, to *host, distance []float64) {
	t.Helper()
	path, ok := w.net.Path(from.id, to.id)
	if ok != !math.IsInf(distance[from.id], 1) {
		t.Fatalf("seed %d: %d to %d: found %v, distance %v", seed, from.id, to.id, ok, distance[from.id])
	}
	at := from.id
	for _, h := range path {
		if h.From() != at {
			t.Fatalf("seed %d: %d to %d: broken path at %d", seed, from.id, to.id, at)
		}
		for _, l := range w.net.Links() {
			for _, other := range []*Half{l.Forward, l.Back} {
				through := other.To() == to.id || w.net.Forwards(other.To())
				if other.From() != at || !through || distance[other.To()]+l.Weight != distance[at] {
					continue
				}
				if other != h {
					t.Fatalf("seed %d: %d to %d: node %d takes link %s, want %s", seed, from.id, to.id, at, h.Name(), other.Name())
				}
				goto next
			}
		}
		t.Fatalf("seed %d: %d to %d: link %s is on no shortest path", seed, from.id, to.id, h.Name())
	next:
		at = h.To()
	}
	if ok && at != to.id {
		t.Fatalf("seed %d: the path from %d to %d ends at %d", seed, from.id, to.id, at)
	}
}

// TestTies: of equal ways the first link is taken, whatever the order of the
// nodes; parallel links count as ways.
func TestTies(t *testing.T) {
	for _, first := range []bool{true, false} {
		w := newWorld(1)
		a, b := w.host("a"), w.host("b")
		ra, rb := w.net.AddNode("ra", true), w.net.AddNode("rb", true)
		x, y := w.net.AddNode("x", true), w.net.AddNode("y", true)
		if !first {
			x, y = y, x
		}
		for i, ends := range [][2]NodeID{{ra, x}, {y, rb}, {x, rb}, {ra, y}, {a.id, ra}, {rb, b.id}, {ra, x}, {x, rb}} {
			w.net.Connect(LinkSpec{Name: fmt.Sprint(i), A: ends[0], B: ends[1]})
		}
		w.finish(t)
		if got := names(w.net.Path(a.id, b.id)); got != "4.forward 0.forward 2.forward 5.forward" {
			t.Errorf("x first %v: %s", first, got)
		}
		// rb's first link of a shortest way back is 1, through y.
		if got := names(w.net.Path(b.id, a.id)); got != "5.back 1.back 3.back 4.back" {
			t.Errorf("x first %v, back: %s", first, got)
		}
	}
}

func names(path []*Half, ok bool) string {
	if !ok {
		return "unreachable"
	}
	s := ""
	for i, h := range path {
		if i > 0 {
			s += " "
		}
		s += h.Name()
	}
	return s
}

// chain is a, routers, b in a row.
func chain(t *testing.T, routers int) (w *world, a, b *host) {
	w = newWorld(1)
	a, b = w.host("a"), w.host("b")
	last := a.id
	for i := range routers {
		r := w.net.AddNode(fmt.Sprint("r", i), true)
		w.net.Connect(LinkSpec{Name: fmt.Sprint("l", i), A: last, B: r, Forward: HalfSpec{Delay: time.Millisecond}})
		last = r
	}
	w.net.Connect(LinkSpec{Name: "end", A: last, B: b.id})
	w.finish(t)
	return w, a, b
}

// TestTTL: a packet passes TTL - 1 routers; the next one drops it, counted at
// the link it would have taken.
func TestTTL(t *testing.T) {
	for _, c := range []struct {
		ttl     uint8
		routers int
		arrives bool
	}{{64, 63, true}, {64, 64, false}, {1, 0, true}, {1, 1, false}, {0, 1, false}, {2, 1, true}, {255, 200, true}} {
		w, a, b := chain(t, c.routers)
		p := w.packet(a, b, 40)
		p.TTL = c.ttl
		w.net.Send(a.id).Receive(0, p)
		w.run(t)
		var expired uint64
		for _, l := range w.net.Links() {
			s := l.Forward.Stats()
			expired += s.Drops[DropTTL]
		}
		if (len(b.got) == 1) != c.arrives || (expired == 1) == c.arrives {
			t.Errorf("TTL %d over %d routers: %d arrived, %d expired", c.ttl, c.routers, len(b.got), expired)
		}
	}
}

// TestNoRoute: addresses of nobody, nodes out of reach, nodes without an end.
func TestNoRoute(t *testing.T) {
	w := newWorld(1)
	a, b, far, lone := w.host("a"), w.host("b"), w.host("far"), w.host("lone")
	r := w.net.AddNode("r", true)
	island := w.net.AddNode("island", true)
	mute := w.net.AddNode("mute", false)
	muteAddr := w.net.Assign(mute, netip.MustParseAddr("192.0.2.1"))
	routerAddr := w.net.Assign(r, netip.MustParseAddr("192.0.2.2"))
	for i, ends := range [][2]NodeID{{a.id, r}, {b.id, r}, {mute, r}, {far.id, island}} {
		w.net.Connect(LinkSpec{Name: fmt.Sprint(i), A: ends[0], B: ends[1]})
	}
	w.finish(t)
	nobody := w.book.Add(netip.MustParseAddr("203.0.113.9")) // in the book, of no node
	var drops []drop
	w.net.Observe(observer{&drops})
	for _, to := range []wire.Addr{b.addr, far.addr, lone.addr, muteAddr, routerAddr, nobody, {}} {
		p := w.packet(a, b, 40)
		p.Dst = to
		w.net.Send(a.id).Receive(0, p)
		w.run(t)
	}
	w.net.Send(lone.id).Receive(0, w.packet(lone, a, 40))
	w.run(t)
	if len(b.got) != 1 || len(far.got)+len(lone.got)+len(a.got) != 0 || w.net.Unrouted() != 7 {
		t.Errorf("%d arrived, %d unrouted", len(b.got), w.net.Unrouted())
	}
	if len(drops) != 7 {
		t.Fatalf("observed %v", drops)
	}
	for _, d := range drops {
		if d.at != nil || d.cause != DropNoRoute {
			t.Errorf("observed %v", d)
		}
	}
	for _, id := range []NodeID{far.id, lone.id} {
		if _, ok := w.net.Path(a.id, id); ok {
			t.Errorf("a path to %s", w.net.Name(id))
		}
	}
	if halves, ok := w.net.Path(a.id, a.id); len(halves) != 0 || !ok {
		t.Error("the path to oneself is empty")
	}
}

// TestHostsTakeOnlyTheirOwn: a host with two links forwards nothing, and a
// direct link brings what is addressed to somebody else.
func TestHostsTakeOnlyTheirOwn(t *testing.T) {
	w := newWorld(1)
	a, both, b := w.host("a"), w.host("both"), w.host("b")
	w.net.Connect(LinkSpec{Name: "left", A: a.id, B: both.id})
	w.net.Connect(LinkSpec{Name: "right", A: both.id, B: b.id})
	w.finish(t)
	for _, c := range []struct{ from, to *host }{{a, both}, {b, both}, {both, a}, {both, b}, {a, b}} {
		w.net.Send(c.from.id).Receive(0, w.packet(c.from, c.to, 40))
	}
	w.run(t)
	if fmt.Sprint(a.ids(), both.ids(), b.ids(), w.net.Unrouted()) != "[3] [1 2] [4] 1" {
		t.Error(a.ids(), both.ids(), b.ids(), w.net.Unrouted())
	}
	if _, ok := w.net.Path(a.id, b.id); ok {
		t.Error("a path through a host")
	}
}

// TestRouterAsEnd: a router with an address of its own and an end system is one
// too, and its own packets enter without losing from their TTL.
func TestRouterAsEnd(t *testing.T) {
	w := newWorld(1)
	a, r := w.host("a"), w.host("r")
	w.net.nodes[r.id].forwards = true
	w.net.Connect(LinkSpec{Name: "wire", A: a.id, B: r.id})
	w.finish(t)
	for _, ends := range [][2]*host{{a, r}, {r, a}} {
		p := w.packet(ends[0], ends[1], 40)
		p.TTL = 1
		w.net.Send(ends[0].id).Receive(0, p)
	}
	w.run(t)
	if len(a.got) != 1 || len(r.got) != 1 {
		t.Error(a.got, r.got)
	}
}

// TestSeveralAddresses: a node is reached by each of its addresses.
func TestSeveralAddresses(t *testing.T) {
	w := newWorld(1)
	a, b := w.host("a"), w.host("b")
	r := w.net.AddNode("r", true)
	w.net.Connect(LinkSpec{A: a.id, B: r})
	w.net.Connect(LinkSpec{A: r, B: b.id})
	addrs := []wire.Addr{b.addr, w.net.Assign(b.id, netip.MustParseAddr("2001:db8::7")), w.net.Assign(b.id, netip.MustParseAddr("192.0.2.7"))}
	if again := w.net.Assign(b.id, netip.MustParseAddr("192.0.2.7")); again != addrs[2] {
		t.Error("the same address twice is two")
	}
	w.finish(t)
	for _, to := range addrs {
		p := w.packet(a, b, 40)
		p.Dst = to
		w.net.Send(a.id).Receive(0, p)
		if id, ok := w.net.NodeOf(to); id != b.id || !ok {
			t.Errorf("%v is of node %d", w.book.IP(to), id)
		}
	}
	w.sim.Run(des.Never)
	if len(b.got) != len(addrs) {
		t.Errorf("%d of %d arrived", len(b.got), len(addrs))
	}
}
