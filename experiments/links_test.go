package experiments

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"netsim/experiments/language"
	"netsim/theory"
)

// TestDelayOfMembers: a delay that is drawn is drawn once for each member of a
// group, the same both ways, anew in every replication, and follows its law.
func TestDelayOfMembers(t *testing.T) {
	s := study(t, `
[node.client]
count = 400
[node.server]
[link.wire]
ends = ["client", "server"]
delay = { dist = "uniform", min = "10 ms", max = "50 ms" }
[flow.web]
from = "client"
to = "server:80"
spread = "round-robin"
arrivals = { process = "even", rate = "100/s", count = 400 }
`)
	w, err := Build(s.Points[0].Spec, 1, 2, Needs{})
	if err != nil {
		t.Fatal(err)
	}
	sum, first := 0.0, s.Points[0].Spec
	for _, l := range w.Net.Links() {
		d := l.Forward.Delay()
		if d != l.Back.Delay() || d < 10*time.Millisecond || d > 50*time.Millisecond {
			t.Errorf("%s: %v there, %v back", l.Name, d, l.Back.Delay())
		}
		sum += d.Seconds() / 400
	}
	if z := (sum - .030) / (.040 / math.Sqrt(12*400)); math.Abs(z) > 4 {
		t.Errorf("seed 1: a mean delay of %v s: z = %.2f", sum, z)
	}
	again, _ := Build(first, 1, 1, Needs{})
	if again.Net.Links()[0].Forward.Delay() == w.Net.Links()[0].Forward.Delay() {
		t.Error("two replications have the same delays")
	}
	if m := s.Points[0].Outcomes[0].Measures["flow.web.setup_time"]; m.Statistic("min") < .020 || m.Statistic("max") > .100 {
		t.Errorf("setup times from %v to %v", m.Statistic("min"), m.Statistic("max"))
	}
}

// TestSetupOverBursts holds connect() over a link of bursty loss, a link for each
// connection, against the exact law: SYN k+1 is needed with the probability that
// the chain loses the first k packets.
func TestSetupOverBursts(t *testing.T) {
	const n = 6000 // whose last ACK is lost stays half-open, and may not fill the server's queue
	chain := theory.GilbertElliott{P: .2, R: .4, Good: .05, Bad: .8}
	s := study(t, fmt.Sprintf(`
[node.client]
count = %d
tcp.syn_schedule = ["1 s", "2 s", "4 s", "8 s", "16 s"]
[node.server]
tcp.synack = "stateless"
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
loss = { model = "gilbert-elliott", p = 0.2, r = 0.4, good = 0.05, bad = 0.8 }
[link.wire.back]
loss = 0
[flow.web]
from = "client"
to = "server:80"
spread = "round-robin"
arrivals = { process = "even", rate = "1000/s", count = %d }
close = { by = "nobody" }
`, n, n))
	m := s.Points[0].Outcomes[0].Measures["flow.web.setup_time"]
	want := chain.SetupTime(theory.Schedule{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second}, 20*time.Millisecond)
	lumps(t, "bursts", m, want)
	share(t, "bursts: failed", s.Points[0].Outcomes[0].Measures["flow.web.failed"].Statistic("fraction"), want.Failure, n)
	if lost := s.Points[0].Point.Spec.Links[0].Forward.Bursts; lost == nil || chain.Loss() < .29 || chain.Loss() > .31 {
		t.Errorf("%v, a loss of %v", lost, chain.Loss())
	}
}

// TestTraceLink: a link follows the trace of a file, which is part of what is in
// force by its sum.
func TestTraceLink(t *testing.T) {
	source := pair + `
delay = "10 ms"
trace = "cell.trace"
[flow.web]
from = "client"
to = "server:80"
close = { by = "nobody" }
`
	parse := func(trace string) (*language.File, error) {
		return language.ParseFrom(func(string) ([]byte, error) { return []byte(trace), nil }, "test.toml", []byte(source))
	}
	f, err := parse("7\n20\n")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Run(t.Context(), f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	// The SYN goes at 7 ms and comes at 17, the SYN,ACK goes at 20 and comes at 30.
	if got := s.Points[0].Outcomes[0].Measures["flow.web.setup_time"].Statistic("max"); got != .030 {
		t.Errorf("connected after %v s, want 0.030", got)
	}
	other, _ := parse("8\n20\n")
	if f.Points[0].Spec.Effective() == other.Points[0].Spec.Effective() {
		t.Error("two traces make the same effective file")
	}
	for trace, want := range map[string]string{"": `cell.trace:1: "" is no time`, "3\n2\n": "times ascend", "1\nx\n": `cell.trace:2: "x" is no time`, "0\n": "the last is after 0"} {
		if _, err := parse(trace); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", trace, err, want)
		}
	}
}

// TestDelaySchedule: a link whose delay is scheduled delays as the time says, and
// one that falls is overtaken only where that is wanted.
func TestDelaySchedule(t *testing.T) {
	for _, c := range []struct {
		schedule string
		mean     float64
	}{
		{`{ shape = "steps", points = [["0 s", "10 ms"], ["5 s", "30 ms"]] }`, (.020 + .060) / 2},
		{`{ shape = "steps", points = [["0 s", "0 s"], ["200 ms", "10 ms"]], period = "1 s" }`, .8 * .020},
	} {
		s := study(t, strings.Replace(steady, `delay = "10 ms"`, "delay = "+c.schedule, 1))
		if got := s.Points[0].Outcomes[0].Measures["flow.web.setup_time"].Statistic("mean"); math.Abs(got-c.mean) > 1e-9 {
			t.Errorf("%s: a mean setup time of %v, want %v", c.schedule, got, c.mean)
		}
		again, err := language.Parse("effective.toml", []byte(s.Points[0].Spec.Effective()))
		if err != nil || again.Points[0].Spec.Effective() != s.Points[0].Spec.Effective() {
			t.Errorf("%s: what is in force does not read back: %v", c.schedule, err)
		}
	}
	for _, shape := range []string{"steps", "linear", "sine"} {
		for _, reorder := range []bool{false, true} {
			s := study(t, fmt.Sprintf(pair+`
delay = { shape = %q, points = [["0 s", "500 ms"], ["1 s", "0 s"]] }
reorder = %v
[flow.noise]
kind = "background"
from = "client"
to = "server"
size = "100 B"
arrivals = { process = "even", rate = "1000/s", count = 2000 }
`, shape, reorder))
			m := s.Points[0].Outcomes[0].Measures["link.wire.forward.reordered"]
			if late := m.Statistic("total"); (late > 0) != reorder {
				t.Errorf("%s, reorder = %v: %v packets are overtaken", shape, reorder, late)
			}
		}
	}
}

// TestLossTrace: packets are lost as the file says, in each direction by itself.
func TestLossTrace(t *testing.T) {
	source := pair + `
delay = "10 ms"
[link.wire.forward]
loss = { model = "trace", file = "drops.txt" }
[flow.web]
from = "client"
to = "server:80"
close = { by = "nobody" }
`
	f, err := language.ParseFrom(func(string) ([]byte, error) { return []byte("1\n0\n0\n"), nil }, "test.toml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Run(t.Context(), f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	// The first SYN is lost, the second and the ACK pass.
	m := s.Points[0].Outcomes[0].Measures
	if got, lost := m["flow.web.setup_time"].Statistic("max"), m["link.wire.drops.loss"].Statistic("total"); got != 1.020 || lost != 1 {
		t.Errorf("connected after %v s, want 1.020, with %v lost", got, lost)
	}
}

// TestEmpiricalDelays: what is drawn for the members of a group are the values of
// the file, each as often as it stands there.
func TestEmpiricalDelays(t *testing.T) {
	const n = 2000
	f, err := language.ParseFrom(func(string) ([]byte, error) { return []byte("rtt\n1\n2\n2\n7.5\n"), nil }, "test.toml", []byte(fmt.Sprintf(`
[node.client]
count = %d
[node.server]
[link.wire]
ends = ["client", "server"]
delay = { dist = "empirical", file = "rtt.csv", column = "rtt", unit = "ms" }
[flow.web]
from = "client"
to = "server:80"
`, n)))
	if err != nil {
		t.Fatal(err)
	}
	w, err := Build(f.Points[0].Spec, 1, 1, Needs{})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[time.Duration]float64{}
	for _, l := range w.Net.Links() {
		counts[l.Forward.Delay()]++
	}
	for delay, share := range map[time.Duration]float64{time.Millisecond: .25, 2 * time.Millisecond: .5, 7500 * time.Microsecond: .25} {
		if z := (counts[delay] - n*share) / math.Sqrt(n*share*(1-share)); math.Abs(z) > 4 {
			t.Errorf("seed 1: %v of %d have a delay of %v: z = %.2f", counts[delay], n, delay, z)
		}
	}
	if len(counts) != 3 {
		t.Error(counts)
	}
}

// TestBandOfFlow: a flow in the first band waits for one packet of another at most.
func TestBandOfFlow(t *testing.T) {
	for _, c := range []struct {
		bands string
		first bool
	}{{`["flow.web"]`, true}, {`["rst"]`, false}} {
		s := study(t, pair+`
delay = "10 ms"
rate = "1 Mbps"
queue = { kind = "priority", bands = `+c.bands+` }
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "at", times = ["5 s"] }
[flow.noise]
kind = "background"
from = "client"
to = "server"
size = "1000 B"
arrivals = { process = "even", rate = "150/s", stop = "5 s" }
`)
		got := s.Points[0].Outcomes[0].Measures["flow.web.setup_time"].Statistic("max")
		if least := .020 + 2*60*8/1e6; got < least || (got < least+.008+1e-9) != c.first {
			t.Errorf("%s: connected after %v s", c.bands, got)
		}
	}
	_, err := language.Parse("test.toml", []byte(pair+"delay = \"1 ms\"\nqueue = { kind = \"priority\", bands = [\"syn\", \"flow.wob\"] }\n[flow.web]\nfrom = \"client\"\nto = \"server:80\"\n"))
	if want := `test.toml:7:46: link.wire.queue.bands: no flow "wob" (did you mean "web"?)`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
