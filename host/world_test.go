package host

import (
	"errors"
	"fmt"
	"math/bits"
	"net/netip"
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// world is hosts around a router, each hop ms from it, for tests. It observes them
// all.
type world struct {
	t       testing.TB
	sim     *des.Sim
	pool    wire.Pool
	book    *wire.Book
	net     *topo.Network
	stack   *Stack
	hosts   []*Host
	tallies []*Tally // of each host
	owner   des.Owner
	sent    []sent // what hosts sent, if it is kept
	keep    bool
	changes []change
	digest  wire.Digest
}

// sent is a segment that left a host.
type sent struct {
	at  des.Time
	by  topo.NodeID
	id  uint64
	seg wire.Segment
}

// change is a connection's change of state.
type change struct {
	at       des.Time
	node     topo.NodeID
	who      wire.Incarnation
	from, to tcp.State
}

const hop = 5 * time.Millisecond // one way to the router; 2*hop to another host

// newWorld has a host for each profile.
func newWorld(t testing.TB, seed uint64, half topo.HalfSpec, profiles ...*tcp.Profile) *world {
	return newWorldOf(t, seed, des.PacketsFirst, func(int) (a, b topo.HalfSpec) { return half, half }, profiles...)
}

// newWorldOf lets the ties and each link's halves, from the host and to it, be
// chosen.
func newWorldOf(t testing.TB, seed uint64, ties des.Ties, halves func(i int) (from, to topo.HalfSpec), profiles ...*tcp.Profile) *world {
	return newWorldAt(t, seed, ties, halves, func(i int) []netip.Addr { return []netip.Addr{netip.AddrFrom4([4]byte{10, 0, 0, byte(i + 1)})} }, profiles...)
}

// newWorldAt lets the addresses be chosen, too, of which each host has the first one.
func newWorldAt(t testing.TB, seed uint64, ties des.Ties, halves func(i int) (from, to topo.HalfSpec), at func(i int) []netip.Addr, profiles ...*tcp.Profile) *world {
	w := &world{t: t, sim: des.NewSim(ties, seed), book: wire.NewBook()}
	w.net = topo.NewNetwork(w.sim, &w.pool, w.book, seed, 1)
	router := w.net.AddNode("router", true)
	var ids []topo.NodeID
	addresses := make([][]wire.Addr, len(profiles))
	for i := range profiles {
		id := w.net.AddNode(fmt.Sprint("host", i), false)
		from, to := halves(i)
		w.net.Connect(topo.LinkSpec{Name: fmt.Sprint("link", i), A: id, B: router, Forward: from, Back: to})
		ids = append(ids, id)
		for _, ip := range at(i) {
			addresses[i] = append(addresses[i], w.net.Assign(id, ip))
		}
	}
	if err := w.net.Finish(); err != nil {
		t.Fatal(err)
	}
	w.stack = NewStack(w.sim, w.net, &w.pool, seed, 1)
	if seed%2 == 1 {
		w.stack.Condense()
	}
	w.stack.Observe(w)
	for i, p := range profiles {
		y := NewTally(p, 0, des.Never)
		w.tallies = append(w.tallies, y)
		w.hosts = append(w.hosts, w.stack.AddHost(Config{Node: ids[i], Address: addresses[i][0], More: addresses[i][1:], Profile: p, MTU: 1500, Tally: y}))
	}
	w.owner = w.sim.Owner()
	return w
}

// line is a link without surprises.
func line() topo.HalfSpec { return topo.HalfSpec{Delay: hop} }

// linux is the Linux profile, changed.
func linux(change func(p *tcp.Profile)) *tcp.Profile {
	p := tcp.Linux()
	change(p)
	return p
}

// call is something that a test does at a time.
type call struct {
	event des.Event
	do    func(now des.Time)
}

func (c *call) Fire(now des.Time) { c.do(now) }

// at does something at a time, after the packets and timers of that instant.
func (w *world) at(t time.Duration, do func(now des.Time)) {
	c := &call{do: do}
	c.event.Bind(c, w.owner.Rank(des.Workload))
	w.sim.At(&c.event, des.Time(t))
}

// run runs until a time, exclusive.
func (w *world) run(t time.Duration) { w.sim.Run(des.Time(t)) }

// finish runs until nothing is left to happen and checks that nothing is left.
func (w *world) finish() {
	w.t.Helper()
	w.sim.Run(des.Never)
	w.empty()
}

// deliver brings a hand-made segment to a host as if another had sent it.
func (w *world) deliver(to, from *Host, s wire.Segment) {
	p := w.pool.Get()
	p.Src, p.Dst, p.Segment = from.address, to.address, s
	p.Measure()
	to.Receive(w.sim.Now(), p)
}

// listen opens a listener at host i.
func (w *world) listen(i int, port uint16, backlog int, a Acceptor) *ListenerTally {
	y := new(ListenerTally)
	if _, err := w.hosts[i].Listen(port, backlog, a, y); err != nil {
		w.t.Fatal(err)
	}
	return y
}

// connect opens a connection from host i to port 80 of host j.
func (w *world) connect(now des.Time, i, j int, a App) (*Socket, error) {
	return w.hosts[i].Connect(now, Remote{w.hosts[j].address, 80}, 0, wire.IncarnationOf(0, uint32(now), 1), a)
}

// must is a connect that must succeed.
func (w *world) must(s *Socket, err error) *Socket {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) Sent(now des.Time, node topo.NodeID, p *wire.Packet) {
	w.digest.Add(now, p)
	if w.keep {
		w.sent = append(w.sent, sent{now, node, p.ID, p.Segment})
	}
}
func (w *world) Received(des.Time, topo.NodeID, *wire.Packet)           {}
func (w *world) Dropped(des.Time, *topo.Half, *wire.Packet, topo.Cause) {}
func (w *world) State(now des.Time, node topo.NodeID, who wire.Incarnation, from, to tcp.State) {
	if w.keep {
		w.changes = append(w.changes, change{now, node, who, from, to})
	}
}

// by are the segments that a host sent.
func (w *world) by(i int) (list []sent) {
	for _, s := range w.sent {
		if s.by == w.hosts[i].node {
			list = append(list, s)
		}
	}
	return list
}

// books are what a stack should have counted, counted anew.
type books struct {
	w          *world
	open, held int
	dead       int // and waiting to be accepted
	states     map[*Tally]*[tcp.States]int64
	pairs      []pair
	asking     map[*Listener]int64
}

// audit holds everything that a stack keeps against everything else that it keeps,
// between two events.
func (w *world) audit() error {
	b := &books{w: w, states: map[*Tally]*[tcp.States]int64{}, pairs: make([]pair, len(w.stack.pairs)), asking: map[*Listener]int64{}}
	for _, y := range w.tallies {
		b.states[y] = new([tcp.States]int64)
	}
	for _, check := range []func() error{b.sockets, b.requests, b.records, b.counts} {
		if err := check(); err != nil {
			return err
		}
	}
	return w.net.Check(w.stack.Held())
}

// sockets counts the sockets and looks at each.
func (b *books) sockets() error {
	st, free := b.w.stack, 0
	for s := st.free; s != nil; s = s.next {
		free++
	}
	for _, s := range st.sockets[1:] {
		switch {
		case !s.open && s.alarm.Pending():
			return fmt.Errorf("socket %d is free and has an alarm", s.ref)
		case !s.open:
			continue
		case s.waiting && s.Conn.State() == tcp.Closed:
			b.dead++
			continue
		case st.find(s.tuple) != s.ref:
			return fmt.Errorf("socket %d is not found by its tuple", s.ref)
		case s.Conn.Deadline() < st.sim.When(&s.alarm):
			return fmt.Errorf("socket %d: alarm at %v, due at %v", s.ref, st.sim.When(&s.alarm), s.Conn.Deadline())
		}
		if err := s.Conn.Check(); err != nil && !s.revived() {
			return err
		}
		b.open++
		b.states[s.host.group.tally][s.Conn.State()]++
		b.pairs[s.pair].used++
		if s.listener != nil && !s.waiting {
			b.asking[s.listener]++
		}
	}
	if free+b.open+b.dead != st.Sockets() {
		return fmt.Errorf("%d sockets free, %d open, of %d", free, b.open, st.Sockets())
	}
	return nil
}

// revived reports a connection whose listener had forgotten it and that a SYN cookie
// has brought back in its midst: what is later by as much in both directions proves as
// much as the third segment of the handshake (secure_tcp_syn_cookie of Linux, too, adds
// the peer's number to a hash that does not have it). Its text has another beginning.
func (s *Socket) revived() bool {
	return s.host.group.profile.SYNCookies != tcp.NoCookies && s.Conn.Stats().Misplaced > 0
}

// requests counts the half-open requests and looks at each.
func (b *books) requests() error {
	r := &b.w.stack.requests
	held := 0
	for _, c := range r.chains {
		last := des.Time(0)
		for i, prev := c.Head, uint32(0); i != 0; prev, i = i, r.At(i).Next {
			q := r.At(i)
			switch {
			case b.w.stack.find(q.tuple) != i|asking:
				return fmt.Errorf("request %d is not found by its tuple", i)
			case q.At != q.tcp.Due, q.At < last, q.Prev != prev:
				return fmt.Errorf("request %d is out of order", i)
			case i == c.Head && b.w.sim.When(&c.Event) > q.At:
				return fmt.Errorf("the event of the wait of %v is late", c.length)
			}
			last = q.At
			held++
			l := b.w.stack.listeners[q.listener]
			b.states[l.host.group.tally][tcp.SynReceived]++
			b.asking[l]++
		}
	}
	if held != r.held {
		return fmt.Errorf("%d requests, counted %d", held, r.held)
	}
	b.open += held // tuples
	return nil
}

// records counts the records in TIME-WAIT and looks at each.
func (b *books) records() error {
	st := b.w.stack
	for _, l := range st.room.chains {
		last := des.Time(0)
		for i, prev := l.Head, uint32(0); i != 0; prev, i = i, st.room.At(i).Next {
			r := st.room.At(i)
			switch {
			case st.find(r.tuple) != i|inRoom:
				return fmt.Errorf("record %d is not found by its tuple", i)
			case r.At < last, r.Prev != prev:
				return fmt.Errorf("record %d is out of order", i)
			case i == l.Head && st.sim.When(&l.Event) > r.At:
				return fmt.Errorf("the event of the wait of %v is late", l.length)
			}
			last = r.At
			b.held++
			b.states[st.groups[r.group].tally][tcp.TimeWaiting]++
			b.pairs[r.pair].used++
			b.pairs[r.pair].waiting++
		}
	}
	if b.held != st.room.held || b.open+b.held != st.table.Len() {
		return fmt.Errorf("%d sockets, %d records, counted %d; %d tuples", b.open, b.held, st.room.held, st.table.Len())
	}
	return nil
}

// counts compares ports, requests and states.
func (b *books) counts() error {
	for i, is := range b.w.stack.pairs[1:] {
		p := &b.pairs[i+1]
		p.to = is.to
		if p.used != is.used || p.waiting != is.waiting {
			return fmt.Errorf("to %v: %d ports used, %d in TIME-WAIT; counted %d, %d", is.to, p.used, p.waiting, is.used, is.waiting)
		}
		mapped := int32(0)
		for _, word := range is.held {
			mapped += int32(bits.OnesCount64(word))
		}
		if is.held != nil && mapped != p.used {
			return fmt.Errorf("to %v: %d ports used, %d in the map", is.to, p.used, mapped)
		}
	}
	for _, h := range b.w.hosts {
		var used, waiting int32
		for _, p := range b.pairs {
			if p.to.local == h.address {
				used, waiting = max(used, p.used), max(waiting, p.waiting)
			}
		}
		if y := h.group.tally; y.PortsUsed.Value() != int64(used) || y.PortsInTimeWait.Value() != int64(waiting) {
			return fmt.Errorf("host %d: %d ports used, %d in TIME-WAIT; counted %d, %d", h.node, used, waiting, y.PortsUsed.Value(), y.PortsInTimeWait.Value())
		}
		for l := h.listeners; l != nil; l = l.next {
			if a := l.accepts; a != nil && a.length != l.Waiting.Value() {
				return fmt.Errorf("port %d: %d to be accepted, counted %d", l.port, a.length, l.Waiting.Value())
			}
			if l.pending != b.asking[l] || l.HalfOpen.Value() != b.asking[l] {
				return fmt.Errorf("port %d: %d requests, counted %d, %d", l.port, b.asking[l], l.pending, l.HalfOpen.Value())
			}
		}
	}
	for y, count := range b.states { // order-free: each on its own
		for s := tcp.SynSent; s < tcp.States; s++ {
			if n := y.Count[s].Value(); n != count[s] {
				return fmt.Errorf("%d in %v, counted %d", count[s], s, n)
			}
		}
	}
	return nil
}

// empty checks that nothing is left, and that every book balances.
func (w *world) empty() {
	w.t.Helper()
	st, now := w.stack, w.sim.Now()
	if err := errors.Join(w.audit(), w.stack.Audit()); err != nil {
		w.t.Error(err)
	}
	if st.table.Len() != 0 || st.room.held != 0 || w.pool.Out() != st.Held() || w.sim.Pending() != 0 {
		w.t.Errorf("left over: %d tuples, %d records, %d packets (%d kept), %d events", st.table.Len(), st.room.held, w.pool.Out(), st.Held(), w.sim.Pending())
	}
	st.Settle(now)
	for i, y := range w.tallies {
		y.Close(now)
		if err := y.Check(); err != nil {
			w.t.Errorf("host %d: %v", i, err)
		}
		var left uint64
		for _, n := range y.Left {
			left += n
		}
		if left != y.Entered[tcp.TimeWaiting] {
			w.t.Errorf("host %d: %d went into TIME-WAIT, %d out", i, y.Entered[tcp.TimeWaiting], left)
		}
		if y.Memory != nil && y.Memory.Value() != 0 {
			w.t.Errorf("host %d: %d B held by nobody", i, y.Memory.Value())
		}
	}
}

// user is an App that notes what it is told, and then does something.
type user struct {
	t     testing.TB
	heard []news
	do    func(now des.Time, s *Socket, n tcp.News)
	busy  bool
	over  int
}

type news struct {
	at   des.Time
	what tcp.News
}

func (u *user) News(now des.Time, s *Socket, n tcp.News) {
	switch {
	case u.busy:
		u.t.Error("told while it was being told")
	case u.over > 0:
		u.t.Error("told after the end")
	}
	u.busy = true
	u.heard = append(u.heard, news{now, n})
	if n&(tcp.Ended|tcp.Failed) != 0 {
		u.over++
	}
	if n&tcp.Readable != 0 {
		s.Read(now)
	}
	u.do(now, s, n)
	u.busy = false
}

// end is the last thing it was told.
func (u *user) end() news { return u.heard[len(u.heard)-1] }

// idle does nothing.
func (w *world) idle() *user { return &user{t: w.t, do: func(des.Time, *Socket, tcp.News) {}} }

// caller closes when it is connected.
func (w *world) caller() *user {
	return &user{t: w.t, do: func(now des.Time, s *Socket, n tcp.News) {
		if n&tcp.Connected != 0 {
			s.Close(now)
		}
	}}
}

// callee closes when the other end has.
func (w *world) callee() *user {
	return &user{t: w.t, do: func(now des.Time, s *Socket, n tcp.News) {
		if n&tcp.EndOfData != 0 && n&(tcp.Ended|tcp.Failed) == 0 {
			s.Close(now)
		}
	}}
}

// each gives every connection an App.
type each func() App

func (a each) Accept(des.Time, *Socket) App { return a() }

func (w *world) callees() each { return func() App { return w.callee() } }
