package topo

import (
	"fmt"
	"testing"

	"netsim/des"
	"netsim/wire"
)

// ear notes what it is told.
type ear struct{ heard []string }

func (e *ear) Offered(now des.Time, h *Half, p *wire.Packet) {
	e.heard = append(e.heard, fmt.Sprint(h.Name(), " ", p.ID))
}

// TestTap holds that a tap hears of each packet once, before a rule drops it, on the
// half where it is and on no other.
func TestTap(t *testing.T) {
	w, e := newWorld(1), new(ear)
	a, b := w.host("a"), w.host("b")
	l := w.net.Connect(LinkSpec{Name: "wire", A: a.id, B: b.id, Forward: HalfSpec{Rules: rule(RuleSpec{Name: "first", Flow: AnyFlow, Nth: []Range{{1, 1}}})}})
	l.Forward.Tap(e)
	w.finish(t)
	for range 2 {
		w.inject(a, b, wire.Segment{})
		w.inject(b, a, wire.Segment{})
	}
	w.run(t)
	if got, want := fmt.Sprint(e.heard, b.ids()), "[wire.forward 1 wire.forward 3] [3]"; got != want {
		t.Errorf("heard and delivered are %s, want %s", got, want)
	}
}
