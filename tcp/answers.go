package tcp

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// repeatedSYN answers the SYN that opened this connection when it comes again.
func (c *Conn) repeatedSYN(now des.Time) {
	switch c.profile.SYNACK {
	case Strict:
		c.on(ackDue)
	case Stateless:
		c.on(synDue | resentSYN)
	case Cached:
		c.tries = 0
		c.on(synDue | resentSYN)
	case Eager:
		if now.Sub(c.replyAt) < c.profile.RepeatInterval {
			c.note(SkippedRequest)
			return
		}
		c.replyAt = now
		c.on(synDue | resentSYN)
	}
}

// answerOld acknowledges what is not acceptable; Linux limits how often it does
// so for segments without text, and counts what it keeps back.
func (c *Conn) answerOld(now des.Time, s *wire.Segment, kept Event) {
	if (s.SeqLen() == 0 || s.Flags.Has(wire.SYN)) && c.tooSoon(now) {
		if c.state == SynReceived && !c.has(active) {
			kept = SkippedRequest
		}
		c.note(kept)
		return
	}
	c.on(ackDue)
}

// challengeACK sends the ACK that makes an honest peer prove itself.
func (c *Conn) challengeACK(now des.Time) {
	switch {
	case c.tooSoon(now):
		c.note(SkippedChallenge)
	case !c.tooMany(now):
		c.on(challengeDue)
	}
}

// tooMany reports that this connection has sent as many challenge ACKs as it may in an
// interval that began with its first; else one more counts (FreeBSD tcp_challenge_ack_check).
func (c *Conn) tooMany(now des.Time) bool {
	p := c.profile
	if p.ChallengePer != PerConnection || p.ChallengeLimit == 0 {
		return false
	}
	if now.Sub(c.answeredAt) > p.ChallengeInterval {
		c.answeredAt, c.challenged = now, 0
	}
	if int(c.challenged) >= min(p.ChallengeLimit, 255) {
		return true
	}
	c.challenged++
	return false
}

// Challenging reports that a challenge ACK is to be sent.
func (c *Conn) Challenging() bool { return c.has(challengeDue) }

// Withhold takes it back, since its host has sent too many (RFC 5961 section 7). It was
// to answer s.
func (c *Conn) Withhold(s *wire.Segment) {
	c.off(challengeDue)
	if c.isStale(s) {
		c.counts.StaleAcknowledged--
	}
}

// oowInterval is the least time between two answers to empty segments outside
// the window (Linux tcp_invalid_ratelimit).
const oowInterval = 500 * time.Millisecond

// tooSoon reports whether the profile's limit keeps back an answer; else it counts
// as given.
func (c *Conn) tooSoon(now des.Time) bool {
	if !c.profile.LimitEmptyAnswers {
		return false
	}
	if now.Sub(c.answeredAt) < oowInterval {
		return true
	}
	c.answeredAt = now
	return false
}

// renewEcho echoes the timestamp of a segment that comes again because its ACK was
// lost, so that the peer does not measure the whole outage. To RFC 7323 it is
// outside the window and changes nothing; Linux has its right edge inside.
func (c *Conn) renewEcho(now des.Time, s *wire.Segment) {
	if c.profile.RenewsEcho && c.has(useTS) && s.Options&wire.HasTimestamps != 0 && s.SeqLen() > 0 && s.End() == c.rcvNxt {
		c.tsRecent, c.tsRecentAt = s.TSVal, now
	}
}
