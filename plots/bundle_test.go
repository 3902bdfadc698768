package plots

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// bulk is a transfer of n segments of 1000 B, each acknowledged after 10 ms, then
// a FIN.
func bulk(n int) LadderPanel {
	p := LadderPanel{Hosts: []string{"client", "server"}}
	for i := range n {
		p.Messages = append(p.Messages, data(i), acknowledgement(i))
	}
	end := int64(n) * ms
	p.Messages = append(p.Messages, Message{From: 0, To: 1, Sent: end, Arrived: end + 10*ms, Label: "FIN, ACK", Seq: uint32(1 + 1000*n)})
	p.States = []StateSpan{{0, "ESTABLISHED", 0, end}, {0, "FIN-WAIT-1", end, -1}, {1, "ESTABLISHED", 0, end + 10*ms}, {1, "CLOSE-WAIT", end + 10*ms, -1}}
	return p
}

func data(i int) Message {
	at, seq := int64(i)*ms, uint32(1+1000*i)
	return Message{From: 0, To: 1, Sent: at, Arrived: at + 10*ms, Label: []string{"ACK", "PSH, ACK"}[i%2],
		Detail: fmt.Sprintf("seq %d:%d, ack 1, len 1000", seq, seq+1000), Plain: true, Seq: seq, Ack: 1, Len: 1000}
}

func acknowledgement(i int) Message {
	at, ack := int64(i+10)*ms, uint32(1+1000*(i+1))
	return Message{From: 1, To: 0, Sent: at, Arrived: at + 10*ms, Label: "ACK", Detail: fmt.Sprintf("ack %d", ack), Plain: true, Seq: 1, Ack: ack}
}

// told lists what is drawn of a panel's messages.
func told(p LadderPanel) (all []string) {
	q := p.sequence()
	l := Ladder{}
	q.bundle(l.foldFrom(&q))
	for _, m := range q.Messages {
		all = append(all, fmt.Sprintf("%s %s %d-%d", m.words(), m.Detail, m.Sent/ms, m.Arrived/ms))
	}
	return all
}

// TestBundle: of a bulk transfer there are two arrows, from the first's departure
// to the last's arrival.
func TestBundle(t *testing.T) {
	want := []string{"69 segments seq 1:69001, 1000 B each 0-78", "69 ACKs up to 69001 10-88", "FIN, ACK  69-79"}
	if got := told(bulk(69)); !slices.Equal(got, want) {
		t.Errorf("of 69 segments are drawn %q, want %q", got, want)
	}
	short := bulk(5)
	short.Messages[8].Len = 500
	if got, want := told(short)[0], "5 segments seq 1:4501, up to 1000 B each 0-14"; got != want {
		t.Errorf("with a short one at its end: %q, want %q", got, want)
	}
	twice := bulk(9)
	twice.Messages[9].Ack = twice.Messages[7].Ack
	if got := told(twice); len(got) != 5 || got[3] != "ACK ack 5001 14-24" {
		t.Errorf("with the fourth ACK sent twice: %q, want it alone between others", got)
	}
	if got := told(bulk(4)); len(got) != 9 {
		t.Errorf("of 4 segments are drawn %q, want all", got)
	}
}

// TestBundleShows: what is not one of many is drawn by itself, and parts those
// before it from those behind. 20 segments and as many ACKs become one arrow each.
func TestBundleShows(t *testing.T) {
	const n = 20
	segment, ack := func(i int) int { return 2 * i }, func(i int) int { return 2*i + 1 }
	for name, c := range map[string]struct {
		spoil func(p *LadderPanel)
		want  string // the arrows of data
		acks  int
	}{
		"as it is":     {func(p *LadderPanel) {}, "20", 1},
		"a loss":       {func(p *LadderPanel) { p.Messages[segment(8)].Arrived = -1 }, "8 1 11", 2},
		"again":        {func(p *LadderPanel) { p.Messages[segment(8)].Again = true }, "8 1 11", 2},
		"a copy":       {func(p *LadderPanel) { p.Messages[segment(8)].Duplicate = true }, "8 1 11", 2},
		"a copy later": {func(p *LadderPanel) { m := data(8); m.Again, m.Sent = true, 15*ms; p.Messages = append(p.Messages, m) }, "8 1 7 1 1 1 1 1", 2},
		"a flag":       {func(p *LadderPanel) { p.Messages[segment(8)].Plain = false }, "8 1 11", 2},
		"a hole":       {func(p *LadderPanel) { p.Messages[segment(8)].Seq++ }, "8 1 11", 2},
		"overtaken":    {func(p *LadderPanel) { p.Messages[segment(7)].Arrived += 2 * ms }, "8 12", 2},
		"a state": {func(p *LadderPanel) {
			p.States = append(p.States, StateSpan{0, "CLOSE-WAIT", 8*ms - 1, 20 * ms})
		}, "8 12", 2},
		"a state over there": {func(p *LadderPanel) {
			p.States = append(p.States, StateSpan{1, "FIN-WAIT-1", 18*ms - 1, -1})
		}, "8 12", 2},
		"data come back": {func(p *LadderPanel) {
			p.Messages = append(p.Messages, Message{From: 1, To: 0, Sent: 0, Arrived: 8*ms - 1, Label: "ACK", Plain: true, Len: 10})
		}, "8 12", 2},
		"a silence": {func(p *LadderPanel) {
			for i := 8; i < n; i++ {
				for _, m := range []*Message{&p.Messages[segment(i)], &p.Messages[ack(i)]} {
					m.Sent, m.Arrived = m.Sent+int64(time.Minute), m.Arrived+int64(time.Minute)
				}
			}
		}, "8 12", 2},
		"a lost ACK":  {func(p *LadderPanel) { p.Messages[ack(8)].Arrived = -1 }, "20", 2},
		"an ACK less": {func(p *LadderPanel) { p.Messages = slices.Delete(p.Messages, ack(8), ack(8)+1) }, "20", 1},
	} {
		p := bulk(n)
		c.spoil(&p)
		q := p.sequence()
		q.bundle(int64(time.Second))
		var runs []string
		acks := 0
		for _, m := range q.Messages {
			count := 1
			fmt.Sscanf(m.Label, "%d segments", &count)
			if m.From == 0 && m.Len > 0 {
				runs = append(runs, fmt.Sprint(count))
			}
			if strings.HasSuffix(m.Label, " ACKs") {
				acks++
			}
		}
		if got := strings.Join(runs, " "); got != c.want || acks != c.acks {
			t.Errorf("%s: data is drawn in runs of %s with %d arrows of ACKs, want %s with %d", name, got, acks, c.want, c.acks)
		}
	}
}

// TestBundleSparesTalks: questions and answers are no run, however many.
func TestBundleSparesTalks(t *testing.T) {
	p := LadderPanel{Hosts: []string{"client", "server"}}
	for i := range 9 {
		at := int64(20*i) * ms
		p.Messages = append(p.Messages,
			Message{From: 0, To: 1, Sent: at, Arrived: at + 10*ms, Label: "PSH, ACK", Plain: true, Seq: uint32(1 + 10*i), Len: 10},
			Message{From: 1, To: 0, Sent: at + 10*ms, Arrived: at + 20*ms, Label: "PSH, ACK", Plain: true, Seq: uint32(1 + 10*i), Len: 10})
	}
	if got := told(p); len(got) != 18 {
		t.Errorf("of 9 questions and answers are drawn %q", got)
	}
}

// TestBundleInAllForms: text and figure tell a run in one place, the table each
// of its messages, and the figure is no taller for more of them.
func TestBundleInAllForms(t *testing.T) {
	l := Ladder{Name: "bulk", Panels: []LadderPanel{bulk(69)}}
	want := strings.TrimPrefix(`
               client                                     server
                  |                                          | ESTABLISHED 0
    0 ESTABLISHED |- 69 segments  seq 1:69001, ~ ->          |
                  |          <---- 69 ACKs  up to 69001 -----|             10 ms
69 ms  FIN-WAIT-1 |----------- FIN, ACK ---------->          |
                  |         - 69 segments  seq 1:69001, 1~ ->|             78 ms
                  |         ----------- FIN, ACK ----------->| CLOSE-WAIT  79 ms
88 ms             |<---- 69 ACKs  up to 69001 ------         |
`, "\n")
	var b strings.Builder
	if err := l.Text(&b, 80); err != nil || b.String() != want {
		t.Errorf("%v, got\n%swant\n%s", err, b.String(), want)
	}
	if got := texts(l.draw()); strings.Count(got, "69 segments") != 1 || strings.Count(got, "69 ACKs") != 1 || strings.Contains(got, "PSH") {
		t.Errorf("the figure says\n%s", got)
	}
	if n := strings.Count(string(l.table()), ",message,"); n != 139 {
		t.Errorf("%d messages are in the table, want 69 segments, 69 ACKs and a FIN", n)
	}
	more := Ladder{Panels: []LadderPanel{bulk(700)}}
	if low, high := l.draw().h, more.draw().h; high > 1.5*low {
		t.Errorf("with 69 segments %.0f points high, with 700 %.0f", low, high)
	}
}
