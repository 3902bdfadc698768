package report

import (
	"fmt"
	"math"
	"slices"

	"netsim/experiments"
)

// comparison is the numbers of several results beside each other.
type comparison struct {
	Names []string
	Rows  []comparedRow
	Left  int
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
		if len(c.Rows) == mostNumbers {
			c.Left++
			continue
		}
		first, last := rows[0][k], rows[len(rows)-1][k]
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
	return c
}

// half is the half-width, none where a single run has no interval.
func half(r experiments.SummaryRow) float64 {
	if math.IsNaN(r.Half) {
		return math.Inf(1)
	}
	return r.Half
}
