package experiments

import (
	"fmt"
	"math"
	"testing"
	"time"

	"netsim/theory"
)

// fewer is n, or a tenth of it for a test that is to be short.
func fewer(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

// share holds a share of n trials against its probability, within 4 standard errors
// and the one trial that is the least there is to count.
func share(t *testing.T, name string, got, want float64, n int) {
	t.Helper()
	if se := math.Sqrt(want * (1 - want) / float64(n)); math.Abs(got-want) > 4*se+1/float64(n) {
		t.Errorf("%s: a share of %.6f of %d, want %.6f: z = %.1f (seed 1)", name, got, n, want, (got-want)/se)
	}
}

// lossy opens connections over a link that loses packets both ways. Who is connected
// resets, so that only openings are lost; what a lost reset leaves at the server
// is met by nobody, since no port comes back.
const lossy = `
[default.node]
ports.select = "sequential"
[node.client]
count = 50
tcp.syn_schedule = %s
[node.server]
tcp.synack = %q
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
loss = %g
[run]
ties = %q
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "100/s", count = %d }
close = { by = "client", how = "rst", when = "connected" }
`

// TestSetupOverLoss holds the time of connect() over a link of independent loss
// against its exact law: for seven SYNs with doubled waits and for the eleven of
// Linux since 6.5; for servers that answer every SYN and have no timer, that leave
// it to their timer (RFC 9293, 3.10.7.4), and that do both as Linux does, whose
// timer and the second SYN meet at one instant. Held are the mean, each lump of the
// distribution, the SYNs of an attempt and the attempts that fail.
func TestSetupOverLoss(t *testing.T) {
	exponential, linear := theory.Backoff(time.Second, 120*time.Second, 0, 6), theory.Backoff(time.Second, 120*time.Second, 4, 6)
	some, all := []float64{.05, .1, .2}, []float64{.01, .05, .1, .2, .3, .5}
	for _, server := range []struct {
		synack, ties string
		policy       theory.Policy
		losses       []float64
	}{
		{"stateless", "packets-first", theory.Stateless, all},
		{"strict", "packets-first", theory.Strict, some},
		{"linux", "packets-first", theory.Linux, some},
		{"linux", "timers-first", theory.Linux, some},
		{"cached", "packets-first", theory.Cached, []float64{.1, .3, .5}},
		{"cached", "timers-first", theory.Cached, []float64{.1, .3, .5}},
	} {
		for waits, schedule := range map[string]theory.Schedule{ // order-free: each by itself
			`["1 s", "2 s", "4 s", "8 s", "16 s", "32 s", "64 s"]`:                             exponential,
			`["1 s", "1 s", "1 s", "1 s", "1 s", "2 s", "4 s", "8 s", "16 s", "32 s", "64 s"]`: linear,
		} {
			for _, loss := range server.losses {
				n := fewer(10_000)
				s := study(t, fmt.Sprintf(lossy, waits, server.synack, loss, server.ties, n))
				against(t, fmt.Sprintf("%s, %s, %d SYNs, loss %v", server.synack, server.ties, len(schedule), loss), s, n, theory.Opening{
					Client: schedule, Server: theory.Backoff(time.Second, 120*time.Second, 0, 5), Policy: server.policy,
					Loss: loss, LossBack: loss, RTT: 20 * time.Millisecond, TimersFirst: server.ties == "timers-first",
				})
			}
		}
	}
}

// against holds n openings against their law.
func against(t *testing.T, name string, s *Study, n int, o theory.Opening) {
	t.Helper()
	measures, want := s.Points[0].Outcomes[0].Measures, o.SetupTime()
	share(t, name+": failed", measures["flow.web.failed.timeout"].Statistic("fraction"), want.Failure, n)
	lumps(t, name, measures["flow.web.setup_time"], want)
	syns := measures["flow.web.syn_sent"]
	if z := (syns.Statistic("mean") - o.SYNs()) / (syns.Statistic("sd") / math.Sqrt(float64(n))); math.Abs(z) > 4 {
		t.Errorf("%s: %.5f SYNs in the mean, want %.5f: z = %.1f (seed 1)", name, syns.Statistic("mean"), o.SYNs(), z)
	}
}

// lumps holds setup times against their distribution: the mean, and all steps at once
// by chi-square, neighbours together until ten are expected. Chi-square is as good as
// normal by its cube root (Wilson and Hilferty 1931).
func lumps(t *testing.T, name string, setup *Measure, want theory.Distribution) {
	t.Helper()
	ok := float64(setup.Sample.N())
	if z := (setup.Statistic("mean") - want.Mean()) / (want.SD() / math.Sqrt(ok)); math.Abs(z) > 4 {
		t.Errorf("%s: connect() took %.6f s in the mean, want %.6f: z = %.1f (seed 1)", name, setup.Statistic("mean"), want.Mean(), z)
	}
	const between = 1e-3 // s: no two steps are as near
	square, cells, found, expected, all := 0., -1., 0., 0., 0.
	table := ""
	for i, step := range want.Steps() {
		at := step.At.Seconds()
		found += ok * (setup.CDF(at+between) - setup.CDF(at-between))
		expected += ok * step.P
		if rest := ok*(1-want.CDF(step.At)) < 10; i+1 == len(want.Steps()) || expected >= 10 && !rest {
			square, cells, all = square+(found-expected)*(found-expected)/expected, cells+1, all+found
			table += fmt.Sprintf("\nup to %v: %.0f, want %.1f", step.At, found, expected)
			found, expected = 0, 0
		}
	}
	if z := (math.Cbrt(square/cells) - 1 + 2/(9*cells)) / math.Sqrt(2/(9*cells)); z > 4 {
		t.Errorf("%s: chi-square of %.1f with %.0f degrees of freedom: z = %.1f (seed 1)%s", name, square, cells, z, table)
	}
	if math.Abs(all-ok) > .5 {
		t.Errorf("%s: %.0f of %.0f setup times are none of the %d that can be", name, ok-all, ok, len(want.Steps()))
	}
}

// TestRoundTripBeyondTimeout: where the round trip is longer than the SYN's
// timeouts, connect() takes one round trip all the same. A SYN leaves at each time
// of the schedule before that. Each is answered, and the server's own timer, set
// anew by the SYNs that come in time, does the rest: with a round trip of 1.2 s the
// second SYN comes as the timer ends, and the order of the two can be seen.
func TestRoundTripBeyondTimeout(t *testing.T) {
	for _, c := range []struct {
		delay, ties  string
		rtt          float64
		syns, synack float64
	}{
		{"450 ms", "packets-first", .9, 1, 1},
		{"600 ms", "packets-first", 1.2, 2, 2},
		{"600 ms", "timers-first", 1.2, 2, 3},
		{"1.2 s", "packets-first", 2.4, 3, 3},
		{"4 s", "packets-first", 8, 7, 8}, // and once by the timer, 1 s after the sixth
	} {
		s := study(t, pair+fmt.Sprintf("delay = %q\n[run]\nties = %q\n[flow.web]\nfrom = \"client\"\nto = \"server:80\"\nclose = { by = \"nobody\" }\n", c.delay, c.ties))
		if got := s.value(t, "flow.web.setup_time.max"); got != c.rtt {
			t.Errorf("%s, %s: connect() took %v s, want %v", c.delay, c.ties, got, c.rtt)
		}
		var synack float64
		established := int64(c.rtt * 1e9 * 3 / 2)
		for _, m := range s.Points[0].Ladders["web"][0].Messages {
			if m.Label == "SYN, ACK" && m.Sent <= established {
				synack++
			}
		}
		if got := s.value(t, "flow.web.syn_sent.max"); got != c.syns {
			t.Errorf("%s, %s: %v SYNs, want %v", c.delay, c.ties, got, c.syns)
		}
		if synack != c.synack {
			t.Errorf("%s, %s: %v SYN-ACKs, want %v", c.delay, c.ties, synack, c.synack)
		}
	}
}
