package tcp

import (
	"netsim/des"
	"netsim/wire"
)

// recovery is what a connection needs once its window fills, more than one segment
// is in flight or something is lost. It stays with the pooled Conn for the next
// connection.
type recovery struct {
	algorithm  *Algorithm
	congestion Congestion
	path       Path
	before     windows // the last reduction

	phase    phase
	peak     uint32   // the most in flight before usedTo is acknowledged
	twice    uint32   // segments told to have come twice
	full     bool     // which filled the window
	usedTo   wire.Seq //
	recover  wire.Seq // SND.NXT when a loss was last found: the RFCs' RecoveryPoint
	signed   wire.Seq // SND.NXT when congestion was last answered
	rescued  bool     // in this recovery
	force    bool     // what is due is sent whatever the window
	dupAcks  uint32   // in a row
	doubt    doubt
	prr      prr
	rack     rack
	tail     tail
	rtoAt    des.Time // of the retransmission timer, while another has its place
	repaired uint32   // bytes sent again in this recovery and not told to have come twice

	board   scoreboard
	heard   hearing
	reports reports
}

// phase says what a sender is doing about loss.
type phase uint8

const (
	open     phase = iota // nothing
	fastPath              // fast recovery
	timedOut              // it sends again what a timeout held lost
)

// recovery returns what the connection keeps for loss, made or made new.
func (c *Conn) recovery() *recovery {
	if !c.has(kept) {
		c.on(kept)
		if c.rec == nil {
			c.rec = new(recovery)
		}
		c.rec.begin(c)
	}
	return c.rec
}

func (r *recovery) begin(c *Conn) {
	*r = recovery{algorithm: r.algorithm, congestion: r.congestion, recover: c.una.Add(^uint32(0)), signed: c.una.Add(^uint32(0)), board: scoreboard{ring: r.board.ring}}
	r.heard.highest, r.usedTo = c.una, c.una
	r.rack.begin()
	if r.congestion != nil {
		r.congestion.Begin()
	}
}

// recovering reports fast recovery.
func (c *Conn) recovering() bool { return c.has(kept) && c.rec.phase == fastPath }

// pipe is what is in the network by all that is known.
func (c *Conn) pipe() uint32 {
	if c.selective() {
		return c.rec.board.pipe(c.flight())
	}
	return c.flight()
}

// findLost marks what the last acknowledgment shows to be lost.
func (c *Conn) findLost(now des.Time) {
	if c.profile.RACK {
		c.rackACK(now)
		return
	}
	r := c.rec
	if r.heard.delivered > 0 && r.board.arrived > 0 {
		r.dupAcks++
	}
	r.board.presume(c.effectiveMSS(), uint32(c.profile.DupThresh))
	// Segments that are small may not be many bytes: three that tell of them are
	// enough (RFC 6675 section 5, step 1).
	if r.dupAcks >= uint32(c.profile.DupThresh) && r.phase == open && r.board.n > 0 && c.una.After(r.recover) {
		r.board.lose(0)
	}
}

// lose marks the i-th record lost.
func (b *scoreboard) lose(i int) {
	if s := b.at(i); s.is&(arrived|gone) == 0 {
		b.set(i, s.is|gone)
	}
}

// presume is RFC 6675's IsLost for all records: more than two segments of bytes, or
// three that do not touch, have arrived beyond what is lost.
func (b *scoreboard) presume(mss, thresh uint32) {
	bytes, runs, touching := uint32(0), uint32(0), false
	for i := b.n - 1; i >= 0 && b.left(i).After(b.presumed.Add(^uint32(0))); i-- {
		if b.at(i).is&arrived == 0 {
			touching = false
			if bytes > (thresh-1)*mss || runs >= thresh {
				at := b.at(i).end
				for ; i >= 0 && !b.left(i).Before(b.presumed); i-- {
					b.lose(i)
				}
				b.presumed = at
				return
			}
			continue
		}
		bytes += b.size(i)
		if !touching {
			runs++
		}
		touching = true
	}
}

// respond does what an acknowledgment of n bytes, and loss newly found, lead to.
func (c *Conn) respond(now des.Time, n uint32, lost bool) {
	r := c.rec
	if r.phase == timedOut && r.doubt != certain && r.heard.original && c.has(useSACK) { // RFC 5682 section 3.1, step 3b
		c.spurious(now)
	}
	if r.phase != open && !c.una.Before(r.recover) {
		if r.phase == fastPath { // the window is as large as it was to be
			n = 0
		}
		c.recovered(now)
	}
	if r.doubt != certain {
		c.resolve(now, n)
	}
	switch {
	case r.phase == open && r.board.due > 0:
		c.enterRecovery(now)
		c.reduce(r.heard.delivered, false)
	case r.phase == fastPath:
		c.reduce(r.heard.delivered, n > 0 && !lost)
	case n > 0:
		r.path.RTT = r.heard.rtt
		c.grow(now, n)
	}
	if n > 0 && r.phase == open {
		r.dupAcks = 0
	}
	c.watch(now)
}

// enterRecovery is RFC 6675 section 5 step 4.
func (c *Conn) enterRecovery(now des.Time) {
	c.note(RecoveryBySACK)
	c.congested(now, Loss)
	r := c.rec
	r.phase = fastPath
	r.recover = c.nxt
	r.rescued, r.force = false, true
	r.repaired = 0
	r.prr = prr{flight: c.flight()}
	c.cwnd = c.ssthresh
	if c.profile.PRR {
		c.cwnd = max(c.pipe(), c.effectiveMSS())
	}
	c.rearm(now)
}

// recovered ends it, all being acknowledged that was sent when it began.
func (c *Conn) recovered(now des.Time) {
	r := c.rec
	if r.phase == fastPath {
		c.cwnd = max(c.ssthresh, c.effectiveMSS())
	}
	r.phase, r.doubt, r.dupAcks, r.force = open, certain, 0, false
	r.rack.passed()
	c.rearm(now)
}

// reno is 1 for a connection without SACK, whose failures are events of their own.
func (c *Conn) reno() Event {
	if c.has(useSACK) {
		return 0
	}
	return 1
}

// collapse is the loss window after a timeout (RFC 5681 section 3.1, RFC 6582
// section 4.1, RFC 6675 section 5.1). The threshold stays where the same segment
// times out again.
func (c *Conn) collapse(now des.Time) {
	r := c.recovery()
	c.note(LossBegun)
	c.suspect()
	if c.tries == 1 {
		switch {
		case r.phase == fastPath:
			c.note(RecoveryFailed + c.reno())
		case r.phase == timedOut:
			c.note(LossFailed)
		case r.board.arrived > 0 || r.dupAcks > 0:
			c.note(DisorderFailed + c.reno())
		}
		c.congested(now, Timeout)
	}
	c.cwnd = c.effectiveMSS()
	r.phase, r.recover, r.dupAcks = timedOut, c.nxt, 0
	r.tail.waiting, r.repaired = false, 0
	c.off(fast)
	if r.board.n == 0 {
		c.next = c.una
		return
	}
	r.force = true
	c.loseFlight(now)
}

// loseFlight holds lost what a timeout says is lost: all that is not known to have
// arrived; with RACK, the first and what was sent a round trip ago (RFC 8985
// section 6.3). A peer that told of text and has not acknowledged it has dropped
// it (RFC 2018 section 8).
func (c *Conn) loseFlight(now des.Time) {
	b := &c.rec.board
	window := c.reorderWindow()
	reneged := b.at(0).is&arrived != 0
	if reneged {
		c.note(Reneging)
	}
	for i := range b.n {
		s := b.at(i)
		is := s.is &^ again
		if reneged {
			is &^= arrived
		}
		switch {
		case is&arrived != 0:
		case i == 0, !c.profile.RACK, c.rec.rack.late(s, now, window):
			b.set(i, is|gone)
		default:
			b.set(i, s.is&^arrived)
		}
	}
	b.presumed, b.tellers = c.nxt, 0
}

// emitLost sends again what is due, as far as the window allows (RFC 6675 NextSeg,
// rule 1).
func (c *Conn) emitLost(now des.Time, s *wire.Segment) bool {
	r := c.rec
	if r.doubt == waits {
		return false
	}
	i := r.board.next()
	if size := min(r.board.size(i), c.effectiveMSS()); !r.force && c.pipe()+size > c.cwnd {
		return false
	}
	r.force = false
	c.resend(now, s, i)
	return true
}

// emitRescue is RFC 6675 NextSeg, rules 3 and 4, when there is nothing else to
// send: first what may be lost, then once the last segment in flight, so that its
// acknowledgment keeps recovery going.
func (c *Conn) emitRescue(now des.Time, s *wire.Segment) bool {
	r := c.rec
	b := &r.board
	if r.phase != fastPath || c.profile.RACK || c.pipe()+c.effectiveMSS() > c.cwnd {
		return false
	}
	for i := 0; i < b.n && b.arrived > 0 && b.left(i).Before(r.heard.highest); i++ {
		if b.at(i).is&(arrived|ambiguous) == 0 {
			c.resend(now, s, i)
			return true
		}
	}
	if i := b.n - 1; !r.rescued && b.at(i).is&(arrived|again) == 0 {
		r.rescued = true
		c.resend(now, s, i)
		return true
	}
	return false
}

// resend sends the i-th record again; what no longer fits into a segment in parts.
func (c *Conn) resend(now des.Time, s *wire.Segment, i int) {
	b := &c.rec.board
	left, right := b.left(i), b.at(i).end
	fin := right.After(c.end)
	text := uint32(right.Sub(left))
	if fin {
		text--
	}
	if mss := c.effectiveMSS(); text > mss {
		b.split(i, mss)
		text, fin = mss, false
	}
	c.emitStream(now, s, left, text, fin)
	b.set(i, b.at(i).is|again)
	if c.rec.phase == fastPath {
		c.rec.repaired += text
	}
}
