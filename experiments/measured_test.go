package experiments

import (
	"slices"
	"strings"
	"testing"

	"netsim/experiments/language"
)

// TestEverythingIsMeasured holds the table of metrics against what runs find:
// every metric of this version is there, of its class and in its unit, and
// nothing is there that has no name in the language.
func TestEverythingIsMeasured(t *testing.T) {
	s, err := Run(t.Context(), parse(t, pair+`
delay = "10 ms"
rule.lost = { match = "any", nth = 1, do = "drop" }
[run]
replications = 2
[flow.web]
from = "client"
to = "server:80"
[expect.memory]
that = "node.client.memory.bytes.max > 0 and link.wire.busy.max >= 0"
`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := s.Points[0].Outcomes[0]
	for path, m := range study(t, behindNAT).Points[0].Outcomes[0].Measures {
		if strings.HasPrefix(path, "node.edge") {
			o.Measures[path] = m
		}
	}
	named := map[string]*language.Metric{}
	for m := range language.Metrics() {
		for _, state := range []string{"syn_sent", "syn_received", "established", "fin_wait_1", "fin_wait_2", "close_wait", "closing", "last_ack", "time_wait"} {
			path := strings.NewReplacer("flow.*", "flow.web", "node.*", "node.client", "link.*", "link.wire", "rule.*", "rule.lost", "<state>", state).Replace(m.Path)
			if strings.Contains(path, "listen.*") {
				path = strings.NewReplacer("node.client", "node.server", "listen.*", "listen.p80").Replace(path)
			}
			if words := strings.Split(m.Path, "."); len(words) > 2 && slices.Contains([]string{"sessions", "nat", "refused", "reports"}, words[2]) {
				path = strings.Replace(path, "node.client", "node.edge", 1)
			}
			named[path] = m
		}
	}
	for path, m := range named {
		found := o.Measures[path]
		switch {
		case found == nil && path != "node.server.memory.bytes":
			t.Errorf("%s is a metric of the language, and no run measures it", path)
		case found != nil && (found.Class != m.Class || found.Name != m.Unit):
			t.Errorf("%s is a %s in %q, and to the language a %s in %q", path, found.Class, found.Name, m.Class, m.Unit)
		case found != nil && m.Class == language.Counter && (m.Of != "") != (found.Of > 0 || strings.Contains(path, "stale") || strings.Contains(path, "packets.received") || strings.Contains(path, "left") || strings.HasPrefix(path, "node.edge.refused")):
			t.Errorf("%s is counted of %d, and to the language of %q", path, found.Of, m.Of)
		}
	}
	for path := range o.Measures {
		word := strings.NewReplacer("link.wire.forward", "link.wire", "link.wire.back", "link.wire", "node.server.listen", "node.SERVER.listen",
			"node.server", "node.client", "node.SERVER", "node.server").Replace(path)
		if named[word] == nil && named[path] == nil {
			t.Errorf("%s is measured, and has no name in the language", path)
		}
	}
	if m, err := Pooled(s.Points[0].Outcomes, "node.client.memory.bytes"); err != nil || m.Statistic("max") != 3584 {
		t.Errorf("memory of a client with one socket is %v, %v; want 3584 B", m, err)
	}
}

// TestEveryLevelCanBeSeries holds that every level of the language can be looked
// at over time, and that the last look shows what stands at the end.
func TestEveryLevelCanBeSeries(t *testing.T) {
	var levels []string
	for m := range language.Metrics() {
		if m.Class == language.Level {
			levels = append(levels, strings.NewReplacer("flow.*", "flow.web", "node.*.sessions", "node.edge.sessions", "node.*.nat", "node.edge.nat", "node.*.listen.*", "node.server.listen.p80", "node.*", "node.client", "link.*", "link.wire", "<state>", "established").Replace(m.Path))
		}
	}
	s := study(t, `
[node.client]
[node.edge]
kind = "nat"
nat.inside = "client"
[node.server]
[link.wire]
ends = ["client", "edge"]
delay = "5 ms"
[link.far]
ends = ["edge", "server"]
delay = "5 ms"
[run]
duration = "10 s"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "10/s", stop = "5 s" }
close = { by = "nobody" }
[output]
every = "1 s"
series = ["`+strings.Join(levels, `", "`)+`"]
`)
	for _, path := range levels {
		m := s.Points[0].Outcomes[0].Measures[path]
		if m == nil || len(m.Series) != 1 || len(m.Series[0].Values) != 10 {
			t.Errorf("%s has no series", path)
			continue
		}
		if got, want := m.At(9), m.Statistic("end"); got != want {
			t.Errorf("%s is %v at the end, and the last look saw %v", path, want, got)
		}
	}
	if len(levels) < 8 {
		t.Errorf("levels are %q", levels)
	}
}
