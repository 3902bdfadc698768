package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// takeSYN sets the receive variables from the peer's SYN, and the options.
func (c *Conn) takeSYN(now des.Time, s *wire.Segment) {
	c.synchronize(s.Seq)
	c.peer = s.Incarnation
	c.takeOptions(now, s)
	c.edge = c.rcvNxt.Add(min(c.receiveLimit(), 65535)) // as our SYN says or said
	c.wnd = uint32(s.Window)                            // never scaled in a SYN (RFC 7323 section 2.2)
	c.maxWnd = c.wnd
}

// synchronize sets the receive sequence space from the peer's ISS.
func (c *Conn) synchronize(irs wire.Seq) {
	c.irs, c.wl1 = irs, irs
	c.rcvNxt = irs.Add(1)
	c.lastAckSent = c.rcvNxt
}

// tsClock is the timestamp clock, one tick a millisecond (RFC 7323 section 5.4).
func tsClock(now des.Time, offset uint32) uint32 {
	return uint32(int64(now)/int64(time.Millisecond)) + offset
}

// takeOptions negotiates what a SYN offers against what we offer.
func (c *Conn) takeOptions(now des.Time, s *wire.Segment) {
	mss := c.defaultMSS() // MUST-15
	if s.Options&wire.HasMSS != 0 {
		mss = s.MSS
	}
	c.mss = max(min(c.mss, max(mss, uint16(c.profile.MinMSS))), 64) // a smaller one than 64 would leave no room for text beside options
	if c.settings().NoOptions {                                     // none was offered
		return
	}
	if s.Options&wire.HasTimestamps != 0 && c.profile.Timestamps {
		c.on(useTS)
		c.tsRecent, c.tsRecentAt = s.TSVal, now
	}
	c.takeECN(s)
	if c.profile.UTO {
		c.hearUTO(now, s)
	}
	if s.Options&wire.SACKPermitted != 0 && c.profile.SACKPermitted {
		c.on(useSACK)
	}
	if s.Options&wire.HasScale != 0 && c.profile.WindowScale != NoScale {
		c.on(useScale)
		c.sndScale = min(s.Scale, 14) // RFC 7323 section 2.3
		c.rcvScale = uint8(c.profile.WindowScale)
	}
}
