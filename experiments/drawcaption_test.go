package experiments

import (
	"slices"
	"strings"
	"testing"

	"netsim/plots"
)

const captioned = `
[run]
replications = 3
[node.client]
[node.server]
[link.wire]
ends  = ["client", "server"]
delay = "= late"
loss  = "10 %"
[flow.talk]
from = "client"
to   = "server:7"
arrivals = { process = "even", rate = "20/s", count = 40 }
[param]
late  = "10 ms"
size  = "3 kB"
twice = "= 2 * late"
[case.closer.one]
label = "the client closes"
[case.closer.two]
label = "the server closes"
flow.talk.close.by = "server"
[figure.both]
kind = "line"
x    = "late"
y    = "flow.talk.setup_time.mean"
series = "case.closer"
[figure.one]
kind  = "ccdf"
of    = "flow.talk.setup_time"
where = "case.closer == 'one'"
series = "param.late"
[figure.own]
kind    = "bar"
x       = "case.closer"
y       = "flow.talk.setup_time.mean"
series  = "param.late"
caption = "Mine. 한 中"
[sweep.axes]
param.late = ["10 ms", "20 ms"]
`

// TestCaptions: a caption names what is the same in all of the figure, and no parameter
// that is swept or follows from others; what no font has is noted of the run.
func TestCaptions(t *testing.T) {
	s, err := Run(t.Context(), parse(t, captioned, "link.wire.loss=5 %"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"both": "test.toml: size = 3 kB, link.wire.loss = 5 %; 3 replications, seed 1; bars: 95 % intervals of the mean",
		"one":  "test.toml: the client closes, size = 3 kB, link.wire.loss = 5 %; 3 replications, seed 1",
		"own":  "Mine. 한 中",
	}
	for _, f := range s.File.Figures {
		p, err := s.Picture(f, Look{})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.(*plots.Figure).Caption; got != want[f.Name] {
			t.Errorf("figure.%s says %q, want %q", f.Name, got, want[f.Name])
		}
	}
	notes, err := s.Notes()
	if err != nil || !slices.ContainsFunc(notes, func(line string) bool {
		return strings.HasPrefix(line, "figure.own: no font of PNG and PDF has '한' (U+D55C); a box")
	}) {
		t.Errorf("noted is %q, %v", notes, err)
	}
}
