package middlebox

import (
	"math/rand/v2"

	"netsim/des"
	"netsim/topo"
	"netsim/wire"
)

// NATConfig describes a NAT.
type NATConfig struct {
	Config
	Inside    func(topo.NodeID) bool // who is behind it
	Outside   []wire.Addr            // the address it shows, one of each family
	Low, High uint16                 // ports it maps to
	Preserve  bool                   // the port is kept where it is free; else all are drawn
}

// NAT shows the hosts inside by an address of its own. A mapping is of one
// connection: a port may be used at the same time for several destinations
// (address and port dependent mapping, as Linux has it, not the endpoint
// independent one that RFC 4787 asks for). Connections are opened from inside
// only. A segment that has no mapping and is no SYN is dropped; one between two
// hosts inside, or two outside, is passed on as it is.
type NAT struct {
	box
	cfg   NATConfig
	pools map[destination]*portPool
	uses  []uint32 // of each port: for how many destinations
	draws *rand.Rand
	known []side // by address
}

// side is where an address is.
type side uint8

const (
	unknown side = iota
	inside
	outside
	own
)

// NewNAT puts a NAT in front of its router.
func NewNAT(c NATConfig) *NAT {
	n := &NAT{cfg: c, pools: map[destination]*portPool{}}
	n.begin(c.Config, n)
	n.forgot = n.unmap
	return n
}

// Receive takes a packet that came over a link: a [topo.Sink].
func (n *NAT) Receive(now des.Time, p *wire.Packet) {
	n.in++
	from, to := n.side(p.Src), n.side(p.Dst)
	across := from == inside && to == outside || from != inside && to != outside
	switch {
	case p.Report != wire.NoReport:
		n.report(now, p, from, across)
	case !across:
		n.pass(now, p)
	case p.Segment.Marks&wire.Datagram != 0:
		n.datagram(now, p, from, to)
	default:
		n.segment(now, p, from)
	}
}

// segment translates.
func (n *NAT) segment(now des.Time, p *wire.Packet, from side) {
	t := tupleOf(p)
	ref := n.find(t)
	if ref == 0 {
		var why Cause
		if ref, why = n.admit(now, p, t, from); ref == 0 {
			n.refuse(now, p, why, wire.NoReport)
			return
		}
	}
	n.follow(now, p, ref)
	n.pass(now, p)
}

// admit maps a connection that is opened from inside.
func (n *NAT) admit(now des.Time, p *wire.Packet, t tuple, from side) (ref uint32, why Cause) {
	switch {
	case from != inside || !opens(&p.Segment):
		return 0, Unknown
	case n.full():
		return 0, Limit
	}
	shown := n.shown(t.dst)
	port, ok := n.pick(t, shown)
	if !ok {
		return 0, NoPort
	}
	n.hold(now, t, port)
	return n.open(now, t, tuple{t.dst, shown, t.dstPort, port}), 0
}

// unmap frees the port of a mapping that is over.
func (n *NAT) unmap(now des.Time, s *session) { n.free(now, s.tuples[0], s.tuples[1].dstPort) }

// report passes a report on if it is about a mapping; who speaks from inside does
// so in the NAT's name (RFC 5508 section 4.2).
func (n *NAT) report(now des.Time, p *wire.Packet, from side, across bool) {
	switch {
	case !n.restore(p):
		if across {
			n.refuse(now, p, Unknown, wire.NoReport)
			return
		}
	case from == inside:
		p.Src = n.shown(p.Dst)
	}
	n.pass(now, p)
}

// datagram lets out what wants no answer; it has no port and needs no mapping.
func (n *NAT) datagram(now des.Time, p *wire.Packet, from, to side) {
	if from != inside || to != outside {
		n.refuse(now, p, Unknown, wire.NoReport)
		return
	}
	p.Src = n.shown(p.Dst)
	n.pass(now, p)
}

// shown is the address that is seen outside by those who are called so.
func (n *NAT) shown(to wire.Addr) wire.Addr {
	for _, a := range n.cfg.Outside {
		if a.Is6() == to.Is6() {
			return a
		}
	}
	return wire.Addr{}
}

// side tells where an address is, which is looked up once.
func (n *NAT) side(a wire.Addr) side {
	i := int(a.Index())
	for i >= len(n.known) {
		n.known = append(n.known, unknown)
	}
	if n.known[i] == unknown {
		n.known[i] = outside
		switch id, ok := n.Net.NodeOf(a); {
		case !ok:
		case id == n.Node:
			n.known[i] = own
		case n.cfg.Inside(id):
			n.known[i] = inside
		}
	}
	return n.known[i]
}
