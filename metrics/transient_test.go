package metrics

import (
	"math"
	"testing"

	"netsim/des"
)

// TestMSER5 holds the cut of a level that fills up, of one that is steady, and of
// series that say nothing.
func TestMSER5(t *testing.T) {
	const seed, n = 2, 500
	r := des.Stream(seed, 0, "mser")
	series := func(level func(i int) float64) (values []int64) {
		for i := range n {
			values = append(values, int64(level(i)+10*r.NormFloat64()))
		}
		return values
	}
	found := 0
	for range 20 {
		// 1000·exp(-i/20) is below a deviation of 10 behind the 92nd value.
		cut, ok := MSER5(series(func(i int) float64 { return 1e6 - 1000*math.Exp(-float64(i)/20) }))
		if ok && (cut < 60 || cut > 200) {
			t.Errorf("of a level that fills up %d are cut", cut)
		}
		if ok {
			found++
		}
		if cut, ok := MSER5(series(func(int) float64 { return 1000 })); !ok && cut <= n/2 {
			t.Errorf("of a steady level %d are cut, %v", cut, ok)
		}
		if cut, ok := MSER5(series(func(i int) float64 { return 100 * float64(i) })); ok {
			t.Errorf("of a level that grows for ever %d are cut", cut)
		}
	}
	if found < 17 { // by chance an end may be the calmest part
		t.Errorf("the warm-up is found in %d of 20 series (seed %d)", found, seed)
	}
	step := make([]int64, n)
	for i := range step {
		step[i] = 1
	}
	if _, ok := MSER5(step); ok {
		t.Error("a level that never varies tells something")
	}
	for i := range 40 {
		step[i] = 0
	}
	if cut, ok := MSER5(step); cut != 40 || !ok {
		t.Errorf("of a step after 40 values %d are cut, %v", cut, ok)
	}
	for _, few := range []int{0, 4, 24} {
		if _, ok := MSER5(step[30:][:few]); ok {
			t.Errorf("%d values tell something", few)
		}
	}
}
