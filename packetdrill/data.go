package packetdrill

import (
	"math"
	"slices"

	"netsim/packetdrill/script"
	"netsim/tcp"
)

// read is read(), recv() and recvfrom().
func (r *runner) read(c *script.Call) (attempt, error) {
	n, err := r.numberArg(c, 2, 0)
	if err != nil {
		return nil, err
	}
	flags, err := r.numberArg(c, 3, 0)
	if err != nil {
		return nil, err
	}
	return r.receive(c, n, flags)
}

// readv is readv(): the buffers count as one.
func (r *runner) readv(c *script.Call) (attempt, error) {
	n, err := r.vector(c, 1)
	if err != nil {
		return nil, err
	}
	return r.receive(c, n, 0)
}

// recvmsg is recvmsg().
func (r *runner) recvmsg(c *script.Call) (attempt, error) {
	n, err := r.message(c)
	if err != nil {
		return nil, err
	}
	flags, err := r.numberArg(c, 2, 0)
	if err != nil {
		return nil, err
	}
	return r.receive(c, n, flags)
}

// vector is how many bytes the buffers of an argument have: [{..., 10}, {..., 20}].
func (r *runner) vector(c *script.Call, i int) (total int64, err error) {
	e, err := arg(c, i)
	if err != nil {
		return 0, err
	}
	return r.vectorOf(e)
}

func (r *runner) vectorOf(e *script.Expr) (total int64, err error) {
	if e.Kind != script.List {
		return 0, &failure{at: e.Pos, want: "buffers such as [{..., 1000}]", got: exprText(e)}
	}
	for _, b := range e.Args {
		if b.Kind != script.Struct || len(b.Args) != 2 {
			return 0, &failure{at: b.Pos, want: "a buffer such as {..., 1000}", got: exprText(b)}
		}
		n, err := r.number(b.Args[1])
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// message is how many bytes the buffers of a struct msghdr have.
func (r *runner) message(c *script.Call) (int64, error) {
	e, err := arg(c, 1)
	if err != nil {
		return 0, err
	}
	if e.Kind == script.Struct {
		for i, key := range e.Keys {
			if key == "msg_iov" || key == "" && e.Args[i].Kind == script.List {
				return r.vectorOf(e.Args[i])
			}
		}
	}
	return 0, &failure{at: e.Pos, want: "a message such as {msg_iov(1)=[{..., 1000}], ...}", got: exprText(e)}
}

// receive is what all calls that read are.
func (r *runner) receive(c *script.Call, n, flags int64) (attempt, error) {
	s, no, err := r.socketArg(c)
	if s == nil {
		return no, err
	}
	if flags&(symbols["MSG_ERRQUEUE"]) != 0 {
		return nil, &unsupported{what: "MSG_ERRQUEUE"}
	}
	taken, target := int64(0), min(max(s.lowWater, 1), n) // Linux sock_rcvlowat
	if flags&symbols["MSG_WAITALL"] != 0 {
		target = n
	}
	return s.wait(flags, s.timeouts[0], func() (result, bool) {
		switch {
		case s.deferred != nil: // connect() has said that there is a connection
			return result{value: -1, errno: "EAGAIN"}, false
		case s.phase == fresh && !s.ended && s.pendingErr == "" || s.phase == listening:
			return failed("ENOTCONN")
		}
		if got := min(int64(s.unread()), n-taken); got > 0 {
			if isNull(c) {
				return failed("EFAULT")
			}
			if flags&symbols["MSG_PEEK"] == 0 {
				s.take(uint32(got))
			}
			if taken += got; taken >= target {
				return done(taken)
			}
		}
		switch {
		case taken > 0 && (s.eof || s.noRead || s.pendingErr != "" || s.phase == over):
			return done(taken)
		case s.pendingErr != "" && !(s.gotFIN && r.manners.endFirst):
			return failed(s.takeError())
		case s.eof || s.noRead || s.phase == over || n == 0:
			return done(0)
		case taken > 0:
			return result{value: taken}, false
		}
		return result{value: -1, errno: "EAGAIN"}, false
	}), nil
}

// isNull reports that the buffer of a call is none.
func isNull(c *script.Call) bool {
	return len(c.Args) > 1 && nullIn(c.Args[1])
}

func nullIn(e *script.Expr) bool {
	if e.Kind == script.List || e.Kind == script.Struct {
		return slices.ContainsFunc(e.Args, nullIn)
	}
	return e.Kind == script.Word && e.Text == "NULL"
}

// take reads bytes.
func (s *socket) take(n uint32) {
	if s.conn != nil {
		s.conn.ReadUpTo(s.r.now(), n)
	} else {
		s.left -= n
	}
}

// write is write() and send().
func (r *runner) write(c *script.Call) (attempt, error) {
	n, err := r.numberArg(c, 2, 0)
	if err != nil {
		return nil, err
	}
	flags, err := r.numberArg(c, 3, 0)
	if err != nil {
		return nil, err
	}
	return r.send(c, n, flags)
}

func (r *runner) writev(c *script.Call) (attempt, error) {
	n, err := r.vector(c, 1)
	if err != nil {
		return nil, err
	}
	return r.send(c, n, 0)
}

func (r *runner) sendto(c *script.Call) (attempt, error) {
	flags, err := r.numberArg(c, 3, 0)
	if err != nil {
		return nil, err
	}
	if flags&symbols["MSG_FASTOPEN"] == 0 {
		return r.write(c)
	}
	n, err := r.numberArg(c, 2, 0)
	if err != nil {
		return nil, err
	}
	a, err := r.addressArg(c, 4, r.far())
	if err != nil {
		return nil, err
	}
	return r.sendFast(c, a, n, flags)
}

func (r *runner) sendmsg(c *script.Call) (attempt, error) {
	n, err := r.message(c)
	if err != nil {
		return nil, err
	}
	flags, err := r.numberArg(c, 2, 0)
	if err != nil {
		return nil, err
	}
	if flags&symbols["MSG_FASTOPEN"] != 0 {
		a, err := r.messageAddress(c)
		if err != nil {
			return nil, err
		}
		return r.sendFast(c, a, n, flags)
	}
	return r.send(c, n, flags)
}

// messageAddress is the address of a struct msghdr.
func (r *runner) messageAddress(c *script.Call) (sockaddr, error) {
	for i, key := range c.Args[1].Keys {
		if key == "msg_name" {
			return r.addressArg(&script.Call{Args: []*script.Expr{c.Args[1].Args[i]}}, 0, r.far())
		}
	}
	return r.far(), nil
}

// send is what all calls that write are. It waits until the last byte is in the send
// buffer.
func (r *runner) send(c *script.Call, n, flags int64) (attempt, error) {
	s, no, err := r.socketArg(c)
	if s == nil {
		return no, err
	}
	switch {
	case flags&symbols["MSG_ZEROCOPY"] != 0:
		return nil, &unsupported{what: "MSG_ZEROCOPY"}
	case n > 0 && isNull(c) && s.phase == connected && !s.noWrite && s.pendingErr == "":
		return instead("EFAULT")
	}
	if s.deferred != nil { // connect() left the SYN for this
		return r.fast(s, *s.deferred, n, flags), nil
	}
	return s.put(n, 0, flags), nil
}

// put is the attempt to write n bytes, of which some are sent.
func (s *socket) put(n, sent, flags int64) attempt {
	try := s.wait(flags, s.timeouts[1], func() (result, bool) {
		switch {
		case s.pendingErr != "" && sent == 0 && (!s.noWrite || s.r.manners.errorFirst):
			return failed(s.takeError())
		case s.noWrite && sent == 0:
			return failed("EPIPE")
		case s.phase == fresh || s.phase == listening:
			return failed(s.r.manners.unconnected)
		case s.phase == over || s.pendingErr != "" || s.noWrite:
			if sent > 0 {
				return done(sent)
			}
			return failed("EPIPE")
		case s.phase == connecting && s.r.manners.connecting != "":
			return failed(s.r.manners.connecting)
		case s.phase == connecting:
			return result{value: -1, errno: "EAGAIN"}, false
		}
		if s.conn != nil {
			more := s.keepBack(flags)
			sent += int64(s.conn.Write(s.r.now(), uint64(n-sent)))
			more.Cork = s.settings.Cork
		}
		if sent == n {
			return done(n)
		}
		s.crowded = true
		return result{value: -1, errno: "EAGAIN"}, false
	})
	return func() (result, bool) {
		x, returned := try()
		if returned && x.errno == "EAGAIN" && sent > 0 {
			return done(sent)
		}
		return x, returned
	}
}

// keepBack corks the connection for a write with MSG_MORE: what that leaves goes with
// the next write or acknowledgment. The caller takes the cork out again, which sends
// nothing by itself.
func (s *socket) keepBack(flags int64) *tcp.Settings {
	more := s.settings
	if flags&symbols["MSG_MORE"] != 0 && !more.Cork {
		more.Cork = true
		s.conn.Set(s.r.now(), &more)
	}
	return &more
}

// close is close().
func (r *runner) close(c *script.Call) (attempt, error) {
	f, err := r.fileArg(c)
	if err != nil {
		return nil, err
	}
	fd, _ := r.number(c.Args[0])
	if f == nil {
		return instead("EBADF")
	}
	s, _ := f.(*socket)
	return func() (result, bool) {
		if s != nil && !s.closed {
			s.shut()
		}
		delete(r.files, fd)
		switch {
		case s == nil || !s.lingers:
			return s.closedLate()
		case s.nonblock && r.manners.lingerOver != "": // soclose asks for SS_NBIO
			return done(0)
		}
		return result{}, false
	}, nil
}

// closedLate is what close() returns that may have waited: in vain, if its FIN is not
// acknowledged even so.
func (s *socket) closedLate() (result, bool) {
	if s != nil && s.waited && s.r.manners.lingerOver != "" {
		return failed(s.r.manners.lingerOver)
	}
	return done(0)
}

// shut closes the socket: nobody holds it any more.
func (s *socket) shut() {
	s.closed = true
	now := s.r.now()
	switch {
	case s.listener != nil:
		s.listener.Stop(now)
		s.listener = nil
	case s.conn != nil:
		conn := s.conn
		s.lingers = s.settings.Lingers && s.settings.Linger > 0 // O_NONBLOCK or not (Linux tcp_close)
		conn.Close(now)
		s.lingers = s.lingers && conn.Conn.Lingering()
	}
}

// shutdown is shutdown().
func (r *runner) shutdown(c *script.Call) (attempt, error) {
	s, no, err := r.socketArg(c)
	if s == nil {
		return no, err
	}
	how, err := r.numberArg(c, 1, 0)
	if err != nil {
		return nil, err
	}
	return func() (result, bool) {
		now := r.now()
		switch {
		case how < 0 || how > 2:
			return failed("EINVAL")
		case s.phase == listening && r.manners.shutListening != "":
			if how != symbols["SHUT_WR"] {
				s.pendingErr = "ECONNABORTED"
			}
			return failed(r.manners.shutListening)
		case s.phase == listening:
			if how != symbols["SHUT_WR"] {
				s.listener.Stop(now)
				s.listener, s.phase = nil, fresh
			}
			return done(0)
		case s.phase == connecting && r.manners.unconnects:
			return r.disconnect(s)
		case s.deferred != nil:
			return done(0)
		case s.conn == nil:
			return failed("ENOTCONN")
		}
		if how != symbols["SHUT_WR"] {
			s.noRead = true
			s.conn.ShutdownRead(now)
		}
		if how != symbols["SHUT_RD"] {
			s.noWrite = true
			if s.conn != nil {
				s.conn.Shutdown(now)
			}
		}
		s.wakes = math.MaxInt64 // inet_shutdown wakes everybody
		s.woken(0)
		return done(0)
	}, nil
}
