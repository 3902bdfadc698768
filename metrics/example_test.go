package metrics_test

import (
	"fmt"
	"time"

	"netsim/des"
	"netsim/metrics"
)

// Two connections closed ten seconds apart are each 60 s in TIME-WAIT. The first
// 30 s do not count.
func ExampleLevel() {
	at := func(seconds int64) des.Time { return des.Time(seconds * int64(time.Second)) }
	var timeWait metrics.Level
	timeWait.Add(at(20), +1)
	timeWait.Open(at(30))
	timeWait.Add(at(30), +1)
	timeWait.Add(at(80), -1)
	timeWait.Add(at(90), -1)
	timeWait.Close(at(130))
	r := timeWait.Result()
	fmt.Println("over", r.Span(), "mean", r.Mean(), "max", r.Max(), "median", r.Quantile(.5))
	// Output: over 1m40s mean 1.1 max 2 median 1
}

func ExampleSample() {
	var setup metrics.Sample
	for _, d := range []time.Duration{20, 20, 1020, 20, 3020} {
		setup.Record(int64(d * time.Millisecond))
	}
	for v, n := range setup.Steps() {
		fmt.Println(time.Duration(v), n)
	}
	fmt.Println("above 20ms:", setup.Above(int64(20*time.Millisecond)))
	// Output:
	// 20ms 3
	// 1.02s 4
	// 3.02s 5
	// above 20ms: 0.4
}

// The error of a ratio of pooled counts, over five replications.
func ExampleJackknife() {
	failed := []float64{19, 22, 17, 20, 18}
	tried := []float64{100, 104, 98, 101, 97}
	ratio, se := metrics.Jackknife(len(tried), func(out int) float64 {
		var f, n float64
		for i := range tried {
			if i != out {
				f += failed[i]
				n += tried[i]
			}
		}
		return f / n
	})
	fmt.Printf("%.3f ± %.3f\n", ratio, se)
	// Output: 0.192 ± 0.006
}
