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

// TestTheoryBesideNumbers: theory has a decimal more than the uncertainty beside it, and
// never nine digits of a number that is no time.
func TestTheoryBesideNumbers(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		unit           string
		expected, half float64
		want           string
	}{
		{"", 6003.50266, 11, "6003.5"},
		{"", 6000, 10, "6000"},
		{"", 1234567.8, 1000, "1234568"},
		{"", 0.333333333333, 0.012, "0.3333"},
		{"", 1.0 / 3, nan, "0.333333"},
		{"", 28232, 0, "28232"},
		{"", 1.234567e-7, 0.002, "1.2e-07"},
		{"", 0, 0.1, "0"},
		{"", -6003.50266, 11, "-6003.5"},
		{"B", 1536000, 2700, "1.536 MB"},
		{"s", 0.0301376001, nan, "30.1376001 ms"},
		{"s", 0.0301376001, 0.001, "30.14 ms"},
		{"1/s", 470.533333, 4, "470.53 1/s"},
		{"", nan, nan, ""},
		{"", math.Inf(1), 1, "infinite"},
	} {
		if got := UnitFor(c.unit, c.expected).Beside(c.expected, c.half); got != c.want {
			t.Errorf("%v %s beside ± %v is %q, want %q", c.expected, c.unit, c.half, got, c.want)
		}
	}
}
