package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// The user timeout option, RFC 5482: each end tells for how long it will wait, and
// the one who would give up first waits as the other does, within limits.

// defaultUTO is what a user who set no timeout tells (RFC 5482 section 3.1).
const defaultUTO = 5 * time.Minute

// advertised is ADV_UTO.
func (c *Conn) advertised() time.Duration {
	switch s := c.settings(); {
	case s.UserTimeout > 0:
		return s.UserTimeout
	case c.profile.UserTimeout > 0:
		return c.profile.UserTimeout
	}
	return defaultUTO
}

// negotiated is USER_TIMEOUT = min(U_LIMIT, max(ADV_UTO, REMOTE_UTO, L_LIMIT)), 0 if
// the peer has told none. A timeout that the user set is not CHANGEABLE, and comes
// before it.
func (c *Conn) negotiated() time.Duration {
	if !c.has(extended) || c.side.remoteUTO == 0 {
		return 0
	}
	return min(c.profile.UTOMax, max(c.advertised(), c.side.remoteUTO, c.profile.UTOMin))
}

// tellUTO adds the option, where there is room for it: to SYN and SYN,ACK, which come
// until they arrive, and to the next ACK once the user has changed its mind.
func (c *Conn) tellUTO(s *wire.Segment) {
	s.Options |= wire.HasTimeout
	s.Timeout = wire.TimeoutOf(c.advertised())
	if s.HeaderLen() > wire.MaxHeaderLen || s.Timeout == 0 { // which is not to be sent
		s.Options &^= wire.HasTimeout
		return
	}
	c.side.utoDue = false
}

// hearUTO takes the option from any segment that counts; a zero is ignored.
func (c *Conn) hearUTO(now des.Time, s *wire.Segment) {
	if !c.profile.UTO || s.Options&wire.HasTimeout == 0 || wire.TimeoutSpan(s.Timeout) == 0 {
		return
	}
	c.side.remoteUTO = wire.TimeoutSpan(s.Timeout)
	c.lifeAgain()
}

// lifeAgain lets a user timeout that has changed count for what is outstanding.
func (c *Conn) lifeAgain() {
	if c.flight() > 0 || c.has(persist) {
		c.lifeAt = des.Never
		c.lifeFrom(c.livesFrom())
	}
}
