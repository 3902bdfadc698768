package plots

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLadderText(t *testing.T) {
	l := galleryLadders()[2]
	var b strings.Builder
	if err := l.Text(&b, 80); err != nil {
		t.Fatal(err)
	}
	want := strings.TrimPrefix(`
The last ACK is lost, and TIME-WAIT answers

                 client                                 server
                    |                                      | ESTABLISHED 0
      0  FIN-WAIT-1 |----- FIN,ACK  seq 201 ack 1001 ----->| CLOSE-WAIT  10 ms
  20 ms  FIN-WAIT-2 |<----------- ACK  ack 202 ------------| LAST-ACK    10 ms
20.1 ms   TIME-WAIT |<---- FIN,ACK  seq 1001 ack 202 ------|             10 ms
20.1 ms             |---- ACK  ack 1002 ---X rule last_a~  |
                    :          ... 189.9 ms ...            :
                    |                         (RTO 200 ms) |             210 ms
 220 ms             |< FIN,ACK (again)  seq 1001 ack 202 --|             210 ms
 220 ms             | (2MSL 199.9 ms)                      |
 220 ms             |----- ACK (duplicate)  ack 1002 ----->| CLOSED      230 ms
                    :            ... 60 s ...              :
60.22 s      CLOSED | (2MSL 60 s)                          |

Linux profile, TIME-WAIT of 60 s.
`, "\n")
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

// TestLadderTextCrossing: what leaves before something arrives at its sender
// must not be written on one line with its own arrival.
func TestLadderTextCrossing(t *testing.T) {
	l := Ladder{Panels: []LadderPanel{simultaneous()}}
	var b strings.Builder
	if err := l.Text(&b, 80); err != nil {
		t.Fatal(err)
	}
	want := strings.TrimPrefix(`
simultaneous close
              client                                       server
    0 FIN-WAIT-1 |------ FIN,ACK  seq 1 ack 1 ----->          |
10 ms    CLOSING |<---------- FIN,ACK  seq 1 ack 1 -----------| FIN-WAIT-1 0
                 |         ------ FIN,ACK  seq 1 ack 1 ------>| CLOSING    10 ms
10 ms            |----------- ACK  ack 2 ---------->          |
20 ms  TIME-WAIT |<--------------- ACK  ack 2 ----------------|            10 ms
                 |         ----------- ACK  ack 2 ----------->| TIME-WAIT  20 ms
`, "\n")
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

// random is a conversation of two hosts over a bad wire.
func random(r *rand.Rand, messages int) LadderPanel {
	p := LadderPanel{Title: "random", Hosts: []string{"a", "b"}}
	names := []string{"ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSED"}
	now := int64(0)
	for i := range messages {
		if r.IntN(3) > 0 {
			now += r.Int64N(int64(20 * time.Millisecond))
		}
		if r.IntN(15) == 0 {
			now += r.Int64N(int64(time.Minute))
		}
		m := Message{From: r.IntN(2), Sent: now, Arrived: now + 5*ms + r.Int64N(10*ms), Label: "ACK", Detail: "seq 1 ack 2"}
		m.To = 1 - m.From
		if r.IntN(4) == 0 {
			m.Arrived, m.Lost = -1, "loss"
		}
		m.Again, m.Duplicate = r.IntN(5) == 0, r.IntN(7) == 0
		p.Messages = append(p.Messages, m)
		if i%3 == 0 {
			p.States = append(p.States, StateSpan{m.From, names[i/3%len(names)], now, -1})
		}
		if i%4 == 0 {
			p.Timers = append(p.Timers, Bracket{m.From, "RTO", now, now + r.Int64N(int64(time.Second))})
		}
	}
	return p
}

// TestRungsKeepTheOrder: later is lower, arrows fall, and the stamps of a host
// leave each other room, whatever happens.
func TestRungsKeepTheOrder(t *testing.T) {
	for seed := range uint64(200) {
		p := random(rand.New(rand.NewPCG(seed, 0)), 12)
		l := Ladder{Panels: []LadderPanel{p}}
		if err := l.check(); err != nil {
			t.Fatal(err)
		}
		d := l.draw()
		onPage(t, "random", d)
		g := &ladderPanel{drawing: d, LadderPanel: p.sequence()}
		g.arrange(0, 238)
		g.rungs = lay(&g.LadderPanel, g.arrows(), l.foldFrom(&g.LadderPanel))
		last := map[int]*rung{}
		for i := range g.all {
			r := &g.all[i]
			if b := last[r.host]; b != nil && r.y < b.y+b.height()-1e-9 {
				t.Fatalf("seed %d: host %d: %v after %v", seed, r.host, r, b)
			}
			last[r.host] = r
			for k := range i {
				if g.all[k].t < r.t && g.all[k].y >= r.y {
					t.Fatalf("seed %d: %v stands above %v", seed, r, g.all[k])
				}
			}
		}
		for m := range g.Messages {
			if from := g.all[g.sent[m]].y; g.ends[m] < from+rungDrop {
				t.Fatalf("seed %d: message %d falls from %g to %g", seed, m, from, g.ends[m])
			}
		}
		var b strings.Builder
		if err := l.Text(&b, 80); err != nil || strings.Count(b.String(), "\n") < 12 {
			t.Fatalf("seed %d: %v\n%s", seed, err, b.String())
		}
	}
}

func TestFoldsSaySilence(t *testing.T) {
	l := Ladder{Panels: []LadderPanel{lostAck()}}
	if got := texts(l.draw()); !strings.Contains(got, "… 60 s …") || !strings.Contains(got, "… 189.9 ms …") {
		t.Errorf("no folds: %s", got)
	}
	l.Fold = time.Second
	if got := texts(l.draw()); !strings.Contains(got, "… 60 s …") || strings.Contains(got, "189.9") {
		t.Errorf("folds below a second: %s", got)
	}
}

// TestFoldsSpareFlights: however short the silences are that are folded, none is
// folded while a packet is under way.
func TestFoldsSpareFlights(t *testing.T) {
	l := Ladder{Panels: []LadderPanel{handshake()}, Fold: time.Microsecond}
	p := &l.Panels[0]
	for i := range p.Messages { // the second half begins 5 ms after the first
		if i >= 2 {
			p.Messages[i].Sent, p.Messages[i].Arrived = p.Messages[i].Sent+5*ms, p.Messages[i].Arrived+5*ms
		}
	}
	p.States = nil
	var b strings.Builder
	if err := l.Text(&b, 80); err != nil {
		t.Fatal(err)
	}
	for form, got := range map[string]string{"figure": texts(l.draw()), "text": b.String()} {
		if n := strings.Count(got, " 5 ms "); n != 1 || strings.Count(got, "…")+strings.Count(got, "...") != 2 {
			t.Errorf("the %s has %d folds of the one silence, of 5 ms:\n%s", form, n, got)
		}
	}
}

// TestClosed: a host whose last state ends is CLOSED, and one whose last state
// had no length was so at once.
func TestClosed(t *testing.T) {
	p := fourSegments()
	p.States = []StateSpan{
		{0, "FIN-WAIT-2", 100 * ms, 170 * ms}, {0, "TIME-WAIT", 170 * ms, 60170 * ms},
		{1, "LAST-ACK", 160 * ms, -1},
	}
	for name, c := range map[string]struct {
		end  int64 // of TIME-WAIT
		rows []string
		not  string
	}{
		"after TIME-WAIT":   {60170 * ms, []string{"client,,TIME-WAIT,,170000000,60170000000", "client,,CLOSED,,60170000000,60170000000"}, "server,,CLOSED"},
		"without TIME-WAIT": {170 * ms, []string{"client,,CLOSED,,170000000,170000000"}, "TIME-WAIT"},
		"after the end":     {-1, []string{"client,,TIME-WAIT,,170000000,,"}, "CLOSED"},
	} {
		p.States[1].To = c.end
		l := Ladder{Panels: []LadderPanel{p}}
		var b strings.Builder
		if err := l.Text(&b, 80); err != nil {
			t.Fatal(err)
		}
		table := string(l.table())
		for _, row := range c.rows {
			if !strings.Contains(table, row) {
				t.Errorf("%s: no %s in\n%s", name, row, table)
			}
		}
		if strings.Contains(table, c.not) {
			t.Errorf("%s: the table has %s:\n%s", name, c.not, table)
		}
		want := strings.Contains(table, "CLOSED")
		for form, got := range map[string]string{"figure": texts(l.draw()), "text": b.String()} {
			if n := strings.Count(got, "CLOSED"); n > 1 || (n == 1) != want {
				t.Errorf("%s: the %s says CLOSED %d times:\n%s", name, form, n, got)
			}
			if strings.Contains(got, "TIME-WAIT") != strings.Contains(table, "TIME-WAIT") {
				t.Errorf("%s: the table has\n%sthe %s has\n%s", name, table, form, got)
			}
		}
	}
}

// TestPages: as long as there is another way, a figure is no taller than a page
// or its tallest panel, and captions keep their room.
func TestPages(t *testing.T) {
	const page = pageHeight * millimetre
	bare := LadderPanel{Hosts: []string{"a", "b"}, Messages: []Message{
		{From: 0, To: 1, Sent: 0, Arrived: 10 * ms, Label: "SYN"}, {From: 1, To: 0, Sent: 10 * ms, Arrived: 20 * ms, Label: "RST"}}}
	for name, c := range map[string]struct {
		panels []LadderPanel
		width  float64
		most   float64 // points
		cols   int
	}{
		"side by side": {[]LadderPanel{fourSegments(), handshake()}, 174, page, 2},
		"one column":   {slices.Repeat([]LadderPanel{fourSegments()}, 6), 84, 6 * page, 1},
		"packed":       {[]LadderPanel{bulk(9), handshake(), handshake(), bulk(9), fourSegments(), handshake(), fourSegments()}, 174, page, 2},
		"narrow":       {slices.Repeat([]LadderPanel{bare}, 18), 174, page, 3},
	} {
		l := Ladder{Panels: slices.Clone(c.panels), Width: c.width}
		for i := range l.Panels {
			l.Panels[i].Title = "panel"
		}
		d := l.draw()
		onPage(t, name, d)
		columns := map[float64]bool{}
		for _, m := range d.marks {
			if m.text == "panel" {
				columns[m.path[0].x] = true
			}
		}
		if d.h > c.most || len(columns) != c.cols {
			t.Errorf("%s: %.0f points high in %d columns, want %d and no more than %.0f", name, d.h, len(columns), c.cols, c.most)
		}
	}
	if l := (Ladder{Panels: []LadderPanel{fourSegments()}}); l.legible(leastColumn*millimetre) || !l.legible(column*millimetre) {
		t.Error("states and times leave arrows room on 56 mm, or none on 84")
	}
}

// TestLongLadder: of a bulk transfer the begin and the end are drawn.
func TestLongLadder(t *testing.T) {
	p := LadderPanel{Hosts: []string{"a", "b"}}
	for i := range int64(5000) {
		p.Messages = append(p.Messages, Message{From: 0, To: 1, Sent: i * ms, Arrived: i*ms + 10*ms, Label: "ACK"})
	}
	l := Ladder{Panels: []LadderPanel{p}}
	got := texts(l.draw())
	if n := strings.Count(got, "ACK"); n != maxMessages || !strings.Contains(got, "… 4920 more messages …") || !strings.Contains(got, "5.009 s") {
		t.Errorf("%d messages are drawn:\n%s", n, got)
	}
	if n := strings.Count(string(l.table()), "\n"); n != 5001 {
		t.Errorf("%d lines in the table, want all 5000 and a header", n)
	}
}

func TestLadderRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*LadderPanel){
		"host":    func(p *LadderPanel) { p.Messages[0].To = 2 },
		"itself":  func(p *LadderPanel) { p.Messages[0].To = 0 },
		"arrival": func(p *LadderPanel) { p.Messages[3].Arrived = 1 },
		"state":   func(p *LadderPanel) { p.States[0].Host = -1 },
		"timer":   func(p *LadderPanel) { p.Timers = []Bracket{{Host: 3}} },
	} {
		p := handshake()
		spoil(&p)
		l := Ladder{Name: "l", Panels: []LadderPanel{p}}
		if _, err := l.Save(t.TempDir(), nil); err == nil {
			t.Errorf("%s: saved", name)
		}
	}
}

func TestLadderWithoutAnything(t *testing.T) {
	for name, l := range map[string]Ladder{
		"no panel":   {},
		"no host":    {Panels: []LadderPanel{{}}},
		"no message": {Panels: []LadderPanel{{Hosts: []string{"a", "b"}}}},
	} {
		if got := texts(l.draw()); got != "no data" {
			t.Errorf("%s reads %q", name, got)
		}
		var b strings.Builder
		if err := l.Text(&b, 80); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLadderTable(t *testing.T) {
	p := lostAck()
	l := Ladder{Name: "l", Panels: []LadderPanel{p}}
	got := string(l.table())
	for _, want := range []string{
		",message,client,server,ACK,ack 1002,20100000,,lost: rule last_ack\n",
		",message,server,client,\"FIN,ACK\",seq 1001 ack 202,210000000,220000000,again\n",
		",state,client,,TIME-WAIT,,20100000,60220000000,\n",
		",timer,client,,2MSL,,220000000,60220000000,\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// instants is a panel whose messages take no time, several at one time.
func instants() LadderPanel {
	p := LadderPanel{Hosts: []string{"program", "host", "script"}, States: []StateSpan{{1, "SYN-SENT", 0, 100 * ms}, {1, "ESTABLISHED", 100 * ms, -1}}}
	for i, m := range []Message{{From: 0, To: 1, Label: "socket"}, {From: 0, To: 1, Label: "connect"}, {From: 1, To: 2, Label: "SYN"},
		{From: 2, To: 1, Label: "SYN, ACK"}, {From: 1, To: 2, Label: "ACK"}} {
		if i > 2 {
			m.Sent, m.Arrived = 100*ms, 100*ms
		}
		p.Messages = append(p.Messages, m)
	}
	return p
}

// TestInstants: messages that take no time are level arrows below each other in the
// order given, each with the time at which it was, and lines of their own in text.
func TestInstants(t *testing.T) {
	l := Ladder{Fold: time.Second, Panels: []LadderPanel{instants()}}
	g, _ := l.prepare(&l.Panels[0])
	g.drawing = &drawing{}
	g.arrange(0, 240)
	g.compose(l.foldFrom(&g.LadderPanel))
	last := -1.0
	for i := range g.Messages {
		from, to := g.drawn(i)
		if from.y != to.y || from.y <= last {
			t.Errorf("%s from %.0f to %.0f, the one before at %.0f", g.Messages[i].Label, from, to, last)
		}
		last = from.y
	}
	drawn := l.draw()
	onPage(t, "instants", drawn)
	apart(t, "instants", drawn)
	if all := texts(drawn); strings.Contains(all, "ns") || strings.Count(all, "100 ms") != 2 {
		t.Errorf("drawn with the times of their places:\n%s", all)
	}
	var b strings.Builder
	if err := l.Text(&b, 120); err != nil {
		t.Fatal(err)
	}
	for _, m := range l.Panels[0].Messages {
		if n := strings.Count(b.String(), "- "+m.Label+" -"); n != 1 {
			t.Errorf("%s stands in %d lines of\n%s", m.Label, n, &b)
		}
	}
}
