package tcp

import "netsim/wire"

// reports is what selective acknowledgments tell of the text that is held beyond
// a gap (RFC 2018 section 4).
type reports struct {
	recent [wire.MaxBlocks]wire.Block // the ranges that grew last, the latest first
	n      int
	twice  wire.Block // arrived again and not told yet (RFC 2883); empty if nothing did
}

// hold keeps text that arrived beyond a gap.
func (c *Conn) hold(left, right wire.Seq) {
	if !c.has(useSACK) {
		c.gaps.add(left, right)
		return
	}
	r := &c.recovery().reports
	if again := c.gaps.overlap(left, right); c.profile.DSACK && again != (wire.Block{}) {
		r.twice = again
		c.note(TwiceHeld)
	}
	r.put(c.gaps.add(left, right))
}

// put makes the range the latest; it takes the place of those it has swallowed.
func (r *reports) put(held wire.Block) {
	n := 0
	for _, b := range r.recent[:r.n] {
		if b.Left.Before(held.Left) || b.Right.After(held.Right) {
			r.recent[n] = b
			n++
		}
	}
	r.n = min(n+1, len(r.recent))
	copy(r.recent[1:r.n], r.recent[:n])
	r.recent[0] = held
}

// fill takes the ranges that the stream, complete up to right, now reaches, and
// returns how far it is complete with them.
func (c *Conn) fill(right wire.Seq) wire.Seq {
	if again := c.gaps.overlap(c.rcvNxt, right); again != (wire.Block{}) {
		c.cameAgain(wire.Block{Left: again.Left, Right: right})
	}
	right = c.gaps.take(right)
	if c.has(kept) {
		r := &c.rec.reports
		n := 0
		for _, b := range r.recent[:r.n] {
			if b.Left.After(right) {
				r.recent[n] = b
				n++
			}
		}
		r.n = n
	}
	return right
}

// cameTwice notes text that had arrived before, for the first block of the next
// acknowledgment (RFC 2883 section 4).
func (c *Conn) cameTwice(left, right wire.Seq) {
	if right.After(c.rcvNxt) {
		right = c.rcvNxt
	}
	if right.After(left) {
		c.cameAgain(wire.Block{Left: left, Right: right})
	}
}

func (c *Conn) cameAgain(b wire.Block) {
	if c.has(useSACK) && c.profile.DSACK {
		c.recovery().reports.twice = b
		c.note(TwiceOld)
	}
}

// reporting tells whether an acknowledgment would carry blocks.
func (c *Conn) reporting() bool {
	return c.has(kept) && c.has(useSACK) && (c.rec.reports.n > 0 || c.rec.reports.twice != wire.Block{})
}

// putBlocks adds the blocks to an ACK, as many as fit. They go in segments without
// text, so that text stays as long as it may be.
func (c *Conn) putBlocks(s *wire.Segment) {
	if !c.reporting() {
		return
	}
	r := &c.rec.reports
	room := wire.MaxBlocks
	if c.has(useTS) {
		room = 3
	}
	n := 0
	if (r.twice != wire.Block{}) {
		s.SACK[0] = r.twice
		r.twice = wire.Block{}
		n = 1
	}
	n += copy(s.SACK[n:room], r.recent[:r.n])
	s.Options |= wire.HasSACK
	s.Blocks = uint8(n)
}
