package topo

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// FQCoDel gives each flow a queue of its own with CoDel in it, and serves the
// queues in rounds of Quantum bytes, those of new flows first: a flow that sends
// less than a quantum a round never waits behind others (RFC 8290). Flows are told
// apart by a hash into Flows queues. When the limit is reached, the head of the
// queue with the most bytes is dropped (section 4.1; Linux drops up to half of
// that queue at once, which saves it time and us nothing).
//
// The zero FQCoDel has the RFC's 5 ms, 100 ms, 1514 B and 1024 queues.
type FQCoDel struct {
	Target, Interval time.Duration
	Quantum          int64 // bytes
	Flows            int

	buckets  buckets
	new, old ring
}

// Enqueue puts p into the queue of its flow.
func (f *FQCoDel) Enqueue(q *Queue, now des.Time, p *wire.Packet) {
	if f.Quantum == 0 {
		f.Quantum = largest
	}
	if f.Flows == 0 {
		f.Flows = 1024
	}
	b := f.buckets.of(q, p, f.Flows)
	b.Push(p)
	if b.where == inNone {
		b.where, b.credit = inNew, f.Quantum
		f.new.push(b)
	}
	for q.Over(now) {
		fat := f.old.fattest(f.new.fattest(nil))
		if fat == nil || fat.head == nil {
			return // the one in transmission is the limit
		}
		q.Drop(now, fat.Pop())
	}
}

// Dequeue gives away a packet of the queue whose turn it is (section 4.2).
func (f *FQCoDel) Dequeue(q *Queue, now des.Time) *wire.Packet {
	for {
		from := &f.new
		if from.head == nil {
			if from = &f.old; from.head == nil {
				return nil
			}
		}
		b := from.head
		if b.credit <= 0 {
			b.credit += f.Quantum
			from.pop()
			f.retire(b)
			continue
		}
		p := b.state.dequeue(q, &b.List, now, times(f.Target, f.Interval))
		if p == nil {
			from.pop()
			if from == &f.new && f.old.head != nil {
				f.retire(b) // else it could be new again at once, and starve the others
			} else {
				b.where = inNone
			}
			continue
		}
		b.credit -= int64(p.Size)
		return p
	}
}

func (f *FQCoDel) retire(b *bucket) {
	b.where = inOld
	f.old.push(b)
}
