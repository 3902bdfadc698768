package wire_test

import (
	"testing"

	"netsim/wire"
)

func TestSeqWraps(t *testing.T) {
	const top = 0xffffffff
	a, b := wire.SeqOf(top-9), wire.SeqOf(10) // 20 apart, across zero
	if got := a.Add(20); got != b {
		t.Errorf("%v + 20 = %v, want %v", a, got, b)
	}
	if got := b.Sub(a); got != 20 {
		t.Errorf("%v - %v = %d, want 20", b, a, got)
	}
	if got := a.Sub(b); got != -20 {
		t.Errorf("%v - %v = %d, want -20", a, b, got)
	}
	if !a.Before(b) || b.Before(a) || a.After(b) || !b.After(a) || a.Before(a) || a.After(a) {
		t.Errorf("the order of %v and %v is wrong", a, b)
	}
	if got := a.String(); got != "4294967286" {
		t.Errorf("String() = %q", got)
	}
}

// The order holds up to a distance of 2^31 - 1 (RFC 9293 section 3.4).
func TestSeqOrderReach(t *testing.T) {
	for _, start := range []uint32{0, 1, 1<<31 - 1, 1 << 31, 1<<32 - 1} {
		a := wire.SeqOf(start)
		far := a.Add(1<<31 - 1)
		if !a.Before(far) || !far.After(a) || far.Sub(a) != 1<<31-1 {
			t.Errorf("%v is not before %v", a, far)
		}
		if past := far.Add(2); !past.Before(a) {
			t.Errorf("%v is not before %v", past, a)
		}
	}
}

func TestSeqIn(t *testing.T) {
	for _, left := range []uint32{0, 1000, 0xfffffff8} {
		l := wire.SeqOf(left)
		for _, c := range []struct {
			offset, n uint32
			in        bool
		}{{0, 16, true}, {15, 16, true}, {16, 16, false}, {0xffffffff, 16, false}, {0, 0, false}, {1 << 31, 0xffffffff, true}} {
			if got := l.Add(c.offset).In(l, c.n); got != c.in {
				t.Errorf("%v + %d in %d from there: %v, want %v", l, c.offset, c.n, got, c.in)
			}
		}
	}
}
