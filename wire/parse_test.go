package wire_test

import (
	"errors"
	"slices"
	"testing"

	"netsim/wire"
)

// optionCases are the options as the RFCs draw them, and what is to come of them.
var optionCases = []struct {
	name string
	raw  []byte
	want wire.Segment
}{
	{"MSS", []byte{2, 4, 5, 0xb4}, wire.Segment{Options: wire.HasMSS, MSS: 1460}},
	{"window scale", []byte{3, 3, 14}, wire.Segment{Options: wire.HasScale, Scale: 14}},
	{"SACK-permitted", []byte{4, 2}, wire.Segment{Options: wire.SACKPermitted}},
	{"SACK, 1 block", []byte{5, 10, 0, 0, 0, 1, 0, 0, 0, 2}, wire.Segment{Options: wire.HasSACK, Blocks: 1,
		SACK: [4]wire.Block{{Left: wire.SeqOf(1), Right: wire.SeqOf(2)}}}},
	{"SACK, 3 blocks", []byte{5, 26, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 6},
		wire.Segment{Options: wire.HasSACK, Blocks: 3, SACK: [4]wire.Block{{Left: wire.SeqOf(1), Right: wire.SeqOf(2)},
			{Left: wire.SeqOf(3), Right: wire.SeqOf(4)}, {Left: wire.SeqOf(0xffffffff), Right: wire.SeqOf(6)}}}},
	{"timestamps", []byte{8, 10, 0, 0, 0, 9, 0, 0, 0, 8}, wire.Segment{Options: wire.HasTimestamps, TSVal: 9, TSEcr: 8}},
	{"user timeout", []byte{28, 4, 0x80, 5}, wire.Segment{Options: wire.HasTimeout, Timeout: 1<<15 | 5}},
	{"cookie request", []byte{34, 2}, wire.Segment{Options: wire.HasCookie}},
	{"experimental cookie", []byte{254, 8, 0xf9, 0x89, 1, 2, 3, 4}, wire.Segment{Options: wire.HasCookie, CookieLen: 4, Cookie: [16]byte{1, 2, 3, 4}, CookieExp: true}},
	{"another experiment", []byte{254, 4, 0xf9, 0x88}, wire.Segment{}},
	{"cookie of 4", []byte{34, 6, 1, 2, 3, 4}, wire.Segment{Options: wire.HasCookie, CookieLen: 4, Cookie: [16]byte{1, 2, 3, 4}}},
	{"cookie of 16", []byte{34, 18, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, wire.Segment{Options: wire.HasCookie,
		CookieLen: 16, Cookie: [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}}},
	{"unknown", []byte{253, 5, 1, 2, 3}, wire.Segment{}},
	{"unknown without data", []byte{99, 2}, wire.Segment{}},
}

// checkOptions parses a packet with these options and compares them.
func checkOptions(t *testing.T, what string, options []byte, want wire.Segment) {
	t.Helper()
	w := newWorld()
	var p wire.Packet
	if err := wire.ParsePacket(rawPacket(options...), w.Book, &p); err != nil {
		t.Errorf("%s: % x: %v", what, options, err)
		return
	}
	got := carried(p).Segment
	want.SrcPort, want.DstPort, want.Seq, want.Ack = 40000, 80, wire.SeqOf(1), wire.SeqOf(2)
	want.Flags, want.Window, want.Len = wire.ACK, 256, 3
	if got != want {
		t.Errorf("%s: % x:\ngot  %+v\nwant %+v", what, options, got, want)
	}
}

// MUST-4 (EOL and NOP), MUST-5 (any option in any segment: here one that is no
// SYN), MUST-64 (options that do not begin on a word boundary): each option at
// each place that leaves room for it, with NOPs before it, and with an option
// before it that nobody knows (MUST-6, MUST-68).
// Proves MUST-4, MUST-5, MUST-6, MUST-64, MUST-68.
func TestMUST4and5and64EveryAlignment(t *testing.T) {
	for _, c := range optionCases {
		for lead := 0; lead+len(c.raw) <= 40; lead++ {
			checkOptions(t, c.name, append(slices.Repeat([]byte{1}, lead), c.raw...), c.want)
			if lead >= 2 {
				unknown := append([]byte{200, byte(lead)}, slices.Repeat([]byte{0xff}, lead-2)...)
				checkOptions(t, c.name+" after an unknown one", append(unknown, c.raw...), c.want)
			}
		}
	}
}

// MUST-69: behind the end of the list is padding, whatever a sender put there.
// Proves MUST-69.
func TestMUST69NothingCountsBehindTheEnd(t *testing.T) {
	for _, c := range optionCases {
		checkOptions(t, c.name, append([]byte{0}, c.raw...), wire.Segment{})
		checkOptions(t, c.name, append(append(slices.Clone(c.raw), 0), 2, 0, 8), c.want)
	}
}

// MUST-69 for the sender: whatever is left of the last word are NOPs.
// Proves MUST-68, MUST-69.
func TestMUST69OwnHeadersNeedNoPadding(t *testing.T) {
	for options := range wire.Options(64) {
		s := wire.Segment{Options: options, Blocks: 1, CookieLen: 4}
		if s.HeaderLen() > wire.MaxHeaderLen {
			continue
		}
		raw := wire.AppendSegment(nil, &s)[20:]
		for i := 0; i < len(raw); {
			switch raw[i] {
			case 0:
				t.Fatalf("% x: padding at %d", raw, i)
			case 1:
				i++
			default:
				i += int(raw[i+1]) // MUST-68
			}
		}
	}
}

// The later of two options of a kind counts.
func TestLaterOptionCounts(t *testing.T) {
	checkOptions(t, "two MSS", []byte{2, 4, 5, 0xb4, 2, 4, 2, 24}, wire.Segment{Options: wire.HasMSS, MSS: 536})
	checkOptions(t, "a shorter SACK", []byte{5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 5, 10, 0, 0, 0, 5, 0, 0, 0, 6},
		wire.Segment{Options: wire.HasSACK, Blocks: 1, SACK: [4]wire.Block{{Left: wire.SeqOf(5), Right: wire.SeqOf(6)}}})
}

// RFC 7413 section 4.1.1: options with lengths that are not allowed are ignored.
func TestBadCookieLengthsAreIgnored(t *testing.T) {
	for _, n := range []int{1, 2, 3, 5, 7, 15, 17, 18, 38} {
		checkOptions(t, "cookie", append([]byte{34, byte(2 + n)}, make([]byte, n)...), wire.Segment{})
	}
}

// MUST-7: an illegal length is told, and what could be read is there.
// Proves MUST-7.
func TestMUST7BadOptionLengths(t *testing.T) {
	mss := wire.Segment{Options: wire.HasMSS, MSS: 1460}
	none := wire.Segment{}
	for _, c := range []struct {
		name    string
		options []byte
		at      int // in the packet; options start at 40
		want    wire.Segment
	}{
		{"length 0", []byte{2, 4, 5, 0xb4, 8, 0, 1, 1}, 44, mss},
		{"length 1", []byte{2, 4, 5, 0xb4, 8, 1, 1, 1}, 44, mss},
		{"past the header", []byte{2, 4, 5, 0xb4, 8, 10, 0, 0}, 44, mss},
		{"one past the header", []byte{1, 1, 99, 3}, 42, none},
		{"no room for a length", []byte{2, 4, 5, 0xb4, 1, 1, 1, 3}, 47, mss},
		{"unknown, length 0", []byte{99, 0, 2, 4}, 40, none},
		{"SACK-permitted of 3, MSS after it", []byte{4, 3, 0, 2, 4, 5, 0xb4, 1}, 40, mss},
		{"MSS of 3, MSS after it", []byte{2, 3, 9, 2, 4, 5, 0xb4, 1}, 40, mss},
		{"scale of 2", []byte{1, 3, 2, 1, 2, 4, 5, 0xb4}, 41, mss},
		{"scale of 4", []byte{3, 4, 1, 1, 2, 4, 5, 0xb4}, 40, mss},
		{"timestamps of 6", []byte{8, 6, 0, 0, 0, 0, 1, 1, 2, 4, 5, 0xb4}, 40, mss},
		{"SACK of 2", []byte{5, 2, 1, 1, 2, 4, 5, 0xb4}, 40, mss},
		{"SACK of 6", []byte{5, 6, 0, 0, 0, 0, 2, 4, 5, 0xb4}, 40, mss},
		{"the first of two faults", []byte{3, 2, 4, 3, 0, 1, 1, 1}, 40, none},
	} {
		w := newWorld()
		var p wire.Packet
		p.Segment.Options = 127 // must go
		err := wire.ParsePacket(rawPacket(c.options...), w.Book, &p)
		var where *wire.ParseError
		if !errors.Is(err, wire.ErrOption) || !errors.As(err, &where) || where.At != c.at {
			t.Errorf("%s: error %v, want a bad option length at %d", c.name, err, c.at)
		}
		if s := carried(p).Segment; s.Options != c.want.Options || s.MSS != c.want.MSS {
			t.Errorf("%s: options %+v", c.name, s)
		}
		if s := p.Segment; s.Len != 3 || s.DstPort != 80 || p.Src != w.four[0] || int(p.Size) != len(rawPacket(c.options...)) {
			t.Errorf("%s: the packet did not survive: %+v", c.name, p)
		}
	}
}

// MUST-15 is the receiver's matter: no default is made up here.
func TestMUST15AbsentMSSStaysAbsent(t *testing.T) {
	checkOptions(t, "no options", nil, wire.Segment{})
}

func TestMalformed(t *testing.T) {
	w := newWorld()
	four := rawPacket(2, 4, 5, 0xb4)
	six := unhex(t, known(w)["SYN with a cookie, IPv6"].bytes)
	change := func(raw []byte, bytes ...int) []byte { // pairs of place and value; then repaired
		raw = slices.Clone(raw)
		for i := 0; i < len(bytes); i += 2 {
			raw[bytes[i]] = byte(bytes[i+1])
		}
		repair(raw)
		return raw
	}
	broken := func(raw []byte, at int) []byte { // without repair
		raw = slices.Clone(raw)
		raw[at] ^= 0x10
		return raw
	}
	mapped := change(six, 8, 0, 9, 0, 10, 0, 11, 0, 18, 0xff, 19, 0xff, 20, 10, 21, 0, 22, 0, 23, 1)
	for _, c := range []struct {
		name string
		raw  []byte
		kind error
		at   int
	}{
		{"nothing", nil, wire.ErrTruncated, 0},
		{"version 5", change(four, 0, 0x55), wire.ErrVersion, 0},
		{"one byte of IPv4", four[:1], wire.ErrTruncated, 1},
		{"19 bytes of IPv4", four[:19], wire.ErrTruncated, 19},
		{"internet header length 4", change(four, 0, 0x44), wire.ErrLength, 0},
		{"total length below the header", change(four, 2, 0, 3, 19), wire.ErrLength, 2},
		{"IPv4 cut short", four[:len(four)-1], wire.ErrTruncated, len(four) - 1},
		{"internet header past the packet", change(four, 0, 0x4f, 3, 59), wire.ErrLength, 2},
		{"IPv4 checksum", broken(four, 10), wire.ErrChecksum, 10},
		{"more fragments", change(four, 6, 0x20), wire.ErrFragment, 6},
		{"fragment offset", change(four, 7, 1), wire.ErrFragment, 6},
		{"UDP", change(four, 9, 17), wire.ErrNotTCP, 9},
		{"stranger as source", change(four, 15, 77), wire.ErrAddress, 12},
		{"stranger as destination", change(four, 19, 77), wire.ErrAddress, 16},
		{"no room for a TCP header", change(four, 3, 39), wire.ErrTruncated, 39},
		{"data offset 4", change(four, 32, 0x40), wire.ErrLength, 32},
		{"data offset past the segment", change(four, 32, 0xf0), wire.ErrTruncated, len(four)},
		{"TCP checksum", broken(four, 36), wire.ErrChecksum, 36},
		{"text changed", broken(four, len(four)-1), wire.ErrChecksum, 36},
		{"39 bytes of IPv6", six[:39], wire.ErrTruncated, 39},
		{"IPv6 cut short", six[:len(six)-1], wire.ErrTruncated, len(six) - 1},
		{"hop-by-hop options", change(six, 6, 0), wire.ErrNotTCP, 6},
		{"ICMPv6", change(six, 6, 58), wire.ErrNotTCP, 40},
		{"stranger as source, IPv6", change(six, 23, 77), wire.ErrAddress, 8},
		{"stranger as destination, IPv6", change(six, 39, 77), wire.ErrAddress, 24},
		{"IPv4 address in IPv6", mapped, wire.ErrAddress, 8},
		{"no room for a TCP header, IPv6", change(six, 5, 19), wire.ErrTruncated, 59},
		{"data offset 0, IPv6", change(six, 52, 0), wire.ErrLength, 52},
		{"TCP checksum, IPv6", broken(six, 57), wire.ErrChecksum, 56},
	} {
		var p wire.Packet
		err := wire.ParsePacket(c.raw, w.Book, &p)
		var where *wire.ParseError
		if !errors.Is(err, c.kind) || !errors.As(err, &where) || where.At != c.at {
			t.Errorf("%s: error %v, want %v at %d", c.name, err, c.kind, c.at)
		}
	}
}

// The length in the IP header counts, not that of the frame, which Ethernet
// pads; and IPv4 options are passed over.
func TestPaddingAndIPv4Options(t *testing.T) {
	w := newWorld()
	raw := rawPacket(2, 4, 5, 0xb4)
	var want, got wire.Packet
	if err := wire.ParsePacket(raw, w.Book, &want); err != nil {
		t.Fatal(err)
	}
	if err := wire.ParsePacket(append(slices.Clone(raw), 1, 2, 3), w.Book, &got); err != nil || got != want {
		t.Errorf("padded: %+v, error %v", got, err)
	}
	raw = slices.Insert(raw, 20, 7, 4, 4, 0) // an empty record route
	raw[0], raw[3] = 0x46, raw[3]+4
	repair(raw)
	if err := wire.ParsePacket(raw, w.Book, &got); err != nil || got.Segment != want.Segment || got.Size != want.Size+4 {
		t.Errorf("with an IPv4 option: %+v, error %v", got, err)
	}
}

func TestParseErrorReads(t *testing.T) {
	err := wire.ParsePacket(rawPacket(8, 0), newWorld().Book, new(wire.Packet))
	if got, want := err.Error(), "wire: byte 40: option kind 8 with length 0: bad option length"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
