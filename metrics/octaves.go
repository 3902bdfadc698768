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
// does. The slots of an octave are allocated together when first touched.
type octaves[T any] []*[perOctave]T

// locate returns the page and the slot of v. Page 0 holds [0, 1024), page k > 0
// holds [1024, 2048) << k-1.
func locate(v uint64) (page, slot uint) {
	shift := uint(bits.Len64(v|(2*perOctave-1))) - perOctaveBits - 1
	lead := uint(v >> (shift & 63))
	return shift + lead>>perOctaveBits, lead % perOctave
}

// floor returns the least value of a slot.
func floor(page, slot uint) uint64 {
	if page == 0 {
		return uint64(slot)
	}
	return uint64(perOctave+slot) * width(page)
}

// width returns how many values share each slot of a page, a power of two.
func width(page uint) uint64 { return 1 << ((max(page, 1) - 1) & 63) }

// find returns a slot, nil if its page was never touched.
func (o octaves[T]) find(page, slot uint) *T {
	if page < uint(len(o)) && o[page] != nil {
		return &o[page][slot]
	}
	return nil
}

// at returns a slot, allocating its page if need be.
func (o *octaves[T]) at(page, slot uint) *T {
	if t := o.find(page, slot); t != nil {
		return t
	}
	return &o.grow(page)[slot]
}

func (o *octaves[T]) grow(page uint) *[perOctave]T {
	for page >= uint(len(*o)) {
		*o = append(*o, nil)
	}
	(*o)[page] = new([perOctave]T)
	return (*o)[page]
}

// all yields the least value of each allocated slot and the slot, upwards.
func (o octaves[T]) all() iter.Seq2[uint64, *T] {
	return func(yield func(uint64, *T) bool) {
		for page, slots := range o {
			if slots == nil {
				continue
			}
			for i := range slots {
				if !yield(floor(uint(page), uint(i)), &slots[i]) {
					return
				}
			}
		}
	}
}

// clone returns a copy that shares nothing.
func (o octaves[T]) clone() octaves[T] {
	c := make(octaves[T], len(o))
	for i, slots := range o {
		if slots != nil {
			page := *slots
			c[i] = &page
		}
	}
	return c
}
