package packetdrill

import (
	"fmt"
	"strings"
	"time"

	"netsim/des"
	"netsim/packetdrill/script"
	"netsim/wire"
)

// expect waits for the segment that the script expects next and compares it.
func (r *runner) expect(e *script.Event, k *script.Packet) error {
	if k.ICMP != nil {
		return &unsupported{what: "an ICMP message that is expected"}
	}
	from := r.due(&e.When)
	to := r.late(&e.When, from)
	c, err := r.next(k, from, to)
	if err != nil {
		return err
	}
	f := r.of(&c.packet)
	switch {
	case f == nil:
		return &failure{want: packetText(k), got: liveText(nil, &c.packet) + ", of no connection of the script"}
	case k.Ports == nil && f != r.flowOf(k), k.Ports != nil && (k.Ports[0] != f.local || k.Ports[1] != f.remote):
		return &failure{want: packetText(k), got: fmt.Sprintf("%s, of another connection (port %d)", liveText(f, &c.packet), f.local)}
	}
	if err := r.gather(c, f, k); err != nil {
		return err
	}
	if differs, err := r.differs(f, k, &c.packet); err != nil {
		return err
	} else if differs != "" {
		return &failure{want: packetText(k), got: fmt.Sprintf("%s (%s)", liveText(f, &c.packet), differs)}
	}
	if !e.When.Any {
		if err := r.onTime(packetText(k), from, to, c.at); err != nil {
			return err
		}
	}
	r.rows = append(r.rows, Row{At: c.at.Sub(r.base), Pos: e.Pos, Kind: Out, Text: liveText(f, &c.packet)})
	return nil
}

// next takes the segment that the host sent first of those not yet looked at, or
// waits for it.
func (r *runner) next(k *script.Packet, from, to des.Time) (*capture, error) {
	limit := des.Time(start).Add(mostTime)
	if to < limit && !r.event.When.Any {
		limit = plus(to, r.tolerance(from)+1)
	}
	for len(r.sent) == 0 {
		before := r.sim.Events()
		if err := r.step(limit); err != nil {
			return nil, err
		}
		if r.sim.Events() == before {
			return nil, &failure{want: packetText(k), got: "nothing until " + r.clock(limit-1)}
		}
	}
	c := r.sent[0]
	r.sent = r.sent[1:]
	return &c, nil
}

// gather adds to a segment those that follow and that the script expects as one with
// it: a host may send in pieces what could be one segment.
func (r *runner) gather(c *capture, f *flow, k *script.Packet) error {
	s := &c.packet.Segment
	for !r.setup.strict && s.Len > 0 && s.Len < k.Seq.Len && s.Flags&(wire.SYN|wire.FIN|wire.RST) == 0 {
		for len(r.sent) == 0 && r.sim.Pending() > 0 {
			before := r.sim.Events()
			if err := r.step(plus(c.at, r.setup.tolerance)); err != nil {
				return err
			}
			if r.sim.Events() == before {
				break
			}
		}
		if len(r.sent) == 0 {
			return nil
		}
		more := &r.sent[0].packet.Segment
		if more.SrcPort != s.SrcPort || more.DstPort != s.DstPort || more.Seq != s.End() || more.Len == 0 || s.Len+more.Len > k.Seq.Len {
			return nil
		}
		first, n, flags := s.Seq, s.Len+more.Len, s.Flags|more.Flags
		c.packet = r.sent[0].packet
		r.sent = r.sent[1:]
		s.Seq, s.Len, s.Flags = first, n, flags
	}
	return nil
}

// differs compares a segment with the expected one and names the field in which they
// differ.
func (r *runner) differs(f *flow, k *script.Packet, p *wire.Packet) (string, error) {
	s := &p.Segment
	flags, err := flagsOf(k.Flags)
	if err != nil {
		return "", err
	}
	if s.Flags&flags&wire.SYN != 0 && !k.Seq.Start.Any && !k.Seq.Start.Absolute {
		f.iss, f.known = s.Seq.Uint32()-k.Seq.Start.Value, true
	}
	switch {
	case s.Flags != flags:
		return "flags", nil
	case !k.Seq.Start.Any && s.Seq != f.liveAck(k.Seq.Start):
		return "sequence number", nil
	case s.Len != k.Seq.Len:
		return "length", nil
	case k.Ack != nil && !k.Ack.Any && !k.Ack.Absolute && f.scriptAck(s.Ack) != k.Ack.Value, k.Ack != nil && k.Ack.Absolute && s.Ack.Uint32() != k.Ack.Value:
		return "acknowledgment number", nil
	case k.Window != nil && s.Window != *k.Window:
		return "window", nil
	case k.Urgent != nil && s.Urgent != *k.Urgent:
		return "urgent pointer", nil
	}
	if name, err := differsIP(k.IP, p); name != "" || err != nil {
		return name, err
	}
	return r.differInOptions(f, k, s)
}

// differsIP compares what stands in brackets.
func differsIP(items []script.Item, p *wire.Packet) (string, error) {
	for _, i := range items {
		same, what := true, "ECN"
		switch strings.ToLower(i.Name) {
		case "ect0":
			same = p.ECN == wire.ECT0
		case "ect1":
			same = p.ECN == wire.ECT1
		case "ect01":
			same = p.ECN == wire.ECT0 || p.ECN == wire.ECT1
		case "ce":
			same = p.ECN == wire.CE
		case "noecn":
			same = p.ECN == 0
		case "ttl":
			same, what = int64(p.TTL) == i.Value, "TTL"
		case "tos":
			same, what = int64(p.DSCP<<2|p.ECN) == i.Value, "type of service"
		case "nocheck":
		default:
			return "", &unsupported{what: "[" + i.Name + "] of what is expected"}
		}
		if !same {
			return what, nil
		}
	}
	return "", nil
}

// differInOptions compares the options, in kind, order and value.
func (r *runner) differInOptions(f *flow, k *script.Packet, s *wire.Segment) (string, error) {
	if k.Any {
		f.keepStamp(k, s)
		return "", nil
	}
	live := optionsOf(s)
	if len(live) != len(k.Options) {
		return "options", nil
	}
	for i, want := range k.Options {
		got := &live[i]
		if want.Kind == script.OtherOption {
			return "", &unsupported{at: want.Pos, what: "option " + want.Name}
		}
		if want.Kind != got.Kind || !r.same(f, &want, got) {
			return "options", nil
		}
	}
	f.keepStamp(k, s)
	return "", nil
}

// keepStamp notes which timestamp of the host stands for one of the script.
func (f *flow) keepStamp(k *script.Packet, s *wire.Segment) {
	for _, o := range k.Options {
		if o.Kind == script.Timestamps && !o.Open[0] && s.Options&wire.HasTimestamps != 0 {
			f.stamps[o.Values[0]] = s.TSVal
			if !f.stampBegan {
				f.stampBegan, f.firstStamp = true, [2]uint32{o.Values[0], s.TSVal}
			}
		}
	}
}

// same compares the values of two options of one kind.
func (r *runner) same(f *flow, want, got *script.TCPOption) bool {
	switch want.Kind {
	case script.Timestamps:
		return (want.Open[1] || want.Values[1] == got.Values[1]) && (want.Open[0] || r.ticks(f, want.Values[0], got.Values[0]))
	case script.SACK:
		if len(want.Values) != len(got.Values) {
			return false
		}
	case script.FastOpen, script.FastOpenExp:
		return string(want.Bytes) == string(got.Bytes)
	}
	for i, v := range want.Values {
		if want.Kind == script.SACK {
			v += f.irs.Uint32()
		}
		if v != got.Values[i] {
			return false
		}
	}
	return true
}

// ticks reports whether the host's clock of timestamps has gone on as the script
// expects, which it says by the length of its tick.
func (r *runner) ticks(f *flow, want, got uint32) bool {
	if r.setup.tick == 0 || !f.stampBegan {
		return true
	}
	scripted := time.Duration(int32(want-f.firstStamp[0])) * r.setup.tick
	live := time.Duration(int32(got-f.firstStamp[1])) * time.Millisecond
	return (scripted - live).Abs() <= r.setup.tolerance+r.setup.tick
}
