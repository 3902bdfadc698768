package metrics

import (
	"iter"
	"math"
	"math/big"
	"time"
)

// LevelResult is what a window of a Level saw, or several such windows pooled.
// Its statistics are weighted by time, and not-a-number if no time passed. The
// zero LevelResult has seen nothing; merging into it copies.
type LevelResult struct {
	span              uint64 // ns
	integral, squares Uint128
	base              uint64   // the least value that dense knows of
	dense             []uint64 // ns at base and each value above
	high              *high
	ends              Uint128
	pooled            uint64
}

// Merge adds the time o has seen. The result is the same in any order.
func (r *LevelResult) Merge(o *LevelResult) {
	r.span += o.span
	r.integral = r.integral.Add(o.integral)
	r.squares = r.squares.Add(o.squares)
	r.ends = r.ends.Add(o.ends)
	r.pooled += o.pooled
	r.cover(o.base, len(o.dense))
	for i, t := range o.dense {
		r.dense[o.base-r.base+uint64(i)] += t
	}
	switch {
	case o.high == nil:
	case r.high == nil:
		r.high = o.high.clone()
	default:
		r.high.merge(o.high)
	}
}

// cover makes dense reach over n values from base on.
func (r *LevelResult) cover(base uint64, n int) {
	switch {
	case n == 0:
		return
	case len(r.dense) == 0:
		r.base = base
	case base < r.base:
		r.dense = append(make([]uint64, r.base-base), r.dense...)
		r.base = base
	}
	if grow := int(base-r.base) + n - len(r.dense); grow > 0 {
		r.dense = append(r.dense, make([]uint64, grow)...)
	}
}

// Span returns the time seen.
func (r *LevelResult) Span() time.Duration { return time.Duration(r.span) }

// Integral returns the exact integral over time, in units x ns.
func (r *LevelResult) Integral() Uint128 { return r.integral }

// Squares returns the exact integral of the value squared, in units² x ns.
func (r *LevelResult) Squares() Uint128 { return r.squares }

// End returns the value at the end of the window, the mean over pooled ones.
func (r *LevelResult) End() float64 {
	if r.pooled == 0 {
		return math.NaN()
	}
	return ratio(r.ends.Big(), new(big.Int).SetUint64(r.pooled))
}

// Mean returns the integral divided by the span.
func (r *LevelResult) Mean() float64 {
	if r.span == 0 {
		return math.NaN()
	}
	return ratio(r.integral.Big(), r.nanoseconds())
}

// Variance returns the mean squared distance from the mean.
func (r *LevelResult) Variance() float64 {
	if r.span == 0 {
		return math.NaN()
	}
	span := r.nanoseconds()
	return ratio(spread(span, r.integral, r.squares), new(big.Int).Mul(span, span))
}

// SD returns the square root of the variance.
func (r *LevelResult) SD() float64 { return math.Sqrt(r.Variance()) }

// Dispersion returns variance / mean, which is 1 for a Poisson population.
func (r *LevelResult) Dispersion() float64 { return r.Variance() / r.Mean() }

func (r *LevelResult) nanoseconds() *big.Int { return new(big.Int).SetUint64(r.span) }

// Min returns the least value.
func (r *LevelResult) Min() float64 {
	for i, t := range r.dense {
		if t > 0 {
			return float64(r.base + uint64(i))
		}
	}
	if r.high != nil {
		return float64(r.high.min)
	}
	return math.NaN()
}

// Max returns the greatest value.
func (r *LevelResult) Max() float64 {
	if r.high != nil {
		return float64(r.high.max)
	}
	for i := len(r.dense) - 1; i >= 0; i-- {
		if r.dense[i] > 0 {
			return float64(r.base + uint64(i))
		}
	}
	return math.NaN()
}

// Steps yields the distribution of the value: values upwards, each with the time
// spent at or below it in ns. A slot of large values is given by its middle,
// moved between the extremes.
func (r *LevelResult) Steps() iter.Seq2[int64, uint64] {
	return func(yield func(int64, uint64) bool) {
		var below uint64
		for i, t := range r.dense {
			if t == 0 {
				continue
			}
			below += t
			if !yield(int64(r.base)+int64(i), below) {
				return
			}
		}
		if r.high == nil {
			return
		}
		for at, t := range r.high.slots.all() {
			if *t == 0 {
				continue
			}
			below += *t
			if !yield(int64(r.high.middle(at)), below) {
				return
			}
		}
	}
}

// middle returns the value that stands for a slot.
func (h *high) middle(slot uint) uint64 {
	return min(max(floor(slot)+width(slot)/2, h.min), h.max)
}

// Quantile returns the least value of Steps at or below which the level was for
// at least a share p of the time; the exact extremes for p <= 0 and p >= 1.
func (r *LevelResult) Quantile(p float64) float64 {
	switch {
	case r.span == 0 || math.IsNaN(p):
		return math.NaN()
	case p <= 0:
		return r.Min()
	case p >= 1:
		return r.Max()
	}
	return quantile(r.Steps(), rank(p, r.span))
}
