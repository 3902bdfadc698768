package topo

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"netsim/des"
	"netsim/dist"
	"netsim/wire"
)

type drop struct {
	at    *Half
	cause Cause
	id    uint64
}

// observer notes drops.
type observer struct{ drops *[]drop }

func (o observer) Sent(des.Time, NodeID, *wire.Packet)     {}
func (o observer) Received(des.Time, NodeID, *wire.Packet) {}
func (o observer) Dropped(_ des.Time, at *Half, p *wire.Packet, cause Cause) {
	*o.drops = append(*o.drops, drop{at, cause, p.ID})
}

// anything is a half with every impairment, now and then.
func anything(r *rand.Rand) HalfSpec {
	spec := HalfSpec{
		Rate: []int64{0, 1e6, 9_999_991, 1e9}[r.IntN(4)], Delay: time.Duration(r.IntN(1e6)),
		Overhead: int32(r.IntN(40)), Queue: Limit{Packets: int64(r.IntN(5)), Bytes: int64(r.IntN(3) * 4000)},
	}
	if r.IntN(3) == 0 {
		spec.MTU = 1200
	}
	if r.IntN(2) == 0 {
		spec.Loss = .05
	}
	for i := range r.IntN(4) {
		spec.Rules = append(spec.Rules, NewRule(RuleSpec{
			Name: fmt.Sprint("r", i), Flow: AnyFlow, Do: Action(r.IntN(len(actionNames))), Delay: time.Duration(r.IntN(3) * 100_000),
			Match: []Match{MatchAny, MatchData, MatchFIN}[r.IntN(3)], PerConnection: r.IntN(2) == 0,
			Probability: .2, Nth: [][]Range{nil, {{1, 3}, {5, 100}}}[r.IntN(2)],
		}))
	}
	if r.IntN(4) == 0 {
		spec.Bursts = &GilbertElliott{P: .1, R: .3, Good: .01, Bad: .5}
		spec.Script = &Script{Lost: []int64{3}, Period: 4}
	}
	if r.IntN(4) == 0 {
		spec.Corrupt, spec.Duplicate, spec.DuplicateDelay = .05, .05, dist.Exponential(1e5)
	}
	if r.IntN(3) == 0 {
		spec.Jitter, spec.Reorder = dist.Uniform(0, 1e6), r.IntN(2) == 0
	}
	spec.Changes = r.IntN(3) == 0
	spec.Discipline, spec.ECN = anyDiscipline(r), r.IntN(2) == 0
	if r.IntN(10) == 0 {
		spec.Rate, spec.Trace = 0, Opportunities{time.Millisecond, time.Millisecond, 3 * time.Millisecond}
	}
	return spec
}

func anyDiscipline(r *rand.Rand) Discipline {
	switch r.IntN(16) {
	case 0:
		return new(DropTail)
	case 1:
		return &RED{Gentle: r.IntN(2) == 0, Weight: .1}
	case 2:
		return &CoDel{Target: 500 * time.Microsecond, Interval: 2 * time.Millisecond}
	case 3:
		return &FQCoDel{Target: 500 * time.Microsecond, Interval: 2 * time.Millisecond, Flows: 4}
	case 4:
		return &PIE{Target: 500 * time.Microsecond, Update: time.Millisecond, Burst: time.Millisecond}
	case 5:
		return &Priority{Bands: []Band{{MatchFIN, AnyFlow}, {MatchData, AnyFlow}}}
	case 6:
		return &DRR{Quantum: 700, Flows: 4}
	}
	return nil
}

// change is something that may happen to a half while it works.
func change(r *rand.Rand, h *Half, now des.Time) {
	switch r.IntN(7) {
	case 0:
		h.SetRate(now, []int64{0, 1e6, 9_999_991, 1e9}[r.IntN(4)])
	case 1:
		h.SetDelay(now, time.Duration(r.IntN(1e6)))
	case 2, 3:
		h.SetUp(now, !h.Up())
	case 4:
		h.SetJitter(now, dist.Exponential(1e5))
	default:
		if m := h.more; m != nil && m.loss != nil && m.corruption != nil && m.duplication != nil {
			h.SetLoss(r.Float64())
			h.SetCorrupt(r.Float64())
			h.SetDuplicate(r.Float64())
		}
	}
}

// storm sends packets of all sorts over a random network, holds the books while
// it runs and at the end, and returns a digest of everything delivered and the
// counts of drops.
func storm(t *testing.T, seed uint64) (digest uint64, causes [Causes]uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 0))
	w := newWorld(seed)
	hosts := randomNetwork(w, r, 12, 24, func() HalfSpec { return anything(r) })
	w.finish(t)
	gauge := new(Gauge)
	for _, l := range w.net.Links() {
		for _, h := range []*Half{l.Forward, l.Back} {
			if r.IntN(2) == 0 {
				h.Measure(gauge)
			}
			for r.IntN(3) == 0 {
				w.at(des.Time(r.IntN(20_000_000)), func(now des.Time) { change(r, h, now) })
			}
		}
	}
	var drops []drop
	w.net.Observe(observer{&drops})
	for range 2000 {
		a, b := hosts[r.IntN(len(hosts))], hosts[r.IntN(len(hosts))]
		s := wire.Segment{Len: uint32(r.IntN(3) * 700), Incarnation: wire.IncarnationOf(0, uint32(r.IntN(5)), 1)}
		if r.IntN(4) == 0 {
			s.Flags = wire.FIN
		}
		if a == b {
			continue
		}
		s.SrcPort = uint16(r.IntN(5))
		w.at(des.Time(r.IntN(20_000_000)), func(des.Time) { w.inject(a, b, s) })
	}
	for range 50 {
		w.after(des.Time(r.IntN(25_000_000)), func(des.Time) { w.check(t) })
	}
	w.run(t)
	if gauge.Packets.Value() != 0 || gauge.Bytes.Value() != 0 || gauge.Busy.Value() != 0 {
		t.Errorf("seed %d: the gauge sees %d packets, %d B, %d halves sending", seed, gauge.Packets.Value(), gauge.Bytes.Value(), gauge.Busy.Value())
	}

	var total Stats
	for _, l := range w.net.Links() {
		total.Add(l.Forward.Stats())
		total.Add(l.Back.Stats())
	}
	total.Drops[DropNoRoute] += w.net.Unrouted()
	for _, d := range drops {
		causes[d.cause]++
		if (d.at == nil) != (d.cause == DropNoRoute) {
			t.Errorf("seed %d: dropped at %v by %v", seed, d.at, d.cause)
		}
	}
	if causes != total.Drops {
		t.Errorf("seed %d: the observer saw %v, the links count %v", seed, causes, total.Drops)
	}
	h := fnv.New64a()
	var delivered uint64
	for _, x := range hosts {
		fmt.Fprint(h, x.got)
		delivered += uint64(len(x.got))
	}
	if in := w.sent + total.Duplicated; in != delivered+total.Dropped() {
		t.Errorf("seed %d: %d sent or made, %d delivered, %d dropped", seed, in, delivered, total.Dropped())
	}
	return h.Sum64(), causes
}

// TestConservation: also that a world is a function of its seed.
func TestConservation(t *testing.T) {
	var all [Causes]uint64
	seen := map[uint64]bool{}
	const seeds = 40
	for seed := range uint64(seeds) {
		digest, causes := storm(t, seed)
		if again, _ := storm(t, seed); again != digest {
			t.Errorf("seed %d: digests %x and %x", seed, digest, again)
		}
		seen[digest] = true
		for c, n := range causes {
			all[c] += n
		}
	}
	if len(seen) != seeds {
		t.Errorf("%d digests of %d seeds", len(seen), seeds)
	}
	for c, n := range all {
		if n == 0 && Cause(c) != DropTTL && Cause(c) != DropFiltered {
			t.Errorf("no drop by %v: the storm is too mild", Cause(c))
		}
	}
}

// TestCheckFindsFaults breaks the books in every way they are kept.
func TestCheckFindsFaults(t *testing.T) {
	for _, c := range []struct {
		want  string
		cheat func(w *world, l *Link)
	}{
		{"l.forward: queue: 10 packets", func(w *world, l *Link) { l.Forward.queue.in++ }},
		{"l.forward: queue: 9 packets", func(w *world, l *Link) { l.Forward.queue.delivered++ }},
		{"l.forward: after loss: 9 packets", func(w *world, l *Link) { l.Forward.more.loss.out++ }},
		{"l.forward: loss: 9 packets", func(w *world, l *Link) { l.Forward.more.loss.out++ }},
		{"l.forward: after rule r", func(w *world, l *Link) { l.Forward.more.hooks[0].out++ }},
		{"l.forward: rule r: 9 packets", func(w *world, l *Link) { l.Forward.more.hooks[0].held++ }},
		{"l.forward: drops by rule: 0 packets", func(w *world, l *Link) { l.Forward.more.hooks[0].dropped++ }},
		{"l.forward: 9 packets", func(w *world, l *Link) { l.Forward.beside().drops[DropMTU] = 1 }},
		{"r: 10 packets", func(w *world, l *Link) { w.net.nodes[2].core.in++ }},
		{"0 packets in the network, 0 elsewhere, 1 taken", func(w *world, l *Link) { w.pool.Get() }},
	} {
		w := newWorld(1)
		a, b := w.host("a"), w.host("b")
		r := w.net.AddNode("r", true)
		l := w.net.Connect(LinkSpec{Name: "l", A: a.id, B: r, Forward: HalfSpec{
			Loss: 1e-9, Rules: rule(RuleSpec{Name: "r", Match: MatchSYN, Flow: AnyFlow}),
		}})
		w.net.Connect(LinkSpec{Name: "m", A: r, B: b.id})
		w.finish(t)
		for range 9 {
			w.inject(a, b, wire.Segment{Flags: wire.ACK})
		}
		w.run(t)
		c.cheat(w, l)
		if err := w.net.Check(0); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Check: %v, want %q", err, c.want)
		}
	}
}

// TestCheckElsewhere: what an end system keeps is part of the books.
func TestCheckElsewhere(t *testing.T) {
	w, _, _, _ := pair(t, 1, HalfSpec{})
	w.pool.Get()
	for kept, right := range []bool{false, true, false} {
		if err := w.net.Check(kept); (err == nil) != right {
			t.Errorf("%d kept: %v", kept, err)
		}
	}
}

// TestFaults: what is wrong with a network is told by Finish, all at once.
func TestFaults(t *testing.T) {
	bad := func(spec HalfSpec) func(*world) {
		return func(w *world) {
			w.net.Connect(LinkSpec{Name: "x", A: w.net.AddNode("a", false), B: w.net.AddNode("b", false), Back: spec})
		}
	}
	badRule := func(spec RuleSpec) func(*world) { return bad(HalfSpec{Rules: rule(spec)}) }
	weight := func(weights ...float64) func(*world) {
		return func(w *world) {
			a, b := w.net.AddNode("a", true), w.net.AddNode("b", true)
			for _, x := range weights {
				w.net.Connect(LinkSpec{Name: "x", A: a, B: b, Weight: x})
			}
		}
	}
	for _, c := range []struct {
		want  string
		build func(*world)
	}{
		{"a rate of -1 bit/s", bad(HalfSpec{Rate: -1})},
		{"a rate of 2000000000000000 bit/s", bad(HalfSpec{Rate: 2e15})},
		{"a delay of -1ns", bad(HalfSpec{Delay: -1})},
		{"an MTU of -1 B", bad(HalfSpec{MTU: -1})},
		{"an overhead of -1 B", bad(HalfSpec{Overhead: -1})},
		{"a loss of 1.1", bad(HalfSpec{Loss: 1.1})},
		{"a loss of -0.1", bad(HalfSpec{Loss: -.1})},
		{"a loss of NaN", bad(HalfSpec{Loss: math.NaN()})},
		{"a queue of -1 packets", bad(HalfSpec{Queue: Limit{Packets: -1}})},
		{"a queue of 0 packets, -1 B", bad(HalfSpec{Queue: Limit{Bytes: -1}})},
		{"rule r: a probability of 2", badRule(RuleSpec{Name: "r", Probability: 2})},
		{"rule r: a delay of -1ns", badRule(RuleSpec{Name: "r", Delay: -1})},
		{"rule r: no flow has the number -2", badRule(RuleSpec{Name: "r", Flow: -2})},
		{"rule r: nth from 0 to 1", badRule(RuleSpec{Name: "r", Nth: []Range{{0, 1}}})},
		{"rule r: nth from 3 to 2", badRule(RuleSpec{Name: "r", Nth: []Range{{3, 2}}})},
		{"rule r: match 9, action 0", badRule(RuleSpec{Name: "r", Match: 9})},
		{"a weight of -1", weight(-1)},
		{"a weight of NaN", weight(math.NaN())},
		{"a weight of +Inf", weight(math.Inf(1))},
		{"too far apart", weight(1e-9, 1e9)},
		{"both ends are at a", func(w *world) { id := w.net.AddNode("a", false); w.net.Connect(LinkSpec{A: id, B: id}) }},
		{"from node 3 to node 4; there are 0", func(w *world) { w.net.Connect(LinkSpec{A: 3, B: 4}) }},
		{"192.0.2.1 is an address of a and of b", func(w *world) {
			ip := netip.MustParseAddr("192.0.2.1")
			w.net.Assign(w.net.AddNode("a", false), ip)
			w.net.Assign(w.net.AddNode("b", false), ip)
		}},
	} {
		w := newWorld(1)
		c.build(w)
		if err := w.net.Finish(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Finish: %v, want %q", err, c.want)
		}
	}
	w := newWorld(1)
	bad(HalfSpec{Rate: -1, MTU: -1})(w)
	bad(HalfSpec{Loss: 2})(w)
	if err := w.net.Finish(); err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("three faults: %v", err)
	}
}

// TestBuildingEnds: a finished network does not grow, and one under construction
// carries nothing.
func TestBuildingEnds(t *testing.T) {
	w, a, b, _ := pair(t, 1, HalfSpec{})
	half := newWorld(1)
	early := half.host("early")
	for name, do := range map[string]func(){
		"AddNode": func() { w.net.AddNode("c", true) },
		"Assign":  func() { w.net.Assign(a.id, netip.MustParseAddr("192.0.2.1")) },
		"Connect": func() { w.net.Connect(LinkSpec{A: a.id, B: b.id}) },
		"Finish":  func() { _ = w.net.Finish() },
		"Send":    func() { half.net.Send(early.id) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", name)
				}
			}()
			do()
		}()
	}
}

// TestAttachLate: an end system can be attached, or exchanged, after Finish.
func TestAttachLate(t *testing.T) {
	for _, forwards := range []bool{false, true} {
		w := newWorld(1)
		a, b := w.host("a"), w.host("b")
		w.net.nodes[b.id].forwards = forwards
		w.net.nodes[b.id].end = nil
		r := w.net.AddNode("r", true)
		w.net.Connect(LinkSpec{A: a.id, B: r})
		w.net.Connect(LinkSpec{A: r, B: b.id})
		w.finish(t)
		w.inject(a, b, wire.Segment{})
		w.run(t)
		w.net.Attach(b.id, b)
		w.inject(a, b, wire.Segment{})
		w.run(t)
		if fmt.Sprint(b.ids()) != "[2]" || w.net.Unrouted() != 1 {
			t.Errorf("forwards %v: %v, %d unrouted", forwards, b.ids(), w.net.Unrouted())
		}
	}
}

// TestAccessors reads a link back.
func TestAccessors(t *testing.T) {
	w, a, b, l := pair(t, 1, HalfSpec{Rate: 1e6, Delay: time.Second, Overhead: 38})
	f := l.Forward
	if f.Link() != l || !f.Forward() || l.Back.Forward() || f.Reverse() != l.Back || l.Back.Reverse() != f ||
		f.From() != a.id || f.To() != b.id || l.Back.From() != b.id || f.Name() != "wire.forward" || l.Back.Name() != "wire.back" ||
		f.Rate() != 1e6 || f.Delay() != time.Second || f.Overhead() != 38 || l.Weight != 1 || l.Back.Rate() != 0 {
		t.Errorf("%+v", l)
	}
	if w.net.Name(a.id) != "a" || w.net.Forwards(a.id) || w.net.Nodes() != 2 || len(w.net.Links()) != 1 || w.net.Observer() != nil {
		t.Error("the network's")
	}
}

func TestStats(t *testing.T) {
	s := Stats{Sent: 10, Duplicated: 2, Delivered: 7, Bytes: 700, Drops: [Causes]uint64{DropLoss: 3, DropRule: 2}}
	sum := s
	sum.Add(s)
	if sum.Sent != 20 || sum.Dropped() != 10 || sum.Bytes != 1400 {
		t.Errorf("%+v", sum)
	}
	if sum.Sub(s); sum != s {
		t.Errorf("%+v", sum)
	}
	names := ""
	for c := range Causes {
		names += c.String() + " "
	}
	if names != "queue loss rule mtu ttl no-route filtered down corrupt " {
		t.Error(names)
	}
}
