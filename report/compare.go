package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"netsim/experiments"
)

// comparison is the numbers of several results beside each other.
type comparison struct {
	Names []string
	Rows  []comparedRow // the clear changes first
	Left  int           // that have no room
	Same  int           // numbers that do not differ
}

// comparedRow is one number at one point. Change is that of the last against the
// first, in percent.
type comparedRow struct {
	At, Metric, Unit string
	Cells            []string
	Change           string
	Clear            bool // the intervals of the first and the last do not meet
}

// compare puts what all results have at points of the same name into rows; of a
// single point each the name does not matter.
func compare(results []*Result) *comparison {
	c := &comparison{}
	single := true
	for _, r := range results {
		c.Names = append(c.Names, r.Folder)
		single = single && len(r.Study.Points) == 1
	}
	type place struct{ at, metric string }
	rows := make([]map[place]experiments.SummaryRow, len(results))
	var order []place
	for i, r := range results {
		rows[i] = map[place]experiments.SummaryRow{}
		for row := range r.Study.Summary(r.Verdicts) {
			k := place{row.Point.Label(), row.Metric}
			if single {
				k.at = ""
			}
			rows[i][k] = row
			if i == 0 {
				order = append(order, k)
			}
		}
	}
	for _, k := range order {
		if slices.ContainsFunc(rows, func(m map[place]experiments.SummaryRow) bool { _, ok := m[k]; return !ok }) {
			continue
		}
		first, last := rows[0][k], rows[len(rows)-1][k]
		if !slices.ContainsFunc(rows, func(m map[place]experiments.SummaryRow) bool { return differs(m[k].Mean, first.Mean) }) {
			c.Same++
			continue
		}
		row := comparedRow{At: k.at, Metric: k.metric, Unit: first.Unit}
		for i := range rows {
			v := rows[i][k]
			row.Cells = append(row.Cells, experiments.UnitFor(v.Unit, v.Mean).Around(v.Mean, v.Half))
		}
		if d := 100 * (last.Mean/first.Mean - 1); !math.IsNaN(d) && !math.IsInf(d, 0) {
			row.Change = fmt.Sprintf("%+.3g %%", d)
		}
		row.Clear = math.Abs(last.Mean-first.Mean) > half(first)+half(last)
		c.Rows = append(c.Rows, row)
	}
	slices.SortStableFunc(c.Rows, func(a, b comparedRow) int {
		switch {
		case a.Clear == b.Clear:
			return 0
		case a.Clear:
			return -1
		}
		return 1
	})
	if over := len(c.Rows) - mostNumbers; over > 0 {
		c.Rows, c.Left = c.Rows[:mostNumbers], over
	}
	return c
}

// differs tells of two means whether they are more than the arithmetic apart.
func differs(a, b float64) bool {
	return math.IsNaN(a) != math.IsNaN(b) || math.Abs(a-b) > 1e-12*max(math.Abs(a), math.Abs(b))
}

// half is the half-width, none where a single run has no interval.
func half(r experiments.SummaryRow) float64 {
	if math.IsNaN(r.Half) {
		return math.Inf(1)
	}
	return r.Half
}

// paired is a comparison that the file makes at two of its points, over replications
// with the same random numbers.
type paired struct {
	Name, Metric, At           string
	From, To                   string // what the points are called where they differ
	Base, Other, Difference, N string
	Clear                      bool // zero is not in the interval
}

// differences are what the file compares.
func (s *section) differences(study *experiments.Study) error {
	all, err := study.Differences()
	if err != nil {
		return err
	}
	for _, d := range all {
		u := experiments.UnitFor(d.Unit, d.Base, d.Other)
		p := paired{Name: d.Name, Metric: strings.Join(strings.Fields(d.Metric.Source), " "), Base: u.Alone(round(d.Base)), Other: u.Alone(round(d.Other)),
			Difference: experiments.UnitFor(d.Unit, d.Mean).Around(d.Mean, d.Half), N: fmt.Sprint(d.N), Clear: d.Low() > 0 || d.High() < 0}
		var at, from, to []string
		for i, c := range d.From.Cases {
			if o := d.To.Cases[i]; o.Name == c.Name {
				at = append(at, c.Label)
			} else {
				from, to = append(from, c.Label), append(to, o.Label)
			}
		}
		p.At, p.From, p.To = strings.Join(at, ", "), strings.Join(from, ", "), strings.Join(to, ", ")
		s.Compared = append(s.Compared, p)
	}
	return nil
}

// round leaves five digits of a number: more are not read.
func round(v float64) float64 {
	r, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 5, 64), 64) // what was just written
	return r
}
