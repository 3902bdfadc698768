package tcp

import "netsim/wire"

// Queues is the memory that the queues of a connection hold, in bytes: text, and what
// the buffers take that it stands in.
type Queues struct {
	Send    int64 // written and not acknowledged
	Receive int64 // arrived in order and not read
	Ahead   int64 // held beyond a gap
}

// Sum is all of it.
func (q *Queues) Sum() int64 { return q.Send + q.Receive + q.Ahead }

// Queues returns what the queues hold. Text that follows each other stands in as few
// buffers as it fits into.
func (c *Conn) Queues() (q Queues) {
	if c.state <= Listen || c.state == TimeWaiting {
		return q
	}
	q.Send = c.profile.Buffered(c.unsettled())
	q.Receive = c.profile.Buffered(uint64(c.readable))
	for _, r := range c.gaps.ranges {
		q.Ahead += c.profile.Buffered(uint64(r.Right.Sub(r.Left)))
	}
	return q
}

// Buffered is the memory of n bytes of text that follow each other.
func (p *Profile) Buffered(n uint64) int64 {
	buffers := min(n, 1)
	if p.Buffer > 0 {
		buffers = (n + uint64(p.Buffer) - 1) / uint64(p.Buffer)
	}
	return int64(n + buffers*uint64(p.PerBuffer))
}

// Starvation is what becomes of text that arrives where there is no memory for it.
type Starvation uint8

const (
	LosesSegments Starvation = iota // there is nothing to receive it into
	RefusesText                     // TCP drops it, see [Conn.Refuse] (tcp_data_queue of Linux)
)

func (s Starvation) String() string { return [...]string{"loses-segments", "refuses-text"}[s] }

// InOrder reports whether the segment is no further than what is expected.
func (c *Conn) InOrder(s *wire.Segment) bool { return !s.Seq.After(c.rcvNxt) }

// Prune forgets what is held beyond a gap, which the peer may have been told of
// already (RFC 2018 section 8), and reports whether there was something.
func (c *Conn) Prune() bool {
	if c.gaps.empty() {
		return false
	}
	c.gaps = c.gaps.emptied()
	if !c.has(gotFIN) {
		c.off(heldFIN)
	}
	if c.has(kept) {
		c.rec.reports.n = 0
	}
	return true
}

// Refuse drops the text of the segment that comes next. In order it is answered by a
// window that is shut, until the next ACK opens it.
func (c *Conn) Refuse() { c.aside().refuses = true }

// refused reports whether the segment's text is dropped.
func (c *Conn) refused(s *wire.Segment) bool {
	if !c.has(extended) || !c.side.refuses {
		return false
	}
	if c.side.refuses = false; c.InOrder(s) {
		c.side.shuts = true
		c.on(ackDue)
	}
	return true
}
