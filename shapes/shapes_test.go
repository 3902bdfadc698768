package shapes

import (
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/path"
	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/topo"
)

func made(t testing.TB, shape string, sizes Sizes) *Graph {
	t.Helper()
	s, ok := Of(shape)
	if !ok {
		t.Fatalf("no shape %q", shape)
	}
	g, err := s.New(sizes, nil)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// whole is the graph of all nodes, numbered in the order of the groups.
func whole(g *Graph) (*simple.UndirectedGraph, map[string]int64) {
	all, first, n := simple.NewUndirectedGraph(), map[string]int64{}, int64(0)
	for _, group := range g.Groups {
		first[group.Name] = n
		n += int64(group.Count)
	}
	for i := range n {
		all.AddNode(simple.Node(i))
	}
	for _, l := range g.Links {
		a, b := first[g.Groups[l.Ends[0]].Name], first[g.Groups[l.Ends[1]].Name]
		for _, p := range l.Pairs {
			all.SetEdge(simple.Edge{F: simple.Node(a + int64(p.A)), T: simple.Node(b + int64(p.B))})
		}
	}
	return all, first
}

// TestCounts: what each shape is made of, by its formula.
func TestCounts(t *testing.T) {
	type counts map[string]int
	for _, c := range []struct {
		shape        string
		sizes        Sizes
		nodes, links counts
	}{
		{"star", Sizes{Hosts: 5}, counts{"host": 5, "hub": 1}, counts{"access": 5}},
		{"chain", Sizes{Routers: 4}, counts{"host": 4, "router": 4}, counts{"access": 4, "hop": 3}},
		{"chain", Sizes{Routers: 1, Hosts: 3}, counts{"host": 3, "router": 1}, counts{"access": 3, "hop": 0}},
		{"ring", Sizes{Routers: 4, Hosts: 9}, counts{"host": 9, "router": 4}, counts{"access": 9, "hop": 4}},
		{"tree", Sizes{Depth: 3}, counts{"host": 8, "router": 7}, counts{"access": 8, "branch": 6}},
		{"tree", Sizes{Depth: 1, Fanout: 3}, counts{"host": 3, "router": 1}, counts{"access": 3, "branch": 0}},
		{"dumbbell", Sizes{Left: 3}, counts{"left": 3, "right": 3, "router": 2}, counts{"access_left": 3, "access_right": 3, "bottleneck": 1}},
		{"dumbbell", Sizes{Left: 3, Right: 1}, counts{"left": 3, "right": 1, "router": 2}, counts{"access_left": 3, "access_right": 1, "bottleneck": 1}},
		{"parking-lot", Sizes{Hops: 3}, counts{"source": 4, "sink": 4, "router": 4}, counts{"access_source": 4, "access_sink": 4, "hop": 3}},
		{"fat-tree", Sizes{K: 4}, counts{"host": 16, "edge": 8, "aggregation": 8, "core": 4}, counts{"access": 16, "pod": 16, "spine": 16}},
		{"fat-tree", Sizes{K: 16, Hosts: 1000}, counts{"host": 1000, "edge": 128, "aggregation": 128, "core": 64}, counts{"access": 1000, "pod": 1024, "spine": 1024}},
		{"leaf-spine", Sizes{Leaves: 4, Spines: 3, Hosts: 10}, counts{"host": 10, "leaf": 4, "spine": 3}, counts{"access": 10, "spine": 12}},
		{"barabasi-albert", Sizes{Routers: 50, M: 3}, counts{"host": 50, "router": 50}, counts{"access": 50, "core": 3 * 47}},
		{"waxman", Sizes{Routers: 1}, counts{"host": 1, "router": 1}, counts{"access": 1, "core": 0}},
	} {
		g := made(t, c.shape, c.sizes)
		nodes, links := counts{}, counts{}
		for _, n := range g.Groups {
			nodes[n.Name] = n.Count
		}
		for _, l := range g.Links {
			links[l.Name] = len(l.Pairs)
		}
		if !reflect.DeepEqual(nodes, c.nodes) || !reflect.DeepEqual(links, c.links) {
			t.Errorf("%s of %+v: %v, %v", c.shape, c.sizes, nodes, links)
		}
		all, _ := whole(g)
		if parts := topo.ConnectedComponents(all); len(parts) != 1 {
			t.Errorf("%s of %+v: %d parts", c.shape, c.sizes, len(parts))
		}
	}
}

// TestGroupsAsListed: each shape makes the groups it says, and only hosts do not
// forward; every host has one link.
func TestGroupsAsListed(t *testing.T) {
	sizes := Sizes{Hosts: 6, Routers: 5, Leaves: 3, Spines: 2, Depth: 2, Left: 2, Hops: 2, K: 4, File: "a.dot"}
	for _, s := range Shapes() {
		g, err := s.New(sizes, []byte("graph { a -- b }"))
		if err != nil {
			t.Fatal(err)
		}
		var groups, links []string
		for _, n := range g.Groups {
			groups = append(groups, n.Name)
			host := slices.Contains([]string{"host", "left", "right", "source", "sink"}, n.Name)
			if host == n.Forwards {
				t.Errorf("%s: %s forwards %v", s.Name, n.Name, n.Forwards)
			}
		}
		all, first := whole(g)
		for _, l := range g.Links {
			links = append(links, l.Name)
		}
		for _, n := range g.Groups {
			for i := range n.Count {
				if at := all.From(first[n.Name] + int64(i)).Len(); !n.Forwards && at != 1 {
					t.Errorf("%s: %s[%d] has %d links", s.Name, n.Name, i, at)
				}
			}
		}
		slices.Sort(groups)
		slices.Sort(links)
		slices.Sort(s.Groups)
		slices.Sort(s.Links)
		if !slices.Equal(groups, s.Groups) || !slices.Equal(links, s.Links) {
			t.Errorf("%s: groups %v and links %v, listed %v and %v", s.Name, groups, links, s.Groups, s.Links)
		}
	}
}

// TestFatTreePaths: two hosts are 2 links apart at one edge switch, 4 in one pod,
// else 6; all ports of all switches are in use.
func TestFatTreePaths(t *testing.T) {
	const k = 4
	all, first := whole(made(t, "fat-tree", Sizes{K: k}))
	host := first["host"]
	for a := range k * k * k / 4 {
		tree := path.DijkstraFrom(simple.Node(host+int64(a)), all)
		for b := range k * k * k / 4 {
			want := 6.
			switch half := k / 2; {
			case a == b:
				want = 0
			case a/half == b/half:
				want = 2
			case a/(half*half) == b/(half*half):
				want = 4
			}
			if got := tree.WeightTo(host + int64(b)); got != want {
				t.Fatalf("%d to %d: %v links, want %v", a, b, got, want)
			}
		}
	}
	for _, tier := range []string{"edge", "aggregation", "core"} {
		if n := all.From(first[tier]).Len(); n != k {
			t.Errorf("%s has %d ports", tier, n)
		}
	}
}

// TestParkingLotCrossing: the long way shares one hop with each short one.
func TestParkingLotCrossing(t *testing.T) {
	const hops = 3
	all, first := whole(made(t, "parking-lot", Sizes{Hops: hops}))
	for i := range int64(hops + 1) {
		p, _ := path.DijkstraFrom(simple.Node(first["source"]+i), all).To(first["sink"] + i)
		want := []graph.Node{simple.Node(first["router"] + i - 1), simple.Node(first["router"] + i)}
		if i == 0 {
			want = nil
			for r := range int64(hops + 1) {
				want = append(want, simple.Node(first["router"]+r))
			}
		}
		if !slices.Equal(p[1:len(p)-1], want) {
			t.Errorf("flow %d goes over %v, want %v", i, p, want)
		}
	}
}

// TestWaxmanLinks: the number of links is that of the model within 4 sigma, given
// the places; the rest joins the parts, and makes them one.
func TestWaxmanLinks(t *testing.T) {
	for seed := range uint64(4) {
		sizes := Sizes{Routers: 400, Alpha: 0.07, Beta: 0.3, Seed: seed + 1, Side: 10 * time.Millisecond}
		g := made(t, "waxman", sizes)
		places, core := g.Group("router").Places, g.Link("core")
		mean, variance := 0., 0.
		for i := range places {
			for j := range i {
				p := sizes.Beta * math.Exp(-places[i].to(places[j])/(sizes.Alpha*math.Sqrt2))
				mean, variance = mean+p, variance+p*(1-p)
			}
		}
		model := len(neighbours(places, sizes.Alpha, sizes.Beta, rand.New(rand.NewPCG(seed, 0))))
		if z := (float64(model) - mean) / math.Sqrt(variance); math.Abs(z) > 4 {
			t.Errorf("seed %d: %d links, want %.0f, z = %.1f", sizes.Seed, model, mean, z)
		}
		all, _ := whole(g)
		if parts := topo.ConnectedComponents(all); len(parts) != 1 {
			t.Errorf("seed %d: %d parts", sizes.Seed, len(parts))
		}
		p := core.Pairs[0]
		want := time.Duration(math.RoundToEven(places[p.A].to(places[p.B]) * 1e7))
		if core.Delays[0] != want || !reflect.DeepEqual(g, made(t, "waxman", sizes)) {
			t.Errorf("seed %d: a delay of %v, want %v, or two graphs of one seed", sizes.Seed, core.Delays[0], want)
		}
	}
}

// TestPreferentialAttachment: the degrees have a heavy tail; the oldest hub has
// about m*sqrt(n) links, where a graph of independent links would have 2m.
func TestPreferentialAttachment(t *testing.T) {
	const n, m = 2000, 2
	degree := make([]int, n)
	for _, p := range made(t, "barabasi-albert", Sizes{Routers: n, M: m}).Link("core").Pairs {
		degree[p.A]++
		degree[p.B]++
	}
	top, least := slices.Max(degree), slices.Min(degree)
	tail := 0 // P(degree >= 10) = 2*3/(10*11) for m = 2 (Bollobas et al. 2001)
	for _, d := range degree {
		if d >= 10 {
			tail++
		}
	}
	want := float64(n) * m * (m + 1) / (10 * 11)
	if top < 50 || least < 1 || math.Abs(float64(tail)-want) > 4*math.Sqrt(want) {
		t.Errorf("degrees from %d to %d, %d of 10 or more, want %.0f", least, top, tail, want)
	}
}

func abilene(t testing.TB) *Graph {
	data, err := os.ReadFile("../experiments/catalog/abilene.graphml")
	if err != nil {
		t.Fatal(err)
	}
	s, _ := Of("file")
	g, err := s.New(Sizes{File: "abilene.graphml"}, data)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestAbilene reads a file of the Topology Zoo's kind: names, links and the
// delays of fibre between the places.
func TestAbilene(t *testing.T) {
	g := abilene(t)
	router, core := g.Group("router"), g.Link("core")
	if router.Count != 11 || len(core.Pairs) != 14 || g.Group("host").Count != 11 {
		t.Fatalf("%d routers, %d links", router.Count, len(core.Pairs))
	}
	for i, p := range core.Pairs {
		if router.Names[p.A] == "New York" && router.Names[p.B] == "Chicago" {
			if d := core.Delays[i]; d < 5600*time.Microsecond || d > 5800*time.Microsecond { // 1145 km
				t.Errorf("New York to Chicago takes %v", d)
			}
			return
		}
	}
	t.Error("no link from New York to Chicago")
}

// TestDOT reads chains, subgraphs and attributes; without all places there are no
// delays, and a link of a node with itself is left out.
func TestDOT(t *testing.T) {
	s, _ := Of("file")
	g, err := s.New(Sizes{File: "x.gv", Hosts: 2}, []byte(`graph x { a [label="A" Latitude=1 longitude=2]; a -- b -- c; a -- {d e}; c -- c; a -- b }`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Pair{{1, 2}, {0, 1}, {0, 3}, {0, 4}, {0, 1}}
	sort := func(p []Pair) []Pair {
		slices.SortFunc(p, func(a, b Pair) int { return int(a.A)*100 + int(a.B) - int(b.A)*100 - int(b.B) })
		return p
	}
	router, core := g.Group("router"), g.Link("core")
	if !slices.Equal(router.Names, []string{"A", "b", "c", "d", "e"}) || !slices.Equal(sort(core.Pairs), sort(want)) || core.Delays != nil || router.Places != nil {
		t.Errorf("%+v", g)
	}
}

// TestFaults: what is wrong is told with its key.
func TestFaults(t *testing.T) {
	graphML := func(body string) string { return "<graphml><graph>" + body + "</graph></graphml>" }
	for _, c := range []struct {
		shape string
		sizes Sizes
		data  string
		want  string
	}{
		{"ring", Sizes{Routers: 2}, "", "routers: 2 make no ring; write 3 or more"},
		{"tree", Sizes{Depth: 60}, "", "depth: a tree of depth 60 and fanout 2 is larger"},
		{"fat-tree", Sizes{K: 5}, "", "k: a fat tree of switches with 5 ports"},
		{"fat-tree", Sizes{K: 4, Hosts: 17}, "", "hosts: 17 hosts are more than a fat tree of 4 ports has place for, 16"},
		{"leaf-spine", Sizes{Leaves: 1 << 20, Spines: 1 << 20}, "", "leaves: 1048576 leaves"},
		{"star", Sizes{Hosts: 1 << 30}, "", "hosts: 1073741825 nodes are more than can be built"},
		{"chain", Sizes{Routers: 1 << 30}, "", "routers: 1073741824 nodes are more than can be built"},
		{"parking-lot", Sizes{Hops: 1 << 30}, "", "hops: 1073741825 nodes are more than can be built"},
		{"waxman", Sizes{Routers: 3, Beta: 2}, "", "beta: alpha of 0.1, beta of 2"},
		{"waxman", Sizes{Routers: 1 << 20}, "", "routers: 1048576 routers are more"},
		{"barabasi-albert", Sizes{Routers: 3, M: 3}, "", "m: 3 routers cannot each be joined with 3 others"},
		{"file", Sizes{File: "x.png"}, "", `"x.png" is of no kind that is known; write a .graphml or .dot file`},
		{"file", Sizes{File: "x.graphml"}, "nonsense", "x.graphml: EOF"},
		{"file", Sizes{File: "x.graphml"}, "<graphml/>", "0 graphs"},
		{"file", Sizes{File: "x.graphml"}, graphML(""), "has no nodes"},
		{"file", Sizes{File: "x.graphml"}, graphML(`<node id="a"/><node id="a"/>`), `two nodes "a"`},
		{"file", Sizes{File: "x.graphml"}, graphML(`<node id="a"/><edge source="a" target="b"/>`), `an edge from "a" to "b"`},
		{"file", Sizes{File: "x.dot"}, "graph {", "x.dot: "},
		{"file", Sizes{File: "x.dot"}, "digraph { a -- ", "x.dot: "},
	} {
		s, _ := Of(c.shape)
		_, err := s.New(c.sizes, []byte(c.data))
		var fault *Fault
		if !errors.As(err, &fault) || !strings.Contains(err.Error(), c.want) || fault.Key == "" {
			t.Errorf("%s of %+v: %v, want %q", c.shape, c.sizes, err, c.want)
		}
	}
}

func FuzzFile(f *testing.F) {
	f.Add("a.dot", "graph { a -- {b c} -- d [label=x] }")
	f.Add("a.graphml", `<graphml><graph><node id="a"/><node id="b"/><edge source="a" target="b"/></graph></graphml>`)
	s, _ := Of("file")
	f.Fuzz(func(t *testing.T, name, data string) {
		if g, err := s.New(Sizes{File: name}, []byte(data)); err == nil && g.Group("router").Count == 0 {
			t.Error("a network of nothing")
		}
	})
}
