package tcp

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"netsim/wire"
)

// bsdOf is a connection of FreeBSD in a state, without options.
func bsdOf(state State) *Conn { return inState(state, FreeBSD()) }

// What lies to the left of the window is cut off and answered, and its acknowledgment
// counts; what lies to the right is cut off, and nothing that is beyond it counts. RFC
// 9293 leaves out both.
func TestTrim(t *testing.T) {
	const wnd = 65535
	for _, c := range []struct {
		what    string
		state   State
		s       wire.Segment
		text    uint32
		trim    string
		reject  string
		freebsd func(*Profile)
	}{
		{"an old number acknowledges our FIN", FinWait1, from(wire.ACK, 0, 2), 0, "ACK FIN-WAIT-2", "ACK", nil},
		{"and in LAST-ACK", LastAck, from(wire.ACK, 1, 2), 0, "CLOSED", "ACK", nil},
		{"an empty segment at the right edge", FinWait1, from(wire.ACK, 1+wnd, 2), 0, "FIN-WAIT-2", "ACK", nil},
		{"one beyond it", FinWait1, from(wire.ACK, 2+wnd, 2), 0, "FIN,ACK", "ACK", nil},
		{"nothing at all, in the window", Established, from(0, 1, 0), 0, "nothing", "nothing", nil},
		{"nothing at all, before it", Established, from(0, 0, 0), 0, "ACK", "ACK", nil},
		{"a SYN is challenged wherever it is", Established, from(wire.SYN, -5000, 0), 0, "challenge", "ACK", nil},
		{"a RST far away", Established, from(wire.RST, -5000, 0), 0, "nothing", "nothing", nil},
		{"text in order", Established, from(wire.ACK, 1, 1), 10, "nothing", "nothing", nil},
		{"text that is old", Established, from(wire.ACK, -9, 1), 10, "ACK", "ACK", nil},
		{"text beyond the window", Established, from(wire.ACK, 1+wnd, 1), 10, "ACK", "ACK", nil},
	} {
		for i, want := range []string{c.trim, c.reject} {
			p := FreeBSD()
			if i == 1 {
				p.Acceptance, p.RepeatsFIN, p.ResetAtACK = Reject, false, false
			}
			conn := inState(c.state, p)
			c.s.Len = c.text
			if got := reaction(conn, c.s); got != want {
				t.Errorf("%s, %v: %s, want %s", c.what, p.Acceptance, got, want)
			}
		}
	}
}

// Text for a connection whose user is gone is reset before anything else of it is looked
// at: where it lies, and what it acknowledges.
func TestTrimOrphan(t *testing.T) {
	for _, state := range []State{FinWait1, FinWait2} {
		for _, s := range []wire.Segment{from(wire.ACK, 1, 1), from(wire.ACK, 1+65535, 1), from(wire.ACK, 1, 77), from(0, 1, 0)} {
			c := inState(Established, FreeBSD())
			c.Close(0)
			drain(c)
			if state == FinWait2 {
				ack := from(wire.ACK, 1, 2)
				c.Segment(0, &ack)
			}
			s.Len = 10
			c.Segment(at(1), &s)
			var out wire.Segment
			want := wire.RST
			if !s.Flags.Has(wire.ACK) {
				want |= wire.ACK
			}
			if !c.Emit(at(1), &out) || out.Flags != want || c.State() != Closed {
				t.Errorf("%v: %v leads to %v and %v", state, s.Seq.Sub(irs), out.Flags, c.State())
			}
		}
	}
}

// Of a listener's request nothing draws an answer but a SYN, whatever its number, and what
// has an ACK.
func TestCachedRequest(t *testing.T) {
	for _, c := range []struct {
		s    wire.Segment
		text uint32
		want string
	}{
		{from(wire.SYN, 0, 0), 0, "SYN,ACK"}, {from(wire.SYN, 5000, 0), 0, "SYN,ACK"}, {from(wire.SYN|wire.FIN, -9, 0), 0, "SYN,ACK"},
		{from(wire.SYN|wire.ACK, 0, 1), 0, "nothing"}, {from(0, 1, 0), 10, "nothing"}, {from(wire.FIN, -5, 0), 0, "nothing"},
		{from(wire.ACK, 1, 2), 0, "RST 2"}, {from(wire.ACK, 0, 1), 0, "challenge"}, {from(wire.ACK, 1, 1), 0, "ESTABLISHED"},
		{from(wire.RST, 1, 0), 0, "CLOSED reset"}, {from(wire.RST, 2, 0), 0, "challenge"}, {from(wire.RST, 0, 0), 0, "nothing"},
	} {
		c.s.Len = c.text
		if got := reaction(bsdOf(SynReceived), c.s); got != c.want {
			t.Errorf("%v %d: %s, want %s", c.s.Flags, c.s.Seq.Sub(irs), got, c.want)
		}
	}
}

// The SYN,ACK that a SYN brings again is the first of its schedule once more.
func TestCachedTimer(t *testing.T) {
	c := bsdOf(SynReceived)
	c.Timeout(at(1))
	for s := (wire.Segment{}); c.Emit(at(1), &s); {
	}
	if got := c.rtxAt.Sub(at(1)); got != 2200*ms {
		t.Errorf("the second wait is %v", got)
	}
	syn := from(wire.SYN, 0, 0)
	c.Segment(at(2), &syn)
	for s := (wire.Segment{}); c.Emit(at(2), &s); {
	}
	if got := c.rtxAt.Sub(at(2)); got != time.Second {
		t.Errorf("the wait after it came again is %v, want the first", got)
	}
}

// A RST has to have the number that was acknowledged last: that of text which waits for
// its ACK, not the one after it.
func TestResetAtACK(t *testing.T) {
	for _, at := range []int{1, 11} {
		for _, first := range []bool{false, true} {
			p := FreeBSD()
			p.ResetAtACK = first
			c := inState(Established, p)
			text := from(wire.ACK, 1, 1)
			text.Len = 10
			c.Segment(0, &text)
			want := "challenge"
			if first == (at == 1) {
				want = "CLOSED reset"
			} else if at == 1 {
				want = "nothing" // before the window
			}
			if got := reaction(c, from(wire.RST, at, 0)); got != want {
				t.Errorf("a RST at %d, the last acknowledged %v: %s, want %s", at, first, got, want)
			}
		}
	}
}

// An acknowledgment from before the connection is challenged, though the peer's window is
// larger than what was ever sent; one that is only old is not.
func TestGhostACK(t *testing.T) {
	for _, c := range []struct {
		ack              int
		ghosts, insecure bool
		want             string
	}{{0, true, false, "challenge"}, {-500, true, false, "challenge"}, {0, false, false, "nothing"}, {-500, true, true, "nothing"}, {1, true, false, "nothing"}, {-2000, false, false, "challenge"}} {
		p := FreeBSD()
		p.OldACKBound, p.InsecureACK = c.ghosts, c.insecure
		if got := reaction(inState(Established, p), from(wire.ACK, 1, c.ack)); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// Each connection has its own five challenge ACKs of a second, which begins with the first.
func TestChallengesPerConnection(t *testing.T) {
	a, b := bsdOf(Established), bsdOf(Established)
	count := func(c *Conn, seconds float64, n int) (sent int) {
		for range n {
			syn := from(wire.SYN, 1, 0)
			c.Segment(at(seconds), &syn)
			for s := (wire.Segment{}); c.Emit(at(seconds), &s); {
				sent++
			}
		}
		return sent
	}
	got := fmt.Sprint(count(a, 1, 9), count(b, 1, 3), count(b, 1.9, 3), count(a, 2, 1), count(a, 2.1, 9))
	if want := "5 3 2 0 5"; got != want {
		t.Errorf("%s challenge ACKs, want %s", got, want)
	}
}

// Of two small segments the second is acknowledged at once.
func TestAckEveryOther(t *testing.T) {
	for _, other := range []bool{false, true} {
		p := RFC9293()
		p.AckEveryOther = other
		c := inState(Established, p)
		got := ""
		for i := range 3 {
			s := from(wire.ACK, 1+10*i, 1)
			s.Len = 10
			got += reaction(c, s) + " "
		}
		want := "nothing nothing nothing "
		if other {
			want = "nothing ACK nothing "
		}
		if got != want {
			t.Errorf("%v: %s", other, got)
		}
	}
}

// Until our FIN is acknowledged, every ACK but a challenge says it once more.
func TestRepeatsFIN(t *testing.T) {
	for _, c := range []struct {
		state State
		s     wire.Segment
		want  string
	}{
		{FinWait1, from(wire.FIN|wire.ACK, 1, 1), "FIN,ACK CLOSING"}, {Closing, from(wire.FIN|wire.ACK, 1, 1), "FIN,ACK"},
		{LastAck, from(wire.FIN|wire.ACK, 1, 1), "FIN,ACK"}, {LastAck, from(wire.SYN, 0, 0), "challenge"},
		{FinWait2, from(wire.ACK, 0, 2), "ACK"}, {CloseWait, from(wire.FIN|wire.ACK, 1, 1), "ACK"},
	} {
		if got := reaction(bsdOf(c.state), c.s); got != c.want {
			t.Errorf("%v: %s, want %s", c.state, got, c.want)
		}
	}
}

// Whoever gives up after the peer's SYN resets, but in FIN-WAIT-2; in CLOSING and LAST-ACK
// an ABORT does, too.
func TestDropResets(t *testing.T) {
	for _, drops := range []bool{false, true} {
		for state := SynSent; state < TimeWaiting; state++ {
			p := FreeBSD()
			p.DropResets = drops
			c := inState(state, p)
			c.giveUp()
			if got, want := c.reset.due, drops && state > SynReceived && state != FinWait2; got != want {
				t.Errorf("%v gives up: a reset %v, want %v", state, got, want)
			}
			c = inState(state, p)
			c.Abort(0)
			if got, want := c.reset.due, state != SynSent && (drops || state != Closing && state != LastAck); got != want {
				t.Errorf("%v is aborted: a reset %v, want %v", state, got, want)
			}
		}
	}
}

// A FIN with nothing before it goes though the peer's window is shut, if it needs no room.
func TestFINBeyondWindow(t *testing.T) {
	for _, beyond := range []bool{false, true} {
		p := RFC9293()
		p.FINBeyondWindow = beyond
		c := inState(Established, p)
		shut := from(wire.ACK, 1, 1)
		shut.Window = 0
		c.Segment(0, &shut)
		c.Shutdown(0)
		var s wire.Segment
		if got := c.Emit(0, &s); got != beyond {
			t.Errorf("%v: sent %v", beyond, got)
		}
	}
}

// Probes of a shut window have bounds of their own: 5 s at first, 60 s in the end. Who has
// closed gives up after a minute of silence, others after as long as all retransmissions
// would take, and at least as many.
func TestProbeBounds(t *testing.T) {
	for closes, want := range map[bool]string{false: "5 5 6 11 23 45" + strings.Repeat(" 60", 19), true: "5 5 6 11 23"} { // order-free: each by itself
		profile := FreeBSD()
		profile.ReceiveInitial, profile.ReceiveWindow, profile.TellsRoom = 2896, 2896, false // two segments
		p := connected(t, profile, 100*ms)
		p.client.write(4000)
		if closes {
			p.client.shutdown()
		}
		p.run(at(1))
		p.server.loses(isAny, 0)
		probes := p.client.times(func(s *wire.Segment) bool { return s.Marks&wire.Probe != 0 })
		p.run(at(2000))
		waits, last := "", .4 // when the window shut
		for _, at := range *probes {
			waits += fmt.Sprintf(" %.0f", at-last)
			last = at
		}
		if waits[1:] != want || p.client.told&Failed != TimedOut || p.client.conn.Stats().Resets != 1 {
			t.Errorf("closed %v: probes after %s, told %b\n%s", closes, waits, p.client.told, p.lines)
		}
	}
}

// Every connection is kept alive, where the profile says so: a probe goes after two hours,
// and a change of other options does not put it off.
func TestKeepAlways(t *testing.T) {
	for _, always := range []bool{false, true} {
		profile := plain(RFC9293())
		profile.KeepAlways = always
		p := newPair(t, profile, 0)
		p.connect()
		probes := p.client.times(func(s *wire.Segment) bool { return s.Marks&wire.Probe != 0 })
		p.at(3600, func() { p.client.conn.Set(p.client.now, &Settings{NoDelay: true}) })
		p.run(at(7300))
		if got := len(*probes) > 0; got != always {
			t.Errorf("%v: probes at %v", always, *probes)
		}
	}
}

// A report that will not pass ends a call that nobody has answered, and means nothing
// later; one that nothing leads there ends it after four SYNs, if it is the second, or is
// why it timed out.
func TestCallAborts(t *testing.T) {
	for _, c := range []struct {
		policy ICMPPolicy
		why    wire.Report
		tries  uint16
		twice  bool
		ends   bool
	}{
		{CallAborts, wire.PortUnreachable, 0, false, true}, {CallAborts, wire.Prohibited, 0, false, true}, {CallAborts, wire.TimeExceeded, 0, false, true},
		{CallAborts, wire.HostUnreachable, 0, true, false}, {CallAborts, wire.HostUnreachable, 4, false, false}, {CallAborts, wire.HostUnreachable, 4, true, true},
		{CallEndures, wire.PortUnreachable, 0, true, false}, {CallEndures, wire.PortUnreachable, 4, true, true},
	} {
		p := FreeBSD()
		p.ICMP = c.policy
		conn := inState(SynSent, p)
		conn.tries = c.tries
		quoted := wire.Segment{Seq: iss}
		conn.Reported(at(1), c.why, &quoted, 0)
		if c.twice {
			conn.Reported(at(1), c.why, &quoted, 0)
		}
		if got := conn.State() == Closed; got != c.ends {
			t.Errorf("%+v: ended %v", c, got)
		}
		for state := Established; state < TimeWaiting; state++ {
			open := inState(state, p)
			open.Write(0, 10)
			drain(open)
			open.tries = c.tries
			quoted := wire.Segment{Seq: open.una}
			open.Reported(at(1), c.why, &quoted, 0)
			open.Reported(at(1), c.why, &quoted, 0)
			if open.State() != state {
				t.Errorf("%+v: %v is ended", c, state)
			}
			if lasting := c.policy == CallAborts && c.why != wire.HostUnreachable; lasting && open.Trouble() != wire.NoReport {
				t.Errorf("%+v: %v keeps it", c, state)
			}
		}
	}
}
