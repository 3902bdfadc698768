package experiments

import (
	"fmt"
	"math"
	"strings"

	"netsim/des"
)

// Unit is what numbers are shown in to people: "ms" is 1e-3 of a second.
type Unit struct {
	Name string
	Size float64
}

// UnitFor is the SI unit in which the greatest of the numbers has one to three
// digits before the point: seconds go down to ns, bytes up to GB.
func UnitFor(name string, numbers ...float64) Unit {
	scales := map[string][]Unit{
		"s": {{"s", 1}, {"ms", 1e-3}, {"µs", 1e-6}, {"ns", 1e-9}},
		"B": {{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1}},
	}
	greatest := 0.0
	for _, n := range numbers {
		if !math.IsNaN(n) {
			greatest = max(greatest, math.Abs(n))
		}
	}
	for _, u := range scales[name] {
		if greatest >= u.Size {
			return u
		}
	}
	return Unit{name, 1}
}

// Alone shows a number by itself, exactly to the ns if it is a time below 1000 s.
func (u Unit) Alone(n float64) string {
	if math.IsNaN(n) {
		return ""
	}
	return strings.TrimRight(fmt.Sprintf("%.9g %s", n/u.Size, u.Name), " ")
}

// inTime shows a time.
func inTime(t des.Time) string { return UnitFor("s", t.Seconds()).Alone(t.Seconds()) }

// Around shows a number with its uncertainty: two digits of that, and as many
// decimals of the number.
func (u Unit) Around(n, half float64) string {
	if math.IsNaN(n) || math.IsNaN(half) || half <= 1e-12*math.Abs(n) {
		return u.Alone(n)
	}
	half /= u.Size
	decimals := max(0, 1-int(math.Floor(math.Log10(half))))
	return strings.TrimRight(fmt.Sprintf("%.*f ± %.*f %s", decimals, n/u.Size, decimals, half, u.Name), " ")
}

// Shown is what was measured and what was expected, both in one unit, and the
// score; of what is only true or false, nothing is expected.
func (r *Result) Shown() (measured, expected, score string) {
	if !r.Number() {
		if r.Verdict == Undecided {
			return "", "", ""
		}
		return fmt.Sprint(r.Verdict == Pass), "", ""
	}
	u := UnitFor(r.Unit, r.Value, r.Expected)
	return u.Around(r.Value, r.Half), u.Alone(r.Expected), r.score()
}

// score is the distance in standard errors, where there is an error that is more
// than the arithmetic's.
func (r *Result) score() string {
	if z := r.Z(); !math.IsNaN(z) && math.Abs(z) < 1e6 && r.SE > 1e-12*math.Abs(r.Value) {
		return fmt.Sprintf("%+.2f", z)
	}
	return ""
}
