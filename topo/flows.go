package topo

import (
	"math/bits"

	"netsim/wire"
)

// bucket is the packets of the flows that hash to one number.
type bucket struct {
	List
	credit int64 // bytes it may send in this round
	state  codel
	next   *bucket
	where  place
}

// place tells which of the rings a bucket is in.
type place uint8

const (
	inNone place = iota
	inNew
	inOld
)

// ring is a list of buckets that take turns.
type ring struct{ head, tail *bucket }

func (r *ring) push(b *bucket) {
	b.next = nil
	if r.head == nil {
		r.head = b
	} else {
		r.tail.next = b
	}
	r.tail = b
}

func (r *ring) pop() *bucket {
	b := r.head
	r.head = b.next
	return b
}

// fattest returns the bucket with the most bytes, the earliest of several; it is
// the larger of that and b.
func (r *ring) fattest(b *bucket) *bucket {
	for x := r.head; x != nil; x = x.next {
		if b == nil || x.Bytes > b.Bytes {
			b = x
		}
	}
	return b
}

// buckets sorts packets into flows by a hash of addresses and ports, whose key is
// drawn from the queue's stream when the first packet comes.
type buckets struct {
	all []bucket
	key uint64
}

func (bs *buckets) of(q *Queue, p *wire.Packet, n int) *bucket {
	if bs.all == nil {
		bs.all = make([]bucket, n)
		bs.key = q.Random().Uint64()
	}
	return &bs.all[hash(p, bs.key)%uint64(n)]
}

// hash mixes source, destination and ports under a key; all packets are TCP's.
func hash(p *wire.Packet, key uint64) uint64 {
	const odd = 0x9e3779b97f4a7c15
	h := key
	for _, word := range [2]uint64{uint64(p.Src.Uint32())<<32 | uint64(p.Dst.Uint32()), uint64(p.Segment.SrcPort)<<16 | uint64(p.Segment.DstPort)} {
		high, low := bits.Mul64(h^word^odd, odd)
		h = bits.RotateLeft64(high^low, 29) + word
	}
	high, low := bits.Mul64(h, odd)
	return high ^ low
}
