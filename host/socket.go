package host

import (
	"math/bits"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/wire"
)

// App is told what happens to its connection. After news of the kind [tcp.Ended]
// or [tcp.Failed] the socket is gone and must not be touched again.
type App interface {
	News(now des.Time, s *Socket, n tcp.News)
}

// Socket is a connection at its host. Sockets are pooled.
type Socket struct {
	Conn      tcp.Conn
	alarm     des.Event
	since     des.Time // in state
	opened    des.Time // connect() was called, or the SYN came
	stack     *Stack
	host      *Host
	app       App
	listener  *Listener // until it is accepted
	next      *Socket
	tuple     tuple
	ref       uint32
	pair      uint32    // of its port, 0 if that is not ephemeral
	request   uint32    // it was, if it still may be one
	state     tcp.State // as accounted
	open      bool      // not in the free list
	pumping   bool
	fast      bool  // opened fast, and in SYN-RECEIVED
	waiting   bool  // to be accepted
	gone      bool  // from the table
	bucket    bool  // it has one of those for TIME-WAIT
	orphan    bool  // it counts as one
	ttl, dscp uint8 // of its packets: the ttl if it is not the host's
}

// Ports returns the local and the remote port.
func (s *Socket) Ports() (local, remote uint16) { return s.tuple.localPort, s.tuple.remotePort }

// Local is the address of this end.
func (s *Socket) Local() wire.Addr { return s.tuple.local }

// Remote is the other end.
func (s *Socket) Remote() Remote { return Remote{s.tuple.remote, s.tuple.remotePort} }

// Info tells what there is to know of the connection.
func (s *Socket) Info() tcp.Info { return s.Conn.Info() }

// Opened is when connect() was called, or when the first SYN came.
func (s *Socket) Opened() des.Time { return s.opened }

// Waited is how long the connection was established before it is accepted. It is
// known to [Acceptor.Accept] alone.
func (s *Socket) Waited() time.Duration { return s.stack.waited }

// Write hands n bytes to the connection, as far as its buffer has room, and
// returns how many that were.
func (s *Socket) Write(now des.Time, n uint64) uint64 {
	n = s.Conn.Write(now, n)
	s.called(now, Writing, n)
	s.pump(now)
	return n
}

// Read takes all bytes that have arrived and returns their number.
func (s *Socket) Read(now des.Time) uint32 {
	n := s.Conn.Read(now)
	s.called(now, Reading, uint64(n))
	s.pump(now)
	return n
}

// ReadUpTo is Read of at most n bytes.
func (s *Socket) ReadUpTo(now des.Time, n uint32) uint32 {
	n = s.Conn.ReadUpTo(now, n)
	s.called(now, Reading, uint64(n))
	s.pump(now)
	return n
}

// Set changes the socket options.
func (s *Socket) Set(now des.Time, options *tcp.Settings) {
	s.Conn.Set(now, options)
	s.mark(options)
	s.called(now, Setting, 0)
	s.pump(now)
}

// mark keeps what the user asks of the headers of IP; nil is nothing.
func (s *Socket) mark(options *tcp.Settings) {
	if options != nil {
		s.ttl, s.dscp = options.TTL, options.DSCP
	}
}

// Acknowledge is TCP_QUICKACK, see [tcp.Conn.Acknowledge].
func (s *Socket) Acknowledge(now des.Time, on bool) {
	s.Conn.Acknowledge(on)
	s.pump(now)
}

// Shutdown closes the sending direction.
func (s *Socket) Shutdown(now des.Time) {
	s.Conn.Shutdown(now)
	s.called(now, Shutting, 0)
	s.pump(now)
}

// ShutdownRead ends reading; the peer learns nothing of it.
func (s *Socket) ShutdownRead(now des.Time) {
	s.Conn.ShutdownRead(now)
	s.called(now, ShuttingRead, 0)
	s.pump(now)
}

// Close closes the connection; nobody will read from it.
func (s *Socket) Close(now des.Time) {
	s.Conn.Close(now)
	s.called(now, Closing, 0)
	s.abandoned(now)
	s.bereft(now)
	s.pump(now)
}

// Abort resets the connection. What was written before goes before the reset, as
// far as it may go.
func (s *Socket) Abort(now des.Time) {
	if s.pumping {
		s.emit(now)
	}
	s.Conn.Abort(now)
	s.called(now, Aborting, 0)
	s.pump(now)
}

// Fire is the alarm. It may ring early, since an alarm put off is left where it
// is; then it is only set again.
func (s *Socket) Fire(now des.Time) {
	if s.host.stopped {
		return
	}
	if s.Conn.Deadline() <= now {
		s.Conn.Timeout(now)
		if s.Conn.FastStuck() {
			s.host.pauseFast(now)
		}
		s.bereft(now)
	}
	s.pump(now)
}

// pump follows every input: it sends what is due, accounts for the state and
// tells the news until there is none, then releases the socket or sets its
// alarm. What the App does meanwhile joins what is sent next.
func (s *Socket) pump(now des.Time) {
	if s.pumping {
		return
	}
	s.pumping = true
	for {
		s.emit(now)
		if s.state != s.Conn.State() {
			s.account(now)
			if s.fast && s.state != tcp.SynReceived {
				s.fastDone(now)
			}
		}
		if s.state == tcp.FinWait2 {
			s.adopted(now)
			if s.evicted() {
				continue
			}
		}
		if l := s.listener; l != nil && !l.admit(now, s) {
			break
		}
		n := s.Conn.News()
		if n == 0 {
			break
		}
		if n&tcp.Connected != 0 {
			s.keepCookie()
		}
		if s.app != nil {
			s.app.News(now, s, n)
		}
	}
	s.pumping = false
	if events := s.Conn.Events(); events != 0 {
		s.host.group.tally.happened(events)
	}
	if s.host.group.weighs {
		s.weigh(now)
	}
	if (s.listener != nil || s.request != 0) && s.stack.requests.settle(now, s) {
		return
	}
	switch s.Conn.State() {
	case tcp.Closed:
		s.leave(now)
	case tcp.TimeWaiting:
		s.stack.room.enter(now, s)
		s.stack.release(s)
	default:
		if d := s.Conn.Deadline(); d < s.stack.sim.When(&s.alarm) {
			s.stack.sim.At(&s.alarm, max(d, now)) // where clocks stood still, several are overdue
		}
	}
}

// emit sends all that the connection has to send.
func (s *Socket) emit(now des.Time) {
	st := s.stack
	for p := st.blank(); s.Conn.Emit(now, &p.Segment); p = st.blank() {
		p.Segment.SrcPort, p.Segment.DstPort = s.tuple.localPort, s.tuple.remotePort
		p.DSCP = s.dscp
		ttl := s.host.group.ttl
		if s.ttl != 0 {
			ttl = s.ttl
		}
		st.sendWith(now, s.host, s.tuple.local, s.tuple.remote, ttl)
	}
}

// account records every state that the connection has passed since it was last
// asked.
func (s *Socket) account(now des.Time) {
	trail := s.Conn.Trail()
	for shift := (bits.Len32(trail) - 1) &^ 3; shift >= 0 && trail != 0; shift -= 4 {
		s.move(now, tcp.State(trail>>shift&15))
	}
	if s.state != s.Conn.State() {
		s.move(now, s.Conn.State())
	}
}

func (s *Socket) move(now des.Time, to tcp.State) {
	g := s.host.group
	g.tally.move(now, s.state, to, s.since)
	if g.limits != nil {
		s.host.rest.holdings.move(g.tally, s.state, to)
	}
	if o := s.stack.observer; o != nil {
		o.State(now, s.host.node, s.Conn.Incarnation(), s.state, to)
	}
	s.state, s.since = to, now
}

// leave gives the tuple back and the socket, which stays until it is accepted if
// it waits for that.
func (s *Socket) leave(now des.Time) {
	st := s.stack
	if !s.gone {
		st.table.Remove(s.tuple.hash(), s.ref)
		if s.pair != 0 {
			st.freePort(now, s.host.group, s.pair, s.tuple.localPort, false)
		}
		s.gone = true
	}
	if s.waiting {
		st.sim.Cancel(&s.alarm)
		return
	}
	st.release(s)
}

// Incarnation is the oracle of the connection.
func (s *Socket) Incarnation() wire.Incarnation { return s.Conn.Incarnation() }
