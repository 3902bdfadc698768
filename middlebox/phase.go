package middlebox

import (
	"time"

	"netsim/wire"
)

// Phase is what a box thinks a connection is in.
type Phase uint8

const (
	Opening     Phase = iota // a SYN was seen, the handshake is not complete
	Established              // it is
	Closing                  // a FIN of one end was seen
	TimeWait                 // FINs of both were
	Aborted                  // a RST was; whether its receiver believed it the box does not know
	phases
)

// Lives are how long a session lasts without packets, by its phase. Every packet
// of the session begins its life anew.
type Lives [phases]time.Duration

// Life returns the lives that RFC 5382 (REQ-5) and RFC 7857 (section 2) tell
// apart: of an established connection, of one in the transitory phases, which are
// opening, closing and after a RST, and of one that is closed.
func Life(established, transitory, timeWait time.Duration) Lives {
	return Lives{Opening: transitory, Established: established, Closing: transitory, TimeWait: timeWait, Aborted: transitory}
}

// Linux are the lives of nf_conntrack (net/netfilter/nf_conntrack_proto_tcp.c),
// which tells more phases apart: Opening is its SYN_SENT, Closing its FIN_WAIT.
var Linux = Lives{Opening: 2 * time.Minute, Established: 5 * 24 * time.Hour, Closing: 2 * time.Minute, TimeWait: 2 * time.Minute, Aborted: 10 * time.Second}

// sees takes a segment in: the phase that the session is in behind it. Reply says
// that it comes from the end that was called.
func (s *session) sees(f wire.Flags, reply bool) Phase {
	bit := uint8(1)
	if reply {
		bit = 2
	}
	switch {
	case f&wire.RST != 0:
		return Aborted
	case f&(wire.SYN|wire.ACK) == wire.SYN && !reply && s.phase >= TimeWait: // the same ports again (RFC 7857 section 2.3)
		s.fins, s.answered = s.unseen(), s.oneSided
		return Opening
	case f&wire.SYN != 0:
		s.answered = s.answered || reply
		return s.phase
	case f&wire.FIN != 0:
		if s.fins |= bit; s.fins == 3 {
			return max(s.phase, TimeWait)
		}
		return max(s.phase, Closing)
	case s.phase == Opening && !reply && s.answered && f&wire.ACK != 0:
		return Established
	}
	return s.phase
}

// unseen are the FINs that a box must not wait for, since it does not see them.
func (s *session) unseen() uint8 {
	if s.oneSided {
		return 2
	}
	return 0
}
