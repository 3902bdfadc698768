package language

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"netsim/dist"
)

// A form is a value that is written as a table: a distribution, a model of loss.
type form interface {
	fmt.Stringer
	mean() any // what expressions see
}

// A Law is what a key marked ~ has: a distribution, constant where the file
// gives one value. Its draws are ns, bytes or counts.
type Law struct {
	Dist  dist.Dist
	text  string
	typed func(float64) any
}

func (l Law) String() string { return l.text }

func (l Law) mean() any { return l.typed(l.Dist.Mean()) }

// Fixed is the value of a law of durations that has but one.
func (l Law) Fixed() (time.Duration, bool) {
	v, ok := l.Dist.Fixed()
	return time.Duration(v), ok
}

// Mean is the mean of a law of durations.
func (l Law) Mean() time.Duration { return time.Duration(math.Round(l.Dist.Mean())) }

// lawOf is the law of one value.
func lawOf(v any) Law {
	n, _ := whole64(v)
	return Law{Dist: dist.Constant(n), text: literal(v), typed: func(float64) any { return v }}
}

// whole64 is a value in the units in which it is drawn.
func whole64(v any) (int64, bool) {
	switch v := v.(type) {
	case time.Duration:
		return int64(v), v != Never
	case Size:
		return int64(v), true
	case int64:
		return v, true
	}
	return 0, false
}

// laws are the distributions with their parameters; of those joined by a bar one
// is given. All take min and max.
var laws = map[string][]string{
	"constant": {"value"}, "uniform": {"min", "max"}, "exponential": {"mean"}, "pareto": {"mean|scale", "alpha"},
	"lognormal": {"median|mean", "sigma"}, "weibull": {"mean|scale", "k"}, "gamma": {"mean", "k"}, "choice": {"values"},
	"empirical": {"file"},
}

// table reads the value of a key that is written as one.
func (k *Key) table(values map[string]any) (any, *wrong) {
	switch {
	case k.marks&formed == 0:
		return nil, notYet
	case k.Scheduled() && (values["shape"] != nil || !k.Varies()):
		return k.schedule(values)
	case k.Varies():
		return k.law(values)
	}
	return lossOf(values)
}

// law reads a distribution.
func (k *Key) law(values map[string]any) (any, *wrong) {
	kind, _ := values["dist"].(string)
	if kind == "empirical" {
		return k.empirical(values)
	}
	known := slices.Sorted(maps.Keys(laws))
	needs, ok := laws[kind]
	if !ok {
		return nil, wrongf(`write { dist = "uniform", min = ..., max = ... }; there are `+strings.Join(known, " "), "%s is no distribution", shownTable(values, "dist"))
	}
	p := params{key: k, values: values, known: []string{"dist", "min", "max"}}
	for _, need := range needs {
		p.one(strings.Split(need, "|"))
	}
	d := p.make(kind)
	if p.w == nil {
		p.strangers()
	}
	return p.law(d)
}

// law is the law of a distribution, within its bounds.
func (p *params) law(d dist.Dist) (form, *wrong) {
	kind := p.values["dist"]
	if kind != "uniform" && p.w == nil && (p.has("min") || p.has("max")) {
		low, high := int64(0), int64(math.MaxInt64)
		if p.has("min") {
			low = int64(p.amount("min"))
		}
		if p.has("max") {
			high = int64(p.amount("max"))
		}
		d = d.Within(low, high)
	}
	if p.w == nil {
		if err := d.Check(); err != nil {
			p.w = wrongf("", "%s: %s", kind, err)
		}
	}
	if p.w != nil {
		return nil, p.w
	}
	return Law{Dist: d, text: inline(p.values, "dist"), typed: p.key.typed}, nil
}

// typed makes a value of the key of a number of its draws.
func (k *Key) typed(f float64) any {
	switch k.Type.Unit {
	case "s":
		return math.Round(f) / 1e9
	}
	return f
}

// params are the parameters of a distribution.
type params struct {
	key    *Key
	values map[string]any
	known  []string
	w      *wrong
}

func (p *params) has(name string) bool { return p.values[name] != nil }

// one demands one of some parameters.
func (p *params) one(names []string) {
	p.known = append(p.known, names...)
	n := 0
	for _, name := range names {
		if p.has(name) {
			n++
		}
	}
	if n != 1 && p.w == nil {
		p.w = wrongf("", "%v needs %s", p.values["dist"], strings.Join(names, " or "))
	}
}

// strangers reports parameters that mean nothing.
func (p *params) strangers() {
	if p.values["dist"] == "choice" {
		p.known = append(p.known, "weights")
	}
	for _, name := range slices.Sorted(maps.Keys(p.values)) {
		if !slices.Contains(p.known, name) {
			p.w = wrongf("it has "+strings.TrimPrefix(strings.Join(p.known, " "), "dist "), "%s", meant(fmt.Sprintf("no parameter %q of %v", name, p.values["dist"]), name, p.known))
		}
	}
}

// amount is a parameter in the units of draws.
func (p *params) amount(name string) float64 { return p.typed(p.values[name]) }

func (p *params) typed(raw any) float64 {
	v, w := p.key.Type.value(raw)
	if w != nil {
		if p.w == nil {
			p.w = w
		}
		return 1
	}
	n, ok := whole64(v)
	if !ok && p.w == nil {
		p.w = wrongf("", "%s cannot be drawn", shown(raw))
	}
	return float64(n)
}

// number is a parameter without unit.
func (p *params) number(raw any) float64 {
	v, w := readNumber(raw)
	if w != nil {
		if p.w == nil {
			p.w = w
		}
		return 1
	}
	return v.(float64)
}

// make is the distribution of those parameters.
func (p *params) make(kind string) dist.Dist {
	shape := func(name string) float64 { return p.number(p.values[name]) }
	if p.w != nil {
		return dist.Dist{}
	}
	switch kind {
	case "constant":
		return dist.Constant(int64(p.amount("value")))
	case "uniform":
		return dist.Uniform(int64(p.amount("min")), int64(p.amount("max")))
	case "exponential":
		return dist.Exponential(p.amount("mean"))
	case "gamma":
		return dist.Gamma(p.amount("mean"), shape("k"))
	case "pareto":
		if p.has("mean") {
			return dist.ParetoMean(p.amount("mean"), shape("alpha"))
		}
		return dist.Pareto(p.amount("scale"), shape("alpha"))
	case "lognormal":
		if p.has("mean") {
			return dist.LognormalMean(p.amount("mean"), shape("sigma"))
		}
		return dist.Lognormal(p.amount("median"), shape("sigma"))
	case "weibull":
		if p.has("mean") {
			return dist.WeibullMean(p.amount("mean"), shape("k"))
		}
		return dist.Weibull(p.amount("scale"), shape("k"))
	}
	return p.choice()
}

// measured is the law of values that were measured, in the units of draws but for
// rounding.
func (p *params) measured(numbers []float64) (form, *wrong) {
	values := make([]int64, len(numbers))
	for i, v := range numbers {
		values[i] = int64(math.RoundToEven(v))
		if p.key.Type.Unit == "" {
			if _, w := p.key.Type.value(values[i]); w != nil || float64(values[i]) != v {
				return nil, wrongf("", "%s cannot be drawn", decimal(v))
			}
		}
	}
	return p.law(dist.Choice(values, nil))
}

func (p *params) choice() dist.Dist {
	raw, _ := p.values["values"].([]any)
	weights, weighted := p.values["weights"].([]any)
	if weighted && len(weights) != len(raw) && p.w == nil {
		p.w = wrongf("", "%d values have %d weights", len(raw), len(weights))
	}
	values, shares := make([]int64, len(raw)), make([]float64, len(weights))
	for i := range raw {
		values[i] = int64(p.typed(raw[i]))
	}
	for i := range weights {
		shares[i] = p.number(weights[i])
	}
	return dist.Choice(values, shares)
}

// shownTable is the word that names the kind of a table, for messages.
func shownTable(values map[string]any, word string) string {
	if raw, ok := values[word]; ok {
		return shown(raw)
	}
	return "a table without " + word
}

// inline writes a table on one line, the word that names its kind first.
func inline(values map[string]any, kind string) string {
	words := []string{kind + " = " + inlineValue(values[kind])}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name != kind {
			words = append(words, name+" = "+inlineValue(values[name]))
		}
	}
	return "{ " + strings.Join(words, ", ") + " }"
}

func inlineValue(raw any) string {
	switch v := raw.(type) {
	case string:
		return quoted(v)
	case float64:
		return tomlFloat(v)
	case []any:
		words := make([]string, len(v))
		for i, e := range v {
			words[i] = inlineValue(e)
		}
		return "[" + strings.Join(words, ", ") + "]"
	}
	return fmt.Sprint(raw)
}
