package metrics

import (
	"testing"

	"netsim/des"
)

func BenchmarkLevelAdd(b *testing.B) {
	var l Level
	l.Set(0, 1000)
	d := int64(1)
	for i := range b.N {
		l.Add(des.Time(i), d)
		d = -d
	}
}

func BenchmarkSampleRecord(b *testing.B) {
	var s Sample
	for i := range b.N {
		s.Record(20_096_000 + int64(i)&(1<<20-1))
	}
}

// TestNoAllocation: once warm, recording allocates nothing.
func TestNoAllocation(t *testing.T) {
	var l Level
	var s Sample
	now := des.Time(0)
	record := func() {
		for v := range int64(100) {
			now++
			l.Set(now, v*v*v)
			s.Record(v * v * v * v)
		}
	}
	record()
	if got := testing.AllocsPerRun(10, record); got != 0 {
		t.Errorf("%g allocations in 100 records", got)
	}
}
