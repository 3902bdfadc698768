package experiments

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"netsim/des"
	"netsim/experiments/language"
	"netsim/metrics"
)

// Measure is what one run, or several pooled, found of one metric: a counter, a
// sample or a level. Times are kept in ns and reported in s.
type Measure struct {
	Class language.Class
	Unit  float64 // what is reported counts in: 1e9 where ns are reported in s
	Each  float64 // what each of those recorded stands for: the bytes of a connection
	Name  string  // of the unit: "s", "B" or none

	Count, Of uint64  // of a counter; Of is its parent's
	Runs      int     // how many are pooled
	Seconds   float64 // measured, all runs together

	Sample *metrics.Sample
	Level  *metrics.LevelResult

	// Of a level, where it was asked for.
	Series  []*metrics.Series // one a run
	Moments []moment          // of all runs

	Edges []edges // of a counter, where it was asked for: one a run
}

// edges are when a counter counted first and last; -1 is never.
type edges struct{ first, last des.Time }

// moment is a level's value at a time.
type moment struct {
	at    des.Time
	value int64
}

func counter(n, of uint64, seconds float64) *Measure {
	return &Measure{Class: language.Counter, Unit: 1, Each: 1, Count: n, Of: of, Runs: 1, Seconds: seconds}
}

func sample(s *metrics.Sample, unit float64) *Measure {
	name := ""
	if unit == inSeconds {
		name = "s"
	}
	return &Measure{Class: language.Sample, Unit: unit, Each: 1, Name: name, Sample: s, Runs: 1}
}

func level(l *metrics.LevelResult, each, unit float64) *Measure {
	return &Measure{Class: language.Level, Unit: unit, Each: each, Level: l, Runs: 1}
}

// inBytes names the unit of what counts bytes.
func (m *Measure) inBytes() *Measure {
	m.Name = "B"
	return m
}

// Statistics are the last words under which the measure is reported in tables.
func (m *Measure) Statistics() []string {
	switch m.Class {
	case language.Counter:
		return []string{"total"}
	case language.Sample:
		return []string{"n", "mean", "sd", "min", "p50", "p99", "max"}
	}
	return []string{"mean", "sd", "min", "max", "end"}
}

// UnitOf is the unit of one of its statistics.
func (m *Measure) UnitOf(statistic string) string {
	if statistic == "n" {
		return ""
	}
	return m.Name
}

// pool merges the measures of several runs: counters and times add up, samples
// join, levels follow one another.
func pool(runs []*Measure) *Measure {
	if len(runs) == 1 {
		return runs[0]
	}
	all := &Measure{Class: runs[0].Class, Unit: runs[0].Unit, Each: runs[0].Each, Name: runs[0].Name}
	for _, m := range runs {
		all.Runs += m.Runs
		all.Count += m.Count
		all.Of += m.Of
		all.Seconds += m.Seconds
		all.Series = append(all.Series, m.Series...)
		all.Moments = append(all.Moments, m.Moments...)
		all.Edges = append(all.Edges, m.Edges...)
		if m.Sample != nil {
			if all.Sample == nil {
				all.Sample = new(metrics.Sample)
			}
			all.Sample.Merge(m.Sample)
		}
		if m.Level != nil {
			if all.Level == nil {
				all.Level = new(metrics.LevelResult)
			}
			all.Level.Merge(m.Level)
		}
	}
	return all
}

// Statistic is one number of the measure by the last word of its path, NaN if
// nothing was measured. Totals, n, ends and integrals are means over the pooled
// runs.
func (m *Measure) Statistic(name string) float64 {
	switch m.Class {
	case language.Counter:
		return m.ofCounter(name)
	case language.Sample:
		return m.ofSample(name)
	}
	return m.ofLevel(name)
}

func (m *Measure) ofCounter(name string) float64 {
	switch name {
	case "total":
		return float64(m.Count) / float64(m.Runs)
	case "rate":
		return float64(m.Count) / m.Seconds
	case "fraction":
		return float64(m.Count) / float64(m.Of)
	case "first", "last":
		return m.edge(name)
	}
	return math.NaN()
}

// edge is the mean over the runs of when the counter counted first, or last: +Inf
// if in one it never did.
func (m *Measure) edge(name string) float64 {
	sum := 0.0
	for _, e := range m.Edges {
		at := e.first
		if name == "last" {
			at = e.last
		}
		if at < 0 {
			return math.Inf(1)
		}
		sum += at.Seconds()
	}
	return sum / float64(len(m.Edges))
}

func (m *Measure) ofSample(name string) float64 {
	if name == "n" {
		return float64(m.Sample.N()) / float64(m.Runs)
	}
	return m.ofDistribution(m.Sample, name)
}

func (m *Measure) ofLevel(name string) float64 {
	l := m.Level
	switch name {
	case "end":
		return l.End() * m.Each / m.Unit
	case "integral":
		return l.Integral().Float64() / 1e9 * m.Each / m.Unit / float64(m.Runs)
	case "dispersion":
		return l.Dispersion() * m.Each / m.Unit
	}
	return m.ofDistribution(l, name)
}

// distribution is what a sample has over its cases and a level over time.
type distribution interface {
	Mean() float64
	SD() float64
	Min() float64
	Max() float64
	Quantile(q float64) float64
}

func (m *Measure) ofDistribution(s distribution, name string) float64 {
	var v float64
	switch name {
	case "mean":
		v = s.Mean()
	case "sd":
		v = s.SD()
	case "min":
		v = s.Min()
	case "max":
		v = s.Max()
	default:
		v = s.Quantile(quantileOf(name))
	}
	return v * m.Each / m.Unit
}

// quantileOf reads "p99_9" as .999.
func quantileOf(name string) float64 {
	f, err := strconv.ParseFloat(strings.Replace(strings.TrimPrefix(name, "p"), "_", ".", 1), 64)
	if err != nil {
		return math.NaN()
	}
	return f / 100
}

// Empty reports whether there is nothing that a statistic could be of.
func (m *Measure) Empty() bool {
	switch m.Class {
	case language.Sample:
		return m.Sample.N() == 0
	case language.Level:
		return m.Level.Span() == 0
	}
	return false
}

// At is the mean over the runs of a level's value at a time, in s:
// [language.Measured]. It is exact where the time was known before the run, else
// the value last sampled.
func (m *Measure) At(seconds float64) float64 {
	t := des.Time(math.Round(seconds * 1e9))
	sum, n := 0.0, 0
	for _, seen := range m.Moments {
		if seen.at == t {
			sum += float64(seen.value)
			n++
		}
	}
	if n < m.Runs {
		sum, n = 0, len(m.Series)
		for _, s := range m.Series {
			sum += s.At(t)
		}
	}
	return sum / float64(n) * m.Each / m.Unit
}

// CDF, Quantile and Above are of a sample's distribution.
func (m *Measure) CDF(x float64) float64 { return m.Sample.CDF(m.raw(x)) }

// Quantile is the least value that a share q does not exceed.
func (m *Measure) Quantile(q float64) float64 { return m.Sample.Quantile(q) * m.Each / m.Unit }

// Above is the share of values above x.
func (m *Measure) Above(x float64) float64 { return 1 - m.CDF(x) }

// raw is x in what is recorded.
func (m *Measure) raw(x float64) int64 { return int64(math.Round(x * m.Unit)) }

// Outcome is what a run found: its measures by path, without statistic.
type Outcome struct {
	Replication int                 `json:"replication"`
	Measures    map[string]*Measure `json:"-"`
	Censored    map[string]uint64   `json:"censored,omitempty"` // by flow: measured attempts that the end of the run cut off
	Unclosed    map[string]uint64   `json:"unclosed,omitempty"` // by flow: measured connections whose closing it cut off
	Events      uint64              `json:"events"`             // those of looking alone apart
	Packets     uint64              `json:"packets"`
	End         des.Time            `json:"end"`
	Digest      string              `json:"digest,omitempty"`    // of all packets that hosts sent, where it was asked for
	Transient   *Transient          `json:"transient,omitempty"` // nil where the beginning is not measured

	Batches []map[string]*Measure `json:"-"` // of a run that is its own replications: what was measured in each stretch of it
}

// Paths lists the outcome's metrics in the order of the alphabet.
func (o *Outcome) Paths() []string {
	paths := make([]string, 0, len(o.Measures))
	for p := range o.Measures { // order-free: sorted below
		paths = append(paths, p)
	}
	slices.Sort(paths)
	return paths
}
