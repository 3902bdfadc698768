package capture_test

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"netsim/wire"
)

// A file as it is read back: its blocks taken apart without the writer's code.
type file struct {
	section    options
	interfaces []iface
	packets    []record
	statistics []options
}

type options map[uint16]string

type iface struct {
	link uint16
	snap uint32
	options
}

type record struct {
	iface  uint32
	ns     uint64
	length int // of the frame that was
	frame  []byte
}

var order = binary.LittleEndian

// read takes a file apart and fails the test on anything that is not well formed.
func read(t *testing.T, raw []byte) file {
	t.Helper()
	var f file
	for at := 0; at < len(raw); {
		b := raw[at:]
		if len(b) < 12 || order.Uint32(b[4:])%4 != 0 || order.Uint32(b[4:]) > uint32(len(b)) {
			t.Fatalf("byte %d: no block", at)
		}
		n := order.Uint32(b[4:])
		if order.Uint32(b[n-4:]) != n {
			t.Fatalf("byte %d: the lengths of a block differ", at)
		}
		kind, body := order.Uint32(b), b[8:n-4]
		if (kind == 0x0a0d0d0a) != (at == 0) {
			t.Fatalf("byte %d: block %x", at, kind)
		}
		switch kind {
		case 0x0a0d0d0a:
			if order.Uint32(body) != 0x1a2b3c4d || order.Uint32(body[4:]) != 1 || order.Uint64(body[8:]) != 1<<64-1 {
				t.Fatalf("section % x", body)
			}
			f.section = readOptions(t, body[16:])
		case 1:
			f.interfaces = append(f.interfaces, iface{order.Uint16(body), order.Uint32(body[4:]), readOptions(t, body[8:])})
		case 5:
			if int(order.Uint32(body)) != len(f.statistics) {
				t.Fatalf("statistics of interface %d, want %d", order.Uint32(body), len(f.statistics))
			}
			f.statistics = append(f.statistics, readOptions(t, body[12:]))
		case 6:
			kept := int(order.Uint32(body[12:]))
			if len(body) != 20+(kept+3)/4*4 {
				t.Fatalf("byte %d: a frame of %d bytes in %d", at, kept, len(body))
			}
			r := record{order.Uint32(body), uint64(order.Uint32(body[4:]))<<32 | uint64(order.Uint32(body[8:])), int(order.Uint32(body[16:])), body[20 : 20+kept]}
			f.packets = append(f.packets, r)
		default:
			t.Fatalf("byte %d: block %x", at, kind)
		}
		at += int(n)
	}
	return f
}

func readOptions(t *testing.T, b []byte) options {
	t.Helper()
	o := options{}
	for len(b) >= 4 {
		code, n := order.Uint16(b), int(order.Uint16(b[2:]))
		if code == 0 {
			break
		}
		o[code] = string(b[4 : 4+n])
		b = b[4+(n+3)/4*4:]
	}
	if len(b) != 4 {
		t.Fatalf("options end with % x", b)
	}
	return o
}

// decode gives a frame to another decoder, which verifies the checksums.
func decode(t *testing.T, frame []byte) gopacket.Packet {
	t.Helper()
	p := gopacket.NewPacket(frame, layers.LayerTypeEthernet, gopacket.Default)
	tcp, ok := p.TransportLayer().(*layers.TCP)
	if !ok {
		t.Fatalf("no TCP: %v", p)
	}
	if err := tcp.SetNetworkLayerForChecksum(p.NetworkLayer()); err != nil {
		t.Fatal(err)
	}
	if err, bad := p.VerifyChecksums(); err != nil || len(bad) != 0 {
		t.Fatalf("checksums: %v, %v", err, bad)
	}
	return p
}

// conversation is a short connection of IPv4 and a segment of IPv6, and its Book.
func conversation() (*wire.Book, []wire.Packet) {
	b := wire.NewBook()
	client, server := b.Add(netip.MustParseAddr("10.0.0.1")), b.Add(netip.MustParseAddr("10.0.0.2"))
	c6, s6 := b.Add(netip.MustParseAddr("2001:db8::1")), b.Add(netip.MustParseAddr("2001:db8::2"))
	const syn = wire.HasMSS | wire.HasScale | wire.HasTimestamps | wire.SACKPermitted
	packet := func(src, dst wire.Addr, s wire.Segment) wire.Packet {
		s.SrcPort, s.DstPort, s.Window = 40000, 80, 1000
		if src == server {
			s.SrcPort, s.DstPort = 80, 40000
		}
		s.MSS, s.Scale, s.TSVal = 1460, 7, 5
		p := wire.Packet{Src: src, Dst: dst, TTL: 64, ECN: 2, ID: 7, Segment: s}
		p.Measure()
		return p
	}
	seq := wire.SeqOf
	return b, []wire.Packet{
		packet(client, server, wire.Segment{Flags: wire.SYN, Seq: seq(99), Options: syn}),
		packet(server, client, wire.Segment{Flags: wire.SYN | wire.ACK, Seq: seq(499), Ack: seq(100), Options: syn}),
		packet(client, server, wire.Segment{Flags: wire.ACK, Seq: seq(100), Ack: seq(500), Options: wire.HasTimestamps}),
		packet(client, server, wire.Segment{Flags: wire.PSH | wire.ACK, Seq: seq(100), Ack: seq(500), Len: 1001, Options: wire.HasTimestamps}),
		packet(server, client, wire.Segment{Flags: wire.FIN | wire.ACK, Seq: seq(500), Ack: seq(1101), Options: wire.HasTimestamps}),
		packet(c6, s6, wire.Segment{Flags: wire.SYN, Options: syn | wire.HasCookie, CookieLen: 8, Cookie: [16]byte{1, 2, 3}}),
	}
}
