package metrics

import (
	"math"
	"testing"
)

// TestLocate: every value falls into a slot that begins at or below it and is
// narrower than 1/1024 of it, exact below 2048; slots are ordered as their values.
func TestLocate(t *testing.T) {
	check := func(v uint64) {
		slot, excess := locate(v)
		low := floor(slot)
		if low+excess != v || v < 2048 && low != v || v >= 2048 && v-low > (v-1)/1024 {
			t.Errorf("%d falls into the slot that begins at %d", v, low)
		}
		if s := slotOf(low); s != slot || s >= slots {
			t.Errorf("%d: slot %d begins at %d, which is in slot %d", v, slot, low, s)
		}
	}
	for v := range uint64(10_000) {
		check(v)
	}
	for bit := 12; bit < 64; bit++ {
		for d := range uint64(5) {
			check(1<<bit - 2 + d)
			check(1<<bit + d<<(bit-11))
		}
	}
	check(math.MaxInt64)
	check(math.MaxUint64)
}
