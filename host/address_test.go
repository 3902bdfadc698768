package host

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// multihomed is two hosts of three addresses each, 10.0.0.1, 10.0.1.1 and 2001:db8::1,
// and so on with 2. It notes which addresses their segments go from and to.
func multihomed(t *testing.T) (w *world, seen map[string]int) {
	at := func(i int) (all []netip.Addr) {
		for _, form := range []string{"10.0.0.%d", "10.0.1.%d", "2001:db8::%d"} {
			all = append(all, netip.MustParseAddr(fmt.Sprintf(form, i+1)))
		}
		return all
	}
	w = newWorldAt(t, 1, des.PacketsFirst, func(int) (a, b topo.HalfSpec) { return line(), line() }, at, tcp.RFC9293(), tcp.RFC9293())
	seen = map[string]int{}
	w.stack.Observe(&addressed{w, seen})
	w.listen(1, 80, 128, w.callees())
	return w, seen
}

// addressed observes a world and counts what goes from where to where.
type addressed struct {
	*world
	seen map[string]int
}

func (a *addressed) Sent(now des.Time, node topo.NodeID, p *wire.Packet) {
	a.seen[fmt.Sprint(a.book.IP(p.Src), " ", a.book.IP(p.Dst))]++
	a.world.Sent(now, node, p)
}

// A connection goes from the address it is opened from, chosen by the user or by the
// host, from its SYN to the last answer of its TIME-WAIT. Proves MUST-43, MUST-44,
// MUST-45.
func TestRequirementLocalAddress(t *testing.T) {
	for _, test := range []struct {
		name     string
		from, to int    // which of the addresses; -1: the host's choice
		want     string // both directions
	}{
		{"of the user", 1, 0, "10.0.1.1 10.0.0.2"},
		{"of the host", -1, 1, "10.0.0.1 10.0.1.2"},
		{"of the host, IPv6", -1, 2, "2001:db8::1 2001:db8::2"},
	} {
		w, seen := multihomed(t)
		var from wire.Addr
		if test.from >= 0 {
			from = w.hosts[0].AddressAt(test.from)
		}
		w.at(0, func(now des.Time) {
			s, err := w.hosts[0].ConnectFrom(now, from, Remote{w.hosts[1].AddressAt(test.to), 80}, 0, wire.IncarnationOf(0, 1, 1), w.caller(), nil)
			w.must(s, err)
		})
		w.at(time.Minute, func(des.Time) { // the FIN once more, into TIME-WAIT
			for _, s := range w.sent {
				if s.by == w.hosts[1].node && s.seg.Flags.Has(wire.FIN) {
					p := w.pool.Get()
					p.Src, p.Dst, p.Segment = w.hosts[1].AddressAt(test.to), w.hosts[0].AddressAt(max(test.from, 0)), s.seg
					if test.to == 2 {
						p.Dst = w.hosts[0].AddressAt(2)
					}
					p.Measure()
					w.hosts[0].Receive(w.sim.Now(), p)
				}
			}
		})
		w.keep = true
		w.finish()
		var a, b string
		fmt.Sscan(test.want, &a, &b)
		if len(seen) != 2 || seen[test.want] != 5 || seen[b+" "+a] != 3 {
			t.Errorf("%s: %v, want 5 segments %s and 3 back", test.name, seen, test.want)
		}
	}
}

// No connection is opened to what is not the address of one host, nor from what is not
// this host's, nor across families. Proves MUST-46.
func TestRequirementAddressesOfOpen(t *testing.T) {
	w, _ := multihomed(t)
	other := w.hosts[1].AddressAt(0)
	for _, test := range []struct {
		name     string
		from, to wire.Addr
	}{
		{"broadcast", wire.Addr{}, w.book.Add(netip.MustParseAddr("255.255.255.255"))},
		{"multicast", wire.Addr{}, w.book.Add(netip.MustParseAddr("224.0.0.1"))},
		{"multicast, IPv6", wire.Addr{}, w.book.Add(netip.MustParseAddr("ff02::1"))},
		{"unspecified", wire.Addr{}, w.book.Add(netip.MustParseAddr("0.0.0.0"))},
		{"none", wire.Addr{}, wire.Addr{}},
		{"from another's", other, other},
		{"from the other family", w.hosts[0].AddressAt(2), other},
	} {
		if _, err := w.hosts[0].ConnectFrom(0, test.from, Remote{test.to, 80}, 0, 1, w.idle(), nil); !errors.Is(err, ErrAddress) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	w.finish()
}

// A SYN to or from a group is dropped without a word, and so is all that would draw a
// reset. Proves MUST-57, MUST-63.
func TestRequirementGroupAddresses(t *testing.T) {
	for _, group := range []string{"255.255.255.255", "224.0.0.1", "ff02::1", "0.0.0.0"} {
		for _, flags := range []wire.Flags{wire.SYN, wire.ACK, wire.FIN} {
			for _, source := range []bool{false, true} {
				w, seen := multihomed(t)
				g := w.book.Add(netip.MustParseAddr(group))
				p := w.pool.Get()
				p.Src, p.Dst = w.hosts[0].AddressAt(0), g
				if source {
					p.Src, p.Dst = g, w.hosts[1].AddressAt(0)
				}
				p.Segment = wire.Segment{Flags: flags, SrcPort: 4000, DstPort: 80}
				p.Measure()
				w.hosts[1].Receive(0, p)
				if len(seen) != 0 {
					t.Errorf("%v with %s: answered %v", flags, group, seen)
				}
				w.finish()
			}
		}
	}
}
