package plots

import (
	"image/color"
	"math"
	"slices"
	"strings"
)

const (
	barWidth  = 7.0
	laneWidth = 11.0 // of a timer's bracket with its label
	crossAt   = 0.6  // of its way is where a lost message ends
)

// stateColours follow a connection's life: opening, open, closing actively,
// closing passively, and the long wait.
func stateColour(state string) color.NRGBA {
	switch strings.ToUpper(strings.NewReplacer("_", "-", " ", "-").Replace(state)) {
	case "SYN-SENT":
		return sky
	case "SYN-RECEIVED", "SYN-RCVD":
		return blue
	case "ESTABLISHED":
		return green
	case "FIN-WAIT-1", "FIN-WAIT-2", "CLOSING":
		return yellow
	case "CLOSE-WAIT", "LAST-ACK":
		return purple
	case "TIME-WAIT":
		return orange
	}
	return rgb(0xd0d0d0) // CLOSED, LISTEN, and what is not TCP's
}

// ladderPanel is one ladder while it is drawn.
type ladderPanel struct {
	*drawing
	*rungs
	LadderPanel
	top       float64
	columns   []float64 // x of each host
	lanes     []int     // of each timer
	margins   [2]float64
	captions  []caption
	obstacles []obstacle // to captions
}

// prepare returns what is to be drawn of p, and which silences are folded.
func (l *Ladder) prepare(p *LadderPanel) (g *ladderPanel, foldFrom int64) {
	g = &ladderPanel{LadderPanel: p.sequence()}
	foldFrom = l.foldFrom(&g.LadderPanel)
	g.part()
	g.bundle(foldFrom)
	g.abridge()
	return g, foldFrom
}

// panel draws a ladder from (x, y) on and returns the y below it.
func (l *Ladder) panel(d *drawing, p *LadderPanel, x, y, width float64) float64 {
	g, foldFrom := l.prepare(p)
	g.drawing = d
	if p.Title != "" {
		y = d.lines(x, y, 0, headings, black, headings.wrap(p.Title, width)) + 2
	}
	if len(p.Hosts) < 2 || len(g.times()) == 0 {
		d.text(point{x + width/2, y + 20}, 0.5, labels, grey, "no data")
		return y + 40
	}
	g.arrange(x, width)
	for h, name := range g.Hosts {
		room := width / float64(len(g.Hosts))
		d.text(point{min(max(g.columns[h], x+small.width(name)/2), x+width-small.width(name)/2), y + small.size},
			0.5, smallB, black, smallB.shorten(name, room))
	}
	y += small.leading()
	g.top = y + 8
	g.compose(foldFrom)
	g.drawColumns(y + 2)
	g.drawStates()
	g.drawTimers()
	g.drawStamps()
	for i := range g.Messages {
		g.drawArrow(i)
	}
	g.drawFolds()
	g.drawCaptions()
	return g.top + g.bottom
}

// arrange places the columns between margins wide enough for time stamps, state
// names and the brackets of timers.
func (g *ladderPanel) arrange(x, width float64) {
	right := len(g.Hosts) - 1
	g.assignLanes()
	sides := [2]float64{}
	hold := func(host int, s string, f lettering) {
		switch host {
		case 0:
			sides[0] = max(sides[0], f.width(s))
		case right:
			sides[1] = max(sides[1], f.width(s))
		}
	}
	for _, m := range g.Messages {
		hold(m.From, stamp(g.when(m.Sent), 4), small)
		if m.Arrived >= 0 {
			hold(m.To, stamp(g.when(m.Arrived), 4), small)
		}
	}
	for _, s := range g.States {
		hold(s.Host, s.State, smallB)
		hold(s.Host, stamp(s.From, 4), small)
		if s.To >= s.From {
			hold(s.Host, stamp(s.To, 4), small)
		}
	}
	lanes := [2]int{}
	for i, b := range g.Timers {
		hold(b.Host, stamp(b.From, 4), small)
		hold(b.Host, stamp(max(b.From, b.To), 4), small)
		switch b.Host {
		case 0:
			lanes[0] = max(lanes[0], g.lanes[i]+1)
		case right:
			lanes[1] = max(lanes[1], g.lanes[i]+1)
		}
	}
	for s := range sides {
		g.margins[s] = barWidth + 3 + laneWidth*float64(lanes[s])
	}
	x0, x1 := x+sides[0]+g.margins[0], x+width-sides[1]-g.margins[1]
	for h := range g.Hosts {
		g.columns = append(g.columns, x0+(x1-x0)*float64(h)/float64(right))
	}
}

// assignLanes puts timers of one host that overlap beside each other.
func (g *ladderPanel) assignLanes() {
	g.lanes = make([]int, len(g.Timers))
	for i, a := range g.Timers {
		for k := 0; k < i; k++ {
			b := g.Timers[k]
			if a.Host == b.Host && a.From < b.To && g.lanes[k] >= g.lanes[i] {
				g.lanes[i] = g.lanes[k] + 1
			}
		}
	}
}

// arrows is the least that messages need; see compose for the rest.
func (g *ladderPanel) arrows() []arrow {
	a := make([]arrow, len(g.Messages))
	for i, m := range g.Messages {
		a[i] = arrow{drop: rungDrop, row: rungRow}
		if m.Arrived < 0 {
			a[i].drop = flightFor
		}
	}
	return a
}

// reach is the distance a message bridges, less its arrow's head.
func (g *ladderPanel) reach(m Message) float64 {
	return math.Abs(g.columns[m.To]-g.columns[m.From]) - 8
}

func (g *ladderPanel) drawColumns(y float64) {
	for _, x := range g.columns {
		g.stroke(stroke{width: 0.7, color: grey}, point{x, y}, point{x, g.top + g.bottom})
	}
}

// bar returns the sides of the bar of a host's states: outside of the outer
// columns, on the inner ones.
func (g *ladderPanel) bar(h int) (x0, x1 float64) {
	switch x := g.columns[h]; h {
	case 0:
		return x - barWidth, x
	case len(g.columns) - 1:
		return x, x + barWidth
	default:
		return x - barWidth/2, x + barWidth/2
	}
}

func (g *ladderPanel) drawStates() {
	for i, s := range g.States {
		k := g.begin(s)
		y0, y1 := g.all[k].y, g.bottom
		if s.To >= s.From {
			y1 = g.all[g.rungAt(s.Host, s.To)].y
		}
		for _, next := range g.States[i+1:] { // of one time, each ends where the next begins
			if n := g.begin(next); next.Host == s.Host && next.From == s.To {
				y1 = g.all[n].y
				break
			}
		}
		if y1 <= y0 {
			continue
		}
		x0, x1 := g.bar(s.Host)
		g.rect(stateColour(s.State), x0, g.top+y0, x1, g.top+y1)
		g.stroke(stroke{width: 0.4, color: grey}, point{x0, g.top + y0}, point{x1, g.top + y0})
		if slices.Contains(g.Marked, s.State) {
			g.stroke(stroke{width: 1.2, color: black}, point{x0, g.top + y0}, point{x1, g.top + y0}, point{x1, g.top + y1}, point{x0, g.top + y1}, point{x0, g.top + y0})
		}
		if inner := s.Host > 0 && s.Host < len(g.columns)-1; inner && small.width(s.State) < y1-y0-2 {
			g.turned(point{x1 - 1.2, g.top + (y0+y1)/2}, 0.5, math.Pi/2, lettering{6, true}, black, s.State)
		}
	}
}

// outward returns the x at a distance from the outer side of a host's bar, the
// direction, and how text there is aligned.
func (g *ladderPanel) outward(h int, distance float64) (x, align float64) {
	x0, x1 := g.bar(h)
	if h == 0 {
		return x0 - distance, 1
	}
	return x1 + distance, 0
}

func (g *ladderPanel) drawTimers() {
	line := stroke{width: 0.6, color: black}
	for i, b := range g.Timers {
		if b.Host > 0 && b.Host < len(g.columns)-1 {
			continue // no room beside the inner columns; the table has it
		}
		y0 := g.top + g.all[g.rungAt(b.Host, b.From)].y
		y1 := g.top + g.all[g.rungAt(b.Host, max(b.From, b.To))].y
		near, _ := g.outward(b.Host, 1+laneWidth*float64(g.lanes[i]))
		far, _ := g.outward(b.Host, 3+laneWidth*float64(g.lanes[i]))
		g.stroke(line, point{near, y0}, point{far, y0}, point{far, y1}, point{near, y1})
		base := far - 1.5
		if b.Host > 0 {
			base = far + 1.5 + 0.73*small.size
		}
		g.turned(point{base, (y0 + y1) / 2}, 0.5, math.Pi/2, small, black, b.Label)
	}
}

// drawStamps writes times, and below them the states that begin, beside the
// outer columns.
func (g *ladderPanel) drawStamps() {
	for i := range g.all {
		r := &g.all[i]
		side := 0
		switch r.host {
		case 0:
		case len(g.columns) - 1:
			side = 1
		default:
			continue
		}
		x, align := g.outward(r.host, g.margins[side]-barWidth)
		y := g.top + r.y + small.middle()
		if r.first {
			g.text(point{x, y}, align, small, grey, stamp(g.when(r.t), 4))
			y += small.leading()
		}
		for _, s := range r.states {
			g.text(point{x, y}, align, smallB, black, s)
			y += small.leading()
		}
	}
}

func (g *ladderPanel) drawFolds() {
	line := stroke{width: 0.6, color: grey}
	for _, f := range g.folds {
		y := g.top + f.y
		for h := range g.columns {
			x0, x1 := g.bar(h)
			x0, x1 = x0-2.5, x1+2.5
			g.fill(white, point{x0, y}, point{x1, y - 4}, point{x1, y}, point{x0, y + 4})
			g.stroke(line, point{x0, y}, point{x1, y - 4})
			g.stroke(line, point{x0, y + 4}, point{x1, y})
		}
		at, width := g.foldText(f)
		g.fill(white, textBox(at, 0, width, small.size)...)
		g.text(at, 0, small, grey, f.words)
	}
}

// foldText returns where the words of a fold begin, and how wide they are.
func (g *ladderPanel) foldText(f fold) (at point, width float64) {
	width = small.width(f.words)
	middle := (g.columns[0] + g.columns[len(g.columns)-1]) / 2
	return point{middle - width/2, g.top + f.y + small.middle()}, width
}
