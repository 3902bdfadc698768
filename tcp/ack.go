package tcp

import (
	"math"
	"time"

	"netsim/des"
	"netsim/wire"
)

// checkACK is the fifth check of section 3.10.7.4.
func (c *Conn) checkACK(now des.Time, s *wire.Segment) bool {
	if !s.Flags.Has(wire.ACK) {
		return false
	}
	if c.state == SynReceived {
		if !s.Ack.After(c.una) || s.Ack.After(c.nxt) {
			c.reset = pendingReset{due: true, seq: s.Ack}
			return false
		}
		if c.defers(s) {
			c.note(ACKDeferred)
			c.on(proven)
			return false
		}
		c.received++
		c.sampleSYN(now, s)
		c.wnd = c.scaled(s)
		c.maxWnd = c.wnd
		c.wl1 = s.Seq
		c.off(synDue)
		if s.Flags.Has(wire.SYN) && c.crossed() {
			c.on(ackDue)
		}
		c.establish(now)
		c.advance(now, s.Ack)
		return c.takeQueued(now, s)
	}
	if s.Ack.After(c.nxt) { // something not yet sent
		c.acksTooMuch(now, s)
		return false
	}
	// RFC 5961 section 5 (MAY-12): an acknowledgment older than any window.
	if s.Ack.Before(c.una) && c.profile.RFC5961 && !c.profile.InsecureACK && s.Ack.Before(c.una.Add(-c.oldest())) {
		c.challengeACK(now)
		return false
	}
	if c.unheard() && !s.Ack.After(c.una) { // a duplicate: ignored
		return true
	}
	opened := c.takeWindow(s)
	if c.has(useECN) && s.Flags&(wire.ECE|wire.SYN) == wire.ECE && !s.Ack.Before(c.una) {
		c.takeEcho(now, s)
	}
	if c.has(kept) && !s.Ack.Before(c.una) {
		c.probed(now, s)
		if tellsTwice(s) {
			c.toldTwice(now, s)
		}
	}
	switch {
	case c.selective():
		if !s.Ack.Before(c.una) {
			c.learn(now, s)
		}
	case s.Ack.After(c.una):
		c.acknowledged(now, s)
	case s.Ack == c.una && c.flight() > 0 && s.SeqLen() == 0 && !opened && !c.has(persist):
		c.duplicateACK(now)
	}
	if c.has(persist) {
		c.persisting(now)
	} else if c.wnd == 0 && c.flight() > 0 { // shrunk under what is outstanding (MUST-35, SHLD-17)
		c.shut(now)
	}
	return c.lastAcked()
}

// acksTooMuch answers an acknowledgment of what was not sent (RFC 9293 section 3.10.7.4,
// RFC 5961 section 5).
func (c *Conn) acksTooMuch(now des.Time, s *wire.Segment) {
	switch {
	case c.profile.Acceptance == Trim: // dropafterack of tcp_do_segment
		c.on(ackDue)
	case c.profile.RFC5961:
		c.challengeACK(now)
	default:
		c.answerOld(now, s, SkippedOld)
	}
}

// disbelieves reports that what completes a handshake echoes a timestamp that was never
// sent in it (Linux tcp_check_req). A cookie brings back no time at which it began.
func (c *Conn) disbelieves(now des.Time, s *wire.Segment) bool {
	return c.state == SynReceived && c.profile.ChecksEcho && !c.has(active|early) && now > c.firstSentAt && c.has(useTS) && c.echoesOther(now, s)
}

// echoesOther reports that s echoes a timestamp from before the handshake or after now.
func (c *Conn) echoesOther(now des.Time, s *wire.Segment) bool {
	return s.Options&wire.HasTimestamps != 0 && s.TSEcr != 0 &&
		s.TSEcr-c.tsNow(c.firstSentAt) > c.tsNow(now)-c.tsNow(c.firstSentAt)
}

// oldest is how far before SND.UNA an acknowledgment may be: by as much as was ever
// in flight, and with the profile by no more than what was acknowledged.
func (c *Conn) oldest() uint32 {
	if c.profile.OldACKBound {
		return uint32(min(uint64(c.maxWnd), c.baseOffset+uint64(max(c.una.Sub(c.base), 0))))
	}
	return c.maxWnd
}

// scaled is the window a segment offers; that of a SYN is never scaled (RFC 7323
// section 2.2).
func (c *Conn) scaled(s *wire.Segment) uint32 {
	w := uint32(s.Window) // unsigned (MUST-1), and wide once it is scaled (REC-1)
	if c.has(useScale) && !s.Flags.Has(wire.SYN) {
		w <<= c.sndScale
	}
	return w
}

// takeWindow updates the send window from a segment that is not older than the
// one it was last taken from, and reports whether it changed.
func (c *Conn) takeWindow(s *wire.Segment) bool {
	if s.Ack.Before(c.una) || s.Seq.Before(c.wl1) {
		return false
	}
	w := c.scaled(s)
	changed := w != c.wnd
	c.wnd = w
	c.maxWnd = max(c.maxWnd, w)
	c.wl1 = s.Seq
	return changed
}

// acknowledged takes an ACK of something new.
func (c *Conn) acknowledged(now des.Time, s *wire.Segment) {
	n := uint32(s.Ack.Sub(c.una))
	c.sample(now, s)
	c.advance(now, s.Ack)
	c.newACK(now, n)
}

// advance moves SND.UNA and restarts the retransmission timer (RFC 6298 5.2,
// 5.3).
func (c *Conn) advance(now des.Time, ack wire.Seq) {
	before := c.unsettled()
	if c.selective() {
		c.rec.board.acknowledge(ack, &c.rec.heard)
	}
	c.moveBase(ack)
	if c.next.Before(ack) {
		c.next = ack
	}
	c.tries = 0
	c.firstSentAt = now
	// Worth waking the user for is a third of the buffer, as Linux has it
	// (sk_stream_is_writeable).
	if most := c.sendBuffer() / 3 * 2; before > most && c.unsettled() <= most {
		c.news |= Writable
	}
	c.rearm(now)
}

// moveBase moves SND.UNA, and out of the send buffer what is acknowledged.
func (c *Conn) moveBase(ack wire.Seq) {
	c.una = ack
	if ack.After(c.base) {
		to := ack
		if to.After(c.end) {
			to = c.end
		}
		c.baseOffset += uint64(uint32(to.Sub(c.base)))
		c.base = to
	}
}

// finAcked reports whether our FIN was sent and acknowledged.
func (c *Conn) finAcked() bool { return c.una.After(c.end) }

// lastAcked takes the steps of the states that wait for nothing but the ACK of
// our FIN, and reports whether the segment is to be read on.
func (c *Conn) lastAcked() bool {
	if !c.finAcked() {
		return true
	}
	switch c.state {
	case Closing:
		c.become(TimeWaiting)
		c.ended()
	case LastAck:
		c.news |= Ended
		c.drop()
		return false
	}
	return true
}

// dataReceived adapts the delayed-ACK timer to the rhythm of arriving data, as
// Linux does; a profile without quick ACKs has one delay.
func (c *Conn) dataReceived(now des.Time) {
	p := c.profile
	if p.QuickACKs == 0 {
		c.ato = p.DelayedACK
		c.lastDataAt = now
		return
	}
	since := now.Sub(c.lastDataAt)
	switch {
	case c.ato == 0: // the first data begin quick-ACK mode
		c.ato = p.DelayedACK
		c.quick = uint8(p.QuickACKs)
	case since <= p.DelayedACK/2:
		c.ato = c.ato/2 + p.DelayedACK/2
	case since < c.ato:
		c.ato = min(c.ato/2+since, c.rto)
	case since > c.rto:
		c.quick = uint8(p.QuickACKs)
	}
	c.ato = min(c.ato, p.DelayedACKMax)
	c.lastDataAt = now
}

// quickACK reports whether an ACK is sent at once by the profile's rule.
func (c *Conn) quickACK() bool { return c.quick > 0 && !c.has(pingpong) }

// delayACK puts the ACK off, so that one may tell of several segments (SHLD-18,
// MUST-58), but never beyond one that is already due (MUST-40).
func (c *Conn) delayACK(now des.Time, by time.Duration) {
	c.ackAt = min(c.ackAt, c.after(now, by))
}

// delayFIN lets the ACK of a FIN wait for a close that may carry it; Linux does
// so in quick-ACK mode, too, but has learnt no rhythm when no data came. The wait
// may be zero: then only a close in answer to this very news carries the ACK.
func (c *Conn) delayFIN(now des.Time) {
	switch {
	case c.profile.AcksFIN:
		c.on(ackDue)
	case c.profile.QuickACKs == 0:
		c.delayACK(now, c.profile.DelayedACK)
	case c.ato == 0:
		c.delayACK(now, c.profile.FINDelay)
	default:
		c.delayACK(now, c.ato)
	}
}

// ackSent notes that a segment with an ACK has gone.
func (c *Conn) ackSent() {
	c.off(ackDue)
	c.ackAt = des.Never
	c.unacked = 0
	c.lastAckSent = c.rcvNxt
	if c.quick > 0 {
		c.quick--
	}
}

// receiveLimit is the buffer that the window is cut from: it grows with what was
// delivered, so that it does not hold up slow start.
func (c *Conn) receiveLimit() uint32 {
	p := c.profile
	if n := c.settings().ReceiveBuffer; n > 0 {
		return c.whole(n)
	}
	first := uint64(c.firstWindow())
	came, most := c.rcvOffset, uint64(p.ReceiveWindow)
	if p.TellsRoom { // it grows when most of it has come (tcp_autorcvbuf)
		came, most = came-min(came, first/8*7), max(most, first)
	}
	return uint32(min(first+2*came, most))
}

// whole rounds a buffer up to segments, once it is known how large they are (FreeBSD
// tcp_mss).
func (c *Conn) whole(n uint32) uint32 {
	if !c.profile.TellsRoom || c.state <= SynSent {
		return n
	}
	if c.first == 0 {
		c.first = uint32(c.mss)
	}
	if n <= c.first {
		return n
	}
	return (n + c.first - 1) / c.first * c.first
}

// firstWindow is what of the buffer is offered at first.
func (c *Conn) firstWindow() uint32 {
	if c.profile.TellsRoom {
		return c.whole(c.profile.ReceiveInitial)
	}
	if c.first == 0 {
		c.first = c.profile.firstWindow(c.advMSS, c.has(useTS) && !c.has(active)) // who opens does not know yet
	}
	return c.first
}

// firstWindow is what is offered at first to a peer that may send segments of a size,
// with timestamps or without (Linux tcp_select_initial_window).
func (p *Profile) firstWindow(mss uint16, stamped bool) uint32 {
	segment := uint32(mss)
	switch {
	case !p.WholeSegments:
		return p.ReceiveInitial // rounded up, it is no different in a SYN
	case stamped:
		segment -= 12
	}
	return max(p.ReceiveInitial/segment, 1) * segment
}

// offer is the window that a buffer of so much allows and the header can say.
func (c *Conn) offer(limit uint32, scale uint8) uint32 {
	return min(limit-min(c.readable, limit), 65535<<scale)
}

// window is the field of the header. The right edge never moves back (SHLD-14),
// and forward only by a step worth telling (MUST-39).
func (c *Conn) window(syn bool) uint16 {
	scale := c.rcvScale
	if syn {
		scale = 0 // RFC 7323 section 2.2
	}
	limit := c.receiveLimit()
	if syn && c.Early() { // as if nothing had come beside the SYN: it was made before (tcp_make_synack)
		told := c.firstWindow()
		if n := c.settings().ReceiveBuffer; n > 0 {
			told = n
		}
		told = min(told, c.offer(limit, 0))
		if e := c.rcvNxt.Add(told); e.After(c.edge) { // one that is sent again may tell of less than text has (SHLD-14)
			c.edge = e
		}
		return uint16(told)
	}
	free := c.offer(limit, scale)
	edge := c.rcvNxt.Add(free)
	if edge.Sub(c.edge) < int32(c.step(limit)) {
		edge = c.edge
	}
	w := uint32(max(edge.Sub(c.rcvNxt), 0))
	// What the scale cannot say is rounded up, less than one unit beyond the
	// buffer; when that is full it is rounded down, so that the edge seems to move
	// back, and still counts as it was (RFC 7323 section 2.4).
	told := min(w>>scale, math.MaxUint16) // what an ACK has told by its scale can be more than a SYN,ACK can say
	if told<<scale < min(w, free) {
		told++
	}
	if e := c.rcvNxt.Add(told << scale); e.After(c.edge) {
		c.edge = e
	}
	return uint16(told)
}

// step is the least by which the window opens: a segment or half of the buffer.
func (c *Conn) step(limit uint32) uint32 {
	if c.profile.TellsRoom {
		return 0
	}
	return min(uint32(c.advMSS), limit/2)
}

// worthAnUpdate reports whether reading has opened the window enough to say so
// at once: to twice of what the peer knows, as Linux has it. A window that is
// mostly open is told with the next acknowledgment.
func (c *Conn) worthAnUpdate() bool {
	known := uint32(max(c.edge.Sub(c.rcvNxt), 0))
	limit := c.receiveLimit()
	offer := c.offer(limit, c.rcvScale)
	if c.profile.TellsRoom { // tcp_output of FreeBSD
		more, mss := offer-min(known, offer), uint32(c.mss)
		return known>>c.rcvScale < offer>>c.rcvScale && (2*more >= limit || more >= 2*mss && (more >= limit/4 || offer <= limit/8 || limit <= 8*mss || more >= 65535<<c.rcvScale))
	}
	return offer >= 2*known && offer >= known+c.step(limit)
}
