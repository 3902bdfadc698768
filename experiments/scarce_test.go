package experiments

import (
	"fmt"
	"math"
	"testing"
)

// TestRecycleBehindNAT: a server that recycles TIME-WAIT drops a SYN whose timestamp is
// older than the last of its address within a minute. Of n hosts that share one address
// and have clocks of their own, only the one that is furthest ahead gets through: a share
// of 1/n, from the first connection of that one on (tcp_tw_recycle, gone since Linux
// 4.12). Without timestamps, or without recycling, nobody is dropped.
func TestRecycleBehindNAT(t *testing.T) {
	const file = `
[run]
warmup = "5 s"
duration = "45 s"
[default.node]
ports.select = "sequential"
[node.client]
count = %d
tcp.syn_retries = 0
tcp.timestamps = %v
[node.home]
kind = "nat"
nat.inside = "client"
[node.server]
tcp.tw_recycle = %v
[link.lan]
ends = ["client", "home"]
delay = "1 ms"
[link.wan]
ends = ["home", "server"]
delay = "9 ms"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "20/s" }
spread = "round-robin"
close.by = "server"
`
	for _, c := range []struct {
		n                int
		stamps, recycles bool
		share            float64
	}{{1, true, true, 1}, {2, true, true, .5}, {4, true, true, .25}, {8, true, true, .125}, {4, false, true, 1}, {4, true, false, 1}} {
		s := study(t, fmt.Sprintf(file, c.n, c.stamps, c.recycles))
		if got := s.value(t, "flow.web.opened.fraction"); math.Abs(got-c.share) > 1e-9 {
			t.Errorf("%+v: a share of %v connects", c, got)
		}
		if got := s.value(t, "node.server.listen.p80.dropped.recycle.fraction"); math.Abs(got-(1-c.share)) > 1e-9 {
			t.Errorf("%+v: a share of %v SYNs is dropped", c, got)
		}
		stay := s.value(t, "node.server.time_wait.stay.max")
		if short := c.stamps && c.recycles; short && (stay < .7 || stay > .8) || !short && stay != 60 && s.value(t, "node.server.time_wait.stay.n") > 0 {
			t.Errorf("%+v: TIME-WAIT of %v s", c, stay) // of an RTO of 200 ms and a little
		}
	}
}

// TestOrphanLimit: connections whose users have gone and whose FIN is not acknowledged
// are orphans, of which a host has so many; any further close() resets.
func TestOrphanLimit(t *testing.T) {
	s := study(t, pair+`
delay = "10 ms"
rule.silence = { match = "any", from = "server", per = "connection", nth = "2..100000", do = "drop" }
[default.node]
tcp.max_orphans = 5
[run]
duration = "10 s"
drain = "10 min"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "10/s", count = 20 }
`)
	for path, want := range map[string]float64{ // order-free: each by itself
		"node.client.orphans.count.max": 5, "node.client.orphans.refused.total": 15, "node.client.fin_wait_1.count.max": 5, "node.client.resets.sent.total": 15,
		"node.server.orphans.refused.total": 15, // in LAST-ACK: their FINs are lost
	} {
		if got := s.value(t, path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}

// TestListenAgain: a server that closed first has TIME-WAITs at its port. Without
// SO_REUSEADDR it cannot listen there again until they are over.
func TestListenAgain(t *testing.T) {
	const file = `
[node.client]
[node.server]
tcp.time_wait = "20 s"
listen.web = { port = 80, reuse_address = %v }
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
[event.restart]
at = "5.5 s"
for = "%s"
do = "close-listener"
node = "server"
[run]
duration = "40 s"
[flow.web]
from = "client"
to = "server:web"
arrivals = { process = "even", rate = "1/s" }
close.by = "server"
`
	for _, c := range []struct {
		reuse   bool
		down    string
		refused float64 // to bind, and then to connect
		lost    float64
	}{{true, "1 s", 0, 1}, {false, "1 s", 1, 34}, {false, "25 s", 0, 25}} {
		s := study(t, fmt.Sprintf(file, c.reuse, c.down))
		if bound, lost := s.value(t, "node.server.listen.web.bind_refused.total"), s.value(t, "flow.web.failed.refused.total"); bound != c.refused || lost != c.lost {
			t.Errorf("%+v: bind() refused %v times, %v connections refused", c, bound, lost)
		}
	}
}

// TestBoundAgain: a client that binds one port may not while a connection from there is
// in TIME-WAIT, but for SO_REUSEADDR; then timestamps let it follow itself.
func TestBoundAgain(t *testing.T) {
	for _, c := range []struct {
		reuse, stamps bool
		opened        float64
	}{{false, true, 1}, {true, true, 10}, {true, false, 1}} {
		s := study(t, fmt.Sprintf(pair+`
delay = "10 ms"
[default.node]
tcp.timestamps = %v
[flow.web]
from = "client"
to = "server:80"
local = { port = 7000, reuse_address = %v }
arrivals = { process = "even", rate = "2/s", count = 10 }
`, c.stamps, c.reuse))
		if opened, lost := s.value(t, "flow.web.opened.total"), s.value(t, "flow.web.failed.no_port.total"); opened != c.opened || lost != 10-c.opened {
			t.Errorf("%+v: %v opened, %v in use", c, opened, lost)
		}
	}
}

// TestEviction: where the newest is let in and the oldest goes, everybody waits, for as
// long as so many closes take.
func TestEviction(t *testing.T) {
	const file = pair + `
delay = "10 ms"
[default.node]
tcp.time_wait_max = 5
tcp.time_wait_overflow = "%s"
[run]
duration = "50 s"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "1/s" }
`
	for how, want := range map[string]map[string]float64{ // order-free: each by itself
		"evict":  {"left.evicted.total": 45, "refused.total": 0, "count.max": 5, "stay.max": 5, "entered.total": 50},
		"refuse": {"left.evicted.total": 0, "refused.total": 45, "count.max": 5, "stay.max": 0},
	} {
		s := study(t, fmt.Sprintf(file, how))
		for path, v := range want { // order-free: each by itself
			if got := s.value(t, "node.client.time_wait."+path); got != v && !(how == "refuse" && path == "stay.max") {
				t.Errorf("%s: %s is %v, want %v", how, path, got, v)
			}
		}
	}
}
