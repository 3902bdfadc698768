package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"netsim/des"
)

// waits are the mean waits of batches of customers of an M/M/1 queue (Lindley), the
// first thousand left out.
func waits(random *rand.Rand, rho float64, batches, each int) []float64 {
	means := make([]float64, batches)
	w := 0.0
	for i := -1000; i < batches*each; i++ {
		if i >= 0 {
			means[i/each] += w / float64(each)
		}
		w = max(0, w+random.ExpFloat64()-random.ExpFloat64()/rho)
	}
	return means
}

// TestBatchCoverage counts how many intervals of batch means cover the mean wait of an
// M/M/1 queue, of 20 batches of one run. Long batches do as replications would; of
// short ones too few do, and they are known by their likeness.
func TestBatchCoverage(t *testing.T) {
	const seed, runs, n, rho = 1, 1000, 20, 0.5
	for _, c := range []struct {
		each        int
		covers      [2]float64 // the share that does, between
		conspicuous [2]float64 // the share that is found too short
	}{
		{2000, [2]float64{.93, .97}, [2]float64{0, .03}},
		{2, [2]float64{.3, .7}, [2]float64{.2, 1}},
	} {
		random := rand.New(rand.NewPCG(seed, 0))
		covered, alike := 0.0, 0.0
		for range runs {
			means := waits(random, rho, n, c.each)
			if i := StudentInterval(.95, means...); i.Low() <= rho/(1-rho) && rho/(1-rho) <= i.High() {
				covered++
			}
			if (Autocorrelation(means)+1./n)*math.Sqrt(n) > 2.326 {
				alike++
			}
		}
		t.Logf("batches of %d: %.1f %% cover, %.1f %% are found too short", c.each, 100*covered/runs, 100*alike/runs)
		if s := covered / runs; s < c.covers[0] || s > c.covers[1] {
			t.Errorf("seed %d: of batches of %d, %v cover", seed, c.each, s)
		}
		if s := alike / runs; s < c.conspicuous[0] || s > c.conspicuous[1] {
			t.Errorf("seed %d: of batches of %d, %v are found too short", seed, c.each, s)
		}
	}
}

// TestSince holds what a level and a sample saw after some time against recorders that
// began then.
func TestSince(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	var whole, late Level
	var all, some, early Sample
	var before *LevelResult
	now := des.Time(0)
	for i := range 2000 {
		now += des.Time(random.IntN(1000))
		if i == 1000 {
			whole.Hold(now)
			before = whole.Result()
			early.Merge(&all)
			late.Set(now, whole.Value())
			late.Open(now)
		}
		v := random.Int64N(1 << random.IntN(20))
		whole.Set(now, v)
		all.Record(v)
		if i >= 1000 {
			late.Set(now, v)
			some.Record(v)
		}
	}
	whole.Close(now)
	late.Close(now)
	got, want := whole.Result().Since(before), late.Result()
	if got.Span() != want.Span() || got.Integral() != want.Integral() || got.Squares() != want.Squares() || got.End() != want.End() || math.Abs(got.Quantile(.5)/want.Quantile(.5)-1) > 1e-3 || math.Abs(got.Max()/want.Max()-1) > 1e-3 {
		t.Errorf("%v and %v in %v, not %v and %v in %v", got.Integral(), got.Squares(), got.Span(), want.Integral(), want.Squares(), want.Span())
	}
	d := all.Since(&early)
	if d.N() != some.N() || d.Mean() != some.Mean() || d.SD() != some.SD() || d.Quantile(.3) != some.Quantile(.3) || math.Abs(d.Max()/some.Max()-1) > 1e-3 {
		t.Errorf("%v of %v, not %v of %v", d.Mean(), d.N(), some.Mean(), some.N())
	}
}
