package experiments

import (
	"fmt"
	"slices"
	"strings"

	"netsim/des"
	"netsim/plots"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// Trace watches the first connections of each flow, packet by packet and state
// by state: a [host.Observer].
type Trace struct {
	limit int // connections of each flow
	net   *topo.Network
	begun map[uint32]int // by flow
	talks map[wire.Incarnation]*Connection
	order []*Connection
	lines lineage
}

// Connection is what a Trace saw of one connection.
type Connection struct {
	Flow  uint32
	also  []uint32      // the other's flow, where both ends have called
	ends  caller        // of its first SYN
	hosts []topo.NodeID // the client first
	isn   [2]wire.Seq
	known [2]bool
	sent  []passage
	spans []plots.StateSpan
}

// caller is the addresses and ports that a segment goes from and to.
type caller struct {
	src, dst         wire.Addr
	srcPort, dstPort uint16
}

// passage is one packet's way.
type passage struct {
	plots.Message
	id uint64
}

// NewTrace returns a Trace of the first connections of each flow.
func NewTrace(net *topo.Network, limit int) *Trace {
	return &Trace{limit: limit, net: net, begun: map[uint32]int{}, talks: map[wire.Incarnation]*Connection{}, lines: lineage{}}
}

// connection returns what is kept of one, nil if it is not among the first.
func (t *Trace) connection(who wire.Incarnation) *Connection {
	c := t.talks[who]
	if c == nil && t.begun[who.Flow()] < t.limit {
		t.begun[who.Flow()]++
		c = &Connection{Flow: who.Flow()}
		t.talks[who] = c
		t.order = append(t.order, c)
	}
	return c
}

// called notes the first SYN of a connection. If the other end has called, too, and
// neither has heard of it, both are one connection (RFC 9293, figure 8), which is
// returned.
func (t *Trace) called(c *Connection, p *wire.Packet) *Connection {
	s := &p.Segment
	c.ends = caller{p.Src, p.Dst, s.SrcPort, s.DstPort}
	crossed := caller{p.Dst, p.Src, s.DstPort, s.SrcPort}
	for _, o := range t.order {
		if o.ends != crossed || len(o.spans) != 1 || o.spans[0].State != tcp.SynSent.String() {
			continue
		}
		for _, span := range c.spans {
			span.Host = o.column(c.hosts[span.Host])
			o.spans = append(o.spans, span)
		}
		o.also = append(o.also, c.Flow)
		t.talks[s.Incarnation] = o
		t.order = slices.DeleteFunc(t.order, func(k *Connection) bool { return k == c })
		return o
	}
	return c
}

// column returns which of the connection's hosts the node is.
func (c *Connection) column(node topo.NodeID) int {
	for i, n := range c.hosts {
		if n == node {
			return i
		}
	}
	c.hosts = append(c.hosts, node)
	return len(c.hosts) - 1
}

// Sent notes a packet that leaves a host.
func (t *Trace) Sent(now des.Time, node topo.NodeID, p *wire.Packet) {
	if p.Segment.Marks&wire.Datagram != 0 {
		return
	}
	t.lines.saw(p)
	c := t.connection(p.Segment.Incarnation)
	if c == nil {
		return
	}
	if f := p.Segment.Flags; f.Has(wire.SYN) && !f.Has(wire.ACK) && len(c.sent) == 0 {
		c = t.called(c, p)
	}
	from := c.column(node)
	to := 1 - from
	if peer, ok := t.net.NodeOf(p.Dst); ok && !t.net.Forwards(peer) { // else a middlebox knows who it is for
		to = c.column(peer)
	}
	s := &p.Segment
	if s.Flags.Has(wire.SYN) && from < 2 && !c.known[from] {
		c.isn[from], c.known[from] = s.Seq, true
	}
	m := plots.Message{From: from, To: to, Sent: int64(now), Arrived: -1, Again: s.Marks&wire.Again != 0,
		Plain: s.Flags&^wire.PSH == wire.ACK, Len: s.Len}
	m.Seq, m.Ack = c.numbers(s, from, to)
	m.Label, m.Detail = words(s, m.Seq, m.Ack)
	c.sent = append(c.sent, passage{m, p.ID})
}

// numbers are those of a segment, counted from the start of the connection.
func (c *Connection) numbers(s *wire.Segment, from, to int) (seq, ack uint32) {
	var origin wire.Origin
	if from < 2 && to < 2 {
		origin = wire.Origin{Seq: c.isn[from], Ack: c.isn[to]}
	}
	return s.Seq.Uint32() - origin.Seq.Uint32(), s.Ack.Uint32() - origin.Ack.Uint32()
}

// words say what a segment is and what its numbers are.
func words(s *wire.Segment, seq, ack uint32) (label, detail string) {
	label = strings.ReplaceAll(s.Flags.String(), ",", ", ")
	var parts []string
	switch {
	case s.Len > 0:
		parts = append(parts, fmt.Sprintf("seq %d:%d", seq, seq+s.Len))
	case s.Flags&(wire.SYN|wire.FIN|wire.RST) != 0:
		parts = append(parts, fmt.Sprintf("seq %d", seq))
	}
	if s.Flags.Has(wire.ACK) {
		parts = append(parts, fmt.Sprintf("ack %d", ack))
	}
	if s.Len > 0 {
		parts = append(parts, fmt.Sprintf("len %d", s.Len))
	}
	if s.Flags.Has(wire.SYN) {
		parts = append(parts, fmt.Sprintf("win %d", s.Window))
	}
	return label, strings.Join(parts, ", ")
}

// find returns the packet's passage that is not over.
func (c *Connection) find(id uint64) *passage {
	for i := len(c.sent) - 1; i >= 0; i-- {
		if m := &c.sent[i]; m.id == id && m.Arrived < 0 && m.Lost == "" {
			return m
		}
	}
	return nil
}

// passed returns the passage of a packet that has come to its end; that of a
// copy made by the network begins with the original's.
func (t *Trace) passed(p *wire.Packet) *passage {
	if p.Segment.Marks&wire.Datagram != 0 {
		return nil
	}
	c := t.connection(p.Segment.Incarnation)
	if c == nil || p.Report != wire.NoReport { // the segment's own passage is over
		return nil
	}
	if p.Segment.Marks&wire.Duplicate == 0 {
		return c.find(p.ID)
	}
	for _, m := range c.sent {
		if m.id == p.ID && !m.Duplicate {
			m.Duplicate, m.Arrived, m.Lost = true, -1, ""
			c.sent = append(c.sent, m)
			return &c.sent[len(c.sent)-1]
		}
	}
	return nil
}

// Received notes a packet that reaches a host.
func (t *Trace) Received(now des.Time, node topo.NodeID, p *wire.Packet) {
	t.lines.saw(p)
	if m := t.passed(p); m != nil {
		m.Arrived = int64(now)
		t.stray(p, *m)
	}
}

// stray enters a segment that has reached a later connection on the same ports there,
// too, with the numbers of its own.
func (t *Trace) stray(p *wire.Packet, m passage) {
	nth, _, old, now := t.lines.earlier(p)
	later, own := t.talks[now], t.talks[p.Segment.Incarnation]
	if nth == 0 || later == nil || later == own {
		return
	}
	m.From, m.To = later.column(own.hosts[m.From]), later.column(own.hosts[m.To])
	m.Old, m.Before = old, !old
	later.sent = append(later.sent, m)
}

// Dropped notes a packet that the network dropped.
func (t *Trace) Dropped(now des.Time, at *topo.Half, p *wire.Packet, cause topo.Cause) {
	if m := t.passed(p); m != nil {
		m.Lost = cause.String()
	}
}

// Refused notes why a packet did not reach a host.
func (t *Trace) Refused(now des.Time, node topo.NodeID, p *wire.Packet, why string) {
	if m := t.passed(p); m != nil && m.Arrived < 0 {
		m.Lost = why
	}
}

// Rewritten is part of [topo.Remarks].
func (t *Trace) Rewritten(des.Time, topo.NodeID, *wire.Packet, topo.Ends) {}

// State notes a change of state.
func (t *Trace) State(now des.Time, node topo.NodeID, who wire.Incarnation, from, to tcp.State) {
	c := t.connection(who)
	if c == nil {
		return
	}
	column := c.column(node)
	for i := len(c.spans) - 1; i >= 0; i-- {
		if s := &c.spans[i]; s.Host == column && s.To < 0 {
			s.To = int64(now)
			break
		}
	}
	if to >= tcp.SynSent {
		c.spans = append(c.spans, plots.StateSpan{Host: column, State: to.String(), From: int64(now), To: -1})
	}
}

// Connections lists what was seen of a flow, in the order of opening.
func (t *Trace) Connections(flow uint32) (list []*Connection) {
	for _, c := range t.order {
		if c.Flow == flow || slices.Contains(c.also, flow) {
			list = append(list, c)
		}
	}
	return list
}

// Panel is the connection as a ladder.
func (c *Connection) Panel(title string, net *topo.Network) plots.LadderPanel {
	p := plots.LadderPanel{Title: title, States: c.spans}
	for _, id := range c.hosts {
		p.Hosts = append(p.Hosts, net.Name(id))
	}
	for _, m := range c.sent {
		p.Messages = append(p.Messages, m.Message)
	}
	return p
}
