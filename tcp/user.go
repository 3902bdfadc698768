package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// Open is the active OPEN of RFC 9293 section 3.10.1.
func (c *Conn) Open(now des.Time, o *Opening) {
	c.begin(o)
	c.on(active | synDue)
	c.firstSentAt = now
	c.become(SynSent)
	c.lifeFrom(now)
	c.openEarly(now)
}

// Listen is the passive OPEN: the connection waits for a SYN.
func (c *Conn) Listen(now des.Time, o *Opening) {
	c.begin(o)
	if o.FastCookie.Len > 0 {
		c.aside().cookie = o.FastCookie
	}
	if o.Early {
		c.on(early)
	}
	c.become(Listen)
}

// Write is SEND (section 3.10.2) of n bytes. It takes what the send buffer has
// room for and returns how much that was; it takes nothing once the direction
// is closed, nor where there is no remote end.
func (c *Conn) Write(now des.Time, n uint64) uint64 {
	if c.has(finQueued) || c.state <= Listen || c.state == TimeWaiting {
		return 0
	}
	n = min(n, c.Room())
	c.fromIdle = false
	c.end = c.end.Add(uint32(n))
	return n
}

// sendBuffer is how many bytes may be written and not acknowledged.
func (c *Conn) sendBuffer() uint64 {
	if n := c.settings().SendBuffer; n > 0 {
		return n
	}
	return c.profile.SendBuffer
}

// unsettled counts the bytes in the send buffer: written and not acknowledged.
func (c *Conn) unsettled() uint64 { return uint64(uint32(c.end.Sub(c.base))) }

// Room is how many bytes Write would take.
func (c *Conn) Room() uint64 {
	most := c.sendBuffer()
	room := most - min(c.unsettled(), most)
	if low := c.notSentLow(); low > 0 {
		waits, buffer := c.NotSent(), c.chunk()
		room = min(room, uint64((max(waits, low)+buffer-1)/buffer*buffer-waits))
	}
	return room
}

// chunk is the most text of one buffer: whole segments, as much as a burst may have, but
// no more than half of the peer's window (Linux tcp_xmit_size_goal).
func (c *Conn) chunk() uint32 {
	mss := c.effectiveMSS()
	return max(min(mostChunk, c.maxWnd/2)/mss, 1) * mss
}

const mostChunk = 65536 - 321 // GSO_LEGACY_MAX_SIZE, MAX_TCP_HEADER

// NotSent counts the bytes that were written and not sent.
func (c *Conn) NotSent() uint32 { return uint32(max(c.end.Sub(c.nxt), 0)) }

func (c *Conn) notSentLow() uint32 {
	if low := c.settings().NotSentLow; low > 0 {
		return low
	}
	return c.profile.NotSentLow
}

// Spare reports room that is worth waking a writer for: a third of the buffer, and that
// less than half waits to be sent of what may (Linux sk_stream_is_writeable,
// tcp_stream_memory_free).
func (c *Conn) Spare() bool {
	low := c.notSentLow()
	return c.unsettled() <= c.sendBuffer()/3*2 && (low == 0 || 2*c.NotSent() < low)
}

// Unsettled counts the bytes that were written and are not acknowledged.
func (c *Conn) Unsettled() uint64 { return c.unsettled() }

// Unread counts the bytes that Read would take.
func (c *Conn) Unread() uint32 { return c.readable }

// Read is RECEIVE (section 3.10.3) of everything that is there: it returns how
// many bytes that was.
func (c *Conn) Read(now des.Time) uint32 { return c.ReadUpTo(now, c.readable) }

// ReadUpTo is RECEIVE of at most n bytes.
func (c *Conn) ReadUpTo(now des.Time, n uint32) uint32 {
	n = min(n, c.readable)
	c.readable -= n
	c.counts.Delivered += uint64(n)
	if n > 0 && c.state.synchronized() && !c.has(gotFIN) && c.worthAnUpdate() {
		c.on(ackDue)
	}
	return n
}

// Shutdown closes our direction and goes on reading: CLOSE as section 3.6 means
// it, known as half-close.
func (c *Conn) Shutdown(now des.Time) {
	if c.has(finQueued) {
		return
	}
	switch c.state {
	case Listen:
		c.fail(Ended)
	case SynSent:
		if c.profile.EarlyFIN == FINOfShutdown {
			c.on(finQueued)
		} else {
			c.fail(Ended)
		}
	case SynReceived: // at once, or queued until ESTABLISHED (section 3.10.4)
		c.on(finQueued)
		if c.finNeedNotWait() {
			c.become(FinWait1)
			c.startCongestion()
		}
	case Established:
		c.on(finQueued)
		c.become(FinWait1)
	case CloseWait:
		c.on(finQueued)
		c.become(LastAck)
	}
}

// ShutdownRead ends the user's reading, known as SHUT_RD. The RFC has no such call:
// no segment tells the peer, and what comes is acknowledged as before. Where the
// profile throws away what is unread, and what still comes, the window stays open;
// elsewhere it may be read even so.
func (c *Conn) ShutdownRead(now des.Time) {
	if !c.state.synchronized() {
		return
	}
	c.on(deaf)
	if !c.profile.DiscardsUnread {
		return
	}
	unread := c.readable
	c.readable = 0
	if unread > 0 && !c.has(gotFIN) && c.worthAnUpdate() {
		c.on(ackDue)
	}
}

// finNeedNotWait reports whether the FIN goes in SYN-RECEIVED: if no SENDs have been
// issued (section 3.10.4), as the profile has it.
func (c *Conn) finNeedNotWait() bool {
	at := c.profile.EarlyFIN
	return c.unsettled() == 0 && (at == FINAtOnce || at == FINOfClose && c.has(orphan))
}

// Close is CLOSE by a user who goes away (section 3.10.4, MAY-1): nobody will
// read. Bytes left unread turn it into a reset (SHLD-3).
func (c *Conn) Close(now des.Time) {
	if c.readable > 0 && c.state.synchronized() && c.state != TimeWaiting {
		if !c.profile.DiscardsUnread {
			c.note(ReadlessAbort)
			c.Abort(now)
			return
		}
		c.readable = 0
	}
	if (c.state == SynSent || c.state == SynReceived) && !c.has(early) && c.profile.EarlyFIN == FINOfShutdown {
		c.fail(Ended)
		return
	}
	if s := c.settings(); s.Lingers && s.Linger == 0 && c.state.synchronized() {
		c.note(TextAbort)
		c.Abort(now)
		return
	}
	c.on(orphan)
	c.Shutdown(now)
	c.orphaned(now)
	c.linger(now)
}

// orphaned starts the profile's limit on FIN-WAIT-2 for a connection that no
// user holds or reads from; the RFC has none.
func (c *Conn) orphaned(now des.Time) {
	if c.state != FinWait2 || !c.has(orphan|deaf) {
		return
	}
	wait := c.finWait2()
	switch {
	case !c.brief() || wait < 0:
	case wait <= mostBrief:
		c.note(BriefRecordMade)
	default:
		c.note(RecordMade)
	}
	switch {
	case wait > 0:
		c.lifeAt = c.after(now, wait)
	case wait < 0:
		c.note(LingerAbort)
		c.Abort(now)
	}
}

// finWait2 is the profile's limit on FIN-WAIT-2, or the user's own.
func (c *Conn) finWait2() time.Duration {
	if own := c.settings().FinWait2; own != 0 {
		return own
	}
	return c.profile.FinWait2
}

// Abort is ABORT (section 3.10.5): a reset tells the peer.
func (c *Conn) Abort(now des.Time) {
	switch c.state {
	case SynReceived, Established, FinWait1, FinWait2, CloseWait:
		c.reset = c.parting()
	case Closing, LastAck:
		if c.profile.DropResets {
			c.reset = c.parting()
		}
	}
	if c.state != Closed {
		c.fail(Ended)
	}
}

// Closing reports whether the user has closed our direction and the FIN is not acknowledged.
func (c *Conn) Closing() bool { return c.has(finQueued) && !c.finAcked() }

// Orphan reports whether the user has closed the connection for good.
func (c *Conn) Orphan() bool { return c.has(orphan) }

// Evict ends a connection whose user is gone, who takes it for an end in order. The
// peer hears nothing.
func (c *Conn) Evict() { c.fail(Ended) }

// Lose ends the connection of a user whose host forgets it. To the user it is a
// reset, the peer hears nothing.
func (c *Conn) Lose() { c.fail(WasReset) }

// Forget deletes the connection without a word, neither to the peer nor to the user.
func (c *Conn) Forget() { c.drop() }

// drop deletes the connection without a word.
func (c *Conn) drop() {
	if c.state != Closed {
		c.become(Closed)
	}
	c.rtxAt, c.ackAt, c.lifeAt = des.Never, des.Never, des.Never
	c.off(synDue | ackDue | fast | probeDue | challengeDue | tailDue)
	c.settle()
}

// TimeWait makes the record of a connection that has reached TIME-WAIT.
func (c *Conn) TimeWait(w *TimeWait) {
	window := c.window(false) // may open it
	*w = TimeWait{SndNxt: c.nxt, RcvNxt: c.rcvNxt, Window: window, RcvWnd: uint32(max(c.edge.Sub(c.rcvNxt), 0)),
		TSRecent: c.tsRecent, TSOffset: c.tsOffset, Timestamps: c.has(useTS)}
	w.name(c.own)
}

// Reset reports that the connection has ended by a RST of the peer, which is news still.
func (c *Conn) Reset() bool { return c.news&WasReset != 0 }

// Acknowledge is TCP_QUICKACK of Linux: on sends a delayed ACK now and the next ones at
// once, off lets them wait for text of ours.
func (c *Conn) Acknowledge(on bool) {
	switch {
	case !on:
		c.on(pingpong)
	default:
		c.off(pingpong)
		if c.ackAt != des.Never && (c.state == Established || c.state == CloseWait) {
			c.on(ackDue)
		}
	}
}

// Sequence returns ISS and IRS, for observers who count from the start.
func (c *Conn) Sequence() (iss, irs wire.Seq) { return c.iss, c.irs }
