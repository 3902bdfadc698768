package metrics

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"netsim/des"
)

// recorder is what can be written and read.
type recorder interface {
	AppendBinary([]byte) ([]byte, error)
	Read([]byte) ([]byte, error)
}

// written is a recorder's bytes, behind others and before others.
func written(t *testing.T, from, to recorder) []byte {
	t.Helper()
	b, _ := from.AppendBinary([]byte("before"))
	rest, err := to.Read(append(slices.Clone(b[6:]), "after"...))
	if err != nil || string(rest) != "after" || string(b[:6]) != "before" {
		t.Fatalf("%d bytes are read with %v, behind them is %q", len(b), err, rest)
	}
	if again, _ := to.AppendBinary(nil); !bytes.Equal(again, b[6:]) {
		t.Fatalf("what was read is written as %x, it was %x", again, b[6:])
	}
	return b[6:]
}

// TestBinary holds that recorders come back from their bytes as they were: all
// statistics, and all that is pooled with others or recorded later.
func TestBinary(t *testing.T) {
	written(t, new(Sample), new(Sample))
	written(t, new(LevelResult), new(LevelResult))
	for seed := range uint64(20) {
		values := draws(seed, 1+int(seed)*97)
		s, read := sampleOf(values), new(Sample)
		written(t, s, read)
		for _, p := range []float64{0, .01, .5, .9, .999, 1} {
			if s.Quantile(p) != read.Quantile(p) {
				t.Errorf("seed %d: quantile %g of %g is read as %g", seed, p, s.Quantile(p), read.Quantile(p))
			}
		}
		if s.Mean() != read.Mean() || s.N() != read.N() || math.Float64bits(s.SD()) != math.Float64bits(read.SD()) || s.Min() != read.Min() || s.Max() != read.Max() || s.CDF(7e9) != read.CDF(7e9) {
			t.Errorf("seed %d: %v is read as %v", seed, s, read)
		}
		pooled, other := sampleOf(draws(seed+100, 50)), new(Sample)
		written(t, pooled, other)
		pooled.Merge(s)
		pooled.Record(5)
		other.Merge(read)
		other.Record(5)
		a, _ := pooled.AppendBinary(nil)
		if b, _ := other.AppendBinary(nil); !bytes.Equal(a, b) {
			t.Errorf("seed %d: what was read is merged otherwise", seed)
		}

		var l Level
		r := des.Stream(seed, 0, "level")
		now := des.Time(0)
		l.Add(now, 1000*int64(seed%3)) // a level may never be near 0
		l.Open(1)
		for now = 1; now < 1e6; now += des.Time(1 + r.IntN(9000)) {
			l.Set(now, 1000*int64(seed%3)+r.Int64N(50)<<(seed%4*7))
		}
		l.Close(now)
		from, to := l.Result(), new(LevelResult)
		if b := written(t, from, to); !reflect.DeepEqual(from, to) {
			t.Errorf("seed %d: %+v is read as %+v from %x", seed, from, to, b)
		}
	}
	s, read := &Series{Start: 3, Every: time.Second, Values: []int64{5, 5, 9, 1 << 60, -4}}, new(Series)
	written(t, s, read)
	if !reflect.DeepEqual(s, read) {
		t.Errorf("%v is read as %v", s, read)
	}
}

// FuzzBinary holds that bytes which are nothing are refused: never a panic, no
// memory beyond what they could mean, and what is taken is written as it was.
func FuzzBinary(f *testing.F) {
	s := sampleOf(draws(1, 30))
	b, _ := s.AppendBinary(nil)
	f.Add(b)
	var l Level
	l.Set(3, 70_000)
	l.Set(9, 2)
	l.Close(12)
	b, _ = l.Result().AppendBinary(nil)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, to := range []recorder{new(Sample), new(LevelResult), new(Series)} {
			if rest, err := to.Read(b); err == nil {
				again := to
				w, _ := to.AppendBinary(nil)
				if _, err := again.Read(w); err != nil {
					t.Fatalf("%x is read, and written as %x, which is not", b[:len(b)-len(rest)], w)
				}
			}
		}
	})
}
