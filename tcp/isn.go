package tcp

import (
	"math/bits"
	"time"

	"netsim/des"
	"netsim/wire"
)

// ISN is the initial sequence number of RFC 6528: M + F(tuple, secret), a clock
// and a keyed hash (MUST-8, MUST-9, SHLD-1). tick is the clock's period: 4 us in
// the RFC, 64 ns in Linux.
func ISN(now des.Time, tick time.Duration, tuple [2]uint64, secret uint64) wire.Seq {
	return wire.SeqOf(uint32(int64(now)/int64(tick)) + keyed(tuple, secret))
}

// keyed is a hash of the tuple that without the secret says nothing.
func keyed(tuple [2]uint64, secret uint64) uint32 {
	h := secret
	for _, part := range tuple {
		hi, lo := bits.Mul64(h^part^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
		h = hi ^ lo
	}
	return uint32(h >> 32)
}
