package host

import (
	"errors"
	"math/rand/v2"

	"netsim/des"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// Host is one end system.
type Host struct {
	stack   *Stack
	node    topo.NodeID
	name    string
	address wire.Addr
	out     topo.Sink
	profile *tcp.Profile
	mtu     int
	tally   *Tally
	owner   des.Owner
	room    *list  // where this host's connections wait out TIME-WAIT
	index   uint32 // in the stack

	listeners []*Listener
	ports     ports
	draws     *rand.Rand
	secret    uint64
}

// Config describes a host.
type Config struct {
	Node    topo.NodeID
	Name    string // of its random streams
	Address wire.Addr
	Profile *tcp.Profile
	MTU     int    // of the smallest link, for the MSS
	Tally   *Tally // shared by the hosts of a group
}

// AddHost attaches an end system to its node. The network must be finished.
func (st *Stack) AddHost(c Config) *Host {
	h := &Host{stack: st, node: c.Node, name: c.Name, address: c.Address, out: st.net.Send(c.Node),
		profile: c.Profile, mtu: c.MTU, tally: c.Tally, owner: st.sim.Owner()}
	h.secret = st.secret + uint64(c.Node)*0x9e3779b97f4a7c15
	h.room = st.room.list(c.Profile.TimeWait)
	h.ports.tally = c.Tally
	h.index = uint32(len(st.hosts))
	st.hosts = append(st.hosts, h)
	st.net.Attach(c.Node, h)
	return h
}

// Node, Address, Profile and Tally say what the host was made with.
func (h *Host) Node() topo.NodeID     { return h.node }
func (h *Host) Address() wire.Addr    { return h.address }
func (h *Host) Profile() *tcp.Profile { return h.profile }
func (h *Host) Tally() *Tally         { return h.tally }

// ErrNoPort is EADDRNOTAVAIL: every ephemeral port towards the destination is in
// use.
var ErrNoPort = errors.New("no free port")

// ErrInUse is EADDRINUSE.
var ErrInUse = errors.New("address in use")

// Remote is the other end of a connection to be opened.
type Remote struct {
	Address wire.Addr
	Port    uint16
}

// Connect opens a connection for the app. A local port of 0 takes an ephemeral
// one. The error is ErrNoPort or ErrInUse.
func (h *Host) Connect(now des.Time, to Remote, local uint16, who wire.Incarnation, app App) (*Socket, error) {
	t := tuple{h.address, to.Address, local, to.Port}
	ephemeral := local == 0
	if ephemeral {
		var ok bool
		if t.localPort, ok = h.pickPort(to); !ok {
			h.tally.PortsRefused++
			return nil, ErrNoPort
		}
	} else if h.stack.table.find(t) != 0 {
		return nil, ErrInUse
	}
	s := h.stack.take(now, h, t, app)
	s.ephemeral = ephemeral
	if ephemeral {
		h.ports.hold(now, t)
	}
	h.stack.table.add(t, s.ref)
	s.Conn.Open(now, h.opening(now, t, who))
	s.pump(now)
	return s, nil
}

// opening gathers what a new connection is given from outside the protocol.
func (h *Host) opening(now des.Time, t tuple, who wire.Incarnation) *tcp.Opening {
	st := h.stack
	key := [2]uint64{uint64(t.local.Uint32())<<32 | uint64(t.remote.Uint32()), uint64(t.localPort)<<16 | uint64(t.remotePort)}
	st.room.opening = tcp.Opening{
		Profile:     h.profile,
		ISS:         h.iss(now, key),
		MTU:         h.mtu,
		IPv6:        t.local.Is6(),
		TSOffset:    uint32(h.secret >> 40),
		Incarnation: who,
	}
	return &st.room.opening
}

// iss is an initial sequence number by the profile's rule.
func (h *Host) iss(now des.Time, tuple [2]uint64) wire.Seq {
	switch h.profile.ISN {
	case tcp.RandomISN:
		return wire.SeqOf(h.stream().Uint32())
	case tcp.ClockISN:
		return wire.SeqOf(uint32(now / des.Time(h.profile.ISNTick)))
	case tcp.ZeroISN:
		return wire.SeqOf(0)
	}
	return tcp.ISN(now, h.profile.ISNTick, tuple, h.secret)
}

// Receive takes a packet from the network: a [topo.Sink].
func (h *Host) Receive(now des.Time, p *wire.Packet) {
	st := h.stack
	seg := &p.Segment
	h.tally.received(seg)
	if st.observer != nil {
		st.observer.Received(now, h.node, p)
	}
	t := tuple{p.Dst, p.Src, seg.DstPort, seg.SrcPort}
	switch ref := st.table.find(t); {
	case ref == 0:
		h.fresh(now, t, p)
	case ref&inRoom != 0:
		h.inTimeWait(now, ref, p)
	default:
		s := st.sockets[ref]
		if seg.Flags&(wire.SYN|wire.ACK) == wire.SYN {
			h.tally.SYNs.Repeated++
		}
		s.Conn.Segment(now, seg)
		st.pool.Put(p)
		s.pump(now)
	}
}

// fresh takes a segment that belongs to no connection: to a listener, or it is
// refused (RFC 9293 sections 3.10.7.1 and 3.10.7.2).
func (h *Host) fresh(now des.Time, t tuple, p *wire.Packet) {
	syn := p.Segment.Flags&(wire.SYN|wire.ACK|wire.RST) == wire.SYN
	if syn {
		if l := h.listener(t.localPort); l != nil {
			l.arrive(now, t, p)
			return
		}
		h.tally.SYNs.Refused++
	}
	h.refuse(now, p)
}

// refuse answers with a reset, if an answer is due.
func (h *Host) refuse(now des.Time, p *wire.Packet) {
	st := h.stack
	reply := st.blank()
	from, to, who := p.Dst, p.Src, p.Segment.Incarnation
	due := tcp.Reset(&p.Segment, &reply.Segment)
	st.pool.Put(p)
	if !due {
		st.keep(reply)
		return
	}
	if st.strays != nil {
		st.strays.Reset(now, who)
	}
	st.send(now, h, reply, from, to)
}

// inTimeWait takes a segment for a connection that waits.
func (h *Host) inTimeWait(now des.Time, ref uint32, p *wire.Packet) {
	st := h.stack
	r := st.room.at(ref &^ inRoom)
	reply := st.blank()
	verdict := r.tcp.Segment(now, h.profile, &p.Segment, &reply.Segment)
	if p.Segment.Flags&(wire.SYN|wire.ACK) == wire.SYN {
		if l := h.listener(p.Segment.DstPort); verdict&tcp.Reopen != 0 && l != nil {
			t := r.tuple
			st.keep(reply)
			st.room.leave(now, ref&^inRoom, Reopened)
			l.arrive(now, t, p)
			return
		}
		h.tally.SYNs.TimeWait++
	}
	switch {
	case verdict&tcp.Die != 0:
		st.room.leave(now, ref&^inRoom, Reset)
	case verdict&tcp.Restart != 0:
		h.tally.Restarted++
		st.room.restart(now, ref&^inRoom)
	}
	from, to := p.Dst, p.Src
	st.pool.Put(p)
	if verdict&tcp.Answer == 0 {
		st.keep(reply)
		return
	}
	st.send(now, h, reply, from, to)
}

// stream returns the host's random stream, made when first drawn from.
func (h *Host) stream() *rand.Rand {
	if h.draws == nil {
		h.draws = des.Stream(h.stack.seed, h.stack.rep, "node."+h.name+".ports")
	}
	return h.draws
}
