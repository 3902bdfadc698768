package tcp

import (
	"netsim/des"
	"netsim/wire"
)

// dupThresh is how many segments that arrive after another tell that it is lost
// (RFC 5681 section 3.2, RFC 6675 section 2).
const dupThresh = 3

// newACK is what n bytes newly acknowledged do (MUST-19): in fast recovery RFC 6582 section
// 3.2 step 3, else they open the window.
func (c *Conn) newACK(now des.Time, n uint32) {
	if !c.has(kept) {
		c.grow(now, n)
		return
	}
	r := c.rec
	r.dupAcks = 0
	mss := c.effectiveMSS()
	switch {
	case !r.fast:
		c.grow(now, n)
	case c.una.Before(r.recover): // partial
		c.on(fast)
		c.cwnd -= min(n, c.cwnd)
		if n >= mss {
			c.cwnd += mss
		}
		c.cwnd = max(c.cwnd, mss)
	default: // full
		r.fast = false
		c.cwnd = min(c.ssthresh, max(c.flight(), mss)+mss)
	}
}

// duplicateACK is fast retransmit (RFC 5681 section 3.2, RFC 6582 section 3.2).
func (c *Conn) duplicateACK(now des.Time) {
	r := c.recovery()
	mss := c.effectiveMSS()
	if r.fast {
		c.cwnd += mss
		return
	}
	r.dupAcks++
	if r.dupAcks != dupThresh || !c.una.After(r.recover) {
		return
	}
	c.congested(now, Loss)
	r.recover = c.nxt
	c.cwnd = c.ssthresh + dupThresh*mss
	r.fast = true
	c.on(fast)
	c.rtxAt = now.Add(c.backedOff())
}

// collapse is the loss window after a timeout (RFC 5681 section 3.1, RFC 6582
// section 4.1).
func (c *Conn) collapse(now des.Time) {
	c.congested(now, Timeout)
	r := c.rec
	r.dupAcks = 0
	r.recover = c.nxt
	r.fast = false
	c.off(fast)
}

// recovering reports fast recovery.
func (c *Conn) recovering() bool { return c.has(kept) && c.rec.fast }

// recovery is what a connection needs once its window fills or something is lost.
// It stays with the pooled Conn for the next connection.
type recovery struct {
	algorithm  *Algorithm
	congestion Congestion
	path       Path

	recover wire.Seq // sent last when a loss was last found
	dupAcks uint32   // in a row
	fast    bool     // fast recovery
}

// recovery returns what the connection keeps for loss, made or made new.
func (c *Conn) recovery() *recovery {
	if !c.has(kept) {
		c.on(kept)
		if c.rec == nil {
			c.rec = new(recovery)
		}
		c.rec.begin(c)
	}
	return c.rec
}

func (r *recovery) begin(c *Conn) {
	*r = recovery{algorithm: r.algorithm, congestion: r.congestion, recover: c.una.Add(^uint32(0))}
	if r.congestion != nil {
		r.congestion.Begin()
	}
}
