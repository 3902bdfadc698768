package host

import (
	"netsim/des"
	"netsim/tcp"
)

// abandoned counts a connection whose user has just closed it, and resets it if the
// host has more such orphans than it may (tcp_too_many_orphans of Linux).
func (s *Socket) abandoned(now des.Time) {
	h := s.host
	if state := s.Conn.State(); !s.Conn.Orphan() || s.orphan || state < tcp.SynReceived || state == tcp.TimeWaiting {
		return
	}
	s.orphan = true
	h.orphans++
	h.group.tally.abandon(now, 1)
	if most := h.group.profile.MaxOrphans; most > 0 && h.orphans > uint32(most) {
		h.group.tally.OrphansRefused++
		s.emit(now) // the FIN, if it may go, before the reset
		s.Conn.Abort(now)
	}
}

// adopted ends what abandoned began: the connection is over, or in FIN-WAIT-2, where
// Linux keeps a record of it and no socket (tcp_time_wait).
func (s *Socket) adopted(now des.Time) {
	if s.orphan {
		s.orphan = false
		s.host.orphans--
		s.host.group.tally.abandon(now, -1)
	}
}
