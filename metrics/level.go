package metrics

import (
	"math/bits"

	"netsim/des"
)

// denseLimit bounds the values whose time a Level keeps exactly, one by one.
const denseLimit = 1 << 16

// Level records a value at every time: connections in a state, bytes queued.
//
// Between two changes the level holds its value; of several changes at one time
// only the last counts, a value held for no time was never there. Times must not
// go back, values not below zero: both panic.
//
// What is recorded is the time spent at each value, hence every time-weighted
// statistic exactly: below 65536 in a slice as long as the highest value seen,
// above that in slots of 1/1024 of the value (with exact integrals, but rounded
// quantiles). That is at most 512 KiB, and 8 KiB for each octave above.
//
// The zero Level has held 0 since time 0 and its window is open.
type Level struct {
	value int64
	last  des.Time // accounted until here; Never when closed
	start des.Time // of the window
	end   des.Time // of the window, when closed
	final int64    // value at the end, when closed
	dense []uint64 // ns at each value
	high  *high    // time at values from denseLimit up
}

// high is the time spent at large values, with its exact integrals.
type high struct {
	slots             octaves[uint64]
	integral, squares Uint128
	min, max          uint64
}

// Value returns the present value.
func (l *Level) Value() int64 { return l.value }

// Set changes the value to v at now.
func (l *Level) Set(now des.Time, v int64) {
	if v < 0 {
		panic("metrics: negative level")
	}
	if span := now - l.last; span > 0 && uint64(l.value) < uint64(len(l.dense)) {
		l.dense[l.value] += uint64(span)
		l.last = now
	} else {
		l.hold(now)
	}
	l.value = v
}

// Add changes the value by d at now.
func (l *Level) Add(now des.Time, d int64) { l.Set(now, l.value+d) }

// Open starts the measurement at now and forgets what was before.
func (l *Level) Open(now des.Time) {
	if l.last != des.Never && now < l.last {
		panic("metrics: window opened in the past")
	}
	clear(l.dense)
	l.high = nil
	l.start, l.last = now, now
}

// Close ends the measurement at now, which is not part of it. Later changes
// alter Value, and nothing else.
func (l *Level) Close(now des.Time) {
	if l.last == des.Never {
		return
	}
	l.hold(now)
	l.end, l.final = now, l.value
	l.last = des.Never
}

// hold accounts the time since the last change to the present value.
func (l *Level) hold(now des.Time) {
	switch {
	case now == l.last || l.last == des.Never:
		return
	case now < l.last:
		panic("metrics: level changed in the past")
	}
	v, span := uint64(l.value), uint64(now-l.last)
	l.last = now
	if v >= denseLimit {
		l.holdHigh(v, span)
		return
	}
	if v >= uint64(len(l.dense)) {
		grown := make([]uint64, 1<<max(3, bits.Len64(v)))
		copy(grown, l.dense)
		l.dense = grown
	}
	l.dense[v] += span
}

func (l *Level) holdHigh(v, span uint64) {
	if l.high == nil {
		l.high = &high{min: v}
	}
	h := l.high
	h.integral = h.integral.Add(Mul64(v, span))
	h.squares = h.squares.Add(Mul64(v, v).Mul(span))
	h.min, h.max = min(h.min, v), max(h.max, v)
	*h.slots.at(slotOf(v)) += span
}

// Result returns what the window saw: until its end or, while it is open, until
// the last change.
func (l *Level) Result() *LevelResult {
	end, final := l.last, l.value
	if end == des.Never {
		end, final = l.end, l.final
	}
	r := &LevelResult{span: uint64(end - l.start), ends: Uint128{0, uint64(final)}, pooled: 1}
	low, top := 0, len(l.dense)
	for low < top && l.dense[low] == 0 {
		low++
	}
	for low < top && l.dense[top-1] == 0 {
		top--
	}
	if low < top {
		r.base, r.dense = uint64(low), append([]uint64(nil), l.dense[low:top]...)
	}
	if l.high != nil {
		r.high = l.high.clone()
	}
	r.integrate()
	return r
}

// integrate sums what is known of each value.
func (r *LevelResult) integrate() {
	for i, t := range r.dense {
		v := r.base + uint64(i)
		r.integral = r.integral.Add(Mul64(v, t))
		r.squares = r.squares.Add(Mul64(v*v, t))
	}
	if r.high != nil {
		r.integral = r.integral.Add(r.high.integral)
		r.squares = r.squares.Add(r.high.squares)
	}
}

func (h *high) clone() *high {
	c := *h
	c.slots = h.slots.clone()
	return &c
}

func (h *high) merge(o *high) {
	h.integral = h.integral.Add(o.integral)
	h.squares = h.squares.Add(o.squares)
	h.min, h.max = min(h.min, o.min), max(h.max, o.max)
	for at, t := range o.slots.all() {
		*h.slots.at(at) += *t
	}
}
