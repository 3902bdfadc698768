package middlebox

import (
	"netsim/ledger"
	"netsim/wire"
)

// tuple is where a packet comes from and goes to.
type tuple struct {
	src, dst         wire.Addr
	srcPort, dstPort uint16
}

func tupleOf(p *wire.Packet) tuple {
	return tuple{p.Src, p.Dst, p.Segment.SrcPort, p.Segment.DstPort}
}

func (t tuple) reverse() tuple { return tuple{t.dst, t.src, t.dstPort, t.srcPort} }

func (t tuple) hash() uint64 {
	return ledger.Hash(uint64(t.src.Uint32())<<32|uint64(t.dst.Uint32()), uint64(t.srcPort)<<16|uint64(t.dstPort))
}

// find returns the session, and in the lowest bit the direction, that a tuple belongs
// to, 0 if there is none.
func (b *box) find(t tuple) uint32 {
	h := t.hash()
	ref, at := b.table.First(h)
	for ref != 0 && b.tuple(ref) != t {
		ref, at = b.table.Next(h, at)
	}
	return ref
}

func (b *box) tuple(ref uint32) tuple { return b.room.At(ref >> 1).tuples[ref&1] }
