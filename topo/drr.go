package topo

import (
	"netsim/des"
	"netsim/wire"
)

// DRR serves flows in rounds of Quantum bytes: what a packet was too large for is
// kept for the next round, so that no flow with packets waiting gets more than a
// quantum and a packet ahead of another (Shreedhar and Varghese 1996, deficit
// round robin). Flows are told apart by a hash into Flows queues. When the limit
// is reached, the head of the longest queue is dropped (McKenney's buffer
// stealing, which the paper uses).
//
// The zero DRR has 1500 B and 1024 queues.
type DRR struct {
	Quantum int64 // bytes
	Flows   int

	buckets buckets
	active  ring
	current *bucket // whose turn it is, at the head of active
}

// Enqueue puts p into the queue of its flow.
func (d *DRR) Enqueue(q *Queue, now des.Time, p *wire.Packet) {
	if d.Quantum == 0 {
		d.Quantum = 1500
	}
	if d.Flows == 0 {
		d.Flows = 1024
	}
	b := d.buckets.of(q, p, d.Flows)
	b.Push(p)
	if b.where == inNone {
		b.where, b.credit = inOld, 0
		d.active.push(b)
	}
	for q.Over(now) {
		fat := d.active.fattest(nil)
		if fat == nil || fat.head == nil {
			return // the one in transmission is the limit
		}
		q.Drop(now, fat.Pop())
	}
}

// Dequeue gives away a packet of the flow whose turn it is.
func (d *DRR) Dequeue(q *Queue, now des.Time) *wire.Packet {
	for d.active.head != nil {
		b := d.active.head
		if d.current != b {
			d.current = b
			b.credit += d.Quantum
		}
		if b.head != nil && int64(b.head.Size) <= b.credit {
			p := b.Pop()
			b.credit -= int64(p.Size)
			return p
		}
		d.current = nil
		d.active.pop()
		if b.head == nil {
			b.where = inNone
		} else {
			d.active.push(b)
		}
	}
	return nil
}
