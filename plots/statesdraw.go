package plots

import "math"

// draw puts the diagram at a place and returns the y below it.
func (p *StatesPanel) draw(d *drawing, x, y, width float64) float64 {
	y = d.lines(x, y, 0, headings, black, headings.within(p.Title, width, 2))
	v := p.visits()
	left, step := x+half, (width-seatWide)/2
	top := y + overhead + tall
	at := func(s spot) point { return point{left + s.column*step + s.dx, top + s.row*rowStep + s.dy} }
	for _, visited := range []bool{false, true} { // what was gone lies on top
		for _, w := range ways {
			if n := v.went[[2]string{w.from, w.to}]; n > 0 == visited {
				w.draw(d, at, n, v.most)
			}
		}
	}
	for _, s := range seats {
		v.seat(d, s.name, at(spot{s.column, s.row, 0, 0}), s.row > 0)
	}
	low := top + 6*rowStep + tall + 3*small.leading()
	return d.lines(x, low, 0, small, grey, small.wrap(v.note(), width))
}

// heaviest is how wide the arrow is that was gone most often; each factor of ten
// less takes a step off.
const (
	heaviest = 2.6
	lightest = 0.7
)

func weight(n, most uint64) float64 {
	return max(lightest, heaviest-0.5*math.Log10(float64(most)/float64(n)))
}

// draw is an arrow with its words; one that nobody went is pale, and has no count.
func (w *way) draw(d *drawing, at func(spot) point, n, most uint64) {
	line, ink := stroke{width: 0.6, color: rgb(0xc4c4c4)}, grey
	if n > 0 {
		line, ink = stroke{width: weight(n, most), color: blue}, black
	}
	path := make([]point, len(w.path))
	for i, s := range w.path {
		path[i] = at(s)
	}
	last := len(path) - 1
	tip, from := path[last], path[last-1]
	length, wide := 5+line.width, 1.7+0.6*line.width
	span := math.Hypot(tip.x-from.x, tip.y-from.y)
	u := point{(tip.x - from.x) / span, (tip.y - from.y) / span}
	neck := point{tip.x - length*u.x, tip.y - length*u.y}
	path[last] = neck
	d.stroke(line, path...)
	d.fill(line.color, tip, point{neck.x - wide*u.y, neck.y + wide*u.x}, point{neck.x + wide*u.y, neck.y - wide*u.x})
	lines := []string{w.event}
	if w.action != "" {
		lines = append(lines, w.action)
	}
	p := at(w.label)
	if n > 0 {
		d.text(p, w.align, smallB, blue, tally(n))
		p.y -= small.leading()
	}
	for i := len(lines) - 1; i >= 0; i-- {
		d.text(p, w.align, small, ink, lines[i])
		p.y -= small.leading()
	}
}

// seat is a state: its name, how often it was entered, and how many ended there
// otherwise than the figure has it.
func (v *visits) seat(d *drawing, name string, at point, counted bool) {
	n, ended := v.entered[name], v.ended[name]
	rim, ink := stroke{width: 0.6, color: rgb(0xc4c4c4)}, grey
	if n > 0 || ended > 0 || name == closed {
		rim, ink = stroke{width: 0.9, color: black}, black
	}
	outline := rounded(at, half, tall, 5)
	d.fill(white, outline...)
	d.stroke(rim, append(outline, outline[0])...)
	var lines []string
	if counted && n > 0 {
		lines = append(lines, tally(n))
	}
	if ended > 0 {
		lines = append(lines, tally(ended)+" broken")
	}
	y := at.y + small.middle() - float64(len(lines))*small.leading()/2
	d.text(point{at.x, y}, 0.5, smallB, ink, name)
	for i, s := range lines {
		c := ink
		if i == len(lines)-1 && ended > 0 {
			c = vermillion
		}
		y += small.leading()
		d.text(point{at.x, y}, 0.5, small, c, s)
	}
}

// rounded is the outline of a box with round corners around its middle.
func rounded(at point, wide, high, r float64) (path []point) {
	const steps = 4
	for corner := range 4 {
		sin, cos := math.Sincos(float64(corner)*math.Pi/2 + math.Pi/4)
		cx, cy := at.x+math.Copysign(wide-r, cos), at.y+math.Copysign(high-r, sin)
		for i := range steps + 1 {
			s, c := math.Sincos(float64(corner)*math.Pi/2 + float64(i)/steps*math.Pi/2)
			path = append(path, point{cx + r*c, cy + r*s})
		}
	}
	return path
}
