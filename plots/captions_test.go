package plots

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// composed is a panel of a width in millimetres with its captions in place.
func composed(p LadderPanel, width float64) *ladderPanel {
	l := Ladder{}
	g := &ladderPanel{drawing: &drawing{}, LadderPanel: p.sequence()}
	g.arrange(0, width*millimetre-2*margin)
	g.compose(l.foldFrom(&g.LadderPanel))
	return g
}

// covered counts the lines of captions that lie over one another or over an
// arrow not theirs.
func (g *ladderPanel) covered() (lines, byText, byArrow int) {
	type written struct {
		message int
		box     []point
	}
	var all []written
	for _, c := range g.captions {
		for _, l := range c.lines {
			all = append(all, written{c.message, textBox(l.at, c.angle, newLine(l.words...).width, small.size)})
		}
	}
	for i, a := range all {
		for _, b := range all[:i] {
			if overlap(a.box, b.box) {
				byText++
			}
		}
		for k := range g.Messages {
			from, to := g.drawn(k)
			if k != a.message && overlap(a.box, []point{from, to}) {
				byArrow++
			}
		}
	}
	return len(all), byText, byArrow
}

// crossings is a talk of two hosts who do not wait for each other, over a wire
// that keeps the order.
func crossings(r *rand.Rand, messages int) LadderPanel {
	p := LadderPanel{Hosts: []string{"client", "server"}}
	labels := []string{"SYN", "SYN, ACK", "ACK", "PSH, ACK", "FIN, ACK"}
	details := []string{"", "ack 202", "seq 201, ack 1001", "seq 0, ack 1, win 65535", "seq 1:1461, ack 1, len 1460"}
	now := int64(0)
	for range messages {
		m := Message{From: r.IntN(2), Sent: now, Arrived: now + 10*ms, Label: labels[r.IntN(5)], Detail: details[r.IntN(5)], Again: r.IntN(8) == 0}
		m.To = 1 - m.From
		p.Messages = append(p.Messages, m)
		now += []int64{0, ms, 3 * ms, 8 * ms, 15 * ms}[r.IntN(5)]
	}
	return p
}

// twoWays are talks whose arrows cross once or twice, as papers show them.
func twoWays() map[string]LadderPanel {
	long := simultaneous()
	for i := range long.Messages[:2] {
		long.Messages[i].Label, long.Messages[i].Detail = "FIN, PSH, ACK", "seq 201:1201, ack 1001, len 1000"
	}
	waiting := simultaneous()
	waiting.Timers = []Bracket{{0, "2 MSL", 20 * ms, 60020 * ms}, {1, "2 MSL", 20 * ms, 60020 * ms}}
	for i := range waiting.Messages {
		waiting.Messages[i].Arrived += int64(i) * ms / 100
	}
	return map[string]LadderPanel{"close": simultaneous(), "close with numbers": long, "close and wait": waiting,
		"open": openBoth(), "late ACK": crossedAck(), "data both ways": busy(), "lost": lostAck()}
}

// TestCrossingsAreLegible: where two arrows cross, neither runs through the words
// of the other, nor do the words cover each other.
func TestCrossingsAreLegible(t *testing.T) {
	panels := twoWays()
	for _, l := range galleryLadders() {
		for i, p := range l.Panels {
			panels[fmt.Sprint(l.Name, " ", i)] = p
		}
	}
	for name, p := range panels {
		for _, width := range []float64{84, 120, 174} {
			if _, byText, byArrow := composed(p, width).covered(); byText+byArrow > 0 {
				t.Errorf("%s at %g mm: captions are covered %d times by captions, %d times by arrows", name, width, byText, byArrow)
			}
		}
	}
}

// TestRandomCrossings: whatever two to eight messages two hosts send each other,
// no caption covers another. Over a wire that keeps the order an arrow may run
// through two lines in a thousand (of 100 000 lines it was 0.7 in a thousand);
// where messages are lost and overtake each other, through ten (of 41 000: 3.7).
// A caption that is run through has a ground of its own.
func TestRandomCrossings(t *testing.T) {
	for name, c := range map[string]struct {
		make func(*rand.Rand, int) LadderPanel
		most int // of a thousand lines
	}{"ordered": {crossings, 2}, "bad": {random, 10}} {
		lines, hits := 0, 0
		for seed := range uint64(300) {
			messages := 2 + int(seed%7)
			g := composed(c.make(rand.New(rand.NewPCG(seed, uint64(messages))), messages), column)
			n, byText, byArrow := g.covered()
			lines, hits = lines+n, hits+byArrow
			if byText > 0 {
				t.Errorf("%s, seed %d: %d captions cover each other", name, seed, byText)
			}
			if byArrow > 0 && !grounded(g) {
				t.Errorf("%s, seed %d: %d lines are run through and none has a ground", name, seed, byArrow)
			}
		}
		if 1000*hits > c.most*lines {
			t.Errorf("%s, seeds 0 to 299: arrows run through %d of %d lines, want %d in 1000", name, hits, lines, c.most)
		}
	}
}

// grounded reports whether something white is drawn for captions to stand on.
func grounded(g *ladderPanel) bool {
	g.drawing = &drawing{}
	g.drawCaptions()
	return slices.ContainsFunc(g.marks, func(m mark) bool { return m.text == "" })
}

// TestCrossingTakesRoom: a panel grows until what crosses can be read, and no
// more than that.
func TestCrossingTakesRoom(t *testing.T) {
	p := crossedAck()
	g := composed(p, column)
	bare := lay(&g.LadderPanel, g.arrows(), int64(1)<<60)
	if g.bottom <= bare.bottom || g.bottom > 2*bare.bottom {
		t.Errorf("%.0f points high, %.0f without captions", g.bottom, bare.bottom)
	}
}

// TestCaptionsBreak: a caption that has little room is broken where it reads
// well, and cut only where it does not fit at all.
func TestCaptionsBreak(t *testing.T) {
	for text, want := range map[string]string{
		"seq 0, ack 1, win 65535": "seq 0, ack 1,|win 65535",
		"seq 1 ack 2":             "seq 1|ack 2",
		"FIN, ACK (again)":        "FIN, ACK|(again)",
		"ACK":                     "ACK",
	} {
		var got []string
		for _, l := range (word{small, black, text}).halves() {
			got = append(got, l.words[0].text)
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%q is broken %q, want %q", text, s, want)
		}
	}
	m := Message{Label: "FIN, ACK", Detail: "seq 4294967295:4294967295", Again: true}
	for _, room := range []float64{20, 40, 80, 160} {
		for _, f := range m.forms(room, "link loss") {
			if f.width > room {
				t.Errorf("in room for %g a form is %g wide: %v", room, f.width, f)
			}
		}
	}
}

// TestCaptionsStandAtTheirSender: of two arrows that cross, each caption is on
// its sender's side of the crossing.
func TestCaptionsStandAtTheirSender(t *testing.T) {
	g := composed(simultaneous(), column)
	middle := (g.columns[0] + g.columns[1]) / 2
	for _, c := range g.captions {
		for _, l := range c.lines {
			x := (l.shape[0].x + l.shape[1].x) / 2
			if (x < middle) != (g.Messages[c.message].From == 0) {
				t.Errorf("%q of host %d stands at %.0f, the crossing at %.0f", l.words[0].text, g.Messages[c.message].From, x, middle)
			}
		}
	}
}

// TestLostRunsBesideThoseBefore: a lost message's arrow does not cross one that
// left before it the same way, however steep that one is.
func TestLostRunsBesideThoseBefore(t *testing.T) {
	p := busy()
	p.Messages[4].Arrived = -1
	g := composed(p, column)
	lost := slices.IndexFunc(g.Messages, func(m Message) bool { return m.Arrived < 0 })
	a, b := g.drawn(lost)
	for k := range lost {
		c, d := g.drawn(k)
		if _, crossed := meet(a, b, c, d); crossed && g.parallel(k, lost) {
			t.Errorf("the lost message crosses message %d", k)
		}
	}
}
