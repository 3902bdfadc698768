package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// A listener that defers its accept keeps a connection in SYN-RECEIVED until text
// comes, and drops the ACKs that come before. So many expiries of the SYN,ACK's timer
// are waited for; the last but one sends the SYN,ACK again, so that a peer that
// says nothing is answered and accepted (Linux: tcp_check_req, syn_ack_recalc).

// defers reports whether the segment that would establish the connection does not. One
// with a SYN cookie does: nothing else is left of its connection, no timer either
// (Linux: cookie_v4_check).
func (c *Conn) defers(s *wire.Segment) bool {
	return c.rtxAt != des.Never && s.SeqLen() == 0 && !c.has(active) && int(c.tries) < c.deferred()
}

// patient reports whether the SYN,ACK need not be sent again: the peer has it, and
// there is time.
func (c *Conn) patient() bool {
	return c.state == SynReceived && c.has(proven) && int(c.tries) < c.deferred()-1
}

// deferred is how many expiries the wait for text is, at most those that there are
// (Linux: secs_to_retrans).
func (c *Conn) deferred() int {
	wait, schedule := c.settings().DeferAccept, c.profile.SYNACKSchedule
	var sum time.Duration
	for n := range schedule {
		if sum >= wait {
			return n
		}
		sum += schedule[n]
	}
	return len(schedule)
}
