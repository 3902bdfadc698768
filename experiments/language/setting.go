package language

import (
	"strings"
)

// A setting is one value of an experiment, at its full path.
type setting struct {
	path    string // as written, for messages: "default.node.tcp.rto_min"
	key     *Key
	raw     any
	parts   []part // one, or the elements of a list
	off     bool   // "none", for a whole table
	partial bool   // a table that merges into the one below it
	sum     string // of the file that its table names, where that is read by the point
	bad     bool   // refused already; what depends on it is not
	file    string
	at      Pos // of the key
	where   Pos // of the value
}

// part is a value or, for a list, one of its elements.
type part struct {
	value  any
	word   string // of a parameter of a table
	source string // of a computed one, without its "="
	expr   *Expr
	where  Pos
}

// value is what the setting says, nil if some of it has to be computed or was
// refused.
func (s *setting) value() any {
	if s.bad {
		return nil
	}
	elements := make([]any, len(s.parts))
	for i, p := range s.parts {
		if p.value == nil {
			return nil
		}
		elements[i] = p.value
	}
	if s.key.Type.gather != nil {
		return s.key.Type.gather(elements)
	}
	return elements[0]
}

// faultAt says what is wrong with the value, or with an element of it.
func (s *setting) faultAt(at Pos, w *wrong) Fault {
	return Fault{s.file, at.Line, at.Col, s.path, w.what, w.right}
}

// commanded tells whether the setting is there and comes from the command line.
func (s *setting) commanded() bool { return s != nil && s.file == "--set" }

// entry is a setting at the path where it takes effect.
type entry struct {
	path string
	*setting
}

// layer is a set of settings that win or lose together, and the named tables it
// makes, in the order of the file.
type layer struct {
	entries []entry
	names   []string // "node.client", "link.wire.rule.last_ack"
	has     map[string]bool
	whole   []string // tables that take the place of those below, whatever they hold
}

func (l *layer) declare(path string) {
	if l.has == nil {
		l.has = map[string]bool{}
	}
	if !l.has[path] {
		l.has[path] = true
		l.names = append(l.names, path)
	}
}

// discriminators are the keys that name the kind of their table: who sets one
// replaces the whole table below, but for the limit of a queue, which is one of
// every kind.
var discriminators = []string{".arrivals.process", ".queue.kind", ".shape"}

// lay puts a stronger layer over this one.
func (l *layer) lay(over *layer) {
	for _, n := range over.names {
		l.declare(n)
	}
	drop := map[string]bool{}    // tables that are replaced as a whole
	renamed := map[string]bool{} // tables that become of another kind
	exact := map[string]bool{}
	for _, table := range over.whole {
		drop[table] = true
	}
	for _, e := range over.entries {
		exact[e.path] = true
		if e.off {
			drop[e.path] = true
		}
		for _, d := range discriminators {
			if strings.HasSuffix(e.path, d) {
				renamed[parent(e.path)] = true
			}
		}
		for p := parent(e.path); p != ""; p = parent(p) {
			exact[p] = true // a table above takes the place of "none"
		}
	}
	kept := l.entries[:0:0]
	above := joined(over.entries)
	for _, e := range l.entries {
		for i := range above {
			if o := &above[i]; o.path == e.path && o.setting != nil && o.partial {
				o.setting = o.onto(e.setting)
			}
		}
		gone := exact[e.path]
		for p := parent(e.path); p != "" && !gone; p = parent(p) {
			gone = drop[p] || renamed[p] && !strings.HasSuffix(e.path, ".queue.limit")
		}
		if !gone {
			kept = append(kept, e)
		}
	}
	l.entries = append(kept, above...)
}

// moved returns the layer with one path for another at the head of all of it.
func (l *layer) moved(from, to string) *layer {
	var out layer
	for _, e := range l.entries {
		out.entries = append(out.entries, entry{to + strings.TrimPrefix(e.path, from), e.setting})
	}
	for _, n := range l.names {
		out.declare(to + strings.TrimPrefix(n, from))
	}
	return &out
}

// tables sorts a layer by the tables it is about: "node.client", "default.node".
func (l *layer) tables() map[string]*layer {
	sorted := map[string]*layer{}
	at := func(path string) *layer {
		words := strings.SplitN(path, ".", 3)
		table := strings.Join(words[:min(2, len(words))], ".")
		if sorted[table] == nil {
			sorted[table] = &layer{}
		}
		return sorted[table]
	}
	for _, e := range l.entries {
		part := at(e.path)
		part.entries = append(part.entries, e)
	}
	for _, n := range l.names {
		at(n).declare(n)
	}
	return sorted
}
