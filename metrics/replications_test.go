package metrics

import (
	"math"
	"testing"
	"time"

	"netsim/des"
)

// TestStudentQuantile holds the critical values against the closed forms for one
// and two degrees of freedom and against printed tables (Fisher and Yates,
// table III; five percent, one percent and one per mille, both sides).
func TestStudentQuantile(t *testing.T) {
	for _, beyond := range []float64{.5, .05, .001, 6.334e-5, 1e-9} {
		one := 1 / math.Tan(math.Pi*beyond/2)
		near(t, "t of one degree", studentQuantile(1, beyond), one, 1e-8*one)
		two := math.Sqrt(2/(beyond*(2-beyond)) - 2)
		near(t, "t of two degrees", studentQuantile(2, beyond), two, 1e-8*two)
	}
	for _, row := range []struct {
		freedom                 int
		percent5, percent1, mil float64
	}{
		{1, 12.706, 63.657, 636.619}, {2, 4.303, 9.925, 31.599}, {3, 3.182, 5.841, 12.924},
		{5, 2.571, 4.032, 6.869}, {9, 2.262, 3.250, 4.781}, {10, 2.228, 3.169, 4.587},
		{20, 2.086, 2.845, 3.850}, {30, 2.042, 2.750, 3.646}, {120, 1.980, 2.617, 3.373},
	} {
		near(t, "t at 5 %", studentQuantile(row.freedom, .05), row.percent5, 5.1e-4)
		near(t, "t at 1 %", studentQuantile(row.freedom, .01), row.percent1, 5.1e-4)
		near(t, "t at 1 per mille", studentQuantile(row.freedom, .001), row.mil, 5.1e-4)
	}
}

// TestTCritical: many replications are normal, few need more, one says nothing.
func TestTCritical(t *testing.T) {
	near(t, "TCritical(1e6, 4)", TCritical(1_000_000, 4), 4, 1e-4)
	near(t, "TCritical(2, 1)", TCritical(2, 1), 1/math.Tan(math.Pi*math.Erfc(1/math.Sqrt2)/2), 1e-9)
	if !math.IsNaN(TCritical(1, 4)) {
		t.Error("one replication has a critical value")
	}
	for n := 3; n < 200; n++ {
		if a, b := TCritical(n-1, 4), TCritical(n, 4); !(a > b && b > 4) {
			t.Errorf("TCritical(%d, 4) = %g, TCritical(%d, 4) = %g", n-1, a, n, b)
		}
	}
}

// TestIntervalCoverage: of the intervals over five normal values, the stated
// share covers the true mean.
func TestIntervalCoverage(t *testing.T) {
	const seed, trials, confidence = 5, 20_000, .95
	r := des.Stream(seed, 0, "normal")
	covered := 0
	for range trials {
		values := make([]float64, 5)
		for i := range values {
			values[i] = 10 + 3*r.NormFloat64()
		}
		if i := StudentInterval(confidence, values...); i.Low() <= 10 && 10 <= i.High() {
			covered++
		}
	}
	within(t, seed, "coverage", float64(covered)/trials, confidence, math.Sqrt(confidence*(1-confidence)/trials))
}

func TestIntervalEdges(t *testing.T) {
	if i := StudentInterval(.95, 7); i.Mean != 7 || !math.IsNaN(i.Half) {
		t.Errorf("one replication gives %+v", i)
	}
	if i := StudentInterval(.95); !math.IsNaN(i.Mean) || !math.IsNaN(i.Half) {
		t.Errorf("no replication gives %+v", i)
	}
	if i := StudentInterval(.95, 7, 7, 7); i.Mean != 7 || i.Half != 0 {
		t.Errorf("equal replications give %+v", i)
	}
	i := StudentInterval(.95, 1, 2, 3, 4)
	near(t, "mean", i.Mean, 2.5, 0)
	near(t, "half-width", i.Half, 3.182446*math.Sqrt(5./3/4), 1e-5)
}

// TestJackknife: for a mean it is the classic standard error; for a ratio of
// pooled sums it is that of the linearised ratio, to the order 1/n.
func TestJackknife(t *testing.T) {
	const seed, n = 9, 400
	r := des.Stream(seed, 0, "jackknife")
	x, y := make([]float64, n), make([]float64, n)
	for i := range n {
		y[i] = 100 + 10*r.NormFloat64()
		x[i] = .19*y[i] + r.NormFloat64()
	}
	pooled := func(values []float64, out int) (sum float64) {
		for i, v := range values {
			if i != out {
				sum += v
			}
		}
		return sum
	}
	value, se := Jackknife(n, func(out int) float64 {
		if out < 0 {
			return pooled(x, out) / n
		}
		return pooled(x, out) / (n - 1)
	})
	mean, classic := meanSE(x)
	near(t, "mean", value, mean, 1e-12*mean)
	near(t, "se of the mean", se, classic, 1e-9*classic)

	value, se = Jackknife(n, func(out int) float64 { return pooled(x, out) / pooled(y, out) })
	within(t, seed, "ratio", value, .19, se)
	residuals := make([]float64, n)
	for i := range n {
		residuals[i] = x[i] - value*y[i]
	}
	_, linear := meanSE(residuals)
	near(t, "se of the ratio", se, linear/(pooled(y, -1)/n), .01*se)

	if _, se := Jackknife(1, func(int) float64 { return 3 }); !math.IsNaN(se) {
		t.Errorf("the error from one replication is %g", se)
	}
}

// TestBinomialInterval: the ends are those p at which the tail has exactly half
// the error, found from the sum of the binomial itself.
func TestBinomialInterval(t *testing.T) {
	tail := func(n int, p float64, from, to int) (sum float64) {
		for k := from; k <= to; k++ {
			a, _ := math.Lgamma(float64(n + 1))
			b, _ := math.Lgamma(float64(k + 1))
			c, _ := math.Lgamma(float64(n - k + 1))
			sum += math.Exp(a - b - c + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
		}
		return sum
	}
	for _, c := range []struct{ k, n int }{{1, 10}, {5, 10}, {9, 10}, {3, 1000}, {190, 1000}} {
		low, high := BinomialInterval(float64(c.k), float64(c.n), .95)
		near(t, "tail above the low end", tail(c.n, low, c.k, c.n), .025, 1e-9)
		near(t, "tail below the high end", tail(c.n, high, 0, c.k), .025, 1e-9)
	}
	low, high := BinomialInterval(0, 100, .95)
	near(t, "low of none", low, 0, 0)
	near(t, "high of none", high, 1-math.Pow(.025, 1./100), 1e-12)
	low, high = BinomialInterval(100, 100, .95)
	near(t, "low of all", low, math.Pow(.025, 1./100), 1e-12)
	near(t, "high of all", high, 1, 0)
	if low, high = BinomialInterval(0, 0, .95); low != 0 || high != 1 {
		t.Errorf("of no cases: [%g, %g]", low, high)
	}
}

func TestSeries(t *testing.T) {
	a := &Series{Start: 10, Every: 5, Values: []int64{1, 2, 3}}
	b := &Series{Start: 10, Every: 5}
	for _, v := range []int64{3, 2, 7, 9} {
		b.Append(v)
	}
	if got := b.Time(3); got != 25 {
		t.Errorf("the fourth value is of %v", got)
	}
	for at, want := range map[des.Time]float64{10: 1, 14: 1, 15: 2, 24: 3} {
		near(t, "value at "+at.String(), a.At(at), want, 0)
	}
	for _, at := range []des.Time{0, 9, 25, des.Never} {
		if got := a.At(at); !math.IsNaN(got) {
			t.Errorf("outside, at %v, the value is %g", at, got)
		}
	}
	band := Band(.95, a, b)
	if len(band) != 3 {
		t.Fatalf("the band has %d instants, not those both have", len(band))
	}
	for i, got := range band {
		want := StudentInterval(.95, float64(a.Values[i]), float64(b.Values[i]))
		near(t, "band mean", got.Mean, want.Mean, 0)
		near(t, "band half-width", got.Half, want.Half, 0)
	}
	if Band(.95) != nil {
		t.Error("a band over nothing")
	}
	mustPanic(t, func() { Band(.95, a, &Series{Start: 10, Every: time.Second}) })
}

// TestSigmas holds that Sigmas undoes TCritical, and knows nothing of one
// replication.
func TestSigmas(t *testing.T) {
	for _, n := range []int{2, 3, 10, 1000} {
		for _, want := range []float64{0.1, 1, 2, 4} {
			if got := Sigmas(TCritical(n, want), n); math.Abs(got-want) > 1e-6*want {
				t.Errorf("n = %d: %v standard errors come back as %v", n, want, got)
			}
			if got := Sigmas(-TCritical(n, want), n); math.Abs(got+want) > 1e-6*want {
				t.Errorf("n = %d: -%v standard errors come back as %v", n, want, got)
			}
		}
	}
	if got := Sigmas(1, 1); !math.IsNaN(got) {
		t.Errorf("of one replication: %v", got)
	}
}
