package experiments

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/google/renameio/v2/maybe"

	"netsim/des"
	"netsim/experiments/language"
	"netsim/metrics"
	"netsim/plots"
)

// Look is how figures are drawn where that is not as the file says.
type Look struct {
	Formats []string // none: those of the file
	Width   float64  // mm; 0: those of the file
	Style   plots.Style
	Results string // the folder of the results as a command in that of the figures names it; "": the one above
	From    string // the file that says what to draw; "": that of the results
}

// Draw draws the figures of the file into a directory, each beside the table of
// what it shows.
func (s *Study) Draw(ctx context.Context, dir string) error {
	for _, f := range s.File.Figures {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if _, err := s.DrawFigure(f, dir, Look{}); err != nil {
			return err
		}
	}
	return nil
}

// DrawFigure draws one figure and returns the paths of its files, none where the
// points that it shows were left out: the pictures, the table of what they show, and
// a text that says what it is and how to draw it again.
func (s *Study) DrawFigure(f *language.Figure, dir string, look Look) (paths []string, err error) {
	d, err := s.picture(f, look)
	if err != nil || d == nil {
		return nil, err
	}
	formats := look.Formats
	if len(formats) == 0 {
		formats = s.File.Output.Figures
	}
	if paths, err = d.Save(dir, formats); err != nil {
		return paths, fmt.Errorf("figure.%s: %w", f.Name, err)
	}
	path := filepath.Join(dir, f.Name+".txt")
	if err := maybe.WriteFile(path, []byte(d.card(look)), 0o644); err != nil {
		return paths, err
	}
	return append(paths, path), nil
}

// Picture is one figure, nil where the points that it shows were left out.
func (s *Study) Picture(f *language.Figure, look Look) (plots.Picture, error) {
	d, err := s.picture(f, look)
	if err != nil || d == nil {
		return nil, err
	}
	return d.Picture, nil
}

func (s *Study) picture(f *language.Figure, look Look) (*drawer, error) {
	d := &drawer{study: s, figure: f}
	for _, p := range s.Points {
		wanted, err := f.Wants(p.Point)
		if err != nil {
			return nil, fmt.Errorf("figure.%s: %w", f.Name, err)
		}
		if wanted {
			d.points = append(d.points, p)
		}
	}
	if len(d.points) == 0 {
		return nil, nil // of cases that were left out
	}
	d.facets = byCase(d.points, f.Facet)
	if err := d.draw(look); err != nil {
		return nil, fmt.Errorf("figure.%s: %w", f.Name, err)
	}
	return d, nil
}

// draw makes the picture.
func (d *drawer) draw(look Look) error {
	switch d.figure.Kind {
	case "ladder":
		l := d.ladder()
		l.Width, l.Style = cmp.Or(look.Width, l.Width), look.Style
		d.Picture, d.words = l, l.Caption
	case "states":
		g, err := d.states()
		if err != nil {
			return err
		}
		g.Width, g.Style = cmp.Or(look.Width, g.Width), look.Style
		d.Picture, d.words = g, g.Caption
	default:
		c, err := d.chart()
		if err != nil {
			return err
		}
		c.Width, c.Style = cmp.Or(look.Width, c.Width), look.Style
		d.Picture, d.words = c, c.Caption
	}
	return nil
}

// drawer makes one figure.
type drawer struct {
	plots.Picture // once it is made
	study         *Study
	figure        *language.Figure
	points        []*Point
	facets        []group
	words         string // the caption
}

// group is the points that have the same case of an axis.
type group struct {
	label  string
	points []*Point
}

// byCase groups points by their case of an axis, in order; all together where
// there is none.
func byCase(points []*Point, axis string) (groups []group) {
	for _, p := range points {
		label := ""
		for _, c := range p.Cases {
			if c.Path == axis && axis != "" {
				label = c.Label
			}
		}
		i := slices.IndexFunc(groups, func(g group) bool { return g.label == label })
		if i < 0 {
			groups = append(groups, group{label: label})
			i = len(groups) - 1
		}
		groups[i].points = append(groups[i].points, p)
	}
	return groups
}

// chart makes a figure of curves.
func (d *drawer) chart() (*plots.Figure, error) {
	f := d.figure
	made := &plots.Figure{Name: f.Name, Kind: plots.Kind(f.Kind), Title: f.Title, LogX: f.LogX, LogY: f.LogY, LogZ: f.LogZ, Width: f.Width}
	made.XLabel, made.XUnit = unit(f.XLabel)
	made.YLabel, made.YUnit = unit(f.YLabel)
	if slices.Contains([]string{"bar", "box", "violin", "heatmap"}, f.Kind) {
		if err := d.names(&made.Categories, f.X); err != nil {
			return nil, err
		}
	}
	if numbered(made.Categories) { // which have no unit of their own
		made.XLabel, made.XUnit = f.XLabel, ""
	}
	if err := d.remarks(made); err != nil {
		return nil, err
	}
	if f.Kind == "heatmap" {
		made.Caption = d.caption(false)
		return made, d.heatmap(made)
	}
	if f.Color != nil {
		made.ZLabel, made.ZUnit = unit(f.ZLabel)
	}
	for _, facet := range d.facets {
		panel := plots.Panel{Title: facet.label}
		for _, g := range byCase(facet.points, f.Series) {
			series, err := d.series(made, g)
			if err != nil {
				return nil, err
			}
			panel.Series = append(panel.Series, series...)
		}
		panel.Series = append(panel.Series, d.overlays()...)
		made.Panels = append(made.Panels, panel)
	}
	made.Caption = d.caption(intervals(made))
	return made, nil
}

// series are the curves of one group, and the theory beside them.
func (d *drawer) series(made *plots.Figure, g group) ([]plots.Series, error) {
	switch d.figure.Kind {
	case "time":
		return d.overTime(g)
	case "cdf", "ccdf":
		return d.distribution(g)
	case "hist":
		return d.counted(g)
	case "stack":
		return d.stacked(made, g)
	case "box", "violin":
		return d.sampled(made, g)
	}
	return d.overPoints(made, g)
}

// overTime is a level's mean over the replications with its interval, as far as
// that is not below 0, where no level is.
func (d *drawer) overTime(g group) ([]plots.Series, error) {
	p := g.points[0]
	m, err := Pooled(p.Outcomes, d.figure.Of.Subject)
	if err != nil {
		return nil, err
	}
	data := plots.Series{Label: g.label, Steps: len(m.Series) == 1}
	for i, v := range metrics.Band(p.Spec.Run.Confidence, m.Series...) {
		t := m.Series[0].Time(i).Seconds()
		if !d.between(des.Time(math.Round(t * 1e9))) {
			continue
		}
		scale := m.Each / m.Unit
		data.X = append(data.X, t)
		data.Y = append(data.Y, v.Mean*scale)
		data.Low = append(data.Low, max(v.Low(), 0)*scale)
		data.High = append(data.High, v.High()*scale)
	}
	all := []plots.Series{data}
	for _, c := range d.figure.Theory {
		theory := plots.Series{Label: label(c.Label, g.label), Theory: true, X: data.X}
		look := p.without(-1)
		for _, t := range data.X {
			y, err := c.At(t, look)
			if err != nil {
				return nil, err
			}
			theory.Y = append(theory.Y, y)
			if d.figure.Band != nil {
				band, err := d.figure.Band.At(t, look)
				if err != nil {
					return nil, err
				}
				theory.Low = append(theory.Low, y-band)
				theory.High = append(theory.High, y+band)
			}
		}
		all = append(all, theory)
	}
	return all, nil
}

// between reports whether the figure shows the time.
func (d *drawer) between(t des.Time) bool {
	b := d.figure.Between
	return len(b) != 2 || t >= des.Time(b[0]) && t <= des.Time(b[1])
}

// label is that of a curve: what the file calls it, else what its group is.
func label(own, group string) string {
	if own != "" {
		return own
	}
	return group
}

// distribution is a sample's, pooled over the replications.
func (d *drawer) distribution(g group) ([]plots.Series, error) {
	m, err := Pooled(g.points[0].Outcomes, d.figure.Of.Subject)
	if err != nil {
		return nil, err
	}
	data := plots.Series{Label: g.label, Steps: true, X: []float64{}, Y: []float64{}}
	n := float64(m.Sample.N())
	for v, below := range m.Sample.Steps() {
		before, share := 0.0, float64(below)/n
		if d.figure.Kind == "ccdf" {
			before, share = 1, float64(m.Sample.N()-below)/n
		}
		if len(data.X) == 0 { // the least value is a step, too
			data.X = append(data.X, float64(v)/m.Unit)
			data.Y = append(data.Y, before)
		}
		data.X = append(data.X, float64(v)/m.Unit)
		data.Y = append(data.Y, share)
	}
	return d.beside(data, g)
}

// beside are a sample and the distributions that it is held against.
func (d *drawer) beside(data plots.Series, g group) ([]plots.Series, error) {
	all := []plots.Series{data}
	for _, c := range d.figure.Theory {
		law, err := c.Distribution(g.points[0].without(-1))
		if err != nil {
			return nil, err
		}
		all = append(all, d.law(label(c.Label, g.label), law))
	}
	return all, nil
}

// law is a distribution as the curve of a cdf or a ccdf; a histogram takes the former.
func (d *drawer) law(label string, law *language.Distribution) plots.Series {
	s := plots.Series{Label: label, Theory: true, Steps: true, X: []float64{}, Y: []float64{}}
	up := func(share float64) float64 {
		if d.figure.Kind == "ccdf" {
			return max(0, 1-share)
		}
		return share
	}
	below := 0.0
	for _, step := range law.Law.Steps() {
		if len(s.X) == 0 {
			s.X, s.Y = append(s.X, step.At.Seconds()), append(s.Y, up(0))
		}
		below += step.P
		s.X, s.Y = append(s.X, step.At.Seconds()), append(s.Y, up(min(below, 1)))
	}
	return s
}

// overPoints is expressions against a parameter, with intervals.
func (d *drawer) overPoints(made *plots.Figure, g group) ([]plots.Series, error) {
	var all []plots.Series
	for _, c := range d.figure.Y {
		s, err := d.curve(made, g, c)
		if err != nil {
			return nil, err
		}
		if len(d.figure.Y) > 1 {
			s.Label = both(g.label, c.Label)
		}
		all = append(all, s)
	}
	for _, c := range d.figure.Theory {
		s, err := d.curve(made, g, c)
		if err != nil {
			return nil, err
		}
		s.Label, s.Theory, s.Low, s.High = label(c.Label, g.label), true, nil, nil
		all = append(all, s)
	}
	return all, nil
}

// curve is one expression at the points of a group.
func (d *drawer) curve(made *plots.Figure, g group, c language.Curve) (plots.Series, error) {
	s := plots.Series{Label: g.label}
	if d.figure.Kind == "bar" {
		for range made.Categories {
			s.Y = append(s.Y, math.NaN())
		}
		s.Low, s.High = slices.Clone(s.Y), slices.Clone(s.Y)
	}
	for _, p := range g.points {
		v, err := p.estimate(c.Expr)
		if err != nil {
			return s, err
		}
		low, high := v.low, finite(v.high)
		// Nothing that is measured is less than 0, nor are sums, products and quotients.
		if v.value >= 0 && c.Measured() && !strings.ContainsAny(c.Source, "-(") {
			low = max(low, 0)
		} else if _, counts := c.Counts(); v.value >= 0 && counts {
			low = max(low, 0)
		}
		if _, share := c.Proportion(p.without(-1)); share && v.value <= 1 {
			low, high = max(low, 0), min(high, 1)
		}
		if d.figure.Kind == "bar" {
			name, err := p.named(d.figure.X)
			if err != nil {
				return s, err
			}
			i := slices.Index(made.Categories, name)
			s.Y[i], s.Low[i], s.High[i] = v.value, low, high
			continue
		}
		at, err := d.figure.X.Number(p.without(-1))
		if err != nil {
			return s, err
		}
		s.X, s.Y = append(s.X, at), append(s.Y, v.value)
		s.Low, s.High = append(s.Low, low), append(s.High, high)
		if d.figure.Color != nil {
			z, err := d.figure.Color.Number(p.without(-1))
			if err != nil {
				return s, err
			}
			s.Z = append(s.Z, z)
		}
	}
	return s, nil
}

// finite is an end of an interval that can be drawn, not-a-number if there is none.
func finite(end float64) float64 {
	if math.IsInf(end, 0) {
		return math.NaN()
	}
	return end
}

// category is what a value of x is called: a case by its label.
func (p *Point) category(x any) string {
	for _, c := range p.Cases {
		if x == c.Name {
			return c.Label
		}
	}
	return language.Format(x)
}

// numbered tells whether all names are plain numbers.
func numbered(names []string) bool {
	return len(names) > 0 && !slices.ContainsFunc(names, func(name string) bool {
		_, err := strconv.ParseFloat(name, 64)
		return err != nil
	})
}

// unit takes the unit off a label: "time (s)".
func unit(label string) (text, unit string) {
	if i := strings.LastIndex(label, " ("); i > 0 && strings.HasSuffix(label, ")") && !strings.Contains(label[i:], " )") {
		if u := label[i+2 : len(label)-1]; u == "1/s" && strings.HasSuffix(label[:i], "a second") {
			return label[:i], ""
		} else if slices.Contains([]string{"s", "B", "1/s", "bit/s", "B s"}, u) {
			return label[:i], u
		}
	}
	return label, ""
}
