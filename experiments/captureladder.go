package experiments

import (
	"fmt"
	"io"
	"net/netip"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"netsim/plots"
	"netsim/wire"
)

// talk is a connection of a capture: both ends, who spoke first to the left, and its
// segments at the times of the capture.
type talk struct {
	ends  [2]netip.AddrPort
	isn   [2]uint32
	known [2]bool
	over  bool // reset, or both FINs were seen
	fins  [2]bool
	sent  []plots.Message
	seen  map[sight]bool
}

// sight tells a segment from others of its connection, but for repetitions.
type sight struct {
	from     int
	seq, end uint32
}

// talks are the connections of a capture, in the order of their first segments.
type talks struct {
	begun time.Time
	all   []*talk
	by    map[tuple]*talk // the last of each four-tuple, from both ends
}

// CaptureLadder is a connection of a capture (pcap or pcapng), counted from 1 in the
// order of their first segments. Segments stand at the time at which they were
// captured, since when they were elsewhere is not known; times count from the first
// packet of TCP, and numbers from the start of the connection as far as it was
// captured.
func CaptureLadder(name string, r io.Reader, connection int) (*plots.Ladder, error) {
	t := &talks{by: map[tuple]*talk{}}
	err := eachPacket(r, func(at time.Time, network gopacket.NetworkLayer, s *layers.TCP) {
		if t.begun.IsZero() {
			t.begun = at
		}
		t.take(int64(at.Sub(t.begun)), network, s)
	})
	if err != nil {
		return nil, err
	}
	if connection < 1 || connection > len(t.all) {
		return nil, fmt.Errorf("%s has %d connections, so there is no connection %d", name, len(t.all), connection)
	}
	c := t.all[connection-1]
	panel := plots.LadderPanel{Hosts: []string{c.ends[0].String(), c.ends[1].String()}, Messages: c.sent}
	return &plots.Ladder{Name: name, Title: name, Fold: time.Second, Panels: []plots.LadderPanel{panel},
		Caption: fmt.Sprintf("connection %d of %d; segments as captured at one place", connection, len(t.all))}, nil
}

// take enters a segment. A SYN on a four-tuple whose connection is over, or with
// another number than the last, begins another.
func (t *talks) take(now int64, network gopacket.NetworkLayer, s *layers.TCP) {
	flow := network.NetworkFlow()
	src, _ := netip.AddrFromSlice(flow.Src().Raw())
	dst, _ := netip.AddrFromSlice(flow.Dst().Raw())
	from, to := netip.AddrPortFrom(src, uint16(s.SrcPort)), netip.AddrPortFrom(dst, uint16(s.DstPort))
	c := t.by[tuple{from, to}]
	if fresh := s.SYN && !s.ACK; c == nil || fresh && (c.over || c.known[c.side(from)] && c.isn[c.side(from)] != s.Seq) {
		c = &talk{ends: [2]netip.AddrPort{from, to}, seen: map[sight]bool{}}
		t.all = append(t.all, c)
		t.by[tuple{from, to}], t.by[tuple{to, from}] = c, c
	}
	c.take(now, c.side(from), s)
}

func (c *talk) side(end netip.AddrPort) int {
	if end == c.ends[0] {
		return 0
	}
	return 1
}

func (c *talk) take(now int64, from int, s *layers.TCP) {
	g := wire.Segment{Window: s.Window, Len: uint32(len(s.Payload)), Flags: flagsOf(s)}
	if !c.known[from] { // counted as 0 if it is of a SYN, as 1 if the beginning is missing
		c.isn[from], c.known[from] = s.Seq, true
		if !s.SYN {
			c.isn[from]--
		}
	}
	if to := 1 - from; s.ACK && !c.known[to] {
		c.isn[to], c.known[to] = s.Ack-1, true
	}
	m := plots.Message{From: from, To: 1 - from, Sent: now, Arrived: now, Len: g.Len, Plain: g.Flags&^wire.PSH == wire.ACK,
		Seq: s.Seq - c.isn[from], Ack: s.Ack - c.isn[1-from]}
	m.Label, m.Detail = words(&g, m.Seq, m.Ack)
	if s.SYN || s.FIN || g.Len > 0 {
		id := sight{from, m.Seq, m.Seq + g.Len}
		m.Again, c.seen[id] = c.seen[id], true
	}
	c.sent = append(c.sent, m)
	c.fins[from] = c.fins[from] || s.FIN
	c.over = c.over || s.RST || c.fins[0] && c.fins[1]
}

func flagsOf(s *layers.TCP) (f wire.Flags) {
	for _, flag := range []struct {
		set bool
		is  wire.Flags
	}{{s.FIN, wire.FIN}, {s.SYN, wire.SYN}, {s.RST, wire.RST}, {s.PSH, wire.PSH}, {s.ACK, wire.ACK}, {s.URG, wire.URG}, {s.ECE, wire.ECE}, {s.CWR, wire.CWR}} {
		if flag.set {
			f |= flag.is
		}
	}
	return f
}
