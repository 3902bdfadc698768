package metrics

import (
	"iter"
	"math"
	"math/big"
)

// Sample records a value per case: nanoseconds, bytes or a count, from 0 up.
//
// Number, sum, sum of squares and extremes are exact. The distribution is kept
// in slots whose width is at most 1/1024 of their value, and exactly below 2048;
// a slot reports the mean of what fell into it, so cases that are alike (a
// handshake that waited for one retransmission of a SYN) are reported to the
// unit.
//
// The zero Sample is empty and ready.
type Sample struct {
	n, min, max uint64
	slots       octaves[tally]
	squares     Uint128
	packed      []packed // instead of slots, of a sample that was read
}

// packed is a slot that holds something.
type packed struct {
	at uint
	tally
}

// tally counts the values of a slot and sums their distance from its floor.
type tally struct{ n, excess uint64 }

// mean returns the mean value of a slot, rounded to the unit.
func (t tally) mean(floor uint64) int64 { return int64(floor + (t.excess+t.n/2)/t.n) }

// Record adds a case. It panics on a negative value.
//
//go:noinline
func (s *Sample) Record(v int64) {
	if v < 0 {
		panic("metrics: negative value in a sample")
	}
	u := uint64(v)
	if s.n == 0 || u < s.min {
		s.min = u
	}
	s.max = max(s.max, u)
	s.n++
	s.squares = s.squares.Add(Mul64(u, u))
	slot, excess := locate(u)
	t := s.slots.find(slot)
	if t == nil {
		t = s.slot(slot)
	}
	t.n++
	t.excess += excess
}

// slot returns a slot that can be written.
func (s *Sample) slot(at uint) *tally {
	if s.packed != nil {
		s.unpack()
	}
	return s.slots.at(at)
}

// sum is that of all cases, exactly.
func (s *Sample) sum() (sum Uint128) {
	for at, t := range s.cells() {
		sum = sum.Add(Mul64(floor(at), t.n)).Add(Uint128{0, t.excess})
	}
	return sum
}

// Merge adds the cases of o. The result is the same in any order.
func (s *Sample) Merge(o *Sample) {
	if o.n == 0 {
		return
	}
	if s.n == 0 || o.min < s.min {
		s.min = o.min
	}
	s.max = max(s.max, o.max)
	s.n += o.n
	s.squares = s.squares.Add(o.squares)
	for at, t := range o.cells() {
		mine := s.slot(at)
		mine.n += t.n
		mine.excess += t.excess
	}
}

// cells yields the slots that hold something, upwards.
func (s *Sample) cells() iter.Seq2[uint, tally] {
	return func(yield func(uint, tally) bool) {
		for _, p := range s.packed {
			if !yield(p.at, p.tally) {
				return
			}
		}
		for at, t := range s.slots.all() {
			if t.n > 0 && !yield(at, *t) {
				return
			}
		}
	}
}

// unpack makes a sample that was read ready to take more.
func (s *Sample) unpack() {
	for _, p := range s.packed {
		*s.slots.at(p.at) = p.tally
	}
	s.packed = nil
}

// Reset forgets every case, and keeps the memory.
func (s *Sample) Reset() {
	for _, block := range s.slots {
		if block != nil {
			clear(block[:])
		}
	}
	*s = Sample{slots: s.slots}
}

// N returns the number of cases.
func (s *Sample) N() uint64 { return s.n }

// Mean returns the mean value.
func (s *Sample) Mean() float64 {
	if s.n == 0 {
		return math.NaN()
	}
	return ratio(s.sum().Big(), s.count())
}

// Variance returns the unbiased estimate of the variance, which takes two cases.
func (s *Sample) Variance() float64 {
	if s.n < 2 {
		return math.NaN()
	}
	n := s.count()
	pairs := new(big.Int).Mul(n, new(big.Int).SetUint64(s.n-1))
	return ratio(spread(n, s.sum(), s.squares), pairs)
}

// SD returns the square root of the variance.
func (s *Sample) SD() float64 { return math.Sqrt(s.Variance()) }

// Min returns the least value.
func (s *Sample) Min() float64 { return s.extreme(s.min) }

// Max returns the greatest value.
func (s *Sample) Max() float64 { return s.extreme(s.max) }

func (s *Sample) extreme(v uint64) float64 {
	if s.n == 0 {
		return math.NaN()
	}
	return float64(v)
}

func (s *Sample) count() *big.Int { return new(big.Int).SetUint64(s.n) }

// Steps yields the distribution function: values upwards, each with the number
// of cases at or below it.
func (s *Sample) Steps() iter.Seq2[int64, uint64] {
	return func(yield func(int64, uint64) bool) {
		var below uint64
		for at, t := range s.cells() {
			below += t.n
			if !yield(t.mean(floor(at)), below) {
				return
			}
		}
	}
}

// Quantile returns the least value of Steps with at least a share p of the cases
// at or below it; the exact extremes for p <= 0 and p >= 1.
func (s *Sample) Quantile(p float64) float64 {
	switch {
	case s.n == 0 || math.IsNaN(p):
		return math.NaN()
	case p <= 0:
		return s.Min()
	case p >= 1:
		return s.Max()
	}
	return quantile(s.Steps(), rank(p, s.n))
}

// CDF returns the share of cases at or below x, by the values of Steps.
func (s *Sample) CDF(x int64) float64 {
	if s.n == 0 {
		return math.NaN()
	}
	var at uint64
	for v, below := range s.Steps() {
		if v > x {
			break
		}
		at = below
	}
	return float64(at) / float64(s.n)
}

// Above returns the share of cases above x.
func (s *Sample) Above(x int64) float64 { return 1 - s.CDF(x) }

// quantile returns the first value that has `least` at or below it.
func quantile(steps iter.Seq2[int64, uint64], least uint64) float64 {
	for v, below := range steps {
		if below >= least {
			return float64(v)
		}
	}
	return math.NaN()
}

// rank returns how many of n make a share p, 0 < p < 1. The p people write is a
// decimal: of 100, .07 is 7, though the nearest float is a little above .07.
func rank(p float64, n uint64) uint64 {
	const exact = 1 - 0x1p-50
	return uint64(math.Ceil(p * float64(n) * exact))
}
