package wire_test

import (
	"bytes"
	"encoding/binary"
	"net"
	"net/netip"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"netsim/des"
	"netsim/wire"
)

// Another decoder reads our packets as we mean them.
func TestGopacketReadsOurs(t *testing.T) {
	w := newWorld()
	const seed = 2
	r := des.Stream(seed, 0, "wire.gopacket")
	for i := range 5000 {
		p := w.randomPacket(r)
		raw := wire.AppendPacket(nil, w.Book, &p)
		first := layers.LayerTypeIPv4
		if p.Dst.Is6() {
			first = layers.LayerTypeIPv6
		}
		decoded := gopacket.NewPacket(raw, first, gopacket.Default)
		tcp, ok := decoded.TransportLayer().(*layers.TCP)
		if !ok {
			t.Fatalf("seed %d, packet %d: no TCP: %v", seed, i, decoded)
		}
		if err := tcp.SetNetworkLayerForChecksum(decoded.NetworkLayer()); err != nil {
			t.Fatal(err)
		}
		if err, bad := decoded.VerifyChecksums(); err != nil || len(bad) != 0 {
			t.Fatalf("seed %d, packet %d: checksums %v, %v\n% x", seed, i, err, bad, raw[:p.HeaderLen()])
		}
		sameNetwork(t, decoded, w, &p)
		sameTCP(t, tcp, &p.Segment)
		if t.Failed() {
			t.Fatalf("seed %d, packet %d: %+v\n% x", seed, i, p, raw[:p.HeaderLen()])
		}
	}
}

func sameNetwork(t *testing.T, decoded gopacket.Packet, w world, p *wire.Packet) {
	t.Helper()
	var src, dst net.IP
	var ttl, ecn uint8
	var id, length int
	switch ip := decoded.NetworkLayer().(type) {
	case *layers.IPv4:
		src, dst, ttl, ecn, id, length = ip.SrcIP, ip.DstIP, ip.TTL, ip.TOS, int(ip.Id), int(ip.Length)
		if ip.Flags != layers.IPv4DontFragment || ip.FragOffset != 0 {
			t.Errorf("flags %v, offset %d", ip.Flags, ip.FragOffset)
		}
	case *layers.IPv6:
		src, dst, ttl, ecn, length = ip.SrcIP, ip.DstIP, ip.HopLimit, ip.TrafficClass, 40+int(ip.Length)
	}
	if src.String() != w.IP(p.Src).String() || dst.String() != w.IP(p.Dst).String() {
		t.Errorf("from %v to %v", src, dst)
	}
	if ttl != p.TTL || ecn != p.ECN || id != int(p.ID) || length != int(p.Size) {
		t.Errorf("TTL %d, ECN %d, ID %d, length %d", ttl, ecn, id, length)
	}
}

func sameTCP(t *testing.T, tcp *layers.TCP, s *wire.Segment) {
	t.Helper()
	if uint16(tcp.SrcPort) != s.SrcPort || uint16(tcp.DstPort) != s.DstPort || tcp.Seq != s.Seq.Uint32() ||
		tcp.Ack != s.Ack.Uint32() || tcp.Window != s.Window || tcp.Urgent != s.Urgent || len(tcp.Payload) != int(s.Len) {
		t.Errorf("fields differ: %+v", tcp)
	}
	for _, f := range []struct {
		set bool
		bit wire.Flags
	}{{tcp.FIN, wire.FIN}, {tcp.SYN, wire.SYN}, {tcp.RST, wire.RST}, {tcp.PSH, wire.PSH}, {tcp.ACK, wire.ACK}, {tcp.URG, wire.URG}, {tcp.ECE, wire.ECE}, {tcp.CWR, wire.CWR}} {
		if f.set != s.Flags.Has(f.bit) {
			t.Errorf("%v is %v", f.bit, f.set)
		}
	}
	data := map[layers.TCPOptionKind][]byte{}
	for _, o := range tcp.Options {
		if o.OptionType != layers.TCPOptionKindNop {
			data[o.OptionType] = o.OptionData
		}
	}
	want := optionData(s)
	if len(data) != len(want) {
		t.Errorf("options %v, want %v", data, want)
	}
	for kind, b := range want {
		if got, ok := data[kind]; !ok || !bytes.Equal(got, b) {
			t.Errorf("option %v is % x, want % x", kind, got, b)
		}
	}
}

// optionData is what each option of s holds, made anew from its RFC.
func optionData(s *wire.Segment) map[layers.TCPOptionKind][]byte {
	m := map[layers.TCPOptionKind][]byte{}
	if s.Options&wire.HasMSS != 0 {
		m[layers.TCPOptionKindMSS] = binary.BigEndian.AppendUint16(nil, s.MSS)
	}
	if s.Options&wire.HasScale != 0 {
		m[layers.TCPOptionKindWindowScale] = []byte{s.Scale}
	}
	if s.Options&wire.SACKPermitted != 0 {
		m[layers.TCPOptionKindSACKPermitted] = nil
	}
	if s.Options&wire.HasTimestamps != 0 {
		m[layers.TCPOptionKindTimestamps] = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, s.TSVal), s.TSEcr)
	}
	if s.Options&wire.HasSACK != 0 {
		var b []byte
		for _, block := range s.SACK[:s.Blocks] {
			b = binary.BigEndian.AppendUint32(b, block.Left.Uint32())
			b = binary.BigEndian.AppendUint32(b, block.Right.Uint32())
		}
		m[layers.TCPOptionKindSACK] = b
	}
	if s.Options&wire.HasCookie != 0 {
		m[34] = s.Cookie[:s.CookieLen]
	}
	if s.Options&wire.HasTimeout != 0 {
		m[28] = binary.BigEndian.AppendUint16(nil, s.Timeout)
	}
	return m
}

// And we read what another encoder writes: its options in no order of ours,
// without alignment.
func TestWeReadGopackets(t *testing.T) {
	w := newWorld()
	const seed = 3
	r := des.Stream(seed, 0, "wire.gopacket")
	for i := range 5000 {
		p := w.randomPacket(r)
		s := &p.Segment
		tcp := &layers.TCP{
			SrcPort: layers.TCPPort(s.SrcPort), DstPort: layers.TCPPort(s.DstPort), Seq: s.Seq.Uint32(), Ack: s.Ack.Uint32(),
			FIN: s.Flags.Has(wire.FIN), SYN: s.Flags.Has(wire.SYN), RST: s.Flags.Has(wire.RST), PSH: s.Flags.Has(wire.PSH),
			ACK: s.Flags.Has(wire.ACK), URG: s.Flags.Has(wire.URG), ECE: s.Flags.Has(wire.ECE), CWR: s.Flags.Has(wire.CWR),
			Window: s.Window, Urgent: s.Urgent,
		}
		for kind, b := range optionData(s) { // in any order
			tcp.Options = append(tcp.Options, layers.TCPOption{OptionType: kind, OptionLength: uint8(2 + len(b)), OptionData: b})
		}
		network := networkLayer(w, &p)
		if err := tcp.SetNetworkLayerForChecksum(network.(gopacket.NetworkLayer)); err != nil {
			t.Fatal(err)
		}
		buffer := gopacket.NewSerializeBuffer()
		options := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
		if err := gopacket.SerializeLayers(buffer, options, network, tcp, gopacket.Payload(make([]byte, s.Len))); err != nil {
			t.Fatal(err)
		}
		var got wire.Packet
		if err := wire.ParsePacket(buffer.Bytes(), w.Book, &got); err != nil {
			t.Fatalf("seed %d, packet %d: %v\n% x", seed, i, err, buffer.Bytes())
		}
		p.Size = int32(len(buffer.Bytes())) // packed more tightly than ours
		if carried(got) != carried(p) {
			t.Fatalf("seed %d, packet %d:\nsent %+v\ngot  %+v", seed, i, carried(p), carried(got))
		}
	}
}

func networkLayer(w world, p *wire.Packet) gopacket.SerializableLayer {
	src, dst := w.IP(p.Src).AsSlice(), w.IP(p.Dst).AsSlice()
	if p.Dst.Is6() {
		return &layers.IPv6{Version: 6, TrafficClass: p.ECN, HopLimit: p.TTL, NextHeader: layers.IPProtocolTCP, SrcIP: src, DstIP: dst}
	}
	return &layers.IPv4{Version: 4, TOS: p.ECN, Id: uint16(p.ID), TTL: p.TTL, Protocol: layers.IPProtocolTCP, SrcIP: src, DstIP: dst}
}

// What is no segment of TCP is a datagram of UDP to another decoder.
func TestGopacketReadsDatagrams(t *testing.T) {
	b := wire.NewBook()
	for _, ips := range [][2]string{{"10.0.0.1", "10.0.0.2"}, {"fd00::1", "fd00::2"}} {
		p := wire.Packet{Src: b.Add(netip.MustParseAddr(ips[0])), Dst: b.Add(netip.MustParseAddr(ips[1])), TTL: 64}
		p.Segment.Marks, p.Segment.Len = wire.Datagram, 100
		p.Measure()
		raw := wire.AppendPacket(nil, b, &p)
		first := layers.LayerTypeIPv4
		if p.Dst.Is6() {
			first = layers.LayerTypeIPv6
		}
		read := gopacket.NewPacket(raw, first, gopacket.Default)
		udp, ok := read.Layer(layers.LayerTypeUDP).(*layers.UDP)
		if !ok || len(raw) != int(p.Size) || udp.DstPort != 9 || udp.Length != 108 || len(udp.Payload) != 100 {
			t.Fatalf("%d bytes are no datagram of 100: %v", len(raw), read)
		}
		if err := udp.SetNetworkLayerForChecksum(read.NetworkLayer()); err != nil {
			t.Fatal(err)
		}
		if err, result := udp.VerifyChecksum(); err != nil || !result.Valid {
			t.Errorf("checksum %#x, want %#x: %v", udp.Checksum, result.Correct, err)
		}
	}
}
