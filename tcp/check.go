package tcp

import (
	"fmt"

	"netsim/des"
)

// Check returns an error if an invariant of the connection is broken: a mistake
// of ours, for tests to find. It is to be asked when Emit has no more to send.
func (c *Conn) Check() error {
	if c.state == Closed || c.state == Listen {
		return nil
	}
	what := c.broken()
	if what == "" {
		return nil
	}
	return fmt.Errorf("tcp: %v: %s: iss %v una %v next %v nxt %v end %v; irs %v rcv.nxt %v edge %v",
		c.state, what, c.iss, c.una, c.next, c.nxt, c.end, c.irs, c.rcvNxt, c.edge)
}

// broken says which invariant does not hold, "" if all do.
func (c *Conn) broken() string {
	switch {
	case c.una.After(c.nxt):
		return "SND.UNA after SND.NXT"
	case c.next.Before(c.una) || c.next.After(c.nxt):
		return "next outside [SND.UNA, SND.NXT]"
	case c.nxt.After(c.last()):
		return "SND.NXT past what the user wrote"
	case c.base.After(c.end):
		return "more acknowledged than written"
	case c.counts.Misplaced > 0:
		return "text delivered at a wrong offset"
	case c.state.synchronized():
		return c.brokenSynchronized()
	case c.rtxAt == des.Never:
		return "a SYN outstanding and no timer"
	}
	return ""
}

func (c *Conn) brokenSynchronized() string {
	switch {
	case c.last().After(c.una) && c.rtxAt == des.Never:
		return "something outstanding or unsent, and no timer"
	case c.has(finQueued) == (c.state == Established || c.state == CloseWait):
		return "state and our FIN disagree"
	case c.has(gotFIN) == (c.state == Established || c.state == FinWait1 || c.state == FinWait2):
		return "state and the peer's FIN disagree"
	case c.edge.Before(c.rcvNxt):
		return "received past the window"
	case c.readable >= c.receiveLimit()+1<<c.rcvScale:
		return "more to read than the buffer holds"
	case c.cwnd < c.effectiveMSS():
		return "congestion window below one segment"
	case c.recovering() && !c.una.Before(c.rec.recover):
		return "fast recovery past its end"
	}
	if c.selective() {
		if what := c.rec.board.broken(c.una, c.nxt); what != "" {
			return what
		}
	}
	for i, g := range c.gaps.ranges {
		if !g.Right.After(g.Left) || !g.Left.After(c.rcvNxt) || i > 0 && !g.Left.After(c.gaps.ranges[i-1].Right) {
			return fmt.Sprintf("reassembly range %d: [%v, %v)", i, g.Left, g.Right)
		}
	}
	return ""
}
