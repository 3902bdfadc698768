package language

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"netsim/shapes"
)

// A File is an experiment: what is run at which points, what is drawn, and what
// must come out.
type File struct {
	Name     string // as given
	Source   []byte
	Sets     []string // "path=value", that won over it
	Where    string   // of Restrict, "" for all points
	Pieces   []Piece  // the other files it was made of, in the order they were read
	Title    string
	About    string
	Chapter  string
	Axes     []Axis   // the first varies slowest
	Points   []*Point // one for each combination that is wanted, at least one
	Figures  []*Figure
	Expects  []*Expect
	Until    []*Until
	Compared []*Comparison
	Output   Output

	sources []*index // of the file and of what it extends and includes
	names   *names
	pinned  bool // some axis, to one of its values: what is about others rests
	open    Open
	graphs  map[string]*shapes.Graph // made already, by all they are made from
}

// Axis is a variation of the experiment: of its cases, or of the values of one
// parameter or of several that advance together.
type Axis struct {
	Paths []string // "case.style", "link.wire.loss"
}

// Has tells whether a path varies along the axis.
func (a *Axis) Has(path string) bool { return slices.Contains(a.Paths, path) }

// Case is one value of an axis.
type Case struct{ Name, Label string }

// Point is one combination of cases and values: a configuration to be run and
// repeated.
type Point struct {
	Cases []Choose // one for each path of each axis
	Spec  *Spec
}

// Choose is what a point has at a path that varies. The name of a value is as
// the file writes it.
type Choose struct {
	Path string
	Case
	Value any // typed; nil of a case
}

// Name is "style=four link.wire.loss=0.1", and "" for the point of a file without
// axes.
func (p *Point) Name() string {
	words := make([]string, len(p.Cases))
	for i, c := range p.Cases {
		words[i] = strings.TrimPrefix(c.Path, "case.") + "=" + c.Name
	}
	return strings.Join(words, " ")
}

// Suffix is the unit behind the name of a column: "_s", "" of a plain number.
func (c Choose) Suffix() string {
	if m := measure(c.Value); m != nil {
		return "_" + m.Unit
	}
	return ""
}

// Lookup gives expressions the parameters and cases of the point; it fails for
// what is measured, and for derived values but node.N.ports.size. It may be used by
// several runs at the same time.
func (p *Point) Lookup(s Slot) (any, error) { return p.Spec.config.lookup(s) }

// Value is the typed value of a parameter's path at this point, a profile's
// included; false if it has none.
func (p *Point) Value(path string) (any, bool) {
	v, err := p.Spec.config.typed(Slot{Path: path})
	return v, err == nil
}

// largest is the size of a file that nobody writes by hand.
const largest = 1 << 20

// Parse reads and checks an experiment that stands in one file. Each of sets is
// "path=value" and wins over the file. An error is of type [Faults] and holds all
// that is wrong.
func Parse(name string, source []byte, sets ...string) (*File, error) {
	return ParseFrom(nil, name, source, sets...)
}

// ParseFrom is [Parse] with a way to read what the file extends and includes.
func ParseFrom(open Open, name string, source []byte, sets ...string) (*File, error) {
	if len(source) > largest {
		return nil, Faults{{File: name, What: "larger than 1 MiB", Right: "groups of nodes have a count"}}
	}
	r, ok := read(name, string(source))
	if !ok {
		return nil, r.faults.err()
	}
	pieces := &pieceList{}
	open = pieces.noting(open)
	r.inherit(open, []string{filepath.ToSlash(filepath.Clean(name))})
	if r.shape {
		return nil, r.faults.err()
	}
	f := &File{Name: name, Source: source, Sets: sets, sources: r.sources, open: open, graphs: map[string]*shapes.Graph{}}
	f.names = r.collect()
	if n := len(f.names.tables); n > mostTables {
		return nil, append(r.faults, Fault{File: name, What: fmt.Sprintf("%d tables are too many", n), Right: "groups of nodes have a count"}).err()
	}
	var over layer
	pinned := map[string]string{}
	for _, s := range sets {
		r.set(&over, pinned, f.names, s)
	}
	r.checkAxes(f.names)
	r.combine(&over)
	r.compileAll(Scope{names: f.names}, &over)
	if r.shape {
		return nil, r.faults.err() // the network may be another than what was read
	}
	f.pinned = len(pinned) > 0 || r.pinned
	f.arrange(r, &over, pinned)
	f.idle(r)
	f.constrain(r)
	f.texts()
	f.drawings()
	for _, p := range f.Points {
		r.faults = append(r.faults, p.Spec.config.faults...)
	}
	f.Pieces = pieces.all
	if err := r.faults.err(); err != nil {
		return nil, err
	}
	return f, nil
}

// layers are all the layers of the file.
func (r *reader) layers(yield func(*layer) bool) {
	if !yield(&r.base) {
		return
	}
	for _, a := range r.axes {
		for _, s := range a.steps {
			if !yield(&s.layer) {
				return
			}
		}
	}
}

// collect gathers the names that expressions may use.
func (r *reader) collect() *names {
	n := &names{has: map[string]bool{}, params: map[string]any{}}
	for l := range r.layers {
		for _, table := range l.names {
			n.add(table)
		}
		for _, e := range l.entries {
			if e.key == quantityKey {
				n.params[last(e.path)] = 0.0
				if v := Base(e.value()); v != nil {
					n.params[last(e.path)] = v
				}
			}
		}
	}
	r.shapedNames(n)
	for _, node := range n.of("node") { // listeners by default belong to every node
		for _, l := range n.of("default.node.listen") {
			n.add("node." + node + ".listen." + l)
		}
	}
	for _, link := range n.of("link") {
		for _, rule := range n.of("default.link.rule") {
			n.add("link." + link + ".rule." + rule)
		}
	}
	for _, a := range r.axes {
		n.axes = append(n.axes, a.paths...)
	}
	r.templates(n)
	r.checkLikes(n)
	r.impliedNames(n)
	return n
}

// quantityKey is the key of all parameters.
var quantityKey = keyOf("param.x")

// impliedNames adds the listeners that flows make by naming a port.
func (r *reader) impliedNames(n *names) {
	taken := map[string]bool{}
	for l := range r.layers {
		for _, e := range l.entries {
			if strings.HasSuffix(e.path, ".port") && strings.Contains(e.path, ".listen.") {
				taken[strings.Split(e.path, ".")[1]+":"+Format(e.value())] = true
			}
		}
	}
	for l := range r.layers {
		for _, e := range l.entries {
			if e.key == nil || e.key.Path != "flow.*.to" && e.key.Path != "node.*.balance.to" {
				continue
			}
			targets, _ := e.value().([]Target)
			for _, t := range targets {
				if port := Format(int64(t.Port)); t.Port != 0 && !taken[t.Node+":"+port] {
					n.add("node." + t.Node + ".listen.p" + port)
				}
			}
		}
	}
}

// compileAll compiles the computed values of all layers.
func (r *reader) compileAll(sc Scope, over *layer) {
	each := func(l *layer) {
		for _, e := range l.entries {
			for i := range e.parts {
				p := &e.parts[i]
				if p.value != nil || e.bad {
					continue
				}
				x, ws := compile(p.source, sc)
				p.expr = x
				for _, w := range ws {
					e.bad = true
					r.faults = append(r.faults, e.faultAt(p.where, w))
				}
			}
		}
	}
	for l := range r.layers {
		each(l)
	}
	each(over)
}

// texts fills in what heads the report.
func (f *File) texts() {
	c := f.Points[0].Spec.config
	for path, field := range map[string]*string{"title": &f.Title, "about": &f.About, "chapter": &f.Chapter} { // order-free: each has its own
		if v, ok := c.value(path); ok {
			*field = v.(string)
		}
	}
	if f.Title == "" {
		f.Title = strings.TrimSuffix(filepath.Base(f.Name), ".toml")
	}
}
