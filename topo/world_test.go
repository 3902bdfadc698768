package topo

import (
	"net/netip"
	"runtime"
	"testing"

	"netsim/des"
	"netsim/wire"
)

// world is a network for tests.
type world struct {
	sim  *des.Sim
	pool wire.Pool
	book *wire.Book
	net  *Network
	sent uint64
}

func newWorld(seed uint64) *world {
	w := &world{sim: des.NewSim(des.PacketsFirst, seed), book: wire.NewBook()}
	w.net = NewNetwork(w.sim, &w.pool, w.book, seed, 1)
	return w
}

// host is an end system that notes what it gets.
type host struct {
	w    *world
	id   NodeID
	addr wire.Addr
	got  []arrival
}

type arrival struct {
	at   des.Time
	id   uint64
	mark wire.Marks
}

func (h *host) Receive(now des.Time, p *wire.Packet) {
	h.got = append(h.got, arrival{now, p.ID, p.Segment.Marks})
	h.w.pool.Put(p)
}

// ids lists the IDs of what came, in the order of arrival.
func (h *host) ids() (ids []uint64) {
	for _, a := range h.got {
		ids = append(ids, a.id)
	}
	return ids
}

// host adds a host with an address, alternately of IPv4 and IPv6.
func (w *world) host(name string) *host {
	h := &host{w: w, id: w.net.AddNode(name, false)}
	i := uint32(h.id)
	ip := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
	if i%2 == 1 {
		six := ip.As16()
		six[0], six[10], six[11] = 0xfd, 0, 0
		ip = netip.AddrFrom16(six)
	}
	h.addr = w.net.Assign(h.id, ip)
	w.net.Attach(h.id, h)
	return h
}

// packet makes a packet of that size; IDs count from 1.
func (w *world) packet(from, to *host, size int32) *wire.Packet {
	w.sent++
	p := w.pool.Get()
	*p = wire.Packet{Src: from.addr, Dst: to.addr, Size: size, TTL: wire.DefaultTTL, ID: w.sent}
	return p
}

func (w *world) finish(t testing.TB) {
	t.Helper()
	if err := w.net.Finish(); err != nil {
		t.Fatal(err)
	}
}

// run runs to the end and holds the books.
func (w *world) run(t testing.TB) {
	t.Helper()
	w.sim.Run(des.Never)
	w.check(t)
	if w.net.Held() != 0 {
		t.Errorf("%d packets never left the network", w.net.Held())
	}
}

func (w *world) check(t testing.TB) {
	t.Helper()
	if err := w.net.Check(0); err != nil {
		t.Error(err)
	}
}

// pair is two hosts and one link from a to b.
func pair(t testing.TB, seed uint64, spec HalfSpec) (w *world, a, b *host, l *Link) {
	w = newWorld(seed)
	a, b = w.host("a"), w.host("b")
	l = w.net.Connect(LinkSpec{Name: "wire", A: a.id, B: b.id, Forward: spec})
	w.finish(t)
	return w, a, b, l
}

// at runs do at a time before the packets of that time.
func (w *world) at(t des.Time, do func(now des.Time)) {
	c := &call{do: do}
	owner := w.sim.Owner()
	c.ev.Bind(c, owner.Rank(des.Control))
	w.sim.At(&c.ev, t)
}

// after runs do at a time after the packets of that time.
func (w *world) after(t des.Time, do func(now des.Time)) {
	c := &call{do: do}
	owner := w.sim.Owner()
	c.ev.Bind(c, owner.Rank(des.Workload))
	w.sim.At(&c.ev, t)
}

type call struct {
	ev des.Event
	do func(now des.Time)
}

func (c *call) Fire(now des.Time) { c.do(now) }

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
