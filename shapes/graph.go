package shapes

import (
	"fmt"
	"time"
)

// Graph is a network without its properties.
type Graph struct {
	Groups []Group
	Links  []Links
}

// Group is nodes of a kind.
type Group struct {
	Name     string
	Forwards bool
	Count    int
	Names    []string // of the members, where they have some; else nil
	Places   []Place  // of the members on the plane, where they have some; else nil
}

// Place is where a node is: x grows to the right or east, y upward or north, in
// units of the graph's own.
type Place struct{ X, Y float64 }

// Links are links of a kind, between two groups or within one.
type Links struct {
	Name   string
	Ends   [2]int // the groups
	Pairs  []Pair
	Delays []time.Duration // of each, where the shape knows; else nil
}

// Pair is the members that a link joins, one of each end's group.
type Pair struct{ A, B uint32 }

// Group returns the group of that name, nil if there is none.
func (g *Graph) Group(name string) *Group {
	for i := range g.Groups {
		if g.Groups[i].Name == name {
			return &g.Groups[i]
		}
	}
	return nil
}

// Link returns the links of that name, nil if there are none.
func (g *Graph) Link(name string) *Links {
	for i := range g.Links {
		if g.Links[i].Name == name {
			return &g.Links[i]
		}
	}
	return nil
}

// Nodes counts the members of all groups.
func (g *Graph) Nodes() (sum int) {
	for i := range g.Groups {
		sum += g.Groups[i].Count
	}
	return sum
}

// Sizes are what a shape is made from; each shape has its own of them, see
// [Shape]. Zero is the default. The tags are their names.
type Sizes struct {
	Hosts   int           `key:"hosts"`
	Routers int           `key:"routers"`
	Leaves  int           `key:"leaves"`
	Spines  int           `key:"spines"`
	Depth   int           `key:"depth"`
	Fanout  int           `key:"fanout"`
	Left    int           `key:"left"`
	Right   int           `key:"right"`
	Hops    int           `key:"hops"`
	K       int           `key:"k"`
	M       int           `key:"m"`
	Alpha   float64       `key:"alpha"`
	Beta    float64       `key:"beta"`
	Side    time.Duration `key:"side"`
	PerKm   time.Duration `key:"per_km"`
	Seed    uint64        `key:"seed"`
	File    string        `key:"file"`
}

// Fault says which size is wrong, and what would be right.
type Fault struct{ Key, What, Right string }

func (f *Fault) Error() string {
	if f.Right == "" {
		return fmt.Sprintf("%s: %s", f.Key, f.What)
	}
	return fmt.Sprintf("%s: %s; %s", f.Key, f.What, f.Right)
}

// builder gathers a graph.
type builder struct {
	Graph
	sizes *Sizes
	key   string // the first of the shape's
	data  []byte // of the file
	fault *Fault
}

func (b *builder) wrong(key, right, format string, args ...any) {
	if b.fault == nil {
		b.fault = &Fault{key, fmt.Sprintf(format, args...), right}
	}
}

// group adds a group and returns its number. One that is too large is empty.
func (b *builder) group(name string, forwards bool, count int) int {
	if n := b.Nodes() + count; n > MostNodes {
		b.wrong(b.key, "", "%d nodes are more than can be built, %d", n, MostNodes)
		count = 0
	}
	b.Groups = append(b.Groups, Group{Name: name, Forwards: forwards, Count: count})
	return len(b.Groups) - 1
}

// links adds a group of links.
func (b *builder) links(name string, a, c int, pairs []Pair) {
	b.Links = append(b.Links, Links{Name: name, Ends: [2]int{a, c}, Pairs: pairs})
}

// hosts adds a group of n hosts, spread in blocks over the first members of a
// group of routers, and the links that join them.
func (b *builder) hosts(name, access string, n, routers, first int) {
	if b.sizes.Hosts > 0 {
		b.key = "hosts"
	}
	hosts := b.group(name, false, n)
	n = b.Groups[hosts].Count
	pairs := make([]Pair, n)
	for i := range pairs {
		pairs[i] = Pair{uint32(i), uint32(i * first / n)}
	}
	b.links(access, hosts, routers, pairs)
}
