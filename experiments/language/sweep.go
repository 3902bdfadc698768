package language

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// sweep reads the tables below [sweep.axes]: full is the path in the file, rel
// that of the parameter. A list is an axis, and so is a range of numbers.
func (r *reader) sweep(full, rel string, at *table, values map[string]any) {
	for _, w := range r.inOrder(full, values) {
		path := strings.TrimPrefix(rel+"."+w, ".")
		place := at
		for _, word := range strings.Split(w, ".") { // of a quoted path
			if place != nil {
				place = place.below(word)
			}
		}
		if k := elementOf(path); place == nil && k != nil {
			place = &table{key: k}
		}
		f := dot(full, w)
		a := &axis{paths: []string{path}, file: r.file, at: r.index.find(f).key, full: f}
		switch v := values[w].(type) {
		case []any:
			r.listed(a, place, v)
		case map[string]any:
			if kind := spanOf(v); kind == "" && place != nil && (place.key == nil || hasElements(place.key, v)) {
				r.sweep(f, path, &table{words: place.words, name: place.name}, v)
			} else {
				r.spanned(a, place, kind, v)
			}
		default:
			r.fault(f, wrongf(fmt.Sprintf("write [%s]", literalRaw(v)), "an axis is a list of values"))
		}
	}
}

// inOrder lists the words of a table as the file has them.
func (r *reader) inOrder(path string, values map[string]any) []string {
	words := make([]string, 0, len(values))
	for w := range values { // order-free: sorted below
		words = append(words, w)
	}
	slices.SortFunc(words, func(a, b string) int { return r.order(dot(path, a)) - r.order(dot(path, b)) })
	return words
}

// listed makes an axis of a list.
func (r *reader) listed(a *axis, place *table, values []any) {
	r.swept = append(r.swept, a)
	if place == nil {
		return // reported with the other names
	}
	if len(values) == 0 {
		r.faultAt(a.full, r.index.find(a.full).value, wrongf("write at least one value", "an empty list"))
	}
	items := r.index.find(a.full).items
	for i, raw := range values {
		at := r.index.find(a.full).value
		if i < len(items) {
			at = items[i]
		}
		a.steps = append(a.steps, r.stepTo(a, place, raw, at))
	}
}

// stepTo makes the step to one value of a list: of a key, or a table whole.
func (r *reader) stepTo(a *axis, place *table, raw any, at Pos) *step {
	path := a.paths[0]
	s := &step{choices: []Choose{{Path: path, Case: Case{Name: compact(raw)}}}}
	if place.key != nil {
		set := &setting{path: a.full, key: place.key, raw: raw, file: r.file, at: a.at, where: at}
		r.faults = append(r.faults, set.read(nil)...)
		s.take(path, set)
		return s
	}
	s.choices[0].Value = s.choices[0].Name
	s.choices[0].Label = s.choices[0].Name
	switch values, isTable := raw.(map[string]any); {
	case isTable:
		s.layer.whole = []string{path}
		r.table(&s.layer, a.full, path, place, values)
	case place.none && raw == "none":
		s.layer.entries = []entry{{path, &setting{path: a.full, off: true, file: r.file, at: a.at, where: at}}}
	default:
		r.faultAt(a.full, at, wrongf("write { ... }", "%s is a table, not %s", path, shown(raw)))
	}
	return s
}

// take puts a value at its path, and its name and label into the step's choice.
func (s *step) take(path string, set *setting) {
	if elementOf(path) != nil {
		raw := set.raw
		if v := set.value(); v != nil {
			raw = rawOf(v)
		}
		part := elementSetting(path, set.path, raw)
		part.file, part.at, part.where, part.bad = set.file, set.at, set.where, set.bad
		_ = part.form(part.raw.(map[string]any)) // which is partial, so that nothing is wrong yet
		s.layer.entries = append(s.layer.entries, entry{parent(path), part})
	} else {
		s.layer.entries = append(s.layer.entries, entry{path, set})
	}
	if strings.HasPrefix(path, "param.") {
		s.layer.declare(path)
	}
	c := &s.choices[len(s.choices)-1]
	c.Value = set.value()
	if c.Value == nil { // computed
		c.Value = c.Name
	}
	if c.Label = c.Name; set.key.Type.made != nil || set.key.Type == boolean {
		c.Label = strings.ReplaceAll(last(path), "_", " ") + " = " + c.Name
	}
}

// compact writes a raw value on one line.
func compact(raw any) string {
	switch v := raw.(type) {
	case string:
		return v
	case []any:
		words := make([]string, len(v))
		for i, e := range v {
			words[i] = compact(e)
		}
		return "[" + strings.Join(words, ", ") + "]"
	case map[string]any:
		words := make([]string, 0, len(v))
		for w, e := range v { // order-free: sorted below
			words = append(words, w+" = "+compact(e))
		}
		slices.Sort(words)
		return "{" + strings.Join(words, ", ") + "}"
	}
	return shown(raw)
}

// spans are the words for ranges of numbers: two ends, and for the first three
// how many values or how far apart.
var spans = []string{"linspace", "logspace", "step", "uniform", "loguniform"}

// spanOf is the word of a range, "" if a table is none.
func spanOf(values map[string]any) string {
	for _, word := range spans {
		if _, ok := values[word]; ok && len(values) == 1 {
			return word
		}
	}
	return ""
}

// spanned makes an axis of a range.
func (r *reader) spanned(a *axis, place *table, kind string, values map[string]any) {
	r.swept = append(r.swept, a)
	if place == nil {
		return
	}
	refuse := func(right, format string, args ...any) {
		r.faultAt(a.full, r.index.find(a.full).value, wrongf(right, format, args...))
	}
	list, _ := values[kind].([]any)
	k := place.key
	switch {
	case kind == "":
		refuse("write a list, or { "+strings.Join(spans, " }, { ")+" }", "no range of values")
		return
	case k == nil || k.Type.made == nil || k.Type.gather != nil:
		refuse("write a list", "has no range of values")
		return
	case kind == "uniform" || kind == "loguniform":
		if len(list) != 2 {
			refuse("write { "+kind+" = [a, b] }", "%s needs two ends", kind)
			return
		}
	case len(list) != 3:
		refuse("write { "+kind+" = [a, b, "+map[bool]string{true: "step", false: "n"}[kind == "step"]+"] }", "%s needs three values", kind)
		return
	}
	like, base, w := endsOf(k.Type, kind, list)
	if w != nil {
		refuse(w.right, "%s", w.what)
		return
	}
	if strings.HasPrefix(kind, "log") && !(base[0] > 0 && base[1] > 0) {
		refuse("", "a logarithm needs ends above 0")
		return
	}
	d := design{axis: a, key: k, like: like, low: base[0], high: base[1], log: strings.HasPrefix(kind, "log")}
	if len(list) == 2 {
		a.drawn = []design{d}
		return
	}
	steps, ok := count3(kind, base)
	if !ok {
		right := "write { " + kind + " = [first, last, how many] }"
		if kind == "step" {
			right = "write { step = [first, last, step] }"
		}
		refuse(right, "%s is no range of 1 to %d values", compact(values[kind]), mostPoints)
		return
	}
	for i := range steps {
		u := float64(i) / float64(max(steps-1, 1))
		if kind == "step" && base[1] != base[0] {
			u = float64(i) * base[2] / (base[1] - base[0])
		}
		s := &step{}
		if w := d.step(s, u); w != nil {
			refuse(w.right, "%s", w.what)
			return
		}
		a.steps = append(a.steps, s)
	}
}

// endsOf reads the two ends of a range and, for step, its distance: as values of
// the key's type and in base units; of linspace and logspace the third is a count.
func endsOf(t *Type, kind string, list []any) (like any, base []float64, w *wrong) {
	base = make([]float64, len(list))
	for i, raw := range list {
		if n, ok := raw.(int64); ok && i == 2 && kind != "step" {
			base[i] = float64(n)
			continue
		}
		v, w := t.value(raw)
		if w != nil {
			return nil, nil, w
		}
		f, ok := Base(v).(float64)
		if !ok {
			return nil, nil, wrongf("", "%s is not a number", shown(raw))
		}
		if base[i] = f; i == 0 {
			like = v
		}
	}
	return like, base, nil
}

// count3 is how many values linspace, logspace or step have.
func count3(kind string, b []float64) (n int, ok bool) {
	f := b[2]
	if kind == "step" {
		if b[2] == 0 || (b[1]-b[0])/b[2] < 0 {
			return 0, false
		}
		f = math.Floor((b[1]-b[0])/b[2]*(1+1e-12)+1e-9) + 1
	}
	return int(f), f >= 1 && f <= mostPoints && f == math.Trunc(f)
}

// design is a parameter that takes values between two ends.
type design struct {
	axis      *axis
	key       *Key
	like      any // a value of its type
	low, high float64
	log       bool
}

// step makes the step to the value at the share u of the way.
func (d *design) step(s *step, u float64) *wrong {
	f := d.low + u*(d.high-d.low)
	if d.log {
		f = d.low * math.Pow(d.high/d.low, u)
	}
	f, _ = strconv.ParseFloat(strconv.FormatFloat(f, 'g', 12, 64), 64)
	t := d.key.Type
	if m := measure(d.like); t == quantity && m != nil {
		t = m
	}
	v, w := t.made(f)
	if w != nil { // of whole numbers the nearest
		v, w = t.made(math.Round(f))
	}
	if w != nil {
		return w
	}
	path := d.axis.paths[0]
	s.choices = append(s.choices, Choose{Path: path, Case: Case{Name: Format(v)}})
	s.take(path, &setting{path: d.axis.full, key: d.key, raw: Format(v), file: d.axis.file, at: d.axis.at, where: d.axis.at, parts: []part{{value: v}}})
	return nil
}
