package experiments

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"netsim/des"
	"netsim/metrics"
)

// sought is a point whose file wants to know something so well.
func sought(t testing.TB, halfWidth string) *expected {
	f := parse(t, fmt.Sprintf(pair+`delay = "10 ms"
[run]
replications = 10
max_replications = 200
until.mean = { metric = "flow.web.attempts.total", half_width = %q }
[flow.web]
from = "client"
to = "server:80"
`, halfWidth))
	p := &Point{Point: f.Points[0]}
	return &expected{p, &Study{File: f, Seed: 1, Replications: 10, Points: []*Point{p}}}
}

// stop adds replications until there are enough, as many at a time as are asked for and
// some more, and returns how many count.
func (e *expected) stop(t testing.TB, draw *rand.Rand, some int) int {
	e.Outcomes = nil
	for {
		count, more, err := e.study.Enough(e.Point)
		if err != nil {
			t.Fatal(err)
		}
		if more == 0 {
			return count
		}
		e.Outcomes = append(e.Outcomes, normal(draw, more+some)...)
	}
}

// TestEnough holds that it does not matter how many replications are made in advance:
// those that count are the same, in the order of their numbers.
func TestEnough(t *testing.T) {
	stops := map[int]bool{}
	for seed := range uint64(30) {
		e := sought(t, "0.025 %")
		want := e.stop(t, des.Stream(seed, 0, "enough"), 0)
		for _, some := range []int{1, 7, 100} {
			if got := e.stop(t, des.Stream(seed, 0, "enough"), some); got != want {
				t.Errorf("seed %d: %d replications made in advance, and %d count, not %d", seed, some, got, want)
			}
		}
		stops[want] = true
	}
	if len(stops) < 3 {
		t.Errorf("all stop at %v", stops)
	}
	if got := sought(t, "1").stop(t, des.Stream(1, 0, "enough"), 0); got != 200 {
		t.Errorf("what cannot be reached stops at %d of 200", got)
	}
	e := sought(t, "1")
	e.stop(t, des.Stream(1, 0, "enough"), 0)
	if lines, err := e.study.Unreached(); err != nil || len(lines) != 1 {
		t.Errorf("%q, %v", lines, err)
	}
}

// TestStoppedCoverage measures what stopping costs: an interval that ended the search
// covers the truth less often than it says. Of 2,000 searches that began with 10
// replications, it was in 93.6 of 100.
func TestStoppedCoverage(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds under the race detector")
	}
	const seed, trials = 3, 400
	draw := des.Stream(seed, 0, "stopped")
	e := sought(t, "0.025 %")
	covered, replications := 0, 0
	for range trials {
		n := e.stop(t, draw, 0)
		values := make([]float64, n)
		for i := range values {
			values[i] = float64(e.Outcomes[i].Measures["flow.web.attempts"].Count)
		}
		if i := metrics.StudentInterval(.95, values...); math.Abs(i.Mean-1e9) <= i.Half {
			covered++
		}
		replications += n
	}
	got := float64(covered) / trials
	t.Logf("%.3f of the intervals cover, with %.0f replications in the mean (seed %d)", got, float64(replications)/trials, seed)
	if got < .90 || got > .96 {
		t.Errorf("%.3f of the intervals that ended a search cover (seed %d)", got, seed)
	}
}

// chancy is an experiment with chance in it, at two points.
const chancy = pair + `
delay = "10 ms"
loss = "5 %"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "poisson", rate = "50/s", count = 100 }
[sweep.axes]
link.wire.mtu = ["1500 B", "1400 B"]
[run]
replications = 4
`

// TestAddedReplications holds that what a file wants to know is known in the end, or
// said not to be; that replications are those of a run with as many to begin with;
// and that workers change nothing.
func TestAddedReplications(t *testing.T) {
	const wanted = "max_replications = 40\nuntil.waits = { metric = \"above(flow.web.setup_time, 20*ms)\", half_width = \"0.025\" }\n"
	run := func(source string, jobs int) *Study {
		s, err := Run(t.Context(), parse(t, source), Options{Jobs: jobs, Digest: true})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	plain, one, four := run(chancy, 2), run(chancy+wanted, 1), run(chancy+wanted, 4)
	for i, p := range one.Points {
		e, err := p.estimate(one.File.Until[0].Metric)
		if err != nil || e.half() > .025 || len(p.Outcomes) <= 4 || len(p.Outcomes) > 40 {
			t.Errorf("after %d replications the half-width is %g, %v", len(p.Outcomes), e.half(), err)
		}
		if got := len(four.Points[i].Outcomes); got != len(p.Outcomes) {
			t.Errorf("with four workers there are %d replications, with one %d", got, len(p.Outcomes))
		}
		for j, o := range p.Outcomes {
			if o.Replication != j+1 || o.Digest != four.Points[i].Outcomes[j].Digest || j < 4 && o.Digest != plain.Points[i].Outcomes[j].Digest {
				t.Errorf("replication %d is another", j+1)
			}
		}
	}
	if lines, err := one.Unreached(); err != nil || len(lines) != 0 {
		t.Errorf("%q, %v", lines, err)
	}
}

// TestCommonRandomNumbers holds that points share their random numbers, if they are
// not told otherwise, and that each has its own then, the same every time.
func TestCommonRandomNumbers(t *testing.T) {
	digest := func(s *Study, point int) string { return s.Points[point].Outcomes[0].Digest }
	common, own, again := study(t, chancy), study(t, chancy, "run.common_random_numbers=false"), study(t, chancy, "run.common_random_numbers=false")
	arrivals := func(s *Study, point int) float64 {
		return s.Points[point].value(t, "flow.web.setup_time.mean")
	}
	// The MTU is in the options of a SYN and so in the digest, but alters no time.
	if arrivals(common, 0) != arrivals(common, 1) {
		t.Error("points that differ in nothing that matters differ")
	}
	if arrivals(own, 0) == arrivals(own, 1) || digest(own, 0) == digest(common, 0) {
		t.Error("points share random numbers that they should not")
	}
	for i := range own.Points {
		if digest(own, i) != digest(again, i) {
			t.Error("random numbers of its own are others the next time")
		}
	}
}

// TestThorough holds that a thorough study knows every number that is held against
// theory to a part of itself, where it is held, and nothing else; or has made all the
// replications that it may.
func TestThorough(t *testing.T) {
	f := parse(t, pair+`delay = "10 ms"
[run]
replications = 4
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "100/s", count = 200 }
[param]
p = 0.5
[sweep.axes]
link.wire.loss = [0, 0.3]
[expect.waits]
that = "above(flow.web.setup_time, 0.5)"
equals = "1 - (1 - link.wire.loss)^2"
where = "link.wire.loss > 0"
[expect.opens]
that = "flow.web.opened.total > 0"
[expect.times]
that = "flow.web.setup_time.mean"
equals = "0.02"
within = "100 %"
`)
	f.Thorough(0.05, 40)
	s, err := Run(t.Context(), f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if less, more := len(s.Points[0].Outcomes), len(s.Points[1].Outcomes); len(f.Until) != 1 || less != 4 || more <= 4 || more >= 40 {
		t.Errorf("%d numbers are to be known; %d and %d replications", len(f.Until), less, more)
	}
	if lines, err := s.Unreached(); err != nil || len(lines) != 0 {
		t.Errorf("%q, %v", lines, err)
	}
	f.Thorough(0.001, 40)
	if s, err = Run(t.Context(), f, Options{}); err != nil {
		t.Fatal(err)
	}
	if lines, err := s.Unreached(); err != nil || len(lines) != 1 || !strings.HasPrefix(lines[0], "expect.waits at link.wire.loss=0.3: the half-width is ") || !strings.HasSuffix(lines[0], "after 40 replications, wanted were 0.1 %") {
		t.Errorf("%q, %v", lines, err)
	}
}
