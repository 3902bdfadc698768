package packetdrill

import (
	"fmt"
	"slices"
	"strings"

	"netsim/des"
	"netsim/host"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// Recorder keeps what one end of one connection of a world is told and does: a
// [host.Observer] and [host.Calls]. [Recorder.Script] writes it as a script.
type Recorder struct {
	stack *host.Stack
	net   *topo.Network
	flow  uint32
	nth   int

	begun   []wire.Incarnation // connections of the flow, as far as the one
	among   []topo.NodeID      // one of which is to be the host; nil: who opens it
	host    *host.Host         // whose end it is; nil: not yet known
	own     wire.Incarnation   // of that end: another, where both have opened
	others  []topo.NodeID      // that have the connection's segments, too
	calls   []early            // the last of others, until it is found
	tuple   ends
	found   bool
	over    bool // another connection has its ports
	profile *tcp.Profile
	mtu     int
	known   tcp.FastCookie // of the server, before
	door    *host.Listener // nil: nobody listens
	entries []entry
}

// ends are the addresses and ports of a connection as a host has them.
type ends struct {
	local, remote         wire.Addr
	localPort, remotePort uint16
}

// early is what a host did before it is known that it has the connection: both ends may
// open it.
type early struct {
	node  topo.NodeID
	tuple ends
	who   wire.Incarnation
	entry entry
}

// mostEarly is how much of that is kept.
const mostEarly = 256

// entry is what happened.
type entry struct {
	at     des.Time
	kind   entryKind
	packet wire.Packet

	call     host.Call
	n        uint64
	joined   bool
	settings tcp.Settings

	from, to tcp.State
}

type entryKind uint8

const (
	cameIn entryKind = iota
	wentOut
	toldBy // ICMP
	asked
	moved
)

// NewRecorder returns a Recorder of connection nth of a flow, from 1, seen from one of
// the hosts of some nodes; of none it is seen from the one that opens it.
func NewRecorder(stack *host.Stack, net *topo.Network, flow uint32, nth int, among []topo.NodeID) *Recorder {
	return &Recorder{stack: stack, net: net, flow: flow, nth: nth, among: among}
}

// is reports whether the incarnation is that of the connection.
func (r *Recorder) is(who wire.Incarnation) bool {
	if who.Flow() != r.flow {
		return false
	}
	i := slices.Index(r.begun, who)
	if i < 0 && len(r.begun) < r.nth {
		i = len(r.begun)
		r.begun = append(r.begun, who)
	}
	return i == r.nth-1
}

// begins reports whether what happens at a node is of the connection's end there, and
// takes note of both where it is the first of it.
func (r *Recorder) begins(node topo.NodeID, who wire.Incarnation, t ends) bool {
	if r.found {
		return !r.over && r.host.Node() == node && r.tuple == t
	}
	if !r.is(who) {
		return false
	}
	h := r.stack.At(node)
	if h == nil || r.among != nil && !slices.Contains(r.among, node) || r.among == nil && len(r.others) > 0 {
		if !slices.Contains(r.others, node) {
			r.others = append(r.others, node)
		}
		return false
	}
	r.found, r.host, r.tuple, r.own = true, h, t, who
	r.profile, r.mtu, r.door = h.Profile(), h.MTU(), h.Listener(t.localPort)
	for _, e := range r.calls {
		if e.node == node && e.tuple == t {
			r.own = e.who
			r.entries = append(r.entries, e.entry)
		}
	}
	r.calls = nil
	return true
}

// Sent, Received, Dropped and State are what an observer is told.
func (r *Recorder) Sent(now des.Time, node topo.NodeID, p *wire.Packet) {
	s := &p.Segment
	if s.Marks&wire.Datagram != 0 {
		return
	}
	e, t := entry{at: now, kind: wentOut, packet: *p}, ends{p.Src, p.Dst, s.SrcPort, s.DstPort}
	if !r.begins(node, s.Incarnation, t) {
		r.before(node, t, s.Incarnation, e)
		return
	}
	if s.Flags.Has(wire.SYN) && s.Incarnation != r.own { // the next connection of these ports
		r.end()
		return
	}
	r.entries = append(r.entries, e)
}

// before keeps what may turn out to be of the connection.
func (r *Recorder) before(node topo.NodeID, t ends, who wire.Incarnation, e entry) {
	if r.found {
		return
	}
	if len(r.calls) == mostEarly {
		r.calls = slices.Delete(r.calls, 0, mostEarly/2)
	}
	r.calls = append(r.calls, early{node, t, who, e})
}

// end ends the recording before the SYN that came last.
func (r *Recorder) end() {
	r.over = true
	for i := len(r.entries) - 1; i >= 0; i-- {
		if e := &r.entries[i]; e.kind == cameIn && e.packet.Segment.Flags.Has(wire.SYN) {
			r.entries = r.entries[:i]
			return
		}
	}
}

// Received is what the host hears.
func (r *Recorder) Received(now des.Time, node topo.NodeID, p *wire.Packet) {
	s := &p.Segment
	if s.Marks&wire.Datagram == 0 && r.begins(node, s.Incarnation, ends{p.Dst, p.Src, s.DstPort, s.SrcPort}) {
		r.entries = append(r.entries, entry{at: now, kind: cameIn, packet: *p})
	}
}

// Dropped is of the network, which is not seen from a host.
func (r *Recorder) Dropped(des.Time, *topo.Half, *wire.Packet, topo.Cause) {}

// State is a change of the connection's.
func (r *Recorder) State(now des.Time, node topo.NodeID, who wire.Incarnation, from, to tcp.State) {
	if r.found && !r.over && r.host.Node() == node && who == r.own {
		r.entries = append(r.entries, entry{at: now, kind: moved, from: from, to: to})
	}
}

// Called is a call of the connection's user.
func (r *Recorder) Called(now des.Time, s *host.Socket, what host.Call, n uint64) {
	local, remote := s.Ports()
	t := ends{s.Local(), s.Remote().Address, local, remote}
	if n == 0 && (what == host.Writing || what == host.Reading) {
		return
	}
	e := entry{at: now, kind: asked, call: what, n: n, joined: s.Joined(), settings: *s.Conn.Settings()}
	again := r.found && what == host.Connecting
	switch {
	case !r.begins(s.Host().Node(), s.Incarnation(), t):
		r.before(s.Host().Node(), t, s.Incarnation(), e)
		return
	case again:
		r.over = true
		return
	case what == host.Connecting:
		r.known = r.host.FastOpening(t.remote)
	}
	r.entries = append(r.entries, e)
}

// Reported is ICMP that has come.
func (r *Recorder) Reported(now des.Time, node topo.NodeID, p *wire.Packet) {
	s := &p.Segment
	if r.found && !r.over && r.host.Node() == node && r.tuple == (ends{p.Dst, p.About, s.SrcPort, s.DstPort}) {
		r.entries = append(r.entries, entry{at: now, kind: toldBy, packet: *p})
	}
}

// missing says why there is no connection to be written.
func (r *Recorder) missing() error {
	if len(r.begun) < r.nth {
		return fmt.Errorf("the flow has %d connections", len(r.begun))
	}
	var names []string
	for _, node := range r.others {
		if r.stack.At(node) != nil {
			names = append(names, r.net.Name(node))
		}
	}
	return fmt.Errorf("%s is no end of it; its ends are %s", r.net.Name(r.among[0]), strings.Join(names, " and "))
}
