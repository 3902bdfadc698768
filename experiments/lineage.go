package experiments

import (
	"slices"

	"netsim/wire"
)

// lineage tells which connections had the same two ends, addresses and ports, one
// after the other: an observer's knowledge, by which old duplicates are seen.
type lineage map[caller][]wire.Incarnation

// pair is the ends of a segment, the same in both directions.
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
	if line := l[ends]; !slices.Contains(line, s.Incarnation) {
		l[ends] = append(line, s.Incarnation)
	}
}

// old tells of a segment from an earlier connection than the last between its ends:
// the how manieth its own was, and the last. Of any other nth is 0.
func (l lineage) old(p *wire.Packet) (nth, last int, now wire.Incarnation) {
	line := l[pairOf(p)]
	if last = len(line); last == 0 {
		return 0, 0, 0
	}
	i := slices.Index(line, p.Segment.Incarnation)
	if i >= 0 && i < last-1 {
		nth = i + 1
	}
	return nth, last, line[last-1]
}
