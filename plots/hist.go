package plots

import (
	"math"
	"slices"
)

// bins are the intervals that the samples of a histogram are counted in, the
// same for all its series and panels: evenly spaced, or evenly in log10.
type bins struct {
	log   bool
	first float64 // of the transformed values, a multiple of step
	step  float64
	n     int
}

const (
	fewestBins = 5 // and Sturges' number, where the quartiles are close to each other
	mostBins   = 60
)

// newBins chooses the width of Freedman and Diaconis (1981), 2 IQR / n^(1/3), of
// the series that asks for the finest, made round.
func (f *Figure) newBins() bins {
	b := bins{log: f.LogX, step: 1}
	lo, hi, width, most := math.Inf(1), math.Inf(-1), math.Inf(1), 1.0
	for _, p := range f.Panels {
		for _, s := range p.Series {
			if s.Theory {
				continue
			}
			values, weights, n := b.sample(s)
			if n == 0 {
				continue
			}
			most = max(most, n)
			lo, hi = min(lo, values[0]), max(hi, values[len(values)-1])
			if w := 2 * (weighted(values, weights, 0.75*n) - weighted(values, weights, 0.25*n)) / math.Cbrt(n); w > 0 {
				width = min(width, w)
			}
		}
	}
	if lo > hi {
		return b
	}
	length := hi - lo
	if length <= 1e-9*max(math.Abs(lo), math.Abs(hi)) { // one value: a bin around it
		b.step = niceStep(max(1e-3*math.Abs(lo), 1e-12))
		b.first, b.n = lo-b.step/2, 1
		return b
	}
	b.step = niceStep(min(max(width, length/mostBins), length/max(fewestBins, 1+math.Log2(most))))
	b.first = b.step * math.Floor(lo/b.step+1e-9)
	b.n = int(math.Floor((hi-b.first)/b.step+1e-9)) + 1
	return b
}

// sample sorts what of a series the axis can show; Y, if given, are its weights.
func (b *bins) sample(s Series) (values, weights []float64, n float64) {
	type item struct{ v, w float64 }
	var all []item
	for i, v := range s.X {
		w := 1.0
		if s.Y != nil {
			w = s.Y[i]
		}
		if !finite(v) || !finite(w) || w <= 0 || b.log && v <= 0 {
			continue
		}
		if b.log {
			v = math.Log10(v)
		}
		all = append(all, item{v, w})
	}
	slices.SortStableFunc(all, func(x, y item) int {
		switch {
		case x.v < y.v:
			return -1
		case x.v > y.v:
			return 1
		}
		return 0
	})
	for _, i := range all {
		values, weights, n = append(values, i.v), append(weights, i.w), n+i.w
	}
	return values, weights, n
}

// weighted returns the value that a weight of at leaves below it.
func weighted(values, weights []float64, at float64) float64 {
	sum := 0.0
	for i, w := range weights {
		if sum += w; sum >= at {
			return values[i]
		}
	}
	return values[len(values)-1]
}

// rounding is the part of a bin at its upper end that is of the next: what happens at
// an edge is.
const rounding = 1e-9

// edge returns where bin i begins, as a value.
func (b *bins) edge(i float64) float64 {
	at := b.first + i*b.step
	if b.log {
		return math.Pow(10, at)
	}
	return at
}

// shares counts a series into the bins: of a sample which share lies in each, of
// a theory, whose Y is its distribution function, the difference over each. The
// curve has a point where a bin begins, and a last one of 0 where all end.
func (b *bins) shares(s Series) (x, y []float64) {
	if b.n == 0 {
		return nil, nil
	}
	y = make([]float64, b.n+1)
	if s.Theory {
		for i := range b.n {
			y[i] = s.below(b.edge(float64(i+1)-rounding)) - s.below(b.edge(float64(i)-rounding))
		}
	} else {
		values, weights, n := b.sample(s)
		if n == 0 {
			return nil, nil
		}
		for i, v := range values {
			at := int(math.Floor((v-b.first)/b.step + rounding))
			y[min(max(at, 0), b.n-1)] += weights[i] / n
		}
	}
	for i := range y {
		x = append(x, b.edge(float64(i)))
	}
	return x, y
}

// below evaluates a distribution function given by points: between them it is
// straight, or waits for the next if the series has steps.
func (s *Series) below(v float64) float64 {
	i, _ := slices.BinarySearch(s.X, math.Nextafter(v, math.Inf(1)))
	switch {
	case len(s.X) == 0 || i == 0 && (s.Steps || s.X[0] > v):
		return 0
	case i == len(s.X) || s.Steps:
		return s.Y[i-1]
	}
	return s.Y[i-1] + (s.Y[i]-s.Y[i-1])*(v-s.X[i-1])/(s.X[i]-s.X[i-1])
}

// hist draws one histogram: filled, and outlined in its own pattern.
func (g *page) hist(r frame, c curve) {
	base := r.y1
	if !g.y.log {
		base = g.at(r, 0, 0).y
	}
	outline := []point{{g.at(r, c.x[0], 0).x, base}}
	for i := range c.x {
		p := g.at(r, c.x[i], c.y[i])
		if i == len(c.x)-1 {
			p.y = base
		}
		outline = append(outline, point{p.x, outline[len(outline)-1].y}, p)
	}
	if c.theory {
		g.stroke(theoryStroke(c.index), outline...)
		return
	}
	g.fill(faint(hue(c.index), 0.28), outline...)
	g.stroke(seriesStroke(c.index), outline...)
}
