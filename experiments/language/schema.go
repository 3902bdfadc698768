package language

import (
	"iter"
	"strings"
)

// A Key is a parameter of the language: everything netsim knows of it.
type Key struct {
	Path    string // with * for each name
	Type    *Type
	Default string // as written; a rule, in parentheses, where it is no value
	marks   mask
	Meaning string
}

// Supported tells whether this version has the key.
func (k *Key) Supported() bool { return k.marks&now != 0 }

// Varies tells whether the language lets the key be a distribution, Scheduled a
// function of time, Changes the object of an event.
func (k *Key) Varies() bool    { return k.marks&varies != 0 }
func (k *Key) Scheduled() bool { return k.marks&scheduled != 0 }
func (k *Key) Changes() bool   { return k.marks&changes != 0 }

// Required tells whether the key has no default at all.
func (k *Key) Required() bool { return k.Default == "(required)" }

// Keys are all the keys of the language, in the order of its description.
func Keys() iter.Seq[*Key] {
	return func(yield func(*Key) bool) {
		for _, k := range schema.keys {
			if !yield(k) {
				return
			}
		}
	}
}

// keysBelow are the keys whose paths begin so, without that beginning.
func keysBelow(prefix string) (list []string) {
	for k := range Keys() {
		if key, ok := strings.CutPrefix(k.Path, prefix); ok {
			list = append(list, key)
		}
	}
	return list
}

// states are the connection states as paths write them.
var states = []string{"syn_sent", "syn_received", "established", "fin_wait_1", "fin_wait_2", "close_wait", "closing", "last_ack", "time_wait"}

// table is a place in the tree of all paths.
type table struct {
	words map[string]*table
	order []string // of words, as the schema lists them
	name  *table   // what lies below any name
	key   *Key
	none  bool // the whole table may be "none"
	live  bool // this version has some key here
}

// schema is the tree of keys, made once from the table.
var schema = newSchema()

type tree struct {
	root      *table
	keys      []*Key
	fallbacks map[*Key]any             // defaults as values, nil of keys that have none
	elements  map[*Key]map[string]*Key // of values that are tables
}

func newSchema() tree {
	t := tree{root: &table{}}
	for i := range keys {
		t.add(keys[i])
	}
	for _, path := range []string{"flow.*.retry", "flow.*.pool", "node.*.balance.pool"} {
		t.root.find(path).none = true
	}
	t.root.find("flow.*.retry").live = true
	t.root.find("flow.*.pool").live = true
	for _, path := range []string{"sweep.axes", "event.*.set"} { // which hold paths, not keys
		t.root.make(path)
	}
	t.root.find("event.*.set").live = true
	t.root.find("sweep.axes").live = true
	overlay := &table{live: true}
	for _, word := range []string{"run", "param", "default", "node", "link", "topology", "routing", "flow", "event"} {
		overlay.graft(word, t.root.words[word])
	}
	defaults, templates := &table{live: true}, &table{live: true}
	for _, kind := range []string{"node", "link", "flow"} {
		defaults.graft(kind, t.root.words[kind].name)
		templates.graft(kind, &table{live: true, name: t.root.words[kind].name})
	}
	t.root.graft("default", defaults)
	t.root.graft("template", templates)
	overlay.graft("default", defaults)
	overlay.graft("template", templates)
	label := &Key{Path: "case.*.*.label", Type: text, Default: "(name)", marks: now, Meaning: "name in figures"}
	t.keys = append(t.keys, label)
	overlay.graft("label", &table{key: label, live: true})
	t.root.graft("case", &table{live: true, name: &table{live: true, name: overlay}})
	t.fallbacks, t.elements = map[*Key]any{}, map[*Key]map[string]*Key{}
	for _, k := range t.keys {
		t.elements[k] = k.elementsOf()
		t.fallbacks[k] = k.fallsBack()
	}
	return t
}

// fallsBack is the default of a key as a value, nil if it has none.
func (k *Key) fallsBack() any {
	switch {
	case !k.Supported() || strings.HasPrefix(k.Default, "("):
		return nil
	case k.Type == text:
		return k.Default
	}
	v, w := k.Type.fromText(k.Default)
	if w != nil {
		panic("language: the default of " + k.Path + ": " + w.Error())
	}
	return v
}

// add enters a key, its variants by state and by direction included.
func (t *tree) add(k Key) {
	if strings.Contains(k.Path, "<state>") {
		for _, s := range states {
			one := k
			one.Path = strings.Replace(k.Path, "<state>", s, 1)
			t.add(one)
		}
		return
	}
	t.keys = append(t.keys, &k)
	at := t.root.make(k.Path)
	at.key = &k
	if k.marks&directed != 0 {
		for _, way := range []string{"forward", "back"} {
			one := k
			one.marks &^= directed
			one.Path = strings.Replace(k.Path, "link.*.", "link.*."+way+".", 1)
			one.Default = "(as for the link)"
			t.add(one)
		}
	}
	if k.Supported() {
		t.root.wake(k.Path)
	}
}

// make returns the place of a path, with what leads there.
func (t *table) make(path string) *table {
	for _, w := range strings.Split(path, ".") {
		if w == "*" {
			if t.name == nil {
				t.name = &table{}
			}
			t = t.name
			continue
		}
		if t.words[w] == nil {
			t.graft(w, &table{})
		}
		t = t.words[w]
	}
	return t
}

func (t *table) graft(word string, below *table) {
	if below == nil {
		return
	}
	if t.words == nil {
		t.words = map[string]*table{}
	}
	if t.words[word] == nil {
		t.order = append(t.order, word)
	}
	t.words[word] = below
}

// wake marks the tables on the way to a key that this version has.
func (t *table) wake(path string) {
	t.live = true
	for _, w := range strings.Split(path, ".") {
		t = t.below(w)
		t.live = true
	}
}

// below is the place of one more word.
func (t *table) below(word string) *table {
	if next := t.words[word]; next != nil {
		return next
	}
	return t.name
}

// find is the place of a path, nil if the language has none.
func (t *table) find(path string) *table {
	for _, w := range strings.Split(path, ".") {
		if t = t.below(w); t == nil {
			return nil
		}
	}
	return t
}

// keyOf returns the key a path of a file belongs to, nil if there is none.
func keyOf(path string) *Key {
	if at := schema.root.find(path); at != nil {
		return at.key
	}
	return elementOf(path)
}
