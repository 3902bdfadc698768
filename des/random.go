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
	x := -float64(mean) * log(u)
	if x >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(math.RoundToEven(x))
}

// log is the natural logarithm of a positive, normal number. Every product is
// rounded by itself: a compiler that fuses multiply and add, as some machines'
// do with math.Log, would give other draws there. Tang's scheme as used by
// FreeBSD's e_log.c: error below one unit in the last place.
func log(x float64) float64 {
	const (
		ln2Hi = 6.93147180369123816490e-01
		ln2Lo = 1.90821492927058770002e-10
		l1    = 6.666666666666735130e-01
		l2    = 3.999999999940941908e-01
		l3    = 2.857142874366239149e-01
		l4    = 2.222219843214978396e-01
		l5    = 1.818357216161805012e-01
		l6    = 1.531383769920937332e-01
		l7    = 1.479819860511658591e-01
	)
	f, exponent := math.Frexp(x)
	if f < math.Sqrt2/2 {
		f *= 2
		exponent--
	}
	f--
	k := float64(exponent)
	s := f / (2 + f)
	s2 := float64(s * s)
	s4 := float64(s2 * s2)
	t1 := float64(s2 * (l1 + float64(s4*(l3+float64(s4*(l5+float64(s4*l7)))))))
	t2 := float64(s4 * (l2 + float64(s4*(l4+float64(s4*l6)))))
	r := t1 + t2
	hfsq := float64(float64(0.5*f) * f)
	return float64(k*ln2Hi) - ((hfsq - (float64(s*(hfsq+r)) + float64(k*ln2Lo))) - f)
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
