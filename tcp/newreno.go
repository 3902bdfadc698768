package tcp

import "netsim/des"

// newACK is what n bytes newly acknowledged do where no scoreboard is in use
// (MUST-19): in fast recovery RFC 6582 section 3.2 step 3, else they open the
// window. Every partial acknowledgment restarts the retransmission timer, the
// variant that section 4 calls slow but steady.
func (c *Conn) newACK(now des.Time, n uint32) {
	if !c.has(kept) {
		c.grow(now, n)
		return
	}
	r := c.rec
	r.dupAcks = 0
	mss := c.effectiveMSS()
	switch {
	case r.phase == fastPath && c.una.Before(r.recover): // partial
		c.on(fast)
		c.cwnd -= min(n, c.cwnd)
		if n >= mss {
			c.cwnd += mss
		}
		c.cwnd = max(c.cwnd, mss)
	case r.phase == fastPath: // full
		c.recovered(now)
		c.cwnd = min(c.ssthresh, max(c.flight(), mss)+mss)
	default:
		if r.phase == timedOut && !c.una.Before(r.recover) {
			c.recovered(now)
		}
		if r.doubt != certain {
			c.resolve(now, n)
		}
		r.path.RTT = 0
		c.grow(now, n)
	}
}

// duplicateACK is fast retransmit (RFC 5681 section 3.2, RFC 6582 section 3.2).
func (c *Conn) duplicateACK(now des.Time) {
	r := c.recovery()
	mss := c.effectiveMSS()
	if r.phase == fastPath {
		c.cwnd += mss
		return
	}
	if r.doubt != certain {
		c.resolve(now, 0)
	}
	r.dupAcks++
	if r.dupAcks != uint32(c.profile.DupThresh) || !c.una.After(r.recover) {
		return
	}
	c.note(RecoveryByReno)
	c.congested(now, Loss)
	r.recover = c.nxt
	c.cwnd = c.ssthresh + uint32(c.profile.DupThresh)*mss
	r.phase, r.prr = fastPath, prr{flight: c.flight()} // which counts if new text brings the scoreboard back
	c.on(fast)
	c.rtxAt = c.after(now, c.backedOff())
}

// limited is Limited Transmit (RFC 3042): the first two duplicates let a new
// segment go each.
func (c *Conn) limited() uint32 {
	if !c.has(kept) || c.rec.phase != open || !c.profile.LimitedTransmit {
		return 0
	}
	return min(c.rec.dupAcks, uint32(c.profile.DupThresh)-1) * c.effectiveMSS()
}
