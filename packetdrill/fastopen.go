package packetdrill

import (
	"netsim/packetdrill/script"
)

// The bits of net.ipv4.tcp_fastopen.
const (
	fastClient       = 0x1
	fastServer       = 0x2
	fastClientNaked  = 0x4   // text without a cookie
	fastServerNaked  = 0x200 // and taken so
	fastAllListeners = 0x400 // without TCP_FASTOPEN
)

// sendFast is sendto() and sendmsg() with MSG_FASTOPEN.
func (r *runner) sendFast(c *script.Call, a sockaddr, n, flags int64) (attempt, error) {
	s, no, err := r.socketArg(c)
	if s == nil {
		return no, err
	}
	if a.unspec || r.fastOpen&fastClient == 0 {
		return instead("EOPNOTSUPP")
	}
	return r.fast(s, a, n, flags), nil
}

// fast is the attempt to open a connection and write with one call (Linux
// tcp_sendmsg_fastopen). What goes with the SYN is written at once; the rest when the
// connection is there, if the call may wait.
func (r *runner) fast(s *socket, a sockaddr, n, flags int64) attempt {
	began := false
	sent := int64(0)
	var rest attempt
	return s.wait(flags, s.timeouts[1], func() (result, bool) {
		if !began {
			began = true
			switch {
			case s.phase == connecting:
				return failed("EALREADY")
			case s.phase == connected && s.asked && r.manners.connectedOnce: // a connect() has come about
				s.asked = false
				rest = s.put(n, 0, flags)
				return rest()
			}
			known := r.host.FastOpening(r.wireOf(a.ip))
			s.settings.FastOpen, s.settings.Cookieless = true, r.fastOpen&fastClientNaked != 0 || s.noCookie
			s.settings.Early = 0
			if (known.Len > 0 || s.settings.Cookieless) && !r.host.FastPaused(r.now()) {
				s.settings.Early = uint64(min(n, int64(r.host.FastRoom(r.wireOf(a.ip)))))
			}
			sent = int64(s.settings.Early)
			s.deferred = nil
			own := s.settings.SavesACK // what waits to be written carries the ACK
			s.settings.SavesACK = own || sent < n && !s.nonblock && flags&r.dontWait() == 0
			x, over := r.begin(s, a)
			if s.settings.SavesACK = own; over {
				return x, true
			}
			rest = s.put(n, sent, flags)
		}
		if s.phase != connecting {
			return rest()
		}
		if sent > 0 {
			return result{value: sent}, false
		}
		return result{value: -1, errno: "EINPROGRESS"}, false
	})
}

// defers reports whether connect() leaves the SYN to the first write, and does
// (TCP_FASTOPEN_CONNECT).
func (r *runner) defers(s *socket, a sockaddr) bool {
	if !s.fastConnect || r.fastOpen&fastClient == 0 || s.phase != fresh {
		return false
	}
	known := r.host.FastOpening(r.wireOf(a.ip))
	if r.host.FastPaused(r.now()) || known.Len == 0 && r.fastOpen&fastClientNaked == 0 && !s.noCookie {
		s.settings.FastOpen, s.settings.Early = true, 0 // it is asked for
		return false
	}
	s.deferred = &a
	return true
}

// listenFast lets a listener take Fast Open: with TCP_FASTOPEN, or all of them.
func (s *socket) listenFast(backlog int) {
	r := s.r
	s.listener.FastAny = r.sysctls.values["net.inet.tcp.fastopen.acceptany"] == "1"
	s.listener.FastOpen, s.listener.Cookieless = 0, r.fastOpen&fastServerNaked != 0 || s.noCookie
	switch {
	case r.fastOpen&fastServer == 0:
	case s.fastQueue > 0:
		s.listener.FastOpen = int32(s.fastQueue)
	case r.fastOpen&fastAllListeners != 0:
		s.listener.FastOpen = int32(min(backlog, 1<<20))
	}
}
