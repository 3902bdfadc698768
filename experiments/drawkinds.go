package experiments

import (
	"fmt"
	"math"
	"slices"

	"netsim/des"
	"netsim/experiments/language"
	"netsim/metrics"
	"netsim/plots"
)

// counted is a sample, pooled over the replications, as values with how often
// each occurred.
func (d *drawer) counted(g group) ([]plots.Series, error) {
	m, err := Pooled(g.points[0].Outcomes, d.figure.Of.Subject)
	if err != nil {
		return nil, err
	}
	data := plots.Series{Label: g.label, X: []float64{}, Y: []float64{}}
	before := uint64(0)
	for v, upTo := range m.Sample.Steps() {
		data.X, data.Y = append(data.X, float64(v)/m.Unit), append(data.Y, float64(upTo-before))
		before = upTo
	}
	return d.beside(data, g)
}

// stacked are levels over time, each the mean over the replications, or
// expressions against a parameter.
func (d *drawer) stacked(made *plots.Figure, g group) ([]plots.Series, error) {
	if d.figure.X != nil {
		return d.overPoints(made, g)
	}
	p := g.points[0]
	var all []plots.Series
	for _, slot := range d.figure.Levels {
		m, err := Pooled(p.Outcomes, slot.Subject)
		if err != nil {
			return nil, err
		}
		s := plots.Series{Label: d.levelName(slot), Steps: len(m.Series) == 1}
		for i, v := range metrics.Band(p.Spec.Run.Confidence, m.Series...) {
			if t := m.Series[0].Time(i).Seconds(); d.between(des.Time(math.Round(t * 1e9))) {
				s.X, s.Y = append(s.X, t), append(s.Y, v.Mean*m.Each/m.Unit)
			}
		}
		all = append(all, s)
	}
	return all, nil
}

// levelName tells a level from the others of a figure: by its metric, and where
// they are of several owners by that.
func (d *drawer) levelName(slot language.Slot) string {
	text, _ := slot.Meaning()
	for _, other := range d.figure.Levels {
		if t, _ := other.Meaning(); t == text && other.Subject != slot.Subject {
			return slot.Subject
		}
	}
	return text
}

// sampled are boxes: at each category the sample of a metric, or the values of
// an expression in the replications.
func (d *drawer) sampled(made *plots.Figure, g group) ([]plots.Series, error) {
	curves := d.figure.Y
	if d.figure.Of != nil {
		curves = []language.Curve{{}}
	}
	var all []plots.Series
	for _, c := range curves {
		s := plots.Series{Label: g.label, Samples: make([][]float64, len(made.Categories))}
		if len(curves) > 1 {
			s.Label = both(g.label, c.Label)
		}
		for _, p := range g.points {
			at, err := p.named(d.figure.X)
			if err != nil {
				return nil, err
			}
			i := slices.Index(made.Categories, at)
			sample, err := d.values(p, c.Expr)
			if err != nil {
				return nil, err
			}
			s.Samples[i] = append(s.Samples[i], sample...)
		}
		all = append(all, s)
	}
	return all, nil
}

// mostDrawn is of how many values a box is made; of more, quantiles stand in.
const mostDrawn = 2000

// values are those of a point that a box shows.
func (d *drawer) values(p *Point, x *language.Expr) (sample []float64, err error) {
	if x != nil && x.Kind == language.List {
		return x.List(p.without(-1))
	}
	if x != nil {
		for i := range p.Outcomes {
			v, err := x.Number(p.only(i))
			if err != nil {
				return nil, err
			}
			sample = append(sample, v)
		}
		return sample, nil
	}
	m, err := Pooled(p.Outcomes, d.figure.Of.Subject)
	if err != nil {
		return nil, err
	}
	n := int(min(m.Sample.N(), mostDrawn))
	for i := range n {
		sample = append(sample, m.Sample.Quantile((float64(i)+0.5)/float64(n))/m.Unit)
	}
	return sample, nil
}

// cells are a heat map, and its theory as one more.
func (d *drawer) cells(made *plots.Figure, points []*Point, z language.Curve) (s plots.Series, err error) {
	for _, p := range points {
		column, err := p.named(d.figure.X)
		if err != nil {
			return s, err
		}
		row, err := p.named(d.figure.Up)
		if err != nil {
			return s, err
		}
		v, err := z.Number(p.without(-1))
		if err != nil {
			return s, err
		}
		s.X = append(s.X, float64(slices.Index(made.Categories, column)))
		s.Y = append(s.Y, float64(slices.Index(made.Rows, row)))
		s.Z = append(s.Z, v)
	}
	return s, nil
}

// heatmap makes panels of cells: for every facet, every z and then every theory.
func (d *drawer) heatmap(made *plots.Figure) error {
	made.ZLabel, made.ZUnit = unit(d.figure.ZLabel)
	if err := d.names(&made.Rows, d.figure.Up); err != nil {
		return err
	}
	if numbered(made.Rows) {
		made.YLabel, made.YUnit = d.figure.YLabel, ""
	}
	several := len(d.figure.Z)+len(d.figure.Theory) > 1
	for _, facet := range d.facets {
		for i, z := range slices.Concat(d.figure.Z, d.figure.Theory) {
			s, err := d.cells(made, facet.points, z)
			if err != nil {
				return err
			}
			title := z.Label
			switch {
			case title == "" && i < len(d.figure.Z) && several:
				title = "simulation"
			case title == "" && several:
				title = "theory"
			}
			made.Panels = append(made.Panels, plots.Panel{Title: both(facet.label, title), Series: []plots.Series{s}})
		}
	}
	return nil
}

// both joins what two things are called.
func both(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}

// names lists what an expression of parameters is called at the points, in order.
func (d *drawer) names(list *[]string, x *language.Expr) error {
	for _, facet := range d.facets {
		for _, p := range facet.points {
			name, err := p.named(x)
			if err != nil {
				return err
			}
			if !slices.Contains(*list, name) {
				*list = append(*list, name)
			}
		}
	}
	return nil
}

// named is what the value of an expression is called at a point: that of an axis
// as the file writes it, a case by its label.
func (p *Point) named(x *language.Expr) (string, error) {
	if slot, lone := x.Lone(); lone {
		for _, c := range p.Cases {
			if c.Path == slot.Path && c.Value != nil {
				return c.Name, nil
			}
		}
	}
	v, err := x.Value(p.without(-1))
	if err != nil {
		return "", err
	}
	return p.category(v), nil
}

// remarks are what the figure points out, by the parameters of its first point.
func (d *drawer) remarks(made *plots.Figure) error {
	look := d.facets[0].points[0].without(-1)
	for _, lines := range []struct {
		of       []language.Curve
		vertical bool
	}{{d.figure.LinesX, true}, {d.figure.LinesY, false}} {
		for _, c := range lines.of {
			v, err := c.Number(look)
			if err != nil {
				return err
			}
			label := c.Label
			if label == "" {
				label, _ = c.Expr.Label()
			}
			made.References = append(made.References, plots.Reference{Label: label, At: v, Vertical: lines.vertical})
		}
	}
	for _, n := range d.figure.Notes {
		x, err := n.X.Number(look)
		if err != nil {
			return fmt.Errorf("notes: %w", err)
		}
		y, err := n.Y.Number(look)
		if err != nil {
			return fmt.Errorf("notes: %w", err)
		}
		made.Notes = append(made.Notes, plots.Note{X: x, Y: y, Text: n.Text})
	}
	return nil
}
