package experiments

import (
	"fmt"
	"math"
	"strings"

	"netsim/experiments/language"
	"netsim/metrics"
	"netsim/theory"
)

// estimate is a number of all replications together, and how well it is known.
type estimate struct {
	value, se float64
	low, high float64 // its interval
	counted   counted
}

// half is the half-width of the interval, of its longer side.
func (e *estimate) half() float64 { return math.Max(e.high-e.value, e.value-e.low) }

// counted is what a share of cases, or a total of nothing, has been counted from.
type counted struct {
	k, n      float64 // cases; n is 0 where nothing was counted
	effective float64 // of n, as many are independent
	exposure  float64 // of a total or rate of nothing: runs or seconds

	seen, runs int // replications that found any of them, of how many
}

// never tells whether nothing happened, or nothing else.
func (c *counted) never() bool { return c.n > 0 && (c.k == 0 || c.k == c.n) }

// estimate takes an expression over the pooled replications, with the jackknife for
// its error and Student's interval. A share of cases has at least the exact binomial
// one of as many cases as are independent, what was never seen that of its cases or
// of its exposure, a quantile its own.
func (p *Point) estimate(x *language.Expr) (e estimate, err error) {
	p = p.repeated()
	if e.value, e.se, err = p.jackknife(x.Number); err != nil {
		return e, err
	}
	confidence, n := p.Spec.Run.Confidence, len(p.Outcomes)
	around := metrics.Around(confidence, e.value, e.se, n)
	e.low, e.high = around.Low(), around.High()
	if s, ok := x.Lone(); ok && s.Metric != nil {
		m, err := Pooled(p.Outcomes, s.Subject)
		if err != nil {
			return e, err
		}
		if m.Class != language.Counter && strings.HasPrefix(s.Statistic, "p") {
			e.low, e.high = p.quantile(s, m)
			e.se = e.half() / metrics.Around(confidence, 0, 1, n).Half
		}
		e.countNone(s, m, confidence)
	}
	if share, ok := x.Proportion(p.without(-1)); ok {
		k, cases, err := casesOf(p.Outcomes, share)
		if err != nil {
			return e, err
		}
		e.count(k, cases, confidence)
		e.counted.runs = n
		for i := range p.Outcomes {
			if k, _, err := casesOf(p.Outcomes[i:i+1], share); err == nil && k > 0 {
				e.counted.seen++
			}
		}
	}
	return e, nil
}

// quantile is the interval of a quantile.
func (p *Point) quantile(s language.Slot, all *Measure) (low, high float64) {
	each := make([]metrics.Distribution, len(p.Outcomes))
	for i, o := range p.Outcomes {
		each[i] = o.Measures[s.Subject].recorded()
	}
	low, high = metrics.QuantileInterval(p.Spec.Run.Confidence, quantileOf(s.Statistic), all.recorded(), each...)
	return low * all.Each / all.Unit, high * all.Each / all.Unit
}

// recorded is the distribution of a sample or a level.
func (m *Measure) recorded() metrics.Distribution {
	if m.Class == language.Sample {
		return m.Sample
	}
	return m.Level
}

// count is about a share of cases, k of n.
func (e *estimate) count(k, n, confidence float64) {
	if n == 0 {
		return
	}
	c := counted{k: k, n: n, effective: metrics.EffectiveN(k/n, n, e.se)}
	low, high := metrics.BinomialInterval(k/n*c.effective, c.effective, confidence)
	if c.never() { // between replications that are all alike there is no spread to go by
		e.low, e.high = low, high
	} else {
		e.low, e.high = min(e.low, low), max(e.high, high)
	}
	e.counted = c
}

// countNone is about totals and rates of what never happened.
func (e *estimate) countNone(s language.Slot, m *Measure, confidence float64) {
	if m.Class != language.Counter || m.Count > 0 {
		return
	}
	switch s.Statistic {
	case "total":
		e.counted.exposure = float64(m.Runs)
	case "rate":
		e.counted.exposure = m.Seconds
	default:
		return
	}
	e.low, e.high = 0, -math.Log((1-confidence)/2)/e.counted.exposure
}

// chance is how probable it is to count so by chance if the truth is what is expected,
// and whether that says more than the spread between replications, of which there is
// none. Normal theory knows that spread but not how few events there were: the weaker
// of both holds.
func (c *counted) chance(expected, student float64) float64 {
	switch {
	case c.exposure > 0 && expected > 0:
		return min(1, 2*math.Exp(-c.exposure*expected))
	case c.n == 0 || math.IsNaN(student):
		return student
	case c.never():
		return metrics.BinomialTail(c.k, c.n, expected)
	}
	return max(student, metrics.BinomialTail(c.k/c.n*c.effective, c.effective, expected))
}

// enough is in how many replications what is seldom must have been seen for their
// spread to say whether it comes in clusters; cluster is how large those may be.
const (
	enough  = 5
	cluster = 10
)

// clustered is how probable it is that so few replications meet something which comes
// in clusters, if as much as expected comes; 0 where more is known.
func (c *counted) clustered(expected float64) float64 {
	if expected > seldom || c.seen >= min(enough, c.runs) || c.k >= expected*c.n {
		return 0
	}
	met := -math.Expm1(-expected * c.n / float64(c.runs) / cluster)
	return theory.BinomialCDF(c.seen, c.runs, met)
}

// few says so.
func (c *counted) few() string {
	return fmt.Sprintf("%.0f of %.0f, in %d of %d replications, say little of what may come in clusters", c.k, c.n, c.seen, c.runs)
}

// seldom is the half-width up to which a share that was never seen is known well
// enough, where the expectation does not say.
const seldom = 0.01

// alike is how probable it is at most that all replications find the same whole number
// if the mean is what is expected, less than one off: all the rest find the number on
// its other side. Without it the lack of any spread would say that the number is
// certain. 0 where that is no question.
func (p *Point) alike(x *language.Expr, r *Result) float64 {
	s, ok := x.Counts()
	off := math.Abs(r.Value - r.Expected)
	if !ok || r.N < 2 || r.SE != 0 || r.Value != math.Trunc(r.Value) || !(off < 1) {
		return 0
	}
	if m := p.Outcomes[0].Measures[s.Subject]; m == nil || m.Unit != 1 || m.Each != 1 {
		return 0
	}
	return math.Pow(1-off, float64(r.N))
}

// blind is why a number says too little to agree with what is expected, "" if it does
// not.
func (e *estimate) blind(expected float64) string {
	switch c := &e.counted; {
	case c.never() && e.half() > seldom:
		return fmt.Sprintf("%.0f of %.0f says little: the half-width is %s; give a precision if that will do", c.k, c.n, inWords(e.half(), 2))
	case c.exposure > 0 && expected > 0:
		return "it was never seen, which agrees with 0 too"
	}
	return ""
}

// casesOf are how many of how many a share is in runs: 0 of 0 where it is none, since
// nothing was counted, or more than there is to count from.
func casesOf(runs []*Outcome, share language.Proportion) (k, n float64, err error) {
	m, err := Pooled(runs, share.Slot.Subject)
	if err != nil {
		return 0, 0, err
	}
	switch share.Word {
	case "fraction":
		k, n = float64(m.Count), float64(m.Of)
	case "total":
		among, err := Pooled(runs, share.Among.Subject)
		if err != nil {
			return 0, 0, err
		}
		k, n = float64(m.Count), float64(among.Count)
	case "cdf":
		n = float64(m.Sample.N())
		k = math.Round(m.CDF(share.Bound) * n)
	default:
		n = float64(m.Sample.N())
		k = math.Round(m.Above(share.Bound) * n)
	}
	switch {
	case n == 0 || k > n:
		return 0, 0, nil
	case share.Rest:
		k = n - k
	}
	return k, n, nil
}
