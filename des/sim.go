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
	next    *Event // in its slot of the wheel
	prev    *Event
	place   int32 // in the heap; 0 is idle, below 0 it is in the wheel
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

// before reports whether e fires before o.
func (e *Event) before(o *Event) bool {
	return e.when < o.when || e.when == o.when && e.rank < o.rank
}

// Pending reports whether the event has an appointment.
func (e *Event) Pending() bool { return e.place != 0 }

// Sim holds the events of one world in the order in which they fire: in a wheel, and
// what is due before the limit in a heap of values. That is the slot of the wheel that
// the clock is in, where it holds more than a few. While a handler runs whose event was
// in the heap, the root is an open hole, which the first event that belongs there fills.
//
// The heap is 4-ary and stands in families of siblings: place p is the one of
// number p%4 in family p/4, its children are family p-2, and the root is place 3,
// alone in family 0.
type Sim struct {
	now    Time
	heap   []family
	end    uint // the first place that is free; at least one more family follows
	hole   bool
	events uint64
	ties   Ties
	key    uint64
	owners uint64
	limit  Time // of the heap: what is due later is in the wheel
	wheel  wheel
}

type family [4]entry

type entry struct {
	when Time
	rank Rank
	ev   *Event
}

const root = 3

// sentinel is after every event: it fills the families that are not complete, so
// that the least of four needs no bounds.
var sentinel = entry{when: math.MaxInt64, rank: math.MaxUint64}

// NewSim returns an empty Sim at time 0 with the given order of ties; seed
// matters only to Seeded.
func NewSim(ties Ties, seed uint64) *Sim {
	s := &Sim{ties: ties, key: seed*0x9e3779b97f4a7c15 + 0x632be59bd9b4e019, end: root}
	s.heap = []family{{sentinel, sentinel, sentinel, sentinel}}
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
	n := int(s.end-root) + s.wheel.n
	if s.hole {
		n--
	}
	return n
}

// When is the time of e's appointment, Never if it has none.
func (s *Sim) When(e *Event) Time { return e.when }

// At schedules e at t, or moves it there. A time before now is a mistake of the
// caller.
//
//go:noinline
func (s *Sim) At(e *Event, t Time) {
	if t < s.now {
		s.late(t)
	}
	if e.place != 0 {
		s.take(e)
	}
	e.when = t
	switch {
	case t >= s.limit:
		s.wheel.add(e)
	case s.hole:
		s.hole = false
		s.down(root, entry{t, e.rank, e})
	default:
		s.push(entry{t, e.rank, e})
	}
}

func (s *Sim) late(t Time) {
	panic(fmt.Sprintf("des: an event scheduled at %v, before now, %v", t, s.now))
}

// take takes e out of where it waits.
func (s *Sim) take(e *Event) {
	if e.place < 0 {
		s.wheel.remove(e)
	} else {
		s.remove(uint(e.place))
	}
}

// push adds to the heap what is not in it.
func (s *Sim) push(in entry) {
	s.end++
	if s.end/4+1 >= uint(len(s.heap)) {
		s.grow()
	}
	s.up(s.end-1, in)
}

// Cancel removes e's appointment, if it has one.
func (s *Sim) Cancel(e *Event) {
	if e.place == 0 {
		return
	}
	s.take(e)
	e.place, e.when = 0, Never
}

// Step handles the next event if it is due before the end, and reports whether
// it did.
func (s *Sim) Step(end Time) bool {
	w := &s.wheel
	if s.end != root || w.n == 0 {
		return s.sorted(end)
	}
	slot := w.next()
	if w.isRough(slot) {
		s.sort(slot)
		return s.sorted(end)
	}
	s.limit = w.begins()
	if w.first[slot].when >= end {
		return false
	}
	s.fire(w.pop(slot))
	return true
}

// sort brings the slot that is looked at into the heap.
func (s *Sim) sort(slot uint64) {
	s.limit = s.wheel.until()
	for e := s.wheel.take(slot); e != nil; {
		next := e.next
		s.wheel.n--
		s.push(entry{e.when, e.rank, e})
		e = next
	}
}

// sorted is Step where the next event is in the heap, if there is one.
func (s *Sim) sorted(end Time) bool {
	first := &s.heap[0][root]
	if first.when >= end { // a sentinel, if nothing is pending
		return false
	}
	first.when, first.rank = 0, 0 // the hole: before everything, so nothing rises past it
	s.hole = true
	s.fire(first.ev)
	if s.hole {
		s.hole = false
		s.remove(root)
	}
	return true
}

func (s *Sim) fire(e *Event) {
	s.now = e.when
	e.place, e.when = 0, Never
	s.events++
	e.handler.Fire(s.now)
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

// remove closes the gap at p with the last entry.
func (s *Sim) remove(p uint) {
	s.end--
	place := s.at(s.end)
	last := *place
	*place = sentinel
	if p < s.end {
		s.settle(p, last)
	}
}

func (s *Sim) at(p uint) *entry { return &s.heap[p/4][p%4] }

// settle puts in at the gap p, or where order wants it from there.
func (s *Sim) settle(p uint, in entry) {
	if p > root && before(&in, s.at(p/4+2)) != 0 {
		s.up(p, in)
	} else {
		s.down(p, in)
	}
}

// up moves the gap at p towards the root until in fits.
func (s *Sim) up(p uint, in entry) {
	gap := s.at(p)
	for p > root {
		parent := s.at(p/4 + 2)
		if before(&in, parent) == 0 {
			break
		}
		*gap = *parent
		gap.ev.place = int32(p)
		p, gap = p/4+2, parent
	}
	*gap = in
	in.ev.place = int32(p)
}

// down moves the gap at p towards the leaves until in fits. The first of four
// children is found without branches.
func (s *Sim) down(p uint, in entry) {
	gap := s.at(p)
	heap := s.heap[:s.end/4+1]
	for p-2 < uint(len(heap)) {
		f := &heap[p-2]
		a := before(&f[1], &f[0])
		b := 2 + before(&f[3], &f[2])
		least := a + (b-a)*before(&f[b&3], &f[a&3])
		child := &f[least&3]
		if before(child, &in) == 0 {
			break
		}
		*gap = *child
		gap.ev.place = int32(p)
		p, gap = 4*(p-2)+uint(least), child
	}
	*gap = in
	in.ev.place = int32(p)
}

// before is 1 if a fires before b, else 0: the borrow of (time, rank) as one
// number of 128 bits.
func before(a, b *entry) uint64 {
	_, borrow := bits.Sub64(uint64(a.rank), uint64(b.rank), 0)
	_, borrow = bits.Sub64(uint64(a.when), uint64(b.when), borrow)
	return borrow
}

// grow makes room.
func (s *Sim) grow() {
	for range max(16, len(s.heap)) {
		s.heap = append(s.heap, family{sentinel, sentinel, sentinel, sentinel})
	}
}
