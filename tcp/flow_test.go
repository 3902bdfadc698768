package tcp

import (
	"math"
	"slices"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// delayless is plain RFC 9293 whose receiver acknowledges everything at once,
// for ladders that are not about acknowledging.
func delayless() *Profile {
	p := plain(RFC9293())
	p.DelayedACK = 0
	return p
}

// Flow control: the server does not read, and is sent what its window holds and
// no more. When its user reads, the window is told once it has grown by two
// segments or half (MUST-39).
func TestFlowControl(t *testing.T) {
	profile := delayless()
	profile.ReceiveInitial, profile.ReceiveWindow = 4000, 4000
	p := connected(t, profile, 50*ms)
	p.windows = true
	p.client.write(10000)
	p.run(at(.3))
	p.exchange(`
		0.150 client > ACK 1:1461 ack 1 win 4000
		0.150 client > ACK 1461:2921 ack 1 win 4000
		0.200 server > ACK 1 ack 2921 win 1080`)
	if n := p.server.conn.Unread(); n != 2920 {
		t.Errorf("%d bytes unread", n)
	}
	p.at(.4, func() { p.server.read(1000) })
	p.at(.5, func() { p.server.read(1000) })
	p.run(at(.62))
	p.exchange(`
		0.500 server > ACK 1 ack 2921 win 3080
		0.550 client > ACK 2921:4381 ack 1 win 4000
		0.550 client > ACK 4381:5841 ack 1 win 4000
		0.600 server > ACK 1 ack 5841 win 160`)
}

// Both kinds of zero-window probe: a byte at the left edge (RFC 9293 section
// 3.8.6.1), or an old number as Linux sends. The first comes after one RTO
// (SHLD-29), the next ones back off (SHLD-30).
func TestZeroWindowProbe(t *testing.T) {
	for probe, want := range []string{`
		2.700 client > ACK 2000 ack 1 probe
		2.800 server > ACK 1 ack 2001
		4.700 client > ACK 2000 ack 1 probe
		4.800 server > ACK 1 ack 2001
		8.700 client > ACK 2000 ack 1 probe
		8.800 server > ACK 1 ack 2001
		15.000 server > ACK 1 ack 2001
		15.100 client > PSH,ACK 2001:2501 ack 1
		15.200 server > ACK 1 ack 2501`, `
		2.700 client > ACK 2001:2002 ack 1 probe
		2.800 server > ACK 1 ack 2001
		4.700 client > ACK 2001:2002 ack 1 again probe
		4.800 server > ACK 1 ack 2001
		8.700 client > ACK 2001:2002 ack 1 again probe
		8.800 server > ACK 1 ack 2001
		15.000 server > ACK 1 ack 2001
		15.100 client > PSH,ACK 2001:2501 ack 1 again
		15.200 server > ACK 1 ack 2501`} {
		profile := delayless()
		profile.ReceiveInitial, profile.ReceiveWindow = 2000, 2000
		profile.ProbeBytes = probe
		p := connected(t, profile, 100*ms)
		p.client.write(2500)
		p.run(at(1.8))
		// What is left of the window is not half of the largest, and waits for an
		// RTO: silly-window avoidance (MUST-38) and its override.
		p.exchange(`
			0.300 client > ACK 1:1461 ack 1
			0.400 server > ACK 1 ack 1461
			1.500 client > ACK 1461:2001 ack 1
			1.600 server > ACK 1 ack 2001`)
		p.at(15, func() { p.server.read(2000) })
		p.run(at(16))
		p.exchange(want)
	}
}

// The override of silly-window avoidance is ordinary text: lost, it is sent again
// after an RTO, then after twice that.
func TestOverrideLost(t *testing.T) {
	profile := delayless()
	profile.ReceiveInitial, profile.ReceiveWindow = 2000, 2000
	p := connected(t, profile, 100*ms)
	p.client.loses(isText, 2)
	p.client.loses(isText, 3)
	p.client.write(2500)
	p.run(at(5))
	p.exchange(`
		0.300 client > ACK 1:1461 ack 1
		0.400 server > ACK 1 ack 1461
		1.500 client > ACK 1461:2001 ack 1 lost
		2.500 client > ACK 1461:2001 ack 1 again lost
		4.500 client > ACK 1461:2001 ack 1 again
		4.600 server > ACK 1 ack 2001`)
}

// The user timeout runs from the last answer while a window is shut, from the
// start if there was none.
func TestUserTimeoutOfShutWindow(t *testing.T) {
	for _, probe := range []int{0, 1} {
		for silent, want := range map[float64]string{.21: "100.250", 10: "107.350"} {
			profile := delayless()
			profile.ReceiveInitial, profile.ReceiveWindow, profile.ProbeBytes = 1000, 1000, probe
			profile.UserTimeout, profile.Retries = 100*time.Second, 200
			p := connected(t, profile, 50*ms)
			p.client.write(5000)
			p.at(silent, func() { p.server.loses(isAny, 0) })
			p.run(at(1000))
			if probe == 1 && silent == .21 {
				want = "101.250" // a byte that is sent begins it, too
			}
			if got := p.lines[len(p.lines)-1]; got != want+" client CLOSED" {
				t.Errorf("probe of %d, silent from %v: %s, want CLOSED at %s", probe, silent, got, want)
			}
		}
	}
}

// A segment that is older than the last to tell a window tells none.
func TestOldWindow(t *testing.T) {
	c := inState(Established, RFC9293())
	for _, s := range []struct {
		seq    int
		window uint16
		want   uint32
	}{{101, 500, 500}, {1, 900, 500}, {201, 700, 700}, {301, 0, 0}} {
		text := from(wire.ACK, s.seq, 1)
		text.Len, text.Window, text.Offset = 100, s.window, uint64(s.seq-1)
		if c.Segment(0, &text); c.wnd != s.want {
			t.Errorf("text %d with window %d: %d, want %d", s.seq, s.window, c.wnd, s.want)
		}
	}
}

// The window is cut from a buffer that grows with twice what was delivered.
func TestReceiveLimit(t *testing.T) {
	c := inState(Established, RFC9293())
	for offset, want := range map[uint64]uint32{0: 65535, 100000: 265535, 1 << 40: 4 << 20} {
		if c.rcvOffset = offset; c.receiveLimit() != want {
			t.Errorf("%d bytes after %d, want %d", c.receiveLimit(), offset, want)
		}
	}
}

// A window may stay shut for ever while its probes are answered (MUST-37); when
// they are not, R2 ends the connection.
func TestZeroWindowForEver(t *testing.T) {
	for _, probe := range []int{0, 1} {
		profile := delayless()
		profile.ReceiveInitial, profile.ReceiveWindow, profile.ProbeBytes = 1000, 1000, probe
		profile.UserTimeout = 100 * time.Second
		p := connected(t, profile, 50*ms)
		p.client.write(5000)
		sent := p.client.times(isAny)
		p.run(at(86400))
		if s := p.client.conn.State(); s != Established {
			t.Fatalf("%v with probe of %d after a day", s, probe)
		}
		if n := len(*sent); n < 1430 || n > 1450 {
			t.Errorf("%d probes in a day, want one a minute", n)
		}
		p.server.read(1000)
		p.server.reader(false)
		p.runFor(10)
		if n := p.server.conn.Stats().Delivered; n != 5000 {
			t.Errorf("%d bytes delivered", n)
		}

		profile.UserTimeout = 0
		p = connected(t, profile, 50*ms)
		p.client.write(5000)
		p.at(10, func() { p.server.loses(isAny, 0) })
		p.run(at(86400))
		if p.client.told&TimedOut == 0 {
			t.Error("unanswered probes for ever")
		}
	}
}

// The bytes that a shut window lets through when it opens arrive once, whatever
// became of the probes.
func TestProbeTakenAsWindowOpens(t *testing.T) {
	profile := delayless()
	profile.ReceiveInitial, profile.ReceiveWindow = 1000, 1000
	p := connected(t, profile, 50*ms)
	p.client.write(3000)
	p.run(at(.5))
	p.server.loses(isACK, 0) // of the update that reading sends
	p.server.read(1000)
	p.rules = nil
	p.lines = nil
	p.server.reader(false)
	p.run(at(10))
	if n := p.server.conn.Stats().Delivered; n != 3000 {
		t.Errorf("%d bytes delivered", n)
	}
	p.exchange(`
		1.250 client > ACK 1001:1002 ack 1 probe
		1.300 server > ACK 1 ack 1002
		1.350 client > ACK 1002:2001 ack 1
		1.400 server > ACK 1 ack 2001
		1.450 client > PSH,ACK 2001:3001 ack 1
		1.500 server > ACK 1 ack 3001`)
}

// Both windows are shut and both ends probe with a byte: the acknowledgments must
// not lie beyond the other's window, or each would draw the next for ever.
func TestBothWindowsShut(t *testing.T) {
	profile := delayless()
	profile.ReceiveInitial, profile.ReceiveWindow = 1000, 1000
	p := connected(t, profile, 50*ms)
	p.client.write(3000)
	p.server.write(3000)
	p.run(at(100))
	if n := p.client.conn.Stats().Sent + p.server.conn.Stats().Sent; n > 60 {
		t.Errorf("%d segments in 100 s", n)
	}
	p.client.reader(false)
	p.server.reader(false)
	p.client.read(1000)
	p.server.read(1000)
	p.runFor(100)
	if a, b := p.client.conn.Stats().Delivered, p.server.conn.Stats().Delivered; a != 3000 || b != 3000 {
		t.Errorf("delivered %d and %d bytes", a, b)
	}
}

// With a probe outstanding, too, an abort's reset is exact, and ends the peer.
func TestAbortWithProbe(t *testing.T) {
	profile := delayless()
	profile.ReceiveInitial, profile.ReceiveWindow = 1000, 1000
	p := connected(t, profile, 50*ms)
	p.client.write(3000)
	p.run(at(20))
	p.client.abort()
	p.runFor(.06)
	if s := p.server.conn.State(); s != Closed {
		t.Errorf("server %v", s)
	}
}

// Half of the largest window may go though it is no full segment (section
// 3.8.6.2.1, 3), less may not.
func TestHalfOfWindow(t *testing.T) {
	for wnd, want := range map[uint32]int{999: 0, 1000: 1} {
		c := inState(Established, RFC9293())
		c.mss, c.wnd, c.maxWnd = 1460, wnd, 2000
		c.cwnd = 14600
		c.Write(0, 1500)
		if got := drain(c); got != want {
			t.Errorf("window %d of 2000: %d segments, want %d", wnd, got, want)
		}
	}
	c := inState(Established, RFC9293()) // nor while something is outstanding
	c.mss, c.wnd, c.maxWnd, c.cwnd = 1460, 2460, 1000, 14600
	c.Write(0, 5000)
	if got := drain(c); got != 1 {
		t.Errorf("%d segments, want the full one", got)
	}
}

// A buffer that begins beyond what a SYN can say is told with the first ACK, and
// what lies beyond what was told is not taken.
func TestWindowOfSYN(t *testing.T) {
	profile := RFC9293()
	profile.ReceiveInitial = 100000
	var c Conn
	c.Listen(0, &Opening{Profile: profile, ISS: iss, MTU: 1500})
	syn := from(wire.SYN, 0, 0)
	syn.Options = wire.HasScale
	c.Segment(0, &syn)
	var s wire.Segment
	if c.Emit(0, &s); s.Window != 65535 || c.edge != irs.Add(1+65535) {
		t.Errorf("window %d, edge %v", s.Window, c.edge)
	}
	third := from(wire.ACK, 1, 1)
	c.Segment(0, &third)
	beyond := from(wire.ACK, 65536, 1)
	beyond.Len = 10
	if got := reaction(&c, beyond); got != "ACK" || !c.gaps.empty() {
		t.Errorf("text beyond the window: %s, %v", got, c.gaps.ranges)
	}
	if c.edge != irs.Add(1+100096) { // in units of 128
		t.Errorf("edge %v", c.edge)
	}
}

// A FIN does not go into a shut window either, and reaches the peer when it opens.
func TestFINIntoShutWindow(t *testing.T) {
	for _, probe := range []int{0, 1} {
		profile := delayless()
		profile.ReceiveInitial, profile.ReceiveWindow, profile.ProbeBytes = 1000, 1000, probe
		p := connected(t, profile, 50*ms)
		p.client.write(1000)
		p.client.close()
		p.run(at(30))
		if s := p.server.conn.State(); s != Established {
			t.Errorf("server %v before it has read", s)
		}
		p.server.read(1000)
		p.runFor(10)
		if s := p.server.conn.State(); s != CloseWait {
			t.Errorf("server %v", s)
		}
	}
}

// A peer that takes its window back (MUST-34, MUST-35): nothing new is sent,
// what was is probed, and the connection lives on while there are answers
// (SHLD-17).
func TestShrunkWindow(t *testing.T) {
	c := inState(Established, RFC9293())
	c.Write(0, 900)
	drain(c)
	shrunk := from(wire.ACK, 1, 1)
	shrunk.Window = 0
	now := at(.1)
	for range 100 {
		c.Segment(now, &shrunk)
		drain(c)
		now = max(now, c.Deadline())
		c.Timeout(now)
		drain(c)
		if err := c.Check(); err != nil || c.State() != Established {
			t.Fatalf("%v, %v", err, c.State())
		}
	}
	opened := from(wire.ACK, 1, 1)
	c.Segment(now, &opened)
	if c.has(persist) || c.rtxAt == des.Never {
		t.Error("the window has opened, and what is outstanding has no retransmission timer")
	}
}

// Every segment arrives twice: nothing is delivered twice, and the connection
// goes its way. Without RFC 1337 the second last ACK would draw a reset from the
// end that has closed, and that would end TIME-WAIT.
func TestDuplicates(t *testing.T) {
	for _, profile := range []*Profile{Linux(), plain(RFC9293())} {
		profile.RFC1337 = true
		p := newPair(t, profile, 10*ms)
		p.client.doubles(isAny, 0)
		p.server.doubles(isAny, 0)
		p.connect()
		p.client.reader(true)
		p.server.reader(true)
		p.client.write(50000)
		p.server.write(50000)
		p.runFor(1)
		p.client.close()
		p.runFor(1)
		if a, b := p.client.conn.Stats(), p.server.conn.Stats(); a.Delivered != 50000 || b.Delivered != 50000 {
			t.Errorf("%s: %+v and %+v", profile.Name, *a, *b)
		}
		if a, b := p.client.conn.State(), p.server.conn.State(); a != TimeWaiting || b != Closed {
			t.Errorf("%s: client %v, server %v", profile.Name, a, b)
		}
	}
}

// Small writes while something is outstanding wait for its acknowledgment or a
// full segment (Nagle, SHLD-7), unless that is switched off (MUST-17).
func TestNagle(t *testing.T) {
	for _, off := range []bool{false, true} {
		p := newPair(t, delayless(), 50*ms)
		p.client.o.NoDelay = off
		p.connect()
		p.server.reader(false)
		for i := range 4 {
			p.at(1+float64(i)/100, func() { p.client.write(500) })
		}
		p.run(at(2))
		want := `
			1.000 client > PSH,ACK 1:501 ack 1
			1.030 client > ACK 501:1961 ack 1
			1.050 server > ACK 1 ack 501
			1.080 server > ACK 1 ack 1961
			1.130 client > PSH,ACK 1961:2001 ack 1
			1.180 server > ACK 1 ack 2001`
		if off {
			want = `
			1.000 client > PSH,ACK 1:501 ack 1
			1.010 client > PSH,ACK 501:1001 ack 1
			1.020 client > PSH,ACK 1001:1501 ack 1
			1.030 client > PSH,ACK 1501:2001 ack 1
			1.050 server > ACK 1 ack 501
			1.060 server > ACK 1 ack 1001
			1.070 server > ACK 1 ack 1501
			1.080 server > ACK 1 ack 2001`
		}
		p.exchange(want)
	}
}

// RFC 9293: every second full segment is acknowledged at once (SHLD-19), a last
// one after the delay (MUST-40).
func TestDelayedACK(t *testing.T) {
	p := connected(t, plain(RFC9293()), 50*ms)
	p.server.reader(false)
	p.at(1, func() { p.client.write(5 * 1460) })
	p.run(at(2))
	p.exchange(`
		1.000 client > ACK 1:1461 ack 1
		1.000 client > ACK 1461:2921 ack 1
		1.000 client > ACK 2921:4381 ack 1
		1.000 client > ACK 4381:5841 ack 1
		1.000 client > PSH,ACK 5841:7301 ack 1
		1.050 server > ACK 1 ack 2921
		1.050 server > ACK 1 ack 5841
		1.250 server > ACK 1 ack 7301`)
}

// Text that comes meanwhile does not put the acknowledgment off.
func TestDelayedACKNotPutOff(t *testing.T) {
	p := newPair(t, plain(RFC9293()), 50*ms)
	p.client.o.NoDelay = true
	p.connect()
	p.server.reader(false)
	p.at(1, func() { p.client.write(100) })
	p.at(1.1, func() { p.client.write(100) })
	p.run(at(2))
	p.exchange(`
		1.000 client > PSH,ACK 1:101 ack 1
		1.100 client > PSH,ACK 101:201 ack 1
		1.250 server > ACK 1 ack 201`)
}

// The delay of Linux follows the rhythm of the text: half of what it was and the
// time since the last, between 40 and 200 ms and not beyond the RTO.
func TestDelayedACKRhythm(t *testing.T) {
	c := inState(Established, Linux())
	c.rto = 300 * ms
	now := at(1)
	for _, s := range []struct{ since, ato int }{
		{0, 40}, {10, 40}, {30, 50}, {45, 70}, {60, 95}, {90, 137}, {130, 198}, {190, 200}, {250, 200}, {20, 120}, {5, 80},
	} {
		now = now.Add(time.Duration(s.since) * ms)
		c.dataReceived(now)
		if got := c.ato.Milliseconds(); got != int64(s.ato) {
			t.Fatalf("%d ms after the last: %v, want %d ms", s.since, c.ato, s.ato)
		}
	}
	c.ato, c.rto = 200*ms, 210*ms
	if c.dataReceived(now.Add(190 * ms)); c.ato != 200*ms {
		t.Errorf("%v", c.ato)
	}
	c.rto = 150 * ms
	if c.dataReceived(now.Add(300 * ms)); c.ato != 150*ms {
		t.Errorf("%v, want the RTO", c.ato)
	}
}

// Linux acknowledges the first sixteen at once, then late; an answer from the
// user carries the ACK, and makes the connection interactive.
func TestQuickACK(t *testing.T) {
	p := connected(t, plain(Linux()), 0)
	p.server.reader(false)
	delays := []time.Duration{}
	for i := range 20 {
		p.at(1+float64(i), func() { p.client.write(100) })
	}
	p.server.passed = func(_ *end, s *wire.Segment) { delays = append(delays, time.Duration(p.now)%time.Second) }
	p.run(at(16.9))
	if slices.Max(delays) != 0 || len(delays) != 16 {
		t.Errorf("first ACKs after %v", delays)
	}
	p.run(at(30)) // a second without data, more than the RTO, begins quick-ACK mode again
	if len(delays) != 20 || slices.Max(delays) != 0 {
		t.Errorf("ACKs after %v", delays)
	}

	p = connected(t, plain(Linux()), 0) // without such a pause: 40 ms, then twice that
	p.server.reader(false)
	for i := range 18 {
		p.at(1+float64(i)/10, func() { p.client.write(100) })
	}
	acks := p.server.times(isAny)
	p.run(at(10))
	if got := (*acks)[15:]; !slices.Equal(got, []float64{2.5, 2.64, 2.78}) {
		t.Errorf("the last ACKs at %v", got)
	}
}

// Interactive: the answer carries the acknowledgment, and where none comes the
// ACK is late though the first sixteen would be quick; that ends the mode.
func TestPingpong(t *testing.T) {
	p := connected(t, plain(Linux()), 10*ms)
	p.client.reader(false)
	p.server.app = func(n News) {
		if p.server.conn.Read(p.now) > 0 && p.now < at(2) {
			p.server.conn.Write(p.now, 100)
		}
	}
	for _, when := range []float64{1, 1.1, 2, 2.1} {
		p.at(when, func() { p.client.write(100) })
	}
	p.run(at(3))
	p.exchange(`
		1.000 client > PSH,ACK 1:101 ack 1
		1.010 server > ACK 1 ack 101
		1.010 server > PSH,ACK 1:101 ack 101
		1.020 client > ACK 101 ack 101
		1.100 client > PSH,ACK 101:201 ack 101
		1.110 server > PSH,ACK 101:201 ack 201
		1.120 client > ACK 201 ack 201
		2.000 client > PSH,ACK 201:301 ack 201
		2.050 server > ACK 201 ack 301
		2.100 client > PSH,ACK 301:401 ack 201
		2.110 server > ACK 201 ack 401`)
}

// The window that the scale cannot say exactly never exceeds the buffer by more
// than a unit of it, whatever the size of segments, and a window smaller than a
// unit is told all the same.
func TestScaledWindow(t *testing.T) {
	for _, size := range []uint32{1, 100, 500, 1448} {
		for _, window := range []uint32{700, 20000, 1 << 20} {
			profile := Linux()
			profile.ReceiveInitial, profile.ReceiveWindow = min(window, 65535), window
			p := newPair(t, profile, ms)
			p.quiet = true
			p.client.o.NoDelay = true
			p.connect()
			for range 5000 {
				p.client.write(uint64(size))
				p.runFor(.01)
			}
			if n := p.server.conn.Unread(); n >= window+1024 || n < min(window, 5000*size) {
				t.Errorf("segments of %d: %d bytes in a buffer of %d", size, n, window)
			}
			p.server.reader(false)
			p.server.read(1 << 30)
			p.runFor(1000)
			if got, want := p.server.conn.Stats().Delivered, p.client.conn.baseOffset; got != want || p.client.conn.unsettled() != 0 {
				t.Errorf("delivered %d bytes of %d", got, want)
			}
		}
	}
}

// The send buffer takes what it has room for, and says when half of it is free
// again.
func TestSendBuffer(t *testing.T) {
	profile := delayless()
	profile.SendBuffer = 10000
	p := newPair(t, profile, 50*ms)
	p.client.open()
	if n := p.client.write(20000); n != 10000 {
		t.Errorf("took %d bytes before the connection was there, want 10000", n)
	}
	p = connected(t, profile, 50*ms)
	p.server.reader(false)
	if n := p.client.write(20000); n != 10000 {
		t.Errorf("took %d bytes, want 10000", n)
	}
	if n := p.client.write(1); n != 0 {
		t.Errorf("a full buffer took %d bytes", n)
	}
	var told des.Time
	p.client.app = func(n News) {
		if n&Writable != 0 {
			told = p.now
		}
	}
	p.runFor(10)
	if told != at(.25) {
		t.Errorf("writable at %v, want .25 s", told)
	}
	if n := p.client.write(20000); n != 10000 {
		t.Errorf("took %d bytes, want 10000", n)
	}
}

// Sequence numbers wrap in the middle of a transfer, the FIN at 0.
func TestWrap(t *testing.T) {
	for before := range uint32(12) {
		p := newPair(t, Linux(), 10*ms)
		p.client.o.ISS = wire.SeqOf(^uint32(0) - before*4000)
		p.server.o.ISS = wire.SeqOf(math.MaxInt32 - before*4000)
		p.connect()
		p.client.reader(true)
		p.server.reader(true)
		p.client.loses(isText, 3)
		p.server.loses(isText, 2)
		p.client.write(20000)
		p.server.write(20000)
		p.runFor(5)
		p.client.close()
		p.runFor(5)
		if a, b := p.client.conn.Stats().Delivered, p.server.conn.Stats().Delivered; a != 20000 || b != 20000 {
			t.Errorf("delivered %d and %d bytes", a, b)
		}
		if a, b := p.client.conn.State(), p.server.conn.State(); a != TimeWaiting || b != Closed {
			t.Errorf("client %v, server %v", a, b)
		}
	}
}
