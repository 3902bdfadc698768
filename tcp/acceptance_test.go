package tcp

import (
	"fmt"
	"testing"
	"time"

	"netsim/wire"
)

// reaction is what a segment does to a connection, in words: "ACK", "challenge",
// "RST 7", the state entered, what the user is told of the end.
func reaction(c *Conn, s wire.Segment) (r string) {
	before := c.State()
	c.Segment(at(1), &s)
	var out wire.Segment
	for c.Emit(at(1), &out) {
		switch {
		case out.Marks&wire.Challenge != 0:
			r += "challenge "
		case out.Flags.Has(wire.RST):
			r += fmt.Sprintf("RST %d ", out.Seq.Sub(iss))
		default:
			r += out.Flags.String() + " "
		}
	}
	if c.State() != before {
		r += c.State().String() + " "
	}
	switch c.News() & Failed {
	case Refused:
		r += "refused "
	case WasReset:
		r += "reset "
	}
	if r == "" {
		return "nothing"
	}
	return r[:len(r)-1]
}

// RFC 9293 section 3.10.7.1, CLOSED: a reset that the sender will believe.
func TestResetOfClosed(t *testing.T) {
	for _, test := range []struct {
		s    wire.Segment
		want string
	}{
		{from(wire.ACK, 3, 9), "RST seq 9"},
		{from(wire.FIN|wire.ACK, 3, 9), "RST seq 9"},
		{from(wire.SYN, 0, 0), "RST, ACK seq -1000 ack 1"},
		{from(wire.FIN, 3, 0), "RST, ACK seq -1000 ack 4"},
		{from(wire.SYN|wire.FIN, 3, 0), "RST, ACK seq -1000 ack 5"},
		{from(0, 3, 0), "RST, ACK seq -1000 ack 3"},
		{from(wire.RST, 3, 0), "none"},
		{from(wire.RST|wire.ACK, 3, 9), "none"},
	} {
		var r wire.Segment
		got := "none"
		test.s.SrcPort, test.s.DstPort = 1, 2
		if Reset(&test.s, &r) {
			got = fmt.Sprintf("%v seq %d", r.Flags, r.Seq.Sub(iss))
			if r.Flags.Has(wire.ACK) {
				got = fmt.Sprintf("RST, ACK seq %d ack %d", r.Seq.Sub(iss), r.Ack.Sub(irs))
			}
			if r.SrcPort != 2 || r.DstPort != 1 {
				t.Errorf("from port %d to %d", r.SrcPort, r.DstPort)
			}
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.s.Describe(wire.Origin{Seq: irs, Ack: iss}), got, test.want)
		}
	}
}

// Linux answers empty segments outside the window at most every 500 ms, and
// challenges as often (tcp_invalid_ratelimit); text is always answered.
func TestAnswerLimit(t *testing.T) {
	for _, test := range []struct {
		name string
		s    wire.Segment
		want int
	}{
		{"empty and old", from(wire.ACK, 0, 1), 2},
		{"SYN", from(wire.SYN, 5, 1), 2},
		{"RST in window", from(wire.RST, 5, 1), 2},
		{"FIN", from(wire.FIN|wire.ACK, -9, 1), 10},
		{"acknowledges too much", from(wire.ACK, 1, 9), 2},
	} {
		c := inState(Established, Linux())
		answers := 0
		var out wire.Segment
		for i := range 10 {
			now := at(1).Add(time.Duration(i) * 100 * ms)
			c.Segment(now, &test.s)
			for c.Emit(now, &out) {
				answers++
			}
		}
		if answers != test.want || c.State() != Established {
			t.Errorf("%s: %d answers to 10 in a second, want %d; %v", test.name, answers, test.want, c.State())
		}
	}
}

// RST in SYN-RECEIVED: a passive connection ends (its listener is still there),
// an active one was refused (MUST-11).
// Proves MUST-11.
func TestResetInSynReceived(t *testing.T) {
	if got := reaction(inState(SynReceived, RFC9293()), from(wire.RST, 1, 0)); got != "CLOSED reset" {
		t.Errorf("passive: %s", got)
	}
	c := inState(SynSent, RFC9293())
	syn := from(wire.SYN, 0, 0)
	c.Segment(0, &syn)
	drain(c)
	if got := reaction(c, from(wire.RST, 1, 0)); got != "CLOSED refused" {
		t.Errorf("active: %s", got)
	}
}

// In a simultaneous open the SYN,ACK counts though its SYN is old; one that
// acknowledges something else is only old.
func TestCrossingSYNACK(t *testing.T) {
	for ack, want := range map[int]string{0: "ACK", 1: "ESTABLISHED", 2: "ACK"} {
		c := inState(SynSent, RFC9293())
		syn := from(wire.SYN, 0, 0)
		c.Segment(0, &syn)
		drain(c)
		if got := reaction(c, from(wire.SYN|wire.ACK, 0, ack)); got != want {
			t.Errorf("ack %d: %s, want %s", ack, got, want)
		}
	}
}

// A reset that comes after our FIN is counted: a close that ended dirty.
func TestResetAfterFIN(t *testing.T) {
	for state, want := range map[State]bool{Established: false, CloseWait: false, FinWait1: true, FinWait2: true, Closing: true, LastAck: true} {
		c := inState(state, RFC9293())
		s := from(wire.RST, 0, 0)
		s.Seq = c.rcvNxt
		if c.Segment(0, &s); c.State() != Closed || c.Stats().GotResetAfterFIN != want {
			t.Errorf("%v: %v, %+v", state, c.State(), *c.Stats())
		}
	}
}

// A connection half open after one end restarted, RFC 9293 figure 10: the other
// end's ACK draws a reset, which opens the way.
func TestHalfOpen(t *testing.T) {
	p := connected(t, RFC9293(), 50*ms)
	p.client.conn = Conn{} // crashed
	p.client.last = Closed
	p.client.o.ISS = p.client.o.ISS.Add(400)
	p.at(1, p.client.open)
	p.run(at(1.25))
	p.ladder(`
		1.000 client SYN-SENT
		1.000 client > SYN 0
		1.050 server > ACK 1 ack -399 challenge
		1.100 client > RST -399
		1.150 server CLOSED`)
}

// PAWS (RFC 7323 section 5): an old timestamp makes a segment unacceptable,
// unless it is a RST or nothing was heard for 24 days.
func TestPAWS(t *testing.T) {
	established := func() *Conn {
		c := new(Conn)
		c.Listen(0, &Opening{Profile: RFC9293(), ISS: iss, MTU: 1500})
		for _, s := range []wire.Segment{from(wire.SYN, 0, 0), from(wire.ACK, 1, 1)} {
			s.Options, s.TSVal = wire.HasTimestamps, 1000
			c.Segment(0, &s)
			drain(c)
		}
		c.News()
		return c
	}
	stamped := func(flags wire.Flags, val uint32) wire.Segment {
		s := from(flags, 1, 1)
		s.Options, s.TSVal, s.Len = wire.HasTimestamps, val, 100
		return s
	}
	if got := reaction(established(), stamped(wire.ACK, 999)); got != "ACK" {
		t.Errorf("old text: %s, want an ACK", got)
	}
	c := established()
	if reaction(c, stamped(wire.ACK, 999)); c.Unread() != 0 {
		t.Error("old text was taken")
	}
	if reaction(c, stamped(wire.ACK, 1000)); c.Unread() != 100 {
		t.Error("text of the same tick was not taken")
	}
	if got := reaction(established(), stamped(wire.RST, 999)); got != "CLOSED reset" {
		t.Errorf("old RST: %s", got)
	}
	c = established()
	old := stamped(wire.ACK, 999)
	if c.Segment(at(25*86400), &old); c.Unread() != 100 {
		t.Error("text with a timestamp beyond the memory of PAWS was not taken")
	}

	c = established() // as long as it is renewed, it is remembered
	renewed := stamped(wire.ACK, 1001)
	c.Segment(at(20*86400), &renewed)
	old.Seq, old.Offset = irs.Add(101), 100
	if c.Segment(at(40*86400), &old); c.Unread() != 100 {
		t.Errorf("%d bytes, want those of the renewal", c.Unread())
	}

	// What is echoed is the timestamp of the segment that the last ACK lies in
	// (RFC 7323 section 4.3): not that of text beyond a gap.
	c = established()
	beyond := stamped(wire.ACK, 2000)
	beyond.Seq = irs.Add(201)
	if reaction(c, beyond); c.tsRecent != 1000 {
		t.Errorf("echoes %d after text beyond a gap, want 1000", c.tsRecent)
	}
	if reaction(c, stamped(wire.ACK, 1500)); c.tsRecent != 1500 {
		t.Errorf("echoes %d, want 1500", c.tsRecent)
	}
}

// Segments of another incarnation are counted when they arrive, when an ACK answers them
// and when their text is taken; a host without a connection is none. Beyond the window
// text is answered, a bare ACK too, but the next not so soon (Linux); an empty segment
// that is acceptable draws nothing.
func TestStaleCounts(t *testing.T) {
	c := inState(Established, RFC9293())
	s := from(wire.ACK, 1, 1)
	s.Len, s.Incarnation = 10, wire.IncarnationOf(9, 9, 9)
	reaction(c, s)
	reset := from(wire.ACK, 1, 1)
	answer := wire.Segment{}
	sent := wire.Segment{Flags: wire.ACK, Ack: irs.Add(5), Incarnation: self}
	Reset(&sent, &answer)
	reaction(c, answer)
	if n := c.Stats(); n.StaleArrived != 1 || n.StaleAcknowledged != 1 || n.StaleAccepted != 1 || n.Misplaced != 0 {
		t.Errorf("%+v", *n)
	}
	old := func(seq int, n uint32) wire.Segment {
		s := from(wire.ACK, seq, 1)
		s.Len, s.Incarnation = n, wire.IncarnationOf(9, 9, 9)
		return s
	}
	c = inState(Established, Linux())
	for _, s := range []wire.Segment{old(1, 0), old(1<<30, 0), old(1<<30, 0), old(1<<30, 10)} {
		reaction(c, s)
	}
	if n := c.Stats(); n.StaleArrived != 4 || n.StaleAcknowledged != 2 || n.StaleAccepted != 0 {
		t.Errorf("%+v", *n)
	}
	reset.Len, reset.Offset = 10, 77
	c = inState(Established, RFC9293())
	if reaction(c, reset); c.Stats().Misplaced != 1 || c.Check() == nil {
		t.Error("text at a wrong offset was not noticed")
	}
}

// After the peer's FIN, Linux believes a RST that has the FIN's own number: it
// answers what was sent before the FIN came. To the RFC it is outside the window.
func TestResetAtFIN(t *testing.T) {
	for _, state := range []State{Established, CloseWait, Closing, LastAck} {
		number := 1 // of the FIN, where it has come
		for _, test := range []struct {
			profile *Profile
			want    string
		}{{Linux(), "CLOSED reset"}, {RFC9293(), "nothing"}} {
			want := test.want
			if state == Established {
				number, want = 0, "nothing" // just left of the window, and no FIN
			}
			if got := reaction(inState(state, test.profile), from(wire.RST, number, 0)); got != want {
				t.Errorf("%s in %v: %s, want %s", test.profile.Name, state, got, want)
			}
		}
	}
}

// Blind resets, without knowing any number: to RFC 793 one anywhere in the window
// of W is enough, and W apart 2^32/W of them hit it wherever it is, 65,538 for 65,535
// bytes. With RFC 5961 only the next number counts, which is one of 2^32.
func TestBlindResets(t *testing.T) {
	const window = 65535
	const attempts = (1<<32 + window - 1) / window
	for _, secure := range []bool{false, true} {
		profile := RFC9293()
		profile.RFC5961, profile.WindowScale, profile.ReceiveInitial, profile.ReceiveWindow = secure, NoScale, window, window
		for _, right := range []uint32{window, window + 2, 77_777, 1 << 31, 1<<32 - 1} { // of RCV.NXT, where they begin
			c := inState(Established, profile)
			if w := uint32(c.edge.Sub(c.rcvNxt)); w != window {
				t.Fatalf("a window of %d", w)
			}
			sent := uint64(0)
			for ; sent < attempts && c.State() == Established; sent++ {
				s := wire.Segment{Flags: wire.RST, Seq: c.rcvNxt.Add(right + uint32(sent)*window)}
				c.Segment(at(1), &s)
				drain(c)
			}
			hit := (1<<32-uint64(right)+window-1)/window + 1 // the first at RCV.NXT or above, once around
			if secure != (c.State() == Established) || !secure && sent != hit {
				t.Errorf("RFC 5961 %v, from %d on: %v after %d of %d resets, want %d", secure, right, c.State(), sent, attempts, hit)
			}
		}
	}
	profile := RFC9293()
	profile.RFC5961 = true
	c, killers := inState(Established, profile), 0
	left := c.rcvNxt.Add(^uint32(999))
	for i := range uint32(window + 2000) { // all that are in the window, and beside it
		s := wire.Segment{Flags: wire.RST, Seq: left.Add(i)}
		if c.Segment(at(1), &s); c.State() != Established {
			killers++
			c = inState(Established, profile)
		}
		drain(c)
	}
	if killers != 1 {
		t.Errorf("%d numbers of a window reset", killers)
	}
}
