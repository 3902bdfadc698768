package metrics

import (
	"math"
	"slices"
	"testing"

	"netsim/des"
)

// draws are values of many sizes with many repeats among them.
func draws(seed uint64, n int) []int64 {
	r := des.Stream(seed, 0, "sample")
	values := make([]int64, n)
	for i := range values {
		switch r.IntN(4) {
		case 0:
			values[i] = r.Int64N(3000)
		case 1:
			values[i] = 20_096_000 + 1_000_000_000*r.Int64N(4)
		default:
			values[i] = r.Int64() >> (20 + r.IntN(43))
		}
	}
	return values
}

func sampleOf(values []int64) *Sample {
	s := new(Sample)
	for _, v := range values {
		s.Record(v)
	}
	return s
}

// TestSampleAgainstSorted holds a Sample against the sorted values themselves:
// quantiles and shares to 1/1024 of the value, the rest exactly.
func TestSampleAgainstSorted(t *testing.T) {
	for seed := range uint64(20) {
		values := draws(seed, 1+int(seed)*211)
		s := sampleOf(values)
		slices.Sort(values)
		n := len(values)
		if s.Min() != float64(values[0]) || s.Max() != float64(values[n-1]) || s.N() != uint64(n) {
			t.Fatalf("seed %d: n, min, max = %d, %g, %g", seed, s.N(), s.Min(), s.Max())
		}
		var mean, squares float64
		for _, v := range values {
			mean += float64(v) / float64(n)
		}
		for _, v := range values {
			squares += (float64(v) - mean) * (float64(v) - mean)
		}
		near(t, "mean", s.Mean(), mean, 1e-12*mean)
		if n > 1 {
			sd := math.Sqrt(squares / float64(n-1))
			near(t, "sd", s.SD(), sd, 1e-9*sd)
		}
		for _, permille := range []int{1, 10, 100, 250, 500, 900, 990, 999} {
			want := float64(values[(permille*n+999)/1000-1])
			near(t, "quantile", s.Quantile(float64(permille)/1000), want, want/1024)
		}
		for _, v := range values {
			least, _ := slices.BinarySearch(values, v-v/1024)
			most, _ := slices.BinarySearch(values, v+v/1024+1)
			if got := s.CDF(v) * float64(n); got < float64(least)-.5 || got > float64(most)+.5 {
				t.Fatalf("seed %d: CDF(%d) = %g/%d, but %d are below %d and %d up to %d", seed, v, got, n, least, v-v/1024, most, v+v/1024)
			}
		}
		if got := s.CDF(values[n-1]); got != 1 {
			t.Fatalf("seed %d: CDF(max) = %g", seed, got)
		}
	}
}

// TestSampleLumps: cases alike to the nanosecond, as setup times under loss are,
// come out to the nanosecond.
func TestSampleLumps(t *testing.T) {
	const rtt, second = 20_096_001, 1_000_000_000
	s := new(Sample)
	for i := range int64(1000) {
		switch {
		case i < 810:
			s.Record(rtt)
		case i < 964:
			s.Record(rtt + second)
		default:
			s.Record(rtt + 3*second)
		}
	}
	type step struct {
		value int64
		below uint64
	}
	var steps []step
	for v, below := range s.Steps() {
		steps = append(steps, step{v, below})
	}
	if want := []step{{rtt, 810}, {rtt + second, 964}, {rtt + 3*second, 1000}}; !slices.Equal(steps, want) {
		t.Errorf("steps %v, not %v", steps, want)
	}
	near(t, "p50", s.Quantile(.5), rtt, 0)
	near(t, "p81", s.Quantile(.81), rtt, 0)
	near(t, "p90", s.Quantile(.9), rtt+second, 0)
	near(t, "CDF of the first", s.CDF(rtt), .81, 0)
	near(t, "CDF before the first", s.CDF(rtt-1), 0, 0)
	near(t, "above the first", s.Above(rtt), .19, 1e-15)
}

// TestSampleAlike: large equal values have no spread at all, and one unit of
// spread is not lost beside nine digits of mean.
func TestSampleAlike(t *testing.T) {
	const v = 123_456_789_012_345
	s := sampleOf([]int64{v, v, v, v})
	near(t, "sd of equals", s.SD(), 0, 0)
	near(t, "mean of equals", s.Mean(), v, 0)
	near(t, "p99 of equals", s.Quantile(.99), v, 0)
	near(t, "sd of neighbours", sampleOf([]int64{v - 1, v, v + 1}).SD(), 1, 0)
}

// TestSampleMerge: parts merged in any order are the whole, to the bit.
func TestSampleMerge(t *testing.T) {
	for seed := range uint64(10) {
		values := draws(seed, 3000)
		whole := sampleOf(values)
		parts := []*Sample{sampleOf(values[:10]), sampleOf(values[10:1700]), new(Sample), sampleOf(values[1700:])}
		forth, back := new(Sample), new(Sample)
		for i := range parts {
			forth.Merge(parts[i])
			back.Merge(parts[len(parts)-1-i])
		}
		for _, got := range []*Sample{forth, back} {
			if got.n != whole.n || got.sum() != whole.sum() || got.squares != whole.squares || got.min != whole.min || got.max != whole.max {
				t.Fatalf("seed %d: merged sums differ", seed)
			}
			if !slices.Equal(tallies(got), tallies(whole)) {
				t.Fatalf("seed %d: merged slots differ", seed)
			}
		}
	}
}

// TestSampleMergeEmpty: the extremes of nothing do not enter.
func TestSampleMergeEmpty(t *testing.T) {
	s := new(Sample)
	s.Merge(sampleOf([]int64{5, 7}))
	s.Merge(new(Sample))
	near(t, "min", s.Min(), 5, 0)
	near(t, "max", s.Max(), 7, 0)
}

// TestQuantileDecimal: a share written in decimal is met to the case, though the
// float nearest to .07 is above it.
func TestQuantileDecimal(t *testing.T) {
	s := new(Sample)
	for v := range int64(100) {
		s.Record(v + 1)
	}
	for percent := range 101 {
		near(t, "percentile", s.Quantile(float64(percent)/100), max(1, float64(percent)), 0)
	}
	near(t, "just above", s.Quantile(.0700001), 8, 0)
}

func tallies(s *Sample) []tally {
	var all []tally
	for at, t := range s.slots.all() {
		if t.n > 0 {
			all = append(all, tally{floor(at), 0}, *t)
		}
	}
	return all
}

// TestSampleEmpty: nothing measured is not-a-number, one case has no spread, a
// reset sample is empty again, and a negative value is our mistake.
func TestSampleEmpty(t *testing.T) {
	s := sampleOf([]int64{3, 7_000_000})
	s.Reset()
	for name, got := range map[string]float64{
		"mean": s.Mean(), "sd": s.SD(), "min": s.Min(), "max": s.Max(), "quantile": s.Quantile(.5),
		"CDF": s.CDF(7), "above": s.Above(7), "sd of one": sampleOf([]int64{5}).SD(),
	} {
		if !math.IsNaN(got) {
			t.Errorf("%s of nothing is %g", name, got)
		}
	}
	for v := range s.Steps() {
		t.Errorf("a step at %d of nothing", v)
	}
	s.Record(9)
	if s.N() != 1 || s.Quantile(.5) != 9 {
		t.Errorf("after a reset: n = %d, median %g", s.N(), s.Quantile(.5))
	}
	mustPanic(t, func() { s.Record(-1) })
}

func near(t *testing.T, name string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s = %.15g, not %.15g ± %.3g", name, got, want, within)
	}
}
