package topo

import (
	"net/netip"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// listener is an end system that notes the reports it gets.
type listener struct {
	*host
	reports []wire.Packet
}

func (l *listener) Receive(now des.Time, p *wire.Packet) {
	if p.Report != wire.NoReport {
		l.reports = append(l.reports, *p)
	}
	l.host.Receive(now, p)
}

// reported is a sender and a receiver around two routers that report, the link
// between them of 1000 B packets only; nobody is attached to the host vacant.
func reported(t *testing.T, how Reporting) (w *world, from *listener, to, vacant *host, routers [2]NodeID, addresses [2]wire.Addr) {
	w = newWorld(1)
	from = &listener{host: w.host("from")}
	routers[0] = w.net.AddNode("near", true)
	to = w.host("to")
	routers[1] = w.net.AddNode("far", true)
	vacant = w.host("vacant")
	for i := range routers {
		addresses[i] = w.net.Assign(routers[i], netip.AddrFrom4([4]byte{10, 9, 9, byte(i)}))
	}
	w.net.Connect(LinkSpec{Name: "in", A: from.id, B: routers[0]})
	w.net.Connect(LinkSpec{Name: "mid", A: routers[0], B: routers[1], Forward: HalfSpec{MTU: 1000, Delay: time.Millisecond}})
	w.net.Connect(LinkSpec{Name: "out", A: routers[1], B: to.id})
	w.net.Connect(LinkSpec{Name: "aside", A: routers[1], B: vacant.id})
	w.finish(t)
	w.net.Attach(from.id, from)
	w.net.Attach(vacant.id, nil)
	for i, r := range routers {
		w.net.Report(r, how, addresses[i])
	}
	return w, from, to, vacant, routers, addresses
}

// A router tells the sender what it could not deliver, why, and what would fit:
// from its own address, about the segment that was sent, once for each packet
// (RFC 1812 section 4.3, RFC 1191 section 4).
func TestReports(t *testing.T) {
	w, from, to, vacant, _, routers := reported(t, Reporting{})
	lost := w.net.book.Add(netip.MustParseAddr("192.0.2.1"))
	for _, c := range []struct {
		name string
		dst  wire.Addr
		size int32
		ttl  uint8
		want wire.Report
		by   wire.Addr
		mtu  uint16
	}{
		{"too big", to.addr, 1001, 64, wire.TooBig, routers[0], 1000},
		{"fits", to.addr, 1000, 64, wire.NoReport, wire.Addr{}, 0},
		{"travelled too far", to.addr, 100, 2, wire.TimeExceeded, routers[1], 0},
		{"too far at the first", to.addr, 100, 1, wire.TimeExceeded, routers[0], 0},
		{"no route", lost, 100, 64, wire.NetUnreachable, routers[0], 0},
		{"nobody there", vacant.addr, 100, 64, wire.HostUnreachable, routers[1], 0},
		{"to the router", routers[1], 100, 64, wire.PortUnreachable, routers[1], 0},
	} {
		from.reports = nil
		p := w.packet(from.host, to, c.size)
		p.Dst, p.TTL = c.dst, c.ttl
		p.Segment.SrcPort, p.Segment.DstPort, p.Segment.Seq = 4000, 80, wire.SeqOf(77)
		w.net.Send(from.id).Receive(w.sim.Now(), p)
		w.run(t)
		if c.want == wire.NoReport {
			if len(from.reports) != 0 || len(to.got) != 1 {
				t.Errorf("%s: %d reports, %d delivered", c.name, len(from.reports), len(to.got))
			}
			continue
		}
		if len(from.reports) != 1 {
			t.Errorf("%s: %d reports", c.name, len(from.reports))
			continue
		}
		r := from.reports[0]
		if r.Report != c.want || r.Src != c.by || r.About != c.dst || r.Segment.SrcPort != 4000 || r.Segment.Seq != wire.SeqOf(77) || c.mtu != 0 && r.MTU != c.mtu {
			t.Errorf("%s: %v from %v about %v, MTU %d; want %v from %v about %v, MTU %d", c.name, r.Report, r.Src, r.About, r.MTU, c.want, c.by, c.dst, c.mtu)
		}
	}
}

// Nothing is reported on a report, on a datagram, or in a family in which the
// router has no address; silent routers drop.
func TestNoReports(t *testing.T) {
	w, from, to, _, routers, _ := reported(t, Reporting{})
	for _, change := range []func(p *wire.Packet){
		func(p *wire.Packet) { p.Report = wire.HostUnreachable },
		func(p *wire.Packet) { p.Segment.Marks = wire.Datagram },
		func(p *wire.Packet) { w.net.nodes[routers[0]].core.voice = nil },
	} {
		p := w.packet(from.host, to, 100)
		p.TTL = 1
		change(p)
		w.net.Send(from.id).Receive(w.sim.Now(), p)
		w.run(t)
	}
	if len(from.reports) != 0 {
		t.Errorf("%d reports", len(from.reports))
	}
	six, _, l, m := func() (*world, *Network, *host, *host) {
		w := newWorld(1)
		w.net.AddNode("", false)
		a := w.host("a") // of IPv6
		r := w.net.AddNode("r", true)
		b := w.host("b")
		w.net.Connect(LinkSpec{Name: "1", A: a.id, B: r})
		w.net.Connect(LinkSpec{Name: "2", A: r, B: b.id})
		four := w.net.Assign(r, netip.MustParseAddr("10.9.9.9"))
		w.finish(t)
		w.net.Report(r, Reporting{}, four)
		return w, w.net, a, b
	}()
	p := six.packet(l, m, 100)
	p.TTL = 1
	six.net.Send(l.id).Receive(0, p)
	six.run(t)
	if len(l.got) != 0 {
		t.Error("a report of IPv6 from an address of IPv4")
	}
}

// The rate of reports is bounded, but for those of TooBig: of many packets at once
// the burst is reported, of a steady stream one for each gap.
func TestReportRate(t *testing.T) {
	w, from, to, _, routers, _ := reported(t, Reporting{Gap: 10 * time.Millisecond, Burst: 5})
	send := func(size int32, ttl uint8) func(des.Time) {
		return func(now des.Time) {
			p := w.packet(from.host, to, size)
			p.TTL = ttl
			w.net.Send(from.id).Receive(now, p)
		}
	}
	for range 20 {
		w.at(0, send(100, 1))
		w.at(0, send(1400, 64))
	}
	w.run(t)
	if n := len(from.reports); n != 25 {
		t.Errorf("of 20 packets at once and 20 too big %d were reported, want 5 and 20", n)
	}
	from.reports = nil
	for i := range 1000 { // one a millisecond, after the burst is whole again
		w.at(des.Time(time.Second)+des.Time(i)*des.Time(time.Millisecond), send(100, 1))
	}
	w.run(t)
	if n := len(from.reports); n != 4+100 {
		t.Errorf("in a second %d reports, want the burst and 100", n)
	}
	if sent, held := w.net.Reports(routers[0]); sent != 25+104 || held != 15+896 {
		t.Errorf("%d sent, %d held back", sent, held)
	}
}
