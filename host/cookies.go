package host

import (
	"netsim/des"
	"netsim/tcp"
	"netsim/wire"
)

// bakes reports whether a SYN is answered by a cookie.
func (l *Listener) bakes() bool {
	p := l.host.group.profile
	if p.Handshake == tcp.TwoWay { // a cookie comes back with the third segment
		return false
	}
	switch p.SYNCookies {
	case tcp.AlwaysCookies:
		return true
	case tcp.OverflowCookies:
		return l.crowded() || l.host.rest.cache.paused(l.host.stack.sim.Now())
	}
	return false
}

// bake answers a SYN by a cookie, and forgets it.
func (l *Listener) bake(now des.Time, t tuple, p *wire.Packet) {
	h, st := l.host, l.host.stack
	l.CookiesSent++
	l.bakedAt = now
	h.group.tally.SYNs.Baked++
	s := st.take(now, h, t, nil)
	o := h.opening(now, t, p.Segment.Incarnation)
	s.mark(l.Settings)
	o.Bake(now, t.key(), h.secret, &p.Segment)
	s.Conn.Listen(now, o)
	s.Conn.Segment(now, &p.Segment)
	s.emit(now)
	s.Conn.Forget()
	st.pool.Put(p)
	st.release(s)
}

// unbake takes the third segment of a handshake whose request is a cookie, and
// reports whether it was one.
func (l *Listener) unbake(now des.Time, t tuple, p *wire.Packet) bool {
	h, st := l.host, l.host.stack
	if now.Sub(l.bakedAt) > h.group.profile.CookieTrust {
		return false
	}
	o := h.reopening(now, t)
	request, ok := o.Unbake(now, t.key(), h.secret, &p.Segment)
	if !ok {
		l.CookiesBad++
		return false
	}
	l.CookiesGood++
	if full := l.full(); full || l.host.short(tcp.Closed, tcp.Established) { // nobody will send the SYN,ACK again
		why := noMemory
		if full {
			why = acceptQueueFull
			l.Overflows++
		}
		st.net.Refused(now, h.node, p, why)
		if l.resets || h.group.profile.OverflowResets {
			h.refuse(now, p)
		} else {
			st.pool.Put(p)
		}
		return true
	}
	s := st.take(now, h, t, nil)
	s.listener, s.state, s.since = l, tcp.Listen, now
	l.request(now, 1)
	st.table.Add(t.hash(), s.ref)
	o.Settings = l.Settings
	s.mark(l.Settings)
	s.Conn.Resume(o, &request)
	s.Conn.Segment(now, &p.Segment)
	st.pool.Put(p)
	s.pump(now)
	return true
}
