package packetdrill

import (
	"net/netip"

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
