package wire_test

import (
	"errors"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"netsim/des"
	"netsim/wire"
)

var allReports = []wire.Report{wire.NetUnreachable, wire.HostUnreachable, wire.ProtocolUnreachable, wire.PortUnreachable,
	wire.TooBig, wire.Prohibited, wire.TimeExceeded, wire.ParameterProblem}

// reported are packets of both families with each report on them.
func reported(w world) (list []wire.Packet) {
	r := des.Stream(5, 0, "wire.report")
	for _, why := range allReports {
		for range 8 {
			p := w.randomPacket(r)
			router := w.four[1]
			if p.Dst.Is6() {
				router = w.six[0]
			}
			p.Return(why, router, uint16(r.Uint32()))
			if why != wire.TooBig {
				p.MTU = 0
			}
			p.ID &= 0xffff
			list = append(list, p)
		}
	}
	return list
}

// A report comes back as it was made, with the segment it is about.
func TestReportRoundTrip(t *testing.T) {
	w := newWorld()
	for _, p := range reported(w) {
		var got wire.Packet
		raw := wire.AppendPacket(nil, w.Book, &p)
		if err := wire.ParsePacket(raw, w.Book, &got); err != nil || carried(got) != carried(p) {
			t.Errorf("sent %+v\ngot  %+v, error %v", carried(p), carried(got), err)
		}
		if len(raw) != int(p.Size) {
			t.Errorf("%v: %d bytes, Size %d", p.Report, len(raw), p.Size)
		}
	}
}

// Another decoder finds the type, the code and both checksums right, and RFC 792's
// and RFC 4443's numbers for what happened.
func TestGopacketReadsReports(t *testing.T) {
	want := map[wire.Report][2]string{
		wire.NetUnreachable:      {"DestinationUnreachable(Net)", "DestinationUnreachable(NoRouteToDst)"},
		wire.HostUnreachable:     {"DestinationUnreachable(Host)", "DestinationUnreachable(AddressUnreachable)"},
		wire.ProtocolUnreachable: {"DestinationUnreachable(Protocol)", "ParameterProblem(UnrecognizedNextHeader)"},
		wire.PortUnreachable:     {"DestinationUnreachable(Port)", "DestinationUnreachable(PortUnreachable)"},
		wire.TooBig:              {"DestinationUnreachable(FragmentationNeeded)", "PacketTooBig"},
		wire.Prohibited:          {"DestinationUnreachable(CommAdminProhibited)", "DestinationUnreachable(AdminProhibited)"},
		wire.TimeExceeded:        {"TimeExceeded(TTLExceeded)", "TimeExceeded(HopLimitExceeded)"},
		wire.ParameterProblem:    {"ParameterProblem(PointerIndicatesError)", "ParameterProblem(ErroneousHeaderField)"},
	}
	w := newWorld()
	for _, p := range reported(w) {
		first := layers.LayerTypeIPv4
		if p.Dst.Is6() {
			first = layers.LayerTypeIPv6
		}
		decoded := gopacket.NewPacket(wire.AppendPacket(nil, w.Book, &p), first, gopacket.Default)
		icmp6, _ := decoded.Layer(layers.LayerTypeICMPv6).(*layers.ICMPv6)
		if icmp6 != nil {
			if err := icmp6.SetNetworkLayerForChecksum(decoded.NetworkLayer()); err != nil {
				t.Fatal(err)
			}
		}
		if err, bad := decoded.VerifyChecksums(); err != nil || len(bad) != 0 {
			t.Errorf("%v: checksums %v, %v", p.Report, err, bad)
		}
		var got, should string
		if icmp, ok := decoded.Layer(layers.LayerTypeICMPv4).(*layers.ICMPv4); ok {
			got, should = icmp.TypeCode.String(), want[p.Report][0]
		} else if icmp6 != nil {
			got, should = icmp6.TypeCode.String(), want[p.Report][1]
		}
		if got != should {
			t.Errorf("%v is read as %q, want %q", p.Report, got, should)
		}
	}
}

// Only the first 8 bytes of the segment are sure to be quoted: ports and number.
func TestReportCutShort(t *testing.T) {
	w := newWorld()
	p := wire.Packet{Src: w.four[0], Dst: w.four[1], TTL: 64, Segment: wire.Segment{SrcPort: 40000, DstPort: 80,
		Seq: wire.SeqOf(1000), Ack: wire.SeqOf(7), Flags: wire.ACK, Len: 300, Options: wire.HasTimestamps, TSVal: 1}}
	p.Return(wire.HostUnreachable, w.four[1], 0)
	raw := wire.AppendPacket(nil, w.Book, &p)[:20+8+20+8]
	raw[2], raw[3] = 0, byte(len(raw))
	repair(raw)
	var got wire.Packet
	if err := wire.ParsePacket(raw, w.Book, &got); err != nil {
		t.Fatal(err)
	}
	s := got.Segment
	if s.SrcPort != 40000 || s.DstPort != 80 || s.Seq != wire.SeqOf(1000) || s.Flags != 0 || s.Options != 0 || got.About != w.four[1] {
		t.Errorf("got %+v", got)
	}
	if want := "ICMP host unreachable: none seq 1000:1312 len 312 win 0"; got.Describe(wire.Origin{}) != want {
		t.Errorf("described as %q, want %q", got.Describe(wire.Origin{}), want)
	}
}

// What is not a report on a segment of the receiver's is told by its kind.
func TestReportErrors(t *testing.T) {
	w := newWorld()
	make4 := func(change func(raw []byte)) []byte {
		p := wire.Packet{Src: w.four[0], Dst: w.four[1], TTL: 64}
		p.Return(wire.TooBig, w.four[1], 1400)
		raw := wire.AppendPacket(nil, w.Book, &p)
		change(raw)
		repair(raw)
		return raw
	}
	for _, c := range []struct {
		name   string
		change func(raw []byte)
		kind   error
	}{
		{"an echo", func(raw []byte) { raw[20] = 8 }, wire.ErrNotTCP},
		{"about UDP", func(raw []byte) { raw[28+9] = 17 }, wire.ErrNotTCP},
		{"about another's packet", func(raw []byte) { raw[28+15] = 2 }, wire.ErrAddress},
		{"about a packet to a stranger", func(raw []byte) { raw[28+19] = 77 }, wire.ErrAddress},
		{"about IPv6", func(raw []byte) { raw[28] = 0x65 }, wire.ErrVersion},
		{"quoted header of 16 bytes", func(raw []byte) { raw[28] = 0x44 }, wire.ErrLength},
		{"quoted options leave no ports", func(raw []byte) { raw[28] = 0x4f }, wire.ErrTruncated},
	} {
		var p wire.Packet
		if err := wire.ParsePacket(make4(c.change), w.Book, &p); !errors.Is(err, c.kind) {
			t.Errorf("%s: error %v, want %v", c.name, err, c.kind)
		}
	}
	short := make4(func([]byte) {})
	for n := 20; n < 56; n++ {
		raw := append([]byte(nil), short[:n]...)
		raw[3] = byte(n)
		repair(raw)
		if err := wire.ParsePacket(raw, w.Book, new(wire.Packet)); !errors.Is(err, wire.ErrTruncated) {
			t.Errorf("%d bytes: error %v, want truncated", n, err)
		}
	}
	whole := make4(func([]byte) {})
	whole[22] ^= 1
	if err := wire.ParsePacket(whole, w.Book, new(wire.Packet)); !errors.Is(err, wire.ErrChecksum) {
		t.Errorf("error %v, want a checksum's", err)
	}
}
