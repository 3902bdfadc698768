package wire

import (
	"fmt"
	"math/bits"

	"netsim/des"
)

// Digest accumulates 64 bits that stand for a sequence of packets and the times
// at which they were seen: the same on every machine, different (but for one in
// 2^64) if a packet, its time, or the order differ. It takes the addresses, the
// fields of the headers, the options that are carried, the lengths, and of the
// oracles ID, Incarnation and Offset; not Marks, which only observe. The zero
// Digest is empty. It detects mistakes, not malice.
type Digest struct {
	state uint64
	count uint64
}

// Add takes in that p was seen at now.
func (d *Digest) Add(now des.Time, p *Packet) {
	s := &p.Segment
	d.count++
	h := mix(d.state, d.count)
	h = mix(h, uint64(now))
	h = mix(h, pair(p.Src.n, p.Dst.n))
	h = mix(h, p.ID)
	h = mix(h, pair(uint32(p.Size)|uint32(p.DSCP)<<24, uint32(p.TTL)<<24|uint32(s.Order)<<20|uint32(s.ECN&3)<<18|uint32(p.ECN&3)<<16|uint32(s.Flags)<<8|uint32(s.Options)))
	h = mix(h, pair(uint32(s.SrcPort)<<16|uint32(s.DstPort), uint32(s.Window)<<16|uint32(s.Urgent)))
	h = mix(h, pair(s.Seq.n, s.Ack.n))
	h = mix(h, uint64(s.Len))
	h = mix(h, uint64(s.Incarnation))
	h = mix(h, s.Offset)
	if s.Options != 0 {
		h = s.mixOptions(h)
	}
	if p.Report != NoReport {
		h = mix(h, uint64(p.Report)<<48|uint64(p.MTU)<<32|uint64(p.About.n))
	}
	d.state = h
}

// Count is how many packets were added.
func (d *Digest) Count() uint64 { return d.count }

// Sum returns the digest in 16 hexadecimal digits.
func (d *Digest) Sum() string {
	// The finalizer of splitmix64, so that the last words reach all digits.
	h := d.state
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return fmt.Sprintf("%016x", h^h>>31)
}

func (s *Segment) mixOptions(h uint64) uint64 {
	if s.Options&HasMSS != 0 {
		h = mix(h, uint64(s.MSS))
	}
	if s.Options&HasScale != 0 {
		h = mix(h, uint64(s.Scale))
	}
	if s.Options&HasTimestamps != 0 {
		h = mix(h, pair(s.TSVal, s.TSEcr))
	}
	if s.Options&HasSACK != 0 {
		h = mix(h, uint64(s.Blocks))
		for _, b := range s.SACK[:s.Blocks] {
			h = mix(h, pair(b.Left.n, b.Right.n))
		}
	}
	if s.Options&HasCookie != 0 {
		h = mix(h, uint64(s.CookieLen))
		if s.CookieExp {
			h = mix(h, magicCookie)
		}
		for _, c := range s.Cookie[:s.CookieLen] {
			h = mix(h, uint64(c))
		}
	}
	if s.Options&HasTimeout != 0 {
		h = mix(h, uint64(s.Timeout))
	}
	return h
}

// mix takes one word into h. It is a bijection of either argument, so two
// sequences that differ in one word never meet. FNV's step would do the same for
// a byte at a time.
func mix(h, word uint64) uint64 {
	return (bits.RotateLeft64(h, 29) ^ word) * 0x9e3779b97f4a7c15
}

func pair(high, low uint32) uint64 { return uint64(high)<<32 | uint64(low) }
