package metrics

import (
	"iter"
	"math/bits"
)

// perOctave is the resolution of large values: one part in 1024. Values below
// 2·perOctave have a slot of their own.
const (
	perOctaveBits = 10
	perOctave     = 1 << perOctaveBits
)

// octaves maps every uint64 to a T by its eleven leading bits, as HdrHistogram
// does. Slots are allocated with their neighbours when the first of them is touched.
type octaves[T any] []*[perBlock]T

// perBlock is how many: a power of two, of which a short run touches few.
const perBlock = perOctave / 8

// slots is how many there are: the exact ones, and those of each octave.
const slots = (65 - perOctaveBits) * perOctave

// locate returns the slot of v, and how far v is above its floor. The first 1024 are those of [0, 1024), those of
// [1024, 2048) << k follow.
func locate(v uint64) (slot uint, excess uint64) {
	shift := uint(bits.Len64(v|(2*perOctave-1))) - perOctaveBits - 1
	lead := v >> (shift & 63)
	return shift<<perOctaveBits + uint(lead), v - lead<<(shift&63)
}

func slotOf(v uint64) uint {
	slot, _ := locate(v)
	return slot
}

// floor returns the least value of a slot.
func floor(slot uint) uint64 {
	if slot < perOctave {
		return uint64(slot)
	}
	return uint64(perOctave+slot%perOctave) * width(slot)
}

// width returns how many values share a slot, a power of two.
func width(slot uint) uint64 { return 1 << ((max(slot>>perOctaveBits, 1) - 1) & 63) }

// find returns a slot, nil if neither it nor a neighbour was ever touched.
func (o octaves[T]) find(slot uint) *T {
	if i := slot / perBlock; i < uint(len(o)) && o[i] != nil {
		return &o[i][slot%perBlock]
	}
	return nil
}

// at returns a slot, allocating it if need be.
func (o *octaves[T]) at(slot uint) *T {
	if t := o.find(slot); t != nil {
		return t
	}
	i := slot / perBlock
	if n := uint(len(*o)); i >= n {
		*o = append(*o, make(octaves[T], i+1-n)...)
	}
	(*o)[i] = new([perBlock]T)
	return &(*o)[i][slot%perBlock]
}

// all yields the allocated slots, upwards.
func (o octaves[T]) all() iter.Seq2[uint, *T] {
	return func(yield func(uint, *T) bool) {
		for i, block := range o {
			if block == nil {
				continue
			}
			for j := range block {
				if !yield(uint(i*perBlock+j), &block[j]) {
					return
				}
			}
		}
	}
}

// clone returns a copy that shares nothing.
func (o octaves[T]) clone() octaves[T] {
	c := make(octaves[T], len(o))
	for i, block := range o {
		if block != nil {
			own := *block
			c[i] = &own
		}
	}
	return c
}
