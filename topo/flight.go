package topo

import (
	"time"

	"netsim/des"
	"netsim/dist"
	"netsim/wire"
)

// flight is the propagation of a half where it is more than a constant: drawn
// for each packet, changed while the network runs, or behind a queue that decides
// on departure. A packet gets its time of arrival when its last bit leaves, and
// keeps it.
//
// Unless it reorders, no packet arrives before one that left earlier: who would
// overtake arrives together with the one before, and behind it.
type flight struct {
	station
	delay   time.Duration
	jitter  dist.Dist // in addition, of each packet
	reorder bool

	head, tail *wire.Packet // on the way, in order, with their times of arrival
	arrive     des.Event
}

func (f *flight) Receive(now des.Time, p *wire.Packet) {
	f.in++
	delay, fixed := f.jitter.Fixed()
	if !fixed {
		delay = f.jitter.Draw(f.random())
	}
	span := f.delay + time.Duration(delay)
	if f.reorder {
		f.hold(now, p, f.in, span)
		return
	}
	f.held++
	f.add(now.Add(span), p)
}

// add puts p behind those on the way.
func (f *flight) add(at des.Time, p *wire.Packet) {
	p.Next = nil
	if f.head == nil {
		f.head = p
		f.half.link.net.sim.At(&f.arrive, at)
	} else {
		at = max(at, f.tail.Time)
		f.tail.Next = p
	}
	p.Time = at
	f.tail = p
}

// Fire brings the first to the other end.
func (f *flight) Fire(now des.Time) {
	p := f.head
	if f.head = p.Next; f.head != nil {
		f.half.link.net.sim.At(&f.arrive, f.head.Time)
	}
	f.held--
	f.pass(now, p)
}

// airborne returns the flight of the half, made of what is flying if it has none.
func (h *Half) airborne(now des.Time) *flight {
	m := h.beside()
	if m.flight != nil {
		return m.flight
	}
	f := &flight{station: station{half: h, name: "jitter"}, delay: h.Delay()}
	f.arrive.Bind(f, h.rank(des.Packet))
	m.flight = f
	if m.line != nil {
		f.next, m.line.next = m.line.next, f
		return f
	}
	q := &h.queue
	q.settle(now)
	f.next, q.next = q.next, f
	f.bytes, f.out = q.carried, q.delivered
	for q.head != q.leaving {
		p := q.head
		q.head = p.Next
		q.delivered++
		q.carried += uint64(p.Size)
		f.held++
		f.add(p.Time.Add(f.delay), p)
	}
	f.in = q.delivered
	h.amend(func(m *medium) { m.delay = 0 })
	q.expect()
	return f
}
