package language

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The parameters of a value that is a table have paths, too: the sigma of a
// lognormal response is flow.web.response.sigma, in a case, on an axis, for --set and
// in expressions. They merge into the table that is there.

// elementOf is the key of a parameter of a table: the path of the value, a dot, and
// the parameter's name. It is nil if there is none.
func elementOf(path string) *Key {
	at := schema.root.find(parent(path))
	if at == nil || at.key == nil {
		return nil
	}
	return schema.elements[at.key][last(path)]
}

// elementsOf are the parameters that values of a key can have, with their types.
func (k *Key) elementsOf() map[string]*Key {
	if k.marks&formed == 0 {
		return nil
	}
	types := map[string]*Type{}
	if k.Varies() {
		for _, word := range []string{"value", "min", "max", "mean", "median"} {
			types[word] = k.Type
		}
		types["sigma"], types["alpha"], types["k"] = number, number, number
	}
	switch {
	case k.Scheduled():
		types["period"], types["scale"] = span, number
	case k.Varies():
		types["scale"] = k.Type
	case k.Type == share:
		types["p"], types["r"], types["good"], types["bad"] = share, share, share, share
	}
	elements := map[string]*Key{}
	for word, t := range types { // order-free: into a map
		elements[word] = &Key{Path: k.Path + "." + word, Type: t, Default: "(none)", marks: now, Meaning: word + " of: " + k.Meaning}
	}
	return elements
}

// kinds are the words that say of what kind a table is.
var kinds = []string{"dist", "shape", "model"}

// partial tells whether a table is to be merged into the one that is there: it does
// not say of what kind it is.
func partial(values map[string]any) bool {
	return len(values) > 0 && !slices.ContainsFunc(kinds, func(k string) bool { return values[k] != nil })
}

// form reads a setting that is a table. What is to be computed is left to the point.
func (s *setting) form(values map[string]any) *wrong {
	s.parts = nil
	for _, word := range slices.Sorted(maps.Keys(values)) {
		if text, ok := values[word].(string); ok {
			if source, ok := strings.CutPrefix(strings.TrimSpace(text), "="); ok {
				s.parts = append(s.parts, part{word: word, source: source, where: s.where})
			}
		}
	}
	if len(s.parts) > 0 || s.partial {
		return nil
	}
	v, w := s.key.table(values)
	if w == nil {
		s.parts = []part{{value: v, where: s.where}}
	}
	return w
}

// onto is a partial table over the one below it.
func (s *setting) onto(below *setting) *setting {
	values, ok := below.raw.(map[string]any)
	if !ok || below.bad {
		return s
	}
	merged := *s
	merged.partial = below.partial
	both := maps.Clone(values)
	maps.Copy(both, s.raw.(map[string]any))
	merged.raw = both
	compiled := slices.Concat(below.parts, s.parts)
	if w := merged.form(both); w != nil {
		merged.parts = nil // refused by the point that has it
	}
	for i := range merged.parts {
		for _, p := range compiled {
			if p.word != "" && p.word == merged.parts[i].word && p.source == merged.parts[i].source {
				merged.parts[i] = p
			}
		}
	}
	return &merged
}

// form makes the value of a setting that is a table, of which some is computed or
// was merged.
func (c *config) form(path string, s *setting) any {
	values := maps.Clone(s.raw.(map[string]any))
	for _, p := range s.parts {
		v, w := c.element(path, s, p.word)
		if w != nil && w != reported {
			c.refuse(s, p.where, w)
		}
		if s.bad = s.bad || w != nil; s.bad {
			return nil
		}
		values[p.word] = rawOf(v)
	}
	v, w := s.key.table(values)
	if w != nil {
		c.refuse(s, s.where, w)
		return nil
	}
	if f, isFiled := v.(filed); isFiled {
		return c.fromFile(s, f)
	}
	return v
}

// element is a parameter of a table, typed.
func (c *config) element(path string, s *setting, word string) (any, *wrong) {
	k := schema.elements[s.key][word]
	if k == nil {
		return nil, wrongf("", "%s cannot be computed", word)
	}
	for _, p := range s.parts {
		if p.word != word {
			continue
		}
		if c.busy[path] {
			return nil, wrongf("", "is computed from itself")
		}
		c.busy[path] = true
		defer delete(c.busy, path)
		return c.computed(k, p)
	}
	raw, given := s.raw.(map[string]any)[word]
	switch {
	case given:
		return k.Type.value(raw)
	case word == "scale" && s.key.Scheduled():
		return 1.0, nil
	}
	return nil, wrongf("", "%s has no %s", path, word)
}

// elementAt is a parameter of the table at a path, for expressions.
func (c *config) elementAt(path string) (any, error) {
	above := parent(path)
	s := c.given[above]
	if s == nil || s.bad {
		if s != nil {
			return nil, reported
		}
		return nil, fmt.Errorf("%s is no table and has no %s", above, last(path))
	}
	if _, isTable := s.raw.(map[string]any); !isTable {
		return nil, fmt.Errorf("%s is no table and has no %s", above, last(path))
	}
	v, w := c.element(above, s, last(path))
	if w != nil {
		return nil, w
	}
	return v, nil
}

// rawOf writes a typed value as TOML would give it.
func rawOf(v any) any {
	switch v := v.(type) {
	case float64, int64, bool:
		return v
	case Probability:
		return float64(v)
	}
	return Format(v)
}

// elementSetting is what sets a parameter of a table: a table of it alone.
func elementSetting(path, written string, raw any) *setting {
	return &setting{path: written, key: keyOf(parent(path)), raw: map[string]any{last(path): raw}, partial: true}
}

// hasElements tells whether a table has parameters of a key's values.
func hasElements(k *Key, values map[string]any) bool {
	for word := range values { // order-free: any will do
		if schema.elements[k][word] != nil {
			return true
		}
	}
	return false
}

// joined merges partial tables into those of the same path before them.
func joined(entries []entry) []entry {
	at := map[string]int{}
	out := entries[:0:0]
	for _, e := range entries {
		if i, seen := at[e.path]; seen && e.partial {
			out[i].setting = e.onto(out[i].setting)
			continue
		}
		at[e.path] = len(out)
		out = append(out, e)
	}
	return out
}
