package host

import (
	"math/bits"

	"netsim/tcp"
	"netsim/wire"
)

// fastCookie is what a client at the address is to show: a keyed hash of the address
// (RFC 7413 section 4.1.2).
func (h *Host) fastCookie(client wire.Addr) tcp.FastCookie {
	hi, lo := bits.Mul64(h.secret^uint64(client.Uint32())^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
	c := tcp.FastCookie{Len: 8}
	for i := range c.Len {
		c.Bytes[i] = byte((hi ^ lo) >> (8 * i))
	}
	return c
}

// fastOpen looks at the cookie of a SYN (RFC 7413 section 4.2.2). A good one lets the
// text be taken, unless too many such connections wait for their third segment
// (section 5.1); for any other, and where one is asked for, the good one is given.
func (l *Listener) fastOpen(s *Socket, seg *wire.Segment, o *tcp.Opening) {
	if l.FastOpen == 0 || seg.Options&wire.HasCookie == 0 {
		return
	}
	good := l.host.fastCookie(s.tuple.remote)
	switch {
	case seg.CookieLen != good.Len || [8]byte(seg.Cookie[:8]) != [8]byte(good.Bytes[:8]):
		o.FastCookie = good
	case int(l.fast) < l.FastOpen:
		o.Early, s.fast = true, true
		l.fast++
	}
}

// fastDone gives the place back when a connection that was opened fast has left
// SYN-RECEIVED.
func (s *Socket) fastDone() {
	s.fast = false
	if l := s.host.listener(s.tuple.localPort); l != nil {
		l.fast--
	}
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
