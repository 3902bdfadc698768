package experiments

import (
	"iter"

	"netsim/des"
	"netsim/experiments/language"
	"netsim/topo"
	"netsim/wire"
)

// tap is what listens at links: to whom it tells it is known once the world stands.
type tap struct{ to topo.Tap }

func (t *tap) Offered(now des.Time, h *topo.Half, p *wire.Packet) {
	if t.to != nil {
		t.to.Offered(now, h, p)
	}
}

// addTaps listens where a run captures what is offered to links.
func (w *World) addTaps() {
	tapped := map[*topo.Half]bool{}
	for _, k := range w.needs.Captures {
		for _, at := range k.At {
			if at.Kind != "link" {
				continue
			}
			for h := range w.halvesOf(at) {
				if !tapped[h] {
					h.Tap(&w.tap)
					tapped[h] = true
				}
			}
		}
	}
}

// halvesOf are the directions of the links of a place.
func (w *World) halvesOf(at language.Place) iter.Seq[*topo.Half] {
	return func(yield func(*topo.Half) bool) {
		members := w.links[at.Node].members
		first, after := at.Members(len(members))
		for _, l := range members[first:after] {
			if at.Way != "back" && !yield(l.Forward) || at.Way != "forward" && !yield(l.Back) {
				return
			}
		}
	}
}
