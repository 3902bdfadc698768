package experiments

import (
	"fmt"
	"math"

	"netsim/experiments/language"
	"netsim/metrics"
)

// evidence is what the replications say of a number.
type evidence struct {
	chance float64 // how probable its distance from what is expected is
	half   float64 // half-width of its interval, of the longer side
	blind  string  // why it says too little to agree with anything
}

// seldom is the half-width up to which a share that was never seen is known well
// enough, where the expectation does not say.
const seldom = 0.01

// count adds to the evidence what follows from counting: where the number is a share
// of cases, the exact binomial interval; where it is a total of nothing, the Poisson
// one. Normal theory knows the spread between replications but not how few events
// there were; the binomial takes as many cases as are independent. What is known is
// the weaker of both.
func (p *Point) count(e *language.Expect, r *Result, se float64, known *evidence) {
	if p.countNone(e, r, known) {
		return
	}
	share, ok := e.That.Proportion(p.without(-1))
	if !ok {
		return
	}
	m, err := Pooled(p.Outcomes, share.Slot.Subject)
	if err != nil {
		return
	}
	k, n := m.cases(share)
	if n == 0 {
		return
	}
	effective := metrics.EffectiveN(k/n, n, se)
	low, high := metrics.BinomialInterval(k/n*effective, effective, p.Spec.Run.Confidence)
	half := max(high-k/n, k/n-low)
	never := k == 0 || k == n
	if !e.Equals.Measured() {
		tail := metrics.BinomialTail(k/n*effective, effective, r.Expected)
		if known.chance = max(known.chance, tail); never && r.N > 1 {
			known.chance = tail // between replications that are all alike there is no spread to go by
		}
	}
	if known.half = max(known.half, half); never {
		known.half = half
		if half > seldom {
			known.blind = fmt.Sprintf("%.0f of %.0f says little: the half-width is %.2g; give a precision if that will do", k, n, half)
		}
	}
}

// cases are how many of how many a share is.
func (m *Measure) cases(share language.Proportion) (k, n float64) {
	switch share.Word {
	case "fraction":
		return float64(m.Count), float64(m.Of)
	case "cdf":
		k = m.CDF(share.Bound)
	default:
		k = m.Above(share.Bound)
	}
	if n = float64(m.Sample.N()); n == 0 {
		return 0, 0
	}
	return math.Round(k * n), n
}

// countNone is about totals and rates of what never happened.
func (p *Point) countNone(e *language.Expect, r *Result, known *evidence) bool {
	s, ok := e.That.Lone()
	if !ok || s.Metric == nil || s.Metric.Class != language.Counter || s.Statistic != "total" && s.Statistic != "rate" {
		return false
	}
	m, err := Pooled(p.Outcomes, s.Subject)
	if err != nil || m.Count > 0 {
		return false
	}
	exposure := float64(m.Runs)
	if s.Statistic == "rate" {
		exposure = m.Seconds
	}
	known.half = -math.Log((1-p.Spec.Run.Confidence)/2) / exposure
	if r.Expected > 0 && r.N > 1 {
		known.chance = min(1, 2*math.Exp(-exposure*r.Expected))
		known.blind = "it was never seen, which agrees with 0 too"
	}
	for i := range p.Outcomes {
		if p.vacuous(i, s) {
			known.blind = fmt.Sprintf("replication %d measured no %s", i+1, s.Path)
		}
	}
	return true
}
