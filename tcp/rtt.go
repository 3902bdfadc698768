package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// sample takes a round-trip time from an ACK of something new. Karn's rule leaves
// out what was sent again (MUST-18), unless the timestamp tells which was acknowledged.
func (c *Conn) sample(now des.Time, s *wire.Segment) {
	switch {
	case c.has(timing) && !s.Ack.Before(c.timedSeq):
		c.off(timing)
		c.measured(now.Sub(c.timedAt))
	case c.tries == 0:
	case c.echoes(s):
		c.measured(c.echoed(now, s))
	default: // the backed-off RTO stays until there is a sample (RFC 6298 section 5, last note)
		c.rto = c.backedOff()
	}
}

// sampleSYN takes the first round-trip time from the ACK of our SYN. In a
// simultaneous open that was sent twice, as SYN and as SYN,ACK.
func (c *Conn) sampleSYN(now des.Time, s *wire.Segment) {
	crossed := c.state == SynReceived && c.has(active)
	switch {
	case !c.has(resentSYN) && !crossed:
		c.measured(now.Sub(c.firstSentAt))
	case c.echoes(s):
		c.measured(c.echoed(now, s))
	case c.has(resentSYN):
		c.rto = max(c.rto, c.profile.RTOAfterSYN) // RFC 6298 (5.7)
	}
}

func (c *Conn) echoes(s *wire.Segment) bool {
	return c.has(useTS) && s.Options&wire.HasTimestamps != 0 && s.TSEcr != 0
}

func (c *Conn) echoed(now des.Time, s *wire.Segment) time.Duration {
	return time.Duration(max(int32(c.tsNow(now)-s.TSEcr), 1)) * time.Millisecond
}

// sampled reports that a round trip was measured. One may take no time at all.
func (c *Conn) sampled() bool { return c.rttvar >= 0 }

// measured is RFC 6298 (2.2) to (2.5), in integers: alpha 1/8, beta 1/4.
func (c *Conn) measured(r time.Duration) {
	if !c.sampled() {
		c.srtt = r
		c.rttvar = r / 2
	} else {
		c.rttvar += (max(c.srtt-r, r-c.srtt) - c.rttvar) / 4
		c.srtt += (r - c.srtt) / 8
	}
	c.timeOut()
}

// timeOut is the RTO that follows from what was measured.
func (c *Conn) timeOut() {
	p := c.profile
	if p.MinBoundsVariance {
		c.rto = c.srtt + max(4*c.rttvar, p.RTOMin)
	} else {
		c.rto = max(c.srtt+max(4*c.rttvar, time.Millisecond), p.RTOMin)
	}
	c.rto = min(c.rto+p.RTOSlop, p.RTOMax) // see backedOff
}

// RTO is the retransmission timeout in force and SRTT the smoothed round-trip
// time, 0 before the first sample.
func (c *Conn) RTO() time.Duration  { return c.rto }
func (c *Conn) SRTT() time.Duration { return c.srtt }
