package experiments

import (
	"fmt"
	"math"
	"testing"
)

func init() {
	elsewhere["flow.*.spoof"], otherValues["node.*.tcp.handshake"] = "TestSpoof", []string{"two-way"}
}

// flood is a flow of forged segments in the smallest network.
const flood = `
[node.client]
[link.wire]
ends = ["client", "server"]
delay = "50 ms"
[node.server]
tcp.syn_cookies = "%s"
listen.web = { port = 80, backlog = 128 }
[flow.flood]
kind = "%s"
from = "client"
to = "server:web"
arrivals = { process = "even", rate = "1/s", count = 5 }
`

// TestBackscatter: a spoofed SYN is answered at 0, 1, 3, 7, 15 and 31 s and holds a
// place for 63; a cookie is one answer and holds none.
func TestBackscatter(t *testing.T) {
	for cookies, want := range map[string]float64{"off": 6, "always": 1} {
		s := study(t, fmt.Sprintf(flood, cookies, "syn-flood"))
		for _, word := range []string{"min", "max"} {
			if got := s.value(t, "flow.flood.backscatter."+word); got != want {
				t.Errorf("cookies %s: %s of answers to a SYN is %v, want %v", cookies, word, got, want)
			}
		}
		if n := s.value(t, "flow.flood.backscatter.n"); n != 5 {
			t.Errorf("cookies %s: %v SYNs, want 5", cookies, n)
		}
		if stay := s.value(t, "node.server.syn_received.stay.max"); cookies == "off" && stay != 63 || cookies == "always" && !math.IsNaN(stay) {
			t.Errorf("cookies %s: a request lived for %v s", cookies, stay)
		}
	}
}

// TestSpoof: who is there answers a SYN,ACK that it has not asked for by a reset,
// and the request is gone after a round trip; an attacker with its own address
// undoes its own work.
func TestSpoof(t *testing.T) {
	for _, spoof := range []string{"none", "victim"} {
		s := study(t, fmt.Sprintf(flood, "off", "syn-flood")+`
spoof = "`+spoof+`"
[node.victim]
[link.aside]
ends = ["victim", "server"]
delay = "50 ms"
`)
		if stay := s.value(t, "node.server.syn_received.stay.max"); stay != .1 {
			t.Errorf("spoof %s: a request lived for %v s, want a round trip", spoof, stay)
		}
		if n := s.value(t, "flow.flood.backscatter.mean"); n != 1 {
			t.Errorf("spoof %s: %v answers to a SYN, want 1", spoof, n)
		}
		if n := s.value(t, "node."+map[string]string{"none": "client", "victim": "victim"}[spoof]+".resets.sent.total"); n != 5 {
			t.Errorf("spoof %s: %v resets, want 5", spoof, n)
		}
	}
}

// TestStaleSYNHalfOpen: old SYNs from a client that lives are half-open connections
// for a round trip, Poisson of mean nu RTT, and never more than that.
func TestStaleSYNHalfOpen(t *testing.T) {
	s := study(t, fmt.Sprintf(flood, "off", "stale-syn"), "flow.flood.arrivals.process=poisson", "flow.flood.arrivals.rate=20/s", "flow.flood.arrivals.count=20000")
	const nu, rtt, n = 20, .1, 20000
	se := math.Sqrt(nu*rtt/(n/nu/rtt)) * math.Sqrt2
	if got := s.value(t, "node.server.syn_received.count.mean"); math.Abs(got-nu*rtt) > 4*se {
		t.Errorf("%v half-open connections on average, want %v within %v (seed 1)", got, nu*rtt, 4*se)
	}
	if s.value(t, "flow.flood.phantoms.max") != 0 || s.value(t, "node.server.established.entered.total") != 0 {
		t.Error("an old SYN has opened a connection")
	}
}

// blind is an idle connection whose end is sought by blind resets from a third.
const blind = `
[node.client]
[node.attacker]
[node.edge]
kind = "router"
[node.server]
tcp.receive_initial = "1 GiB"
tcp.receive_window = "1 GiB"
tcp.window_scale = 14
tcp.rfc5961 = false
[link.near]
ends = ["client", "edge"]
delay = "10 ms"
[link.away]
ends = ["attacker", "edge"]
delay = "10 ms"
[link.wire]
ends = ["edge", "server"]
delay = "10 ms"
[flow.session]
from = "client"
to = "server:22"
request = "100 B"
response = "100 B"
local.port = 5000
close.by = "nobody"
[flow.blind]
kind = "blind-rst"
from = "attacker"
to = "server:22"
spoof = "client"
local.port = 5000
arrivals = { process = "even", rate = "1/s", start = "5 s" }
[run]
duration = "200 s"
replications = 60
`

// TestBlindReset: by RFC 793 a reset ends a connection wherever it hits the window,
// which is W/2^32 of all numbers; by RFC 5961 it must have one number out of 2^32.
// The number that are sent till one hits is geometric.
func TestBlindReset(t *testing.T) {
	s := study(t, blind)
	sum, n := 0.0, 0.0
	for _, o := range s.Points[0].Outcomes {
		if last := o.Measures["node.server.established.stay"]; last.Statistic("n") == 1 {
			sum += math.Floor(last.Statistic("max")-4.9) + 1
			n++
		}
	}
	// The window is 65535 units of 16 KiB less what has been received.
	p := 65535 * 16384 / math.Exp2(32)
	want, se := 1/p, math.Sqrt(1-p)/p/math.Sqrt(60)
	if mean := sum / n; n != 60 || math.Abs(mean-want) > 4*se {
		t.Errorf("%v connections of 60 were reset, by %v resets on average; want %v within %v (seed 1)", n, mean, want, 4*se)
	}
	s = study(t, blind, "node.server.tcp.rfc5961=true")
	if n := s.value(t, "node.server.resets.received.total"); n < 190 || s.value(t, "node.server.established.count.end") != 1 {
		t.Errorf("a share of %v of the connections is left after %v resets by RFC 5961", s.value(t, "node.server.established.count.end"), n)
	}
}

// TestTwoWay: without the third segment a SYN from the past is a connection as long
// as nobody says otherwise; a client that knows nothing of it does not.
func TestTwoWay(t *testing.T) {
	s := study(t, fmt.Sprintf(flood, "off", "stale-syn")+"\nkeepalive = true\n[default.node.tcp]\nhandshake = \"two-way\"\nkeepalive = { idle = \"100 s\", interval = \"10 s\", probes = 3 }\n")
	if n := s.value(t, "flow.flood.phantoms.max"); n != 5 {
		t.Errorf("%v phantoms, want 5", n)
	}
	if stay := s.value(t, "node.server.established.stay.max"); stay != 100.1 {
		t.Errorf("a phantom lived for %v s, want until the first probe is refused", stay)
	}
	s = study(t, fmt.Sprintf(flood, "off", "stale-syn")+"\nspoof = \"silent\"\nkeepalive = true\n[default.node.tcp]\nhandshake = \"two-way\"\nkeepalive = { idle = \"100 s\", interval = \"10 s\", probes = 3 }\n")
	if stay := s.value(t, "node.server.established.stay.max"); stay != 130 {
		t.Errorf("a phantom lived for %v s, want until the probes are over", stay)
	}
}
