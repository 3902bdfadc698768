package wire_test

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"

	"netsim/wire"
)

// linuxSYN are the options of a SYN from Linux.
const linuxSYN = wire.HasMSS | wire.HasScale | wire.HasTimestamps | wire.SACKPermitted

// world is a Book with two hosts that have both families.
type world struct {
	*wire.Book
	four, six [2]wire.Addr
}

func newWorld() world {
	b := wire.NewBook()
	add := func(ip string) wire.Addr { return b.Add(netip.MustParseAddr(ip)) }
	return world{b,
		[2]wire.Addr{add("10.0.0.1"), add("10.0.0.2")},
		[2]wire.Addr{add("2001:db8::1"), add("2001:db8::2")},
	}
}

// randomPacket is any packet that has an encoding. The oracles are zero, since
// they have none.
func (w world) randomPacket(r *rand.Rand) wire.Packet {
	p := wire.Packet{Src: w.four[0], Dst: w.four[1], TTL: uint8(r.Uint32()), ECN: uint8(r.IntN(4)), ID: uint64(r.IntN(1 << 16))}
	if r.IntN(2) == 0 {
		p.Src, p.Dst, p.ID = w.six[1], w.six[0], 0
	}
	s := &p.Segment
	s.SrcPort, s.DstPort = uint16(r.Uint32()), uint16(r.Uint32())
	s.Seq, s.Ack = wire.SeqOf(r.Uint32()), wire.SeqOf(r.Uint32())
	s.Len, s.Window, s.Urgent = uint32(r.IntN(3)*r.IntN(2000)), uint16(r.Uint32()), uint16(r.Uint32())
	s.Flags, s.Options = wire.Flags(r.Uint32()), wire.Options(r.IntN(64))
	s.MSS, s.Scale, s.TSVal, s.TSEcr = uint16(r.Uint32()), uint8(r.Uint32()), r.Uint32(), r.Uint32()
	s.Blocks, s.CookieLen = uint8(1+r.IntN(wire.MaxBlocks)), uint8(2+2*r.IntN(8))
	if s.CookieLen == 2 {
		s.CookieLen = 0
	}
	for i := range s.SACK {
		s.SACK[i] = wire.Block{Left: wire.SeqOf(r.Uint32()), Right: wire.SeqOf(r.Uint32())}
	}
	for i := range s.Cookie {
		s.Cookie[i] = byte(r.Uint32())
	}
	for s.HeaderLen() > wire.MaxHeaderLen {
		s.Options &^= 1 << r.IntN(6)
	}
	p.Measure()
	return p
}

// carried returns p without what is not carried: the stale fields of options,
// and what stands for whoever holds the packet. Two packets are the same on the
// wire if they are then equal.
func carried(p wire.Packet) wire.Packet {
	p.Next, p.Time = nil, 0
	s := &p.Segment
	has := func(o wire.Options) bool { return s.Options&o != 0 }
	if !has(wire.HasMSS) {
		s.MSS = 0
	}
	if !has(wire.HasScale) {
		s.Scale = 0
	}
	if !has(wire.HasTimestamps) {
		s.TSVal, s.TSEcr = 0, 0
	}
	if !has(wire.HasSACK) {
		s.Blocks = 0
	}
	clear(s.SACK[s.Blocks:])
	if !has(wire.HasCookie) {
		s.CookieLen = 0
	}
	clear(s.Cookie[s.CookieLen:])
	if !has(wire.HasTimeout) {
		s.Timeout = 0
	}
	return p
}

// plainChecksum is RFC 1071 as it stands there: 16 bits at a time, carries at
// once.
func plainChecksum(pieces ...[]byte) uint16 {
	var s uint32
	for _, b := range pieces {
		for i := range b {
			s += uint32(b[i]) << (8 - i%2*8)
			s = s>>16 + s&0xffff
		}
	}
	return ^uint16(s)
}

// repair puts right checksums into raw, as far as its lengths allow.
func repair(raw []byte) {
	if len(raw) < 20 {
		return
	}
	var addresses, tcp []byte
	switch raw[0] >> 4 {
	case 4:
		header, total := int(raw[0]&15)*4, int(binary.BigEndian.Uint16(raw[2:]))
		if header < 20 || header > len(raw) || total < header || total > len(raw) {
			return
		}
		binary.BigEndian.PutUint16(raw[10:], 0)
		binary.BigEndian.PutUint16(raw[10:], plainChecksum(raw[:header]))
		addresses, tcp = raw[12:20], raw[header:total]
	case 6:
		if len(raw) < 40 || len(raw) < 40+int(binary.BigEndian.Uint16(raw[4:])) {
			return
		}
		addresses, tcp = raw[8:40], raw[40:40+int(binary.BigEndian.Uint16(raw[4:]))]
	}
	switch {
	case raw[0]>>4 == 4 && raw[9] == 1 && len(tcp) >= 8: // ICMP
		binary.BigEndian.PutUint16(tcp[2:], 0)
		binary.BigEndian.PutUint16(tcp[2:], plainChecksum(tcp))
		return
	case raw[0]>>4 == 6 && raw[6] == 58 && len(tcp) >= 8:
		binary.BigEndian.PutUint16(tcp[2:], 0)
		binary.BigEndian.PutUint16(tcp[2:], plainChecksum(addresses, []byte{0, 58, byte(len(tcp) >> 8), byte(len(tcp))}, tcp))
		return
	case len(tcp) < 20:
		return
	}
	binary.BigEndian.PutUint16(tcp[16:], 0)
	pseudo := []byte{0, 6, byte(len(tcp) >> 8), byte(len(tcp))}
	binary.BigEndian.PutUint16(tcp[16:], plainChecksum(addresses, pseudo, tcp))
}

// rawPacket is an IPv4 packet made by hand with these bytes of options, padded
// with zeros, and some text; the checksums are right.
func rawPacket(options ...byte) []byte {
	for len(options)%4 != 0 {
		options = append(options, 0)
	}
	raw := []byte{
		0x45, 0, 0, byte(40 + len(options) + 3), 0, 9, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
		0x9c, 0x40, 0, 80, 0, 0, 0, 1, 0, 0, 0, 2, byte(20+len(options)) << 2, 0x10, 1, 0, 0, 0, 0, 0,
	}
	raw = append(append(raw, options...), "abc"...)
	repair(raw)
	return raw
}
