package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
)

// What may be wrong with bytes that are parsed, for errors.Is.
var (
	ErrTruncated = errors.New("truncated")
	ErrVersion   = errors.New("neither IPv4 nor IPv6")
	ErrLength    = errors.New("bad header length")
	ErrChecksum  = errors.New("bad checksum")
	ErrFragment  = errors.New("a fragment")
	ErrNotTCP    = errors.New("not TCP")
	ErrAddress   = errors.New("unknown address")
	ErrOption    = errors.New("bad option length")
)

// ParseError says what is wrong with a packet, and at which byte of it.
type ParseError struct {
	Kind error // one of the kinds above
	At   int
	What string
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("wire: byte %d: %s: %v", e.At, e.What, e.Kind)
}

// Unwrap returns the kind.
func (e *ParseError) Unwrap() error { return e.Kind }

// ParsePacket reads what [AppendPacket] writes, and what others write: options
// in any order and at any alignment, options unknown, headers of IPv4 with
// options. Bytes past the length in the IP header are ignored. p.Next, p.Time
// and the text are left; the oracles become zero, p.ID the identification of
// IPv4, p.Size the length of the IP packet. Addresses must be in the Book.
//
// An error is a [*ParseError]. With ErrOption p is set, but for the option at
// fault and, if its length does not lead to the next, those after it: RFC 9293
// (MUST-7) leaves it to the receiver what to do with such a segment. With any
// other error p means nothing.
//
// An option is reported in any segment (MUST-5); whether it counts there is the
// receiver's matter. A maximum segment size that is not sent is not made up:
// its default is the receiver's matter as well (MUST-15).
func ParsePacket(raw []byte, b *Book, p *Packet) error {
	if len(raw) == 0 {
		return &ParseError{ErrTruncated, 0, "no IP header"}
	}
	switch raw[0] >> 4 {
	case 4:
		return parseIPv4(raw, b, p)
	case 6:
		return parseIPv6(raw, b, p)
	}
	return &ParseError{ErrVersion, 0, fmt.Sprintf("version %d", raw[0]>>4)}
}

func parseIPv4(raw []byte, b *Book, p *Packet) error {
	if len(raw) < headerLen4 {
		return &ParseError{ErrTruncated, len(raw), "IPv4 header"}
	}
	header, length := int(raw[0]&15)*4, int(binary.BigEndian.Uint16(raw[2:]))
	switch {
	case header < headerLen4:
		return &ParseError{ErrLength, 0, "IPv4 header"}
	case length < header:
		return &ParseError{ErrLength, 2, "IPv4 total length"}
	case length > len(raw):
		return &ParseError{ErrTruncated, len(raw), "IPv4 packet"}
	case checksum(sum(0, raw[:header])) != 0:
		return &ParseError{ErrChecksum, 10, "IPv4 header"}
	case binary.BigEndian.Uint16(raw[6:])&^(dontFragment|1<<15) != 0:
		return &ParseError{ErrFragment, 6, "IPv4 packet"}
	case raw[9] != protocolTCP && raw[9] != protocolICMP:
		return &ParseError{ErrNotTCP, 9, fmt.Sprintf("protocol %d", raw[9])}
	}
	var ok bool
	if p.Src, ok = b.Find(netip.AddrFrom4([4]byte(raw[12:]))); !ok {
		return &ParseError{ErrAddress, 12, "source"}
	}
	if p.Dst, ok = b.Find(netip.AddrFrom4([4]byte(raw[16:]))); !ok {
		return &ParseError{ErrAddress, 16, "destination"}
	}
	p.Size, p.TTL, p.ECN, p.DSCP = int32(length), raw[8], raw[1]&3, raw[1]>>2
	p.ID = uint64(binary.BigEndian.Uint16(raw[4:]))
	if raw[9] == protocolICMP {
		return p.parseReport(raw[:length], header, b)
	}
	p.Report = NoReport
	return p.Segment.parse(raw[:length], header, pseudo(raw[12:20], length-header))
}

// parseIPv6 takes a packet with extension headers for one that is not TCP.
func parseIPv6(raw []byte, b *Book, p *Packet) error {
	if len(raw) < headerLen6 {
		return &ParseError{ErrTruncated, len(raw), "IPv6 header"}
	}
	length := headerLen6 + int(binary.BigEndian.Uint16(raw[4:]))
	switch {
	case length > len(raw):
		return &ParseError{ErrTruncated, len(raw), "IPv6 packet"}
	case raw[6] != protocolTCP && raw[6] != protocolICMPv6:
		return &ParseError{ErrNotTCP, 6, fmt.Sprintf("next header %d", raw[6])}
	}
	// An address that IPv4 writes as well is a stranger here: Find would take
	// ::ffff:10.0.0.1 for 10.0.0.1.
	var ok bool
	if p.Src, ok = b.Find(netip.AddrFrom16([16]byte(raw[8:]))); !ok || !p.Src.Is6() {
		return &ParseError{ErrAddress, 8, "source"}
	}
	if p.Dst, ok = b.Find(netip.AddrFrom16([16]byte(raw[24:]))); !ok || !p.Dst.Is6() {
		return &ParseError{ErrAddress, 24, "destination"}
	}
	class := raw[0]<<4 | raw[1]>>4
	p.Size, p.TTL, p.ECN, p.DSCP, p.ID = int32(length), raw[7], class&3, class>>2, 0
	if raw[6] == protocolICMPv6 {
		return p.parseReport(raw[:length], headerLen6, b)
	}
	p.Report = NoReport
	return p.Segment.parse(raw[:length], headerLen6, pseudo(raw[8:40], length-headerLen6))
}

// parse reads the segment of a packet, which starts at byte at; s is the sum of
// its pseudo header.
func (s *Segment) parse(packet []byte, at int, pseudo uint64) error {
	raw := packet[at:]
	if len(raw) < headerLenTCP {
		return &ParseError{ErrTruncated, len(packet), "TCP header"}
	}
	header := int(raw[12]>>4) * 4
	switch {
	case header < headerLenTCP:
		return &ParseError{ErrLength, at + 12, "TCP data offset"}
	case header > len(raw):
		return &ParseError{ErrTruncated, len(packet), "TCP options"}
	case checksum(sum(pseudo, raw)) != 0:
		return &ParseError{ErrChecksum, at + 16, "TCP segment"} // MUST-3
	}
	s.Clear()
	s.takeFields(raw)
	s.Len = uint32(len(raw) - header)
	return s.parseOptions(raw[headerLenTCP:header], at+headerLenTCP)
}

// takeFields reads the fixed part of the header.
func (s *Segment) takeFields(raw []byte) {
	s.SrcPort, s.DstPort = binary.BigEndian.Uint16(raw), binary.BigEndian.Uint16(raw[2:])
	s.Seq, s.Ack = SeqOf(binary.BigEndian.Uint32(raw[4:])), SeqOf(binary.BigEndian.Uint32(raw[8:]))
	s.Flags, s.Window, s.Urgent = Flags(raw[13]), binary.BigEndian.Uint16(raw[14:]), binary.BigEndian.Uint16(raw[18:])
}

// parseOptions reads the options (MUST-4), which start at byte at of the packet. They may
// begin at any byte (MUST-64) and, but for two, have a length (MUST-68). What
// follows the end of the list is padding (MUST-69), whatever it is.
func (s *Segment) parseOptions(raw []byte, at int) error {
	var fault error
	for i := 0; i < len(raw); {
		switch raw[i] {
		case kindEnd:
			return fault
		case kindNop:
			i++
			continue
		}
		if i+1 == len(raw) {
			return optionError(at+i, raw[i], 0)
		}
		n := int(raw[i+1])
		if n < 2 || i+n > len(raw) {
			return optionError(at+i, raw[i], n)
		}
		if !s.takeOption(raw[i], raw[i+2:i+n]) && fault == nil {
			fault = optionError(at+i, raw[i], n)
		}
		i += n
	}
	return fault
}

func optionError(at int, kind byte, length int) error {
	return &ParseError{ErrOption, at, fmt.Sprintf("option kind %d with length %d", kind, length)}
}

// takeOption reads one option, of which the later of two counts, and reports
// whether its length is one that its kind has. Unknown kinds are ignored without
// error (MUST-6), and so are cookies of a wrong length (RFC 7413 section 4.1.1).
func (s *Segment) takeOption(kind byte, data []byte) bool {
	n := len(data)
	switch kind {
	case kindMSS:
		if n != 2 {
			return false
		}
		s.MSS = binary.BigEndian.Uint16(data)
		s.Options |= HasMSS
	case kindScale:
		if n != 1 {
			return false
		}
		s.Scale = data[0]
		s.Options |= HasScale
	case kindSACKPermitted:
		if n != 0 {
			return false
		}
		s.Options |= SACKPermitted
	case kindSACK:
		if n == 0 || n%8 != 0 {
			return false
		}
		s.takeSACK(data)
	case kindTimestamps:
		if n != 8 {
			return false
		}
		s.TSVal, s.TSEcr = binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:])
		s.Options |= HasTimestamps
	case kindTimeout:
		if n != 2 {
			return false
		}
		s.Timeout = binary.BigEndian.Uint16(data)
		s.Options |= HasTimeout
	case kindCookie:
		if cookieLenAllowed(n) {
			s.takeCookie(data, false)
		}
	case kindExperiment:
		if n >= 2 && binary.BigEndian.Uint16(data) == magicCookie && cookieLenAllowed(n-2) {
			s.takeCookie(data[2:], true)
		}
	}
	return true
}

// takeCookie reads a cookie of a length that is allowed.
func (s *Segment) takeCookie(data []byte, experimental bool) {
	s.CookieLen, s.CookieExp = uint8(copy(s.Cookie[:], data)), experimental
	s.Options |= HasCookie
}

// takeSACK reads the blocks: 40 bytes of options have room for MaxBlocks.
func (s *Segment) takeSACK(data []byte) {
	s.Blocks = uint8(len(data) / 8)
	for i := range s.SACK[:s.Blocks] {
		b := data[8*i:]
		s.SACK[i] = Block{SeqOf(binary.BigEndian.Uint32(b)), SeqOf(binary.BigEndian.Uint32(b[4:]))}
	}
	s.Options |= HasSACK
}
