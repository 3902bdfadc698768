package wire

import "time"

// inMinutes is the granularity bit of a user timeout option (RFC 5482 section 3).
const inMinutes = 1 << 15

// TimeoutOf is the Timeout of a Segment nearest to a span from below: in seconds as
// far as these reach, 32,767, and then in minutes. 0 is no valid one.
func TimeoutOf(d time.Duration) uint16 {
	if s := d / time.Second; s < inMinutes {
		return uint16(max(s, 0))
	}
	return inMinutes | uint16(min(d/time.Minute, inMinutes-1))
}

// TimeoutSpan is the span that a Timeout stands for.
func TimeoutSpan(t uint16) time.Duration {
	if t&inMinutes != 0 {
		return time.Duration(t&^inMinutes) * time.Minute
	}
	return time.Duration(t) * time.Second
}
