package tcp

import (
	"time"

	"netsim/des"
)

// Congestion is a congestion control (MAY-18): how much of the network one connection
// takes. It is told what happens and sets the Window and the Threshold of its
// Path; loss recovery is not its concern. In recovery it is not asked.
type Congestion interface {
	// Begin makes it that of a new connection.
	Begin()
	// Acked is told of n bytes newly acknowledged while the window was in use, and
	// grows it.
	Acked(p *Path, n uint32)
	// Congested answers a sign of congestion, at most one a round trip: it sets
	// the Threshold, to which recovery brings the window down. After a timeout the
	// window is one segment whatever it says.
	Congested(p *Path, sign Sign)
	// Undone is told that the last sign was none: what was held lost had only been
	// late. Window and Threshold are as before already.
	Undone(p *Path)
}

// Sign is by what congestion is seen.
type Sign uint8

const (
	Loss    Sign = iota // a segment was lost, found by what arrived after it
	Timeout             // nothing came back for an RTO
	Echo                // a router marked a packet, RFC 3168
)

// Path is what a congestion control knows of its connection, in bytes.
type Path struct {
	Now       des.Time
	MSS       uint32
	Window    uint32 // the congestion window
	Threshold uint32 // the slow start threshold
	Flight    uint32 // sent and not acknowledged
	Acked     uint64 // acknowledged since the connection began
	SRTT      time.Duration
	RTT       time.Duration // the latest sample, 0 if the last acknowledgment gave none
	Idle      time.Duration // time in which nothing was outstanding, so far

	slowLimit uint32
}

// SlowStart grows the window by n bytes acknowledged, as far as one
// acknowledgment may (RFC 5681 equation 2, RFC 3465), up to the threshold, and
// returns how many of them are left for congestion avoidance.
func (p *Path) SlowStart(n uint32) (rest uint32) {
	if p.Window >= p.Threshold {
		return n
	}
	grown := min(n, p.slowLimit, p.Threshold-p.Window)
	p.Window += grown
	if p.Window < p.Threshold {
		return 0
	}
	return n - grown
}

// Algorithm is a kind of congestion control: a name and how to make one. A
// Profile may have one from outside this package.
type Algorithm struct {
	Name string
	New  func() Congestion
}

// String is the name.
func (a *Algorithm) String() string { return a.Name }

var algorithms = []*Algorithm{Reno, Cubic}

// AlgorithmByName returns a congestion control of this package, nil if there is
// none of the name.
func AlgorithmByName(name string) *Algorithm {
	for _, a := range algorithms {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// startCongestion sets the initial window (RFC 6928), one segment if the SYN was
// lost (RFC 5681 section 3.1).
func (c *Conn) startCongestion() {
	segments := uint32(c.profile.InitialWindow)
	if int(c.counts.Resent) > c.profile.LossWindowAfter {
		segments = 1
	}
	c.cwnd = segments * c.effectiveMSS()
}

// IdleRestart is what becomes of the window of a connection that was idle for an RTO.
type IdleRestart uint8

const (
	CollapseIdle IdleRestart = iota // no larger than the initial window, RFC 5681 section 4.1
	HalveIdle                       // half of it for each RTO, and the threshold remembers it, RFC 2861 (Linux tcp_cwnd_restart)
	KeepIdle                        // it stays
)

func (i IdleRestart) String() string { return [...]string{"collapse", "halve", "keep"}[i] }

// restartIdle takes back the window of a connection that was idle for an RTO.
func (c *Conn) restartIdle(now des.Time) {
	idle := now.Sub(c.firstSentAt)
	mss := c.effectiveMSS()
	first := min(uint32(c.profile.InitialWindow)*mss, c.cwnd)
	switch {
	case idle <= c.rto || c.profile.IdleRestart == KeepIdle:
	case c.profile.IdleRestart == CollapseIdle:
		c.cwnd = first
	default:
		segments := c.cwnd / mss
		c.ssthresh = max(c.ssthresh, (segments>>1+segments>>2)*mss)
		for left := idle - c.rto; left > 0 && segments*mss > first; left -= c.rto {
			segments >>= 1
		}
		c.cwnd = max(segments*mss, first)
	}
	if c.has(kept) {
		c.rec.path.Idle += idle
	}
}

// WindowUse is how much of the window must be in use for it to grow.
type WindowUse uint8

const (
	HalfUsed WindowUse = iota // half of it
	FullUsed                  // more than half in slow start, then all of it (Linux tcp_is_cwnd_limited)
)

func (u WindowUse) String() string { return [...]string{"half", "full"}[u] }

// grow lets n bytes newly acknowledged open the window, if it is what limits.
func (c *Conn) grow(now des.Time, n uint32) {
	if c.profile.WindowUse == FullUsed {
		if !c.limits(n) {
			return
		}
	} else if c.flight()+n < c.cwnd/2 {
		return
	}
	p := c.path(now)
	c.rec.congestion.Acked(p, n)
	c.cwnd, c.ssthresh = p.Window, p.Threshold
}

// limits reports whether the window was used enough, before n bytes were acknowledged:
// by the most that was in flight since what was then sent last is acknowledged
// (tcp_cwnd_validate).
func (c *Conn) limits(n uint32) bool {
	flight := c.flight() + n
	if !c.has(kept) && 2*flight <= c.cwnd {
		return false
	}
	r := c.recovery()
	if flight > r.peak || !c.una.Add(-n).Before(r.usedTo) {
		r.peak, r.full, r.usedTo = flight, flight+c.effectiveMSS() > c.cwnd, c.nxt
	}
	return r.full || c.cwnd < c.ssthresh && c.cwnd < 2*r.peak
}

// congested lets the congestion control answer a sign. What was before is kept,
// should the sign turn out to be none.
func (c *Conn) congested(now des.Time, sign Sign) {
	p := c.path(now)
	if sign == Loss { // what Limited Transmit added does not count (RFC 5681 section 3.2)
		p.Flight = min(p.Flight, p.Window)
	}
	if c.profile.ReducesWindow {
		p.Flight = p.Window
	}
	c.rec.before = windows{c.cwnd, c.ssthresh}
	c.rec.congestion.Congested(p, sign)
	c.rec.signed = c.nxt
	if c.has(useECN) {
		c.on(cwrDue)
	}
	c.ssthresh = p.Threshold
}

// undo takes back the answer to the last sign (RFC 4015 has more to say).
func (c *Conn) undo(now des.Time) {
	r := c.rec
	c.cwnd, c.ssthresh = max(c.cwnd, r.before.cwnd), max(c.ssthresh, r.before.ssthresh)
	r.congestion.Undone(c.path(now))
}

// windows are those before a reduction.
type windows struct{ cwnd, ssthresh uint32 }

// path fills in what the congestion control is told.
func (c *Conn) path(now des.Time) *Path {
	r := c.recovery()
	algorithm := c.profile.Congestion
	if own := c.settings().Congestion; own != nil {
		algorithm = own
	}
	if r.algorithm != algorithm {
		r.algorithm = algorithm
		r.congestion = r.algorithm.New()
		r.congestion.Begin()
	}
	p := &r.path
	p.Now, p.MSS, p.Window, p.Threshold = now, c.effectiveMSS(), c.cwnd, c.ssthresh
	p.Flight, p.Acked, p.SRTT = c.flight(), c.baseOffset, c.srtt
	p.slowLimit = ^uint32(0)
	if l := c.profile.SlowStartLimit; l > 0 {
		p.slowLimit = uint32(l) * p.MSS
	}
	return p
}
