package experiments

import (
	"math"
	"testing"

	"netsim/theory"
)

// erlang is one client behind a NAT of 50 ports, whose connections are short; a SYN
// that is dropped is not sent again.
const erlang = `
[node.client]
tcp.time_wait   = "0 s"
tcp.syn_retries = 0
[node.home]
kind = "nat"
nat  = { inside = "client", ports = "40000-40049", time_wait = "10 s" }
[node.server]
[link.lan]
ends  = ["client", "home"]
delay = "1 ms"
[link.wan]
ends  = ["home", "server"]
delay = "1 ms"
[flow.web]
from     = "client"
to       = "server:80"
arrivals = { process = "poisson", rate = "5/s" }
[run]
warmup       = "1 min"
duration     = "21 min"
replications = 10
`

// A NAT with c ports towards one destination, each held for its TIME-WAIT behind
// the last packet, is an Erlang loss system: what it drops, and how many ports it
// has in use, are Erlang's.
func TestNATIsErlangB(t *testing.T) {
	const c, seed = 50, 1
	s := study(t, erlang)
	hold := 10 + 0.008 // s: from the SYN at the NAT to the server's last ACK there, and TIME-WAIT
	a := 5 * hold
	blocked := theory.ErlangB(c, a)
	for _, x := range []struct {
		what string
		want float64
		of   func(o *Outcome) float64
	}{
		{"share of attempts without a port", blocked, func(o *Outcome) float64 { return o.Measures["flow.web.failed.timeout"].Statistic("fraction") }},
		{"ports in use", a * (1 - blocked), func(o *Outcome) float64 { return o.Measures["node.home.nat.ports_used"].Statistic("mean") }},
		{"sessions", a * (1 - blocked), func(o *Outcome) float64 { return o.Measures["node.home.sessions.count"].Statistic("mean") }},
	} {
		mean, se := spreadOf(s, x.of)
		if z := (mean - x.want) / se; math.Abs(z) > 4 {
			t.Errorf("seed %d: %s %.5f ± %.5f, want %.5f (z = %.1f)", seed, x.what, mean, se, x.want, z)
		}
	}
	if most := s.value(t, "node.home.nat.ports_used.max"); most != c {
		t.Errorf("at most %v of %d ports were used", most, c)
	}
	if n, refused := s.value(t, "flow.web.failed.total"), s.value(t, "node.home.refused.no_port.total"); n != refused {
		t.Errorf("%v attempts failed, %v SYNs were refused", n, refused)
	}
}

// shared is two clients behind a NAT of one port; the second calls when the first
// has closed.
const shared = `
[default.node]
tcp.time_wait = "0 s"
[node.client]
count = 2
[node.home]
kind = "nat"
nat  = { inside = "client", ports = "40000-40000", time_wait = "10 s" }
[node.server]
tcp.time_wait = "60 s"
[link.lan]
ends  = ["client", "home"]
delay = "0 s"
[link.wan]
ends  = ["home", "server"]
delay = "10 ms"
[flow.first]
from = "client[0]"
to   = "server:80"
close.by = "client"
[flow.second]
from = "client[1]"
to   = "server:80"
arrivals.start = "2 s"
`

// The NAT's own TIME-WAIT keeps a port from the next host that wants it, though no
// end of the connection waits: of its SYNs, at 2, 3, 4, 5, 6, 7, 9 and 13 s, the
// first gets through that comes 10 s after the last ACK, which was at 50 ms.
func TestTimeWaitOfNAT(t *testing.T) {
	s := study(t, shared)
	if got := s.value(t, "flow.first.setup_time.max"); ns(got) != 20e6 {
		t.Errorf("the first connects in %v s", got)
	}
	if got := s.value(t, "flow.second.setup_time.max"); ns(got) != 11_020e6 {
		t.Errorf("the second connects in %v s, want 11.02", got)
	}
	if n := s.value(t, "node.home.refused.no_port.total"); n != 7 {
		t.Errorf("%v SYNs refused, want 7", n)
	}
	own := study(t, shared, "flow.second.from=client[0]", "flow.second.local.port=40000", "flow.first.local.port=40000", "node.server.tcp.time_wait=0 s")
	if got := own.value(t, "flow.second.setup_time.max"); ns(got) != 20e6 {
		t.Errorf("the same host reopens its connection in %v s, want 0.02: a SYN ends the TIME-WAIT of its own mapping", got)
	}
}

// idle is a connection that is silent for longer than the firewall remembers.
const idle = `
[node.client]
[node.wall]
kind = "firewall"
firewall = { idle = "1 min" }
[node.server]
[link.lan]
ends  = ["client", "wall"]
delay = "1 ms"
[link.wan]
ends  = ["wall", "server"]
delay = "10 ms"
[flow.web]
from      = "client"
to        = "server:80"
request   = "100 B"
response  = "100 B"
exchanges = 2
think     = "5 min"
[run]
duration = "1 h"
drain    = "1 h"
`

// A firewall that has forgotten a connection kills it: in silence the next
// request is sent again until the client gives up, after a tail loss probe and 15
// repetitions or some
// 15 minutes; with a reset it is over at once. Either way the server is never
// told. One that remembers long enough does no harm.
func TestFirewallForgets(t *testing.T) {
	const think = 300
	for _, c := range []struct {
		name         string
		sets         []string
		least, most  float64 // s that the client is ESTABLISHED beyond its pause
		refused      float64
		done, stands float64 // jobs, connections at the server in the end
	}{
		{"silent", nil, 800, 1100, 17, 0, 1},
		{"reset", []string{"node.wall.firewall.answer=reset"}, 0, 1, 1, 0, 1},
		{"prohibited", []string{"node.wall.firewall.answer=prohibited"}, 800, 1100, 17, 0, 1},
		{"long", []string{"node.wall.firewall.idle=10 min"}, 0, 1, 0, 1, 0},
	} {
		s := study(t, idle, c.sets...)
		if stay := s.value(t, "node.client.established.stay.max") - think; !(stay >= c.least && stay <= c.most) {
			t.Errorf("%s: the client knew after %v s", c.name, stay)
		}
		if n := s.value(t, "node.wall.refused.total"); n != c.refused {
			t.Errorf("%s: %v packets refused, want %v", c.name, n, c.refused)
		}
		if n := s.value(t, "flow.web.jobs_done.total"); n != c.done {
			t.Errorf("%s: %v jobs done", c.name, n)
		}
		if n := s.value(t, "node.server.established.count.end"); n != c.stands {
			t.Errorf("%s: %v connections at the server", c.name, n)
		}
	}
}
