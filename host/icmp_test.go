package host

import (
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// A link of 1000 bytes behind the router is found by the first connection's first
// full segments, and known to those after it for ten minutes (RFC 1191, RFC 8201).
func TestPathMTUIsFoundAndKept(t *testing.T) {
	w := newWorldOf(t, 1, des.PacketsFirst, func(i int) (a, b topo.HalfSpec) {
		if i == 1 {
			return line(), topo.HalfSpec{Delay: hop, MTU: 1000}
		}
		return line(), line()
	}, linux(func(p *tcp.Profile) { p.TimeWait = time.Second }), tcp.Linux())
	w.net.Report(0, topo.Reporting{}, w.hosts[1].address)
	w.listen(1, 80, tcp.Unlimited, each(func() App {
		return &user{t: t, do: func(now des.Time, s *Socket, n tcp.News) {
			if n&tcp.EndOfData != 0 && n&(tcp.Ended|tcp.Failed) == 0 {
				s.Close(now)
			}
		}}
	}))
	var largest []int // segments that each connection sent
	w.keep = true
	for _, at := range []time.Duration{0, 5 * time.Minute, 16 * time.Minute} {
		w.at(at, func(now des.Time) {
			w.sent = nil
			w.must(w.connect(now, 0, 1, &user{t: t, do: func(now des.Time, s *Socket, n tcp.News) {
				if n&tcp.Connected != 0 {
					s.Write(now, 20_000)
					s.Close(now)
				}
				if n&tcp.Ended != 0 {
					var most uint32
					for _, seg := range w.by(0) {
						most = max(most, seg.seg.Len)
					}
					largest = append(largest, int(most))
				}
			}}))
		})
	}
	w.finish()
	if want := []int{1448, 948, 1448}; len(largest) != 3 || largest[0] != want[0] || largest[1] != want[1] || largest[2] != want[2] {
		t.Errorf("largest segments %v, want %v", largest, want)
	}
	if n := w.tallies[0].Reports; n < 2 {
		t.Errorf("%d reports came", n)
	}
}

// A report on a connection that is over, waits in TIME-WAIT, or never was, is put
// back and does nothing (MUST-54 is about connections).
func TestReportsOnNothing(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	w.listen(1, 80, tcp.Unlimited, w.callees())
	var port uint16
	report := func(port uint16) {
		p := w.pool.Get()
		p.Src, p.Dst = w.hosts[0].address, w.hosts[1].address
		p.Segment = wire.Segment{SrcPort: port, DstPort: 80}
		p.Return(wire.PortUnreachable, w.hosts[1].address, 0)
		w.hosts[0].Receive(w.sim.Now(), p)
	}
	w.at(0, func(now des.Time) {
		s := w.must(w.connect(now, 0, 1, w.caller()))
		port, _ = s.Ports()
		report(port + 2)
	})
	w.at(time.Second, func(des.Time) {
		if w.tallies[0].Count[tcp.TimeWaiting].Value() != 1 {
			t.Error("nothing in TIME-WAIT")
		}
		report(port)
	})
	w.finish()
	if w.tallies[0].Reports != 2 || w.tallies[0].Left[Expired] != 1 {
		t.Errorf("%d reports, left %v", w.tallies[0].Reports, w.tallies[0].Left)
	}
}

// On Linux a report on the SYN fails the connect(), after a round trip to the
// router; one on the SYN,ACK frees the request's place.
func TestReportDuringOpening(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
	w.keep = true
	y := w.listen(1, 80, 4, w.callees())
	var told tcp.News
	w.at(0, func(now des.Time) {
		w.must(w.connect(now, 0, 1, &user{t: t, do: func(_ des.Time, _ *Socket, n tcp.News) { told |= n }}))
	})
	w.at(2*hop, func(now des.Time) { // the SYN,ACK has just left
		for _, i := range []int{1, 0} {
			p := w.pool.Get()
			p.Src, p.Dst = w.hosts[i].address, w.hosts[1-i].address
			for _, s := range w.sent {
				if s.by == w.hosts[i].node {
					p.Segment = wire.Segment{SrcPort: s.seg.SrcPort, DstPort: s.seg.DstPort, Seq: s.seg.Seq}
				}
			}
			p.Return(wire.HostUnreachable, w.hosts[1-i].address, 0)
			w.hosts[i].Receive(now, p)
		}
		if y.HalfOpen.Value() != 0 || y.Accepted != 0 {
			t.Errorf("%d requests, %d accepted", y.HalfOpen.Value(), y.Accepted)
		}
	})
	w.finish()
	if told != tcp.Unreachable {
		t.Errorf("told %b", told)
	}
}
