package language

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// place finds for each axis of the file its place in a figure.
func (d *drawing) place(g *Figure, path string) {
	g.Series = d.axis(path + ".series")
	g.Facet = d.axis(path + ".facet")
	wanted, ok := d.wanted(g.Where, path)
	if !ok || g.X == nil && d.given[path+".x"] != nil || g.Kind == "heatmap" && g.Up == nil {
		return
	}
	for _, a := range d.Axes {
		if a.Has(g.Series) || a.Has(g.Facet) || slices.ContainsFunc(a.Paths, g.X.names) || g.X.spreads(wanted, &a) ||
			slices.ContainsFunc(a.Paths, g.Up.names) || g.Up.spreads(wanted, &a) {
			continue
		}
		path0 := a.Paths[0]
		first := wanted[0].choice(path0)
		if slices.ContainsFunc(wanted, func(p *Point) bool { return p.choice(path0).Name != first.Name }) {
			d.faultKey(path, wrongf("make it series or facet, or fix it: where = "+quoted(path0+" == "+first.literal()),
				"the axis %s is in no place", path0))
		}
	}
}

// literal is the value as an expression would have it.
func (c Choose) literal() string {
	switch v := Base(c.Value).(type) {
	case float64:
		return decimal(v)
	case bool:
		return fmt.Sprint(v)
	}
	return "'" + c.Name + "'"
}

// axis reads the path of an axis; of a parameter of the experiment's own the bare
// name will do.
func (d *drawing) axis(path string) string {
	v, ok := d.config.value(path)
	if !ok {
		return ""
	}
	var axes []string
	for _, a := range d.Axes {
		for _, known := range a.Paths {
			if known == v || known == "param."+v.(string) {
				return known
			}
			axes = append(axes, known)
		}
	}
	if d.pinned && d.names.settled(v.(string)) {
		return ""
	}
	d.fault(path, wrongf("", "%s", meant(fmt.Sprintf("%q is no axis of this file", v), v.(string), axes)))
	return ""
}

// settled tells whether a path could be that of an axis which --set has pinned.
func (n *names) settled(path string) bool {
	return n.has["param."+path] || slices.Contains(n.axes, path) || keyOf(path) != nil
}

// wanted are the points where a condition holds; ok is false if there is
// none, or they cannot be known.
func (d *drawing) wanted(where *Expr, path string) (points []*Point, ok bool) {
	if d.bad(path + ".where") {
		return nil, false
	}
	for _, p := range d.Points {
		yes, err := wants(where, p)
		if err != nil {
			d.fault(path+".where", wrongf("", "%s", err))
			return nil, false
		}
		if yes {
			points = append(points, p)
		}
	}
	if len(points) == 0 && !d.pinned {
		d.fault(path+".where", wrongf("", "holds at no point of the file"))
	}
	return points, len(points) > 0
}

// choice is what a point has on an axis.
func (p *Point) choice(path string) Choose {
	for _, c := range p.Cases {
		if c.Path == path {
			return c
		}
	}
	return Choose{}
}

// names tells whether an expression depends on a path.
func (x *Expr) names(path string) bool {
	return x != nil && slices.ContainsFunc(x.Slots, func(s Slot) bool { return s.Path == path })
}

// spreads tells whether an expression of parameters alone tells the values of an
// axis apart, whatever those of the others are.
func (x *Expr) spreads(points []*Point, axis *Axis) bool {
	if x == nil {
		return false
	}
	seen := map[string]bool{}
	for _, p := range points {
		v, err := x.Value(p.Lookup)
		at := fmt.Sprint(v)
		for _, c := range p.Cases {
			if !axis.Has(c.Path) {
				at += "\n" + c.Name
			}
		}
		if err != nil || seen[at] {
			return false
		}
		seen[at] = true
	}
	return true
}

// Meaning is the label of a slot: what it is, in words, and its unit.
func (s Slot) Meaning() (text, unit string) {
	switch s.Kind {
	case Whole:
		return s.measured(), s.Metric.Unit
	case Statistic, Members:
		return s.measured() + ", " + s.Statistic, s.Metric.StatisticUnit(s.Statistic)
	case Parameter:
		if k := keyOf(s.Path); k.Type != quantity {
			return k.Meaning, k.Type.Unit
		}
		return strings.TrimPrefix(s.Path, "param."), ""
	case Derived:
		path := strings.TrimSuffix(s.Path, ".mean")
		return derivedMeaning[last(path)], derivedUnit(path)
	case Paired:
		return "difference, " + strings.TrimPrefix(s.Subject, "compare."), ""
	}
	return strings.ReplaceAll(strings.TrimPrefix(s.Path, "case."), "_", " "), ""
}

// measured is the meaning of the metric of a slot, with the TCP state it is of.
func (s Slot) measured() string {
	words := strings.Split(strings.Replace(s.Subject, ".each.", ".", 1), ".")
	state := strings.ToUpper(strings.ReplaceAll(words[min(2, len(words)-1)], "_", "-"))
	return strings.ReplaceAll(s.Metric.Meaning, "<state>", state)
}

// Label is the meaning of an expression that is one path, else its source.
func (x *Expr) Label() (text, unit string) {
	if x.only && len(x.Slots) == 1 {
		return x.Slots[0].Meaning()
	}
	return x.Source, ""
}

// label gives the axes the labels that the file does not.
func (g *Figure) label() {
	x, y, z := "", "", ""
	switch {
	case len(g.Levels) > 0:
		x, y = "time (s)", together(g.Levels)
	case g.Kind == "heatmap" && g.X != nil && g.Up != nil:
		x, _ = g.X.Label()
		y, _ = g.Up.Label()
	case g.Of != nil && g.X != nil:
		x, _ = g.X.Label()
		y = withUnit(g.Of.Meaning())
	case g.Of != nil && g.Kind == "time":
		x, y = "time (s)", withUnit(g.Of.Meaning())
	case g.Of != nil:
		x, y = withUnit(g.Of.Meaning()), map[string]string{"cdf": "share not above", "ccdf": "share above", "hist": "share"}[g.Kind]
	case g.X != nil && len(g.Y) == 1:
		x, y = withUnit(g.X.Label()), withUnit(g.Y[0].Expr.Label())
	case g.X != nil:
		x = withUnit(g.X.Label())
	}
	if len(g.Z) == 1 {
		z = withUnit(g.Z[0].Expr.Label())
	}
	if g.Color != nil {
		z = withUnit(g.Color.Label())
	}
	if g.ZLabel == "" {
		g.ZLabel = z
	}
	if g.XLabel == "" {
		g.XLabel = x
	}
	if g.YLabel == "" {
		g.YLabel = y
	}
}

// together is the meaning of levels that are of one kind.
func together(levels []Slot) string {
	_, unit := levels[0].Meaning()
	for _, l := range levels[1:] {
		if _, u := l.Meaning(); u != unit {
			return ""
		}
	}
	switch unit {
	case "B":
		return "memory (B)"
	case "":
		return "count"
	}
	return "(" + unit + ")"
}

func withUnit(text, unit string) string {
	if unit == "" {
		return text
	}
	return text + " (" + unit + ")"
}

// usual are the figures of a file that asks for none: a ladder of each flow where
// connections are few, else setup times and the population of TIME_WAIT.
func (d *drawing) usual() (figures []*Figure) {
	if len(d.config.faults) > 0 {
		return nil
	}
	axes := []string{"", ""}
	for i, a := range d.Axes {
		if i < len(axes) {
			axes[i] = a.Paths[0]
		}
	}
	if len(d.Axes) > len(axes) {
		return nil
	}
	s := d.Points[0].Spec
	few := true
	for i := range s.Flows {
		few = few && (s.Flows[i].Packets() || s.Flows[i].few(s))
	}
	for i := range s.Flows {
		f := &s.Flows[i]
		if f.Packets() {
			continue
		}
		if few {
			figures = append(figures, d.made(f.called(), &Figure{Name: "ladder_" + f.Name, Kind: "ladder", Flow: f.Name, Connection: 1, Part: "all", Fold: 1e9,
				Facet: axes[0]}))
			continue
		}
		of, _ := Scope{names: d.names, Metrics: true}.slot("flow." + f.Name + ".setup_time")
		figures = append(figures, d.made(f.called(), &Figure{Name: "setup_" + f.Name, Kind: "ccdf", Of: &of, Series: axes[0], Facet: axes[1], LogX: true, LogY: true}))
	}
	for i := range s.Nodes {
		n := &s.Nodes[i]
		if few || n.Router() {
			continue
		}
		of, _ := Scope{names: d.names, Metrics: true}.slot("node." + n.Name + ".time_wait.count")
		figures = append(figures, d.made(n.Called(), &Figure{Name: "time_wait_" + n.Name, Kind: "time", Of: &of, Series: axes[0], Facet: axes[1]}))
	}
	return figures
}

// Called is what figures call the group: its label, else its name.
func (n *Node) Called() string { return cmp.Or(n.Label, n.Name) }

func (f *Flow) called() string { return cmp.Or(f.Label, f.Name) }

// made completes a figure about something that is called so.
func (d *drawing) made(of string, g *Figure) *Figure {
	g.Title, g.Width = d.Title+": "+of, 84
	g.label()
	return g
}

// few tells whether a flow makes no more connections than a ladder can show.
func (f *Flow) few(s *Spec) bool {
	n := int64(1)
	switch a := &f.Arrivals; a.Process {
	case "at":
		n = int64(len(a.Times))
	case "even", "poisson", "on-off":
		if n = a.Count; n == Unlimited {
			return false
		}
	}
	if f.Arrivals.Per == "host" {
		for _, t := range f.From {
			first, end := membersOf(s, t)
			n *= int64(end - first)
		}
	}
	return n <= 3
}
