package host

import (
	"netsim/ledger"
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
	return ledger.Hash(a, b)
}

// find returns the reference of t, 0 if there is none.
func (st *Stack) find(t tuple) uint32 {
	h := t.hash()
	ref, at := st.table.First(h)
	for ref != 0 && st.tupleOf(ref) != t {
		ref, at = st.table.Next(h, at)
	}
	return ref
}
