package ledger

import (
	"math"
	"slices"
	"testing"
	"unsafe"

	"netsim/des"
)

// hashOf is the hash of a key of the tests: one in three shares its half with the next,
// one in five its place.
func hashOf(key uint32) uint64 {
	switch {
	case key%3 == 0:
		return Hash(uint64(key+1), 7)>>32<<32 | uint64(key)
	case key%5 == 0:
		return 5 << 32
	}
	return Hash(uint64(key), 7)
}

// keys are what the references of the tests stand for: reference 1 + i for key i of n,
// and 1 + n + i, too.
type keys uint32

func (n keys) find(t *Table, key uint32) uint32 {
	ref, at := t.First(hashOf(key))
	for ref != 0 && (ref-1)%uint32(n) != key {
		ref, at = t.Next(hashOf(key), at)
	}
	return ref
}

// The table does what a Go map does, whatever is entered, replaced and removed.
func TestTableAgainstMap(t *testing.T) {
	const n = 400
	for seed := range uint64(60) {
		draws := des.Stream(seed, 1, "table")
		var tb Table
		model := map[uint32]uint32{}
		fill := 1 + des.Below(draws, 4) // adds are as likely as removals, or up to 4 times
		for step := range 3000 {
			key := uint32(des.Below(draws, n))
			switch ref, there := model[key]; {
			case !there:
				tb.Add(hashOf(key), 1+key)
				model[key] = 1 + key
			case des.Below(draws, 3) == 0:
				other := (ref-1+n)%(2*n) + 1
				tb.Replace(hashOf(key), ref, other)
				model[key] = other
			case des.Below(draws, fill) == 0:
				tb.Remove(hashOf(key), ref)
				delete(model, key)
			}
			if got := keys(n).find(&tb, key); got != model[key] || tb.Len() != len(model) {
				t.Fatalf("seed %d, step %d: found %d of %d, want %d of %d", seed, step, got, tb.Len(), model[key], len(model))
			}
		}
		for key := range uint32(n) {
			if got := keys(n).find(&tb, key); got != model[key] {
				t.Fatalf("seed %d: found %d at the end, want %d", seed, got, model[key])
			}
		}
		if all := slices.Collect(tb.All()); len(all) != len(model) {
			t.Fatalf("seed %d: %d references, want %d", seed, len(all), len(model))
		}
	}
}

// How many places are looked at for one more key is a matter of how
// full the table is and not of how many it has: Knuth's means for linear probing hold for a
// thousand and for a million, for what is found and for what is not (The Art of Computer
// Programming 3, section 6.4, theorem K).
func TestProbes(t *testing.T) {
	for _, n := range []int{3 << 8, 3 << 18} {
		var tb Table
		for i := range uint64(n) {
			tb.Add(Hash(i, 1), uint32(i+1))
		}
		size := tb.Places()
		if 4*n != 3*size {
			t.Fatalf("%d records in a table of %d", n, size)
		}
		hits, misses, run := 0, 0, 0
		for i := 2*size - 1; i >= 0; i-- { // backwards, and round once for the run that the end cuts
			e := tb.places[i%size]
			if run++; e.ref == 0 {
				run = 1
			}
			if i < size {
				misses += run
				if e.ref != 0 {
					hits += 1 + (i-int(e.hash))&(size-1)
				}
			}
		}
		found, missed := float64(hits)/float64(n), float64(misses)/float64(size)
		t.Logf("%d records: %.3f places for what is found, %.3f for what is not", n, found, missed)
		const load = .75
		tolerance := 12 / math.Sqrt(float64(n)) // of its own, in units of the mean: runs are long and few
		if want := (1 + 1/(1-load)) / 2; math.Abs(found/want-1) > tolerance {
			t.Errorf("%d records: %.3f places for what is found, want %.3f", n, found, want)
		}
		if want := (1 + 1/(1-load)/(1-load)) / 2; math.Abs(missed/want-1) > tolerance {
			t.Errorf("%d records: %.3f places for what is not, want %.3f", n, missed, want)
		}
	}
}

func TestPlaceBytes(t *testing.T) {
	if got := unsafe.Sizeof(place{}); got != PlaceBytes {
		t.Errorf("a place takes %d B", got)
	}
}
