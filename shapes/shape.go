package shapes

import "slices"

// Shape is a rule by which networks are made.
type Shape struct {
	Name    string
	Keys    []Key
	Groups  []string // of nodes
	Links   []string // groups of links
	Meaning string
	make    func(*builder)
}

// Key is a size that a shape takes, by the name of its field in lower case.
type Key struct {
	Name    string
	Default string // "" if it must be given
}

// Shapes are all there are.
func Shapes() []Shape { return slices.Clone(all[:]) }

// Of returns the shape of that name, false if there is none.
func Of(name string) (Shape, bool) {
	i := slices.IndexFunc(all[:], func(s Shape) bool { return s.Name == name })
	if i < 0 {
		return Shape{}, false
	}
	return all[i], true
}

// Takes reports whether the shape has the key.
func (s *Shape) Takes(key string) bool {
	return slices.ContainsFunc(s.Keys, func(k Key) bool { return k.Name == key })
}

// MostNodes and MostLinks bound what is built: mistakes in a size are not to
// take the memory of the machine.
const (
	MostNodes = 1 << 22
	MostLinks = 1 << 24
)

// New makes a network. Data is the content of the file that the shape "file"
// reads. The error is a [*Fault].
func (s *Shape) New(sizes Sizes, data []byte) (*Graph, error) {
	b := &builder{sizes: &sizes, key: s.Keys[0].Name, data: data}
	s.make(b)
	if b.fault != nil {
		return nil, b.fault
	}
	return &b.Graph, nil
}

var all = [...]Shape{
	{"star", []Key{{"hosts", ""}}, []string{"host", "hub"}, []string{"access"},
		"hosts around one router", star},
	{"chain", []Key{{"routers", ""}, {"hosts", "(routers)"}}, []string{"host", "router"}, []string{"access", "hop"},
		"routers in a row, hosts at each", chain},
	{"ring", []Key{{"routers", ""}, {"hosts", "(routers)"}}, []string{"host", "router"}, []string{"access", "hop"},
		"routers in a circle, hosts at each", ring},
	{"tree", []Key{{"depth", ""}, {"fanout", "2"}, {"hosts", "(fanout ^ depth)"}}, []string{"host", "router"}, []string{"access", "branch"},
		"routers in levels, hosts below the lowest", tree},
	{"dumbbell", []Key{{"left", ""}, {"right", "(left)"}}, []string{"left", "right", "router"}, []string{"access_left", "access_right", "bottleneck"},
		"two routers, one link between them, hosts on either side", dumbbell},
	{"parking-lot", []Key{{"hops", ""}}, []string{"source", "sink", "router"}, []string{"access_source", "access_sink", "hop"},
		"routers in a row: source[0] to sink[0] crosses every hop, source[i] to sink[i] the i-th alone", parkingLot},
	{"fat-tree", []Key{{"k", ""}, {"hosts", "(k^3 / 4)"}}, []string{"host", "edge", "aggregation", "core"}, []string{"access", "pod", "spine"},
		"three layers of switches with k ports (Al-Fares, Loukissas and Vahdat 2008)", fatTree},
	{"leaf-spine", []Key{{"leaves", ""}, {"spines", ""}, {"hosts", "(leaves)"}}, []string{"host", "leaf", "spine"}, []string{"access", "spine"},
		"every leaf joined with every spine, hosts at the leaves", leafSpine},
	{"waxman", []Key{{"routers", ""}, {"hosts", "(routers)"}, {"alpha", "0.1"}, {"beta", "0.4"}, {"side", "10 ms"}, {"seed", "1"}}, []string{"host", "router"}, []string{"access", "core"},
		"routers at random in a square, near ones joined more often (Waxman 1988)", waxman},
	{"barabasi-albert", []Key{{"routers", ""}, {"hosts", "(routers)"}, {"m", "2"}, {"seed", "1"}}, []string{"host", "router"}, []string{"access", "core"},
		"routers that join m others, those with many links more often (Barabasi and Albert 1999)", barabasiAlbert},
	{"file", []Key{{"file", ""}, {"hosts", "(routers)"}, {"per_km", "5 us"}}, []string{"host", "router"}, []string{"access", "core"},
		"routers and links of a GraphML or DOT file", file},
}
