package middlebox

import (
	"math/bits"

	"netsim/des"
	"netsim/wire"
)

// destination is what a port is held towards.
type destination struct {
	address wire.Addr
	port    uint16
}

// portPool is the ports of a NAT that are held towards one destination. Of a
// crowded one there is a map, a bit for each port: with few in use the first that
// is drawn is free, with many a search would look at thousands.
type portPool struct {
	used int
	held []uint64
}

// crowded is the share of the range, one in so many, from which a map is kept.
const crowded = 8

func (n *NAT) size() int { return int(n.cfg.High) - int(n.cfg.Low) + 1 }

func (n *NAT) pool(t tuple) *portPool {
	to := destination{t.dst, t.dstPort}
	pool := n.pools[to]
	if pool == nil {
		pool = new(portPool)
		n.pools[to] = pool
	}
	return pool
}

// pick chooses a port for a connection: its own if that is kept and free, else
// the first free one from a port that is drawn.
func (n *NAT) pick(t tuple, shown wire.Addr) (uint16, bool) {
	pool, size := n.pool(t), n.size()
	if pool.used >= size {
		return 0, false
	}
	reply := tuple{t.dst, shown, t.dstPort, 0}
	if n.cfg.Preserve && t.srcPort >= n.cfg.Low && t.srcPort <= n.cfg.High && !n.taken(reply, t.srcPort) {
		return t.srcPort, true
	}
	if n.draws == nil {
		n.draws = des.Stream(n.Seed, n.Rep, "node."+n.Name+".ports")
	}
	at := int(des.Below(n.draws, uint64(size)))
	if pool.held == nil && pool.used > size/crowded {
		pool.held = make([]uint64, size/64+1)
		for i := range size {
			if n.taken(reply, n.cfg.Low+uint16(i)) {
				pool.held[i/64] |= 1 << (i % 64)
			}
		}
	}
	if pool.held != nil {
		return n.cfg.Low + uint16(nextFree(pool.held, at, size)), true
	}
	for n.taken(reply, n.cfg.Low+uint16(at)) {
		at = (at + 1) % size
	}
	return n.cfg.Low + uint16(at), true
}

// taken tells whether replies to that port belong to a mapping.
func (n *NAT) taken(reply tuple, port uint16) bool {
	reply.dstPort = port
	return n.find(reply) != 0
}

// nextFree is the first port not held from at on, around the end; one is free.
func nextFree(held []uint64, at, size int) int {
	for w, first := at/64, ^uint64(0)<<(at%64); ; w, first = (w+1)%len(held), ^uint64(0) {
		if free := ^held[w] & first; free != 0 {
			if i := 64*w + bits.TrailingZeros64(free); i < size {
				return i
			}
		}
	}
}

// hold and free follow a port from its use until its mapping is over.
func (n *NAT) hold(now des.Time, t tuple, port uint16) {
	pool, i := n.pool(t), int(port-n.cfg.Low)
	pool.used++
	if pool.held != nil {
		pool.held[i/64] |= 1 << (i % 64)
	}
	if n.uses == nil {
		n.uses = make([]uint32, n.size())
	}
	if n.uses[i]++; n.uses[i] == 1 {
		n.Tally.Ports.Add(now, 1)
	}
}

func (n *NAT) free(now des.Time, t tuple, port uint16) {
	pool, i := n.pool(t), int(port-n.cfg.Low)
	pool.used--
	if pool.held != nil {
		pool.held[i/64] &^= 1 << (i % 64)
	}
	if n.uses[i]--; n.uses[i] == 0 {
		n.Tally.Ports.Add(now, -1)
	}
}
