package experiments

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"netsim/experiments/language"
	"netsim/metrics"
)

// judgeTruth wants a yes in every replication. One that says it of something that
// was not measured is none, and no no either. What is said of an interval is said of
// all replications together.
func (p *Point) judgeTruth(e *language.Expect, r *Result) error {
	if slices.ContainsFunc(e.That.Slots, func(s language.Slot) bool { return s.Kind == language.Paired }) {
		return p.judgePair(e, r)
	}
	for i := range p.Outcomes {
		var unmeasured string
		var found []string
		look := p.only(i)
		yes, err := e.That.Holds(func(s language.Slot) (any, error) {
			v, err := look(s)
			if n, ok := v.(float64); ok && s.Metric != nil {
				found = append(found, fmt.Sprintf("%s is %.9g", s.Path, n))
			}
			if absent(v) || p.vacuous(i, s) {
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
			r.fail("not so in replication %d: %s", i+1, strings.Join(found, ", "))
			return nil
		}
	}
	return nil
}

// judgePair wants a yes of all replications together.
func (p *Point) judgePair(e *language.Expect, r *Result) error {
	var unmeasured string
	look := p.without(-1)
	yes, err := e.That.Holds(func(s language.Slot) (any, error) {
		v, err := look(s)
		if absent(v) {
			unmeasured = s.Path
		}
		if c, base, other := p.pair(s); base != nil {
			for _, q := range []*Point{base, other} {
				for i := range q.Outcomes {
					if slices.ContainsFunc(c.Metric.Slots, func(s language.Slot) bool { return q.vacuous(i, s) }) {
						unmeasured = c.Metric.Source + " to compare"
					}
				}
			}
		}
		return v, err
	})
	switch {
	case err != nil:
		return err
	case unmeasured != "":
		r.decideNot("there is no %s here", unmeasured)
	case !yes:
		r.fail("not so")
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

// vacuous reports whether a counter is zero because what it counts among never
// happened: no attempt failed, where none was made. That nothing was refused is no
// such thing: the parent is but the sum. Nor is a total where there was what could
// have happened: no job had to connect, no connection came to its end.
func (p *Point) vacuous(i int, s language.Slot) bool {
	if s.Metric == nil || s.Metric.Class != language.Counter || s.Metric.Of == "" || s.Metric.Of == "refused" || strings.HasSuffix(s.Subject, "."+s.Metric.Of) {
		return false
	}
	m := p.Outcomes[i].Measures[s.Subject]
	if m == nil || m.Of > 0 {
		return false
	}
	wider := map[string]string{"attempts": "jobs", "closed": "opened"}[s.Metric.Of]
	if kind, name := s.Of(); kind == "flow" && wider != "" && s.Statistic == "total" {
		w := p.Outcomes[i].Measures["flow."+name+"."+wider]
		return w == nil || w.Count == 0
	}
	return true
}

// judgeNumber wants a number near the one that is expected.
func (p *Point) judgeNumber(e *language.Expect, r *Result) error {
	whole := p
	p = p.repeated()
	r.N = len(p.Outcomes)
	var err error
	_, r.Unit = e.That.Label()
	if r.Expected, err = e.Equals.Number(p.without(-1)); err != nil {
		return err
	}
	that, err := p.estimate(e.That)
	if err != nil {
		return err
	}
	r.Value, r.Half = that.value, that.half()
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
	if s, ok := e.That.Lone(); ok && strings.HasPrefix(s.Statistic, "p") && !e.Equals.Measured() {
		r.SE = that.se
	}
	chance, blind := r.chance(), ""
	if !e.Equals.Measured() {
		chance, blind = that.counted.chance(r.Expected, chance), that.blind(r.Expected)
		if loose := that.counted.clustered(r.Expected); loose > chance && chance < falseAlarms {
			chance, blind = loose, that.counted.few()
		}
		if likely := p.alike(e.That, r); likely > chance && e.Within.Kind == language.StandardErrors {
			chance, blind = likely, fmt.Sprintf("all %d replications found %g, as they may where the mean is %.4g", r.N, r.Value, r.Expected)
		}
	}
	if s, ok := e.That.Lone(); ok {
		p := whole
		for i := range p.Outcomes {
			if blind == "" && p.vacuous(i, s) {
				blind = fmt.Sprintf("replication %d measured no %s", i+1, s.Path)
			}
		}
	}
	r.weigh(e.Within, chance)
	if alike, err := whole.tooAlike(e.That); err != nil || alike != "" {
		r.decideNot("%s", alike)
		return err
	}
	switch {
	case r.Verdict == Fail || r.P < r.alone:
	case e.Precision == nil && blind != "":
		r.decideNot("%s", blind)
	case e.Precision != nil && !(r.Half <= bound(*e.Precision, r.Value)):
		r.decideNot("the half-width is %s, not within the precision of %v", inWords(r.Half, 4), *e.Precision)
	}
	return nil
}

// chance is how probable the difference is by Student's t.
func (r *Result) chance() float64 {
	diff := r.Value - r.Expected
	if math.Abs(diff) <= rounding*math.Abs(r.Expected) && !math.IsNaN(r.SE) {
		return 1
	}
	return metrics.StudentTail(diff/r.SE, r.N)
}

// mind makes undecided what rests on attempts that the end of the run cut off, or on
// a warm-up that was not found.
func (p *Point) mind(slots []language.Slot, r *Result) {
	measured := slices.ContainsFunc(slots, func(s language.Slot) bool { return s.Metric != nil })
	if n := p.short(); n > 0 && measured {
		r.decideNot("%d of %d runs are too short to find their warm-up", n, len(p.Outcomes))
	}
	for _, slot := range slots {
		if slot.Kind == language.Paired {
			if c, base, other := p.pair(slot); base != nil {
				base.mind(c.Metric.Slots, r)
				other.mind(c.Metric.Slots, r)
			}
			continue
		}
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
