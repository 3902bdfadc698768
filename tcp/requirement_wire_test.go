package tcp

import (
	"net/netip"
	"testing"

	"netsim/wire"
)

// The requirements on the format of segments, held on the bytes that wire's encoder
// writes and its parser reads.

// bytesOf encodes a segment in a packet of the family, reads it back and returns
// that with the bytes of its options.
func bytesOf(t *testing.T, six bool, s *wire.Segment) (wire.Segment, []byte) {
	t.Helper()
	book := wire.NewBook()
	addresses, header := [2]string{"10.0.0.1", "10.0.0.2"}, 20
	if six {
		addresses, header = [2]string{"2001:db8::1", "2001:db8::2"}, 40
	}
	p := wire.Packet{Segment: *s, TTL: wire.DefaultTTL}
	p.Src, p.Dst = book.Add(netip.MustParseAddr(addresses[0])), book.Add(netip.MustParseAddr(addresses[1]))
	raw := wire.AppendPacket(nil, book, &p)
	var got wire.Packet
	if err := wire.ParsePacket(raw, book, &got); err != nil {
		t.Fatalf("%v: %v", s.Flags, err)
	}
	got.Segment.Incarnation, got.Segment.Offset, got.Segment.Marks = s.Incarnation, s.Offset, s.Marks
	return got.Segment, raw[header+20 : len(raw)-int(s.Len)]
}

// mssIn returns the value of the MSS option, -1 if there is none.
func mssIn(options []byte) int {
	for i := 0; i < len(options); {
		switch options[i] {
		case 0:
			return -1
		case 1:
			i++
		case 2:
			return int(options[i+2])<<8 | int(options[i+3])
		default:
			i += int(options[i+1])
		}
	}
	return -1
}

// A window beyond 32767 arrives as what it is. Proves MUST-1.
func TestRequirementUnsignedWindow(t *testing.T) {
	for _, window := range []uint16{0, 1, 32767, 32768, 40000, 65535} {
		s := from(wire.ACK, 1, 1)
		s.Window = window
		got, _ := bytesOf(t, false, &s)
		c := inState(Established, RFC9293())
		if c.Segment(0, &got); c.wnd != uint32(window) {
			t.Errorf("a window of %d, want %d", c.wnd, window)
		}
	}
}

// The MSS is said in every SYN and SYN,ACK whose value is not the default, and in no
// other segment; it is what the link takes less the fixed headers. The switch
// Profile.AlwaysMSS says it where it is the default, too. Proves MUST-14, MUST-65,
// MUST-67, SHLD-5, MAY-3.
func TestRequirementMSSOption(t *testing.T) {
	for _, test := range []struct {
		mtu    int
		six    bool
		always bool
		want   int
	}{
		{1500, false, false, 1460}, {1500, true, false, 1440}, {9000, false, false, 8960},
		{576, false, false, -1}, {576, false, true, 536}, {1280, true, false, -1}, {1280, true, true, 1220},
	} {
		profile := RFC9293()
		profile.AlwaysMSS = test.always
		p := newPair(t, profile, 10*ms)
		syns := 0
		for _, e := range []*end{p.client, p.server} {
			e.o.MTU, e.o.IPv6 = test.mtu, test.six
			e.passed = func(e *end, s *wire.Segment) {
				want := -1
				if s.Flags.Has(wire.SYN) {
					want = test.want
					syns++
				}
				got, options := bytesOf(t, test.six, s)
				if mss := mssIn(options); mss != want {
					t.Errorf("MTU %d, IPv6 %v: %v says an MSS of %d, want %d", test.mtu, test.six, s.Flags, mss, want)
				}
				*s = got
			}
		}
		p.connect()
		p.client.write(3000)
		p.client.close()
		p.server.reader(true)
		p.runFor(5)
		if syns != 2 || p.server.conn.Stats().Delivered != 3000 {
			t.Errorf("%d SYNs, %d bytes delivered", syns, p.server.conn.Stats().Delivered)
		}
	}
}

// Without the option the MSS is 536, over IPv6 1220. Proves MUST-15.
func TestRequirementDefaultMSS(t *testing.T) {
	for _, test := range []struct {
		six  bool
		want uint32
	}{{false, 536}, {true, 1220}} {
		c := new(Conn)
		c.Listen(0, &Opening{Profile: plain(RFC9293()), ISS: iss, MTU: 1500, IPv6: test.six})
		for _, s := range []wire.Segment{from(wire.SYN, 0, 0), from(wire.ACK, 1, 1)} {
			s.Window = 65535
			got, options := bytesOf(t, test.six, &s)
			if len(options) != 0 {
				t.Fatalf("options % x", options)
			}
			c.Segment(0, &got)
			drain(c)
		}
		c.Write(0, 9000)
		var s wire.Segment
		if c.Emit(0, &s); s.Len != test.want {
			t.Errorf("IPv6 %v: a segment of %d bytes, want %d", test.six, s.Len, test.want)
		}
	}
}

// A RST with text, which may explain it, is a RST. Proves SHLD-2.
func TestRequirementResetWithText(t *testing.T) {
	s := from(wire.RST, 1, 0)
	s.Len = 20
	got, _ := bytesOf(t, false, &s)
	c := inState(Established, RFC9293())
	if how := reaction(c, got); got.Len != 20 || how != "CLOSED reset" || c.Unread() != 0 {
		t.Errorf("%s, %d bytes taken", how, c.Unread())
	}
}

// A segment whose options are at fault is the receiver's to judge: what could be read
// of it counts. Proves MUST-7.
func TestRequirementFaultyOptions(t *testing.T) {
	book := wire.NewBook()
	p := wire.Packet{Segment: from(wire.ACK, 1, 1)}
	p.Src, p.Dst = book.Add(netip.MustParseAddr("10.0.0.1")), book.Add(netip.MustParseAddr("10.0.0.2"))
	p.Segment.Options, p.Segment.TSVal = wire.HasTimestamps, 7
	raw := wire.AppendPacket(nil, book, &p)
	for length := range 256 { // of the timestamps, at byte 43 of the packet
		broken := append([]byte(nil), raw...)
		broken[43] = byte(length)
		sum := uint32(^uint16(uint32(raw[36])<<8|uint32(raw[37]))) + uint32(length) + 0xffff - uint32(raw[43]) // RFC 1624
		sum = sum&0xffff + sum>>16
		sum = ^(sum&0xffff + sum>>16)
		broken[36], broken[37] = byte(sum>>8), byte(sum)
		var got wire.Packet
		err := wire.ParsePacket(broken, book, &got)
		if (err == nil) != (length == 10) {
			t.Errorf("timestamps of length %d: %v", length, err)
		}
		got.Segment.Incarnation = them
		c := inState(Established, RFC9293())
		c.Segment(0, &got.Segment)
		drain(c)
		if err := c.Check(); err != nil || c.State() != Established {
			t.Errorf("timestamps of length %d: %v, %v", length, c.State(), err)
		}
	}
}
