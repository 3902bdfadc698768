package script

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// others are protocols of the language that are not TCP or ICMP.
var others = []string{"udp", "udplite", "sctp", "gre", "mpls", "ipv4", "ipv6"}

// packet reads what follows < or >.
func (p *parser) packet(inbound bool) any {
	p.blanks()
	for _, protocol := range others {
		if p.acceptWord(protocol) {
			p.line()
			return &Unknown{protocol + " packet"}
		}
	}
	k := &Packet{Inbound: inbound}
	p.ip(k)
	if p.acceptWord("icmpv6") || p.acceptWord("icmp") {
		k.ICMP = p.icmp()
		return k
	}
	p.ports(k)
	k.Flags = p.flags()
	k.Seq = p.sequence()
	for {
		p.blanks()
		switch {
		case k.Ack == nil && p.acceptWord("ack"):
			n := p.seqNumber()
			k.Ack = &n
		case k.Window == nil && p.acceptWord("win"):
			k.Window = p.word16("a window")
		case k.Urgent == nil && p.acceptWord("urg"):
			k.Urgent = p.word16("an urgent pointer")
		default:
			p.tcpOptions(k)
			return k
		}
	}
}

// line passes the rest of the line.
func (p *parser) line() {
	for !p.done() && p.peek() != '\n' {
		p.next()
	}
}

// ip reads [ect0, ttl 5] or (tos 0x1), any number of them.
func (p *parser) ip(k *Packet) {
	for {
		p.blanks()
		closing := ""
		switch p.peek() {
		case '[':
			closing = "]"
		case '(':
			closing = ")"
		default:
			return
		}
		p.next()
		for p.blanks(); p.peek() != closing[0]; p.blanks() {
			item := Item{Name: p.word()}
			if p.blanks(); isDigit(p.peek()) {
				item.Value = p.integer(64)
			}
			k.IP = append(k.IP, item)
			p.blanks()
			p.accept(",")
		}
		p.want(closing)
	}
}

// ports reads 1234 > 80, if it comes.
func (p *parser) ports(k *Packet) {
	before := p.at
	if !isDigit(p.peek()) {
		return
	}
	for isDigit(p.peek()) {
		p.next()
	}
	p.blanks()
	is := p.peek() == '>'
	p.at = before
	if !is {
		return
	}
	src := uint16(p.integer(16))
	p.want(">")
	p.blanks()
	k.Ports = &[2]uint16{src, uint16(p.integer(16))}
	p.blanks()
}

// flags reads the control bits.
func (p *parser) flags() string {
	at, from := p.pos(), p.at
	for c := p.peek(); isName(c) || c == '.' || c == '-'; c = p.peek() {
		p.next()
	}
	flags := p.src[from:p.at]
	if flags == "" || flags != "-" && strings.Trim(flags, "SFRP.UEWACN01234567") != "" {
		p.failAt(at, "flags are of S F R P . U E W, or - for none; found %q", flags)
	}
	return flags
}

// sequence reads start:end(len), or ...(len), and a ! behind.
func (p *parser) sequence() (r Range) {
	p.blanks()
	at := p.pos()
	if p.accept("...") {
		r.Start.Any, r.End.Any = true, true
	} else {
		r.Start.Value = uint32(p.integer(32))
		p.want(":")
		p.blanks()
		r.End.Value = uint32(p.integer(32))
	}
	p.want("(")
	p.blanks()
	r.Len = uint32(p.integer(32))
	p.want(")")
	if p.accept("!") {
		r.Start.Absolute, r.End.Absolute = true, true
	}
	if !r.Start.Any && r.End.Value != r.Start.Value+r.Len {
		p.failAt(at, "%d:%d(%d): the end is not the start and the length", r.Start.Value, r.End.Value, r.Len)
	}
	return r
}

// seqNumber reads the number after ack.
func (p *parser) seqNumber() (n Number) {
	p.blanks()
	if p.accept("...") || p.accept("*") {
		n.Any = true
		return n
	}
	n.Value = uint32(p.integer(32))
	n.Absolute = p.accept("!")
	return n
}

// word16 reads a field of 16 bits; * or ... is any, nil.
func (p *parser) word16(what string) *uint16 {
	p.blanks()
	if p.accept("*") || p.accept("...") {
		return nil
	}
	if !isDigit(p.peek()) {
		p.fail("%s expected, found %s", what, p.found())
	}
	n := uint16(p.integer(16))
	return &n
}

// integer reads an unsigned number of so many bits.
func (p *parser) integer(bits int) int64 {
	at, from := p.pos(), p.at
	for isName(p.peek()) {
		p.next()
	}
	text := p.src[from:p.at]
	n, err := strconv.ParseUint(text, 0, min(bits, 63))
	if err != nil {
		if text == "" {
			p.failAt(at, "a number expected, found %s", p.found())
		}
		p.failAt(at, "%q is not a number of %d bits", text, bits)
	}
	return int64(n)
}

// icmp reads type, code, mtu and what is quoted.
func (p *parser) icmp() *ICMP {
	p.blanks()
	m := &ICMP{Type: p.word()}
	for {
		p.blanks()
		switch {
		case p.acceptWord("mtu"):
			p.blanks()
			m.MTU = p.integer(32)
		case p.peek() == '[':
			p.next()
			r := p.sequence()
			p.want("]")
			m.Quoted = &r
		case isLetter(p.peek()) && m.Code == "":
			m.Code = p.word()
		default:
			return m
		}
	}
}

// tcpOptions reads <...>, if it comes: on this line, or on the next where it is no
// segment, whose sign has a blank behind it.
func (p *parser) tcpOptions(k *Packet) {
	before := p.at
	if p.blanks(); p.peek() != '<' {
		p.space()
		if p.peek() != '<' || p.at+1 >= len(p.src) || strings.IndexByte(" \t\n", p.src[p.at+1]) >= 0 {
			p.at = before
			return
		}
	}
	p.next()
	k.Options = []TCPOption{}
	for p.space(); p.peek() != '>'; p.space() {
		if p.accept("...") {
			k.Any = true
		} else {
			k.Options = append(k.Options, p.tcpOption())
		}
		if p.space(); !p.accept(",") {
			break
		}
	}
	p.want(">")
}

// optionKinds are the words of options and how many numbers follow.
var optionKinds = map[string]struct { // order-free: looked up by word
	kind    OptionKind
	numbers int
}{
	"nop": {NOP, 0}, "eol": {EOL, 0}, "mss": {MSS, 1}, "sackOK": {SACKOK, 0}, "wscale": {Scale, 1},
	"TS": {Timestamps, 2}, "sack": {SACK, -1}, "FO": {FastOpen, -2}, "FOEXP": {FastOpenExp, -2},
}

func (p *parser) tcpOption() TCPOption {
	o := TCPOption{Pos: p.pos(), Name: p.word()}
	known, ok := optionKinds[o.Name]
	o.Kind = known.kind
	switch {
	case !ok: // of the language, and not ours: passed over
		for c := p.peek(); c != 0 && c != ',' && c != '>' && c != '\n'; c = p.peek() {
			p.next()
		}
	case o.Kind == Timestamps:
		o.Values = []uint32{p.labelled("val", &o.Open[0]), p.labelled("ecr", &o.Open[1])}
	case known.numbers == -1:
		for p.blanks(); isDigit(p.peek()); p.blanks() {
			left := uint32(p.integer(32))
			p.want(":")
			o.Values = append(o.Values, left, uint32(p.integer(32)))
		}
	case known.numbers == -2:
		o.Bytes = p.cookie()
	case known.numbers == 1:
		p.blanks()
		o.Values = []uint32{uint32(p.integer(32))}
	}
	return o
}

// labelled reads "val 100", or that it may be any.
func (p *parser) labelled(label string, open *bool) uint32 {
	p.blanks()
	if !p.acceptWord(label) {
		p.fail("%q expected, found %s", label, p.found())
	}
	p.blanks()
	if *open = p.accept("..."); *open {
		return 0
	}
	return uint32(p.integer(32))
}

// cookie reads the bytes of a cookie in hexadecimal; none asks for one.
func (p *parser) cookie() []byte {
	p.blanks()
	at, from := p.pos(), p.at
	for isName(p.peek()) {
		p.next()
	}
	text := p.src[from:p.at]
	b, err := hex.DecodeString(text)
	if err != nil {
		p.failAt(at, "%q is not a cookie in hexadecimal", text)
	}
	return b
}
