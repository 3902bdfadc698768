package tcp

import (
	"netsim/des"
	"netsim/wire"
)

// ECN is when a system uses Explicit Congestion Notification (RFC 3168, SHLD-8).
type ECN uint8

const (
	NoECN     ECN = iota
	AcceptECN     // where the peer asks for it
	OfferECN      // it is asked for
)

func (e ECN) String() string { return [...]string{"off", "accept", "offer"}[e] }

// setupECN is what a SYN or SYN,ACK says of ECN (section 6.1.1). A SYN that is sent
// again says nothing: the first may have been lost for what it said (6.1.1.1).
func (c *Conn) setupECN() wire.Flags {
	switch {
	case c.state != SynSent && c.has(useECN):
		return wire.ECE
	case c.state == SynSent && c.profile.ECN == OfferECN && !c.has(resentSYN):
		return wire.ECE | wire.CWR
	}
	return 0
}

// takeECN takes what the peer's SYN or SYN,ACK says.
func (c *Conn) takeECN(s *wire.Segment) {
	says := s.Flags & (wire.ECE | wire.CWR)
	switch {
	case s.Flags.Has(wire.ACK):
		if c.setupECN() != 0 && says == wire.ECE {
			c.on(useECN)
		}
	case says == wire.ECE|wire.CWR && c.profile.ECN != NoECN:
		c.on(useECN)
	}
}

// takeMark notes a mark on a segment with text: it is echoed until the peer says
// that it has answered (section 6.1.3).
func (c *Conn) takeMark(s *wire.Segment) {
	if !c.has(useECN) {
		return
	}
	if s.Flags.Has(wire.CWR) {
		c.off(echoing)
	}
	if s.ECN == wire.CE {
		c.on(echoing)
	}
}

// capable makes new text bear marks (section 6.1.2), and tells the peer that its
// echo was heard; what is sent again and probes of the window bear none (6.1.5,
// 6.1.6).
func (c *Conn) capable(s *wire.Segment) {
	if !c.has(useECN) {
		return
	}
	s.ECN = wire.ECT0
	if c.has(cwrDue) {
		c.off(cwrDue)
		s.Flags |= wire.CWR
	}
}

// takeEcho answers the echo of a mark as it would a loss, once for what was in
// flight (section 6.1.2).
func (c *Conn) takeEcho(now des.Time, s *wire.Segment) {
	if r := c.recovery(); r.phase == open && s.Ack.After(r.signed) {
		c.congested(now, Echo)
		c.cwnd = min(c.cwnd, c.ssthresh)
	}
}
