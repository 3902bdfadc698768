package wire_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"netsim/des"
	"netsim/wire"
)

// known are packets made by hand after the figures of RFC 791, RFC 8200, RFC
// 9293 (section 3.1), RFC 7323 (sections 2 and 3), RFC 2018 (sections 2 and 3)
// and RFC 7413 (section 4.1.1).
func known(w world) map[string]struct {
	packet wire.Packet
	bytes  string
} {
	type known = struct {
		packet wire.Packet
		bytes  string
	}
	return map[string]known{
		"SYN of Linux": {
			wire.Packet{Src: w.four[0], Dst: w.four[1], Size: 60, TTL: 64, ID: 0xbeef, Segment: wire.Segment{
				SrcPort: 40000, DstPort: 80, Seq: wire.SeqOf(0x01020304), Flags: wire.SYN, Window: 64240,
				Options: linuxSYN, MSS: 1460, Scale: 7, TSVal: 17,
			}}, `
			45 00 00 3c be ef 40 00 40 06 67 ca 0a 00 00 01 0a 00 00 02
			9c 40 00 50 01 02 03 04 00 00 00 00 a0 02 fa f0 98 65 00 00
			02 04 05 b4  04 02 08 0a 00 00 00 11 00 00 00 00  01 03 03 07`,
		},
		"duplicate ACK with SACK": {
			wire.Packet{Src: w.four[1], Dst: w.four[0], Size: 64, TTL: 64, ECN: 2, ID: 1, Segment: wire.Segment{
				SrcPort: 80, DstPort: 40000, Seq: wire.SeqOf(0xfffffff0), Ack: wire.SeqOf(0x01020305), Flags: wire.ACK, Window: 501,
				Options: wire.HasTimestamps | wire.HasSACK, TSVal: 34, TSEcr: 17,
				Blocks: 1, SACK: [4]wire.Block{{Left: wire.SeqOf(0x0102036d), Right: wire.SeqOf(0x01020435)}},
			}}, `
			45 02 00 40 00 01 40 00 40 06 26 b3 0a 00 00 02 0a 00 00 01
			00 50 9c 40 ff ff ff f0 01 02 03 05 b0 10 01 f5 80 4d 00 00
			01 01 08 0a 00 00 00 22 00 00 00 11  01 01 05 0a 01 02 03 6d 01 02 04 35`,
		},
		"SYN with a cookie, IPv6": {
			wire.Packet{Src: w.six[0], Dst: w.six[1], Size: 84, TTL: 64, Segment: wire.Segment{
				SrcPort: 40000, DstPort: 443, Seq: wire.SeqOf(7), Flags: wire.SYN | wire.ECE | wire.CWR, Window: 65535,
				Options: wire.HasMSS | wire.SACKPermitted | wire.HasScale | wire.HasCookie, MSS: 1440, Scale: 8,
				CookieLen: 8, Cookie: [16]byte{1, 2, 3, 4, 5, 6, 7, 8},
			}}, `
			60 00 00 00 00 2c 06 40
			20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02
			9c 40 01 bb 00 00 00 07 00 00 00 00 b0 c2 ff ff 11 c2 00 00
			02 04 05 a0  01 01 04 02  01 03 03 08  22 0a 01 02 03 04 05 06 07 08 01 01`,
		},
		"FIN with an odd number of bytes, IPv6": {
			wire.Packet{Src: w.six[0], Dst: w.six[1], Size: 63, TTL: 1, ECN: 3, Segment: wire.Segment{
				SrcPort: 40000, DstPort: 443, Seq: wire.SeqOf(8), Ack: wire.SeqOf(9), Flags: wire.FIN | wire.ACK, Window: 512, Len: 3,
			}}, `
			60 30 00 00 00 17 06 01
			20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02
			9c 40 01 bb 00 00 00 08 00 00 00 09 50 11 02 00 b4 4f 00 00
			00 00 00`,
		},
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// Proves MUST-2, MUST-14.
func TestKnownBytes(t *testing.T) {
	w := newWorld()
	for name, k := range known(w) {
		want := unhex(t, k.bytes)
		before := []byte("before")
		if got := wire.AppendPacket(before, w.Book, &k.packet); !bytes.Equal(got[len(before):], want) {
			t.Errorf("%s:\ngot  % x\nwant % x", name, got[len(before):], want)
		}
		var p wire.Packet
		if err := wire.ParsePacket(want, w.Book, &p); err != nil || p != k.packet {
			t.Errorf("%s: parsed as %+v, error %v", name, p, err)
		}
	}
}

// A cookie request is an option without bytes (RFC 7413 section 4.1.1).
func TestCookieRequest(t *testing.T) {
	s := wire.Segment{Options: wire.HasCookie}
	if got, want := wire.AppendSegment(nil, &s)[20:], []byte{34, 2, 1, 1}; !bytes.Equal(got, want) {
		t.Errorf("got % x, want % x", got, want)
	}
}

// What is written is read back, the TTL with it. Proves MUST-49.
func TestRoundTrip(t *testing.T) {
	w := newWorld()
	const seed = 1
	r := des.Stream(seed, 0, "wire.roundtrip")
	var raw []byte
	var got wire.Packet
	for i := range 20000 {
		p := w.randomPacket(r)
		raw = wire.AppendPacket(raw[:0], w.Book, &p)
		if len(raw) != int(p.Size) {
			t.Fatalf("seed %d, packet %d: %d bytes, size %d", seed, i, len(raw), p.Size)
		}
		got.Segment.Marks, got.Segment.Incarnation, got.Segment.Offset = 1, 2, 3 // must go
		if err := wire.ParsePacket(raw, w.Book, &got); err != nil {
			t.Fatalf("seed %d, packet %d: %v\n% x", seed, i, err, raw)
		}
		if carried(got) != carried(p) {
			t.Fatalf("seed %d, packet %d:\nsent %+v\ngot  %+v", seed, i, carried(p), carried(got))
		}
	}
}

// MUST-2 and MUST-3: the checksum is always made, and always checked. It sees
// any single bit that changes in what it covers.
// Proves MUST-2, MUST-3.
func TestChecksumSeesEveryBit(t *testing.T) {
	w := newWorld()
	for name, k := range known(w) {
		raw := unhex(t, k.bytes)
		first := 0 // IPv4 covers its header, IPv6 relies on TCP's pseudo header
		if k.packet.Dst.Is6() {
			first = 8
		}
		var p wire.Packet
		for bit := first * 8; bit < len(raw)*8; bit++ {
			raw[bit/8] ^= 1 << (bit % 8)
			if err := wire.ParsePacket(raw, w.Book, &p); err == nil {
				t.Errorf("%s: bit %d of byte %d went unseen", name, bit%8, bit/8)
			}
			raw[bit/8] ^= 1 << (bit % 8)
		}
	}
}

// The encoder crashes on our own mistakes.
func TestEncoderPanics(t *testing.T) {
	w := newWorld()
	for name, p := range map[string]wire.Packet{
		"families":    {Src: w.four[0], Dst: w.six[1]},
		"no address":  {},
		"too long":    {Src: w.four[0], Dst: w.four[1], Segment: wire.Segment{Len: 65536 - 40}},
		"too long, 6": {Src: w.six[0], Dst: w.six[1], Segment: wire.Segment{Len: 65536 - 20}},
		"options":     {Src: w.four[0], Dst: w.four[1], Segment: wire.Segment{Options: wire.HasTimestamps | wire.HasSACK, Blocks: 4}},
		"no blocks":   {Src: w.four[0], Dst: w.four[1], Segment: wire.Segment{Options: wire.HasSACK}},
		"cookie of 2": {Src: w.four[0], Dst: w.four[1], Segment: wire.Segment{Options: wire.HasCookie, CookieLen: 2}},
		"odd cookie":  {Src: w.four[0], Dst: w.four[1], Segment: wire.Segment{Options: wire.HasCookie, CookieLen: 7}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			wire.AppendPacket(nil, w.Book, &p)
		}()
	}
	longest := wire.Packet{Src: w.six[0], Dst: w.six[1], Segment: wire.Segment{Len: 65535 - 20}}
	if n := len(wire.AppendPacket(nil, w.Book, &longest)); n != 40+65535 {
		t.Errorf("the longest packet has %d bytes", n)
	}
}
