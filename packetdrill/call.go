package packetdrill

import (
	"fmt"
	"strings"

	"netsim/des"
	"netsim/packetdrill/script"
)

// result is what a call returned: a value, or the name of an error.
type result struct {
	value int64
	errno errno
	err   error // what it wrote through its pointers was not as expected
}

func (x result) String() string {
	if x.errno != "" {
		return "-1 " + string(x.errno)
	}
	return fmt.Sprint(x.value)
}

func failed(e errno) (result, bool) { return result{value: -1, errno: e}, true }
func done(n int64) (result, bool)   { return result{value: n}, true }

// attempt is a call that may have to wait: it reports whether it has returned.
type attempt func() (result, bool)

// calls are the system calls by name. Each returns an attempt, which is made at once
// and, if it must wait, after everything that happens.
var calls map[string]func(r *runner, c *script.Call) (attempt, error) // order-free: looked up by name

func init() {
	calls = map[string]func(r *runner, c *script.Call) (attempt, error){
		"socket": (*runner).socketCall, "bind": (*runner).bind, "listen": (*runner).listen,
		"accept": (*runner).accept, "accept4": (*runner).accept, "connect": (*runner).connect,
		"read": (*runner).read, "recv": (*runner).read, "recvfrom": (*runner).read, "readv": (*runner).readv, "recvmsg": (*runner).recvmsg,
		"write": (*runner).write, "send": (*runner).write, "sendto": (*runner).sendto, "writev": (*runner).writev, "sendmsg": (*runner).sendmsg,
		"close": (*runner).close, "shutdown": (*runner).shutdown, "fcntl": (*runner).fcntl, "ioctl": (*runner).ioctl,
		"getsockopt": (*runner).getsockopt, "setsockopt": (*runner).setsockopt,
		"getsockname": (*runner).getname, "getpeername": (*runner).getname,
		"poll": (*runner).poll, "epoll_create": (*runner).epollCreate, "epoll_create1": (*runner).epollCreate,
		"epoll_ctl": (*runner).epollControl, "epoll_wait": (*runner).epollWait, "epoll_pwait": (*runner).epollWait,
	}
}

// call makes a call and holds its result against that of the script.
func (r *runner) call(e *script.Event, c *script.Call) error {
	if r.pending != nil { // one waits at a time
		if err := r.await(); err != nil {
			return err
		}
	}
	make := calls[c.Name]
	if make == nil {
		return &unsupported{what: "call " + c.Name}
	}
	try, err := make(r, c)
	if err != nil {
		return err
	}
	w := &waiting{call: c, pos: e.Pos, try: try, began: r.now(), from: r.now(), to: r.now()}
	if c.Until != nil {
		w.blocks = true
		w.from = plus(r.base, c.Until.At)
		if c.Until.Relative { // since the event before, as the time of the call
			w.from = plus(r.now(), c.Until.At-e.When.At)
		}
		w.to = w.from
	}
	x, returned := try()
	if returned {
		return r.returned(w, x)
	}
	r.pending = w
	if c.Until != nil {
		return nil
	}
	return r.await() // the script says nothing of a wait, and goes on after it
}

// waiting is a call that waits.
type waiting struct {
	call     *script.Call
	pos      script.Pos
	try      attempt
	blocks   bool // the script says so
	began    des.Time
	from, to des.Time // when it is to return
}

// retry lets the call that waits return, if it can.
func (r *runner) retry() error {
	w := r.pending
	if w == nil {
		return nil
	}
	x, returned := w.try()
	if !returned {
		return nil
	}
	r.pending = nil
	return r.returned(w, x)
}

// await lets the world go on until the call that waits has returned.
func (r *runner) await() error {
	w := r.pending
	for r.pending != nil {
		limit := plus(w.to, r.setup.tolerance+w.to.Sub(w.began)/8+1)
		if !w.blocks {
			limit = plus(w.began, mostTime)
		}
		before := r.sim.Events()
		if err := r.step(limit); err != nil {
			return err
		}
		if r.sim.Events() == before && r.pending != nil {
			r.pending = nil
			return &failure{at: w.pos, want: fmt.Sprintf("%s to return at %s", callText(w.call), r.clock(w.to)), got: "no return until then"}
		}
	}
	return nil
}

// returned holds the result of a call against the expected one.
func (r *runner) returned(w *waiting, x result) error {
	r.rows = append(r.rows, Row{At: r.now().Sub(r.base), Pos: w.pos, Kind: Called, Text: callText(w.call) + " = " + x.String()})
	if w.blocks {
		tolerance := max(r.setup.tolerance, w.to.Sub(w.began)/8)
		if (r.now() - w.to).Sub(0).Abs() > tolerance {
			return &failure{at: w.pos, want: fmt.Sprintf("%s to return at %s", callText(w.call), r.clock(w.to)), got: fmt.Sprintf("%v at %s", x, r.clock(r.now()))}
		}
	}
	return r.compare(w, x)
}

// compare holds a result against that of the script.
func (r *runner) compare(w *waiting, x result) error {
	c := w.call
	if c.Result == nil || c.Result.Kind == script.Ellipsis {
		return x.err
	}
	want, err := r.number(c.Result)
	if err != nil {
		return err
	}
	if want != x.value || (c.Errno != "" || x.errno != "") && !x.errno.same(c.Errno) {
		text := fmt.Sprint(want)
		if c.Errno != "" {
			text += " " + c.Errno
		}
		return &failure{at: w.pos, want: callText(c) + " = " + text, got: x.String()}
	}
	return x.err
}

// callText writes a call as the script does, without its result.
func callText(c *script.Call) string {
	words := make([]string, len(c.Args))
	for i, a := range c.Args {
		words[i] = exprText(a)
	}
	return c.Name + "(" + strings.Join(words, ", ") + ")"
}

// exprText writes an expression as a script does.
func exprText(e *script.Expr) string {
	words := make([]string, len(e.Args))
	for i, a := range e.Args {
		words[i] = exprText(a)
		if e.Kind == script.Struct && e.Keys[i] != "" {
			words[i] = e.Keys[i] + "=" + words[i]
		}
	}
	switch e.Kind {
	case script.Ellipsis:
		return "..."
	case script.Int:
		return fmt.Sprint(e.Int)
	case script.String:
		return fmt.Sprintf("%q", e.Text)
	case script.Apply:
		return e.Text + "(" + strings.Join(words, ", ") + ")"
	case script.Binary:
		return strings.Join(words, e.Text)
	case script.Unary:
		return e.Text + words[0]
	case script.List:
		return "[" + strings.Join(words, ", ") + "]"
	case script.Struct:
		return "{" + strings.Join(words, ", ") + "}"
	}
	return e.Text
}

// arg returns an argument of a call.
func arg(c *script.Call, i int) (*script.Expr, error) {
	if i >= len(c.Args) {
		return nil, &failure{want: fmt.Sprintf("%s with %d arguments at least", c.Name, i+1), got: fmt.Sprint(len(c.Args))}
	}
	return c.Args[i], nil
}

// numberArg returns an argument that is a number; ... is what is given.
func (r *runner) numberArg(c *script.Call, i int, otherwise int64) (int64, error) {
	if i >= len(c.Args) || c.Args[i].Kind == script.Ellipsis {
		return otherwise, nil
	}
	return r.number(c.Args[i])
}

// fileArg returns the descriptor that is the first argument. A nil file is none.
func (r *runner) fileArg(c *script.Call) (any, error) {
	e, err := arg(c, 0)
	if err != nil {
		return nil, err
	}
	fd, err := r.number(e)
	if err != nil {
		return nil, err
	}
	return r.files[fd], nil
}

// instead is an attempt that has failed before it began.
func instead(e errno) (attempt, error) {
	return func() (result, bool) { return failed(e) }, nil
}

// socketArg returns the socket that is the first argument. If there is none, the
// attempt says so.
func (r *runner) socketArg(c *script.Call) (*socket, attempt, error) {
	f, err := r.fileArg(c)
	if err != nil {
		return nil, nil, err
	}
	if s, ok := f.(*socket); ok {
		return s, nil, nil
	}
	e := errno("EBADF")
	if f != nil {
		e = "ENOTSOCK"
	}
	try, _ := instead(e)
	return nil, try, nil
}
