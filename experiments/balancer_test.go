package experiments

import (
	"strings"
	"testing"
)

// balanced is clients of a service that four hosts provide. A connection lasts a
// second and a little; 40 are open on average.
const balanced = `
[default.node]
tcp.time_wait = "1 s"
[node.client]
count = 20
[node.edge]
kind = "router"
[node.front]
kind    = "balancer"
balance = { mode = "nat", port = 80, to = ["a:8080", "b:8080", "c:8080", "d:8080"] }
[node.a]
[node.b]
[node.c]
[node.d]
[link.access]
ends  = ["client", "edge"]
delay = "1 ms"
[link.core]
ends  = ["edge", "front"]
delay = "1 ms"
[link.rack_a]
ends  = ["front", "a"]
delay = "1 ms"
[link.rack_b]
ends  = ["front", "b"]
delay = "1 ms"
[link.rack_c]
ends  = ["front", "c"]
delay = "1 ms"
[link.rack_d]
ends  = ["front", "d"]
delay = "1 ms"
[flow.web]
from     = "client"
to       = "front:80"
arrivals = { process = "poisson", rate = "40/s" }
request  = "100 B"
response = "100 B"
service  = "1 s"
[run]
warmup   = "5 s"
duration = "205 s"
`

// However connections are spread and carried, all of them are served. At random,
// what a server has is Poisson distributed, its variance its mean; the least busy
// server takes an even share of the Poisson distributed whole, and the variance is
// that of the whole over the square of the number of servers, a quarter of the
// mean here, but for what cannot be shared evenly.
func TestBalancer(t *testing.T) {
	for _, c := range []struct {
		method      string
		least, most float64 // variance over mean, of the connections at a server
	}{
		{"random", .8, 1.2}, {"hash", .8, 1.2}, {"least-connections", .2, .4}, {"round-robin", .2, .4},
	} {
		for _, mode := range []string{"forward", "nat"} {
			source := balanced
			if mode == "forward" { // handed over as they are, packets keep their port
				source = strings.ReplaceAll(balanced, ":8080", ":80")
			}
			s := study(t, source, "node.front.balance.method="+c.method, "node.front.balance.mode="+mode)
			if n, jobs := s.value(t, "flow.web.failed.total"), s.value(t, "flow.web.jobs.total"); n != 0 || s.value(t, "flow.web.jobs_done.total") != jobs {
				t.Errorf("%s, %s: %v of %v failed", c.method, mode, n, jobs)
			}
			for _, server := range []string{"a", "b", "c", "d"} {
				if d := s.value(t, "node."+server+".established.count.dispersion"); d < c.least || d > c.most {
					t.Errorf("seed 1: %s, %s: dispersion %.3f at %s, want %v to %v", c.method, mode, d, server, c.least, c.most)
				}
			}
		}
	}
}
