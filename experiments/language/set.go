package language

import (
	"strings"

	"github.com/BurntSushi/toml"
)

// fromText reads a value that is not written in TOML: of --set, or a default.
func (t *Type) fromText(s string) (any, *wrong) { return t.value(t.raw(s)) }

// raw is the text as TOML would give it: as it stands if it is a value, else as
// a string without its quotes.
func (t *Type) raw(s string) any {
	var doc map[string]any
	_, err := toml.Decode("v = "+s, &doc)
	v := doc["v"]
	if _, isText := v.(string); err != nil || len(doc) != 1 || t == text && !isText {
		return s
	}
	return v
}

// set takes "path=value" from the command line as the strongest layer. The value
// is typed by its path like one in the file.
func (r *reader) set(into *layer, pinned map[string]string, names *names, assignment string) {
	refuse := func(path string, w *wrong) {
		r.faults = append(r.faults, Fault{File: "--set", Path: path, What: w.what, Right: w.right})
	}
	path, value, ok := strings.Cut(assignment, "=")
	path = strings.TrimSpace(path)
	if !ok || path == "" {
		refuse(assignment, wrongf("write path=value", "nothing is set"))
		return
	}
	if strings.HasPrefix(path, "case.") {
		r.pin(pinned, names, path, value, refuse)
		return
	}
	at, w := names.settable(path)
	if w != nil {
		refuse(path, w)
		return
	}
	s := &setting{path: path, key: at.key, file: "--set", off: at.none && value == "none"}
	if elementOf(path) != nil {
		part := elementSetting(path, path, at.key.Type.raw(value))
		part.file = "--set"
		s.raw = at.key.Type.raw(value)
		if r.faults = append(r.faults, s.read(nil)...); s.bad {
			part.bad = true
		} else if w := part.form(part.raw.(map[string]any)); w != nil {
			refuse(path, w)
		}
		into.entries = append(into.entries, entry{parent(path), part})
		return
	}
	if at.key != nil {
		s.raw = at.key.Type.raw(value)
		r.faults = append(r.faults, s.read(nil)...)
	} else if !s.off {
		refuse(path, wrongf("", "%s is a table and can only be set to none", path))
		return
	}
	into.entries = append(into.entries, entry{path, s})
}

// settable finds the place of a path that --set or an axis gives a value.
func (n *names) settable(path string) (*table, *wrong) {
	words := strings.Split(path, ".")
	at := schema.root.find(path)
	if k := elementOf(path); at == nil && k != nil {
		at = &table{key: k}
	}
	if kind := words[0]; kind == "node" || kind == "link" || kind == "flow" {
		if w := n.check(words); w != nil {
			return nil, w
		}
	}
	own := words[0] == "figure" || words[0] == "expect" || words[0] == "capture"
	switch {
	case at == nil || at.key == nil && !at.none,
		words[0] == "param" && !n.has[path], own && !n.has[parent(path)]:
		return nil, wrongf("", "%s", meant("no such key", path, n.paths(words)))
	case at.key != nil && !at.key.Supported():
		return nil, notYet
	}
	return at, nil
}

// pin leaves one case of an axis.
func (r *reader) pin(pinned map[string]string, names *names, path, value string, refuse func(string, *wrong)) {
	for _, a := range r.axes {
		if a.paths[0] != path {
			continue
		}
		cases := make([]string, len(a.steps))
		for i, s := range a.steps {
			if cases[i] = s.choices[0].Name; cases[i] == value {
				pinned[path] = value
				return
			}
		}
		refuse(path, wrongf("", "%s", meant("no case "+quoted(value)+" of "+strings.Join(cases, ", "), value, cases)))
		return
	}
	refuse(path, wrongf("", "%s", meant("no such case axis", path, names.axes)))
}

// paths are the keys below the same names, for suggestions.
func (n *names) paths(words []string) (paths []string) {
	for k := range Keys() {
		p := strings.Split(k.Path, ".")
		for i := range p {
			if p[i] == "*" && i < len(words) {
				p[i] = words[i]
			}
		}
		if p[0] != "param" {
			paths = append(paths, strings.Join(p, "."))
		}
	}
	for _, name := range n.of("param") {
		paths = append(paths, "param."+name)
	}
	return paths
}
