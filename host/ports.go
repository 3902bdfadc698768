package host

import (
	"netsim/des"
	"netsim/tcp"
	"netsim/wire"
)

// ports counts a host's ephemeral ports in use towards each destination. Ports
// are per four-tuple: the same one may go to two destinations.
type ports struct {
	tally  *Tally
	pairs  []pair
	index  map[destination]int32 // once there are many
	last   uint16                // of SequentialPort
	picked uint32                // of HashPort
}

type destination struct {
	local, remote wire.Addr
	port          uint16
}

// pair is one destination's count.
type pair struct {
	to            destination
	used, waiting int32
}

// few is how many destinations are searched one by one.
const few = 8

// of returns the count of the destination of t.
func (ps *ports) of(t tuple) *pair {
	to := destination{t.local, t.remote, t.remotePort}
	if ps.index != nil {
		i, ok := ps.index[to]
		if !ok {
			i = ps.add(to)
			ps.index[to] = i
		}
		return &ps.pairs[i]
	}
	for i := range ps.pairs {
		if ps.pairs[i].to == to {
			return &ps.pairs[i]
		}
	}
	i := ps.add(to)
	if len(ps.pairs) > few {
		ps.index = make(map[destination]int32, 2*few)
		for i := range ps.pairs {
			ps.index[ps.pairs[i].to] = int32(i)
		}
	}
	return &ps.pairs[i]
}

func (ps *ports) add(to destination) int32 {
	ps.pairs = append(ps.pairs, pair{to: to})
	return int32(len(ps.pairs) - 1)
}

// hold, wait and free follow a port from its use through TIME-WAIT.
func (ps *ports) hold(now des.Time, t tuple) {
	p := ps.of(t)
	ps.tally.PortsUsed.change(now, p.used, p.used+1)
	p.used++
}

func (ps *ports) wait(now des.Time, t tuple) {
	p := ps.of(t)
	ps.tally.PortsInTimeWait.change(now, p.waiting, p.waiting+1)
	p.waiting++
}

func (ps *ports) free(now des.Time, t tuple, waited bool) {
	p := ps.of(t)
	ps.tally.PortsUsed.change(now, p.used, p.used-1)
	p.used--
	if waited {
		ps.tally.PortsInTimeWait.change(now, p.waiting, p.waiting-1)
		p.waiting--
	}
}

// pickPort chooses a free ephemeral port by the profile's rule (RFC 6056), or
// reports that there is none.
func (h *Host) pickPort(to Remote) (uint16, bool) {
	p := h.profile
	size := uint32(p.PortHigh) - uint32(p.PortLow) + 1
	t := tuple{h.address, to.Address, 0, to.Port}
	if uint32(h.ports.of(t).used) >= size {
		return 0, false
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
		start = (start + h.ports.picked) % size
		h.ports.picked++
	case tcp.SequentialPort:
		if h.ports.last != 0 {
			start = (uint32(h.ports.last) - uint32(p.PortLow) + 1) % size
		}
	}
	for first := range step { // with steps of two, first the one parity, then the other
		at := start + first
		for n := first; n < size; n += step {
			if at >= size {
				at = first
			}
			t.localPort = p.PortLow + uint16(at)
			if h.stack.table.find(t) == 0 {
				h.ports.last = t.localPort
				return t.localPort, true
			}
			at += step
		}
	}
	return 0, false
}
