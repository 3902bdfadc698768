package shapes

import (
	"math"
	"math/rand/v2"
	"time"

	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/graphs/gen"
	"gonum.org/v1/gonum/graph/simple"

	"netsim/des"
)

// mostRandom bounds the routers of random graphs, which take a step for each pair.
const mostRandom = 20_000

func (b *builder) randomRouters() (n int, r *rand.Rand) {
	n = b.sizes.Routers
	if n > mostRandom {
		b.wrong("routers", "", "%d routers are more than are joined at random, %d", n, mostRandom)
		n = 1
	}
	if b.sizes.Seed == 0 {
		b.sizes.Seed = 1
	}
	return n, des.Stream(b.sizes.Seed, 0, "shapes")
}

// waxman joins two routers at distance d with probability beta*exp(-d/(alpha*L)),
// L the diagonal of the square (Waxman, "Routing of multipoint connections", IEEE
// JSAC 6, 1988, the model RG1). Parts that are not joined then are, by their
// shortest link to what is joined already, so that each can reach all.
func waxman(b *builder) {
	n, r := b.randomRouters()
	alpha, beta, side := b.sizes.Alpha, b.sizes.Beta, b.sizes.Side
	if alpha == 0 {
		alpha = 0.1
	}
	if beta == 0 {
		beta = 0.4
	}
	if side == 0 {
		side = 10 * time.Millisecond
	}
	if !(alpha > 0) || !(beta > 0 && beta <= 1) {
		b.wrong("beta", "alpha is positive, beta a probability", "alpha of %g, beta of %g", alpha, beta)
		return
	}
	routers := b.group("router", true, n)
	places := make([]Place, n)
	for i := range places {
		places[i] = Place{r.Float64(), r.Float64()}
	}
	b.Groups[routers].Places = places
	pairs := neighbours(places, alpha, beta, r)
	b.links("core", routers, routers, append(pairs, bridges(places, pairs)...))
	b.delays(func(p Pair) float64 { return float64(side) * places[p.A].to(places[p.B]) })
	b.hosts("host", "access", or(b.sizes.Hosts, n), routers, n)
}

// neighbours are the links of the model.
func neighbours(places []Place, alpha, beta float64, r *rand.Rand) (pairs []Pair) {
	scale := alpha * math.Sqrt2
	for i := range places {
		for j := i + 1; j < len(places); j++ {
			u := float64(r.Uint64()>>11+1) * 0x1p-53
			if des.Log(u/beta) <= -places[i].to(places[j])/scale {
				pairs = append(pairs, Pair{uint32(i), uint32(j)})
			}
		}
	}
	return pairs
}

// delays gives the links added last their delays, in ns.
func (b *builder) delays(of func(Pair) float64) {
	l := &b.Links[len(b.Links)-1]
	l.Delays = make([]time.Duration, len(l.Pairs))
	for i, p := range l.Pairs {
		l.Delays[i] = time.Duration(math.RoundToEven(of(p)))
	}
}

func (p Place) to(q Place) float64 {
	dx, dy := p.X-q.X, p.Y-q.Y
	return math.Sqrt(float64(dx*dx) + float64(dy*dy))
}

// bridges are the links that make one part of all: from the part of node 0 the
// shortest to a node outside, again and again (Prim's algorithm).
func bridges(places []Place, pairs []Pair) (added []Pair) {
	part := make([]uint32, len(places))
	for i := range part {
		part[i] = uint32(i)
	}
	root := func(i uint32) uint32 {
		for part[i] != i {
			part[i] = part[part[i]]
			i = part[i]
		}
		return i
	}
	for _, p := range pairs {
		part[root(p.A)] = root(p.B)
	}
	joined := make([]bool, len(places))
	nearest := make([]uint32, len(places)) // of the joined ones
	join := func(of uint32) {
		for i := range uint32(len(places)) {
			if root(i) != of || joined[i] {
				continue
			}
			joined[i] = true
			for j := range nearest {
				if !joined[j] && (!joined[nearest[j]] || places[j].to(places[i]) < places[j].to(places[nearest[j]])) {
					nearest[j] = i
				}
			}
		}
	}
	for i := range nearest {
		nearest[i] = uint32(i)
	}
	for join(root(0)); ; {
		best := -1
		for j := range places {
			if !joined[j] && (best < 0 || places[j].to(places[nearest[j]]) < places[best].to(places[nearest[best]])) {
				best = j
			}
		}
		if best < 0 {
			return added
		}
		added = append(added, Pair{nearest[best], uint32(best)})
		join(root(uint32(best)))
	}
}

// recorder is a graph that notes the order of its edges.
type recorder struct {
	*simple.UndirectedGraph
	pairs []Pair
}

func (r *recorder) SetEdge(e graph.Edge) {
	r.pairs = append(r.pairs, Pair{uint32(e.From().ID()), uint32(e.To().ID())})
	r.UndirectedGraph.SetEdge(e)
}

// barabasiAlbert starts from m routers; each further one joins m others, chosen
// with probability in proportion to the links they have.
func barabasiAlbert(b *builder) {
	n, r := b.randomRouters()
	m := or(b.sizes.M, 2)
	if m >= n {
		b.wrong("m", "write fewer than there are routers", "%d routers cannot each be joined with %d others", n, m)
		return
	}
	grown := &recorder{UndirectedGraph: simple.NewUndirectedGraph()}
	if err := gen.PreferentialAttachment(grown, n, m, r); err != nil {
		b.wrong("m", "", "%v", err)
		return
	}
	routers := b.group("router", true, n)
	b.links("core", routers, routers, grown.pairs)
	b.hosts("host", "access", or(b.sizes.Hosts, n), routers, n)
}
