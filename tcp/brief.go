package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// brief reports whether what is left of the connection is no more than a record as that
// of TIME-WAIT: an orphan in FIN-WAIT-2 (Linux tcp_time_wait with TCP_FIN_WAIT2).
func (c *Conn) brief() bool {
	return c.state == FinWait2 && c.has(orphan) && c.profile.BriefFinWait2 && c.finWait2() <= c.profile.TimeWait
}

// mostBrief is how long a record lasts whose timer Linux counts apart
// (__inet_twsk_schedule).
const mostBrief = 4 * time.Second

// checkBrief judges a segment for such a record, in the order of Linux
// (tcp_timewait_state_process), and reports whether it is the FIN that is waited for.
// Whatever else is new ends the connection.
func (c *Conn) checkBrief(now des.Time, s *wire.Segment) bool {
	stamped := c.has(useTS) && s.Options&wire.HasTimestamps != 0
	switch end := s.End(); {
	case stamped && int32(s.TSVal-c.tsRecent) < 0, !acceptable(s, c.rcvNxt, uint32(max(c.edge.Sub(c.rcvNxt), 0))):
		c.answerOld(now, s, SkippedFinWait2)
	case s.Flags.Has(wire.RST): // anywhere in the window
		c.fail(WasReset)
	case s.Flags.Has(wire.SYN) && !s.Seq.Before(c.rcvNxt):
		c.refuse(s)
	case !s.Flags.Has(wire.ACK) || !end.After(c.rcvNxt) || s.SeqLen() == 0: // nothing new
	case !s.Flags.Has(wire.FIN) || end != c.rcvNxt.Add(1):
		c.refuse(s)
	default:
		if stamped {
			c.tsRecent, c.tsRecentAt = s.TSVal, now
		}
		return true
	}
	return false
}

// refuse resets the connection as if there were none.
func (c *Conn) refuse(s *wire.Segment) {
	c.answerReset(s)
	c.fail(WasReset)
}
