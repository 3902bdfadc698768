package wire

import (
	"encoding/binary"
	"fmt"
)

// The lengths and numbers of the headers (RFC 791, RFC 8200, RFC 9293 section 3.1).
const (
	headerLen4   = 20
	headerLen6   = 40
	headerLenTCP = 20
	headerLenUDP = 8 // RFC 768
	protocolTCP  = 6
	protocolUDP  = 17
	portDiscard  = 9 // RFC 863
	dontFragment = 1 << 14

	// MaxHeaderLen is the longest TCP header that the data offset can tell.
	MaxHeaderLen = 60
)

// The kinds of options.
const (
	kindEnd           = 0 // RFC 9293 section 3.1
	kindNop           = 1
	kindMSS           = 2
	kindScale         = 3   // RFC 7323 section 2
	kindSACKPermitted = 4   // RFC 2018 section 2
	kindSACK          = 5   // RFC 2018 section 3
	kindTimestamps    = 8   // RFC 7323 section 3
	kindTimeout       = 28  // RFC 5482 section 3
	kindCookie        = 34  // RFC 7413 section 4.1.1
	kindExperiment    = 254 // RFC 6994; what it is tells a number behind its length

	magicCookie = 0xf989 // of Fast Open before it had its own kind
)

// AppendPacket writes p as IPv4 or IPv6 would send it, by the family of its
// destination, and its text as zero bytes. Both checksums are right (MUST-2). The
// identification of IPv4 is the low 16 bits of p.ID, with "don't fragment"; the
// oracles are not written. It panics on a packet that cannot be written: see
// [AppendSegment], or more than 65,535 bytes.
func AppendPacket(buf []byte, b *Book, p *Packet) []byte {
	text := int(p.Segment.Len)
	if p.Report != NoReport {
		text = min(text, p.reportLimit()-p.HeaderLen())
	}
	return AppendZeros(AppendHeaders(buf, b, p), text)
}

// AppendHeaders writes the headers that [AppendPacket] writes, without the text.
func AppendHeaders(buf []byte, b *Book, p *Packet) []byte {
	length := p.Segment.HeaderLen() + int(p.Segment.Len)
	if p.Segment.Marks&Datagram != 0 {
		length = headerLenUDP + int(p.Segment.Len)
	}
	if p.Report != NoReport {
		length = min(length+p.HeaderLen()-p.Segment.HeaderLen(), p.reportLimit())
		if p.Dst.Is6() {
			length -= headerLen6
		} else {
			length -= headerLen4
		}
	}
	if p.Src.Is6() != p.Dst.Is6() {
		panic(fmt.Sprintf("wire: no packet goes from %v to %v", b.IP(p.Src), b.IP(p.Dst)))
	}
	var addresses int // how many bytes they take, at the end of the IP header
	if p.Dst.Is6() {
		buf, addresses = appendIPv6(buf, b, p, length), 32
	} else {
		buf, addresses = appendIPv4(buf, b, p, length), 8
	}
	if p.Report != NoReport {
		return appendReport(buf, b, p, length-headerLenICMP)
	}
	if p.Segment.Marks&Datagram != 0 {
		return appendUDP(buf, addresses, length)
	}
	tcp := len(buf)
	buf = AppendSegment(buf, &p.Segment)
	// Zero bytes of text add nothing to the sum.
	s := sum(pseudo(buf[tcp-addresses:tcp], length), buf[tcp:])
	binary.BigEndian.PutUint16(buf[tcp+16:], checksum(s))
	return buf
}

// appendUDP writes the header of a datagram between the ports for what is thrown
// away (RFC 768); its addresses end the buffer.
func appendUDP(buf []byte, addresses, length int) []byte {
	at := len(buf)
	buf = binary.BigEndian.AppendUint16(buf, portDiscard)
	buf = binary.BigEndian.AppendUint16(buf, portDiscard)
	buf = binary.BigEndian.AppendUint16(buf, uint16(length))
	buf = append(buf, 0, 0)
	// The pseudo header is that of TCP but for the protocol's number.
	s := pseudo(buf[at-addresses:at], length) - protocolTCP + protocolUDP
	binary.BigEndian.PutUint16(buf[at+6:], checksum(s+sum(0, buf[at:])))
	return buf
}

// AppendZeros writes n bytes of text, which is counted and not carried.
func AppendZeros(buf []byte, n int) []byte {
	var zeros [512]byte
	for ; n > len(zeros); n -= len(zeros) {
		buf = append(buf, zeros[:]...)
	}
	return append(buf, zeros[:n]...)
}

func appendIPv4(buf []byte, b *Book, p *Packet, length int) []byte {
	start, src, dst := len(buf), b.IP(p.Src).As4(), b.IP(p.Dst).As4()
	buf = append(buf, 4<<4|headerLen4/4, p.DSCP<<2|p.ECN&3)
	buf = binary.BigEndian.AppendUint16(buf, fit(headerLen4+length))
	buf = binary.BigEndian.AppendUint16(buf, uint16(p.ID))
	buf = binary.BigEndian.AppendUint16(buf, dontFragment)
	protocol := byte(protocolTCP)
	switch {
	case p.Report != NoReport:
		protocol = protocolICMP
	case p.Segment.Marks&Datagram != 0:
		protocol = protocolUDP
	}
	buf = append(buf, p.TTL, protocol, 0, 0)
	buf = append(append(buf, src[:]...), dst[:]...)
	binary.BigEndian.PutUint16(buf[start+10:], checksum(sum(0, buf[start:])))
	return buf
}

func appendIPv6(buf []byte, b *Book, p *Packet, length int) []byte {
	src, dst := b.IP(p.Src).As16(), b.IP(p.Dst).As16()
	class := p.DSCP<<2 | p.ECN&3
	buf = append(buf, 6<<4|class>>4, class<<4, 0, 0)
	buf = binary.BigEndian.AppendUint16(buf, fit(length))
	protocol := byte(protocolTCP)
	switch {
	case p.Report != NoReport:
		protocol = protocolICMPv6
	case p.Segment.Marks&Datagram != 0:
		protocol = protocolUDP
	}
	buf = append(buf, protocol, p.TTL)
	return append(append(buf, src[:]...), dst[:]...)
}

// fit returns a length as the 16 bits that IP has for it.
func fit(length int) uint16 {
	if length > 0xffff {
		panic(fmt.Sprintf("wire: %d bytes are too many for an IP packet", length))
	}
	return uint16(length)
}

// AppendSegment writes the TCP header of s with its options and a checksum of
// zero: exactly s.HeaderLen() bytes. It panics if the options need more than 40
// bytes, on a SACK option without blocks and on a cookie whose length RFC 7413
// does not allow (0, or 4 to 16 and even).
func AppendSegment(buf []byte, s *Segment) []byte {
	header := s.HeaderLen()
	if header > MaxHeaderLen {
		panic(fmt.Sprintf("wire: a TCP header of %d bytes", header))
	}
	buf = binary.BigEndian.AppendUint16(buf, s.SrcPort)
	buf = binary.BigEndian.AppendUint16(buf, s.DstPort)
	buf = binary.BigEndian.AppendUint32(buf, s.Seq.n)
	buf = binary.BigEndian.AppendUint32(buf, s.Ack.n)
	buf = append(buf, byte(header/4<<4), byte(s.Flags))
	buf = binary.BigEndian.AppendUint16(buf, s.Window)
	buf = append(buf, 0, 0)
	buf = binary.BigEndian.AppendUint16(buf, s.Urgent)
	if s.Options != 0 {
		buf = appendOptions(buf, s)
	}
	return buf
}
