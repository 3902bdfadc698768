package apps_test

import (
	"fmt"
	"net/netip"
	"time"

	"netsim/apps"
	"netsim/des"
	"netsim/dist"
	"netsim/host"
	"netsim/metrics"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// room is a client and a server 10 ms apart, and the network between them.
type room struct {
	sim            *des.Sim
	stack          *host.Stack
	net            *topo.Network
	client, server *host.Host
	tally          *host.Tally
	to             wire.Addr
}

// newRoom makes one of whose client's half is there and of whose hosts profile is.
func newRoom(profile *tcp.Profile, there topo.HalfSpec) *room {
	const seed, replication = 1, 1
	pool, book := new(wire.Pool), wire.NewBook()
	r := &room{sim: des.NewSim(des.PacketsFirst, seed), tally: host.NewTally(profile, 0, des.Never)}
	r.net = topo.NewNetwork(r.sim, pool, book, seed, replication)
	here, far := r.net.AddNode("client", false), r.net.AddNode("server", false)
	from := r.net.Assign(here, netip.MustParseAddr("10.0.0.1"))
	r.to = r.net.Assign(far, netip.MustParseAddr("10.0.0.2"))
	r.net.Connect(topo.LinkSpec{Name: "wire", A: here, B: far, Forward: there, Back: topo.HalfSpec{Delay: 10 * time.Millisecond, MTU: 1500}})
	if err := r.net.Finish(); err != nil {
		panic(err)
	}
	r.stack = host.NewStack(r.sim, r.net, pool, seed, replication)
	r.client = r.stack.AddHost(host.Config{Node: here, Address: from, Profile: profile, MTU: 1500, Tally: r.tally})
	r.server = r.stack.AddHost(host.Config{Node: far, Address: r.to, Profile: profile, MTU: 1500, Tally: r.tally})
	return r
}

// upload sends so many bytes to the server in one connection, and returns how long
// that took.
func (r *room) upload(bytes int64) time.Duration {
	world, tally := apps.NewWorld(r.sim, r.stack, 1, 1), &apps.Tally{Until: des.Never}
	if _, err := r.server.Listen(80, 128, world, new(host.ListenerTally)); err != nil {
		panic(err)
	}
	world.Add(&apps.Flow{
		Name:     "up",
		Arrivals: apps.Arrivals{Process: apps.Even, Rate: 1, Count: 1, Stop: des.Never},
		Clients:  []*host.Host{r.client},
		Servers:  []apps.Target{{Host: r.server, Port: 80}},
		Request:  dist.Constant(bytes), Response: dist.Constant(1),
		Closing: apps.Closing{By: apps.Client},
		Tally:   tally,
	})
	r.sim.Run(des.Never)
	return time.Duration(tally.JobTime.Max()).Round(time.Millisecond)
}

// wire10 is a way of 10 ms.
var wire10 = topo.HalfSpec{Delay: 10 * time.Millisecond, MTU: 1500}

// lazy is an App that takes half a second to notice that its peer has gone: all that
// while, its host is in CLOSE-WAIT.
type lazy struct {
	sim    *des.Sim
	alarm  des.Event
	socket *host.Socket
}

func (l *lazy) Accept(_ des.Time, s *host.Socket) host.App {
	l.socket = s
	return l
}

func (l *lazy) News(now des.Time, _ *host.Socket, n tcp.News) {
	if n&tcp.EndOfData != 0 {
		l.sim.At(&l.alarm, now.Add(500*time.Millisecond))
	}
}

// Fire closes.
func (l *lazy) Fire(now des.Time) { l.socket.Close(now) }

// hasty opens and closes.
type hasty struct{}

func (hasty) News(now des.Time, s *host.Socket, n tcp.News) {
	if n&tcp.Connected != 0 {
		s.Close(now)
	}
}

// An application is a host.App: it is told what is new at its socket.
func Example_app() {
	r := newRoom(tcp.Linux(), wire10)
	server := &lazy{sim: r.sim}
	owner := r.sim.Owner()
	server.alarm.Bind(server, owner.Rank(des.Workload))
	if _, err := r.server.Listen(80, 128, server, new(host.ListenerTally)); err != nil {
		fmt.Println(err)
		return
	}
	if _, err := r.client.Connect(0, host.Remote{Address: r.to, Port: 80}, 0, wire.IncarnationOf(0, 0, 1), hasty{}); err != nil {
		fmt.Println(err)
		return
	}
	r.sim.Run(des.Never)
	fmt.Println("in CLOSE-WAIT for", time.Duration(r.tally.Stay[tcp.CloseWait].Max()))
	// Output: in CLOSE-WAIT for 500ms
}

// fixed is a congestion control that has one window, whatever happens.
type fixed struct{ segments uint32 }

func (fixed) Begin()                        {}
func (f fixed) Acked(p *tcp.Path, _ uint32) { p.Window = f.segments * p.MSS }
func (fixed) Congested(*tcp.Path, tcp.Sign) {}
func (fixed) Undone(*tcp.Path)              {}

// A congestion control is a tcp.Congestion, and a profile has it by its Algorithm.
func Example_congestion() {
	for _, segments := range []uint32{10, 40} {
		profile := tcp.Linux()
		profile.Congestion = &tcp.Algorithm{Name: "fixed", New: func() tcp.Congestion { return fixed{segments} }}
		fmt.Println(segments, "segments a round trip:", newRoom(profile, wire10).upload(500e3))
	}
	// Output:
	// 10 segments a round trip: 720ms
	// 40 segments a round trip: 220ms
}

// newest serves what came last, up to so many packets, and drops what comes then.
type newest struct {
	stack []*wire.Packet
	limit int
}

func (d *newest) Enqueue(q *topo.Queue, now des.Time, p *wire.Packet) {
	if len(d.stack) == d.limit {
		q.Drop(now, p)
		return
	}
	d.stack = append(d.stack, p)
}

func (d *newest) Dequeue(*topo.Queue, des.Time) *wire.Packet {
	if len(d.stack) == 0 {
		return nil
	}
	p := d.stack[len(d.stack)-1]
	d.stack = d.stack[:len(d.stack)-1]
	return p
}

// A queue is a topo.Discipline: it takes packets in and chooses the next.
func Example_discipline() {
	for _, d := range []topo.Discipline{new(topo.DropTail), &newest{limit: 1000}} {
		way := topo.HalfSpec{Rate: 10e6, Delay: 10 * time.Millisecond, MTU: 1500, Discipline: d}
		r := newRoom(tcp.Linux(), way)
		fmt.Printf("%T: %v, %d segments sent again\n", d, r.upload(50e3), r.tally.Resent)
	}
	// Output:
	// *topo.DropTail: 91ms, 0 segments sent again
	// *apps_test.newest: 91ms, 2 segments sent again
}

// synacks measures how long hosts take from a SYN that comes to the SYN,ACK that
// leaves: a metric of one's own.
type synacks struct {
	came   map[wire.Incarnation]des.Time
	sample metrics.Sample
}

func (m *synacks) Received(now des.Time, _ topo.NodeID, p *wire.Packet) {
	if p.Segment.Flags == wire.SYN {
		m.came[p.Segment.Incarnation] = now
	}
}

func (m *synacks) Sent(now des.Time, _ topo.NodeID, p *wire.Packet) {
	if p.Segment.Flags == wire.SYN|wire.ACK {
		m.sample.Record(int64(now.Sub(m.came[p.Segment.Incarnation])))
	}
}

func (*synacks) Dropped(des.Time, *topo.Half, *wire.Packet, topo.Cause) {}

func (*synacks) State(des.Time, topo.NodeID, wire.Incarnation, tcp.State, tcp.State) {}

// A client falls silent after its SYN, and the server sends its SYN,ACK as often as
// Linux does. A metric is a host.Observer, which sees each packet and each change of state, with
// a recorder of package metrics.
func Example_metric() {
	lossy := wire10
	lossy.Rules = []*topo.Rule{topo.NewRule(topo.RuleSpec{Name: "silence", Flow: topo.AnyFlow, Nth: []topo.Range{{First: 2, Last: 9}}})}
	r, m := newRoom(tcp.Linux(), lossy), &synacks{came: map[wire.Incarnation]des.Time{}}
	r.stack.Observe(m)
	r.upload(0)
	fmt.Println(m.sample.N(), "SYN,ACKs, the last after", time.Duration(m.sample.Max()))
	// Output:
	// 6 SYN,ACKs, the last after 31s
}
