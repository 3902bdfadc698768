package tcp

import (
	"netsim/des"
	"netsim/wire"
)

// Reported takes an ICMP report on a segment of this connection (RFC 9293 section
// 3.9.2.2, MUST-54). mtu is what TooBig tells. It returns the path MTU that was
// learnt, 0 if none was.
func (c *Conn) Reported(now des.Time, why wire.Report, quoted *wire.Segment, mtu uint16) int {
	if c.state == Closed || c.state == Listen || c.state == TimeWaiting {
		return 0
	}
	// RFC 5927 section 4.1: an attacker does not know what is outstanding.
	if c.profile.RFC5927 && (quoted.Seq.Before(c.una) || quoted.Seq.After(c.nxt) || quoted.Seq == c.nxt && c.profile.ICMP >= CallAborts) {
		c.note(StrayReport)
		return 0
	}
	switch {
	case why == wire.TooBig:
		path := c.profile.pathMTU(int(mtu), c.ipHeaderLen()+quoted.HeaderLen()+int(quoted.Len), c.has(six))
		if path > 0 {
			c.pathNarrowed(path)
		}
		return path
	case c.profile.ICMP >= CallAborts:
		c.notified(why)
	case c.profile.aborts(why, c.state, c.has(active)) && !c.adopted:
		c.aside().trouble = why
		if c.has(active) {
			c.note(OpeningFailed)
		} else {
			c.note(RequestLost)
		}
		c.fail(Unreachable) // SHLD-26
	default:
		c.aside().trouble = why
		c.hint(Troubled) // SHLD-25, MUST-56
	}
	return 0
}

// notified takes a report as FreeBSD does (tcp_ctlinput, tcp_notify, syncache_unreach): one
// that would not pass soon counts in SYN-SENT alone, and ends it; another is kept, and is
// why a connection ends that is not open after four SYNs and hears a second one.
func (c *Conn) notified(why wire.Report) {
	opening := c.state == SynSent || c.state == SynReceived
	lasting := c.profile.ICMP == CallAborts && why != wire.NetUnreachable && why != wire.HostUnreachable && why != wire.ParameterProblem
	patience := uint16(4)
	if c.state == SynReceived && !c.has(active) {
		lasting, patience = false, 3
	}
	switch {
	case lasting && c.state == SynSent, !lasting && opening && c.tries >= patience && c.Trouble() != wire.NoReport:
		c.aside().trouble = why
		c.fail(Unreachable)
	case lasting, c.state == Established && (why == wire.NetUnreachable || why == wire.HostUnreachable || why == wire.TimeExceeded):
	default:
		c.aside().trouble = why
		c.hint(Troubled)
	}
}

// Trouble is the last ICMP report that was taken, NoReport if there was none. A
// connection that then timed out did so because of it, most likely.
func (c *Conn) Trouble() wire.Report {
	if c.has(extended) {
		return c.side.trouble
	}
	return wire.NoReport
}

// aborts reports whether the report ends a connection in the state.
func (p *Profile) aborts(why wire.Report, s State, active bool) bool {
	hard := why == wire.ProtocolUnreachable || why == wire.PortUnreachable
	switch {
	case p.ICMP == HardAborts:
		return hard
	case s == SynSent, s == SynReceived && active:
		return true
	case s == SynReceived: // a request dies of what is not its peer's word: tcp_v4_err, tcp_req_err
		return !hard && why != wire.Prohibited
	}
	return false
}

// plateaus are the path MTUs to be tried where a report tells none (RFC 1191
// section 7.1).
var plateaus = [...]int{65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68}

// pathMTU is what a report of TooBig says of the path: the MTU it tells, or the
// next plateau below the size of the segment; no less than the least. One that no path of
// IPv6 has is not believed, 0 (RFC 8201 section 4).
func (p *Profile) pathMTU(mtu, size int, six bool) int {
	if six && mtu < 1280 {
		return 0
	}
	if mtu == 0 {
		for _, plateau := range plateaus {
			if mtu = plateau; plateau < size {
				break
			}
		}
	}
	if six {
		return mtu
	}
	return max(mtu, p.MinPathMTU)
}

// pathNarrowed makes segments smaller, never larger, and sends again what was too
// big; that is no congestion (SHLD-6, RFC 1191 section 6.4).
func (c *Conn) pathNarrowed(mtu int) {
	mss := uint16(max(mtu-c.ipHeaderLen()-20, 64)) // no less than takeOptions has
	if mss >= c.mss {
		return
	}
	c.mss = mss
	if c.state.synchronized() && c.flight() > 0 && !c.has(persist) {
		c.forgetFlight()
		c.next = c.una
	}
}

func (c *Conn) ipHeaderLen() int {
	if c.has(six) {
		return 40
	}
	return 20
}
