package host

import (
	"time"

	"netsim/des"
	"netsim/ledger"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// Stack is what the hosts of one world share.
type Stack struct {
	sim      *des.Sim
	net      *topo.Network
	pool     *wire.Pool
	observer Observer
	strays   Strays
	calls    Calls

	table     ledger.Table // connections and TIME-WAIT records by tuple
	sockets   []*Socket
	queued    []queued // by socket, as far as that is asked for
	free      *Socket  // chained through next
	room      room
	requests  requests
	listeners []*Listener
	hosts     []*Host // by node
	bare      rest
	groups    []*group
	pairs     []pair
	dark      []bool       // by the index of an address: nobody answers there
	followed  tcp.TimeWait // by what is opened
	opening   tcp.Opening  // what a connection about to open is given

	waited  time.Duration // to be accepted, of the connection that is
	stopped int           // hosts whose timers are
	atHand  int64         // half-open connections of a listener that stay sockets
	spare   *wire.Packet  // what Emit fills next, nil if it is to be taken
	packets uint64        // sent by all hosts
	secret  uint64        // of initial sequence numbers
	seed    uint64
	rep     uint64
}

// Observer watches the hosts: packets as the network's observers see them, and
// states. It may be nil.
type Observer interface {
	topo.Observer
	// State is called when a connection of the node changes its state; a
	// TIME-WAIT record that goes is a change to Closed.
	State(now des.Time, node topo.NodeID, who wire.Incarnation, from, to tcp.State)
}

// NewStack returns the end systems of a network, none yet. Seed and replication
// choose the random streams.
func NewStack(sim *des.Sim, net *topo.Network, pool *wire.Pool, seed, replication uint64) *Stack {
	st := &Stack{sim: sim, net: net, pool: pool, seed: seed, rep: replication,
		secret: des.Stream(seed, replication, "isn").Uint64()}
	st.atHand = atHand
	st.sockets = append(st.sockets, nil) // reference 0 is none
	st.pairs = make([]pair, 1)
	st.room.stack, st.requests.stack = st, st
	return st
}

// Observe sets the one observer of the hosts; nil is none.
func (st *Stack) Observe(o Observer) { st.observer = o }

// Strays is told of what belongs to no connection.
type Strays interface {
	// Reset is called when a host sends a reset for a connection it does not have.
	Reset(now des.Time, who wire.Incarnation)
	// Unasked is called when a SYN,ACK or a reset has come for no connection, or
	// anything at all for an address of [Stack.Darken].
	Unasked(now des.Time, who wire.Incarnation)
	// Datagram is called when a packet of [Host.Send] has arrived. It may be read.
	Datagram(now des.Time, p *wire.Packet)
}

// Witness sets who is told of strays; nil is nobody.
func (st *Stack) Witness(s Strays) { st.strays = s }

// inRoom marks a reference to a TIME-WAIT record, asking one to a half-open request.
const (
	inRoom = 1 << 31
	asking = 1 << 30
)

func (st *Stack) tupleOf(ref uint32) tuple {
	switch {
	case ref&inRoom != 0:
		return st.room.At(ref &^ inRoom).tuple
	case ref&asking != 0:
		return st.requests.At(ref &^ asking).tuple
	}
	return st.sockets[ref].tuple
}

// socket returns what is referred to and not in TIME-WAIT. A request becomes a socket
// until it is pumped.
func (st *Stack) socket(now des.Time, ref uint32) *Socket {
	if ref&asking != 0 {
		return st.requests.resume(now, ref&^asking)
	}
	return st.sockets[ref]
}

// Sockets counts the sockets ever made: the most that were open at once.
func (st *Stack) Sockets() int { return len(st.sockets) - 1 }

// Packets counts the packets that the hosts have sent.
func (st *Stack) Packets() uint64 { return st.packets }

// Settle gives the stays that are not over to the tallies, as if they ended now.
func (st *Stack) Settle(now des.Time) {
	for _, s := range st.sockets[1:] {
		if s.open && !s.gone {
			s.host.group.tally.sojourn(s.state, s.since, now)
		}
	}
	for _, c := range st.requests.chains {
		for i := c.Head; i != 0; i = st.requests.At(i).Next {
			q := st.requests.At(i)
			st.listeners[q.listener].host.group.tally.sojourn(tcp.SynReceived, q.tcp.Began, now)
		}
	}
	for _, l := range st.room.chains {
		for i := l.Head; i != 0; i = st.room.At(i).Next {
			r := st.room.At(i)
			st.groups[r.group].tally.sojourn(tcp.TimeWaiting, r.since, now)
		}
	}
}

// take returns a socket of the host for the tuple, entered in the table.
func (st *Stack) take(now des.Time, h *Host, t tuple, app App) *Socket {
	s := st.free
	if s == nil {
		s = &Socket{stack: st, ref: uint32(len(st.sockets))}
		st.sockets = append(st.sockets, s)
	} else {
		st.free = s.next
	}
	s.host, s.tuple, s.app, s.next, s.opened = h, t, app, nil, now
	s.state, s.listener, s.pair, s.request, s.open, s.gone, s.bucket, s.fast, s.orphan = tcp.Closed, nil, 0, 0, true, false, false, false, false
	s.ttl, s.dscp = 0, 0
	s.alarm.Bind(s, h.owner.Rank(des.Timer))
	return s
}

// release gives the socket back; its connection is CLOSED, or a record.
func (st *Stack) release(s *Socket) {
	s.emptyBucket()
	s.adopted(st.sim.Now())
	st.sim.Cancel(&s.alarm)
	s.app, s.open = nil, false
	s.next = st.free
	st.free = s
}

// blank returns the packet to be filled and sent next: the same until it is.
func (st *Stack) blank() *wire.Packet {
	if st.spare == nil {
		st.spare = st.pool.Get()
	}
	return st.spare
}

// Held counts the packets that are in no network: those before the processors of the
// hosts, and one that is kept back.
func (st *Stack) Held() (n int) {
	if st.spare != nil {
		n++
	}
	for _, h := range st.hosts {
		if h != nil && h.rest.holdings.processor != nil {
			n += h.rest.holdings.processor.held()
		}
	}
	return n
}

// send lets the blank packet out of the host. Its segment's ports are set.
func (st *Stack) send(now des.Time, h *Host, from, to wire.Addr) {
	st.sendWith(now, h, from, to, h.group.ttl)
}

func (st *Stack) sendWith(now des.Time, h *Host, from, to wire.Addr, ttl uint8) {
	if h.off && h.silent(now) {
		return
	}
	p := st.spare
	st.spare = nil
	st.packets++
	p.Src, p.Dst, p.TTL, p.ECN, p.ID = from, to, ttl, p.Segment.ECN, st.packets
	p.Measure()
	h.group.tally.sent(&p.Segment)
	if st.observer != nil {
		st.observer.Sent(now, h.node, p)
	}
	h.out.Receive(now, p)
}
