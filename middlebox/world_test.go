package middlebox

import (
	"net/netip"
	"testing"
	"time"

	"netsim/des"
	"netsim/topo"
	"netsim/wire"
)

// world is two hosts inside and two outside of a router, for a box to stand in
// front of. The hosts note what they get.
type world struct {
	t       testing.TB
	sim     *des.Sim
	pool    wire.Pool
	net     *topo.Network
	in, out [2]*end
	router  topo.NodeID
	address wire.Addr
	tally   Tally
	now     des.Time
}

// end is a host.
type end struct {
	w       *world
	id      topo.NodeID
	address wire.Addr
	got     []wire.Packet
}

func (e *end) Receive(now des.Time, p *wire.Packet) {
	e.got = append(e.got, *p)
	e.w.pool.Put(p)
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, sim: des.NewSim(des.PacketsFirst, 1)}
	w.net = topo.NewNetwork(w.sim, &w.pool, wire.NewBook(), 1, 1)
	w.router = w.net.AddNode("box", true)
	for i, e := range []**end{&w.in[0], &w.in[1], &w.out[0], &w.out[1]} {
		*e = &end{w: w, id: w.net.AddNode("host", false)}
		(*e).address = w.net.Assign((*e).id, netip.AddrFrom4([4]byte{10, 0, byte(i / 2), byte(i%2 + 1)}))
		w.net.Connect(topo.LinkSpec{Name: "link", A: (*e).id, B: w.router})
	}
	w.address = w.net.Assign(w.router, netip.AddrFrom4([4]byte{192, 0, 2, 1}))
	if err := w.net.Finish(); err != nil {
		t.Fatal(err)
	}
	for _, e := range []*end{w.in[0], w.in[1], w.out[0], w.out[1]} {
		w.net.Attach(e.id, e)
	}
	w.net.Report(w.router, topo.Reporting{}, w.address)
	return w
}

// inside tells who is.
func (w *world) inside(id topo.NodeID) bool { return id == w.in[0].id || id == w.in[1].id }

// lives are short ones, each its own.
var lives = Lives{Opening: 4 * time.Second, Established: 100 * time.Second, Closing: 20 * time.Second, TimeWait: 10 * time.Second, Aborted: 2 * time.Second}

func (w *world) config() Config {
	return Config{Sim: w.sim, Net: w.net, Pool: &w.pool, Node: w.router, Name: "box", Lives: lives, Tally: &w.tally, Seed: 1, Rep: 1}
}

func (w *world) nat(change func(c *NATConfig)) *NAT {
	c := NATConfig{Config: w.config(), Inside: w.inside, Outside: []wire.Addr{w.address}, Low: 1024, High: 65535, Preserve: true}
	if change != nil {
		change(&c)
	}
	return NewNAT(c)
}

// send sends a segment and lets all packets of the instant arrive.
func (w *world) send(from *end, to wire.Addr, s wire.Segment) {
	w.t.Helper()
	p := w.pool.Get()
	*p = wire.Packet{Src: from.address, Dst: to, TTL: wire.DefaultTTL, Segment: s}
	p.Measure()
	w.inject(from, p)
}

func (w *world) inject(from *end, p *wire.Packet) {
	w.t.Helper()
	w.net.Send(from.id).Receive(w.now, p)
	w.wait(1)
	if err := w.net.Check(0); err != nil {
		w.t.Error(err)
	}
}

// wait lets time pass.
func (w *world) wait(d time.Duration) {
	w.now = w.now.Add(d)
	w.sim.Run(w.now)
}

// last is the latest packet that a host got since this was asked, the zero Packet
// if none came.
func (e *end) last() (p wire.Packet) {
	if n := len(e.got); n > 0 {
		p = e.got[n-1]
	}
	e.got = nil
	return p
}

// call is the segments of a connection from a host inside to one outside.
type call struct {
	w        *world
	from, to *end
	port     uint16
}

func (c call) up(f wire.Flags) wire.Packet {
	c.w.t.Helper()
	c.to.got = nil
	c.w.send(c.from, c.to.address, wire.Segment{SrcPort: c.port, DstPort: 80, Flags: f})
	return c.to.last()
}

// down answers the packet that came up.
func (c call) down(came wire.Packet, f wire.Flags) wire.Packet {
	c.w.t.Helper()
	c.from.got = nil
	c.w.send(c.to, came.Src, wire.Segment{SrcPort: 80, DstPort: came.Segment.SrcPort, Flags: f})
	return c.from.last()
}

// open is the handshake; it returns what the server saw of the client last.
func (c call) open() wire.Packet {
	c.w.t.Helper()
	syn := c.up(wire.SYN)
	c.down(syn, wire.SYN|wire.ACK)
	return c.up(wire.ACK)
}

// shut closes from both ends.
func (c call) shut(came wire.Packet) {
	c.w.t.Helper()
	c.up(wire.FIN | wire.ACK)
	c.down(came, wire.FIN|wire.ACK)
	c.up(wire.ACK)
}
