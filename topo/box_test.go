package topo

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"netsim/des"
	"netsim/wire"
)

// sieve is a box that passes every other packet on.
type sieve struct {
	net         *Network
	node        NodeID
	onward      Sink
	in, refused int
	tell        wire.Report
	fault       error
}

func (s *sieve) Check() error { return s.fault }

func (s *sieve) Receive(now des.Time, p *wire.Packet) {
	if s.in++; s.in%2 == 0 && p.Report == wire.NoReport {
		s.refused++
		s.net.Filter(now, s.node, p, s.tell)
		return
	}
	s.onward.Receive(now, p)
}

// A box takes what comes to its router, and only that; what it refuses is told to
// observers and, if it wants, to the sender.
func TestBox(t *testing.T) {
	w, from, to, _, routers, addresses := reported(t, Reporting{})
	b := &sieve{net: w.net, node: routers[0], tell: wire.Prohibited}
	b.onward = w.net.Interpose(routers[0], b)
	var drops []drop
	w.net.Observe(observer{&drops})
	for range 10 {
		w.net.Send(from.id).Receive(w.sim.Now(), w.packet(from.host, to, 100))
		w.run(t)
	}
	if b.in != 10 || len(to.got) != 5 || len(drops) != 5 || drops[0].cause != DropFiltered || drops[0].at != nil {
		t.Errorf("%d came to the box, %d arrived, drops %v", b.in, len(to.got), drops)
	}
	if len(from.reports) != 5 || from.reports[0].Report != wire.Prohibited || from.reports[0].Src != addresses[0] {
		t.Errorf("reports %v", from.reports)
	}
	p := w.packet(from.host, to, 1400) // passes the box, and not the link behind it
	w.net.Send(from.id).Receive(w.sim.Now(), p)
	w.run(t)
	if n := len(from.reports); n != 6 || from.reports[5].Report != wire.TooBig || b.in != 12 {
		t.Errorf("%d reports; %d packets came to the box, with the report on what it let pass 12", n, b.in)
	}
	b.fault = errors.New("lost one")
	if err := w.net.Check(0); !errors.Is(err, b.fault) {
		t.Errorf("the books of the box are not looked at: %v", err)
	}
}

// A server with several links takes, of what is handed to it on one of them, what
// is for itself and for an address that is shared; it answers by the other.
func TestShared(t *testing.T) {
	for _, share := range []bool{false, true} {
		w := newWorld(1)
		client, server := w.host("client"), w.host("server")
		front, back := w.net.AddNode("front", true), w.net.AddNode("back", true)
		service := w.net.Assign(front, netip.MustParseAddr("192.0.2.1"))
		for i, ends := range [][2]NodeID{{client.id, front}, {front, server.id}, {server.id, back}, {back, front}} {
			w.net.Connect(LinkSpec{Name: fmt.Sprint("l", i), A: ends[0], B: ends[1]})
		}
		w.finish(t)
		if share {
			w.net.Share(service)
		}
		out, ok := w.net.Direct(front, server.id)
		if _, far := w.net.Direct(front, server.id+100); !ok || far {
			t.Fatalf("direct links: %v to the server, %v to nobody", ok, far)
		}
		p := w.packet(client, server, 100)
		p.Dst = service
		out.Receive(0, p)
		w.run(t)
		if got := len(server.got) == 1; got != share {
			t.Errorf("shared %v, and the server took it %v", share, got)
		}
	}
}
