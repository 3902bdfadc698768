package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// hearing is what one acknowledgment tells of the segments in flight.
type hearing struct {
	now       des.Time
	echo      uint32 // the timestamp echoed, if stamped
	clock     uint32 // what it would be now
	stamped   bool
	delivered uint32 // bytes acknowledged or told in blocks for the first time
	newest    sent   // of the segments delivered, the one sent last
	original  bool   // one of them was sent once only, and before the number of mark
	mark      wire.Seq
	twice     bool          // something had arrived before (RFC 2883)
	highest   wire.Seq      // the end of the highest segment delivered so far
	reordered bool          // one sent once was delivered after a higher one
	rtt       time.Duration // of a segment sent once, 0 if none was
	least     time.Duration // of all round trips: what seems shorter is of an earlier copy
}

// note takes in a segment newly delivered: RFC 8985 section 6.2, steps 1 to 3.
func (h *hearing) note(s *sent) {
	once := s.is&ambiguous == 0
	if s.end.After(h.highest) {
		h.highest = s.end
	} else if once {
		h.reordered = true
	}
	if once && !s.end.After(h.mark) {
		h.original = true
	}
	rtt := h.now.Sub(s.at)
	if !once && (rtt < h.least || h.stamped && int32(h.echo-(h.clock-uint32(rtt/time.Millisecond))) < 0) { // of an earlier copy
		return
	}
	if later(s, &h.newest) {
		h.newest = *s
	}
	if once {
		h.rtt = rtt
	}
}

// later reports whether s was sent after t (RFC 8985 RACK_sent_after).
func later(s, t *sent) bool { return s.at > t.at || s.at == t.at && s.end.After(t.end) }

// selective reports whether the scoreboard is in use.
func (c *Conn) selective() bool { return c.has(kept) && c.rec.board.n > 0 }

// track notes on the scoreboard that [from, to) is sent, before SND.NXT moves. A
// single segment in flight needs none.
func (c *Conn) track(now des.Time, from, to wire.Seq) {
	if !c.selective() {
		if from != c.nxt || c.nxt == c.una || c.end == from { // nothing else in flight, or a FIN alone
			return
		}
		c.trackFlight(now)
	}
	b := &c.rec.board
	if from.Before(c.nxt) {
		for i := b.find(from.Add(1)) - 1; i < b.n && b.left(i).Before(to); i++ {
			b.at(i).at = now
			b.at(i).is |= ambiguous
		}
	}
	if to.After(c.nxt) {
		b.push(to, now, 0)
	}
}

// trackFlight begins the scoreboard with all that is in flight, as one segment. If
// that was sent once, it is being timed.
func (c *Conn) trackFlight(now des.Time) {
	b := &c.recovery().board
	b.clear(c.una)
	if c.has(timing) {
		b.push(c.nxt, c.timedAt, 0)
	} else {
		b.push(c.nxt, now, ambiguous)
	}
}

// forgetFlight leaves what is in flight to the timer and to what is sent next.
func (c *Conn) forgetFlight() {
	if c.selective() {
		c.rec.board.clear(c.una)
	}
}

// learn takes an acknowledgment while the scoreboard is in use (RFC 6675 section
// 5): what it tells, what is lost by that, and what follows.
func (c *Conn) learn(now des.Time, s *wire.Segment) {
	r := c.rec
	b := &r.board
	h := &r.heard
	highest := h.highest
	if highest.Before(c.una) {
		highest = c.una
	}
	*h = hearing{}
	h.now, h.newest.at, h.mark, h.highest = now, longAgo, r.recover, highest
	h.twice, h.least = tellsTwice(s), r.rack.least
	if h.stamped = c.echoes(s); h.stamped {
		h.echo, h.clock = s.TSEcr, c.tsNow(now)
	}
	n := uint32(s.Ack.Sub(c.una))
	if n > 0 {
		c.sample(now, s)
		c.advance(now, s.Ack)
	}
	h.stamped = false // the timestamp is not that of text beyond a gap (RFC 7323 section 4.3)
	c.takeBlocks(s)
	lost := b.gone
	c.findLost(now)
	c.respond(now, n, b.gone > lost)
}

// takeBlocks marks what the blocks of a segment tell (RFC 6675 Update).
func (c *Conn) takeBlocks(s *wire.Segment) {
	b := &c.rec.board
	if s.Options&wire.HasSACK == 0 {
		b.tellers = 0
		return
	}
	blocks := s.SACK[:min(s.Blocks, wire.MaxBlocks)]
	if c.rec.heard.twice {
		blocks = blocks[1:]
	}
	for _, block := range blocks {
		if block.Left.After(s.Ack) && block.Right.After(block.Left) && !block.Right.After(c.nxt) {
			b.mark(block, &c.rec.heard)
		}
	}
	b.tellers = copy(b.told[:], blocks)
}

// tellsTwice reports whether the first block is of text that has arrived before:
// it lies below the acknowledgment or within the second (RFC 2883 section 4).
func tellsTwice(s *wire.Segment) bool {
	if s.Options&wire.HasSACK == 0 || s.Blocks == 0 {
		return false
	}
	first := s.SACK[0]
	if !first.Right.After(s.Ack) {
		return true
	}
	return s.Blocks > 1 && !first.Left.Before(s.SACK[1].Left) && !first.Right.After(s.SACK[1].Right)
}
