package tcp

import (
	"fmt"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// timers are section 3.10.8 with the timers of sections 3.8.1, 3.8.3, 3.8.6.1 and
// 3.8.6.3: for each what makes it run, and what it then does, by state. In a state that
// is not there it does not run: nothing of ours is outstanding in LISTEN and
// FIN-WAIT-2, before ESTABLISHED no window keeps anything back, after the peer's FIN
// nothing is received. Numbers are counted from ISS and IRS.
var timers = []struct {
	name, where string
	set         func(p *Profile)              // chooses it
	begin       func(b *start, c *Conn)       // makes it run
	ring        func(c *Conn) (des.Time, int) // lets it ring; how often it did, and when at last
	does        map[State]string
}{
	{
		name: "retransmission", where: "3.10.8: the segment at the front of the queue is sent again",
		set: func(*Profile) {}, begin: func(*start, *Conn) {}, ring: once,
		does: map[State]string{
			SynSent: "1 s: SYN-SENT; SYN 0", SynReceived: "1 s: SYN-RECEIVED; SYN,ACK 0 ack 1",
			Established: "1 s: ESTABLISHED; PSH,ACK 1 ack 1 text 10", FinWait1: "1 s: FIN-WAIT-1; FIN,PSH,ACK 1 ack 1 text 10",
			CloseWait: "1 s: CLOSE-WAIT; PSH,ACK 1 ack 2 text 10", Closing: "1 s: CLOSING; FIN,PSH,ACK 1 ack 2 text 10",
			LastAck: "1 s: LAST-ACK; FIN,PSH,ACK 1 ack 2 text 10",
		},
	},
	{
		name: "R2", where: "3.8.3: after so many retransmissions the connection is closed",
		set: func(*Profile) {}, begin: func(*start, *Conn) {}, ring: toTheEnd,
		does: map[State]string{ // 1+2+4+...+128 s for a SYN, 1+2+...+32+3*60 s for text
			SynSent: "255 s: CLOSED; timed out", SynReceived: "255 s: CLOSED; timed out",
			Established: "243 s: CLOSED; timed out", FinWait1: "243 s: CLOSED; timed out", CloseWait: "243 s: CLOSED; timed out",
			Closing: "243 s: CLOSED; timed out", LastAck: "243 s: CLOSED; timed out",
		},
	},
	{
		name: "user timeout", where: "3.10.8: flush, error \"connection aborted due to user timeout\", CLOSED",
		set: func(p *Profile) { p.UserTimeout = 5 * time.Second }, begin: func(*start, *Conn) {}, ring: toTheEnd,
		does: map[State]string{
			SynSent: "5 s: CLOSED; timed out", SynReceived: "5 s: CLOSED; timed out",
			Established: "5 s: CLOSED; timed out", FinWait1: "5 s: CLOSED; timed out", CloseWait: "5 s: CLOSED; timed out",
			Closing: "5 s: CLOSED; timed out", LastAck: "5 s: CLOSED; timed out",
		},
	},
	{
		name: "delayed ACK", where: "3.8.6.3: within half a second",
		set: noRetransmission, ring: once,
		begin: func(b *start, c *Conn) { c.Segment(cellTime, stretch(b, wire.ACK, 1000, cellText)) },
		does: map[State]string{
			Established: "0.5 s: ESTABLISHED; ACK 11 ack 11", FinWait1: "0.5 s: FIN-WAIT-1; ACK 12 ack 11",
			FinWait2: "0.5 s: FIN-WAIT-2; ACK 12 ack 11",
		},
	},
	{
		name: "persist", where: "3.8.6.1: a window of zero is probed after an RTO",
		set: func(p *Profile) { p.SYNSchedule, p.SYNACKSchedule = seconds(60), seconds(60) }, ring: once,
		begin: func(b *start, c *Conn) { c.Segment(cellTime, stretch(b, wire.ACK, 0, 0)) },
		does: map[State]string{
			Established: "1.3 s: ESTABLISHED; ACK 1 ack 1 text 1", FinWait1: "1.3 s: FIN-WAIT-1; ACK 1 ack 1 text 1",
			CloseWait: "1.3 s: CLOSE-WAIT; ACK 1 ack 2 text 1", Closing: "1.3 s: CLOSING; ACK 1 ack 2 text 1",
			LastAck: "1.3 s: LAST-ACK; ACK 1 ack 2 text 1",
		},
	},
	{
		name: "keepalive", where: "3.8.4: after a silence in which nothing was outstanding, an old number",
		set: noRetransmission, begin: silence, ring: keepRings,
		does: map[State]string{
			Established: "10.3 s: ESTABLISHED; ACK 10 ack 1", FinWait2: "10.3 s: FIN-WAIT-2; ACK 11 ack 1",
			CloseWait: "10.3 s: CLOSE-WAIT; ACK 10 ack 2",
			// A FIN is outstanding: its timer judges the silence (MUST-26).
			FinWait1: "10.3 s: FIN-WAIT-1", Closing: "10.3 s: CLOSING", LastAck: "10.3 s: LAST-ACK",
		},
	},
	{
		name: "keepalive's end", where: "3.8.4: the last of several probes is not answered either (MUST-29)",
		set: noRetransmission, begin: silence,
		ring: func(c *Conn) (des.Time, int) {
			if c.last().After(c.una) || !c.state.synchronized() || c.state == TimeWaiting {
				return des.Never, 0
			}
			return toTheEnd(c)
		},
		does: map[State]string{ // 10 s of silence and three probes, 2 s apart
			Established: "16.3 s: CLOSED; RST 11; timed out", FinWait2: "16.3 s: CLOSED; RST 12; timed out",
			CloseWait: "16.3 s: CLOSED; RST 11; timed out",
		},
	},
	{
		name: "FIN-WAIT-2", where: "a profile's own, for a connection whose user has gone; the RFC has none",
		set:   func(p *Profile) { p.FinWait2 = time.Minute },
		begin: func(b *start, c *Conn) { c.Segment(cellTime, stretch(b, wire.ACK, 1000, 0)); c.Close(cellTime) },
		ring: func(c *Conn) (des.Time, int) {
			if c.State() != FinWait2 {
				return des.Never, 0
			}
			return toTheEnd(c)
		},
		does: map[State]string{FinWait2: "60.3 s: CLOSED; timed out"},
	},
}

// noRetransmission lets that come late.
func noRetransmission(p *Profile) {
	p.RTOInitial, p.RTOMin, p.SYNSchedule, p.SYNACKSchedule = time.Minute, time.Minute, seconds(60), seconds(60)
}

// once lets the next timer ring, if it does within two seconds.
func once(c *Conn) (des.Time, int) {
	d := c.Deadline()
	if d > cellTime.Add(2*time.Second) {
		return d, 0
	}
	c.Timeout(d)
	return d, 1
}

// silence begins once the text is acknowledged.
func silence(b *start, c *Conn) {
	s := stretch(b, wire.ACK, 1000, 0)
	if s.Ack = iss.Add(1 + cellText); b.state == FinWait2 {
		s.Ack = iss.Add(2 + cellText)
	}
	if b.state.synchronized() {
		c.Segment(cellTime, s)
	}
	c.Set(cellTime, &Settings{KeepAlive: true, KeepIdle: 10 * time.Second, KeepInterval: 2 * time.Second, KeepProbes: 3})
}

// keepRings lets that timer ring, where it runs.
func keepRings(c *Conn) (des.Time, int) {
	if !c.has(extended) || c.side.keepAt == des.Never {
		return des.Never, 0
	}
	at := c.side.keepAt
	c.Timeout(at)
	return at, 1
}

// toTheEnd lets timers ring, and sends what that asks for, until there are none.
func toTheEnd(c *Conn) (last des.Time, rings int) {
	for last = des.Never; c.Deadline() != des.Never && rings < 100; rings++ {
		last = c.Deadline()
		c.Timeout(last)
		var s wire.Segment
		for c.State() != Closed && c.Emit(last, &s) {
		}
	}
	return last, rings
}

// stretch is a segment at RCV.NXT that acknowledges nothing new.
func stretch(b *start, flags wire.Flags, window uint16, text int) *wire.Segment {
	s := segmentOf(&arriving{flags, b.rcv, b.una, text})
	s.Window = window
	return &s
}

// Every cell of the timers: each of them in every state. What 2 MSL does in TIME-WAIT
// is the host's to show.
func TestCellsOfTimers(t *testing.T) {
	cells := 0
	for _, timer := range timers {
		used := 0
		for _, b := range starts() {
			if b.orphan || b.rcv > 50 { // one start a state: with a user, with a window
				continue
			}
			cells++
			profile := plain(RFC9293())
			timer.set(profile)
			profile.ReceiveInitial, profile.ReceiveWindow = cellWindow, cellWindow
			c := &Conn{profile: profile}
			b.prepare(c)
			timer.begin(&b, c)
			drain(c)
			c.News()
			var got string
			if at, rings := timer.ring(c); rings > 0 {
				got = fmt.Sprintf("%v s: ", at.Seconds())
				o := outcome{next: c.State(), news: c.News()}
				var s wire.Segment
				for c.Emit(at, &s) {
					o.sends(&s)
				}
				if o.news&TimedOut != 0 {
					o.sent = append(o.sent, "timed out")
				}
				o.news = 0
				got += o.String()
			}
			want := timer.does[b.state]
			if want != "" {
				used++
			}
			if got != want {
				t.Errorf("%s in %s: %q, want %q (%s)", timer.name, b.name, got, want, timer.where)
			}
			if err := c.Check(); err != nil {
				t.Error(err)
			}
		}
		if used < len(timer.does) {
			t.Errorf("%s: %d states, want %d", timer.name, used, len(timer.does))
		}
	}
	counted(t, "timers", cells, timerCells)
}
