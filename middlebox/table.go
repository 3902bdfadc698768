package middlebox

import "math/bits"

// table finds the session, and the direction, that a tuple belongs to: open
// addressing over entries of 8 bytes, half a hash and a reference, which is the
// session's number and the direction in its lowest bit. Reference 0 is none.
type table struct {
	entries []entry
	used    int
	room    *room
}

type entry struct{ hash, ref uint32 }

func (t tuple) hash() uint64 {
	a := uint64(t.src.Uint32())<<32 | uint64(t.dst.Uint32())
	b := uint64(t.srcPort)<<16 | uint64(t.dstPort)
	hi, lo := bits.Mul64(a^0x9e3779b97f4a7c15, b<<32^b^0xd6e8feb86659fd93)
	hi, lo = bits.Mul64(hi^lo, 0xa0761d6478bd642f)
	return hi ^ lo
}

func (tb *table) tuple(ref uint32) tuple { return tb.room.at(ref >> 1).tuples[ref&1] }

// find returns the reference of t, 0 if there is none.
func (tb *table) find(t tuple) uint32 {
	if tb.entries == nil {
		return 0
	}
	h := uint32(t.hash() >> 32)
	mask := uint32(len(tb.entries) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		e := tb.entries[i]
		if e.ref == 0 || e.hash == h && tb.tuple(e.ref) == t {
			return e.ref
		}
	}
}

// add enters a reference whose tuple is not in the table.
func (tb *table) add(ref uint32) {
	if 4*tb.used >= 3*len(tb.entries) {
		old := tb.entries
		tb.entries = make([]entry, max(64, 2*len(old)))
		for _, e := range old {
			if e.ref != 0 {
				tb.place(e)
			}
		}
	}
	tb.used++
	tb.place(entry{uint32(tb.tuple(ref).hash() >> 32), ref})
}

func (tb *table) place(in entry) {
	mask := uint32(len(tb.entries) - 1)
	i := in.hash & mask
	for tb.entries[i].ref != 0 {
		i = (i + 1) & mask
	}
	tb.entries[i] = in
}

// remove takes a reference out and closes the gap by moving back what was pushed
// past it.
func (tb *table) remove(ref uint32) {
	mask := uint32(len(tb.entries) - 1)
	gap := uint32(tb.tuple(ref).hash()>>32) & mask
	for tb.entries[gap].ref != ref {
		gap = (gap + 1) & mask
	}
	tb.used--
	for i := (gap + 1) & mask; tb.entries[i].ref != 0; i = (i + 1) & mask {
		home := tb.entries[i].hash & mask
		if (i-home)&mask >= (i-gap)&mask {
			tb.entries[gap] = tb.entries[i]
			gap = i
		}
	}
	tb.entries[gap] = entry{}
}
