package host

import (
	"netsim/des"
	"netsim/metrics"
	"netsim/tcp"
	"netsim/wire"
)

// QueueTally is the memory that the queues of the connections of a group hold, over
// time: text and the buffers it stands in, see [tcp.Conn.Queues].
type QueueTally struct {
	All, Send, Receive, Ahead metrics.Level
	In                        [tcp.States]metrics.Level // by the state of the connection
}

func (q *QueueTally) levels() []*metrics.Level {
	all := []*metrics.Level{&q.All, &q.Send, &q.Receive, &q.Ahead}
	for s := range q.In {
		all = append(all, &q.In[s])
	}
	return all
}

// queued is what a socket was last seen to hold.
type queued struct {
	tcp.Queues
	state tcp.State
}

// weigh accounts for what the queues of the connection hold since it was last asked.
func (s *Socket) weigh(now des.Time) {
	st, g := s.stack, s.host.group
	for int(s.ref) >= len(st.queued) {
		st.queued = append(st.queued, queued{})
	}
	was, is := st.queued[s.ref], queued{s.Conn.Queues(), s.Conn.State()}
	if was == is {
		return
	}
	st.queued[s.ref] = is
	more := is.Sum() - was.Sum()
	if g.limits != nil {
		s.host.rest.holdings.bytes += more
		s.host.rest.holdings.queued += more
	}
	for t := g.tally; t != nil; t = t.of {
		if t.Memory != nil {
			t.Memory.Add(now, more)
		}
		if t.Queues != nil {
			t.Queues.change(now, &was, &is)
		}
	}
}

func (q *QueueTally) change(now des.Time, was, is *queued) {
	q.All.Add(now, is.Sum()-was.Sum())
	q.Send.Add(now, is.Send-was.Send)
	q.Receive.Add(now, is.Receive-was.Receive)
	q.Ahead.Add(now, is.Ahead-was.Ahead)
	q.In[was.state].Add(now, -was.Sum())
	q.In[is.state].Add(now, is.Sum())
}

// starves decides about a segment for which the queues of the host have no memory, and
// reports whether it is lost.
func (h *Host) starves(now des.Time, s *Socket, seg *wire.Segment) bool {
	most, c := h.group.limits.Queues, &s.Conn
	if most == 0 || seg.Len == 0 || c.State() < tcp.Established {
		return false
	}
	room := most - h.group.profile.Buffered(uint64(seg.Len))
	if h.rest.holdings.queued <= room {
		return false
	}
	if h.group.profile.Starved == tcp.RefusesText {
		// What is held beyond a gap goes first, and who has nothing to read is given what
		// comes in order in any case.
		if c.InOrder(seg) {
			if c.Prune() {
				s.weigh(now)
			}
			if h.rest.holdings.queued <= room || c.Unread() == 0 {
				return false
			}
		}
		c.Refuse()
	}
	h.group.tally.MemoryDropped++
	return h.group.profile.Starved == tcp.LosesSegments
}

// orphanQueue is what an orphan may have to send in any case (SOCK_MIN_SNDBUF of Linux).
const orphanQueue = 4608

// bereft resets an orphan that has much to send while the queues of the host hold more
// than they may (tcp_out_of_memory of Linux).
func (s *Socket) bereft(now des.Time) {
	h := s.host
	l := h.group.limits
	if !s.orphan || l == nil || l.Queues == 0 || h.group.profile.Starved != tcp.RefusesText {
		return
	}
	s.weigh(now) // it may have written just now
	if h.rest.holdings.queued > l.Queues && s.stack.queued[s.ref].Send > orphanQueue {
		h.group.tally.OrphansStarved++
		s.Conn.Abort(now)
	}
}
