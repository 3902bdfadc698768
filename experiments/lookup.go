package experiments

import (
	"fmt"
	"math"

	"netsim/experiments/language"
	"netsim/metrics"
)

// without gives expressions the point's values, the metrics pooled over all
// replications but one; -1 leaves none out.
func (p *Point) without(leaveOut int) language.Lookup {
	var runs []*Outcome
	for i, o := range p.Outcomes {
		if i != leaveOut {
			runs = append(runs, o)
		}
	}
	return p.over(runs)
}

// only gives the metrics of one replication.
func (p *Point) only(i int) language.Lookup { return p.over(p.Outcomes[i : i+1]) }

// whole is a metric without statistic in an expression, which takes no pointers.
type whole struct{ *Measure }

func (p *Point) over(runs []*Outcome) language.Lookup {
	return func(s language.Slot) (any, error) {
		switch s.Kind {
		case language.Derived:
			if v, ok := p.Derived[s.Path]; ok {
				return v, nil
			}
		case language.Opened:
			return p.law(s)
		case language.Paired:
			return p.paired(s, runs)
		case language.Statistic, language.Whole:
			m, err := Pooled(runs, s.Subject)
			if err != nil || s.Kind == language.Whole {
				return whole{m}, err
			}
			return m.Statistic(s.Statistic), nil
		case language.Members:
			return each(runs, s)
		}
		return p.Point.Lookup(s)
	}
}

// jackknife is a number of the pooled replications and its standard error,
// not-a-number for a single one.
func (p *Point) jackknife(eval func(language.Lookup) (float64, error)) (value, se float64, err error) {
	if value, err = eval(p.without(-1)); err != nil || len(p.Outcomes) < 2 {
		return value, math.NaN(), err
	}
	value, se = metrics.Jackknife(len(p.Outcomes), func(leaveOut int) float64 {
		v, failed := eval(p.without(leaveOut))
		if failed != nil {
			err = failed
		}
		return v
	})
	return value, se, err
}

// Pooled is a metric, by its path without statistic, over several runs.
func Pooled(runs []*Outcome, path string) (*Measure, error) {
	measures := make([]*Measure, len(runs))
	for i, o := range runs {
		if measures[i] = o.Measures[path]; measures[i] == nil {
			return nil, fmt.Errorf("%s was not measured", path)
		}
	}
	if len(runs) == 0 {
		return nil, fmt.Errorf("%s: no run was made", path)
	}
	return pool(measures), nil
}
