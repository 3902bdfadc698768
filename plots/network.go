package plots

import (
	"fmt"
	"io"
	"math"
)

// Network is a picture of nodes and the links between them.
type Network struct {
	Title, Caption string
	Nodes          []NetworkNode
	Links          []NetworkLink
	Width          float64 // mm; 0 is one column
	Aspect         float64 // height of the picture for its width; 0 is as the places are
}

// NetworkNode is a node, or many that are drawn as one.
type NetworkNode struct {
	X, Y   float64 // x grows to the right, y upward; the scale does not matter
	Label  string
	Count  int  // how many it stands for, 1 if it is a node of its own
	Router bool // drawn as a circle; hosts are squares
}

// NetworkLink joins two nodes by their places in the list; Count links are drawn
// as one.
type NetworkLink struct{ A, B, Count int }

// Encode writes the network in one of Formats.
func (n *Network) Encode(w io.Writer, format string) error { return n.picture().write(w, format) }

// Absent lists what no font has: see [Picture].
func (n *Network) Absent() []rune { return n.picture().absent() }

func (n *Network) picture() *picture {
	return &picture{name: "network", check: func() error { return nil }, draw: n.draw}
}

func (n *Network) draw() *drawing {
	width := n.Width * millimetre
	if n.Width == 0 {
		width = column * millimetre
	}
	d := &drawing{title: n.Title, w: width}
	inner := width - 2*margin
	y := d.lines(margin, margin, 0, titles, black, titles.wrap(n.Title, inner)) + margin
	const edge = 24 // for labels beside the outermost nodes
	at := n.places(margin+edge, y+edge/2, inner-2*edge)
	low := y
	for _, p := range at {
		low = max(low, p.y)
	}
	n.links(d, at)
	radius := n.radius(at)
	for i := range n.Nodes {
		n.Nodes[i].draw(d, at[i], radius)
	}
	n.labels(d, at, radius)
	d.h = d.lines(margin, low+edge, 0, small, grey, small.wrap(n.Caption, inner)) + margin
	return d
}

// places are the nodes' on the page.
func (n *Network) places(x, y, width float64) []point {
	lo, hi := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, v := range n.Nodes {
		lo, hi = point{min(lo.x, v.X), min(lo.y, v.Y)}, point{max(hi.x, v.X), max(hi.y, v.Y)}
	}
	w, h := hi.x-lo.x, hi.y-lo.y
	aspect := n.Aspect
	if aspect == 0 {
		aspect = min(1, max(0.25, h/max(w, 1e-9)))
	}
	share := func(v, least, span float64) float64 {
		if span <= 0 {
			return 0.5
		}
		return (v - least) / span
	}
	at := make([]point, len(n.Nodes))
	for i, v := range n.Nodes {
		at[i] = point{x + width*share(v.X, lo.x, w), y + width*aspect*(1-share(v.Y, lo.y, h))}
	}
	return at
}

// radius lets the nearest two nodes stand apart.
func (n *Network) radius(at []point) float64 {
	nearest := math.Inf(1)
	for i, p := range at {
		for _, q := range at[:i] {
			if d := math.Hypot(p.x-q.x, p.y-q.y); d > 0 {
				nearest = min(nearest, d)
			}
		}
	}
	crowd := 40 / math.Sqrt(float64(len(at))) // as a few may lie on each other
	return max(0.6, min(4, max(0.3*nearest, 0.5*min(crowd, 3))))
}

func (n *Network) links(d *drawing, at []point) {
	w := max(0.25, min(0.8, 12/math.Sqrt(float64(len(n.Links)+1))/4))
	for _, l := range n.Links {
		s := stroke{width: w, color: faint(grey, 0.75)}
		if l.Count > 1 {
			s = stroke{width: 1.6, color: grey}
		}
		d.stroke(s, at[l.A], at[l.B])
	}
	for _, l := range n.Links {
		if l.Count > 1 {
			label := fmt.Sprintf("%d links", l.Count)
			p := point{(at[l.A].x+at[l.B].x)/2 + 4, (at[l.A].y+at[l.B].y)/2 + small.middle()}
			if p.x+small.width(label) > d.w-margin {
				p.x -= small.width(label) + 8
			}
			d.text(p, 0, small, grey, label)
		}
	}
}

// draw puts a circle or a square, and a shadow of it for more than one.
func (v *NetworkNode) draw(d *drawing, at point, r float64) {
	shape := func(p point, c stroke) {
		corners, first, color := 4, math.Pi/4, vermillion
		if v.Router {
			corners, first, color = 24, 0, blue
		}
		if v.Count > 1 {
			r = max(r, 4)
		}
		path := make([]point, 0, corners+1)
		for i := range corners + 1 {
			sin, cos := math.Sincos(first + 2*math.Pi*float64(i)/float64(corners))
			path = append(path, point{p.x + r*cos, p.y + r*sin})
		}
		d.fill(color, path...)
		d.stroke(c, path...)
	}
	rim := stroke{width: min(0.6, r/4), color: white}
	if v.Count > 1 {
		shape(point{at.x + 3, at.y - 3}, rim)
		shape(point{at.x + 1.5, at.y - 1.5}, rim)
	}
	shape(at, rim)
}

// mostLabels is of how many nodes the names can still be read.
const mostLabels = 64

// labels writes names where they cover neither nodes nor each other and, if that
// can be, no links, around the node. A name that has no such place is left out.
func (n *Network) labels(d *drawing, at []point, r float64) {
	if len(n.Nodes) > mostLabels {
		return
	}
	size := func(i int) float64 {
		if n.Nodes[i].Count > 1 {
			return max(r, 4) + 3
		}
		return r
	}
	var taken, lines [][]point
	for i, p := range at {
		s := size(i)
		taken = append(taken, []point{{p.x - s, p.y - s}, {p.x + s, p.y - s}, {p.x + s, p.y + s}, {p.x - s, p.y + s}})
	}
	for _, l := range n.Links {
		lines = append(lines, []point{at[l.A], at[l.B]})
	}
	covers := func(box []point, others [][]point, own int) bool {
		for i, o := range others {
			if i != own && overlap(box, o) {
				return true
			}
		}
		return false
	}
	for i, v := range n.Nodes {
		label, best := v.Label, []point(nil)
		if v.Count > 1 {
			label = fmt.Sprintf("%s × %d", v.Label, v.Count)
		}
		w := small.width(label)
		for _, to := range around(size(i)) {
			start := point{at[i].x + to.at.x - to.align*w, at[i].y + to.at.y}
			box := textBox(start, 0, w, small.size)
			if start.x < 0 || start.x+w > d.w || covers(box, taken, i) {
				continue
			}
			if free := !covers(box, lines, -1); free || best == nil {
				if best = []point{start}; free {
					break
				}
			}
		}
		if best != nil {
			d.fill(white, textBox(best[0], 0, w, small.size)...) // over links, if it must
			d.text(best[0], 0, small, black, label)
			const apart = 3 // two names side by side are two
			taken = append(taken, textBox(point{best[0].x - apart, best[0].y}, 0, w+2*apart, small.size))
		}
	}
}

// beside is a place for a text: its baseline, and the share of it before that.
type beside struct {
	at    point
	align float64
}

// around are the places for the name of a node of that size, the best first.
func around(size float64) []beside {
	mid := small.middle()
	return []beside{
		{point{0, size + 7}, 0.5}, {point{0, -size - 2}, 0.5}, {point{size + 2, mid}, 0}, {point{-size - 2, mid}, 1},
		{point{size, size + 5}, 0}, {point{size, -size}, 0}, {point{-size, size + 5}, 1}, {point{-size, -size}, 1},
	}
}
