package experiments

import (
	"fmt"
	"math"
	"strings"

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
	Why      string  // of a FAIL or undecided
	Value    float64 // over all replications; NaN for what is true or false
	Half     float64 // half-width of its confidence interval
	SE       float64 // standard error of the difference to what is expected
	Expected float64
	N        int // replications

	number bool
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
// variable, of which so many are as improbable as the difference is by Student's
// t. NaN where that means nothing.
func (r *Result) Z() float64 { return metrics.Sigmas((r.Value-r.Expected)/r.SE, r.N) }

// Number reports whether a number was expected, not only a yes.
func (r *Result) Number() bool { return r.number }

// Judge holds every expectation of the file against every point it is about.
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
	return all, nil
}

func (p *Point) judge(e *language.Expect) (*Result, error) {
	nan := math.NaN()
	r := &Result{Name: e.Name, Point: p, That: strings.TrimSpace(e.That.Source), Value: nan, Half: nan, SE: nan, Expected: nan, N: len(p.Outcomes), number: e.Equals != nil}
	judge := p.judgeNumber
	if e.Equals == nil {
		judge = p.judgeTruth
	}
	if err := judge(e, r); err != nil {
		return nil, err
	}
	p.mind(e.That, r)
	return r, nil
}

// judgeTruth wants a yes in every replication. One that says it of something that
// was not measured is none, and no no either.
func (p *Point) judgeTruth(e *language.Expect, r *Result) error {
	for i := range p.Outcomes {
		var unmeasured string
		look := p.only(i)
		yes, err := e.That.Holds(func(s language.Slot) (any, error) {
			v, err := look(s)
			if absent(v) {
				unmeasured = s.Path
			}
			return v, err
		})
		switch {
		case err != nil:
			return err
		case unmeasured != "":
			r.decideNot("replication %d measured no %s", i+1, unmeasured)
		case !yes:
			r.fail("not so in replication %d", i+1)
			return nil
		}
	}
	return nil
}

// absent reports whether a value of an expression is that of nothing measured.
func absent(v any) bool {
	switch v := v.(type) {
	case float64:
		return math.IsNaN(v)
	case whole:
		return v.Measure != nil && v.Empty()
	}
	return false
}

// judgeNumber wants a number near the one that is expected.
func (p *Point) judgeNumber(e *language.Expect, r *Result) error {
	var err error
	_, r.Unit = e.That.Label()
	if r.Expected, err = e.Equals.Number(p.without(-1)); err != nil {
		return err
	}
	var se float64
	if r.Value, se, err = p.jackknife(e.That.Number); err != nil {
		return err
	}
	_, r.SE, err = p.jackknife(func(look language.Lookup) (float64, error) {
		that, err := e.That.Number(look)
		if err != nil {
			return 0, err
		}
		equals, err := e.Equals.Number(look)
		return that - equals, err
	})
	if err != nil {
		return err
	}
	r.Half = metrics.Around(p.Spec.Run.Confidence, r.Value, se, r.N).Half
	r.weigh(e.Within)
	if e.Precision != nil && !(r.Half <= bound(*e.Precision, r.Value)) {
		r.decideNot("the half-width %.4g is above the precision of %v", r.Half, *e.Precision)
	}
	return nil
}

// weigh compares the difference with the tolerance. So many standard errors mean
// a difference as improbable as that many are for a normal variable: with few
// replications Student's t allows more.
func (r *Result) weigh(t language.Tolerance) {
	diff := math.Abs(r.Value - r.Expected)
	allowed := bound(t, r.Expected)
	switch {
	case math.IsNaN(diff):
		r.decideNot("nothing was measured")
		return
	case t.Kind == language.StandardErrors && math.IsNaN(r.SE):
		r.decideNot("standard errors need two replications that measured something")
		return
	case t.Kind == language.StandardErrors:
		allowed = r.SE * metrics.TCritical(r.N, t.Value)
	}
	allowed += rounding * math.Abs(r.Expected)
	if !(diff <= allowed) || math.IsInf(diff, 0) {
		r.fail("%.6g is not %.6g within %v", r.Value, r.Expected, t)
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

// mind makes undecided what rests on attempts that the end of the run cut off.
func (p *Point) mind(x *language.Expr, r *Result) {
	for _, slot := range x.Slots {
		kind, name := slot.Of()
		if kind != "flow" || slot.Metric == nil || strings.HasSuffix(slot.Subject, ".open") {
			continue
		}
		cut, open := uint64(0), uint64(0)
		for _, o := range p.Outcomes {
			cut += o.Censored[name]
			open += o.Unclosed[name]
		}
		if cut > 0 {
			r.decideNot("%d attempts of flow %s were cut off by the end of the run", cut, name)
		} else if open > 0 && ofClosing(slot) {
			r.decideNot("%d connections of flow %s had not closed by the end of the run", open, name)
		}
	}
}

// ofClosing reports whether a metric is of how connections end.
func ofClosing(s language.Slot) bool {
	return strings.HasPrefix(s.What(), "clos") || strings.HasPrefix(s.What(), "lifetime")
}

func (r *Result) fail(why string, args ...any) {
	r.Verdict, r.Why = Fail, fmt.Sprintf(why, args...)
}

func (r *Result) decideNot(why string, args ...any) {
	r.Verdict, r.Why = Undecided, fmt.Sprintf(why, args...)
}
