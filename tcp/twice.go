package tcp

import (
	"netsim/des"
	"netsim/wire"
)

// toldTwice takes the news that text arrived which had arrived before. It was sent
// again without need: RACK waits longer from now on (RFC 8985 section 6.2 step 4),
// and if all that a recovery sent again came twice there was no loss, and its
// answer is taken back (RFC 3708).
func (c *Conn) toldTwice(now des.Time, s *wire.Segment) {
	r := c.rec
	r.twice += (uint32(s.SACK[0].Right.Sub(s.SACK[0].Left)) + c.effectiveMSS() - 1) / c.effectiveMSS()
	if c.note(ToldTwice); s.SACK[0].Right.After(s.Ack) {
		c.note(ToldTwiceHeld)
	}
	if r.tail.waiting && r.tail.again && !s.Ack.Before(r.tail.end) {
		return // the probe's own
	}
	r.rack.widen(c.una, c.nxt)
	if r.repaired == 0 {
		return
	}
	r.repaired -= min(r.repaired, uint32(s.SACK[0].Right.Sub(s.SACK[0].Left)))
	if r.repaired > 0 || r.phase == timedOut {
		return
	}
	c.note(TwiceUndone)
	r.phase, r.force = open, false
	r.board.forgive()
	c.undo(now)
}
