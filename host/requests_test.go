package host

import (
	"runtime"
	"testing"
	"time"
	"unsafe"

	"netsim/des"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// A flood of SYNs makes records and not sockets: 128 bytes each, and their
// place in the table. The SYN,ACKs are sent six times, and after 63 s all is as it
// was.
func TestFlood(t *testing.T) {
	if size := unsafe.Sizeof(request{}); size > 128 {
		t.Errorf("a request is %d bytes", size)
	}
	const n = 3 << 15 // the table is full
	instant := func(int) (a, b topo.HalfSpec) { return }
	w := newWorldOf(t, 1, des.PacketsFirst, instant, tcp.Linux())
	y := w.listen(0, 80, tcp.Unlimited, w.callees())
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range n {
		w.stranger(0, i)
		w.sim.Run(w.sim.Now() + 1) // the SYN,ACK leaves, and ends at the router
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if each := float64(after.HeapAlloc-before.HeapAlloc) / float64(n); each > 128+3*8 {
		t.Errorf("%.1f bytes for each request", each)
	}
	if w.stack.Sockets() != 1 || y.HalfOpen.Value() != int64(n) {
		t.Errorf("%d sockets, %d requests", w.stack.Sockets(), y.HalfOpen.Value())
	}
	w.run(62 * time.Second)
	if w.stack.Packets() != uint64(6*n) {
		t.Errorf("%d SYN,ACKs for %d SYNs", w.stack.Packets(), n)
	}
	w.finish()
	if y.HalfOpen.Value() != 0 {
		t.Errorf("%d requests left", y.HalfOpen.Value())
	}
}

// The first few half-open connections of a listener are sockets, and only those
// beyond are records. They stay what they are, and a listener that stops forgets
// both.
func TestFewRequests(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux())
	w.stack.atHand = 2
	l, err := w.hosts[0].Listen(80, 8, w.callees(), new(ListenerTally))
	if err != nil {
		t.Fatal(err)
	}
	w.at(0, func(now des.Time) {
		for i := range 5 {
			w.stranger(now, i)
		}
	})
	for _, at := range []time.Duration{time.Millisecond, 1500 * time.Millisecond, 2500 * time.Millisecond} { // the SYN,ACKs are sent again
		w.at(at, func(now des.Time) {
			if l.HalfOpen.Value() != 5 || w.stack.requests.held != 3 || w.stack.Sockets() != 3 {
				t.Errorf("at %v %d are half-open, %d of them records; %d sockets", now, l.HalfOpen.Value(), w.stack.requests.held, w.stack.Sockets())
			}
		})
	}
	w.at(3*time.Second, func(now des.Time) {
		l.Stop(now)
		if l.HalfOpen.Value() != 0 || w.stack.requests.held != 0 {
			t.Errorf("stopped: %d are half-open, %d of them records", l.HalfOpen.Value(), w.stack.requests.held)
		}
	})
	w.finish()
}

// stranger is a SYN from an address that nobody has.
func (w *world) stranger(now des.Time, i int) {
	p := w.pool.Get()
	p.Segment = wire.Segment{SrcPort: uint16(i), DstPort: 80, Flags: wire.SYN}
	p.Src, p.Dst = wire.AddrOf(uint32(100+i>>16)), w.hosts[0].address
	p.Measure()
	w.hosts[0].Receive(now, p)
}

// Who comes back to a request finds it as it was: in one table with sockets and
// TIME-WAIT, through ports and hosts, and nothing is allocated for it.
func TestRequestsAllocateNothing(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux())
	w.listen(0, 80, tcp.Unlimited, w.callees())
	s := wire.Segment{SrcPort: 9, DstPort: 80, Flags: wire.SYN}
	handshake := func() {
		for _, flags := range []wire.Flags{wire.SYN, wire.SYN, wire.RST} {
			p := w.pool.Get()
			p.Segment = s
			p.Segment.Flags = flags
			if flags == wire.RST {
				p.Segment.Seq = s.Seq.Add(1)
			}
			p.Src, p.Dst = wire.AddrOf(99), w.hosts[0].address
			p.Measure()
			w.hosts[0].Receive(w.sim.Now(), p)
			w.sim.Run(w.sim.Now() + 1e9/4)
		}
		s.Seq = s.Seq.Add(1000)
	}
	for range 100 {
		handshake()
	}
	if n := testing.AllocsPerRun(100, handshake); n != 0 {
		t.Errorf("%v allocations", n)
	}
	w.finish()
}

// Whether half-open connections are sockets or requests nobody can tell.
func TestAtHand(t *testing.T) {
	segments := func(condense bool) (digest string) {
		w := newWorld(t, 2, topo.HalfSpec{Rate: 1e6, Delay: 20 * time.Millisecond, Loss: .2}, tcp.Linux(), tcp.Linux())
		if condense {
			w.stack.Condense()
		}
		w.listen(1, 80, 8, w.callees())
		for i := range 40 {
			u := w.idle()
			w.at(time.Duration(i)*50*time.Millisecond, func(now des.Time) { w.must(w.connect(now, 0, 1, u)) })
		}
		w.run(90 * time.Second)
		return w.digest.Sum()
	}
	if a, b := segments(false), segments(true); a != b {
		t.Errorf("the packets of sockets are %s, those of requests %s", a, b)
	}
}
