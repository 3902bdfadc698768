package topo

import (
	"fmt"
	"math"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// segments is one of each kind; their packets have the IDs 1 to 10.
var segments = []wire.Segment{
	{Flags: wire.SYN},
	{Flags: wire.SYN | wire.ACK, Marks: wire.AckOfSYN},
	{Flags: wire.ACK, Marks: wire.AckOfSYN},
	{Flags: wire.ACK | wire.PSH, Len: 100},
	{Flags: wire.ACK},
	{Flags: wire.FIN | wire.ACK},
	{Flags: wire.ACK, Marks: wire.AckOfFIN},
	{Flags: wire.FIN | wire.ACK, Marks: wire.AckOfFIN},
	{Flags: wire.RST | wire.ACK},
	{Flags: wire.FIN | wire.ACK, Len: 100},
}

// inject sends a packet with the segment, now at the time of the simulation.
func (w *world) inject(from, to *host, s wire.Segment) {
	p := w.packet(from, to, 0)
	p.Segment = s
	p.Measure()
	w.net.Send(from.id).Receive(w.sim.Now(), p)
}

func (w *world) injectAll(from, to *host) {
	for _, s := range segments {
		w.inject(from, to, s)
	}
}

func rule(spec RuleSpec) []*Rule { return []*Rule{NewRule(spec)} }

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		word string
		want []uint64 // IDs
	}{
		{"any", []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
		{"syn", []uint64{1}},
		{"syn-ack", []uint64{2}},
		{"ack-of-syn", []uint64{3}},
		{"data", []uint64{4, 10}},
		{"ack", []uint64{3, 5, 7}},
		{"fin", []uint64{6, 8, 10}},
		{"ack-of-fin", []uint64{7, 8}},
		{"rst", []uint64{9}},
	} {
		m, err := ParseMatch(c.word)
		if err != nil || m.String() != c.word {
			t.Errorf("%s: %v, %v", c.word, m, err)
		}
		var got []uint64
		for i := range segments {
			if m.of(&segments[i]) {
				got = append(got, uint64(i+1))
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s matches %v, want %v", c.word, got, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, word := range []string{"drop", "delay", "duplicate"} {
		if a, err := ParseAction(word); err != nil || a.String() != word {
			t.Errorf("%s: %v, %v", word, a, err)
		}
	}
	for _, word := range []string{"", "SYN", "synack", "lose"} {
		if _, err := ParseMatch(word); err == nil {
			t.Errorf("match %q was read", word)
		}
		if _, err := ParseAction(word); err == nil {
			t.Errorf("action %q was read", word)
		}
	}
}

// TestNth drops some of the acknowledgments of a FIN.
func TestNth(t *testing.T) {
	for _, c := range []struct {
		nth  []Range
		want []uint64 // delivered of 6
	}{
		{nil, nil},
		{[]Range{{1, 1}}, []uint64{2, 3, 4, 5, 6}},
		{[]Range{{2, 4}}, []uint64{1, 5, 6}},
		{[]Range{{1, 1}, {3, 3}, {5, 9}}, []uint64{2, 4}},
		{[]Range{{7, 7}}, []uint64{1, 2, 3, 4, 5, 6}},
		{[]Range{}, []uint64{1, 2, 3, 4, 5, 6}},
	} {
		r := NewRule(RuleSpec{Name: "last", Match: MatchAckOfFIN, Flow: AnyFlow, Nth: c.nth})
		w, a, b, l := pair(t, 1, HalfSpec{Rules: []*Rule{r}})
		for range 6 {
			w.inject(a, b, wire.Segment{Flags: wire.ACK, Marks: wire.AckOfFIN})
		}
		w.inject(a, b, wire.Segment{Flags: wire.ACK})
		w.run(t)
		want := append(c.want, 7)
		if fmt.Sprint(b.ids()) != fmt.Sprint(want) {
			t.Errorf("nth %v: delivered %v, want %v", c.nth, b.ids(), want)
		}
		if drops := uint64(7 - len(want)); r.Hits != drops || l.Forward.Stats().Drops[DropRule] != drops {
			t.Errorf("nth %v: %d hits, %+v; want %d", c.nth, r.Hits, l.Forward.Stats(), drops)
		}
	}
}

// TestCountsPerConnection drops the 2nd packet of each connection. Connections
// are told by flow, slot and generation; what is older than the connection that
// has its slot now is nobody's 2nd, and so is what belongs to none.
func TestCountsPerConnection(t *testing.T) {
	of := func(flow, slot, generation uint32) wire.Segment {
		return wire.Segment{Flags: wire.ACK, Incarnation: wire.IncarnationOf(flow, slot, generation)}
	}
	r := NewRule(RuleSpec{Name: "second", Flow: AnyFlow, PerConnection: true, Nth: []Range{{2, 2}}})
	w, a, b, _ := pair(t, 1, HalfSpec{Rules: []*Rule{r}})
	const last = wire.MaxGenerations - 1
	sent := []struct {
		s       wire.Segment
		dropped bool
	}{
		{of(0, 0, 1), false}, {of(0, 7, 1), false}, {of(3, 7, 1), false},
		{of(0, 7, 1), true}, {of(3, 7, 1), true}, {of(0, 0, 1), true},
		{of(0, 0, 1), false},
		{of(0, 7, 2), false}, {of(0, 7, 1), false}, {of(0, 7, 1), false}, {of(0, 7, 2), true},
		{wire.Segment{}, false}, {wire.Segment{}, false},
		{of(5, 1, last), false}, {of(5, 1, last), true},
		{of(5, 1, 0), false}, {of(5, 1, last), false}, {of(5, 1, 0), true}, // generations wrap
	}
	var want []uint64
	for i, s := range sent {
		w.inject(a, b, s.s)
		if !s.dropped {
			want = append(want, uint64(i+1))
		}
	}
	w.run(t)
	if fmt.Sprint(b.ids()) != fmt.Sprint(want) {
		t.Errorf("delivered %v, want %v", b.ids(), want)
	}
}

// TestFlow: a rule for flow 0 is not for packets of no flow.
func TestFlow(t *testing.T) {
	for _, c := range []struct {
		flow int
		want string // delivered
	}{{AnyFlow, "[]"}, {0, "[2 3]"}, {1, "[1 3]"}, {2, "[1 2 3]"}} {
		w, a, b, _ := pair(t, 1, HalfSpec{Rules: rule(RuleSpec{Name: "r", Flow: c.flow})})
		w.inject(a, b, wire.Segment{Incarnation: wire.IncarnationOf(0, 1, 1)})
		w.inject(a, b, wire.Segment{Incarnation: wire.IncarnationOf(1, 1, 1)})
		w.inject(a, b, wire.Segment{})
		w.run(t)
		if got := fmt.Sprint(b.ids()); got != c.want {
			t.Errorf("flow %d: delivered %s, want %s", c.flow, got, c.want)
		}
	}
}

// TestScope: what hangs on both halves has one count; two rules have two.
func TestScope(t *testing.T) {
	second := RuleSpec{Name: "second", Flow: AnyFlow, Nth: []Range{{2, 2}}}
	for _, c := range []struct {
		name           string
		forward, back  []*Rule
		toB, toA, hits string
	}{
		{"one", rule(second), nil, "[1 5]", "[2 4 6]", "[1]"},
		{"two", rule(second), rule(second), "[1 5]", "[2 6]", "[1 1]"},
		{"shared", nil, nil, "[1 3 5]", "[4 6]", "[1]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "shared" {
				c.forward = rule(second)
				c.back = c.forward
			}
			w := newWorld(1)
			a, b := w.host("a"), w.host("b")
			w.net.Connect(LinkSpec{Name: "wire", A: a.id, B: b.id, Forward: HalfSpec{Rules: c.forward}, Back: HalfSpec{Rules: c.back}})
			w.finish(t)
			for range 3 {
				w.inject(a, b, wire.Segment{})
				w.inject(b, a, wire.Segment{})
			}
			w.run(t)
			hits := []uint64{c.forward[0].Hits}
			if c.name == "two" {
				hits = append(hits, c.back[0].Hits)
			}
			if fmt.Sprint(b.ids()) != c.toB || fmt.Sprint(a.ids()) != c.toA || fmt.Sprint(hits) != c.hits {
				t.Errorf("delivered %v and %v, hits %v; want %s, %s, %s", b.ids(), a.ids(), hits, c.toB, c.toA, c.hits)
			}
		})
	}
}

// TestDelay: a held packet blocks no other and is overtaken; held for the same
// time, packets keep their order; then they pass the queue like any other.
func TestDelay(t *testing.T) {
	r := NewRule(RuleSpec{Name: "late", Match: MatchFIN, Flow: AnyFlow, Do: DoDelay, Delay: 5 * time.Microsecond})
	w, a, b, l := pair(t, 1, HalfSpec{Rate: 8e9, Delay: time.Microsecond, Rules: []*Rule{r}})
	for _, flags := range []wire.Flags{wire.FIN, wire.ACK, wire.FIN, wire.ACK} {
		w.inject(a, b, wire.Segment{Flags: flags})
	}
	w.after(0, func(des.Time) {
		w.check(t)
		if w.net.Held() != 4 {
			t.Errorf("%d packets held, want 4", w.net.Held())
		}
	})
	w.run(t)
	// Packets are of IPv6 and have 60 B, sent in 60 ns.
	want := []arrival{{1060, 2, 0}, {1120, 4, 0}, {6060, 1, 0}, {6120, 3, 0}}
	if fmt.Sprint(b.got) != fmt.Sprint(want) || r.Hits != 2 {
		t.Errorf("%v, %d hits; want %v", b.got, r.Hits, want)
	}
	if s := l.Forward.Stats(); s.Sent != 4 || s.Duplicated != 0 {
		t.Errorf("%+v", s)
	}

	w, a, b, _ = pair(t, 1, HalfSpec{Rules: rule(RuleSpec{Name: "now", Match: MatchFIN, Flow: AnyFlow, Do: DoDelay})})
	w.injectAll(a, b)
	w.run(t)
	if len(b.got) != len(segments) || b.got[9].id != 10 {
		t.Errorf("a delay of nothing: %v", b.got)
	}
}

// TestDuplicate: the copy has the ID and all the rest of the packet, and a mark.
func TestDuplicate(t *testing.T) {
	for _, c := range []struct {
		delay time.Duration
		want  []arrival
	}{
		{0, []arrival{{60, 1, 0}, {120, 1, wire.Duplicate}, {180, 2, 0}}},
		{time.Microsecond, []arrival{{60, 1, 0}, {120, 2, 0}, {1060, 1, wire.Duplicate}}},
	} {
		w, a, b, l := pair(t, 1, HalfSpec{Rate: 8e9, Rules: rule(RuleSpec{Name: "twice", Match: MatchSYN, Flow: AnyFlow, Do: DoDuplicate, Delay: c.delay})})
		w.inject(a, b, wire.Segment{Flags: wire.SYN})
		w.inject(a, b, wire.Segment{Flags: wire.ACK})
		w.run(t)
		if fmt.Sprint(b.got) != fmt.Sprint(c.want) {
			t.Errorf("delay %v: %v, want %v", c.delay, b.got, c.want)
		}
		if s := l.Forward.Stats(); s.Sent != 2 || s.Duplicated != 1 || s.Delivered != 3 {
			t.Errorf("delay %v: %+v", c.delay, s)
		}
	}
}

// TestOrderOfImpairments: rules in their order, each on what the one before let
// out, then loss, then the queue.
func TestOrderOfImpairments(t *testing.T) {
	dup := RuleSpec{Name: "twice", Flow: AnyFlow, Do: DoDuplicate}
	drop := RuleSpec{Name: "none", Flow: AnyFlow, Nth: []Range{{2, 3}}}
	for _, c := range []struct {
		name string
		spec HalfSpec
		want string
		hits [2]uint64
		loss uint64
	}{
		{"duplicate, then drop", HalfSpec{Rules: []*Rule{NewRule(dup), NewRule(drop)}}, "[1 2]", [2]uint64{2, 2}, 0},
		{"drop, then duplicate", HalfSpec{Rules: []*Rule{NewRule(drop), NewRule(dup)}}, "[1 1]", [2]uint64{1, 1}, 0},
		{"then loss", HalfSpec{Loss: 1, Rules: []*Rule{NewRule(drop), NewRule(dup)}}, "[]", [2]uint64{1, 1}, 2},
		{"then the queue", HalfSpec{Rate: 1, Queue: Limit{Packets: 1}, Rules: []*Rule{NewRule(dup), NewRule(drop)}}, "[1]", [2]uint64{2, 2}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, a, b, l := pair(t, 1, c.spec)
			w.inject(a, b, wire.Segment{})
			w.inject(a, b, wire.Segment{})
			w.run(t)
			hits := [2]uint64{c.spec.Rules[0].Hits, c.spec.Rules[1].Hits}
			if fmt.Sprint(b.ids()) != c.want || hits != c.hits || l.Forward.Stats().Drops[DropLoss] != c.loss {
				t.Errorf("delivered %v, hits %v, %+v", b.ids(), hits, l.Forward.Stats())
			}
		})
	}
}

// TestProbability: draws among the nth, by a stream of the rule's own, which
// moves no other's.
func TestProbability(t *testing.T) {
	const n = 100_000
	run := func(rules ...*Rule) []uint64 {
		w, a, b, _ := pair(t, 1, HalfSpec{Loss: .1, Rules: rules})
		for range n {
			w.inject(a, b, wire.Segment{})
		}
		w.run(t)
		return b.ids()
	}
	// A rule that draws and, holding for no time, changes nothing.
	spec := RuleSpec{Name: "r", Flow: AnyFlow, Do: DoDelay, Nth: []Range{{1, n / 2}}, Probability: .2}
	r, other := NewRule(spec), NewRule(spec)
	if with, without := run(r), run(); fmt.Sprint(with) != fmt.Sprint(without) {
		t.Error("a rule's draws move those of random loss")
	}
	mean, sd := .2*n/2, math.Sqrt(n/2*.2*.8)
	if z := (float64(r.Hits) - mean) / sd; math.Abs(z) > 4 {
		t.Errorf("seed 1: %d hits, want %v: z = %.2f", r.Hits, mean, z)
	}
	other.Stream = "another"
	if run(other); other.Hits == r.Hits || r.Stream != "link.wire.rule.r" {
		t.Errorf("streams %q and %q give the same %d hits", r.Stream, other.Stream, r.Hits)
	}
	for _, always := range []float64{0, 1} {
		r := NewRule(RuleSpec{Name: "r", Flow: AnyFlow, Do: DoDelay, Probability: always})
		if run(r); r.Hits != n {
			t.Errorf("probability %v: %d hits", always, r.Hits)
		}
	}
}
