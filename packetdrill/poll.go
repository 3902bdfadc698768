package packetdrill

import (
	"math"
	"time"

	"netsim/des"
	"netsim/packetdrill/script"
	"netsim/tcp"
)

// Events of poll() and epoll, which have the same numbers.
const (
	pollIn    = 0x001
	pollOut   = 0x004
	pollErr   = 0x008
	pollHup   = 0x010
	pollNval  = 0x020
	pollRdN   = 0x040
	pollWrN   = 0x100
	pollRdHup = 0x2000

	epollOneShot = 1 << 30
	epollEdge    = 1 << 31
)

// events are what poll() finds (Linux tcp_poll, FreeBSD sopoll_generic).
func (s *socket) events() int64 {
	m := int64(0)
	if s.phase == listening {
		if s.listener.Waiting.Value() > 0 {
			m = pollIn | pollRdN
		}
		return m
	}
	hung := s.phase == over || s.phase == fresh && s.r.manners.freshHangs || s.noReadNow() && s.noWrite
	if hung {
		m |= pollHup
	}
	if s.noReadNow() {
		m |= pollIn | pollRdN | pollRdHup
	}
	if n := int64(s.unread()); n > 0 && n >= s.lowWater {
		m |= pollIn | pollRdN
	}
	if s.phase != connecting && (s.noWrite || s.phase != connected || s.conn == nil || s.hasRoom()) || s.deferred != nil {
		m |= pollOut | pollWrN
	}
	if s.pendingErr != "" {
		m |= pollErr
		if !s.r.manners.errorFirst { // BSD: an error makes a socket readable and writable
			m = m&^pollErr | pollIn | pollRdN | pollOut | pollWrN
		}
	}
	return m
}

// hasRoom reports that a write would take something, to Linux enough to tell of it.
func (s *socket) hasRoom() bool {
	if s.r.bsd() {
		return s.conn.Conn.Room() > 0
	}
	return s.conn.Conn.Spare()
}

// noReadNow reports that reading finds the end.
func (s *socket) noReadNow() bool { return s.eof || s.noRead || s.phase == over && s.ended }

// timeout is when a wait of so many milliseconds ends: -1 is never.
func (r *runner) timeout(ms int64) des.Time {
	if ms < 0 {
		return des.Never
	}
	at := r.now().Add(time.Duration(min(ms, math.MaxInt32)) * time.Millisecond)
	if ms > 0 {
		r.sim.At(&r.bell, at)
	}
	return at
}

// poll is poll().
func (r *runner) poll(c *script.Call) (attempt, error) {
	list, err := arg(c, 0)
	if err != nil {
		return nil, err
	}
	if list.Kind != script.List {
		return nil, &failure{at: list.Pos, want: "descriptors such as [{fd=3, events=POLLIN, revents=0}]", got: exprText(list)}
	}
	ms, err := r.numberArg(c, 2, 0)
	if err != nil {
		return nil, err
	}
	type asked struct{ fd, events, revents int64 }
	var all []asked
	for _, e := range list.Args {
		a := asked{revents: -1}
		for i, key := range e.Keys {
			if e.Args[i].Kind == script.Ellipsis {
				continue
			}
			n, err := r.number(e.Args[i])
			if err != nil {
				return nil, err
			}
			switch key {
			case "fd":
				a.fd = n
			case "events":
				a.events = n
			case "revents":
				a.revents = n
			}
		}
		all = append(all, a)
	}
	until := r.timeout(ms)
	return func() (result, bool) {
		x := result{}
		for i, a := range all {
			got := int64(pollNval)
			if s, ok := r.files[a.fd].(*socket); ok {
				got = s.events() & (a.events | pollErr | pollHup)
			}
			if got != 0 {
				x.value++
			}
			if a.revents >= 0 && got != a.revents && x.err == nil {
				x.err = &failure{at: list.Args[i].Pos, want: "revents=" + eventsText(a.revents), got: eventsText(got)}
			}
		}
		return x, x.value > 0 || r.now() >= until
	}, nil
}

// eventNames are the events in the order in which they are written.
var eventNames = []struct {
	bit  int64
	name string
}{{pollIn, "POLLIN"}, {2, "POLLPRI"}, {pollOut, "POLLOUT"}, {pollErr, "POLLERR"}, {pollHup, "POLLHUP"}, {pollNval, "POLLNVAL"},
	{pollRdN, "POLLRDNORM"}, {pollWrN, "POLLWRNORM"}, {pollRdHup, "POLLRDHUP"}}

func eventsText(n int64) string {
	text := ""
	for _, e := range eventNames {
		if n&e.bit != 0 {
			text += "|" + e.name
		}
	}
	if text == "" {
		return "0"
	}
	return text[1:]
}

// woken notes what a connection was told of as events that have come: for epoll, which
// may be asked for what is new alone. What changes the state wakes everybody.
func (s *socket) woken(n tcp.News) {
	switch {
	case n&(tcp.Connected|tcp.EndOfData|tcp.Ended|tcp.Failed) != 0:
		s.wakes = math.MaxInt64
	case n&tcp.Readable != 0:
		s.wakes |= pollIn | pollRdN
	}
	if n&tcp.Writable != 0 && s.crowded {
		s.wakes |= pollOut | pollWrN
		s.crowded = false
	}
	for _, p := range s.r.epolls {
		for _, i := range p.items {
			if i.socket == s && (s.wakes&i.events != 0 || s.wakes == math.MaxInt64) {
				i.ready = true
			}
		}
	}
	s.wakes = 0
}

// epoll is a descriptor of epoll_create().
type epoll struct{ items []*item }

// item is a descriptor that an epoll watches.
type item struct {
	socket *socket
	fd     int64
	events int64
	data   int64
	ready  bool  // something has come since it was last told
	queued int64 // connections that waited then
}

// epollCreate is epoll_create() and epoll_create1().
func (r *runner) epollCreate(c *script.Call) (attempt, error) {
	if n, err := r.numberArg(c, 0, 1); err == nil && n <= 0 && c.Name == "epoll_create" {
		return instead("EINVAL")
	}
	return func() (result, bool) {
		p := new(epoll)
		r.epolls = append(r.epolls, p)
		return done(r.give(p, c))
	}, nil
}

// epollArg returns the epoll that is the first argument.
func (r *runner) epollArg(c *script.Call) (*epoll, attempt, error) {
	f, err := r.fileArg(c)
	if err != nil {
		return nil, nil, err
	}
	if p, ok := f.(*epoll); ok {
		return p, nil, nil
	}
	e := errno("EINVAL")
	if f == nil {
		e = "EBADF"
	}
	try, _ := instead(e)
	return nil, try, nil
}

// epollEvent reads {events=EPOLLIN, fd=4}.
func (r *runner) epollEvent(e *script.Expr) (events, data int64, err error) {
	for i, key := range e.Keys {
		n := int64(-1)
		if e.Args[i].Kind != script.Ellipsis {
			if n, err = r.number(e.Args[i]); err != nil {
				return 0, 0, err
			}
		}
		if key == "events" {
			events = n
		} else {
			data = n
		}
	}
	return events, data, nil
}

// epollControl is epoll_ctl().
func (r *runner) epollControl(c *script.Call) (attempt, error) {
	p, no, err := r.epollArg(c)
	if p == nil {
		return no, err
	}
	if len(c.Args) < 3 {
		return nil, &failure{want: "epoll_ctl with 4 arguments", got: callText(c)}
	}
	fd, err := r.number(c.Args[2])
	if err != nil {
		return nil, err
	}
	var events, data int64
	if len(c.Args) > 3 && c.Args[3].Kind == script.Struct {
		if events, data, err = r.epollEvent(c.Args[3]); err != nil {
			return nil, err
		}
	}
	s, ok := r.files[fd].(*socket)
	if !ok {
		return instead("EBADF")
	}
	at := -1
	for i, watched := range p.items {
		if watched.socket == s {
			at = i
		}
	}
	return func() (result, bool) {
		switch what := c.Args[1].Text; {
		case what == "EPOLL_CTL_ADD" && at >= 0:
			return failed("EEXIST")
		case what == "EPOLL_CTL_ADD":
			p.items = append(p.items, &item{socket: s, fd: fd, events: events, data: data, ready: true})
		case at < 0:
			return failed("ENOENT")
		case what == "EPOLL_CTL_DEL":
			p.items = append(p.items[:at:at], p.items[at+1:]...)
		case what == "EPOLL_CTL_MOD":
			w := p.items[at]
			w.events, w.data, w.ready = events, data, true
		default:
			return failed("EINVAL")
		}
		return done(0)
	}, nil
}

// now are the events of an item that are to be told.
func (i *item) now() int64 {
	got := i.socket.events() & (i.events | pollErr | pollHup)
	if l := i.socket.listener; l != nil && l.Waiting.Value() > i.queued {
		i.ready = true
	}
	if i.socket.closed || i.events&epollEdge != 0 && !i.ready {
		return 0
	}
	return got
}

// told notes that an item was.
func (i *item) told() {
	i.ready = false
	if l := i.socket.listener; l != nil {
		i.queued = l.Waiting.Value()
	}
	if i.events&epollOneShot != 0 {
		i.events = 0
	}
}

// epollWait is epoll_wait() and epoll_pwait(). What the script expects of the first
// event is compared.
func (r *runner) epollWait(c *script.Call) (attempt, error) {
	p, no, err := r.epollArg(c)
	if p == nil {
		return no, err
	}
	e, err := arg(c, 1)
	if err != nil {
		return nil, err
	}
	most, err := r.numberArg(c, 2, 1)
	if err != nil {
		return nil, err
	}
	ms, err := r.numberArg(c, 3, 0)
	if err != nil {
		return nil, err
	}
	want := []*script.Expr{e}
	if e.Kind == script.List {
		want = e.Args
	}
	until := r.timeout(ms)
	return func() (result, bool) {
		x := result{}
		for _, i := range p.items {
			got := i.now()
			if got == 0 || x.value == most {
				continue
			}
			if n := int(x.value); n < len(want) && want[n].Kind == script.Struct && x.err == nil {
				x.err = r.epollTold(want[n], got, i.data)
			}
			x.value++
			i.told()
		}
		return x, x.value > 0 || r.now() >= until
	}, nil
}

func (r *runner) epollTold(want *script.Expr, got, data int64) error {
	for i, key := range want.Keys {
		n, err := r.number(want.Args[i])
		switch {
		case want.Args[i].Kind == script.Ellipsis:
		case err != nil:
			return err
		case key == "events" && n&^(epollEdge|epollOneShot) != got:
			return &failure{at: want.Pos, want: "events=" + eventsText(n), got: eventsText(got)}
		case key != "events" && n != data:
			return &failure{at: want.Pos, want: exprText(want), got: "another descriptor"}
		}
	}
	return nil
}
