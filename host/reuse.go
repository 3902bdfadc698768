package host

import (
	"netsim/des"
	"netsim/tcp"
)

// reuses reports whether the profile lets a connection from a port of its choice
// to that address follow one in TIME-WAIT.
func (h *Host) reuses(t tuple) bool {
	switch p := h.group.profile; p.TWReuse {
	case tcp.AlwaysReuse:
		return p.Timestamps
	case tcp.LoopbackReuse:
		return p.Timestamps && t.local == t.remote
	}
	return false
}

// old reports whether what is referred to is in TIME-WAIT long enough to be followed
// (Linux tcp_twsk_unique): it had timestamps, by which its segments are told from
// those to come.
func (h *Host) old(now des.Time, ref uint32) bool {
	if ref&inRoom == 0 {
		return false
	}
	r := h.stack.room.At(ref &^ inRoom)
	began := r.At.Add(-h.group.room.length)
	if h.group.profile.TWRecycle || h.group.room.due(r.since) == r.At { // it has not begun again
		began = r.since
	}
	return r.tcp.Timestamps && now.Sub(began) >= h.group.profile.TWReuseDelay
}

// succeed makes place for a connection that is to be opened, and returns what it
// follows; false if the place is taken.
func (h *Host) succeed(now des.Time, t tuple, bound bool) (*tcp.TimeWait, bool) {
	st := h.stack
	if !bound && !h.reuses(t) {
		return nil, true // the port was chosen because it is free
	}
	ref := st.find(t)
	switch {
	case ref == 0:
		return nil, true
	case bound && !(ref&inRoom != 0 && h.group.profile.TWReuseBound && st.room.At(ref&^inRoom).tcp.Timestamps):
		return nil, false
	}
	st.followed = st.room.At(ref &^ inRoom).tcp
	st.room.leave(now, ref&^inRoom, Reused)
	return &st.followed, true
}
