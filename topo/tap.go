package topo

import (
	"netsim/des"
	"netsim/wire"
)

// Tap is told of every packet that is offered to a half, before anything there
// happens to it. It may look, not touch.
type Tap interface {
	Offered(now des.Time, h *Half, p *wire.Packet)
}

// Tap lets t hear of the packets of h. The network must not be finished: what is
// sent into h knows by then where it begins.
func (h *Half) Tap(t Tap) {
	h.link.net.building()
	m := h.beside()
	m.entry = &tapped{h, t, m.entry}
}

// tapped stands in front of a half that somebody listens to.
type tapped struct {
	half *Half
	tap  Tap
	next Sink
}

func (t *tapped) Receive(now des.Time, p *wire.Packet) {
	t.tap.Offered(now, t.half, p)
	t.next.Receive(now, p)
}
