package language

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"netsim/shapes"
)

// shaped is a network made by rule.
type shaped struct {
	shape shapes.Shape
	graph *shapes.Graph // nil until it is asked for, or if it cannot be made
	tried bool
	sum   string // of the file it is read from
}

// ruling says by which topology the table of a node or a link was made.
type ruling struct{ topology, group string }

// shapeWords is the type of the shape of a topology.
func shapeWords() *Type {
	var names []string
	for _, s := range shapes.Shapes() {
		names = append(names, s.Name)
	}
	return words(strings.Join(names, " "))
}

// groupsOf are the tables that a topology makes, with the group of each.
func groupsOf(topology string, s *shapes.Shape, each func(table, group string)) {
	for _, g := range s.Groups {
		each("node."+topology+"_"+g, g)
	}
	for _, l := range s.Links {
		each("link."+topology+"_"+l, l)
	}
}

// shapesOf finds the topologies of a layer and declares what they make.
func shapesOf(l *layer) (map[string]*shaped, map[string]ruling) {
	all, made := map[string]*shaped{}, map[string]ruling{}
	for _, e := range l.entries {
		if e.key == nil || e.key.Path != "topology.*.shape" {
			continue
		}
		word, _ := e.value().(string)
		if s, ok := shapes.Of(word); ok {
			all[last(parent(e.path))] = &shaped{shape: s}
		}
	}
	for _, table := range append([]string(nil), l.names...) {
		if t := all[last(table)]; t != nil && parent(table) == "topology" {
			topology := last(table)
			groupsOf(topology, &t.shape, func(table, group string) {
				l.declare(table)
				made[table] = ruling{topology, group}
			})
		}
	}
	return all, made
}

// shapedNames adds what the topologies of all cases make.
func (r *reader) shapedNames(n *names) {
	for l := range r.layers {
		for _, e := range l.entries {
			if e.key == nil || e.key.Path != "topology.*.shape" {
				continue
			}
			word, _ := e.value().(string)
			if s, ok := shapes.Of(word); ok {
				groupsOf(last(parent(e.path)), &s, func(table, _ string) { n.add(table) })
			}
		}
	}
}

// topologies makes all networks. It is false where one cannot be made, and so
// nothing more can be said of what refers to it.
func (c *config) topologies() (whole bool) {
	whole = true
	for _, name := range c.under("topology") {
		if !c.need("topology."+name, "shape", `"star"`) || c.graph(name) == nil {
			whole = false
		}
		for table, from := range c.made { // order-free: faults are sorted
			for _, key := range fixedKeys {
				if at := table + "." + key; from.topology == name && c.set(at) && !c.fromDefault(at, table) {
					c.fault(at, wrongf("leave it out", "the shape of topology.%s says the %s", name, key))
				}
			}
		}
	}
	return whole
}

// shapeTakes tells whether the topology of a path has that size.
func (c *config) shapeTakes(path string) bool {
	t := c.shapes[last(parent(path))]
	return last(path) == "shape" || t != nil && t.shape.Takes(last(path))
}

// fixedKeys are those whose values come from the shape.
var fixedKeys = []string{"kind", "count", "ends", "pair"}

// shaped is the value of a key that a topology says, false if it says nothing.
func (c *config) shaped(path string) (any, bool) {
	words := strings.SplitN(path, ".", 3)
	if len(words) < 3 {
		return nil, false
	}
	from, made := c.made[words[0]+"."+words[1]]
	if !made {
		return nil, false
	}
	var group *shapes.Group
	var links *shapes.Links
	g := c.graph(from.topology)
	if g != nil {
		group, links = g.Group(from.group), g.Link(from.group)
	}
	end := func(i int) string { return from.topology + "_" + g.Groups[links.Ends[i]].Name }
	switch words[2] {
	case "kind", "count":
		switch {
		case words[0] == "link":
			return nil, false
		case g == nil:
			return nil, true
		case words[2] == "count":
			return int64(group.Count), true
		case group.Forwards:
			return "router", true
		}
		return "host", true
	case "ends":
		if g == nil {
			return nil, true
		}
		return []string{end(0), end(1)}, true
	case "pair":
		return "each", true
	}
	return nil, false
}

// graph makes the network of a topology, once; nil if it cannot be made, which is
// reported.
func (c *config) graph(name string) *shapes.Graph {
	t := c.shapes[name]
	if t == nil || t.tried {
		if t == nil {
			return nil
		}
		return t.graph
	}
	path := "topology." + name
	sizes, ok := c.sizes(path, &t.shape)
	t.tried = true
	if !ok {
		return nil
	}
	key := fmt.Sprintf("%s %+v", t.shape.Name, sizes)
	var data []byte
	if sizes.File != "" {
		var err error
		if data, err = c.file.read(c.given[path+".file"].file, sizes.File); err != nil {
			c.fault(path+".file", wrongf("a file is named from where the one is that names it", "%v", err))
			return nil
		}
		t.sum = fmt.Sprintf("%x", sha256.Sum256(data))
	}
	key += t.sum
	if t.graph = c.file.graphs[key]; t.graph != nil {
		return t.graph
	}
	g, err := t.shape.New(sizes, data)
	if fault := new(shapes.Fault); errors.As(err, &fault) {
		c.fault(path+"."+fault.Key, wrongf(fault.Right, "%s", fault.What))
		return nil
	}
	c.file.graphs[key], t.graph = g, g
	return g
}

// read returns a file that the experiment, or one that it includes, names.
func (f *File) read(by, name string) ([]byte, error) {
	if f.open == nil {
		return nil, fmt.Errorf("%s cannot be read from here", name)
	}
	if by == "--set" {
		by = f.Name
	}
	if !filepath.IsAbs(name) {
		name = filepath.ToSlash(filepath.Join(filepath.Dir(by), name))
	}
	return f.open(name)
}

// sizes gathers what a shape is made from. A size that the shape does not have is
// a fault, as one is that it needs.
func (c *config) sizes(path string, s *shapes.Shape) (sizes shapes.Sizes, ok bool) {
	ok = true
	c.fill(path, &sizes)
	var have []string
	for _, k := range s.Keys {
		have = append(have, k.Name)
		if k.Default == "" && !c.need(path, k.Name, example(k.Name)) || c.bad(path+"."+k.Name) {
			ok = false
		}
	}
	for k := range Keys() {
		key, of := strings.CutPrefix(k.Path, "topology.*.")
		if at := path + "." + key; of && key != "shape" && c.set(at) && !s.Takes(key) {
			c.fault(at, wrongf("it has "+strings.Join(have, ", "), "a %s has no %s", s.Name, key))
			ok = false
		}
	}
	return sizes, ok
}

// example is a value of a size, to show how it is written.
func example(key string) string {
	switch key {
	case "file":
		return `"abilene.graphml"`
	case "k":
		return "4"
	}
	return "10"
}

// shapeNode tells a node of a topology its place there.
func (c *config) shapeNode(n *Node) {
	if from, made := c.made["node."+n.Name]; made {
		if g := c.graph(from.topology); g != nil {
			n.shape = &NodeShape{c.shapes[from.topology].shape.Name, g.Group(from.group)}
		}
	}
}

// shapeLink gives a link of a topology its pairs, and its delays where the file
// says none.
func (c *config) shapeLink(l *Link) {
	path := "link." + l.Name
	from, made := c.made[path]
	if !made || c.graph(from.topology) == nil {
		return
	}
	l.graph = c.graph(from.topology).Link(from.group)
	if at := path + ".delay"; c.set(at) && !c.fromDefault(at, path) {
		return // places win over [default.link], and lose to what is said of this one
	}
	for way, d := range map[string]*Direction{"forward": &l.Forward, "back": &l.Back} { // order-free: each has its own
		if !c.set(path + "." + way + ".delay") {
			d.Delays = l.graph.Delays
		}
	}
}
