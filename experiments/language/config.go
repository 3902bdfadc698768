package language

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"netsim/tcp"
)

// config is the configuration of one point: defaults, tables, cases and --set
// merged, values computed when they are asked for.
type config struct {
	file    *File
	given   map[string]*setting // by the path where it takes effect
	tables  []string            // named tables in the order of the file
	has     map[string]bool
	below   map[string][]string // their names, by what they lie below
	choice  map[string]string   // the case of each axis of cases: "case.style"
	done    map[string]any
	busy    map[string]bool
	systems map[string]*tcp.Profile // of nodes, once they are bound
	shapes  map[string]*shaped      // by the name of the topology
	made    map[string]ruling       // by the tables that topologies make
	faults  Faults

	settled bool
	sums    map[string]string // of the files that keys name
}

// newConfig merges the layers of a point, the weakest first.
func newConfig(f *File, choice map[string]string, layers ...*layer) *config {
	var all layer
	for _, l := range layers {
		all.lay(l)
	}
	shapes, made := shapesOf(&all)
	c := &config{file: f, choice: choice, shapes: shapes, made: made, given: map[string]*setting{}, has: map[string]bool{}, below: map[string][]string{}, done: map[string]any{}, busy: map[string]bool{}, systems: map[string]*tcp.Profile{}, sums: map[string]string{}}
	parts := all.tables()
	for _, table := range all.names {
		if strings.HasPrefix(table, "default.") || strings.HasPrefix(table, "template.") {
			continue
		}
		c.declare(table)
		if merged := inherited(parts, table); len(merged.entries)+len(merged.names) > 0 {
			merged.lay(parts[table])
			parts[table] = merged
			for _, n := range merged.names {
				c.declare(n)
			}
		}
	}
	for _, part := range parts { // order-free: each path is in one part
		for _, e := range part.entries {
			c.given[e.path] = e.setting
		}
	}
	return c
}

func (c *config) declare(table string) {
	if !c.has[table] {
		c.has[table] = true
		c.tables = append(c.tables, table)
		c.below[parent(table)] = append(c.below[parent(table)], last(table))
	}
}

// under lists the tables with a name directly below a path.
func (c *config) under(path string) []string { return c.below[path] }

// set tells whether the file gives a path a value, be it a wrong one.
func (c *config) set(path string) bool {
	s := c.given[path]
	return s != nil && !s.off
}

// bad tells whether a path has a value that was refused.
func (c *config) bad(path string) bool {
	s := c.given[path]
	return s != nil && s.bad
}

// value is what holds at a path: what is given, else the default of the schema.
// It is false where neither is there, or the value is wrong.
func (c *config) value(path string) (any, bool) {
	if v, ok := c.done[path]; ok {
		return v, v != nil
	}
	v := c.find(path)
	if !c.settled {
		c.done[path] = v
	}
	return v, v != nil
}

// settle computes all that is given. From then on the configuration is only read
// and may be shared by runs at the same time.
func (c *config) settle() {
	for _, path := range slices.Sorted(maps.Keys(c.given)) {
		c.value(path)
	}
	c.settled = true
}

func (c *config) find(path string) any {
	s, k := c.given[path], keyOf(path)
	if v, fixed := c.shaped(path); fixed {
		return v
	}
	switch {
	case s != nil && (s.bad || s.off):
		return nil
	case s != nil:
		return c.compute(path, s)
	case k == nil || !k.Supported():
		return nil
	case k.Default == "(as for the link)":
		v, _ := c.value(strings.NewReplacer(".forward.", ".", ".back.", ".").Replace(path))
		return v
	case k.Default == "(name)":
		return strings.Split(path, ".")[1]
	case strings.HasPrefix(k.Default, "("):
		return nil
	}
	return schema.fallbacks[k]
}

// compute makes the value of a setting, of which parts may be expressions.
func (c *config) compute(path string, s *setting) any {
	if _, isTable := s.raw.(map[string]any); isTable && (len(s.parts) == 0 || s.parts[0].word != "") && s.key.marks&formed != 0 {
		return c.form(path, s)
	}
	if v := s.value(); v != nil {
		return c.loaded(s, v)
	}
	if c.busy[path] {
		c.refuse(s, s.where, wrongf("", "is computed from itself"))
		return nil
	}
	c.busy[path] = true
	defer delete(c.busy, path)
	elements := make([]any, len(s.parts))
	for i, p := range s.parts {
		if elements[i] = p.value; p.value != nil {
			continue
		}
		v, w := c.computed(s.key, p)
		if s.bad = s.bad || w == reported; s.bad {
			return nil
		}
		if w != nil {
			c.refuse(s, p.where, w)
			return nil
		}
		elements[i] = v
	}
	if s.key.Type.gather != nil {
		return s.key.Type.gather(elements)
	}
	return elements[0]
}

func (c *config) refuse(s *setting, at Pos, w *wrong) {
	c.faults = append(c.faults, s.faultAt(at, w))
	s.bad = true
}

// reported is wrong with what depends on a value that was refused itself.
var reported = wrongf("", "is of no value")

// unless makes a wrong of an error, unless that has been reported already.
func unless(err error) *wrong {
	if err == error(reported) {
		return reported
	}
	return wrongf("", "%s", err)
}

// computed evaluates one expression and gives it the type of its key.
func (c *config) computed(k *Key, p part) (any, *wrong) {
	if p.expr == nil {
		return nil, reported
	}
	if s, ok := p.expr.copies(); ok {
		return c.copied(k, s)
	}
	v, err := p.expr.Value(c.lookup)
	if err != nil {
		return nil, unless(err)
	}
	return k.made(v, p.source)
}

// copies is what "= name" names.
func (x *Expr) copies() (s Slot, ok bool) {
	if x == nil || !x.only || len(x.Slots) != 1 {
		return s, false
	}
	return x.Slots[0], x.Slots[0].Kind == Parameter
}

// copied is the value of "= name": the one computation whose unit is known.
func (c *config) copied(k *Key, s Slot) (any, *wrong) {
	v, err := c.typed(s)
	if err != nil {
		return nil, unless(err)
	}
	if k.Type == quantity {
		return v, nil
	}
	switch have := measure(v); {
	case have != nil && have.Unit != k.Type.Unit:
		return nil, wrongf("", "%s is a %s, not a %s", s.Path, have.Name, k.Type.Name)
	case have == nil && k.Type.Unit != "" && v != 0.0 && !c.isComputed(s.Path):
		return nil, wrongf("", "%s is a number without unit, not a %s", s.Path, k.Type.Name)
	}
	return k.made(Base(v), s.Path)
}

// isComputed tells whether a value comes out of arithmetic, which has no units.
func (c *config) isComputed(path string) bool {
	s := c.given[path]
	return s != nil && len(s.parts) == 1 && s.parts[0].expr != nil
}

// made gives a computed value the type of a key.
func (k *Key) made(v any, source string) (any, *wrong) {
	f, isNumber := v.(float64)
	switch {
	case k.Type == quantity && isNumber:
		return f, nil
	case k.Type == quantity:
		return nil, wrongf("", "%s is not a number", strings.TrimSpace(source))
	case isNumber && k.Type.made != nil:
		return k.Type.made(f)
	case isNumber:
		return nil, wrongf("", "a %s cannot be computed", k.Type.Name)
	}
	return k.Type.value(v)
}

// measure is the type of a quantity, nil of a plain number.
func measure(v any) *Type {
	switch v.(type) {
	case time.Duration:
		return duration
	case Rate:
		return rate
	case Size:
		return size
	case Frequency:
		return often
	}
	return nil
}

// typed is the value of a parameter slot, with its profile's where it has none.
func (c *config) typed(s Slot) (any, error) {
	if v, ok := c.value(s.Path); ok {
		return v, nil
	}
	if elementOf(s.Path) != nil {
		return c.elementAt(s.Path)
	}
	if c.bad(s.Path) {
		return nil, reported
	}
	words := strings.SplitN(s.Path, ".", 3)
	if len(words) == 3 && !c.has[words[0]+"."+words[1]] {
		return nil, fmt.Errorf("there is no %s %q in this case", words[0], words[1])
	}
	if k := keyOf(s.Path); words[0] == "node" && k.Default == "(profile)" {
		if v := profileValue(c.system("node."+words[1]), words[2]); v != nil {
			return v, nil
		}
	}
	return nil, fmt.Errorf("%s has no value", s.Path)
}

// lookup gives expressions what is known before the network is built.
func (c *config) lookup(s Slot) (any, error) {
	switch s.Kind {
	case Choice:
		return c.choice[s.Path], nil
	case Derived:
		if node, ok := strings.CutSuffix(s.Path, ".ports.size"); ok {
			v, err := c.typed(Slot{Path: node + ".ports.range"})
			if p, ok := v.(Ports); ok {
				return float64(p.Size()), nil
			}
			return nil, err
		}
		return nil, fmt.Errorf("%s is known only when the network is built", s.Path)
	case Parameter:
		v, err := c.typed(s)
		return Base(v), err
	}
	return nil, fmt.Errorf("%s is measured", s.Path)
}

// where is the place of a path in the file: its own or, if it has none, the
// nearest above it.
func (c *config) where(path string) (file string, key, value Pos) {
	for p := path; p != ""; p = parent(p) {
		if s := c.given[p]; s != nil {
			return s.file, s.at, s.where
		}
		if file, m := c.file.mark(p); m != nil {
			return file, m.key, m.value
		}
		for axis, name := range c.choice { // order-free: a table that a case has added stands once
			if file, m := c.file.mark(axis + "." + name + "." + p); m != nil {
				return file, m.key, m.value
			}
		}
	}
	return c.file.Name, Pos{1, 1}, Pos{1, 1}
}

// fault reports a value that is wrong, at its place.
func (c *config) fault(path string, w *wrong) {
	file, _, at := c.where(path)
	c.faults = append(c.faults, Fault{file, at.Line, at.Col, c.written(path), w.what, w.right})
}

// faultKey reports a table or a key, at the place where it begins.
func (c *config) faultKey(path string, w *wrong) {
	file, at, _ := c.where(path)
	c.faults = append(c.faults, Fault{file, at.Line, at.Col, c.written(path), w.what, w.right})
}

// written is the path as the file has it, which may be below [default] or [case].
func (c *config) written(path string) string {
	if s := c.given[path]; s != nil {
		return s.path
	}
	return path
}
