package topo

import (
	"netsim/des"
	"netsim/wire"
)

// corruption damages packets in front of the queue. A damaged packet takes its
// place and its time on the wire as any other; the checksum at the other end
// catches it there.
type corruption struct {
	station
	probability float64
}

func (c *corruption) Receive(now des.Time, p *wire.Packet) {
	c.in++
	if c.chance(c.probability) {
		p.Segment.Marks |= wire.Damaged
	}
	c.pass(now, p)
}

// missed is how often a 16-bit checksum agrees with random damage (RFC 1071's sum
// of 16 bits; for real data it can be worse, Stone and Partridge 2000).
const missed = 0x1p-16

// checksum drops damaged packets at the end of a half, but for those that it
// misses, which go on as if nothing had happened.
type checksum struct {
	station
	undetected uint64
}

func (c *checksum) Receive(now des.Time, p *wire.Packet) {
	c.in++
	if p.Segment.Marks&wire.Damaged != 0 {
		if !c.chance(missed) {
			c.lose(now, p)
			return
		}
		p.Segment.Marks &^= wire.Damaged
		c.undetected++
	}
	c.pass(now, p)
}
