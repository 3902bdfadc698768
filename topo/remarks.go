package topo

import (
	"netsim/des"
	"netsim/wire"
)

// Remarks is an [Observer] that is told, too, what nodes do to packets that reach
// them. It may read the packet, and keeps nothing of it.
type Remarks interface {
	// Refused is called before a node drops a packet: a host that takes no more, or a
	// middlebox. Why is a phrase such as "its accept queue is full".
	Refused(now des.Time, node NodeID, p *wire.Packet, why string)
	// Rewritten is called when a middlebox has given a packet other ends than it had.
	Rewritten(now des.Time, node NodeID, p *wire.Packet, had Ends)
}

// Ends is where a packet comes from and goes to.
type Ends struct {
	Src, Dst         wire.Addr
	SrcPort, DstPort uint16
}

// EndsOf are those of a packet.
func EndsOf(p *wire.Packet) Ends {
	return Ends{p.Src, p.Dst, p.Segment.SrcPort, p.Segment.DstPort}
}

// Refused tells the observer, if it listens, that a node is about to drop a packet.
func (n *Network) Refused(now des.Time, node NodeID, p *wire.Packet, why string) {
	if n.remarks != nil {
		n.remarks.Refused(now, node, p, why)
	}
}

// Rewritten tells the observer, if it listens, which ends a packet had before.
func (n *Network) Rewritten(now des.Time, node NodeID, p *wire.Packet, had Ends) {
	if n.remarks != nil && had != EndsOf(p) {
		n.remarks.Rewritten(now, node, p, had)
	}
}
