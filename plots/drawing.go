package plots

import (
	"image/color"
	"math"
)

// A point of a drawing, in typographic points from the top left corner.
type point struct{ x, y float64 }

type stroke struct {
	width float64 // 0 draws nothing
	color color.NRGBA
	dash  []float64
}

// A mark is one thing drawn: a filled or stroked path, or a text whose baseline
// starts at path[0] and is turned by angle (radians, counter-clockwise).
type mark struct {
	path  []point
	line  stroke
	fill  color.NRGBA // drawn unless fully transparent
	text  string
	font  lettering
	align float64 // share of the text that stands before where it was put
	angle float64
	exact bool // its colour is a value, the same in every style
}

// A drawing is a page of marks, later ones on top.
type drawing struct {
	title string // for the file's metadata
	w, h  float64
	marks []mark

	ground color.NRGBA // below all; white if not set
}

func (d *drawing) paper() color.NRGBA {
	if d.ground.A == 0 {
		return white
	}
	return d.ground
}

func (d *drawing) stroke(s stroke, path ...point) {
	if len(path) > 1 {
		d.marks = append(d.marks, mark{path: path, line: s})
	}
}

func (d *drawing) fill(c color.NRGBA, path ...point) {
	if len(path) > 2 {
		d.marks = append(d.marks, mark{path: path, fill: c})
	}
}

// shade fills a rectangle with the colour of a value.
func (d *drawing) shade(c color.NRGBA, x0, y0, x1, y1 float64) {
	d.rect(c, x0, y0, x1, y1)
	d.marks[len(d.marks)-1].exact = true
}

func (d *drawing) rect(c color.NRGBA, x0, y0, x1, y1 float64) {
	d.fill(c, point{x0, y0}, point{x1, y0}, point{x1, y1}, point{x0, y1})
}

// text writes s with its baseline at p; align says which share of its width
// lies left of p: 0, 0.5 or 1.
func (d *drawing) text(p point, align float64, f lettering, c color.NRGBA, s string) {
	d.turned(p, align, 0, f, c, s)
}

// turned is text whose baseline is turned counter-clockwise around p.
func (d *drawing) turned(p point, align, angle float64, f lettering, c color.NRGBA, s string) {
	if s == "" {
		return
	}
	sin, cos := math.Sincos(angle)
	back := align * f.width(s)
	at := point{p.x - back*cos, p.y + back*sin}
	d.marks = append(d.marks, mark{path: []point{at}, fill: c, text: s, font: f, align: align, angle: angle})
}

// lines writes several lines downward and returns the y below the last.
func (d *drawing) lines(x, y, align float64, f lettering, c color.NRGBA, text []string) float64 {
	for _, s := range text {
		d.text(point{x, y + f.size}, align, f, c, s)
		y += f.leading()
	}
	return y
}

// textBox returns the corners of what a text covers: at the begin of its
// baseline, turned by angle, with its width and font size.
func textBox(at point, angle, width, size float64) []point {
	sin, cos := math.Sincos(angle)
	corner := func(along, up float64) point {
		return point{at.x + along*cos - up*sin, at.y - along*sin - up*cos}
	}
	low, high := -0.21*size, 0.74*size
	return []point{corner(0, low), corner(width, low), corner(width, high), corner(0, high)}
}

// padded returns a text's box with space on all its sides.
func padded(box []point, space float64) []point {
	width, height := math.Hypot(box[1].x-box[0].x, box[1].y-box[0].y), math.Hypot(box[3].x-box[0].x, box[3].y-box[0].y)
	u := point{space * (box[1].x - box[0].x) / width, space * (box[1].y - box[0].y) / width}
	v := point{space * (box[3].x - box[0].x) / height, space * (box[3].y - box[0].y) / height}
	return []point{
		{box[0].x - u.x - v.x, box[0].y - u.y - v.y}, {box[1].x + u.x - v.x, box[1].y + u.y - v.y},
		{box[2].x + u.x + v.x, box[2].y + u.y + v.y}, {box[3].x - u.x + v.x, box[3].y - u.y + v.y},
	}
}

// overlap reports whether two convex polygons (a segment is one of two corners)
// share a point, by the separating axis theorem.
func overlap(a, b []point) bool {
	return !separated(a, b) && !separated(b, a)
}

func separated(a, b []point) bool {
	for i := range a {
		p, q := a[i], a[(i+1)%len(a)]
		axes := []point{{p.y - q.y, q.x - p.x}}
		if len(a) == 2 {
			axes = append(axes, point{q.x - p.x, q.y - p.y})
		}
		for _, n := range axes {
			alo, ahi := span(a, n)
			blo, bhi := span(b, n)
			if ahi <= blo || bhi <= alo {
				return true
			}
		}
	}
	return false
}

func span(a []point, n point) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, p := range a {
		v := p.x*n.x + p.y*n.y
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi
}
