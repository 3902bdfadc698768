package packetdrill

import (
	"netsim/packetdrill/script"
)

// fcntl is fcntl() with F_GETFL and F_SETFL.
func (r *runner) fcntl(c *script.Call) (attempt, error) {
	f, err := r.fileArg(c)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return instead("EBADF")
	}
	e, err := arg(c, 1)
	if err != nil {
		return nil, err
	}
	flags, err := r.numberArg(c, 2, 0)
	if err != nil {
		return nil, err
	}
	s, _ := f.(*socket)
	flag, _ := r.number(&script.Expr{Kind: script.Word, Text: "O_NONBLOCK"})
	return func() (result, bool) {
		switch {
		case s == nil:
			return done(0)
		case e.Text == "F_GETFD":
			return done(truth(s.closesOnExec))
		case e.Text == "F_SETFD":
			s.closesOnExec = flags&symbols["FD_CLOEXEC"] != 0
			return done(0)
		case e.Text == "F_GETFL":
			if s.nonblock {
				return done(symbols["O_RDWR"] | flag)
			}
			return done(symbols["O_RDWR"])
		case e.Text == "F_SETFL":
			s.nonblock = flags&flag != 0
			return done(0)
		}
		return failed("EINVAL")
	}, nil
}

// out holds what a call writes through a pointer against what the script expects
// there.
func (r *runner) out(e *script.Expr, got int64) error {
	if e.Kind == script.Ellipsis {
		return nil
	}
	want, err := r.number(e)
	if err != nil {
		return err
	}
	if want != got {
		return &failure{at: e.Pos, want: exprText(e), got: "[" + result{value: got}.String() + "]"}
	}
	return nil
}

// ioctl is ioctl() with SIOCINQ and SIOCOUTQ.
func (r *runner) ioctl(c *script.Call) (attempt, error) {
	s, no, err := r.socketArg(c)
	if s == nil {
		return no, err
	}
	if len(c.Args) < 3 {
		return nil, &failure{want: "ioctl with 3 arguments", got: callText(c)}
	}
	var queued func() int64
	switch c.Args[1].Text {
	case "SIOCINQ", "FIONREAD":
		queued = func() int64 { return int64(s.unread()) }
	case "SIOCOUTQ", "FIONWRITE":
		queued = s.unsettled
	case "FIONBIO":
		on, err := r.number(c.Args[2])
		s.nonblock = on != 0
		return func() (result, bool) { return done(0) }, err
	default:
		return nil, &unsupported{what: "ioctl " + exprText(c.Args[1])}
	}
	if s.phase == listening {
		return instead("EINVAL")
	}
	return func() (result, bool) { return result{err: r.out(c.Args[2], queued())}, true }, nil
}

// unsettled is how much the peer has not acknowledged, sent or not. A FIN counts as a
// byte (Linux tcp_ioctl: write_seq - snd_una).
func (s *socket) unsettled() int64 {
	if s.conn == nil {
		return s.queued
	}
	n := int64(s.conn.Conn.Unsettled())
	if s.conn.Conn.Closing() {
		n++
	}
	return n
}

// getname is getsockname() and getpeername().
func (r *runner) getname(c *script.Call) (attempt, error) {
	s, no, err := r.socketArg(c)
	if s == nil {
		return no, err
	}
	return func() (result, bool) {
		if c.Name == "getpeername" && (s.phase != connected || s.conn == nil) {
			return failed("ENOTCONN")
		}
		return result{err: r.outAddress(c, s, c.Name)}, true
	}, nil
}
