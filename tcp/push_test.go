package tcp

import (
	"testing"
	"time"
)

// Under Linux each burst ends in a PSH, not only what was written. On a path of 100 ms
// a window of ten segments is handed over in pairs, on one of 1 ms at once; a segment
// that goes alone has none.
func TestPushBursts(t *testing.T) {
	profile := delayless()
	profile.PushBursts, profile.NagleSmallOnly = true, true
	p := newPair(t, profile, 50*ms)
	p.connect()
	p.server.reader(false)
	p.at(1, func() { p.client.write(5*1460 + 40) })
	p.run(at(1.09))
	p.exchange(`
		1.000 client > ACK 1:1461 ack 1
		1.000 client > PSH,ACK 1461:2921 ack 1
		1.000 client > ACK 2921:4381 ack 1
		1.000 client > PSH,ACK 4381:5841 ack 1
		1.000 client > ACK 5841:7301 ack 1
		1.000 client > PSH,ACK 7301:7341 ack 1
		1.050 server > ACK 1 ack 2921
		1.050 server > ACK 1 ack 5841
		1.050 server > ACK 1 ack 7341`)

	near := newPair(t, profile, time.Millisecond/2)
	near.connect()
	near.client.conn.cwnd = 6 * 1460
	near.at(1, func() { near.client.write(20 * 1460) })
	near.run(at(1.0004))
	near.exchange(`
		1.000 client > ACK 1:1461 ack 1
		1.000 client > ACK 1461:2921 ack 1
		1.000 client > PSH,ACK 2921:4381 ack 1
		1.000 client > ACK 4381:5841 ack 1
		1.000 client > ACK 5841:7301 ack 1
		1.000 client > PSH,ACK 7301:8761 ack 1`)

	lone := newPair(t, profile, 50*ms)
	lone.connect()
	lone.client.conn.cwnd = 1460
	lone.at(1, func() { lone.client.write(3 * 1460) })
	lone.run(at(1.04))
	lone.exchange(`1.000 client > ACK 1:1461 ack 1`)
}
