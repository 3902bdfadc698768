package theory

import (
	"maps"
	"math"
	"slices"
	"time"
)

// Step is one of the times a discrete distribution can give, with the
// probability of it.
type Step struct {
	At time.Duration
	P  float64
}

// Distribution is that of the time something takes, given that it succeeds, and
// the probability that it fails.
type Distribution struct {
	// Failure is the probability of never.
	Failure float64
	steps   []Step
}

// newDistribution takes the probability of each time, failures excluded, and
// that of failure; together they are 1.
func newDistribution(mass map[time.Duration]float64, failure float64) Distribution {
	d := Distribution{Failure: failure}
	var ok float64
	for _, at := range slices.Sorted(maps.Keys(mass)) {
		if p := mass[at]; p > 0 {
			d.steps = append(d.steps, Step{at, p})
			ok += p
		}
	}
	for i := range d.steps {
		d.steps[i].P /= ok
	}
	return d
}

// Steps returns the possible times upwards. It is empty if failure is certain.
func (d Distribution) Steps() []Step { return slices.Clone(d.steps) }

// Mean returns the mean time in seconds.
func (d Distribution) Mean() float64 {
	if len(d.steps) == 0 {
		return math.NaN()
	}
	var mean float64
	for _, s := range d.steps {
		mean += s.P * s.At.Seconds()
	}
	return mean
}

// SD returns the standard deviation of the time in seconds.
func (d Distribution) SD() float64 {
	mean := d.Mean()
	var variance float64
	for _, s := range d.steps {
		off := s.At.Seconds() - mean
		variance += s.P * off * off
	}
	if len(d.steps) == 0 {
		return math.NaN()
	}
	return math.Sqrt(variance)
}

// P returns the probability of exactly x.
func (d Distribution) P(x time.Duration) float64 {
	for _, s := range d.steps {
		if s.At == x {
			return s.P
		}
	}
	return 0
}

// CDF returns the probability of at most x.
func (d Distribution) CDF(x time.Duration) float64 {
	if len(d.steps) == 0 {
		return math.NaN()
	}
	var sum float64
	for _, s := range d.steps {
		if s.At <= x {
			sum += s.P
		}
	}
	return min(sum, 1)
}

// Quantile returns the least time whose CDF reaches p, and 0 if failure is
// certain.
func (d Distribution) Quantile(p float64) time.Duration {
	var sum float64
	var at time.Duration
	for _, s := range d.steps {
		sum += s.P
		at = s.At
		if sum >= p*(1-0x1p-45) {
			break
		}
	}
	return at
}

// Ended returns the distribution of the time until the end, success or failure,
// where failures end at giveUp.
func (d Distribution) Ended(giveUp time.Duration) Distribution {
	mass := map[time.Duration]float64{giveUp: d.Failure}
	for _, s := range d.steps {
		mass[s.At] += s.P * (1 - d.Failure)
	}
	return newDistribution(mass, 0)
}
