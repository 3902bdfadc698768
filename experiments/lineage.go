package experiments

import (
	"slices"

	"netsim/wire"
)

// lineage tells which connections had the same two ends, addresses and ports, one
// after the other: an observer's knowledge, by which old duplicates are seen.
type lineage map[caller][]heir

// heir is a connection and the number of the packet that has opened it.
type heir struct {
	who wire.Incarnation
	syn uint64
}

// pairOf is the ends of a segment, the same in both directions.
func pairOf(p *wire.Packet) caller {
	c := caller{p.Src, p.Dst, p.Segment.SrcPort, p.Segment.DstPort}
	if s, d := c.src.Uint32(), c.dst.Uint32(); s > d || s == d && c.srcPort > c.dstPort {
		c = caller{c.dst, c.src, c.dstPort, c.srcPort}
	}
	return c
}

// saw notes what a SYN opens.
func (l lineage) saw(p *wire.Packet) {
	s := &p.Segment
	if s.Flags&(wire.SYN|wire.ACK|wire.RST) != wire.SYN || s.Incarnation == 0 {
		return
	}
	ends := pairOf(p)
	if line := l[ends]; !slices.ContainsFunc(line, func(h heir) bool { return h.who == s.Incarnation }) {
		l[ends] = append(line, heir{s.Incarnation, p.ID})
	}
}

// earlier tells of a segment of an earlier connection than the last between its ends:
// which that was, counted from 1, the last, and whether the segment was sent before that
// was opened, which makes it an old duplicate; else one end has not heard of the last.
// Of any other segment nth is 0.
func (l lineage) earlier(p *wire.Packet) (nth, last int, old bool, now wire.Incarnation) {
	line := l[pairOf(p)]
	if last = len(line); last == 0 {
		return 0, 0, false, 0
	}
	nth = slices.IndexFunc(line, func(h heir) bool { return h.who == p.Segment.Incarnation }) + 1
	if nth == last {
		nth = 0
	}
	return nth, last, p.ID < line[last-1].syn, line[last-1].who
}
