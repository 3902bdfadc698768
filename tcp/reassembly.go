package tcp

import "netsim/wire"

// reassembly holds what arrived beyond a gap: ranges in order, none touching
// another (SHLD-31).
type reassembly struct {
	ranges []wire.Block
}

func (r *reassembly) empty() bool { return len(r.ranges) == 0 }

// emptied returns the same memory without ranges.
func (r reassembly) emptied() reassembly { return reassembly{r.ranges[:0]} }

// add takes in [left, right) and returns the range that it is part of now.
func (r *reassembly) add(left, right wire.Seq) wire.Block {
	i := 0
	for i < len(r.ranges) && r.ranges[i].Right.Before(left) {
		i++
	}
	j := i
	for j < len(r.ranges) && !r.ranges[j].Left.After(right) { // touches or overlaps
		if r.ranges[j].Left.Before(left) {
			left = r.ranges[j].Left
		}
		if r.ranges[j].Right.After(right) {
			right = r.ranges[j].Right
		}
		j++
	}
	if i == j { // touches none
		r.ranges = append(r.ranges, wire.Block{})
		copy(r.ranges[i+1:], r.ranges[i:])
		j = i + 1
	}
	r.ranges[i] = wire.Block{Left: left, Right: right}
	r.ranges = append(r.ranges[:i+1], r.ranges[j:]...)
	return r.ranges[i]
}

// overlap is the first part of [left, right) that has arrived, empty if none has.
func (r *reassembly) overlap(left, right wire.Seq) (b wire.Block) {
	for i := range r.ranges {
		if h := &r.ranges[i]; h.Right.After(left) {
			if h.Left.Before(right) {
				b = *h
				if b.Left.Before(left) {
					b.Left = left
				}
				if b.Right.After(right) {
					b.Right = right
				}
			}
			break
		}
	}
	return b
}

// take removes what the stream, complete up to right, now reaches, and returns
// how far it is complete with that.
func (r *reassembly) take(right wire.Seq) wire.Seq {
	n := 0
	for n < len(r.ranges) && !r.ranges[n].Left.After(right) {
		if r.ranges[n].Right.After(right) {
			right = r.ranges[n].Right
		}
		n++
	}
	r.ranges = append(r.ranges[:0], r.ranges[n:]...)
	return right
}
