package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// TimeWait is what is kept of a connection in TIME-WAIT: enough to answer what
// still arrives for it. It holds no pointers.
type TimeWait struct {
	SndNxt, RcvNxt wire.Seq
	RcvWnd         uint32
	TSRecent       uint32
	TSOffset       uint32
	answered       uint32    // when an empty segment was last answered, in ms + 1
	own            [2]uint32 // the incarnation, in words that need no gap beside them
	Window         uint16
	Timestamps     bool
}

// Incarnation is the oracle of the end that waits.
func (w *TimeWait) Incarnation() wire.Incarnation {
	return wire.Incarnation(w.own[0])<<32 | wire.Incarnation(w.own[1])
}

func (w *TimeWait) name(own wire.Incarnation) { w.own = [2]uint32{uint32(own >> 32), uint32(own)} }

// Verdict says what is to happen to a TIME-WAIT record, as bits; none is to
// ignore the segment.
type Verdict uint8

const (
	Answer   Verdict = 1 << iota // send the reply
	Restart                      // begin the 2 MSL again
	Reopen                       // the SYN opens a new connection in its place (MAY-2)
	Die                          // forget the record
	Withheld                     // an answer was due too soon after another
	Stale                        // the timestamp was too old
	Older                        // the SYN may have reopened, but for its timestamp (PAWS, RFC 7323 section 5)
)

// Segment judges a segment that arrives in TIME-WAIT (RFC 9293 section
// 3.10.7.4) and fills in the reply that Answer asks for.
func (w *TimeWait) Segment(now des.Time, p *Profile, s, reply *wire.Segment) (v Verdict) {
	if p.TimeWaitNeedsACK {
		return w.check(now, p, s, reply)
	}
	stamped := w.Timestamps && s.Options&wire.HasTimestamps != 0
	stale := stamped && int32(s.TSVal-w.TSRecent) < 0
	acceptable := acceptable(s, w.RcvNxt, w.RcvWnd)
	acks := s.Flags.Has(wire.ACK)
	if stale {
		v = Stale
	}
	if p.RequireTimestamps && w.Timestamps && s.Options&wire.HasTimestamps == 0 && s.Flags&(wire.SYN|wire.RST) == 0 {
		return 0 // RFC 7323 section 3.2
	}
	switch {
	case s.Flags.Has(wire.RST): // second check; RFC 1337 section 3 ignores it: fix F1
		switch {
		case p.RFC1337 || stale || !acceptable:
			return v
		case !p.RFC5961 || p.InsecureRST || s.Seq == w.RcvNxt:
			return Die
		case !p.TimeWaitChallenges:
			return 0
		}
		v = w.answer(now, p, s, reply)
		reply.Marks |= wire.Challenge
		return v
	case s.Flags.Has(wire.SYN) && !acks:
		// Fourth check: a SYN beyond the old connection opens a new one (MAY-2, SHLD-4,
		// RFC 6191); any other is an old duplicate and is answered.
		newer := p.RFC6191 && stamped && int32(s.TSVal-w.TSRecent) > 0
		if newer || !stale && s.Seq.After(w.RcvNxt) {
			return Reopen
		}
		if stale && s.Seq.After(w.RcvNxt) {
			v |= Older
		}
		acks = stale // of these, Linux begins to wait again for what PAWS rejects
	case !acks && acceptable: // fifth check
		return 0
	case s.Seq == w.RcvNxt && s.SeqLen() == 0 && !stale:
		// An acceptable, empty ACK says nothing new; Linux begins to wait again.
		if stamped {
			w.TSRecent = s.TSVal
		}
		if p.TimeWaitRestart == AnyACK {
			return Restart
		}
		return 0
	}
	if s.Flags.Has(wire.SYN) && acceptable && (!p.RFC5961 || p.InsecureSYN) && !stale { // RFC 793: an error
		w.acknowledge(now, s, reply)
		reply.Flags |= wire.RST
		return Answer | Die
	}
	// What is left is old, or beyond the window, or the peer's FIN once more,
	// which is acknowledged and begins the 2 MSL again (eighth check).
	v |= w.answer(now, p, s, reply)
	fin := s.Flags&(wire.SYN|wire.FIN) == wire.FIN && s.End() == w.RcvNxt
	if fin || acks && p.TimeWaitRestart == AnyACK {
		v |= Restart
	}
	return v
}

// check is Segment as tcp_twcheck of FreeBSD has it: a RST is ignored, a SYN judged by its
// number alone, and what has an ACK is answered unless it says nothing new.
func (w *TimeWait) check(now des.Time, p *Profile, s, reply *wire.Segment) (v Verdict) {
	acks := s.Flags.Has(wire.ACK)
	switch {
	case s.Flags.Has(wire.RST):
		return 0
	case s.Flags.Has(wire.SYN) && !acks && s.Seq.After(w.RcvNxt):
		return Reopen
	case !acks, p.RequireTimestamps && w.Timestamps && s.Options&wire.HasTimestamps == 0:
		return 0
	case s.Flags.Has(wire.FIN) && s.End() == w.RcvNxt:
		v = Restart
	}
	if s.Flags != wire.ACK || s.Len > 0 || s.Seq != w.RcvNxt || s.Ack != w.SndNxt {
		w.acknowledge(now, s, reply)
		v |= Answer
	}
	return v
}

// Recycled is how long Linux kept a connection in TIME-WAIT whose host recycles: three
// and a half of its retransmission timeouts (tcp_time_wait of 4.11), in whole clock
// ticks of 4 ms.
func (c *Conn) Recycled() time.Duration {
	return (c.rto*7/2 + recycleTick - 1) / recycleTick * recycleTick
}

const recycleTick = 4 * time.Millisecond

// Successor is the ISS of a connection that follows w with the same addresses and
// ports, where iss is what it would have otherwise: larger than any number that w
// used (MAY-2).
func (w *TimeWait) Successor(p *Profile, iss wire.Seq) wire.Seq {
	if p.ReopenISN == 0 && iss.After(w.SndNxt) {
		return iss
	}
	return w.SndNxt.Add(max(p.ReopenISN, 1))
}

// Decline answers a SYN that may [Reopen] the connection where nobody listens: as
// an old duplicate, which is all that it can be then. FreeBSD has forgotten the
// connection before it looks for a listener.
func (w *TimeWait) Decline(now des.Time, p *Profile, s, reply *wire.Segment) Verdict {
	if p.TimeWaitNeedsACK {
		Reset(s, reply)
		return Answer | Die
	}
	return w.answer(now, p, s, reply)
}

// answer makes the acknowledgment that TIME-WAIT sends, if the profile's limit lets it.
func (w *TimeWait) answer(now des.Time, p *Profile, s, reply *wire.Segment) Verdict {
	if p.LimitEmptyAnswers && (s.SeqLen() == 0 || s.Flags.Has(wire.SYN)) {
		ms := uint32(int64(now)/1e6) + 1
		if w.answered != 0 && ms-w.answered < uint32(oowInterval/time.Millisecond) {
			return Withheld
		}
		w.answered = ms
	}
	w.acknowledge(now, s, reply)
	return Answer
}

func (w *TimeWait) acknowledge(now des.Time, s, reply *wire.Segment) {
	reply.Clear()
	reply.SrcPort, reply.DstPort = s.DstPort, s.SrcPort
	reply.Flags, reply.Seq, reply.Ack, reply.Window = wire.ACK, w.SndNxt, w.RcvNxt, w.Window
	reply.Marks, reply.Incarnation = wire.AckOfFIN, w.Incarnation()
	if w.Timestamps {
		reply.Options = wire.HasTimestamps
		reply.TSVal = tsClock(now, w.TSOffset)
		reply.TSEcr = w.TSRecent
	}
}
