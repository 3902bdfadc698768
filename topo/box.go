package topo

import (
	"netsim/des"
	"netsim/wire"
)

// Box is a middlebox: it takes what comes to a router over links, passes it on to
// the router's forwarding, changed perhaps, or refuses it.
type Box interface {
	Sink
	Check() error // what came in went on or was refused
}

// Interpose puts a box in front of a router of the finished network, and returns
// where it passes packets on to. Its own packets it gives to [Network.Send].
func (n *Network) Interpose(id NodeID, b Box) Sink {
	r := n.nodes[id].core
	if r == nil || !n.nodes[id].forwards || r.box != nil {
		panic("topo: a box stands in front of a router of a finished network, one of each")
	}
	r.box = b
	n.wire(id)
	return r
}

// Filter is the end of a packet that a box refuses; the report, if any and if the
// router reports, tells its sender.
func (n *Network) Filter(now des.Time, id NodeID, p *wire.Packet, tell wire.Report) {
	if n.observer != nil {
		n.observer.Dropped(now, nil, p, DropFiltered)
	}
	if r := n.report(now, id, p, tell, 0); r != nil {
		(*origin)(r).Receive(now, p)
		return
	}
	n.pool.Put(p)
}

// Direct returns the half that leads from a router straight to another node;
// false if no link joins them.
func (n *Network) Direct(from, to NodeID) (*Half, bool) {
	for _, h := range n.nodes[from].core.ports {
		if h.To() == to {
			return h, true
		}
	}
	return nil, false
}

// Share lets every host take packets to that address that come to it, as servers
// do that answer for a balancer.
func (n *Network) Share(a wire.Addr) {
	if n.shared == nil {
		n.shared = map[wire.Addr]bool{}
	}
	n.shared[a] = true
}
