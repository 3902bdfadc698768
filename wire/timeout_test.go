package wire_test

import (
	"testing"
	"time"

	"netsim/wire"
)

// RFC 5482 section 3: 15 bits of seconds, or of minutes with the granularity bit.
func TestTimeout(t *testing.T) {
	for _, c := range []struct {
		d    time.Duration
		want uint16
		span time.Duration
	}{
		{-1, 0, 0}, {999 * time.Millisecond, 0, 0}, {5 * time.Minute, 300, 5 * time.Minute},
		{32767 * time.Second, 32767, 32767 * time.Second}, {32768 * time.Second, 1<<15 | 546, 546 * time.Minute},
		{1e6 * time.Hour, 1<<16 - 1, 32767 * time.Minute},
	} {
		if got := wire.TimeoutOf(c.d); got != c.want || wire.TimeoutSpan(got) != c.span {
			t.Errorf("%v is %#x for %v, want %#x for %v", c.d, got, wire.TimeoutSpan(got), c.want, c.span)
		}
	}
}
