package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"netsim/des"
)

// TestQueueCoverage: of the intervals for the mean of a queue's length over ten
// replications, 95 % cover the true mean, though lengths are skewed and one instant
// is like the next: M/M/1 at a load of .5 over 2,000 service times, and M/G/∞, which is
// a TIME-WAIT table, with 10 customers in the mean over 50 stays of one length. Both
// begin as they stand in the long run. Of 1,000 repetitions with this seed 95.0 % and
// 96.3 % did.
func TestQueueCoverage(t *testing.T) {
	const seed, confidence, replications = 11, .95, 10
	repetitions := 1000
	if testing.Short() {
		repetitions = 200
	}
	for _, c := range []struct {
		name  string
		truth float64
		run   func(*rand.Rand) *LevelResult
	}{{"M/M/1", 1, mm1}, {"M/G/∞", 10, mgInfinity}} {
		draw := des.Stream(seed, 0, c.name)
		covered := 0
		for range repetitions {
			means := make([]float64, replications)
			for i := range means {
				means[i] = c.run(draw).Mean()
			}
			if i := StudentInterval(confidence, means...); math.Abs(i.Mean-c.truth) <= i.Half {
				covered++
			}
		}
		share := float64(covered) / float64(repetitions)
		t.Logf("%s: %.3f of %d intervals cover", c.name, share, repetitions)
		within(t, seed, c.name, share, confidence, math.Sqrt(confidence*(1-confidence)/float64(repetitions)))
	}
}

// mm1 is the number in an M/M/1 queue of load .5 over 2,000 mean service times of 1 s.
func mm1(draw *rand.Rand) *LevelResult {
	const load, end = .5, 2000e9
	var l Level
	now, n := 0., int64(0)
	for draw.Float64() < load { // geometric, as in the long run
		n++
	}
	l.Set(0, n)
	for {
		rate := load
		if n > 0 {
			rate++
		}
		if now += draw.ExpFloat64() / rate * 1e9; now >= end {
			l.Close(des.Time(end))
			return l.Result()
		}
		if draw.Float64()*rate < load {
			n++
		} else {
			n--
		}
		l.Set(des.Time(now), n)
	}
}

// mgInfinity is the number of customers who come at 10 a second, stay for 1 s each, and
// wait for nobody, over 50 s.
func mgInfinity(draw *rand.Rand) *LevelResult {
	const rate, stay, end = 10, 1e9, 50e9
	var l Level
	var leaves []float64 // in their order, which is that of coming
	next := -stay + draw.ExpFloat64()/rate*1e9
	for ; next < 0; next += draw.ExpFloat64() / rate * 1e9 {
		leaves = append(leaves, next+stay)
	}
	l.Set(0, int64(len(leaves)))
	for {
		if len(leaves) > 0 && leaves[0] < next {
			if leaves[0] >= end {
				break
			}
			l.Add(des.Time(leaves[0]), -1)
			leaves = leaves[1:]
			continue
		}
		if next >= end {
			break
		}
		l.Add(des.Time(next), 1)
		leaves = append(leaves, next+stay)
		next += draw.ExpFloat64() / rate * 1e9
	}
	l.Close(des.Time(end))
	return l.Result()
}
