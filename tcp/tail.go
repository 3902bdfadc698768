package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// tail is a tail loss probe (RFC 8985 section 7): when the last segments of a
// flight may be lost and nothing tells so, one segment is sent early, for its
// acknowledgment to tell.
type tail struct {
	waiting bool     // for what the probe brings to light
	again   bool     // it was a segment sent before
	end     wire.Seq // SND.NXT after it
}

// watchTail sets the alarm for a probe, unless the retransmission timer is earlier
// (section 7.2).
func (c *Conn) watchTail(now des.Time) {
	p := c.profile
	if !p.TLP || !c.has(useSACK) || c.tries > 0 || c.has(kept) && !c.rec.quiet() {
		return
	}
	wait := time.Second
	if c.sampled() {
		wait = 2*c.srtt + p.TailSlack
		if c.flight() <= c.effectiveMSS() {
			wait = 2*c.srtt + p.TailDelay
		}
	}
	c.on(tailTimer)
	c.rtxAt = c.after(now, min(wait, c.backedOff()))
}

// quiet reports that nothing is known or believed to be lost.
func (r *recovery) quiet() bool {
	return r.phase == open && r.board.arrived == 0 && !r.tail.waiting
}

// tailExpired has a probe sent, and starts the retransmission timer.
func (c *Conn) tailExpired(now des.Time) {
	c.off(tailTimer)
	c.on(tailDue)
	c.recovery()
	c.rtxAt = c.after(now, c.backedOff())
}

// emitTail sends the probe that is due (section 7.3): what is new, if the peer has room for it,
// else the last segment again.
func (c *Conn) emitTail(now des.Time, s *wire.Segment) {
	c.off(tailDue)
	c.note(TailProbe)
	t := &c.rec.tail
	n, fin := c.sendable(c.next, true)
	*t = tail{waiting: true, again: n == 0 && !fin}
	if t.again {
		if !c.selective() {
			c.trackFlight(now)
		}
		c.resend(now, s, c.rec.board.n-1)
		s.Marks |= wire.Tail
	} else {
		c.emitStream(now, s, c.next, n, fin)
	}
	t.end = c.nxt
}

// probed takes what an acknowledgment tells of the probe (section 7.4.2). If it
// repaired a loss, that is a sign of congestion as any.
func (c *Conn) probed(now des.Time, s *wire.Segment) {
	t := &c.rec.tail
	if !t.waiting || s.Ack.Before(t.end) {
		return
	}
	switch {
	case !t.again, tellsTwice(s), c.rec.phase != open:
	case s.Ack.After(t.end):
		c.note(TailRepaired)
		c.congested(now, Loss)
		c.cwnd = min(c.cwnd, c.ssthresh)
		c.rec.repaired = 0
	case s.Ack == c.una && s.SeqLen() == 0 && s.Options&wire.HasSACK == 0: // both have arrived
	default:
		return
	}
	t.waiting = false
}
