package tcp

import (
	"testing"

	"netsim/wire"
)

var given = FastCookie{Bytes: [16]byte{1, 2, 3, 4, 5, 6, 7, 8}, Len: 8}

// fastPair is a client with a cookie and so many bytes, and a server whose host has
// found the cookie good, or not.
func fastPair(t *testing.T, bytes uint64, good bool) *pair {
	p := newPair(t, plain(Linux()), 50*ms)
	p.client.o.Settings = &Settings{FastOpen: true, Early: bytes}
	p.client.o.FastCookie = given
	p.server.o.Early = good
	p.server.listen()
	p.client.open()
	return p
}

// RFC 7413 figure 1: the server's user has the text half a round trip after the OPEN,
// and its answer is there after a whole one.
func TestFastOpen(t *testing.T) {
	p := fastPair(t, 100, true)
	p.server.app = func(n News) {
		if n&Readable != 0 && p.server.conn.Read(p.now) == 100 {
			p.server.conn.Write(p.now, 200)
		}
	}
	p.run(at(.16))
	p.ladder(`
		0.000 server LISTEN
		0.000 client SYN-SENT
		0.000 client > SYN 0:100
		0.050 server SYN-RECEIVED
		0.050 server > SYN,ACK 0 ack 101
		0.050 server > PSH,ACK 1:201 ack 101
		0.100 client ESTABLISHED
		0.100 client > ACK 101 ack 1
		0.100 client > ACK 101 ack 201
		0.150 server ESTABLISHED`)
	if p.client.conn.Unread() != 200 || p.client.conn.unsettled() != 0 || p.server.told&Connected == 0 {
		t.Errorf("%d bytes at the client, %d in its buffer", p.client.conn.Unread(), p.client.conn.unsettled())
	}
}

// A server that does not take the text acknowledges the SYN alone; the text follows
// at once, and nothing is lost but the saving (section 4.2.1).
func TestFastOpenFallsBack(t *testing.T) {
	p := fastPair(t, 100, false)
	p.run(at(.16))
	p.ladder(`
		0.000 server LISTEN
		0.000 client SYN-SENT
		0.000 client > SYN 0:100
		0.050 server SYN-RECEIVED
		0.050 server > SYN,ACK 0 ack 1
		0.100 client ESTABLISHED
		0.100 client > PSH,ACK 1:101 ack 1 again
		0.150 server ESTABLISHED
		0.150 server > ACK 1 ack 101`)
	if p.server.conn.Unread() != 100 {
		t.Errorf("%d bytes arrived", p.server.conn.Unread())
	}
}

// A SYN that is sent again is an ordinary one, without cookie and text: what was in
// the way of the first lets the second pass. Either SYN may be the one that comes.
func TestFastOpenLosesItsSYN(t *testing.T) {
	for _, nth := range []int{1, 2} {
		p := newPair(t, plain(Linux()), 50*ms)
		p.client.o.Settings = &Settings{FastOpen: true, Early: 100}
		p.client.o.FastCookie = given
		p.server.o.Early = nth == 2 // the first SYN comes late, with the cookie
		p.client.rule(isSYN, 1, []fate{{drop: true}, {delay: 1200 * ms}}[nth-1])
		var second wire.Segment
		p.client.passed = func(_ *end, s *wire.Segment) {
			if isSYN(s) {
				second = *s
			}
		}
		p.server.listen()
		p.client.open()
		p.run(at(3))
		if second.Options&wire.HasCookie != 0 || second.Len != 0 {
			t.Errorf("the second SYN: %s", second.Describe(wire.Origin{}))
		}
		if p.client.conn.State() != Established || p.server.conn.Unread() != 100 || p.server.conn.Stats().Misplaced != 0 {
			t.Errorf("SYN %d: client %v, %d bytes arrived", nth, p.client.conn.State(), p.server.conn.Unread())
		}
	}
}

// A client without a cookie asks for one, with no text on its SYN, and learns the
// one that the SYN,ACK brings, with the server's MSS for the text of the next.
func TestCookieIsAskedFor(t *testing.T) {
	p := newPair(t, plain(Linux()), 50*ms)
	p.client.o.Settings = &Settings{FastOpen: true, Early: 100}
	p.server.o.FastCookie, p.server.o.MTU = given, 1000
	var syn wire.Segment
	p.client.passed = func(_ *end, s *wire.Segment) {
		if isSYN(s) {
			syn = *s
		}
	}
	p.connect()
	if syn.Options&wire.HasCookie == 0 || syn.CookieLen != 0 || syn.Len != 0 {
		t.Errorf("the SYN: %s", syn.Describe(wire.Origin{}))
	}
	got, ok := p.client.conn.FastOpen()
	if want := (FastCookie{Bytes: given.Bytes, Len: 8, MSS: 960}); !ok || got != want {
		t.Errorf("learnt %v, want %v", got, want)
	}
	if _, ok := p.server.conn.FastOpen(); ok {
		t.Error("a server has no given to show")
	}
	if p.run(at(1)); p.server.conn.Unread() != 100 {
		t.Errorf("%d bytes arrived", p.server.conn.Unread())
	}
}

// The text of a SYN is no more than fits beside its options, for which Linux keeps 40
// bytes, into the peer's MSS; where that is not known 536 (section 4.1.3), or as Linux has it what the path takes.
// The rest follows. The network may double the SYN, or bring its text to a server that
// takes none.
func TestFastOpenFits(t *testing.T) {
	for _, c := range []struct {
		mss   uint16
		blind bool
		want  uint32
	}{{0, false, 536 - 40}, {0, true, 1460 - 40}, {1000, true, 1000 - 40}, {9000, true, 1460 - 40}} {
		for _, good := range []bool{true, false} {
			profile := plain(Linux())
			profile.FastBlind = c.blind
			p := newPair(t, profile, 50*ms)
			p.client.o.Settings = &Settings{FastOpen: true, Early: 5000}
			p.client.o.FastCookie = FastCookie{Bytes: given.Bytes, Len: 8, MSS: c.mss}
			p.server.o.Early, p.server.o.FastCookie = good, map[bool]FastCookie{false: given}[good]
			p.client.doubles(isSYN, 1)
			var first uint32
			p.client.passed = func(_ *end, s *wire.Segment) {
				if isSYN(s) {
					first = s.Len
				}
			}
			p.server.listen()
			p.client.open()
			p.run(at(3))
			if first != c.want || p.server.conn.Unread() != 5000 || p.server.conn.Stats().Misplaced != 0 {
				t.Errorf("MSS %d, good %v: %d bytes on the SYN, want %d; %d arrived in all", c.mss, good, first, c.want, p.server.conn.Unread())
			}
		}
	}
}

// A server may say and close all before the handshake is complete.
func TestFastOpenClosesEarly(t *testing.T) {
	p := fastPair(t, 100, true)
	p.client.reader(true)
	p.server.app = func(n News) {
		if n&Connected != 0 {
			p.server.conn.Read(p.now)
			p.server.conn.Write(p.now, 200)
			p.server.conn.Close(p.now)
		}
	}
	p.run(at(5))
	if p.client.told&Failed != 0 || p.server.told&Failed != 0 || p.client.conn.Stats().Delivered != 200 || p.client.conn.State() != Closed {
		t.Errorf("client told %b, %v; server told %b, %v; %d bytes", p.client.told, p.client.conn.State(), p.server.told, p.server.conn.State(), p.client.conn.Stats().Delivered)
	}
}

// A SYN is sent before its end knows the other's window. What does not fit into that
// is not taken, and comes again.
func TestFastOpenIntoASmallWindow(t *testing.T) {
	p := fastPair(t, 1000, true)
	profile := plain(Linux())
	profile.ReceiveInitial, profile.ReceiveWindow = 300, 300
	p.server.o.Profile = profile
	p.server.listen()
	p.run(at(.06))
	if n := p.server.conn.Unread(); n != 300 {
		t.Errorf("%d bytes were taken into a window of 300", n)
	}
	p.server.reader(false)
	p.server.read(300)
	p.run(at(3))
	if n := p.server.conn.Stats().Delivered; n != 1000 {
		t.Errorf("%d bytes of 1000 were delivered", n)
	}
}
