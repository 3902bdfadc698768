package experiments

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"netsim/des"
	"netsim/experiments/language"
	"netsim/theory"
)

// opening opens connections over loss, and says by which law.
const opening = pair + `
delay = "10 ms"
loss = "20 %%"
[default.node]
ports.select = "sequential"
[run]
replications = 4
[node.client.tcp]
syn_schedule = ["1 s", "2 s", "4 s", "8 s"]
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "100/s", count = 500 }
close = { by = "client", how = "rst", when = "connected" }
[expect.law]
that = "flow.web.setup_time"
follows = %q
test = %q
[expect.mean]
that = "flow.web.setup_time.mean"
equals = "handshake(flow.web).mean"
[expect.failed]
that = "flow.web.failed.timeout.fraction"
equals = "handshake(flow.web).failure"
[expect.second]
that = "cdf(flow.web.setup_time, 2*s)"
equals = "handshake(flow.web).cdf(2*s)"
`

// TestFollows holds setup times over loss against the law of their flow, by both
// tests, and that both refuse another law.
func TestFollows(t *testing.T) {
	for _, test := range []string{"ks", "chi-square"} {
		for law, want := range map[string]Verdict{ // order-free: each by itself
			"handshake(flow.web)":                                     Pass,
			"setup_time('linux', [1, 2, 4, 8], 0.2, 0.1, 20*ms)":      Fail,
			"setup_time('linux', [1, 2, 4, 8], 0.2, 0.2, 2*s)":        Fail,
			"setup_time('stateless', [3, 6, 12, 24], 0.2, 0.2, 0.02)": Fail,
		} {
			s := study(t, fmt.Sprintf(opening, law, test))
			results, err := s.Judge()
			if err != nil {
				t.Fatal(err)
			}
			if r := results[0]; r.Verdict != want || (want == Fail) != strings.HasPrefix(r.Why, "it follows another distribution") {
				t.Errorf("%s by %s: %v (%s), P = %g", law, test, r.Verdict, r.Why, r.P)
			}
			for _, r := range results[1:] {
				if r.Verdict != Pass {
					t.Errorf("%s: %v (%s)", r.Name, r.Verdict, r.Why)
				}
			}
		}
	}
}

// TestFollowsTooLittle holds that too few cases decide nothing, and none do neither.
func TestFollowsTooLittle(t *testing.T) {
	for _, test := range []string{"ks", "chi-square"} {
		for count, why := range map[string]string{"1": "4 cases are too few", "0": "nothing was measured"} { // order-free: each by itself
			source := fmt.Sprintf(opening, "handshake(flow.web)", test)
			sets := []string{"flow.web.arrivals.count=1", "link.wire.loss=0"}
			if count == "0" {
				sets[1] = "link.wire.loss=1"
			}
			s := study(t, source, sets...)
			results, err := s.Judge()
			if err != nil || results[0].Verdict != Undecided || !strings.HasPrefix(results[0].Why, why) {
				t.Errorf("%s of %s: %v (%s), %v", test, count, results[0].Verdict, results[0].Why, err)
			}
		}
	}
}

// TestLawAlarms holds how often the tests refuse the law that a sample is drawn from:
// chi-square as often as it says, Kolmogorov and Smirnov more seldom; and neither more
// often where the cases of a replication are alike by tens.
func TestLawAlarms(t *testing.T) {
	const seed, trials, level = 12, 2000, 0.05
	law := theory.Opening{Client: theory.Backoff(time.Second, time.Minute, 0, 5), Policy: theory.Stateless, Loss: .3, LossBack: .3, RTT: 20 * time.Millisecond}.SetupTime()
	c := cellsOf(law.Steps())
	draw := des.Stream(seed, 0, "laws")
	for _, alike := range []int{1, 10} {
		smirnov, chiSquare := 0, 0
		for range trials {
			each := make([][]float64, 20)
			for i := range each {
				m := sampleOf()
				for range 200 / alike {
					at := law.Quantile(draw.Float64())
					for range alike {
						m.Sample.Record(int64(at))
					}
				}
				each[i] = c.count(m)
			}
			if c.smirnov(each) < level {
				smirnov++
			}
			if c.chiSquare(each) < level {
				chiSquare++
			}
		}
		most := level + 4*math.Sqrt(level*(1-level)/trials)
		if a, b := float64(smirnov)/trials, float64(chiSquare)/trials; a > most || b > 1.3*most || b < .02 {
			t.Errorf("%d alike: %g and %g are refused, want %g at most (seed %d)", alike, a, b, level, seed)
		}
	}
}

// TestNoClosedForm holds that what has none is named before the run, if it is on the way.
func TestNoClosedForm(t *testing.T) {
	for add, want := range map[string]string{ // order-free: each by itself
		"[link.wire.back]\njitter = \"1 ms\"\n":                                                                 "link.wire.jitter has no closed form",
		"[link.wire.rule.r]\nmatch = \"syn\"\nnth = 1\ndo = \"drop\"\n":                                         "link.wire.rule.r has no closed form",
		"[run]\nties = \"seeded\"\n":                                                                            "run.ties has no closed form",
		"[link.wire.forward]\nloss = { model = \"gilbert-elliott\", p = 0.1, r = 0.5 }\n":                       "link.wire.loss has no closed form",
		"[node.third]\n[link.aside]\nends = [\"third\", \"server\"]\ndelay = 0\njitter = \"1 ms\"\n":            "",
		"[node.r]\nkind = \"router\"\n[link.aside]\nends = [\"r\", \"server\"]\ndelay = 0\njitter = \"1 ms\"\n": "link.aside.jitter has no closed form",
	} {
		_, err := language.Parse("x.toml", []byte(pair+"delay = \"10 ms\"\n[flow.web]\nfrom = \"client\"\nto = \"server:80\"\n"+add+"[expect.e]\nthat = \"flow.web.setup_time\"\nfollows = \"handshake(flow.web)\"\n"))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), "expect.e.follows: handshake(flow.web): "+want)) {
			t.Errorf("%s\n%v", add, err)
		}
	}
}
