package middlebox

import (
	"testing"

	"netsim/wire"
)

// balancer serves port 80 of the box by the two hosts outside, at 8080, for
// callers inside.
func (w *world) balancer(m Method, forward bool) *Balancer {
	c := BalancerConfig{Config: w.config(), Service: []wire.Addr{w.address}, Port: 80, Method: m}
	for _, e := range w.out {
		s := Server{Address: e.address, Port: 8080}
		if forward {
			s.Out, _ = w.net.Direct(w.router, e.id)
		}
		c.Servers = append(c.Servers, s)
	}
	return NewBalancer(c)
}

// ring sends a segment to the service and returns which server got it.
func (w *world) ring(port uint16, f wire.Flags) (server int, got wire.Packet) {
	w.t.Helper()
	w.out[0].got, w.out[1].got = nil, nil
	w.send(w.in[0], w.address, wire.Segment{SrcPort: port, DstPort: 80, Flags: f})
	for i, e := range w.out {
		if len(e.got) == 1 {
			return i, e.last()
		}
	}
	return -1, wire.Packet{}
}

// Every segment of a connection goes to the server that got its SYN; servers are
// chosen by the method.
func TestConnectionStaysAtServer(t *testing.T) {
	for method, most := range map[Method]int{Hash: 70, RoundRobin: 50, Random: 70, LeastConnections: 50} {
		for _, forward := range []bool{false, true} {
			w := newWorld(t)
			b := w.balancer(method, forward)
			var of [100]int
			var share [2]int
			for i := range of {
				of[i], _ = w.ring(uint16(5000+i), wire.SYN)
				share[of[i]]++
			}
			for i, want := range of {
				if got, _ := w.ring(uint16(5000+i), wire.ACK); got != want {
					t.Errorf("method %d, forward %v: connection %d moved from server %d to %d", method, forward, i, want, got)
				}
			}
			if max(share[0], share[1]) > most || b.Sessions() != 100 {
				t.Errorf("method %d, forward %v: servers have %v of 100, %d sessions", method, forward, share, b.Sessions())
			}
		}
	}
}

// Translated, the server is called by its own address and port, and answers as
// the service; handed over, it gets what the caller sent.
func TestModes(t *testing.T) {
	w := newWorld(t)
	w.balancer(RoundRobin, false)
	at, p := w.ring(5000, wire.SYN)
	if p.Dst != w.out[at].address || p.Segment.DstPort != 8080 || p.Src != w.in[0].address || p.Segment.SrcPort != 5000 {
		t.Errorf("translated: %v:%d to %v:%d", p.Src, p.Segment.SrcPort, p.Dst, p.Segment.DstPort)
	}
	w.send(w.out[at], p.Src, wire.Segment{SrcPort: 8080, DstPort: 5000, Flags: wire.SYN | wire.ACK})
	if back := w.in[0].last(); back.Src != w.address || back.Segment.SrcPort != 80 {
		t.Errorf("the answer comes from %v:%d", back.Src, back.Segment.SrcPort)
	}
	w = newWorld(t)
	w.balancer(RoundRobin, true)
	if _, p := w.ring(5000, wire.SYN); p.Dst != w.address || p.Segment.DstPort != 80 {
		t.Errorf("handed over: to %v:%d", p.Dst, p.Segment.DstPort)
	}
}

// A connection counts at its server from the SYN to its last FIN, a RST or its
// end by silence; one that only calls FIN from one side counts until then.
func TestLeastConnections(t *testing.T) {
	for _, forward := range []bool{false, true} {
		w := newWorld(t)
		b := w.balancer(LeastConnections, forward)
		var of [4]int
		for i := range of {
			of[i], _ = w.ring(uint16(5000+i), wire.SYN)
		}
		if of != [4]int{0, 1, 0, 1} {
			t.Errorf("forward %v: servers %v", forward, of)
		}
		w.ring(5001, wire.RST)
		w.ring(5003, wire.FIN|wire.ACK)
		if want := map[bool][2]int{false: {2, 1}, true: {2, 0}}[forward]; [2]int(b.active) != want {
			t.Errorf("forward %v: %v active, want %v", forward, b.active, want)
		}
		if at, _ := w.ring(5004, wire.SYN); at != 1 {
			t.Errorf("forward %v: the next goes to server %d", forward, at)
		}
		w.wait(lives[Established])
		if b.active[0] != 0 || b.active[1] != 0 || b.Sessions() != 0 {
			t.Errorf("forward %v: %v active, %d sessions in the end", forward, b.active, b.Sessions())
		}
	}
}

// What has no session is reset, but by a balancer that hashes: it knows without.
func TestForgotten(t *testing.T) {
	w := newWorld(t)
	w.balancer(LeastConnections, false)
	if at, _ := w.ring(5000, wire.ACK); at != -1 || w.in[0].last().Segment.Flags&wire.RST == 0 || w.tally.Resets != 1 {
		t.Errorf("an unknown segment went to server %d, %d resets", at, w.tally.Resets)
	}
	w = newWorld(t)
	w.balancer(Hash, false)
	was, _ := w.ring(5000, wire.SYN)
	w.wait(2 * lives[Established])
	if at, _ := w.ring(5000, wire.ACK); at != was {
		t.Errorf("after a long silence the connection moved from server %d to %d", was, at)
	}
}
