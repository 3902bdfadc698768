package experiments

import (
	"fmt"
	"math"
	"testing"

	"netsim/experiments/language"
	"netsim/theory"
)

// TestSteady: a run that begins in the steady state is in it from the first second on.
// The number in TIME-WAIT is Poisson where there is room, at whichever end closes; with
// c ports it is Erlang's, and so is the share of connections that find none.
func TestSteady(t *testing.T) {
	const file = `
[run]
duration = "10 s"
replications = %d
[default.node]
tcp.time_wait = "10 s"
[node.client]
count = 2
ports.range = "40000-40%s"
[node.server]
[link.wire]
ends = ["client", "server"]
delay = "100 us"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "%s", rate = "%v/s" }
close = { by = "%s", after = "10 ms" }
initial = "steady"
[expect.looked]
that = "at(node.client.time_wait.count, 0*s) + at(node.client.time_wait.count, 1*s) + at(node.client.time_wait.count, 10*s - 1*ns) + at(node.server.time_wait.count, 1*s) >= 0"
`
	for _, c := range []struct {
		process        string
		rate           float64
		ports          string
		by             string
		client, server float64
	}{
		{"poisson", 40, "999", "client", 400, 0},
		{"poisson", 40, "999", "server", 0, 1000 * -math.Expm1(-.4)}, // of 500 even ports of each client, which a SYN reopens
		{"poisson", 40, "999", "both", 400, 400},
		{"poisson", 16, "079", "client", 160 * (1 - theory.ErlangB(80, 80)), 0}, // 80 ports each
		{"even", 40, "999", "client", 400, 0},
		{"even", 40, "099", "client", 200, 0},
	} {
		name := fmt.Sprintf("%s %v/s to %s, closed by %s", c.process, c.rate, c.ports, c.by)
		s := study(t, fmt.Sprintf(file, 20, c.ports, c.process, c.rate, c.by))
		for node, want := range map[string]float64{"client": c.client, "server": c.server} { // order-free: each by itself
			level, err := Pooled(s.Points[0].Outcomes, "node."+node+".time_wait.count")
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range []float64{0, 1} {
				if node == "server" && at == 0 {
					continue
				}
				got := level.At(at)
				if slack := 4*math.Sqrt(want/20) + 2; math.Abs(got-want) > slack {
					t.Errorf("%s: %v wait at the %s after %v s, want %v (seed 1)", name, got, node, at, want)
				}
			}
			if got := level.Statistic("mean"); math.Abs(got-want) > 4*math.Sqrt(want/20)+1 {
				t.Errorf("%s: %v wait at the %s in the mean, want %v (seed 1)", name, got, node, want)
			}
		}
		if got := s.value(t, "node.server.time_wait.left.reopened.total"); (got > 0) != (c.by == "server") {
			t.Errorf("%s: %v were reopened", name, got)
		}
	}
	for _, wrong := range []string{`close.by = "nobody"`, `arrivals.count = 7`, `pool.size = 3`, `local.port = 9`, `arrivals.start = "1 s"`, `close.how = "rst"`} {
		_, err := language.Parse("test.toml", []byte(pair+`
delay = "1 ms"
[run]
duration = "1 s"
[flow.web]
from = "client"
to = "server:80"
request = "1 B"
response = "1 B"
initial = "steady"
arrivals.process = "even"
arrivals.rate = "1/s"
`+wrong))
		if err == nil {
			t.Errorf("%s and a steady start are not refused", wrong)
		}
	}
}
