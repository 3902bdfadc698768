package host

import (
	"time"

	"netsim/des"
	"netsim/wire"
)

// stamp is the last timestamp of an address, and when it was seen.
type stamp struct {
	value uint32
	at    des.Time
}

const (
	stampLife   = time.Minute // TCP_PAWS_MSL: as long counts what is remembered of an address
	stampWindow = 1           // TCP_PAWS_WINDOW: by so many ticks a SYN may be older
)

// remember keeps the timestamp of a peer whose connection comes to TIME-WAIT, where the
// host recycles (tcp_remember_stamp of Linux until 4.11).
func (h *Host) remember(now des.Time, peer wire.Addr, value uint32) {
	r := h.own()
	if r.stamps == nil {
		r.stamps = map[wire.Addr]stamp{}
	}
	if old, ok := r.stamps[peer]; !ok || int32(value-old.value) > 0 || now.Sub(old.at) > stampLife {
		r.stamps[peer] = stamp{value, now}
	}
}

// outdated reports whether a SYN has an older timestamp than its address had within the
// last minute: then it is taken for a duplicate of old (tcp_peer_is_proven). Of several
// hosts behind one address all but one are.
func (h *Host) outdated(now des.Time, from wire.Addr, s *wire.Segment) bool {
	if !h.group.profile.TWRecycle || s.Options&wire.HasTimestamps == 0 {
		return false
	}
	last, ok := h.rest.stamps[from]
	return ok && now.Sub(last.at) < stampLife && int32(last.value-s.TSVal) > stampWindow
}
