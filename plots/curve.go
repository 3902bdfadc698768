package plots

import (
	"math"
	"slices"
)

// maxPoints bounds what is drawn of a series; a printed line has no more dots.
const maxPoints = 500

// A curve is a series as it is drawn: finite, showable, thinned out, and with
// its place in the palette.
type curve struct {
	label     string
	theory    bool
	reference bool // a line of the legend only
	steps     bool
	index     int // of its colour or, for theory, of its dash pattern
	x, y      []float64
	low, high []float64 // NaN where there is no interval
	z         []float64 // of cells and coloured points
	boxes     []*summary
	lead      float64 // level left of the first step of a distribution
	ends      bool    // a distribution ends in 0, which a log axis cannot show,
	end       float64 // at this value
}

func (c *curve) add(x, y, low, high float64) {
	c.x, c.y = append(c.x, x), append(c.y, y)
	c.low, c.high = append(c.low, low), append(c.high, high)
}

func (c *curve) interval(i int) bool { return !math.IsNaN(c.low[i]) }

func (c *curve) intervals() bool {
	return slices.ContainsFunc(c.low, func(v float64) bool { return !math.IsNaN(v) })
}

// curves readies every panel and counts the points that log axes cannot show.
func (f *Figure) curves() (panels [][]curve, hidden int) {
	data, theories := f.names()
	if f.Kind == Hist {
		f.bins = f.newBins()
	}
	for _, p := range f.Panels {
		var row []curve
		for _, s := range p.Series {
			c, n := f.curve(s)
			hidden += n
			if len(c.x) == 0 {
				continue
			}
			if c.index = slices.Index(data, s.Label); s.Theory {
				c.index = slices.Index(theories, f.theoryName(s.Label, data))
			}
			row = append(row, c)
		}
		if f.Kind == Stack {
			row = stacked(row)
		}
		panels = append(panels, row)
	}
	return panels, hidden
}

// names lists the labels of data and of theory, each in order of appearance:
// their places in the palette, the same in every panel.
func (f *Figure) names() (data, theories []string) {
	appear := func(list []string, name string) []string {
		if slices.Contains(list, name) {
			return list
		}
		return append(list, name)
	}
	for _, p := range f.Panels {
		for _, s := range p.Series {
			if !s.Theory {
				data = appear(data, s.Label)
			}
		}
	}
	for _, p := range f.Panels {
		for _, s := range p.Series {
			if s.Theory {
				theories = appear(theories, f.theoryName(s.Label, data))
			}
		}
	}
	return data, theories
}

// theoryName is a theory's own label, or just "theory" if it is that of data.
func (f *Figure) theoryName(label string, data []string) string {
	if label == "" || slices.Contains(data, label) {
		return "theory"
	}
	return label
}

func (f *Figure) curve(s Series) (c curve, hidden int) {
	c = curve{label: s.Label, theory: s.Theory, steps: s.Steps}
	x, y := s.X, s.Y
	switch {
	case f.Kind == Bar:
		x = make([]float64, len(y))
		for i := range x {
			x[i] = float64(i)
		}
	case f.boxed():
		return f.summaries(s)
	case f.sampled() && y == nil:
		x, y = f.distribution(x)
		c.steps = true
	case f.Kind == Hist:
		x, y = f.bins.shares(s)
		s.Low, s.High = nil, nil
	}
	if f.Kind == CCDF {
		c.lead = 1
	}
	for i := range x {
		if !finite(x[i]) || !finite(y[i]) {
			continue
		}
		if f.LogX && !f.categorical() && x[i] <= 0 || f.LogY && y[i] <= 0 && f.Kind != Hist && f.Kind != Heatmap {
			hidden++
			switch {
			case len(c.x) == 0:
				c.lead = y[i]
			case f.Kind == CCDF:
				c.ends, c.end = true, x[i]
			}
			continue
		}
		if s.Z != nil && !finite(s.Z[i]) {
			continue
		}
		low, high := math.NaN(), math.NaN()
		if s.Low != nil && s.High != nil && finite(s.Low[i]) && finite(s.High[i]) {
			low, high = s.Low[i], s.High[i]
		}
		c.add(x[i], y[i], low, high)
		if s.Z != nil {
			c.z = append(c.z, s.Z[i])
		}
	}
	if f.sampled() && len(c.x) > 0 { // the levels left and right of what is shown tell of the rest
		hidden = 0
	}
	switch f.Kind {
	case Scatter:
		data, _ := f.names()
		c.pick(spread(len(c.x), max(mostDots/max(1, len(data)), maxPoints), 0))
	case Bar, Hist, Stack, Heatmap:
	default:
		c.thin()
	}
	return c, hidden
}

// summaries are the boxes of a series; their quartiles count as an interval.
func (f *Figure) summaries(s Series) (c curve, hidden int) {
	c.label = s.Label
	for i, sample := range s.Samples {
		for _, v := range sample {
			if f.LogY && finite(v) && v <= 0 {
				hidden++
			}
		}
		if b := summarize(sample, f.LogY); b != nil {
			c.add(float64(i), b.median, b.least, b.greatest)
			c.boxes = append(c.boxes, b)
		}
	}
	return c, hidden
}

// finite leaves out, besides NaN and infinities, what would overflow in the
// arithmetic of an axis.
func finite(v float64) bool { return math.Abs(v) <= 1e300 }

// distribution returns the steps of a sample's empirical CDF or CCDF: at most
// maxPoints of them, evenly in rank, with the last 50 all kept for the tail.
func (f *Figure) distribution(sample []float64) (x, y []float64) {
	sorted := slices.DeleteFunc(slices.Clone(sample), func(v float64) bool { return !finite(v) })
	slices.Sort(sorted)
	n := len(sorted)
	var ends []int // one past the last of each distinct value
	for i := range sorted {
		if i+1 == n || sorted[i+1] != sorted[i] {
			ends = append(ends, i+1)
		}
	}
	for _, i := range spread(len(ends), maxPoints, 50) {
		share := float64(ends[i]) / float64(n)
		if f.Kind == CCDF {
			share = float64(n-ends[i]) / float64(n)
		}
		x, y = append(x, sorted[ends[i]-1]), append(y, share)
	}
	if f.Kind == CCDF && len(x) > 0 { // the first is a step, too, where it is the only one
		x, y = slices.Insert(x, 0, x[0]), slices.Insert(y, 0, 1)
	}
	return x, y
}

// spread picks at most limit of n indices: evenly, but all of the last tail.
func spread(n, limit, tail int) []int {
	var picked []int
	if n <= limit {
		for i := range n {
			picked = append(picked, i)
		}
		return picked
	}
	body := limit - tail
	for i := range body {
		picked = append(picked, i*(n-tail)/body)
	}
	for i := n - tail; i < n; i++ {
		picked = append(picked, i)
	}
	return picked
}

// thin keeps of a long curve the first and last point and, of each stretch, the
// points where it or its interval is least and greatest.
func (c *curve) thin() {
	if keep := c.extremes(); len(keep) < len(c.x) {
		c.pick(keep)
	}
}

// extremes are the points that thin keeps.
func (c *curve) extremes() []int {
	n := len(c.x)
	if n <= maxPoints {
		return spread(n, n, 0)
	}
	extremes := [][]float64{c.y}
	if c.intervals() {
		extremes = append(extremes, c.low, c.high)
	}
	stretches := (maxPoints - 2) / (2 * len(extremes))
	keep := []int{0, n - 1}
	for s := range stretches {
		from, to := s*n/stretches, (s+1)*n/stretches
		for _, v := range extremes {
			least, most := from, from
			for i := from; i < to; i++ {
				if v[i] < v[least] {
					least = i
				}
				if v[i] > v[most] {
					most = i
				}
			}
			keep = append(keep, least, most)
		}
	}
	slices.Sort(keep)
	return slices.Compact(keep)
}

// pick leaves some of the points.
func (c *curve) pick(keep []int) {
	all := *c
	c.x, c.y, c.low, c.high, c.z = nil, nil, nil, nil, nil
	for _, i := range keep {
		c.add(all.x[i], all.y[i], all.low[i], all.high[i])
		if all.z != nil {
			c.z = append(c.z, all.z[i])
		}
	}
}
