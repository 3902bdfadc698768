package tcp

import "fmt"

// Check returns an error if an invariant of the connection is broken: a mistake
// of ours, for tests to find.
func (c *Conn) Check() error {
	if c.state == Closed {
		return nil
	}
	broken := func(what string) error {
		return fmt.Errorf("tcp: %v: %s: iss %v una %v next %v nxt %v end %v; irs %v rcv.nxt %v edge %v",
			c.state, what, c.iss, c.una, c.next, c.nxt, c.end, c.irs, c.rcvNxt, c.edge)
	}
	switch {
	case c.una.After(c.nxt):
		return broken("SND.UNA after SND.NXT")
	case c.next.Before(c.una) || c.next.After(c.nxt):
		return broken("next outside [SND.UNA, SND.NXT]")
	case c.state >= SynReceived && c.nxt.After(c.last()):
		return broken("SND.NXT past what the user wrote")
	case c.state.synchronized() && c.state != TimeWaiting && c.flight() > 0 && c.rtxAt > c.Deadline() && c.rtxAt == 1<<63-1:
		return broken("something outstanding and no timer")
	case c.counts.Misplaced > 0:
		return broken("text delivered at a wrong offset")
	}
	for i, g := range c.gaps.ranges {
		if !g.Right.After(g.Left) || !g.Left.After(c.rcvNxt) || i > 0 && !g.Left.After(c.gaps.ranges[i-1].Right) {
			return broken(fmt.Sprintf("reassembly range %d: [%v, %v)", i, g.Left, g.Right))
		}
	}
	return nil
}
