package tcp

import "time"

// Info is what a user may ask of a connection: the TCP_INFO of Linux, in bytes and
// durations.
type Info struct {
	State                   State
	CA                      CAState
	Retransmits             int // expiries of the retransmission timer in a row
	Backoff                 int // times that the timer of these, or of probes, was doubled
	Probes                  int // of a shut window, or of keepalive, without an answer
	Timestamps, Scaling     bool
	SACK, ECN, EarlyText    bool // EarlyText: that of a SYN was acknowledged
	SendScale, ReceiveScale uint8
	RTO, ATO, SRTT, RTTVar  time.Duration // SRTT is 0 before the first sample
	MSS, AdvMSS             uint32        // of text: what we may send, what we told
	Window, Threshold       uint32        // of congestion; [NoThreshold] at first
	SendWindow              uint32
	ReceiveWindow           uint32 // that the peer knows of
	Unacked, SACKed         uint32 // segments in flight, and those of them that the peer has
	Lost, Again             uint32 // those held lost, and those sent again
	Resent                  uint32 // in all
	Delivered               uint32 // segments that the peer has, our SYN among them
	BytesAcked              uint64 // our SYN counts one if it opened the connection, a FIN one
	BytesReceived           uint64 // a FIN counts one
	NotSent                 uint32
	SegmentsIn, SegmentsOut uint32 // the SYN,ACK of a listener is its own, the SYN is not (Linux tcp_create_openreq_child)
	TextSent                uint32 // segments with text, those sent again among them
}

// NoThreshold is the slow start threshold before there was a sign of congestion.
const NoThreshold = 1 << 30

// CAState is what a sender does about congestion, as Linux numbers it.
type CAState uint8

const (
	CAOpen     CAState = iota
	CADisorder         // something is missing, and may only be late
	CACWR              // the window comes down for a mark of ECN
	CARecovery
	CALoss
)

// Info tells what there is to know.
func (c *Conn) Info() (i Info) {
	p := c.profile
	i = Info{
		State: c.state, CA: c.caState(), Retransmits: int(c.tries), Backoff: int(c.doublings()),
		Timestamps: c.has(useTS), Scaling: c.has(useScale), SACK: c.has(useSACK), ECN: c.has(useECN), EarlyText: c.earlyText && (!c.unheard() || !c.has(active)),
		RTO: c.backedOff(), ATO: c.ato, SRTT: c.srtt, RTTVar: max(c.rttvar, 0),
		MSS: c.effectiveMSS(), AdvMSS: uint32(c.advMSS), Window: c.cwnd, Threshold: c.ssthresh, SendWindow: c.wnd, ReceiveWindow: uint32(max(c.edge.Sub(c.rcvNxt), 0)),
		Resent: c.counts.Resent, NotSent: uint32(max(c.end.Sub(c.nxt), 0)), TextSent: c.texts + c.counts.Resent,
		SegmentsIn: c.received, SegmentsOut: c.counts.Sent,
		BytesAcked: c.baseOffset, BytesReceived: c.rcvOffset,
	}
	if c.has(useScale) {
		i.SendScale, i.ReceiveScale = c.sndScale, c.rcvScale
	}
	if c.has(useTS) && c.state.synchronized() {
		i.AdvMSS -= 12
	}
	if i.Window == 0 { // not begun
		i.Window = uint32(p.InitialWindow) * i.MSS
	}
	if c.has(persist) {
		i.Retransmits, i.Probes = 0, int(c.unanswered)
	}
	if c.has(extended) && c.side.probes > 0 {
		i.Probes = c.side.probes
	}
	if c.finAcked() {
		i.BytesAcked++
	}
	if c.has(gotFIN) {
		i.BytesReceived++
	}
	c.countSegments(&i)
	return i
}

// countSegments is the part that is counted in segments.
func (c *Conn) countSegments(i *Info) {
	i.TextSent -= min(i.TextSent, uint32(c.counts.FINs)+uint32(max(c.counts.SYNs, 1)-1))
	i.Unacked = (c.flight() + i.MSS - 1) / i.MSS
	if c.tries > 0 && i.Unacked > 0 && !c.has(persist) && c.state.synchronized() && !c.selective() {
		i.Lost, i.Again = i.Unacked, 1
	}
	if c.selective() && c.rec.board.n > 0 {
		b := &c.rec.board
		i.Unacked, i.SACKed = uint32(b.n), uint32(b.pieces)
		for n := range b.n {
			switch is := b.at(n).is; {
			case is&(arrived|gone) != gone: // a probe of the tail is neither lost nor sent again
			case is&again != 0:
				i.Again++
				fallthrough
			default:
				i.Lost++
			}
		}
	}
	if c.has(active) {
		if !c.unheard() {
			i.Delivered, i.BytesAcked = 1, i.BytesAcked+1
		} else if c.texts > 0 { // text that rides on the SYN
			i.Unacked = 2
		}
	} else if c.state.synchronized() || c.state == Closed {
		i.Delivered = 1
		i.SegmentsOut -= uint32(c.counts.SYNs)
		i.SegmentsIn++
	}
	if !c.unheard() {
		i.Delivered += c.texts - (i.Unacked - i.SACKed)
		if c.has(kept) {
			i.Delivered += c.rec.twice
		}
	}
}

func (c *Conn) caState() CAState {
	switch {
	case !c.has(kept):
		return CAOpen
	case c.rec.phase == timedOut:
		return CALoss
	case c.rec.phase == fastPath:
		return CARecovery
	case c.has(cwrDue):
		return CACWR
	case c.rec.board.arrived > 0 || c.rec.dupAcks > 0 && c.flight() > c.effectiveMSS(): // tcp_limit_reno_sacked
		return CADisorder
	}
	return CAOpen
}
