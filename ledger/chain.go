package ledger

import "netsim/des"

// Link is a record's place in its chain, and what chains those that are free.
type Link struct {
	At         des.Time
	Next, Prev uint32 // 0 is none
}

// Shelf keeps the records of chains.
type Shelf interface {
	Link(i uint32) *Link
	// Due is told when the time of a record has come, which leaves its chain.
	Due(now des.Time, i uint32)
}

// Chain is records that wait equally long, soonest first. One event stands for its
// head, so ten million records cost one event.
type Chain struct {
	Head, Tail uint32
	Event      des.Event
	shelf      Shelf
	sim        *des.Sim
}

// Begin makes c an empty chain of the shelf's.
func (c *Chain) Begin(sim *des.Sim, s Shelf) {
	c.shelf, c.sim = s, sim
	owner := sim.Owner()
	c.Event.Bind(c, owner.Rank(des.Timer))
}

// Append puts a record at the end: its time comes after those of all the others. One
// whose time is des.Never waits until it is taken out.
func (c *Chain) Append(i uint32, at des.Time) {
	l := c.shelf.Link(i)
	l.At, l.Next, l.Prev = at, 0, c.Tail
	if c.Tail == 0 {
		c.Head = i
		c.expect(at)
	} else {
		c.shelf.Link(c.Tail).Next = i
	}
	c.Tail = i
}

// Unlink takes a record out; the event is left to ring early if it was the head.
func (c *Chain) Unlink(i uint32) {
	l := c.shelf.Link(i)
	if l.Prev == 0 {
		c.Head = l.Next
	} else {
		c.shelf.Link(l.Prev).Next = l.Next
	}
	if l.Next == 0 {
		c.Tail = l.Prev
	} else {
		c.shelf.Link(l.Next).Prev = l.Prev
	}
}

// Fire tells of what is due.
func (c *Chain) Fire(now des.Time) {
	for c.Head != 0 && c.shelf.Link(c.Head).At <= now {
		c.shelf.Due(now, c.Head)
	}
	if c.Head != 0 {
		c.expect(c.shelf.Link(c.Head).At)
	}
}

func (c *Chain) expect(at des.Time) {
	if at < des.Never {
		c.sim.At(&c.Event, at)
	}
}
