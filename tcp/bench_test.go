package tcp

import (
	"testing"
	"time"
	"unsafe"

	"netsim/des"
	"netsim/wire"
)

// bulk is a transfer over a wire of the simplest kind: a ring of segments that
// arrive in the order in which they were sent, a round trip later.
type bulk struct {
	client, server Conn
	now            des.Time
	wire           [256]wire.Segment
	head, tail     int
	segments       int
	loses          func() bool // the text that is sent next; nil loses none
}

func newBulk(profile *Profile) *bulk {
	b := new(bulk)
	o := Opening{Profile: profile, MTU: 1500, Incarnation: wire.IncarnationOf(1, 1, 1)}
	b.client.Open(0, &o)
	o.Incarnation = wire.IncarnationOf(2, 2, 2)
	b.server.Listen(0, &o)
	b.send(&b.client)
	for range 5000 { // past slow start, in which the window grows
		b.step()
	}
	return b
}

func (b *bulk) send(c *Conn) {
	for b.head-b.tail < len(b.wire) && c.Emit(b.now, &b.wire[b.head%len(b.wire)]) {
		s := &b.wire[b.head%len(b.wire)]
		s.SrcPort = 1
		if c == &b.server {
			s.SrcPort = 2
		}
		if c != &b.client || s.Len == 0 || b.loses == nil || !b.loses() {
			b.head++
		}
	}
}

// step delivers one segment and sends what that leads to.
func (b *bulk) step() {
	s := &b.wire[b.tail%len(b.wire)]
	b.now += des.Time(12 * time.Microsecond)
	b.segments++
	b.tail++
	if s.SrcPort == 1 {
		b.server.Segment(b.now, s)
		b.server.News()
		b.server.Read(b.now)
		b.send(&b.server)
	} else {
		b.client.Segment(b.now, s)
		b.client.News()
		b.client.Write(b.now, 1<<20)
		b.send(&b.client)
	}
	for _, c := range []*Conn{&b.client, &b.server} {
		if c.Deadline() <= b.now {
			c.Timeout(b.now)
			b.send(c)
		}
	}
}

func bulkProfile() *Profile {
	p := Linux()
	p.ReceiveInitial, p.ReceiveWindow, p.SendBuffer = 65535, 200000, 200000
	return p
}

// An established transfer allocates nothing, nor does a connection that is
// opened again and again.
func TestNoAllocation(t *testing.T) {
	b := newBulk(bulkProfile())
	before := b.server.Stats().Delivered
	if n := testing.AllocsPerRun(2000, b.step); n != 0 {
		t.Errorf("%v allocations a segment", n)
	}
	if b.server.Stats().Delivered < before+500*1448 {
		t.Errorf("%d bytes delivered", b.server.Stats().Delivered-before)
	}
	l := lifecycle{o: Opening{Profile: Linux(), MTU: 1500}}
	if n := testing.AllocsPerRun(100, l.run); n != 0 {
		t.Errorf("%v allocations a connection", n)
	}
}

// What an open connection and a record in TIME-WAIT take.
func TestSize(t *testing.T) {
	if n := unsafe.Sizeof(Conn{}); n > 384 {
		t.Errorf("a connection takes %d bytes", n)
	}
	if n := unsafe.Sizeof(TimeWait{}); n > 40 {
		t.Errorf("a record in TIME-WAIT takes %d bytes", n)
	}
}

// One segment of a bulk transfer, text or ACK: heard, and what it leads to sent.
func BenchmarkSegment(b *testing.B) {
	bulk := newBulk(bulkProfile())
	b.ReportAllocs()
	for b.Loop() {
		bulk.step()
	}
}

// lifecycle is a connection from SYN to CLOSED with 200 bytes asked and 1000
// answered, over a wire that takes no time.
type lifecycle struct {
	o              Opening
	client, server Conn
	segment        wire.Segment
	now            des.Time
	segments       int
}

func (l *lifecycle) run() {
	l.server.Listen(l.now, &l.o)
	l.client.Open(l.now, &l.o)
	l.exchange()
	l.client.Write(l.now, 200)
	l.exchange()
	l.server.Read(l.now)
	l.server.Write(l.now, 1000)
	l.exchange()
	l.client.Read(l.now)
	l.client.Close(l.now)
	l.exchange()
	l.server.Close(l.now)
	l.exchange()
}

func (l *lifecycle) exchange() {
	for quiet := false; !quiet; {
		quiet = true
		for l.client.Emit(l.now, &l.segment) {
			l.server.Segment(l.now, &l.segment)
			quiet = false
			l.segments++
		}
		for l.server.Emit(l.now, &l.segment) {
			l.client.Segment(l.now, &l.segment)
			quiet = false
			l.segments++
		}
	}
}

// A whole connection: both ends, some ten segments.
func BenchmarkConnection(b *testing.B) {
	l := lifecycle{o: Opening{Profile: Linux(), MTU: 1500}}
	b.ReportAllocs()
	for b.Loop() {
		l.run()
	}
	if l.client.State() != TimeWaiting || l.server.State() != Closed {
		b.Fatalf("client %v, server %v", l.client.State(), l.server.State())
	}
	b.ReportMetric(float64(l.segments)/float64(b.N), "segments/op")
}
