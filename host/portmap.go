package host

import (
	"math"
	"math/bits"

	"netsim/tcp"
)

// portMap is the ports of a range that a pair holds, a bit each. Only a crowded
// pair has one: with few ports in use the first that is looked at is free, and
// with many a search by tuples would look at thousands for each connection.
type portMap []uint64

// crowded is the share of a range, one in so many, from which a map is kept.
const crowded = 8

// next returns the first port not held, as its place in the range, of the places
// at, at+step, at+2*step ...; step is 1 or 2. Without a map it is the first of them.
func (m portMap) next(at, step uint32) uint32 {
	if m == nil {
		return at
	}
	wanted, first := ^uint64(0), ^uint64(0)<<(at%64)
	if step == 2 {
		wanted = 0x5555555555555555 << (at & 1)
	}
	for w := at / 64; w < uint32(len(m)); w++ {
		if free := ^m[w] & wanted & first; free != 0 {
			return 64*w + uint32(bits.TrailingZeros64(free))
		}
		first = ^uint64(0)
	}
	return math.MaxUint32
}

// hold and free note what becomes of a port.
func (m portMap) hold(p *tcp.Profile, port uint16) {
	if m != nil {
		at := port - p.PortLow
		m[at/64] |= 1 << (at % 64)
	}
}

func (m portMap) free(p *tcp.Profile, port uint16) {
	if m != nil {
		at := port - p.PortLow
		m[at/64] &^= 1 << (at % 64)
	}
}

// mapPorts makes the map of a pair from the tuples that it holds.
func (st *Stack) mapPorts(i uint32, p *tcp.Profile) {
	to := st.pairs[i].to
	m := make(portMap, (uint32(p.PortHigh)-uint32(p.PortLow))/64+1)
	for port := uint32(p.PortLow); port <= uint32(p.PortHigh); port++ {
		if st.pairOf(st.find(tuple{to.local, to.remote, uint16(port), to.port})) == i {
			m.hold(p, uint16(port))
		}
	}
	st.pairs[i].held = m
}

// pairOf is the pair of a connection or TIME-WAIT record; 0 is none.
func (st *Stack) pairOf(ref uint32) uint32 {
	switch {
	case ref&inRoom != 0:
		return st.room.At(ref &^ inRoom).pair
	case ref&asking != 0:
		return 0
	}
	if s := st.sockets[ref]; s != nil {
		return s.pair
	}
	return 0
}
