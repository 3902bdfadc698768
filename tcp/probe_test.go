package tcp

import (
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// Both kinds of zero-window probe: a byte at the left edge (RFC 9293 section
// 3.8.6.1), or an old number as Linux sends. The first comes after one RTO
// (SHLD-29), the next ones back off (SHLD-30).
// Proves MUST-36, SHLD-29, SHLD-30.
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

// A window may stay shut for ever while its probes are answered (MUST-37); when
// they are not, R2 ends the connection.
// Proves MUST-37, MAY-8.
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
// Proves MUST-34, MUST-35, SHLD-15, SHLD-17.
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
