package language

import (
	"slices"
	"strings"
)

// templated are the kinds of tables that take over templates by like.
var templated = []string{"node", "link", "flow"}

// likes are the templates that a table takes over, the weakest first: each after
// those that it takes over itself.
func likes(of func(table string) []string, table string) (list []string) {
	kind := parent(strings.TrimPrefix(table, "template."))
	var add func(table string, depth int)
	add = func(table string, depth int) {
		for _, name := range of(table) {
			t := "template." + kind + "." + name
			if depth < nested { // a circle is reported by checkLikes
				add(t, depth+1)
			}
			list = append(slices.DeleteFunc(list, func(other string) bool { return other == t }), t)
		}
	}
	add(table, 0)
	return list
}

// like reads the templates that a layer names for a table.
func (l *layer) like(table string) (names []string) {
	for _, e := range l.entries {
		if e.path == table+".like" && !e.bad {
			names, _ = e.value().([]string)
		}
	}
	return names
}

// checkLikes reports templates that there are not, and those that take over
// themselves.
func (r *reader) checkLikes(n *names) {
	for l := range r.layers {
		for _, e := range l.entries {
			if e.key == nil || last(e.key.Path) != "like" || e.bad {
				continue
			}
			table := parent(e.path)
			kind := parent(strings.TrimPrefix(table, "template."))
			for i, name := range e.value().([]string) {
				t := "template." + kind + "." + name
				var w *wrong
				switch {
				case !n.has[t]:
					w = wrongf("", "%s", meant("no template."+kind+" "+quoted(name), name, n.of("template."+kind)))
				case t == table || slices.Contains(likes(r.base.like, t), t):
					w = wrongf("", "%s takes over itself", t)
				}
				if w != nil {
					e.bad = true
					r.faults = append(r.faults, e.faultAt(e.parts[i].where, w))
				}
			}
		}
	}
}

// templates adds the names that tables get from their templates.
func (r *reader) templates(n *names) {
	named := map[string][]string{} // by any layer
	for l := range r.layers {
		for _, e := range l.entries {
			if table, ok := strings.CutSuffix(e.path, ".like"); ok && !e.bad {
				names, _ := e.value().([]string)
				named[table] = append(named[table], names...)
			}
		}
	}
	if len(named) == 0 {
		return
	}
	of := func(table string) []string { return named[table] }
	for _, kind := range templated {
		for _, name := range n.of(kind) {
			table := kind + "." + name
			for _, t := range likes(of, table) {
				for _, below := range slices.Clone(n.tables) {
					if rest, ok := strings.CutPrefix(below, t+"."); ok {
						n.add(table + "." + rest)
					}
				}
			}
		}
	}
}

// inherited is what a table has from defaults and templates, the weakest first.
func inherited(parts map[string]*layer, table string) *layer {
	kind := parent(table)
	merged := &layer{}
	if defaults := parts["default."+kind]; defaults != nil {
		merged = defaults.moved("default."+kind, table)
	}
	all := parts["template."+kind]
	if all == nil || !slices.Contains(templated, kind) {
		return merged
	}
	of := func(t string) []string {
		if t == table {
			return parts[table].like(table)
		}
		return all.like(t)
	}
	for _, t := range likes(of, table) {
		merged.lay(all.within(t).moved(t, table))
	}
	return merged
}

// within is the part of a layer below a table.
func (l *layer) within(table string) *layer {
	var out layer
	for _, e := range l.entries {
		if strings.HasPrefix(e.path, table+".") {
			out.entries = append(out.entries, e)
		}
	}
	for _, n := range l.names {
		if strings.HasPrefix(n, table+".") {
			out.declare(n)
		}
	}
	return &out
}
