package metrics

import (
	"math"

	"netsim/des"
)

// Hold accounts for what was until now, so that Result knows of it, and goes on.
func (l *Level) Hold(now des.Time) {
	if l.last != des.Never {
		l.hold(now)
	}
}

// Since is what r has seen beyond an earlier result of the same level.
func (r *LevelResult) Since(o *LevelResult) *LevelResult {
	d := &LevelResult{span: r.span - o.span, base: r.base, dense: append([]uint64(nil), r.dense...), ends: r.ends, pooled: 1}
	for i, t := range o.dense {
		d.dense[o.base+uint64(i)-d.base] -= t
	}
	for len(d.dense) > 0 && d.dense[0] == 0 {
		d.base, d.dense = d.base+1, d.dense[1:]
	}
	for len(d.dense) > 0 && d.dense[len(d.dense)-1] == 0 {
		d.dense = d.dense[:len(d.dense)-1]
	}
	if r.high != nil {
		d.high = r.high.since(o.high)
	}
	d.integrate()
	return d
}

// since is what h has seen beyond an earlier state of it; its extremes are known to
// the width of their slots. It is nil if there is nothing.
func (h *high) since(o *high) *high {
	d := h.clone()
	if o != nil {
		d.integral, d.squares = d.integral.Sub(o.integral), d.squares.Sub(o.squares)
		for at, t := range o.slots.all() {
			*d.slots.at(at) -= *t
		}
	}
	d.min, d.max = math.MaxUint64, 0
	for at, t := range d.slots.all() {
		if *t > 0 {
			d.min, d.max = min(d.min, max(floor(at), h.min)), floor(at)
		}
	}
	if d.max == 0 {
		return nil
	}
	return d
}

// Since are the cases of s beyond those of an earlier state of it. Their extremes are
// known to the width of their slots.
func (s *Sample) Since(o *Sample) *Sample {
	d := new(Sample)
	d.Merge(s)
	d.n -= o.n
	d.squares = d.squares.Sub(o.squares)
	for at, t := range o.cells() {
		mine := d.slot(at)
		mine.n -= t.n
		mine.excess -= t.excess
	}
	d.min, d.max = 0, 0
	first := true
	for at, t := range d.cells() {
		v := uint64(t.mean(floor(at)))
		if first {
			d.min, first = v, false
		}
		d.max = v
	}
	return d
}
