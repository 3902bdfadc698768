package packetdrill

import "netsim/packetdrill/script"

// setsockopt is setsockopt().
func (r *runner) setsockopt(c *script.Call) (attempt, error) {
	s, no, err := r.socketArg(c)
	if s == nil {
		return no, err
	}
	if len(c.Args) < 4 {
		return nil, &failure{want: "setsockopt with 5 arguments", got: callText(c)}
	}
	e, err := r.setOption(s, c.Args[1].Text, c.Args[2].Text, c.Args[3])
	return func() (result, bool) {
		if e != "" {
			return failed(e)
		}
		return done(0)
	}, err
}

// getsockopt is getsockopt().
func (r *runner) getsockopt(c *script.Call) (attempt, error) {
	s, no, err := r.socketArg(c)
	if s == nil {
		return no, err
	}
	if len(c.Args) < 4 {
		return nil, &failure{want: "getsockopt with 5 arguments", got: callText(c)}
	}
	e, err := r.getOption(s, c.Args[1].Text, c.Args[2].Text, c.Args[3])
	return func() (result, bool) {
		if e != "" {
			return failed(e)
		}
		return done(0)
	}, err
}

// setOption sets a socket option to a value as the script writes it. The error is
// for what the script does wrong, or what is not supported.
func (r *runner) setOption(s *socket, level, name string, value *script.Expr) (errno, error) {
	switch level + "." + name {
	case "SOL_TCP.TCP_FASTOPEN":
		n, err := r.number(value)
		s.fastQueue = int(n)
		return "", err
	case "SOL_SOCKET.SO_REUSEADDR":
		n, err := r.number(value)
		s.reuse = n != 0
		return "", err
	}
	return "", &unsupported{at: value.Pos, what: "option " + level + " " + name}
}

// getOption holds a socket option against the value that the script expects.
func (r *runner) getOption(s *socket, level, name string, want *script.Expr) (errno, error) {
	switch level + "." + name {
	case "SOL_SOCKET.SO_ERROR":
		return "", r.outErrno(want, s.takeError())
	}
	return "", &unsupported{at: want.Pos, what: "option " + level + " " + name}
}

// outErrno holds an error against that which the script expects, a name or 0.
func (r *runner) outErrno(want *script.Expr, got errno) error {
	e := want
	if e.Kind == script.List && len(e.Args) == 1 {
		e = e.Args[0]
	}
	text := e.Text
	if e.Kind == script.Int && e.Int == 0 {
		text = ""
	}
	if e.Kind == script.Ellipsis || got.same(text) {
		return nil
	}
	name := string(got)
	if name == "" {
		name = "0"
	}
	return &failure{at: want.Pos, want: exprText(want), got: "[" + name + "]"}
}
