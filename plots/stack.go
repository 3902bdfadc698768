package plots

import (
	"math"
	"slices"
)

// stacked lays the curves of a panel on each other, each from the top of the one
// before it. All must have the same x; where one has no value it is 0.
func stacked(row []curve) []curve {
	i := slices.IndexFunc(row, func(c curve) bool { return !c.theory })
	if i < 0 {
		return row
	}
	x := row[i].x
	total := make([]float64, len(x))
	for k := range row {
		c := &row[k]
		if c.theory || !slices.Equal(c.x, x) {
			continue
		}
		c.low, c.high = slices.Clone(total), slices.Clone(total)
		for i, v := range c.y {
			total[i] += max(0, v)
			c.high[i] = total[i]
		}
	}
	keep := peaks(x, total)
	for k := range row {
		if c := &row[k]; !c.theory && slices.Equal(c.x, x) {
			c.pick(keep)
		}
	}
	return row
}

// peaks picks what of a long sum is drawn: of each stretch the least and the most.
func peaks(x, y []float64) []int {
	all := curve{x: x, y: y, low: nans(len(x)), high: nans(len(x))}
	return all.extremes()
}

func nans(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = math.NaN()
	}
	return v
}

// area fills what a curve adds to those below it. Every other area is hatched,
// for grey paper, and all are parted by a white line.
func (g *page) area(r frame, c curve) {
	var low, high []point
	for i := range c.x {
		low = append(low, g.at(r, c.x[i], c.low[i]))
		high = append(high, g.at(r, c.x[i], c.high[i]))
	}
	switch {
	case len(low) == 1: // has no width of its own
		for _, edge := range []*[]point{&low, &high} {
			p := (*edge)[0]
			*edge = []point{{max(p.x-6, r.x0), p.y}, {min(p.x+6, r.x1), p.y}}
		}
	case c.steps:
		low, high = stairs(low), stairs(high)
	}
	outline := slices.Clone(high)
	for i := len(low) - 1; i >= 0; i-- {
		outline = append(outline, low[i])
	}
	g.fill(hue(c.index), outline...)
	if c.index%2 == 1 {
		g.hatch(low, high)
	}
	g.stroke(stroke{width: 0.5, color: white}, high...)
}

// hatch draws thin upright lines between two edges of the same x.
func (g *page) hatch(low, high []point) {
	const apart = 3.0
	next := math.Ceil(low[0].x/apart) * apart
	for i := 1; i < len(low); i++ {
		for ; next <= low[i].x; next += apart {
			a, b := onLine(low[i-1], low[i], next), onLine(high[i-1], high[i], next)
			if a.y-b.y > 0.5 {
				g.stroke(stroke{width: 0.5, color: white}, a, b)
			}
		}
	}
}

// onLine is the point of the line from a to b at x.
func onLine(a, b point, x float64) point {
	if b.x == a.x {
		return b
	}
	return point{x, a.y + (b.y-a.y)*(x-a.x)/(b.x-a.x)}
}
