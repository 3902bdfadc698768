package tcp

import (
	"netsim/des"
	"netsim/wire"
)

// scoreboard is what a sender with SACK knows of what is in flight (RFC 6675
// section 2, RFC 8985 section 5.1): a record for each segment, in a ring in the
// order of their numbers. It has no records while no more than one segment is in
// flight, and else covers all from SND.UNA to SND.NXT.
type scoreboard struct {
	ring    []sent // as long as a power of two
	head, n int
	start   wire.Seq // of the first record
	scan    int      // no record before this one is due

	// Sums of bytes, by the marks of records.
	arrived, gone, again uint32
	due                  uint32 // gone and not sent again
	pieces               int    // records that have arrived

	presumed wire.Seq                   // RFC 6675 has judged all before it
	told     [wire.MaxBlocks]wire.Block // the blocks of the last acknowledgment
	tellers  int
}

// sent is a segment in flight.
type sent struct {
	at  des.Time // last
	end wire.Seq
	is  marks
}

type marks uint8

const (
	arrived   marks = 1 << iota // the peer has told so in a block
	gone                        // found lost
	again                       // sent again, and the new copy is not found lost
	ambiguous                   // sent more than once: its acknowledgment may be of either (Karn)
)

// at is the i-th record from the left.
func (b *scoreboard) at(i int) *sent { return &b.ring[(b.head+i)&(len(b.ring)-1)] }

// left is where the i-th record begins.
func (b *scoreboard) left(i int) wire.Seq {
	if i == 0 {
		return b.start
	}
	return b.at(i - 1).end
}

func (b *scoreboard) size(i int) uint32 { return uint32(b.at(i).end.Sub(b.left(i))) }

// clear removes all records; the next begins at the given number.
func (b *scoreboard) clear(start wire.Seq) {
	*b = scoreboard{ring: b.ring, start: start, presumed: start}
}

// push adds the record of a segment up to end.
func (b *scoreboard) push(end wire.Seq, at des.Time, is marks) {
	if b.n == len(b.ring) {
		larger := make([]sent, max(16, 2*b.n))
		for i := range b.n {
			larger[i] = *b.at(i)
		}
		b.ring, b.head = larger, 0
	}
	b.n++
	*b.at(b.n - 1) = sent{at: at, end: end, is: is}
	b.weigh(is, uint32(end.Sub(b.left(b.n-1))))
}

// weigh adds bytes to the sums of the marks; a negative number is one's that wraps.
func (b *scoreboard) weigh(is marks, bytes uint32) {
	if is&arrived != 0 {
		b.arrived += bytes
	}
	if is&again != 0 {
		b.again += bytes
	}
	if is&gone != 0 {
		b.gone += bytes
		if is&again == 0 {
			b.due += bytes
		}
	}
}

// set changes the marks of the i-th record.
func (b *scoreboard) set(i int, is marks) {
	s, size := b.at(i), b.size(i)
	b.weigh(s.is, -size)
	b.pieces += int(is&arrived) - int(s.is&arrived)
	s.is = is
	b.weigh(is, size)
	if is&(gone|again) == gone {
		b.scan = min(b.scan, i)
	}
}

// pipe is what is in the network by all that is known, of so much in flight (RFC
// 6675 section 4, SetPipe).
func (b *scoreboard) pipe(flight uint32) uint32 { return flight - b.arrived - b.gone + b.again }

// acknowledge removes what is before ack.
func (b *scoreboard) acknowledge(ack wire.Seq, h *hearing) {
	for b.n > 0 && b.start.Before(ack) {
		s := b.at(0)
		whole := !s.end.After(ack)
		right := ack
		if whole {
			right = s.end
		}
		size := uint32(right.Sub(b.start))
		b.weigh(s.is, -size)
		if s.is&arrived == 0 {
			h.delivered += size
		}
		b.start = right
		if !whole {
			return
		}
		if s.is&arrived == 0 {
			h.note(s)
		} else {
			b.pieces--
		}
		b.head = (b.head + 1) & (len(b.ring) - 1)
		b.n--
		b.scan = max(b.scan-1, 0)
	}
}

// find returns the first record that begins at the number or after it.
func (b *scoreboard) find(left wire.Seq) int {
	lo, hi := 0, b.n
	for lo < hi {
		if mid := (lo + hi) / 2; b.left(mid).Before(left) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// mark notes that the text of a block has arrived. What is known of it from the
// acknowledgment before is passed over; a segment of which only part has arrived
// stays as it is.
func (b *scoreboard) mark(block wire.Block, h *hearing) {
	i := b.find(block.Left)
	for _, t := range b.told[:b.tellers] {
		if t.Left == block.Left && !t.Right.After(block.Right) {
			i = max(b.find(t.Right)-1, i)
		}
	}
	for ; i < b.n && !b.at(i).end.After(block.Right); i++ {
		s := b.at(i)
		if s.is&arrived != 0 {
			continue
		}
		h.delivered += b.size(i)
		h.note(s)
		b.set(i, s.is&ambiguous|arrived)
	}
}

// next returns the first of the records that are due to be sent again.
func (b *scoreboard) next() int {
	for ; b.scan < b.n; b.scan++ {
		if b.at(b.scan).is&(gone|again) == gone {
			return b.scan
		}
	}
	panic("tcp: something is due that is not on the scoreboard")
}

// split cuts the i-th record in two after so many bytes.
func (b *scoreboard) split(i int, bytes uint32) {
	s := *b.at(i)
	middle := b.left(i).Add(bytes)
	b.push(b.at(b.n-1).end, 0, 0)
	for j := b.n - 1; j > i; j-- {
		*b.at(j) = *b.at(j - 1)
	}
	*b.at(i + 1) = s
	b.at(i).end = middle
	b.pieces += int(s.is & arrived)
}

// forgive takes back every mark of loss, since nothing was.
func (b *scoreboard) forgive() {
	for i := range b.n {
		if s := b.at(i); s.is&gone != 0 {
			b.set(i, s.is&^gone)
		}
	}
}

// broken says what is wrong with a scoreboard that should cover [una, nxt).
func (b *scoreboard) broken(una, nxt wire.Seq) string {
	if b.n == 0 {
		return ""
	}
	var sums scoreboard
	for i := range b.n {
		s := b.at(i)
		if !s.end.After(b.left(i)) || s.is&arrived != 0 && s.is&(gone|again) != 0 {
			return "scoreboard: a record is empty, or has arrived and is lost"
		}
		sums.weigh(s.is, b.size(i))
		sums.pieces += int(s.is & arrived)
		if i < b.scan && s.is&(gone|again) == gone {
			return "scoreboard: a record is due that was passed over"
		}
	}
	switch {
	case b.start != una || b.at(b.n-1).end != nxt:
		return "scoreboard does not cover what is in flight"
	case sums.arrived != b.arrived || sums.gone != b.gone || sums.again != b.again || sums.due != b.due || sums.pieces != b.pieces:
		return "scoreboard: the sums are not those of its records"
	}
	return ""
}
