package tcp

import "testing"

// twoWay is Linux without the third segment.
func twoWay() *Profile {
	p := Linux()
	p.Handshake = TwoWay
	return p
}

// The server is ESTABLISHED by the SYN, the client by the answer, and that is all.
// What the server says at once is acknowledged like anything else.
func TestTwoWayHandshake(t *testing.T) {
	p := newPair(t, twoWay(), 50*ms)
	p.server.listen()
	p.client.open()
	p.at(.2, func() { p.server.write(100) })
	p.at(.4, func() { p.client.close() })
	p.at(.6, func() { p.server.close() })
	p.run(at(1))
	p.ladder(`
		0.000 server LISTEN
		0.000 client SYN-SENT
		0.000 client > SYN 0
		0.050 server SYN-RECEIVED
		0.050 server ESTABLISHED
		0.050 server > SYN,ACK 0 ack 1
		0.100 client ESTABLISHED
		0.200 server > PSH,ACK 1:101 ack 1
		0.250 client > ACK 1 ack 101
		0.400 client CLOSED
		0.400 client > RST,ACK 1 ack 101
		0.450 server CLOSED`)
}

// The answer has no timer: a lost one comes again with the SYN, and what the server
// has said meanwhile with it.
func TestTwoWayLostAnswer(t *testing.T) {
	p := newPair(t, twoWay(), 50*ms)
	p.server.loses(isSYNACK, 1)
	p.server.listen()
	p.client.open()
	p.client.reader(true)
	p.at(.1, func() { p.server.write(100); p.server.close() })
	p.run(at(3))
	if p.client.conn.State() != Closed || p.server.conn.State() != TimeWaiting || p.client.conn.Stats().Delivered != 100 {
		t.Errorf("client %v with %d bytes, server %v", p.client.conn.State(), p.client.conn.Stats().Delivered, p.server.conn.State())
	}
	if n := p.server.conn.Stats().SYNs; n != 2 {
		t.Errorf("%d SYN,ACKs, want 2", n)
	}
}

// Once the client has acknowledged anything, a SYN from the past is as wrong as ever.
func TestTwoWayOldSYN(t *testing.T) {
	p := newPair(t, twoWay(), 50*ms)
	p.client.delays(isSYN, 1, 0)
	p.client.doubles(isSYN, 1)
	p.server.listen()
	p.client.open()
	p.at(.2, func() { p.client.write(10) })
	p.run(at(1))
	if p.server.conn.State() != Established || p.client.conn.State() != Established {
		t.Errorf("client %v, server %v", p.client.conn.State(), p.server.conn.State())
	}
}
