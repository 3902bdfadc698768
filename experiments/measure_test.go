package experiments

import (
	"math"
	"testing"

	"netsim/des"
	"netsim/experiments/language"
	"netsim/metrics"
)

// sampleOf is a sample of some values in ns.
func sampleOf(values ...int64) *Measure {
	s := new(metrics.Sample)
	for _, v := range values {
		s.Record(v)
	}
	return sample(s, inSeconds)
}

// levelOf is a level that stands at each of the values for a second.
func levelOf(values ...int64) *Measure {
	l := new(metrics.Level)
	l.Open(0)
	for i, v := range values {
		l.Set(des.Time(i*1e9), v)
	}
	l.Close(des.Time(len(values) * 1e9))
	return level(l.Result(), 1, 1)
}

// TestStatistics says what each last word of a path means, for one run and for
// several together: counters are means of totals and sums of rates, samples join,
// levels follow one another.
func TestStatistics(t *testing.T) {
	counters := pool([]*Measure{counter(2, 10, 4), counter(3, 10, 6)})
	samples := pool([]*Measure{sampleOf(1e9, 2e9), sampleOf(6e9)})
	levels := pool([]*Measure{levelOf(0, 4), levelOf(2, 2)})
	bytes := level(levelOf(1, 3).Level, 256, 1).inBytes()
	for _, c := range []struct {
		name string
		got  *Measure
		want map[string]float64
	}{
		{"one counter", counter(2, 10, 4), map[string]float64{"total": 2, "rate": .5, "fraction": .2}},
		{"two counters", counters, map[string]float64{"total": 2.5, "rate": .5, "fraction": .25}},
		{"a counter of nothing", counter(0, 0, 4), map[string]float64{"total": 0, "fraction": math.NaN()}},
		{"one sample", sampleOf(1e9, 2e9), map[string]float64{"n": 2, "mean": 1.5, "min": 1, "max": 2, "sd": math.Sqrt(.5), "p50": 1, "p99_9": 2}},
		{"two samples", samples, map[string]float64{"n": 1.5, "mean": 3, "min": 1, "max": 6, "sd": math.Sqrt(7), "p50": 2}},
		{"an empty sample", sampleOf(), map[string]float64{"n": 0, "mean": math.NaN(), "min": math.NaN(), "max": math.NaN(), "sd": math.NaN(), "p50": math.NaN()}},
		{"one level", levelOf(0, 4), map[string]float64{"mean": 2, "sd": 2, "min": 0, "max": 4, "end": 4, "integral": 4, "dispersion": 2, "p50": 0, "p51": 4}},
		{"two levels", levels, map[string]float64{"mean": 2, "sd": math.Sqrt(2), "min": 0, "max": 4, "end": 3, "integral": 4, "p50": 2}},
		{"a level in bytes", bytes, map[string]float64{"mean": 512, "sd": 256, "max": 768, "end": 768, "integral": 1024, "dispersion": 128, "p99": 768}},
	} {
		for word, want := range c.want {
			if got := c.got.Statistic(word); !(math.Abs(got-want) <= 1e-12*want || math.IsNaN(got) && math.IsNaN(want)) {
				t.Errorf("%s: %s is %v, want %v", c.name, word, got, want)
			}
		}
	}
	if got := []float64{samples.CDF(1), samples.CDF(5.9), samples.Above(2), samples.Quantile(.9)}; got[0] != 1./3 || got[1] != 2./3 || math.Abs(got[2]-1./3) > 1e-15 || got[3] != 6 {
		t.Errorf("distribution of the samples: %v", got)
	}
	if !sampleOf().Empty() || sampleOf(0).Empty() || counter(0, 0, 1).Empty() || levelOf(0).Empty() || !levelOf().Empty() {
		t.Error("only what has no value at all is empty")
	}
}

// TestAt holds a level at a time: exactly where it was asked for before the run,
// the mean over the replications; else the value last sampled.
func TestAt(t *testing.T) {
	s := study(t, pair+`
delay = "10 ms"
[run]
duration = "10 s"
replications = 2
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "10/s" }
close = { by = "nobody" }
[expect.exact]
that = "at(node.client.established.count, 1.019999999*s) == 10 and at(node.client.established.count, 1.02*s) == 11"
[output]
series = ["node.client.established.count"]
every = "1 s"
`)
	// A look comes last at its instant: the connection of 1.0 s is ESTABLISHED at
	// 1.02 s.
	results, err := s.Judge()
	if err != nil || results[0].Verdict != Pass {
		t.Errorf("%v %+v", err, results[0])
	}
	m, err := Pooled(s.Points[0].Outcomes, "node.client.established.count")
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[float64]float64{0: 0, 1: 10, 1.02: 11, 1.5: 10, 2.999: 20, 9: 90} {
		if got := m.At(at); got != want {
			t.Errorf("at %v s there are %v, want %v", at, got, want)
		}
	}
	if got := m.At(11); !math.IsNaN(got) {
		t.Errorf("after the end there are %v", got)
	}
}

// TestClasses holds that every class has the statistics that tables show.
func TestClasses(t *testing.T) {
	for _, m := range []*Measure{counter(1, 2, 3), sampleOf(1, 2), levelOf(1, 2)} {
		for _, word := range m.Statistics() {
			if math.IsNaN(m.Statistic(word)) {
				t.Errorf("%s has no %s", m.Class, word)
			}
		}
		if m.Class != language.Counter && !math.IsNaN(m.Statistic("pX")) {
			t.Errorf("%s has a statistic without a meaning", m.Class)
		}
	}
}
