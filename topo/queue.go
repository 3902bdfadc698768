package topo

import (
	"math/rand/v2"
	"time"

	"netsim/des"
	"netsim/wire"
)

// Discipline decides which packets wait, which goes next, and which are dropped
// or marked. It belongs to one half of a link, chains packets by their Next
// ([List] does), and finds in their Time when they came. What it does not keep it
// gives to the queue's Drop. Any type with these two methods will do.
type Discipline interface {
	// Enqueue takes in p, which the queue has counted as waiting already.
	Enqueue(q *Queue, now des.Time, p *wire.Packet)
	// Dequeue gives away the next packet, nil if there is none.
	Dequeue(q *Queue, now des.Time) *wire.Packet
}

// Queue is a half's queue and transmitter where the decision is made when a packet
// leaves: one event for the end of a transmission, one for the arrival. That of
// the end is ranked with the control events: what leaves at t makes room for what
// comes at t.
type Queue struct {
	clock
	discipline Discipline
	half       *Half
	next       Sink
	ecn        bool
	sending    *wire.Packet
	began      des.Time // when that was
	waiting    List     // counts, not chains, what the discipline has
	newcomer   int32    // size of the last that came
	gauge      *Gauge
	done       des.Event
	trace      *opportunities // nil: the medium's rate
	draws      *rand.Rand

	in, delivered, carried uint64
}

// Receive puts p before the discipline, and sends what that gives away.
func (q *Queue) Receive(now des.Time, p *wire.Packet) {
	q.in++
	switch {
	case q.medium.down:
		q.half.drop(now, p, DropDown)
		return
	case p.Size > q.medium.mtu:
		q.half.drop(now, p, DropMTU)
		return
	}
	p.Time, p.Next, q.newcomer = now, nil, p.Size
	q.waiting.Packets++
	q.waiting.Bytes += int64(p.Size)
	if q.gauge != nil {
		q.gauge.enter(now, int64(p.Size))
	}
	q.discipline.Enqueue(q, now, p)
	q.start(now)
}

// start sends the next packet, if the link is free.
func (q *Queue) start(now des.Time) {
	if q.trace != nil {
		q.trace.await(q, now)
		return
	}
	if q.sending == nil && q.take(now) {
		q.medium.sim.At(&q.done, q.transmit(now, int64(q.sending.Size)))
	}
}

// take makes the next packet the one that is being sent.
func (q *Queue) take(now des.Time) bool {
	p := q.discipline.Dequeue(q, now)
	if p == nil {
		return false
	}
	q.waiting.Packets--
	q.waiting.Bytes -= int64(p.Size)
	q.sending, q.began = p, now
	if q.gauge != nil {
		q.gauge.send(now, 1)
		q.gauge.wait(now.Sub(p.Time))
	}
	return true
}

// Fire is the end of a transmission, or an opportunity for some.
func (q *Queue) Fire(now des.Time) {
	if q.trace != nil {
		q.trace.serve(q, now)
		return
	}
	q.deliver(now)
	q.start(now)
}

// deliver sends the packet that has left on its way.
func (q *Queue) deliver(now des.Time) {
	p := q.sending
	q.sending = nil
	q.delivered++
	q.carried += uint64(p.Size)
	if q.gauge != nil {
		q.gauge.leave(now, int64(p.Size))
		q.gauge.send(now, -1)
		q.gauge.stay(now.Sub(p.Time))
	}
	q.next.Receive(now, p)
}

// Drop is the end of a packet that waited, or was to.
func (q *Queue) Drop(now des.Time, p *wire.Packet) { q.discard(now, p, DropQueue) }

func (q *Queue) discard(now des.Time, p *wire.Packet, cause Cause) {
	q.waiting.Packets--
	q.waiting.Bytes -= int64(p.Size)
	if q.gauge != nil {
		q.gauge.leave(now, int64(p.Size))
	}
	q.half.drop(now, p, cause)
}

// Mark tells p of congestion instead of a drop, if the queue may and p's sender
// understands it (RFC 3168).
func (q *Queue) Mark(p *wire.Packet) bool { return q.ecn && q.half.mark(p) }

// Waiting returns the packets that wait, and their bytes: without the one being
// sent, with the one that is being enqueued.
func (q *Queue) Waiting() (packets, bytes int64) { return q.waiting.Packets, q.waiting.Bytes }

// Over reports whether more is held than the limit allows, the packet in
// transmission included.
func (q *Queue) Over(now des.Time) bool {
	l, packets, bytes := &q.medium.limit, q.waiting.Packets, q.waiting.Bytes
	if q.sending != nil {
		packets++
		bytes += int64(q.sending.Size)
	}
	return packets > l.Packets || bytes > l.Bytes || l.Time < never && q.wait(now) > l.Time
}

// never is no limit in time.
const never = 1<<63 - 1

// wait is how long the newcomer waits, if all that wait are sent before it.
func (q *Queue) wait(now des.Time) time.Duration {
	m, before := q.medium, q.waiting.Packets-1
	if before < 0 {
		return 0
	}
	bytes := q.waiting.Bytes - int64(q.newcomer) + before*int64(m.overhead)
	return max(0, q.free.Sub(now)) + time.Duration(uint64(max(0, bytes))*m.num/m.den)
}

// Span returns how long the transmission of size bytes takes; 0 where a trace
// says when.
func (q *Queue) Span(size int32) time.Duration { return q.medium.span(int64(size)) }

// Random returns the queue's random stream, made when first drawn from.
func (q *Queue) Random() *rand.Rand {
	if q.draws == nil {
		q.draws = q.half.link.net.stream("link." + q.half.Name() + ".queue")
	}
	return q.draws
}

func (q *Queue) held() uint64 {
	n := uint64(q.waiting.Packets)
	if q.sending != nil {
		n++
	}
	return n
}

// List is a chain of packets with its size.
type List struct {
	head, tail     *wire.Packet
	Packets, Bytes int64
}

// Push puts p at the end.
func (l *List) Push(p *wire.Packet) {
	p.Next = nil
	if l.head == nil {
		l.head = p
	} else {
		l.tail.Next = p
	}
	l.tail = p
	l.Packets++
	l.Bytes += int64(p.Size)
}

// Pop takes the first, nil if there is none.
func (l *List) Pop() *wire.Packet {
	p := l.head
	if p != nil {
		l.head, p.Next = p.Next, nil
		l.Packets--
		l.Bytes -= int64(p.Size)
	}
	return p
}

// DropTail serves in order and refuses what comes when the limit is reached. A
// half without a Discipline does the same at half the cost.
type DropTail struct{ list List }

// Enqueue takes p in while there is room.
func (d *DropTail) Enqueue(q *Queue, now des.Time, p *wire.Packet) {
	if q.Over(now) {
		q.Drop(now, p)
		return
	}
	d.list.Push(p)
}

// Dequeue gives away the first.
func (d *DropTail) Dequeue(*Queue, des.Time) *wire.Packet { return d.list.Pop() }
