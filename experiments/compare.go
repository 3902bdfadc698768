package experiments

import (
	"encoding/csv"
	"io"
	"math"
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
	n := min(len(base.Outcomes), len(other.Outcomes))
	from, to := base.first(n), other.first(n)
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
	return &Point{Point: p.Point, Outcomes: p.Outcomes[:n], Derived: p.Derived}
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
