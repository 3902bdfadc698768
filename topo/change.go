package topo

import (
	"time"

	"netsim/des"
	"netsim/dist"
	"netsim/wire"
)

// Setters change a half while the network runs. They are called from events of
// the class Control: what holds from t on holds for all that begins at t.

// SetRate changes the rate, in bit/s, 0 for unlimited. A packet in transmission
// leaves as it would have; those behind it are sent at the new rate.
func (h *Half) SetRate(now des.Time, rate int64) {
	was := h.queue.medium
	h.amend(func(m *medium) { m.setRate(rate) })
	if h.more != nil && h.more.line != nil {
		h.more.line.restart(now)
		return
	}
	f := &h.queue
	f.settle(now)
	p := f.leaving
	if p == nil {
		f.free, f.rest = min(f.free, now), 0
		return
	}
	f.rest = 0
	if f.free = now; p.Time.Add(-was.span(int64(p.Size))) < now { // it has begun to leave
		f.free, p = p.Time, p.Next
	}
	for ; p != nil; p = p.Next {
		p.Time = f.transmit(now, int64(p.Size))
	}
	f.expect()
	if f.meter != nil {
		f.meter.expect()
	}
}

// restart sends again, at the rate there is now, what began to be sent just now.
func (q *Queue) restart(now des.Time) {
	if q.sending != nil && q.began == now && q.trace == nil {
		q.free, q.rest = now, 0
		q.medium.sim.At(&q.done, q.transmit(now, int64(q.sending.Size)))
	}
}

// SetDelay changes the propagation delay of what leaves from now on; what flies
// arrives as it would have. Unless the half reorders, nobody is overtaken.
func (h *Half) SetDelay(now des.Time, delay time.Duration) { h.airborne(now).delay = delay }

// SetJitter changes the jitter of what leaves from now on.
func (h *Half) SetJitter(now des.Time, jitter dist.Dist) { h.airborne(now).jitter = jitter }

// SetLoss changes the probability of random loss. As the four below, it takes a
// half whose HalfSpec has Changes.
func (h *Half) SetLoss(p float64) { h.more.loss.probability = p }

// SetBursts changes the loss in bursts, nil for none. The chain begins anew, in its
// stationary distribution.
func (h *Half) SetBursts(g *GilbertElliott) {
	b := h.more.bursts
	if b.GilbertElliott, b.begun, b.bad = (GilbertElliott{}), false, false; g != nil {
		b.GilbertElliott = *g
	}
}

// SetScript changes the list of packets that are lost, nil for none; it counts them
// from the next one on.
func (h *Half) SetScript(list *Script) {
	s := h.more.script
	if s.Script, s.number, s.next = (Script{}), 0, 0; list != nil {
		s.Script = *list
	}
}

// SetCorrupt changes the probability of damage.
func (h *Half) SetCorrupt(p float64) { h.more.corruption.probability = p }

// SetDuplicate changes the probability of duplication.
func (h *Half) SetDuplicate(p float64) { h.more.duplication.probability = p }

// Up reports whether the half carries packets.
func (h *Half) Up() bool { return !h.queue.medium.down }

// SetUp takes the half out of service, or back. When it goes down, what waits and
// what is in transmission is lost, and so is what comes until it is up again; what
// has left is on its way and arrives.
func (h *Half) SetUp(now des.Time, up bool) {
	if up == h.Up() {
		return
	}
	limit := h.queue.medium.limit.Packets
	m := h.beside()
	if up {
		limit = m.limit
	} else {
		m.limit = limit
		limit = 0
	}
	h.amend(func(m *medium) { m.down, m.limit.Packets = !up, limit })
	switch {
	case up:
	case m.line != nil:
		m.line.cut(now)
	default:
		h.queue.cut(now)
	}
}

// amend changes the medium of this half alone.
func (h *Half) amend(change func(*medium)) {
	m := *h.queue.medium
	change(&m)
	h.queue.medium = h.link.net.share(m)
	if h.more != nil && h.more.line != nil {
		h.more.line.medium = h.queue.medium
	}
}

// cut loses all that has not left.
func (f *fifo) cut(now des.Time) {
	f.settle(now)
	p := f.leaving
	if p == nil {
		return
	}
	if f.head == p {
		f.head = nil
		f.expect()
	} else {
		for f.tail = f.head; f.tail.Next != p; {
			f.tail = f.tail.Next
		}
		f.tail.Next = nil
	}
	for p != nil {
		next := p.Next
		f.leaving = next
		f.packets--
		f.bytes -= int64(p.Size)
		if f.meter != nil {
			f.meter.leave(now, int64(p.Size))
		}
		f.half.drop(now, p, DropDown)
		p = next
	}
	f.free, f.rest = now, 0
	if f.meter != nil {
		f.meter.expect()
	}
}

// cut loses all that waits and what is in transmission.
func (q *Queue) cut(now des.Time) {
	if p := q.sending; p != nil {
		q.medium.sim.Cancel(&q.done)
		q.sending = nil
		if q.gauge != nil {
			q.gauge.leave(now, int64(p.Size))
			q.gauge.send(now, -1)
		}
		q.half.drop(now, p, DropDown)
	}
	for q.waiting.Packets > 0 {
		var p *wire.Packet
		if p = q.discipline.Dequeue(q, now); p == nil {
			break
		}
		q.discard(now, p, DropDown)
	}
	q.free, q.rest = now, 0
}
