package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A frame is the plotting area of one panel.
type frame struct{ x0, y0, x1, y1 float64 }

func (r frame) middle() point { return point{(r.x0 + r.x1) / 2, (r.y0 + r.y1) / 2} }

func (r frame) corner() point { return point{r.x0, r.y0} }

// A page lays a figure out: from the top title, legend, a grid of panels, the
// axis titles around it, and the caption.
type page struct {
	*drawing
	f       *Figure
	panels  [][]curve
	x, y    axis
	z       axis // of colours
	frames  []frame
	rows    int
	cols    int
	slant   bool    // category labels that do not fit side by side
	every   int     // of a Heatmap's columns, so many to one that is named
	barRoom float64 // for the bar of the colours
	note    string
}

func (f *Figure) draw() *drawing {
	g := &page{f: f, drawing: &drawing{title: f.Title, w: f.width()}}
	if g.title == "" {
		g.title = f.Name
	}
	var hidden int
	if g.panels, hidden = f.curves(); hidden > 0 {
		g.note = "One value not above 0 cannot be shown on a log axis."
		if hidden > 1 {
			g.note = fmt.Sprintf("%d values not above 0 cannot be shown on a log axis.", hidden)
		}
	}
	if len(g.panels) == 0 {
		g.panels = make([][]curve, 1)
	}
	if g.hatched() {
		g.note = "Hatched: nothing above 0, which a log scale cannot show."
	}
	g.ranges()

	y := g.lines(margin, margin, 0, titles, black, titles.wrap(f.Title, g.w-2*margin))
	y = g.legend(y)
	y = g.grid(y)
	for i := range g.panels {
		g.panel(i)
	}
	if g.coloured() {
		g.colourBar(g.frames[g.cols-1].x1, g.frames[0].y0, g.frames[len(g.frames)-1].y1)
	}
	y = g.lines(margin, y+3, 0, small, grey, small.wrap(f.Caption+f.remarks()+"\n"+g.note, g.w-2*margin))
	g.h = math.Ceil(y + margin)
	return g.drawing
}

// ranges fits both axes to everything in all panels.
func (g *page) ranges() {
	f := g.f
	x := stretch{math.Inf(1), math.Inf(-1)}
	y := x
	least := g.leastShare()
	for _, row := range g.panels {
		data := slices.ContainsFunc(row, func(c curve) bool { return !c.theory })
		for _, c := range row {
			// The tail of a theory, never empty, must not squeeze that of the data.
			tail := f.Kind == CCDF && f.LogY && c.theory && data
			for i := range c.x {
				if tail && i > 0 && c.y[i-1] < least {
					break
				}
				x.hold(c.x[i], f.LogX)
				if tail {
					continue
				}
				y.hold(c.y[i], f.LogY)
				y.hold(c.low[i], f.LogY)
				y.hold(c.high[i], f.LogY)
			}
			if c.ends && !c.theory {
				x.hold(c.end, f.LogX)
			}
		}
	}
	f.hold(&x, &y)
	g.x.log, g.y.log = f.LogX && !f.categorical(), f.LogY && f.Kind != Heatmap
	if f.categorical() {
		g.x.lo, g.x.hi = -0.5, max(0.5, float64(len(f.Categories))-0.5)
	}
	switch f.Kind {
	case Heatmap:
		g.y.lo, g.y.hi = -0.5, max(0.5, float64(len(f.Rows))-0.5)
	case Box, Violin:
		g.y.fit(y, 0.05, 0.06, true)
	case Bar, Hist, Stack:
		if !f.LogY {
			y.hold(0, false)
		}
		if f.Kind != Bar {
			g.x.fit(x, 0, 0, false)
		}
		g.y.fit(y, 0.05, 0.06, true)
	case Time:
		g.x.fit(x, 0, 0, false)
		g.y.fit(y, 0.05, 0.06, true)
	case CDF, CCDF:
		if !f.LogY {
			y.hold(0, false)
			y.hold(1, false)
		}
		g.x.fit(x, 0.04, 0.04, false)
		g.y.lo, g.y.hi = 0, 1.02
		if f.LogY {
			g.y.shares(y)
		}
	default:
		g.x.fit(x, 0.04, 0.04, false)
		g.y.fit(y, 0.05, 0.06, true)
	}
}

// leastShare is the least that data has of a distribution.
func (g *page) leastShare() float64 {
	least := 1.0
	for _, row := range g.panels {
		for _, c := range row {
			if !c.theory && len(c.y) > 0 {
				least = min(least, c.y[len(c.y)-1])
			}
		}
	}
	return least
}

// grid places the panels below y and labels the axes; it returns the y below.
// Tick labels stand left of the first column and below the last panel of each
// column only, since all panels share both axes.
func (g *page) grid(y float64) float64 {
	g.shape(len(g.panels))
	titled := false
	for _, p := range g.f.Panels {
		titled = titled || p.Title != ""
	}
	head := 8.0
	if titled {
		head = headings.leading() + 7
	}
	height := g.plotHeight()
	total := float64(g.rows)*(height+head) - head
	if g.f.Kind == Heatmap {
		g.rowTicks(height)
	} else {
		g.y.label(g.f.YLabel, g.f.YUnit, height, 20, func(string) float64 { return labels.size })
	}
	g.barRoom = g.scale(height)
	names := labels.wrap(g.y.title, total)

	left := margin + float64(len(names))*labels.leading() + g.tickWidth() + 6
	gap, right := g.sides(left)
	if over := g.firstOverhang(g.plotWidth(left, right, gap)); over > left-margin {
		left = margin + over
		gap, right = g.sides(left)
	}
	width := g.plotWidth(left, right, gap)
	if titled {
		extra := float64(g.headLines(width)-1) * headings.leading()
		head, total = head+extra, total+extra*float64(g.rows-1)
	}

	top := y + head
	for i := range g.panels {
		x0 := left + float64(i%g.cols)*(width+gap)
		y0 := top + float64(i/g.cols)*(height+head)
		g.frames = append(g.frames, frame{x0, y0, x0 + width, y0 + height})
	}
	for i, line := range names {
		at := point{margin + labels.size + float64(i)*labels.leading(), top + total/2}
		g.turned(at, 0.5, math.Pi/2, labels, black, line)
	}
	bottom := top + total + 5 + g.tickHeight(width)
	// Below a column that ends early the tick labels use the empty place.
	xTitle := labels.wrap(g.x.title, g.w-2*margin)
	middle := left + (g.w-left-right)/2
	return g.lines(middle, bottom+1, 0.5, labels, black, xTitle)
}

// titleLines is how many lines the title of a panel may take.
const titleLines = 2

// headLines is how many lines the longest title takes above a panel.
func (g *page) headLines(width float64) int {
	n := 1
	for _, p := range g.f.Panels {
		n = max(n, len(headings.within(p.Title, width, titleLines)))
	}
	return n
}

// shape chooses rows and columns: as many panels side by side as keep 40 mm.
func (g *page) shape(n int) {
	most := max(1, int(g.w/(40*millimetre)))
	g.rows = (n + most - 1) / most
	g.cols = (n + g.rows - 1) / g.rows
}

func (g *page) plotWidth(left, right, gap float64) float64 {
	return (g.w - left - right - gap*float64(g.cols-1)) / float64(g.cols)
}

func (g *page) plotHeight() float64 {
	width := g.w / float64(g.cols)
	if g.cols == 1 {
		return min(0.54*width, 80*millimetre)
	}
	return min(0.62*width, 60*millimetre)
}

func (g *page) tickWidth() float64 {
	w := 0.0
	for _, t := range g.y.ticks {
		w = max(w, small.width(t.label))
	}
	return w
}

// sides chooses the ticks of x and returns the gap between columns and the room
// right of the last, both wide enough for labels that stand at a frame's end.
func (g *page) sides(left float64) (gap, right float64) {
	gap, right = 8, margin+2+g.barRoom
	if g.f.categorical() {
		return gap, right
	}
	for range 2 { // the room decides on the ticks, the ticks on the room
		width := g.plotWidth(left, right, gap)
		g.x.label(g.f.XLabel, g.f.XUnit, width, 34, small.width)
		gap, right = 8, margin+2+g.barRoom
		for _, t := range g.x.ticks {
			half, at := small.width(t.label)/2, g.x.place(t)*width
			right = max(right, margin+at+half-width)
			gap = max(gap, 8+at+half-width+max(0, g.firstOverhang(width)))
		}
	}
	return gap, right
}

// firstOverhang is how far the first label of x stands out left of its frame.
func (g *page) firstOverhang(width float64) float64 {
	for _, t := range g.x.ticks {
		if t.label != "" {
			return small.width(t.label)/2 - g.x.place(t)*width
		}
	}
	return 0
}

// tickHeight is the room for the labels of x; for categories it also decides
// whether they are wrapped or slanted.
func (g *page) tickHeight(width float64) float64 {
	if !g.f.categorical() {
		return small.leading()
	}
	g.x.title = g.f.XLabel
	if g.f.Kind == Heatmap && g.crowded(width) {
		return small.leading()
	}
	slot := width/float64(max(1, len(g.f.Categories))) - 3
	lines, widest := 1, 0.0
	for _, name := range g.f.Categories {
		lines = max(lines, len(small.wrap(name, slot)))
		for _, line := range small.wrap(name, slot) {
			g.slant = g.slant || small.width(line) > slot
		}
		widest = max(widest, small.width(name))
	}
	if g.slant {
		return min(widest, slantedRoom)*math.Sin(slantAngle) + small.leading()
	}
	return float64(lines) * small.leading()
}

// crowded chooses which columns of a heat map are named if not all can be, and
// reports whether.
func (g *page) crowded(width float64) bool {
	const wrapped = 6 // so many are written on several lines rather than left out
	slot, widest := width/float64(max(1, len(g.f.Categories))), 0.0
	for _, name := range g.f.Categories {
		if len(g.f.Categories) > wrapped {
			widest = max(widest, small.width(name))
		}
		for word := range strings.FieldsSeq(name) {
			widest = max(widest, small.width(word))
		}
	}
	if g.every = 1; widest <= slot-3 {
		return false
	}
	widest = 0
	for _, name := range g.f.Categories {
		widest = max(widest, small.width(small.shorten(name, slantedRoom)))
	}
	g.every = fitting(len(g.f.Categories), width, widest+5)
	if g.every > 2 && slot > 1.2*small.leading() { // slanted, all can be
		g.every = 1
	}
	return g.every > 1
}

const (
	slantAngle  = 40 * math.Pi / 180
	slantedRoom = 100.0 // longer names are cut
)

// legend writes what the lines mean into a strip of its own, as many entries a
// row as fit, and returns the y below.
func (g *page) legend(y float64) float64 {
	entries := g.entries()
	if len(entries) < 2 && (len(entries) == 0 || entries[0].label == "") {
		return y
	}
	const key, gap = 20.0, 9.0
	x, row := margin, 0
	y += 1
	for _, e := range entries {
		name := small.shorten(e.label, g.w-2*margin-key-3)
		w := key + 3 + small.width(name)
		if x > margin && x+w > g.w-margin {
			x, row = margin, row+1
		}
		mid := y + float64(row)*small.leading() + 0.6*small.size
		g.key(e, frame{x, mid - 2.5, x + key, mid + 2.5})
		g.text(point{x + key + 3, mid + small.middle()}, 0, small, black, name)
		x += w + gap
	}
	return y + float64(row+1)*small.leading()
}

// entries are the legend's lines: each label of data once, then each theory.
func (g *page) entries() []curve {
	var data, theories []curve
	names, _ := g.f.names()
	seen := map[string]bool{}
	for _, row := range g.panels {
		for _, c := range row {
			if c.theory {
				c.label = g.f.theoryName(c.label, names)
			}
			id := fmt.Sprint(c.theory, c.label)
			if seen[id] {
				continue
			}
			seen[id] = true
			if c.theory {
				theories = append(theories, c)
			} else {
				data = append(data, c)
			}
		}
	}
	if len(data) == 1 && data[0].label == "" && len(theories)+len(g.f.References) > 0 {
		data[0].label = "simulation"
	}
	if g.f.Kind == Heatmap || g.f.Kind == Scatter && g.coloured() {
		data = slices.DeleteFunc(data, func(c curve) bool { return c.label == "" || g.f.Kind == Heatmap })
	}
	sortByIndex(data)
	sortByIndex(theories)
	data = append(data, theories...)
	for i, l := range g.f.References {
		data = append(data, curve{label: l.Label, index: i, reference: true})
	}
	return data
}
