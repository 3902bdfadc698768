package tcp

import "netsim/des"

// doubt is where F-RTO is (RFC 5682): whether a timeout found a loss or only a
// delay shows by what is acknowledged next.
type doubt uint8

const (
	certain doubt = iota
	asked         // one segment was sent again (step 1)
	waits         // its acknowledgment came, and two new segments were sent (step 2)
)

// suspect begins with a first timeout, step 1.
func (c *Conn) suspect() {
	r := c.rec
	r.doubt = certain
	if c.profile.FRTO && r.phase == open && c.tries == 1 {
		r.doubt = asked
	}
}

// resolve is steps 2 and 3 on an acknowledgment of n bytes below the recovery
// point. With SACK (section 3) text that was sent once and is told to have arrived
// shows that the timeout was early; without (section 2), any acknowledgment that
// advances does, and one that does not shows a loss.
func (c *Conn) resolve(now des.Time, n uint32) {
	r := c.rec
	sack := r.board.n > 0
	switch {
	case r.doubt == asked && n > 0 && c.last().After(c.nxt) && c.una.Add(c.wnd).After(c.nxt):
		r.doubt = waits
		c.next = c.nxt
	case r.doubt == asked:
		if n > 0 || !sack {
			r.doubt = certain
		}
	case sack && r.heard.original, !sack && n > 0:
		c.spurious(now)
	default:
		r.doubt = certain
		c.cwnd = min(c.cwnd, 3*c.effectiveMSS())
		if !sack {
			c.next = c.una
		}
	}
}

// spurious takes back what followed from the timeout.
func (c *Conn) spurious(now des.Time) {
	r := c.rec
	c.note(TimeoutUndone)
	r.doubt, r.phase, r.force = certain, open, false
	c.tries = 0
	r.board.forgive()
	c.undo(now)
}
