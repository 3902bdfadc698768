package tcp

import "netsim/des"

// linger lets Close wait, if the user asked for it and there is something to wait
// for. The connection is closed by then, and nobody reads from it; the wait is the
// call's. The RFCs have none; POSIX's SO_LINGER leaves open what its end does.
func (c *Conn) linger(now des.Time) {
	if s := c.settings(); s.Lingers && c.state.awaitsACK() {
		c.on(lingering)
		c.side.lingerAt = c.after(now, s.Linger)
	}
}

// Lingering reports that a Close waits still: [Lingered] will tell of its end.
func (c *Conn) Lingering() bool { return c.has(lingering) }

// awaitsACK reports a state in which our FIN is not acknowledged.
func (s State) awaitsACK() bool { return s == FinWait1 || s == Closing || s == LastAck }

// lingered ends the wait.
func (c *Conn) lingered() {
	c.off(lingering)
	c.side.lingerAt = des.Never
	c.news |= Lingered
}

// lingerExpired ends the wait before its reason: the connection goes on behind the
// user's back, or is reset.
func (c *Conn) lingerExpired(now des.Time) {
	c.lingered()
	if c.profile.LingerAborts {
		c.Abort(now)
	}
}
