package tcp

import (
	"os"
	"strings"
	"testing"
	"time"

	"netsim/wire"
)

// What RFC 9293 labels, in the profile of the standard, where no other test of this
// package bears it. (docs/conformance.md lists all labels with their tests.)

// How many requirements there are, how many of them hold, and in tests of which
// package: what docs/conformance.md has in its rows.
func TestRequirements(t *testing.T) {
	page, err := os.ReadFile("../docs/conformance.md")
	if err != nil {
		t.Fatal(err)
	}
	labels, borne, here := 0, 0, 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(line, "|")
		if len(cells) < 6 || !strings.Contains(cells[1], "-") || strings.Contains(cells[1], "--") {
			continue
		}
		labels++
		if strings.Contains(cells[4], "Test") {
			borne++
		}
		if strings.Contains(cells[4], "`tcp: ") {
			here++
		}
	}
	t.Logf("%d requirements, %d of them borne by tests, %d by tests of this package", labels, borne, here)
	if labels != 119 || here < 50 || borne < here {
		t.Error("docs/conformance.md has lost its rows")
	}
}

// rfcPair is a connected pair of the standard's profile without options; the
// server's user reads.
func rfcPair(t *testing.T) *pair {
	p := connected(t, plain(RFC9293()), 50*ms)
	p.server.reader(false)
	return p
}

// Nothing answers the text: it is sent again eight times and given up after 100 s
// at the earliest. Proves MUST-20, SHLD-11.
func TestRequirementR2(t *testing.T) {
	p := rfcPair(t)
	p.server.loses(isAny, 0)
	sent := p.client.times(isText)
	start := p.now
	p.client.write(100)
	p.run(at(10000))
	if n := len(*sent); n != 9 {
		t.Errorf("sent %d times, want once and 8 times again", n)
	}
	p.states("243.150 client CLOSED") // after 1+2+4+8+16+32+60+60+60 s
	if p.client.told&TimedOut == 0 {
		t.Errorf("told %b from %v on", p.client.told, start)
	}
}

// A FIN into a shut window, a SYN and text: each is given up by R2 whatever the
// user's own limit, which comes first if it is shorter. Proves MUST-21.
func TestRequirementUserTimeout(t *testing.T) {
	for state := SynSent; state < TimeWaiting; state++ {
		profile := RFC9293()
		profile.UserTimeout = 7 * time.Second
		c := inState(state, profile)
		if state == Established || state == CloseWait {
			c.Write(0, 10)
			drain(c)
		}
		if state == FinWait2 { // nothing of ours is outstanding
			continue
		}
		var ended bool
		for now := c.Deadline(); c.State() != Closed && !ended; now = c.Deadline() {
			if now > at(7) {
				t.Errorf("%v: alive until %v", state, now)
				ended = true
			}
			c.Timeout(now)
			drain(c)
		}
		if !ended && c.News()&TimedOut == 0 {
			t.Errorf("%v: the user is not told", state)
		}
	}
}

// The effective MSS is the least of what the peer says and what the link takes,
// less the options of every segment. Proves MUST-16.
func TestRequirementEffectiveMSS(t *testing.T) {
	for _, test := range []struct {
		said   uint16 // 0: nothing
		mtu    int
		stamps bool
		want   uint32
	}{
		{1460, 1500, false, 1460}, {1460, 1500, true, 1448}, {1000, 1500, false, 1000}, {9000, 1500, false, 1460},
		{9000, 9000, true, 8948}, {0, 1500, false, 536}, {0, 1500, true, 524}, {0, 400, false, 360},
	} {
		profile := plain(RFC9293())
		profile.Timestamps = test.stamps
		c := new(Conn)
		c.Listen(0, &Opening{Profile: profile, ISS: iss, MTU: test.mtu})
		syn, ack := from(wire.SYN, 0, 0), from(wire.ACK, 1, 1)
		if test.said != 0 {
			syn.Options, syn.MSS = wire.HasMSS, test.said
		}
		if test.stamps {
			syn.Options |= wire.HasTimestamps
			ack.Options = wire.HasTimestamps
		}
		ack.Window = 65535
		c.Segment(0, &syn)
		drain(c)
		c.Segment(0, &ack)
		c.Write(0, 30000)
		var s wire.Segment
		if c.Emit(0, &s); s.Len != test.want {
			t.Errorf("said %d, MTU %d, timestamps %v: a segment of %d bytes, want %d", test.said, test.mtu, test.stamps, s.Len, test.want)
		}
	}
}

// In slow start the window grows by a segment with every ACK, and every second
// segment has one (RFC 5681 section 3.1); a timeout shuts it to one segment
// and doubles the RTO each time. Proves MUST-19.
func TestRequirementCongestion(t *testing.T) {
	profile := delayless()
	profile.InitialWindow = 1
	p := connected(t, profile, 500*ms)
	p.server.reader(false)
	var flights []int // how many segments went at each time
	var last float64
	p.client.passed = func(e *end, s *wire.Segment) {
		if !isText(s) {
			return
		}
		if now := seconds64(e.now); len(flights) == 0 || now != last {
			flights, last = append(flights, 0), now
		}
		flights[len(flights)-1]++
	}
	start := p.now
	p.client.write(1 << 20)
	p.run(start.Add(3500 * ms))
	if len(flights) != 4 || flights[0] != 1 || flights[1] != 2 || flights[2] != 3 || flights[3] != 5 {
		t.Fatalf("flights of %v segments, want 1 2 3 5", flights)
	}
	p.client.loses(isAny, 0)
	p.run(start.Add(5 * time.Second)) // the acknowledgments of what went before
	flights = nil
	times := p.client.times(isText)
	p.runFor(60)
	gaps := []float64{}
	for i := 1; i < len(*times); i++ {
		gaps = append(gaps, (*times)[i]-(*times)[i-1])
	}
	if len(gaps) < 4 {
		t.Fatalf("sent at %v", *times)
	}
	for i := 1; i < len(gaps); i++ {
		if ratio := gaps[i] / gaps[i-1]; ratio < 1.999 || ratio > 2.001 {
			t.Errorf("waits of %v s, want each twice the one before", gaps)
		}
	}
}

// A window that shrinks: nothing new is sent into it, what was sent is sent again
// though it lies beyond the new edge, and there is no end while there are answers.
// Proves MUST-34, SHLD-15, SHLD-16, SHLD-17, MAY-7.
func TestRequirementShrunkWindow(t *testing.T) {
	c := inState(Established, RFC9293())
	c.mss = 100
	c.Write(0, 2000)
	drain(c) // 1000 bytes, the window
	if c.flight() != 1000 {
		t.Fatalf("%d bytes in flight", c.flight())
	}
	shrunk := from(wire.ACK, 1, 201) // the first 200, and the edge goes back from 1001 to 301
	shrunk.Window = 100
	c.Segment(at(.1), &shrunk)
	if n := drain(c); n != 0 {
		t.Errorf("%d new segments into a window that has shrunk", n)
	}
	var s wire.Segment
	for range 3 { // duplicates: fast retransmit
		again := from(wire.ACK, 1, 201)
		again.Window = 100
		c.Segment(at(.2), &again)
	}
	if !c.Emit(at(.2), &s) || s.Seq != iss.Add(201) || s.Len == 0 {
		t.Errorf("%v: the first that is missing is not sent again", s.Flags)
	}
	beyond := inState(Established, RFC9293())
	beyond.mss = 100
	beyond.Write(0, 1000)
	drain(beyond)
	all := from(wire.ACK, 1, 201)
	all.Window = 50 // the next segment does not fit
	for range 4 {
		beyond.Segment(at(.2), &all)
	}
	if !beyond.Emit(at(.2), &s) || s.Seq != iss.Add(201) || s.Len != 100 {
		t.Errorf("%d bytes at %d, want the 100 at 201 again, beyond the edge", s.Len, s.Seq.Sub(iss))
	}
}

// A window may shrink while what lies in it is being sent again: the rest of that is
// beyond it, and waits. Proves MUST-34.
func TestRequirementShrunkAmidRetransmission(t *testing.T) {
	c := inState(Established, RFC9293())
	c.mss = 100
	c.Write(0, 1000)
	drain(c)
	now := c.Deadline()
	c.Timeout(now)
	var s wire.Segment
	if !c.Emit(now, &s) || s.Seq != iss.Add(1) || s.Len != 100 {
		t.Fatalf("%d bytes at %d are sent again, want the first 100", s.Len, s.Seq.Sub(iss))
	}
	c.cwnd = 1000
	shrunk := from(wire.ACK, 1, 1)
	shrunk.Window = 50
	c.Segment(now, &shrunk)
	if n := drain(c); n != 0 {
		t.Errorf("%d segments beyond the edge", n)
	}
	if err := c.Check(); err != nil {
		t.Error(err)
	}
}

// A window of zero: probed for ever while there are answers, of whichever kind the
// probe is. A window that is not zero is not probed. Proves MUST-35, MUST-36.
func TestRequirementShrunkToZero(t *testing.T) {
	c := inState(Established, RFC9293())
	c.Write(0, 900)
	drain(c)
	shut := from(wire.ACK, 1, 1)
	shut.Window = 0
	c.Segment(at(.1), &shut)
	drain(c)
	now := c.Deadline()
	c.Timeout(now)
	var s wire.Segment
	if !c.Emit(now, &s) || s.Marks&wire.Probe == 0 || s.Seq != iss.Add(1) || s.Len != 1 {
		t.Errorf("%v %d:%d, want the byte at the left edge as a probe", s.Flags, s.Seq.Sub(iss), s.Len)
	}
	if c.Emit(now, &s) {
		t.Error("more than the probe is sent into a window of zero")
	}
}

// The sender sends full segments while there are enough bytes, and does not fill a
// small window with a small segment. Proves MUST-38, SHLD-28.
func TestRequirementFullSegments(t *testing.T) {
	p := rfcPair(t)
	p.client.passed = func(e *end, s *wire.Segment) {
		if s.Len > 0 && s.Len != 1460 && e.conn.last() != s.End() {
			t.Errorf("a segment of %d bytes before the last", s.Len)
		}
	}
	p.client.write(100*1460 + 7)
	p.runFor(20)
	if n := p.server.conn.Stats().Delivered; n != 100*1460+7 {
		t.Errorf("%d bytes delivered", n)
	}
	c := inState(Established, RFC9293())
	c.mss = 500
	c.Write(0, 5000) // the window is 1000, as the largest was: it is filled
	if drain(c); c.flight() != 1000 {
		t.Fatalf("%d bytes in flight", c.flight())
	}
	part := from(wire.ACK, 1, 1001)
	part.Window = 400 // less than half of the largest
	c.Segment(at(.1), &part)
	if n := drain(c); n != 0 {
		t.Errorf("%d segments into a silly window", n)
	}
}

// The right edge of the receive window never moves back, however slowly the user
// reads, and only by a worthwhile step. Proves SHLD-14, MUST-39.
func TestRequirementReceiveWindow(t *testing.T) {
	for _, scale := range []int{NoScale, 7} {
		profile := RFC9293()
		profile.WindowScale = scale
		profile.ReceiveInitial, profile.ReceiveWindow = 20000, 20000
		p := connected(t, profile, 10*ms)
		edge := p.server.conn.edge
		p.server.passed = func(e *end, s *wire.Segment) {
			shift := uint(max(scale, 0))
			told := s.Ack.Add(uint32(s.Window) << shift)
			slack := int32(1) << shift // what the scale cannot say
			step := told.Sub(edge)
			if step < 1-slack {
				t.Errorf("scale %d: the edge moves back by %d", scale, -step)
			}
			if step > slack && step < 1448 {
				t.Errorf("scale %d: the edge moves by %d bytes, less than a segment", scale, step)
			}
			if step > 0 {
				edge = told
			}
		}
		p.client.write(100000)
		for range 3000 {
			p.runFor(.01)
			p.server.read(97)
		}
		if n := p.server.conn.Stats().Delivered; n < 50000 {
			t.Errorf("scale %d: %d bytes delivered", scale, n)
		}
	}
}

// Of two full segments at once and of what fills a gap one ACK tells, of
// everything that has come. Proves MUST-58, MUST-59.
func TestRequirementOneACK(t *testing.T) {
	c := inState(Established, RFC9293())
	var answers []wire.Segment
	arrive := func(seq int) {
		s := from(wire.ACK, seq, 1)
		s.Len, s.Offset = 100, uint64(seq-1)
		c.Segment(0, &s)
		for c.Emit(0, &s) {
			answers = append(answers, s)
		}
	}
	arrive(201)
	arrive(301)
	arrive(401)
	answers = nil
	arrive(101) // still beyond the gap
	arrive(1)
	if len(answers) != 2 || answers[0].Ack != irs.Add(1) || answers[1].Ack != irs.Add(501) {
		t.Errorf("%d ACKs, want one of nothing and one of all 500 bytes", len(answers))
	}
}

// What comes beyond a gap is held, and an ACK at once says so. Proves SHLD-31,
// MAY-13.
func TestRequirementOutOfOrder(t *testing.T) {
	c := inState(Established, RFC9293())
	late, first := from(wire.ACK, 101, 1), from(wire.ACK, 1, 1)
	late.Len, late.Offset, first.Len = 100, 100, 100
	if got := reaction(c, late); got != "ACK" || c.Unread() != 0 {
		t.Errorf("text beyond a gap: %s, %d bytes to read", got, c.Unread())
	}
	if got := reaction(c, first); got != "ACK" || c.Unread() != 200 {
		t.Errorf("text in the gap: %s, %d bytes to read", got, c.Unread())
	}
}

// Text in order is acknowledged within half a second though nobody reads it, and
// not at once. Proves MUST-40, SHLD-18.
func TestRequirementDelayedACK(t *testing.T) {
	c := inState(Established, RFC9293())
	s := from(wire.ACK, 1, 1)
	s.Len = 100
	if got := reaction(c, s); got != "nothing" {
		t.Errorf("%s at once", got)
	}
	if c.Deadline() > at(1.5) {
		t.Errorf("an ACK at %v for text of 1 s", c.Deadline())
	}
	c.Timeout(c.Deadline())
	if drain(c) != 1 {
		t.Error("no ACK")
	}
}

// A window that was scaled beyond 65535 is kept in 32 bits. Proves REC-1.
func TestRequirementWideWindow(t *testing.T) {
	profile := RFC9293()
	c := new(Conn)
	c.Listen(0, &Opening{Profile: profile, ISS: iss, MTU: 1500})
	syn, ack := from(wire.SYN, 0, 0), from(wire.ACK, 1, 1)
	syn.Options, syn.Scale = wire.HasScale, 14
	ack.Window = 65535
	for _, s := range []*wire.Segment{&syn, &ack} {
		c.Segment(0, s)
		drain(c)
	}
	if c.wnd != 65535<<14 {
		t.Errorf("a window of %d, want %d", c.wnd, 65535<<14)
	}
	ack.Window = 40000
	if c.Segment(0, &ack); c.wnd != 40000<<14 {
		t.Errorf("a window of %d, want %d", c.wnd, 40000<<14)
	}
}

// The last segment of what was written has PSH, no other, and none is kept back for
// want of a push. Proves MUST-60, MUST-61.
func TestRequirementPush(t *testing.T) {
	p := rfcPair(t)
	p.client.passed = func(e *end, s *wire.Segment) {
		if last := s.End() == e.conn.end; s.Len > 0 && s.Flags.Has(wire.PSH) != last {
			t.Errorf("%v on %d bytes, the last: %v", s.Flags, s.Len, last)
		}
	}
	p.client.write(5000)
	p.runFor(1)
	p.client.write(1)
	p.runFor(.1)
	if n := p.server.conn.Stats().Delivered; n != 5001 {
		t.Errorf("%d bytes delivered", n)
	}
}

// With RFC 5961 an ACK below what any window allowed draws a challenge, and its text
// is not taken; without, it is. The switch is Profile.RFC5961. Proves MAY-12.
func TestRequirementBlindInjection(t *testing.T) {
	for _, secure := range []bool{true, false} {
		profile := RFC9293()
		profile.RFC5961 = secure
		c := inState(Established, profile)
		s := from(wire.ACK, 1, -5000)
		s.Len = 10
		got := reaction(c, s)
		if taken := c.Unread() == 10; taken == secure || secure != (got == "challenge") {
			t.Errorf("RFC 5961 %v: %s, %d bytes taken", secure, got, c.Unread())
		}
	}
}

// A RST is told as such, in every state that has a user; the end after FINs is
// another thing. Proves MUST-12.
func TestRequirementAborted(t *testing.T) {
	for state := SynReceived; state < TimeWaiting; state++ {
		c := inState(state, RFC9293())
		s := from(wire.RST, 0, 0)
		s.Seq = c.rcvNxt
		if c.Segment(0, &s); c.News()&(WasReset|Ended) != WasReset {
			t.Errorf("%v: a RST is not told", state)
		}
	}
	c := inState(LastAck, RFC9293())
	s := from(wire.ACK, 2, 2)
	if c.Segment(0, &s); c.State() != Closed || c.News()&(WasReset|Ended) != Ended {
		t.Error("the end in order is told as another")
	}
}

// With a receive window of zero an ACK and a RST at its edge count all the same, text
// does not. Proves MUST-66.
func TestRequirementZeroWindow(t *testing.T) {
	shut := func() *Conn {
		profile := RFC9293()
		profile.ReceiveInitial, profile.ReceiveWindow = 100, 100
		c := inState(Established, profile)
		s := from(wire.ACK, 1, 1)
		s.Len = 100
		reaction(c, s)
		c.Write(0, 10)
		drain(c)
		c.News()
		return c
	}
	c := shut()
	if got := reaction(c, from(wire.RST, 101, 0)); got != "CLOSED reset" {
		t.Errorf("a RST: %s", got)
	}
	c = shut()
	text := from(wire.ACK, 101, 11)
	text.Len, text.Offset = 10, 100
	if got := reaction(c, text); got != "ACK" || c.Unread() != 100 || c.una != iss.Add(11) {
		t.Errorf("an ACK with text: %s, %d bytes to read, acknowledged up to %d", got, c.Unread(), c.una.Sub(iss))
	}
}
