package apps

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"netsim/des"
	"netsim/dist"
	"netsim/host"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// world is clients and servers around a router, for tests. The servers listen at
// port 80.
type world struct {
	t                testing.TB
	sim              *des.Sim
	pool             wire.Pool
	net              *topo.Network
	stack            *host.Stack
	apps             *World
	clients, servers []*host.Host
	client, server   *host.Tally
	listener         host.ListenerTally
	profile          *tcp.Profile
	starts, answers  []start // of connections, by clients and by servers, if they are kept
	keep             bool
	digest           wire.Digest
}

// start is the start of a connection.
type start struct {
	at  des.Time
	by  topo.NodeID
	who wire.Incarnation
}

// bytes, times and lasting are constant laws; span is what such a one is.
func bytes[T int | uint64](n T) dist.Dist { return dist.Constant(int64(n)) }
func times(n int) dist.Dist               { return dist.Constant(int64(n)) }
func lasting(d time.Duration) dist.Dist   { return dist.Constant(int64(d)) }
func span(law dist.Dist) time.Duration    { v, _ := law.Fixed(); return time.Duration(v) }

// plan says what a world is made of; what is not said is one client, one server,
// Linux, seed 0 and links of 5 ms that carry everything at once.
type plan struct {
	seed             uint64
	ties             des.Ties
	clients, servers int
	half             topo.HalfSpec
	near             *topo.HalfSpec // of the clients' links, if they differ
	profile          *tcp.Profile
}

const (
	hop  = 5 * time.Millisecond // of the links that are not said
	d    = 2 * hop              // one way
	ever = des.Never
)

func newWorld(t testing.TB, p plan) *world {
	if p.half.Delay == 0 {
		p.half.Delay = hop
	}
	if p.profile == nil {
		p.profile = tcp.Linux()
	}
	w := &world{t: t, sim: des.NewSim(p.ties, p.seed), profile: p.profile}
	w.net = topo.NewNetwork(w.sim, &w.pool, wire.NewBook(), p.seed, 1)
	router := w.net.AddNode("router", true)
	n, m := max(p.clients, 1), max(p.servers, 1)
	ids, addresses := make([]topo.NodeID, n+m), make([]wire.Addr, n+m)
	for i := range ids {
		ids[i] = w.net.AddNode(fmt.Sprint("host", i), false)
		half := p.half
		if p.near != nil && i < n {
			half = *p.near
		}
		w.net.Connect(topo.LinkSpec{Name: fmt.Sprint("link", i), A: ids[i], B: router, Forward: half, Back: half})
		addresses[i] = w.net.Assign(ids[i], netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	if err := w.net.Finish(); err != nil {
		t.Fatal(err)
	}
	w.stack = host.NewStack(w.sim, w.net, &w.pool, p.seed, 1)
	w.stack.Observe(w)
	w.apps = NewWorld(w.sim, w.stack, p.seed, 1)
	w.client, w.server = host.NewTally(p.profile, 0, ever), host.NewTally(p.profile, 0, ever)
	for i, id := range ids {
		c := host.Config{Node: id, Address: addresses[i], Profile: p.profile, MTU: 1500, Tally: w.client}
		if i < n {
			w.clients = append(w.clients, w.stack.AddHost(c))
			continue
		}
		c.Tally = w.server
		h := w.stack.AddHost(c)
		if _, err := h.Listen(80, p.profile.Backlog, w.apps, &w.listener); err != nil {
			t.Fatal(err)
		}
		w.servers = append(w.servers, h)
	}
	return w
}

// add adds a flow, with what it does not say: all the clients, all the servers, a
// tally of everything, no end.
func (w *world) add(f Flow) *Flow {
	if f.Clients == nil {
		f.Clients = w.clients
	}
	if f.Servers == nil {
		for _, h := range w.servers {
			f.Servers = append(f.Servers, Target{Host: h, Port: 80})
		}
	}
	if f.Tally == nil {
		f.Tally = &Tally{Until: ever}
	}
	if f.Arrivals.Stop == 0 {
		f.Arrivals.Stop = ever
	}
	w.apps.Add(&f)
	return &f
}

func (w *world) Sent(now des.Time, _ topo.NodeID, p *wire.Packet)       { w.digest.Add(now, p) }
func (w *world) Received(des.Time, topo.NodeID, *wire.Packet)           {}
func (w *world) Dropped(des.Time, *topo.Half, *wire.Packet, topo.Cause) {}
func (w *world) State(now des.Time, node topo.NodeID, who wire.Incarnation, from, to tcp.State) {
	switch {
	case !w.keep:
	case to == tcp.SynSent:
		w.starts = append(w.starts, start{now, node, who})
	case from == tcp.Listen:
		w.answers = append(w.answers, start{now, node, who})
	}
}

// audit holds the talks against their free list.
func (w *world) audit() error {
	free, live := map[*talk]bool{}, 0
	for t := w.apps.free; t != nil; t = t.next {
		switch {
		case t.live:
			return fmt.Errorf("talk %d is live and free", t.slot)
		case free[t]:
			return fmt.Errorf("talk %d is free twice", t.slot)
		case t.client.work.event.Pending(), t.client.leave.event.Pending(), t.server.work.event.Pending(), t.server.leave.event.Pending():
			return fmt.Errorf("talk %d is free and waits", t.slot)
		}
		free[t] = true
	}
	unsettled := 0
	for _, t := range w.apps.talks {
		if t.live {
			live++
		}
		if t.live && t.measured && !t.settled {
			unsettled++
		}
	}
	switch {
	case live+len(free) != len(w.apps.talks):
		return fmt.Errorf("%d talks live, %d free, of %d", live, len(free), len(w.apps.talks))
	case unsettled != w.apps.Unsettled() && !w.apps.flows[0].keeps():
		return fmt.Errorf("%d unsettled, counted %d", w.apps.Unsettled(), unsettled)
	}
	return w.net.Check(w.stack.Held())
}

// balance checks the books of a flow and of the hosts at the end of a run.
func (w *world) balance(f *Flow) {
	w.t.Helper()
	now, y := w.sim.Now(), f.Tally
	w.apps.End()
	w.stack.Settle(now)
	for _, h := range []*host.Tally{w.client, w.server} {
		h.Close(now)
		if err := h.Check(); err != nil {
			w.t.Error(err)
		}
	}
	switch {
	case y.Attempts != y.Opened+y.FailedSum()+y.Undecided:
		w.t.Errorf("%d attempts: %d opened, %d failed, %d undecided", y.Attempts, y.Opened, y.FailedSum(), y.Undecided)
	case y.Opened != y.ClosedSum()+y.Unclosed:
		w.t.Errorf("%d opened: %d closed, %d not", y.Opened, y.ClosedSum(), y.Unclosed)
	case y.ClosedSum() != y.Clean+y.Dirty, y.Lifetime.N() != y.ClosedSum():
		w.t.Errorf("%d closed: %d clean, %d dirty, %d lived", y.ClosedSum(), y.Clean, y.Dirty, y.Lifetime.N())
	case y.SetupTime.N() != y.Opened, y.SetupTimeAll.N() != y.Opened+y.FailedSum(), y.SYNSent.N()+y.Failed[NoPort] != y.SetupTimeAll.N():
		w.t.Errorf("%d opened, %d failed: %d, %d, %d samples", y.Opened, y.FailedSum(), y.SetupTime.N(), y.SetupTimeAll.N(), y.SYNSent.N())
	case y.JobTime.N() != y.JobsDone, y.Jobs != y.Attempts && !f.keeps():
		w.t.Errorf("%d jobs, %d done, %d attempts, %d samples", y.Jobs, y.JobsDone, y.Attempts, y.JobTime.N())
	case y.Misplaced != 0:
		w.t.Errorf("%d segments misplaced", y.Misplaced)
	}
	if err := w.audit(); err != nil {
		w.t.Error(err)
	}
}

// empty runs until nothing is left to happen and checks that nothing is left.
func (w *world) empty(f *Flow) {
	w.t.Helper()
	w.sim.Run(ever)
	for _, t := range w.apps.talks {
		if t.live {
			w.t.Errorf("talk %d goes on", t.slot)
		}
	}
	for _, h := range []*host.Tally{w.client, w.server} {
		for s := tcp.SynSent; s < tcp.States; s++ {
			if n := h.Count[s].Value(); n != 0 {
				w.t.Errorf("%d left in %v", n, s)
			}
		}
	}
	if w.pool.Out() != w.stack.Held() || w.sim.Pending() != 0 || w.apps.Unsettled() != 0 || f.Tally.Open.Value() != 0 || w.listener.HalfOpen.Value() != 0 {
		w.t.Errorf("left over: %d packets, %d events, %d unsettled, %d open, %d asking", w.pool.Out()-w.stack.Held(), w.sim.Pending(), w.apps.Unsettled(), f.Tally.Open.Value(), w.listener.HalfOpen.Value())
	}
	w.balance(f)
}
