package topo

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/iterator"
	"gonum.org/v1/gonum/graph/path"
	"gonum.org/v1/gonum/graph/simple"
)

// Finish ends the building: it returns what was wrong with it, or makes the
// routes and lets the network run. Routes are shortest by the sum of the links'
// weights; of equal ones a node takes its first link. Hosts do not forward.
//
// Tables are kept between routers only. A host with one link costs an entry at
// its neighbour and 12 bytes for each address.
func (n *Network) Finish() error {
	n.building()
	if len(n.faults) > 0 {
		return fmt.Errorf("topo: %w", errors.Join(n.faults...))
	}
	cores := n.plug()
	if err := route(n, cores); err != nil {
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
		in = d.core
	case d.only != nil && d.end != nil && n.nodes[d.only.To()].forwards:
		in = d.end
	}
	if d.only != nil {
		d.only.Reverse().queue.next = in
		return
	}
	for _, out := range d.core.ports {
		out.Reverse().queue.next = in
	}
}

// Path returns the halves that a packet crosses from one node to the other;
// false if it does not get there.
func (n *Network) Path(from, to NodeID) ([]*Half, bool) {
	var halves []*Half
	for at := from; at != to; at = halves[len(halves)-1].To() {
		d := &n.nodes[at]
		if at != from && !d.forwards {
			return nil, false
		}
		out := d.only
		if out == nil {
			port := d.core.toward(n.nodes[to].home)
			if int(port) >= len(d.core.ports) {
				return nil, false
			}
			out = d.core.ports[port]
		}
		halves = append(halves, out)
	}
	return halves, true
}

// route fills the routers' tables, a destination at a time: the distances of
// all to it, then at each router the first link that lies on a shortest path.
// Distances are summed from the destination, so that a sum found once is found
// again to the bit.
func route(n *Network, cores []*router) error {
	g := &backbone{nodes: n.nodes, cores: cores, edges: make([][]edge, len(cores)), neighbours: make([][]graph.Node, len(cores))}
	if err := g.draw(); err != nil {
		return err
	}
	for _, r := range cores {
		r.routes = make([]uint32, len(cores))
	}
	distance := make([]float64, len(cores))
	for to := range cores {
		g.to = int64(to)
		tree := path.DijkstraFrom(simple.Node(to), g)
		for u := range cores {
			distance[u] = tree.WeightTo(int64(u))
		}
		distance[to] = 0 // gonum knows no distance to a lonely node
		for u, r := range cores {
			r.routes[to] = g.first(r, distance, u)
		}
	}
	return nil
}

// backbone is the routers and the links between them as a graph for gonum, seen
// from one destination: paths grow backward from it and pass only nodes that
// forward.
type backbone struct {
	nodes      []node
	cores      []*router
	edges      [][]edge       // by router, in the order of neighbours
	neighbours [][]graph.Node // the same for gonum
	to         int64
}

// edge leads to a neighbour by the lightest link.
type edge struct {
	to     int64
	weight float64
}

// draw lists the edges.
func (g *backbone) draw() error {
	least, sum := math.Inf(1), 0.0
	for u, r := range g.cores {
		for _, out := range r.ports {
			peer := g.nodes[out.To()].core
			if peer == nil {
				continue
			}
			w := out.link.Weight
			least, sum = min(least, w), sum+w
			g.edges[u] = append(g.edges[u], edge{int64(peer.core), w})
		}
		slices.SortFunc(g.edges[u], func(a, b edge) int {
			return cmp.Or(cmp.Compare(a.to, b.to), cmp.Compare(a.weight, b.weight))
		})
		g.edges[u] = slices.CompactFunc(g.edges[u], func(a, b edge) bool { return a.to == b.to })
		for _, e := range g.edges[u] {
			g.neighbours[u] = append(g.neighbours[u], simple.Node(e.to))
		}
	}
	if !(least > sum*0x1p-52) && len(g.cores) > 1 {
		return fmt.Errorf("topo: weights from %v up to a sum of %v: too far apart to be added", least, sum)
	}
	return nil
}

// first returns the first port of router u on a shortest path to g.to.
func (g *backbone) first(r *router, distance []float64, u int) uint32 {
	if int64(u) == g.to || math.IsInf(distance[u], 1) {
		return nowhere
	}
	for i, out := range r.ports {
		peer := g.nodes[out.To()].core
		if peer == nil || !g.passable(int64(peer.core)) {
			continue
		}
		if distance[peer.core]+out.link.Weight == distance[u] {
			return uint32(i)
		}
	}
	panic("topo: a distance without a path")
}

// passable reports whether a path may lead through the router, or end there.
func (g *backbone) passable(u int64) bool {
	return u == g.to || g.nodes[g.cores[u].node].forwards
}

// From returns the neighbours from which packets come to u.
func (g *backbone) From(u int64) graph.Nodes {
	if !g.passable(u) || len(g.neighbours[u]) == 0 {
		return graph.Empty
	}
	return iterator.NewOrderedNodes(g.neighbours[u])
}

// Edge is asked for by gonum's interface, not by its search.
func (g *backbone) Edge(u, v int64) graph.Edge {
	return simple.Edge{F: simple.Node(u), T: simple.Node(v)}
}

// Weight returns the weight of the link between neighbours.
func (g *backbone) Weight(u, v int64) (float64, bool) {
	i, ok := slices.BinarySearchFunc(g.edges[u], v, func(e edge, v int64) int { return cmp.Compare(e.to, v) })
	if !ok {
		return math.Inf(1), false
	}
	return g.edges[u][i].weight, true
}
