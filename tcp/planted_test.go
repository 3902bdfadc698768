package tcp

import (
	"testing"

	"netsim/des"
	"netsim/wire"
)

// planted is a mistake that is put into a bout.
type planted struct {
	name      string
	terms     func(*terms)                    // where it shows soon
	sent      func(*side, *wire.Segment) bool // changes what is sent; false loses it
	heard     func(*side, *wire.Segment)      // before a segment is taken
	after     func(*side)                     // one was, or a timeout
	numbers   bool                            // connections begin with the same number
	unchecked bool                            // no checksums
}

// lossy makes losses that are repaired by what the peer tells.
func lossy(k *terms) { k.loss, k.late, k.lateness, k.reports, k.dark = .1, .1, 200, 0, [2]des.Time{} }

// everyone is a wire with strangers on it, and later connections.
func everyone(k *terms) { k.forged, k.near, k.connections = .05, false, 4 }

// bySACK does what a mistake of selective acknowledgment is.
func bySACK(s *side, do func(c *Conn, b *scoreboard)) {
	if c := &s.conn; c.selective() {
		do(c, &c.rec.board)
	}
}

// remembered is what had arrived, by the ends of records.
var remembered = map[*life]map[wire.Seq]bool{}

var mistakes = []planted{
	{name: "reassembly off by one", terms: lossy, after: func(s *side) {
		for i, g := range s.conn.gaps.ranges {
			if i == 0 && g.Left.After(s.conn.rcvNxt.Add(1)) {
				s.conn.gaps.ranges[i].Left = g.Left.Add(^uint32(0))
			}
		}
	}},
	{name: "reassembly beyond the window's edge", terms: lossy, after: func(s *side) {
		if n := len(s.conn.gaps.ranges); n > 0 {
			s.conn.gaps.ranges[n-1].Right = s.conn.edge
		}
	}},
	{name: "the FIN's number is not counted", after: func(s *side) {
		if c := &s.conn; c.has(gotFIN) && c.rcvNxt == c.finAt.Add(1) {
			c.rcvNxt = c.finAt
		}
	}},
	{name: "a FIN is taken before the text before it", terms: lossy, after: func(s *side) {
		if c := &s.conn; c.state == Established && c.has(heldFIN) && c.finAt.After(c.rcvNxt) {
			c.gaps = c.gaps.emptied()
			c.deliver(s.now, c.finAt, false)
		}
	}},
	{name: "PAWS off", terms: func(k *terms) { k.near, k.connections, k.simultaneous = true, 4, false }, heard: func(s *side, seg *wire.Segment) {
		if seg.Options&wire.HasTimestamps != 0 && int32(seg.TSVal-s.conn.tsRecent) < 0 {
			seg.TSVal = s.conn.tsRecent
		}
	}},
	{name: "a new connection begins with the number of the old", numbers: true, terms: func(k *terms) { k.near, k.connections, k.simultaneous = false, 4, false }},
	{name: "a SACK block that is too long", terms: lossy, sent: func(s *side, seg *wire.Segment) bool {
		if seg.Options&wire.HasSACK != 0 {
			b := &seg.SACK[seg.Blocks-1]
			b.Right = b.Right.Add(1)
		}
		return true
	}},
	{name: "the scoreboard believes too much", terms: lossy, after: func(s *side) {
		bySACK(s, func(c *Conn, b *scoreboard) {
			if i := b.n - 2; i > 0 && b.at(i+1).is&arrived != 0 && b.at(i).is&(arrived|gone|again) == 0 {
				b.set(i, arrived)
			}
		})
	}},
	{name: "the scoreboard survives a receiver that forgets", terms: func(k *terms) { lossy(k); k.loss, k.reneges = .3, true }, after: func(s *side) {
		bySACK(s, func(c *Conn, b *scoreboard) {
			was := remembered[s.is]
			remembered[s.is] = map[wire.Seq]bool{}
			for i := range b.n {
				if c.rec.phase == timedOut && was[b.at(i).end] {
					b.set(i, arrived)
				}
				remembered[s.is][b.at(i).end] = b.at(i).is&arrived != 0
			}
		})
	}},
	{name: "a retransmission of the wrong byte", terms: lossy, sent: func(_ *side, seg *wire.Segment) bool {
		if seg.Marks&wire.Again != 0 && seg.Len > 1 {
			seg.Seq = seg.Seq.Add(1)
		}
		return true
	}},
	{name: "a RST counts wherever it is", terms: everyone, heard: func(s *side, seg *wire.Segment) {
		if seg.Flags.Has(wire.RST) {
			seg.Seq = s.conn.rcvNxt
		}
	}},
	{name: "a SYN in an open connection resets it", terms: everyone, heard: func(s *side, seg *wire.Segment) {
		if c := &s.conn; seg.Flags.Has(wire.SYN) && c.state.synchronized() && s.until == des.Never {
			c.fail(WasReset)
		}
	}},
	{name: "the window of an old segment", terms: lossy, heard: func(s *side, seg *wire.Segment) {
		if c := &s.conn; c.state.synchronized() && seg.Flags.Has(wire.ACK) && seg.Ack.Before(c.una) {
			c.wnd = c.scaled(seg)
		}
	}},
	{name: "the window of a SYN is scaled", after: func(s *side) {
		if c := &s.conn; c.state == Established && c.has(useScale) && c.wl1 == c.irs {
			c.wnd <<= c.sndScale
		}
	}},
	{name: "the window is taken back", sent: func(_ *side, seg *wire.Segment) bool {
		if seg.Len > 0 {
			seg.Window = 0
		}
		return true
	}},
	{name: "a round trip is measured from what was sent again", terms: lossy, sent: func(s *side, seg *wire.Segment) bool {
		if c := &s.conn; seg.Marks&wire.Again != 0 && seg.SeqLen() > 0 && c.state.synchronized() {
			c.on(timing)
			c.timedAt, c.timedSeq = s.now, seg.End()
		}
		return true
	}},
	{name: "text counts as a duplicate ACK", terms: lossy, heard: func(s *side, seg *wire.Segment) {
		if c := &s.conn; c.state.synchronized() && seg.Len > 0 && seg.Ack == c.una && c.flight() > 0 && !c.selective() && !c.has(persist) && s.until == des.Never {
			c.duplicateACK(s.now)
		}
	}},
	{name: "an ACK of what was not sent", terms: everyone, heard: func(s *side, seg *wire.Segment) {
		if c := &s.conn; c.state.synchronized() && seg.Ack.After(c.nxt) {
			seg.Ack = c.nxt
		}
	}},
	{name: "an ACK of what was not received", terms: lossy, sent: func(_ *side, seg *wire.Segment) bool {
		if seg.Len == 0 && seg.Flags == wire.ACK {
			seg.Ack = seg.Ack.Add(1)
		}
		return true
	}},
	{name: "the wrong timestamp is echoed", sent: func(_ *side, seg *wire.Segment) bool {
		seg.TSEcr++
		return true
	}},
	{name: "TIME-WAIT does not answer", terms: func(k *terms) { k.loss = .3 }, sent: func(s *side, _ *wire.Segment) bool { return s.until == des.Never }},
	{name: "a FIN is not sent again", terms: func(k *terms) { k.loss = .3 }, sent: func(_ *side, seg *wire.Segment) bool {
		return seg.Marks&wire.Again == 0 || !seg.Flags.Has(wire.FIN)
	}},
	{name: "the retransmission timer is not started", after: func(s *side) {
		if c := &s.conn; c.state.synchronized() && c.flight() > 0 {
			c.rtxAt = des.Never
		}
	}},
	{name: "a closed window is not probed", after: func(s *side) {
		if c := &s.conn; c.has(persist) {
			c.off(probeDue)
		}
	}},
	{name: "longer than the peer's MSS", sent: func(_ *side, seg *wire.Segment) bool {
		if seg.Options&wire.HasMSS != 0 {
			seg.MSS *= 4
		}
		return true
	}},
	{name: "no checksums", unchecked: true, terms: func(k *terms) { k.damage = .1 }},
}

// Each mistake that is planted is found by the soak, in few seeds, all of which are
// clean without it.
func TestPlanted(t *testing.T) {
	for i := range mistakes {
		p := &mistakes[i]
		seed, fault := uint64(0), ""
		for ; fault == "" && seed < 400; seed++ {
			if _, own := soak(t, seed, &planted{terms: p.terms}, true); own != "" {
				t.Fatalf("%s: without it, %s", p.name, own)
			}
			_, fault = soak(t, seed, p, true)
		}
		if fault == "" {
			t.Errorf("%s: not found in %d seeds", p.name, seed)
			continue
		}
		t.Logf("%s: %s", p.name, fault)
	}
}
