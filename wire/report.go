package wire

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// Report is what ICMP says of a packet that was not delivered (RFC 792, RFC 4443).
// The packet that carries it has the segment it is about, as that was sent.
type Report uint8

const (
	NoReport Report = iota // the packet is its segment
	NetUnreachable
	HostUnreachable
	ProtocolUnreachable
	PortUnreachable
	TooBig // for the next link, of which the packet's MTU tells the size
	Prohibited
	TimeExceeded
	ParameterProblem
	reports
)

// messages are the type and code of each Report in ICMP and in ICMPv6.
var messages = [reports]struct {
	name         string
	type4, code4 uint8
	type6, code6 uint8
}{
	NetUnreachable:      {"net unreachable", 3, 0, 1, 0},
	HostUnreachable:     {"host unreachable", 3, 1, 1, 3},
	ProtocolUnreachable: {"protocol unreachable", 3, 2, 4, 1},
	PortUnreachable:     {"port unreachable", 3, 3, 1, 4},
	TooBig:              {"too big", 3, 4, 2, 0},
	Prohibited:          {"prohibited", 3, 13, 1, 1},
	TimeExceeded:        {"time exceeded", 11, 0, 3, 0},
	ParameterProblem:    {"parameter problem", 12, 0, 4, 0},
}

func (r Report) String() string { return messages[r].name }

const (
	headerLenICMP  = 8
	protocolICMP   = 1
	protocolICMPv6 = 58
	mtuAt          = 6 // of RFC 1191; of RFC 4443 the low half of its 32 bits

	// The longest reports: RFC 1812 section 4.3.2.3 and RFC 4443 section 2.4 (c).
	maxReport4 = 576
	maxReport6 = 1280
)

// Return makes of an undelivered packet the report on it that goes back to its
// source, from the address of whoever could not deliver it. mtu counts for TooBig
// only. Nothing is reported on a report (RFC 1122 section 3.2.2).
func (p *Packet) Return(why Report, from Addr, mtu uint16) {
	if p.Report != NoReport || why == NoReport {
		panic(fmt.Sprintf("wire: report %d on a packet with report %d", why, p.Report))
	}
	p.Report, p.MTU, p.About = why, mtu, p.Dst
	p.Src, p.Dst = from, p.Src
	p.TTL, p.ECN = DefaultTTL, 0
	p.Measure()
}

// reportLimit is the size a report is cut to.
func (p *Packet) reportLimit() int {
	if p.Dst.Is6() {
		return maxReport6
	}
	return maxReport4
}

// appendReport writes an ICMP message: what happened, and the headers of the
// packet it happened to. Of that packet n bytes are quoted.
func appendReport(buf []byte, b *Book, p *Packet, n int) []byte {
	m, at := messages[p.Report], len(buf)
	kind, code := m.type4, m.code4
	if p.Dst.Is6() {
		kind, code = m.type6, m.code6
	}
	buf = append(buf, kind, code, 0, 0, 0, 0, 0, 0)
	if p.Report == TooBig {
		binary.BigEndian.PutUint16(buf[at+mtuAt:], p.MTU)
	}
	quoted := *p
	quoted.Report, quoted.Src, quoted.Dst, quoted.TTL, quoted.ECN = NoReport, p.Dst, p.About, 1, 0
	buf = AppendHeaders(buf, b, &quoted)
	s := sum(0, buf[at:])
	if p.Dst.Is6() {
		s += sum(protocolICMPv6+uint64(headerLenICMP+n), buf[at-32:at])
	}
	binary.BigEndian.PutUint16(buf[at+2:], checksum(s))
	return buf
}

// parseReport reads the ICMP message at byte at of the packet, whose addresses
// are set.
func (p *Packet) parseReport(packet []byte, at int, b *Book) error {
	raw, six := packet[at:], p.Dst.Is6()
	if len(raw) < headerLenICMP {
		return &ParseError{ErrTruncated, len(packet), "ICMP message"}
	}
	s := sum(0, raw)
	if six {
		s += sum(protocolICMPv6+uint64(len(raw)), packet[at-32:at])
	}
	if checksum(s) != 0 {
		return &ParseError{ErrChecksum, at + 2, "ICMP message"}
	}
	if p.Report = reportOf(raw[0], raw[1], six); p.Report == NoReport {
		return &ParseError{ErrNotTCP, at, fmt.Sprintf("ICMP type %d, code %d", raw[0], raw[1])}
	}
	p.MTU = 0
	if p.Report == TooBig {
		p.MTU = binary.BigEndian.Uint16(raw[mtuAt:])
	}
	return p.parseQuote(packet, at+headerLenICMP, b)
}

// reportOf returns what a type and code mean, NoReport if nothing that is known
// here.
func reportOf(kind, code uint8, six bool) Report {
	for r := NetUnreachable; r < reports; r++ {
		m := messages[r]
		if six && m.type6 == kind && m.code6 == code || !six && m.type4 == kind && m.code4 == code {
			return r
		}
	}
	return NoReport
}

// parseQuote reads the packet that a report quotes, which may be cut behind the
// first 8 bytes of its segment (RFC 792). Its source is who the report is for.
func (p *Packet) parseQuote(packet []byte, at int, b *Book) error {
	raw, header := packet[at:], headerLen4
	if p.Dst.Is6() {
		header = headerLen6
	}
	if len(raw) < header {
		return &ParseError{ErrTruncated, len(packet), "quoted IP header"}
	}
	var protocol byte
	var length int // of the segment
	var src, dst netip.Addr
	if p.Dst.Is6() {
		protocol, length = raw[6], int(binary.BigEndian.Uint16(raw[4:]))
		src, dst = netip.AddrFrom16([16]byte(raw[8:])), netip.AddrFrom16([16]byte(raw[24:]))
	} else {
		header = int(raw[0]&15) * 4
		protocol, length = raw[9], int(binary.BigEndian.Uint16(raw[2:]))-header
		src, dst = netip.AddrFrom4([4]byte(raw[12:])), netip.AddrFrom4([4]byte(raw[16:]))
	}
	about, ok := b.Find(dst)
	switch {
	case raw[0]>>4 != 4 && !p.Dst.Is6() || raw[0]>>4 != 6 && p.Dst.Is6():
		return &ParseError{ErrVersion, at, "quoted IP header"}
	case header < headerLen4:
		return &ParseError{ErrLength, at, "quoted IPv4 header"}
	case protocol != protocolTCP:
		return &ParseError{ErrNotTCP, at, fmt.Sprintf("quoted protocol %d", protocol)}
	case src != b.IP(p.Dst) || !ok || about.Is6() != p.Dst.Is6():
		return &ParseError{ErrAddress, at, "quoted addresses"}
	case len(raw) < header+8:
		return &ParseError{ErrTruncated, len(packet), "quoted segment"}
	}
	p.About = about
	return p.Segment.parseCut(packet, at+header, length)
}

// parseCut reads a quoted segment of that length, as far as it is there. Its
// checksum cannot be verified.
func (s *Segment) parseCut(packet []byte, at, length int) error {
	raw := packet[at:]
	s.Clear()
	s.SrcPort, s.DstPort = binary.BigEndian.Uint16(raw), binary.BigEndian.Uint16(raw[2:])
	s.Seq = SeqOf(binary.BigEndian.Uint32(raw[4:]))
	header := headerLenTCP
	if len(raw) >= headerLenTCP {
		header = int(raw[12]>>4) * 4
	}
	s.Len = uint32(max(length-header, 0))
	if header < headerLenTCP || len(raw) < header {
		return nil
	}
	s.takeFields(raw)
	return s.parseOptions(raw[headerLenTCP:header], at+headerLenTCP)
}
