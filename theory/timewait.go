package theory

import "math"

// seqSpace is the number of sequence numbers.
const seqSpace = 1 << 32

// Population returns mean and standard deviation of the number of connections in
// TIME-WAIT at time t, where closes are Poisson of that rate from time 0 on and
// each stays for `stay`: Poisson of mean rate·min(t, stay) at every t (M/G/∞;
// Takács 1962, Introduction to the Theory of Queues). Address pairs must not come
// back within `stay`.
func Population(rate, stay, t float64) (mean, sd float64) {
	mean = rate * max(0, min(t, stay))
	return mean, math.Sqrt(mean)
}

// PortRate returns the highest sustained rate of connections to one destination
// from that many ports, each held for the connection's life and its TIME-WAIT:
// ports/(life + timeWait).
func PortRate(ports int, life, timeWait float64) float64 {
	return float64(ports) / (life + timeWait)
}

// Assassination returns the probability that an old duplicate ends a TIME-WAIT by
// way of a reset (RFC 1337), and the mean life of a TIME-WAIT, where duplicates
// are Poisson of that rate and the round trip counts for nothing:
// 1 - exp(-rate·stay) and (1 - exp(-rate·stay))/rate.
func Assassination(rate, stay float64) (killed, life float64) {
	killed = -math.Expm1(-rate * stay)
	if rate == 0 {
		return 0, stay
	}
	return killed, killed / rate
}

// LateExponential returns the probability that a segment of exponential delay
// arrives more than `gap` after it was sent: exp(-gap/mean). Where delay is
// bounded it is 0 from the bound on, which is what MSL is for (RFC 9293, 3.4.2).
func LateExponential(gap, mean float64) float64 { return math.Exp(-gap / mean) }

// StaleInWindow returns the probability that some byte of a stale segment of that
// length falls into a window of that size (not zero), if initial sequence
// numbers are random: (window + length - 1)/2^32. Timestamps (RFC 7323, 5) would
// make it 0.
func StaleInWindow(window, length int) float64 {
	return min(1, float64(window+length-1)/seqSpace)
}

// StaleAckValid returns the probability that the acknowledgment of a stale
// segment passes the check of RFC 5961, 5.2, for random initial sequence
// numbers: (largest send window + bytes in flight)/2^32.
func StaleAckValid(maxWindow, flight int) float64 {
	return min(1, float64(maxWindow+flight)/seqSpace)
}

// StaleAccepted returns the probability that a stale segment enters a later
// incarnation of its connection: that it comes late (see LateExponential) and
// into the window. The acknowledgment check, if there is one, is a further
// factor.
func StaleAccepted(late float64, window, length int) float64 {
	return late * StaleInWindow(window, length)
}
