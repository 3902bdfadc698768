package experiments

import (
	"fmt"
	"testing"
)

// TestQueuesOfListeners: what bounds the requests of a listener. net.core.somaxconn is
// tcp.max_backlog; without cookies strangers get three quarters of max_syn_backlog, and
// one (measured on Linux 6.18.44). All 300 SYNs come within the life of the first.
func TestQueuesOfListeners(t *testing.T) {
	for _, c := range []struct {
		server, backlog string
		held            float64
		dropped, why    string
	}{
		{"", "backlog = 50", 51, "synq_full", "the backlog and one"},
		{"tcp.max_backlog = 20", "backlog = 50", 21, "synq_full", "somaxconn and one"},
		{"tcp.max_backlog = 20", "", 21, "synq_full", "somaxconn is what a listener has that says none"},
		{"tcp.max_syn_backlog = 64", "backlog = 200", 49, "unproven", "three quarters of 64, and one"},
		{"tcp.max_syn_backlog = 0", "backlog = 200", 201, "synq_full", "no limit but the backlog"},
		{`profile = "rfc9293"`, "backlog = 50", 50, "synq_full", "the backlog"},
		{`profile = "freebsd"`, "backlog = 50", 300, "synq_full", "the syncache has room"},
		{"profile = \"freebsd\"\ntcp.syncache_buckets = 0", "backlog = 50", 76, "synq_full", "half as much again, and one"},
	} {
		s := study(t, fmt.Sprintf(`
[run]
duration = "10 s"
[node.attacker]
[node.server]
tcp.syn_cookies = "off"
%s
listen.web = { port = 80, %s }
[link.wire]
ends = ["attacker", "server"]
delay = "1 ms"
[flow.flood]
kind = "syn-flood"
from = "attacker"
to = "server:web"
arrivals = { process = "even", rate = "100/s", count = 300 }
`, c.server, c.backlog))
		const at = "node.server.listen.web."
		if got := s.value(t, at+"synq.count.max"); got != c.held {
			t.Errorf("%s %s: %v are half-open, want %v: %s", c.server, c.backlog, got, c.held, c.why)
		}
		if got := s.value(t, at+"dropped."+c.dropped+".total"); got != 300-c.held || s.value(t, at+"dropped.total") != got {
			t.Errorf("%s %s: %v dropped as %s, want %v", c.server, c.backlog, got, c.dropped, 300-c.held)
		}
	}
}

// TestOverflowOfAccepts: ten clients at once, and a server that accepts one and works for
// an hour. Of its six places for requests the first six take one each; one is accepted,
// five wait in the accept queue. When the others come again, a second later, one place is
// left in it: three third segments find none. They are dropped, and their clients believe
// to be connected while the server sends its SYN-ACK again; or they are reset
// (tcp_abort_on_overflow).
func TestOverflowOfAccepts(t *testing.T) {
	for how, resets := range map[string]float64{"drop": 0, "reset": 3} { // order-free: each by itself
		s := study(t, fmt.Sprintf(`
[run]
duration = "10 s"
[node.client]
count = 10
[node.server]
tcp.syn_cookies = "off"
listen.web = { port = 80, backlog = 5, overflow = "%s", accept = { threads = 1, time = "1 h" } }
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
[flow.web]
from = "client"
to = "server:web"
arrivals = { process = "even", rate = "1000/s", count = 10 }
close.by = "nobody"
`, how))
		for path, want := range map[string]float64{ // order-free: each by itself
			"node.server.listen.web.dropped.total": 4, "node.server.listen.web.dropped.synq_full.total": 4,
			"node.server.listen.web.accepted.total": 1, "node.server.listen.web.acceptq.count.end": 6,
			"node.client.resets.received.total": resets, "node.client.established.count.end": 10 - resets,
			"node.server.established.count.end": 7, "node.server.syn_received.count.end": 3 - resets,
		} {
			if got := s.value(t, path); got != want {
				t.Errorf("%s: %s is %v, want %v", how, path, got, want)
			}
		}
	}
}
