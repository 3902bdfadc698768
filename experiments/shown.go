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
		if !math.IsNaN(n) && !math.IsInf(n, 0) {
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
	switch {
	case math.IsNaN(n):
		return ""
	case math.IsInf(n, 0):
		return inWords(n, 0)
	}
	return strings.TrimRight(fmt.Sprintf("%.9g %s", n/u.Size, u.Name), " ")
}

// inTime shows a time.
func inTime(t des.Time) string { return UnitFor("s", t.Seconds()).Alone(t.Seconds()) }

// inWords shows a number in a sentence, with so many digits: what is none, or has no
// bound, as a word.
func inWords(n float64, digits int) string {
	switch {
	case math.IsNaN(n):
		return "unknown"
	case math.IsInf(n, -1):
		return "-infinite"
	case math.IsInf(n, 0):
		return "infinite"
	}
	return fmt.Sprintf("%.*g", digits, n)
}

// Around shows a number with its uncertainty: two digits of that, and as many
// decimals of the number. There is none to show of a single run; of a percentile of few
// cases it is infinite.
func (u Unit) Around(n, half float64) string {
	switch {
	case math.IsNaN(n) || math.IsInf(n, 0) || math.IsNaN(half) || half <= 1e-12*math.Abs(n):
		return u.Alone(n)
	case math.IsInf(half, 0):
		return u.Alone(n) + " ± " + inWords(half, 0)
	}
	half /= u.Size
	decimals := max(0, 1-int(math.Floor(math.Log10(half))))
	return strings.TrimRight(fmt.Sprintf("%.*f ± %.*f %s", decimals, n/u.Size, decimals, half, u.Name), " ")
}

// Beside shows what theory says of a number with an uncertainty: a decimal more than
// that has, and six digits at most. Beside one without it is exact as far as times
// are, and six digits behind the point of others.
func (u Unit) Beside(n, half float64) string {
	v := n / u.Size
	if math.IsNaN(v) || v == 0 || math.IsInf(v, 0) {
		return u.Alone(n)
	}
	most := 6 - int(math.Floor(math.Log10(math.Abs(v)))) - 1
	decimals := max(0, most)
	switch exact := math.IsNaN(half) || half <= 1e-12*math.Abs(n); {
	case exact && u.time():
		return u.Alone(n)
	case !exact:
		decimals = max(0, min(most, 2-int(math.Floor(math.Log10(half/u.Size)))))
	}
	if least := math.Pow10(-decimals); math.Abs(v) < 10*least { // a small one keeps two digits
		return strings.TrimRight(fmt.Sprintf("%.2g %s", v, u.Name), " ")
	}
	text := fmt.Sprintf("%.*f", decimals, v)
	if decimals > 0 {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return strings.TrimRight(text+" "+u.Name, " ")
}

// time reports whether the unit is one of time.
func (u Unit) time() bool {
	return u.Name != "" && strings.HasSuffix(u.Name, "s") && !strings.Contains(u.Name, "/") && !strings.Contains(u.Name, " ")
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
	measured = u.Around(r.Value, r.Half)
	if r.Verdict == Undecided && math.IsNaN(r.Half) && !math.IsNaN(r.Value) {
		measured += " ± " + inWords(r.Half, 0)
	}
	return measured, u.Beside(r.Expected, r.Half), r.score()
}

// score is the distance in standard errors, where there is an error that is more
// than the arithmetic's.
func (r *Result) score() string {
	if z := r.Z(); !math.IsNaN(z) && math.Abs(z) < 1e6 && !math.IsInf(r.SE, 0) && r.SE > 1e-12*math.Abs(r.Value) {
		return fmt.Sprintf("%+.2f", z)
	}
	return ""
}
