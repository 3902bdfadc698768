package experiments

import (
	"testing"
)

// A proxy whose listener was closed for a while is a proxy again.
func TestProxyComesBack(t *testing.T) {
	s := study(t, farm+`
[event.away]
do = "close-listener"
node = "front"
at = "20 s"
for = "10 s"
`)
	jobs, done := s.value(t, "flow.web.jobs.total"), s.value(t, "flow.web.jobs_done.total")
	if share := done / jobs; share < .8 || share > .87 { // a sixth is refused
		t.Errorf("%v of %v jobs done", done, jobs)
	}
	if n := s.value(t, "node.server.listen.p8080.syns.total"); n < done-20 || n > done+20 {
		t.Errorf("servers saw %v SYNs for %v jobs", n, done)
	}
}

// farm is a proxy 1 ms from its users, whose servers are far away.
const farm = `
[default.node]
tcp.time_wait = "2 s"
[node.client]
count = 10
[node.front]
kind    = "balancer"
balance = { mode = "proxy", port = 80, to = "server:8080", method = "least-connections" }
[node.server]
count = 3
[link.near]
ends  = ["client", "front"]
delay = "1 ms"
[link.far]
ends  = ["front", "server"]
delay = "40 ms"
[flow.web]
from     = "client"
to       = "front:80"
arrivals = { process = "poisson", rate = "50/s" }
request  = "300 B"
response = { dist = "exponential", mean = "2 kB" }
[run]
warmup       = "10 s"
duration     = "70 s"
`

// A proxy is a host: users are connected as fast as it is near, its own connections
// have ports and a TIME-WAIT of its own, one for each of a user's where there is no
// pool, and the servers see as many SYNs. A pool saves them.
func TestProxy(t *testing.T) {
	s := study(t, farm)
	jobs := s.value(t, "flow.web.jobs.total")
	for path, want := range map[string][2]float64{
		"flow.web.setup_time.max":              {.002, .002},
		"flow.web.jobs_done.fraction":          {1, 1},
		"node.server.listen.p8080.syns.total":  {jobs - 15, jobs + 15},
		"node.front.listen.p80.accepted.total": {jobs - 15, jobs + 15},
		"node.front.time_wait.count.mean":      {90, 110}, // 50/s for 2 s
		"node.front.ports.used.max":            {33, 80},
		"flow.web.job_time.min":                {.164, .165},
		"node.server.established.count.mean":   {.9, 14},
	} {
		if got := s.value(t, path); got < want[0]-1e-9 || got > want[1]+1e-9 {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	s = study(t, farm, "node.front.balance.pool.size=20", "node.front.balance.pool.max_requests=25")
	for path, want := range map[string][2]float64{
		"flow.web.setup_time.max":             {.002, .002},
		"flow.web.jobs_done.fraction":         {1, 1},
		"node.server.listen.p8080.syns.total": {jobs/25 - 20, jobs/25 + 20},
		"node.front.time_wait.count.mean":     {3, 5}, // a 25th
		"flow.web.job_time.min":               {.084, .085},
	} {
		if got := s.value(t, path); got < want[0]-1e-9 || got > want[1]+1e-9 {
			t.Errorf("with a pool: %s is %v, want %v", path, got, want)
		}
	}
}
