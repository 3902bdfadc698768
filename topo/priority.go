package topo

import (
	"netsim/des"
	"netsim/wire"
)

// Priority serves bands in strict order: as long as the first has a packet, none
// of the others is sent. A packet belongs to the first band that it matches, or to
// one behind all of them. When the limit is reached, the head of the last band
// that has packets gives way to one of a band before it, and to no other.
type Priority struct {
	Bands []Band

	lists []List
}

// Band is the segments of a kind, of a flow or of any.
type Band struct {
	Match Match
	Flow  int // as in a [RuleSpec]
}

func (b *Band) of(s *wire.Segment) bool {
	return b.Match.of(s) && (b.Flow == AnyFlow || s.Incarnation != 0 && int(s.Incarnation.Flow()) == b.Flow)
}

// Enqueue puts p into its band.
func (b *Priority) Enqueue(q *Queue, now des.Time, p *wire.Packet) {
	if b.lists == nil {
		b.lists = make([]List, len(b.Bands)+1)
	}
	at := len(b.Bands)
	for i := range b.Bands {
		if b.Bands[i].of(&p.Segment) {
			at = i
			break
		}
	}
	for i := len(b.lists) - 1; q.Over(now); {
		if i <= at {
			q.Drop(now, p)
			return
		}
		if behind := b.lists[i].Pop(); behind != nil {
			q.Drop(now, behind)
		} else {
			i--
		}
	}
	b.lists[at].Push(p)
}

// Dequeue gives away the first of the first band that has one.
func (b *Priority) Dequeue(*Queue, des.Time) *wire.Packet {
	for i := range b.lists {
		if p := b.lists[i].Pop(); p != nil {
			return p
		}
	}
	return nil
}
