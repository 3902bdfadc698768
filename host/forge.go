package host

import (
	"netsim/des"
	"netsim/wire"
)

// Forge lets a segment out of the host that is of none of its connections: from an
// address that need not be its own.
func (h *Host) Forge(now des.Time, from, to wire.Addr, s *wire.Segment) {
	h.stack.blank().Segment = *s
	h.stack.send(now, h, from, to)
}

// Darken gives addresses of nodes to nobody: what comes for them is taken in and
// never answered.
func (st *Stack) Darken(addresses ...wire.Addr) {
	for _, a := range addresses {
		for int(a.Index()) >= len(st.dark) {
			st.dark = append(st.dark, false)
		}
		st.dark[a.Index()] = true
	}
}

// unasked tells of an answer to what was never asked by the address it has come
// for, and reports whether that address keeps silent.
func (st *Stack) unasked(now des.Time, p *wire.Packet) bool {
	i := p.Dst.Index()
	silent := int(i) < len(st.dark) && st.dark[i]
	if st.strays != nil && (silent || p.Segment.Flags.Has(wire.SYN|wire.ACK) || p.Segment.Flags.Has(wire.RST)) {
		st.strays.Unasked(now, p.Segment.Incarnation)
	}
	return silent
}
