package tcp

import (
	"netsim/des"
	"netsim/wire"
)

// trimmed makes the checks that come before the fifth in the order and the manner of
// 4.4BSD and its heirs (FreeBSD tcp_do_segment): what lies outside the window is cut off,
// and the rest of the segment counts. It reports whether that is to be read on; takeText
// and takeFIN leave out what was cut.
func (c *Conn) trimmed(now des.Time, s *wire.Segment) bool {
	if c.state == SynReceived && !c.has(active|early) {
		return c.cached(now, s)
	}
	stamped := c.has(useTS) && s.Options&wire.HasTimestamps != 0
	switch {
	case s.Flags.Has(wire.RST):
		if c.inWindow(s) {
			c.checkReset(now, s)
		}
		return false
	case c.has(useTS) && !stamped && c.profile.RequireTimestamps: // RFC 7323 section 3.2
		return false
	case c.state == SynReceived && s.Flags.Has(wire.ACK) && (!s.Ack.After(c.una) || s.Ack.After(c.nxt)):
		c.answerReset(s)
		return false
	case s.Flags.Has(wire.SYN|wire.FIN) && c.profile.SYNBeside == RefuseFIN:
		return false
	case s.Flags.Has(wire.SYN) && c.state != SynReceived: // wherever it is (RFC 5961 section 4)
		return c.checkSYN(now, s)
	case stamped && int32(s.TSVal-c.tsRecent) < 0 && now.Sub(c.tsRecentAt) < pawsIdle:
		if s.Len > 0 {
			c.on(ackDue)
		}
		return false
	case c.state == SynReceived && s.Seq.Before(c.irs):
		c.answerReset(s)
		return false
	}
	return c.trim(now, s, stamped)
}

// trim cuts a segment at both edges of the window.
func (c *Conn) trim(now des.Time, s *wire.Segment, stamped bool) bool {
	left, fin := s.Seq, s.Flags.Has(wire.FIN)
	if s.Flags.Has(wire.SYN) && left.Before(c.rcvNxt) {
		left = left.Add(1)
	}
	right := left.Add(s.Len)
	if s.Seq.Before(c.rcvNxt) {
		if right.Before(c.rcvNxt) || right == c.rcvNxt && !fin { // all of it is old
			fin = false
			c.on(ackDue)
		}
		if right.After(left) && left.Before(c.rcvNxt) {
			c.cameTwice(left, right)
			if c.has(useSACK) { // for its block to be told (RFC 2883)
				c.on(ackDue)
			}
		}
		if left = c.rcvNxt; right.Before(left) {
			left = right
		}
	}
	if right.After(left) && c.has(orphan) && c.state != CloseWait { // nobody will read it (section 3.6.1, MAY-1)
		c.refuse(s)
		return false
	}
	if right.After(c.edge) {
		c.on(ackDue)
		if !left.Before(c.edge) && left != c.rcvNxt { // nothing is left, and no window is being probed
			c.again()
			return false
		}
	}
	// RFC 7323 section 4.3 (2) and its end: what was acknowledged last lies within.
	end := right
	if fin || s.Flags.Has(wire.SYN) {
		end = end.Add(1)
	}
	if stamped && !left.After(c.lastAckSent) && !c.lastAckSent.After(end) {
		c.tsRecent, c.tsRecentAt = s.TSVal, now
	}
	if !s.Flags.Has(wire.ACK) {
		c.again()
	}
	return true
}

// again turns an ACK that is due in SYN-RECEIVED into the SYN,ACK, which is all that is
// sent there (tcp_outflags).
func (c *Conn) again() {
	if c.state == SynReceived && c.has(ackDue) {
		c.off(ackDue)
		c.on(synDue | resentSYN)
	}
}

// cached takes a segment for what a listener has answered and not more: an entry of
// FreeBSD's syncache (syncache_expand, syncache_chkrst, syncache_add).
func (c *Conn) cached(now des.Time, s *wire.Segment) bool {
	stamped := s.Options&wire.HasTimestamps != 0
	switch {
	case s.Flags.Has(wire.RST):
		if c.inWindow(s) {
			c.checkReset(now, s)
		}
	case s.Flags&(wire.SYN|wire.ACK) == wire.ACK:
		switch {
		case c.has(useTS) && !stamped && c.profile.RequireTimestamps:
		case c.has(useTS) && stamped && int32(s.TSVal-c.tsRecent) < 0:
		case !s.Seq.In(c.rcvNxt, uint32(c.edge.Sub(c.rcvNxt))):
			c.challengeACK(now)
		default:
			return c.trim(now, s, c.has(useTS) && stamped)
		}
	case s.Flags&(wire.SYN|wire.ACK) == wire.SYN:
		if s.Flags.Has(wire.FIN) && c.profile.SYNBeside == RefuseFIN {
			break
		}
		if stamped {
			c.tsRecent = s.TSVal
		} else {
			c.off(useTS)
		}
		c.repeatedSYN(now)
	}
	return false
}

// inWindow reports whether a RST may count: its number is in the window, or at the edge
// of one that is shut.
func (c *Conn) inWindow(s *wire.Segment) bool {
	from := c.resetAt()
	wnd := uint32(max(c.edge.Sub(c.rcvNxt), 0))
	return s.Seq == from || s.Seq.In(from, wnd)
}

// resetAt is the number that an exact RST has.
func (c *Conn) resetAt() wire.Seq {
	if c.profile.ResetAtACK {
		return c.lastAckSent
	}
	return c.rcvNxt
}

// answerReset resets what a segment seems to belong to, as one for no connection (section
// 3.10.7.1).
func (c *Conn) answerReset(s *wire.Segment) {
	c.reset = pendingReset{due: true, seq: s.Ack}
	if !s.Flags.Has(wire.ACK) {
		c.reset = pendingReset{due: true, ack: s.End(), hasAck: true}
	}
}
