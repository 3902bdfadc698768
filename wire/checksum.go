package wire

import "encoding/binary"

// sum adds b to s, a ones' complement sum whose carries are still to be folded
// in (RFC 1071). Taking four bytes at a time changes nothing once folded. Only
// the last piece of a sum may have a length that is odd.
func sum(s uint64, b []byte) uint64 {
	for ; len(b) >= 4; b = b[4:] {
		s += uint64(binary.BigEndian.Uint32(b))
	}
	if len(b) >= 2 {
		s += uint64(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		s += uint64(b[0]) << 8
	}
	return s
}

// checksum folds s and complements it: what a header carries. Over bytes that
// include a right checksum it is 0.
func checksum(s uint64) uint16 {
	s = s>>32 + s&0xffffffff
	s = s>>32 + s&0xffffffff
	s = s>>16 + s&0xffff
	s = s>>16 + s&0xffff
	return ^uint16(s)
}

// pseudo is the sum over TCP's pseudo header: the two addresses as they stand in
// the IP header, the protocol and the length of the TCP header and text (RFC
// 9293 section 3.1, RFC 8200 section 8.1).
func pseudo(addresses []byte, length int) uint64 {
	return sum(protocolTCP+uint64(length), addresses)
}
