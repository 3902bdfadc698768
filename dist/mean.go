package dist

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Mean returns the mean of what Draw draws, the bounds regarded and the rounding
// to integers not: +Inf where there is none.
func (d *Dist) Mean() float64 {
	switch d.kind {
	case constant:
		return d.a
	case uniform:
		return float64(d.lo)/2 + float64(d.hi)/2
	}
	p, m := d.inside()
	return m / p
}

// share is how much of the distribution lies within its bounds.
func (d *Dist) share() float64 {
	switch d.kind {
	case constant, uniform:
		if d.lo > d.hi {
			return 0
		}
		return (float64(d.hi-d.lo) + 1) / (d.b - d.a + 1)
	}
	p, _ := d.inside()
	return p
}

// inside is the probability within the bounds, and the mean times that.
func (d *Dist) inside() (p, mean float64) {
	if d.kind == choice {
		was := 0.0
		for i, v := range d.values {
			if v >= d.lo && v <= d.hi {
				p += d.up[i] - was
				mean += (d.up[i] - was) * float64(v)
			}
			was = d.up[i]
		}
		total := d.up[len(d.up)-1]
		return p / total, mean / total
	}
	high := float64(d.hi)
	if d.hi == math.MaxInt64 {
		high = math.Inf(1)
	}
	p, mean = d.below(high)
	p0, mean0 := d.below(float64(d.lo))
	return p - p0, mean - mean0
}

// below is the probability of less than x, and the integral of t dF(t) to there.
func (d *Dist) below(x float64) (p, mean float64) {
	if x <= 0 {
		return 0, 0
	}
	switch d.kind {
	case exponential, gamma: // an exponential distribution is a gamma of shape 1
		return incomplete(d.b, x/d.a), d.a * d.b * incomplete(d.b+1, x/d.a)
	case weibull:
		z := math.Pow(x/d.a, d.b)
		return incomplete(1, z), d.a * math.Gamma(1+1/d.b) * incomplete(1+1/d.b, z)
	case lognormal:
		z := math.Log(x/d.a) / d.b
		return phi(z), d.a * math.Exp(d.b*d.b/2) * phi(z-d.b)
	}
	if x <= d.a {
		return 0, 0
	}
	p = 1 - math.Pow(d.a/x, d.b)
	switch {
	case d.b == 1:
		return p, d.a * math.Log(x/d.a)
	case math.IsInf(x, 1) && d.b < 1:
		return p, math.Inf(1)
	}
	return p, d.a * d.b / (d.b - 1) * (1 - math.Pow(d.a/x, d.b-1))
}

func incomplete(k, x float64) float64 {
	if math.IsInf(x, 1) {
		return 1
	}
	return mathext.GammaIncReg(k, x)
}

func phi(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }
