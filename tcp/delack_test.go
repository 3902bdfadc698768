package tcp

import (
	"slices"
	"testing"
	"time"

	"netsim/wire"
)

// RFC 9293: every second full segment is acknowledged at once (SHLD-19), a last
// one after the delay (MUST-40).
// Proves MUST-40, MUST-58, SHLD-18, SHLD-19.
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
	p.client.o.Settings = &Settings{NoDelay: true}
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
