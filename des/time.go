package des

import (
	"math"
	"time"
)

// Time is a point in simulated time: nanoseconds since the start of the run.
// Spans between two points are time.Duration.
type Time int64

// Never is later than every point in time a run can reach.
const Never Time = math.MaxInt64

// Add returns the point d after t. Past the end of time it is Never.
func (t Time) Add(d time.Duration) Time {
	if sum := t + Time(d); d <= 0 || sum > t {
		return sum
	}
	return Never
}

// Sub returns the span from u to t.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t - u) }

// Seconds returns t in seconds.
func (t Time) Seconds() float64 { return time.Duration(t).Seconds() }

// String writes t as a duration since the start ("1.5s"), or "never".
func (t Time) String() string {
	if t == Never {
		return "never"
	}
	return time.Duration(t).String()
}
