package experiments

import (
	"math"
	"strings"
	"testing"

	"netsim/experiments/language"
	"netsim/plots"
)

// pair is the smallest network, for tests to add to.
const pair = `
[node.client]
[node.server]
[link.wire]
ends = ["client", "server"]
`

// parse reads an experiment from its text.
func parse(t testing.TB, source string, sets ...string) *language.File {
	t.Helper()
	f, err := language.Parse("test.toml", []byte(source), sets...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// study runs an experiment from its text, with the first connections traced.
func study(t testing.TB, source string, sets ...string) *Study {
	t.Helper()
	s, err := Run(t.Context(), parse(t, source, sets...), Options{Connections: 3, Digest: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// value is a number of the only point, over all its replications.
func (s *Study) value(t testing.TB, path string) float64 {
	t.Helper()
	return s.Points[0].value(t, path)
}

func (p *Point) value(t testing.TB, path string) float64 {
	t.Helper()
	if v, ok := p.Derived[path]; ok {
		return v
	}
	dot := strings.LastIndexByte(path, '.')
	m, err := Pooled(p.Outcomes, path[:dot])
	if err != nil {
		t.Fatal(err)
	}
	return m.Statistic(path[dot+1:])
}

// ns is seconds as whole nanoseconds.
func ns(seconds float64) int64 { return int64(math.Round(seconds * 1e9)) }

// entered is when the first of a host's stays in a state began, -1 if it never
// was in it.
func entered(p plots.LadderPanel, host int, state string) int64 {
	for _, s := range p.States {
		if s.Host == host && s.State == state {
			return s.From
		}
	}
	return -1
}
