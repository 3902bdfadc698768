package packetdrill

import (
	"errors"
	"time"

	"netsim/des"
	"netsim/host"
	"netsim/packetdrill/script"
	"netsim/tcp"
)

// socketCall is socket().
func (r *runner) socketCall(c *script.Call) (attempt, error) {
	e, err := arg(c, 1)
	if err != nil {
		return nil, err
	}
	kind, err := r.number(e)
	if err != nil {
		return nil, err
	}
	protocol, err := r.numberArg(c, 2, 6)
	if err != nil {
		return nil, err
	}
	if kind&0xf != symbols["SOCK_STREAM"] || protocol != 6 && protocol != 0 {
		return nil, &unsupported{what: "socket of " + exprText(c.Args[1]) + " and " + exprText(c.Args[len(c.Args)-1])}
	}
	flag, _ := r.number(&script.Expr{Kind: script.Word, Text: "SOCK_NONBLOCK"})
	return func() (result, bool) {
		s := &socket{r: r, six: r.setup.six, nonblock: kind&flag != 0, closesOnExec: kind&symbols["SOCK_CLOEXEC"] != 0}
		r.sockets = append(r.sockets, s)
		r.subject = s // what comes next is of it
		return done(r.give(s, c))
	}, nil
}

// give enters a file under the descriptor that the script expects, or the first free
// one from 3.
func (r *runner) give(file any, c *script.Call) int64 {
	fd := int64(3)
	if c.Result != nil {
		if n, err := r.number(c.Result); err == nil && n >= 0 {
			fd = n
		}
	}
	for r.files[fd] != nil {
		fd++
	}
	r.files[fd] = file
	if s, ok := file.(*socket); ok {
		s.fd = fd
	}
	return fd
}

// bind is bind().
func (r *runner) bind(c *script.Call) (attempt, error) {
	s, no, err := r.socketArg(c)
	if s == nil {
		return no, err
	}
	a, err := r.addressArg(c, 1, r.near())
	if err != nil {
		return nil, err
	}
	return func() (result, bool) {
		if e := r.wrong(s, c, &a); e != "" {
			return failed(e)
		}
		switch {
		case s.bound || s.phase != fresh:
			return failed("EINVAL")
		case !r.own(s, a.ip):
			return failed("EADDRNOTAVAIL")
		case r.taken(a.port, s):
			return failed("EADDRINUSE")
		}
		s.bound, s.port, s.address = true, a.port, r.wireOf(a.ip)
		return done(0)
	}, nil
}

// taken reports whether another socket keeps s from the port.
func (r *runner) taken(port uint16, s *socket) bool {
	if port == 0 {
		return false
	}
	for _, o := range r.sockets {
		if o != s && !o.closed && o.fd >= 0 && o.bound && o.port == port && (o.phase == listening || !o.reuse || !s.reuse) && o.conn == nil {
			return true
		}
	}
	return !s.reuse && r.host.Taken(port)
}

// listen is listen().
func (r *runner) listen(c *script.Call) (attempt, error) {
	s, no, err := r.socketArg(c)
	if s == nil {
		return no, err
	}
	backlog, err := r.numberArg(c, 1, 1)
	if err != nil {
		return nil, err
	}
	return func() (result, bool) {
		backlog := int(int32(backlog))
		if most := r.profile.Backlog; backlog < 0 || most > 0 && backlog > most {
			backlog = most
		}
		switch s.phase {
		case listening:
			s.listener.SetBacklog(backlog)
			return done(0)
		case fresh:
		default:
			return failed("EINVAL")
		}
		if !s.bound {
			s.bound, s.port = true, r.profile.PortLow
		}
		l, err := r.host.Listen(s.port, backlog, s, &r.listening)
		if err != nil {
			return failed(errnoOf(err))
		}
		l.Hold()
		settings := s.settings
		l.Settings = &settings
		s.phase, s.listener = listening, l
		s.listenFast(backlog)
		l.FastKeys = s.fastKeys
		if r.sysctls.abort {
			l.ResetOverflow()
		}
		r.subject, s.flow = s, nil
		r.current = nil
		return done(0)
	}, nil
}

// errnoOf is the error of the host as a system names it.
func errnoOf(err error) errno {
	switch {
	case errors.Is(err, host.ErrInUse):
		return "EADDRINUSE"
	case errors.Is(err, host.ErrNoPort):
		return "EADDRNOTAVAIL"
	case errors.Is(err, host.ErrAddress):
		return "EINVAL"
	}
	return "EIO"
}

// accept is accept() and accept4().
func (r *runner) accept(c *script.Call) (attempt, error) {
	s, no, err := r.socketArg(c)
	if s == nil {
		return no, err
	}
	flags, err := r.numberArg(c, 3, 0)
	if err != nil {
		return nil, err
	}
	flag, _ := r.number(&script.Expr{Kind: script.Word, Text: "SOCK_NONBLOCK"})
	if flags&^(flag|symbols["SOCK_CLOEXEC"]) != 0 && !r.bsd() {
		return instead("EINVAL")
	}
	return s.wait(0, s.timeouts[0], func() (result, bool) {
		switch {
		case s.phase != listening:
			return failed("EINVAL")
		case s.pendingErr != "": // of a shutdown (FreeBSD soshutdown)
			return failed(s.takeError())
		}
		known := len(r.sockets)
		if !s.listener.Accept(r.now()) {
			return result{value: -1, errno: "EAGAIN"}, false
		}
		child := r.sockets[known]
		if no := r.manners.acceptReset; no != "" && child.phase == over {
			child.closed = true
			return failed(no)
		}
		child.nonblock = flags&flag != 0 || c.Name == "accept" && s.nonblock && r.manners.inherits
		child.closesOnExec = flags&symbols["SOCK_CLOEXEC"] != 0
		if child.flow != nil { // segments that come next are of it
			r.current, r.subject = child.flow, child
		}
		return result{value: r.give(child, c), err: r.outAddress(c, child, "getpeername")}, true
	}), nil
}

// wait makes of a call that would block one that does not, where the socket or the
// call says so, and ends one whose time is over as that would (SO_RCVTIMEO, SO_SNDTIMEO).
func (s *socket) wait(flags int64, timeout time.Duration, try attempt) attempt {
	first := s.nonblock || flags&s.r.dontWait() != 0
	end := des.Never
	return func() (result, bool) {
		x, returned := try()
		switch {
		case returned:
		case first, s.r.now() >= end:
			return x, true
		case timeout > 0 && end == des.Never:
			end = plus(s.r.now(), timeout)
			s.r.sim.At(&s.r.bell, end)
		}
		return x, returned
	}
}

// dontWait is MSG_DONTWAIT, which systems have as different numbers.
func (r *runner) dontWait() int64 {
	n, _ := r.number(&script.Expr{Kind: script.Word, Text: "MSG_DONTWAIT"})
	return n
}

// connect is connect().
func (r *runner) connect(c *script.Call) (attempt, error) {
	s, no, err := r.socketArg(c)
	if s == nil {
		return no, err
	}
	a, err := r.addressArg(c, 1, r.far())
	if err != nil {
		return nil, err
	}
	began := false
	return s.wait(0, s.timeouts[1], func() (result, bool) {
		switch e := r.wrong(s, c, &a); {
		case a.unspec && r.manners.unspec == "":
			return r.disconnect(s)
		case a.unspec && s.phase == fresh:
			return failed(r.manners.unspec)
		case e != "" && !began:
			return failed(e)
		}
		if !began {
			began = true
			if s.deferred != nil {
				return failed("EISCONN")
			}
			if r.defers(s, a) {
				return done(0)
			}
			if x, over := r.begin(s, a); over {
				return x, true
			}
		}
		switch {
		case s.phase == connected, s.phase == over && s.pendingErr == "":
			s.asked = false
			return done(0)
		case s.phase == over:
			s.renew()
			return failed(s.takeError())
		}
		return result{value: -1, errno: "EINPROGRESS"}, false
	}), nil
}

// renew makes a socket whose opening has failed, and said so, as if it were new; to Linux
// in all (tcp_disconnect).
func (s *socket) renew() {
	s.phase, s.asked = fresh, false
	s.ended = s.ended && !s.r.manners.connectedOnce
}

// begin opens a connection, and reports whether the call is over with that.
func (r *runner) begin(s *socket, a sockaddr) (result, bool) {
	switch s.phase {
	case connecting:
		return failed("EALREADY")
	case connected:
		if s.asked && r.manners.connectedOnce {
			s.asked = false
			return done(0)
		}
		return failed("EISCONN")
	case listening:
		return failed(r.manners.connectListening)
	case over:
		switch gone := r.manners.connectGone; {
		case gone != r.manners.connectOver && !r.waits(s): // the error that waited is forgotten
			s.takeError()
			return failed(gone)
		case s.pendingErr != "":
			s.renew()
			return failed(s.takeError())
		case s.asked && s.final == tcp.SynSent && r.manners.aborted != "": // SO_ERROR has told why
			s.renew()
			return failed(r.manners.aborted)
		}
		if s.final != tcp.SynSent {
			return failed(r.manners.connectOver)
		}
		s.phase = fresh
	}
	f := r.newFlow(s.port, a.port, r.wireOf(a.ip))
	settings := s.settings
	s.phase, s.flow, s.asked, s.ended, s.eof, s.gotFIN, s.noWrite = connecting, f, true, false, false, false, false
	r.subject = s
	s.peer = host.Remote{Address: f.far, Port: a.port}
	from := s.address
	conn, err := r.host.ConnectFrom(r.now(), from, s.peer, s.port, f.who, s, &settings)
	if err != nil {
		s.phase = fresh
		return failed(errnoOf(err))
	}
	if s.phase == connecting || s.phase == connected {
		s.conn = conn
	}
	s.bound = true
	s.port, _ = conn.Ports()
	f.local = s.port
	return result{}, false
}

// disconnect is connect() to AF_UNSPEC: what there is of a connection is reset, and
// the socket as if new (Linux tcp_disconnect).
func (r *runner) disconnect(s *socket) (result, bool) {
	if s.listener != nil {
		s.listener.Stop(r.now())
		s.listener = nil
	}
	trouble := errno("")
	if conn := s.conn; conn != nil {
		s.conn = nil
		switch conn.Conn.State() {
		case tcp.SynSent, tcp.SynReceived, tcp.Established, tcp.FinWait1, tcp.FinWait2, tcp.CloseWait:
			if r.manners.unconnects {
				trouble = "ECONNRESET"
			}
		}
		conn.Abort(r.now())
	}
	s.phase, s.pendingErr, s.eof, s.gotFIN, s.noRead, s.noWrite, s.ended, s.left = fresh, trouble, false, false, false, false, false, 0
	s.info, s.queued = nil, 0
	if s.address.IsZero() {
		s.port, s.bound = 0, false
	}
	s.peer = host.Remote{}
	return done(0)
}
