package wire_test

import (
	"errors"
	"fmt"
	"net/netip"

	"netsim/wire"
)

// A SYN on its way: made, read again, and damaged.
func ExampleParsePacket() {
	book := wire.NewBook()
	syn := wire.Packet{
		Src: book.Add(netip.MustParseAddr("10.0.0.1")),
		Dst: book.Add(netip.MustParseAddr("10.0.0.2")),
		TTL: wire.DefaultTTL,
		Segment: wire.Segment{
			SrcPort: 40000, DstPort: 80, Seq: wire.SeqOf(1000), Flags: wire.SYN, Window: 64240,
			Options: wire.HasMSS | wire.HasScale, MSS: 1460, Scale: 7,
		},
	}
	raw := wire.AppendPacket(nil, book, &syn)
	fmt.Printf("% x\n", raw[20:])

	var got wire.Packet
	if err := wire.ParsePacket(raw, book, &got); err != nil {
		fmt.Println(err)
	}
	fmt.Println(got.Segment.Describe(wire.Origin{Seq: wire.SeqOf(1000)}))

	raw[25] ^= 1
	err := wire.ParsePacket(raw, book, &got)
	fmt.Println(err, errors.Is(err, wire.ErrChecksum))
	// Output:
	// 9c 40 00 50 00 00 03 e8 00 00 00 00 70 02 fa f0 d4 ac 00 00 02 04 05 b4 01 03 03 07
	// SYN seq 0 win 64240 <mss 1460, wscale 7>
	// wire: byte 36: TCP segment: bad checksum true
}
