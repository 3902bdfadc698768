package language

import (
	"math"
	"testing"
	"time"
)

// TestScheduleSteps: steps follow the line or the wave, so their mean is the
// schedule's.
func TestScheduleSteps(t *testing.T) {
	for _, s := range []Schedule{
		{Shape: "steps", At: []time.Duration{0, time.Second}, Values: []float64{1, 5}, Period: 4 * time.Second},
		{Shape: "linear", At: []time.Duration{0, time.Second}, Values: []float64{1, 5}, Period: 4 * time.Second},
		{Shape: "sine", At: []time.Duration{0, 2 * time.Second}, Values: []float64{1, 5}, Period: 4 * time.Second},
		{Shape: "linear", At: []time.Duration{0, time.Second, 3 * time.Second}, Values: []float64{1, 5, 2}},
	} {
		at, values := s.Steps()
		end := s.Period
		if end == 0 {
			end = s.At[len(s.At)-1]
		}
		sum := 0.0
		for i := range at {
			next := end
			if i+1 < len(at) {
				next = at[i+1]
			}
			sum += values[i] * (next - at[i]).Seconds()
			if s.Shape != "steps" && i > 0 && math.Abs(values[i]-values[i-1]) > 4.0/10 {
				t.Errorf("%+v: from %v to %v in one step", s, values[i-1], values[i])
			}
		}
		if got, want := sum/end.Seconds(), s.mean().(float64); math.Abs(got-want) > 1e-12 {
			t.Errorf("%+v: steps have the mean %v, the schedule %v", s, got, want)
		}
	}
}
