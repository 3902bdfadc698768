package des

// wheel keeps the events that are not due soon, unordered, in slots of equal
// spans of time. Most timers are cancelled or moved long before they would fire:
// they never see the heap, which so stays small. When a slot's time has come,
// what is left in it goes there.
type wheel struct {
	slots [slots][]*Event
	n     int
	begin Time // of the next slot to be emptied: the wheel's are from here on
}

// A slot is 67 ms, longer than most packets are on a link, and a turn 4.3 s.
const (
	slotBits = 26
	slotSpan = Time(1) << slotBits
	slots    = 64
)

func (w *wheel) slot(t Time) *[]*Event { return &w.slots[t>>slotBits%slots] }

// covers reports whether t is of one of the slots.
func (w *wheel) covers(t Time) bool { return t >= w.begin && t-w.begin < slots*slotSpan }

// add puts in an idle event. A negative place is one in the wheel.
func (w *wheel) add(e *Event) {
	slot := w.slot(e.when)
	*slot = append(*slot, e)
	e.place = -int32(len(*slot))
	w.n++
}

// remove takes e out, and the last of its slot takes its place.
func (w *wheel) remove(e *Event) {
	slot := w.slot(e.when)
	last := (*slot)[len(*slot)-1]
	*slot = (*slot)[:len(*slot)-1]
	(*slot)[:cap(*slot)][-e.place-1] = last
	last.place = e.place
	e.place = 0
	w.n--
}

// turn empties slots into the heap until its first event is before what is left.
func (s *Sim) turn() {
	w := &s.wheel
	for w.n > 0 && s.heap[0][root].when >= w.begin {
		slot := w.slot(w.begin)
		w.begin += slotSpan
		w.n -= len(*slot)
		for _, e := range *slot {
			s.push(entry{e.when, e.rank, e})
		}
		*slot = (*slot)[:0]
	}
	if t := s.heap[0][root].when; w.n == 0 && t >= w.begin && t < Never-2*slotSpan {
		w.begin = t&^(slotSpan-1) + slotSpan
	}
}
