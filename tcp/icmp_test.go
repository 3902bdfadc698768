package tcp

import (
	"testing"
	"time"

	"netsim/wire"
)

var everyReport = []wire.Report{wire.NetUnreachable, wire.HostUnreachable, wire.ProtocolUnreachable, wire.PortUnreachable,
	wire.Prohibited, wire.TimeExceeded, wire.ParameterProblem}

// report brings the end a report on a segment that it could have sent at the offset
// from SND.UNA.
func (e *end) report(why wire.Report, offset uint32, mtu uint16) int {
	n := e.conn.Reported(e.now, why, &wire.Segment{Seq: e.conn.una.Add(offset), Len: 1460}, mtu)
	e.pump()
	return n
}

// RFC 9293 section 3.9.2.2: of the reports, those that no protocol or port is there
// abort a connection (SHLD-26), and no other does (MUST-56), but the user learns of
// it (SHLD-25). Linux lets any end the wait for a SYN,ACK and none a connection
// that is open (tcp_v4_err; RFC 5461). Proves MUST-54, MUST-56, SHLD-25, SHLD-26.
func TestReportsByState(t *testing.T) {
	hard := func(r wire.Report) bool { return r == wire.ProtocolUnreachable || r == wire.PortUnreachable }
	for _, why := range everyReport {
		for _, c := range []struct {
			profile *Profile
			state   State
			aborts  bool
		}{
			{RFC9293(), SynSent, hard(why)}, {RFC9293(), SynReceived, hard(why)}, {RFC9293(), Established, hard(why)},
			{Linux(), SynSent, true}, {Linux(), SynReceived, !hard(why) && why != wire.Prohibited}, {Linux(), Established, false},
		} {
			p := newPair(t, c.profile, 10*time.Millisecond)
			e := p.client
			switch c.state {
			case SynSent:
				e.open()
			case SynReceived:
				e = p.server
				p.server.listen()
				p.client.open()
				p.run(at(.010))
			case Established:
				p.connect()
			}
			if e.conn.State() != c.state {
				t.Fatalf("%v, want %v", e.conn.State(), c.state)
			}
			e.told = 0
			e.report(why, 0, 0)
			want, state := Troubled, c.state
			if c.aborts {
				want, state = Unreachable, Closed
			}
			if e.told != want || e.conn.State() != state || e.conn.Trouble() != why {
				t.Errorf("%s, %v, %v: told %b, %v, trouble %v; want %b, %v", c.profile.Name, c.state, why, e.told, e.conn.State(), e.conn.Trouble(), want, state)
			}
		}
	}
}

// A user may ask not to hear of what may pass. Proves SHLD-20.
func TestMuteUserHearsNoHints(t *testing.T) {
	p := newPair(t, RFC9293(), 10*time.Millisecond)
	p.client.o.Settings = &Settings{Mute: true}
	p.connect()
	p.client.told = 0
	if p.client.report(wire.HostUnreachable, 0, 0); p.client.told != 0 || p.client.conn.Trouble() != wire.HostUnreachable {
		t.Errorf("told %b, trouble %v", p.client.told, p.client.conn.Trouble())
	}
	if p.client.report(wire.PortUnreachable, 0, 0); p.client.told != Unreachable {
		t.Errorf("told %b, want the end", p.client.told)
	}
}

// RFC 5927 section 4.1: a report that quotes what is not outstanding is a guess.
func TestReportMustQuoteWhatIsOutstanding(t *testing.T) {
	for _, checks := range []bool{true, false} {
		profile := RFC9293()
		profile.RFC5927 = checks
		for _, offset := range []uint32{1<<32 - 1, 101, 1 << 30} {
			p := connected(t, profile, 10*time.Millisecond)
			p.client.write(100)
			p.client.report(wire.PortUnreachable, offset, 0)
			if got := p.client.conn.State() == Established; got != checks {
				t.Errorf("checks %v, offset %d: %v", checks, int32(offset), p.client.conn.State())
			}
		}
		p := connected(t, profile, 10*time.Millisecond)
		p.client.write(100)
		if p.client.report(wire.PortUnreachable, 100, 0); p.client.conn.State() != Closed {
			t.Errorf("the right number: %v", p.client.conn.State())
		}
	}
}

// RFC 1191: what was too big goes again in segments that fit, at once, and the
// congestion window stays; a larger MTU changes nothing. Proves SHLD-6.
func TestPathMTU(t *testing.T) {
	p := connected(t, plain(RFC9293()), 50*time.Millisecond)
	p.client.loses(isText, 1)
	p.client.loses(isText, 2)
	p.client.write(2920)
	cwnd := p.client.conn.cwnd
	p.at(.20, func() {
		if mtu := p.client.report(wire.TooBig, 0, 1040); mtu != 1040 {
			t.Errorf("learnt %d", mtu)
		}
		if p.client.conn.cwnd != cwnd {
			t.Errorf("the congestion window went from %d to %d", cwnd, p.client.conn.cwnd)
		}
	})
	p.at(.21, func() { p.client.report(wire.TooBig, 0, 1400) })
	p.run(at(.24))
	p.exchange(`
		0.150 client > ACK 1:1461 ack 1 lost
		0.150 client > PSH,ACK 1461:2921 ack 1 lost
		0.200 client > ACK 1:1001 ack 1 again
		0.200 client > ACK 1001:2001 ack 1 again
		0.200 client > PSH,ACK 2001:2921 ack 1 again`)
	if p.run(at(2)); p.server.conn.Unread() != 2920 {
		t.Errorf("%d bytes arrived", p.server.conn.Unread())
	}
}

// Where a report tells no MTU, the next plateau below the segment is tried (RFC 1191
// section 7.1); no less than the profile's least. Below IPv6's 1280 none is believed.
func TestPathMTUWithoutNumber(t *testing.T) {
	for _, c := range []struct {
		p         *Profile
		mtu, size int
		six       bool
		want      int
	}{
		{RFC9293(), 0, 1500, false, 1492}, {RFC9293(), 0, 1492, false, 1006}, {RFC9293(), 0, 65535, false, 32000},
		{RFC9293(), 0, 60, false, 68}, {RFC9293(), 20, 1500, false, 68}, {RFC9293(), 1400, 1500, false, 1400},
		{Linux(), 100, 1500, false, 552}, {RFC9293(), 100, 1500, true, 0}, {RFC9293(), 1279, 1500, true, 0}, {RFC9293(), 1280, 1500, true, 1280},
	} {
		if got := c.p.pathMTU(c.mtu, c.size, c.six); got != c.want {
			t.Errorf("%s: %d of a segment of %d, IPv6 %v: %d, want %d", c.p.Name, c.mtu, c.size, c.six, got, c.want)
		}
	}
}

// A path that narrows takes the scoreboard away, and the recovery that follows begins
// without one; text that is new brings it back in its midst. The window then comes
// down in proportion to what was in flight, as ever.
func TestPathNarrowsBeforeRecovery(t *testing.T) {
	p := RFC9293()
	p.PRR, p.LimitedTransmit = true, false
	c := inState(Established, p)
	c.on(useSACK)
	hear := func(s wire.Segment) {
		t.Helper()
		s.Window = 60000
		c.Segment(0, &s)
		step(t, c)
	}
	hear(from(wire.ACK, 1, 1))
	c.Write(0, 1<<20)
	drain(c)
	lost := from(wire.ACK, 1, 1)
	lost.Seq, lost.Len = c.una, 536
	c.Reported(0, wire.TooBig, &lost, 296)
	step(t, c)
	for range 30 { // of which the first three begin the recovery
		hear(from(wire.ACK, 1, 1))
	}
	if !c.recovering() || !c.selective() {
		t.Fatalf("recovering %v with a scoreboard %v", c.recovering(), c.selective())
	}
	before := c.cwnd
	hear(from(wire.ACK, 1, 1+256))
	if !c.recovering() || c.cwnd > before {
		t.Errorf("the window went from %d to %d", before, c.cwnd)
	}
}
