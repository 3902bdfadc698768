package theory

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// PoissonPMF returns the probability of exactly k events where m are expected.
func PoissonPMF(k int, m float64) float64 {
	switch {
	case k < 0:
		return 0
	case m == 0 && k == 0:
		return 1
	}
	logFactorial, _ := math.Lgamma(float64(k) + 1)
	return math.Exp(float64(k)*math.Log(m) - m - logFactorial)
}

// PoissonCDF returns the probability of at most k events where m are expected.
func PoissonCDF(k int, m float64) float64 {
	switch {
	case k < 0:
		return 0
	case m == 0:
		return 1
	}
	return mathext.GammaIncRegComp(float64(k)+1, m)
}

// BinomialCDF returns the probability of at most k successes in n independent
// trials of probability p.
func BinomialCDF(k, n int, p float64) float64 {
	switch {
	case k < 0:
		return 0
	case k >= n:
		return 1
	}
	return mathext.RegIncBeta(float64(n-k), float64(k)+1, 1-p)
}
