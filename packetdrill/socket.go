package packetdrill

import (
	"time"

	"netsim/des"
	"netsim/host"
	"netsim/tcp"
	"netsim/wire"
)

// socket is a descriptor of a stream socket: an application of the host that keeps
// what it is told until the script asks.
type socket struct {
	r  *runner
	fd int64

	six          bool
	nonblock     bool
	closesOnExec bool
	bound        bool
	address      wire.Addr // bound to; zero is any
	port         uint16
	peer         host.Remote

	phase    phase
	listener *host.Listener
	conn     *host.Socket // while there is a connection
	flow     *flow
	settings tcp.Settings
	reuse    bool
	timeouts [2]time.Duration // SO_RCVTIMEO, SO_SNDTIMEO; 0: a call waits for ever

	pendingErr errno
	softErr    errno // of ICMP that may pass
	asked      bool  // connect() has not yet told how it ended
	ended      bool  // there was a connection, and it is over
	eof        bool  // the peer has closed its direction
	gotFIN     bool  // with a FIN
	noRead     bool  // shutdown() for reading
	noWrite    bool  // shutdown() for writing, or nothing can be written any more
	closed     bool  // close() was called: nobody asks any more
	lingers    bool  // and waits for what SO_LINGER has it wait for
	waited     bool  // for as long as that says, and in vain
	left       uint32
	final      tcp.State // in which the connection ended
	info       *tcp.Info // of it, then
	queued     int64     // unsettled then

	lowWater int64            // SO_RCVLOWAT
	kept     map[string]int64 // options without effect
	syns     int              // TCP_SYNCNT
	fastKeys [][16]byte       // TCP_FASTOPEN_KEY

	noCookie    bool // TCP_FASTOPEN_NO_COOKIE
	fastConnect bool // TCP_FASTOPEN_CONNECT
	fastQueue   int  // TCP_FASTOPEN

	wakes    int64     // events that have come and no epoll has heard of
	crowded  bool      // a write found no room
	deferred *sockaddr // connect() has returned and the SYN waits for text (TCP_FASTOPEN_CONNECT)
}

// phase is how far a socket has come.
type phase uint8

const (
	fresh phase = iota
	listening
	connecting
	connected
	over
)

// News keeps what the connection tells.
func (s *socket) News(now des.Time, c *host.Socket, n tcp.News) {
	if n&tcp.Connected != 0 && s.phase == connecting {
		s.phase = connected
	}
	if n&tcp.EndOfData != 0 {
		s.eof, s.gotFIN = true, true
	}
	if n&tcp.Troubled != 0 && s.r.manners.softError {
		s.softErr = reportErrors[c.Conn.Trouble()]
	}
	if n&tcp.Lingered != 0 {
		s.lingers = false
		switch c.Conn.State() {
		case tcp.FinWait1, tcp.Closing, tcp.LastAck:
			s.waited = true
		}
	}
	defer s.woken(n)
	if n&(tcp.Ended|tcp.Failed) == 0 {
		return
	}
	s.final = s.r.states[c.Incarnation()]
	s.left = c.Conn.Unread()
	if s.r.manners.keepsInfo {
		info := c.Conn.Info()
		info.Unacked, info.SACKed, info.Lost, info.Again, info.NotSent = 0, 0, 0, 0, 0 // tcp_write_queue_purge
		s.info, s.queued = &info, s.unsettled()
	}
	s.conn, s.ended = nil, true
	wasConnecting := s.phase == connecting
	s.phase = over
	if n&tcp.Failed == 0 {
		return
	}
	s.noWrite, s.eof = true, true
	s.pendingErr = s.r.failureOf(n, s.final, c.Conn.Trouble())
	if wasConnecting {
		s.final = tcp.SynSent
	}
}

// failureOf is the error of a connection that failed in a state.
func (r *runner) failureOf(n tcp.News, state tcp.State, trouble wire.Report) errno {
	switch {
	case n&(tcp.Refused|tcp.WasReset) != 0:
		if e, ok := r.manners.resetErrors[state]; ok {
			return e
		}
		return "ECONNRESET"
	case n&tcp.TimedOut != 0 && trouble == wire.NoReport:
		return "ETIMEDOUT"
	}
	if e, ok := r.manners.reports[trouble]; ok {
		return e
	}
	if r.setup.local.Is6() && trouble == wire.Prohibited && r.manners.noAccess {
		return "EACCES"
	}
	return reportErrors[trouble]
}

// reportErrors are the errors that ICMP stands for (Linux icmp_err_convert, FreeBSD
// inetctlerrmap).
var reportErrors = [...]errno{
	wire.NoReport: "ETIMEDOUT", wire.NetUnreachable: "ENETUNREACH", wire.HostUnreachable: "EHOSTUNREACH",
	wire.ProtocolUnreachable: "ENOPROTOOPT", wire.PortUnreachable: "ECONNREFUSED", wire.TooBig: "EMSGSIZE",
	wire.Prohibited: "EHOSTUNREACH", wire.TimeExceeded: "EHOSTUNREACH", wire.ParameterProblem: "EPROTO",
}

// takeError returns the error that waits, which is told once.
func (s *socket) takeError() errno {
	e := s.pendingErr
	s.pendingErr = ""
	return e
}

// takeAnyError returns the error that waits, or what ICMP has told and may pass (Linux
// sk_err_soft).
func (s *socket) takeAnyError() errno {
	e := s.takeError()
	if e == "" {
		e, s.softErr = s.softErr, ""
	}
	return e
}

// unread is how many bytes can be read.
func (s *socket) unread() uint32 {
	if s.conn != nil {
		return s.conn.Conn.Unread()
	}
	return s.left
}

// Accept gives a connection of the listener its socket, which a call of accept()
// then finds.
func (s *socket) Accept(now des.Time, c *host.Socket) host.App {
	child := &socket{r: s.r, fd: -1, six: s.six, phase: connected, conn: c, settings: s.settings, timeouts: s.timeouts, bound: true, port: s.port}
	child.peer = c.Remote()
	if state := c.Conn.State(); state == tcp.Closed {
		child.phase = over
	}
	for _, f := range s.r.flows {
		if local, remote := c.Ports(); f.local == local && f.remote == remote {
			child.flow = f
		}
	}
	s.r.sockets = append(s.r.sockets, child)
	return child
}
