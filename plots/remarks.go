package plots

import (
	"fmt"
	"math"
)

// A Reference is a line across every panel, at a value of y or, if Vertical, of
// x. The legend says what it is.
type Reference struct {
	Label    string
	At       float64
	Vertical bool
}

// A Note points something out: a number stands at the point, its text below the
// figure.
type Note struct {
	X, Y float64
	Text string
}

// referenceDashes tell several references apart.
var referenceDashes = [][]float64{{7, 1.5, 1, 1.5}, {7, 1.5, 1, 1.5, 1, 1.5}, {1, 1}, {10, 2}}

func referenceStroke(i int) stroke {
	return stroke{width: 0.9, color: grey, dash: referenceDashes[i%len(referenceDashes)]}
}

// hold widens the ranges to what is pointed out.
func (f *Figure) hold(x, y *stretch) {
	for _, l := range f.References {
		if l.Vertical {
			x.hold(l.At, f.LogX)
		} else {
			y.hold(l.At, f.LogY)
		}
	}
	for _, n := range f.Notes {
		x.hold(n.X, f.LogX)
		y.hold(n.Y, f.LogY)
	}
}

// shows reports whether an axis can show a value.
func (a *axis) shows(v float64) bool { return finite(v) && (!a.log || v > 0) }

// references draws the lines, below the data.
func (g *page) references(r frame) {
	for i, l := range g.f.References {
		switch line := referenceStroke(i); {
		case l.Vertical && !g.f.categorical() && g.x.shows(l.At):
			x := g.at(r, l.At, 0).x
			g.stroke(line, point{x, r.y0}, point{x, r.y1})
		case !l.Vertical && g.f.Kind != Heatmap && g.y.shows(l.At):
			y := g.at(r, 0, l.At).y
			g.stroke(line, point{r.x0, y}, point{r.x1, y})
		}
	}
}

// notes puts the numbers into the first panel, above all else.
func (g *page) notes(r frame) {
	const radius = 4.2
	for i, n := range g.f.Notes {
		if g.f.categorical() || !g.x.shows(n.X) || !g.y.shows(n.Y) {
			continue
		}
		p := g.at(r, n.X, n.Y)
		// Beside the point, and within the frame.
		p.x += math.Copysign(radius+1, (r.x0+r.x1)/2-p.x)
		p.y = min(max(p.y-radius-1, r.y0+radius), r.y1-radius)
		g.dot(p, radius, white)
		g.ring(p, radius, black)
		g.text(point{p.x, p.y + small.middle()}, 0.5, small, black, fmt.Sprint(i+1))
	}
}

// remarks are the texts of the notes, for below the caption.
func (f *Figure) remarks() (text string) {
	for i, n := range f.Notes {
		text += fmt.Sprintf("\n(%d) %s", i+1, n.Text)
	}
	return text
}
