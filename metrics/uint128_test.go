package metrics

import (
	"math/big"
	"testing"

	"netsim/des"
)

// TestUint128 holds the arithmetic against math/big on random operands of every
// length.
func TestUint128(t *testing.T) {
	const seed = 1
	r := des.Stream(seed, 0, "uint128")
	operand := func() Uint128 {
		return Uint128{r.Uint64() >> (2 + r.IntN(62)), r.Uint64() >> r.IntN(64)}
	}
	for range 20_000 {
		u, v, x := operand(), operand(), r.Uint64()>>r.IntN(64)
		if got, want := u.Add(v).Big(), new(big.Int).Add(u.Big(), v.Big()); got.Cmp(want) != 0 {
			t.Fatalf("seed %d: %v + %v = %v, not %v", seed, u, v, got, want)
		}
		if got, want := u.Cmp(v), u.Big().Cmp(v.Big()); got != want {
			t.Fatalf("seed %d: Cmp(%v, %v) = %d, not %d", seed, u, v, got, want)
		}
		product := new(big.Int).Mul(u.Big(), new(big.Int).SetUint64(x))
		if product.BitLen() > 128 {
			mustPanic(t, func() { u.Mul(x) })
		} else if got := u.Mul(x).Big(); got.Cmp(product) != 0 {
			t.Fatalf("seed %d: %v * %d = %v, not %v", seed, u, x, got, product)
		}
		if got, want := Mul64(u.Lo, x), (Uint128{0, u.Lo}).Mul(x); got != want {
			t.Fatalf("seed %d: Mul64(%d, %d) = %v, not %v", seed, u.Lo, x, got, want)
		}
	}
	if got := (Uint128{1, 5}).String(); got != "18446744073709551621" {
		t.Errorf("2^64 + 5 is written %s", got)
	}
	if got := (Uint128{1, 0}).Float64(); got != 0x1p64 {
		t.Errorf("2^64 as a float is %g", got)
	}
	top := Uint128{^uint64(0), ^uint64(0)}
	mustPanic(t, func() { top.Add(Uint128{0, 1}) })
}

func mustPanic(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	f()
}
