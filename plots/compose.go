package plots

import (
	"math"
	"slices"
)

const (
	rounds     = 16
	roundsIdle = 8     // without gain, after which there is none to be had
	roomStep   = 5.0   // points that a round adds to what is short of room
	hitHeight  = 300.0 // points of page that it is worth to uncover a line
	nobody     = -1    // the message of an obstacle that is none's
)

// An area is a convex shape and its extent.
type area struct {
	shape       []point
	top, bottom float64
}

func newArea(shape ...point) area {
	a := area{shape, math.Inf(1), math.Inf(-1)}
	for _, p := range shape {
		a.top, a.bottom = min(a.top, p.y), max(a.bottom, p.y)
	}
	return a
}

func (a area) meets(b area) bool {
	return a.top < b.bottom && b.top < a.bottom && overlap(a.shape, b.shape)
}

// An obstacle is what a caption should not cover: an arrow, a cross, a column or
// the words of a fold.
type obstacle struct {
	area
	message int // whose it is
	arrow   bool
	weight  float64
}

// compose lays out rungs and captions. Where a caption covers another or a
// foreign arrow, it makes room below those concerned and tries again.
func (g *ladderPanel) compose(foldFrom int64) {
	for i := range g.Messages {
		g.captions = append(g.captions, g.captionsOf(i)...)
	}
	room, value := g.arrows(), math.Inf(1)
	g.rungs = lay(&g.LadderPanel, room, foldFrom)
	for i := range room {
		room[i].row = min(2, g.steepness(i)) * rungRow
	}
	var rungs *rungs
	var captions []caption
	for round, since := 0, 0; round < rounds && since < roundsIdle; round++ {
		g.rungs = lay(&g.LadderPanel, slices.Clone(room), foldFrom)
		covered := g.place()
		if v := g.bottom + hitHeight/lineHit*covered; v < value {
			value, rungs, captions, since = v, g.rungs, slices.Clone(g.captions), 0
		} else {
			since++
		}
		if covered == 0 {
			break
		}
		g.widen(room, round%2 == 1)
	}
	g.rungs, g.captions = rungs, captions
	g.enclose()
}

// steepness is how much nearer parallels of message i's arrow lie to each other
// than their rungs do.
func (g *ladderPanel) steepness(i int) float64 {
	from, to := g.endpoints(i)
	return math.Hypot(to.x-from.x, to.y-from.y) / math.Abs(to.x-from.x)
}

// widen gives room to every caption that covers something, and to what it
// covers: arrows of one direction come to lie further apart, and those that
// meet or cross become steeper, and if apart is set lie further apart as well.
func (g *ladderPanel) widen(room []arrow, apart bool) {
	rows, drops := map[int]bool{}, map[int]bool{}
	for _, c := range g.captions {
		for _, k := range c.foes {
			switch {
			case k == nobody:
				drops[c.message] = true
			case k != c.message && g.parallel(k, c.message):
				rows[min(k, c.message)] = true
			default:
				drops[c.message], drops[k] = true, true
				if apart {
					rows[c.message], rows[k] = true, true
				}
			}
		}
	}
	for i := range room {
		if rows[i] {
			room[i].row += roomStep
		}
		if drops[i] {
			room[i].drop += roomStep
		}
	}
}

// parallel reports whether two messages go the same way.
func (g *ladderPanel) parallel(i, k int) bool {
	return g.Messages[i].From == g.Messages[k].From && g.Messages[i].To == g.Messages[k].To
}

// enclose moves everything down, or the bottom, by what captions stand out.
func (g *ladderPanel) enclose() {
	top, bottom := g.top-4, g.top+g.bottom-2
	high, low := top, bottom
	for _, c := range g.captions {
		for _, l := range c.lines {
			high, low = min(high, l.top), max(low, l.bottom)
		}
	}
	down := top - high
	g.top += down
	g.bottom += low - bottom
	for _, c := range g.captions {
		for i := range c.lines {
			l := &c.lines[i]
			l.at.y, l.top, l.bottom = l.at.y+down, l.top+down, l.bottom+down
			for k := range l.shape {
				l.shape[k].y += down
			}
		}
	}
}

// obstruct lists what stands before captions do.
func (g *ladderPanel) obstruct() {
	g.obstacles = g.obstacles[:0]
	add := func(message int, shape ...point) {
		g.obstacles = append(g.obstacles, obstacle{newArea(shape...), message, false, textHit})
	}
	for i, m := range g.Messages {
		from, to := g.drawn(i)
		g.obstacles = append(g.obstacles, obstacle{newArea(from, to), i, true, lineHit})
		if m.Arrived < 0 {
			add(i, square(to, crossHalf)...)
		}
	}
	for h := range g.columns {
		x0, x1 := g.bar(h)
		y0, y1 := g.top, g.top+g.bottom
		add(nobody, point{x0, y0}, point{x1, y0}, point{x1, y1}, point{x0, y1})
	}
	for _, f := range g.folds {
		at, width := g.foldText(f)
		add(nobody, textBox(at, 0, width, small.size)...)
	}
}
