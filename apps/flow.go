package apps

import (
	"errors"
	"math/rand/v2"
	"time"

	"netsim/des"
	"netsim/dist"
	"netsim/host"
	"netsim/tcp"
	"netsim/wire"
)

// World is what the flows of one world share: the records of their conversations
// by incarnation.
type World struct {
	sim       *des.Sim
	seed, rep uint64
	flows     []*Flow
	talks     []*talk
	free      *talk
	unsettled int
	idle      *job // chained through next
}

// NewWorld returns a world of no flows. Its stack tells it of stray resets.
func NewWorld(sim *des.Sim, stack *host.Stack, seed, replication uint64) *World {
	w := &World{sim: sim, seed: seed, rep: replication}
	stack.Witness(w)
	return w
}

// By is who closes first.
type By uint8

const (
	Client By = iota
	Server
	Both // at the same instant, that of the client
	Nobody
)

// How is by what call.
type How uint8

const (
	Fin    How = iota // close()
	Half              // shutdown() of the sending direction
	Rst               // abort
	Linger            // close() with the option SO_LINGER
	Unread            // close() with the last message to it unread, which resets
)

// When is the moment from which Closing.After counts.
type When uint8

const (
	Done        When = iota // the client has everything; the connection has taken all that the server says
	RequestSent             // the connection has taken the last request; it has come to the server
	OnConnected             // the connection is established
)

// Closing is how a conversation ends.
type Closing struct {
	By    By
	How   How
	When  When
	After dist.Dist // from the moment to the close, in ns
	Reply dist.Dist // the other end's delay from the FIN to its own close; negative is never
}

// Target is a listener, or the service of a balancer, which has an address and no
// Host.
type Target struct {
	Host    *host.Host
	Port    uint16
	Address wire.Addr
}

func (t *Target) address() wire.Addr {
	if t.Host != nil {
		return t.Host.Address()
	}
	return t.Address
}

// Choice is how one of many is chosen.
type Choice uint8

const (
	Random Choice = iota
	RoundRobin
	Hash             // by who asks: always the same one
	LeastConnections // of a server: with the fewest of the flow, of equals the next in turn
)

// Flow is many jobs of one kind: conversations of requests and responses, or
// packets that load the network and want no answer.
type Flow struct {
	Name     string
	Arrivals Arrivals
	Clients  []*host.Host
	Servers  []Target
	Spread   Choice // over the clients
	Pick     Choice // of the server, never the client itself

	Request, Response dist.Dist // bytes of each; 0 is none, and what varies has one at least
	Service, Think    dist.Dist // ns
	Exchanges         dist.Dist // of a job, at least one
	ServerFirst       bool      // each response comes before its request, as a greeting does
	ReadRate          int64     // bit/s at which clients read; 0 is at once
	Closing           Closing
	Pool              *Pooling      // nil: a connection for each job
	Retry             Retry         // of a job that fails
	Timeout           time.Duration // of a try of a job; 0 is never
	OnTimeout         How           // closes the connection of such a try: Fin or Rst
	LocalPort         uint16        // 0: ephemeral
	ReuseAddress      bool          // LocalPort is bound in spite of connections that have it: SO_REUSEADDR
	LocalAddress      int           // which of the client's, from 1; 0: the host's choice
	Attack            *Attack       // an arrival is a forged segment; nil: it is not
	Steady            bool          // its TIME-WAITs are there from the start: see Populate
	Packet            *dist.Dist    // bytes: an arrival is a packet of such a size, and no connection; nil: conversations
	Options           *tcp.Settings // of the sockets at both ends; nil is none
	Lingering         *tcp.Settings // of those that close by Linger
	Tally             *Tally

	world                  *World
	number                 uint32
	generators             []generator
	spreadDraws, picks     *rand.Rand
	nextClient, nextServer int
	several                bool // servers are not all on one host
	asks, answers          bool // there are requests, and responses
	greets                 bool // of both, each response comes before its request
	jobs                   uint64
	pools                  []*pool
	triggers               []*Flow    // that requests of this one begin jobs of
	active                 []int      // connections to each server, if that decides
	thoughts               *rand.Rand // of users
	users, leaving         int        // that there are to be; of those there are, too many
	sizes                  *rand.Rand // of packets
	draws                  draws
	owner                  des.Owner
}

// enlist takes a flow into the world.
func (w *World) enlist(f *Flow) {
	if len(w.flows) == wire.MaxFlows {
		panic("apps: more flows than an incarnation can name")
	}
	f.world, f.number, f.owner = w, uint32(len(w.flows)), w.sim.Owner()
	f.asks, f.answers = speaks(&f.Request), speaks(&f.Response)
	f.greets = f.ServerFirst && f.asks && f.answers
	w.flows = append(w.flows, f)
	for _, s := range f.Servers {
		f.several = f.several || s.Host != f.Servers[0].Host
	}
	if f.Pool != nil {
		f.pools = make([]*pool, len(f.Clients)*len(f.Servers))
	}
	if f.Pick == LeastConnections {
		f.active = make([]int, len(f.Servers))
	}
	if f.Attack != nil {
		f.muster()
	}
}

// Add takes a flow into the world; its arrivals are scheduled.
func (w *World) Add(f *Flow) {
	w.enlist(f)
	switch f.Arrivals.Process {
	case Users:
		f.populate()
	case Triggered:
	default:
		f.generate()
	}
}

// arrive begins a job at the client, or at the one that the spread chooses, to the
// server or to the one that is picked.
func (f *Flow) arrive(now des.Time, client, server int) {
	if client < 0 {
		client = f.choose(f.Spread, len(f.Clients), &f.nextClient, &f.spreadDraws, ".spread")
	}
	from := f.Clients[client]
	if server < 0 {
		server = f.server(from, uint64(client))
	}
	switch {
	case f.Attack != nil:
		f.forge(now, client, &f.Servers[server])
	case f.Packet != nil:
		f.packet(now, from, f.Servers[server])
	case f.keeps():
		j := f.world.takeJob(f)
		j.client, j.server = client, server
		j.begin(now)
	default:
		f.connect(now, client, server, nil, nil)
	}
}

// server picks one for a client, never itself; the key is who asks.
func (f *Flow) server(from *host.Host, key uint64) int {
	for ; ; key++ {
		i := 0
		switch f.Pick {
		case Hash:
			i = int(mix(key) >> 32 * uint64(len(f.Servers)) >> 32)
		case LeastConnections:
			i = f.leastBusy(from)
		default:
			i = f.choose(f.Pick, len(f.Servers), &f.nextServer, &f.picks, ".pick")
		}
		if f.Servers[i].Host != from || !f.several {
			return i
		}
	}
}

// leastBusy returns the server with the fewest connections of the flow.
func (f *Flow) leastBusy(from *host.Host) int {
	n, best := len(f.Servers), -1
	for i := range n {
		at := (f.nextServer + i) % n
		if (best < 0 || f.active[at] < f.active[best]) && (f.Servers[at].Host != from || !f.several) {
			best = at
		}
	}
	f.nextServer = (best + 1) % n
	return best
}

// choose returns one of n.
func (f *Flow) choose(c Choice, n int, next *int, draws **rand.Rand, stream string) int {
	if n == 1 {
		return 0
	}
	if c == RoundRobin {
		i := *next
		*next = (i + 1) % n
		return i
	}
	if *draws == nil {
		*draws = des.Stream(f.world.seed, f.world.rep, "flow."+f.Name+stream)
	}
	return int(des.Below(*draws, uint64(n)))
}

// connect opens a connection for a job: that of the record, which the pool may
// lend it, or one that is no more than its connection.
func (f *Flow) connect(now des.Time, client, server int, j *job, p *pool) {
	w, from, to := f.world, f.Clients[client], &f.Servers[server]
	t := w.take(f)
	t.begun, t.to, t.pool = now, server, p
	if j != nil {
		t.measured = j.measured
		t.assign(j)
	} else {
		t.measured = f.Tally.measures(now)
		t.plan(f, f.jobs, 0)
		f.jobs++
		if t.measured {
			f.Tally.Jobs++
		}
	}
	if t.measured {
		f.Tally.Attempts++
		w.unsettled++
	}
	if f.active != nil {
		f.active[server]++
	}
	if o := f.Options; o != nil && o.FastOpen {
		o.Early = t.request(0)
	}
	if f.LocalPort != 0 && !f.ReuseAddress && from.Taken(f.LocalPort) { // bind(): EADDRINUSE
		t.fail(now, NoPort)
		return
	}
	s, err := from.ConnectFrom(now, f.local(from), host.Remote{Address: to.address(), Port: to.Port}, f.LocalPort, t.who(), &t.client, f.Options)
	switch {
	case errors.Is(err, host.ErrNoMemory):
		t.fail(now, LocalLimit)
		return
	case errors.Is(err, host.ErrAddress), errors.Is(err, host.ErrDown):
		t.fail(now, Unreachable)
		return
	case err != nil: // EADDRNOTAVAIL, or EADDRINUSE of connect()
		t.fail(now, NoPort)
		return
	}
	t.client.busy, t.client.socket = true, s
}

// local is the address that a client binds, none if that is left to the host.
func (f *Flow) local(client *host.Host) wire.Addr {
	if f.LocalAddress == 0 {
		return wire.Addr{}
	}
	return client.AddressAt(f.LocalAddress - 1)
}

// Accept gives an arriving connection the server's end of its conversation: a
// [host.Acceptor]. One whose client has gone is only closed in answer.
func (w *World) Accept(now des.Time, s *host.Socket) host.App {
	t := w.find(s.Incarnation())
	if f := w.attacker(s.Incarnation()); f != nil {
		return f.haunt(now, s)
	}
	if t == nil || t.server.busy {
		return stray{}
	}
	return w.serverEnd(now, t, s)
}

// serverEnd gives a talk its other end.
func (w *World) serverEnd(now des.Time, t *talk, s *host.Socket) host.App {
	t.server.busy = true
	t.server.socket = s
	if t.flow.Options != nil {
		s.Set(now, t.flow.Options)
	}
	if t.measured {
		t.handshake(now, s)
	}
	t.stand()
	return &t.server
}

// handshake records the server's side of an opening that is complete.
func (t *talk) handshake(now des.Time, s *host.Socket) {
	y := t.flow.Tally
	all, wait := int64(now-s.Opened()), int64(s.Waited())
	y.HandshakeTime.Record(all - wait)
	y.AcceptWait.Record(wait)
	y.ServerSetupTime.Record(all)
	y.SYNACKSent.Record(int64(s.Conn.Stats().SYNs))
	if c := t.client.socket; c != nil {
		counts := c.Conn.Stats()
		y.SetupSegments.Record(int64(counts.SYNs + counts.SetupACKs + s.Conn.Stats().SYNs))
	}
}

// stray closes when the other end does.
type stray struct{}

func (stray) News(now des.Time, s *host.Socket, n tcp.News) {
	if n&tcp.Readable != 0 {
		s.Read(now)
	}
	if n&tcp.EndOfData != 0 && n&(tcp.Ended|tcp.Failed) == 0 {
		s.Close(now)
	}
}

// Reset is told of a reset by a host that has no connection: [host.Strays].
func (w *World) Reset(now des.Time, who wire.Incarnation) {
	if t := w.find(who); t != nil {
		t.closing++
	}
}

// Unsettled counts the measured jobs whose attempt or closing is still to be
// decided; a run may end when there is none.
func (w *World) Unsettled() int { return w.unsettled }

// End closes the books: what is still open is counted as such.
func (w *World) End() {
	for _, t := range w.talks {
		if t.live {
			t.cut()
		}
	}
	for _, f := range w.flows {
		if f.Attack != nil {
			f.Attack.tell(f.Tally)
		}
	}
}
