package packetdrill

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"netsim/host"
	"netsim/packetdrill/script"
)

// setup is what a script's options say.
type setup struct {
	local, remote netip.Addr
	six           bool // its sockets are of IPv6
	mapped        bool // and carry IPv4
	mtu           int
	tolerance     time.Duration
	tick          time.Duration // of timestamps; 0: their values are not checked
	bindPort      uint16
	connectPort   uint16
	strict        bool // segments are as large as expected
	nonFatal      bool
}

// The addresses of a script that names none.
var (
	local4, remote4 = netip.MustParseAddr("192.168.0.1"), netip.MustParseAddr("192.0.2.1")
	local6, remote6 = netip.MustParseAddr("fd3d:a0b:17d6::1"), netip.MustParseAddr("fd3d:fa7b:d17d::1")
)

// defaults are those of the language.
func defaults() setup {
	return setup{
		local: local4, remote: remote4,
		mtu: 1500, tolerance: 4 * time.Millisecond, bindPort: 8080, connectPort: 8080,
	}
}

// options reads the script's options.
func (r *runner) options(o Options) error {
	r.setup = defaults()
	s := &r.setup
	addresses := map[string]string{}
	for i := range r.script.Options {
		opt := &r.script.Options[i]
		if err := s.set(opt, addresses); err != nil {
			return err
		}
	}
	if s.six && !s.mapped {
		s.local, s.remote = local6, remote6
	}
	for name, at := range map[string]*netip.Addr{"local_ip": &s.local, "remote_ip": &s.remote} { // order-free: each sets its own
		if text := addresses[name]; text != "" {
			ip, err := netip.ParseAddr(text)
			if err != nil || ip.Is4() == (s.six && !s.mapped) {
				return &failure{at: script.Pos{Line: 1, Col: 1}, want: "--" + name + " with an address of --ip_version", got: strconv.Quote(text)}
			}
			*at = ip
		}
	}
	if o.Tolerance > 0 {
		s.tolerance = o.Tolerance
	}
	return nil
}

// ignored are options that mean nothing here: of the machine that a script runs on.
var ignored = []string{"gateway_ip", "netmask_ip", "speed", "init_scripts", "code_command", "code_format", "code_sockopt",
	"persistent_tun_dev", "verbose", "dry_run", "debug", "tun_dev", "so_filename", "so_flags", "use_tun", "udp_encaps", "send_omit_free", "send_omit_malloc"}

func (s *setup) set(o *script.Option, addresses map[string]string) error {
	number := func() (n int, err error) {
		if n, err = strconv.Atoi(o.Value); err != nil || n < 0 || n > 1<<30 {
			return 0, &failure{at: o.Pos, want: "--" + o.Name + " with a number", got: strconv.Quote(o.Value)}
		}
		return n, nil
	}
	var n int
	var err error
	switch o.Name {
	case "ip_version":
		switch o.Value {
		case "ipv4":
		case "ipv6":
			s.six = true
		case "ipv4-mapped-ipv6":
			s.six, s.mapped = true, true
		default:
			return &failure{at: o.Pos, want: "--ip_version of ipv4, ipv6 or ipv4-mapped-ipv6", got: strconv.Quote(o.Value)}
		}
	case "local_ip", "remote_ip":
		addresses[o.Name] = o.Value
	case "mtu":
		if n, err = number(); err == nil && (n < 68 || n > 65535) {
			return &failure{at: o.Pos, want: "an MTU from 68 to 65535", got: o.Value}
		}
		s.mtu = n
	case "tolerance_usecs":
		n, err = number()
		s.tolerance = time.Duration(n) * time.Microsecond
	case "tcp_ts_tick_usecs":
		n, err = number()
		s.tick = time.Duration(n) * time.Microsecond
	case "bind_port":
		n, err = number()
		s.bindPort = uint16(n)
	case "connect_port":
		n, err = number()
		s.connectPort = uint16(n)
	case "strict_segments":
		s.strict = o.Value != "0" && o.Value != "false"
	case "non_fatal":
		s.nonFatal = true
	case "define", "D":
	default:
		if !slices.Contains(ignored, o.Name) {
			return &unsupported{at: o.Pos, what: "option --" + o.Name}
		}
	}
	return err
}

// names are the names that are defined, and what stands for them.
type names map[string]string

// definitions are those of a profile and of the command line.
func definitions(o Options) names {
	n := names{}
	switch o.Profile {
	case "freebsd":
		n["FreeBSD"] = ""
	case "rfc9293":
		n["STANDARD"] = ""
	default:
		n[strings.ToUpper(o.Profile[:1])+o.Profile[1:]] = ""
	}
	for _, d := range o.Defines {
		n.define(d)
	}
	return n
}

func (n names) define(text string) {
	name, value, _ := strings.Cut(text, "=")
	n[strings.TrimSpace(name)] = strings.TrimSpace(value)
}

func (n names) defined(name string) bool { _, ok := n[name]; return ok }

// replace puts the values of names in their place, after the script's own
// --define=NAME=VALUE has added to them. The command line wins.
func (n names) replace(src string) string {
	for line := range strings.SplitSeq(src, "\n") {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "-") {
			if line == "" || strings.HasPrefix(line, "//") || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "/*") || strings.HasPrefix(line, "*") {
				continue
			}
			break
		}
		for option := range strings.SplitSeq(line, "--") {
			text, ok := strings.CutPrefix(strings.TrimSpace(option), "define=")
			if !ok {
				text, ok = strings.CutPrefix(strings.TrimSpace(option), "-D")
				text, _, _ = strings.Cut(strings.TrimSpace(text), " ")
			}
			if !ok {
				continue
			}
			if name, _, _ := strings.Cut(text, "="); !n.defined(name) {
				n.define(text)
			}
		}
	}
	n.cookies(strings.Contains(src, "--ip_version=ipv6"))
	var out strings.Builder
	for i := 0; i < len(src); {
		c := src[i]
		if !isName(c) {
			out.WriteByte(c)
			i++
			continue
		}
		j := i
		for j < len(src) && isName(src[j]) {
			j++
		}
		word := src[i:j]
		if v := n[word]; v != "" {
			word = v
		}
		out.WriteString(word)
		i = j
		if out.Len() > script.MaxSize { // the parser refuses it
			break
		}
	}
	return out.String()
}

// cookies defines the Fast Open cookies that scripts name, of the key that they set
// and of zeros.
func (n names) cookies(six bool) {
	client, server := remote4, local4
	if six {
		client, server = remote6, local6
	}
	for name, key := range map[string][16]byte{"TFO_COOKIE": scriptKey, "TFO_COOKIE_ZERO": {}} { // order-free: each its own name
		if !n.defined(name) {
			n[name] = fmt.Sprintf("%x", host.FastCookie(client, server, key))
		}
	}
}

// scriptKey is the key of Fast Open cookies that scripts set by custom.
var scriptKey = [16]byte{0xa1, 0xa1, 0xa1, 0xa1, 0xb2, 0xb2, 0xb2, 0xb2, 0xc3, 0xc3, 0xc3, 0xc3, 0xd4, 0xd4, 0xd4, 0xd4}

func isName(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_'
}
