package experiments

import (
	"math"
	"testing"
)

// TestNumbers says how results are shown: in the unit that suits them, with two
// digits of the uncertainty, exactly where there is none.
func TestNumbers(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		unit           string
		value, half    float64
		around, theory string
	}{
		{"s", .020096, nan, "20.096 ms", "20.096 ms"},
		{"s", .000200961, nan, "200.961 µs", "200.961 µs"},
		{"s", 60, 0, "60 s", "60 s"},
		{"s", 0, 0, "0 s", "0 s"},
		{"s", 5e-9, nan, "5 ns", "5 ns"},
		{"s", .23762, .0012, "237.6 ± 1.2 ms", "237.62 ms"},
		{"B", 1536000, 2700, "1.5360 ± 0.0027 MB", "1.536 MB"},
		{"", 6001.4, 10.7, "6001 ± 11", "6001.4"},
		{"", 6001.4, .95, "6001.40 ± 0.95", "6001.4"},
		{"", nan, nan, "", ""},
		{"s", .283, math.Inf(1), "283 ms ± infinite", "283 ms"},
		{"s", math.Inf(1), nan, "infinite", "infinite"},
		{"s", math.Inf(-1), math.Inf(1), "-infinite", "-infinite"},
		{"1/s", 4700, 470, "4700 ± 470 1/s", "4700 1/s"},
	} {
		u := UnitFor(c.unit, c.value)
		if got := u.Around(c.value, c.half); got != c.around {
			t.Errorf("%v ± %v %s is shown as %q, want %q", c.value, c.half, c.unit, got, c.around)
		}
		if got := u.Alone(c.value); got != c.theory {
			t.Errorf("%v %s is shown as %q, want %q", c.value, c.unit, got, c.theory)
		}
	}
}
