package topo

import (
	"errors"
	"fmt"
)

// Finish ends the building: it returns what was wrong with it, or lets the
// network run. Routes are those of [Network.Routing]. Hosts do not forward.
//
// Tables are kept between routers only, a destination's when the first packet to
// it comes. A host with one link costs an entry at its neighbour and 12 bytes for
// each address.
func (n *Network) Finish() error {
	n.building()
	if len(n.faults) > 0 {
		return fmt.Errorf("topo: %w", errors.Join(n.faults...))
	}
	if err := n.forest.draw(n, n.plug()); err != nil {
		return err
	}
	n.homes = make([]home, len(n.at))
	for i, id := range n.at {
		n.homes[i] = homeless
		if id != noNode {
			n.homes[i] = n.nodes[id].home
		}
	}
	n.finished = true
	for id := range n.nodes {
		n.wire(NodeID(id))
	}
	return nil
}

// plug finds the routers, gives them their ports, and every node its home.
func (n *Network) plug() []*router {
	degree := make([]int, len(n.nodes))
	for _, l := range n.links {
		degree[l.A]++
		degree[l.B]++
	}
	var cores []*router
	for id := range n.nodes {
		d := &n.nodes[id]
		d.home = homeless
		if d.forwards || degree[id] != 1 {
			number := uint32(len(cores))
			d.core = &router{net: n, node: NodeID(id), core: number, ports: make([]*Half, 0, degree[id])}
			d.home = home{number, local}
			cores = append(cores, d.core)
		}
	}
	for _, l := range n.links {
		n.plugHalf(l.Forward)
		n.plugHalf(l.Back)
	}
	return cores
}

func (n *Network) plugHalf(h *Half) {
	from, to := &n.nodes[h.From()], &n.nodes[h.To()]
	if from.core == nil {
		from.only = h
		return
	}
	if to.core == nil {
		to.home = home{from.core.core, uint32(len(from.core.ports))}
	}
	from.core.ports = append(from.core.ports, h)
}

// wire leads the halves that end at the node to what takes their packets. A
// router sends to a leaf only what is addressed to it.
func (n *Network) wire(id NodeID) {
	d := &n.nodes[id]
	var in Sink = &terminal{n, id}
	switch {
	case d.forwards:
		if in = d.core; d.core.box != nil {
			in = d.core.box
		}
	case d.only != nil && d.end != nil && n.nodes[d.only.To()].forwards:
		in = d.end
	}
	if d.only != nil {
		d.only.Reverse().lead(in)
		return
	}
	for _, out := range d.core.ports {
		out.Reverse().lead(in)
	}
}

// Path returns the halves that a packet crosses from one node to the other, to
// its first address if it has one; false if it does not get there. Where flows
// take equal ways it is one of them.
func (n *Network) Path(from, to NodeID) ([]*Half, bool) {
	var halves []*Half
	for at := from; at != to; at = halves[len(halves)-1].To() {
		d := &n.nodes[at]
		if at != from && !d.forwards || len(halves) > longestPath {
			return nil, false
		}
		out := d.only
		if out == nil {
			port := d.core.way(n.nodes[to].address, n.nodes[to].home)
			if port >= many && port < nowhere {
				port = d.core.sets[port-many][0]
			}
			if int(port) >= len(d.core.ports) {
				return nil, false
			}
			out = d.core.ports[port]
		}
		halves = append(halves, out)
	}
	return halves, true
}

// longestPath is the most links that a TTL lets a packet cross; static routes
// may go in circles.
const longestPath = 256
