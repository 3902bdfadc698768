package plots

import (
	"fmt"
	"slices"
)

const (
	rungRow   = 10.0 // least distance of two messages of a host
	rungDrop  = 14.0 // least fall of an arrow
	rungRise  = 60.0 // greatest distance that time alone makes, unfolded
	rungStep  = 2.0  // least distance of two times
	foldSpace = 24.0
	flightFor = 26.0 // the median flight falls so far
)

// A rung is a place on a host's column where something happens. Several at one
// time lie below each other.
type rung struct {
	host   int
	t      int64
	y      float64
	row    float64  // what the messages that leave or arrive here need
	first  bool     // of its host and time: it carries the time stamp
	states []string // that begin here
}

func (r *rung) height() float64 {
	lines := len(r.states)
	if r.first {
		lines++
	}
	return max(r.row, float64(lines)*small.leading()+1.5)
}

// A fold stands for a silence.
type fold struct {
	y     float64 // its middle
	words string
}

// rungs is the vertical layout of a ladder: the axis is ordered by time, but as
// long only as labels and stamps need.
type rungs struct {
	all    []rung
	folds  []fold
	sent   []int // of each message, an index of all
	landed []int // -1 if it never arrived
	ends   []float64
	arrows []arrow
	bottom float64
}

// An arrow is what the layout must know of a message before it has its places.
type arrow struct {
	drop float64 // least fall
	row  float64 // least distance of the next, which may run parallel
}

// lay places everything of p, which must be in sequence.
func lay(p *LadderPanel, arrows []arrow, foldFrom int64) *rungs {
	g := &rungs{}
	g.populate(p, arrows)
	scale := flightFor / float64(p.pace)
	silences := p.silences(foldFrom)
	last := make([]int, len(p.Hosts)) // the lowest rung so far, -1 if none
	for h := range last {
		last[h] = -1
	}
	lowest, before := 0.0, int64(0)
	g.arrows = arrows
	for i := 0; i < len(g.all); {
		j, t := i, g.all[i].t
		for j < len(g.all) && g.all[j].t == t {
			j++
		}
		base := 0.0
		if i > 0 {
			gap := t - before
			words, folded := p.fold(before, t, silences)
			base = lowest + min(max(scale*float64(gap), rungStep), rungRise)
			if folded {
				base = g.clearance(p, lowest, last, i) + foldSpace
				g.folds = append(g.folds, fold{base - foldSpace/2, words})
			}
		}
		low := g.least(p, base, g.all[i:j], i, last)
		lowest = g.settle(low, i, j, last)
		before, i = t, j
	}
	g.finish(p, last)
	return g
}

// fold says what is folded between two times, if anything.
func (p *LadderPanel) fold(before, t int64, silences []int64) (words string, folded bool) {
	if p.omitted > 0 && t == p.resume {
		return fmt.Sprintf("… %d more messages …", p.omitted), true
	}
	return "… " + silence(t-before) + " …", within(silences, before, t)
}

// least returns the smallest y from base on at which the rungs of one time
// respect those above.
func (g *rungs) least(p *LadderPanel, base float64, now []rung, offset int, last []int) float64 {
	y := base
	for k := range now {
		if l := last[now[k].host]; now[k].first && l >= 0 {
			y = max(y, g.all[l].y+g.all[l].height())
		}
	}
	for m, at := range g.landed {
		if at >= offset && at < offset+len(now) {
			y = max(y, g.all[g.sent[m]].y+g.arrows[m].drop)
		}
		// A lost message needs room too, for its cross and what it says.
		if at < 0 && g.sent[m] < offset {
			y = max(y, g.all[g.sent[m]].y+0.4*g.arrows[m].drop)
		}
	}
	for _, b := range p.Timers {
		if to := max(b.From, b.To); to == now[0].t && b.From < to {
			if from := g.rungAt(b.Host, b.From); from >= 0 {
				y = max(y, g.all[from].y+small.width(b.Label)+6)
			}
		}
	}
	return y
}

// settle gives the rungs i to j, of one time, their places from y on.
func (g *rungs) settle(y float64, i, j int, last []int) (lowest float64) {
	lowest = y
	for k := i; k < j; k++ {
		r := &g.all[k]
		r.y = y
		if !r.first {
			above := &g.all[last[r.host]]
			r.y = above.y + above.height()
		}
		last[r.host] = k
		lowest = max(lowest, r.y)
	}
	return lowest
}

// clearance is where nothing of the first n rungs reaches.
func (g *rungs) clearance(p *LadderPanel, lowest float64, last []int, n int) float64 {
	for m, at := range g.landed {
		if at < 0 && g.sent[m] < n {
			lowest = max(lowest, g.cross(p, m))
		}
	}
	for _, k := range last {
		if k >= 0 {
			lowest = max(lowest, g.all[k].y+g.all[k].height()-rungRow/2)
		}
	}
	return lowest
}

// cross is where a lost message ends, its texts included.
func (g *rungs) cross(p *LadderPanel, m int) float64 {
	return g.all[g.sent[m]].y + crossAt*g.fall(p, m) + small.leading()
}

// fall is that of a lost message's arrow: no less than those have that left
// before it and are under way, or it would cross them.
func (g *rungs) fall(p *LadderPanel, m int) float64 {
	fall, y := g.arrows[m].drop, g.all[g.sent[m]].y
	for k, at := range g.landed[:m] {
		if at >= 0 && g.all[at].y > y && p.Messages[k].From == p.Messages[m].From && p.Messages[k].To == p.Messages[m].To {
			fall = max(fall, g.all[at].y-g.all[g.sent[k]].y)
		}
	}
	return fall
}

func (g *rungs) finish(p *LadderPanel, last []int) {
	for m, at := range g.landed {
		if at < 0 {
			g.ends = append(g.ends, g.all[g.sent[m]].y+g.fall(p, m))
			continue
		}
		g.ends = append(g.ends, g.all[at].y)
		g.bottom = max(g.bottom, g.all[at].y)
	}
	g.bottom = max(g.bottom+6, g.clearance(p, 0, last, len(g.all))+4)
}

// populate makes the rungs in order of time: of one host at one time, one for
// each arrival, the last of which also sends the first message, one for each
// further message sent, and at least one.
func (g *rungs) populate(p *LadderPanel, arrows []arrow) {
	g.sent, g.landed = make([]int, len(p.Messages)), make([]int, len(p.Messages))
	for _, t := range p.times() {
		for h := range p.Hosts {
			g.populateAt(p, arrows, t, h)
		}
	}
}

func (g *rungs) populateAt(p *LadderPanel, arrows []arrow, t int64, h int) {
	begin := len(g.all)
	add := func(m int) {
		g.all = append(g.all, rung{host: h, t: t, first: len(g.all) == begin, row: arrows[m].row})
	}
	for m := range p.Messages {
		if p.Messages[m].Arrived < 0 {
			g.landed[m] = -1
		} else if p.Messages[m].To == h && p.Messages[m].Arrived == t {
			g.landed[m] = len(g.all)
			add(m)
		}
	}
	joined := len(g.all) > begin
	for m := range p.Messages {
		if p.Messages[m].From != h || p.Messages[m].Sent != t {
			continue
		}
		if joined {
			joined = false
			k := len(g.all) - 1
			g.all[k].row = max(g.all[k].row, arrows[m].row)
		} else {
			add(m)
		}
		g.sent[m] = len(g.all) - 1
	}
	var states []string
	touched := false
	for _, s := range p.States {
		if s.Host != h {
			continue
		}
		if s.From == t {
			states = append(states, s.State)
		}
		touched = touched || s.From == t || s.To == t
	}
	for _, b := range p.Timers {
		touched = touched || b.Host == h && (b.From == t || max(b.From, b.To) == t)
	}
	if touched && len(g.all) == begin {
		g.all = append(g.all, rung{host: h, t: t, first: true, row: rungRow})
	}
	// Several states at one time begin at the messages that made them, as far as
	// can be told: the last at the last.
	for i, s := range states {
		k := min(begin+i, len(g.all)-1)
		g.all[k].states = append(g.all[k].states, s)
	}
}

// rungAt returns the first rung of a host at a time, or -1.
func (g *rungs) rungAt(host int, t int64) int {
	return slices.IndexFunc(g.all, func(r rung) bool { return r.host == host && r.t == t })
}

// begin returns where a state of a host begins, or -1.
func (g *rungs) begin(s StateSpan) int {
	return slices.IndexFunc(g.all, func(r rung) bool {
		return r.host == s.Host && r.t == s.From && slices.Contains(r.states, s.State)
	})
}
