package plots

import (
	"math"
	"slices"
)

// Costs are counted in steps along the arrow: so far a caption goes to avoid them.
const (
	along     = 0.04 // a step, as share of the arrow
	evenly    = 0.78 // of the free part of its arrow a text may take at ease,
	tightness = 100  // and what it costs to take more, by the share,
	tightest  = 12   // at most
	lineHit   = 100  // to cover a line
	textHit   = 4 * lineHit
	textSpace = 0.7 // points of free space around a text,
	waySpace  = 1.6 // and more towards a parallel arrow, or whose is the text?
	sweeps    = 4
)

// A placement is a caption's form and place.
type placement struct {
	lines []placed
	angle float64
	cost  float64
	hits  float64 // the part of the cost that is what it covers,
	foes  []int   // which belongs to these messages
}

type placed struct {
	words []word
	at    point
	area
}

// place puts every caption where it covers least, one after the other and then
// again, now that it is known where the others stand. It returns the cost of
// what is still covered.
func (g *ladderPanel) place() (covered float64) {
	g.obstruct()
	for i := range g.captions {
		c := &g.captions[i]
		c.placement = placement{}
		c.wish, c.ease = g.stretch(c.message)
	}
	for range sweeps {
		covered = 0
		changed := false
		for i := range g.captions {
			c := &g.captions[i]
			before := c.placement
			g.put(c)
			changed = changed || len(before.lines) == 0 || before.lines[0].at != c.lines[0].at
			covered += c.hits
		}
		if !changed {
			break
		}
	}
	return covered
}

// put places a caption.
func (g *ladderPanel) put(c *caption) {
	from, to := g.endpoints(c.message)
	length := math.Hypot(to.x-from.x, to.y-from.y)
	lo, hi := 3.0, length-3
	switch {
	case c.behind: // and near to it
		lo = crossAt*length + 6
		hi = min(hi, lo+c.forms[0].width+12)
	case g.Messages[c.message].Arrived < 0:
		hi = crossAt*length - 4
	}
	best := placement{cost: math.Inf(1)}
	for _, f := range c.forms {
		first, last := lo+f.width/2, hi-f.width/2
		wish, cost := first, f.cost
		if !c.behind {
			wish = max(first, min(c.wish, last))
			cost += min(tightest, tightness*max(0, f.width/c.ease-evenly))
		}
		for step := 0; cost+float64(step) < best.cost && step < int(1/along); step++ {
			for _, middle := range []float64{wish - float64(step)*along*length, wish + float64(step)*along*length} {
				if step > 0 && (middle < first || middle > last) {
					continue
				}
				if p, ok := g.try(c, f, from, to, middle, cost+float64(step), best.cost); ok {
					best = p
				}
			}
		}
	}
	c.placement = best
}

// stretch returns the middle and the length of the longest part of message i's
// arrow that no other crosses; of parts as good the one nearest to its sender.
func (g *ladderPanel) stretch(i int) (middle, longest float64) {
	from, to := g.drawn(i)
	cuts := []float64{0, 1}
	for k := range g.Messages {
		if k != i {
			a, b := g.drawn(k)
			if s, ok := meet(from, to, a, b); ok {
				cuts = append(cuts, s)
			}
		}
	}
	slices.Sort(cuts)
	for k := 1; k < len(cuts); k++ {
		if d := cuts[k] - cuts[k-1]; d > longest+0.2 {
			middle, longest = (cuts[k]+cuts[k-1])/2, d
		}
	}
	length := math.Hypot(to.x-from.x, to.y-from.y)
	return middle * length, max(longest, 0.1) * length
}

// meet returns at which share of a to b the segment c to d crosses it between
// its ends.
func meet(a, b, c, d point) (share float64, ok bool) {
	u, v, w := point{b.x - a.x, b.y - a.y}, point{d.x - c.x, d.y - c.y}, point{c.x - a.x, c.y - a.y}
	det := u.x*v.y - u.y*v.x
	if det == 0 {
		return 0, false
	}
	s, t := (w.x*v.y-w.y*v.x)/det, (w.x*u.y-w.y*u.x)/det
	const end = 1e-3 // where one lands and the next leaves they only meet
	return s, s > end && s < 1-end && t > end && t < 1-end
}

// try writes a form with its middle at a distance along the way from a to b, from
// left to right whatever the arrow's direction, and reports whether that costs
// less than limit, cost included.
func (g *ladderPanel) try(c *caption, f form, a, b point, middle, cost, limit float64) (placement, bool) {
	length := math.Hypot(b.x-a.x, b.y-a.y)
	if b.x < a.x {
		a, b, middle = b, a, length-middle
	}
	p := placement{angle: math.Atan2(a.y-b.y, b.x-a.x), cost: cost}
	cos, sin := (b.x-a.x)/length, (a.y-b.y)/length
	for _, l := range f.lines {
		begin := middle - l.width/2
		at := point{a.x + begin*cos - l.height*sin, a.y - begin*sin - l.height*cos}
		box := newArea(padded(textBox(at, p.angle, l.width, small.size), textSpace)...)
		p.lines = append(p.lines, placed{l.words, at, box})
		if g.strike(c, box, &p); cost+p.hits >= limit {
			return p, false
		}
	}
	p.cost += p.hits
	return p, p.cost < limit
}

// strike adds to p what a line of caption c in box would cover.
func (g *ladderPanel) strike(c *caption, box area, p *placement) {
	hit := func(message int, weight float64) {
		p.hits += weight
		p.foes = append(p.foes, message)
	}
	wide := newArea(padded(box.shape, waySpace)...)
	for _, o := range g.obstacles {
		with := box
		if o.arrow && o.message == c.message {
			continue
		}
		if o.arrow && g.parallel(o.message, c.message) {
			with = wide
		}
		if with.meets(o.area) {
			hit(o.message, o.weight)
		}
	}
	for i := range g.captions {
		other := &g.captions[i]
		if other == c {
			continue
		}
		for _, l := range other.lines {
			if box.meets(l.area) {
				hit(other.message, textHit)
			}
		}
	}
}

// drawCaptions writes the captions. One that still covers a line has a white
// ground, so that it can be read.
func (g *ladderPanel) drawCaptions() {
	for _, c := range g.captions {
		if c.hits > 0 {
			for _, l := range c.lines {
				g.fill(faint(white, 0.8), l.shape...)
			}
		}
	}
	for _, c := range g.captions {
		cos, sin := math.Cos(c.angle), math.Sin(c.angle)
		for _, l := range c.lines {
			at := l.at
			for _, w := range l.words {
				g.turned(at, 0, c.angle, w.font, w.tint, w.text)
				step := w.font.width(w.text) + wordGap
				at = point{at.x + step*cos, at.y - step*sin}
			}
		}
	}
}
