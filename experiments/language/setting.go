package language

import (
	"strings"
)

// A setting is one value of an experiment, at its full path.
type setting struct {
	path  string // as written, for messages: "default.node.tcp.rto_min"
	key   *Key
	raw   any
	parts []part // one, or the elements of a list
	off   bool   // "none", for a whole table
	bad   bool   // refused already; what depends on it is not
	file  string
	at    Pos // of the key
	where Pos // of the value
}

// part is a value or, for a list, one of its elements.
type part struct {
	value  any
	source string // of a computed one, without its "="
	expr   *Expr
	where  Pos
}

// value is what the setting says, if nothing of it has to be computed.
func (s *setting) value() any {
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

// fault says that the value is wrong.
func (s *setting) fault(w *wrong) Fault { return s.faultAt(s.where, w) }

func (s *setting) faultAt(at Pos, w *wrong) Fault {
	return Fault{s.file, at.Line, at.Col, s.path, w.what, w.right, w.later}
}

// moved is the setting under another path of the configuration.
func (e entry) moved(from, to string) entry {
	return entry{to + strings.TrimPrefix(e.path, from), e.setting}
}

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
}

func (l *layer) declare(path string) {
	for _, n := range l.names {
		if n == path {
			return
		}
	}
	l.names = append(l.names, path)
}

// discriminators are the keys that name the kind of their table: who sets one
// replaces the whole table below.
var discriminators = []string{".arrivals.process", ".queue.kind"}

// lay puts a stronger layer over this one.
func (l *layer) lay(over *layer) {
	for _, n := range over.names {
		l.declare(n)
	}
	drop := map[string]bool{} // tables that are replaced as a whole
	exact := map[string]bool{}
	for _, e := range over.entries {
		exact[e.path] = true
		if e.off {
			drop[e.path] = true
		}
		for _, d := range discriminators {
			if strings.HasSuffix(e.path, d) {
				drop[parent(e.path)] = true
			}
		}
		for p := parent(e.path); p != ""; p = parent(p) {
			exact[p] = true // a table above takes the place of "none"
		}
	}
	kept := l.entries[:0:0]
	for _, e := range l.entries {
		gone := exact[e.path]
		for p := parent(e.path); p != "" && !gone; p = parent(p) {
			gone = drop[p]
		}
		if !gone {
			kept = append(kept, e)
		}
	}
	l.entries = append(kept, over.entries...)
}

// under returns the settings below a path, moved to another.
func (l *layer) under(from, to string) *layer {
	var out layer
	for _, e := range l.entries {
		if strings.HasPrefix(e.path, from+".") {
			out.entries = append(out.entries, e.moved(from, to))
		}
	}
	for _, n := range l.names {
		if strings.HasPrefix(n, from+".") {
			out.names = append(out.names, to+strings.TrimPrefix(n, from))
		}
	}
	return &out
}
