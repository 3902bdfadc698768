package dist

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"netsim/des"
)

// Kind names a family of distributions.
type Kind uint8

// The kinds, with the parameters that the constructors take.
const (
	constant Kind = iota
	uniform
	exponential
	pareto
	lognormal
	weibull
	gamma
	choice
)

// Dist is a distribution of integers from 0 up. The zero Dist is constant 0.
// Values outside its bounds are drawn again.
type Dist struct {
	kind     Kind
	a, b     float64 // scale and shape: see the constructors
	lo, hi   int64
	values   []int64   // of a choice
	up       []float64 // their cumulated weights
	truncate bool
}

// Constant is always v.
func Constant(v int64) Dist { return Dist{a: float64(v), lo: v, hi: v} }

// Uniform is each of the integers from low to high, both included, alike.
func Uniform(low, high int64) Dist {
	return Dist{kind: uniform, a: float64(low), b: float64(high), lo: low, hi: high}
}

// Exponential has the given mean.
func Exponential(mean float64) Dist { return Dist{kind: exponential, a: mean, b: 1, hi: math.MaxInt64} }

// Pareto has the density alpha scale^alpha / x^(alpha+1) from scale up.
func Pareto(scale, alpha float64) Dist {
	return Dist{kind: pareto, a: scale, b: alpha, hi: math.MaxInt64}
}

// ParetoMean is Pareto by its mean, which only alpha > 1 has.
func ParetoMean(mean, alpha float64) Dist { return Pareto(mean*(alpha-1)/alpha, alpha) }

// Lognormal is median times e^(sigma N), N standard normal.
func Lognormal(median, sigma float64) Dist {
	return Dist{kind: lognormal, a: median, b: sigma, hi: math.MaxInt64}
}

// LognormalMean is Lognormal by its mean.
func LognormalMean(mean, sigma float64) Dist {
	return Lognormal(mean*des.Exp(-float64(sigma*sigma)/2), sigma)
}

// Weibull has the survival function e^-(x/scale)^k.
func Weibull(scale, k float64) Dist { return Dist{kind: weibull, a: scale, b: k, hi: math.MaxInt64} }

// WeibullMean is Weibull by its mean.
func WeibullMean(mean, k float64) Dist { return Weibull(mean/math.Gamma(1+1/k), k) }

// Gamma has shape k and the given mean.
func Gamma(mean, k float64) Dist { return Dist{kind: gamma, a: mean / k, b: k, hi: math.MaxInt64} }

// Choice is each value with the share of its weight; no weights are equal ones.
// Values that were measured make an empirical distribution: each is drawn as it
// stands, nothing between them.
func Choice(values []int64, weights []float64) Dist {
	d := Dist{kind: choice, values: values, up: make([]float64, len(values)), hi: math.MaxInt64}
	sum := 0.0
	for i := range values {
		w := 1.0
		if i < len(weights) {
			w = weights[i]
		}
		sum += w
		d.up[i] = sum
	}
	return d
}

// Within bounds d: what falls outside [low, high] is drawn again.
func (d Dist) Within(low, high int64) Dist {
	d.lo, d.hi, d.truncate = max(d.lo, low), min(d.hi, high), true
	return d
}

// Bounds are the least and the greatest value that can be drawn.
func (d *Dist) Bounds() (least, greatest int64) {
	switch d.kind {
	case pareto:
		return max(d.lo, int64(d.a)), d.hi
	case choice:
		least, greatest = d.hi, d.lo
		for _, v := range d.values {
			if v >= d.lo && v <= d.hi {
				least, greatest = min(least, v), max(greatest, v)
			}
		}
		return least, greatest
	}
	return d.lo, d.hi
}

// Draw draws a value. Beyond the largest integer there is only that.
func (d *Dist) Draw(r *rand.Rand) int64 {
	if !d.truncate {
		return d.draw(r)
	}
	for {
		if v := d.draw(r); v >= d.lo && v <= d.hi {
			return v
		}
	}
}

func (d *Dist) draw(r *rand.Rand) int64 {
	switch d.kind {
	case constant:
		return d.lo
	case uniform:
		low, high := int64(d.a), int64(d.b)
		return low + int64(des.Below(r, uint64(high-low)+1))
	case choice:
		u := float64(unit(r) * d.up[len(d.up)-1])
		i, _ := slices.BinarySearch(d.up, u)
		return d.values[min(i, len(d.values)-1)]
	case exponential:
		return whole(-float64(d.a * des.Log(unit(r))))
	case pareto:
		return whole(float64(d.a * des.Exp(-des.Log(unit(r))/d.b)))
	case lognormal:
		return whole(float64(d.a * des.Exp(float64(d.b*normal(r)))))
	case weibull:
		e := -des.Log(unit(r))
		if e == 0 {
			return 0
		}
		return whole(float64(d.a * des.Exp(des.Log(e)/d.b)))
	}
	return whole(float64(d.a * gammaOf(r, d.b)))
}

// Fixed reports whether every draw is the same, and returns it.
func (d *Dist) Fixed() (int64, bool) { return d.lo, d.kind == constant }

// unit draws from (0, 1].
func unit(r *rand.Rand) float64 { return float64(r.Uint64()>>11+1) * 0x1p-53 }

func whole(x float64) int64 {
	if x >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(math.RoundToEven(x))
}

// normal draws from the standard normal distribution by Marsaglia's polar method.
func normal(r *rand.Rand) float64 {
	for {
		u, v := 2*unit(r)-1, 2*unit(r)-1
		s := float64(u*u) + float64(v*v)
		if s > 0 && s < 1 {
			return float64(u * math.Sqrt(-2*des.Log(s)/s))
		}
	}
}

// gammaOf draws from the gamma distribution of shape k and scale 1 (Marsaglia and
// Tsang 2000, A simple method for generating gamma variables).
func gammaOf(r *rand.Rand, k float64) float64 {
	if k < 1 {
		below := gammaOf(r, k+1)
		return float64(below * des.Exp(des.Log(unit(r))/k))
	}
	d := k - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := normal(r)
		t := 1 + float64(c*x)
		if t <= 0 {
			continue
		}
		v := float64(float64(t*t) * t)
		if des.Log(unit(r)) < float64(float64(.5*x)*x)+d-float64(d*v)+float64(d*des.Log(v)) {
			return float64(d * v)
		}
	}
}

// leastShare is how much of a distribution its bounds must leave.
const leastShare = 1e-3

// Check tells what is wrong with the parameters.
func (d *Dist) Check() error {
	positive := func(x float64) bool { return x > 0 && !math.IsInf(x, 1) }
	switch {
	case d.kind == constant && d.lo < 0, d.kind == uniform && d.a < 0:
		return errors.New("values are 0 or more")
	case d.kind == uniform && d.b < d.a:
		return errors.New("min is above max")
	case d.kind == choice && len(d.values) == 0:
		return errors.New("there is no value")
	case d.kind == choice:
		return d.checkChoice()
	case d.kind >= exponential && !positive(d.a):
		return errors.New("mean, median and scale are above 0 (and alpha above 1 where the mean is given)")
	case d.kind >= exponential && !positive(d.b):
		return errors.New("alpha, sigma and k are above 0")
	}
	return d.checkBounds()
}

func (d *Dist) checkChoice() error {
	was := 0.0
	for i, up := range d.up {
		if d.values[i] < 0 {
			return errors.New("values are 0 or more")
		}
		if !(up >= was) || math.IsInf(up, 1) {
			return errors.New("weights are 0 or more")
		}
		was = up
	}
	if was == 0 {
		return errors.New("all weights are 0")
	}
	return d.checkBounds()
}

func (d *Dist) checkBounds() error {
	if d.truncate && d.share() < leastShare {
		return fmt.Errorf("less than %g of it lies between min and max", leastShare)
	}
	return nil
}
