package apps

import (
	"time"

	"netsim/des"
	"netsim/host"
)

// slowReader is an application that is as long with what it reads as its rate says,
// before it reads on. Meanwhile the window closes.
type slowReader struct {
	event  des.Event
	end    *end
	most   uint32 // bytes of a read
	taken  uint32 // and not yet done with
	closed bool   // a FIN has come behind what is still to be read
}

// A read takes what a tenth of a second is enough for, within these bounds.
const (
	leastSip = 1460
	mostSip  = 1 << 16
)

// slowDown makes the end read at its flow's rate, by the record of an earlier talk if
// there is one.
func (e *end) slowDown(r *slowReader) {
	if r == nil {
		r = new(slowReader)
	}
	*r = slowReader{end: e, most: uint32(min(max(e.talk.flow.ReadRate/80, leastSip), mostSip))}
	r.event.Bind(r, e.talk.flow.owner.Rank(des.Workload))
	e.slow = r
}

// sip reads some, unless there is something to do with what was read.
func (r *slowReader) sip(now des.Time) {
	e := r.end
	if r.taken > 0 || e.socket == nil || e.done {
		return
	}
	if r.taken = e.socket.ReadUpTo(now, r.most); r.taken > 0 {
		bits := float64(r.taken) * 8e9
		e.talk.flow.world.sim.At(&r.event, now.Add(time.Duration(bits/float64(e.talk.flow.ReadRate))))
	}
}

// Fire is when it has done with what it read.
func (r *slowReader) Fire(now des.Time) {
	e, n := r.end, r.taken
	r.taken = 0
	if e.done {
		return
	}
	e.take(now, n, false)
	r.sip(now)
	if r.closed && r.taken == 0 && !e.done {
		r.closed = false
		e.finish(now, false)
	}
}

// before tells whether there is something to be read before the FIN that has come.
func (r *slowReader) before(s *host.Socket) bool {
	r.closed = r.taken > 0 || s.Conn.Unread() > 0
	return r.closed
}

// spurns tells whether the end closes without having read the last message to it.
func (e *end) spurns() bool {
	c := &e.talk.flow.Closing
	return c.How == Unread && (c.By == Server) == (e == &e.talk.server)
}

// leaveLast reads all but the last byte of the last message. It counts as read, and
// is still there when the end closes, which makes the close a reset.
func (e *end) leaveLast(now des.Time, s *host.Socket) {
	t := e.talk
	size := uint64(0)
	switch last := t.rounds - 1; {
	case e == &t.server && t.laws.asks && e.heard == last:
		size = t.request(last)
	case e == &t.client && t.laws.answers && t.exchanges == last:
		size = t.response(last)
	}
	if size == 0 || e.closed {
		e.take(now, s.Read(now), false)
		return
	}
	if room := size - 1 - min(e.got, size-1); room > 0 {
		e.take(now, s.ReadUpTo(now, uint32(min(room, 1<<31))), false)
	}
	if e.got == size-1 && s.Conn.Unread() > 0 && !e.left {
		e.left = true
		e.take(now, 1, false)
	}
}
