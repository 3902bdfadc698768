package wire

import (
	"fmt"
	"strconv"
)

// Origin is what the numbers of a segment are counted from when people read
// them: Seq the initial sequence number of its sender, Ack that of the other
// end. The zero Origin leaves them as they are in the header.
type Origin struct{ Seq, Ack Seq }

// Reverse is the Origin of segments that go the other way.
func (o Origin) Reverse() Origin { return Origin{Seq: o.Ack, Ack: o.Seq} }

// Describe returns the packet as one line: its segment's, and before it what a
// report says of that.
func (p *Packet) Describe(from Origin) string {
	switch line := p.Segment.Describe(from); p.Report {
	case NoReport:
		return line
	case TooBig:
		return fmt.Sprintf("ICMP %v, mtu %d: %s", p.Report, p.MTU, line)
	default:
		return fmt.Sprintf("ICMP %v: %s", p.Report, line)
	}
}

// Describe returns the line that [Segment.AppendText] writes.
func (s *Segment) Describe(from Origin) string { return string(s.AppendText(nil, from)) }

// AppendText writes the segment as one line much like tcpdump's:
//
//	SYN, ACK seq 0 ack 1 win 65535 <mss 1460, sackOK, ts 17 3, wscale 7>
//	PSH, ACK seq 1:201 ack 1 len 200 win 512
//
// The bytes 1 to 200 are 1:201. The acknowledgment number is left out where the
// ACK bit is not set, the length and the urgent pointer where they are zero.
// Blocks of SACK are counted from the Origin as the acknowledgment is.
func (s *Segment) AppendText(buf []byte, from Origin) []byte {
	if s.Flags == 0 {
		buf = append(buf, "none"...)
	}
	buf = s.Flags.append(buf, ", ")
	buf = appendNumber(buf, " seq ", s.Seq.n-from.Seq.n)
	if s.Len != 0 {
		buf = appendNumber(buf, ":", s.Seq.n-from.Seq.n+s.Len)
	}
	if s.Flags.Has(ACK) {
		buf = appendNumber(buf, " ack ", s.Ack.n-from.Ack.n)
	}
	if s.Len != 0 {
		buf = appendNumber(buf, " len ", s.Len)
	}
	buf = appendNumber(buf, " win ", uint32(s.Window))
	if s.Urgent != 0 {
		buf = appendNumber(buf, " urg ", uint32(s.Urgent))
	}
	if s.Options != 0 {
		buf = s.appendOptionsText(append(buf, " <"...), from)
		buf = append(buf[:len(buf)-len(", ")], '>')
	}
	return buf
}

// appendOptionsText writes the options in the order of the header, a comma and
// a space after each.
func (s *Segment) appendOptionsText(buf []byte, from Origin) []byte {
	if s.Options&HasMSS != 0 {
		buf = append(appendNumber(buf, "mss ", uint32(s.MSS)), ", "...)
	}
	if s.Options&SACKPermitted != 0 {
		buf = append(buf, "sackOK, "...)
	}
	if s.Options&HasTimestamps != 0 {
		buf = appendNumber(buf, "ts ", s.TSVal)
		buf = append(appendNumber(buf, " ", s.TSEcr), ", "...)
	}
	if s.Options&HasScale != 0 {
		buf = append(appendNumber(buf, "wscale ", uint32(s.Scale)), ", "...)
	}
	if s.Options&HasSACK != 0 {
		buf = append(buf, "sack"...)
		for _, b := range s.SACK[:s.Blocks] {
			buf = appendNumber(buf, " ", b.Left.n-from.Ack.n)
			buf = appendNumber(buf, ":", b.Right.n-from.Ack.n)
		}
		buf = append(buf, ", "...)
	}
	if s.Options&HasCookie != 0 {
		if s.CookieExp {
			buf = append(buf, "experimental "...)
		}
		buf = appendCookieText(buf, s.Cookie[:s.CookieLen])
	}
	if s.Options&HasTimeout != 0 {
		buf = append(append(append(buf, "uto "...), TimeoutSpan(s.Timeout).String()...), ", "...)
	}
	return buf
}

func appendCookieText(buf, cookie []byte) []byte {
	if len(cookie) == 0 {
		return append(buf, "tfo request, "...)
	}
	buf = append(buf, "tfo "...)
	for _, c := range cookie {
		const digits = "0123456789abcdef"
		buf = append(buf, digits[c>>4], digits[c&15])
	}
	return append(buf, ", "...)
}

func appendNumber(buf []byte, label string, n uint32) []byte {
	return strconv.AppendUint(append(buf, label...), uint64(n), 10)
}

// flagNames has SYN first, as people say it.
var flagNames = [...]struct {
	bit  Flags
	name string
}{{SYN, "SYN"}, {FIN, "FIN"}, {RST, "RST"}, {PSH, "PSH"}, {ACK, "ACK"}, {URG, "URG"}, {ECE, "ECE"}, {CWR, "CWR"}}

// String writes the flags as their names joined by commas: "SYN,ACK".
func (f Flags) String() string { return string(f.append(nil, ",")) }

func (f Flags) append(buf []byte, separator string) []byte {
	first := true
	for _, n := range flagNames {
		if !f.Has(n.bit) {
			continue
		}
		if !first {
			buf = append(buf, separator...)
		}
		buf = append(buf, n.name...)
		first = false
	}
	return buf
}
