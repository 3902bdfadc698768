package experiments

import (
	"math"
	"slices"
	"strings"

	"netsim/experiments/language"
)

// column is a number that tables report of every run.
type column struct{ path, statistic, unit string }

func (c column) name() string { return c.path + "." + c.statistic }

// suffix is the unit as the name of a column ends.
func (c column) suffix() string {
	if c.unit == "" {
		return ""
	}
	return "_" + c.unit
}

// grid is what tables report of a study. To look at all that every run has measured
// takes longer than all else about a table, so it is done once for all of them.
type grid struct {
	columns []column
	cells   [][][]float64 // by point, outcome and column; NaN is none
}

// grid is made when it is first asked for; whoever changes the outcomes takes it away.
func (s *Study) grid() *grid {
	if s.tabled == nil {
		g := &grid{columns: s.columns()}
		for _, p := range s.Points {
			rows := make([][]float64, len(p.Outcomes))
			for i, o := range p.Outcomes {
				rows[i] = o.row(g.columns)
			}
			g.cells = append(g.cells, rows)
		}
		s.tabled = g
	}
	return s.tabled
}

// row is the numbers of a run in columns, of which those of a measure stand together.
func (o *Outcome) row(columns []column) []float64 {
	numbers := make([]float64, len(columns))
	var m *Measure
	for i, c := range columns {
		if i == 0 || c.path != columns[i-1].path {
			m = o.Measures[c.path]
		}
		if numbers[i] = math.NaN(); m != nil {
			numbers[i] = m.Statistic(c.statistic)
		}
	}
	return numbers
}

// columns are those of everything measured that is not zero or empty in every
// run; what flows count is always there, what is of single members if the file says so.
func (s *Study) columns() (all []column) {
	paths := slices.DeleteFunc(s.Paths(), func(path string) bool {
		_, member := ofMember(path)
		return member && !s.File.Output.Members
	})
	noteworthy := s.noteworthy(slices.Clone(paths))
	for _, path := range paths {
		for _, p := range s.Points {
			if m := p.Outcomes[0].Measures[path]; m != nil && noteworthy[path] {
				for _, statistic := range m.Statistics() {
					all = append(all, column{path, statistic, m.UnitOf(statistic)})
				}
				break
			}
		}
	}
	return all
}

// noteworthy are the paths under which a run found something. It uses up the list.
func (s *Study) noteworthy(paths []string) map[string]bool {
	found := map[string]bool{}
	for _, p := range s.Points {
		for _, o := range p.Outcomes {
			paths = slices.DeleteFunc(paths, func(path string) bool {
				m := o.Measures[path]
				found[path] = m != nil && m.noteworthy(path)
				return found[path]
			})
		}
	}
	return found
}

func (m *Measure) noteworthy(path string) bool {
	switch m.Class {
	case language.Counter:
		return m.Count > 0 || strings.HasPrefix(path, "flow.")
	case language.Sample:
		return m.Sample.N() > 0
	}
	return m.Level.Max() > 0
}
