package packetdrill

import (
	"encoding/hex"
	"fmt"
	"strings"

	"netsim/packetdrill/script"
	"netsim/wire"
)

// The numbers of options in a header (RFC 9293 section 3.1, RFC 7323, RFC 2018, RFC
// 7413).
var kinds = map[byte]script.OptionKind{ // order-free: looked up by number
	0: script.EOL, 1: script.NOP, 2: script.MSS, 3: script.Scale, 4: script.SACKOK, 5: script.SACK, 8: script.Timestamps, 34: script.FastOpen, 254: script.FastOpenExp,
}

// optionsOf reads the options as they stand in the header.
func optionsOf(s *wire.Segment) (list []script.TCPOption) {
	raw := wire.AppendSegment(nil, s)[20:]
	for len(raw) > 0 {
		o := script.TCPOption{Kind: kinds[raw[0]]}
		if raw[0] <= 1 {
			raw = raw[1:]
			list = append(list, o)
			continue
		}
		body := raw[2:raw[1]]
		raw = raw[raw[1]:]
		switch o.Kind {
		case script.MSS:
			o.Values = []uint32{uint32(s.MSS)}
		case script.Scale:
			o.Values = []uint32{uint32(s.Scale)}
		case script.Timestamps:
			o.Values = []uint32{s.TSVal, s.TSEcr}
		case script.SACK:
			for _, b := range s.SACK[:s.Blocks] {
				o.Values = append(o.Values, b.Left.Uint32(), b.Right.Uint32())
			}
		case script.FastOpen:
			o.Bytes = body
		case script.FastOpenExp:
			o.Bytes = body[2:]
		}
		list = append(list, o)
	}
	return list
}

// optionsText writes options as a script does.
func optionsText(list []script.TCPOption) string {
	words := make([]string, 0, len(list))
	for i := range list {
		words = append(words, optionText(&list[i]))
	}
	return "<" + strings.Join(words, ",") + ">"
}

func optionText(o *script.TCPOption) string {
	switch o.Kind {
	case script.NOP:
		return "nop"
	case script.EOL:
		return "eol"
	case script.MSS:
		return fmt.Sprintf("mss %d", o.Values[0])
	case script.SACKOK:
		return "sackOK"
	case script.Scale:
		return fmt.Sprintf("wscale %d", o.Values[0])
	case script.Timestamps:
		return fmt.Sprintf("TS val %d ecr %d", o.Values[0], o.Values[1])
	case script.SACK:
		text := "sack"
		for i := 0; i+1 < len(o.Values); i += 2 {
			text += fmt.Sprintf(" %d:%d", o.Values[i], o.Values[i+1])
		}
		return text
	case script.FastOpen:
		return strings.TrimSpace("FO " + hex.EncodeToString(o.Bytes))
	case script.FastOpenExp:
		return strings.TrimSpace("FOEXP " + hex.EncodeToString(o.Bytes))
	}
	return o.Name
}

// flagText writes control bits as a script does.
func flagText(f wire.Flags) string {
	text := ""
	for _, l := range letters {
		if f.Has(l.flag) {
			text += string(l.letter)
		}
	}
	if text == "" {
		return "-"
	}
	return text
}

// packetText writes a segment or a message as it stands in the script.
func packetText(k *script.Packet) string {
	var b strings.Builder
	if m := k.ICMP; m != nil {
		fmt.Fprintf(&b, "icmp %s %s", m.Type, m.Code)
		if m.MTU != 0 {
			fmt.Fprintf(&b, " mtu %d", m.MTU)
		}
		if m.Quoted != nil {
			fmt.Fprintf(&b, " [%s]", rangeText(m.Quoted))
		}
		return b.String()
	}
	for _, i := range k.IP {
		fmt.Fprintf(&b, "[%s] ", i.Name)
	}
	fmt.Fprintf(&b, "%s %s", k.Flags, rangeText(&k.Seq))
	if k.Ack != nil {
		b.WriteString(" ack " + numberText(*k.Ack))
	}
	if k.Window != nil {
		fmt.Fprintf(&b, " win %d", *k.Window)
	}
	if k.Urgent != nil {
		fmt.Fprintf(&b, " urg %d", *k.Urgent)
	}
	switch {
	case k.Any:
		b.WriteString(" <...>")
	case len(k.Options) > 0:
		b.WriteString(" " + optionsText(k.Options))
	}
	return b.String()
}

func rangeText(r *script.Range) string {
	if r.Start.Any {
		return fmt.Sprintf("...(%d)", r.Len)
	}
	mark := ""
	if r.Start.Absolute {
		mark = "!"
	}
	return fmt.Sprintf("%d:%d(%d)%s", r.Start.Value, r.End.Value, r.Len, mark)
}

func numberText(n script.Number) string {
	switch {
	case n.Any:
		return "..."
	case n.Absolute:
		return fmt.Sprintf("%d!", n.Value)
	}
	return fmt.Sprint(n.Value)
}

// liveText writes a segment of the host as a script would.
func liveText(f *flow, p *wire.Packet) string {
	s := &p.Segment
	if f == nil {
		f = &flow{}
	}
	var b strings.Builder
	if p.ECN != 0 {
		b.WriteString([...]string{"", "[ect1] ", "[ect0] ", "[ce] "}[p.ECN])
	}
	seq := f.scriptSeq(s.Seq)
	fmt.Fprintf(&b, "%s %d:%d(%d)", flagText(s.Flags), seq, seq+s.Len, s.Len)
	if s.Flags.Has(wire.ACK) {
		fmt.Fprintf(&b, " ack %d", f.scriptAck(s.Ack))
	}
	fmt.Fprintf(&b, " win %d", s.Window)
	if s.Flags.Has(wire.URG) {
		fmt.Fprintf(&b, " urg %d", s.Urgent)
	}
	if s.Options != 0 {
		b.WriteString(" " + optionsText(optionsOf(s)))
	}
	return b.String()
}
