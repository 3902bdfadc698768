package middlebox

import (
	"fmt"

	"netsim/des"
	"netsim/ledger"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// Config describes what all boxes have.
type Config struct {
	Sim   *des.Sim
	Net   *topo.Network // finished
	Pool  *wire.Pool
	Node  topo.NodeID // a router
	Name  string      // of its random stream
	Lives Lives
	Limit int // sessions, 0 is no limit
	Tally *Tally
	Seed  uint64
	Rep   uint64
}

// box is what all boxes share: the sessions, and the books of packets.
type box struct {
	Config
	room   room
	table  ledger.Table // sessions by number, and the direction in the lowest bit
	onward topo.Sink
	forgot func(now des.Time, s *session) // what more there is to do when a session goes

	in, passed uint64
	dropped    [Causes]uint64
}

// begin makes b a box in front of its router; receive takes its packets.
func (b *box) begin(c Config, receive topo.Box) {
	b.Config = c
	b.room.begin(c.Sim, b, c.Lives)
	b.onward = c.Net.Interpose(c.Node, receive)
}

// Sessions counts the sessions that there are.
func (b *box) Sessions() int { return b.room.held }

// Check holds the box's books: what came in went on or was refused.
func (b *box) Check() error {
	known := b.passed
	for _, n := range b.dropped {
		known += n
	}
	if b.in != known {
		return fmt.Errorf("%s: %d packets came in, %d went on or were refused", b.Net.Name(b.Node), b.in, known)
	}
	if 2*b.room.held != b.table.Len() {
		return fmt.Errorf("%s: %d sessions have %d tuples in the table", b.Net.Name(b.Node), b.room.held, b.table.Len())
	}
	return nil
}

// pass lets a packet go on.
func (b *box) pass(now des.Time, p *wire.Packet) {
	b.passed++
	b.onward.Receive(now, p)
}

// refuse drops a packet; the report, if any, tells its sender.
func (b *box) refuse(now des.Time, p *wire.Packet, why Cause, tell wire.Report) {
	b.dropped[why]++
	b.Tally.Refused[why]++
	b.Net.Refused(now, b.Node, p, reasons[why])
	b.Net.Filter(now, b.Node, p, tell)
}

// reset drops a packet and answers as its destination would that has no such
// connection (RFC 9293 section 3.10.7.1).
func (b *box) reset(now des.Time, p *wire.Packet, why Cause) {
	from, to, ports := p.Dst, p.Src, [2]uint16{p.Segment.DstPort, p.Segment.SrcPort}
	reply := b.Pool.Get()
	due := tcp.Reset(&p.Segment, &reply.Segment)
	b.refuse(now, p, why, wire.NoReport)
	if !due {
		b.Pool.Put(reply)
		return
	}
	b.Tally.Resets++
	reply.Segment.SrcPort, reply.Segment.DstPort = ports[0], ports[1]
	reply.Src, reply.Dst, reply.TTL, reply.ECN, reply.ID = from, to, wire.DefaultTTL, 0, 0
	reply.Measure()
	b.Net.Send(b.Node).Receive(now, reply)
}

// full tells whether no more sessions may be.
func (b *box) full() bool { return b.Limit > 0 && b.room.held >= b.Limit }

// open makes a session of the two tuples.
func (b *box) open(now des.Time, opener, answerer tuple) uint32 {
	i := b.room.take(now)
	b.room.At(i).tuples = [2]tuple{opener, answerer}
	b.table.Add(opener.hash(), i<<1)
	b.table.Add(answerer.hash(), i<<1|1)
	b.Tally.Opened++
	b.Tally.Sessions.Add(now, 1)
	return i << 1
}

// forget ends a session.
func (b *box) forget(now des.Time, i uint32) {
	b.Tally.Sessions.Add(now, -1)
	if b.forgot != nil {
		b.forgot(now, b.room.At(i))
	}
	for way, t := range b.room.At(i).tuples {
		b.table.Remove(t.hash(), i<<1|uint32(way))
	}
	b.room.put(i)
}

// follow takes a segment of a session in and gives it the addresses and ports
// with which it goes on.
func (b *box) follow(now des.Time, p *wire.Packet, ref uint32) {
	s := b.room.At(ref >> 1)
	b.room.touch(now, ref>>1, s.sees(p.Segment.Flags, ref&1 != 0))
	out, had := s.tuples[ref&1^1].reverse(), topo.EndsOf(p)
	p.Src, p.Dst, p.Segment.SrcPort, p.Segment.DstPort = out.src, out.dst, out.srcPort, out.dstPort
	b.Net.Rewritten(now, b.Node, p, had)
}

// restore gives a report, and the segment it quotes, the addresses and ports that
// its receiver knows (RFC 5508 section 4). It begins no life anew, and ends none.
// False says that it is about no session.
func (b *box) restore(p *wire.Packet) bool {
	quoted := tuple{p.Dst, p.About, p.Segment.SrcPort, p.Segment.DstPort}
	ref := b.find(quoted.reverse())
	if ref == 0 {
		return false
	}
	sent := b.room.At(ref >> 1).tuples[ref&1^1]
	p.Dst, p.About, p.Segment.SrcPort, p.Segment.DstPort = sent.src, sent.dst, sent.srcPort, sent.dstPort
	return true
}

// opens tells whether a segment asks for a connection.
func opens(s *wire.Segment) bool { return s.Flags&(wire.SYN|wire.ACK|wire.RST) == wire.SYN }
