package metrics

import (
	"math"
	"math/big"
	"slices"
	"testing"
	"time"

	"netsim/des"
)

// walk is the same record by the most obvious means: every piece of the path.
type walk []struct {
	value int64
	span  int64
}

func (w walk) integral(power int) *big.Int {
	sum := new(big.Int)
	for _, p := range w {
		term := big.NewInt(p.span)
		for range power {
			term.Mul(term, big.NewInt(p.value))
		}
		sum.Add(sum, term)
	}
	return sum
}

// TestLevelAgainstNaive walks a level at random, small and beyond the dense
// values, with changes before, at, within and after the window.
func TestLevelAgainstNaive(t *testing.T) {
	for seed := range uint64(60) {
		r := des.Stream(seed, 0, "level")
		scale := []int64{3, 200, denseLimit / 8, 1 << 30}[seed%4]
		var l Level
		var now des.Time
		step := func() {
			now = now.Add(time.Duration(r.Int64N(5)) * time.Duration(1+r.Int64N(1e9)))
			l.Add(now, max(r.Int64N(2*scale+1)-scale, -l.Value()))
		}
		for range 50 {
			step()
		}
		now = now.Add(time.Duration(r.Int64N(1000)))
		l.Open(now)
		start := now
		var path walk
		for range 400 {
			before, value := now, l.Value()
			step()
			if now > before {
				path = append(path, struct{ value, span int64 }{value, int64(now - before)})
			}
		}
		end := now.Add(time.Duration(r.Int64N(1000)))
		if end > now {
			path = append(path, struct{ value, span int64 }{l.Value(), int64(end - now)})
		}
		now = end
		last := l.Value()
		l.Close(now)
		for range 20 {
			step()
		}

		got := l.Result()
		if got.Span() != end.Sub(start) || got.End() != float64(last) {
			t.Fatalf("seed %d: span %v and end %g, not %v and %d", seed, got.Span(), got.End(), end.Sub(start), last)
		}
		if got.Integral().Big().Cmp(path.integral(1)) != 0 || got.Squares().Big().Cmp(path.integral(2)) != 0 {
			t.Fatalf("seed %d: integrals %v, %v, not %v, %v", seed, got.Integral(), got.Squares(), path.integral(1), path.integral(2))
		}
		slices.SortStableFunc(path, func(a, b struct{ value, span int64 }) int { return int(a.value - b.value) })
		if got.Min() != float64(path[0].value) || got.Max() != float64(path[len(path)-1].value) {
			t.Fatalf("seed %d: from %g to %g, not from %d to %d", seed, got.Min(), got.Max(), path[0].value, path[len(path)-1].value)
		}
		for _, p := range []float64{.001, .25, .5, .9, .999} {
			want := path.quantile(p, int64(got.Span()))
			within := 0.0
			if want >= denseLimit {
				within = want / 1024
			}
			near(t, "quantile", got.Quantile(p), want, within)
		}
	}
}

// quantile expects the pieces sorted by value.
func (w walk) quantile(p float64, total int64) float64 {
	var below int64
	for _, piece := range w {
		below += piece.span
		if float64(below) >= p*float64(total)*(1-0x1p-50) {
			return float64(piece.value)
		}
	}
	return math.NaN()
}

// TestLevelEdges: windows in which nothing, or nothing yet, happened.
func TestLevelEdges(t *testing.T) {
	t.Run("never set", func(t *testing.T) {
		var l Level
		l.Open(5)
		l.Close(15)
		r := l.Result()
		near(t, "mean", r.Mean(), 0, 0)
		near(t, "sd", r.SD(), 0, 0)
		near(t, "median", r.Quantile(.5), 0, 0)
		near(t, "span", float64(r.Span()), 10, 0)
	})
	t.Run("no time", func(t *testing.T) {
		var l Level
		l.Set(7, 3)
		l.Open(7)
		l.Set(7, 4)
		l.Close(7)
		r := l.Result()
		for name, got := range map[string]float64{"mean": r.Mean(), "sd": r.SD(), "min": r.Min(), "max": r.Max(), "median": r.Quantile(.5)} {
			if !math.IsNaN(got) {
				t.Errorf("%s over no time is %g", name, got)
			}
		}
		near(t, "end", r.End(), 4, 0)
	})
	t.Run("held through", func(t *testing.T) {
		var l Level
		l.Set(0, 70_000)
		l.Open(10)
		l.Close(20)
		r := l.Result()
		near(t, "mean", r.Mean(), 70_000, 0)
		near(t, "sd", r.SD(), 0, 0)
		near(t, "median", r.Quantile(.5), 70_000, 0)
		near(t, "min", r.Min(), 70_000, 0)
	})
	t.Run("for no time never there", func(t *testing.T) {
		var l Level
		l.Set(1, 1)
		l.Set(2, 100)
		l.Set(2, 2)
		l.Close(3)
		near(t, "max", l.Result().Max(), 2, 0)
	})
	t.Run("still open", func(t *testing.T) {
		var l Level
		l.Set(0, 4)
		l.Set(10, 8)
		near(t, "mean to the last change", l.Result().Mean(), 4, 0)
	})
	t.Run("closed once, opened again", func(t *testing.T) {
		var l Level
		l.Set(0, 4)
		l.Close(10)
		l.Close(20)
		near(t, "span", float64(l.Result().Span()), 10, 0)
		l.Set(12, 5)
		near(t, "value after the end", float64(l.Value()), 5, 0)
		near(t, "end", l.Result().End(), 4, 0)
		l.Open(30)
		l.Close(40)
		near(t, "mean of the second window", l.Result().Mean(), 5, 0)
	})
	t.Run("our mistakes", func(t *testing.T) {
		var l Level
		l.Set(10, 1)
		mustPanic(t, func() { l.Set(9, 1) })
		mustPanic(t, func() { l.Close(9) })
		mustPanic(t, func() { l.Open(9) })
		mustPanic(t, func() { l.Add(10, -2) })
	})
}

// TestLevelMerge: pooled windows are one window as long as all, in any order.
func TestLevelMerge(t *testing.T) {
	for seed := range uint64(10) {
		r := des.Stream(seed, 0, "merge")
		var windows []*LevelResult
		for range 4 {
			var l Level
			now := des.Time(0)
			for range 100 {
				now = now.Add(time.Duration(r.Int64N(1000)))
				l.Set(now, r.Int64N(1<<(4+r.IntN(15))))
			}
			l.Close(now)
			windows = append(windows, l.Result())
		}
		forth, back := new(LevelResult), new(LevelResult)
		var mean, weight, end float64
		for i, w := range windows {
			forth.Merge(w)
			back.Merge(windows[len(windows)-1-i])
			mean += w.Mean() * w.Span().Seconds()
			weight += w.Span().Seconds()
			end += w.End() / float64(len(windows))
		}
		near(t, "pooled mean", forth.Mean(), mean/weight, 1e-9*mean/weight)
		if forth.integral != back.integral || forth.squares != back.squares || forth.Span() != back.Span() {
			t.Fatalf("seed %d: integrals depend on the order", seed)
		}
		a, b := path(forth), path(back)
		if !slices.Equal(a, b) || a[len(a)-1] != int64(forth.Span()) {
			t.Fatalf("seed %d: distribution depends on the order, or is not whole", seed)
		}
		near(t, "end", forth.End(), end, 1e-9*end)
		near(t, "min", forth.Min(), back.Min(), 0)
		near(t, "max", forth.Max(), back.Max(), 0)
	}
	if got := new(LevelResult).End(); !math.IsNaN(got) {
		t.Errorf("the end of nothing is %g", got)
	}
}

func path(r *LevelResult) []int64 {
	var steps []int64
	for v, below := range r.Steps() {
		steps = append(steps, v, int64(below))
	}
	return steps
}

// TestPopulationDispersion: with Poisson arrivals that each stay T, the number
// present is Poisson of mean λT (M/G/∞), and numbers T apart are independent. So
// their dispersion index is 1 with standard error sqrt(2/(m-1)), and the
// time average over a span S has variance λT²/S.
func TestPopulationDispersion(t *testing.T) {
	const (
		seed    = 31
		rate    = 5.0
		stay    = 60 * time.Second
		samples = 4000
	)
	r := des.Stream(seed, 0, "population")
	var l Level
	var present Sample
	var leaves []des.Time
	next, look := des.Time(0), des.Time(0).Add(2*stay)
	l.Open(0)
	for present.N() < samples {
		leave := des.Never
		if len(leaves) > 0 {
			leave = leaves[0]
		}
		switch now := min(next, leave, look); now {
		case leave:
			leaves = leaves[1:]
			l.Add(now, -1)
		case next:
			leaves = append(leaves, now.Add(stay))
			l.Add(now, +1)
			next = now.Add(des.Exponential(r, time.Duration(float64(time.Second)/rate)))
		default:
			if present.N() == 0 {
				l.Open(now)
			}
			present.Record(l.Value())
			look = look.Add(stay)
		}
	}
	l.Close(look.Add(-stay))
	mean := rate * stay.Seconds()
	got := l.Result()
	within(t, seed, "mean over time", got.Mean(), mean, math.Sqrt(rate*stay.Seconds()*stay.Seconds()/got.Span().Seconds()))
	within(t, seed, "mean of samples", present.Mean(), mean, math.Sqrt(mean/samples))
	within(t, seed, "dispersion of samples", present.Variance()/present.Mean(), 1, math.Sqrt(2/(samples-1.)))
	// The covariance of the squared distances falls as the square of (T-u)/T,
	// whose integral is 2T/3: a span S counts as 3S/2T independent samples.
	effective := 1.5 * got.Span().Seconds() / stay.Seconds()
	within(t, seed, "dispersion over time", got.Dispersion(), 1, math.Sqrt(2/effective))
}

// within demands agreement to four standard errors.
func within(t *testing.T, seed uint64, name string, got, want, se float64) {
	t.Helper()
	if z := (got - want) / se; !(math.Abs(z) <= 4) {
		t.Errorf("seed %d: %s = %.6g, expected %.6g ± %.2g (z = %.1f)", seed, name, got, want, se, z)
	}
}
