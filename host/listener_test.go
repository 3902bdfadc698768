package host

import (
	"errors"
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/wire"
)

// flood sends SYNs from host 0 to port 80 of host 1 that nobody will follow up,
// from ports first on.
func (w *world) flood(first, n int) {
	for i := range n {
		w.deliver(w.hosts[1], w.hosts[0], wire.Segment{SrcPort: uint16(first + i), DstPort: 80, Flags: wire.SYN, Incarnation: wire.IncarnationOf(9, uint32(first+i), 1)})
	}
}

// A queue of backlog b holds b and what the profile adds: on Linux b+1 (measured,
// 6.18: listen(4) holds 5 requests, listen(128) 129). The next SYN is dropped and
// counted, and nobody hears of it.
func TestBacklog(t *testing.T) {
	plain := linux(func(p *tcp.Profile) { p.SYNCookies, p.MaxSYNBacklog = tcp.NoCookies, 0 })
	for _, c := range []struct {
		profile *tcp.Profile
		backlog int
		holds   int
	}{
		{plain, 4, 5}, {plain, 128, 129}, {plain, 0, 1}, {tcp.RFC9293(), 4, 4}, {tcp.RFC9293(), 0, 0},
		{tcp.Linux(), tcp.Unlimited, 300}, {tcp.RFC9293(), tcp.Unlimited, 300},
	} {
		w := newWorld(t, 1, line(), tcp.Linux(), c.profile)
		y := w.listen(1, 80, c.backlog, w.callees())
		w.flood(1000, 300)
		sent := w.stack.Packets()
		if got := int(y.HalfOpen.Value()); got != c.holds || int(sent) != c.holds {
			t.Errorf("%s, backlog %d: %d requests, %d answered; want %d", c.profile.Name, c.backlog, got, sent, c.holds)
		}
		if y.SYNs != 300 || int(y.DroppedSYNQueue) != 300-c.holds {
			t.Errorf("%s, backlog %d: %d SYNs, %d dropped", c.profile.Name, c.backlog, y.SYNs, y.DroppedSYNQueue)
		}
		w.finish() // host 0 knows nothing of them: its resets empty the queue
		if y.HalfOpen.Value() != 0 || y.Accepted != 0 || w.tallies[1].SYNs != (SYNs{Opened: uint64(c.holds), Dropped: uint64(300 - c.holds)}) {
			t.Errorf("%s, backlog %d: %d left, %d accepted, %+v", c.profile.Name, c.backlog, y.HalfOpen.Value(), y.Accepted, w.tallies[1].SYNs)
		}
	}
}

// A place is free when the handshake is complete, at the reset that answers a
// SYN,ACK, and when the SYN,ACK's schedule is used up: 63 s on Linux.
func TestPlaceIsFreed(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	y := w.listen(1, 80, 0, w.callees())
	held := func(at time.Duration, want int64) {
		w.at(at, func(now des.Time) {
			if got := y.HalfOpen.Value(); got != want {
				t.Errorf("%v: %d requests, want %d", now, got, want)
			}
		})
	}
	// Reset: the SYN,ACK takes 2 hops to host 0, its RST 2 hops back.
	w.at(0, func(des.Time) { w.flood(1000, 1) })
	held(0, 1)
	held(4*hop-1, 1)
	held(4*hop, 0)
	// Complete: the SYN takes 2 hops, the handshake 4 more.
	w.at(time.Second, func(now des.Time) { w.must(w.connect(now, 0, 1, w.caller())) })
	held(time.Second+2*hop, 1)
	held(time.Second+6*hop-1, 1)
	held(time.Second+6*hop, 0)
	// Used up: the SYN comes from an address that drops what it gets.
	w.at(2*time.Second, func(des.Time) {
		p := w.pool.Get()
		p.Segment = wire.Segment{SrcPort: 1, DstPort: 80, Flags: wire.SYN}
		p.Src, p.Dst = wire.AddrOf(99), w.hosts[1].address // nobody's
		p.Measure()
		w.hosts[1].Receive(w.sim.Now(), p)
	})
	held(2*time.Second, 1)
	held(65*time.Second-1, 1)
	w.at(65*time.Second, func(des.Time) { // timers go before users
		if y.HalfOpen.Value() != 0 {
			t.Error("65 s: the request outlived its SYN,ACKs")
		}
	})
	w.finish()
	if y.Accepted != 1 || y.SYNs != 3 {
		t.Errorf("%d SYNs, %d accepted", y.SYNs, y.Accepted)
	}
}

// Every SYN is one of five kinds.
func TestSYNsAreAccountedFor(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), linux(func(p *tcp.Profile) { p.BacklogExtra, p.SYNCookies = 0, tcp.NoCookies }))
	w.listen(1, 80, 2, w.callees())
	syn := func(from, to uint16, flags wire.Flags) {
		w.deliver(w.hosts[1], w.hosts[0], wire.Segment{SrcPort: from, DstPort: to, Flags: flags})
	}
	syn(1, 80, wire.SYN)
	syn(1, 80, wire.SYN)          // once more
	syn(2, 80, wire.SYN|wire.PSH) // another
	syn(3, 80, wire.SYN)          // one too many
	syn(4, 81, wire.SYN)          // nobody there
	syn(4, 81, wire.SYN|wire.FIN) // again
	syn(5, 80, wire.SYN|wire.ACK) // no SYN in this sense
	syn(6, 80, wire.SYN|wire.RST)
	syn(1, 80, wire.SYN|wire.RST)
	want := SYNs{Opened: 2, Repeated: 1, Dropped: 1, Refused: 2}
	y := w.tallies[1]
	if y.SYNs != want || y.SYNsReceived != want.Sum() {
		t.Errorf("%+v of %d, want %+v", y.SYNs, y.SYNsReceived, want)
	}
	w.finish()
}

// A port has one listener.
func TestListenTwice(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux())
	w.listen(0, 80, 1, w.callees())
	if _, err := w.hosts[0].Listen(80, 1, w.callees(), new(ListenerTally)); !errors.Is(err, ErrInUse) {
		t.Errorf("listening twice: %v", err)
	}
	w.listen(0, 81, 1, w.callees())
}

// The window of a listener's tally.
func TestListenerWindow(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), linux(func(p *tcp.Profile) { p.SYNCookies = tcp.NoCookies }))
	y := w.listen(1, 80, 0, w.callees())
	w.at(0, func(des.Time) { w.flood(1, 2) })
	w.at(time.Second, func(now des.Time) { y.Open(now) })
	w.at(2*time.Second, func(des.Time) { w.flood(10, 3) })
	w.at(3*time.Second, func(now des.Time) { y.Close(now) })
	w.at(4*time.Second, func(des.Time) { w.flood(20, 4) })
	w.finish()
	if got := *y.Window(); got != (ListenerCounters{SYNs: 3, DroppedSYNQueue: 2}) {
		t.Errorf("%+v in the window", got)
	}
	if r := y.HalfOpen.Result(); r.Integral().String() != "20000000" { // one request for a round trip
		t.Errorf("%v request ns in the window", r.Integral())
	}
}

// A third segment that shows a SYN cookie is all there is of its connection: it is
// accepted at once, whatever the listener would defer, and nothing waits for ever.
func TestCookiesDeferNothing(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), linux(func(p *tcp.Profile) { p.SYNCookies = tcp.AlwaysCookies }))
	y := new(ListenerTally)
	l, err := w.hosts[1].Listen(80, 5, w.callees(), y)
	if err != nil {
		t.Fatal(err)
	}
	l.Settings = &tcp.Settings{DeferAccept: 3 * time.Second}
	var s *Socket
	w.at(0, func(now des.Time) { s = w.must(w.connect(now, 0, 1, w.idle())) })
	w.at(time.Second, func(now des.Time) {
		if y.Accepted != 1 || y.HalfOpen.Value() != 0 {
			t.Errorf("%d accepted, %d half open", y.Accepted, y.HalfOpen.Value())
		}
		s.Close(now)
	})
	w.finish()
}
