package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// Segment is SEGMENT ARRIVES (RFC 9293 section 3.10.7) in every state but CLOSED
// and TIME-WAIT, which are those of Reset and TimeWait.
func (c *Conn) Segment(now des.Time, s *wire.Segment) {
	switch c.state {
	case Closed, TimeWaiting:
	case Listen:
		c.inListen(now, s)
	case SynSent:
		c.received++
		c.inSynSent(now, s)
	default:
		if c.state != SynReceived { // there it counts once it establishes
			c.received++
		}
		c.fromIdle = false
		stale, ackAt := c.isStale(s), c.ackAt
		if stale {
			c.counts.StaleArrived++
		}
		if c.brief() {
			if c.checkBrief(now, s) {
				c.takeFIN(now, s)
			}
		} else if c.checkFirst(now, s) && c.checkACK(now, s) {
			c.hear(now, s)
			c.takeText(now, s)
			c.takeFIN(now, s)
			c.finWait(now)
		}
		if stale && (c.has(ackDue|challengeDue) || c.ackAt != ackAt) {
			c.counts.StaleAcknowledged++
		}
	}
}

// isStale reports that the segment is of another incarnation. Our own comes back with
// a Reset.
func (c *Conn) isStale(s *wire.Segment) bool {
	return s.Incarnation != c.peer && s.Incarnation != c.own
}

// inListen is section 3.10.7.2.
func (c *Conn) inListen(now des.Time, s *wire.Segment) {
	switch {
	case s.Flags.Has(wire.RST): // first: ignored
	case s.Flags.Has(wire.ACK): // second: nothing was sent that could be acknowledged
		c.reset = pendingReset{due: true, seq: s.Ack}
	case s.Flags.Has(wire.SYN|wire.FIN) && c.profile.SYNBeside == RefuseFIN:
	case s.Flags.Has(wire.SYN): // third
		c.takeSYN(now, s)
		c.on(synDue)
		c.firstSentAt = now
		c.become(SynReceived)
		c.lifeFrom(now)
		switch {
		case c.has(early):
			c.takeEarly(s)
		case c.believes():
			c.believe(now)
		case c.profile.SYNBeside == TakeBeside:
			c.queue(s)
		}
	}
}

// inSynSent is section 3.10.7.3.
func (c *Conn) inSynSent(now des.Time, s *wire.Segment) {
	acks := s.Flags.Has(wire.ACK)
	if acks && !(s.Ack.After(c.iss) && !s.Ack.After(c.nxt)) { // first: the ACK bit
		if !s.Flags.Has(wire.RST) {
			c.reset = pendingReset{due: true, seq: s.Ack}
		}
		if hurry := c.profile.SYNHurry; hurry > 0 && c.tries == 0 {
			c.rtxAt = min(c.rtxAt, now.Add(hurry))
		}
		return
	}
	if acks && c.profile.ChecksEcho && c.profile.Timestamps && c.echoesOther(now, s) {
		c.note(PAWSOpening)
		if !s.Flags.Has(wire.RST) {
			c.reset = pendingReset{due: true, seq: s.Ack}
		}
		return
	}
	if s.Flags.Has(wire.RST) { // second: the RST bit
		if acks {
			c.note(OpeningFailed)
			c.fail(Refused)
		}
		return
	}
	if !s.Flags.Has(wire.SYN) { // fourth: the SYN bit
		return
	}
	c.takeSYN(now, s)
	if !acks { // simultaneous open (MUST-10)
		c.become(SynReceived)
		c.tries = 0
		c.on(synDue)
		if c.profile.AnswerBeside {
			c.queue(s)
		}
		return
	}
	if c.earlyText && s.Ack == c.nxt && !c.has(resentSYN) {
		c.note(FastAcked)
	} else if c.earlyText {
		c.note(FastFailed)
	}
	c.moveBase(s.Ack)
	c.next = s.Ack
	c.takeCookie(s)
	c.off(synDue)
	c.sampleSYN(now, s)
	c.establish(now)
	switch {
	case c.settings().SavesACK:
		c.delayACK(now, c.profile.DelayedACKMax)
	case c.profile.Handshake == ThreeWay:
		c.on(ackDue)
	}
	c.rearm(now)
	if c.profile.AnswerBeside || c.settings().FastOpen { // on at the sixth step; RFC 7413 section 4.2.1
		c.takeText(now, s)
		c.takeFIN(now, s)
	}
}

// establish enters ESTABLISHED once our SYN is acknowledged.
func (c *Conn) establish(now des.Time) {
	c.become(Established)
	c.tries = 0
	c.lifeAt = des.Never
	if !c.has(early) {
		c.news |= Connected
		c.startCongestion()
	}
	if c.profile.KeepAlways {
		c.aside()
	}
	if c.has(extended) {
		c.keep(now)
	}
	if c.has(finQueued) { // CLOSE came before (section 3.10.4)
		c.become(FinWait1)
	}
}

// checkFirst makes the checks that come before that of the acknowledgment.
func (c *Conn) checkFirst(now des.Time, s *wire.Segment) bool {
	if c.profile.Acceptance == Trim {
		return c.trimmed(now, s)
	}
	return c.checkSequence(now, s) && (s.Flags&(wire.RST|wire.SYN) == 0 || c.checkReset(now, s) && c.checkSYN(now, s))
}

// checkSequence is the first check of section 3.10.7.4, with PAWS before it (RFC
// 7323 section 5.3).
func (c *Conn) checkSequence(now des.Time, s *wire.Segment) bool {
	rst := s.Flags.Has(wire.RST)
	if c.has(useTS) && !rst {
		switch {
		case s.Options&wire.HasTimestamps == 0:
			if c.profile.RequireTimestamps { // RFC 7323 section 3.2
				return false
			}
		case c.old(now, s):
			c.answerStamp(now, s)
			return false
		}
	}
	if c.disbelieves(now, s) {
		c.note(EchoRejected)
		if !rst {
			c.answerOld(now, s, SkippedRequest)
		}
		return false
	}
	if c.openedAgain(s) {
		c.repeatedSYN(now)
		return false
	}
	if c.unsure(s) {
		c.on(synDue | resentSYN)
		return false
	}
	if !acceptable(s, c.rcvNxt, uint32(max(c.edge.Sub(c.rcvNxt), 0))) {
		switch {
		case rst && c.resetsOldFIN(s):
			return true
		case rst:
		case c.state == SynReceived && s.Flags&(wire.SYN|wire.ACK) == wire.SYN && s.Seq == c.irs:
			c.repeatedSYN(now)
		case c.crossedSYN(s):
			c.note(OldText)
			return true
		case c.repeatedFIN(s):
			c.on(ackDue)
			return true
		case s.Flags.Has(wire.SYN) && c.challengesSYN():
			c.answerSYN(now)
		default:
			c.renewEcho(now, s)
			c.misses(s)
			c.answerOld(now, s, SkippedOld)
		}
		return false
	}
	if c.profile.AllOrNothing && s.End().After(c.edge) && !rst && c.state.synchronized() {
		if c.readable > 0 { // tcp_sequence
			c.note(BeyondWindow)
			c.answerOld(now, s, SkippedOld)
			return false
		} else if c.edge != c.rcvNxt {
			c.edge = s.End()
		}
	}
	if c.edge == c.rcvNxt && s.SeqLen() > 0 && !rst {
		c.note(ZeroWindowText)
		c.on(ackDue) // into a window of zero: only its ACK counts
	}
	// RFC 7323 section 4.3 (2): the newest timestamp of the segment that spans the
	// last acknowledgment sent.
	if c.has(useTS) && s.Options&wire.HasTimestamps != 0 && !rst && !s.Seq.After(c.lastAckSent) {
		c.tsRecent, c.tsRecentAt = s.TSVal, now
	}
	return true
}

// misses counts a segment outside the window, and tells of text that has come before.
func (c *Conn) misses(s *wire.Segment) {
	switch {
	case s.Seq.After(c.edge) || s.End().After(c.edge):
		c.note(BeyondWindow)
	case s.SeqLen() > 0 && s.Seq.Before(c.rcvNxt):
		c.note(OldText)
	}
	if s.Len > 0 && s.Seq.Before(c.rcvNxt) || s.Flags.Has(wire.FIN) && c.has(gotFIN) { // which has a number, too
		c.cameTwice(s.Seq, s.End())
	}
}

// acceptable is the table of section 3.4: does part of the segment lie in the
// receive window? With a window of zero the ACK or RST of a segment at its edge
// counts (section 3.10.7.4, MUST-66), and the rest is answered and left out.
func acceptable(s *wire.Segment, nxt wire.Seq, wnd uint32) bool {
	n := s.SeqLen()
	switch {
	case wnd == 0:
		return s.Seq == nxt && (n == 0 || s.Flags&(wire.ACK|wire.RST) != 0 && !s.Flags.Has(wire.SYN))
	case n == 0:
		return s.Seq.In(nxt, wnd)
	default:
		return s.Seq.In(nxt, wnd) || s.Seq.Add(n-1).In(nxt, wnd)
	}
}

// crossedSYN recognises the SYN,ACK of a simultaneous open: its SYN is the one
// that we have, and its ACK must count (section 3.5, figure 7).
func (c *Conn) crossedSYN(s *wire.Segment) bool {
	return c.state == SynReceived && c.has(active) && s.Flags.Has(wire.SYN|wire.ACK) &&
		s.Seq == c.irs && s.Ack == c.nxt
}

// repeatedFIN recognises the FIN that a peer says again beside the ACK of ours, which
// counts: two who both did so and left it out would not find an end.
func (c *Conn) repeatedFIN(s *wire.Segment) bool {
	return c.profile.RepeatsFIN && c.state.awaitsACK() && s.Flags.Has(wire.FIN|wire.ACK) && s.Len == 0 && s.End() == c.rcvNxt
}

// pawsIdle is how long a timestamp is remembered: 24 days, less than half of its
// wrap at one tick a millisecond (RFC 7323 section 5.5).
const pawsIdle = 24 * 24 * time.Hour

// resetsOldFIN recognises the RST of a peer whose FIN we have, and which answers
// what we sent before we had it: the RST has the FIN's own number. Linux believes
// it (tcp_reset_check), the RFC finds it outside the window.
func (c *Conn) resetsOldFIN(s *wire.Segment) bool {
	return c.profile.ResetAtFIN && c.has(gotFIN) && s.Seq.Add(1) == c.rcvNxt
}

// checkReset is the second check, with section 3 of RFC 5961. What text a RST has is
// passed over (SHLD-2).
func (c *Conn) checkReset(now des.Time, s *wire.Segment) bool {
	if !s.Flags.Has(wire.RST) {
		return true
	}
	if c.profile.RFC5961 && !c.profile.InsecureRST && s.Seq != c.resetAt() && !c.resetsOldFIN(s) {
		c.challengeACK(now)
		return false
	}
	switch c.state {
	case SynReceived:
		c.note(OpeningFailed)
		if c.has(early) {
			c.note(EarlyReset)
		} else if !c.has(active) {
			c.note(RequestReset)
		}
		if c.has(active) {
			c.fail(Refused)
		} else {
			c.fail(WasReset) // back to LISTEN: the host's listener is still there
		}
	default:
		c.counts.GotResetAfterFIN = c.counts.FINs > 0
		c.fail(WasReset)
	}
	return false
}

// checkSYN is the fourth check, with section 4 of RFC 5961. (The third is the
// security of an older time.)
func (c *Conn) checkSYN(now des.Time, s *wire.Segment) bool {
	if !s.Flags.Has(wire.SYN) || c.crossedSYN(s) {
		return true
	}
	if c.state == SynReceived && !c.has(active) {
		c.note(OpeningFailed)
		c.note(RequestReset)
		c.fail(WasReset) // back to LISTEN
		return false
	}
	if c.profile.RFC5961 && !c.profile.InsecureSYN || c.profile.Acceptance == Trim && !c.inWindow(s) {
		c.note(SYNChallenged)
		if c.state == Established {
			c.note(SYNInError)
		}
		c.challengeACK(now)
		return false
	}
	// RFC 793: an error, reset.
	c.reset = pendingReset{due: true, seq: c.bare(), ack: c.rcvNxt, hasAck: true, stamped: true}
	c.fail(WasReset)
	return false
}

// fail ends the connection and says why.
func (c *Conn) fail(why News) {
	c.news |= why
	c.drop()
}

// takeText is the seventh check: the segment's text.
func (c *Conn) takeText(now des.Time, s *wire.Segment) {
	if c.unwelcome(s) {
		c.note(TextAbort)
		c.reset = pendingReset{due: true, seq: s.Ack}
		c.fail(WasReset)
		return
	}
	if s.Len == 0 {
		return
	}
	c.takeMark(s)
	switch c.state {
	case Established, FinWait1, FinWait2:
	default:
		return // after the peer's FIN there can be none: ignored
	}
	left := s.Seq
	if s.Flags.Has(wire.SYN) { // that of a simultaneous open
		left = left.Add(1)
	}
	right := left.Add(s.Len)
	if left.Before(c.rcvNxt) {
		c.cameTwice(left, right)
	}
	if !right.After(c.rcvNxt) { // all of it is old
		c.note(OldText)
		c.on(ackDue)
		return
	}
	if c.has(orphan) { // nobody will read it (section 3.6.1, MAY-1)
		c.note(TextAbort)
		c.reset = pendingReset{due: true, seq: s.Ack}
		c.fail(WasReset)
		return
	}
	if c.refused(s) {
		return
	}
	misplaced := s.Offset != c.rcvOffset+uint64(int64(left.Sub(c.rcvNxt)))
	if left.Before(c.rcvNxt) {
		left = c.rcvNxt
	}
	if right.After(c.edge) { // beyond the window
		right = c.edge
	}
	if !right.After(left) {
		c.on(ackDue)
		return
	}
	switch {
	case s.Incarnation != c.peer:
		c.counts.StaleAccepted++
	case misplaced:
		c.counts.Misplaced++
	}
	if left != c.rcvNxt { // SHLD-31: held; MAY-13: said at once
		c.note(OutOfOrder)
		c.hold(left, right)
		c.on(ackDue)
		return
	}
	filled := !c.gaps.empty()
	if filled { // one ACK tells of all that was held (MUST-59)
		right = c.fill(right)
	}
	if c.profile.QuickACKs > 0 && s.Flags.Has(wire.FIN) && right == s.End().Add(^uint32(0)) { // a close may carry the ACK: tcp_fin of Linux
		c.on(pingpong)
	}
	c.deliver(now, right, filled)
}

// unwelcome reports text, or a FIN with text before it that is yet to come, for a user
// who has shut down both directions, where the profile resets for that (Linux
// tcp_rcv_state_process).
func (c *Conn) unwelcome(s *wire.Segment) bool {
	return c.has(orphan|deaf) && c.profile.ResetsUnread && (c.state == FinWait1 || c.state == FinWait2) &&
		s.SeqLen() > 0 && s.Seq.Add(s.Len).After(c.rcvNxt)
}

// deliver moves RCV.NXT to right and hands the bytes over.
func (c *Conn) deliver(now des.Time, right wire.Seq, filled bool) {
	n := uint32(right.Sub(c.rcvNxt))
	c.rcvNxt = right
	c.rcvOffset += uint64(n)
	c.unacked += n
	if !c.has(deaf) || !c.profile.DiscardsUnread {
		c.readable += n
		c.news |= Readable
	}
	c.dataReceived(now)
	switch {
	case filled, c.unacked >= 2*c.effectiveMSS(), c.quickACK(), // SHLD-19; RFC 5681 section 4.2
		c.profile.AckEveryOther && c.ackAt != des.Never:
		c.on(ackDue)
	default:
		c.delayACK(now, c.ato)
	}
}

// takeFIN is the eighth check: the FIN bit.
func (c *Conn) takeFIN(now des.Time, s *wire.Segment) {
	if !c.state.synchronized() || c.has(gotFIN) {
		return
	}
	if s.Flags.Has(wire.FIN) {
		at := s.End().Add(^uint32(0)) // the FIN's own number
		if !at.Before(c.rcvNxt) && (at.Before(c.edge) || at == c.edge && c.profile.Acceptance == Trim) {
			c.finAt = at
			c.on(heldFIN)
		}
		if at != c.rcvNxt || !c.has(heldFIN) { // early, or beyond the window
			if s.Len == 0 && c.has(heldFIN) {
				c.note(OutOfOrder)
			}
			c.on(ackDue)
		}
	}
	if !c.has(heldFIN) || c.finAt != c.rcvNxt {
		return
	}
	c.on(gotFIN)
	c.rcvNxt = c.rcvNxt.Add(1)
	c.news |= EndOfData
	switch c.state {
	case Established:
		c.become(CloseWait)
		c.delayFIN(now)
	case FinWait1, FinWait2:
		c.on(ackDue)
		if c.finAcked() {
			if c.brief() {
				c.note(RecordKept)
			}
			c.become(TimeWaiting)
			c.ended()
		} else { // the FINs crossed
			c.become(Closing)
			c.counts.Crossed = true
		}
	}
}

// finWait takes the step to FIN-WAIT-2. The fifth check has it; here, after the
// eighth, a segment with both the ACK and a FIN goes straight to TIME-WAIT, as
// figure 5 draws it.
func (c *Conn) finWait(now des.Time) {
	if c.state == FinWait1 && c.finAcked() {
		c.become(FinWait2)
		c.orphaned(now)
	}
}

// ended stops the timers of a connection that has reached TIME-WAIT.
func (c *Conn) ended() {
	c.news |= Ended
	c.rtxAt, c.ackAt, c.lifeAt = des.Never, des.Never, des.Never
	c.settle()
}
