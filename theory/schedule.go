package theory

import "time"

// Schedule is how long a segment is waited for: one wait after each
// transmission, the last one before giving up.
type Schedule []time.Duration

// Backoff returns the schedule of a first transmission and linear + retries
// more: linear + 1 waits of the initial timeout, then doubling up to the ceiling
// (RFC 6298, 5.5). Linux sends its SYNs by Backoff(1 s, 120 s, 0, 6) and, since
// 6.5 (tcp_syn_linear_timeouts), by Backoff(1 s, 120 s, 4, 6).
func Backoff(initial, ceiling time.Duration, linear, retries int) Schedule {
	s := make(Schedule, 0, 1+linear+retries)
	wait := min(initial, ceiling)
	for i := range 1 + linear + retries {
		if i > linear {
			wait = min(2*wait, ceiling)
		}
		s = append(s, wait)
	}
	return s
}

// TimeLimited returns the schedule of Linux's tcp_retries2 and
// tcp_orphan_retries, which are times and not counts (retransmits_timed_out in
// tcp_timer.c): with the timeout at rto, it gives up at the first expiry that is
// not before the time that n doublings from 200 ms, no wait above 120 s, would
// have taken: 102.2 s for n = 8, 924.6 s for n = 15.
func TimeLimited(rto time.Duration, n int) Schedule {
	const least, ceiling = 200 * time.Millisecond, 120 * time.Second
	limit := Backoff(least, ceiling, 0, n).GiveUp()
	var s Schedule
	var elapsed time.Duration
	for wait := min(rto, ceiling); elapsed < limit; wait = min(2*wait, ceiling) {
		s = append(s, wait)
		elapsed += wait
	}
	return s
}

// Times returns when each transmission leaves, the first at 0.
func (s Schedule) Times() []time.Duration {
	times := make([]time.Duration, len(s))
	var t time.Duration
	for i, wait := range s {
		times[i] = t
		t += wait
	}
	return times
}

// GiveUp returns when the last wait ends.
func (s Schedule) GiveUp() time.Duration {
	var t time.Duration
	for _, wait := range s {
		t += wait
	}
	return t
}

// Retries returns the number of transmissions after the first.
func (s Schedule) Retries() int { return max(0, len(s)-1) }
