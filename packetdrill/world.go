package packetdrill

import (
	"errors"
	"time"

	"netsim/des"
	"netsim/host"
	"netsim/plots"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// world is the host that a script is about, and the wire on which it is heard.
type world struct {
	sim   *des.Sim
	pool  wire.Pool
	book  *wire.Book
	net   *topo.Network
	stack *host.Stack
	host  *host.Host
	tally *host.Tally

	listening host.ListenerTally
	alarm     des.Event // of the script
	rang      bool
	bell      des.Event // of a call that waits no longer

	local, remote wire.Addr
	sent          []capture // by the host and not yet looked at
	states        map[wire.Incarnation]tcp.State
	seen          map[wire.Incarnation]*traffic
	since         map[wire.Incarnation]des.Time // its handshake was complete
	spans         []plots.StateSpan             // of the first connection, for its ladder
	first         wire.Incarnation
	begun         des.Time // time 0 of the script
}

// capture is a packet that the host sent.
type capture struct {
	at     des.Time
	packet wire.Packet
}

// start is when the world begins: late enough for clocks not to stand at zero.
const start = time.Hour

func (r *runner) build() {
	w := &world{sim: des.NewSim(des.PacketsFirst, 1), book: wire.NewBook(), states: map[wire.Incarnation]tcp.State{},
		seen: map[wire.Incarnation]*traffic{}, since: map[wire.Incarnation]des.Time{}}
	r.world = w
	w.net = topo.NewNetwork(w.sim, &w.pool, w.book, 1, 1)
	here, there := w.net.AddNode("host", false), w.net.AddNode("script", false)
	w.local = w.net.Assign(here, r.setup.local)
	w.remote = w.net.Assign(there, r.setup.remote)
	w.net.Connect(topo.LinkSpec{Name: "wire", A: here, B: there})
	if err := w.net.Finish(); err != nil {
		panic(err)
	}
	w.stack = host.NewStack(w.sim, w.net, &w.pool, 1, 1)
	w.stack.Observe(w)
	w.tally = host.NewTally(r.profile, 0, des.Never)
	w.host = w.stack.AddHost(host.Config{Node: here, Address: w.local, Profile: r.profile, MTU: r.setup.mtu, Tally: w.tally})
	w.net.Attach(there, w)
	owner := w.sim.Owner()
	w.alarm.Bind(w, owner.Rank(des.Control))
	w.bell.Bind(silent{}, owner.Rank(des.Workload))
	w.sim.At(&w.alarm, des.Time(start))
	w.sim.Step(des.Never)
}

// Fire is the script's alarm.
func (w *world) Fire(des.Time) { w.rang = true }

// silent is whose event nothing but the time matters of.
type silent struct{}

// Fire does nothing: the call that waits is tried after every event.
func (silent) Fire(des.Time) {}

// Receive takes what has crossed the wire: it was looked at when it was sent.
func (w *world) Receive(_ des.Time, p *wire.Packet) { w.pool.Put(p) }

// Sent captures what the host sends.
func (w *world) Sent(now des.Time, _ topo.NodeID, p *wire.Packet) {
	w.sent = append(w.sent, capture{now, *p})
	if s := &p.Segment; s.Len > 0 {
		t := w.traffic(s.Incarnation)
		t.textSent = now
		t.bytesSent += uint64(s.Len)
		if s.Marks&wire.Again != 0 {
			t.bytesAgain += uint64(s.Len)
		}
	}
}

// Received, Dropped and State complete the observer of the host.
func (w *world) Received(now des.Time, _ topo.NodeID, p *wire.Packet) {
	t := w.traffic(p.Segment.Incarnation)
	if p.Segment.Len > 0 {
		t.textHeard = now
		t.textSegments++
	}
	if p.Segment.Flags.Has(wire.ACK) {
		t.ackHeard = now
	}
}

// traffic is what was sent and heard of a connection, for the fields of TCP_INFO that no
// connection of the simulator keeps.
type traffic struct {
	textSent, textHeard, ackHeard des.Time
	bytesSent, bytesAgain         uint64
	textSegments                  uint64
}

func (w *world) traffic(who wire.Incarnation) *traffic {
	if w.seen[who] == nil {
		w.seen[who] = new(traffic)
	}
	return w.seen[who]
}

func (w *world) Dropped(des.Time, *topo.Half, *wire.Packet, topo.Cause) {}
func (w *world) State(now des.Time, _ topo.NodeID, who wire.Incarnation, from, to tcp.State) {
	w.span(int64(now.Sub(w.begun)), who, to)
	if to == tcp.Established {
		w.since[who] = now
	}
	if to == tcp.Closed {
		to = from // where it ended
	}
	w.states[who] = to
}

// span notes a state of the first connection.
func (w *world) span(now int64, who wire.Incarnation, to tcp.State) {
	if n := len(w.spans); n == 0 {
		w.first = who
	} else if who == w.first {
		w.spans[n-1].To = now
	}
	if who == w.first && to >= tcp.SynSent {
		w.spans = append(w.spans, plots.StateSpan{Host: kernel, State: to.String(), From: now, To: -1})
	}
}

func (w *world) now() des.Time { return w.sim.Now() }

var errEndless = errors.New("the script runs on and on")

// reach lets the world go on until a time, and stops before its timers.
func (r *runner) reach(at des.Time) error {
	if at <= r.now() {
		return nil
	}
	if at.Sub(des.Time(start)) > mostTime {
		return errEndless
	}
	r.rang = false
	r.sim.At(&r.alarm, at)
	for !r.rang {
		if err := r.step(des.Never); err != nil {
			return err
		}
	}
	return nil
}

// step lets the next thing happen that is due before a time, and looks whether the
// call that waits may return.
func (r *runner) step(before des.Time) error {
	if r.exhausted--; r.exhausted < 0 {
		return errEndless
	}
	if len(r.sent) > mostSent {
		return errEndless
	}
	r.sim.Step(before)
	return r.retry()
}

// mostSent is how many segments may wait to be looked at.
const mostSent = 100_000
