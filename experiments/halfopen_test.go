package experiments

import (
	"fmt"
	"math"
	"testing"

	"netsim/theory"
)

// TestHalfOpenClient: the third segment is lost and the client has nothing to say.
// The client is connected, the server is not and sends its SYN-ACK again after 1, 3,
// 7, 15 and 31 s, each of which and its answer may get lost, too. With loss p and
// q = (1-p)² the first is needed with probability p, and with p(1-q)^5 the server
// gives up after 63 s: a connection that is half open for as long as the client
// keeps silent.
func TestHalfOpenClient(t *testing.T) {
	const rtt = .020
	for _, p := range []float64{.1, .3, .5} {
		n := fewer(10_000)
		s := study(t, fmt.Sprintf(`
[node.client]
[node.server]
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
rule.third = { match = "ack-of-syn", from = "client", do = "drop", probability = %g }
rule.again = { match = "syn-ack", from = "server", per = "connection", nth = "2..6", do = "drop", probability = %g }
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "200/s", count = %d }
close = { by = "nobody" }
`, p, p, n))
		measures, q := s.Points[0].Outcomes[0].Measures, (1-p)*(1-p)
		if opened := measures["flow.web.opened"].Count; opened != uint64(n) || measures["flow.web.setup_time"].Statistic("max") != rtt {
			t.Errorf("loss %v: %d of %d clients are connected", p, opened, n)
		}
		handshake, gone := measures["flow.web.handshake_time"], theory.HalfOpen(p, p, 5)
		share(t, fmt.Sprintf("loss %v: half open", p), 1-float64(handshake.Sample.N())/float64(n), gone, n)
		for k, at := range []float64{0, 1, 3, 7, 15, 31} {
			want := 1 - p
			if k > 0 {
				want = p * math.Pow(1-q, float64(k-1)) * q
			}
			got := float64(handshake.Sample.N()) / float64(n) * (handshake.CDF(at+rtt+.001) - handshake.CDF(at+rtt-.001))
			share(t, fmt.Sprintf("loss %v: the server knows after %v s", p, at), got, want, n)
		}
		if given := measures["node.server.syn_received.stay"].Statistic("max"); given != 63 && p > .1 { // at .1 the server hardly ever gives up
			t.Errorf("loss %v: the longest stay in SYN-RECEIVED is %v s, want 63", p, given)
		}
		if left := measures["node.client.established.count"].Statistic("end"); left != float64(n) {
			t.Errorf("loss %v: %v clients are connected at the end", p, left)
		}
	}
}

// TestWhoSpeaksFirst: with SYN cookies nothing at the server remembers the SYN, so
// that nothing is sent again (RFC 4987, 3.6). If the third segment is lost and it is
// the server that should speak, both wait for ever: a share p of connections. Text of
// the client does what that segment should have done, and so does, without cookies,
// the SYN-ACK that is sent again.
func TestWhoSpeaksFirst(t *testing.T) {
	const p = .1
	for _, c := range []struct {
		cookies, request string
		done, synacks    float64
	}{
		{"always", "0 B", 1 - p, 1},
		{"always", "100 B", 1, 1},
		{"off", "0 B", 1, 2},
		{"off", "100 B", 1, 1},
	} {
		n := fewer(10_000)
		s := study(t, fmt.Sprintf(`
[node.client]
[node.server]
tcp.syn_cookies = %q
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
rule.third = { match = "ack-of-syn", from = "client", per = "connection", nth = 1, do = "drop", probability = %g }
[flow.web]
from = "client"
to = "server:80"
request = %q
response = "100 B"
arrivals = { process = "even", rate = "200/s", count = %d }
close = { by = "nobody" }
`, c.cookies, p, c.request, n))
		measures := s.Points[0].Outcomes[0].Measures
		name := fmt.Sprintf("cookies %s, a request of %s", c.cookies, c.request)
		share(t, name+": jobs done", float64(measures["flow.web.jobs_done"].Count)/float64(n), c.done, n)
		if got := measures["flow.web.synack_sent"].Statistic("max"); got != c.synacks {
			t.Errorf("%s: %v SYN-ACKs, want %v", name, got, c.synacks)
		}
		if got := measures["flow.web.opened"].Count; got != uint64(n) {
			t.Errorf("%s: %d of %d opened", name, got, n)
		}
	}
}
