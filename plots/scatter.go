package plots

import (
	"image/color"
	"math"
)

// mostDots bounds a scatter plot: what lies under this many cannot be seen.
const mostDots = 4 * maxPoints

// dots draws the points of a scatter plot: in the colours of a scale where they
// have a third value, else as markers, smaller and fainter where they are many.
func (g *page) dots(r frame, c curve) {
	for i := range c.x {
		p := g.at(r, c.x[i], c.y[i])
		switch {
		case c.z != nil:
			tint, _ := g.tint(c.z[i])
			g.dot(p, 2.1, tint)
			g.marks[len(g.marks)-1].exact = true
			g.ring(p, 2.1, faint(black, 0.5))
		case len(c.x) > maxPoints:
			g.dot(p, 0.9, faint(hue(c.index), 0.5))
		default:
			g.marker(p, c.index)
		}
	}
}

func circle(p point, radius float64) []point {
	corners := 16
	if radius < 1.5 {
		corners = 8
	}
	path := make([]point, 0, corners)
	for k := range corners {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / float64(corners))
		path = append(path, point{p.x + radius*cos, p.y - radius*sin})
	}
	return path
}

func (g *page) dot(p point, radius float64, c color.NRGBA) { g.fill(c, circle(p, radius)...) }

func (g *page) ring(p point, radius float64, c color.NRGBA) {
	path := circle(p, radius)
	g.stroke(stroke{width: 0.4, color: c}, append(path, path[0])...)
}
