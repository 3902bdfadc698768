package host

import (
	"fmt"
	"math/rand/v2"
	"time"

	"netsim/des"
	"netsim/dist"
	"netsim/tcp"
	"netsim/wire"
)

// accepts is how connections are accepted that are not accepted at once: by calls
// of Accept, or by threads each of which is busy for a time after each. Who is
// waiting for it is a socket without an App, which keeps its news.
type accepts struct {
	first, last *Socket    // in the order of their handshakes, chained through next
	came        []des.Time // when each came, in that order, after those that are taken
	taken       int
	length      int64
	idle        *thread
	threads     int       // that there are to be
	leaving     int       // busy ones that are too many
	time        dist.Dist // ns
	draws       *rand.Rand
}

// thread accepts a connection when it is idle.
type thread struct {
	listener *Listener
	busy     des.Event
	next     *thread // idle, too
}

// Hold lets connections wait until Accept takes them.
func (l *Listener) Hold() {
	if l.accepts == nil {
		l.accepts = new(accepts)
	}
}

// Accept gives the connection that has waited longest to the Acceptor, and reports
// whether there was one. It may have been reset meanwhile.
func (l *Listener) Accept(now des.Time) bool {
	a := l.accepts
	if a == nil || a.first == nil {
		return false
	}
	s := a.first
	a.first, s.next = s.next, nil
	l.wait(now, -1)
	l.host.stack.waited = now.Sub(a.pop())
	l.hand(now, s)
	l.host.stack.waited = 0
	s.pump(now)
	return true
}

// Threads lets so many threads accept, each of which is busy after that for a time
// drawn from the distribution of nanoseconds.
func (l *Listener) Threads(n int, busy dist.Dist) {
	l.Hold()
	st := l.host.stack
	a := l.accepts
	a.time = busy
	a.draws = des.Stream(st.seed, st.rep, fmt.Sprintf("node.%s.listen.%d.accept", l.host.name(), l.port))
	for range n {
		l.hire()
	}
}

// hire makes an idle thread.
func (l *Listener) hire() {
	a := l.accepts
	t := &thread{listener: l, next: a.idle}
	t.busy.Bind(t, l.host.owner.Rank(des.Workload))
	a.idle = t
	a.threads++
}

// SetThreads changes how many threads accept, where [Listener.Threads] has made some:
// new ones take who is waiting, and those that are too many go when they are idle.
func (l *Listener) SetThreads(now des.Time, n int) {
	a := l.accepts
	for a.threads < n {
		if a.leaving > 0 {
			a.leaving--
			a.threads++
		} else {
			l.hire()
		}
	}
	for ; a.threads > n; a.threads-- {
		if a.idle == nil {
			a.leaving++
		} else {
			a.idle = a.idle.next
		}
	}
	for a.idle != nil && a.first != nil {
		a.take(now)
		l.Accept(now)
	}
}

// Fire ends the thread's work on a connection.
func (t *thread) Fire(now des.Time) {
	a := t.listener.accepts
	if a.leaving > 0 {
		a.leaving--
		return
	}
	t.next, a.idle = a.idle, t
	if a.first != nil {
		a.take(now)
		t.listener.Accept(now)
	}
}

// take makes an idle thread busy.
func (a *accepts) take(now des.Time) {
	t := a.idle
	a.idle = t.next
	t.listener.host.stack.sim.At(&t.busy, now.Add(time.Duration(a.time.Draw(a.draws))))
}

// ResetOverflow lets the third segment of a handshake that finds the accept queue
// full be reset (Linux tcp_abort_on_overflow). Else it is dropped, and the SYN,ACK
// will be sent again.
func (l *Listener) ResetOverflow() { l.resets = true }

// full reports that nothing fits into the accept queue.
func (l *Listener) full() bool {
	return l.accepts != nil && l.places >= 0 && l.accepts.length >= int64(l.places)
}

// declines reports that a connection that would be established now is not: nothing
// fits into the accept queue, or into the memory.
func (l *Listener) declines() bool {
	return l.full() || l.host.tight(tcp.SynReceived, tcp.Established)
}

// admit is asked while s belongs to l: it reports whether the App may hear news. A
// connection that is established is accepted or waits for it; a request that failed
// has no App.
func (l *Listener) admit(now des.Time, s *Socket) bool {
	state := s.Conn.State()
	if s.waiting {
		return false
	}
	if state == tcp.SynReceived && !s.Conn.Early() || state == tcp.Listen {
		return true
	}
	l.request(now, -1)
	l.host.uncached(s.tuple)
	if l.guards() && state != tcp.Closed {
		l.host.prove(s.tuple.remote)
	}
	a := l.accepts
	if state != tcp.Closed {
		l.host.group.tally.Opened++
	}
	switch {
	case state == tcp.Closed:
		s.listener = nil
	case a == nil:
		l.hand(now, s)
	case a.idle != nil:
		a.take(now)
		l.hand(now, s)
	default:
		s.waiting = true
		if a.first == nil {
			a.first = s
		} else {
			a.last.next = s
		}
		a.last = s
		a.came = append(a.came, now)
		l.wait(now, 1)
		return false
	}
	return true
}

// pop is when the first in the queue came, which leaves it.
func (a *accepts) pop() des.Time {
	at := a.came[a.taken]
	if a.taken++; 2*a.taken >= len(a.came) {
		a.came = append(a.came[:0], a.came[a.taken:]...)
		a.taken = 0
	}
	return at
}

// hand gives s to its App.
func (l *Listener) hand(now des.Time, s *Socket) {
	s.listener, s.waiting = nil, false
	l.Accepted++
	s.Conn.Adopt()
	s.called(now, Accepting, 0)
	s.app = l.acceptor.Accept(now, s)
}

// wait counts a connection that comes into the accept queue or leaves it.
func (l *Listener) wait(now des.Time, d int64) {
	l.accepts.length += d
	for t := l.ListenerTally; t != nil; t = t.of {
		t.Waiting.Add(now, d)
	}
}

// overflow gives the segment to a request while the accept queue is full. If it
// would be established, nothing has happened, or it is reset.
func (l *Listener) overflow(now des.Time, s *Socket, p *wire.Packet) {
	before := s.Conn
	s.Conn.Segment(now, &p.Segment)
	if state := s.Conn.State(); state == tcp.SynReceived || state == tcp.Closed {
		l.host.stack.pool.Put(p)
		return
	}
	why := acceptQueueFull
	if l.full() {
		l.Overflows++
	} else {
		why = noMemory
		l.host.group.tally.MemoryRefused++
	}
	l.host.stack.net.Refused(now, l.host.node, p, why)
	s.Conn = before
	if !l.resets && !l.host.group.profile.OverflowResets {
		l.host.stack.pool.Put(p)
		return
	}
	s.Conn.Forget()
	l.host.refuse(now, p)
}
