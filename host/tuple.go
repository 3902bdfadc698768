package host

import (
	"math/bits"

	"netsim/wire"
)

// tuple names a connection by its addresses and ports, ours first. It holds no
// pointers.
type tuple struct {
	local, remote         wire.Addr
	localPort, remotePort uint16
}

// key is the tuple in 128 bits.
func (t tuple) key() [2]uint64 {
	return [2]uint64{uint64(t.local.Uint32())<<32 | uint64(t.remote.Uint32()), uint64(t.localPort)<<16 | uint64(t.remotePort)}
}

// hash mixes the tuple into 64 bits.
func (t tuple) hash() uint64 {
	a := uint64(t.local.Uint32())<<32 | uint64(t.remote.Uint32())
	b := uint64(t.localPort)<<16 | uint64(t.remotePort)
	hi, lo := bits.Mul64(a^0x9e3779b97f4a7c15, b<<32^b^0xd6e8feb86659fd93)
	hi, lo = bits.Mul64(hi^lo, 0xa0761d6478bd642f)
	return hi ^ lo
}

// table finds a reference by its tuple: open addressing over entries of 8 bytes,
// half a hash and the reference, whose tuple the stack keeps. Reference 0 is none.
type table struct {
	entries []entry
	used    int
	stack   *Stack // keeps the tuples
}

type entry struct {
	hash uint32
	ref  uint32
}

func newTable(st *Stack) table {
	return table{entries: make([]entry, 64), stack: st}
}

// find returns the reference of t, 0 if there is none.
func (tb *table) find(t tuple) uint32 {
	h := uint32(t.hash() >> 32)
	mask := uint32(len(tb.entries) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		e := tb.entries[i]
		if e.ref == 0 || e.hash == h && tb.stack.tupleOf(e.ref) == t {
			return e.ref
		}
	}
}

// add enters ref, whose tuple is not in the table.
func (tb *table) add(t tuple, ref uint32) {
	if 4*tb.used >= 3*len(tb.entries) {
		tb.grow()
	}
	tb.used++
	tb.place(entry{uint32(t.hash() >> 32), ref})
}

func (tb *table) place(in entry) {
	mask := uint32(len(tb.entries) - 1)
	i := in.hash & mask
	for tb.entries[i].ref != 0 {
		i = (i + 1) & mask
	}
	tb.entries[i] = in
}

func (tb *table) grow() {
	old := tb.entries
	tb.entries = make([]entry, 2*len(old))
	for _, e := range old {
		if e.ref != 0 {
			tb.place(e)
		}
	}
}

// replace gives the place of was to ref, which has the same tuple.
func (tb *table) replace(t tuple, was, ref uint32) {
	tb.entries[tb.slot(t, was)].ref = ref
}

// remove takes ref out and closes the gap by moving back what was pushed past it.
func (tb *table) remove(t tuple, ref uint32) {
	mask := uint32(len(tb.entries) - 1)
	gap := tb.slot(t, ref)
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

func (tb *table) slot(t tuple, ref uint32) uint32 {
	mask := uint32(len(tb.entries) - 1)
	i := uint32(t.hash()>>32) & mask
	for tb.entries[i].ref != ref {
		i = (i + 1) & mask
	}
	return i
}
