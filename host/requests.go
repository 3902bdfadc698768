package host

import (
	"time"

	"netsim/des"
	"netsim/ledger"
	"netsim/tcp"
)

// requests is where half-open connections of listeners wait for the third segment
// of their handshake, compact like those in TIME-WAIT. A segment or the SYN,ACK's
// timer makes a socket of one for as long as it takes: so a flood costs no sockets.
type requests struct {
	ledger.Slab[request]
	stack  *Stack
	free   uint32 // chained through next
	held   int
	chains chains
}

// request is a connection in SYN-RECEIVED. It holds no pointers.
type request struct {
	tcp tcp.Request
	ledger.Link
	tuple    tuple
	listener uint32 // by number
	chain    uint32
}

func (r *requests) Link(i uint32) *ledger.Link { return &r.At(i).Link }

// due lets the SYN,ACK's timer expire.
func (r *requests) Due(now des.Time, i uint32) {
	if r.stack.stopped > 0 && r.stack.listeners[r.At(i).listener].host.stopped {
		r.park(now, i)
		return
	}
	s := r.resume(now, i)
	s.Conn.Timeout(now)
	s.pump(now)
}

// resume makes a socket of a request, which keeps its place until it is settled
// what becomes of it.
func (r *requests) resume(now des.Time, i uint32) *Socket {
	st := r.stack
	q := r.At(i)
	l := st.listeners[q.listener]
	s := st.take(now, l.host, q.tuple, nil)
	s.listener, s.request, s.opened, s.since, s.state = l, i, q.tcp.Began, q.tcp.Began, tcp.SynReceived
	o := l.host.reopening(now, q.tuple)
	o.Settings = l.Settings
	s.mark(l.Settings)
	s.Conn.Resume(o, &q.tcp)
	return s
}

// atHand is how many half-open connections of a listener stay sockets: most live
// for a round trip, and to make a request of one and a socket again costs more
// than it saves.
const atHand = 256

// settle makes a request of a socket that can be one, and reports whether it did.
// Of any other it ends the request that it was.
func (r *requests) settle(now des.Time, s *Socket) bool {
	st, i := r.stack, s.request
	if s.listener == nil || s.waiting || i == 0 && !r.takes(now, s) || !s.Conn.Compact() {
		if i != 0 {
			st.table.Replace(s.tuple.hash(), i|asking, s.ref)
			r.drop(i)
			s.request = 0
		}
		return false
	}
	if i == 0 {
		i = r.take()
		q := r.At(i)
		q.tuple, q.listener, q.At = s.tuple, s.listener.number, 0
		st.table.Replace(s.tuple.hash(), s.ref, i|asking)
	}
	q := r.At(i)
	s.Conn.Request(&q.tcp)
	if q.At != q.tcp.Due {
		if s.request != 0 {
			r.chains[q.chain].Unlink(i)
		}
		began, tick := now, s.host.group.profile.Granule()
		if tick > 0 { // what begins within a tick waits equally long from there
			began = des.Time(time.Duration(now) / tick * tick)
		}
		c := r.chains.of(st.sim, r, q.tcp.Due.Sub(began), 0)
		q.chain = c.number
		c.Append(i, q.tcp.Due)
	}
	st.release(s)
	return true
}

// takes reports whether a socket may become a request: it has just come, has its
// whole wait before it, and there are many.
func (r *requests) takes(now des.Time, s *Socket) bool {
	return s.opened == now && s.listener.pending > r.stack.atHand
}

func (r *requests) take() uint32 {
	r.held++
	if i := r.free; i != 0 {
		r.free = r.At(i).Next
		return i
	}
	return r.Grow()
}

// drop forgets a request.
func (r *requests) drop(i uint32) {
	q := r.At(i)
	r.chains[q.chain].Unlink(i)
	q.Next = r.free
	r.free = i
	r.held--
}
