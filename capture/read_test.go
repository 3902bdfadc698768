package capture_test

import (
	"bytes"
	"io"
	"net/netip"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"netsim/wire"
)

// A file as the library's reader has it.
type file struct {
	section    pcapgo.NgSectionInfo
	interfaces []pcapgo.NgInterface
	packets    []record
}

type record struct {
	gopacket.CaptureInfo
	frame []byte
}

// read takes a file apart and fails the test if the reader cannot.
func read(t *testing.T, raw []byte) file {
	t.Helper()
	r, err := pcapgo.NewNgReader(bytes.NewReader(raw), pcapgo.NgReaderOptions{ErrorOnMismatchingLinkType: true})
	if err != nil {
		t.Fatal(err)
	}
	f := file{section: r.SectionInfo()}
	for {
		frame, info, err := r.ReadPacketData()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("packet %d: %v", len(f.packets), err)
		}
		f.packets = append(f.packets, record{info, frame})
	}
	for i := range r.NInterfaces() {
		about, err := r.Interface(i)
		if err != nil {
			t.Fatal(err)
		}
		f.interfaces = append(f.interfaces, about)
	}
	return f
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
