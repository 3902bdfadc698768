package topo

import (
	"math"

	"netsim/des"
	"netsim/wire"
)

// home is where an address is: the number of a router and the port there, or
// local if the address is the router's own. It is all that is kept for a host.
type home struct {
	core, port uint32
}

const (
	local   = math.MaxUint32     // a port: the node itself
	nowhere = math.MaxUint32 - 1 // a port: no way
	many    = 1 << 31            // a port from here on: one of a set of equal ones
)

var homeless = home{nowhere, nowhere}

// router is a node that may choose between links: one that forwards, or a host
// with several. Its next hop is one look-up, two if the home of the destination
// is another router.
type router struct {
	net    *Network
	node   NodeID
	core   uint32     // its number among the routers
	ports  []*Half    // in the order of links
	sets   [][]uint32 // of ports that are equally near to some destination
	static []staticRoute
	voice  *reporter // nil: says nothing of what it cannot deliver
	box    Box       // nil: there is none in front of it

	in, forwarded, ended, expired, stranded uint64
}

// port returns where the packet goes on.
func (r *router) port(p *wire.Packet) uint32 {
	h := homeless
	if i := p.Dst.Index(); int(i) < len(r.net.homes) {
		h = r.net.homes[i]
	}
	port := r.way(p.Dst, h)
	if port >= many && port < nowhere {
		set := r.sets[port-many]
		return set[r.hash(p)>>32*uint64(len(set))>>32]
	}
	return port
}

// way returns the port, or the set of equal ones, that leads to the address at
// that home: what is next door, then static routes, then the tree to its router.
func (r *router) way(to wire.Addr, h home) uint32 {
	if h.core == r.core {
		return h.port
	}
	for i := range r.static {
		if s := &r.static[i]; s.covers(to) {
			return s.port
		}
	}
	trees := r.net.forest.trees
	if int(h.core) >= len(trees) {
		return nowhere
	}
	tree := trees[h.core]
	if tree == nil {
		tree = r.net.forest.grow(h.core)
	}
	return tree[r.core]
}

// hash spreads flows, by addresses and ports, over equal ways. Each router has
// its own: were it the same everywhere, what one router sends up one link would
// never be split again by the next (polarization).
func (r *router) hash(p *wire.Packet) uint64 {
	h := uint64(p.Src.Uint32())<<32 | uint64(p.Dst.Uint32())
	h = mix(h ^ r.net.forest.salt)
	h += uint64(p.Segment.SrcPort)<<48 | uint64(p.Segment.DstPort)<<32 | uint64(r.core)
	return mix(h)
}

// mix is the finalizer of SplitMix64 (Steele, Lea, Flood 2014).
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// Receive forwards a packet that came over a link, or takes it in.
func (r *router) Receive(now des.Time, p *wire.Packet) {
	r.in++
	port := r.port(p)
	if int(port) >= len(r.ports) {
		r.stay(now, p, port)
		return
	}
	out := r.ports[port]
	if p.TTL <= 1 {
		r.expired++
		out.drop(now, p, DropTTL)
		return
	}
	p.TTL--
	r.forwarded++
	out.Receive(now, p)
}

// stay is what becomes of a packet that goes nowhere else.
func (r *router) stay(now des.Time, p *wire.Packet, port uint32) {
	if end := r.net.nodes[r.node].end; port == local && end != nil {
		r.ended++
		end.Receive(now, p)
		return
	}
	r.stranded++
	why := wire.NetUnreachable
	if port == local {
		why = wire.PortUnreachable // the router is addressed, and nobody is there
	}
	r.net.strand(now, p, r.node, why)
}

// origin is where the packets of a router's own node enter.
type origin router

func (o *origin) Receive(now des.Time, p *wire.Packet) {
	r := (*router)(o)
	if port := r.port(p); int(port) < len(r.ports) {
		r.ports[port].Receive(now, p)
		return
	}
	r.net.strand(now, p, r.node, wire.NoReport)
}

// terminal is the way into a host that may get what is not its own: it has
// several links, or its neighbour is a host, or nobody is there.
type terminal struct {
	net  *Network
	node NodeID
}

func (t *terminal) Receive(now des.Time, p *wire.Packet) {
	end := t.net.nodes[t.node].end
	if at, ok := t.net.NodeOf(p.Dst); end == nil || !ok || at != t.node && !t.net.shared[p.Dst] {
		t.net.strand(now, p, t.gate(), wire.HostUnreachable)
		return
	}
	end.Receive(now, p)
}

// gate is the node that would notice that the host does not answer: its one
// neighbour.
func (t *terminal) gate() NodeID {
	if only := t.net.nodes[t.node].only; only != nil {
		return only.To()
	}
	return t.node
}
