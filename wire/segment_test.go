package wire_test

import (
	"bytes"
	"reflect"
	"testing"

	"netsim/des"
	"netsim/wire"
)

func TestFlags(t *testing.T) {
	for f, want := range map[wire.Flags]string{
		0:                                     "",
		wire.SYN:                              "SYN",
		wire.ACK | wire.SYN:                   "SYN,ACK",
		wire.FIN | wire.PSH | wire.ACK:        "FIN,PSH,ACK",
		wire.SYN | wire.ECE | wire.CWR:        "SYN,ECE,CWR",
		wire.RST | wire.URG:                   "RST,URG",
		wire.Flags(0b1100_0000):               "ECE,CWR",
		wire.FIN | wire.SYN | wire.RST | 0xf8: "SYN,FIN,RST,PSH,ACK,URG,ECE,CWR",
	} {
		if got := f.String(); got != want {
			t.Errorf("%08b is %q, want %q", f, got, want)
		}
	}
	f := wire.SYN | wire.ACK
	if !f.Has(wire.SYN) || !f.Has(wire.SYN|wire.ACK) || f.Has(wire.SYN|wire.FIN) {
		t.Error("Has is wrong")
	}
}

// SYN and FIN take a sequence number each (RFC 9293 section 3.4).
func TestSeqLenAndEnd(t *testing.T) {
	for _, c := range []struct {
		flags    wire.Flags
		len, all uint32
	}{{0, 0, 0}, {wire.SYN, 0, 1}, {wire.FIN | wire.ACK, 10, 11}, {wire.SYN | wire.FIN, 10, 12}, {0xfc, 10, 10}} {
		s := wire.Segment{Seq: wire.SeqOf(0xffffffff), Flags: c.flags, Len: c.len}
		if s.SeqLen() != c.all || s.End() != wire.SeqOf(c.all-1) {
			t.Errorf("%v with %d bytes: SeqLen %d, End %v; want %d", c.flags, c.len, s.SeqLen(), s.End(), c.all)
		}
	}
}

func TestIncarnation(t *testing.T) {
	i := wire.IncarnationOf(wire.MaxFlows-1, wire.MaxSlots-2, wire.MaxGenerations+3)
	if i.Flow() != wire.MaxFlows-1 || i.Slot() != wire.MaxSlots-2 {
		t.Errorf("flow %d, slot %d", i.Flow(), i.Slot())
	}
	if i != wire.IncarnationOf(wire.MaxFlows-1, wire.MaxSlots-2, 3) || i == wire.IncarnationOf(wire.MaxFlows-1, wire.MaxSlots-2, 4) {
		t.Error("generations do not wrap, or do not count")
	}
	if wire.IncarnationOf(0, 0, 1) == 0 {
		t.Error("the first connection is none")
	}
}

// Every choice of options, of numbers of blocks and of lengths of a cookie.
func TestHeaderLenIsWhatIsWritten(t *testing.T) {
	for choice := range 8 * 64 { // in each of the four orders, with either option for a cookie
		options := wire.Options(choice % 64)
		for blocks := uint8(1); blocks <= wire.MaxBlocks; blocks++ {
			for _, cookie := range []uint8{0, 4, 6, 8, 10, 12, 14, 16} {
				s := wire.Segment{Options: options, Order: wire.OptionOrder(choice / 64 % 4), Blocks: blocks, CookieLen: cookie, CookieExp: choice >= 4*64}
				if s.HeaderLen() > wire.MaxHeaderLen {
					continue
				}
				raw := wire.AppendSegment(nil, &s)
				if len(raw) != s.HeaderLen() || int(raw[12]>>4)*4 != len(raw) {
					t.Errorf("options %06b, %d blocks, cookie of %d: HeaderLen %d, written %d, data offset %d",
						options, blocks, cookie, s.HeaderLen(), len(raw), raw[12]>>4*4)
				}
			}
		}
	}
}

func TestHeaderLenOfUsualSegments(t *testing.T) {
	const synCookie = linuxSYN | wire.HasCookie
	for _, c := range []struct {
		s    wire.Segment
		want int
	}{
		{wire.Segment{}, 20},
		{wire.Segment{Options: wire.HasTimestamps}, 32},
		{wire.Segment{Options: linuxSYN}, 40},
		{wire.Segment{Options: linuxSYN &^ wire.HasTimestamps}, 32},
		{wire.Segment{Options: synCookie}, 44},
		{wire.Segment{Options: synCookie, CookieLen: 8}, 52},
		{wire.Segment{Options: synCookie, CookieLen: 16}, 60},
		{wire.Segment{Options: wire.HasTimestamps | wire.HasSACK, Blocks: 3}, 60},
		{wire.Segment{Options: wire.HasSACK, Blocks: 4}, 56},
	} {
		if got := c.s.HeaderLen(); got != c.want {
			t.Errorf("%s: %d, want %d", c.s.Describe(wire.Origin{}), got, c.want)
		}
	}
}

// What Clear leaves are fields of options, and nobody sees them: not the bytes,
// the text, the length or the digest. Fields are filled by reflection, so that
// a new one cannot be forgotten.
func TestClearLeavesOnlyWhatOptionsMask(t *testing.T) {
	masked := map[string]bool{
		"MSS": true, "Scale": true, "Blocks": true, "CookieLen": true, "CookieExp": true, "Timeout": true, "TSVal": true, "TSEcr": true, "SACK": true, "Cookie": true,
	}
	s := wire.Segment{SACK: [4]wire.Block{{Left: wire.SeqOf(9), Right: wire.SeqOf(10)}}, Cookie: [16]byte{1}}
	s.Seq, s.Ack = wire.SeqOf(7), wire.SeqOf(8)
	v := reflect.ValueOf(&s).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); {
		case f.CanUint():
			f.SetUint(3)
		case f.Kind() == reflect.Bool:
			f.SetBool(true)
		}
		if v.Field(i).IsZero() {
			t.Fatalf("the test does not fill %s", v.Type().Field(i).Name)
		}
	}
	s.Clear()
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; !masked[name] && !v.Field(i).IsZero() {
			t.Errorf("Clear leaves %s", name)
		}
	}
	var empty wire.Segment
	if !bytes.Equal(wire.AppendSegment(nil, &s), wire.AppendSegment(nil, &empty)) {
		t.Error("the bytes of a cleared segment are not those of an empty one")
	}
	if got, want := s.Describe(wire.Origin{}), empty.Describe(wire.Origin{}); got != want {
		t.Errorf("the text of a cleared segment is %q, of an empty one %q", got, want)
	}
	var d, e wire.Digest
	d.Add(des.Time(1), &wire.Packet{Segment: s})
	e.Add(des.Time(1), &wire.Packet{Segment: empty})
	if d != e {
		t.Error("the digest of a cleared segment is not that of an empty one")
	}
}
