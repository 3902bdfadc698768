package wire_test

import (
	"net/netip"
	"testing"

	"netsim/wire"
)

func TestBook(t *testing.T) {
	b := wire.NewBook()
	ips := []netip.Addr{
		netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("10.0.0.2"),
	}
	seen := map[uint32]bool{}
	for i, ip := range ips {
		a := b.Add(ip)
		if a.IsZero() || a.Index() != uint32(i+1) || a.Is6() != ip.Is6() || b.IP(a) != ip {
			t.Errorf("%v became %v: index %d, 6 %v, written %v", ip, a, a.Index(), a.Is6(), b.IP(a))
		}
		if again := b.Add(ip); again != a {
			t.Errorf("%v added twice is %v and %v", ip, a, again)
		}
		if found, ok := b.Find(ip); !ok || found != a {
			t.Errorf("Find(%v) = %v, %v", ip, found, ok)
		}
		if wire.AddrOf(a.Uint32()) != a || seen[a.Uint32()] {
			t.Errorf("%v: the number %d is not its own", ip, a.Uint32())
		}
		seen[a.Uint32()] = true
	}
	if b.Len() != len(ips) {
		t.Errorf("Len() = %d, want %d", b.Len(), len(ips))
	}
	if a, ok := b.Find(netip.MustParseAddr("10.0.0.3")); ok {
		t.Errorf("found a stranger as %v", a)
	}
}

func TestBookUnmaps(t *testing.T) {
	b := wire.NewBook()
	a := b.Add(netip.MustParseAddr("::ffff:10.0.0.1"))
	if a.Is6() || a != b.Add(netip.MustParseAddr("10.0.0.1")) {
		t.Error("an IPv4 address mapped into IPv6 is another one")
	}
}

func TestBookRefuses(t *testing.T) {
	for _, ip := range []netip.Addr{{}, netip.MustParseAddr("fe80::1%eth0")} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%v was taken", ip)
				}
			}()
			wire.NewBook().Add(ip)
		}()
	}
	if !(wire.Addr{}).IsZero() {
		t.Error("the zero Addr is an address")
	}
}
