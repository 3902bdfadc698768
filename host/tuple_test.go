package host

import (
	"testing"

	"netsim/wire"
)

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
