package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// relic is a segment that comes back in a later connection.
type relic struct {
	from *side
	seg  wire.Segment
}

// via is the wire: what becomes of a segment that is sent.
func (s *side) via(seg *wire.Segment) {
	b, rng := s.b, s.b.rng
	sent := *seg
	if p := b.plant; p != nil && p.sent != nil {
		if !p.sent(s, &sent) {
			return
		}
	}
	s.judgeSent(&sent)
	if len(b.attic) < 20 && b.connections > 1 && rng.IntN(10) == 0 && b.keeps(&sent) {
		b.attic = append(b.attic, relic{s, sent})
	}
	note := ""
	if !b.good {
		dark := b.dark[0] <= b.now && b.now < b.dark[1]
		switch {
		case dark || rng.Float64() < b.loss:
			note = " lost"
			if !dark && rng.Float64() < b.reports {
				note = s.reported(&sent)
			}
		case rng.Float64() < b.damage:
			note = s.damaged(&sent)
		}
	}
	if note == "" && b.flooded() && rng.IntN(2) == 0 {
		note = " lost in the flood"
	}
	if !s.quiet {
		s.log(" > " + s.describe(&sent) + note)
	}
	if note != "" {
		return
	}
	sent = s.carried(&sent)
	if sent.ECN != 0 && !b.good && rng.Float64() < b.marks {
		sent.ECN = wire.CE
		b.Marked++
	}
	further := time.Duration(0)
	if !b.good && rng.Float64() < b.late {
		further = time.Duration(rng.IntN(b.lateness)) * ms
	}
	s.fly(&sent, further)
	if !b.good && rng.Float64() < b.twice {
		s.fly(&sent, time.Duration(rng.IntN(b.lateness))*ms)
	}
}

// flooded reports a wire with too much on it, which loses half of all. An open connection and one that a SYN of
// long ago has half opened find each other's ACKs outside their windows, and without
// a limit (Linux tcp_invalid_ratelimit) answer each of them until the SYN,ACK is given
// up; what the wire doubles meanwhile stays. Two ends that numbers of an earlier
// connection have led astray do so until they time out.
func (b *bout) flooded() bool { return b.Inputs > 30_000 && (b.near || !b.good) }

// keeps reports whether a segment may come back without doing harm that TCP has
// nothing against: a RST may have the number 0, which may be any connection's.
func (b *bout) keeps(s *wire.Segment) bool {
	return !(b.near && s.Flags&(wire.SYN|wire.RST) != 0) && !s.Flags.Has(wire.RST|wire.ACK)
}

// packet wraps a segment for the encoder.
func (s *side) packet(seg *wire.Segment) wire.Packet {
	p := wire.Packet{Src: s.address, Dst: s.other.address, TTL: wire.DefaultTTL, ECN: seg.ECN, Segment: *seg}
	p.Segment.SrcPort, p.Segment.DstPort = uint16(s.number), uint16(s.other.number)
	p.Measure()
	return p
}

// carried is the segment after encoder and parser, which it survives but for the
// oracles.
func (s *side) carried(seg *wire.Segment) wire.Segment {
	p := s.packet(seg)
	s.b.raw = wire.AppendPacket(s.b.raw[:0], s.b.book, &p)
	var q wire.Packet
	if err := wire.ParsePacket(s.b.raw, s.b.book, &q); err != nil {
		s.t.Fatalf("%s sent what cannot be read: %v", s.name, err)
	}
	got := q.Segment
	got.ECN = q.ECN
	got.SrcPort, got.DstPort = seg.SrcPort, seg.DstPort
	got.Marks, got.Incarnation, got.Offset, got.Order = seg.Marks, seg.Incarnation, seg.Offset, seg.Order
	if !alike(&got, seg) {
		s.t.Fatalf("%s sent  %+v\nbut came %+v", s.name, *seg, got)
	}
	return got
}

// alike compares what is carried of two segments.
func alike(a, b *wire.Segment) bool {
	x, y := *a, *b
	for _, s := range []*wire.Segment{&x, &y} { // what is stale
		if s.Options&wire.HasMSS == 0 {
			s.MSS = 0
		}
		if s.Options&wire.HasScale == 0 {
			s.Scale = 0
		}
		if s.Options&wire.HasTimestamps == 0 {
			s.TSVal, s.TSEcr = 0, 0
		}
		if s.Options&wire.HasSACK == 0 {
			s.Blocks = 0
		}
		clear(s.SACK[s.Blocks:])
		if s.Options&wire.HasCookie == 0 {
			s.CookieLen = 0
		}
		clear(s.Cookie[s.CookieLen:])
		s.SrcPort, s.DstPort, s.Order, s.Marks, s.Incarnation, s.Offset, s.ECN = 0, 0, 0, 0, 0, 0, 0
	}
	return x == y
}

// damaged inverts up to fifteen bits that stand together, which the checksums find
// wherever they matter.
func (s *side) damaged(seg *wire.Segment) string {
	b := s.b
	b.Damaged++
	p := s.packet(seg)
	b.raw = wire.AppendPacket(b.raw[:0], b.book, &p)
	first := b.rng.IntN(8 * len(b.raw))
	for bit := first; bit < min(first+1+b.rng.IntN(15), 8*len(b.raw)); bit++ {
		b.raw[bit/8] ^= 0x80 >> (bit % 8)
	}
	if b.plant != nil && b.plant.unchecked {
		wrong := *seg
		wrong.Seq = wrong.Seq.Add(uint32(1) << (first % 11))
		s.fly(&wrong, 0)
		return " damaged and delivered"
	}
	var q wire.Packet
	if wire.ParsePacket(b.raw, b.book, &q) == nil && !alike(&q.Segment, seg) {
		s.t.Fatalf("damage at bit %d of %v is not found: %+v became %+v", first, p, *seg, q.Segment)
	}
	return " damaged"
}

// reported sends an ICMP report on a lost segment back to its sender.
func (s *side) reported(seg *wire.Segment) string {
	b := s.b
	soft := []wire.Report{wire.NetUnreachable, wire.HostUnreachable, wire.TimeExceeded, wire.TooBig, wire.TooBig, wire.TooBig}
	why := soft[b.rng.IntN(len(soft))]
	if b.hard {
		why = wire.Report(1 + b.rng.IntN(int(wire.ParameterProblem)))
	}
	p := s.packet(seg)
	p.Return(why, s.other.address, []uint16{0, 296, 576, 1000, 1492}[b.rng.IntN(5)])
	b.raw = wire.AppendPacket(b.raw[:0], b.book, &p)
	var q wire.Packet
	if err := wire.ParsePacket(b.raw, b.book, &q); err != nil {
		s.t.Fatalf("a report that cannot be read: %v", err)
	}
	b.Reported++
	s.later(b.now.Add(2*b.delay), func() {
		if s.until != des.Never {
			return
		}
		if mtu := s.conn.Reported(s.now, q.Report, &q.Segment, q.MTU); mtu != 0 {
			s.o.PathMTU = mtu
		}
		s.pump()
	})
	return " lost: " + why.String()
}

// release lets what was kept of earlier connections arrive in this one.
func (b *bout) release() {
	for _, r := range b.attic {
		b.Relics++
		b.later(b.now.Add(time.Duration(b.rng.IntN(5000))*ms), func() {
			if !r.from.quiet {
				r.from.other.log(" < " + r.from.describe(&r.seg) + " again, of an earlier connection")
			}
			r.from.other.hear(&r.seg)
		})
	}
	b.attic = b.attic[:0]
}

// forge lets a segment arrive that the peer did not send, and that RFC 9293, or RFC
// 5961 where it is in force, lets do no harm.
func (s *side) forge() {
	c, rng := &s.conn, s.b.rng
	if s.b.near || s.until != des.Never || !c.state.synchronized() {
		return
	}
	secure := c.profile.RFC5961
	f := wire.Segment{Incarnation: wire.IncarnationOf(9, 9, 9), Seq: c.rcvNxt, Ack: c.una, Window: uint16(rng.Uint32())}
	if c.has(useTS) {
		f.Options, f.TSVal = wire.HasTimestamps, c.tsRecent
	}
	switch rng.IntN(4) {
	case 0, 1:
		f.Flags = []wire.Flags{wire.RST, wire.SYN}[rng.IntN(2)]
		room := int(max(c.edge.Sub(c.rcvNxt), 0))
		if secure && room > 1 {
			f.Seq = c.rcvNxt.Add(1 + uint32(rng.IntN(room-1)))
		} else {
			f.Seq = c.edge.Add(2 + uint32(rng.IntN(1<<30)))
		}
	case 2:
		f.Flags, f.Ack = wire.ACK, c.nxt.Add(1+uint32(rng.IntN(1<<20)))
	case 3:
		if !secure {
			return
		}
		f.Flags, f.Ack, f.Len = wire.ACK, c.una.Add(-c.maxWnd-1-uint32(rng.IntN(1<<20))), uint32(rng.IntN(100))
	}
	s.b.Forged++
	if !s.quiet {
		s.log(" < " + s.other.describe(&f) + " forged")
	}
	s.hear(&f)
}
