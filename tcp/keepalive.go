package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// keeping is when a connection is probed: after so long a silence, so often, so
// many times (MUST-27, MUST-28).
func (c *Conn) keeping() (idle, interval time.Duration, probes int) {
	s, p := c.side.settings, c.profile
	idle, interval, probes = p.KeepIdle, p.KeepInterval, p.KeepProbes
	if s.KeepIdle > 0 {
		idle = s.KeepIdle
	}
	if s.KeepInterval > 0 {
		interval = s.KeepInterval
	}
	if s.KeepProbes > 0 {
		probes = s.KeepProbes
	}
	return idle, interval, probes
}

// keep starts keepalive (RFC 9293 section 3.8.4, MAY-5) on a connection that is
// open, if its user wants it.
func (c *Conn) keep(now des.Time) {
	x := c.side
	if x.settings.KeepAlive || c.profile.KeepAlways {
		idle, _, _ := c.keeping()
		x.heard, x.probes = now, 0
		x.keepAt = c.after(now, idle)
	}
}

// hear notes that the peer is there, and how long it waits.
func (c *Conn) hear(now des.Time, s *wire.Segment) {
	if c.has(extended) {
		c.side.heard, c.side.probes = now, 0
		c.hearUTO(now, s)
	}
}

// keepExpired looks whether the peer has been silent for long. Silence while
// something is outstanding is for the retransmission timer to judge (MUST-26). A
// probe without an answer means nothing yet (MUST-29); after the last one, or a
// user timeout if that is set (Linux, tcp_keepalive_timer), the connection ends.
func (c *Conn) keepExpired(now des.Time) {
	x := c.side
	idle, interval, probes := c.keeping()
	silent := now.Sub(x.heard)
	over := x.probes >= probes
	if limit := c.userTimeout(); limit > 0 {
		over = x.probes > 0 && silent >= limit
	}
	switch {
	case c.last().After(c.una):
		x.keepAt = c.after(now, idle)
	case silent < idle:
		x.keepAt = c.after(now, idle-silent)
	case over:
		c.reset = c.parting()
		c.note(TimeoutAbort)
		c.fail(TimedOut)
	default:
		x.probes++
		x.probing = true
		x.keepAt = c.after(now, interval)
	}
}

// emitKeepAlive sends a probe: an old number, which must be answered, without text
// (SHLD-12) or with a byte that the peer has already (MAY-6).
func (c *Conn) emitKeepAlive(now des.Time, s *wire.Segment) {
	c.side.probing = false
	c.note(Kept)
	c.header(now, s, wire.ACK, c.nxt.Add(^uint32(0)))
	s.Len, s.Offset = uint32(c.profile.KeepBytes), c.offset(s.Seq)
	s.Marks |= wire.Probe
}
