package metrics

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Interval is a mean over replications and the half-width of its confidence
// interval, not-a-number for a single replication.
type Interval struct{ Mean, Half float64 }

// Low returns the lower end.
func (i Interval) Low() float64 { return i.Mean - i.Half }

// High returns the upper end.
func (i Interval) High() float64 { return i.Mean + i.Half }

// StudentInterval returns the mean of independent values and the half-width that
// covers the true mean with that confidence (.95), if they are normal.
func StudentInterval(confidence float64, values ...float64) Interval {
	mean, se := meanSE(values)
	return Interval{mean, studentQuantile(len(values)-1, 1-confidence) * se}
}

// Around returns the interval of an estimate from n replications with a standard
// error.
func Around(confidence, estimate, se float64, n int) Interval {
	return Interval{estimate, studentQuantile(n-1, 1-confidence) * se}
}

// TCritical returns the |t| which, over n replications, is as improbable as that
// many standard errors are for a normal variable: 4 becomes 6.9 at n = 10. It
// is not-a-number for n < 2.
func TCritical(n int, sigmas float64) float64 {
	return studentQuantile(n-1, math.Erfc(sigmas/math.Sqrt2))
}

// Sigmas is the other way round: how many standard errors of a normal variable are
// as improbable as t over n replications. 6.9 at n = 10 becomes 4.
func Sigmas(t float64, n int) float64 {
	return math.Copysign(math.Sqrt2*math.Erfcinv(StudentTail(t, n)), t)
}

// Jackknife returns the estimate of all n replications together and its standard
// error, for any smooth function of pooled data (Efron 1982, The Jackknife,
// ch. 3). eval(i) is the estimate without replication i, eval(-1) the one with
// all. The error is not-a-number for n < 2.
func Jackknife(n int, eval func(leaveOut int) float64) (value, se float64) {
	without := make([]float64, n)
	for i := range without {
		without[i] = eval(i)
	}
	_, spread := meanSE(without)
	return eval(-1), float64(n-1) * spread
}

// BinomialInterval returns the exact interval of Clopper and Pearson (1934) for
// the probability of something seen k times in n; n may be an effective number
// of cases, not whole. With n = 0 it is all of [0, 1].
func BinomialInterval(k, n, confidence float64) (low, high float64) {
	tail := (1 - confidence) / 2
	low, high = 0, 1
	if k > 0 {
		low = mathext.InvRegIncBeta(k, n-k+1, tail)
	}
	if k < n {
		high = mathext.InvRegIncBeta(k+1, n-k, 1-tail)
	}
	return low, high
}

// meanSE returns the mean and its standard error.
func meanSE(values []float64) (mean, se float64) {
	n := float64(len(values))
	for _, v := range values {
		mean += v
	}
	mean /= n
	var squares float64
	for _, v := range values {
		squares += float64((v - mean) * (v - mean))
	}
	return mean, math.Sqrt(squares / (n - 1) / n)
}

// studentQuantile returns the |t| exceeded with probability `beyond`, both sides
// together, under Student's distribution of that many degrees of freedom.
func studentQuantile(freedom int, beyond float64) float64 {
	if freedom < 1 {
		return math.NaN()
	}
	nu := float64(freedom)
	x := mathext.InvRegIncBeta(nu/2, 0.5, beyond)
	return math.Sqrt(nu * (1 - x) / x)
}
