package des

import (
	"fmt"
	"math"
	"math/bits"
)

// A Handler is told when an event of its own comes due.
type Handler interface {
	Fire(now Time)
}

// Event is an appointment of its owner with the future. It is a field of the
// owner, set up once with Bind and reused for ever.
type Event struct {
	handler Handler
	when    Time
	rank    Rank
	place   int32 // index in the queue + 1; 0 is idle
}

// Bind gives the event its handler and its rank. The event must be idle.
func (e *Event) Bind(h Handler, r Rank) {
	if e.place != 0 {
		panic("des: Bind of a pending event")
	}
	e.handler, e.rank, e.when = h, r, Never
}

// Rank is the rank that the event is bound with.
func (e *Event) Rank() Rank { return e.rank }

// Pending reports whether the event has an appointment.
func (e *Event) Pending() bool { return e.place != 0 }

// Sim holds the events of one world in the order in which they fire. It is a
// 4-ary heap of values. While a handler runs, the root is an open hole, which
// the first event scheduled fills: most handlers schedule exactly one.
type Sim struct {
	now    Time
	queue  []entry // queue[:n] is the heap; at least four sentinels follow
	n      int
	hole   bool
	events uint64
	ties   Ties
	key    uint64
	owners uint64
}

type entry struct {
	when Time
	rank Rank
	ev   *Event
}

// sentinel is after every event: it fills the last, incomplete family of
// children, so that the least of four needs no bounds.
var sentinel = entry{when: math.MaxInt64, rank: math.MaxUint64}

// arity of the heap: the children of i are 4i+1 to 4i+4.
const arity = 4

// NewSim returns an empty Sim at time 0 with the given order of ties; seed
// matters only to Seeded.
func NewSim(ties Ties, seed uint64) *Sim {
	s := &Sim{ties: ties, key: seed*0x9e3779b97f4a7c15 + 0x632be59bd9b4e019}
	s.grow()
	return s
}

// Owner numbers the next component of the world.
func (s *Sim) Owner() Owner {
	if s.owners > ownerMask {
		panic("des: more than 2^28 owners")
	}
	number := s.owners
	s.owners++
	if s.ties == Seeded {
		number = permute(number, s.key)
	}
	return Owner{number: number, ties: s.ties}
}

// Now is the time of the event being handled.
func (s *Sim) Now() Time { return s.now }

// Events counts the events handled so far.
func (s *Sim) Events() uint64 { return s.events }

// Pending counts the appointments.
func (s *Sim) Pending() int {
	if s.hole {
		return s.n - 1
	}
	return s.n
}

// When is the time of e's appointment, Never if it has none.
func (s *Sim) When(e *Event) Time { return e.when }

// At schedules e at t, or moves it there. A time before now is a mistake of the
// caller.
func (s *Sim) At(e *Event, t Time) {
	if t < s.now {
		panic(fmt.Sprintf("des: an event scheduled at %v, before now, %v", t, s.now))
	}
	in := entry{t, e.rank, e}
	e.when = t
	switch {
	case e.place != 0:
		s.settle(int(e.place)-1, in)
	case s.hole:
		s.hole = false
		s.down(0, in)
	default:
		i := s.n
		s.n++
		if s.n+arity > len(s.queue) {
			s.grow()
		}
		s.up(i, in)
	}
}

// Cancel removes e's appointment, if it has one.
func (s *Sim) Cancel(e *Event) {
	if e.place == 0 {
		return
	}
	i := int(e.place) - 1
	e.place, e.when = 0, Never
	s.remove(i)
}

// Step handles the next event if it is due before the end, and reports whether
// it did.
func (s *Sim) Step(end Time) bool {
	root := &s.queue[0]
	if root.when >= end { // a sentinel, if nothing is pending
		return false
	}
	top := *root
	*root = entry{} // the hole: before everything, so nothing rises past it
	s.hole = true
	top.ev.place, top.ev.when = 0, Never
	s.now = top.when
	s.events++
	top.ev.handler.Fire(top.when)
	if s.hole {
		s.hole = false
		s.remove(0)
	}
	return true
}

// Steps handles the next n events as far as they are due before the end, and
// reports whether all n were.
func (s *Sim) Steps(n uint64, end Time) bool {
	for range n {
		if !s.Step(end) {
			return false
		}
	}
	return true
}

// Run handles every event before the end; the clock then stands at the last one
// handled.
func (s *Sim) Run(end Time) {
	for s.Step(end) {
	}
}

// remove closes the gap at i with the last entry.
func (s *Sim) remove(i int) {
	s.n--
	last := s.queue[s.n]
	s.queue[s.n] = sentinel
	if i < s.n {
		s.settle(i, last)
	}
}

// settle puts in at the gap i, or where order wants it from there.
func (s *Sim) settle(i int, in entry) {
	if i > 0 && before(&in, &s.queue[(i-1)/arity]) != 0 {
		s.up(i, in)
	} else {
		s.down(i, in)
	}
}

// up moves the gap at i towards the root until in fits.
func (s *Sim) up(i int, in entry) {
	q := s.queue
	for i > 0 {
		parent := (i - 1) / arity
		if before(&in, &q[parent]) == 0 {
			break
		}
		q[i] = q[parent]
		q[i].ev.place = int32(i + 1)
		i = parent
	}
	q[i] = in
	in.ev.place = int32(i + 1)
}

// down moves the gap at i towards the leaves until in fits.
func (s *Sim) down(i int, in entry) {
	q := s.queue
	for {
		first := i*arity + 1
		if first >= s.n {
			break
		}
		family := q[first : first+arity : first+arity]
		least := leastOfFour(family)
		child := &family[least]
		if before(child, &in) == 0 {
			break
		}
		q[i] = *child
		child.ev.place = int32(i + 1)
		i = first + least
	}
	q[i] = in
	in.ev.place = int32(i + 1)
}

// leastOfFour returns the index of the first to fire, without branches.
func leastOfFour(f []entry) int {
	_ = f[3]
	a := int(before(&f[1], &f[0]))
	b := 2 + int(before(&f[3], &f[2]))
	return a + (b-a)*int(before(&f[b&3], &f[a&3]))
}

// before is 1 if a fires before b, else 0: the borrow of (time, rank) as one
// number of 128 bits.
func before(a, b *entry) uint64 {
	_, borrow := bits.Sub64(uint64(a.rank), uint64(b.rank), 0)
	_, borrow = bits.Sub64(uint64(a.when), uint64(b.when), borrow)
	return borrow
}

// grow makes room for at least one more entry and its sentinels.
func (s *Sim) grow() {
	bigger := make([]entry, max(64, 2*len(s.queue)))
	copy(bigger, s.queue[:min(s.n, len(s.queue))])
	for i := min(s.n, len(s.queue)); i < len(bigger); i++ {
		bigger[i] = sentinel
	}
	s.queue = bigger
}
