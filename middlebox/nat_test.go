package middlebox

import (
	"testing"
	"time"

	"netsim/wire"
)

// Outside a connection has the NAT's address and a port of its own, inside its
// own ones, in both directions.
func TestTranslation(t *testing.T) {
	w := newWorld(t)
	n := w.nat(nil)
	a, b := call{w, w.in[0], w.out[0], 5000}, call{w, w.in[1], w.out[0], 5000}
	came := a.open()
	if came.Src != w.address || came.Segment.SrcPort != 5000 || came.Dst != w.out[0].address || came.Segment.DstPort != 80 {
		t.Errorf("outside it comes from %v:%d", came.Src, came.Segment.SrcPort)
	}
	if back := a.down(came, wire.ACK); back.Dst != w.in[0].address || back.Segment.DstPort != 5000 || back.Src != w.out[0].address {
		t.Errorf("inside the answer goes to %v:%d", back.Dst, back.Segment.DstPort)
	}
	other := b.open()
	if other.Src != w.address || other.Segment.SrcPort == 5000 {
		t.Errorf("two hosts share port %d towards one destination", other.Segment.SrcPort)
	}
	if back := b.down(other, wire.ACK); back.Dst != w.in[1].address || back.Segment.DstPort != 5000 {
		t.Errorf("the answer to the other goes to %v:%d", back.Dst, back.Segment.DstPort)
	}
	far := call{w, w.in[1], w.out[1], 5000}.open()
	if far.Segment.SrcPort != 5000 {
		t.Errorf("port %d towards another destination, where 5000 is free", far.Segment.SrcPort)
	}
	if n.Sessions() != 3 || w.tally.Ports.Value() != 2 {
		t.Errorf("%d sessions, %d ports; want 3, 2", n.Sessions(), w.tally.Ports.Value())
	}
}

// Nothing comes in, or goes out, that has no mapping and opens none; what does
// not cross the NAT is let alone.
func TestNoMapping(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to func(w *world) *end
		dst      func(w *world) wire.Addr
		flags    wire.Flags
		arrives  bool
	}{
		{"a SYN from outside", out0, in0, nat, wire.SYN, false},
		{"to the inside address", out0, in0, nil, wire.SYN, false},
		{"data out of nothing", in0, out0, nil, wire.ACK, false},
		{"a SYN,ACK out of nothing", in0, out0, nil, wire.SYN | wire.ACK, false},
		{"a SYN", in0, out0, nil, wire.SYN, true},
		{"inside", in0, in1, nil, wire.ACK, true},
		{"outside", out0, out1, nil, wire.ACK, true},
	} {
		w := newWorld(t)
		n := w.nat(nil)
		dst := c.to(w).address
		if c.dst != nil {
			dst = c.dst(w)
		}
		w.send(c.from(w), dst, wire.Segment{SrcPort: 9, DstPort: 80, Flags: c.flags})
		if arrived := len(c.to(w).got) == 1; arrived != c.arrives || !arrived && w.tally.Refused[Unknown] != 1 {
			t.Errorf("%s: arrived %v, want %v; refused %v", c.name, arrived, c.arrives, w.tally.Refused)
		}
		if err := n.Check(); err != nil {
			t.Error(err)
		}
	}
}

func in0(w *world) *end      { return w.in[0] }
func in1(w *world) *end      { return w.in[1] }
func out0(w *world) *end     { return w.out[0] }
func out1(w *world) *end     { return w.out[1] }
func nat(w *world) wire.Addr { return w.address }

// A mapping lives as long as its phase says, from its last packet.
func TestLives(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(c call)
		want time.Duration
	}{
		{"SYN", func(c call) { c.up(wire.SYN) }, lives[Opening]},
		{"SYN,ACK", func(c call) { c.down(c.up(wire.SYN), wire.SYN|wire.ACK) }, lives[Opening]},
		{"ACK without SYN,ACK", func(c call) { c.up(wire.SYN); c.up(wire.ACK) }, lives[Opening]},
		{"open", func(c call) { c.open() }, lives[Established]},
		{"one FIN", func(c call) { c.open(); c.up(wire.FIN | wire.ACK) }, lives[Closing]},
		{"its FIN again", func(c call) { c.open(); c.up(wire.FIN | wire.ACK); c.up(wire.FIN | wire.ACK) }, lives[Closing]},
		{"both", func(c call) { c.shut(c.open()) }, lives[TimeWait]},
		{"RST", func(c call) { c.open(); c.up(wire.RST) }, lives[Aborted]},
		{"RST in the end", func(c call) { c.shut(c.open()); c.up(wire.RST) }, lives[Aborted]},
		{"FIN after RST", func(c call) { c.open(); c.up(wire.RST); c.up(wire.FIN | wire.ACK) }, lives[Aborted]},
		{"again", func(c call) { c.shut(c.open()); c.up(wire.SYN) }, lives[Opening]},
		{"again, open", func(c call) { c.shut(c.open()); c.open() }, lives[Established]},
		{"again, one FIN", func(c call) { c.shut(c.open()); c.down(c.open(), wire.FIN|wire.ACK) }, lives[Closing]},
	} {
		w := newWorld(t)
		n := w.nat(nil)
		c.do(call{w, w.in[0], w.out[0], 5000})
		w.wait(c.want - 1) // since the last packet
		if n.Sessions() != 1 {
			t.Errorf("%s: gone before %v are over", c.name, c.want)
		}
		w.wait(1)
		if n.Sessions() != 0 || w.tally.Expired != 1 || w.tally.Ports.Value() != 0 {
			t.Errorf("%s: %d sessions, %d expired, %d ports after %v", c.name, n.Sessions(), w.tally.Expired, w.tally.Ports.Value(), c.want)
		}
	}
}

// Sessions that are touched in any order expire each in its own time.
func TestEachExpires(t *testing.T) {
	w := newWorld(t)
	n := w.nat(nil)
	var calls []call
	for i := range uint16(40) {
		c := call{w, w.in[i%2], w.out[i/2%2], 5000 + i}
		c.open()
		calls = append(calls, c)
		w.wait(time.Second)
	}
	for i := range calls { // every third speaks again, backwards, after 60 s
		if j := len(calls) - 1 - i; j%3 == 0 {
			calls[j].up(wire.ACK)
		}
		w.wait(time.Millisecond)
	}
	left := func(at time.Duration) (n int) {
		for i := range calls {
			if ends := time.Duration(i)*time.Second + lives[Established]; i%3 != 0 && ends > at {
				n++
			}
		}
		return n
	}
	for at := 100500 * time.Millisecond; at < 138*time.Second; at += time.Second {
		w.wait(at - time.Duration(w.now))
		if got := n.Sessions() - 14; got != left(at) { // 14 spoke again
			t.Errorf("%d sessions that were silent at %v, want %d", got, at, left(at))
		}
	}
	w.wait(200 * time.Second)
	if n.Sessions() != 0 || n.table.Len() != 0 {
		t.Errorf("%d sessions, %d tuples in the end", n.Sessions(), n.table.Len())
	}
}

// Without a free port there is no connection, and with it there is again: of
// ports that are drawn all are used, none twice.
func TestPortsRunOut(t *testing.T) {
	for _, preserve := range []bool{true, false} {
		w := newWorld(t)
		w.nat(func(c *NATConfig) { c.Low, c.High, c.Preserve = 2000, 2099, preserve })
		seen := map[uint16]bool{}
		for i := range uint16(100) {
			p := call{w, w.in[i%2], w.out[0], 2050 + i}.up(wire.SYN)
			if p.Segment.SrcPort < 2000 || p.Segment.SrcPort > 2099 || seen[p.Segment.SrcPort] {
				t.Fatalf("preserve %v: connection %d has port %d", preserve, i, p.Segment.SrcPort)
			}
			if own := 2050 + i; preserve && own < 2100 && i < 1 && p.Segment.SrcPort != own {
				t.Errorf("port %d is free, and %d was chosen", own, p.Segment.SrcPort)
			}
			seen[p.Segment.SrcPort] = true
		}
		full := call{w, w.in[0], w.out[0], 9000}
		if p := full.up(wire.SYN); p.Segment.Flags != 0 || w.tally.Refused[NoPort] != 1 {
			t.Errorf("preserve %v: a 101st connection through 100 ports, refused %v", preserve, w.tally.Refused)
		}
		if p := (call{w, w.in[0], w.out[1], 9000}).up(wire.SYN); p.Segment.Flags == 0 {
			t.Errorf("preserve %v: no port towards another destination", preserve)
		}
		w.wait(lives[Opening])
		if p := full.up(wire.SYN); p.Segment.Flags == 0 {
			t.Errorf("preserve %v: no port when all have come back", preserve)
		}
	}
}

// The number of mappings is bounded.
func TestLimit(t *testing.T) {
	w := newWorld(t)
	n := w.nat(func(c *NATConfig) { c.Limit = 3 })
	for i := range uint16(5) {
		call{w, w.in[0], w.out[0], 3000 + i}.up(wire.SYN)
	}
	if n.Sessions() != 3 || w.tally.Refused[Limit] != 2 {
		t.Errorf("%d sessions, refused %v", n.Sessions(), w.tally.Refused)
	}
}

// A report is translated with the segment that it quotes, from either side, and
// changes nothing about the mapping (RFC 5508 section 4).
func TestReportsAreTranslated(t *testing.T) {
	w := newWorld(t)
	n := w.nat(func(c *NATConfig) { c.Preserve = false })
	c := call{w, w.in[0], w.out[0], 5000}
	came := c.open()
	phase := n.room.At(1).phase
	back := func(from *end, of wire.Packet) {
		p := w.pool.Get()
		*p = of
		p.Next, p.Time = nil, 0
		p.Return(wire.HostUnreachable, from.address, 0)
		w.inject(from, p)
	}
	back(w.out[1], came) // by somebody on the way
	if p := w.in[0].last(); p.Report != wire.HostUnreachable || p.Dst != w.in[0].address || p.About != w.out[0].address ||
		p.Segment.SrcPort != 5000 || p.Segment.DstPort != 80 || p.Src != w.out[1].address {
		t.Errorf("inside: %v", p)
	}
	back(w.in[1], c.down(came, wire.ACK))
	if p := w.out[0].last(); p.Report != wire.HostUnreachable || p.Src != w.address || p.About != w.address ||
		p.Segment.SrcPort != 80 || p.Segment.DstPort != came.Segment.SrcPort {
		t.Errorf("outside: %v", p)
	}
	came.Segment.SrcPort++
	back(w.out[1], came)
	if len(w.in[0].got) != 0 || n.room.At(1).phase != phase || w.tally.Refused[Unknown] != 1 {
		t.Errorf("a report on nothing came through, or changed something: %v", w.tally.Refused)
	}
	// The router behind the NAT reports itself what does not live longer.
	p := w.pool.Get()
	*p = wire.Packet{Src: w.in[0].address, Dst: w.out[0].address, TTL: 1, Segment: wire.Segment{SrcPort: 5000, DstPort: 80, Flags: wire.ACK}}
	w.inject(w.in[0], p)
	if p := w.in[0].last(); p.Report != wire.TimeExceeded || p.Src != w.address || p.Segment.SrcPort != 5000 || p.About != w.out[0].address {
		t.Errorf("by the NAT itself: %v", p)
	}
}

// Nothing is allocated for a packet, nor for a connection once there were as many.
func TestNothingIsAllocated(t *testing.T) {
	w := newWorld(t)
	w.nat(nil)
	c := call{w, w.in[0], w.out[0], 5000}
	port := uint16(1024)
	run := func() {
		p := w.pool.Get()
		*p = wire.Packet{Src: c.from.address, Dst: c.to.address, TTL: 64, Segment: wire.Segment{SrcPort: port, DstPort: 80, Flags: wire.SYN}}
		w.net.Send(c.from.id).Receive(w.now, p)
		w.wait(10 * time.Millisecond)
		c.to.got = c.to.got[:0]
		port++
	}
	for range 2000 {
		run()
	}
	if n := testing.AllocsPerRun(2000, run); n != 0 {
		t.Errorf("%v allocations for a connection", n)
	}
}

// What a packet of an open connection costs at a NAT, beside its links.
func BenchmarkNAT(b *testing.B) {
	w := newWorld(b)
	w.nat(nil)
	c := call{w, w.in[0], w.out[0], 5000}
	c.open()
	b.ReportAllocs()
	for b.Loop() {
		p := w.pool.Get()
		*p = wire.Packet{Src: c.from.address, Dst: c.to.address, TTL: 64, Segment: wire.Segment{SrcPort: 5000, DstPort: 80, Flags: wire.ACK}}
		w.net.Send(c.from.id).Receive(w.now, p)
		w.wait(1)
		c.to.got = c.to.got[:0]
	}
}
