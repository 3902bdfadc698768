package tcp

import "netsim/des"

// startCongestion sets the initial window (RFC 6928), one segment if the SYN was
// lost (RFC 5681 section 3.1).
func (c *Conn) startCongestion() {
	segments := uint32(c.profile.InitialWindow)
	if int(c.counts.Resent) > c.profile.LossWindowAfter {
		segments = 1
	}
	c.cwnd = segments * c.effectiveMSS()
	c.recover = c.iss
}

// restartIdle takes back the window of a connection that was idle for an RTO
// (RFC 5681 section 4.1).
func (c *Conn) restartIdle(now des.Time) {
	if now.Sub(c.firstSentAt) > c.rto {
		c.cwnd = min(c.cwnd, uint32(c.profile.InitialWindow)*c.effectiveMSS())
	}
}

// newACK is what n bytes newly acknowledged do to the window (MUST-19): RFC 5681
// section 3.1, in fast recovery RFC 6582 section 3.2 step 3.
func (c *Conn) newACK(n uint32) {
	c.dupAcks = 0
	mss := c.effectiveMSS()
	switch {
	case c.has(recovering) && c.una.Before(c.recover): // partial
		c.on(fast)
		c.cwnd -= min(n, c.cwnd)
		if n >= mss {
			c.cwnd += mss
		}
		c.cwnd = max(c.cwnd, mss)
	case c.has(recovering): // full
		c.off(recovering)
		c.cwnd = min(c.ssthresh, max(c.flight(), mss)+mss)
	case c.flight()+n < c.cwnd/2: // not half used: the window is not what limits
	case c.cwnd < c.ssthresh: // slow start
		c.cwnd += min(n, mss)
	default: // congestion avoidance, by bytes (RFC 3465)
		c.ackedBytes += n
		if c.ackedBytes >= c.cwnd {
			c.ackedBytes -= c.cwnd
			c.cwnd += mss
		}
	}
}

// duplicateACK is fast retransmit (RFC 5681 section 3.2, RFC 6582 section 3.2).
func (c *Conn) duplicateACK(now des.Time) {
	mss := c.effectiveMSS()
	if c.has(recovering) {
		c.cwnd += mss
		return
	}
	c.dupAcks++
	if c.dupAcks != 3 || !c.una.After(c.recover) {
		return
	}
	c.ssthresh = max(c.flight()/2, 2*mss)
	c.recover = c.nxt
	c.cwnd = c.ssthresh + 3*mss
	c.on(recovering | fast)
	c.rtxAt = now.Add(c.backedOff())
}

// collapse is the loss window after a timeout (RFC 5681 section 3.1, RFC 6582
// section 4.1). The next one in a row finds the same flight, so that ssthresh
// stays as equation 4 wants it.
func (c *Conn) collapse() {
	mss := c.effectiveMSS()
	c.ssthresh = max(c.flight()/2, 2*mss)
	c.cwnd = mss
	c.ackedBytes = 0
	c.dupAcks = 0
	c.recover = c.nxt
	c.off(recovering | fast)
}
