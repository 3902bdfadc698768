package ledger

import (
	"iter"
	"math/bits"
)

// Table finds references by the hashes of their keys, which whoever keeps the records
// knows: open addressing over places of 8 bytes, half a hash and the reference.
// Reference 0 is none. The zero Table is empty and ready.
//
//	ref, at := t.First(h)
//	for ref != 0 && keyOf(ref) != key {
//		ref, at = t.Next(h, at)
//	}
type Table struct {
	places []place
	used   int
}

type place struct{ hash, ref uint32 }

// PlaceBytes is what a place takes.
const PlaceBytes = 8

// Hash mixes two words into one.
func Hash(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^0x9e3779b97f4a7c15, b<<32^b^0xd6e8feb86659fd93)
	hi, lo = bits.Mul64(hi^lo, 0xa0761d6478bd642f)
	return hi ^ lo
}

// half is what a place keeps of a hash.
func half(hash uint64) uint32 { return uint32(hash >> 32) }

// First returns the first reference whose key may have that hash, 0 if there is none,
// and its place.
func (t *Table) First(hash uint64) (ref, at uint32) {
	if t.places == nil {
		return 0, 0
	}
	return t.from(half(hash), half(hash))
}

// Next returns the one after that.
func (t *Table) Next(hash uint64, at uint32) (ref, next uint32) { return t.from(half(hash), at+1) }

func (t *Table) from(h, i uint32) (ref, at uint32) {
	mask := uint32(len(t.places) - 1)
	for ; ; i++ {
		if p := t.places[i&mask]; p.ref == 0 || p.hash == h {
			return p.ref, i
		}
	}
}

// Add enters a reference, whose key is not in the table.
func (t *Table) Add(hash uint64, ref uint32) {
	if 4*t.used >= 3*len(t.places) {
		t.grow()
	}
	t.used++
	t.put(place{half(hash), ref})
}

func (t *Table) grow() {
	old := t.places
	t.places = make([]place, max(64, 2*len(old)))
	for _, p := range old {
		if p.ref != 0 {
			t.put(p)
		}
	}
}

func (t *Table) put(in place) {
	mask := uint32(len(t.places) - 1)
	i := in.hash & mask
	for t.places[i].ref != 0 {
		i = (i + 1) & mask
	}
	t.places[i] = in
}

// Replace gives the place of was to ref, which has the same key.
func (t *Table) Replace(hash uint64, was, ref uint32) { t.places[t.slot(hash, was)].ref = ref }

// Remove takes ref out and closes the gap by moving back what was pushed past it.
func (t *Table) Remove(hash uint64, ref uint32) {
	mask := uint32(len(t.places) - 1)
	gap := t.slot(hash, ref)
	t.used--
	for i := (gap + 1) & mask; t.places[i].ref != 0; i = (i + 1) & mask {
		home := t.places[i].hash & mask
		if (i-home)&mask >= (i-gap)&mask {
			t.places[gap] = t.places[i]
			gap = i
		}
	}
	t.places[gap] = place{}
}

// slot returns the place of ref, which is in the table.
func (t *Table) slot(hash uint64, ref uint32) uint32 {
	mask := uint32(len(t.places) - 1)
	i := half(hash) & mask
	for t.places[i].ref != ref {
		i = (i + 1) & mask
	}
	return i
}

// Len counts the references.
func (t *Table) Len() int { return t.used }

// Places counts the places, a power of two of which at most three in four are used.
func (t *Table) Places() int { return len(t.places) }

// All yields every reference, in the order of their places.
func (t *Table) All() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for _, p := range t.places {
			if p.ref != 0 && !yield(p.ref) {
				return
			}
		}
	}
}
