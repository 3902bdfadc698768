package experiments

import (
	"math"
	"testing"

	"netsim/des"
	"netsim/experiments/language"
)

// TestCatalogueAlarms holds that the whole catalogue, all of it being true, fails by
// chance once in a thousand times: what its expectations ask for is no less than that
// by itself, and tests that are settled together fail together as often as that,
// however many they are: as many, too, as the catalogue has where every expectation that
// chance has a part in is held at every point.
func TestCatalogueAlarms(t *testing.T) {
	all := 0
	for _, name := range Catalog() {
		f, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range f.Expects {
			for _, p := range f.Points {
				wanted, err := e.Wants(p)
				if err != nil {
					t.Fatal(err)
				}
				if wanted && (e.Follows != nil || e.Equals != nil && e.Within.Kind == language.StandardErrors) {
					all++
				}
			}
			if alone := math.Erfc(e.Within.Value / math.Sqrt2); e.Equals != nil && e.Within.Kind == language.StandardErrors && alone > falseAlarms {
				t.Errorf("%s: %s within %v fails by chance in %.2g of all runs; want 4 se", name, e.Name, e.Within, alone)
			}
		}
	}
	t.Logf("%d tests in %d experiments", all, len(Catalog()))
	const seed = 21
	for tests, families := range map[int]int{1: 200_000, 4: 100_000, 60: 40_000, all: 10_000} { // order-free: each by itself
		draw := des.Stream(seed, uint64(tests), "alarms")
		alarms := 0
		family := make([]*Result, tests)
		for range families {
			for i := range family {
				family[i] = &Result{P: draw.Float64(), alone: math.Erfc(4 / math.Sqrt2)}
			}
			Settle(family)
			for _, r := range family {
				if r.Verdict == Fail {
					alarms++
					break
				}
			}
		}
		level := min(falseAlarms, float64(tests)*math.Erfc(4/math.Sqrt2)) // few tests fail at their own
		if most := float64(families) * level; math.Abs(float64(alarms)-most) > 4*math.Sqrt(most) {
			t.Errorf("%d tests: %d of %d families failed, want %.1f (seed %d)", tests, alarms, families, most, seed)
		}
	}
}
