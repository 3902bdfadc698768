package packetdrill

import (
	"fmt"
	"strings"

	"netsim/packetdrill/script"
)

// setsockopt is setsockopt().
func (r *runner) setsockopt(c *script.Call) (attempt, error) {
	return r.sockopt(c, func(s *socket, o *option, name string, value *script.Expr) (errno, error) {
		n, err := r.optionValue(value)
		if err != nil {
			return "", err
		}
		if e := r.tooShort(c, value); e != "" {
			return e, nil
		}
		if o.write == nil {
			return "ENOPROTOOPT", nil
		}
		if e := o.write(r, s, n); e != "" {
			return e, nil
		}
		s.settled()
		return "", nil
	})
}

// getsockopt is getsockopt().
func (r *runner) getsockopt(c *script.Call) (attempt, error) {
	return r.sockopt(c, func(s *socket, o *option, name string, want *script.Expr) (errno, error) {
		switch {
		case name == "SO_ERROR":
			return "", r.outErrno(want, s.takeAnyError())
		case want.Kind == script.Struct:
			return "", r.outFields(s, o, want)
		case r.negativeLength(c):
			return "EINVAL", nil
		case o.read == nil && name != "TCP_INFO":
			return "ENOPROTOOPT", nil
		case want.Kind == script.Ellipsis:
			return "", nil
		case want.Kind == script.Word && want.Text == "NULL":
			return "EFAULT", nil
		}
		v := o.read(r, s)
		if v.bytes != "" || want.Kind == script.String {
			return "", outText(want, v.bytes)
		}
		return "", r.out(want, v.n)
	})
}

// negativeLength reports that there is no room for the value.
func (r *runner) negativeLength(c *script.Call) bool {
	if len(c.Args) < 5 {
		return false
	}
	n, err := r.number(c.Args[4])
	return err == nil && n < 0
}

// outText holds a string that a call writes against the expected one.
func outText(want *script.Expr, got string) error {
	e := want
	if e.Kind == script.List && len(e.Args) == 1 {
		e = e.Args[0]
	}
	if e.Kind == script.Ellipsis || strings.TrimRight(e.Text, "\x00") == got {
		return nil
	}
	return &failure{at: want.Pos, want: exprText(want), got: fmt.Sprintf("%q", got)}
}

// sockopt is what both calls are: it finds the option by level and name.
func (r *runner) sockopt(c *script.Call, do func(*socket, *option, string, *script.Expr) (errno, error)) (attempt, error) {
	s, no, err := r.socketArg(c)
	if s == nil {
		return no, err
	}
	if len(c.Args) < 4 {
		return nil, &failure{want: c.Name + " with 5 arguments", got: callText(c)}
	}
	if c.Args[2].Kind == script.Int { // of a number that no option has
		return instead("ENOPROTOOPT")
	}
	level, name := c.Args[1].Text, c.Args[2].Text
	if short, ok := strings.CutPrefix(level, "SOL_"); ok && short != "SOCKET" {
		level = "IPPROTO_" + short
	}
	o, ok := options[level+"."+name]
	if !ok {
		return nil, &unsupported{at: c.Args[2].Pos, what: strings.TrimSpace("option " + exprText(c.Args[1]) + " " + name)}
	}
	if gone := r.manners.optionGone; gone != "" && level == "IPPROTO_TCP" && s.phase == over && !r.waits(s) {
		return instead(gone)
	}
	e, err := do(s, &o, name, c.Args[3])
	if _, missed := err.(*failure); err != nil && !missed {
		return nil, err
	}
	return func() (result, bool) {
		if e != "" {
			return failed(e)
		}
		return result{err: err}, true
	}, nil
}

// tooShort is the error of a call that gives no value, or one of fewer bytes than an int;
// a string may be as short as it is, and some options of IP are one byte.
func (r *runner) tooShort(c *script.Call, value *script.Expr) errno {
	if value.Kind == script.Word && value.Text == "NULL" {
		return "EFAULT"
	}
	if value.Kind == script.String || value.Kind == script.Ellipsis || len(c.Args) < 5 {
		return ""
	}
	n, err := r.number(c.Args[4])
	if err == nil && (n < 0 || n < 4 && (n == 0 || !strings.HasPrefix(c.Args[2].Text, "IP"))) {
		return "EINVAL"
	}
	return ""
}

// value is that of an option: a number, and a second one of a struct linger or timeval;
// or bytes.
type value struct {
	n, second int64
	bytes     string
}

// optionValue reads the value that a script gives an option: 1, [1], "cubic" or a
// struct.
func (r *runner) optionValue(e *script.Expr) (v value, err error) {
	switch e.Kind {
	case script.Ellipsis:
		return v, nil
	case script.String:
		v.bytes = e.Text
		return v, nil
	case script.Struct:
		for i, a := range e.Args {
			key := e.Keys[i]
			if a.Kind == script.String { // the name in a struct tcp_function_set
				v.bytes = a.Text
				continue
			}
			n, err := r.number(a)
			if err != nil {
				return v, err
			}
			switch {
			case key == "onoff" || key == "l_onoff" || key == "tv_sec" || key == "" && i == 0:
				v.n = n
			case key == "linger" || key == "l_linger" || key == "tv_usec" || key == "" && i == 1:
				v.second = n
			case key == "pcbcnt":
			default:
				return v, &unsupported{at: a.Pos, what: "field " + key}
			}
		}
		return v, nil
	}
	v.n, err = r.number(e)
	return v, err
}

// outFields holds the fields of a struct against those that the script expects.
func (r *runner) outFields(s *socket, o *option, want *script.Expr) error {
	info := r.info(s)
	for i, key := range want.Keys {
		e := want.Args[i]
		if e.Kind == script.Ellipsis || key == "pcbcnt" {
			continue
		}
		if e.Kind == script.String && o.read != nil {
			if err := outText(e, o.read(r, s).bytes); err != nil {
				return err
			}
			continue
		}
		n, err := r.number(e)
		if err != nil {
			return err
		}
		var got int64
		switch f, ok := info[key]; {
		case ok:
			got = int64(f)
		case o.read == nil:
			return &unsupported{at: e.Pos, what: "field " + key}
		default:
			v := o.read(r, s)
			got = v.n
			if key == "linger" || key == "l_linger" || key == "tv_usec" || key == "" && i == 1 {
				got = v.second
			}
		}
		if got != n {
			return &failure{at: e.Pos, want: key + "=" + exprText(e), got: key + "=" + result{value: got}.String()}
		}
	}
	return nil
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

// settled gives the connection, or those to come of a listener, the socket's settings.
// They are shared, so that each change makes new ones.
func (s *socket) settled() {
	settings := s.settings
	if s.conn != nil {
		s.conn.Set(s.r.now(), &settings)
	}
	if s.listener != nil {
		s.listener.Settings = &settings
	}
}
