package language

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// JSONSchema describes experiment files for editors (draft 7, as Taplo and Even
// Better TOML read it): every key that this version has, with its meaning, its
// default and how its values are written. What depends on more than one value is
// told by Parse alone.
func JSONSchema() []byte {
	e := &exporter{defs: map[string]any{}, seen: map[*table]string{}}
	doc := e.table(schema.root, "")
	maps.Copy(doc, map[string]any{
		"$schema":     "http://json-schema.org/draft-07/schema#",
		"title":       "netsim experiment",
		"definitions": e.defs,
	})
	text, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		panic("language: " + err.Error()) // it is made of maps and words
	}
	return append(text, '\n')
}

// object is a part of the schema.
type object = map[string]any

// exporter writes tables once, however many places have them.
type exporter struct {
	defs object
	seen map[*table]string
}

// place is the schema of what stands at a path: a key or a table.
func (e *exporter) place(t *table, path string) object {
	if t.key != nil {
		return t.key.jsonSchema()
	}
	name, known := e.seen[t]
	if !known {
		name = strings.ReplaceAll(path, "*", "NAME")
		e.seen[t] = name
		e.defs[name] = object{} // its place, should it lie within itself
		e.defs[name] = e.table(t, path)
	}
	ref := object{"$ref": "#/definitions/" + name}
	if t.none {
		return object{"anyOf": []any{ref, object{"const": "none"}}}
	}
	return ref
}

// table is the schema of a table: its words, and what may stand under a name.
func (e *exporter) table(t *table, path string) object {
	if path == "sweep.axes" || isSet(path) { // which hold paths
		return object{"type": "object", "description": openTables[last(path)]}
	}
	words := object{}
	for _, w := range t.order {
		below := t.words[w]
		if below.live || below.key != nil && below.key.Supported() {
			words[w] = e.place(below, dot(path, w))
		}
	}
	o := object{"type": "object", "additionalProperties": false}
	if len(words) > 0 {
		o["properties"] = words
	}
	if t.name != nil {
		o["patternProperties"] = object{nameText.String(): e.place(t.name, path+".*")}
	}
	return o
}

// openTables are those whose words are paths.
var openTables = object{
	"axes": "A line an axis: a path and a list of values, or { linspace = [first, last, how many] }, { logspace = ... }, { step = ... }, { uniform = [a, b] }, { loguniform = [a, b] }",
	"set":  "Values that keys marked ! get",
}

// jsonSchema is that of the values of a key.
func (k *Key) jsonSchema() object {
	forms := k.Type.jsonForms()
	if k.marks&formed != 0 && k.Varies() {
		forms = append(forms, object{"type": "object", "required": []any{"dist"},
			"properties": object{"dist": object{"enum": slices.Sorted(maps.Keys(laws))}}})
	}
	if k.marks&formed != 0 && k.Scheduled() {
		forms = append(forms, object{"type": "object", "required": []any{"shape"},
			"properties": object{"shape": object{"enum": []string{"steps", "linear", "sine", "file"}}}})
	}
	if k.Type == share && k.marks&formed != 0 {
		forms = append(forms, object{"type": "object", "required": []any{"model"},
			"properties": object{"model": object{"enum": slices.Sorted(maps.Keys(models))}}})
	}
	o := object{"anyOf": forms}
	if len(forms) == 1 {
		o = forms[0].(object)
	}
	about := k.Meaning
	if k.Type.Unit != "" {
		about += " (" + k.Type.Name + ", in expressions in " + k.Type.Unit + ")"
	} else if k.Type.Name != "word" {
		about += " (" + k.Type.Name + ")"
	}
	switch {
	case k.Required():
		about += "; required"
	case strings.HasPrefix(k.Default, "("):
		about += "; default: " + strings.Trim(k.Default, "()")
	default:
		o["default"] = k.jsonDefault()
	}
	o["description"] = about
	return o
}

// jsonDefault is the default as TOML would give it.
func (k *Key) jsonDefault() any {
	raw := k.Type.raw(k.Default)
	if _, w := k.Type.value(raw); w != nil {
		return k.Default
	}
	return raw
}

// quantities are how the values of a dimension are written, by its name.
var quantities = map[string]*dimension{"duration": &durations, "bit rate": &rates, "size": &sizes, "frequency": &frequencies}

// jsonForms are the ways to write a value of the type.
func (t *Type) jsonForms() (forms []any) {
	one := t.jsonValue()
	if t.gather != nil {
		list := object{"type": "array", "items": object{"anyOf": one}}
		if !t.single {
			return []any{list}
		}
		return append(one, list)
	}
	return one
}

// jsonValue are the ways to write one value, or an element of a list.
func (t *Type) jsonValue() (forms []any) {
	if t.Name == "word" {
		return []any{object{"enum": t.Words}}
	}
	if len(t.Words) > 0 {
		forms = append(forms, object{"enum": t.Words})
	}
	computed := object{"type": "string", "pattern": `^\s*=`}
	d := quantities[t.Name]
	if t == oftens {
		d = &frequencies
	}
	switch {
	case t == boolean:
		return append(forms, object{"type": "boolean"}, computed)
	case d == &durations || t == waits || t == moments:
		return append(forms, object{"type": "string", "pattern": durations.pattern()}, object{"const": 0}, computed)
	case d != nil:
		return append(forms, object{"type": "string", "pattern": d.pattern()}, object{"const": 0}, computed)
	case t == share:
		return append(forms, object{"type": "number", "minimum": 0, "maximum": 1}, object{"type": "string", "pattern": `^\s*[0-9.]+\s*%\s*$`}, computed)
	case t == number:
		return append(forms, object{"type": "number"}, computed)
	case t.made != nil && t != quantity:
		return append(forms, object{"type": "integer", "minimum": 0}, computed)
	case t == quantity || t == within || t == nth || t == ends:
		return append(forms, object{"type": []string{"string", "number", "boolean"}})
	case t == ports:
		return append(forms, object{"type": []string{"string", "integer"}}, computed)
	case t == formulas || t == whole:
		return append(forms, object{"type": []string{"string", "number", "array", "object"}})
	case t == choice:
		return append(forms, object{"type": "object"})
	case t == zips:
		return append(forms, object{"type": "array", "items": object{"type": "array", "items": object{"type": "string"}}})
	case t == limit:
		return append(forms, object{"type": "string"}, object{"const": 0})
	}
	if words := t.elements(); words != nil {
		return append(forms, object{"enum": words})
	}
	return append(forms, object{"type": "string"})
}

// elements are the words of which a list is made, nil if it may be others.
func (t *Type) elements() []string {
	switch t {
	case formats:
		return []string{"png", "svg", "pdf", "tex"}
	case marked:
		return append([]string{"syn", "fin", "rst", "data"}, states...)
	}
	return nil
}

// pattern is a regular expression for one or more numbers with units.
func (d *dimension) pattern() string {
	units := slices.SortedFunc(maps.Keys(d.units), func(a, b string) int { return len(b) - len(a) })
	one := `[0-9][0-9_]*(\.[0-9]+)?([eE][+-]?[0-9]+)?\s*(` + strings.Join(units, "|") + `)`
	return `^\s*` + one + `(\s+` + one + `)*\s*$`
}
