package tcp

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// RFC 9293 figure 12: the server takes its time, four segments.
func TestFourSegmentClose(t *testing.T) {
	p := connected(t, RFC9293(), 50*ms)
	p.at(1, p.client.close)
	p.at(2, p.server.close)
	p.run(at(500))
	p.ladder(`
		1.000 client FIN-WAIT-1
		1.000 client > FIN,ACK 1 ack 1
		1.050 server CLOSE-WAIT
		1.250 server > ACK 1 ack 2
		1.300 client FIN-WAIT-2
		2.000 server LAST-ACK
		2.000 server > FIN,ACK 1 ack 2
		2.050 client TIME-WAIT
		2.050 client > ACK 2 ack 2
		2.100 server CLOSED
		242.050 client CLOSED`)
	if p.client.told != Connected|Ended|EndOfData || p.server.told != Connected|Ended|EndOfData {
		t.Errorf("told %b and %b", p.client.told, p.server.told)
	}
	c, s := p.client.conn.Stats(), p.server.conn.Stats()
	if c.Closing != 2 || s.Closing != 2 || c.FINs != 1 || s.FINs != 1 || s.MergedFIN || s.Crossed {
		t.Errorf("counts %+v and %+v", *c, *s)
	}
}

// A close in answer to the FIN rides on its acknowledgment: three segments, if
// it comes before the delayed ACK does. Measured on Linux: within 40 ms on a
// connection that has carried data, within a clock tick on a fresh one.
func TestMergedFIN(t *testing.T) {
	const merged = 0
	for _, test := range []struct {
		profile *Profile
		warm    bool
		close   time.Duration
		ack     time.Duration // when the ACK goes alone
	}{
		{Linux(), true, 0, merged}, {Linux(), true, 5 * ms, merged}, {Linux(), true, 20 * ms, merged}, {Linux(), true, 35 * ms, merged},
		{Linux(), true, 45 * ms, 40 * ms}, {Linux(), true, 100 * ms, 40 * ms},
		{Linux(), false, 0, merged}, {Linux(), false, 3 * ms, merged}, {Linux(), false, 5 * ms, 4 * ms}, {Linux(), false, 100 * ms, 4 * ms},
		{RFC9293(), false, 0, merged}, {RFC9293(), false, 199 * ms, merged}, {RFC9293(), false, 201 * ms, 200 * ms},
		{RFC9293(), true, 199 * ms, merged}, {RFC9293(), true, 201 * ms, 200 * ms},
	} {
		t.Run(fmt.Sprint(test.profile.Name, test.warm, test.close), func(t *testing.T) {
			p := connected(t, test.profile, 10*ms)
			p.client.reader(true)
			p.server.app = func(n News) {
				if p.server.conn.Read(p.now) > 0 {
					p.server.conn.Write(p.now, 100) // each request is answered
				}
				if n&EndOfData != 0 && test.close == 0 {
					p.server.conn.Close(p.now)
				} else if n&EndOfData != 0 {
					p.at(seconds64(p.now.Add(test.close)), p.server.close)
				}
			}
			sent := p.server.times(isAny)
			for i := range 10 {
				if test.warm {
					p.at(1+float64(i)/10, func() { p.client.write(100) })
				}
			}
			p.at(3, func() { *sent = nil; p.client.close() })
			p.run(at(4))
			want := []float64{seconds64(at(3.01).Add(test.close))}
			if test.ack != merged {
				want = append([]float64{seconds64(at(3.01).Add(test.ack))}, want...)
			}
			if !slices.Equal(*sent, want) {
				t.Errorf("server sends at %v, want %v", *sent, want)
			}
			if got := p.server.conn.Stats().MergedFIN; got != (test.ack == merged) {
				t.Errorf("MergedFIN %v", got)
			}
			if p.client.conn.State() != TimeWaiting || p.server.conn.State() != Closed {
				t.Errorf("client %v, server %v", p.client.conn.State(), p.server.conn.State())
			}
		})
	}
}

// RFC 9293 figure 13: both close at once, both wait in TIME-WAIT.
func TestSimultaneousClose(t *testing.T) {
	p := connected(t, RFC9293(), 50*ms)
	p.at(1, p.client.close)
	p.at(1, p.server.close)
	p.run(at(500))
	p.ladder(`
		1.000 client FIN-WAIT-1
		1.000 client > FIN,ACK 1 ack 1
		1.000 server FIN-WAIT-1
		1.000 server > FIN,ACK 1 ack 1
		1.050 server CLOSING
		1.050 server > ACK 2 ack 2
		1.050 client CLOSING
		1.050 client > ACK 2 ack 2
		1.100 client TIME-WAIT
		1.100 server TIME-WAIT
		241.100 client CLOSED
		241.100 server CLOSED`)
	if c := p.client.conn.Stats(); !c.Crossed {
		t.Error("the FINs did not cross")
	}
}

// The FIN that acknowledges ours leads from FIN-WAIT-1 straight to TIME-WAIT.
func TestFinWait1ToTimeWait(t *testing.T) {
	p := connected(t, Linux(), 50*ms)
	p.server.reader(true)
	p.at(1, p.client.close)
	p.run(at(100))
	p.ladder(`
		1.000 client FIN-WAIT-1
		1.000 client > FIN,ACK 1 ack 1
		1.050 server CLOSE-WAIT
		1.050 server LAST-ACK
		1.050 server > FIN,ACK 1 ack 2
		1.100 client TIME-WAIT
		1.100 client > ACK 2 ack 2
		1.150 server CLOSED
		61.100 client CLOSED`)
}

// Half-close in both directions: who has closed goes on reading, who has read to
// the end goes on writing.
func TestHalfClose(t *testing.T) {
	for _, profile := range []*Profile{Linux(), RFC9293()} {
		p := connected(t, profile, 50*ms)
		closer, other := p.client, p.server
		for range 2 {
			closer.reader(false)
			other.reader(false)
			closer.write(5000)
			closer.shutdown()
			p.runFor(1)
			if closer.conn.State() != FinWait2 || other.conn.State() != CloseWait || other.conn.Stats().Delivered != 5000 {
				t.Fatalf("closer %v, other %v with %d bytes", closer.conn.State(), other.conn.State(), other.conn.Stats().Delivered)
			}
			if closer.write(1) != 0 {
				t.Error("a closed direction took a byte")
			}
			for range 70 { // far beyond an orphan's time in FIN-WAIT-2
				other.write(1000)
				p.runFor(1)
			}
			if got := closer.conn.Stats().Delivered; got != 70000 {
				t.Errorf("%d bytes after the close, want 70000", got)
			}
			other.shutdown()
			p.runFor(1)
			if closer.conn.State() != TimeWaiting || other.conn.State() != Closed {
				t.Errorf("closer %v, other %v", closer.conn.State(), other.conn.State())
			}
			p = connected(t, profile, 50*ms)
			closer, other = p.server, p.client
		}
	}
}

// Nobody holds the connection any more, and the peer never closes: Linux waits
// 60 s in FIN-WAIT-2, RFC 9293 for ever.
func TestOrphanInFinWait2(t *testing.T) {
	p := connected(t, Linux(), 50*ms)
	p.at(1, p.client.close)
	p.run(at(1000))
	p.states(`
		1.000 client FIN-WAIT-1
		1.050 server CLOSE-WAIT
		1.104 client FIN-WAIT-2
		61.104 client CLOSED`)
	if r := p.client.conn.Stats().Resets; r != 0 {
		t.Errorf("%d resets", r)
	}
	p = connected(t, RFC9293(), 50*ms)
	p.at(1, p.client.close)
	p.run(at(1e6))
	if c, s := p.client.conn.State(), p.server.conn.State(); c != FinWait2 || s != CloseWait {
		t.Errorf("client %v, server %v", c, s)
	}
	if d := min(p.client.conn.Deadline(), p.server.conn.Deadline()); d < 1<<62 {
		t.Errorf("waits for %v, want for nothing: FIN-WAIT-2 and CLOSE-WAIT have no timer", d)
	}
}

// A user who has only half-closed may wait in FIN-WAIT-2; the limit begins when
// it goes away.
func TestOrphanedLate(t *testing.T) {
	p := connected(t, Linux(), 50*ms)
	p.at(1, p.client.shutdown)
	p.at(100, p.client.close)
	p.run(at(1000))
	if got, want := p.lines[len(p.lines)-1], "160.000 client CLOSED"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Data for which no user is left draw a reset (RFC 9293 section 3.6.1).
// Proves MAY-1.
func TestDataToOrphan(t *testing.T) {
	for _, state := range []State{FinWait1, FinWait2} {
		p := connected(t, Linux(), 50*ms)
		p.at(1, p.client.close)
		p.at(map[State]float64{FinWait1: 1.02, FinWait2: 2}[state], func() { p.server.write(100) })
		p.run(at(3))
		if state == FinWait2 {
			p.ladder(`
				1.000 client FIN-WAIT-1
				1.000 client > FIN,ACK 1 ack 1
				1.050 server CLOSE-WAIT
				1.054 server > ACK 1 ack 2
				1.104 client FIN-WAIT-2
				2.000 server > PSH,ACK 1:101 ack 2
				2.050 client CLOSED
				2.050 client > RST 2
				2.100 server CLOSED`)
		} else {
			// The reset is older than the FIN, whose number it has; Linux believes it
			// all the same. The answer to the ACK of the FIN comes too late.
			p.ladder(`
				1.000 client FIN-WAIT-1
				1.000 client > FIN,ACK 1 ack 1
				1.020 server > PSH,ACK 1:101 ack 1
				1.050 server CLOSE-WAIT
				1.054 server > ACK 101 ack 2
				1.070 client CLOSED
				1.070 client > RST 1
				1.104 client > RST 2
				1.120 server CLOSED`)
		}
		if p.server.told&WasReset == 0 {
			t.Error("the server was not told of the reset")
		}
	}
}

// SHLD-3: a close that leaves bytes unread is a reset.
// Proves SHLD-3.
func TestCloseWithUnread(t *testing.T) {
	p := connected(t, Linux(), 50*ms)
	p.at(1, func() { p.server.write(100) })
	p.at(2, p.client.close)
	p.run(at(3))
	p.ladder(`
		1.000 server > PSH,ACK 1:101 ack 1
		1.050 client > ACK 1 ack 101
		2.000 client CLOSED
		2.000 client > RST,ACK 1 ack 101
		2.050 server CLOSED`)
	if p.server.told&Failed != WasReset || p.client.told&Failed != 0 {
		t.Errorf("server told %b, client %b", p.server.told, p.client.told)
	}
}

// ABORT in every state (RFC 9293 section 3.10.5): a reset where the peer knows
// the connection, nothing where it does not or has closed already.
func TestAbort(t *testing.T) {
	for _, test := range []struct {
		state State
		reset string // Linux adds an ACK
	}{
		{Listen, ""}, {SynSent, ""}, {SynReceived, "RST 1"}, {Established, "RST 1"}, {FinWait1, "RST 2"},
		{FinWait2, "RST 2"}, {CloseWait, "RST 1"}, {Closing, ""}, {LastAck, ""}, {TimeWaiting, ""},
	} {
		for _, profile := range []*Profile{RFC9293(), Linux()} {
			c := inState(test.state, profile)
			c.Abort(at(1))
			var s wire.Segment
			got := ""
			for c.Emit(at(1), &s) {
				got += fmt.Sprintf("%v %d", s.Flags&^wire.ACK, s.Seq.Sub(c.iss))
				if s.Flags.Has(wire.ACK) != profile.ResetWithAck {
					t.Errorf("%v: %v", test.state, s.Flags)
				}
			}
			if got != test.reset || c.State() != Closed || c.Deadline() < 1<<62 {
				t.Errorf("%v: %q and %v, want %q", test.state, got, c.State(), test.reset)
			}
		}
	}
}

// CLOSE in every state (RFC 9293 section 3.10.4), and once more.
func TestCloseInEveryState(t *testing.T) {
	after := map[State]State{Listen: Closed, SynSent: Closed, SynReceived: FinWait1, Established: FinWait1, CloseWait: LastAck}
	for s := Closed; s < States; s++ {
		c := inState(s, RFC9293())
		want, ok := after[s]
		if !ok {
			want = s
		}
		for range 2 {
			if c.Close(at(1)); c.State() != want {
				t.Errorf("%v becomes %v, want %v", s, c.State(), want)
			}
		}
		if c.Write(at(1), 1) != 0 {
			t.Errorf("%v: a closed direction took a byte", s)
		}
	}
}

// What is unread in TIME-WAIT does not end it.
func TestCloseUnreadInTimeWait(t *testing.T) {
	c := inState(FinWait2, RFC9293())
	s := from(wire.FIN|wire.ACK, 1, 2)
	s.Len = 10
	c.Segment(0, &s)
	if c.Close(0); c.State() != TimeWaiting || c.Unread() != 10 {
		t.Errorf("%v, %d unread", c.State(), c.Unread())
	}
}

// After a SEND, CLOSE waits for ESTABLISHED (section 3.10.4), and what was written
// goes first.
func TestCloseInSynReceived(t *testing.T) {
	p := newPair(t, plain(RFC9293()), 50*ms)
	p.server.listen()
	p.client.open()
	p.at(.06, func() { p.server.write(100); p.server.close() })
	p.run(at(1))
	p.ladder(`
		0.000 server LISTEN
		0.000 client SYN-SENT
		0.000 client > SYN 0
		0.050 server SYN-RECEIVED
		0.050 server > SYN,ACK 0 ack 1
		0.100 client ESTABLISHED
		0.100 client > ACK 1 ack 1
		0.150 server ESTABLISHED
		0.150 server FIN-WAIT-1
		0.150 server > FIN,PSH,ACK 1:101 ack 1
		0.200 client CLOSE-WAIT
		0.400 client > ACK 1 ack 102
		0.450 server FIN-WAIT-2`)
}

// A FIN that arrives before what precedes it waits for it.
func TestEarlyFIN(t *testing.T) {
	p := connected(t, plain(RFC9293()), 50*ms)
	p.client.loses(isText, 1)
	p.server.reader(true)
	p.at(1, func() { p.client.write(3000); p.client.close() })
	p.run(at(5))
	p.ladder(`
		1.000 client > ACK 1:1461 ack 1 lost
		1.000 client > ACK 1461:2921 ack 1
		1.000 client FIN-WAIT-1
		1.000 client > FIN,PSH,ACK 2921:3001 ack 1
		1.050 server > ACK 1 ack 1
		1.050 server > ACK 1 ack 1
		2.000 client > ACK 1:1461 ack 1 again
		2.050 server CLOSE-WAIT
		2.050 server > ACK 1 ack 3002
		2.050 server LAST-ACK
		2.050 server > FIN,ACK 1 ack 3002
		2.100 client FIN-WAIT-2
		2.100 client TIME-WAIT
		2.100 client > ACK 3002 ack 2
		2.150 server CLOSED`)
}

// The last ACK is lost: the FIN comes again, is answered and begins the 2 MSL
// again.
func TestLostLastACK(t *testing.T) {
	p := connected(t, Linux(), 50*ms)
	p.server.reader(true)
	p.at(1, p.client.close)
	p.client.loses(isACK, 1)
	p.run(at(100))
	p.ladder(`
		1.000 client FIN-WAIT-1
		1.000 client > FIN,ACK 1 ack 1
		1.050 server CLOSE-WAIT
		1.050 server LAST-ACK
		1.050 server > FIN,ACK 1 ack 2
		1.100 client TIME-WAIT
		1.100 client > ACK 2 ack 2 lost
		1.350 server > FIN,ACK 1 ack 2 again
		1.400 client > ACK 2 ack 2
		1.450 server CLOSED
		61.400 client CLOSED`)
}

// In a simultaneous open one user closes in SYN-RECEIVED, having said nothing: its FIN
// goes at once (section 3.10.4). Whichever of SYN,ACK and FIN is lost, the connection
// ends in order; the timer is that of the SYN,ACK until this is acknowledged.
func TestCloseOfOpenThatCrosses(t *testing.T) {
	for _, lost := range []struct {
		name  string
		match func(*wire.Segment) bool
	}{{"nothing", nil}, {"SYN,ACK", isSYNACK}, {"FIN", isFIN}, {"both", func(s *wire.Segment) bool { return isSYNACK(s) || isFIN(s) }}} {
		for _, both := range []bool{false, true} {
			p := newPair(t, plain(RFC9293()), 50*ms)
			if lost.match != nil {
				p.client.loses(lost.match, 1)
				if lost.name == "both" {
					p.client.loses(isFIN, 1)
				}
			}
			p.server.reader(true)
			p.client.open()
			p.server.open()
			p.at(.06, p.client.close)
			if both {
				p.at(.06, p.server.close)
			}
			p.run(at(.07))
			if s := p.client.conn.State(); s != FinWait1 {
				t.Errorf("%s: %v, want FIN-WAIT-1", lost.name, s)
			}
			p.run(at(20))
			a, b := &p.client.conn, &p.server.conn
			if p.client.told&Failed != 0 || p.server.told&Failed != 0 || a.State() != TimeWaiting || both != (b.State() == TimeWaiting) {
				t.Errorf("%s lost, both %v: client %v, server %v\n%s", lost.name, both, a.State(), b.State(), strings.Join(p.lines, "\n"))
			}
		}
	}
}

// Neither was heard: the SYN,ACK is sent again by its own schedule, and the FIN after
// it. An ACK of nothing is a duplicate, though it shuts the window.
func TestFINAndSYNACKLost(t *testing.T) {
	p := newPair(t, plain(RFC9293()), 50*ms)
	p.client.loses(isSYNACK, 1)
	p.client.loses(isFIN, 1)
	p.client.open()
	p.server.open()
	p.at(.06, p.client.close)
	p.at(.5, func() {
		s := wire.Segment{Flags: wire.ACK, Seq: p.server.conn.iss.Add(1), Ack: p.client.conn.iss, Incarnation: p.server.o.Incarnation}
		p.client.receive(&s)
	})
	p.run(at(1.4))
	p.exchange(`
		0.000 client > SYN 0
		0.000 server > SYN 0
		0.050 server > SYN,ACK 0 ack 1
		0.050 client > SYN,ACK 0 ack 1 lost
		0.060 client > FIN,ACK 1 ack 1 lost
		0.100 client > ACK 2 ack 1
		1.050 client > SYN,ACK 0 ack 1 again
		1.050 client > FIN,ACK 1 ack 1 again
		1.100 server > ACK 1 ack 1
		1.300 server > ACK 1 ack 2`)
}

// Linux lets the FIN go at once only if the user goes away; shutdown() waits for
// ESTABLISHED, as it does in FreeBSD, where a close() deletes the connection.
func TestFINBeforeEstablished(t *testing.T) {
	for _, test := range []struct {
		profile         *Profile
		shutdown, close State
	}{{RFC9293(), FinWait1, FinWait1}, {Linux(), SynReceived, FinWait1}, {FreeBSD(), SynReceived, Closed}} {
		for i, want := range []State{test.shutdown, test.close} {
			c := &Conn{profile: test.profile}
			calling(c)
			hears(c, wire.SYN, 0, 0, 0)
			[]func(des.Time){c.Shutdown, c.Close}[i](0)
			drain(c)
			if c.State() != want {
				t.Errorf("%s, %d: %v, want %v", test.profile.Name, i, c.State(), want)
			}
			if want == Closed {
				continue
			}
			hears(c, wire.ACK, 1, 1, 0)
			if c.State() != FinWait1 || c.nxt != c.iss.Add(2) {
				t.Errorf("%s, %d: %v after the third segment", test.profile.Name, i, c.State())
			}
		}
	}
}

// A user who ends reading tells nobody. Linux goes on to queue what comes, so that
// it can be read even so, until the window is full; BSD throws away what is there
// and what comes, and the sender never waits.
func TestShutdownRead(t *testing.T) {
	const most = 10_000
	for _, discards := range []bool{false, true} {
		profile := plain(RFC9293())
		profile.ReceiveInitial, profile.ReceiveWindow, profile.DiscardsUnread = most, most, discards
		p := connected(t, profile, 50*ms)
		p.at(1, func() { p.client.write(3000) })
		p.run(at(2))
		server := &p.server.conn
		if server.Unread() != 3000 {
			t.Fatalf("%d unread", server.Unread())
		}
		server.ShutdownRead(p.now)
		p.at(3, func() { p.client.write(50_000) })
		p.run(at(9))
		unread, got := uint32(most), uint64(0)
		if discards {
			unread, got = 0, 53_000
		}
		if n := server.Unread(); n > unread || n+1500 < unread {
			t.Errorf("discards %v: %d unread, want %d", discards, n, unread)
		}
		if n := server.rcvOffset; got > 0 && n != got || got == 0 && n > most {
			t.Errorf("discards %v: %d taken, want %d", discards, n, got)
		}
		if server.State() != Established || server.Stats().Delivered != 0 || server.Stats().Resets != 0 {
			t.Errorf("discards %v: %v, %d delivered", discards, server.State(), server.Stats().Delivered)
		}
	}
}
