package language

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Figure is a drawing that the file asks for.
type Figure struct {
	Name       string
	Kind       string `key:"kind"`
	Of         *Slot  // the metric whole: a level of time, a sample of cdf, ccdf, hist and box
	Levels     []Slot // of stack
	X          *Expr  // of what is drawn against a parameter
	Up         *Expr  // the y of heatmap
	Y, Z       []Curve
	Color      *Expr // of scatter, nil for none
	Theory     []Curve
	Overlays   []Overlay
	Band       *Expr // half-width around the theory of time
	Series     string
	Facet      string // the names of axes, "" for none
	Where      *Expr  // nil: every point
	LogX, LogY bool
	LogZ       bool
	LinesX     []Curve // at values of x
	LinesY     []Curve
	Notes      []Note
	Between    []time.Duration `key:"between"` // two, or nil for the whole run
	Flow       string          `key:"flow"`    // of a ladder
	Node       string          `key:"node"`    // of states, "" for all hosts
	Connection int             `key:"connection"`
	Part       string          `key:"part"` // all, opening, closing
	Fold       time.Duration   `key:"fold"`
	Mark       []string        `key:"mark"`
	Title      string          `key:"title"`
	Caption    string          `key:"caption"`
	XLabel     string          `key:"x_label"`
	YLabel     string          `key:"y_label"`
	ZLabel     string          `key:"z_label"`
	Width      float64         `key:"width"` // mm
}

// Curve is an expression to be drawn, with its label; "" where there is but one.
type Curve struct {
	Label string
	*Expr
}

// Output is what is written besides results.
type Output struct {
	Figures []string      `key:"figures"` // png, svg, pdf
	Series  []Slot        // levels over time
	Every   time.Duration `key:"every"`   // 0: a thousandth of the duration
	Members bool          `key:"members"` // every number of every member of a group
	Capture string        `key:"capture"` // all, none; "": what the file declares
}

// Wants tells whether the figure shows a point.
func (f *Figure) Wants(p *Point) (bool, error) { return wants(f.Where, p) }

func wants(where *Expr, p *Point) (bool, error) {
	if where == nil {
		return true, nil
	}
	return where.Holds(p.Lookup)
}

// drawings reads what is drawn and expected. It uses the configuration of the
// first point: figures are the file's and not a case's.
func (f *File) drawings() {
	d := &drawing{File: f, config: f.Points[0].Spec.config}
	for _, name := range d.under("figure") {
		f.Figures = append(f.Figures, d.figure(name))
	}
	for _, name := range d.under("expect") {
		f.Expects = append(f.Expects, d.expect(name))
	}
	f.Until = d.until()
	f.Compared = d.compared()
	d.output()
	if len(f.Figures) == 0 {
		f.Figures = d.usual()
	}
}

// drawing collects the figures and expectations of a file.
type drawing struct {
	*File
	*config
}

func (d *drawing) figure(name string) *Figure {
	path := "figure." + name
	g := &Figure{Name: name}
	d.fill(path, g)
	if g.Title == "" {
		g.Title = d.Title
	}
	if !d.need(path, "kind", `"line"`) {
		return g
	}
	allowed := strings.Fields(figureKeys[g.Kind])
	for at, s := range d.given { // order-free: faults are sorted by their place
		if key := strings.TrimPrefix(at, path+"."); parent(at) == path && !slices.Contains(allowed, key) {
			d.faults = append(d.faults, s.faultAt(s.at, wrongf("it has "+strings.Join(allowed, " "), "a figure of kind %q has no %s", g.Kind, key)))
		}
	}
	d.content(g, path)
	d.place(g, path)
	if between := g.Between; between != nil && (len(between) != 2 || between[0] >= between[1]) {
		d.fault(path+".between", wrongf(`write ["0 s", "10 s"]`, "is no span of time"))
	}
	g.label()
	return g
}

// metric reads the key of, which names a metric of one class, whole.
func (d *drawing) metric(path string, class Class) *Slot {
	if !d.need(path, "of", `"node.NAME.time_wait.count"`) {
		return nil
	}
	v, _ := d.config.value(path + ".of")
	metric, one := v.(string)
	if !one {
		d.fault(path+".of", wrongf("", "a list is for a figure of kind \"stack\""))
		return nil
	}
	return d.wholeMetric(path+".of", metric, class)
}

func (d *drawing) wholeMetric(path, metric string, class Class) *Slot {
	s, w := Scope{names: d.names, Metrics: true}.slot(metric)
	switch {
	case w != nil:
	case s.Kind == Statistic:
		w = wrongf(fmt.Sprintf("write %q", s.Subject), "%s is a number; a metric is shown whole here", metric)
	case s.Kind != Whole:
		w = wrongf("", "%s is not a metric", metric)
	case s.Metric.Class != class:
		w = wrongf("", "%s is a %s; a %s is shown here", metric, s.Metric.Class, class)
	default:
		w = d.unmeasured(s)
	}
	if w != nil {
		d.fault(path, w)
		return nil
	}
	return &s
}

// expr compiles an expression and holds it against what it should yield and
// against every point.
func (d *drawing) expr(path string, scope Scope, kinds ...Kind) *Expr {
	v, ok := d.config.value(path)
	if !ok {
		return nil
	}
	s := d.given[path]
	return d.compile(s, s.where, v.(string), scope, kinds)
}

func (d *drawing) compile(s *setting, at Pos, source string, scope Scope, kinds []Kind) *Expr {
	x, ws := compile(source, scope)
	for _, w := range ws {
		d.faults = append(d.faults, s.faultAt(at, w))
	}
	if x == nil {
		return nil
	}
	if x.Kind == List && !slices.Contains(kinds, List) {
		d.faults = append(d.faults, s.faultAt(at, ofEach(x.Source)))
		return nil
	}
	if !slices.Contains(kinds, x.Kind) {
		d.faults = append(d.faults, s.faultAt(at, wrongf("", "%s is %s; %s is wanted", x.Source, x.Kind, kinds[0])))
		return nil
	}
	for _, slot := range x.Slots {
		if w := d.unmeasured(slot); w != nil {
			d.faults = append(d.faults, s.faultAt(at, w))
			return nil
		}
		for _, p := range d.Points {
			if slot.Kind == Opened {
				if _, err := p.Spec.Opening(last(slot.Path)); err != nil && len(p.Spec.config.faults) == 0 {
					d.faults = append(d.faults, s.faultAt(at, wrongf("", "handshake(%s): %s", slot.Path, err)))
					return nil
				}
				continue
			}
			if _, err := p.Lookup(slot); err != nil && slot.Kind == Parameter && err != error(reported) {
				d.faults = append(d.faults, s.faultAt(at, wrongf("", "%s", err)))
				return nil
			}
		}
	}
	return x
}

// String names what an expression yields.
func (k Kind) String() string {
	return [...]string{"a number", "true or false", "text", "a distribution", "a list"}[k]
}

// curves reads an expression, a list of them, or a table with labels: numbers, if not
// of another kind.
func (d *drawing) curves(path string, scope Scope, kind ...Kind) (curves []Curve) {
	if len(kind) == 0 {
		kind = []Kind{Number}
	}
	s := d.given[path]
	if s == nil || s.bad {
		return nil
	}
	add := func(label string, raw any, at Pos) {
		source, ok := raw.(string)
		if !ok {
			d.faults = append(d.faults, s.faultAt(at, wrongf("", "%s is no expression", shown(raw))))
			return
		}
		if x := d.compile(s, at, source, scope, kind); x != nil {
			curves = append(curves, Curve{label, x})
		}
	}
	switch raw := s.raw.(type) {
	case []any:
		for i, r := range raw {
			at := s.where
			if m := d.indexOf(s.file).marks[s.path]; m != nil && i < len(m.items) {
				at = m.items[i]
			}
			add(fmt.Sprint(r), r, at)
		}
	case map[string]any:
		for _, label := range d.inOrder(d.indexOf(s.file), s.path, raw) {
			add(label, raw[label], d.indexOf(s.file).find(dot(s.path, label)).value)
		}
	default:
		add("", raw, s.where)
	}
	return curves
}

// inOrder lists the words of a table as the file has them.
func (d *drawing) inOrder(x *index, path string, values map[string]any) []string {
	words := make([]string, 0, len(values))
	for w := range values { // order-free: sorted below
		words = append(words, w)
	}
	slices.SortFunc(words, func(a, b string) int {
		return x.find(dot(path, a)).order - x.find(dot(path, b)).order
	})
	return words
}

// output reads what else is written.
func (d *drawing) output() {
	out := &d.File.Output
	d.fill("output", out)
	if out.Figures == nil {
		out.Figures = []string{"png", "svg", "pdf"}
	}
	v, _ := d.config.value("output.series")
	paths, _ := v.([]string)
	for _, p := range paths {
		if s := d.wholeMetric("output.series", p, Level); s != nil {
			out.Series = append(out.Series, *s)
		}
	}
}
