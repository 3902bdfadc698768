package des

// wheel keeps the events that are not due soon, unordered, in slots of equal
// spans of time. Most timers are cancelled or moved long before they would fire:
// they never see the heap, which so stays small. When a slot's time has come,
// what is left in it goes there.
type wheel struct {
	slots  [slots]uint32 // the first waiter of each, 0 is none
	waiter []waiter      // number 0 is none
	free   uint32        // chained through next
	n      int
	begin  Time // of the next slot to be emptied: the wheel's are from here on
}

// waiter is an event in the wheel.
type waiter struct {
	ev         *Event
	next, prev uint32
}

// A slot is 67 ms, longer than most packets are on a link, and a turn 4.3 s.
const (
	slotBits = 26
	slotSpan = Time(1) << slotBits
	slots    = 64
)

func (w *wheel) slot(t Time) *uint32 { return &w.slots[uint64(t)>>slotBits%slots] }

// covers reports whether t is of one of the slots.
func (w *wheel) covers(t Time) bool { return uint64(t-w.begin) < uint64(slots*slotSpan) }

// add puts in an idle event. A negative place is one in the wheel.
func (w *wheel) add(e *Event) {
	i := w.free
	if i != 0 {
		w.free = w.waiter[i].next
	} else {
		i = w.grow()
	}
	first := w.slot(e.when)
	w.waiter[i] = waiter{ev: e, next: *first}
	w.waiter[*first].prev = i
	*first = i
	e.place = -int32(i)
	w.n++
}

func (w *wheel) grow() uint32 {
	if len(w.waiter) == 0 {
		w.waiter = make([]waiter, 1, 64)
	}
	w.waiter = append(w.waiter, waiter{})
	return uint32(len(w.waiter) - 1)
}

// remove takes e out.
func (w *wheel) remove(e *Event) {
	i := uint32(-e.place)
	at := &w.waiter[i]
	if at.prev == 0 {
		*w.slot(e.when) = at.next
	} else {
		w.waiter[at.prev].next = at.next
	}
	w.waiter[at.next].prev = at.prev
	w.drop(i)
	e.place = 0
}

// drop gives the place of a waiter back.
func (w *wheel) drop(i uint32) {
	w.waiter[i] = waiter{next: w.free}
	w.free = i
	w.n--
}

// turn empties slots into the heap until its first event is before what is left.
func (s *Sim) turn() {
	w := &s.wheel
	for w.n > 0 && s.heap[0][root].when >= w.begin {
		slot := w.slot(w.begin)
		w.begin += slotSpan
		for i := *slot; i != 0; {
			e, next := w.waiter[i].ev, w.waiter[i].next
			w.drop(i)
			s.push(entry{e.when, e.rank, e})
			i = next
		}
		*slot = 0
	}
	if t := s.heap[0][root].when; w.n == 0 && t >= w.begin && t < Never-2*slotSpan {
		w.begin = t&^(slotSpan-1) + slotSpan
	}
}
