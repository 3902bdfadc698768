package metrics

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"netsim/des"
)

// TestStudentTail holds it against the critical values, which it undoes.
func TestStudentTail(t *testing.T) {
	for _, n := range []int{2, 5, 30} {
		for _, beyond := range []float64{.3, .05, 1e-3, 1e-6} {
			near(t, "tail", StudentTail(-studentQuantile(n-1, beyond), n), beyond, 1e-9)
		}
	}
	if StudentTail(math.Inf(1), 5) != 0 || !math.IsNaN(StudentTail(1, 1)) || !math.IsNaN(StudentTail(math.NaN(), 5)) {
		t.Error("a distance without bound, one replication, or no distance")
	}
}

// TestBinomialTail holds it against the interval that it belongs to, and against the
// closed forms where nothing or everything was seen.
func TestBinomialTail(t *testing.T) {
	for _, c := range []struct{ k, n float64 }{{0, 40}, {3, 40}, {20, 40}, {40, 40}, {2.5, 17.5}} {
		low, high := BinomialInterval(c.k, c.n, .95)
		for _, end := range []float64{low, high} {
			if end > 0 && end < 1 {
				near(t, "tail at the end of the interval", BinomialTail(c.k, c.n, end), .05, 1e-9)
			}
		}
	}
	near(t, "none in 10", BinomialTail(0, 10, .3), 2*math.Pow(.7, 10), 1e-12)
	for _, c := range []struct{ k, n, p, want float64 }{{0, 10, 0, 1}, {1, 10, 0, 0}, {10, 10, 1, 1}, {9, 10, 1, 0}, {5, 10, .5, 1}, {5, 10, -1, 0}} {
		near(t, "tail", BinomialTail(c.k, c.n, c.p), c.want, 1e-12)
	}
}

// TestHolm holds the example of four tests, by hand, and that no order matters.
func TestHolm(t *testing.T) {
	p := []float64{.03, .01, .04, .005}
	want := []float64{.06, .03, .06, .02}
	for i, got := range Holm(p) {
		near(t, "adjusted", got, want[i], 1e-15)
	}
	if got := Holm([]float64{.9, .8}); got[0] != 1 || got[1] != 1 || len(Holm(nil)) != 0 {
		t.Errorf("above one: %v", got)
	}
	slices.Reverse(p)
	if got := Holm(p); got[0] != .02 {
		t.Errorf("in another order: %v", got)
	}
}

// TestHolmFalseAlarms holds what it is for: of 20 true statements that depend on each
// other, one is rejected as often as the level says, or more seldom.
func TestHolmFalseAlarms(t *testing.T) {
	const seed, families, tests, level = 4, 20_000, 20, .05
	r := des.Stream(seed, 0, "holm")
	count := func(shared float64) float64 {
		alarms := 0
		for range families {
			if slices.Min(Holm(family(r, tests, shared))) < level {
				alarms++
			}
		}
		return float64(alarms) / families
	}
	// Independent ones are rejected with 1 - (1 - level/20)^20.
	share := 1 - math.Pow(1-level/tests, tests)
	within(t, seed, "alarms of independent tests", count(0), share, math.Sqrt(share*(1-share)/families))
	if got := count(.9); got > share {
		t.Errorf("alarms of tests that depend on each other: %g", got)
	}
}

// family are tests of true statements about normal variables that share a part.
func family(r *rand.Rand, n int, shared float64) []float64 {
	common := r.NormFloat64()
	p := make([]float64, n)
	for i := range p {
		z := math.Sqrt(shared)*common + math.Sqrt(1-shared)*r.NormFloat64()
		p[i] = math.Erfc(math.Abs(z) / math.Sqrt2)
	}
	return p
}

// TestEffectiveN: cases that come ten at a time and alike are a tenth as many.
func TestEffectiveN(t *testing.T) {
	const n, p = 1000, .2
	near(t, "independent", EffectiveN(p, n, math.Sqrt(p*(1-p)/n)), n, 1e-6)
	near(t, "in tens", EffectiveN(p, n, math.Sqrt(p*(1-p)/n*10)), n/10, 1e-6)
	near(t, "better than independent", EffectiveN(p, n, 0), n, 0)
	near(t, "never seen", EffectiveN(0, n, 0), n, 0)
	near(t, "unknown", EffectiveN(p, n, math.NaN()), n, 0)
}
