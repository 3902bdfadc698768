package plots

import (
	"math"
	"slices"
	"strconv"
)

// A summary is what a box shows of a sample (Tukey, "Exploratory Data Analysis",
// 1977): quartiles, whiskers to the furthest value within 1.5 interquartile
// ranges of the box, and what lies beyond.
type summary struct {
	n               int
	mean            float64
	q1, median, q3  float64
	low, high       float64 // ends of the whiskers
	least, greatest float64
	beyond          []float64
	sorted          []float64 // finite and, on a log axis, above 0
}

const (
	whiskerReach = 1.5
	mostBeyond   = 60 // of each side's outliers, the furthest
)

func summarize(sample []float64, log bool) *summary {
	v := slices.DeleteFunc(slices.Clone(sample), func(v float64) bool { return !finite(v) || log && v <= 0 })
	if len(v) == 0 {
		return nil
	}
	slices.Sort(v)
	s := &summary{n: len(v), sorted: v, least: v[0], greatest: v[len(v)-1]}
	s.q1, s.median, s.q3 = quantile(v, 0.25), quantile(v, 0.5), quantile(v, 0.75)
	for _, x := range v {
		s.mean += x / float64(len(v))
	}
	reach := whiskerReach * (s.q3 - s.q1)
	first, _ := slices.BinarySearch(v, s.q1-reach)
	last, _ := slices.BinarySearch(v, math.Nextafter(s.q3+reach, math.Inf(1)))
	s.low, s.high = min(v[first], s.q1), max(v[last-1], s.q3)
	s.beyond = append(slices.Clone(v[:min(first, mostBeyond)]), v[max(last, len(v)-mostBeyond):]...)
	return s
}

// quantile interpolates between order statistics (type 7 of Hyndman and Fan 1996).
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// boxes draws the summaries of a panel, those of one category side by side.
func (g *page) boxes(r frame, data []curve) {
	places := g.places()
	for _, c := range data {
		for i := range c.x {
			x0, wide := g.slot(r, int(c.x[i]), slices.Index(places, c.label), len(places))
			if g.f.Kind == Violin {
				g.violin(r, c.boxes[i], x0+wide/2, 0.46*wide, c.index)
				continue
			}
			g.box(r, c.boxes[i], x0+wide/2, min(0.36*wide, 9), c.index)
		}
	}
}

func (g *page) box(r frame, s *summary, mid, half float64, index int) {
	y := func(v float64) float64 { return g.at(r, 0, v).y }
	line := stroke{width: 0.7, color: hue(index)}
	g.stroke(line, point{mid, y(s.low)}, point{mid, y(s.q1)})
	g.stroke(line, point{mid, y(s.q3)}, point{mid, y(s.high)})
	for _, end := range []float64{s.low, s.high} {
		g.stroke(line, point{mid - half/2, y(end)}, point{mid + half/2, y(end)})
	}
	x0, y0, x1, y1 := mid-half, y(s.q3), mid+half, y(s.q1)
	g.rect(faint(hue(index), 0.28), x0, y0, x1, y1)
	g.stroke(outlineStroke(index), point{x0, y1}, point{x0, y0}, point{x1, y0}, point{x1, y1}, point{x0, y1})
	g.stroke(stroke{width: 1.4, color: hue(index)}, point{x0, y(s.median)}, point{x1, y(s.median)})
	for _, v := range s.beyond {
		g.dot(point{mid, y(v)}, 0.9, hue(index))
	}
}

// violin draws the density of a sample to both sides, with the quartiles within.
func (g *page) violin(r frame, s *summary, mid, half float64, index int) {
	at, density := g.density(s)
	most := slices.Max(density)
	var left, right []point
	for i, d := range density {
		y := r.y1 - (at[i]-g.y.lo)/(g.y.hi-g.y.lo)*(r.y1-r.y0)
		y = min(max(y, r.y0), r.y1)
		left = append(left, point{mid - half*d/most, y})
		right = append(right, point{mid + half*d/most, y})
	}
	slices.Reverse(right)
	outline := append(left, right...)
	g.fill(faint(hue(index), 0.28), outline...)
	g.stroke(outlineStroke(index), append(outline, outline[0])...)
	y := func(v float64) float64 { return g.at(r, 0, v).y }
	g.stroke(stroke{width: 2, color: hue(index)}, point{mid, y(s.q1)}, point{mid, y(s.q3)})
	g.dot(point{mid, y(s.median)}, 1.9, white)
	g.dot(point{mid, y(s.median)}, 1.2, hue(index))
}

// density estimates a sample's with a normal kernel of Silverman's width (1986,
// 3.31), as the axis shows it: on a log axis that of the logarithm.
func (g *page) density(s *summary) (at, density []float64) {
	const points = 80
	v := make([]float64, 0, s.n)
	for _, i := range spread(s.n, maxPoints, 50) {
		v = append(v, g.y.transform(s.sorted[i]))
	}
	mean, square := 0.0, 0.0
	for _, x := range v {
		mean += x / float64(len(v))
	}
	for _, x := range v {
		square += (x - mean) * (x - mean) / float64(len(v))
	}
	width := math.Sqrt(square)
	if iqr := (quantile(v, 0.75) - quantile(v, 0.25)) / 1.34; iqr > 0 {
		width = min(width, iqr)
	}
	width *= 0.9 * math.Pow(float64(len(v)), -0.2)
	width = max(width, 0.004*(g.y.hi-g.y.lo)) // of equal values: as thin as can be seen
	lo, hi := v[0], v[len(v)-1]
	if hi-lo < 4*width { // what is too flat to be seen
		lo, hi = lo-2*width, hi+2*width
	}
	for i := range points {
		x := lo + (hi-lo)*float64(i)/(points-1)
		d := 0.0
		for _, c := range v {
			u := (x - c) / width
			d += math.Exp(-u * u / 2)
		}
		at, density = append(at, x), append(density, d)
	}
	return at, density
}

// boxTable is the table of a box figure: a row a box.
func (f *Figure) boxTable() []byte {
	b := []byte("panel,series,x,n,mean,low_whisker,q1,median,q3,high_whisker,min,max\n")
	panels, _ := f.curves()
	for i, row := range panels {
		for _, c := range row {
			for k, s := range c.boxes {
				b = append(b, csvCell(f.Panels[i].Title)+","+csvCell(c.label)+","+csvCell(f.Categories[int(c.x[k])])+","+strconv.Itoa(s.n)...)
				for _, v := range []float64{s.mean, s.low, s.q1, s.median, s.q3, s.high, s.least, s.greatest} {
					b = append(b, ","+number(v)...)
				}
				b = append(b, '\n')
			}
		}
	}
	return b
}
