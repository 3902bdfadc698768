package topo

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Routing says how routers choose. The zero Routing takes shortest ways by the
// sum of the links' weights and, of equal ones, the first link of each router.
type Routing struct {
	Metric Metric
	ECMP   bool   // flows are spread over equal ways (RFC 2992)
	Static bool   // there are no routes but to neighbours and those of SetRoute
	Salt   uint64 // of the spreading
}

// Metric is what makes a way short.
type Metric uint8

const (
	ByWeight Metric = iota // of the links
	ByHops
	ByDelay // of each direction; of equal ones, fewer hops
)

// forest is the tables of all routers: for each destination router a tree, from
// every router the port toward it. Trees grow when they are first needed.
type forest struct {
	Routing
	net   *Network
	cores []*router
	start []uint32 // by router: where its edges are; one more than there are routers
	edges []edge   // of each router in the order of its ports
	even  bool     // all edges are equally long
	trees [][]uint32
	grown int // trees that are there
	keep  int // trees there may be
	salt  uint64

	distance []float64 // while a tree grows, as what follows
	queue    []reached
	equal    []uint32
}

// edge is a link between two routers as one of them sees it.
type edge struct {
	to, port uint32
	out, in  float64 // lengths away from the router and toward it
}

// reached is a router in the search for the shortest ways.
type reached struct {
	distance float64
	core     uint32
}

// mostEntries bounds what is kept of trees: 64 MB.
const mostEntries = 1 << 24

// Routing sets how routers choose, before Finish.
func (n *Network) Routing(r Routing) {
	n.building()
	n.forest.Routing = r
}

// SetWeight changes the weight of links while the network runs, in both
// directions; packets that are under way go on from where they are. An infinite
// weight takes links out of all routes but those to hosts that hang on them. After
// an error the routes are what they were.
func (n *Network) SetWeight(weight float64, links ...*Link) error {
	if !(weight > 0) {
		return fmt.Errorf("topo: a weight of %v; it is positive", weight)
	}
	were := make([]float64, len(links))
	for i, l := range links {
		were[i], l.Weight = l.Weight, weight
	}
	if !n.finished {
		return nil
	}
	err := n.forest.draw(n, n.forest.cores)
	if err != nil {
		for i, l := range links {
			l.Weight = were[i]
		}
		err = errors.Join(err, n.forest.draw(n, n.forest.cores))
	}
	return err
}

// length is how long the half is by the metric.
func (f *forest) length(h *Half) float64 {
	switch f.Metric {
	case ByHops:
		return 1
	case ByDelay:
		const hops = 1 << 10 // more than a TTL allows; sums up to 2 h are exact
		return float64(float64(h.Delay())*hops) + 1
	}
	return h.link.Weight
}

// draw lists the edges and forgets all trees.
func (f *forest) draw(n *Network, cores []*router) error {
	f.net, f.cores, f.salt = n, cores, mix(f.Salt)
	f.start, f.edges, f.grown = make([]uint32, 1, len(cores)+1), f.edges[:0], 0
	if f.trees = nil; !f.Static {
		f.trees = make([][]uint32, len(cores))
	}
	least, most, sum := math.Inf(1), 0.0, 0.0
	for _, r := range cores {
		r.sets = nil
		for port, out := range r.ports {
			peer := n.nodes[out.To()].core
			e := edge{port: uint32(port), out: f.length(out), in: f.length(out.Reverse())}
			if peer == nil || math.IsInf(e.out, 1) || math.IsInf(e.in, 1) {
				continue
			}
			e.to = peer.core
			f.edges = append(f.edges, e)
			least, most, sum = min(least, e.out), max(most, e.out), sum+e.out
		}
		f.start = append(f.start, uint32(len(f.edges)))
	}
	f.even = least == most
	f.distance = make([]float64, len(cores))
	f.keep = max(1, mostEntries/max(1, len(cores)))
	if len(f.edges) > 0 && !(least > sum*0x1p-52) {
		return fmt.Errorf("topo: weights from %v up to a sum of %v: too far apart to be added", least, sum)
	}
	return nil
}

func (f *forest) edgesOf(core uint32) []edge { return f.edges[f.start[core]:f.start[core+1]] }

// grow makes the tree to a router. Distances are summed from the destination, so
// that a sum found once is found again to the bit.
func (f *forest) grow(to uint32) []uint32 {
	if f.grown++; f.grown > f.keep {
		clear(f.trees) // they are the same when they grow again
		f.grown = 1
	}
	for i := range f.distance {
		f.distance[i] = math.Inf(1)
	}
	f.distance[to] = 0
	f.queue = append(f.queue[:0], reached{0, to})
	if f.even {
		f.breadthFirst(to)
	} else {
		f.nearestFirst(to)
	}
	tree := make([]uint32, len(f.cores))
	for u := range tree {
		tree[u] = f.ports(uint32(u), to)
	}
	f.trees[to] = tree
	return tree
}

// passable reports whether a way may lead through the router, or end there.
func (f *forest) passable(core, to uint32) bool {
	return core == to || f.net.nodes[f.cores[core].node].forwards
}

func (f *forest) breadthFirst(to uint32) {
	for i := 0; i < len(f.queue); i++ {
		v := f.queue[i]
		if !f.passable(v.core, to) {
			continue
		}
		for _, e := range f.edgesOf(v.core) {
			if math.IsInf(f.distance[e.to], 1) {
				f.distance[e.to] = v.distance + e.in
				f.queue = append(f.queue, reached{f.distance[e.to], e.to})
			}
		}
	}
}

// nearestFirst is Dijkstra's algorithm with a binary heap.
func (f *forest) nearestFirst(to uint32) {
	for len(f.queue) > 0 {
		v := f.pop()
		if v.distance > f.distance[v.core] || !f.passable(v.core, to) {
			continue
		}
		for _, e := range f.edgesOf(v.core) {
			if d := v.distance + e.in; d < f.distance[e.to] {
				f.distance[e.to] = d
				f.push(reached{d, e.to})
			}
		}
	}
}

func (f *forest) push(x reached) {
	q := append(f.queue, x)
	i := len(q) - 1
	for ; i > 0 && x.distance < q[(i-1)/2].distance; i = (i - 1) / 2 {
		q[i] = q[(i-1)/2]
	}
	q[i], f.queue = x, q
}

func (f *forest) pop() reached {
	top, last := f.queue[0], len(f.queue)-1
	x, q := f.queue[last], f.queue[:last]
	i := 0
	for child := 1; child < last; child = 2*i + 1 {
		if child+1 < last && q[child+1].distance < q[child].distance {
			child++
		}
		if x.distance <= q[child].distance {
			break
		}
		q[i], i = q[child], child
	}
	if last > 0 {
		q[i] = x
	}
	f.queue = q
	return top
}

// ports returns the first port of router u on a shortest way to the other or,
// with ECMP, the set of all of them.
func (f *forest) ports(u, to uint32) uint32 {
	if u == to || math.IsInf(f.distance[u], 1) {
		return nowhere
	}
	equal := f.equal[:0]
	for _, e := range f.edgesOf(u) {
		if f.distance[e.to]+e.out != f.distance[u] || !f.passable(e.to, to) {
			continue
		}
		if !f.ECMP {
			return e.port
		}
		equal = append(equal, e.port)
	}
	f.equal = equal
	switch len(equal) {
	case 0:
		panic("topo: a distance without a path")
	case 1:
		return equal[0]
	}
	return many + f.cores[u].set(equal)
}

// set returns the number of a set of ports; sets are few.
func (r *router) set(ports []uint32) uint32 {
	i := slices.IndexFunc(r.sets, func(s []uint32) bool { return slices.Equal(s, ports) })
	if i < 0 {
		i = len(r.sets)
		r.sets = append(r.sets, slices.Clone(ports))
	}
	return uint32(i)
}
