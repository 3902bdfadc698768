package packetdrill

import (
	"maps"
	"math"
	"time"

	"netsim/tcp"
)

// option is a socket option. Without write it cannot be set.
type option struct {
	read  func(r *runner, s *socket) value
	write func(r *runner, s *socket, v value) errno
}

// toggle is an option that is on or off.
func toggle(field func(s *socket) *bool) option {
	return option{
		read:  func(_ *runner, s *socket) value { return value{n: truth(*field(s))} },
		write: func(_ *runner, s *socket, v value) errno { *field(s) = v.n != 0; return "" },
	}
}

func truth(on bool) int64 {
	if on {
		return 1
	}
	return 0
}

// lasting is an option that is a time in units, from 1 to a most; otherwise is what the
// system has where it is not set.
func lasting(field func(s *socket) *time.Duration, unit time.Duration, most int64, otherwise func(p *tcp.Profile) time.Duration) option {
	return option{
		read: func(r *runner, s *socket) value {
			d := *field(s)
			if d == 0 {
				d = otherwise(r.profile)
			}
			return value{n: int64(d / unit)}
		},
		write: func(_ *runner, s *socket, v value) errno {
			if v.n < 1 && most < math.MaxInt32 || v.n < 0 || v.n > most {
				return "EINVAL"
			}
			*field(s) = time.Duration(v.n) * unit
			return ""
		},
	}
}

// within is an option without effect here that is a number from 0 to a most.
func within(name string, otherwise, most int64) option {
	o := kept(name, otherwise)
	write := o.write
	o.write = func(r *runner, s *socket, v value) errno {
		if v.n < 0 || v.n > most {
			return "EINVAL"
		}
		return write(r, s, v)
	}
	return o
}

// kept is an option that is remembered and has no effect here.
func kept(name string, otherwise int64) option {
	return option{
		read: func(_ *runner, s *socket) value {
			if n, ok := s.kept[name]; ok {
				return value{n: n}
			}
			return value{n: otherwise}
		},
		write: func(_ *runner, s *socket, v value) errno {
			if s.kept == nil {
				s.kept = map[string]int64{}
			}
			s.kept[name] = v.n
			return ""
		},
	}
}

// options are the socket options by level and name.
var options map[string]option // order-free: looked up by name

func init() {
	options = map[string]option{}
	for _, some := range []map[string]option{socketOptions(), tcpOptions(), moreTCPOptions(), ipOptions()} {
		maps.Copy(options, some)
	}
}

// socketOptions are those of SOL_SOCKET.
func socketOptions() map[string]option {
	return map[string]option{
		"SOL_SOCKET.SO_REUSEADDR":  toggle(func(s *socket) *bool { return &s.reuse }),
		"SOL_SOCKET.SO_REUSEPORT":  toggle(func(s *socket) *bool { return &s.reuse }),
		"SOL_SOCKET.SO_KEEPALIVE":  toggle(func(s *socket) *bool { return &s.settings.KeepAlive }),
		"SOL_SOCKET.SO_ERROR":      {},
		"SOL_SOCKET.SO_LINGER":     {read: readLinger, write: writeLinger},
		"SOL_SOCKET.SO_RCVTIMEO":   waitsFor(0),
		"SOL_SOCKET.SO_SNDTIMEO":   waitsFor(1),
		"SOL_SOCKET.SO_RCVBUF":     {read: readReceiveBuffer, write: writeReceiveBuffer},
		"SOL_SOCKET.SO_SNDBUF":     {read: readSendBuffer, write: writeSendBuffer},
		"SOL_SOCKET.SO_ACCEPTCONN": {read: func(_ *runner, s *socket) value { return value{n: truth(s.phase == listening)} }},
		"SOL_SOCKET.SO_TYPE":       {read: func(*runner, *socket) value { return value{n: symbols["SOCK_STREAM"]} }},
		"SOL_SOCKET.SO_MARK":       kept("SO_MARK", 0), "SOL_SOCKET.SO_PRIORITY": kept("SO_PRIORITY", 0), "SOL_SOCKET.SO_DEBUG": kept("SO_DEBUG", 0),
		"SOL_SOCKET.SO_BUSY_POLL": kept("SO_BUSY_POLL", 0), "SOL_SOCKET.SO_MAX_PACING_RATE": kept("SO_MAX_PACING_RATE", -1), "SOL_SOCKET.SO_NOSIGPIPE": kept("SO_NOSIGPIPE", 0),
		"SOL_SOCKET.SO_BROADCAST": kept("SO_BROADCAST", 0), "SOL_SOCKET.SO_DONTROUTE": kept("SO_DONTROUTE", 0), "SOL_SOCKET.SO_INCOMING_CPU": kept("SO_INCOMING_CPU", 0),
		"SOL_SOCKET.SO_RCVLOWAT": {read: func(_ *runner, s *socket) value { return value{n: max(s.lowWater, 1)} }, write: func(_ *runner, s *socket, v value) errno {
			s.lowWater = v.n
			if v.n < 0 {
				s.lowWater = math.MaxInt32
			}
			return ""
		}},
		"SOL_SOCKET.SO_SNDBUFFORCE": {write: writeSendBuffer}, "SOL_SOCKET.SO_RCVBUFFORCE": {write: writeReceiveBuffer},
		"SOL_SOCKET.SO_DOMAIN":       {read: func(r *runner, _ *socket) value { return value{n: r.family()} }},
		"SOL_SOCKET.SO_PROTOCOL":     {read: func(*runner, *socket) value { return value{n: symbols["IPPROTO_TCP"]} }},
		"SOL_SOCKET.SO_BINDTODEVICE": {read: func(*runner, *socket) value { return value{} }, write: bindToDevice},
	}
}

// tcpOptions are those of TCP.
func tcpOptions() map[string]option {
	return map[string]option{
		"IPPROTO_TCP.TCP_NODELAY": toggle(func(s *socket) *bool { return &s.settings.NoDelay }),
		"IPPROTO_TCP.TCP_CORK":    toggle(func(s *socket) *bool { return &s.settings.Cork }),
		"IPPROTO_TCP.TCP_NOPUSH":  toggle(func(s *socket) *bool { return &s.settings.Cork }),
		"IPPROTO_TCP.TCP_NOOPT":   toggle(func(s *socket) *bool { return &s.settings.NoOptions }),
		"IPPROTO_TCP.TCP_MAXSEG":  {read: readMSS, write: writeMSS},
		"IPPROTO_TCP.TCP_KEEPIDLE": lasting(func(s *socket) *time.Duration { return &s.settings.KeepIdle }, time.Second, 32767,
			func(p *tcp.Profile) time.Duration { return p.KeepIdle }),
		"IPPROTO_TCP.TCP_KEEPINTVL": lasting(func(s *socket) *time.Duration { return &s.settings.KeepInterval }, time.Second, 32767,
			func(p *tcp.Profile) time.Duration { return p.KeepInterval }),
		"IPPROTO_TCP.TCP_KEEPCNT": {
			read: func(r *runner, s *socket) value {
				return value{n: int64(orElse(s.settings.KeepProbes, r.profile.KeepProbes))}
			},
			write: func(_ *runner, s *socket, v value) errno {
				if v.n < 1 || v.n > 127 {
					return "EINVAL"
				}
				s.settings.KeepProbes = int(v.n)
				return ""
			},
		},
		"IPPROTO_TCP.TCP_KEEPINIT": {write: func(r *runner, s *socket, v value) errno {
			if v.n < 1 {
				return "EINVAL"
			}
			waits := tcp.Schedule(cutSchedule(r.profile, time.Duration(v.n)*time.Second))
			s.settings.SYNSchedule = &waits
			return ""
		}},
	}
}

// moreTCPOptions are those of TCP, too.
func moreTCPOptions() map[string]option {
	return map[string]option{
		"IPPROTO_TCP.TCP_USER_TIMEOUT": lasting(func(s *socket) *time.Duration { return &s.settings.UserTimeout }, time.Millisecond, math.MaxInt32,
			func(p *tcp.Profile) time.Duration { return p.UserTimeout }),
		"IPPROTO_TCP.TCP_SYNCNT":       {read: readSYNs, write: writeSYNs},
		"IPPROTO_TCP.TCP_LINGER2":      {read: readLinger2, write: writeLinger2},
		"IPPROTO_TCP.TCP_DEFER_ACCEPT": {read: func(_ *runner, s *socket) value { return value{n: int64(s.settings.DeferAccept / time.Second)} }, write: writeDefer},
		"IPPROTO_TCP.TCP_QUICKACK": {
			read:  func(_ *runner, s *socket) value { return value{n: truth(!s.settings.SavesACK)} },
			write: writeQuickACK,
		},
		"IPPROTO_TCP.TCP_INFO":             {},
		"IPPROTO_TCP.TCP_FASTOPEN":         {read: func(_ *runner, s *socket) value { return value{n: int64(s.fastQueue)} }, write: writeFastQueue},
		"IPPROTO_TCP.TCP_FASTOPEN_CONNECT": {read: func(_ *runner, s *socket) value { return value{n: truth(s.fastConnect)} }, write: writeFastConnect},
		"IPPROTO_TCP.TCP_FASTOPEN_NO_COOKIE": {read: func(_ *runner, s *socket) value { return value{n: truth(s.noCookie)} },
			write: writeNoCookie},
		"IPPROTO_TCP.TCP_FASTOPEN_KEY": {write: writeFastKey},
		"IPPROTO_TCP.TCP_CONGESTION":   {read: readCongestion, write: writeCongestion},
		"IPPROTO_TCP.TCP_INQ":          kept("TCP_INQ", 0), "IPPROTO_TCP.TCP_THIN_LINEAR_TIMEOUTS": toggle(func(s *socket) *bool { return &s.settings.ThinLinear }),
		"IPPROTO_TCP.TCP_ULP": {write: func(*runner, *socket, value) errno { return "ENOENT" }},
		"IPPROTO_TCP.TCP_LOG": kept("TCP_LOG", 0), "IPPROTO_TCP.TCP_LOGBUF": kept("TCP_LOGBUF", 0), "IPPROTO_TCP.TCP_LOGID": kept("TCP_LOGID", 0),
		"IPPROTO_TCP.TCP_FUNCTION_BLK": {read: func(*runner, *socket) value { return value{bytes: "freebsd"} }, write: func(_ *runner, _ *socket, v value) errno {
			if v.bytes != "freebsd" && v.bytes != "default" {
				return "ENOENT"
			}
			return ""
		}},
		"IPPROTO_TCP.TCP_NOTSENT_LOWAT": {read: readLow, write: writeLow}, "IPPROTO_TCP.TCP_WINDOW_CLAMP": kept("TCP_WINDOW_CLAMP", 0),
		"IPPROTO_TCP.TCP_SAVE_SYN": kept("TCP_SAVE_SYN", 0), "IPPROTO_TCP.TCP_DELACK": kept("TCP_DELACK", 0),
	}
}

// ipOptions are those of IP.
func ipOptions() map[string]option {
	return map[string]option{
		"IPPROTO_IP.IP_TTL":              {read: readTTL, write: writeTTL},
		"IPPROTO_IP.IP_TOS":              {read: readTOS, write: writeTOS},
		"IPPROTO_IPV6.IPV6_TCLASS":       {read: readTOS, write: writeTOS},
		"IPPROTO_IPV6.IPV6_UNICAST_HOPS": {read: readTTL, write: writeTTL},
		"IPPROTO_IP.IP_MTU_DISCOVER":     within("IP_MTU_DISCOVER", 1, 5), "IPPROTO_IP.IP_RECVERR": kept("IP_RECVERR", 0),
		"IPPROTO_IP.IP_FREEBIND": kept("IP_FREEBIND", 0), "IPPROTO_IP.IP_BIND_ADDRESS_NO_PORT": kept("IP_BIND_ADDRESS_NO_PORT", 0),
		"IPPROTO_IPV6.IPV6_V6ONLY": kept("IPV6_V6ONLY", 0), "IPPROTO_IPV6.IPV6_MTU_DISCOVER": within("IPV6_MTU_DISCOVER", 1, 5), "IPPROTO_IPV6.IPV6_RECVERR": kept("IPV6_RECVERR", 0),
	}
}

func orElse(n, otherwise int) int {
	if n != 0 {
		return n
	}
	return otherwise
}

// waitsFor is how long calls of a kind wait, a struct timeval.
func waitsFor(kind int) option {
	return option{
		read: func(_ *runner, s *socket) value {
			d := s.timeouts[kind]
			return value{n: int64(d / time.Second), second: int64(d % time.Second / time.Microsecond)}
		},
		write: func(_ *runner, s *socket, v value) errno {
			if v.second < 0 || v.second >= 1e6 {
				return "EDOM"
			}
			s.timeouts[kind] = time.Duration(max(min(v.n, 1<<31), 0))*time.Second + time.Duration(v.second)*time.Microsecond
			return ""
		},
	}
}

func readLinger(_ *runner, s *socket) value {
	return value{n: truth(s.settings.Lingers), second: int64(s.settings.Linger / time.Second)}
}

func writeLinger(_ *runner, s *socket, v value) errno {
	s.settings.Lingers, s.settings.Linger = v.n != 0, time.Duration(v.second)*time.Second
	return ""
}

// Of buffers, Linux keeps twice what is asked for, as what it needs beside (sock.7).
func readReceiveBuffer(r *runner, s *socket) value {
	n := orElse(int(s.settings.ReceiveBuffer), int(r.profile.ReceiveInitial))
	return value{n: int64(r.manners.bufferTimes * n)}
}

func writeReceiveBuffer(r *runner, s *socket, v value) errno {
	if r.bsd() && v.n < 1 { // sbsetopt
		return "EINVAL"
	}
	s.settings.ReceiveBuffer = uint32(min(max(v.n, r.manners.leastBuffers[0]), 1<<30))
	return ""
}

func readSendBuffer(r *runner, s *socket) value {
	n := orElse(int(s.settings.SendBuffer), int(r.profile.SendBuffer))
	return value{n: int64(r.manners.bufferTimes * n)}
}

func writeSendBuffer(r *runner, s *socket, v value) errno {
	if r.bsd() && v.n < 1 {
		return "EINVAL"
	}
	s.settings.SendBuffer = uint64(min(max(v.n, r.manners.leastBuffers[1]), 1<<30))
	return ""
}

func readLow(_ *runner, s *socket) value { return value{n: int64(s.settings.NotSentLow)} }

func writeLow(_ *runner, s *socket, v value) errno {
	s.settings.NotSentLow = uint32(v.n)
	return ""
}

func readMSS(r *runner, s *socket) value {
	switch {
	case s.conn != nil:
		return value{n: int64(s.conn.Info().MSS)}
	case s.settings.MSS > 0:
		return value{n: int64(s.settings.MSS)}
	}
	return value{n: 536}
}

func writeMSS(_ *runner, s *socket, v value) errno {
	if v.n != 0 && (v.n < 88 || v.n > 32767) { // tcp_sock_set_maxseg: TCP_MIN_MSS, MAX_TCP_WINDOW
		return "EINVAL"
	}
	s.settings.MSS = int(v.n)
	return ""
}

func readSYNs(r *runner, s *socket) value {
	return value{n: int64(orElse(s.syns, 6))}
}

func writeSYNs(r *runner, s *socket, v value) errno {
	if v.n < 1 || v.n > 127 {
		return "EINVAL"
	}
	linear := 4
	if text, ok := r.sysctls.values["net.ipv4.tcp_syn_linear_timeouts"]; ok {
		linear, _ = whole(text, 0, 127)
	}
	waits := tcp.Schedule(synSchedule(r.profile, int(v.n), linear))
	s.syns, s.settings.SYNSchedule = int(v.n), &waits
	return ""
}

func readLinger2(r *runner, s *socket) value {
	switch d := s.settings.FinWait2; {
	case d < 0:
		return value{n: -1}
	case d > 0:
		return value{n: int64(d / time.Second)}
	}
	return value{n: int64(r.profile.FinWait2 / time.Second)}
}

func writeLinger2(_ *runner, s *socket, v value) errno {
	switch {
	case v.n < 0:
		s.settings.FinWait2 = -1
	case v.n > 120: // TCP_FIN_TIMEOUT_MAX
		s.settings.FinWait2 = 120 * time.Second
	default:
		s.settings.FinWait2 = time.Duration(v.n) * time.Second
	}
	return ""
}

// writeDefer keeps the time as the number of SYN,ACKs that it is long (secs_to_retrans,
// retrans_to_secs).
func writeDefer(r *runner, s *socket, v value) errno {
	s.settings.DeferAccept = 0
	for n := 0; v.n > 0 && n < len(r.profile.SYNACKSchedule) && s.settings.DeferAccept < time.Duration(v.n)*time.Second; n++ {
		s.settings.DeferAccept += r.profile.SYNACKSchedule[n]
	}
	return ""
}

func writeQuickACK(r *runner, s *socket, v value) errno {
	s.settings.SavesACK = v.n == 0
	if s.conn != nil {
		s.conn.Acknowledge(r.now(), v.n != 0)
	}
	return ""
}

func writeFastQueue(_ *runner, s *socket, v value) errno {
	if v.n < 0 || s.phase != fresh && s.phase != listening {
		return "EINVAL"
	}
	s.fastQueue = int(min(v.n, 1<<20))
	if s.listener != nil {
		s.listenFast(s.fastQueue)
	}
	return ""
}

func writeNoCookie(_ *runner, s *socket, v value) errno {
	s.noCookie = v.n != 0
	if s.listener != nil {
		s.listener.Cookieless = s.listener.Cookieless || s.noCookie
	}
	return ""
}

func writeFastConnect(r *runner, s *socket, v value) errno {
	switch {
	case v.n < 0 || v.n > 1:
		return "EINVAL"
	case r.fastOpen&fastClient == 0:
		return "EOPNOTSUPP"
	case s.phase != fresh:
		return "EINVAL"
	}
	s.fastConnect = v.n == 1
	return ""
}

func writeFastKey(r *runner, s *socket, v value) errno {
	keys, ok := fastKeyBytes(v.bytes)
	if !ok {
		return "EINVAL"
	}
	s.fastKeys = keys
	if s.listener != nil {
		s.listener.FastKeys = keys
	}
	return ""
}
