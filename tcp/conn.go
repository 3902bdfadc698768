package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// Conn is one end of a connection: its transmission control block, RFC 9293
// section 3.3.1. The zero Conn is CLOSED and needs Open or Listen.
type Conn struct {
	profile   *Profile
	state     State
	earlyText bool // there was text beside a SYN, and Fast Open took it
	adopted   bool // its user has it although its handshake is not complete
	fromIdle  bool // nothing was outstanding before what is being sent
	trail     uint32
	news      News
	is        flags

	// Send sequence space. una, nxt, wnd, wl1 and iss are the RFC's (its WL2 is
	// never past una); next is what is sent next, before nxt while what was lost is
	// sent again.
	iss, una, nxt, next wire.Seq
	wl1                 wire.Seq
	wnd, maxWnd         uint32
	end                 wire.Seq // past the last byte written, before a FIN
	small               wire.Seq // past the last segment with text and less of it than an MSS
	base                wire.Seq // the byte of offset baseOffset
	baseOffset          uint64

	// Receive sequence space. edge is RCV.NXT + RCV.WND as the peer was told.
	irs, rcvNxt, edge wire.Seq
	first             uint32 // see firstWindow and whole
	rcvOffset         uint64 // offset of rcvNxt in the peer's stream
	readable          uint32 // bytes in order that the user has not read
	finAt             wire.Seq
	lastAckSent       wire.Seq
	received          uint32 // segments, since there is more than a request
	gaps              reassembly

	// Options in force.
	mss, advMSS        uint16 // what we may send in a segment; what we said
	sndScale, rcvScale uint8
	finAlone           bool   // our FIN went by itself
	tsRecent, texts    uint32 // texts: segments with text or a FIN that were sent, once each
	tsRecentAt         des.Time

	// Time. Each of the three alarms is Never when it is off.
	rtxAt, ackAt, lifeAt des.Time
	rto, srtt, rttvar    time.Duration
	firstSentAt          des.Time // when what is now outstanding was first sent
	timedAt              des.Time
	timedSeq             wire.Seq
	tries                uint16 // expiries of rtxAt in a row; for a SYN, SYNs sent before
	unanswered           uint16 // window probes without an answer

	// Acknowledging.
	unacked    uint32 // bytes received since the last ACK was sent
	quick      uint8  // ACKs to be sent at once still
	run, most  uint8  // segments sent of the burst that goes on, and how many it can have
	challenged uint8  // challenge ACKs since answeredAt, where they are limited for each connection
	ato        time.Duration
	lastDataAt des.Time
	replyAt    des.Time // last SYN-ACK in answer to a repeated SYN
	answeredAt des.Time // last answer of those that are limited

	// Congestion, RFC 5681. What only loss or a full window need is in rec.
	cwnd, ssthresh uint32
	rec            *recovery

	events   uint64 // see Event
	reset    pendingReset
	tsOffset uint32
	side     *aside // what few have, in force if extended

	// Oracles and counts for observers.
	own, peer wire.Incarnation
	counts    Counts
}

// flags are the booleans of a connection.
type flags uint32

const (
	active       flags = 1 << iota // opened by Open: decides where a RST in SYN-RECEIVED leads (MUST-11)
	six                            // over IPv6
	useTS                          // timestamps negotiated
	useScale                       // window scale negotiated
	useSACK                        // the peer permits SACK
	synDue                         // a SYN or SYN-ACK is to be sent
	ackDue                         // an ACK is to be sent now
	challengeDue                   // and it is a challenge ACK
	finQueued                      // the user has closed its direction
	orphan                         // the user is gone: nobody reads
	gotFIN                         // the peer's FIN was received in order
	heldFIN                        // the peer's FIN has come and is at finAt
	timing                         // timedSeq is being timed
	fast                           // one segment at una is to be sent again
	kept                           // rec is of this connection, not of one before
	persist                        // the window is shut: rtxAt probes it, and next is what the probe sends
	probeDue                       // a probe is to be sent
	pingpong                       // interactive: acknowledge late
	resentSYN                      // a SYN or SYN-ACK was sent again: what acknowledges it tells no RTT
	tailTimer                      // rtxAt is that of a tail loss probe
	tailDue                        // which is to be sent
	orderTimer                     // rtxAt is that of a segment that RACK waits for
	ackedFIN                       // we have acknowledged the peer's FIN
	noDelay                        // Nagle off for this connection
	extended                       // something is aside
	lingering                      // Close waits
	deaf                           // what comes is acknowledged and thrown away
	proven                         // the peer has acknowledged our SYN, and its text is waited for
	useECN                         // both ends use ECN
	echoing                        // a mark has come: every ACK says so
	cwrDue                         // the window was made smaller, which the next new text tells
	early                          // opened by Fast Open: the user talks before the handshake is complete
)

func (c *Conn) has(f flags) bool { return c.is&f != 0 }
func (c *Conn) on(f flags)       { c.is |= f }
func (c *Conn) off(f flags)      { c.is &^= f }

// News is what the user learns: asynchronous reports (MUST-47), as bits.
type News uint16

const (
	Connected   News = 1 << iota // ESTABLISHED
	Readable                     // bytes arrived in order
	Writable                     // the send buffer has room again
	EndOfData                    // the peer's FIN: nothing more will be readable
	Refused                      // a RST answered the SYN
	WasReset                     // a RST ended the connection (MUST-12)
	TimedOut                     // R2, the user timeout or a schedule was used up
	Ended                        // CLOSED or TIME-WAIT reached in order
	Unreachable                  // ICMP ended the connection
	Troubled                     // ICMP told of something that may pass, see Trouble (SHLD-25)
	Retrying                     // R1: so many retransmissions went unanswered (MUST-20)
	Lingered                     // a Close that lingers has returned: all is acknowledged, or it waited long enough
)

// Failed are the News after which there is no connection any more.
const Failed = Refused | WasReset | TimedOut | Unreachable

// Counts are what observers ask of a connection.
type Counts struct {
	Sent, Resent       uint32 // segments; those sent before
	SYNs               uint16 // segments with SYN sent
	SetupACKs          uint16 // ACKs of the peer's SYN and of nothing after it, without text
	Closing            uint16 // segments with FIN or RST, or first to acknowledge a FIN
	FINs, Resets       uint16
	Misplaced          uint16 // text delivered at a wrong offset: a mistake of ours
	StaleArrived       uint32 // segments of another incarnation
	StaleAcknowledged  uint32 // of which were answered by an ACK
	StaleAccepted      uint32 // of which text entered the stream
	Delivered          uint64 // bytes handed to the user
	MergedFIN, Crossed bool   // our FIN carried the first ACK of the peer's; FINs crossed
	GotResetAfterFIN   bool
}

// State is the state.
func (c *Conn) State() State { return c.state }

// News takes what the user has to be told.
func (c *Conn) News() News {
	n := c.news
	c.news = 0
	return n
}

// Stats returns the counts so far.
func (c *Conn) Stats() *Counts { return &c.counts }

// Taken is how many sequence numbers of the peer's have come in order, modulo 2^32: the
// bytes of its text, one for its SYN and one for its FIN (RFC 9293 section 3.4).
func (c *Conn) Taken() uint32 { return uint32(c.rcvNxt.Sub(c.irs)) }

// Profile returns the profile the connection lives by.
func (c *Conn) Profile() *Profile { return c.profile }

// Incarnation is the oracle of this end's own segments.
func (c *Conn) Incarnation() wire.Incarnation { return c.own }

// Opening is what a connection is opened with, from outside the protocol.
type Opening struct {
	Profile     *Profile
	ISS         wire.Seq // initial sequence number, see [ISN]
	MTU         int      // of the first link, for the MSS (MUST-67)
	IPv6        bool
	TSOffset    uint32 // added to the timestamp clock
	Incarnation wire.Incarnation
	PathMTU     int // known to be smaller than MTU; 0 if not
	Settings    *Settings
	FastCookie  FastCookie // of Fast Open: an opener's, or what a listener gives
	Early       bool       // the peer's cookie is good: its text may come with its SYN
	TSRecent    uint32     // to be echoed by the SYN, see Follow
}

// Follow lets the connection take the place of one in TIME-WAIT.
func (o *Opening) Follow(w *TimeWait) {
	o.ISS = w.Successor(o.Profile, o.ISS)
	o.TSRecent = w.TSRecent
}

// headers is the length of those of IP and TCP without options.
func (o *Opening) headers() int {
	if o.IPv6 {
		return 60
	}
	return 40
}

// begin makes c a new connection, keeping the memory of its reassembly and its
// loss recovery.
func (c *Conn) begin(o *Opening) {
	p := o.Profile
	gaps, rec, side := c.gaps.emptied(), c.rec, c.side
	*c = Conn{} // a literal with fields would be made elsewhere and copied
	c.profile, c.gaps, c.rec, c.side, c.own = p, gaps, rec, side, o.Incarnation
	c.iss, c.una, c.nxt, c.next, c.small = o.ISS, o.ISS, o.ISS, o.ISS, o.ISS
	c.end, c.base = o.ISS.Add(1), o.ISS.Add(1)
	c.tsOffset, c.tsRecent = o.TSOffset, o.TSRecent
	c.rtxAt, c.ackAt, c.lifeAt = des.Never, des.Never, des.Never
	c.rttvar = -1 // no sample yet
	c.rto, c.replyAt, c.answeredAt, c.ssthresh = p.RTOInitial, longAgo, longAgo, 1<<30
	headers := o.headers()
	if o.IPv6 {
		c.on(six)
	}
	c.advMSS = uint16(min(o.MTU-headers, 65535))
	if p.MSS != 0 {
		c.advMSS = min(c.advMSS, uint16(p.MSS))
	}
	c.mss = c.advMSS
	if o.PathMTU != 0 {
		c.mss = min(c.mss, uint16(o.PathMTU-headers))
	}
	nagle := p.Nagle
	if o.Settings != nil {
		c.aside().settings = o.Settings
		c.side.cookie = o.FastCookie
		nagle = nagle && !o.Settings.NoDelay
		if most := o.Settings.MSS; most > 0 {
			c.advMSS = min(c.advMSS, uint16(most))
			c.mss = min(c.mss, c.advMSS)
		}
	}
	if p.UTO {
		c.aside()
	}
	if !nagle {
		c.on(noDelay)
	}
}

// flight is how much is outstanding, a SYN and a FIN included.
func (c *Conn) flight() uint32 { return uint32(c.nxt.Sub(c.una)) }

// unheard reports that our SYN is not acknowledged: in SYN-SENT, in SYN-RECEIVED, and
// after a CLOSE that did not wait for its end.
func (c *Conn) unheard() bool { return c.una.Before(c.base) }

// last is the sequence number past everything the user wants sent, FIN included.
func (c *Conn) last() wire.Seq {
	if c.has(finQueued) {
		return c.end.Add(1)
	}
	return c.end
}

// offset is the place of the byte at seq in our stream.
func (c *Conn) offset(seq wire.Seq) uint64 {
	return c.baseOffset + uint64(int64(seq.Sub(c.base)))
}

func (c *Conn) tsNow(now des.Time) uint32 { return tsClock(now, c.tsOffset) }

// defaultMSS is what a peer may send who was told none (RFC 9293 section 3.7.1).
func (c *Conn) defaultMSS() uint16 {
	switch {
	case c.has(six):
		return 1220
	case c.profile.DefaultMSS > 0:
		return uint16(c.profile.DefaultMSS)
	}
	return 536
}

// effectiveMSS is what fits into a segment of ours: the RFC's Eff.snd.MSS
// (MUST-16).
func (c *Conn) effectiveMSS() uint32 {
	if c.has(useTS) {
		return uint32(c.mss) - 12
	}
	return uint32(c.mss)
}
