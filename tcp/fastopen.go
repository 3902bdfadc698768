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
	if !asks && (c.state == SynSent || x.cookie.Len == 0) {
		return
	}
	s.Options |= wire.HasCookie
	s.CookieLen, s.Cookie = x.cookie.Len, x.cookie.Bytes
	if s.HeaderLen() > wire.MaxHeaderLen { // no room beside the other options
		s.Options &^= wire.HasCookie
		return
	}
	if asks && x.cookie.Len > 0 {
		mss := c.defaultMSS()
		if x.cookie.MSS != 0 {
			mss = x.cookie.MSS
		}
		room := int32(min(mss, c.mss)) - int32(s.HeaderLen()-20)
		s.Len = uint32(max(min(room, c.end.Sub(c.next)), 0))
		c.next = c.next.Add(s.Len)
		if s.Len > 0 {
			c.texts++
			c.earlyText = true
		}
		c.nxt = c.next
	}
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

// Early reports a connection that its user has although its handshake is not
// complete.
func (c *Conn) Early() bool { return c.has(early) && c.state == SynReceived }

// FastOpen returns the cookie that the peer gave, and whether there is one.
func (c *Conn) FastOpen() (FastCookie, bool) {
	if !c.has(extended) || !c.side.settings.FastOpen {
		return FastCookie{}, false
	}
	return c.side.cookie, c.side.cookie.Len > 0
}

// takeCookie keeps the cookie of a SYN,ACK.
func (c *Conn) takeCookie(s *wire.Segment) {
	if c.settings().FastOpen && s.Options&wire.HasCookie != 0 && s.CookieLen > 0 {
		c.side.cookie = FastCookie{s.Cookie, s.CookieLen, c.mss}
	}
}

// openEarly writes what is to ride on the SYN.
func (c *Conn) openEarly(now des.Time) {
	if s := c.settings(); s.FastOpen {
		c.Write(now, s.Early)
	}
}

// Written counts the bytes that the user has written, sent or not.
func (c *Conn) Written() uint64 { return c.baseOffset + c.unsettled() }
