package experiments

import (
	"fmt"
	"math"
	"testing"

	"netsim/theory"
)

// knocking is a server that nobody listens at, so that every attempt is one segment
// that comes to it, a SYN, and one that goes, a reset: Poisson work for its processor.
const knocking = `
[node.client]
ports.range = "1024-65535"
[node.server]
cpu = { %s }
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
[event.deaf]
at = "0 s"
do = "close-listener"
node = "server"
[run]
replications = 8
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "poisson", rate = "%v/s", count = %d }
`

// around holds the mean over replications of a metric against theory, within 4 of its
// standard errors.
func around(t *testing.T, s *Study, name, path string, want float64) {
	t.Helper()
	sum, squares, n := 0.0, 0.0, float64(len(s.Points[0].Outcomes))
	for _, o := range s.Points[0].Outcomes {
		one := Point{Outcomes: []*Outcome{o}}
		v := one.value(t, path)
		sum, squares = sum+v, squares+v*v
	}
	mean := sum / n
	se := math.Sqrt((squares/n - mean*mean) / (n - 1))
	if z := (mean - want) / se; math.Abs(z) > 4 || math.IsNaN(z) || se > want/5 {
		t.Errorf("%s: %s is %v ± %v, want %v: z = %.1f (seed 1)", name, path, mean, se, want, z)
	}
}

// TestProcessorQueue: segments that come at random to one core that has each for the
// same time are M/D/1; to several, each for an exponential time, M/M/c. A connect()
// that is refused takes the round trip, the wait and the work.
func TestProcessorQueue(t *testing.T) {
	const rate, work, rtt = 1000., .0008, .020
	for _, c := range []struct {
		cpu  string
		wait float64
		rho  float64
	}{
		{`cores = 1, per_segment = "800 us"`, theory.MD1Wait(rate*work, work), rate * work},
		{`cores = 1, per_segment = "400 us", per_lookup = "400 us"`, theory.MD1Wait(rate*work, work), rate * work},
		{`cores = 1, per_segment = { dist = "exponential", mean = "800 us" }`, theory.MM1Wait(rate*work, work), rate * work},
		{`cores = 3, per_segment = { dist = "exponential", mean = "2400 us" }`, theory.MMCWait(3, rate*work*3, 3*work), 3 * rate * work},
	} {
		s := study(t, fmt.Sprintf(knocking, c.cpu, rate, fewer(20_000)))
		each := work * c.rho / (rate * work)
		around(t, s, c.cpu, "node.server.cpu.wait.mean", c.wait)
		around(t, s, c.cpu, "node.server.cpu.busy.mean", c.rho)
		around(t, s, c.cpu, "flow.web.setup_time_all.mean", rtt+c.wait+each)
	}
}

// TestListAndHash: the finding of 1999 (Faber, Touch and Yue, The TIME-WAIT state in
// TCP and its effect on busy servers). A server that closes first keeps N connections
// in TIME-WAIT; where it searches a list, a SYN costs N steps and each of the other
// segments half as many, and where it has a hash table none of this is seen. Closes are
// evenly spaced, connections do not overlap and nobody waits for the processor, so that
// the times are exact: setup takes the SYN through the list, and TIME-WAIT is the
// server's alone.
func TestListAndHash(t *testing.T) {
	const file = `
[run]
warmup = "%s"
duration = "70 s"
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
[node.client]
tcp.time_wait = "0 s"
[node.server]
tcp.time_wait = "20 s"
cpu = { cores = 1, per_segment = "1 us", lookup = "%s", per_lookup = "2 us" }
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "5/s" }
close.by = "server"
`
	for _, c := range []struct {
		lookup, warmup string
		setup          float64 // of the last one
	}{
		{"hash", "0 s", .020 + 3e-6},
		{"list", "60 s", .020 + 1e-6 + 100*2e-6}, // 100 wait at the server
	} {
		s := study(t, fmt.Sprintf(file, c.warmup, c.lookup))
		for _, what := range []string{"min", "max"} {
			if got := s.value(t, "flow.web.setup_time."+what); math.Abs(got-c.setup) > 2.5e-6 {
				t.Errorf("%s: %s setup takes %v s, want %v", c.lookup, what, got, c.setup)
			}
		}
		if got := s.value(t, "node.server.cpu.wait.max"); got != 0 {
			t.Errorf("%s: a segment waited %v s", c.lookup, got)
		}
	}
}

// TestMemoryLimit: what there is memory for is had, and what is beyond it is refused
// where a kernel would: connect() at the client, the SYN at a server without room for
// a request, the third segment of the handshake without room for a socket.
func TestMemoryLimit(t *testing.T) {
	const file = pair + `
delay = "10 ms"
[run]
duration = "1 s"
drain = "1 s"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "1000/s", count = 50 }
close.by = "nobody"
`
	for _, c := range []struct {
		set, path  string
		want, open float64 // clients that are connected in the end
	}{
		{"node.client.memory.limit=35840 B", "flow.web.failed.local_limit.total", 40, 10}, // sockets of 3584 B
		{"node.client.memory.limit=35839 B", "node.client.memory.refused.total", 41, 9},
		{"node.server.memory.limit=3200 B", "node.server.listen.p80.dropped.memory.total", 40, 10}, // requests of 320 B, and no room for a socket
		{"node.server.memory.limit=36160 B", "node.server.established.count.end", 8, 31},           // 8 sockets and 23 requests, one of which would need 3264 B more
	} {
		s := study(t, file, c.set)
		if got := s.value(t, c.path); got != c.want {
			t.Errorf("%s: %s is %v, want %v", c.set, c.path, got, c.want)
		}
		if got := s.value(t, "node.client.established.count.end"); got != c.open {
			t.Errorf("%s: %v clients are connected, want %v", c.set, got, c.open)
		}
	}
}
