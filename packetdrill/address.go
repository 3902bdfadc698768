package packetdrill

import (
	"fmt"
	"net/netip"
	"strings"

	"netsim/packetdrill/script"
	"netsim/wire"
)

// sockaddr is an address that a call is given.
type sockaddr struct {
	unspec bool
	given  bool // it was written out
	ip     netip.Addr
	port   uint16
	family string
}

// addressArg reads an address; ... is the script's own, which is given.
func (r *runner) addressArg(c *script.Call, i int, own sockaddr) (sockaddr, error) {
	e, err := arg(c, i)
	if err != nil {
		return own, err
	}
	if e.Kind == script.Ellipsis {
		return own, nil
	}
	if e.Kind != script.Struct {
		return own, &failure{at: e.Pos, want: "an address, or ...", got: exprText(e)}
	}
	a := sockaddr{given: true}
	for i, key := range e.Keys {
		v := e.Args[i]
		if v.Kind == script.Ellipsis {
			continue
		}
		switch key {
		case "sa_family", "sin_family", "sin6_family":
			a.family = v.Text
			a.unspec = v.Text == "AF_UNSPEC"
		case "sin_port", "sin6_port", "sa_port":
			n, err := r.number(v)
			if err != nil {
				return a, err
			}
			a.port = uint16(n)
		case "sin_addr", "sin6_addr":
			if a.ip, err = addressOf(v); err != nil {
				return a, err
			}
		case "sin6_flowinfo", "sin6_scope_id", "sa_data", "sin_len", "sa_len", "sin6_len":
		default:
			return a, &unsupported{at: v.Pos, what: "field " + key + " of an address"}
		}
	}
	return a, nil
}

// addressOf reads inet_addr("1.2.3.4"), inet_pton("::1") or INADDR_ANY.
func addressOf(v *script.Expr) (netip.Addr, error) {
	switch {
	case v.Kind == script.Word && v.Text == "INADDR_ANY":
		return netip.IPv4Unspecified(), nil
	case v.Kind == script.Word && v.Text == "in6addr_any":
		return netip.IPv6Unspecified(), nil
	case v.Kind == script.String:
		if ip, err := netip.ParseAddr(v.Text); err == nil {
			return ip, nil
		}
	case v.Kind == script.Apply && len(v.Args) > 0:
		last := v.Args[len(v.Args)-1]
		if ip, err := netip.ParseAddr(last.Text); err == nil {
			return ip, nil
		}
		if last.Text == "INADDR_ANY" {
			return netip.IPv4Unspecified(), nil
		}
	}
	return netip.Addr{}, &failure{at: v.Pos, want: `an address such as inet_addr("192.0.2.1")`, got: exprText(v)}
}

// wrong is the error of an address that no call takes: of another family than the
// socket's, or too short to hold one.
func (r *runner) wrong(s *socket, c *script.Call, a *sockaddr) errno {
	if len(c.Args) > 2 && c.Args[2].Kind == script.Int && c.Args[2].Int < 16 {
		return "EINVAL"
	}
	if a.family == "AF_INET6" && !s.six || a.family != "" && !strings.HasPrefix(a.family, "AF_INET") && !a.unspec {
		return "EAFNOSUPPORT"
	}
	return ""
}

// own reports whether a socket may be bound to an address: to one of the host's, or to
// any with IP_FREEBIND.
func (r *runner) own(s *socket, ip netip.Addr) bool {
	ip = ip.Unmap()
	return !ip.IsValid() || ip.IsUnspecified() || ip.IsLoopback() || ip == r.setup.local || s.kept["IP_FREEBIND"] != 0 ||
		r.sysctls.values["net.ipv4.ip_nonlocal_bind"] == "1"
}

// outAddress holds the address of a socket against that which the script expects.
func (r *runner) outAddress(c *script.Call, s *socket, name string) error {
	if len(c.Args) < 2 || c.Args[1].Kind != script.Struct {
		return nil
	}
	want, err := r.addressArg(c, 1, sockaddr{})
	if err != nil {
		return err
	}
	got := sockaddr{ip: r.bare(s), port: s.port, family: "AF_INET"}
	if s.six {
		got.family = "AF_INET6"
	}
	if name == "getpeername" {
		got.ip, got.port = r.bookIP(s.peer.Address), s.peer.Port
	}
	if r.setup.mapped {
		got.ip = netip.AddrFrom16(got.ip.As16())
	}
	if want.family != "" && want.family != got.family || want.port != 0 && want.port != got.port || want.ip.IsValid() && want.ip.Unmap() != got.ip.Unmap() {
		return &failure{at: c.Args[1].Pos, want: exprText(c.Args[1]), got: fmt.Sprintf("%s, port %d of %s", got.family, got.port, got.ip)}
	}
	return nil
}

// bare is the address that a socket is bound to or connected from.
func (r *runner) bare(s *socket) netip.Addr {
	switch {
	case s.conn != nil || s.phase == connected || s.phase == over:
		return r.setup.local
	case !s.address.IsZero():
		return r.bookIP(s.address)
	case s.six:
		return netip.IPv6Unspecified()
	}
	return netip.IPv4Unspecified()
}

func (r *runner) bookIP(a wire.Addr) netip.Addr {
	if a.IsZero() {
		return netip.IPv4Unspecified()
	}
	return r.book.IP(a)
}

// family is that of the script's sockets.
func (r *runner) family() int64 {
	name := "AF_INET"
	if r.setup.six {
		name = "AF_INET6"
	}
	n, _ := r.number(&script.Expr{Kind: script.Word, Text: name})
	return n
}

// near and far are the script's own addresses.
func (r *runner) near() sockaddr { return sockaddr{ip: r.setup.local, port: r.setup.bindPort} }
func (r *runner) far() sockaddr  { return sockaddr{ip: r.setup.remote, port: r.setup.connectPort} }

// wireOf is an address as the host has it; unspecified is none.
func (r *runner) wireOf(ip netip.Addr) wire.Addr {
	if ip = ip.Unmap(); !ip.IsValid() || ip.IsUnspecified() {
		return wire.Addr{}
	}
	return r.book.Add(ip)
}
