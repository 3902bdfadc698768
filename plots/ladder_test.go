package plots

import (
	"math/rand/v2"
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
