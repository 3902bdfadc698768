package metrics

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// StudentTail returns how probable a distance of |t| standard errors, or more, is by
// chance over n replications, both sides together. It is not-a-number for n < 2.
func StudentTail(t float64, n int) float64 {
	switch {
	case n < 2 || math.IsNaN(t):
		return math.NaN()
	case math.IsInf(t, 0):
		return 0
	}
	nu := float64(n - 1)
	return mathext.RegIncBeta(nu/2, 0.5, nu/(nu+float64(t*t)))
}

// BinomialTail returns how probable it is by chance to see something of probability p
// at least as far off as k times in n: twice the smaller tail, as the interval of
// Clopper and Pearson has it. n may be an effective number of cases, not whole.
func BinomialTail(k, n, p float64) float64 {
	atLeast, atMost := 1.0, 1.0
	switch {
	case p <= 0:
		atLeast = indicator(k <= 0)
	case p >= 1:
		atMost = indicator(k >= n)
	default:
		if k > 0 {
			atLeast = mathext.RegIncBeta(k, n-k+1, p)
		}
		if k < n {
			atMost = mathext.RegIncBeta(n-k, k+1, 1-p)
		}
	}
	return min(1, 2*min(atLeast, atMost))
}

func indicator(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// Holm adjusts the probabilities of several tests for their number: rejecting those
// whose adjusted value is below a level rejects a true one with at most that
// probability, all together and however they depend on each other (Holm 1979, A
// simple sequentially rejective multiple test procedure).
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := make([]float64, len(p))
	least := 0.0
	for rank, i := range order {
		least = max(least, min(1, float64(len(p)-rank)*p[i]))
		adjusted[i] = least
	}
	return adjusted
}

// EffectiveN returns how many independent cases know a proportion as well as n cases
// with that standard error do: n over the design effect (Kish 1965), and at most n.
func EffectiveN(share, n, se float64) float64 {
	independent := share * (1 - share) / n
	if !(se*se > independent) {
		return n
	}
	return n * independent / (se * se)
}
