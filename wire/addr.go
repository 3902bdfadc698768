package wire

import (
	"fmt"
	"iter"
	"net/netip"
)

// Addr names an address of a world: a dense number that tells the family by
// itself and what it is written as through a [Book]. The zero Addr is no
// address.
type Addr struct{ n uint32 }

const (
	family6 = 1 << 31
	nobody  = 1 << 30 // no single host has it
)

// Is6 reports whether the address is one of IPv6.
func (a Addr) Is6() bool { return a.n&family6 != 0 }

// IsUnicast reports whether the address can be that of a host: whether it is an
// address, and neither unspecified, nor of a multicast group, nor the broadcast of IPv4.
func (a Addr) IsUnicast() bool { return a.n != 0 && a.n&nobody == 0 }

// IsZero reports whether a is no address.
func (a Addr) IsZero() bool { return a.n == 0 }

// Index is the address's place in its Book, from 1 in the order of adding: dense,
// so that tables can be slices.
func (a Addr) Index() uint32 { return a.n &^ (family6 | nobody) }

// Uint32 returns a number that is different for every address of a world.
func (a Addr) Uint32() uint32 { return a.n }

// AddrOf makes the Addr of a number from Uint32, as compact tables store it.
func AddrOf(n uint32) Addr { return Addr{n} }

// Book holds the addresses of one world. Those of IPv4 are what there may be
// millions of.
type Book struct {
	ips    []netip.Addr // by Index; the first is a placeholder
	known4 map[[4]byte]Addr
	known  map[netip.Addr]Addr // of IPv6
}

// NewBook returns an empty Book.
func NewBook() *Book {
	return &Book{ips: make([]netip.Addr, 1), known4: map[[4]byte]Addr{}, known: map[netip.Addr]Addr{}}
}

// Add enters ip and returns its Addr; the same one if it is there already.
func (b *Book) Add(ip netip.Addr) Addr {
	ip = ip.Unmap()
	if a, ok := b.Find(ip); ok {
		return a
	}
	if !ip.IsValid() || ip.Zone() != "" {
		panic(fmt.Sprintf("wire: %v is no address for a packet", ip))
	}
	a := Addr{uint32(len(b.ips))}
	if ip.Is6() {
		a.n |= family6
	}
	if ip.IsMulticast() || ip.IsUnspecified() || ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		a.n |= nobody
	}
	b.ips = append(b.ips, ip)
	if ip.Is4() {
		b.known4[ip.As4()] = a
	} else {
		b.known[ip] = a
	}
	return a
}

// Find returns the Addr of ip, if the Book has it.
func (b *Book) Find(ip netip.Addr) (Addr, bool) {
	if ip = ip.Unmap(); ip.Is4() {
		a, ok := b.known4[ip.As4()]
		return a, ok
	}
	a, ok := b.known[ip]
	return a, ok
}

// IP returns what a is written as.
func (b *Book) IP(a Addr) netip.Addr { return b.ips[a.Index()] }

// All lists the addresses in the order of entering.
func (b *Book) All() iter.Seq[Addr] {
	return func(yield func(Addr) bool) {
		for _, ip := range b.ips[1:] {
			if a, _ := b.Find(ip); !yield(a) {
				return
			}
		}
	}
}

// Len counts the addresses.
func (b *Book) Len() int { return len(b.ips) - 1 }
