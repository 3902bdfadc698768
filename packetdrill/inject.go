package packetdrill

import (
	"strings"

	"netsim/packetdrill/script"
	"netsim/wire"
)

// letters are the control bits as scripts write them.
var letters = []struct {
	letter byte
	flag   wire.Flags
}{{'S', wire.SYN}, {'F', wire.FIN}, {'R', wire.RST}, {'P', wire.PSH}, {'.', wire.ACK}, {'U', wire.URG}, {'E', wire.ECE}, {'W', wire.CWR}}

// flagsOf reads control bits.
func flagsOf(text string) (f wire.Flags, err error) {
	if text == "-" {
		return 0, nil
	}
	for i := range len(text) {
		found := false
		for _, l := range letters {
			if l.letter == text[i] {
				f |= l.flag
				found = true
			}
		}
		if !found {
			return 0, &unsupported{what: "flag " + text[i:i+1] + " of accurate ECN"}
		}
	}
	return f, nil
}

// inject brings a segment or an ICMP message of the script to the host.
func (r *runner) inject(k *script.Packet) error {
	f := r.flowOf(k)
	if k.ICMP == nil && strings.HasPrefix(k.Flags, "S") && f.irsKnown && !r.alive(f) {
		f.irsKnown = false // another connection, with numbers of its own
	}
	p := r.pool.Get()
	if err := r.make(p, f, k); err != nil {
		r.pool.Put(p)
		return err
	}
	r.rows = append(r.rows, Row{At: r.now().Sub(r.base), Pos: r.event.Pos, Kind: In, Text: packetText(k)})
	r.host.Receive(r.now(), p)
	return r.retry()
}

// make makes the packet of what is injected.
func (r *runner) make(p *wire.Packet, f *flow, k *script.Packet) error {
	if k.ICMP != nil {
		return r.report(p, f, k.ICMP)
	}
	*p = wire.Packet{Src: f.far, Dst: f.near, TTL: wire.DefaultTTL}
	err := r.fill(p, f, k)
	p.Measure()
	return err
}

// fill makes the packet of an injected segment.
func (r *runner) fill(p *wire.Packet, f *flow, k *script.Packet) (err error) {
	s := &p.Segment
	if s.Flags, err = flagsOf(k.Flags); err != nil {
		return err
	}
	s.SrcPort, s.DstPort, s.Incarnation = f.remote, f.local, f.who
	s.Seq, s.Len = f.liveSeq(k.Seq.Start, s.Flags.Has(wire.SYN)), k.Seq.Len
	if k.Seq.Start.Any || k.Ack != nil && k.Ack.Any {
		return &failure{unexpected: "the numbers of a segment that is injected cannot be left open"}
	}
	if s.Flags.Has(wire.SYN) && !f.irsKnown {
		f.irs, f.irsKnown = s.Seq, true
	}
	if k.Ack != nil {
		s.Ack = f.liveAck(*k.Ack)
	}
	if k.Window != nil {
		s.Window = *k.Window
	}
	if k.Urgent != nil {
		s.Urgent = *k.Urgent
	}
	s.Offset = uint64(int64(s.Seq.Sub(f.irs.Add(1))))
	if s.Flags.Has(wire.SYN) {
		s.Offset = 0
	}
	if err = mark(p, k.IP); err != nil {
		return err
	}
	return f.putOptions(s, k.Options)
}

// putOptions sets the options of an injected segment.
func (f *flow) putOptions(s *wire.Segment, options []script.TCPOption) error {
	for _, o := range options {
		switch o.Kind {
		case script.NOP, script.EOL:
		case script.MSS:
			s.Options |= wire.HasMSS
			s.MSS = uint16(o.Values[0])
		case script.SACKOK:
			s.Options |= wire.SACKPermitted
		case script.Scale:
			s.Options |= wire.HasScale
			s.Scale = uint8(o.Values[0])
		case script.Timestamps:
			if o.Open != [2]bool{} {
				return &unsupported{at: o.Pos, what: "a timestamp of any value, of a segment that is sent"}
			}
			s.Options |= wire.HasTimestamps
			s.TSVal, s.TSEcr = o.Values[0], o.Values[1]
			if live, ok := f.stamps[s.TSEcr]; ok {
				s.TSEcr = live
			}
		case script.SACK:
			if len(o.Values) == 0 || len(o.Values) > 2*wire.MaxBlocks {
				return &failure{at: o.Pos, want: "1 to 4 blocks of SACK", got: "another number"}
			}
			s.Options |= wire.HasSACK
			s.Blocks = uint8(len(o.Values) / 2)
			for i := range s.Blocks {
				s.SACK[i] = wire.Block{Left: wire.SeqOf(o.Values[2*i] + f.iss), Right: wire.SeqOf(o.Values[2*i+1] + f.iss)}
			}
		case script.FastOpen, script.FastOpenExp:
			if len(o.Bytes) > len(s.Cookie) {
				return &failure{at: o.Pos, want: "a cookie of 16 bytes at most", got: "a longer one"}
			}
			if n := len(o.Bytes); n != 0 && (n < 4 || n%2 != 0) {
				continue // no such cookie is known (RFC 7413 section 4.1.1)
			}
			s.Options |= wire.HasCookie
			s.CookieExp = o.Kind == script.FastOpenExp
			s.CookieLen = uint8(copy(s.Cookie[:], o.Bytes))
		default:
			return &unsupported{at: o.Pos, what: "option " + o.Name}
		}
	}
	return nil
}

// mark sets what stands in brackets of an injected packet.
func mark(p *wire.Packet, items []script.Item) error {
	for _, i := range items {
		switch strings.ToLower(i.Name) {
		case "ect0":
			p.ECN = wire.ECT0
		case "ect1":
			p.ECN = wire.ECT1
		case "ce":
			p.ECN = wire.CE
		case "ttl":
			p.TTL = uint8(i.Value)
		case "tos":
			p.DSCP, p.ECN = uint8(i.Value)>>2, uint8(i.Value)&3
		case "noecn", "nocheck", "flowlabel":
		default:
			return &unsupported{what: "[" + i.Name + "]"}
		}
	}
	return nil
}

// reports are the ICMP messages by type and code.
var reports = map[string]wire.Report{ // order-free: looked up by name
	"net_unreachable": wire.NetUnreachable, "host_unreachable": wire.HostUnreachable,
	"protocol_unreachable": wire.ProtocolUnreachable, "proto_unreachable": wire.ProtocolUnreachable, "port_unreachable": wire.PortUnreachable,
	"frag_needed": wire.TooBig, "packet_too_big": wire.TooBig, "net_unknown": wire.NetUnreachable, "host_unknown": wire.HostUnreachable,
	"source_route_failed": wire.NetUnreachable, "host_isolated": wire.HostUnreachable,
	"net_prohibited": wire.Prohibited, "host_prohibited": wire.Prohibited, "packet_filtered": wire.Prohibited,
	"net_unreachable_for_tos": wire.NetUnreachable, "host_unreachable_for_tos": wire.HostUnreachable, "no_route": wire.NetUnreachable,
	"admin_prohibited": wire.Prohibited, "addr_unreachable": wire.HostUnreachable, "not_neighbour": wire.HostUnreachable,
	"policy_fail": wire.Prohibited, "reject_route": wire.Prohibited,
	"ttl_exceeded_in_transit": wire.TimeExceeded, "hop_limit_exceeded": wire.TimeExceeded, "reassembly_time_exceeded": wire.TimeExceeded,
	"time_exceeded": wire.TimeExceeded, "parameter_problem": wire.ParameterProblem, "parameter_prob": wire.ParameterProblem,
}

// report makes an ICMP message about a segment of the host.
func (r *runner) report(p *wire.Packet, f *flow, m *script.ICMP) error {
	why, ok := reports[m.Code]
	if !ok {
		if why, ok = reports[m.Type]; !ok {
			return &unsupported{what: strings.TrimSpace("icmp " + m.Type + " " + m.Code)}
		}
	}
	*p = wire.Packet{Src: f.near, Dst: f.far, TTL: wire.DefaultTTL}
	s := &p.Segment
	s.SrcPort, s.DstPort, s.Incarnation, s.Flags = f.local, f.remote, f.who, wire.ACK
	s.Seq = wire.SeqOf(f.iss)
	if m.Quoted != nil {
		s.Seq, s.Len = f.liveAck(m.Quoted.Start), m.Quoted.Len
	}
	p.Measure()
	p.Return(why, r.remote, uint16(min(m.MTU, 65535)))
	return nil
}
