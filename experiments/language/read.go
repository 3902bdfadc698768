package language

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// reader turns a source into layers of settings, each held against the schema.
type reader struct {
	file    string
	sources []*index // of this file and of those merged into it
	index   *index
	faults  Faults
	base    layer
	axes    []*axis
	swept   []*axis // of [sweep.axes], behind those of the cases
	pinned  bool    // --set leaves of some of them one value
	shape   bool    // a part of the language is refused that the network may hang on
}

// axis is a variation of the experiment: its steps, each a layer.
type axis struct {
	paths []string
	steps []*step
	file  string
	at    Pos    // there
	full  string // its path there: "sweep.axes.link.wire.loss"
	bad   bool
	drawn []design // instead of steps, until a sample is drawn
}

// step is one place on an axis: a case, or values of parameters.
type step struct {
	choices []Choose // one for each path of the axis
	layer   layer
}

// read takes a source apart. Where the syntax is beyond reading, settings are
// missing and ok is false.
func read(file, source string) (r *reader, ok bool) {
	r = &reader{file: file}
	source = strings.TrimPrefix(source, "\ufeff")
	s := scan(file, source)
	r.index, r.faults = s.index, s.faults
	r.sources = []*index{s.index}
	if s.deep {
		return r, false
	}
	var root map[string]any
	if _, err := toml.Decode(s.repaired(), &root); err != nil {
		if len(r.faults) == 0 || !s.lost {
			r.syntax(err)
		}
		return r, false
	}
	if len(root) == 0 && len(s.faults) == 0 {
		r.faults = append(r.faults, Fault{File: file, Line: 1, Col: 1, What: "nothing to run: the file is empty",
			Right: "the smallest experiment has two nodes, a link and a flow"})
		return r, false
	}
	r.table(&r.base, "", "", schema.root, root)
	return r, true
}

// syntax reports what the TOML decoder could not read.
func (r *reader) syntax(err error) {
	f := Fault{File: r.file, Line: 1, Col: 1, What: "not TOML: " + strings.TrimPrefix(err.Error(), "toml: ")}
	var pe toml.ParseError
	if errors.As(err, &pe) {
		f.What = "not TOML: " + strings.Replace(pe.Message, `got '\x00' instead`, "the file ends", 1)
		if p := pe.Position; p.Line > 0 {
			if f.Line = p.Line; p.Start > 0 { // of which the line may be that after the fault
				at := r.index.pos(p.Start)
				f.Line, f.Col = at.Line, at.Col
			}
		}
		if again := defined.FindStringSubmatch(pe.Message); again != nil {
			f.What, f.Right = "not TOML: "+again[1]+" is there twice", "leave one of them out"
			if first := r.index.find(again[1]).key; first.Line > 0 && first.Line != f.Line {
				f.What += fmt.Sprintf(", first in line %d", first.Line)
			}
		}
	}
	r.faults = append(r.faults, f)
}

// defined is what the decoder says of a key that is there twice.
var defined = regexp.MustCompile(`^Key '(.*)' has already been defined`)

// nameText is bounded because names become those of files.
var nameText = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,63}$`)

// table reads a table: full is its path in the file, rel its path in the layer.
func (r *reader) table(into *layer, full, rel string, at *table, values map[string]any) {
	for _, w := range r.inOrder(full, values) {
		r.entry(into, dot(full, w), dot(rel, w), w, at, values[w])
	}
}

func (r *reader) order(path string) int {
	if m := r.index.marks[path]; m != nil {
		return m.order
	}
	return 0
}

// dot adds a word to a path.
func dot(path, word string) string {
	if word = join([]string{word}); path == "" {
		return word
	}
	return path + "." + word
}

// entry reads one word of a table.
func (r *reader) entry(into *layer, full, rel, word string, at *table, value any) {
	next := at.below(word)
	values, isTable := value.(map[string]any)
	switch {
	case isSet(rel) && isTable:
		r.changes(into, full, rel, schema.root, values)
	case full == "sweep.axes" && isTable:
		r.sweep("sweep.axes", "", schema.root, values)
	case next == nil:
		r.unknown(full, word, at)
	case next == at.name && !nameText.MatchString(word):
		r.fault(full, wrongf("a name is a letter, then at most 63 letters, digits and _", "%q cannot be a name", word))
	case !next.live && (next.key == nil || !next.key.Supported()):
		r.fault(full, notYet)
		r.shape = r.shape || word == "kind"
	case next.key != nil:
		r.leaf(into, full, rel, next.key, value)
	case isTable:
		if next == at.name {
			into, rel = r.named(into, full, rel)
		}
		r.table(into, full, rel, next, values)
	case next.none && value == "none":
		m := r.index.find(full)
		into.entries = append(into.entries, entry{rel, &setting{path: full, off: true, file: r.file, at: m.key, where: m.value}})
	default:
		if _, numbered := value.([]map[string]any); numbered {
			return // reported when it was scanned
		}
		r.faultAt(full, r.index.find(full).value, wrongf(fmt.Sprintf("write [%s] or %s = { ... }", full, word), "%s is a table, not %s", full, shown(value)))
	}
}

// named enters a table that has a name. Those of [case] begin an axis, and in
// it the layer of a case.
func (r *reader) named(into *layer, full, rel string) (*layer, string) {
	path := strings.Split(full, ".")
	if path[0] != "case" || len(path) > 3 {
		into.declare(rel)
		return into, rel
	}
	name := "case." + path[1]
	i := slices.IndexFunc(r.axes, func(a *axis) bool { return a.paths[0] == name })
	if i < 0 {
		i = len(r.axes)
		r.axes = append(r.axes, &axis{paths: []string{name}, file: r.file, at: r.index.find(name).key, full: name})
	}
	if len(path) == 2 {
		return into, rel
	}
	s := &step{choices: []Choose{{Path: name, Case: Case{Name: path[2]}}}}
	r.axes[i].steps = append(r.axes[i].steps, s)
	return &s.layer, ""
}

// leaf reads the value of a key.
func (r *reader) leaf(into *layer, full, rel string, k *Key, raw any) {
	m := r.index.find(full)
	s := &setting{path: full, key: k, raw: raw, file: r.file, at: m.key, where: m.value}
	into.entries = append(into.entries, entry{rel, s})
	if k.Path == "param.*" {
		into.declare(rel) // for its place among the others
		if name := last(rel); taken(name) {
			r.fault(full, wrongf("", "%q has a meaning of its own in expressions, so no parameter can have the name", name))
		}
	}
	if k.marks&once != 0 && full != rel {
		s.bad = true
		r.fault(full, wrongf("write it under ["+parent(rel)+"]", "holds for the whole file, so a case cannot change it"))
		return
	}
	r.faults = append(r.faults, s.read(m.items)...)
}

// taken tells whether a bare name means something else in expressions.
func taken(name string) bool {
	_, isUnit := units[name]
	return isUnit || name == "t" || slices.Contains(functionNames(), name) || slices.Contains(operators, name) ||
		slices.Contains([]string{"not", "true", "false", "nil"}, name)
}

// read types the raw value of a setting.
func (s *setting) read(items []Pos) (faults Faults) {
	refuse := func(at Pos, w *wrong) {
		s.bad = true
		faults = append(faults, s.faultAt(at, w))
	}
	t := s.key.Type
	elements, isList := s.raw.([]any)
	values, isTable := s.raw.(map[string]any)
	switch {
	case t == formulas || t == notes:
		s.parts = []part{{value: s.raw, where: s.where}}
		return nil
	case isTable && (s.key.Varies() || s.key.Scheduled() || s.key.Type == share):
		s.partial = s.key.marks&formed != 0 && partial(values)
		if w := s.form(values); w != nil {
			refuse(s.where, w)
		}
		return faults
	case isTable && t == choice:
		v, w := t.read(s.raw)
		if w != nil {
			refuse(s.where, w)
			return faults
		}
		s.parts = []part{{value: v, where: s.where}}
		return nil
	case isTable:
		refuse(s.where, wrongf("write one value", "a %s is not a table", t.Name))
		return faults
	case t.gather == nil || !isList && t.single:
		elements, items = []any{s.raw}, nil
	case !isList:
		refuse(s.where, wrongf(fmt.Sprintf("write [%s]", literalRaw(s.raw)), "%s is no %s", shown(s.raw), t.Name))
		return faults
	case len(elements) == 0 && t != texts:
		refuse(s.where, wrongf("write at least one value", "an empty list"))
	}
	for i, raw := range elements {
		p := part{where: s.where}
		if i < len(items) {
			p.where = items[i]
		}
		if source, ok := computed(t, raw); ok {
			p.source = source
		} else if v, w := t.value(raw); w != nil {
			refuse(p.where, w)
		} else {
			p.value = v
		}
		s.parts = append(s.parts, p)
	}
	return faults
}

// computed returns the expression behind a leading "=".
func computed(t *Type, raw any) (string, bool) {
	s, ok := raw.(string)
	if !ok || t == text || t == texts || t == whole || t.exprs {
		return "", false
	}
	return strings.CutPrefix(strings.TrimSpace(s), "=")
}

func literalRaw(raw any) string {
	if s, ok := raw.(string); ok {
		return quoted(s)
	}
	return fmt.Sprint(raw)
}

func (r *reader) fault(path string, w *wrong) { r.faultAt(path, r.index.find(path).key, w) }

func (r *reader) faultAt(path string, at Pos, w *wrong) {
	r.faults = append(r.faults, Fault{r.file, at.Line, at.Col, path, w.what, w.right})
}

// owners are the kinds of tables whose keys are looked for elsewhere.
var owners = []string{"node", "link", "flow"}

// unknown reports a word that the language does not have here, and looks for
// what may have been meant: a table above, another word, or one further below.
func (r *reader) unknown(full, word string, at *table) {
	under := parent(full)
	for above := parent(under); above != ""; above = parent(above) {
		if place := schema.root.find(above); place != nil && place.words[word] != nil {
			r.fault(full, wrongf("", "no such key here; %q belongs to [%s], and this line is under [%s] (line %d): move it up",
				word, above, under, r.index.find(under).key.Line))
			return
		}
	}
	best := at.deeper(word, "")
	for _, kind := range owners {
		if owner := schema.root.words[kind].name; best == "" && owner != at && owner.words[word] != nil && owner.words[word].key != nil {
			r.fault(full, wrongf("", "no such key; %q belongs to [%s.NAME]", word, kind))
			return
		}
	}
	if best == "" {
		best = Nearest(word, at.order)
	}
	if best != "" {
		r.fault(full, wrongf("", "no such key (did you mean %q?)", best))
		return
	}
	r.fault(full, wrongf("", "no such key"))
}

// deeper finds a key below this table whose last word is the given one.
func (t *table) deeper(word, path string) string {
	for _, w := range t.order {
		next := t.words[w]
		if w == word && next.key != nil {
			return dot(path, w)
		}
		if found := next.deeper(word, dot(path, w)); found != "" {
			return found
		}
	}
	return ""
}
