package metrics

import (
	"math"
	"testing"

	"netsim/des"
)

// TestQuantileCoverage: of the intervals for the 90th percentile of exponential times,
// over replications that are alike and over such that share a disturbance each, the
// stated share covers the true one, or more.
func TestQuantileCoverage(t *testing.T) {
	const seed, trials, confidence, replications, cases = 6, 1000, .95, 8, 100
	r := des.Stream(seed, 0, "quantiles")
	for _, spread := range []float64{0, .3} {
		// With a scale of exp(spread·z), the truth is that of the mixture.
		truth := mixtureQuantile(.9, spread)
		covered := 0
		for range trials {
			all := new(Sample)
			var each []Distribution
			for range replications {
				s := new(Sample)
				scale := 1e9 * math.Exp(spread*r.NormFloat64())
				for range cases {
					s.Record(int64(scale * r.ExpFloat64()))
				}
				all.Merge(s)
				each = append(each, s)
			}
			if low, high := QuantileInterval(confidence, .9, all, each...); low <= truth && truth <= high {
				covered++
			}
		}
		got := float64(covered) / trials
		if sigma := math.Sqrt(confidence * (1 - confidence) / trials); got < confidence-4*sigma || got > .995 {
			t.Errorf("spread %g: %g of the intervals cover, want %g or some more (seed %d)", spread, got, confidence, seed)
		}
	}
}

// mixtureQuantile is where the mixture of exponential laws has that share below, by
// bisection of its distribution function.
func mixtureQuantile(p, spread float64) float64 {
	share := func(x float64) (sum float64) {
		var weight float64
		for z := -6.; z <= 6; z += .01 {
			w := math.Exp(-z * z / 2)
			sum += w * -math.Expm1(-x/math.Exp(spread*z))
			weight += w
		}
		return sum / weight
	}
	low, high := 0., 100.
	for range 60 {
		if mid := (low + high) / 2; share(mid) < p {
			low = mid
		} else {
			high = mid
		}
	}
	return low * 1e9
}

// TestQuantileIntervalEdges: too few cases have no upper end, a level of one
// replication no interval, nothing no quantile.
func TestQuantileIntervalEdges(t *testing.T) {
	s := new(Sample)
	for v := range int64(10) {
		s.Record(v)
	}
	if low, high := QuantileInterval(.95, .99, s, s); !math.IsInf(high, 1) || low < 8 {
		t.Errorf("the 99th percentile of ten cases is in [%g, %g]", low, high)
	}
	if low, _ := QuantileInterval(.95, .01, s, s); low != 0 {
		t.Errorf("the 1st percentile of ten cases begins at %g", low)
	}
	if low, _ := QuantileInterval(.95, .5, new(Sample), new(Sample)); !math.IsNaN(low) {
		t.Errorf("of nothing: %g", low)
	}
	l := new(Level)
	l.Set(1, 3)
	l.Close(10)
	if low, high := QuantileInterval(.95, .5, l.Result(), l.Result()); !math.IsNaN(low) || !math.IsNaN(high) {
		t.Errorf("of a level in one replication: [%g, %g]", low, high)
	}
	if low, high := QuantileInterval(.95, .5, l.Result(), l.Result(), l.Result()); low != 3 || high != 3 {
		t.Errorf("of a level that is the same in both: [%g, %g]", low, high)
	}
}
