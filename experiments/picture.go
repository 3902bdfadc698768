package experiments

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/spatial/r2"

	"netsim/des"
	"netsim/experiments/language"
	"netsim/plots"
)

// outline is a network as it is looked at: its nodes by number, those of each
// group together, and who is joined with whom.
type outline struct {
	spec  *language.Spec
	first map[string]int
	group []int // of each node, as spec.Nodes has it
	near  [][]int32
	links [][2]int32
}

func newOutline(s *language.Spec) *outline {
	o := &outline{spec: s, first: map[string]int{}}
	for g := range s.Nodes {
		n := &s.Nodes[g]
		o.first[n.Name] = len(o.group)
		for range n.Count {
			o.group = append(o.group, g)
		}
	}
	o.near = make([][]int32, len(o.group))
	for i := range s.Links {
		l := &s.Links[i]
		for a, b := range s.Pairs(l) {
			x, y := int32(o.first[l.Ends[0]]+a), int32(o.first[l.Ends[1]]+b)
			o.near[x], o.near[y] = append(o.near[x], y), append(o.near[y], x)
			o.links = append(o.links, [2]int32{x, y})
		}
	}
	return o
}

func (o *outline) node(i int) *language.Node { return &o.spec.Nodes[o.group[i]] }

// leaf reports whether the node is a host that hangs on one router.
func (o *outline) leaf(i int) bool {
	return !o.node(i).Router() && len(o.near[i]) == 1 && o.node(int(o.near[i][0])).Router()
}

// steps are the links from the nearest of some nodes to each, -1 where no way is.
func (o *outline) steps(from []int) []int {
	far := make([]int, len(o.group))
	for i := range far {
		far[i] = -1
	}
	queue := slices.Clone(from)
	for _, i := range from {
		far[i] = 0
	}
	for k := 0; k < len(queue); k++ {
		i := queue[k]
		if far[i] > 0 && !o.node(i).Router() {
			continue
		}
		for _, j := range o.near[i] {
			if far[j] < 0 {
				far[j] = far[i] + 1
				queue = append(queue, int(j))
			}
		}
	}
	return far
}

// glyphs are what is drawn: nodes, or many of a group as one.
type glyphs struct {
	*outline
	of     []int // by node
	nodes  []plots.NetworkNode
	rep    []int // a node of each
	within bool  // hosts are drawn as part of their routers
}

// The most that is drawn one by one: leaves at one router, nodes of a group, and
// nodes of any kind where places are known or found.
const (
	mostLeaves  = 8
	mostOfGroup = 64
	mostPlaced  = 3000
)

// collapse makes glyphs: leaves of one group at one router are one if they are
// many and, in a picture of tiers, so is a large group.
func (o *outline) collapse(tiers bool) *glyphs {
	g := &glyphs{outline: o, of: make([]int, len(o.group))}
	routers := 0
	for i := range o.group {
		if !o.leaf(i) {
			routers++
		}
	}
	type key struct{ group, at int }
	count := map[key]int{}
	most := mostOfGroup
	for i := range o.spec.Nodes {
		if n := &o.spec.Nodes[i]; n.Router() && n.Count > mostOfGroup {
			most = mostLeaves // one thing that stands for many, among few others
		}
	}
	keyOf := func(i int) key {
		switch n := o.node(i); {
		case tiers && n.Count > most && (!o.leaf(i) || o.node(int(o.near[i][0])).Count > most):
			return key{o.group[i], -1}
		case o.leaf(i) && !tiers && routers > mostOfGroup:
			return key{-1, int(o.near[i][0])} // within its router
		case o.leaf(i):
			return key{o.group[i], int(o.near[i][0])}
		}
		return key{o.group[i], -2 - i}
	}
	for i := range o.group {
		count[keyOf(i)]++
	}
	made := map[key]int{}
	for i := range o.group {
		k := keyOf(i)
		if k.group < 0 {
			continue
		}
		at, ok := made[k]
		if !ok || k.at >= 0 && count[k] <= mostLeaves {
			at = len(g.nodes)
			made[k] = at
			n := o.node(i)
			v := plots.NetworkNode{Label: g.label(i), Count: 1, Router: n.Router()}
			if c := count[k]; k.at == -1 || k.at >= 0 && c > mostLeaves {
				v.Count, v.Label = c, n.Name
			}
			g.nodes, g.rep = append(g.nodes, v), append(g.rep, i)
		}
		g.of[i] = at
	}
	for i := range o.group { // what is drawn within its router
		if k := keyOf(i); k.group == -1 {
			g.of[i], g.within = g.of[k.at], true
		}
	}
	return g
}

// label is what the file calls the node.
func (o *outline) label(i int) string {
	n := o.node(i)
	m := i - o.first[n.Name]
	if s := n.Shape(); s != nil && s.Names != nil {
		return s.Names[m]
	}
	return member(n.Name, m, n.Count)
}

// Picture draws the network of a point: as its shape is, by the places of its
// file, or from those who open connections to those who accept them.
func Picture(s *language.Spec, title string) *plots.Network {
	o := newOutline(s)
	shape := o.shape()
	tiers := slices.Contains([]string{"star", "tree", "fat-tree", "leaf-spine"}, shape)
	g := o.collapse(tiers)
	p := &plots.Network{Title: title, Caption: o.caption(), Width: 174}
	switch {
	case tiers:
		g.tiers()
		p.Aspect = 0.4
	case shape == "parking-lot":
		g.row()
		p.Aspect = 0.3
	case shape == "ring":
		g.circle()
	case g.placed():
	case len(g.nodes) > mostOfGroup || shape != "" && shape != "dumbbell" && shape != "chain":
		g.forces()
	default:
		g.layers()
		p.Aspect = 0.4
	}
	if g.within {
		p.Caption += " Each circle stands for its hosts, too."
	}
	p.Nodes = g.nodes
	p.Links = g.joined()
	return p
}

// shape is that of the network if one topology is all of it.
func (o *outline) shape() string {
	shape := ""
	for i := range o.spec.Nodes {
		s := o.spec.Nodes[i].Shape()
		if s == nil || shape != "" && s.Of != shape {
			return ""
		}
		shape = s.Of
	}
	return shape
}

func (o *outline) caption() string {
	var parts []string
	for i := range o.spec.Nodes {
		n := &o.spec.Nodes[i]
		parts = append(parts, fmt.Sprintf("%d %s", n.Count, n.Name))
	}
	return fmt.Sprintf("%d nodes and %d links: %s. Circles forward, squares are hosts.", len(o.group), len(o.links), strings.Join(parts, ", "))
}

// joined are the links between glyphs.
func (g *glyphs) joined() []plots.NetworkLink {
	at := map[[2]int]int{}
	var list []plots.NetworkLink
	for _, l := range g.links {
		ends := [2]int{g.of[l[0]], g.of[l[1]]}
		if ends[0] == ends[1] {
			continue
		}
		if ends[0] > ends[1] {
			ends[0], ends[1] = ends[1], ends[0]
		}
		i, ok := at[ends]
		if !ok {
			i = len(list)
			at[ends] = i
			list = append(list, plots.NetworkLink{A: ends[0], B: ends[1]})
		}
		list[i].Count++
	}
	for i := range list {
		a, b := g.nodes[list[i].A], g.nodes[list[i].B]
		if n := max(a.Count, b.Count); min(a.Count, b.Count) == 1 && n == list[i].Count || n == 1 {
			list[i].Count = 1 // each has one
		}
	}
	return list
}

// spread sets the glyphs of each level side by side; along and across give the
// place of one.
func (g *glyphs) spread(level []int, set func(v *plots.NetworkNode, level, share float64)) {
	rows := map[int][]int{}
	for i := range g.nodes {
		rows[level[i]] = append(rows[level[i]], i)
	}
	for l, row := range rows { // order-free: each has its own nodes
		for k, i := range row {
			set(&g.nodes[i], float64(l), (float64(k)+0.5)/float64(len(row)))
		}
	}
}

// tiers puts hosts below and every router above those it leads to.
func (g *glyphs) tiers() {
	var hosts []int
	for i := range g.group {
		if !g.node(i).Router() {
			hosts = append(hosts, i)
		}
	}
	far := g.steps(hosts)
	level := make([]int, len(g.nodes))
	for i, node := range g.rep {
		level[i] = far[node]
	}
	g.spread(level, func(v *plots.NetworkNode, level, share float64) { v.X, v.Y = share, level })
}

// layers goes from those who open connections to the right.
func (g *glyphs) layers() {
	var from []int
	for _, t := range g.spec.Flows[0].From {
		for i := range g.spec.Node(t.Node).Count {
			from = append(from, g.first[t.Node]+i)
		}
	}
	if g.shape() == "chain" {
		from = []int{g.rep[slices.IndexFunc(g.nodes, func(v plots.NetworkNode) bool { return v.Router })]}
	}
	far := g.steps(from)
	level := make([]int, len(g.nodes))
	for i, node := range g.rep {
		level[i] = far[node]
		if g.shape() == "chain" && g.leaf(node) {
			level[i] = far[g.near[node][0]]
		}
	}
	g.spread(level, func(v *plots.NetworkNode, level, share float64) { v.X, v.Y = level, -share })
	if g.shape() == "chain" { // hosts below their routers
		for i := range g.nodes {
			if v := &g.nodes[i]; v.Router {
				v.Y = 0
			} else {
				v.Y -= 1
			}
		}
	}
}

// row is a parking lot: routers in a line, sources above and sinks below.
func (g *glyphs) row() {
	for i, node := range g.rep {
		v := &g.nodes[i]
		if v.Router {
			v.X, v.Y = float64(node-g.first[g.node(node).Name]), 0
			continue
		}
		at := int(g.near[node][0])
		aside, sink := 0.2, strings.HasSuffix(g.node(node).Name, "_sink")
		if sink != (node == g.first[g.node(node).Name]) { // those of the long way stand outside
			aside = -aside
		}
		v.X, v.Y = float64(at-g.first[g.node(at).Name])+aside, 1
		if sink {
			v.Y = -1
		}
	}
}

// circle is a ring of routers, with what hangs on each outside.
func (g *glyphs) circle() {
	turn := func(node int) (sin, cos float64) {
		return math.Sincos(2 * math.Pi * float64(node-g.first[g.node(node).Name]) / float64(g.node(node).Count))
	}
	for i, node := range g.rep {
		if g.nodes[i].Router {
			g.nodes[i].X, g.nodes[i].Y = turn(node)
		}
	}
	g.hang(0.35)
}

// hang puts leaves around their routers, away from the middle of all.
func (g *glyphs) hang(distance float64) {
	var middle r2.Vec
	routers := 0.
	at := map[int][]int{} // by glyph of a router
	for i, node := range g.rep {
		if !g.leaf(node) {
			middle, routers = r2.Add(middle, r2.Vec{X: g.nodes[i].X, Y: g.nodes[i].Y}), routers+1
		} else if to := g.of[g.near[node][0]]; to != i {
			at[to] = append(at[to], i)
		}
	}
	middle = r2.Scale(1/routers, middle)
	for to, leaves := range at { // order-free: each has its own leaves
		v := g.nodes[to]
		away := math.Atan2(v.Y-middle.Y, v.X-middle.X)
		for k, i := range leaves {
			sin, cos := math.Sincos(away + 0.5*(float64(k)-float64(len(leaves)-1)/2))
			g.nodes[i].X, g.nodes[i].Y = v.X+distance*cos, v.Y+distance*sin
		}
	}
}

// placed takes the places of the shapes, if all routers have one.
func (g *glyphs) placed() bool {
	lo, hi := math.Inf(1), math.Inf(-1)
	for i, node := range g.rep {
		n := g.node(node)
		if g.leaf(node) {
			continue
		}
		s := n.Shape()
		if s == nil || s.Places == nil {
			return false
		}
		p := s.Places[node-g.first[n.Name]]
		g.nodes[i].X, g.nodes[i].Y = p.X, p.Y
		lo, hi = min(lo, p.X), max(hi, p.X)
	}
	g.hang(0.05 * (hi - lo))
	return true
}

// forces lets links pull and nodes push, less and less (Fruchterman and Reingold
// 1991), from random places that are always the same.
func (g *glyphs) forces() {
	n := len(g.nodes)
	if n > mostPlaced {
		g.tiers()
		return
	}
	draws := des.Stream(1, 0, "layout")
	at, push := make([]r2.Vec, n), make([]r2.Vec, n)
	for i := range at {
		at[i] = r2.Vec{X: draws.Float64(), Y: draws.Float64()}
	}
	links := g.joined()
	apart := 1 / math.Sqrt(float64(n))
	for step := reach / 10.; step > reach/1000.; step *= 0.96 {
		for i := range at {
			push[i] = r2.Vec{}
			for j := range at {
				d := r2.Sub(at[i], at[j])
				if far := r2.Norm2(d); far > 0 {
					push[i] = r2.Add(push[i], r2.Scale(apart*apart/far, d))
				}
			}
		}
		for _, l := range links {
			d := r2.Sub(at[l.A], at[l.B])
			pull := r2.Scale(r2.Norm(d)/apart, d)
			push[l.A], push[l.B] = r2.Sub(push[l.A], pull), r2.Add(push[l.B], pull)
		}
		for i, f := range push {
			if size := r2.Norm(f); size > 0 {
				at[i] = r2.Add(at[i], r2.Scale(min(size, step)/size, f))
			}
		}
	}
	for i, p := range at {
		g.nodes[i].X, g.nodes[i].Y = p.X, p.Y
	}
}

// reach is the side of the square in which nodes start.
const reach = 1
