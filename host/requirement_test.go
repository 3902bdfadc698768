package host

import (
	"errors"
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/wire"
)

// What RFC 9293 labels of hosts, in the profile of the standard, where no other test
// of this package bears it.

// standard has so many hosts of the standard's profile.
func standard(t *testing.T, hosts int) *world {
	profiles := make([]*tcp.Profile, hosts)
	for i := range profiles {
		profiles[i] = tcp.RFC9293()
	}
	w := newWorld(t, 1, line(), profiles...)
	w.keep = true
	return w
}

// Who closes first stays in TIME-WAIT for 2 MSL, of two minutes each; the other end
// does not wait. Proves MUST-13.
func TestRequirementTimeWait(t *testing.T) {
	w := standard(t, 2)
	w.listen(1, 80, 128, w.callees())
	w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, w.caller())) })
	w.finish()
	var from, to des.Time
	for _, c := range w.changes {
		switch {
		case c.to == tcp.TimeWaiting && c.node == w.hosts[1].node:
			t.Error("the end that closed last waits")
		case c.to == tcp.TimeWaiting:
			from = c.at
		case c.from == tcp.TimeWaiting:
			to = c.at
		}
	}
	if to.Sub(from) != 4*time.Minute {
		t.Errorf("%v in TIME-WAIT, want 4 minutes", to.Sub(from))
	}
}

// Every SYN to a listener makes a connection of its own: those that are there go on,
// whatever becomes of the new one. Proves MUST-41.
func TestRequirementListenerConnections(t *testing.T) {
	w := standard(t, 4)
	w.listen(3, 80, 128, w.callees())
	users := []*user{w.idle(), w.idle(), w.caller()}
	sockets := make([]*Socket, 3)
	for i := range users {
		w.at(time.Duration(i)*time.Second, func(now des.Time) { sockets[i] = w.must(w.connect(now, i, 3, users[i])) })
	}
	w.at(5*time.Second, func(now des.Time) { sockets[1].Abort(now) })
	w.run(10 * time.Second)
	open := 0
	for _, s := range w.stack.sockets[1:] {
		if s.open && s.host == w.hosts[3] && s.Conn.State() == tcp.Established {
			open++
		}
	}
	if open != 1 || sockets[0].Conn.State() != tcp.Established || users[0].over != 0 {
		t.Errorf("%d connections at the listener, and %v at the one that is idle", open, sockets[0].Conn.State())
	}
	w.at(11*time.Second, func(now des.Time) { sockets[0].Close(now) })
	w.finish()
}

// One may listen at a port from which a connection is being opened, be it in SYN-SENT
// or SYN-RECEIVED. Proves MUST-42.
func TestRequirementListenBesideOpening(t *testing.T) {
	w := standard(t, 2)
	open := func(now des.Time, i int) *Socket {
		s, err := w.hosts[i].Connect(now, Remote{w.hosts[1-i].address, 80}, 80, wire.IncarnationOf(0, uint32(i), 1), w.caller())
		return w.must(s, err)
	}
	listen := func(now des.Time, s *Socket, port uint16, want tcp.State) {
		if _, err := s.host.Listen(port, 128, w.callees(), new(ListenerTally)); err != nil || s.Conn.State() != want {
			t.Errorf("to listen in %v, want %v: %v", s.Conn.State(), want, err)
		}
	}
	w.at(0, func(now des.Time) {
		a, b := open(now, 0), open(now, 1)
		listen(now, a, 80, tcp.SynSent)
		w.at(5*hop/2, func(now des.Time) { listen(now, b, 80, tcp.SynReceived) }) // the SYNs have crossed
	})
	w.finish()
	for _, y := range w.tallies {
		if y.Entered[tcp.Established]+y.Entered[tcp.TimeWaiting] < 2 {
			t.Errorf("entered %v: a connection did not go its way", y.Entered)
		}
	}
}

// OPEN of a connection that is there is an error, in every state, until it is CLOSED
// (section 3.10.1: "connection already exists").
func TestCellsOfOpen(t *testing.T) {
	for _, both := range []bool{false, true} { // the client closes; both do
		w := standard(t, 2)
		server := func() App {
			return &user{t: t, do: func(now des.Time, s *Socket, n tcp.News) {
				if n&tcp.EndOfData != 0 && s.Conn.State() == tcp.CloseWait {
					w.at(time.Duration(now)+3*time.Second, s.Close)
				}
				if n&tcp.Connected != 0 && both {
					w.at(2*time.Second, s.Close)
				}
			}}
		}
		w.listen(1, 80, 128, each(server))
		var client *Socket
		seen := map[tcp.State]int{}
		again := func(now des.Time, i int, state tcp.State) {
			from, to := uint16(4000), uint16(80)
			if i == 1 {
				from, to = to, from
			}
			_, err := w.hosts[i].Connect(now, Remote{w.hosts[1-i].address, to}, from, wire.IncarnationOf(9, 9, 9), w.idle())
			if !errors.Is(err, ErrInUse) {
				t.Errorf("OPEN in %v: %v", state, err)
			}
			seen[state]++
		}
		w.at(0, func(now des.Time) {
			var err error
			client, err = w.hosts[0].Connect(now, Remote{w.hosts[1].address, 80}, 4000, wire.IncarnationOf(0, 1, 1), w.idle())
			w.must(client, err)
		})
		w.at(2*time.Second, func(now des.Time) { client.Close(now) })
		for at := time.Millisecond; at < 10*time.Second; at += 2 * time.Millisecond {
			w.at(at, func(now des.Time) {
				for i := range w.hosts {
					if state, ok := w.stateOf(i); ok {
						again(now, i, state)
					}
				}
			})
		}
		w.finish()
		want := []tcp.State{tcp.SynSent, tcp.SynReceived, tcp.Established, tcp.FinWait1, tcp.FinWait2, tcp.CloseWait, tcp.LastAck, tcp.TimeWaiting}
		if both {
			want = []tcp.State{tcp.SynSent, tcp.SynReceived, tcp.Established, tcp.FinWait1, tcp.Closing, tcp.TimeWaiting}
		}
		for _, s := range want {
			if seen[s] == 0 {
				t.Errorf("never tried in %v", s)
			}
		}
		t.Logf("%d cells of OPEN", len(seen))
	}
}

// stateOf is the state of the only connection of a host, if there is one.
func (w *world) stateOf(i int) (tcp.State, bool) {
	for _, s := range w.stack.sockets[1:] {
		if s.open && s.host == w.hosts[i] {
			return s.Conn.State(), true
		}
	}
	for _, state := range []tcp.State{tcp.SynReceived, tcp.TimeWaiting} { // records
		if w.tallies[i].Count[state].Value() > 0 {
			return state, true
		}
	}
	return tcp.Closed, false
}

// The TTL of what a host sends is that of its profile, connections or not. Proves
// MUST-49.
func TestRequirementTTL(t *testing.T) {
	short := tcp.RFC9293()
	short.TTL = 1
	for _, test := range []struct {
		profile *tcp.Profile
		arrives bool
	}{{tcp.RFC9293(), true}, {short, false}} {
		w := newWorld(t, 1, line(), test.profile, tcp.RFC9293()) // a router is between them
		w.listen(1, 80, 128, w.callees())
		u := w.caller()
		w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, u)) })
		w.finish()
		if got := u.end().what&tcp.Ended != 0; got != test.arrives {
			t.Errorf("TTL %d: told %b", test.profile.TTL, u.end().what)
		}
	}
}
