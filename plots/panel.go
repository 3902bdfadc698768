package plots

import (
	"cmp"
	"math"
	"slices"
)

func sortByIndex(c []curve) {
	slices.SortStableFunc(c, func(a, b curve) int { return cmp.Compare(a.index, b.index) })
}

// panel draws one of the small multiples: grid, bands, data, theory, axes.
func (g *page) panel(i int) {
	r := g.frames[i]
	if i < len(g.f.Panels) && g.f.Panels[i].Title != "" {
		title := headings.within(g.f.Panels[i].Title, r.x1-r.x0, titleLines)
		g.lines(r.x0, r.y0-4-headings.size-float64(len(title)-1)*headings.leading(), 0, headings, black, title)
	}
	curves := slices.Clone(g.panels[i])
	sortByIndex(curves)
	if len(curves) == 0 {
		g.text(point{r.middle().x, r.middle().y + labels.middle()}, 0.5, labels, grey, "no data")
	} else if g.f.Kind != Heatmap {
		g.gridlines(r)
	}
	var data, theories []curve
	for _, c := range curves {
		if c.theory {
			theories = append(theories, c)
		} else {
			data = append(data, c)
		}
	}
	if len(curves) > 0 {
		g.references(r)
	}
	g.content(r, data, theories)
	if i == 0 && len(curves) > 0 {
		g.notes(r)
	}
	g.axes(r, i, len(curves) > 0)
}

// content draws the data of a panel and, above them, theory.
func (g *page) content(r frame, data, theories []curve) {
	each := func(list []curve, draw func(frame, curve)) {
		for _, c := range list {
			draw(r, c)
		}
	}
	switch g.f.Kind {
	case Bar:
		g.bars(r, data, theories)
	case Box, Violin:
		g.boxes(r, data)
	case Heatmap:
		each(data, g.cells)
	case Hist:
		each(data, g.hist)
		each(theories, g.hist)
	case Scatter:
		each(data, g.dots)
		each(theories, g.curve)
	case Stack:
		each(data, g.area)
		each(theories, g.curve)
	default:
		each(theories, g.band)
		each(data, g.band)
		each(data, g.curve)
		each(theories, g.curve)
	}
}

func (g *page) at(r frame, x, y float64) point {
	return point{r.x0 + g.x.share(x)*(r.x1-r.x0), r.y1 - g.y.share(y)*(r.y1-r.y0)}
}

func (g *page) gridlines(r frame) {
	line := stroke{width: 0.4, color: pale}
	for _, t := range g.y.ticks {
		if t.label != "" {
			y := r.y1 - g.y.place(t)*(r.y1-r.y0)
			g.stroke(line, point{r.x0, y}, point{r.x1, y})
		}
	}
	for _, t := range g.x.ticks {
		if t.label != "" && !g.f.categorical() {
			x := r.x0 + g.x.place(t)*(r.x1-r.x0)
			g.stroke(line, point{x, r.y0}, point{x, r.y1})
		}
	}
}

func (g *page) axes(r frame, i int, some bool) {
	line := stroke{width: 0.6, color: black}
	g.stroke(line, point{r.x0, r.y0}, point{r.x0, r.y1}, point{r.x1, r.y1})
	if !some && len(g.panels) == 1 {
		return
	}
	for _, t := range g.y.ticks {
		y := r.y1 - g.y.place(t)*(r.y1-r.y0)
		g.stroke(line, point{r.x0 - tickLength(t), y}, point{r.x0, y})
		if i%g.cols == 0 {
			g.text(point{r.x0 - 4, y + small.middle()}, 1, small, black, t.label)
		}
	}
	last := i+g.cols >= len(g.panels)
	if g.f.categorical() {
		if last {
			g.categories(r)
		}
		return
	}
	for _, t := range g.x.ticks {
		x := r.x0 + g.x.place(t)*(r.x1-r.x0)
		g.stroke(line, point{x, r.y1}, point{x, r.y1 + tickLength(t)})
		if last {
			g.text(point{x, r.y1 + 4 + small.size}, 0.5, small, black, t.label)
		}
	}
}

func tickLength(t tick) float64 {
	if t.label == "" {
		return 1.3
	}
	return 2.5
}

func (g *page) categories(r frame) {
	slot := (r.x1 - r.x0) / float64(len(g.f.Categories))
	for i, name := range g.f.Categories {
		x := r.x0 + (float64(i)+0.5)*slot
		if g.every > 1 {
			if i%g.every == 0 {
				g.text(point{x, r.y1 + 3 + small.size}, 0.5, small, black, small.shorten(name, slantedRoom))
			}
			continue
		}
		if !g.slant {
			g.lines(x, r.y1+3, 0.5, small, black, small.wrap(name, slot-3))
			continue
		}
		// A slanted name ends under its bars and must not begin off the page.
		room := min(slantedRoom, (x-margin)/math.Cos(slantAngle)-2)
		g.turned(point{x + 2, r.y1 + 3 + small.size}, 1, slantAngle, small, black, small.shorten(name, room))
	}
}

// path is the line of a curve; that of a distribution begins at the left edge
// and, where it is all told, ends at the right one.
func (g *page) path(r frame, c curve) []point {
	var path []point
	last := 0.0
	if c.steps && g.f.sampled() && !(g.y.log && c.lead <= 0) {
		last = g.at(r, c.x[0], c.lead).y
		path = append(path, point{r.x0, last})
	}
	for i := range c.x {
		p := g.at(r, c.x[i], c.y[i])
		if c.steps && len(path) > 0 && p.y != last {
			path = append(path, point{p.x, last})
		}
		path, last = append(path, p), p.y
		if g.below(c.y[i]) {
			return path
		}
	}
	switch {
	case c.steps && g.f.Kind == CDF:
		path = append(path, point{r.x1, last})
	case c.steps && c.ends:
		x := g.at(r, c.end, c.x[0]).x
		path = append(path, point{x, last}, point{x, r.y1})
	}
	return path
}

// below reports that a distribution has left the picture: a theory goes on where
// no sample reaches.
func (g *page) below(y float64) bool {
	return g.f.Kind == CCDF && g.y.log && g.y.transform(y) < g.y.lo
}

func (g *page) curve(r frame, c curve) {
	path := g.path(r, c)
	if c.theory {
		g.stroke(theoryStroke(c.index), path...)
		if len(path) == 1 {
			g.stroke(theoryStroke(0), point{path[0].x - 8, path[0].y}, point{path[0].x + 8, path[0].y})
		}
		return
	}
	g.stroke(seriesStroke(c.index), path...)
	if g.f.Kind == Line {
		g.errorBars(r, c)
	}
	if g.f.Kind == Line && len(c.x) <= 40 || len(path) == 1 {
		for i := range c.x {
			g.marker(g.at(r, c.x[i], c.y[i]), c.index)
		}
	}
}

// band fills the interval of a level over time; that of a theory is hemmed too,
// since grey alone does not show under a band of data.
func (g *page) band(r frame, c curve) {
	if g.f.Kind != Time && !c.theory || !c.intervals() {
		return
	}
	var low, high []point
	for i := range c.x {
		if c.interval(i) {
			low = append(low, g.at(r, c.x[i], c.low[i]))
			high = append(high, g.at(r, c.x[i], c.high[i]))
		}
	}
	if c.steps {
		low, high = stairs(low), stairs(high)
	}
	hem := stroke{width: 0.4, color: faint(black, 0.6), dash: []float64{0.8, 1.2}}
	tint := faint(hue(c.index), 0.22)
	if c.theory {
		tint = faint(black, 0.10)
		defer g.stroke(hem, low...)
		defer g.stroke(hem, slices.Clone(high)...)
	}
	outline := slices.Clone(high)
	for i := len(low) - 1; i >= 0; i-- {
		outline = append(outline, low[i])
	}
	g.fill(tint, outline...)
}

// stairs holds each level until the next point.
func stairs(path []point) []point {
	var out []point
	for i, p := range path {
		if i > 0 {
			out = append(out, point{p.x, path[i-1].y})
		}
		out = append(out, p)
	}
	return out
}

func (g *page) errorBars(r frame, c curve) {
	line := stroke{width: 0.7, color: hue(c.index)}
	for i := range c.x {
		if c.interval(i) {
			g.whisker(line, g.at(r, c.x[i], c.low[i]), g.at(r, c.x[i], c.high[i]), 2)
		}
	}
}

func (g *page) whisker(line stroke, a, b point, half float64) {
	g.stroke(line, a, b)
	g.stroke(line, point{a.x - half, a.y}, point{a.x + half, a.y})
	g.stroke(line, point{b.x - half, b.y}, point{b.x + half, b.y})
}

// marker draws one of eight shapes: circle, square, triangle, diamond, filled
// for the first four series and open for the others.
func (g *page) marker(p point, index int) {
	const radius = 2.1
	corners, turn := 16, 0.0
	switch index % 4 {
	case 1:
		corners, turn = 4, math.Pi/4
	case 2:
		corners, turn = 3, math.Pi/2
	case 3:
		corners = 4
	}
	var shape []point
	for k := range corners {
		sin, cos := math.Sincos(turn + 2*math.Pi*float64(k)/float64(corners))
		shape = append(shape, point{p.x + radius*cos, p.y - radius*sin})
	}
	if index%8 < 4 {
		g.fill(hue(index), shape...)
		return
	}
	g.fill(white, shape...)
	g.stroke(stroke{width: 0.8, color: hue(index)}, append(shape, shape[0], shape[1])...)
}

// key draws a legend's sample of a curve.
func (g *page) key(c curve, r frame) {
	mid := r.middle()
	switch {
	case c.reference:
		g.stroke(referenceStroke(c.index), point{r.x0, mid.y}, point{r.x1, mid.y})
	case c.theory:
		if c.intervals() && g.f.Kind != Bar {
			g.rect(faint(black, 0.10), r.x0, r.y0, r.x1, r.y1)
		}
		g.stroke(theoryStroke(c.index), point{r.x0, mid.y}, point{r.x1, mid.y})
	case g.f.Kind == Bar:
		g.bar(frame{r.x0, r.y0 - 0.5, r.x1, r.y1 + 0.5}, c.index)
	case g.f.Kind == Stack:
		g.rect(hue(c.index), r.x0, r.y0, r.x1, r.y1)
		if c.index%2 == 1 {
			g.hatch([]point{{r.x0, r.y1}, {r.x1, r.y1}}, []point{r.corner(), {r.x1, r.y0}})
		}
	case g.f.Kind == Hist, g.f.boxed():
		g.rect(faint(hue(c.index), 0.28), r.x0, r.y0, r.x1, r.y1)
		outline := []point{{r.x0, r.y1}, {r.x0, r.y0}, {r.x1, r.y0}, {r.x1, r.y1}}
		if g.f.Kind == Hist {
			g.stroke(seriesStroke(c.index), outline...)
		} else {
			g.stroke(outlineStroke(c.index), append(outline, outline[0])...)
		}
	case g.f.Kind == Scatter:
		g.marker(mid, c.index)
	default:
		if g.f.Kind == Time && c.intervals() {
			g.rect(faint(hue(c.index), 0.22), r.x0, r.y0, r.x1, r.y1)
		}
		g.stroke(seriesStroke(c.index), point{r.x0, mid.y}, point{r.x1, mid.y})
		if g.f.Kind == Line {
			g.marker(mid, c.index)
		}
	}
}
