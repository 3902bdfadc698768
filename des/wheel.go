package des

import "math/bits"

// wheel keeps the events in slots of time. The ring's are the finest, and hold what is
// due within the next 17 ms. Above it stand levels of 64 slots: a slot of the lowest is
// as long as the ring, one of any other as long as the level below. When the clock comes
// to a slot of a level, what is in it goes down.
//
// The few events of a slot of the ring are in the order in which they fire; a slot with
// more is rough, and goes to the heap when the clock comes to it. Most timers are
// cancelled or moved before that, for the price of a link in a list. So the cost of an
// event does not grow with the number that wait.
type wheel struct {
	n      int
	cursor uint64                 // the slot that is looked at, counted from time 0
	words  uint64                 // a bit for each word of busy, of the ring's
	busy   [allSlots / 64]uint64  // a bit for each slot that holds something
	rough  [ringSlots / 64]uint64 // a bit for each that is
	roughs int                    // how many are
	first  [allSlots]*Event       // of each slot
}

const (
	spanBits  = 12 // a slot of the ring is 4.1 µs
	ringBits  = 12
	levelBits = 6

	ringSlots = 1 << ringBits
	turnBits  = spanBits + ringBits
	levels    = (63 - turnBits + levelBits - 1) / levelBits
	allSlots  = ringSlots + levels<<levelBits

	few = 4 // are kept in order
)

// add puts in an idle event that is not due before the slot that is looked at.
func (w *wheel) add(e *Event) {
	w.n++
	slot := uint64(e.when) >> spanBits
	if slot-w.cursor >= ringSlots {
		w.link(e, nil, w.above(e.when))
		return
	}
	i := slot % ringSlots
	w.words |= 1 << (i / 64)
	var after *Event
	if f := w.first[i]; f != nil && f.before(e) && !w.isRough(i) {
		after = w.last(f, e, i)
	}
	w.link(e, after, i)
}

func (w *wheel) isRough(i uint64) bool {
	return w.roughs > 0 && w.rough[i/64]>>(i%64)&1 != 0
}

// last returns the last event of a slot that fires before e, or, where that is not to
// be found soon, nil, and the slot is rough.
func (w *wheel) last(f, e *Event, i uint64) *Event {
	for range few {
		if f.next == nil || !f.next.before(e) {
			return f
		}
		f = f.next
	}
	w.rough[i/64] |= 1 << (i % 64)
	w.roughs++
	return nil
}

// link puts e into a slot, after another or first.
func (w *wheel) link(e, after *Event, i uint64) {
	e.place = ^int32(i)
	e.prev = after
	if after != nil {
		e.next, after.next = after.next, e
	} else {
		e.next, w.first[i] = w.first[i], e
		w.busy[i/64] |= 1 << (i % 64)
	}
	if e.next != nil {
		e.next.prev = e
	}
}

// pop takes out the first event of a slot.
func (w *wheel) pop(i uint64) *Event {
	w.n--
	e := w.first[i]
	w.first[i] = e.next
	if e.next != nil {
		e.next.prev = nil
	} else {
		w.empty(i)
	}
	return e
}

// remove takes e out.
func (w *wheel) remove(e *Event) {
	if e.prev == nil {
		w.pop(uint64(^e.place))
		return
	}
	w.n--
	e.prev.next = e.next
	if e.next != nil {
		e.next.prev = e.prev
	}
}

// empty marks a slot as such.
func (w *wheel) empty(i uint64) {
	left := w.busy[i/64] &^ (1 << (i % 64))
	w.busy[i/64] = left
	if left == 0 && i < ringSlots {
		w.words &^= 1 << (i / 64)
	}
	if i < ringSlots && w.isRough(i) {
		w.rough[i/64] &^= 1 << (i % 64)
		w.roughs--
	}
}

// next moves on to the first slot that holds something, and returns it; the wheel
// must not be empty.
func (w *wheel) next() (slot uint64) {
	for {
		i := w.cursor % ringSlots
		if ahead := w.busy[i/64] >> (i % 64); ahead != 0 {
			w.cursor += uint64(bits.TrailingZeros64(ahead))
			return w.cursor % ringSlots
		}
		if ahead := w.words &^ (2<<(i/64) - 1); ahead != 0 {
			word := uint64(bits.TrailingZeros64(ahead))
			w.cursor += word*64 + uint64(bits.TrailingZeros64(w.busy[word])) - i
			return w.cursor % ringSlots
		}
		if w.words != 0 {
			w.begin(w.turn() + 1)
		} else {
			w.begin(w.ahead())
		}
	}
}

// begins and until are the bounds of the slot that is looked at.
func (w *wheel) begins() Time { return Time(w.cursor << spanBits) }
func (w *wheel) until() Time  { return Time(min((w.cursor+1)<<spanBits, uint64(Never))) }

// turn is that of the ring, counted from time 0.
func (w *wheel) turn() uint64 { return w.cursor >> ringBits }

// above returns the slot of a level for a time that the ring does not reach: that of
// the highest digit in which its turn of the ring differs from the present one.
func (w *wheel) above(t Time) uint64 {
	turn := uint64(t) >> turnBits
	return slotOf(uint64(bits.Len64(turn^w.turn())-1)/levelBits, turn)
}

// slotOf returns the slot of the level in which the turn lies.
func slotOf(level, turn uint64) uint64 {
	return ringSlots + level<<levelBits + turn>>(level*levelBits)%(1<<levelBits)
}

// ahead returns the turn of the ring at which the first slot of a level begins that
// holds something. That is one of the lowest level that holds anything.
func (w *wheel) ahead() uint64 {
	level := uint64(0)
	for w.busy[ringSlots/64+level] == 0 {
		level++
	}
	shift := level * levelBits
	digit := uint64(bits.TrailingZeros64(w.busy[ringSlots/64+level]))
	return w.turn()>>(shift+levelBits)<<(shift+levelBits) | digit<<shift
}

// begin begins a turn of the ring and brings down what the levels have for it.
func (w *wheel) begin(turn uint64) {
	w.cursor = turn << ringBits
	for level := levels - 1; level >= 0; level-- {
		for e := w.take(slotOf(uint64(level), turn)); e != nil; {
			next := e.next
			w.n--
			w.add(e)
			e = next
		}
	}
}

// take empties a slot and returns its events, each with the next; they are still
// counted.
func (w *wheel) take(i uint64) *Event {
	e := w.first[i]
	if e != nil {
		w.first[i] = nil
		w.empty(i)
	}
	return e
}
