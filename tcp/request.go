package tcp

import (
	"netsim/des"
	"netsim/wire"
)

// Request is a connection that waits in SYN-RECEIVED for the third segment of its
// handshake, as compact as a kernel keeps one. It holds no pointers and no rules:
// for whatever happens to it, [Conn.Resume] makes it the connection again.
type Request struct {
	Due         des.Time // when Timeout wants to be called
	Began       des.Time // the SYN came
	tsRecentAt  des.Time
	replyAt     des.Time
	answeredAt  des.Time
	Incarnation wire.Incarnation // of both ends
	iss, irs    wire.Seq
	edge        wire.Seq // of the window
	tsRecent    uint32
	is          flags
	wnd, mss    uint16
	tries       uint16
	sndScale    uint8
	challenged  uint8

	sent, resent, syns, acks, stale, acknowledged uint16 // as counted
}

// Compact reports whether a Request can stand for the connection: whether it waits
// in SYN-RECEIVED for the peer and for the SYN,ACK's timer, and for nothing else.
func (c *Conn) Compact() bool {
	n := &c.counts
	return c.state == SynReceived && !c.has(active|early) && c.lifeAt == des.Never && c.ackAt == des.Never &&
		c.gaps.empty() && !c.has(heldFIN) &&
		(!c.has(extended) || *c.side == asideOf(c.side.settings)) && max(n.Sent, n.StaleArrived) < 1<<16
}

// Request makes the record of a connection that is Compact and has nothing to send.
func (c *Conn) Request(r *Request) {
	n := &c.counts
	*r = Request{
		Due: c.rtxAt, Began: c.firstSentAt, Incarnation: c.own, iss: c.iss, irs: c.irs, edge: c.edge,
		tsRecent: c.tsRecent, tsRecentAt: c.tsRecentAt, replyAt: c.replyAt, answeredAt: c.answeredAt,
		is: c.is, wnd: uint16(c.wnd), mss: c.mss, tries: c.tries, sndScale: c.sndScale, challenged: c.challenged,
		sent: uint16(n.Sent), resent: uint16(n.Resent), syns: n.SYNs, acks: n.SetupACKs, stale: uint16(n.StaleArrived), acknowledged: uint16(n.StaleAcknowledged),
	}
}

// Resume makes c the connection of a Request again. What is opened is as it was
// then, but for the initial sequence number and the incarnation, which r has.
func (c *Conn) Resume(o *Opening, r *Request) {
	o.ISS, o.Incarnation = r.iss, r.Incarnation
	c.begin(o)
	c.state = SynReceived
	c.synchronize(r.irs)
	c.edge = r.edge
	c.is |= r.is &^ kept // what it kept has no bearing before text is sent
	c.mss, c.sndScale = r.mss, r.sndScale
	c.firstWindow()
	if c.has(useScale) {
		c.rcvScale = uint8(c.profile.WindowScale)
	}
	c.wnd, c.maxWnd = uint32(r.wnd), uint32(r.wnd)
	c.nxt, c.next = c.iss.Add(1), c.iss.Add(1)
	c.tsRecent, c.tsRecentAt = r.tsRecent, r.tsRecentAt
	c.rtxAt, c.firstSentAt, c.replyAt, c.answeredAt, c.tries = r.Due, r.Began, r.replyAt, r.answeredAt, r.tries
	c.peer, c.challenged = r.Incarnation, r.challenged
	c.counts = Counts{Sent: uint32(r.sent), Resent: uint32(r.resent), SYNs: r.syns, SetupACKs: r.acks, StaleArrived: uint32(r.stale), StaleAcknowledged: uint32(r.acknowledged)}
}
