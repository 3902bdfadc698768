package host

import (
	"testing"

	"netsim/des"
	"netsim/wire"
)

// crowd returns tuples that collide: some in the half hash that the table keeps,
// many in the place where they belong, the rest anywhere.
func crowd() (tuples []tuple) {
	seen := map[uint32]tuple{}
	for i := range uint32(1 << 18) {
		t := tuple{wire.AddrOf(i >> 12), wire.AddrOf(1), uint16(i), 80}
		h := uint32(t.hash() >> 32)
		if other, twice := seen[h]; twice {
			tuples = append(tuples, t, other)
		}
		seen[h] = t
		if h&1023 == 5 && len(tuples) < 80 || i%4096 == 0 {
			tuples = append(tuples, t)
		}
	}
	return tuples
}

// The table does what a Go map does, whatever is entered, replaced and removed.
func TestTableAgainstMap(t *testing.T) {
	tuples := crowd()
	n := uint32(len(tuples))
	twins := 0
	for i := range tuples {
		for j := range tuples[:i] {
			if tuples[i].hash()>>32 == tuples[j].hash()>>32 {
				twins++
			}
		}
	}
	if twins == 0 {
		t.Fatal("no two tuples have the same half hash")
	}
	for seed := range uint64(60) {
		draws := des.Stream(seed, 1, "table")
		st := &Stack{sockets: []*Socket{nil}}
		for range 2 { // two references for each tuple: 1+i and 1+n+i
			for _, tuple := range tuples {
				st.sockets = append(st.sockets, &Socket{tuple: tuple})
			}
		}
		tb, model := newTable(st), map[tuple]uint32{}
		fill := 1 + des.Below(draws, 4) // adds are as likely as removals, or up to 4 times
		for step := range 3000 {
			i := uint32(des.Below(draws, uint64(n)))
			tuple := tuples[i]
			switch ref, there := model[tuple]; {
			case !there:
				tb.add(tuple, 1+i)
				model[tuple] = 1 + i
			case des.Below(draws, 3) == 0:
				other := (ref-1+n)%(2*n) + 1
				tb.replace(tuple, ref, other)
				model[tuple] = other
			case des.Below(draws, fill) == 0:
				tb.remove(tuple, ref)
				delete(model, tuple)
			}
			if got := tb.find(tuple); got != model[tuple] || tb.used != len(model) {
				t.Fatalf("seed %d, step %d: found %d of %d, want %d of %d", seed, step, got, tb.used, model[tuple], len(model))
			}
		}
		for _, tuple := range tuples {
			if got := tb.find(tuple); got != model[tuple] {
				t.Fatalf("seed %d: found %d at the end, want %d", seed, got, model[tuple])
			}
		}
	}
}

// Neither address may take the place of the other, nor port: a reply is another
// connection.
func TestTupleHashes(t *testing.T) {
	seen := map[uint64]tuple{}
	for a := range uint32(12) {
		for b := range uint32(12) {
			for p := range uint16(12) {
				for q := range uint16(12) {
					x := tuple{wire.AddrOf(a), wire.AddrOf(b), p, q}
					if y, twice := seen[x.hash()]; twice {
						t.Fatalf("%v and %v have one hash", x, y)
					}
					seen[x.hash()] = x
				}
			}
		}
	}
}
