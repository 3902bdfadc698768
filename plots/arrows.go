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

func between(a, b point, share float64) point {
	return point{a.x + share*(b.x-a.x), a.y + share*(b.y-a.y)}
}

// drawMessages draws all arrows before the first label, so that labels know what
// to keep clear of.
func (g *ladderPanel) drawMessages() {
	var segments [][]point
	for i := range g.Messages {
		from, to := g.endpoints(i)
		if g.Messages[i].Arrived < 0 {
			end := between(from, to, crossAt)
			g.drawArrow(i, from, end)
			segments = append(segments, []point{from, end})
			g.labels = append(g.labels, square(end, crossHalf))
		} else {
			g.drawArrow(i, from, to)
			segments = append(segments, []point{from, to})
		}
	}
	for h := 1; h < len(g.columns)-1; h++ {
		x0, x1 := g.bar(h)
		y0, y1 := g.top, g.top+g.bottom
		g.labels = append(g.labels, []point{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}})
	}
	for i := range g.Messages {
		g.drawCaption(i, segments)
	}
}

func (m *Message) colour() color.NRGBA {
	switch {
	case m.Duplicate:
		return purple
	case m.Again:
		return vermillion
	}
	return black
}

func (g *ladderPanel) drawArrow(i int, from, to point) {
	m := &g.Messages[i]
	line := stroke{width: 0.8, color: m.colour()}
	if m.Duplicate {
		line.dash = []float64{3, 1.5}
	}
	length := math.Hypot(to.x-from.x, to.y-from.y)
	if m.Arrived < 0 {
		g.stroke(line, from, to)
		cross := stroke{width: 1.2, color: vermillion}
		box := square(to, crossHalf)
		g.stroke(cross, box[0], box[2])
		g.stroke(cross, box[1], box[3])
		return
	}
	const head, wing = 5.0, 1.9
	u := point{(to.x - from.x) / length, (to.y - from.y) / length}
	neck := point{to.x - head*u.x, to.y - head*u.y}
	g.stroke(line, from, neck)
	g.fill(line.color, to, point{neck.x - wing*u.y, neck.y + wing*u.x}, point{neck.x + wing*u.y, neck.y - wing*u.x})
}

// drawCaption writes a message's texts along its arrow where they are clear of
// the other arrows and of texts already there.
func (g *ladderPanel) drawCaption(i int, segments [][]point) {
	c := g.caption(i)
	from, to := g.endpoints(i)
	length := math.Hypot(to.x-from.x, to.y-from.y)
	way := way{i, segments, from, to, 0.5}
	tint := grey
	if g.Messages[i].Arrived < 0 {
		way.share = 0.5 * crossAt
		if c.beyond == "" {
			tint = vermillion
		}
	}
	label, detail := word{smallB, black, c.label}, word{small, grey, c.detail}
	if c.detail != "" {
		s := g.find(way, overArrow, label, detail)
		if c.below == "" && s.hits > 0 {
			if under := g.find(way, underArrow, label, detail); under.hits < s.hits {
				s = under
			}
		}
		if s.hits < textHit || c.below != "" {
			g.write(s, label, detail)
			label.text = ""
		} else {
			c.below = c.detail
		}
	}
	g.write(g.find(way, overArrow, label), label)
	under := word{small, tint, small.shorten(c.below, 0.9*length)}
	g.write(g.find(way, underArrow, under), under)
	beyond := word{small, vermillion, c.beyond}
	way.share = crossAt + (small.width(c.beyond)/2+6)/length
	g.write(g.find(way, -small.middle(), beyond), beyond)
}

// A way is that of a message, and where along it a text should stand.
type way struct {
	message  int
	arrows   [][]point
	from, to point
	share    float64
}

type word struct {
	font lettering
	tint color.NRGBA
	text string
}

// A spot is a place for a line of words.
type spot struct {
	at    point
	angle float64
	box   []point
	hits  int
}

const (
	wordGap   = 5.0
	overArrow = 2.2 // distance of a text's baseline above its arrow
	textHit   = 4   // what covering a text counts, where covering a line is 1
)

// underArrow is overArrow for a text that stands below.
var underArrow = -1.8 - 0.73*small.size

// find looks for the spot nearest to the middle of a way where words, in a line
// parallel to the arrow and at a distance above it, cover least.
func (g *ladderPanel) find(w way, above float64, words ...word) spot {
	total := -wordGap
	for _, w := range words {
		total += w.font.width(w.text) + wordGap
	}
	from, to, share := w.from, w.to, w.share
	if to.x < from.x { // written from left to right all the same
		from, to, share = to, from, 1-share
	}
	angle := math.Atan2(from.y-to.y, to.x-from.x)
	sin, cos := math.Sincos(angle)
	length := math.Hypot(to.x-from.x, to.y-from.y)
	best := spot{hits: math.MaxInt}
	for _, shift := range []float64{0, .05, -.05, .1, -.1, .15, -.15, .2, -.2, .25, -.25, .3, -.3, .35, -.35} {
		middle := min(max((share+shift)*length, total/2+3), length-total/2-3)
		start := middle - total/2
		p := point{from.x + start*cos - above*sin, from.y - start*sin - above*cos}
		box := textBox(p, angle, total, small.size)
		if hits := g.hits(w, box); hits < best.hits {
			best = spot{p, angle, box, hits}
		}
	}
	return best
}

func (g *ladderPanel) write(s spot, words ...word) {
	if words[0].text == "" {
		return
	}
	g.labels = append(g.labels, s.box)
	sin, cos := math.Sincos(s.angle)
	at := s.at
	for _, w := range words {
		g.turned(at, 0, s.angle, w.font, w.tint, w.text)
		step := w.font.width(w.text) + wordGap
		at = point{at.x + step*cos, at.y - step*sin}
	}
}

// hits weighs what a label at box would cover: a line through a text leaves it
// legible, another text does not.
func (g *ladderPanel) hits(w way, box []point) int {
	hits := 0
	for k, arrow := range w.arrows {
		if k != w.message && overlap(box, arrow) {
			hits++
		}
	}
	for _, other := range g.labels {
		if overlap(box, other) {
			hits += textHit
		}
	}
	return hits
}
