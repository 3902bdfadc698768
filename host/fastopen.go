package host

import (
	"encoding/binary"
	"net/netip"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/wire"
)

// FastCookie is what a client is to show a server that has the key: a keyed hash of
// both addresses (RFC 7413 section 4.1.2; Linux tcp_fastopen_cookie_gen, whose cookies
// these are, byte by byte).
func FastCookie(client, server netip.Addr, key [16]byte) (cookie [8]byte) {
	var both [32]byte
	text := append(append(both[:0], client.AsSlice()...), server.AsSlice()...)
	binary.LittleEndian.PutUint64(cookie[:], siphash(key, text))
	return cookie
}

// SetFastOpenKeys gives the host the keys of its cookies: the first makes them, and
// those of the others count, too. Without, it has one of its own.
func (h *Host) SetFastOpenKeys(keys ...[16]byte) { h.own().keys = keys }

// fastCookie is the cookie of a connection's client by a key.
func (h *Host) fastCookie(t tuple, key [16]byte) tcp.FastCookie {
	net := h.stack.net
	c := tcp.FastCookie{Len: 8}
	cookie := FastCookie(net.IP(t.remote), net.IP(t.local), key)
	copy(c.Bytes[:], cookie[:])
	return c
}

// fastKeys are the keys in force.
func (h *Host) fastKeys() [][16]byte {
	if h.rest.keys == nil {
		var key [16]byte
		binary.LittleEndian.PutUint64(key[:], h.secret)
		h.own().keys = [][16]byte{key}
	}
	return h.rest.keys
}

// fastKeys are those of a listener: its own, or its host's.
func (l *Listener) fastKeys() [][16]byte {
	if len(l.FastKeys) > 0 {
		return l.FastKeys
	}
	return l.host.fastKeys()
}

// fastOpen looks at the cookie of a SYN (RFC 7413 section 4.2.2). A good one lets the
// text be taken, unless too many such connections wait for their third segment
// (section 5.1): then nothing is said of cookies (Linux tcp_fastopen_queue_check). For
// any other, and where one is asked for, the good one is given; with what an older key
// has made, too.
func (l *Listener) fastOpen(now des.Time, s *Socket, seg *wire.Segment, o *tcp.Opening) {
	shown := seg.Options&wire.HasCookie != 0
	if shown && seg.CookieLen == 0 {
		l.FastAsked++
	}
	if l.FastOpen == 0 || !shown && (!l.Cookieless || seg.Len == 0) {
		return
	}
	if l.fastFull(now) {
		l.FastOverflows++
		return
	}
	if l.Cookieless {
		l.takeFast(s, o)
		return
	}
	for i, key := range l.fastKeys() {
		c := l.host.fastCookie(s.tuple, key)
		if i == 0 {
			o.FastCookie = c
			o.FastCookie.Exp = seg.CookieExp
		}
		if shown && l.FastAny && seg.CookieLen > 0 || shown && seg.CookieLen == c.Len && [8]byte(seg.Cookie[:8]) == [8]byte(c.Bytes[:8]) {
			if i == 0 {
				o.FastCookie = tcp.FastCookie{}
			} else {
				l.FastOldKey++
			}
			l.takeFast(s, o)
			return
		}
	}
	if seg.CookieLen > 0 {
		l.FastBad++
	}
}

// takeFast opens a connection fast.
func (l *Listener) takeFast(s *Socket, o *tcp.Opening) {
	o.Early, s.fast = true, true
	l.fast++
	l.FastTaken++
}

// fastPenalty is how long a connection counts that was opened fast, accepted and reset
// before its handshake was complete: its SYN may have been forged (RFC 7413 section
// 5.1; Linux reqsk_fastopen_remove).
const fastPenalty = time.Minute

// fastFull reports that no further connection may be open fast.
func (l *Listener) fastFull(now des.Time) bool {
	if l.fast < l.FastOpen {
		return false
	}
	if len(l.penalties) == 0 || l.penalties[0] > now {
		return true
	}
	l.penalties = l.penalties[1:]
	l.fast--
	return l.fast >= l.FastOpen
}

// fastDone gives the place back when a connection that was opened fast has left
// SYN-RECEIVED.
func (s *Socket) fastDone(now des.Time) {
	s.fast = false
	l := s.host.listener(s.tuple.localPort)
	switch {
	case l == nil:
	case s.Conn.Reset() && s.listener == nil:
		l.penalties = append(l.penalties, now.Add(fastPenalty))
	default:
		l.fast--
	}
}

// pauseFast gives Fast Open up for a while, which is twice as long each time, up to 64
// times (Linux tcp_fastopen_active_should_disable).
func (h *Host) pauseFast(now des.Time) {
	if pause := h.group.profile.FastPause; pause > 0 {
		r := h.own()
		r.fastPaused = now.Add(pause << min(r.fastFailures, 6))
		r.fastFailures++
		h.group.tally.FastPauses++
	}
}

// FastPaused reports that connections are opened without Fast Open, since a middlebox
// may be in its way.
func (h *Host) FastPaused(now des.Time) bool { return now < h.rest.fastPaused }

// FastOpening is what the host knows of a server for Fast Open: a cookie, and the
// segment size that it takes. Both may be missing.
func (h *Host) FastOpening(server wire.Addr) tcp.FastCookie { return h.rest.cookies[server] }

// FastRoom is how many bytes may ride on a SYN to the server, options beside them.
func (h *Host) FastRoom(server wire.Addr) uint32 {
	p := h.group.profile
	o := tcp.Opening{Profile: p, MTU: h.group.mtu, IPv6: server.Is6(), FastCookie: h.rest.cookies[server]}
	return o.FastRoom()
}

// keepCookie keeps what a server gave, for the next connections to its address.
func (s *Socket) keepCookie() {
	if c, ok := s.Conn.FastOpen(); ok {
		r := s.host.own()
		if r.cookies == nil {
			r.cookies = map[wire.Addr]tcp.FastCookie{}
		}
		r.cookies[s.tuple.remote] = c
	}
}
