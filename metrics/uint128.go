package metrics

import (
	"math/big"
	"math/bits"
)

// Uint128 is an unsigned integer of 128 bits: a sum of squares of nanoseconds,
// or an integral over time, without rounding.
type Uint128 struct{ Hi, Lo uint64 }

// Mul64 returns a·b.
func Mul64(a, b uint64) Uint128 {
	hi, lo := bits.Mul64(a, b)
	return Uint128{hi, lo}
}

// Sub returns u - v. It panics if that is below 0.
func (u Uint128) Sub(v Uint128) Uint128 {
	lo, borrow := bits.Sub64(u.Lo, v.Lo, 0)
	hi, borrow := bits.Sub64(u.Hi, v.Hi, borrow)
	if borrow != 0 {
		panic("metrics: difference below 0")
	}
	return Uint128{hi, lo}
}

// Add returns u + v. It panics if the sum does not fit.
func (u Uint128) Add(v Uint128) Uint128 {
	lo, carry := bits.Add64(u.Lo, v.Lo, 0)
	hi, carry := bits.Add64(u.Hi, v.Hi, carry)
	if carry != 0 {
		panic("metrics: sum above 128 bits")
	}
	return Uint128{hi, lo}
}

// Mul returns u·x. It panics if the product does not fit.
func (u Uint128) Mul(x uint64) Uint128 {
	over, hi := bits.Mul64(u.Hi, x)
	carried, lo := bits.Mul64(u.Lo, x)
	hi, carry := bits.Add64(hi, carried, 0)
	if over|carry != 0 {
		panic("metrics: product above 128 bits")
	}
	return Uint128{hi, lo}
}

// Cmp returns -1, 0 or +1 as u is less than, equal to or greater than v.
func (u Uint128) Cmp(v Uint128) int {
	switch {
	case u == v:
		return 0
	case u.Hi < v.Hi || u.Hi == v.Hi && u.Lo < v.Lo:
		return -1
	}
	return 1
}

// Big returns u as a big integer.
func (u Uint128) Big() *big.Int {
	b := new(big.Int).SetUint64(u.Hi)
	b.Lsh(b, 64)
	return b.Or(b, new(big.Int).SetUint64(u.Lo))
}

// Float64 returns the float nearest to u.
func (u Uint128) Float64() float64 {
	f, _ := new(big.Float).SetInt(u.Big()).Float64()
	return f
}

// String writes u in decimal.
func (u Uint128) String() string { return u.Big().String() }

// ratio returns the float nearest to a/b, b > 0.
func ratio(a, b *big.Int) float64 {
	f, _ := new(big.Rat).SetFrac(a, b).Float64()
	return f
}

// spread returns n·squares - sum², the exact numerator of a variance. Floats
// would lose it to cancellation where the values are large and alike.
func spread(n *big.Int, sum, squares Uint128) *big.Int {
	a := new(big.Int).Mul(n, squares.Big())
	s := sum.Big()
	return a.Sub(a, s.Mul(s, s))
}
