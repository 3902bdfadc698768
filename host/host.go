package host

import (
	"errors"
	"math/rand/v2"

	"netsim/des"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// Host is one end system. What a packet touches comes first and fits into two
// cache lines: with thousands of hosts they are in no cache.
type Host struct {
	stack   *Stack
	group   *group
	out     topo.Sink
	address wire.Addr
	node    topo.NodeID
	off     bool // it has crashed, and may not be back
	stopped bool // its timers are
	narrow  bool // some path is narrower than its first link
	drawn   bool
	last    uint16 // port chosen by SequentialPort

	pair    uint32 // the last of its port pairs
	buckets uint32 // taken of those for TIME-WAIT
	picked  uint32 // ports chosen by HashPort
	orphans uint32 // connections without a user, but for those in FIN-WAIT-2

	draws     rand.PCG // the host's random stream, once drawn
	owner     des.Owner
	secret    uint64
	listeners *Listener // the last, and before it the others
	rest      *rest
}

// group is what the hosts of one tally and profile have in common.
type group struct {
	number  uint32
	tally   *Tally
	profile *tcp.Profile
	limbo   uint32 // the group of its records that wait while timers are stopped
	room    *chain // where their connections wait out TIME-WAIT
	limits  *Limits
	mtu     int
	ttl     uint8
	weighs  bool // what the queues of connections hold is accounted for
}

// rest is what few hosts have. Without it, it is one that is empty, of all hosts.
type rest struct {
	pairs        map[destination]uint32       // where destinations are many
	paths        map[wire.Addr]path           // narrower than their first link
	cookies      map[wire.Addr]tcp.FastCookie // of Fast Open, by server
	more         []wire.Addr
	fastFailures int                 // times that Fast Open was given up for a while
	fastPaused   des.Time            // until when it is
	keys         [][16]byte          // of the cookies of Fast Open that it gives
	stamps       map[wire.Addr]stamp // of those whose connections came to TIME-WAIT
	proven       map[wire.Addr]bool  // that a connection was established with

	holdings holdings
	cache    cache

	wakes      des.Time // from when a host that was off sends and hears
	challenged des.Time // the interval in which challenge ACKs were last sent
	sent       int      // so many
}

// Config describes a host.
type Config struct {
	Node    topo.NodeID
	Address wire.Addr
	More    []wire.Addr // further addresses, if it has some
	Profile *tcp.Profile
	MTU     int     // of the smallest link, for the MSS
	Tally   *Tally  // shared by the hosts of a group
	Limits  *Limits // of each, shared; nil: none
}

// AddHost attaches an end system to its node. The network must be finished.
func (st *Stack) AddHost(c Config) *Host {
	h := &Host{stack: st, node: c.Node, address: c.Address, out: st.net.Send(c.Node),
		group: st.groupOf(&c), owner: st.sim.Owner(), rest: &st.bare}
	h.secret = st.secret + uint64(c.Node)*0x9e3779b97f4a7c15
	if len(c.More) > 0 {
		h.own().more = c.More
	}
	if c.Limits != nil {
		h.own()
		if c.Limits.Cores > 0 {
			h.rest.holdings.processor = newProcessor(h, c.Limits)
		}
	}
	st.net.Attach(c.Node, h)
	for int(c.Node) >= len(st.hosts) {
		st.hosts = append(st.hosts, nil)
	}
	st.hosts[c.Node] = h
	return h
}

// name is the node's: the host's random streams go by it.
func (h *Host) name() string { return h.stack.net.Name(h.node) }

// own returns the rest that is the host's own, made if it has none.
func (h *Host) own() *rest {
	if h.rest == &h.stack.bare {
		h.rest = new(rest)
	}
	return h.rest
}

// groupOf returns the group of a host's tally and profile.
func (st *Stack) groupOf(c *Config) *group {
	for _, g := range st.groups {
		if g.tally == c.Tally && g.profile == c.Profile && g.mtu == c.MTU && g.limits == c.Limits {
			return g
		}
	}
	g := &group{number: uint32(len(st.groups)), tally: c.Tally, profile: c.Profile, mtu: c.MTU, ttl: uint8(c.Profile.TTL), limits: c.Limits,
		room:   st.room.chains.of(st.sim, &st.room, c.Profile.TimeWait, c.Profile.Granule()),
		weighs: c.Tally.Queues != nil || c.Limits != nil && c.Limits.Memory+c.Limits.Queues > 0}
	st.groups = append(st.groups, g)
	return g
}

// Node, Address and Profile say what the host was made with.
func (h *Host) Node() topo.NodeID     { return h.node }
func (h *Host) Address() wire.Addr    { return h.address }
func (h *Host) Profile() *tcp.Profile { return h.group.profile }

// SetProfile gives the host other constants, for what begins from now on: connections
// that are open keep theirs, but for the length of their TIME-WAIT and the room for
// it, which are looked up when they enter it.
func (h *Host) SetProfile(p *tcp.Profile) {
	h.group = h.stack.groupOf(&Config{Profile: p, MTU: h.group.mtu, Tally: h.group.tally, Limits: h.group.limits})
}

// SetMTU gives the host's links another MTU, for connections that begin from now on.
func (h *Host) SetMTU(mtu int) {
	h.group = h.stack.groupOf(&Config{Profile: h.group.profile, MTU: mtu, Tally: h.group.tally, Limits: h.group.limits})
}

// MTU is the largest packet of the host's links, in bytes.
func (h *Host) MTU() int { return h.group.mtu }

// AddressAt returns the host's address of that number, counted from 0; 0 is that
// of [Host.Address].
func (h *Host) AddressAt(i int) wire.Addr {
	if i == 0 {
		return h.address
	}
	return h.rest.more[i-1]
}

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

// ErrAddress is EADDRNOTAVAIL or EINVAL: no connection goes from that address, or to
// that one.
var ErrAddress = errors.New("no address of a connection")

// Connect opens a connection for the app. A local port of 0 takes an ephemeral
// one. The error is ErrNoPort, ErrInUse, ErrNoMemory, ErrAddress or ErrDown.
func (h *Host) Connect(now des.Time, to Remote, local uint16, who wire.Incarnation, app App) (*Socket, error) {
	return h.ConnectWith(now, to, local, who, app, nil)
}

// ConnectWith is Connect with socket options; nil is none.
func (h *Host) ConnectWith(now des.Time, to Remote, local uint16, who wire.Incarnation, app App, options *tcp.Settings) (*Socket, error) {
	return h.ConnectFrom(now, wire.Addr{}, to, local, who, app, options)
}

// ConnectFrom is ConnectWith from one of the host's addresses (MUST-43), by which the
// connection goes from its first segment to its last (MUST-45). The zero address
// leaves the choice to the host.
func (h *Host) ConnectFrom(now des.Time, from wire.Addr, to Remote, local uint16, who wire.Incarnation, app App, options *tcp.Settings) (*Socket, error) {
	if h.off && h.silent(now) {
		return nil, ErrDown
	}
	if from.IsZero() {
		from = h.source(to.Address)
	}
	if !to.Address.IsUnicast() || from.Is6() != to.Address.Is6() || !h.has(from) { // MUST-46
		return nil, ErrAddress
	}
	t := tuple{from, to.Address, local, to.Port}
	if h.short(tcp.Closed, tcp.SynSent) {
		return nil, ErrNoMemory
	}
	pair := uint32(0)
	if local == 0 {
		var steps uint32
		pair = h.pairTo(t)
		t.localPort, steps = h.search(to, pair)
		h.group.tally.searched(now, steps)
		if t.localPort == 0 {
			h.group.tally.PortsRefused++
			return nil, ErrNoPort
		}
	}
	old, ok := h.succeed(now, t, local != 0)
	if !ok {
		return nil, ErrInUse
	}
	s := h.stack.take(now, h, t, app)
	if s.pair = pair; pair != 0 {
		h.stack.holdPort(now, h.group, pair, t.localPort)
	}
	h.stack.table.Add(t.hash(), s.ref)
	o := h.opening(now, t, who)
	o.Settings = options
	s.mark(options)
	if options != nil && options.FastOpen {
		if o.FastCookie = h.rest.cookies[t.remote]; h.FastPaused(now) {
			plain := *options
			plain.FastOpen, plain.Cookieless, plain.Early = false, false, 0
			o.Settings = &plain
		}
	}
	if old != nil {
		o.Follow(old)
	}
	s.Conn.Open(now, o)
	s.called(now, Connecting, 0)
	s.pump(now)
	return s, nil
}

// source is the address that the host chooses for a destination: its first of that
// family, since all its addresses are of one node and lead the same way (MUST-44).
func (h *Host) source(to wire.Addr) wire.Addr {
	for _, a := range h.rest.more {
		if h.address.Is6() == to.Is6() {
			break
		}
		if a.Is6() == to.Is6() {
			return a
		}
	}
	return h.address
}

// has reports whether the address is one of the host's.
func (h *Host) has(a wire.Addr) bool {
	if a == h.address {
		return true
	}
	node, ok := h.stack.net.NodeOf(a)
	return ok && node == h.node
}

// prove notes that the peer is known.
func (h *Host) prove(a wire.Addr) {
	r := h.own()
	if r.proven == nil {
		r.proven = map[wire.Addr]bool{}
	}
	r.proven[a] = true
}

// opening gathers what a new connection is given from outside the protocol.
func (h *Host) opening(now des.Time, t tuple, who wire.Incarnation) *tcp.Opening {
	o := h.reopening(now, t)
	o.ISS, o.Incarnation = h.iss(now, t.key()), who
	return o
}

// reopening is opening without what is chosen for each connection.
func (h *Host) reopening(now des.Time, t tuple) *tcp.Opening {
	st := h.stack
	st.opening = tcp.Opening{
		Profile:  h.group.profile,
		MTU:      h.group.mtu,
		IPv6:     t.local.Is6(),
		TSOffset: h.tsOffset(),
	}
	if h.narrow {
		st.opening.PathMTU = h.pathMTU(now, t.remote)
	}
	return &st.opening
}

// tsOffset is where the host's timestamps begin.
func (h *Host) tsOffset() uint32 {
	if h.group.profile.TimestampOffset == tcp.ZeroOffset {
		return 0
	}
	return uint32(h.secret >> 40)
}

// iss is an initial sequence number by the profile's rule.
func (h *Host) iss(now des.Time, tuple [2]uint64) wire.Seq {
	p := h.group.profile
	switch p.ISN {
	case tcp.RandomISN:
		return wire.SeqOf(uint32(h.stream().Uint64() >> 32))
	case tcp.ClockISN:
		return wire.SeqOf(uint32(now / des.Time(p.ISNTick)))
	case tcp.ZeroISN:
		return wire.SeqOf(0)
	}
	return tcp.ISN(now, p.ISNTick, tuple, h.secret)
}

// Receive takes a packet from the network: a [topo.Sink].
func (h *Host) Receive(now des.Time, p *wire.Packet) {
	if h.group.limits != nil && h.rest.holdings.processor != nil && p.Report == wire.NoReport {
		h.rest.holdings.processor.take(now, p)
		return
	}
	h.take(now, p)
}

// take is Receive once there is a processor for the packet.
func (h *Host) take(now des.Time, p *wire.Packet) {
	st := h.stack
	if h.off && h.silent(now) {
		h.miss(now, p)
		return
	}
	if p.Report != wire.NoReport {
		h.reported(now, p)
		return
	}
	seg := &p.Segment
	if seg.Marks&wire.Datagram != 0 {
		h.sink(now, p)
		return
	}
	seg.ECN = p.ECN
	h.group.tally.received(seg)
	if st.observer != nil {
		st.observer.Received(now, h.node, p)
	}
	t := tuple{p.Dst, p.Src, seg.DstPort, seg.SrcPort}
	switch ref := st.find(t); {
	case ref == 0:
		h.fresh(now, t, p)
	case ref&inRoom != 0:
		h.inTimeWait(now, ref, p)
	default:
		s := st.socket(now, ref)
		if opens(seg) {
			h.group.tally.SYNs.Repeated++
		}
		if h.group.limits != nil && h.starves(now, s, seg) {
			st.net.Refused(now, h.node, p, "no memory for its text")
			st.pool.Put(p)
			return
		}
		if l := s.listener; l != nil && !s.waiting && l.declines() {
			l.overflow(now, s, p)
		} else {
			s.Conn.Segment(now, seg)
			if s.Conn.Challenging() && !h.challenges(now) {
				s.Conn.Withhold(seg)
			}
			st.pool.Put(p)
		}
		s.pump(now)
	}
}

// opens reports whether s asks for a connection: a SYN and neither ACK nor RST.
func opens(s *wire.Segment) bool {
	return s.Flags&(wire.SYN|wire.ACK|wire.RST) == wire.SYN
}

// fresh takes a segment that belongs to no connection: to a listener, or it is
// refused (RFC 9293 sections 3.10.7.1 and 3.10.7.2).
func (h *Host) fresh(now des.Time, t tuple, p *wire.Packet) {
	if !p.Src.IsUnicast() || !p.Dst.IsUnicast() { // MUST-57, MUST-63
		h.stack.net.Refused(now, h.node, p, "of or to more than one host")
		if opens(&p.Segment) {
			h.group.tally.SYNs.Dropped++
			if l := h.listener(t.localPort); l != nil {
				l.SYNs++
				l.DroppedPolicy++
			}
		}
		h.stack.pool.Put(p)
		return
	}
	if opens(&p.Segment) {
		if l := h.listener(t.localPort); l != nil {
			l.arrive(now, t, p, nil)
			return
		}
		h.group.tally.SYNs.Refused++
	} else if f := p.Segment.Flags & (wire.SYN | wire.ACK); h.group.profile.SilentListener && (f == 0 || f == wire.SYN|wire.ACK) && h.listener(t.localPort) != nil {
		h.stack.pool.Put(p)
		return
	} else if p.Segment.Flags&(wire.SYN|wire.RST|wire.ACK) == wire.ACK && h.group.profile.SYNCookies != tcp.NoCookies {
		if l := h.listener(t.localPort); l != nil && l.unbake(now, t, p) {
			return
		}
	}
	h.refuse(now, p)
}

// refuse answers with a reset, if an answer is due.
func (h *Host) refuse(now des.Time, p *wire.Packet) {
	st := h.stack
	silent := st.unasked(now, p)
	if silent || h.hides(p) || p.Segment.Flags.Has(wire.SYN|wire.ACK) && h.group.profile.Handshake == tcp.TwoWay {
		st.pool.Put(p)
		return
	}
	reply := st.blank()
	from, to, who := p.Dst, p.Src, p.Segment.Incarnation
	due := tcp.Reset(&p.Segment, &reply.Segment)
	st.pool.Put(p)
	if !due {
		return
	}
	if st.strays != nil {
		st.strays.Reset(now, who)
	}
	st.send(now, h, from, to)
}

// hides reports that the profile answers nothing to a segment for no connection.
func (h *Host) hides(p *wire.Packet) bool {
	switch how := h.group.profile.Blackhole; {
	case how == tcp.AnswersAll:
		return false
	case h.listener(p.Segment.DstPort) != nil:
		return how == tcp.HidesListens
	case how == tcp.HidesSYNs:
		return p.Segment.Flags.Has(wire.SYN)
	}
	return true
}

// inTimeWait takes a segment for a connection that waits.
func (h *Host) inTimeWait(now des.Time, ref uint32, p *wire.Packet) {
	st := h.stack
	r := st.room.At(ref &^ inRoom)
	reply := st.blank()
	verdict := r.tcp.Segment(now, h.group.profile, &p.Segment, &reply.Segment)
	if verdict&tcp.Reopen != 0 {
		if l := h.listener(p.Segment.DstPort); l != nil {
			t, old := r.tuple, r.tcp
			st.room.leave(now, ref&^inRoom, Reopened)
			l.arrive(now, t, p, &old)
			return
		}
		verdict = r.tcp.Decline(now, h.group.profile, &p.Segment, &reply.Segment)
	}
	if opens(&p.Segment) {
		h.group.tally.SYNs.TimeWait++
	}
	if verdict&tcp.Older != 0 {
		if l := h.listener(p.Segment.DstPort); l != nil {
			l.SYNs++
			l.DroppedPAWS++
		}
	}
	if verdict&tcp.Stale != 0 {
		h.group.tally.WaitsRejected++
	}
	if verdict&tcp.Withheld != 0 {
		h.group.tally.WaitsSkipped++
	}
	switch {
	case verdict&tcp.Die != 0:
		st.room.leave(now, ref&^inRoom, Reset)
	case verdict&tcp.Restart != 0:
		h.group.tally.Restarted++
		st.room.restart(now, ref&^inRoom)
	}
	from, to := p.Dst, p.Src
	st.pool.Put(p)
	if verdict&tcp.Answer == 0 || reply.Segment.Marks&wire.Challenge != 0 && !h.challenges(now) {
		return
	}
	st.send(now, h, from, to)
}

// stream returns the host's random stream, which is made when it is first drawn
// from.
func (h *Host) stream() *rand.PCG {
	if !h.drawn {
		h.draws, h.drawn = des.PCG(h.stack.seed, h.stack.rep, "node."+h.name()+".ports"), true
	}
	return &h.draws
}
