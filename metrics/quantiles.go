package metrics

import (
	"iter"
	"math"
)

// Distribution is what a [Sample] has over its cases and a [LevelResult] over time.
type Distribution interface {
	// Steps yields values upwards, each with the weight at or below it.
	Steps() iter.Seq2[int64, uint64]
	Quantile(p float64) float64
}

// QuantileInterval returns the confidence interval of the p-quantile of all
// replications together, from each of them: the share of cases below the quantile
// found is a ratio whose error between replications is known, and the quantiles at
// the ends of its interval are those of the quantile (Woodruff 1952, Confidence
// intervals for medians and other position measures). Of a sample the error is
// at least that of as many independent cases, which is all there is to go by with one
// replication. An end beyond the last case is infinite, one before the first 0.
func QuantileInterval(confidence, p float64, all Distribution, each ...Distribution) (low, high float64) {
	v := all.Quantile(p)
	if math.IsNaN(v) {
		return v, v
	}
	below, total := make([]float64, len(each)), make([]float64, len(each))
	var sumBelow, sum float64
	for i, d := range each {
		below[i], total[i] = weights(d, int64(v))
		sumBelow, sum = sumBelow+below[i], sum+total[i]
	}
	var half float64
	if len(each) > 1 {
		_, se := Jackknife(len(each), func(out int) float64 {
			if out < 0 {
				return sumBelow / sum
			}
			return (sumBelow - below[out]) / (sum - total[out])
		})
		half = studentQuantile(len(each)-1, 1-confidence) * se
	}
	if _, cases := all.(*Sample); cases {
		half = max(half, math.Sqrt2*math.Erfinv(confidence)*math.Sqrt(p*(1-p)/sum))
	} else if len(each) < 2 {
		return math.NaN(), math.NaN()
	}
	low, high = 0, math.Inf(1)
	if p > half {
		low = all.Quantile(p - half)
	}
	if p+half < 1 {
		high = all.Quantile(p + half)
	}
	return low, high
}

// weights are those of the values up to v, and of all.
func weights(d Distribution, v int64) (below, total float64) {
	for value, w := range d.Steps() {
		if total = float64(w); value <= v {
			below = total
		}
	}
	return below, total
}
