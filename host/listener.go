package host

import (
	"fmt"
	"math"

	"netsim/des"
	"netsim/metrics"
	"netsim/tcp"
	"netsim/wire"
)

// Acceptor gives the connections of a listener their App.
type Acceptor interface {
	Accept(now des.Time, s *Socket) App
}

// Listener waits for connections at a port. Requests that wait for the third
// segment of their handshake take places of its SYN queue, connections that wait
// to be accepted places of its accept queue, which has as many.
type Listener struct {
	host       *Host
	next       *Listener // of the host
	port       uint16
	resets     bool
	Cookieless bool   // Fast Open asks for no cookie: for networks in which addresses are not forged
	number     uint32 // among those of the stack
	places     int32  // in each queue, -1 is no bound
	fast       int32  // connections that are open fast and not yet proven
	pending    int64  // requests
	acceptor   Acceptor
	accepts    *accepts // nil is at once
	bakedAt    des.Time // the last cookie
	*ListenerTally

	Settings *tcp.Settings // socket options of the connections to come; nil is none
	FastOpen int32         // connections that may be open fast and not yet proven; 0: none
	FastAny  bool          // any cookie is good
	FastKeys [][16]byte    // of their cookies, in place of the host's

	penalties []des.Time // until when places of Fast Open are kept
}

// ListenerTally is what the listeners of a group of hosts count.
type ListenerTally struct {
	HalfOpen metrics.Level // requests in the SYN queue
	Waiting  metrics.Level // connections in the accept queue
	ListenerCounters
	window ListenerCounters

	of    *ListenerTally // that of which this is a part
	parts []*ListenerTally
}

// ListenerCounters is what a ListenerTally counts.
type ListenerCounters struct {
	SYNs, Accepted     uint64
	DroppedSYNQueue    uint64 // SYNs: no place for a request
	DroppedAcceptQueue uint64 // SYNs: no place to be accepted from
	DroppedUnproven    uint64 // SYNs: the last places are for peers that are known
	DroppedPAWS        uint64 // SYNs: they would have reopened a TIME-WAIT, but for an old timestamp
	DroppedPolicy      uint64 // SYNs: with a FIN, where the profile has none of these, or of an address that cannot be
	DroppedRecycle     uint64 // SYNs: their address had a newer timestamp, and the host recycles TIME-WAIT
	BindRefused        uint64 // times that the port could not be bound: EADDRINUSE
	DroppedMemory      uint64 // SYNs: the host has no memory for a request
	Evicted            uint64 // requests: a newer one has their place
	CookiesSent        uint64 // SYNs answered by one
	CookiesGood        uint64 // third segments that brought one back
	CookiesBad         uint64 // third segments with none, while cookies counted
	CookiesDue         uint64 // SYNs that were to be answered by one, and may have been dropped for another reason
	FastAsked          uint64 // SYNs: asked for a cookie of Fast Open
	FastTaken          uint64 // SYNs: opened a connection fast
	FastOldKey         uint64 // of which with the cookie of an older key
	FastBad            uint64 // SYNs: with a cookie that was not the right one
	FastOverflows      uint64 // SYNs: too many connections were open fast and not yet proven
	Overflows          uint64 // third segments that found the accept queue full
}

// Dropped counts the SYNs that were dropped.
func (c *ListenerCounters) Dropped() uint64 {
	return c.DroppedSYNQueue + c.DroppedAcceptQueue + c.DroppedUnproven + c.DroppedPAWS + c.DroppedPolicy + c.DroppedRecycle + c.DroppedMemory
}

// Open begins the measured time: what was before is forgotten.
func (t *ListenerTally) Open(now des.Time) {
	t.ListenerCounters = ListenerCounters{}
	t.HalfOpen.Open(now)
	t.Waiting.Open(now)
	for _, p := range t.parts {
		p.Open(now)
	}
}

// Hold accounts for what was until now, as if the time was over, and goes on.
func (t *ListenerTally) Hold(now des.Time) {
	for _, p := range t.parts {
		p.Hold(now)
	}
	t.gather()
	t.window = t.ListenerCounters
	t.HalfOpen.Hold(now)
	t.Waiting.Hold(now)
}

// Close ends it.
func (t *ListenerTally) Close(now des.Time) {
	for _, p := range t.parts {
		p.Close(now)
	}
	t.gather()
	t.window = t.ListenerCounters
	t.HalfOpen.Close(now)
	t.Waiting.Close(now)
}

// Window returns the counters of the closed window.
func (t *ListenerTally) Window() *ListenerCounters { return &t.window }

// Listen opens a listener, whatever connections have its port (MUST-42). A negative backlog has no bound; the queue holds what
// the profile adds to it.
func (h *Host) Listen(port uint16, backlog int, acceptor Acceptor, tally *ListenerTally) (*Listener, error) {
	if h.listener(port) != nil {
		return nil, fmt.Errorf("port %d of %s: %w", port, h.name(), ErrInUse)
	}
	l := &Listener{host: h, port: port, acceptor: acceptor, bakedAt: -1 << 62, ListenerTally: tally}
	l.SetBacklog(backlog)
	l.next, h.listeners = h.listeners, l
	l.number = uint32(len(h.stack.listeners))
	h.stack.listeners = append(h.stack.listeners, l)
	return l, nil
}

// SetBacklog changes the places of both queues, for what comes from now on: what
// has one keeps it. A negative backlog has no bound.
func (l *Listener) SetBacklog(backlog int) {
	if l.places = -1; backlog >= 0 {
		l.places = int32(min(l.host.group.profile.Places(backlog), math.MaxInt32))
	}
}

func (h *Host) listener(port uint16) *Listener {
	l := h.listeners
	for l != nil && l.port != port {
		l = l.next
	}
	return l
}

// arrive takes a SYN: a new connection in SYN-RECEIVED, if there is a place. Those
// that are there go on (MUST-41). It may follow one in TIME-WAIT.
func (l *Listener) arrive(now des.Time, t tuple, p *wire.Packet, old *tcp.TimeWait) {
	h, st := l.host, l.host.stack
	l.SYNs++
	baked := l.bakes()
	if baked {
		l.CookiesDue++
	}
	if why := l.refuses(now, baked, old != nil, p); why != taken {
		*l.dropped(why)++
		h.group.tally.SYNs.Dropped++
		st.net.Refused(now, h.node, p, refusals[why])
		st.pool.Put(p)
		return
	}
	if baked {
		l.bake(now, t, p)
		return
	}
	if l.caches() {
		if h.cached(now, t); l.bakes() {
			l.bake(now, t, p)
			return
		}
	}
	h.group.tally.SYNs.Opened++
	s := st.take(now, h, t, nil)
	s.listener = l
	l.request(now, 1)
	st.table.Add(t.hash(), s.ref)
	o := h.opening(now, t, p.Segment.Incarnation)
	switch {
	case old != nil:
		o.ISS = old.Successor(o.Profile, o.ISS)
	case l.caches():
		l.ready(now, t, &p.Segment, o)
	}
	o.Settings = l.Settings
	s.mark(l.Settings)
	l.fastOpen(now, s, &p.Segment, o)
	s.Conn.Listen(now, o)
	s.Conn.Trail() // LISTEN is the listener's
	s.state = tcp.Listen
	s.Conn.Segment(now, &p.Segment)
	st.pool.Put(p)
	s.pump(now)
}

// refuses returns why a SYN is dropped, taken if it is not. Linux has this order
// (tcp_conn_request), and keeps what reopens a TIME-WAIT in any case.
func (l *Listener) refuses(now des.Time, baked, reopens bool, p *wire.Packet) refusal {
	switch {
	case p.Segment.Flags.Has(wire.FIN) && l.host.group.profile.SYNBeside == tcp.RefuseFIN:
		return byPolicy
	case !baked && l.crowded():
		return ofSYNQueue
	case l.full() && !l.host.group.profile.OverflowResets:
		return ofAcceptQueue
	case !baked && !reopens && l.host.outdated(now, p.Src, &p.Segment):
		return byRecycle
	case !reopens && l.wary() && !l.host.rest.proven[p.Src]:
		return ofUnproven
	case !baked && l.host.short(tcp.Closed, tcp.SynReceived):
		return ofMemory
	}
	return taken
}

// crowded reports that no request fits into the SYN queue.
func (l *Listener) crowded() bool {
	return !l.caches() && l.places >= 0 && l.pending >= int64(l.places)
}

// guards reports whether the profile keeps the last quarter of the SYN queue for
// peers that are proven: that a connection was established with.
func (l *Listener) guards() bool {
	p := l.host.group.profile
	return p.MaxSYNBacklog > 0 && p.SYNCookies == tcp.NoCookies
}

// wary reports that only that quarter is left.
func (l *Listener) wary() bool {
	most := int64(l.host.group.profile.MaxSYNBacklog)
	return l.guards() && most-l.pending < most>>2
}

// request counts a request that comes or goes.
func (l *Listener) request(now des.Time, d int64) {
	l.pending += d
	for t := l.ListenerTally; t != nil; t = t.of {
		t.HalfOpen.Add(now, d)
	}
}
