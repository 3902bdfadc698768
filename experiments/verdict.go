package experiments

import (
	"fmt"
	"math"

	"netsim/experiments/language"
	"netsim/metrics"
)

// Result is how an expectation came out at a point.
type Result struct {
	Name     string
	Point    *Point
	That     string // the expression
	Unit     string // of a number: "s", "B" or none
	Verdict  Verdict
	Why      string  // of all but a plain pass
	Value    float64 // over all replications; NaN for what is true or false
	Half     float64 // half-width of its confidence interval, of the longer side
	SE       float64 // standard error of the difference to what is expected
	Expected float64
	N        int     // replications
	P        float64 // how probable such a difference is by chance; NaN where nothing was tested

	number  bool
	alone   float64 // the probability below which the one test by itself fails
	suspect Verdict // what stands if the test does not fail among all: pass or undecided
	off     string  // what is too far from what
}

// Verdict is pass, FAIL or undecided.
type Verdict uint8

const (
	Pass Verdict = iota
	Fail
	Undecided // nothing was measured, or it was cut off, or it is too uncertain
)

func (v Verdict) String() string { return [...]string{"pass", "FAIL", "undecided"}[v] }

// Z is how far the value is from what is expected: in standard errors of a normal
// variable, of which so many are as improbable as the difference is. NaN where that
// means nothing.
func (r *Result) Z() float64 {
	if math.IsNaN(r.P) || r.suspect == Undecided { // which is tested against a bound
		return metrics.Sigmas((r.Value-r.Expected)/r.SE, r.N)
	}
	return math.Copysign(math.Sqrt2*math.Erfcinv(r.P), r.Value-r.Expected)
}

// Number reports whether a number was expected, not only a yes.
func (r *Result) Number() bool { return r.number }

// Judge holds every expectation of the file against every point it is about, and
// settles them together.
func (s *Study) Judge() ([]*Result, error) {
	var all []*Result
	for _, e := range s.File.Expects {
		for _, p := range s.Points {
			wanted, err := e.Wants(p.Point)
			if err != nil {
				return nil, err
			}
			if !wanted {
				continue
			}
			r, err := p.judge(e)
			if err != nil {
				return nil, fmt.Errorf("expect.%s: %w", e.Name, err)
			}
			all = append(all, r)
		}
	}
	Settle(all)
	return all, nil
}

func (p *Point) judge(e *language.Expect) (*Result, error) {
	nan := math.NaN()
	r := &Result{Name: e.Name, Point: p, That: e.Source(), Value: nan, Half: nan, SE: nan, Expected: nan, P: nan,
		N: len(p.Outcomes), number: e.Equals != nil}
	judge := p.judgeNumber
	switch {
	case e.Follows != nil:
		judge = p.judgeLaw
	case e.Equals == nil:
		judge = p.judgeTruth
	}
	if err := judge(e, r); err != nil {
		return nil, err
	}
	p.mind(e.Slots(), r)
	return r, nil
}

// falseAlarms is how often chance alone may fail any of the expectations that are
// settled together, all of them being true.
const falseAlarms = 1e-3

// Settle gives the verdicts of all tests among the results together, of a file or of
// several: what by itself is too far from what is expected fails only if it is so
// among as many (Holm). An expectation that asks for less than [falseAlarms] by
// itself, "2 se", is held at what it asks for.
func Settle(results []*Result) {
	var tested []*Result
	var chances []float64
	for _, r := range results {
		if !math.IsNaN(r.P) {
			tested = append(tested, r)
			chances = append(chances, r.P)
		}
	}
	for i, adjusted := range metrics.Holm(chances) {
		r := tested[i]
		switch {
		case r.P >= r.alone:
		case adjusted < max(falseAlarms, r.alone):
			r.fail("%s", r.off)
		default:
			r.Verdict = r.suspect
			r.Why = fmt.Sprintf("%s, which may be chance among %d tests", r.off, len(tested))
		}
	}
}

// weigh compares the difference with the tolerance. So many standard errors mean a
// difference as improbable as that many are for a normal variable.
func (r *Result) weigh(t language.Tolerance, chance float64) {
	diff := math.Abs(r.Value - r.Expected)
	r.off = fmt.Sprintf("%s is not %s within %v", inWords(r.Value, 6), inWords(r.Expected, 6), t)
	slack := rounding * math.Abs(r.Expected)
	switch {
	case math.IsNaN(diff):
		r.decideNot("nothing was measured")
	case t.Kind == language.StandardErrors && math.IsNaN(chance):
		r.decideNot("standard errors need two replications that measured something")
	case t.Kind == language.StandardErrors:
		r.P, r.alone, r.suspect = chance, math.Erfc(t.Value/math.Sqrt2), Pass
	case t.Kind == language.Exact || !(r.SE > slack) || math.IsInf(diff, 0):
		if !(diff <= bound(t, r.Expected)+slack) || math.IsInf(diff, 0) {
			r.fail("%s", r.off)
		}
	default:
		r.weighBound(bound(t, r.Expected)+slack, diff)
	}
}

// weighBound holds what is uncertain against a bound: beyond it may be chance, and
// within it too.
func (r *Result) weighBound(allowed, diff float64) {
	switch {
	case diff > allowed:
		r.P, r.alone, r.suspect = metrics.StudentTail((diff-allowed)/r.SE, r.N), falseAlarms, Undecided
		if r.P >= r.alone {
			r.decideNot("%s, which may be chance: the half-width is %s", r.off, inWords(r.Half, 4))
		}
	case !(r.Half <= allowed):
		r.decideNot("the half-width is %s, not within the tolerance of %.4g", inWords(r.Half, 4), allowed)
	}
}

// rounding is what float64 arithmetic may lose of exact values.
const rounding = 1e-12

// bound is a tolerance around a value in its own unit.
func bound(t language.Tolerance, around float64) float64 {
	switch t.Kind {
	case language.Relative:
		return t.Value * math.Abs(around)
	case language.Absolute:
		return t.Value
	case language.Exact: // times to the ns
		return 0.5e-9
	}
	return math.NaN()
}

func (r *Result) fail(why string, args ...any) {
	r.Verdict, r.Why = Fail, fmt.Sprintf(why, args...)
}

func (r *Result) decideNot(why string, args ...any) {
	r.Verdict, r.Why, r.P = Undecided, fmt.Sprintf(why, args...), math.NaN()
}
