package plots

import (
	"image/color"
	"math"
	"slices"
	"strconv"
)

// ramp is viridis (van der Walt and Smith 2015) at nine even steps: even to the
// eye, in grey and to the colour-blind.
var ramp = []color.NRGBA{
	rgb(0x440154), rgb(0x472d7b), rgb(0x3b528b), rgb(0x2c728e), rgb(0x21918c),
	rgb(0x28ae80), rgb(0x5ec962), rgb(0xaddc30), rgb(0xfde725),
}

// shade is the colour at a share of the ramp.
func shade(share float64) color.NRGBA {
	at := min(max(share, 0), 1) * float64(len(ramp)-1)
	i := min(int(at), len(ramp)-2)
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (at-float64(i))*(float64(b)-float64(a)))) }
	a, b := ramp[i], ramp[i+1]
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 0xff}
}

// ink is what can be read on a colour.
func ink(c color.NRGBA) color.NRGBA {
	if 0.299*float64(c.R)+0.587*float64(c.G)+0.114*float64(c.B) < 140 {
		return white
	}
	return black
}

const (
	scaleGap   = 7.0
	scaleWidth = 8.0
)

// coloured reports whether anything is drawn in the colours of a scale.
func (g *page) coloured() bool {
	for _, row := range g.panels {
		for _, c := range row {
			if c.z != nil {
				return true
			}
		}
	}
	return false
}

// scale fits the colours to everything in all panels and returns the room that
// their bar takes at the right.
func (g *page) scale(height float64) float64 {
	if !g.coloured() {
		return 0
	}
	z := stretch{math.Inf(1), math.Inf(-1)}
	for _, row := range g.panels {
		for _, c := range row {
			for _, v := range c.z {
				z.hold(v, g.f.LogZ)
			}
		}
	}
	g.z.log = g.f.LogZ
	g.z.fit(z, 0, 0, true)
	g.z.label(g.f.ZLabel, g.f.ZUnit, height, 20, func(string) float64 { return labels.size })
	wide := 0.0
	for _, t := range g.z.ticks {
		wide = max(wide, small.width(t.label))
	}
	return scaleGap + scaleWidth + 4 + wide + float64(len(labels.wrap(g.z.title, height)))*labels.leading() + 2
}

// tint is the colour of a value, and false for what the scale cannot show.
func (g *page) tint(v float64) (color.NRGBA, bool) {
	if !finite(v) || g.z.log && v <= 0 {
		return pale, false
	}
	return shade(g.z.share(v)), true
}

// hatched reports whether there are cells that the scale cannot show.
func (g *page) hatched() bool {
	if !g.f.LogZ || g.f.Kind != Heatmap {
		return false
	}
	for _, row := range g.panels {
		for _, c := range row {
			if slices.ContainsFunc(c.z, func(v float64) bool { return v <= 0 }) {
				return true
			}
		}
	}
	return false
}

// colourBar draws the scale right of x, from top to bottom.
func (g *page) colourBar(x, top, bottom float64) {
	const steps = 64
	x0, x1 := x+scaleGap, x+scaleGap+scaleWidth
	high := (bottom - top) / steps
	for i := range steps {
		y := bottom - float64(i)*high
		g.shade(shade((float64(i)+0.5)/steps), x0, y-high-0.2*float64(min(1, steps-1-i)), x1, y)
	}
	line := stroke{width: 0.6, color: black}
	g.stroke(line, point{x0, top}, point{x1, top}, point{x1, bottom}, point{x0, bottom}, point{x0, top})
	wide := 0.0
	for _, t := range g.z.ticks {
		y := bottom - g.z.place(t)*(bottom-top)
		g.stroke(line, point{x1, y}, point{x1 + tickLength(t), y})
		g.text(point{x1 + 4, y + small.middle()}, 0, small, black, t.label)
		wide = max(wide, small.width(t.label))
	}
	for i, s := range labels.wrap(g.z.title, bottom-top) {
		at := point{x1 + 4 + wide + labels.size + 1 + float64(i)*labels.leading(), (top + bottom) / 2}
		g.turned(at, 0.5, math.Pi/2, labels, black, s)
	}
}

// seam is how far a cell reaches under the next one, lest white shine through.
const seam = 0.25

// after is how many follow the one numbered v.
func (c *curve) after(v float64, names []string) float64 { return float64(len(names)-1) - v }

// cells draws a heat map, with the value in each cell that has room for it. What
// the scale cannot show, a zero on a log scale, is hatched; what was not measured
// is left white.
func (g *page) cells(r frame, c curve) {
	wide, high := (r.x1-r.x0)/float64(len(g.f.Categories)), (r.y1-r.y0)/float64(len(g.f.Rows))
	numbers := high >= small.size+2
	for i := range c.z {
		numbers = numbers && small.width(brief(c.z[i])) <= wide-3
	}
	for i, v := range c.z {
		x0, y0 := r.x0+c.x[i]*wide, r.y1-(c.y[i]+1)*high
		tint, ok := g.tint(v)
		if ok {
			g.shade(tint, x0, y0-seam*min(1, c.after(c.y[i], g.f.Rows)), x0+wide+seam*min(1, c.after(c.x[i], g.f.Categories)), y0+high)
		} else {
			g.rect(tint, x0, y0, x0+wide, y0+high)
			for d := 3.0; d < wide+high; d += 4 {
				g.stroke(stroke{width: 0.4, color: grey}, point{x0 + min(d, wide), y0 + d - min(d, wide)}, point{x0 + d - min(d, high), y0 + min(d, high)})
			}
		}
		if numbers {
			half, mid := small.width(brief(v))/2, point{x0 + wide/2, y0 + high/2}
			if !ok {
				g.rect(pale, mid.x-half-1, mid.y-small.middle()-1, mid.x+half+1, mid.y+small.middle()+1)
			}
			g.text(point{mid.x, mid.y + small.middle()}, 0.5, small, ink(tint), brief(v))
			g.marks[len(g.marks)-1].exact = ok
		}
	}
}

// brief writes a value with three digits at most.
func brief(v float64) string {
	if v != 0 && (math.Abs(v) < 1e-3 || math.Abs(v) >= 1e5) {
		return exponential(v, math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-1))
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// rowTicks are the names of a heat map's rows, as many as fit above each other.
func (g *page) rowTicks(height float64) {
	g.y.ticks, g.y.title = nil, g.f.YLabel
	every := fitting(len(g.f.Rows), height, small.leading())
	for i, name := range g.f.Rows {
		if i%every == 0 {
			g.y.ticks = append(g.y.ticks, tick{float64(i), small.shorten(name, slantedRoom)})
		}
	}
}

// fitting is of how many names in a length one is written, each taking room.
func fitting(n int, length, room float64) int {
	return max(1, int(math.Ceil(room*float64(n)/length-1e-9)))
}
