package tcp

import (
	"testing"

	"netsim/wire"
)

// Both ends use ECN if the one that opens asks for it and the other accepts (RFC
// 3168 section 6.1.1).
// Proves SHLD-8.
func TestNegotiatesECN(t *testing.T) {
	for client := NoECN; client <= OfferECN; client++ {
		for server := NoECN; server <= OfferECN; server++ {
			p := newPair(t, with(RFC9293, func(p *Profile) { p.ECN = client }), ms)
			p.server.o.Profile = with(RFC9293, func(p *Profile) { p.ECN = server })
			p.connect()
			want := client == OfferECN && server != NoECN
			if a, b := p.client.conn.has(useECN), p.server.conn.has(useECN); a != want || b != want {
				t.Errorf("%v to %v: client %v, server %v", client, server, a, b)
			}
		}
	}
}

// What a SYN asks for may be why it was lost: one that is sent again asks for
// nothing (section 6.1.1.1).
func TestLostSYNWithECN(t *testing.T) {
	p := newPair(t, plain(with(RFC9293, func(p *Profile) { p.ECN = OfferECN })), 50*ms)
	p.client.loses(isSYN, 1)
	p.server.listen()
	p.client.open()
	p.run(at(2))
	p.exchange(`
		0.000 client > SYN,ECE,CWR 0 lost
		1.000 client > SYN 0 again
		1.050 server > SYN,ACK 0 ack 1
		1.100 client > ACK 1 ack 1`)
}

// marked is a pair that uses ECN, and which of the client's segments with text come
// marked, counted from 1.
func marked(t *testing.T, profile *Profile, which func(n int) bool) *pair {
	profile.ECN = OfferECN
	p := connected(t, profile, 50*ms)
	p.server.reader(false)
	n := 0
	p.client.passed = func(_ *end, s *wire.Segment) {
		if s.Len == 0 {
			return
		}
		if n++; which(n) && s.ECN == wire.ECT0 {
			s.ECN = wire.CE
		}
	}
	return p
}

// A mark is echoed until the sender tells that it has answered, which it does once
// in a round trip, by half of its window (sections 6.1.2 and 6.1.3).
func TestMarkIsAnswered(t *testing.T) {
	p := marked(t, delayless(), func(n int) bool { return n == 2 || n == 3 })
	p.client.conn.cwnd = 4 * 1460
	p.at(1, func() { p.client.write(7 * 1460) })
	p.run(at(1.3))
	p.exchange(`
		1.000 client > ACK 1:1461 ack 1
		1.000 client > ACK 1461:2921 ack 1
		1.000 client > ACK 2921:4381 ack 1
		1.000 client > ACK 4381:5841 ack 1
		1.050 server > ACK,ECE 1 ack 2921
		1.050 server > ACK,ECE 1 ack 5841
		1.100 client > ACK,CWR 5841:7301 ack 1
		1.100 client > ACK 7301:8761 ack 1
		1.100 client > PSH,ACK 8761:10221 ack 1
		1.150 server > ACK 1 ack 8761
		1.150 server > ACK 1 ack 10221`)
	if c := &p.client.conn; c.ssthresh != 2*1460 || c.counts.Resent != 0 {
		t.Errorf("threshold %d", c.ssthresh)
	}
}

// New text alone can bear a mark: not an ACK, not what is sent again, not a probe of
// the window (sections 6.1.4 to 6.1.6). A loss is told to the peer, too.
func TestWhatBearsMarks(t *testing.T) {
	for _, profile := range []*Profile{Linux(), RFC9293(), delayless()} {
		profile.ECN, profile.ReceiveInitial, profile.ReceiveWindow = OfferECN, 40000, 40000
		p := connected(t, profile, 50*ms)
		p.quiet = true
		p.client.loses(isText, 5)
		cwr := 0
		for _, e := range []*end{p.client, p.server} {
			e.passed = func(e *end, s *wire.Segment) {
				if s.Flags.Has(wire.CWR) {
					cwr++
				}
				want := uint8(0)
				if s.Len > 0 && s.Marks&(wire.Again|wire.Probe) == 0 {
					want = wire.ECT0
				}
				if s.ECN != want {
					t.Errorf("%v %s: %s has ECN %d, want %d", p.now, e.name, e.describe(s), s.ECN, want)
				}
			}
		}
		p.client.write(1 << 20) // the server does not read: its window shuts
		p.run(at(30))
		if cwr != 1 || p.client.conn.counts.Resent == 0 || !p.client.conn.has(persist) {
			t.Errorf("%d told, %d sent again, probing %v", cwr, p.client.conn.counts.Resent, p.client.conn.has(persist))
		}
	}
}

// Marks hold a window as losses do, and nothing is sent again.
func TestMarksInsteadOfLoss(t *testing.T) {
	p := marked(t, with(Linux, func(p *Profile) { p.Congestion = Reno }), func(n int) bool { return n%500 == 250 })
	p.quiet = true
	c := &p.client.conn
	p.client.app = func(News) { c.Write(p.now, 1<<22) }
	p.client.write(1 << 22)
	p.runFor(20)
	before := p.server.conn.Stats().Delivered
	p.runFor(100)
	got := float64(p.server.conn.Stats().Delivered-before) / 1448 * .1 / 100
	if want := 1.2247 * 22.36; got < .9*want || got > 1.1*want || c.counts.Resent != 0 {
		t.Errorf("%.1f segments a round trip, want %.1f; %d sent again", got, want, c.counts.Resent)
	}
}
