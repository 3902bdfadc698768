package metrics

import (
	"math"
	"time"

	"netsim/des"
)

// Series is a level looked at in even steps: Values[i] is the value at
// Start + i·Every.
type Series struct {
	Start  des.Time
	Every  time.Duration
	Values []int64
}

// Append adds the value at the next step.
func (s *Series) Append(v int64) { s.Values = append(s.Values, v) }

// Time returns when Values[i] was taken.
func (s *Series) Time(i int) des.Time { return s.Start.Add(time.Duration(i) * s.Every) }

// At returns the value last taken at or before t, and not-a-number before the
// first and from one step after the last.
func (s *Series) At(t des.Time) float64 {
	if t < s.Start || s.Every <= 0 {
		return math.NaN()
	}
	i := t.Sub(s.Start) / s.Every
	if i >= time.Duration(len(s.Values)) {
		return math.NaN()
	}
	return float64(s.Values[i])
}

// Band returns, for each instant that all the replications reached, the mean
// over them and Student's interval at that confidence. It panics if they do not
// share start and step.
func Band(confidence float64, replications ...*Series) []Interval {
	if len(replications) == 0 {
		return nil
	}
	first := replications[0]
	length := len(first.Values)
	for _, s := range replications {
		if s.Start != first.Start || s.Every != first.Every {
			panic("metrics: a band over series of different steps")
		}
		length = min(length, len(s.Values))
	}
	t := studentQuantile(len(replications)-1, 1-confidence)
	band := make([]Interval, length)
	at := make([]float64, len(replications))
	for i := range band {
		for j, s := range replications {
			at[j] = float64(s.Values[i])
		}
		mean, se := meanSE(at)
		band[i] = Interval{Mean: mean, Half: t * se}
	}
	return band
}
