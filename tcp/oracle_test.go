package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// life is one connection of a side, as the oracle knows it: what its user wrote, and
// what has arrived of the other user's.
type life struct {
	own, peer wire.Incarnation
	iss       wire.Seq
	wrote     uint64
	delivered uint64
	finished  bool // no more will be written
	left      bool // its user did not see it through
	broken    bool // or something else has ended it
	open      bool // it was, by its handshake and not by a cookie of Fast Open alone
	unsafe    bool // nothing tells its segments from those of another

	got         spans // of the peer's stream
	stamps      map[uint32]bool
	una, rcvNxt wire.Seq
	edge        wire.Seq // the farthest that was offered
	offers      bool
	resets      int // that were sent to it
	duplicates  int // ACKs of una, at most
	recovers    bool
	replies     int    // and all else that was sent but RSTs
	slack       uint32 // by which its window lies beyond what was offered, see hear
}

// spans are bytes of a stream that have arrived, as ranges in order.
type spans []struct{ from, to uint64 }

func (g *spans) add(from, to uint64) {
	if from >= to {
		return
	}
	var out spans
	for _, r := range *g {
		if r.to < from || to < r.from {
			out = append(out, r)
		} else {
			from, to = min(from, r.from), max(to, r.to)
		}
	}
	i := 0
	for i < len(out) && out[i].from < from {
		i++
	}
	out = append(out[:i:i], append(spans{{from, to}}, out[i:]...)...)
	*g = out
}

// covers reports whether all bytes of a range have arrived.
func (g spans) covers(from, to uint64) bool {
	for _, r := range g {
		if r.from <= from && to <= r.to {
			return true
		}
	}
	return from >= to
}

// forget keeps what is before a byte.
func (g *spans) forget(from uint64) {
	var out spans
	for _, r := range *g {
		if r.from < from {
			r.to = min(r.to, from)
			out = append(out, r)
		}
	}
	*g = out
}

// hear is a segment's arrival.
func (s *side) hear(seg *wire.Segment) {
	b, c := s.b, &s.conn
	if b.Inputs++; b.Inputs > 1_000_000 {
		b.t.Fatalf("the two answer each other for ever")
	}
	if p := b.plant; p != nil && p.heard != nil {
		p.heard(s, seg)
	}
	l, waited := s.is, s.until != des.Never
	if !waited && c.state > Listen {
		if seg.Options&wire.HasTimestamps != 0 {
			l.stamps[seg.TSVal] = true
		}
		if seg.Incarnation == c.peer && seg.Len > 0 {
			l.got.add(seg.Offset, seg.Offset+uint64(seg.Len))
		}
		if seg.Flags.Has(wire.ACK) && seg.SeqLen() == 0 && seg.Ack == c.una {
			l.duplicates++
		}
	} else {
		if seg.Options&wire.HasTimestamps != 0 {
			l.stamps[seg.TSVal] = true // a SYN, or one in TIME-WAIT
		}
		if c.state == Listen && seg.Flags&(wire.SYN|wire.ACK|wire.RST) == wire.SYN {
			l.got.forget(0)
			l.got.add(0, uint64(seg.Len))
			if seg.Options&wire.HasCookie != 0 && b.fast {
				s.shown(seg)
			}
		}
	}
	replies := l.replies
	before, una, older := c.state, c.una, seg.Seq.Before(c.wl1)
	s.receiving = func() {
		// A segment older than the last window update moves SND.UNA and leaves
		// SND.WND (RFC 9293 section 3.10.7.4), and so moves the window's edge.
		if !older && c.wl1 == seg.Seq && c.una == seg.Ack && c.wnd == c.scaled(seg) {
			l.slack = 0
		} else if older {
			l.slack += uint32(c.una.Sub(una))
		}
	}
	s.receive(seg)
	peer := b.lives[c.peer]
	if s.is == l && s.told&WasReset != 0 && !b.near && seg.Flags.Has(wire.RST) &&
		(before == Established || before == FinWait1 || before == FinWait2 || before == CloseWait) && !s.mayBreak(peer) {
		s.t.Fatalf("%s was reset by a peer that has not broken off", s.name)
	}
	if waited && seg.Flags&(wire.FIN|wire.SYN|wire.RST) == wire.FIN && seg.Incarnation == c.peer && l.replies == replies {
		s.t.Fatalf("%s did not acknowledge a FIN in TIME-WAIT", s.name)
	}
	// A connection resets itself, too: an orphan at text, and any at the SYN of the
	// next connection, but for RFC 5961.
	itself := c.has(orphan) || seg.Flags.Has(wire.SYN) && b.lives[seg.Incarnation] != nil
	if s.told&(WasReset|Refused) != 0 && before.synchronized() && l.resets == 0 && s.is == l && !itself && !b.near {
		s.t.Fatalf("%s believes a RST that its peer has not sent", s.name)
	}
	if !b.good && b.rng.Float64() < b.forged {
		s.forge()
	}
}

// after follows every input, when all is sent that is due.
func (s *side) after() {
	if s.receiving != nil {
		s.receiving()
		s.receiving = nil
	}
	if p := s.b.plant; p != nil && p.after != nil {
		p.after(s)
	}
}

// check holds both connections against the oracle.
func (b *bout) check() {
	for _, s := range b.sides {
		if s.is != nil && (s.conn.state > SynSent || s.told&Failed != 0) {
			if what := s.wrong(); what != "" {
				b.t.Fatalf("%s: %s", s.name, what)
			}
		}
	}
}

// safe reports whether all that the oracle knows must hold: nothing of another
// connection can be taken for this one's, by its number or its timestamp. A timestamp
// does not tell from what comes later: of a peer that has begun anew.
func (s *side) safe() bool {
	if c := &s.conn; s.b.near && (!c.has(useTS) || c.state.synchronized() && s.other.is.own != c.peer) {
		s.is.unsafe = true
	}
	return !s.is.unsafe && !s.other.is.unsafe
}

// wrong says what is not as the oracle has it.
func (s *side) wrong() string {
	c, l := &s.conn, s.is
	if !s.safe() {
		return ""
	}
	l.peer = c.peer
	l.open = l.open || c.state.synchronized()
	peer := s.b.lives[c.peer]
	if c.una != l.una {
		l.duplicates = 0
	}
	entered := c.recovering() && !l.recovers
	l.recovers = c.recovering()
	switch {
	case c.una.Before(l.una) || c.rcvNxt.Before(l.rcvNxt) && l.rcvNxt != wire.Seq{}:
		return "SND.UNA or RCV.NXT went back"
	case c.counts.StaleAccepted > 0:
		return "text of another connection was taken"
	case !l.got.covers(0, c.rcvOffset):
		return "text was delivered that has not come"
	case c.has(gotFIN) && (!peer.finished || c.rcvOffset != peer.wrote):
		return "the stream ended too early"
	case entered && !c.has(useSACK) && l.duplicates < 3:
		return "fast recovery without three duplicate ACKs"
	case c.srtt > 0 && c.srtt < 2*s.b.delay-time.Millisecond-time.Microsecond:
		return "a round trip faster than the wire"
	case s.told&TimedOut != 0 && !s.mayTimeOut(peer):
		return "timed out on a peer that is there"
	}
	l.una, l.rcvNxt = c.una, c.rcvNxt
	if !s.mutual() {
		return ""
	}
	switch o := &s.other.conn; {
	case c.una.After(o.rcvNxt):
		return "what the peer does not have was acknowledged"
	case c.una.Add(c.wnd).After(o.edge.Add(l.slack)):
		return "the window is larger than the peer's"
	case c.selective() && !s.b.reneges && !c.rec.board.within(s.other.is.got, c.iss.Add(1)):
		return "the scoreboard has what the peer has not"
	}
	return ""
}

// within reports whether all that has arrived is among the bytes of a stream that
// begins at a number; a FIN is none.
func (b *scoreboard) within(got spans, begin wire.Seq) bool {
	for i := range b.n {
		from, to := b.left(i).Sub(begin), b.at(i).end.Sub(begin)
		if b.at(i).is&arrived != 0 && !got.covers(uint64(from), uint64(to)) && !got.covers(uint64(from), uint64(to)-1) {
			return false
		}
	}
	return true
}

// mayTimeOut reports whether giving up is no mistake.
func (s *side) mayTimeOut(peer *life) bool {
	return !s.is.open || s.b.impatient[s.number-1] || s.b.rude[s.number-1] || s.mayBreak(peer)
}

// mayBreak reports whether the peer's end of the connection may be gone before its
// time.
func (s *side) mayBreak(peer *life) bool {
	return peer == nil || peer.peer != s.is.own || peer.left || peer.broken || s.other.told&Failed != 0
}

// judgeSent holds what a connection sends against the oracle.
func (s *side) judgeSent(seg *wire.Segment) {
	c, l := &s.conn, s.is
	if seg.Flags.Has(wire.RST) {
		s.other.is.resets++
		return
	}
	l.replies++
	if seg.Incarnation != l.own || s.until != des.Never || s.b.near {
		return
	}
	if what := s.misspoken(c, l, seg); what != "" {
		s.t.Fatalf("%s sent %s: %s", s.name, s.describe(seg), what)
	}
}

func (s *side) misspoken(c *Conn, l *life, seg *wire.Segment) string {
	begin := l.iss.Add(1)
	seq := seg.Seq
	if seg.Flags.Has(wire.SYN) {
		seq = seq.Add(1)
	}
	old := seg.Marks&wire.Probe != 0 && !seg.End().After(c.una)
	switch {
	case seg.Len > 0 && !old && (seg.Offset != uint64(seq.Sub(begin)) || seg.Offset+uint64(seg.Len) > l.wrote):
		return "not what was written"
	case seg.Flags.Has(wire.FIN) && (!l.finished || seg.End() != begin.Add(uint32(l.wrote)+1)):
		return "a FIN elsewhere"
	case seg.Options&wire.HasTimestamps != 0 && seg.Flags.Has(wire.ACK) && !l.stamps[seg.TSEcr]:
		return "echo of a timestamp that has not come"
	case s.mutual() && seg.Len > max(uint32(s.other.conn.advMSS), uint32(c.profile.MinMSS)):
		return "longer than the peer's MSS"
	case s.mutual() && seg.Len > 0 && seg.Marks&(wire.Probe|wire.Again) == 0 && seg.Seq.Add(seg.Len).After(s.other.conn.edge.Add(l.slack)):
		return "text beyond the window"
	}
	if !seg.Flags.Has(wire.ACK) {
		return ""
	}
	if seg.Options&wire.HasSACK != 0 {
		for i, block := range seg.SACK[:seg.Blocks] {
			from, to := block.Left.Sub(c.irs.Add(1)), block.Right.Sub(c.irs.Add(1))
			if from < 0 && i == 0 && tellsTwice(seg) { // of an earlier connection, which it cannot know
				continue
			}
			if i == 0 && tellsTwice(seg) && c.has(gotFIN) && block.Right == c.rcvNxt { // the FIN came once more
				if to--; from == to {
					continue
				}
			}
			if from < 0 || to <= from || !l.got.covers(uint64(from), uint64(to)) {
				return "a block of what has not come"
			}
		}
	}
	if seg.Flags.Has(wire.SYN) { // its window is not scaled: it may say less than what was said
		return ""
	}
	right := seg.Ack.Add(uint32(seg.Window) << c.rcvScale)
	if l.offers && right.Before(l.edge.Add(-(uint32(1) << c.rcvScale))) {
		return "the window was taken back"
	}
	if !l.offers || right.After(l.edge) {
		l.edge, l.offers = right, true
	}
	return ""
}
