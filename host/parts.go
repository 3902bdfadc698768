package host

import (
	"reflect"

	"netsim/metrics"
)

// Part returns a new tally for some hosts of the group alone. What they record is
// the group's too: levels at every time, counts when the window closes.
func (t *Tally) Part() *Tally {
	p := &Tally{Bytes: t.Bytes, from: t.from, until: t.until, of: t}
	if t.Memory != nil {
		p.Memory = new(metrics.Level)
	}
	if t.Queues != nil {
		p.Queues = new(QueueTally)
	}
	t.parts = append(t.parts, p)
	return p
}

// Parts are all of them, in the order they were made.
func (t *Tally) Parts() []*Tally { return t.parts }

// gather sums what the parts have counted.
func (t *Tally) gather() {
	if len(t.parts) == 0 {
		return
	}
	t.Counters = Counters{}
	for _, p := range t.parts {
		addCounts(reflect.ValueOf(&t.Counters).Elem(), reflect.ValueOf(&p.Counters).Elem())
	}
}

// Part returns a new tally for some listeners of those alone that t is of, as
// [Tally.Part] does.
func (t *ListenerTally) Part() *ListenerTally {
	p := &ListenerTally{of: t}
	t.parts = append(t.parts, p)
	return p
}

// Parts are all of them, in the order they were made.
func (t *ListenerTally) Parts() []*ListenerTally { return t.parts }

// Counted is what has been counted so far, in the parts too.
func (t *ListenerTally) Counted() *ListenerCounters {
	t.gather()
	return &t.ListenerCounters
}

func (t *ListenerTally) gather() {
	if len(t.parts) == 0 {
		return
	}
	t.ListenerCounters = ListenerCounters{}
	for _, p := range t.parts {
		addCounts(reflect.ValueOf(&t.ListenerCounters).Elem(), reflect.ValueOf(&p.ListenerCounters).Elem())
	}
}

// addCounts adds every number of a struct to that of another.
func addCounts(to, from reflect.Value) {
	switch to.Kind() {
	case reflect.Uint64:
		to.SetUint(to.Uint() + from.Uint())
	case reflect.Array:
		for i := range to.Len() {
			addCounts(to.Index(i), from.Index(i))
		}
	case reflect.Struct:
		for i := range to.NumField() {
			addCounts(to.Field(i), from.Field(i))
		}
	}
}
