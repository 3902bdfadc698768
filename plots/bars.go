package plots

import (
	"math"
	"slices"
)

// bars draws groups of bars, one a series, with intervals as whiskers. A theory
// with the label of a series crosses its bar; another crosses the whole group.
func (g *page) bars(r frame, data, theories []curve) {
	places := g.places()
	left := func(category float64, place int) float64 {
		x, _ := g.slot(r, int(category), place, len(places))
		return x
	}
	_, wide := g.slot(r, 0, 0, len(places))
	base := r.y1
	if !g.y.log {
		base = g.at(r, 0, 0).y
	}
	for _, c := range data {
		place := slices.Index(places, c.label)
		for i := range c.x {
			x, y := left(c.x[i], place), g.at(r, c.x[i], c.y[i]).y
			g.bar(frame{x, min(y, base), x + wide, max(y, base)}, c.index)
			if c.interval(i) {
				low, high := g.at(r, 0, c.low[i]).y, g.at(r, 0, c.high[i]).y
				mid := x + wide/2
				g.whisker(stroke{width: 0.7, color: black}, point{mid, low}, point{mid, high}, min(2, wide/3))
			}
		}
	}
	for _, c := range theories {
		place := slices.Index(places, c.label)
		for i := range c.x {
			x0, x1 := left(c.x[i], 0), left(c.x[i], len(places))
			if place >= 0 {
				x0, x1 = left(c.x[i], place), left(c.x[i], place+1)
			}
			y := g.at(r, 0, c.y[i]).y
			g.stroke(theoryStroke(c.index), point{x0, y}, point{x1, y})
		}
	}
}

// places are the labels within a category left to right, the same in all panels.
func (g *page) places() (places []string) {
	names, _ := g.f.names()
	for _, name := range names {
		if slices.ContainsFunc(g.panels, func(row []curve) bool { return holds(row, name) }) {
			places = append(places, name)
		}
	}
	return places
}

// slot is where one of the places of a category begins, and how wide it is.
func (g *page) slot(r frame, category, place, places int) (x, wide float64) {
	slot := (r.x1 - r.x0) / max(1, float64(len(g.f.Categories)))
	wide = 0.8 * slot / max(1, float64(places))
	return r.x0 + (float64(category)+0.1)*slot + float64(place)*wide, wide
}

func holds(row []curve, label string) bool {
	return slices.ContainsFunc(row, func(c curve) bool { return !c.theory && c.label == label })
}

// hatches are the patterns of bars, for grey paper: / rises, \ falls, - is level and
// | upright. The two without differ in lightness.
var hatches = [...]string{"", "/", "\\", "/\\", "", "-", "|", "-|"}

// bar fills one bar.
func (g *page) bar(r frame, index int) {
	const apart = 3.0
	g.rect(hue(index), r.x0, r.y0, r.x1, r.y1)
	line := stroke{width: 0.7, color: white}
	h, w := r.y1-r.y0, r.x1-r.x0
	for _, way := range hatches[index%len(hatches)] {
		switch way {
		case '/', '\\':
			for d := apart; d < w+h; d += apart { // x+y = d, from a top corner
				a, b := point{min(d, w), d - min(d, w)}, point{d - min(d, h), min(d, h)}
				if way == '\\' {
					a.x, b.x = w-a.x, w-b.x
				}
				g.stroke(line, point{r.x0 + a.x, r.y0 + a.y}, point{r.x0 + b.x, r.y0 + b.y})
			}
		case '-':
			for y := r.y1 - apart/2; y > r.y0; y -= apart {
				g.stroke(line, point{r.x0, y}, point{r.x1, y})
			}
		case '|':
			for n, i := max(1, math.Round(w/apart)), 0.5; i < n; i++ {
				g.stroke(line, point{r.x0 + i*w/n, r.y0}, point{r.x0 + i*w/n, r.y1})
			}
		}
	}
	g.stroke(stroke{width: 0.5, color: black}, point{r.x0, r.y1}, point{r.x0, r.y0}, point{r.x1, r.y0}, point{r.x1, r.y1}, point{r.x0, r.y1})
}
