package host

import (
	"netsim/des"
	"netsim/tcp"
	"netsim/wire"
)

// pair counts a host's ephemeral ports in use towards one destination. Ports are
// per four-tuple: the same one may go to two destinations, unless the profile has
// them per port, when all destinations are one pair that always has a map. The pairs of all hosts
// stand in one slice of the stack, those of a host chained; pair 0 is none.
type pair struct {
	to            destination
	used, waiting int32
	next          uint32
	held          portMap // nil while few are used
}

type destination struct {
	local, remote wire.Addr
	port          uint16
}

// few is how many destinations of a host are searched one by one.
const few = 8

// pairTo returns the host's pair for the destination of t.
func (h *Host) pairTo(t tuple) uint32 {
	to := destination{t.local, t.remote, t.remotePort}
	if h.group.profile.PortsPer == tcp.PerPort {
		to = destination{local: t.local}
	}
	pairs := h.stack.pairs
	seen := 0
	for i := h.pair; i != 0; i = pairs[i].next {
		if pairs[i].to == to {
			return i
		}
		if seen++; seen == few {
			return h.own().pairTo(h, to)
		}
	}
	return h.addPair(to)
}

func (h *Host) addPair(to destination) uint32 {
	st := h.stack
	st.pairs = append(st.pairs, pair{to: to, next: h.pair})
	h.pair = uint32(len(st.pairs) - 1)
	return h.pair
}

// pairTo looks among many destinations.
func (r *rest) pairTo(h *Host, to destination) uint32 {
	if r.pairs == nil {
		r.pairs = map[destination]uint32{}
		for i := h.pair; i != 0; i = h.stack.pairs[i].next {
			r.pairs[h.stack.pairs[i].to] = i
		}
	}
	i, ok := r.pairs[to]
	if !ok {
		i = h.addPair(to)
		r.pairs[to] = i
	}
	return i
}

// holdPort, keepPort and freePort follow a port from its use through TIME-WAIT.
func (st *Stack) holdPort(now des.Time, g *group, i uint32, port uint16) {
	p := &st.pairs[i]
	g.tally.use(now, p.used, p.used+1)
	p.used++
	p.held.hold(g.profile, port)
}

func (st *Stack) keepPort(now des.Time, g *group, i uint32) {
	p := &st.pairs[i]
	g.tally.keep(now, p.waiting, p.waiting+1)
	p.waiting++
}

func (st *Stack) freePort(now des.Time, g *group, i uint32, port uint16, waited bool) {
	p := &st.pairs[i]
	g.tally.use(now, p.used, p.used-1)
	p.used--
	p.held.free(g.profile, port)
	if waited {
		g.tally.keep(now, p.waiting, p.waiting-1)
		p.waiting--
	}
}

// pickPort chooses a free ephemeral port by the profile's rule (RFC 6056), or
// reports that there is none. The ports are those of a pair.
func (h *Host) pickPort(to Remote, pair uint32) (uint16, bool) {
	port, _ := h.search(to, pair)
	return port, port != 0
}

// search is pickPort, which also tells how many ports a kernel looks at for that: one
// after the other, where a map passes over those held.
func (h *Host) search(to Remote, pair uint32) (port uint16, steps uint32) {
	p := h.group.profile
	size := uint32(p.PortHigh) - uint32(p.PortLow) + 1
	t := tuple{h.stack.pairs[pair].to.local, to.Address, 0, to.Port}
	reuses := h.reuses(t)
	switch is := &h.stack.pairs[pair]; {
	case uint32(is.used) >= size && !(reuses && is.waiting > 0):
		return 0, size
	case reuses: // every port is looked at: it may be old enough
	case is.held == nil && (uint32(is.used) > size/crowded || p.PortsPer == tcp.PerPort):
		h.stack.mapPorts(pair, p)
	}
	var start uint32
	step := uint32(1)
	switch p.PortSelect {
	case tcp.RandomPort:
		start = uint32(des.Below(h.stream(), uint64(size)))
	case tcp.ParityPort:
		start = uint32(des.Below(h.stream(), uint64(size))) &^ 1
		step = 2
	case tcp.HashPort:
		start = uint32((t.hash() ^ h.secret) % uint64(size))
		start = (start + h.picked) % size
		h.picked++
	case tcp.SequentialPort:
		if h.last != 0 {
			start = (uint32(h.last) - uint32(p.PortLow) + 1) % size
		}
	}
	held := h.stack.pairs[pair].held
	if reuses {
		held = nil
	}
	for first := range step { // with steps of two, first the one parity, then the other
		from := start + first
		for _, part := range [2][2]uint32{{from, size}, {first, min(from, size)}} { // to the end, then around
			for at := held.next(part[0], step); at < part[1]; at = held.next(at+step, step) {
				t.localPort = p.PortLow + uint16(at)
				ref := h.stack.find(t) // it may be bound, or another's who called from there
				if ref == 0 || reuses && h.old(h.stack.sim.Now(), ref) {
					h.last = t.localPort
					return t.localPort, steps + (at-part[0])/step + 1
				}
			}
			if part[1] > part[0] {
				steps += (part[1] - part[0] + step - 1) / step
			}
		}
	}
	return 0, size
}
