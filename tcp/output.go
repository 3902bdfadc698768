package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// Emit fills s with the next segment that is due and reports whether there is
// one. It is the only place that decides to send. The host sets the ports.
func (c *Conn) Emit(now des.Time, s *wire.Segment) bool {
	if c.idle() {
		return false
	}
	switch {
	case c.reset.due:
		c.emitReset(now, s)
	case !c.state.synchronized():
		if !c.emitHandshake(now, s) {
			return false
		}
	case c.has(synDue): // before the FIN of an early CLOSE
		c.emitSYN(now, s)
	case c.has(challengeDue), c.has(ackDue) && c.reporting():
		c.emitACK(now, s)
	case c.emitText(now, s):
	case c.has(ackDue):
		c.emitACK(now, s)
	case c.has(extended) && c.side.probing:
		c.emitKeepAlive(now, s)
	default:
		c.watchWindow(now)
		return false
	}
	c.counts.Sent++
	if s.Marks&wire.Again != 0 {
		c.counts.Resent++
	}
	return true
}

// idle reports whether a synchronized connection has nothing to send: the short way
// to what most calls of Emit come to.
func (c *Conn) idle() bool {
	return !c.has(synDue|ackDue|challengeDue|kept|probeDue|fast|extended) &&
		c.next == c.last() && c.state.synchronized() && !c.reset.due
}

// emitHandshake is Emit in SYN-SENT and SYN-RECEIVED.
func (c *Conn) emitHandshake(now des.Time, s *wire.Segment) bool {
	switch {
	case c.state != SynSent && c.state != SynReceived:
		return false
	case c.has(synDue):
		c.emitSYN(now, s)
	case c.Early() && c.emitText(now, s):
	case c.has(ackDue | challengeDue):
		c.emitACK(now, s)
	default:
		return false
	}
	return true
}

// header fills in what every segment of the connection has.
//
//go:noinline
func (c *Conn) header(now des.Time, s *wire.Segment, flags wire.Flags, seq wire.Seq) {
	s.Clear()
	s.Flags, s.Seq, s.Incarnation = flags, seq, c.own
	s.Window = c.window(flags.Has(wire.SYN))
	if c.has(extended) && c.side.shuts {
		s.Window, c.side.shuts = 0, false
	}
	if flags.Has(wire.ACK) {
		s.Ack = c.rcvNxt
		if c.has(echoing) && !flags.Has(wire.SYN) {
			s.Flags |= wire.ECE
		}
		c.markAck(s)
		c.ackSent()
	}
	c.stamp(now, s)
}

// stamp sets the timestamps, if they are used.
func (c *Conn) stamp(now des.Time, s *wire.Segment) {
	if c.has(useTS) {
		s.Options = wire.HasTimestamps
		s.TSVal, s.TSEcr = c.tsNow(now), c.tsRecent
	}
}

// markAck sets the oracles of what the segment acknowledges.
func (c *Conn) markAck(s *wire.Segment) {
	switch {
	case c.has(gotFIN):
		s.Marks |= wire.AckOfFIN
		if !c.has(ackedFIN) {
			c.on(ackedFIN)
			s.Marks |= wire.FirstAck
			c.counts.MergedFIN = s.Flags.Has(wire.FIN)
		}
	case s.Flags&(wire.SYN|wire.FIN) == 0 && c.rcvNxt == c.irs.Add(1):
		s.Marks |= wire.AckOfSYN
	}
	if s.Marks&wire.FirstAck != 0 || s.Flags.Has(wire.FIN) {
		c.counts.Closing++
	}
}

func (c *Conn) emitReset(now des.Time, s *wire.Segment) {
	r := c.reset
	c.reset = pendingReset{}
	s.Clear()
	s.Flags, s.Seq, s.Incarnation = wire.RST, r.seq, c.own
	if r.hasAck {
		s.Flags |= wire.ACK
		s.Ack = r.ack
	}
	if r.stamped {
		c.stamp(now, s)
		if c.profile.ResetHasWindow {
			s.Window = c.window(false)
		}
	}
	c.counts.Resets++
	c.counts.Closing++
}

// emitSYN sends the SYN, or in SYN-RECEIVED the SYN,ACK, and starts its timer.
func (c *Conn) emitSYN(now des.Time, s *wire.Segment) {
	p := c.profile
	flags, schedule := wire.SYN|wire.ACK, p.SYNACKSchedule
	if c.state == SynSent {
		flags, schedule = wire.SYN, c.synSchedule()
	}
	c.off(synDue)
	c.header(now, s, flags, c.iss)
	s.Flags |= c.setupECN()
	if !c.settings().NoOptions {
		c.offerOptions(now, s)
	}
	if first := c.iss.Add(1); !c.nxt.After(first) {
		c.nxt, c.next = first, first
	} else if !c.Early() { // whose text waits for the ACK of the SYN (tcp_retransmit_timer)
		c.next = first
	}
	c.ride(s)
	c.counts.SYNs++
	if c.has(resentSYN) {
		s.Marks |= wire.Again
		if c.rtxAt <= now {
			s.Marks |= wire.Expired
		}
	}
	if c.believes() {
		return // nobody acknowledges it
	}
	if c.state != SynSent && p.SYNACK == Stateless && !c.has(active) {
		c.tries = uint16(len(schedule) - 1) // the request is forgotten when the schedule would end
		var whole time.Duration
		for _, wait := range schedule {
			whole += wait
		}
		c.rtxAt = c.after(now, whole)
		return
	}
	if c.crossed() && s.Marks&wire.Again == 0 {
		return // the timer of the SYN goes on (Linux tcp_send_synack)
	}
	c.rtxAt = c.after(now, schedule[min(int(c.tries), len(schedule)-1)])
}

// synSchedule are the waits after SYNs.
func (c *Conn) synSchedule() []time.Duration {
	if own := c.settings().SYNSchedule; own != nil {
		return *own
	}
	return c.profile.SYNSchedule
}

// offerOptions puts the options on a SYN or SYN,ACK.
func (c *Conn) offerOptions(now des.Time, s *wire.Segment) {
	p := c.profile
	if p.AlwaysMSS || c.advMSS != c.defaultMSS() { // MUST-14, MUST-65, SHLD-5, MAY-3
		s.Options |= wire.HasMSS
		s.MSS = c.advMSS
	}
	offer := c.state == SynSent || c.crossed()
	if p.Timestamps && offer && !c.has(useTS) {
		s.Options |= wire.HasTimestamps
		s.TSVal, s.TSEcr = c.tsNow(now), c.tsRecent
	}
	if p.WindowScale != NoScale && (offer || c.has(useScale)) {
		s.Options |= wire.HasScale
		s.Scale = uint8(p.WindowScale)
	}
	s.Order = p.OptionOrder
	if p.SACKPermitted && (offer || c.has(useSACK)) {
		s.Options |= wire.SACKPermitted
	}
	if p.UTO {
		c.tellUTO(s)
	}
}

// crossed reports a simultaneous open as Linux has it: the SYN,ACK is the SYN once
// more, with all that it offered, and that of the peer is acknowledged.
func (c *Conn) crossed() bool {
	return c.state != SynSent && c.has(active) && c.profile.CrossedAgain
}

// bare is the number of a segment that occupies none: SND.NXT, but not past a
// byte that probes a shut window, where the peer would not accept it.
func (c *Conn) bare() wire.Seq {
	if c.has(persist) {
		return c.next
	}
	return c.nxt
}

// repeatsFIN reports whether an ACK has our FIN once more: in FIN-WAIT-1, CLOSING and
// LAST-ACK, and if it is no challenge (FreeBSD tcp_outflags, tcp_respond).
func (c *Conn) repeatsFIN() bool {
	return c.profile.RepeatsFIN && c.state.awaitsACK() && !c.finAcked() && c.nxt == c.last() && !c.has(challengeDue|persist)
}

// emitACK sends an ACK without text.
func (c *Conn) emitACK(now des.Time, s *wire.Segment) {
	if flags, seq := wire.ACK, c.bare(); c.repeatsFIN() {
		c.header(now, s, flags|wire.FIN, c.end)
		s.Marks |= wire.Again
	} else {
		c.header(now, s, flags, seq)
	}
	c.putBlocks(s)
	if c.has(extended) && c.side.utoDue {
		c.tellUTO(s)
	}
	if s.Marks&wire.AckOfSYN != 0 {
		c.counts.SetupACKs++
	}
	if c.has(challengeDue) {
		c.off(challengeDue)
		s.Marks |= wire.Challenge
	}
}

// emitText sends text or the FIN, if there is some and it may go.
func (c *Conn) emitText(now des.Time, s *wire.Segment) bool {
	switch {
	case c.next == c.last() && !c.has(kept|probeDue|fast): // everything is sent, and nothing is to be sent again
		return false
	case !c.has(kept) || c.has(persist):
	case c.has(tailDue):
		c.emitTail(now, s)
		return true
	case c.rec.board.due > 0 && c.emitLost(now, s):
		return true
	}
	from := c.next
	forced := c.has(probeDue)
	if c.has(fast) {
		from = c.una
	}
	n, fin := c.sendable(from, forced)
	switch {
	case n > 0 || fin:
		if c.has(persist) { // what was held back is waited for no longer, or long enough: ordinary text again
			c.off(persist)
			c.tries, c.rtxAt = 0, des.Never
		}
		c.emitStream(now, s, from, n, fin)
	case forced:
		c.emitProbe(now, s)
	default:
		return c.selective() && !c.has(persist) && c.emitRescue(now, s)
	}
	return true
}

// sendable decides how many bytes from the given number may go now, and whether
// the FIN goes with them.
//
//go:noinline
func (c *Conn) sendable(from wire.Seq, forced bool) (n uint32, fin bool) {
	waiting := max(c.end.Sub(from), 0)   // the RFC's D
	usable := c.una.Add(c.wnd).Sub(from) // the RFC's U; below 0 after the window shrank (MUST-34, SHLD-15)
	room := min(usable, c.allowance(from))
	if c.has(fast) || forced {
		room = usable
	}
	mss := int32(c.effectiveMSS())
	length := max(min(waiting, room, mss), 0)
	if c.has(fast) { // what was sent and no more, even beyond a shrunk window (SHLD-16, MAY-7)
		length = max(min(waiting, mss, c.nxt.Sub(from)), 0)
	}
	if c.profile.ResendsSent && from.Before(c.nxt) {
		length = min(length, c.nxt.Sub(from))
	}
	fin = c.has(finQueued) && length == waiting && !from.After(c.end) &&
		((usable > length || c.profile.FINBeyondWindow) && !c.has(fast) || !c.nxt.Before(c.last()))
	if fin && length == 0 && c.profile.FINWaits && c.flight() > 0 && !c.has(fast) && !forced && c.allowance(from) < mss {
		fin = false // tcp_cwnd_test counts it as a segment
	}
	switch {
	case fin && c.finAlone && length == mss && from.Before(c.nxt): // a full segment is sent again as it was (__tcp_retransmit_skb)
		fin = !c.profile.ResendsSent
	case length == 0 || forced || fin || from.Before(c.nxt):
	case length == mss: // (1) of section 3.8.6.2.1 (MUST-38, SHLD-28)
	case length == waiting && !c.holds(): // (2), Nagle
	case usable == length && uint32(length) >= c.maxWnd/2 && c.flight() == 0: // (3)
	default:
		length = 0
	}
	return uint32(length), fin
}

// allowance is how much the congestion window lets go from the given number.
func (c *Conn) allowance(from wire.Seq) int32 {
	switch {
	case c.has(kept) && c.rec.doubt == waits: // two segments, RFC 5682 section 2.1 step 2
		return int32(2*c.effectiveMSS()) - from.Sub(c.rec.recover)
	case c.selective():
		return int32(c.cwnd) - int32(c.pipe())
	}
	return int32(c.cwnd+c.limited()) - from.Sub(c.una)
}

// holds reports whether Nagle's algorithm keeps back what does not fill a segment:
// while anything is outstanding (SHLD-7), or by Minshall's rule only while another
// small segment is (draft-minshall-nagle-01), so that the tail of a long write does
// not wait for a delayed ACK.
func (c *Conn) holds() bool {
	switch {
	case c.has(extended) && c.side.settings.Cork && !c.has(finQueued):
		return true
	case c.has(noDelay) || c.flight() == 0 || c.fromIdle:
		return false
	case c.profile.NagleSmallOnly:
		return c.small.After(c.una) && !c.small.After(c.nxt)
	}
	return true
}

// emitStream sends n bytes from the given number, and the FIN if asked.
func (c *Conn) emitStream(now des.Time, s *wire.Segment, from wire.Seq, n uint32, fin bool) {
	flags := wire.ACK
	to := from.Add(n)
	if n > 0 && (to == c.end || c.profile.ResendsSent && from.Before(c.nxt) && n < c.effectiveMSS()) { // nothing waits for a push (MUST-60), and the last has it (MUST-61)
		flags |= wire.PSH
		c.run = 0
	}
	if fin {
		flags |= wire.FIN
		c.counts.FINs++
		if to = to.Add(1); !from.Before(c.nxt) {
			c.finAlone = n == 0
		}
	}
	c.header(now, s, flags, from)
	s.Len, s.Offset = n, c.offset(from)
	if c.flight() == 0 {
		c.restartIdle(now)
		c.firstSentAt, c.fromIdle = now, c.profile.NagleFromIdle
		c.lifeFrom(now)
	}
	again := from.Before(c.nxt)
	if c.has(useSACK) {
		c.track(now, from, to)
	}
	if again {
		s.Marks |= wire.Again
		switch {
		case !c.has(kept):
		case c.rec.phase == timedOut:
			s.Marks |= wire.Expired
		case c.rec.phase == fastPath:
			s.Marks |= wire.Fast
		}
		c.off(timing) // Karn (MUST-18)
	} else if !c.has(timing) {
		c.on(timing)
		c.timedSeq, c.timedAt = to, now
	}
	if !again {
		c.texts++
		if n > 0 {
			c.capable(s)
		}
	}
	if !again && n > 0 && n < c.effectiveMSS() {
		c.small = from.Add(n)
	}
	c.off(fast)
	if to.After(c.next) {
		c.next = to
	}
	if to.After(c.nxt) {
		c.nxt = to
	}
	if n > 0 {
		c.dataSent(now)
	}
	c.off(probeDue)
	if c.recovering() {
		c.rec.prr.out += n
	}
	if c.rtxAt == des.Never || !again && c.has(tailTimer) {
		c.rtxAt = c.after(now, c.backedOff())
		c.watchTail(now)
	}
	if c.profile.PushBursts && !again && n > 0 && !s.Flags.Has(wire.PSH) && c.pushes() {
		s.Flags |= wire.PSH
	}
}

// dataSent notes an answer to what was received a moment ago: the connection is
// interactive, and its ACKs can wait for the next answer.
func (c *Conn) dataSent(now des.Time) {
	if c.profile.QuickACKs > 0 && now.Sub(c.lastDataAt) < c.ato {
		c.on(pingpong)
	}
}

// emitProbe sends a zero-window probe (MUST-36): the byte at the left edge, or an
// old number that must be answered. The byte stays what is sent next.
func (c *Conn) emitProbe(now des.Time, s *wire.Segment) {
	c.off(probeDue)
	c.note(WindowProbe)
	if c.profile.ProbeBytes == 0 {
		c.header(now, s, wire.ACK, c.una.Add(^uint32(0)))
	} else {
		next, n := c.next, uint32(min(max(c.end.Sub(c.una), 0), 1))
		c.emitStream(now, s, c.una, n, n == 0)
		c.next = next
	}
	s.Marks |= wire.Probe
	s.ECN = 0
}

// watchWindow starts the persist timer when there is something to send, nothing
// outstanding that an ACK could come for, and no leave to send it.
func (c *Conn) watchWindow(now des.Time) {
	if c.rtxAt != des.Never || !c.last().After(c.nxt) {
		return
	}
	c.shut(now)
}
