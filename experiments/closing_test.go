package experiments

import (
	"fmt"
	"math"
	"testing"
	"time"

	"netsim/theory"
)

// TestStaysOfClosing holds how long each end of an undisturbed close is in its
// states, to the nanosecond: close() to TIME-WAIT takes a round trip and what the
// other end waits with its own, LAST-ACK a round trip (RFC 9293, figure 12).
func TestStaysOfClosing(t *testing.T) {
	s := study(t, pair+`
delay = "10 ms"
[flow.web]
from = "client"
to = "server:80"
close = { by = "client", after = "1 s", reply = "500 ms" }
`)
	const ack = .004                            // a fresh connection of Linux acknowledges the FIN a clock tick later
	for path, want := range map[string]float64{ // order-free: each by itself
		"flow.web.close_time.max": .520, "flow.web.close_time_passive.max": .520, "flow.web.close_segments.max": 4,
		"node.client.fin_wait_1.stay.max": .020 + ack, "node.client.fin_wait_2.stay.max": .500 - ack, "node.client.time_wait.stay.max": 60,
		"node.server.close_wait.stay.max": .500, "node.server.last_ack.stay.max": .020,
	} {
		if got := s.value(t, path); ns(got) != ns(want) {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}

// TestPopulationsOfClosing: evenly spaced closes leave exactly rate times stay. Two
// ends that close at once both wait in TIME-WAIT, so there are twice as many; where
// the other end never closes, those who did are in FIN-WAIT-2 for as long as an
// orphan may be, and nobody is in TIME-WAIT.
func TestPopulationsOfClosing(t *testing.T) {
	for _, c := range []struct {
		close       string
		here, there string // states
		other       float64
	}{
		{`by = "both", after = "100 ms"`, "node.client.time_wait", "node.server.time_wait", 600},
		{`by = "client"`, "node.client.time_wait", "node.server.time_wait", 0},
		{`by = "client", reply = "never"`, "node.client.fin_wait_2", "node.client.time_wait", 0},
	} {
		s := study(t, pair+`
delay = "10 ms"
[default.node]
ports.select = "sequential"
[run]
warmup = "70 s"
duration = "130 s"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "10/s" }
close = { `+c.close+` }
`)
		if got := s.value(t, c.here+".count.mean"); math.Abs(got-600) > 1e-9 {
			t.Errorf("close %s: %v in %s, want 600", c.close, got, c.here)
		}
		if got := s.value(t, c.there+".count.mean"); math.Abs(got-c.other) > 1e-9 {
			t.Errorf("close %s: %v in %s, want %v", c.close, got, c.there, c.other)
		}
		if got := s.value(t, "node.client.resets.sent.total") + s.value(t, "node.server.resets.sent.total"); got != 0 {
			t.Errorf("close %s: %v resets", c.close, got)
		}
	}
}

// TestWhyTimeWait: the reason for TIME-WAIT. The closer that answers in TIME-WAIT
// loses its ACK with probability p, as the FIN is lost that then comes again after 1,
// 3, 7 ... s, eight times. Who is not in TIME-WAIT any more answers by a reset. Held is
// the share of closes that end so, in which the other end cannot tell whether all
// that it said was received, against the exact law.
func TestWhyTimeWait(t *testing.T) {
	for _, c := range []struct {
		p, timeWait float64 // s
		want        float64
	}{
		{.05, 0, .05}, {.05, 2.5, .00295155},
		{.1, 0, .09999968}, {.1, 2.5, .01324868}, {.1, 10, .00071287},
		{.3, 0, .29767961}, {.3, 2.5, .14230061}, {.3, 10, .04601184}, {.3, 60, .00717576},
	} {
		name, n := fmt.Sprintf("loss %v, TIME-WAIT of %v s", c.p, c.timeWait), fewer(10_000)
		s := study(t, fmt.Sprintf(`
[default.node]
profile = "rfc9293"
tcp.give_up = "count"
tcp.fin_retries = 8
tcp.retries = 8
tcp.rto_max = "120 s"
tcp.time_wait = "%v s"
ports.select = "sequential"
[node.client]
count = 20
[node.server]
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
rule.fin = { match = "fin", from = "server", do = "drop", probability = %g }
rule.ack = { match = "ack-of-fin", from = "client", do = "drop", probability = %g }
rule.rst = { match = "rst", from = "client", do = "drop", probability = %g }
[run]
drain = "10 min"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "100/s", count = %d }
close = { by = "client", reply = "500 ms" }
`, c.timeWait, c.p, c.p, c.p, n))
		measures := s.Points[0].Outcomes[0].Measures
		clean, reset, nothing := theory.Closing{FIN: theory.Backoff(1e9, 120e9, 0, 8), TimeWait: time.Duration(c.timeWait * 1e9), Loss: c.p, LossBack: c.p}.Outcomes()
		share(t, name+": reset", measures["flow.web.closed.dirty"].Statistic("fraction"), c.want, n)
		share(t, name+": no answer", measures["flow.web.closed.timeout"].Statistic("fraction"), nothing, n)
		if math.Abs(reset-c.want) > 1e-8 || math.Abs(clean+reset+nothing-1) > 1e-12 {
			t.Errorf("%s: theory says %v, %v and %v", name, clean, reset, nothing)
		}
		forever := measures["node.client.fin_wait_2.count"].Statistic("end") // no FIN came
		if got := float64(measures["flow.web.closed"].Count) + forever; got != float64(n) {
			t.Errorf("%s: %v of %d have ended", name, got, n)
		}
	}
}

// TestAssassinations: an old duplicate that comes in TIME-WAIT is acknowledged, the
// other end has no connection any more and resets, and TIME-WAIT is over a round trip
// after the duplicate (RFC 1337, 2.2), but for a host that ignores such resets. Here a
// copy of each server's only text goes astray for an exponential time, so that the
// duplicates of a connection come as the first of a Poisson process does.
func TestAssassinations(t *testing.T) {
	const rtt = .020
	for _, nu := range []float64{.01, .1} { // per second
		for _, fixed := range []bool{false, true} {
			n := fewer(10_000)
			s := study(t, pair+fmt.Sprintf(`
delay = "10 ms"
rule.astray = { match = "data", from = "server", do = "duplicate", delay = { dist = "exponential", mean = "%v s" } }
[default.node]
ports.select = "sequential"
tcp.rfc1337 = %v
[run]
drain = "1 h"
[flow.web]
from = "client"
to = "server:80"
response = "100 B"
arrivals = { process = "even", rate = "100/s", count = %d }
`, 1/nu, fixed, n))
			measures := s.Points[0].Outcomes[0].Measures
			killed, life := theory.Assassination(nu, 60)
			before := -math.Expm1(-nu * rtt) // it comes after its original and before TIME-WAIT
			late := 1 - before
			want := late*(life+killed*rtt) + before*60
			if fixed { // what is not killed begins again with the duplicate
				want = 60 + late*(life-60*(1-killed))
				killed = 0
			}
			name := fmt.Sprintf("%v duplicates a second, RFC 1337 %v", nu, fixed)
			share(t, name+": killed", float64(measures["node.client.time_wait.left.reset"].Count)/float64(n), late*killed, n)
			stay := measures["node.client.time_wait.stay"]
			if z := (stay.Statistic("mean") - want) / (stay.Statistic("sd") / math.Sqrt(float64(n))); math.Abs(z) > 4 {
				t.Errorf("%s: TIME-WAIT of %.3f s in the mean, want %.3f: z = %.1f (seed 1)", name, stay.Statistic("mean"), want, z)
			}
		}
	}
}
