package topo

import (
	"math/bits"
	"time"

	"netsim/des"
	"netsim/wire"
)

// fifo is a half's queue, transmitter and propagation in one. It decides on
// arrival: a packet's departure is known when it comes, so packets wait chained
// in one list and only the arrival of the first is in the event queue. Two
// cursors run over the list: leaving, the first that has not finished leaving,
// and head, the first that has not arrived at the other end.
//
// A packet leaves when its last bit does. Departures at t precede arrivals at
// t: the place of a packet that leaves at t is free to one that comes at t. The
// limit counts every packet that has not finished leaving, the one in
// transmission included, so a limit of K packets is the K of M/M/1/K.
//
// Serialization is exact at any rate. The end of a transmission is a whole
// number of nanoseconds and a remainder; the packet leaves at the whole part,
// and the remainder is carried to the next packet if the link is still busy
// then. An idle link starts exact.
//
// The fields are in the order in which a packet touches them: with thousands of
// links most hops find them in no cache.
type fifo struct {
	medium              *medium
	head, leaving, tail *wire.Packet
	free                des.Time // when the last packet accepted has left
	rest                uint64   // and its remainder, in 1/medium.den ns

	packets, bytes int64 // that have not left; too high until settle is called
	arrive         des.Event
	next           Sink
	in             uint64
	delivered      uint64
	carried        uint64 // bytes delivered
	half           *Half
}

// medium holds what the halves of a group of links have in common.
type medium struct {
	sim      *des.Sim
	num, den uint64 // a byte takes num/den ns, in lowest terms
	rate     int64
	delay    time.Duration
	limit    Limit
	mtu      int32
	overhead int32
}

// Receive puts p at the end of the queue, or drops it.
func (f *fifo) Receive(now des.Time, p *wire.Packet) {
	f.in++
	m := f.medium
	size := int64(p.Size)
	if p.Size > m.mtu || f.packets >= m.limit.Packets || f.bytes > m.limit.Bytes-size {
		if cause, refused := f.refuse(now, p); refused {
			f.half.drop(now, p, cause)
			return
		}
	}
	f.packets++
	f.bytes += size
	p.Time = f.transmit(now, size)
	p.Next = nil
	if f.head == nil {
		f.head = p
		m.sim.At(&f.arrive, p.Time.Add(m.delay))
	} else {
		f.tail.Next = p
	}
	if f.leaving == nil {
		f.leaving = p
	}
	f.tail = p
}

// Fire brings the head to the other end. The next arrival is scheduled first:
// it fills the hole in the event queue that this event left.
func (f *fifo) Fire(now des.Time) {
	p := f.head
	if f.leaving == p {
		f.leave()
	}
	f.head = p.Next
	if f.head != nil {
		f.medium.sim.At(&f.arrive, f.head.Time.Add(f.medium.delay))
	}
	f.delivered++
	f.carried += uint64(p.Size)
	f.next.Receive(now, p)
}

// transmit starts sending size bytes when the link is free and returns when the
// last bit leaves. The product fits: at most 2^31 B of 8e9 ns each.
func (f *fifo) transmit(now des.Time, size int64) des.Time {
	m := f.medium
	work := uint64(size+int64(m.overhead)) * m.num
	start := f.free
	if start > now || start == now && f.rest > 0 {
		work += f.rest
	} else {
		start = now
	}
	if m.den != 1 {
		work, f.rest = work/m.den, work%m.den
	}
	f.free = start + des.Time(work)
	return f.free
}

// refuse decides about a packet that looks too large or comes to a queue that
// looks full.
func (f *fifo) refuse(now des.Time, p *wire.Packet) (Cause, bool) {
	m := f.medium
	if p.Size > m.mtu {
		return DropMTU, true
	}
	f.settle(now)
	return DropQueue, f.packets >= m.limit.Packets || f.bytes > m.limit.Bytes-int64(p.Size)
}

// settle moves the leaving cursor past what has left by now. The count is a
// bound from above meanwhile, which is all that Receive needs most of the time.
func (f *fifo) settle(now des.Time) {
	for f.leaving != nil && f.leaving.Time <= now {
		f.leave()
	}
}

func (f *fifo) leave() {
	p := f.leaving
	f.leaving = p.Next
	f.packets--
	f.bytes -= int64(p.Size)
}

// busy is how long packets have been in transmission, those that are still
// waiting for it included: as long as their bytes take.
func (f *fifo) busy() time.Duration {
	sum := f.carried + uint64(f.medium.overhead)*f.delivered
	for p := f.head; p != nil; p = p.Next {
		sum += uint64(p.Size) + uint64(f.medium.overhead)
	}
	hi, lo := bits.Mul64(sum, f.medium.num)
	span, _ := bits.Div64(hi, lo, f.medium.den)
	return time.Duration(span)
}

// held counts the packets in the list.
func (f *fifo) held() (n uint64) {
	for p := f.head; p != nil; p = p.Next {
		n++
	}
	return n
}
