package tcp

import (
	"netsim/des"
	"netsim/wire"
)

// What comes beside a SYN, text or a FIN, is for ESTABLISHED (RFC 9293 sections
// 3.10.7.2 and 3.10.7.3). What is not taken is not acknowledged, and comes again.

// queue keeps what came beside a SYN until our own is acknowledged. The text of a
// Fast Open whose cookie was no good is not kept (RFC 7413 section 4.2.2).
func (c *Conn) queue(s *wire.Segment) {
	if s.Options&wire.HasCookie != 0 {
		return
	}
	left := s.Seq.Add(1)
	right := left.Add(s.Len)
	switch {
	case right.After(c.edge): // beyond the window
		right = c.edge
	case s.Flags.Has(wire.FIN) && right.Before(c.edge):
		c.finAt = right
		c.on(heldFIN)
	}
	if right.After(left) {
		c.gaps.add(left, right)
		if s.Offset != 0 {
			c.counts.Misplaced++
		}
	}
}

// takeQueued delivers the text that was queued, once the connection is established,
// and reports whether the segment that did that is to be read on. The eighth check
// finds the FIN.
func (c *Conn) takeQueued(now des.Time, s *wire.Segment) bool {
	if c.gaps.empty() {
		return true
	}
	if c.has(orphan) { // nobody will read it (section 3.6.1, MAY-1)
		c.reset = pendingReset{due: true, seq: s.Ack}
		c.fail(WasReset)
		return false
	}
	c.deliver(now, c.fill(c.rcvNxt), true)
	return true
}

// openedAgain recognises a SYN that comes again with what is beside it. That is in
// the window, but the SYN is before it and no error.
func (c *Conn) openedAgain(s *wire.Segment) bool {
	return c.state == SynReceived && s.Flags&(wire.SYN|wire.ACK|wire.RST) == wire.SYN && s.Seq == c.irs
}
