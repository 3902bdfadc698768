package des

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/bits"
	"math/rand/v2"
	"time"
)

// Stream returns the random stream of that name in that replication. The key is
// SHA-256 of all three, so adding a component moves no other component's draws,
// and nearby seeds are unrelated.
func Stream(seed, replication uint64, name string) *rand.Rand {
	pcg := PCG(seed, replication, name)
	return rand.New(&pcg)
}

// PCG returns the source of that stream by value: 16 bytes, for owners of which
// there are many.
func PCG(seed, replication uint64, name string) rand.PCG {
	key := make([]byte, 0, 16+len(name))
	key = binary.LittleEndian.AppendUint64(key, seed)
	key = binary.LittleEndian.AppendUint64(key, replication)
	key = append(key, name...)
	sum := sha256.Sum256(key)
	return *rand.NewPCG(binary.LittleEndian.Uint64(sum[:8]), binary.LittleEndian.Uint64(sum[8:16]))
}

// Exponential draws a span with the given mean, the same on every machine.
func Exponential(r *rand.Rand, mean time.Duration) time.Duration {
	u := float64(r.Uint64()>>11+1) * 0x1p-53 // (0, 1]
	x := -float64(mean) * Log(u)
	if x >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(math.RoundToEven(x))
}

// Below draws an integer uniform on [0, n), n > 0, from one 64-bit draw; the
// bias is below n / 2^64.
func Below(r rand.Source, n uint64) uint64 {
	hi, _ := bits.Mul64(r.Uint64(), n)
	return hi
}

// Chance draws true with probability p. A p of 0 or 1 draws nothing.
func Chance(r *rand.Rand, p float64) bool {
	switch {
	case p <= 0:
		return false
	case p >= 1:
		return true
	}
	return float64(r.Uint64()>>11)*0x1p-53 < p
}
