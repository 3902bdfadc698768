package wire_test

import (
	"bytes"
	"errors"
	"testing"

	"netsim/wire"
)

// FuzzParsePacket: no bytes make the parser panic; every error has a kind and a
// place within the packet; and what is read can be written and read again. Each
// input is tried once more with its checksums repaired and addresses that are
// known, or little would get past those.
func FuzzParsePacket(f *testing.F) {
	w := newWorld()
	for _, k := range known(w) {
		f.Add(wire.AppendPacket(nil, w.Book, &k.packet))
	}
	for _, p := range reported(w) {
		f.Add(wire.AppendPacket(nil, w.Book, &p))
	}
	for _, c := range optionCases {
		f.Add(rawPacket(c.raw...))
	}
	f.Add(rawPacket(8, 0, 3, 1))
	f.Add(rawPacket(1, 1, 1, 5))
	f.Add([]byte{0x45})
	f.Fuzz(func(t *testing.T, raw []byte) {
		checkParse(t, w, raw)
		raw = bytes.Clone(raw)
		switch {
		case len(raw) >= 20 && raw[0]>>4 == 4:
			copy(raw[12:], []byte{10, 0, 0, 1, 10, 0, 0, 2})
		case len(raw) >= 40 && raw[0]>>4 == 6:
			src, dst := w.IP(w.six[0]).As16(), w.IP(w.six[1]).As16()
			copy(raw[8:], src[:])
			copy(raw[24:], dst[:])
		}
		repair(raw)
		checkParse(t, w, raw)
	})
}

func checkParse(t *testing.T, w world, raw []byte) {
	t.Helper()
	var p, again wire.Packet
	err := wire.ParsePacket(raw, w.Book, &p)
	if err != nil {
		var where *wire.ParseError
		if !errors.As(err, &where) || where.Kind == nil || where.At < 0 || where.At > len(raw) {
			t.Fatalf("error %v of %d bytes", err, len(raw))
		}
		if where.Kind != wire.ErrOption {
			return
		}
	}
	if int(p.Size) > len(raw) || p.Report == wire.NoReport && p.Segment.Len > uint32(p.Size) || p.Segment.Blocks > wire.MaxBlocks {
		t.Fatalf("%d bytes became %+v", len(raw), p)
	}
	if p.Segment.HeaderLen() > wire.MaxHeaderLen || p.HeaderLen()+int(p.Segment.Len) > 0xffff {
		return // packed more tightly than we do
	}
	if err := wire.ParsePacket(wire.AppendPacket(nil, w.Book, &p), w.Book, &again); err != nil {
		t.Fatalf("written again, %+v cannot be read: %v", p, err)
	}
	p.Measure()
	if carried(p) != carried(again) {
		t.Fatalf("read  %+v\nagain %+v", carried(p), carried(again))
	}
}

// FuzzRoundTrip: any packet that has an encoding comes back as it was.
func FuzzRoundTrip(f *testing.F) {
	w := newWorld()
	f.Add(false, uint8(wire.SYN), uint8(linuxSYN), uint32(1), uint32(0), uint16(65535), uint16(0), uint8(0), []byte{5, 0xb4, 7})
	f.Add(true, uint8(wire.ACK), uint8(wire.HasTimestamps|wire.HasSACK), uint32(1), uint32(9), uint16(1), uint16(1448), uint8(3), []byte("twenty-four bytes of blocks and more"))
	f.Add(true, uint8(wire.SYN), uint8(wire.HasCookie), uint32(1), uint32(0), uint16(1), uint16(0), uint8(8), []byte("cookie"))
	f.Fuzz(func(t *testing.T, six bool, flags, options uint8, seq, ack uint32, window, text uint16, count uint8, data []byte) {
		next := func() uint32 { // the fields of options, from data and then zero
			var n uint32
			for i := range 4 {
				if i < len(data) {
					n = n<<8 | uint32(data[i])
				}
			}
			data = data[min(4, len(data)):]
			return n
		}
		p := wire.Packet{Src: w.four[0], Dst: w.four[1], TTL: count, ECN: count & 3, ID: uint64(window)}
		if six {
			p.Src, p.Dst, p.ID = w.six[0], w.six[1], 0
		}
		s := &p.Segment
		s.Flags, s.Options, s.Len = wire.Flags(flags), wire.Options(options&127), uint32(text)%60000
		s.Seq, s.Ack, s.Window, s.Urgent = wire.SeqOf(seq), wire.SeqOf(ack), window, ^window
		s.Blocks, s.CookieLen = 1+count%wire.MaxBlocks, count%8*2
		if s.CookieLen == 2 {
			s.CookieLen = 16
		}
		mss := next()
		s.MSS, s.Scale, s.Timeout, s.TSVal, s.TSEcr = uint16(mss), uint8(mss>>16), ^uint16(mss), next(), next()
		copy(s.Cookie[:], data)
		for i := range s.SACK {
			s.SACK[i] = wire.Block{Left: wire.SeqOf(next()), Right: wire.SeqOf(next())}
		}
		if s.HeaderLen() > wire.MaxHeaderLen {
			return
		}
		p.Measure()
		raw := wire.AppendPacket(nil, w.Book, &p)
		var got wire.Packet
		if err := wire.ParsePacket(raw, w.Book, &got); err != nil || carried(got) != carried(p) {
			t.Fatalf("sent %+v\ngot  %+v, error %v", carried(p), carried(got), err)
		}
	})
}
