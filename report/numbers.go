package report

import (
	"fmt"
	"math"
	"strconv"
)

// short writes a number with four digits.
func short(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// plain is a number with its unit.
func plain(v float64, unit string) string {
	scale, prefixed := scaled(math.Abs(v), unit)
	return withUnit(short(v/scale), prefixed)
}

// interval is a number with the half-width of its interval, to the digit that
// this leaves.
func interval(v, half float64, unit string) string {
	scale, prefixed := scaled(max(math.Abs(v), 1e-12), unit)
	if math.IsNaN(half) || half == 0 {
		return withUnit(short(v/scale), prefixed)
	}
	digits := max(0, 1-int(math.Floor(math.Log10(half/scale))))
	if digits > 8 {
		return withUnit(fmt.Sprintf("%s ± %.2g", short(v/scale), half/scale), prefixed)
	}
	return withUnit(fmt.Sprintf("%.*f ± %.*f", digits, v/scale, digits, half/scale), prefixed)
}

func withUnit(number, unit string) string {
	if unit == "" || number == "" {
		return number
	}
	return number + " " + unit
}

// scaled chooses the prefix of seconds and bytes.
func scaled(v float64, unit string) (scale float64, prefixed string) {
	switch {
	case unit == "s" && v > 0 && v < 1e-3:
		return 1e-6, "µs"
	case unit == "s" && v > 0 && v < 1:
		return 1e-3, "ms"
	case unit == "B" && v >= 1e9:
		return 1e9, "GB"
	case unit == "B" && v >= 1e6:
		return 1e6, "MB"
	case unit == "B" && v >= 1e4:
		return 1e3, "kB"
	}
	return 1, unit
}
