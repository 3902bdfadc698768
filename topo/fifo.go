package topo

import (
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
// The fields are in the order in which a packet touches them: with thousands of
// links most hops find them in no cache.
type fifo struct {
	clock
	head, leaving, tail *wire.Packet

	packets, bytes int64 // that have not left; too high until settle is called
	meter          *meter
	arrive         des.Event
	next           Sink
	in             uint64
	delivered      uint64
	carried        uint64 // bytes delivered
	half           *Half
}

// Receive puts p at the end of the queue, or drops it.
//
//go:noinline
func (f *fifo) Receive(now des.Time, p *wire.Packet) {
	f.in++
	m := f.medium
	size := int64(p.Size)
	if p.Size > m.mtu || f.full(now, size) {
		if cause, refused := f.refuse(now, p); refused {
			f.half.drop(now, p, cause)
			return
		}
	}
	f.packets++
	f.bytes += size
	wait := f.free.Sub(now)
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
	if f.meter != nil {
		f.meter.enter(now, p, max(0, wait))
	}
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

// refuse decides about a packet that looks too large or comes to a queue that
// looks full.
func (f *fifo) refuse(now des.Time, p *wire.Packet) (Cause, bool) {
	m := f.medium
	switch {
	case m.down:
		return DropDown, true
	case p.Size > m.mtu:
		return DropMTU, true
	}
	f.settle(now)
	return DropQueue, f.full(now, int64(p.Size))
}

// full reports whether the limit leaves no place for so many bytes.
func (f *fifo) full(now des.Time, size int64) bool {
	m := f.medium
	return f.packets >= m.limit.Packets || m.sized && (f.bytes > m.limit.Bytes-size || f.free.Sub(now) > m.limit.Time)
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
	if f.meter != nil {
		f.meter.leave(p.Time, int64(p.Size))
	}
}

// expect sets the event for the first that has not arrived.
func (f *fifo) expect() {
	if f.head == nil {
		f.medium.sim.Cancel(&f.arrive)
		return
	}
	f.medium.sim.At(&f.arrive, f.head.Time.Add(f.medium.delay))
}

// held counts the packets in the list.
func (f *fifo) held() (n uint64) {
	for p := f.head; p != nil; p = p.Next {
		n++
	}
	return n
}
