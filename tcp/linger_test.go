package tcp

import (
	"testing"
	"time"
)

// SO_LINGER has three forms. Off, Close returns at once and the connection goes on.
// On with a time, it waits for the ACK of the FIN, a round trip; on with none, it
// resets. Measured on Linux 6.18.44: a linger of 0 s sends RST,ACK and leaves no
// TIME-WAIT.
func TestLinger(t *testing.T) {
	for _, c := range []struct {
		name     string
		settings Settings
		lost     int     // FINs
		returns  float64 // 0: the call does not wait
		state    State   // then
	}{
		{"off", Settings{}, 0, 0, FinWait1},
		{"on, long enough", Settings{Lingers: true, Linger: time.Second}, 0, .12, FinWait2},
		{"on, one FIN lost", Settings{Lingers: true, Linger: time.Second}, 1, .34, FinWait2},
		{"on, too short", Settings{Lingers: true, Linger: 100 * ms}, 9, .2, FinWait1},
		{"on, none", Settings{Lingers: true}, 0, 0, Closed},
	} {
		for _, aborts := range []bool{false, true} {
			profile := plain(Linux())
			profile.LingerAborts = aborts
			p := newPair(t, profile, 10*ms)
			p.client.o.Settings = &c.settings
			p.connect()
			for n := range c.lost {
				p.client.loses(isFIN, n+1)
			}
			returned, state := 0., Closed
			p.client.app = func(n News) {
				if n&Lingered != 0 {
					returned, state = seconds64(p.now), p.client.conn.State()
				}
			}
			p.at(.1, func() {
				p.client.close()
				if c.returns == 0 {
					state = p.client.conn.State()
				}
			})
			p.run(at(30))
			want := c.state
			if aborts && c.name == "on, too short" {
				want = Closed
			}
			if returned < c.returns || returned > c.returns+.005 || state != want {
				t.Errorf("%s, aborts %v: returned at %v s in %v, want %v s in %v", c.name, aborts, returned, state, c.returns, want)
			}
			reset := p.server.told&WasReset != 0
			if want := want == Closed; reset != want {
				t.Errorf("%s, aborts %v: the peer was reset: %v", c.name, aborts, reset)
			}
		}
	}
}

// TCP_DEFER_ACCEPT: what makes a connection is its text. The ACK of the SYN is
// dropped, and the SYN,ACK not sent again while there is time. A peer that says
// nothing gets one when the wait is nearly over, and its ACK counts.
func TestDeferAccept(t *testing.T) {
	p := newPair(t, plain(Linux()), 10*ms)
	p.server.o.Settings = &Settings{DeferAccept: 5 * time.Second} // three expiries: 1, 2 and 4 s
	p.server.listen()
	p.client.open()
	p.at(.5, func() { p.client.write(100) })
	p.run(at(.6))
	p.ladder(`
		0.000 server LISTEN
		0.000 client SYN-SENT
		0.000 client > SYN 0
		0.010 server SYN-RECEIVED
		0.010 server > SYN,ACK 0 ack 1
		0.020 client ESTABLISHED
		0.020 client > ACK 1 ack 1
		0.500 client > PSH,ACK 1:101 ack 1
		0.510 server ESTABLISHED
		0.510 server > ACK 1 ack 101`)
	p = newPair(t, plain(Linux()), 10*ms)
	p.server.o.Settings = &Settings{DeferAccept: 5 * time.Second}
	p.server.listen()
	p.client.open()
	p.at(.011, func() { p.lines = nil })
	p.run(at(70))
	p.ladder(`
		0.020 client ESTABLISHED
		0.020 client > ACK 1 ack 1
		7.010 server > SYN,ACK 0 ack 1 again
		7.020 client > ACK 1 ack 1
		7.030 server ESTABLISHED`)
}
