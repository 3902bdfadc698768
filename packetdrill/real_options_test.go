//go:build kernel && linux && (amd64 || arm64)

package packetdrill

import (
	"encoding/binary"
	"strings"
	"syscall"
	"unsafe"

	"netsim/packetdrill/script"
)

// optionNumbers are the socket options by level and name (include/uapi/linux/tcp.h, in.h,
// in6.h, asm-generic/socket.h).
var optionNumbers = map[string][2]uintptr{
	"SO_REUSEADDR": {1, 2}, "SO_TYPE": {1, 3}, "SO_ERROR": {1, 4}, "SO_SNDBUF": {1, 7}, "SO_RCVBUF": {1, 8}, "SO_KEEPALIVE": {1, 9},
	"SO_PRIORITY": {1, 12}, "SO_LINGER": {1, 13}, "SO_REUSEPORT": {1, 15}, "SO_RCVTIMEO": {1, 20}, "SO_SNDTIMEO": {1, 21},
	"SO_ACCEPTCONN": {1, 30}, "SO_RCVLOWAT": {1, 18}, "SO_OOBINLINE": {1, 10}, "SO_SNDBUFFORCE": {1, 32}, "SO_RCVBUFFORCE": {1, 33},
	"TCP_NODELAY": {6, 1}, "TCP_MAXSEG": {6, 2}, "TCP_CORK": {6, 3}, "TCP_KEEPIDLE": {6, 4}, "TCP_KEEPINTVL": {6, 5}, "TCP_KEEPCNT": {6, 6},
	"TCP_SYNCNT": {6, 7}, "TCP_LINGER2": {6, 8}, "TCP_DEFER_ACCEPT": {6, 9}, "TCP_WINDOW_CLAMP": {6, 10}, "TCP_INFO": {6, 11}, "TCP_QUICKACK": {6, 12},
	"TCP_CONGESTION": {6, 13}, "TCP_USER_TIMEOUT": {6, 18}, "TCP_FASTOPEN": {6, 23}, "TCP_NOTSENT_LOWAT": {6, 25}, "TCP_SAVE_SYN": {6, 27},
	"TCP_FASTOPEN_CONNECT": {6, 30}, "TCP_FASTOPEN_KEY": {6, 33}, "TCP_FASTOPEN_NO_COOKIE": {6, 34}, "TCP_INQ": {6, 36},
	"SO_BINDTODEVICE": {1, 25}, "SO_DOMAIN": {1, 39}, "SO_PROTOCOL": {1, 38}, "SO_MAX_PACING_RATE": {1, 47}, "IP_TOS": {0, 1}, "IP_TTL": {0, 2}, "IP_MTU_DISCOVER": {0, 10}, "IP_RECVERR": {0, 11}, "IP_FREEBIND": {0, 15}, "IP_BIND_ADDRESS_NO_PORT": {0, 24},
	"IPV6_UNICAST_HOPS": {41, 16}, "IPV6_MTU_DISCOVER": {41, 23}, "IPV6_RECVERR": {41, 25}, "IPV6_V6ONLY": {41, 26}, "IPV6_TCLASS": {41, 67},
}

// sockopt is getsockopt() and setsockopt().
func (k *real) sockopt(c *script.Call, d *descriptor) (p prepared, err error) {
	at, ok := optionNumbers[c.Args[2].Text]
	if !ok {
		return p, &unsupported{at: c.Args[2].Pos, what: "option " + c.Args[2].Text}
	}
	if c.Name == "setsockopt" {
		value, err := k.optionBytes(c.Args[2].Text, c.Args[3])
		if len(c.Args) > 4 && c.Args[4].Kind == script.Int && c.Args[4].Int < int64(len(value)) {
			value = value[:max(c.Args[4].Int, 0)]
		}
		p.make = func() (int64, syscall.Errno) {
			return enter(syscall.SYS_SETSOCKOPT, d.live, at[0], at[1], value, len(value))
		}
		return p, err
	}
	value, size := make([]byte, 512), uint32(512)
	p.make = func() (int64, syscall.Errno) {
		return enter(syscall.SYS_GETSOCKOPT, d.live, at[0], at[1], value, unsafe.Pointer(&size))
	}
	p.check = func(int64) error {
		n, want := int64(int32(binary.NativeEndian.Uint32(value))), c.Args[3]
		switch {
		case c.Args[2].Text == "SO_ERROR":
			return k.outErrno(want, errno(errnoNames[syscall.Errno(n)]))
		case want.Kind == script.Ellipsis || want.Kind == script.String:
			return nil
		case want.Kind == script.Struct:
			return k.fields(c.Args[2].Text, value[:size], want)
		}
		return k.out(want, n)
	}
	return p, nil
}

// optionBytes is a value as setsockopt() reads it.
func (k *real) optionBytes(name string, e *script.Expr) ([]byte, error) {
	v, err := k.optionValue(e)
	switch {
	case err != nil:
		return nil, err
	case v.bytes != "":
		return []byte(v.bytes), nil
	case strings.HasSuffix(name, "TIMEO"):
		return binary.NativeEndian.AppendUint64(binary.NativeEndian.AppendUint64(nil, uint64(v.n)), uint64(v.second)), nil
	case e.Kind == script.Struct:
		return binary.NativeEndian.AppendUint32(binary.NativeEndian.AppendUint32(nil, uint32(v.n)), uint32(v.second)), nil
	}
	return binary.NativeEndian.AppendUint32(nil, uint32(v.n)), nil
}

// fields holds those of a struct against those that the script expects.
func (k *real) fields(name string, value []byte, want *script.Expr) error {
	info := map[string]uint64{}
	switch {
	case name == "TCP_INFO":
		info = infoOf(value)
	case strings.HasSuffix(name, "TIMEO"):
		info["tv_sec"], info["tv_usec"] = binary.NativeEndian.Uint64(value), binary.NativeEndian.Uint64(value[8:])
	default:
		info["onoff"], info["linger"] = uint64(binary.NativeEndian.Uint32(value)), uint64(binary.NativeEndian.Uint32(value[4:]))
	}
	for i, key := range want.Keys {
		if want.Args[i].Kind == script.Ellipsis {
			continue
		}
		n, err := k.number(want.Args[i])
		if err != nil {
			return err
		}
		got, ok := info[strings.TrimPrefix(key, "l_")]
		if !ok {
			return &unsupported{at: want.Pos, what: "field " + key}
		}
		if got != uint64(n) {
			return &failure{at: want.Args[i].Pos, want: key + "=" + exprText(want.Args[i]), got: key + "=" + result{value: int64(got)}.String()}
		}
	}
	return nil
}

// infoFields are those of struct tcp_info behind its eight bytes, with their sizes; those
// of 8 bytes are aligned.
const infoFields = "rto ato snd_mss rcv_mss unacked sacked lost retrans fackets last_data_sent last_ack_sent last_data_recv last_ack_recv " +
	"pmtu rcv_ssthresh rtt rttvar snd_ssthresh snd_cwnd advmss reordering rcv_rtt rcv_space total_retrans " +
	"pacing_rate:8 max_pacing_rate:8 bytes_acked:8 bytes_received:8 segs_out segs_in notsent_bytes min_rtt data_segs_in data_segs_out " +
	"delivery_rate:8 busy_time:8 rwnd_limited:8 sndbuf_limited:8 delivered delivered_ce bytes_sent:8 bytes_retrans:8 dsack_dups reord_seen rcv_ooopack snd_wnd"

// infoOf reads a struct tcp_info.
func infoOf(b []byte) map[string]uint64 {
	m := map[string]uint64{"tcpi_snd_wscale": uint64(b[6] & 15), "tcpi_rcv_wscale": uint64(b[6] >> 4)}
	for i, name := range strings.Fields("state ca_state retransmits probes backoff options") {
		m["tcpi_"+name] = uint64(b[i])
	}
	at := 8
	for _, field := range strings.Fields(infoFields) {
		name, wide := strings.CutSuffix(field, ":8")
		n := 4
		if wide {
			n, at = 8, (at+7)&^7
		}
		if at+n > len(b) {
			break
		}
		m["tcpi_"+name] = uint64(binary.NativeEndian.Uint32(b[at:]))
		if wide {
			m["tcpi_"+name] = binary.NativeEndian.Uint64(b[at:])
		}
		at += n
	}
	return m
}

// code runs a program over the TCP_INFO of the socket at hand. Of one that is closed
// there is its state, as /proc/net/tcp has it.
func (k *real) code(c *script.Code) error {
	var last *descriptor
	for _, d := range k.opened {
		if d.closed {
			continue
		}
		if last == nil || !d.listening {
			last = d
		}
		if d.flow != nil && d.flow == k.current && !d.listening {
			last = d
			break
		}
	}
	if last == nil {
		return &unsupported{what: "TCP_INFO of a closed socket"}
	}
	value, size := make([]byte, 512), uint32(512)
	if _, e := enter(syscall.SYS_GETSOCKOPT, uintptr(last.live), 6, 11, value, unsafe.Pointer(&size)); e != 0 {
		return e
	}
	info := infoOf(value[:size])
	if k.record {
		k.rows = append(k.rows, Row{At: k.now().Sub(k.base), Pos: c.Pos, Kind: Called, Text: infoText(info)})
		return nil
	}
	return k.evaluate(c, info)
}

// errnoNames are the errors by number, as scripts name them.
var errnoNames = map[syscall.Errno]string{
	syscall.EAGAIN: "EAGAIN", syscall.EBADF: "EBADF", syscall.EINVAL: "EINVAL", syscall.EPIPE: "EPIPE", syscall.EDOM: "EDOM", syscall.ENOTSOCK: "ENOTSOCK",
	syscall.EMSGSIZE: "EMSGSIZE", syscall.ENOPROTOOPT: "ENOPROTOOPT", syscall.EPROTO: "EPROTO", syscall.EOPNOTSUPP: "EOPNOTSUPP", syscall.EADDRINUSE: "EADDRINUSE",
	syscall.EADDRNOTAVAIL: "EADDRNOTAVAIL", syscall.ENETDOWN: "ENETDOWN", syscall.ENETUNREACH: "ENETUNREACH", syscall.ECONNABORTED: "ECONNABORTED",
	syscall.ECONNRESET: "ECONNRESET", syscall.ENOBUFS: "ENOBUFS", syscall.EISCONN: "EISCONN", syscall.ENOTCONN: "ENOTCONN", syscall.ETIMEDOUT: "ETIMEDOUT",
	syscall.ECONNREFUSED: "ECONNREFUSED", syscall.EHOSTUNREACH: "EHOSTUNREACH", syscall.EALREADY: "EALREADY", syscall.EINPROGRESS: "EINPROGRESS",
	syscall.ENOENT: "ENOENT", syscall.EEXIST: "EEXIST", syscall.EPERM: "EPERM", syscall.EACCES: "EACCES", syscall.EINTR: "EINTR", syscall.ENOMEM: "ENOMEM",
	syscall.EAFNOSUPPORT: "EAFNOSUPPORT", syscall.EDESTADDRREQ: "EDESTADDRREQ", syscall.EFAULT: "EFAULT", syscall.ENODEV: "ENODEV", syscall.EHOSTDOWN: "EHOSTDOWN",
}
