package tcp

import (
	"math"
	"testing"

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
// Proves MUST-39.
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

// Half of the largest window may go though it is no full segment (section
// 3.8.6.2.1, 3), less may not.
// Proves MUST-38.
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
// Proves MUST-17, SHLD-7.
func TestNagle(t *testing.T) {
	for _, off := range []bool{false, true} {
		p := newPair(t, delayless(), 50*ms)
		p.client.o.Settings = &Settings{NoDelay: off}
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

// Under Linux a small segment waits only for the acknowledgment of another small
// one, not for that of full ones (Minshall): the tail of a long write goes at once.
func TestNagleSmallOnly(t *testing.T) {
	profile := delayless()
	profile.NagleSmallOnly = true
	p := newPair(t, profile, 50*ms)
	p.connect()
	p.server.reader(false)
	p.at(1, func() { p.client.write(2*1460 + 40) })
	p.at(1.03, func() { p.client.write(100) })
	p.run(at(2))
	p.exchange(`
		1.000 client > ACK 1:1461 ack 1
		1.000 client > ACK 1461:2921 ack 1
		1.000 client > PSH,ACK 2921:2961 ack 1
		1.050 server > ACK 1 ack 2921
		1.050 server > ACK 1 ack 2961
		1.100 client > PSH,ACK 2961:3061 ack 1
		1.150 server > ACK 1 ack 3061`)
}

// An ACK that answers in SYN-RECEIVED tells of the window by its scale, rounded up: more
// than the SYN,ACK that is sent again after it can say, which then says all that it can.
func TestWindowOfSYNACKAfterACK(t *testing.T) {
	c := inState(SynReceived, Linux())
	c.on(useScale)
	c.rcvScale, c.first, c.edge = 10, 65160, c.rcvNxt.Add(65160)
	if told := uint32(c.window(false)) << c.rcvScale; told <= math.MaxUint16 {
		t.Fatalf("an ACK tells of %d", told)
	}
	if told := c.window(true); told != math.MaxUint16 {
		t.Errorf("a SYN,ACK tells of %d after it", told)
	}
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
			p.client.o.Settings = &Settings{NoDelay: true}
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

// The send buffer takes what it has room for, and says when a third of it is
// free again, though the segment after that was lost.
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
	p.client.loses(isText, 4)
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
