package host

import (
	"time"

	"netsim/des"
	"netsim/tcp"
)

// shelf keeps records without pointers that wait for a time each: TIME-WAIT and
// half-open requests.
type shelf interface {
	link(i uint32) *link
	// due is told when the time of a record has come, which leaves its chain.
	due(now des.Time, i uint32)
}

// link is a record's place in its chain.
type link struct {
	at         des.Time
	next, prev uint32 // 0 is none
}

// chain is the records that wait equally long, soonest first. One event stands for
// its head, so ten million records cost one event.
type chain struct {
	shelf      shelf
	sim        *des.Sim
	length     time.Duration
	tick       time.Duration // of the wheel by which it is rounded up; 0: it is exact
	number     uint32        // among the chains of its shelf
	head, tail uint32
	event      des.Event
}

// due is when a wait that begins now is over.
func (c *chain) due(now des.Time) des.Time { return tcp.After(now, c.length, c.tick) }

// chains are those of a shelf, one for each length of wait in use.
type chains []*chain

// of returns the chain of that length and tick.
func (all *chains) of(sim *des.Sim, s shelf, length, tick time.Duration) *chain {
	for _, c := range *all {
		if c.length == length && c.tick == tick {
			return c
		}
	}
	c := &chain{shelf: s, sim: sim, length: length, tick: tick, number: uint32(len(*all))}
	owner := sim.Owner()
	c.event.Bind(c, owner.Rank(des.Timer))
	*all = append(*all, c)
	return c
}

// append puts a record at the end, where it belongs: all wait equally long.
func (c *chain) append(now des.Time, i uint32) { c.appendUntil(now, i, c.due(now)) }

// appendUntil puts a record at the end that is due at a time, after all the others.
func (c *chain) appendUntil(now des.Time, i uint32, at des.Time) {
	l := c.shelf.link(i)
	l.at, l.next, l.prev = at, 0, c.tail
	if c.tail == 0 {
		c.head = i
		if c.length < forever {
			c.sim.At(&c.event, l.at)
		}
	} else {
		c.shelf.link(c.tail).next = i
	}
	c.tail = i
}

// unlink takes a record out; the event is left to ring early if it was the head.
func (c *chain) unlink(i uint32) {
	l := c.shelf.link(i)
	if l.prev == 0 {
		c.head = l.next
	} else {
		c.shelf.link(l.prev).next = l.next
	}
	if l.next == 0 {
		c.tail = l.prev
	} else {
		c.shelf.link(l.next).prev = l.prev
	}
}

// Fire tells of what is due.
func (c *chain) Fire(now des.Time) {
	for c.head != 0 && c.shelf.link(c.head).at <= now {
		c.shelf.due(now, c.head)
	}
	if c.head != 0 {
		c.sim.At(&c.event, c.shelf.link(c.head).at)
	}
}

// slab is records in chunks, numbered from 1.
type slab[T any] struct {
	chunks []*[1 << chunkBits]T
	made   uint32 // ever, and record 0, which is none
}

const chunkBits = 12

func (s *slab[T]) at(i uint32) *T { return &s.chunks[i>>chunkBits][i&(1<<chunkBits-1)] }

// grow makes one more record.
func (s *slab[T]) grow() uint32 {
	s.made = max(s.made, 1)
	if int(s.made>>chunkBits) == len(s.chunks) {
		s.chunks = append(s.chunks, new([1 << chunkBits]T))
	}
	s.made++
	return s.made - 1
}
