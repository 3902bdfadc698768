package language

import (
	"slices"
	"strings"
)

// SlotKind is what a path in an expression names.
type SlotKind uint8

// The kinds of slots, and what a Lookup returns for each.
const (
	Parameter SlotKind = iota // a key in its base unit: float64, string or bool
	Derived                   // known once the network is built: float64
	Choice                    // case.AXIS, the name of its case: string
	Statistic                 // a number of a metric: float64
	Whole                     // a metric without a statistic: a Measured
	Opened                    // the law by which a flow opens its connections: a *Distribution
	Paired                    // a number of compare.NAME, where the point is one of a pair: float64
	Members                   // a number of a metric, of each member of a group: []float64
)

// A Slot is a place in an expression for the value of one path.
type Slot struct {
	Kind      SlotKind
	Path      string  // full: "flow.web.failed.no_port.fraction"
	Metric    *Metric // of Statistic, Members and Whole
	Subject   string  // the path without its statistic: "flow.web.failed.no_port"; of Members with its each
	Statistic string  // "fraction", "p99_9"; "" of a Whole
}

// Of returns what the path is about: "flow" and "web", "run" and "".
func (s Slot) Of() (kind, name string) {
	words := strings.SplitN(s.Path, ".", 3)
	if words[0] == "run" {
		return "run", ""
	}
	return words[0], words[1]
}

// What returns the metric's words after the names, as its table has them:
// "failed.no_port", "forward.drops.queue", "listen.web.syns".
func (s Slot) What() string {
	kind, name := s.Of()
	return strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(s.Subject, kind+"."), name+"."), "each.")
}

// derived are the paths that only the built network has a number for.
var derived = []string{
	"node.*.ports.size",
	"flow.*.path.delay", "flow.*.path.delay_back", "flow.*.path.loss", "flow.*.path.loss_back", "flow.*.path.setup",
	"flow.*.path.delay.mean", "flow.*.path.delay_back.mean", "flow.*.path.loss.mean", "flow.*.path.loss_back.mean", "flow.*.path.setup.mean",
}

// Scope is what the expressions at some place of a file may name.
type Scope struct {
	names   *names
	Metrics bool // what is measured
	Time    bool // t, in the theory of figures over time
	Pairs   bool // what is compared
}

// names are the tables of a file, those of all its cases together.
type names struct {
	tables []string // "node.client", "link.wire.rule.last_ack", "param.rate"
	has    map[string]bool
	params map[string]any // an example of each parameter: a number, a truth or text
	axes   []string       // the paths of all axes of cases: "case.style"
}

func (n *names) add(table string) {
	if !n.has[table] {
		n.has[table] = true
		n.tables = append(n.tables, table)
	}
}

// of lists the names directly below a path.
func (n *names) of(path string) (list []string) {
	for _, t := range n.tables {
		if parent(t) == path {
			list = append(list, last(t))
		}
	}
	return list
}

// slot finds what a path names.
func (sc Scope) slot(path string) (Slot, *wrong) {
	s := Slot{Path: path}
	words := strings.Split(path, ".")
	switch words[0] {
	case "case":
		s.Kind = Choice
		if !slices.Contains(sc.names.axes, path) {
			return s, wrongf("", "%s", meant(`no such case axis "`+strings.Join(words[1:], ".")+`"`, path, sc.names.axes))
		}
		return s, nil
	case "param":
		if !sc.names.has[path] {
			return s, wrongf("", "%s", meant("no parameter "+path, strings.Join(words[1:], "."), sc.names.of("param")))
		}
		return s, nil
	case "compare":
		return sc.paired(s, words)
	case "node", "link", "flow":
		if w := sc.names.check(words); w != nil {
			return s, w
		}
	}
	if len(words) > 2 && words[2] == "each" {
		return sc.members(s, words)
	}
	return sc.resolve(s, words)
}

// ofBoxes are the metrics of routers and middleboxes.
var ofBoxes = []string{"sessions", "nat", "refused", "reports"}

// members finds a number of each member of a group.
func (sc Scope) members(s Slot, words []string) (Slot, *wrong) {
	group := strings.Join(words[:2], ".")
	if words[0] == "flow" {
		return s, wrongf("each is of the members of nodes and links", "%s has no members", group)
	}
	of, w := sc.resolve(Slot{Path: group + "." + strings.Join(words[3:], ".")}, slices.Concat(words[:2], words[3:]))
	switch {
	case w != nil:
		return s, w
	case of.Kind == Whole:
		return s, needsStatistic(of)
	case of.Kind != Statistic:
		return s, wrongf("each is of what is measured", "%s is the same for all members", of.Path)
	case len(words) > 3 && slices.Contains(ofBoxes, words[3]) || slices.Contains(edges, of.Statistic):
		return s, wrongf("", "%s is not known of each member", of.Path)
	}
	s.Kind, s.Metric, s.Statistic = Members, of.Metric, of.Statistic
	s.Subject = strings.TrimSuffix(s.Path, "."+s.Statistic)
	return s, nil
}

// pairedStatistics are the numbers of a comparison.
var pairedStatistics = []string{"mean", "low", "high"}

// paired finds a number of a comparison.
func (sc Scope) paired(s Slot, words []string) (Slot, *wrong) {
	if w := sc.names.check(words); w != nil {
		return s, w
	}
	s.Kind, s.Subject, s.Statistic = Paired, strings.Join(words[:2], "."), last(s.Path)
	switch {
	case len(words) != 3 || !slices.Contains(pairedStatistics, words[2]):
		return s, wrongf("write .mean, .low or .high", "%s is no number of %s", s.Path, s.Subject)
	case !sc.Pairs:
		return s, wrongf("", "%s is of two points; only expectations and figures may name it", s.Path)
	}
	return s, nil
}

// check tells whether the names in a path are those of tables there are.
func (n *names) check(words []string) *wrong {
	if len(words) < 2 {
		return wrongf("", "%s names nothing", words[0])
	}
	if table := words[0] + "." + words[1]; !n.has[table] {
		return wrongf("", "%s", meant("no "+words[0]+` "`+words[1]+`"`, words[1], n.of(words[0])))
	}
	if len(words) > 3 && (words[2] == "listen" || words[2] == "rule") {
		above := strings.Join(words[:3], ".")
		if !n.has[above+"."+words[3]] {
			return wrongf("", "%s", meant("no "+above+" "+`"`+words[3]+`"`, words[3], n.of(above)))
		}
	}
	return nil
}

// resolve decides between key, derived value and metric.
func (sc Scope) resolve(s Slot, words []string) (Slot, *wrong) {
	path := s.Path
	if k := keyOf(path); k != nil && !(elementOf(path) != nil && last(path) == "mean") && !slices.Contains([]string{"figure", "expect", "capture"}, words[0]) {
		if !k.Supported() {
			return s, wrongf("", "%s: %s", path, notYet.what)
		}
		if _, ok := k.Type.kind(); !ok {
			return s, wrongf("", "%s is a %s and cannot be reckoned with", path, k.Type.Name)
		}
		return s, nil
	}
	if mean, ok := strings.CutSuffix(path, ".mean"); ok {
		if k := keyOf(mean); k != nil && (k.Varies() || k.Scheduled()) && k.Supported() {
			s.Path = mean
			return s, nil
		}
	}
	if slices.ContainsFunc(derived, func(p string) bool { return matches(p, words) }) {
		s.Kind = Derived
		return s, nil
	}
	m, rest := metricOf(path)
	switch {
	case m == nil || len(rest) > 1 || len(rest) == 1 && !m.has(rest[0]):
		return s, unknown(words, m, rest)
	case !sc.Metrics:
		return s, wrongf("", "%s is measured; only parameters are known here", path)
	}
	s.Metric, s.Subject, s.Kind = m, path, Whole
	if len(rest) == 1 {
		s.Kind, s.Statistic, s.Subject = Statistic, rest[0], parent(path)
	}
	return s, nil
}

// edges are of a counter: when its first and its last event was.
var edges = []string{"first", "last"}

// matches holds words against a pattern with * for names.
func matches(pattern string, words []string) bool {
	want := strings.Split(pattern, ".")
	return slices.EqualFunc(want, words, func(p, w string) bool { return p == "*" || p == w })
}

// unknown explains a path that names nothing.
func unknown(words []string, m *Metric, rest []string) *wrong {
	if words[0] == "run" && m == nil || len(words) < 3 {
		return wrongf("", "%s", meant("no parameter or metric "+strings.Join(words, "."), strings.Join(words, "."), candidates(words, ofBoth)))
	}
	statistic := m != nil && len(rest) == 1
	if whole := strings.Join(words[:len(words)-1], "."); statistic {
		if best := Nearest(rest[0], m.own()); best != "" {
			return wrongf("", "%s has no %q (did you mean %s.%s?)", whole, rest[0], whole, best)
		}
	}
	about := strings.Join(words[:2], ".")
	what := strings.Join(words[2:], ".")
	if final := words[len(words)-1]; len(words) > 3 && isStatistic(final) {
		stem := strings.Join(words[2:len(words)-1], ".")
		if best := Nearest(stem, candidates(words, ofMetrics)); best != "" {
			return wrongf("", "%s has no metric %q (did you mean %s.%s.%s?)", about, stem, about, best, final)
		}
		what = stem
	}
	if best := Nearest(what, candidates(words, ofMetrics)); best != "" {
		full := about + "." + best
		if m, _ := metricOf(full); m.Of != "" {
			full += ".fraction"
		} else {
			full += "." + m.Statistics()[0]
		}
		return wrongf("", "%s has no metric %q (did you mean %s?)", about, what, full)
	}
	if statistic {
		return wrongf("it has "+strings.Join(m.own(), " "), "%s is a %s and has no %q", strings.TrimSuffix(about+"."+what, "."+rest[0]), m.Class, rest[0])
	}
	if best := Nearest(what, candidates(words, ofKeys)); best != "" {
		return wrongf("", "%s has no %q (did you mean %s.%s?)", about, what, about, best)
	}
	return wrongf("its metrics are "+strings.Join(candidates(words, ofMetrics), " "), "%s has no parameter or metric %q", about, what)
}

func isStatistic(w string) bool {
	for _, class := range []Class{Counter, Sample, Level} {
		if (&Metric{Class: class, Of: "all"}).has(w) {
			return true
		}
	}
	return false
}

type kindOfPath uint8

const (
	ofBoth kindOfPath = iota
	ofKeys
	ofMetrics
)

// candidates are the paths of the language that words may have been meant to be,
// without the first two words, with the names that words have.
func candidates(words []string, kind kindOfPath) (list []string) {
	add := func(path string) {
		p := strings.Split(path, ".")
		if p[0] != words[0] {
			return
		}
		for i := range p {
			if p[i] == "*" && i < len(words) {
				p[i] = words[i]
			}
		}
		if words[0] == "run" || len(p) < 3 {
			list = append(list, strings.Join(p, "."))
		} else {
			list = append(list, strings.Join(p[2:], "."))
		}
	}
	for k := range Keys() {
		if kind != ofMetrics {
			add(k.Path)
		}
	}
	for m := range Metrics() {
		if kind != ofKeys {
			add(m.Path)
		}
	}
	return list
}
