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
)

var homeless = home{nowhere, nowhere}

// router is a node that may choose between links: one that forwards, or a host
// with several. Its next hop is one look-up, two if the home of the destination
// is another router.
type router struct {
	net    *Network
	node   NodeID
	core   uint32   // its number among the routers
	routes []uint32 // by router: the port
	ports  []*Half  // in the order of links

	in, forwarded, ended, expired, stranded uint64
}

// port returns where a packet to that address goes on.
func (r *router) port(a wire.Addr) uint32 {
	i := a.Index()
	if int(i) >= len(r.net.homes) {
		return nowhere
	}
	return r.toward(r.net.homes[i])
}

func (r *router) toward(h home) uint32 {
	if h.core == r.core {
		return h.port
	}
	if int(h.core) >= len(r.routes) {
		return nowhere
	}
	return r.routes[h.core]
}

// Receive forwards a packet that came over a link, or takes it in.
func (r *router) Receive(now des.Time, p *wire.Packet) {
	r.in++
	port := r.port(p.Dst)
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
	out.entry.Receive(now, p)
}

// stay is what becomes of a packet that goes nowhere else.
func (r *router) stay(now des.Time, p *wire.Packet, port uint32) {
	if end := r.net.nodes[r.node].end; port == local && end != nil {
		r.ended++
		end.Receive(now, p)
		return
	}
	r.stranded++
	r.net.strand(now, p)
}

// origin is where the packets of a router's own node enter.
type origin router

func (o *origin) Receive(now des.Time, p *wire.Packet) {
	r := (*router)(o)
	if port := r.port(p.Dst); int(port) < len(r.ports) {
		r.ports[port].entry.Receive(now, p)
		return
	}
	r.net.strand(now, p)
}

// terminal is the way into a host that may get what is not its own: it has
// several links, or its neighbour is a host, or nobody is there.
type terminal struct {
	net  *Network
	node NodeID
}

func (t *terminal) Receive(now des.Time, p *wire.Packet) {
	end := t.net.nodes[t.node].end
	if at, ok := t.net.NodeOf(p.Dst); end == nil || !ok || at != t.node {
		t.net.strand(now, p)
		return
	}
	end.Receive(now, p)
}
