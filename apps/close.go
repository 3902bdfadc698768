package apps

import (
	"netsim/des"
	"netsim/host"
	"netsim/tcp"
)

// moment tells that a moment has come from which the flow may count the time to
// its closing.
func (t *talk) moment(now des.Time, e *end, m When) {
	c := &t.flow.Closing
	if c.When != m || t.pool != nil && !t.last || c.By == Nobody || (c.By == Server) != (e == &t.server) {
		return
	}
	e.leave.after(now, toClose, t.span(&c.After, ofAfter, 0))
}

// close begins the closing, from one end or from both. Where nobody speaks, both wait
// until the server has its end, since it could not close at the instant of the client.
func (t *talk) close(now des.Time, e *end) {
	c := &t.flow.Closing
	if c.By == Both && c.How != Rst && !t.server.busy && !t.laws.asks && !t.laws.answers {
		t.together = true
		return
	}
	e.close(now, c.How)
	if c.By == Both {
		t.server.close(now, c.How)
	}
}

// close closes this end.
func (e *end) close(now des.Time, how How) {
	t := e.talk
	if e.closed || e.done || e.socket == nil {
		return
	}
	e.closed, e.closedAt = true, now
	if !t.closeBegun || t.flow.Closing.By == Both && !e.eof {
		t.closeBegun, e.active = true, true
	}
	switch how {
	case Half:
		e.socket.Shutdown(now)
	case Rst:
		t.wasReset = true
		e.socket.Abort(now)
	case Linger:
		s := t.flow.Lingering
		t.wasReset = t.wasReset || s.Linger == 0
		e.socket.Set(now, s)
		e.socket.Close(now)
	default:
		t.wasReset = t.wasReset || how == Unread && e.socket.Conn.Unread() > 0
		e.socket.Close(now)
	}
}

// replyTo answers the other end's FIN with a close, once all is said.
func (e *end) replyTo(now des.Time) {
	t := e.talk
	t.closeBegun = true
	reply := t.span(&t.flow.Closing.Reply, ofReply, 0)
	e.replyDue = e.serving || e.writing
	if e.closed || e.replyDue || reply < 0 {
		return
	}
	e.leave.after(now, toReply, reply)
}

// gone takes the end of this end's connection: in order, or by failure.
func (e *end) gone(now des.Time, s *host.Socket, n tcp.News) {
	t := e.talk
	e.done, e.socket = true, nil
	counts := s.Conn.Stats()
	if t.measured {
		t.flow.Tally.Numbers += uint64(s.Conn.Taken())
		t.count(now, e, counts, n)
	}
	t.closing += uint64(counts.Closing)
	t.timedOut = t.timedOut || n&tcp.TimedOut != 0
	t.wasReset = t.wasReset || n&(tcp.WasReset|tcp.Refused) != 0
	t.dirty = t.dirty || counts.GotResetAfterFIN
	t.merged = t.merged || counts.MergedFIN
	t.crossed = t.crossed || counts.Crossed
	if e == &t.client && t.opened {
		t.part(now)
	}
	switch {
	case e == &t.client && !t.opened:
		t.failed(now, n)
	case t.client.done && (t.server.done || !t.server.busy):
		t.finish(now)
	case t.span(&t.flow.Closing.Reply, ofReply, 0) < 0 && e.active && !t.wasReset: // the other end stays in CLOSE-WAIT
		t.settle()
	}
}

// count records what an end's connection took.
func (t *talk) count(now des.Time, e *end, c *tcp.Counts, n tcp.News) {
	y := t.flow.Tally
	y.StaleArrived += uint64(c.StaleArrived)
	y.StaleAcknowledged += uint64(c.StaleAcknowledged)
	y.StaleAccepted += uint64(c.StaleAccepted)
	y.Misplaced += uint64(c.Misplaced)
	if e == &t.client && !t.opened {
		y.SYNSent.Record(int64(c.SYNs))
	}
	switch {
	case n&tcp.Failed != 0:
	case e.active && e.closed && t.flow.Closing.How != Rst:
		y.CloseTime.Record(int64(now - e.closedAt))
	case e.eof:
		y.CloseTimePassive.Record(int64(now - e.eofAt))
	}
}

// failed records an attempt that did not open a connection.
func (t *talk) failed(now des.Time, n tcp.News) {
	cause := Reset
	switch {
	case t.gaveUp:
		cause = GaveUp
	case n&tcp.Refused != 0:
		cause = Refused
	case n&tcp.Unreachable != 0:
		cause = Unreachable
	case n&tcp.TimedOut != 0:
		cause = Timeout
	}
	t.fail(now, cause)
}

// fail ends a talk that has not come about.
func (t *talk) fail(now des.Time, cause Cause) {
	if t.measured {
		t.flow.Tally.Failed[cause]++
		t.flow.Tally.SetupTimeAll.Record(int64(now - t.begun))
	}
	t.settle()
	t.part(now)
	t.flow.world.put(t)
}

// finish records a connection both of whose ends are gone or in TIME-WAIT.
func (t *talk) finish(now des.Time) {
	y := t.flow.Tally
	y.Open.Add(now, -1)
	if t.measured {
		y.Lifetime.Record(int64(now - t.begun))
		y.CloseSegments.Record(int64(t.closing))
		y.Closed[t.style()]++
		if t.dirty {
			y.Dirty++
		} else {
			y.Clean++
		}
	}
	t.settle()
	t.flow.world.put(t)
}

func (t *talk) style() Style {
	switch {
	case t.timedOut:
		return ByTimeout
	case t.wasReset:
		return ByReset
	case t.crossed:
		return Simultaneous
	case t.merged:
		return Three
	}
	return Four
}

// settle notes that what is measured of the talk is decided.
func (t *talk) settle() {
	if t.measured && !t.settled {
		t.settled = true
		t.flow.world.unsettled--
	}
}

// cut is the end of the run for a talk that is still open: its closing, as far as
// it went, is recorded.
func (t *talk) cut() {
	if !t.measured {
		return
	}
	y := t.flow.Tally
	if !t.opened {
		y.Undecided++
		return
	}
	y.Unclosed++
	if !t.settled {
		y.CutOff++
	}
	n := t.closing
	for _, e := range []*end{&t.client, &t.server} {
		if e.socket != nil {
			n += uint64(e.socket.Conn.Stats().Closing)
			y.Numbers += uint64(e.socket.Conn.Taken())
		}
	}
	if n > 0 {
		y.CloseSegments.Record(int64(n))
	}
}
