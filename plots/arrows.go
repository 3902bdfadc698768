package plots

import (
	"image/color"
	"math"
)

// endpoints returns where a message's arrow begins and would end: at the columns, or
// at the bars that stand on the inner ones.
func (g *ladderPanel) endpoints(i int) (from, to point) {
	m := g.Messages[i]
	edge := func(h, other int) float64 {
		x0, x1 := g.bar(h)
		if g.columns[other] > g.columns[h] {
			return max(g.columns[h], min(x1, g.columns[h]+barWidth/2*inner(h, len(g.columns))))
		}
		return min(g.columns[h], max(x0, g.columns[h]-barWidth/2*inner(h, len(g.columns))))
	}
	return point{edge(m.From, m.To), g.top + g.all[g.sent[i]].y},
		point{edge(m.To, m.From), g.top + g.rungs.ends[i]}
}

// inner is 1 for a column between others and 0 for an outer one.
func inner(h, n int) float64 {
	if h > 0 && h < n-1 {
		return 1
	}
	return 0
}

const crossHalf = 2.8

// square returns the corners of a square around its middle.
func square(p point, half float64) []point {
	return []point{{p.x - half, p.y - half}, {p.x + half, p.y - half}, {p.x + half, p.y + half}, {p.x - half, p.y + half}}
}

// drawn is the part of message i's way that its arrow covers: all of it, or up to
// the cross.
func (g *ladderPanel) drawn(i int) (from, to point) {
	from, to = g.endpoints(i)
	if g.Messages[i].Arrived < 0 {
		to = between(from, to, crossAt)
	}
	return from, to
}

func between(a, b point, share float64) point {
	return point{a.x + share*(b.x-a.x), a.y + share*(b.y-a.y)}
}

func (m *Message) colour() color.NRGBA {
	switch {
	case m.Duplicate, m.Old, m.Before:
		return purple
	case m.Again:
		return vermillion
	}
	return black
}

func (g *ladderPanel) drawArrow(i int) {
	m := &g.Messages[i]
	from, to := g.drawn(i)
	line := stroke{width: 0.8, color: m.colour()}
	if m.Marked {
		line.width = 1.8
	}
	if m.Duplicate || m.Old {
		line.dash = []float64{3, 1.5}
	}
	if m.Arrived < 0 {
		g.stroke(line, from, to)
		cross := stroke{width: 1.2, color: vermillion}
		box := square(to, crossHalf)
		g.stroke(cross, box[0], box[2])
		g.stroke(cross, box[1], box[3])
		return
	}
	const head, wing = 5.0, 1.9
	length := math.Hypot(to.x-from.x, to.y-from.y)
	u := point{(to.x - from.x) / length, (to.y - from.y) / length}
	neck := point{to.x - head*u.x, to.y - head*u.y}
	g.stroke(line, from, neck)
	g.fill(line.color, to, point{neck.x - wing*u.y, neck.y + wing*u.x}, point{neck.x + wing*u.y, neck.y - wing*u.x})
}
