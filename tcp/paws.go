package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// PAWS is what becomes of a segment whose timestamp is older than the last.
type PAWS uint8

const (
	// StrictPAWS is RFC 7323 section 5.3: it is answered and left out.
	StrictPAWS PAWS = iota
	// LenientPAWS is Linux: what is older by one tick is not old, nor is anything where the
	// last one was 0; an ACK that says nothing new may have been overtaken (tcp_paws_check,
	// tcp_disordered_ack_check). An ACK of an old number draws no answer, and that to old
	// text tells that it had come before (tcp_validate_incoming, tcp_send_dupack).
	LenientPAWS
)

func (p PAWS) String() string { return [...]string{"strict", "lenient"}[p] }

// old reports that the timestamp of a segment is too old. One is remembered for 24 days.
func (c *Conn) old(now des.Time, s *wire.Segment) bool {
	behind := int32(c.tsRecent - s.TSVal)
	switch {
	case behind <= 0 || now.Sub(c.tsRecentAt) >= pawsIdle:
		return false
	case c.profile.PAWS == StrictPAWS || c.state == SynReceived && !c.has(active):
		return true
	}
	return behind > 1 && c.tsRecent != 0 && !c.overtaken(s, behind)
}

// overtaken reports an ACK that says nothing new, sent no longer than an RTO before the
// last segment by a clock of 1200 ticks a second (tcp_tsval_replay).
func (c *Conn) overtaken(s *wire.Segment, behind int32) bool {
	return s.Flags.Has(wire.ACK) && s.SeqLen() == 0 && s.Seq == c.rcvNxt && s.Ack == c.una && c.scaled(s) == c.wnd &&
		int64(behind) <= int64(c.rto)*1200/int64(time.Second)
}

// answerStamp is what a timestamp that is too old draws.
func (c *Conn) answerStamp(now des.Time, s *wire.Segment) {
	lenient := c.profile.PAWS == LenientPAWS
	switch {
	case s.Flags.Has(wire.SYN) && c.challengesSYN():
		c.answerSYN(now)
		return
	case lenient && s.Flags.Has(wire.ACK) && s.SeqLen() == 0 && s.Seq.Before(c.rcvNxt):
		c.note(PAWSAcks)
		return
	case lenient && s.SeqLen() > 0 && s.Seq.Before(c.rcvNxt):
		c.note(OldText)
		c.cameTwice(s.Seq, s.Seq.Add(s.Len))
	}
	c.note(PAWSRejected)
	c.answerOld(now, s, SkippedPAWS)
}

// answerSYN is the challenge of a SYN that is outside the window: to the RFC the same
// ACK as any such segment draws, to Linux a challenge ACK.
func (c *Conn) answerSYN(now des.Time) {
	c.note(SYNChallenged)
	if c.state == Established {
		c.note(SYNInError)
	}
	if c.tooSoon(now) {
		c.note(SkippedChallenge)
		return
	}
	c.note(SYNAnswered)
	c.on(ackDue)
}

// challengesSYN reports whether a SYN is answered wherever it is (RFC 5961 section 4).
func (c *Conn) challengesSYN() bool {
	return c.state.synchronized() && c.profile.RFC5961 && !c.profile.InsecureSYN
}
