package experiments

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"

	"netsim/experiments/language"
	"netsim/metrics"
)

// decimals writes a number with 12 digits, and nothing for what is not one.
func decimals(f float64) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return ""
	}
	return strconv.FormatFloat(f, 'g', 12, 64)
}

// Paths are those measured at any point.
func (s *Study) Paths() []string {
	union := &Outcome{Measures: map[string]*Measure{}}
	for _, p := range s.Points {
		for path, m := range p.Outcomes[0].Measures { // order-free: a set
			union.Measures[path] = m
		}
	}
	return union.Paths()
}

// axes are the columns of the axes: case.style, link.wire.delay_s.
func (s *Study) axes() (names []string) {
	for _, c := range s.Points[0].Cases {
		names = append(names, c.Path+c.Suffix())
	}
	return names
}

// cases are the cells of the axes: the name of a case, a value in its base unit.
func (p *Point) cases() (names []string) {
	for _, c := range p.Cases {
		if f, ok := language.Base(c.Value).(float64); ok {
			names = append(names, decimals(f))
		} else {
			names = append(names, c.Name)
		}
	}
	return names
}

// WriteResults writes the tidy table of all runs as CSV, a row a run: a column for
// each axis (case.style, link.wire.delay_s), replication, seed, run (its ID), and one for each number that is not
// zero or empty in every run, by its path with the unit behind
// (flow.web.setup_time.mean_s). What was not measured is left empty.
func (s *Study) WriteResults(w io.Writer) error {
	out := csv.NewWriter(w)
	grid := s.grid()
	head := append(s.axes(), "replication", "seed", "run")
	auto := s.Points[0].Spec.Run.Warmup == language.Auto
	if auto {
		head = append(head, "warmup_s")
	}
	for _, c := range grid.columns {
		head = append(head, c.name()+c.suffix())
	}
	_ = out.Write(head) // Flush and Error follow
	for at, p := range s.Points {
		for i, o := range p.Outcomes {
			row := append(p.cases(), strconv.Itoa(o.Replication), strconv.FormatUint(s.Seed, 10), string(s.ID(Task{at, o.Replication})))
			if auto {
				row = append(row, o.Transient.cell())
			}
			for _, v := range grid.cells[at][i] {
				row = append(row, decimals(v))
			}
			_ = out.Write(row)
		}
	}
	out.Flush()
	return out.Error()
}

// SummaryRow is a number at a point: the mean over the replications with its
// confidence interval.
type SummaryRow struct {
	Point  *Point
	Metric string // path and statistic
	Unit   string
	metrics.Interval
	N                  int    // replications that have it
	Theory, Z, Verdict string // of an expectation that is about it; see [Result.Z]
}

// Summary yields what is worth noting at every point, in order.
func (s *Study) Summary(results []*Result) iter.Seq[SummaryRow] {
	return func(yield func(SummaryRow) bool) {
		grid := s.grid()
		for at, p := range s.Points {
			for i, c := range grid.columns {
				if p.Outcomes[0].Measures[c.path] == nil {
					continue
				}
				row := SummaryRow{Point: p, Metric: c.name(), Unit: c.unit}
				row.Interval, row.N = p.interval(c, grid.cells[at], i)
				row.Theory, row.Z, row.Verdict = p.theory(c, results)
				if !yield(row) {
					return
				}
			}
		}
	}
}

// interval is that of a column over the replications, or batches, which have a number
// in it; rows are of the point's runs.
func (p *Point) interval(c column, rows [][]float64, at int) (metrics.Interval, int) {
	var values []float64
	if q := p.repeated(); q != p {
		for _, o := range q.Outcomes {
			values = append(values, o.Measures[c.path].Statistic(c.statistic))
		}
	} else {
		for _, row := range rows {
			values = append(values, row[at])
		}
	}
	values = slices.DeleteFunc(values, math.IsNaN)
	if len(values) == 0 {
		return metrics.Interval{Mean: math.NaN(), Half: math.NaN()}, 0
	}
	return metrics.StudentInterval(p.Spec.Run.Confidence, values...), len(values)
}

// WriteSummary writes a row for each number at each point as CSV: its axes,
// metric and unit; mean over the replications, half_width, low and high of the
// confidence interval by Student's t, its confidence, the method, and n, the
// replications or batches that measured it; theory, z and verdict where an expectation is about this number.
// With one replication there is no interval, and its cells are empty.
func (s *Study) WriteSummary(w io.Writer, results []*Result) error {
	out := csv.NewWriter(w)
	_ = out.Write(append(s.axes(), "metric", "unit", "mean", "half_width", "low", "high", "confidence", "method", "n", "theory", "z", "verdict"))
	for r := range s.Summary(results) {
		_ = out.Write(append(r.Point.cases(), r.Metric, r.Unit, decimals(r.Mean), decimals(r.Half), decimals(r.Low()), decimals(r.High()),
			decimals(r.Point.Spec.Run.Confidence), r.Point.method(), strconv.Itoa(r.N), r.Theory, r.Z, r.Verdict))
	}
	out.Flush()
	return out.Error()
}

// method is what the intervals of a point's numbers are from: Student's t over what.
func (p *Point) method() string {
	switch {
	case p.repeated() != p:
		return "t over batches"
	case len(p.Outcomes) > 1:
		return "t over replications"
	}
	return ""
}

// theory is what an expectation says of a number at the point, and how far that is off.
func (p *Point) theory(c column, results []*Result) (theory, z, verdict string) {
	for _, r := range results {
		if r.Point == p && r.That == c.path+"."+c.statistic && !math.IsNaN(r.Expected) {
			return decimals(r.Expected), decimals(r.Z()), r.Verdict.String()
		}
	}
	return "", "", ""
}

// Effective is the configuration of all points as one TOML file; where there are
// several, each is below [point."NAME"].
func (s *Study) Effective() string {
	if len(s.Points) == 1 {
		return s.Points[0].Spec.Effective()
	}
	var b strings.Builder
	for _, p := range s.Points {
		under := fmt.Sprintf("[point.%q.", p.Name())
		for _, line := range strings.SplitAfter(p.Spec.Effective(), "\n") {
			if rest, ok := strings.CutPrefix(line, "["); ok {
				line = under + rest
			}
			b.WriteString(line)
		}
	}
	return b.String()
}
