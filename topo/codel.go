package topo

import (
	"math"
	"time"

	"netsim/des"
	"netsim/wire"
)

// CoDel drops, or marks, at the head of the queue once packets have waited longer
// than Target for a whole Interval, then ever more often, by the square root of
// the drops, until they no longer do (RFC 8289). The zero CoDel has the RFC's 5 ms
// and 100 ms.
//
// A mark stands for a drop and the marked packet goes out, as in Linux; RFC 8289
// has no ECN of its own.
type CoDel struct {
	Target, Interval time.Duration

	list  List
	state codel
}

// Enqueue takes p in while there is room.
func (c *CoDel) Enqueue(q *Queue, now des.Time, p *wire.Packet) {
	if q.Over(now) {
		q.Drop(now, p)
		return
	}
	c.list.Push(p)
}

// Dequeue drops what has waited too long, and gives away the next.
func (c *CoDel) Dequeue(q *Queue, now des.Time) *wire.Packet {
	return c.state.dequeue(q, &c.list, now, times(c.Target, c.Interval))
}

// codelTimes are the two constants of CoDel.
type codelTimes struct{ target, interval time.Duration }

func times(target, interval time.Duration) codelTimes {
	if target == 0 {
		target = 5 * time.Millisecond
	}
	if interval == 0 {
		interval = 100 * time.Millisecond
	}
	return codelTimes{target, interval}
}

// codel is the state of RFC 8289 section 5.3, with its names.
type codel struct {
	firstAbove des.Time // when the wait will have been too long for an interval; 0: it is not
	dropNext   des.Time
	count      uint32 // drops since dropping began
	lastCount  uint32 // count when it last began
	dropping   bool
}

// largest is a packet's: a queue of no more than one is no standing queue.
const largest = 1514

// dequeue is deque() of section 5.5.
func (c *codel) dequeue(q *Queue, l *List, now des.Time, t codelTimes) *wire.Packet {
	p, ok := c.pop(l, now, t)
	switch {
	case c.dropping && !ok:
		c.dropping = false
	case c.dropping:
		for now >= c.dropNext && c.dropping {
			c.count++
			if q.Mark(p) {
				c.dropNext = t.next(c.dropNext, c.count)
				return p
			}
			q.Drop(now, p)
			if p, ok = c.pop(l, now, t); !ok {
				c.dropping = false
			} else {
				c.dropNext = t.next(c.dropNext, c.count)
			}
		}
	case ok:
		if !q.Mark(p) {
			q.Drop(now, p)
			p, _ = c.pop(l, now, t)
		}
		c.begin(now, t)
	}
	return p
}

// begin enters the dropping state; one that ended only recently goes on near the
// rate it had.
func (c *codel) begin(now des.Time, t codelTimes) {
	c.dropping = true
	delta := c.count - c.lastCount
	c.count = 1
	if delta > 1 && now.Sub(c.dropNext) < 16*t.interval {
		c.count = delta
	}
	c.dropNext = t.next(now, c.count)
	c.lastCount = c.count
}

// pop is dodequeue(): the next packet, and whether it may be dropped.
func (c *codel) pop(l *List, now des.Time, t codelTimes) (p *wire.Packet, ok bool) {
	p = l.Pop()
	if p == nil {
		c.firstAbove = 0
		return nil, false
	}
	switch {
	case now.Sub(p.Time) < t.target || l.Bytes <= largest:
		c.firstAbove = 0
	case c.firstAbove == 0:
		c.firstAbove = now.Add(t.interval)
	default:
		ok = now >= c.firstAbove
	}
	return p, ok
}

// next is control_law(): square root and quotient are exact to the last bit
// everywhere.
func (t codelTimes) next(from des.Time, count uint32) des.Time {
	return from.Add(time.Duration(float64(t.interval) / math.Sqrt(float64(count))))
}
