package tcp

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"netsim/des"
	"netsim/wire"
)

// start is where cells begin: what the rules are told, and how the machine gets there.
type start struct {
	name string
	tcb
	prepare func(c *Conn)
}

// How many cells there are, for docs/conformance.md.
const (
	segmentCells = 19240
	callCells    = 135
	timerCells   = 96
)

const (
	cellWindow = 100 // RCV.WND before anything came
	cellText   = 10  // bytes of ours that are outstanding, and of theirs in a cell
)

// starts are all states; those with a receive window with room in it and without, and
// those with a user whether it is still there. Every one of them but LISTEN,
// SYN-SENT and FIN-WAIT-2 has something outstanding.
func starts() (all []start) {
	all = []start{
		{"CLOSED", tcb{state: Closed}, func(c *Conn) { calling(c); c.Abort(0) }},
		{"LISTEN", tcb{state: Listen}, func(c *Conn) { listening(c) }},
		{"SYN-SENT", tcb{state: SynSent, active: true, nxt: 1}, func(c *Conn) { calling(c) }},
		{"SYN-RECEIVED", tcb{state: SynReceived, nxt: 1, rcv: 1, wnd: cellWindow}, func(c *Conn) {
			listening(c)
			hears(c, wire.SYN, 0, 0, 0)
		}},
		{"SYN-RECEIVED, active", tcb{state: SynReceived, active: true, nxt: 1, rcv: 1, wnd: cellWindow}, func(c *Conn) {
			calling(c)
			hears(c, wire.SYN, 0, 0, 0)
		}},
	}
	for _, shut := range []bool{false, true} {
		for s := Established; s < States; s++ {
			all = append(all, synchronized(s, shut, false))
			if s == FinWait1 || s == FinWait2 {
				all = append(all, synchronized(s, shut, true))
			}
		}
	}
	return all
}

func listening(c *Conn) {
	c.Listen(0, &Opening{Profile: c.profile, ISS: iss, MTU: 1500, Incarnation: self})
}
func calling(c *Conn) {
	c.Open(0, &Opening{Profile: c.profile, ISS: iss, MTU: 1500, Incarnation: self})
	drain(c)
}

// hears lets a segment arrive while a start is prepared.
func hears(c *Conn, flags wire.Flags, seq, ack, text int) {
	s := segmentOf(&arriving{flags, seq, ack, text})
	c.Segment(0, &s)
	drain(c)
}

// synchronized is a start in a synchronized state; the window is shut by text that
// nobody reads.
func synchronized(state State, shut, gone bool) start {
	gotFIN := state == CloseWait || state == Closing || state == LastAck || state == TimeWaiting
	sentFIN := state != Established && state != CloseWait
	b := tcb{state: state, una: 1, nxt: 1 + cellText, maxWnd: 1000, rcv: 1, wnd: cellWindow, orphan: gone}
	text := 0
	if shut {
		text = cellWindow
		if gotFIN {
			text--
		}
	}
	b.rcv, b.wnd = b.rcv+text, b.wnd-text
	if gotFIN {
		b.rcv, b.wnd = b.rcv+1, b.wnd-1
	}
	if sentFIN {
		b.nxt++
		b.fin = b.nxt
	}
	if state == FinWait2 || state == TimeWaiting {
		b.una = b.nxt
	}
	name := state.String()
	if shut {
		name += ", window 0"
	}
	if gone {
		name += ", orphan"
	}
	return start{name, b, func(c *Conn) {
		listening(c)
		hears(c, wire.SYN, 0, 0, 0)
		hears(c, wire.ACK, 1, 1, 0)
		if text > 0 {
			hears(c, wire.ACK, 1, 1, text)
		}
		c.Write(0, cellText)
		drain(c)
		if state == CloseWait || state == LastAck {
			hears(c, wire.FIN|wire.ACK, 1+text, 1, 0)
		}
		if sentFIN {
			c.Shutdown(0)
			drain(c)
		}
		if gone {
			c.on(orphan)
		}
		switch state {
		case FinWait2:
			hears(c, wire.ACK, 1+text, b.nxt, 0)
		case Closing:
			hears(c, wire.FIN|wire.ACK, 1+text, 1, 0)
		case TimeWaiting:
			hears(c, wire.FIN|wire.ACK, 1+text, b.nxt, 0)
		}
		if d := c.Deadline(); d < cellTime { // what there is to acknowledge
			c.Timeout(d)
			drain(c)
		}
	}}
}

func segmentOf(a *arriving) wire.Segment {
	s := from(a.flags, a.seq, a.ack)
	s.Len, s.SrcPort, s.DstPort = uint32(a.text), 1, 2
	s.Offset = uint64(int64(a.seq - 1))
	if a.has(wire.SYN) {
		s.Offset++
	}
	return s
}

// axes are the segments of a start's cells. Where an axis means nothing it has one
// value: without ACK there is no acknowledgment; before SYN-RECEIVED there is no
// window, so no place in it; in CLOSED and LISTEN nothing that could be acknowledged.
func (b *start) axes() (cells []arriving) {
	kinds := []wire.Flags{wire.SYN, wire.SYN | wire.ACK, wire.SYN | wire.FIN, wire.ACK, wire.FIN, wire.FIN | wire.ACK, wire.RST, wire.RST | wire.ACK}
	places := []int{0}
	if b.rcv > 0 {
		places = []int{
			b.rcv - 1000, b.rcv - cellText, b.rcv - 2, b.rcv - 1, // outside left; some reach into the window with text
			b.rcv,                           // left edge
			b.rcv + 1, b.rcv + cellWindow/2, // inside
			b.rcv + b.wnd - 1,                  // right edge
			b.rcv + b.wnd, b.rcv + b.wnd + 900, // outside right
		}
	}
	acks := []int{
		b.una - b.maxWnd - 1,    // older than any window
		b.una - 1,               // old
		b.una,                   // nothing new
		b.una + cellText/2,      // some of the text
		b.una + cellText, b.nxt, // all of the text, and the FIN
		b.nxt + 1, // too new
	}
	acks = slices.DeleteFunc(acks, func(a int) bool { return a > b.una && a < b.nxt && a > b.una+cellText || a > b.nxt+1 })
	if b.state <= Listen {
		acks = acks[:1]
	}
	slices.Sort(acks)
	slices.Sort(places)
	for _, kind := range kinds {
		for _, seq := range slices.Compact(slices.Clone(places)) {
			for i, ack := range slices.Compact(slices.Clone(acks)) {
				if i > 0 && !kind.Has(wire.ACK) {
					break
				}
				for _, text := range []int{0, cellText} {
					cells = append(cells, arriving{kind, seq, ack, text})
				}
			}
		}
	}
	return cells
}

// Every cell of the segments: each start, eight kinds of segment, its place, its
// acknowledgment, with text and without, with RFC 5961 and without.
func TestCellsOfSegments(t *testing.T) {
	cells, used := 0, map[string]int{}
	faults := map[string]int{}
	for _, secure := range []bool{true, false} {
		profile := plain(RFC9293())
		profile.RFC5961 = secure
		profile.ReceiveInitial, profile.ReceiveWindow = cellWindow, cellWindow
		for _, b := range starts() {
			if b.state <= SynSent && !secure {
				continue // no window, nothing that could be blind
			}
			for _, a := range b.axes() {
				cells++
				rules := chapter{tcb: b.tcb, arriving: a, secure: secure}
				want := rules.apply(rulesOf(b.state), used)
				got := b.react(t, profile, &a)
				if !got.fits(want) {
					faults[b.name]++
					if faults[b.name] <= 5 {
						t.Errorf("%s, RFC 5961 %v: %v at %d of [%d, %d), ack %d of [%d, %d], text %d:\n got %v\nwant %v",
							b.name, secure, a.flags, a.seq, b.rcv, b.rcv+b.wnd, a.ack, b.una, b.nxt, a.text, got, want)
					}
				}
			}
		}
	}
	for _, rules := range [][]paragraph{inClosed, inListening, inSynSending, otherwise, inWaiting} {
		for _, r := range rules {
			if used[r.where+": "+r.says] == 0 {
				t.Errorf("no cell comes to %s: %s", r.where, r.says)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		t.Logf("%s: %d cells at fault", name, faults[name])
	}
	counted(t, "segments", cells, segmentCells)
}

// counted says how many cells there were, which is what the page says.
func counted(t *testing.T, of string, cells, want int) {
	t.Helper()
	if t.Logf("%d cells of %s", cells, of); cells != want {
		t.Errorf("%d cells of %s, and the constant says %d", cells, of, want)
	}
}

// fits compares an outcome with what the rules want: an ACK that may wait may also be
// sent at once.
func (o outcome) fits(want outcome) bool {
	if want.soon {
		o.soon = true
	}
	return o.next == want.next && o.news == want.news && o.restart == want.restart && o.reopen == want.reopen &&
		slices.Equal(o.sent, want.sent) && (o.soon == want.soon || len(want.sent) == 0)
}

// The time of a cell: after all that was before, before the first retransmission.
const cellTime, cellPatience = des.Time(300 * ms), 500 * ms

// react lets a segment arrive in a start and tells what happens.
func (b *start) react(t *testing.T, profile *Profile, a *arriving) (o outcome) {
	t.Helper()
	s := segmentOf(a)
	c := &Conn{profile: profile}
	b.prepare(c)
	if c.News(); c.State() != b.state {
		t.Fatalf("%s: %v", b.name, c.State())
	}
	var reply wire.Segment
	switch b.state {
	case Closed:
		if Reset(&s, &reply) {
			o.sends(&reply)
		}
		return o
	case TimeWaiting:
		var w TimeWait
		c.TimeWait(&w)
		v := w.Segment(cellTime, profile, &s, &reply)
		o = outcome{next: TimeWaiting, restart: v&Restart != 0, reopen: v&Reopen != 0}
		if v&Answer != 0 {
			o.sends(&reply)
		}
		if v&Die != 0 {
			o.next = Closed
		}
		return o
	}
	c.Segment(cellTime, &s)
	return b.after(t, c)
}

// after gathers what comes of an input, and checks the invariants.
func (b *start) after(t *testing.T, c *Conn) (o outcome) {
	t.Helper()
	var s wire.Segment
	for c.Emit(cellTime, &s) {
		o.sends(&s)
	}
	o.next, o.news = c.State(), c.News()
	if err := c.Check(); err != nil {
		t.Errorf("%s: %v", b.name, err)
	}
	if d := c.Deadline(); d <= cellTime.Add(cellPatience) {
		c.Timeout(d)
		for c.Emit(d, &s) {
			o.sends(&s)
			o.soon = true
		}
	}
	slices.Sort(o.sent)
	return o
}

// sends notes a segment, its numbers counted from ISS and IRS.
func (o *outcome) sends(s *wire.Segment) {
	line := fmt.Sprintf("%v %d", s.Flags, s.Seq.Sub(iss))
	if s.Flags == wire.RST|wire.ACK && s.Seq == (wire.Seq{}) {
		line = fmt.Sprintf("%v 0", s.Flags)
	}
	if s.Flags.Has(wire.ACK) {
		line += fmt.Sprintf(" ack %d", s.Ack.Sub(irs))
	}
	if s.Len > 0 {
		line += fmt.Sprintf(" text %d", s.Len)
	}
	o.sent = append(o.sent, line)
}
