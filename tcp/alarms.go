package tcp

import (
	"time"

	"netsim/des"
)

// Deadline is when Timeout wants to be called, Never if not.
func (c *Conn) Deadline() des.Time {
	at := min(c.rtxAt, c.ackAt, c.lifeAt)
	if c.has(extended) {
		at = min(at, c.side.keepAt, c.side.lingerAt)
	}
	return at
}

// Timeout tells the connection that its deadline may have come (RFC 9293 section
// 3.10.8). It does nothing before.
func (c *Conn) Timeout(now des.Time) {
	if c.lifeAt <= now { // USER TIMEOUT, or an orphan too long in FIN-WAIT-2
		if c.flight() > 0 && !c.has(persist) {
			c.note(RetransmitTimeout)
		}
		c.giveUp()
		return
	}
	if c.has(extended) {
		if c.side.keepAt <= now {
			c.keepExpired(now)
		}
		if c.side.lingerAt <= now {
			c.lingerExpired(now)
		}
	}
	if c.ackAt <= now {
		c.ackExpired()
	}
	if c.rtxAt <= now {
		switch {
		case c.unheard():
			c.synExpired(now)
		case c.has(persist):
			c.probeExpired(now)
		case c.has(tailTimer):
			c.tailExpired(now)
		case c.has(orderTimer):
			c.orderExpired(now)
		default:
			c.retransmissionExpired(now)
		}
		if int(c.tries) == c.profile.R1 && c.state != Closed && !c.has(persist) { // SHLD-9
			c.hint(Retrying)
		}
	}
}

// ackExpired ends the wait of a delayed ACK, and with it the belief that the
// user would answer in time.
func (c *Conn) ackExpired() {
	c.ackAt = des.Never
	c.on(ackDue)
	c.note(DelayedACKs)
	if c.profile.QuickACKs == 0 || c.ato == 0 {
		return
	}
	if c.has(pingpong) {
		c.off(pingpong)
		c.ato = c.profile.DelayedACK
	} else {
		c.ato = min(2*c.ato, c.profile.DelayedACKMax, c.rto)
	}
}

// synExpired sends the SYN or SYN,ACK again until its schedule is used up
// (MUST-22).
func (c *Conn) synExpired(now des.Time) {
	schedule := c.profile.SYNACKSchedule
	if c.state == SynSent {
		schedule = c.synSchedule()
	}
	patient := c.patient()
	c.tries++
	c.note(RetransmitTimeout)
	if int(c.tries) >= len(schedule) {
		c.giveUp()
		return
	}
	if patient {
		c.rtxAt = c.after(now, schedule[c.tries])
		return
	}
	c.on(synDue | resentSYN)
}

// shut starts to probe the window, first after one RTO (SHLD-29).
func (c *Conn) shut(now des.Time) {
	c.on(persist)
	c.off(tailTimer | orderTimer | tailDue)
	c.tries, c.unanswered = 0, 0
	c.firstSentAt = now
	c.rtxAt = c.after(now, c.probeWait())
	c.lifeFrom(now)
}

// probeWait is the time to the next probe of a window that is shut: as a retransmission,
// or by bounds of its own (FreeBSD tcp_setpersist).
func (c *Conn) probeWait() time.Duration {
	p := c.profile
	if p.ProbeMax == 0 {
		return c.backedOff()
	}
	wait := 4*c.srtt + 8*max(c.rttvar, 0)
	for range c.tries {
		if wait >= p.ProbeMax {
			break
		}
		wait *= 2
	}
	return min(max(wait+p.RTOSlop, p.ProbeMin), p.ProbeMax)
}

// probeExpired probes the window again, less often each time (SHLD-30). Only
// silence counts towards giving up (MUST-37).
func (c *Conn) probeExpired(now des.Time) {
	c.tries += min(1, ^c.tries) // probing may go on for ever (MAY-8)
	c.unanswered++
	if c.givesUpProbing(now) {
		c.giveUp()
		return
	}
	c.on(probeDue)
	c.rtxAt = c.after(now, c.probeWait())
}

// givesUpProbing reports that silence has lasted too long. With bounds of its own that is
// as long as all retransmissions would take, but two hours at most; or the longest wait,
// if we have nothing more to say (FreeBSD tcp_timer_persist).
func (c *Conn) givesUpProbing(now des.Time) bool {
	p := c.profile
	switch {
	case p.ProbeMax == 0:
		return int(c.unanswered) > c.retries() || p.OrphanProbesEnd && c.has(orphan) && c.backedOff() >= p.RTOMax
	case c.unanswered < 2:
		return false
	}
	silent := now.Sub(c.firstSentAt)
	return int(c.unanswered) > c.retries() && silent >= min((c.rto-p.RTOSlop)*totalBackoff, mostSilence) ||
		c.has(finQueued) && silent >= p.ProbeMax
}

const (
	totalBackoff = 2559          // RTOs: tcp_totbackoff
	mostSilence  = 2 * time.Hour // tcp_maxpersistidle
)

// persisting takes an ACK of nothing new while the window is probed.
func (c *Conn) persisting(now des.Time) {
	c.unanswered = 0
	if c.profile.ProbeMax > 0 {
		c.firstSentAt = now
	}
	c.lifeFrom(now)
	n, fin := c.sendable(c.next, false)
	if n > 0 || fin || c.wnd > 0 && c.next.After(c.una) { // the window has opened
		c.tries = 0
		c.rearm(now)
	} else if c.profile.ProbesAnew {
		c.rtxAt = c.after(now, c.probeWait())
	}
}

// retransmissionExpired is RFC 6298 (5.4) to (5.6) and RFC 5681 section 3.1.
func (c *Conn) retransmissionExpired(now des.Time) {
	c.tries++
	c.note(RetransmitTimeout)
	if c.tries == 1 && c.profile.UserTimeoutFromResend { // Linux retrans_stamp
		c.lifeFrom(now)
	}
	if c.givesUp(now) {
		c.giveUp()
		return
	}
	c.collapse(now)
	if c.thin() && c.sampled() {
		c.timeOut()
	}
	c.rtxAt = c.after(now, c.backedOff())
}

// giveUp ends the connection because of silence. The peer may be told (tcp_drop).
func (c *Conn) giveUp() {
	if c.state != FinWait2 && (c.state.synchronized() || c.has(active) && c.state == SynReceived) && c.profile.DropResets {
		c.reset = c.parting()
	}
	opening := !c.state.synchronized() && c.has(active|early)
	if opening {
		c.note(OpeningFailed)
	}
	if opening || c.state.synchronized() && c.state != FinWait2 {
		c.note(TimeoutAbort)
	}
	c.fail(TimedOut)
}

// retries is R2 in retransmissions.
func (c *Conn) retries() int {
	if c.has(orphan) {
		return c.profile.OrphanRetries
	}
	return c.profile.Retries
}

// givesUp reports whether R2 is reached (MUST-20).
func (c *Conn) givesUp(now des.Time) bool {
	if c.profile.GiveUp == ByCount {
		return int(c.tries) > c.retries()
	}
	return now.Sub(c.firstSentAt) >= c.profile.Patience(c.retries())
}

// Patience is the least time that the rule ByTime allows: what that many
// retransmissions would take had the RTO begun at its minimum.
func (p *Profile) Patience(retries int) (total time.Duration) {
	rto := p.RTOMin
	for range retries + 1 {
		total += min(rto, p.RTOMax)
		rto = min(2*rto, p.RTOMax)
	}
	return total
}

// backedOff is the RTO after the expiries so far (MUST-19). What a profile adds to a
// measured one is not doubled.
func (c *Conn) backedOff() time.Duration {
	rto, slop := c.rto, time.Duration(0)
	if c.sampled() {
		slop = c.profile.RTOSlop
	}
	for range c.doublings() {
		if rto >= c.profile.RTOMax {
			break
		}
		rto += rto - slop
	}
	return min(rto, c.profile.RTOMax)
}

// doublings is how often the RTO was doubled. The first six timeouts of a thin
// connection are not counted.
func (c *Conn) doublings() uint16 {
	if c.thin() {
		return c.tries - min(c.tries, 6)
	}
	return c.tries
}

// thin reports that timeouts are linear, since few segments are in flight (Linux
// tcp_retransmit_timer, tcp_stream_is_thin).
func (c *Conn) thin() bool {
	return c.tries > 0 && (c.profile.ThinLinear || c.has(extended) && c.side.settings.ThinLinear) &&
		c.state == Established && c.ssthresh < NoThreshold && c.flight() <= 3*c.effectiveMSS()
}

// rearm restarts the retransmission timer, or stops it when nothing is
// outstanding (RFC 6298 5.2, 5.3).
func (c *Conn) rearm(now des.Time) {
	c.off(persist | tailTimer | orderTimer)
	c.rtxAt = des.Never
	if c.flight() > 0 {
		c.rtxAt = c.after(now, c.backedOff())
		c.lifeFrom(now)
		c.watchTail(now)
	} else {
		c.lifeAt = des.Never
	}
}

// lifeFrom starts the user timeout (MUST-21). Where that counts from the first
// retransmission, it has not begun before (Linux retransmits_timed_out).
func (c *Conn) lifeFrom(now des.Time) {
	if c.profile.UserTimeoutFromResend && c.tries == 0 && c.state.synchronized() && !c.has(persist) {
		c.lifeAt = des.Never
	} else if limit := c.userTimeout(); limit > 0 {
		c.lifeAt = c.after(now, limit)
	}
}

// livesFrom is when the user timeout began: what is outstanding was sent, or first sent
// again.
func (c *Conn) livesFrom() des.Time {
	if c.profile.UserTimeoutFromResend && c.tries > 0 {
		return c.after(c.firstSentAt, c.rto)
	}
	return c.firstSentAt
}

// userTimeout is how long what was sent may stay unacknowledged, 0 if for ever.
func (c *Conn) userTimeout() time.Duration {
	if s := c.settings(); s.UserTimeout > 0 {
		return s.UserTimeout
	}
	if limit := c.negotiated(); limit > 0 {
		return limit
	}
	return c.profile.UserTimeout
}
