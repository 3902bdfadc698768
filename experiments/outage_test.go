package experiments

import (
	"strings"
	"testing"

	"netsim/experiments/language"
)

// session is a connection over which something is asked every second.
const session = pair + `
delay = "10 ms"
[flow.session]
from = "client"
to = "server:22"
exchanges = 60
think = "1 s"
request = "64 B"
response = "256 B"
retry = { times = 3, backoff = "100 ms" }
[event.cut]
do = "crash"
`

// TestCrash: a server that has forgotten its connection says so as soon as it is
// asked (RFC 9293 section 3.5.1, figures 9 and 10); the job is begun again. While it
// is off, and quiet, it is not even refused.
func TestCrash(t *testing.T) {
	s := study(t, session+"node = \"server\"\nat = \"20.5 s\"\nfor = \"200 ms\"\n")
	if n, m, k := s.value(t, "flow.session.closed.reset.total"), s.value(t, "flow.session.retries.total"), s.value(t, "flow.session.jobs_done.total"); n != 1 || m != 1 || k != 1 {
		t.Errorf("%v closed by a reset, %v retries, %v done; want 1 of each", n, m, k)
	}
	if n := s.value(t, "node.server.resets.sent.total"); n != 1 {
		t.Errorf("%v resets of the server that has forgotten, want 1", n)
	}
	quiet := study(t, session+"node = \"server\"\nat = \"20.5 s\"\nfor = \"200 ms\"\nquiet_time = \"30 s\"\n")
	if n := quiet.value(t, "node.server.segments.dropped.quiet_time.total"); n < 3 {
		t.Errorf("%v segments came in the quiet time, want several", n)
	}
	if a, b := s.value(t, "flow.session.job_time.max"), quiet.value(t, "flow.session.job_time.max"); b < a+25 {
		t.Errorf("the job took %v s, and %v s with a quiet time of 30 s", a, b)
	}
	for _, lost := range []string{"established.count.end", "syn_received.count.end"} {
		if n := quiet.value(t, "node.server."+lost); n != 0 {
			t.Errorf("%s is %v", lost, n)
		}
	}
}

// TestClientCrash: a client that crashes loses its TIME_WAIT too, takes no jobs while
// it is off, and finds its ports free.
func TestClientCrash(t *testing.T) {
	s := study(t, pair+`
delay = "10 ms"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "1/s", count = 20 }
[event.cut]
do = "crash"
node = "client"
at = "9.5 s"
for = "5 s"
[run]
duration = "30 s"
`)
	for path, want := range map[string]float64{"node.client.time_wait.left.crashed.total": 10, "flow.web.failed.unreachable.total": 5, "node.client.time_wait.count.end": 5,
		"flow.web.opened.total": 15, "node.client.ports.used.end": 5} {
		if got := s.value(t, path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}

// TestStopTimers: TIME_WAIT that never ends fills the ports of a client at t0 + (c -
// lambda T)/lambda; once its clocks go on, all that is due is over.
func TestStopTimers(t *testing.T) {
	s := study(t, pair+`
delay = "1 ms"
[default.node]
ports.range = "40000-40999"
tcp.time_wait = "10 s"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "50/s" }
[event.wrap]
do = "stop-timers"
node = "client"
at = "20 s"
for = "30 s"
[run]
duration = "60 s"
`)
	// 500 in TIME_WAIT at 20 s, 10 s later 1000; none leaves before 50 s.
	if n := s.value(t, "flow.web.failed.no_port.total"); n < 999 || n > 1001 {
		t.Errorf("%v connections found no port, want those of 20 s: 1000", n)
	}
	if n := s.value(t, "node.client.time_wait.count.max"); n != 1000 {
		t.Errorf("%v in TIME_WAIT at most, want 1000", n)
	}
	if n := s.value(t, "node.client.time_wait.count.end"); n < 498 || n > 501 {
		t.Errorf("%v in TIME_WAIT at the end, want 500", n)
	}
	// Half-open connections are kept as well, as sockets and as records.
	s = study(t, `
[node.client]
[node.server]
listen.web = { port = 80, backlog = 4000 }
tcp.syn_cookies = "off"
tcp.max_syn_backlog = 0
[link.wire]
ends = ["client", "server"]
delay = "1 ms"
[flow.flood]
kind = "syn-flood"
from = "client"
to = "server:web"
arrivals = { process = "even", rate = "100/s", count = 600 }
[event.wrap]
do = "stop-timers"
node = "server"
at = "8 s"
for = "192 s"
[run]
duration = "400 s"
`)
	if n := s.value(t, "node.server.syn_received.stay.min"); n < 192 {
		t.Errorf("a half-open connection lived for %v s, though the timers stood", n)
	}
	if n, m := s.value(t, "node.server.syn_received.count.end"), s.value(t, "flow.flood.backscatter.max"); n != 0 || m != 6 {
		t.Errorf("%v half-open connections at the end, %v answers to one; want 0 and 6", n, m)
	}
}

// TestOutageMessages: who and how long is said.
func TestOutageMessages(t *testing.T) {
	for event, want := range map[string]string{
		"at = \"1 s\"\n":                                          `node: is missing; add node = "server"`,
		"at = \"1 s\"\nnode = \"sever\"\n":                        `no node "sever" (did you mean "server"?)`,
		"at = \"1 s\"\nnode = \"server\"\nquiet_time = \"1 s\"\n": "nothing comes back here, to be quiet",
	} {
		if _, err := language.Parse("test.toml", []byte(session+event)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", event, err, want)
		}
	}
}
