package tcp

import (
	"netsim/des"
	"netsim/wire"
)

// FastCookie is what a server gave a client, who shows it to have text of its SYN
// accepted (RFC 7413 section 4.1). MSS is that of the server, for the SYN comes
// before it can say it; 0 is unknown.
type FastCookie struct {
	Bytes [16]byte
	Len   uint8 // 0: none
	MSS   uint16
	Exp   bool // of the experimental option
	Asked bool // by that option, in vain
}

// ride adds to a SYN the request for a cookie, or the cookie and the text, and to a
// SYN,ACK the cookie that was asked for. A SYN that is sent again is an ordinary
// one: whatever is in the way of Fast Open is not met twice (section 4.2.1).
func (c *Conn) ride(s *wire.Segment) {
	if !c.has(extended) || c.has(resentSYN) {
		return
	}
	x := c.side
	asks := c.state == SynSent && x.settings.FastOpen
	if !asks && (c.has(active) || x.cookie.Len == 0) {
		return
	}
	if !asks || !x.settings.Cookieless {
		s.Options |= wire.HasCookie
		s.CookieLen, s.Cookie, s.CookieExp = x.cookie.Len, x.cookie.Bytes, x.cookie.Exp
		if s.HeaderLen() > wire.MaxHeaderLen { // no room beside the other options
			s.Options &^= wire.HasCookie
			return
		}
	}
	if asks && (x.cookie.Len > 0 || x.settings.Cookieless) {
		room := int32(c.fastMSS(x.cookie.MSS)) - int32(max(s.HeaderLen()-20, c.profile.FastOptions))
		s.Len = uint32(max(min(room, c.end.Sub(c.next)), 0))
		c.next = c.next.Add(s.Len)
		if s.Len > 0 {
			c.texts++
			c.earlyText = true
		}
		c.nxt = c.next
	}
}

// fastMSS is what may go beside a SYN and its options, where the peer takes segments
// of a size, 0 if that is not known.
func (c *Conn) fastMSS(known uint16) uint16 {
	switch {
	case known == 0 && c.profile.FastBlind:
		known = c.mss
	case known == 0:
		known = c.defaultMSS()
	}
	return min(known, c.mss)
}

// FastRoom is how many bytes may ride on the SYN beside whatever options.
func (o *Opening) FastRoom() uint32 {
	var c Conn
	c.begin(o)
	return uint32(max(int(c.fastMSS(o.FastCookie.MSS))-max(40, o.Profile.FastOptions), 0))
}

// takeEarly is text beside a SYN that showed a good cookie: the user has it at once,
// and may answer before the handshake is complete (section 4.2.2).
func (c *Conn) takeEarly(s *wire.Segment) {
	c.on(early)
	c.received++
	c.startCongestion()
	c.news |= Connected
	if s.Len == 0 {
		return
	}
	if s.Offset != 0 {
		c.counts.Misplaced++
	}
	n := min(s.Len, uint32(c.edge.Sub(c.rcvNxt))) // the peer sent it before it knew the window
	c.rcvNxt = c.rcvNxt.Add(n)
	c.lastAckSent = c.rcvNxt
	c.rcvOffset += uint64(n)
	c.readable += n
	c.news |= Readable
	c.earlyText = true
}

// Adopt notes that the user has a connection that is Early: from now on it is open for
// what ICMP tells (Linux tcp_v4_err).
func (c *Conn) Adopt() { c.adopted = c.Early() }

// Early reports a connection that its user has although its handshake is not
// complete.
func (c *Conn) Early() bool { return c.has(early) && c.state == SynReceived }

// FastOpen returns the cookie that the peer gave, which may be of no bytes, and the
// size that it takes, and whether it has said either.
func (c *Conn) FastOpen() (FastCookie, bool) {
	if !c.has(extended) || !c.side.settings.FastOpen {
		return FastCookie{}, false
	}
	return c.side.cookie, c.side.cookie.MSS > 0
}

// takeCookie keeps the cookie of a SYN,ACK.
func (c *Conn) takeCookie(s *wire.Segment) {
	if !c.settings().FastOpen {
		return
	}
	x := &c.side.cookie
	switch {
	case s.Options&wire.HasCookie != 0 && s.CookieLen > 0:
		*x = FastCookie{Bytes: s.Cookie, Len: s.CookieLen, Exp: s.CookieExp}
	case c.profile.FastAsksTwice && x.Len == 0 && !x.Asked && !c.has(resentSYN) && s.Options&wire.HasCookie == 0:
		x.Exp, x.Asked = !x.Exp, x.Exp // the other option next time, but the experimental one once only
	}
	x.MSS = c.mss
}

// FastStuck reports a connection whose user asked for Fast Open, and whose timer has
// just expired for the third time in a row: a middlebox may be in the way of it (Linux
// tcp_fastopen_active_detect_blackhole).
func (c *Conn) FastStuck() bool {
	stuck := c.has(extended) && c.tries == 3 && c.side.settings.FastOpen && c.has(active)
	if stuck {
		c.note(FastFailed)
	}
	return stuck
}

// openEarly writes what is to ride on the SYN.
func (c *Conn) openEarly(now des.Time) {
	if s := c.settings(); s.FastOpen {
		c.Write(now, s.Early)
	}
}

// Written counts the bytes that the user has written, sent or not.
func (c *Conn) Written() uint64 { return c.baseOffset + c.unsettled() }
