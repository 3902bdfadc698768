package experiments

import (
	"encoding/csv"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"netsim/experiments/language"
	"netsim/metrics"
)

// Difference is a number at one point less the same at another, over replications with
// the same random numbers: what both share cancels.
type Difference struct {
	*language.Comparison
	From, To    *Point
	Unit        string
	Base, Other float64 // the number at both, over all replications
	metrics.Interval
	N int // pairs
}

// At names what is the same at both points.
func (d *Difference) At() string {
	var words []string
	for i, c := range d.From.Cases {
		if d.To.Cases[i].Name == c.Name {
			words = append(words, strings.TrimPrefix(c.Path, "case.")+"="+c.Name)
		}
	}
	return strings.Join(words, " ")
}

// Differences makes every comparison of the file at every pair of points it is about.
// The error is the jackknife's, with a pair of replications left out at a time.
func (s *Study) Differences() (all []*Difference, err error) {
	for _, c := range s.File.Compared {
		for _, base := range s.Points {
			for _, other := range s.Points {
				if !c.Beside(base.Point, other.Point) {
					continue
				}
				d, err := differ(c, base, other)
				if err != nil {
					return nil, err
				}
				all = append(all, d)
			}
		}
	}
	return all, nil
}

func differ(c *language.Comparison, base, other *Point) (d *Difference, err error) {
	from := base.repeated().among(other.repeated().Outcomes)
	to := other.repeated().among(from.Outcomes)
	n := len(to.Outcomes)
	d = &Difference{Comparison: c, From: base, To: other, N: n}
	_, d.Unit = c.Metric.Label()
	number := func(p *Point, out int) float64 {
		v, failed := c.Metric.Number(p.without(out))
		if failed != nil {
			err = failed
		}
		return v
	}
	d.Base, d.Other = number(from, -1), number(to, -1)
	se := math.NaN()
	if d.Mean = d.Other - d.Base; n > 1 {
		_, se = metrics.Jackknife(n, func(out int) float64 { return number(to, out) - number(from, out) })
	}
	d.Interval = metrics.Around(base.Spec.Run.Confidence, d.Mean, se, n)
	return d, err
}

// first is the point with its first replications alone.
func (p *Point) first(n int) *Point {
	return &Point{Point: p.Point, Outcomes: p.Outcomes[:n], Derived: p.Derived, study: p.study}
}

// among is the point with those of its replications alone that are among some.
func (p *Point) among(some []*Outcome) *Point {
	q := p.first(0)
	q.Outcomes = nil
	for _, o := range p.Outcomes {
		if o != nil && slices.ContainsFunc(some, func(s *Outcome) bool { return s != nil && s.Replication == o.Replication }) {
			q.Outcomes = append(q.Outcomes, o)
		}
	}
	return q
}

// paired is a number of a comparison over some replications, at a point that is one of
// a pair: not-a-number at others. Of several pairs it is the first.
func (p *Point) paired(s language.Slot, runs []*Outcome) (float64, error) {
	c, base, other := p.pair(s)
	if base == nil {
		return math.NaN(), nil
	}
	base, other = base.among(runs), other.among(runs)
	if s.Statistic == "mean" {
		from, err := c.Metric.Number(base.without(-1))
		if err != nil {
			return math.NaN(), err
		}
		to, err := c.Metric.Number(other.without(-1))
		return to - from, err
	}
	d, err := differ(c, base, other)
	if err != nil {
		return math.NaN(), err
	}
	return map[string]float64{"low": d.Low(), "high": d.High()}[s.Statistic], nil
}

// pair is what a slot compares, and the points of it of which this is one: nil if it is
// one of none.
func (p *Point) pair(s language.Slot) (c *language.Comparison, base, other *Point) {
	for _, c := range p.study.File.Compared {
		if "compare."+c.Name != s.Subject {
			continue
		}
		for _, q := range p.study.Points {
			if c.Beside(q.Point, p.Point) {
				return c, q, p
			}
			if c.Beside(p.Point, q.Point) {
				return c, p, q
			}
		}
	}
	return nil, nil, nil
}

// WriteDifferences writes a row for each comparison at each pair of points as CSV.
func (s *Study) WriteDifferences(w io.Writer) error {
	all, err := s.Differences()
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	_ = out.Write([]string{"compare", "base", "other", "unit", "value_base", "value_other", "mean", "half_width", "low", "high", "confidence", "n"}) // Flush and Error follow
	for _, d := range all {
		_ = out.Write([]string{d.Name, d.From.Name(), d.To.Name(), d.Unit, decimals(d.Base), decimals(d.Other), decimals(d.Mean), decimals(d.Half),
			decimals(d.Low()), decimals(d.High()), decimals(d.From.Spec.Run.Confidence), strconv.Itoa(d.N)})
	}
	out.Flush()
	return out.Error()
}

// compare writes the comparisons, if the file makes any.
func (f *Folder) compare(s *Study) error {
	if len(s.File.Compared) == 0 {
		return nil
	}
	return f.write("compare.csv", s.WriteDifferences)
}
