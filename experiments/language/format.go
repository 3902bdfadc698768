package language

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Base returns a typed value as expressions see it: a float64 in the base unit
// of its kind (s, bit/s, B, 1/s), a string or a bool; nil for what has none.
func Base(value any) any {
	switch v := value.(type) {
	case time.Duration:
		switch v {
		case Never:
			return math.Inf(1)
		case Auto:
			return math.NaN()
		}
		return float64(v) / 1e9
	case Rate:
		if v == Unlimited {
			return math.Inf(1)
		}
		return float64(v)
	case Size:
		return float64(v)
	case Frequency:
		return float64(v)
	case Probability:
		return float64(v)
	case Count:
		if v == Unlimited {
			return math.Inf(1)
		}
		return float64(v)
	case Shift:
		return float64(max(v, 0))
	case int64:
		return float64(v)
	case float64, string, bool:
		return v
	case Limit:
		return float64(v.Packets+int64(v.Bytes)) + v.Time.Seconds()
	case form:
		return Base(v.mean())
	}
	return nil
}

// Format writes a typed value as the language would, shortest unit that keeps it
// whole; what it writes reads back as the same value.
func Format(value any) string {
	switch v := value.(type) {
	case time.Duration:
		switch v {
		case Never:
			return "never"
		case Auto:
			return "auto"
		case 0:
			return "0 s"
		}
		return scaled(int64(v), "h", 3600e9, "min", 60e9, "s", 1e9, "ms", 1e6, "us", 1e3, "ns", 1)
	case Rate:
		if v == Unlimited {
			return "unlimited"
		}
		return scaled(int64(v), "Gbps", 1e9, "Mbps", 1e6, "kbps", 1e3, "bps", 1)
	case Size:
		return scaled(int64(v), "GB", 1e9, "MB", 1e6, "kB", 1e3, "GiB", 1<<30, "MiB", 1<<20, "KiB", 1<<10, "B", 1)
	case Frequency:
		return decimal(float64(v)) + "/s"
	case Probability:
		return decimal(float64(v))
	case float64:
		return decimal(v)
	case Shift:
		if v == NoShift {
			return "none"
		}
		return strconv.FormatInt(int64(v), 10)
	case Count:
		if v == Unlimited {
			return "unlimited"
		}
		return strconv.FormatInt(int64(v), 10)
	case fmt.Stringer:
		return v.String()
	}
	return fmt.Sprint(value)
}

// scaled writes n in the first of the units it is a whole number of.
func scaled(n int64, units ...any) string {
	if n == 0 {
		units = units[len(units)-2:]
	}
	for i := 0; i < len(units); i += 2 {
		scale, _ := strconv.ParseFloat(fmt.Sprint(units[i+1]), 64)
		if s := int64(scale); n%s == 0 {
			return strconv.FormatInt(n/s, 10) + " " + units[i].(string)
		}
	}
	panic("language: the last unit is not 1")
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

// literal writes a typed value as TOML.
func literal(value any) string {
	switch v := value.(type) {
	case int64, bool:
		return fmt.Sprint(v)
	case float64:
		return tomlFloat(v)
	case Count:
		if v != Unlimited {
			return Format(v)
		}
	case Shift:
		if v != NoShift {
			return Format(v)
		}
	case Probability:
		return tomlFloat(float64(v))
	case form:
		return v.String()
	case []time.Duration:
		return list(v)
	case []Target:
		return list(v)
	case []Range:
		return list(v)
	case []string:
		return list(v)
	}
	return quoted(Format(value))
}

func list[T any](items []T) string {
	words := make([]string, len(items))
	for i, item := range items {
		words[i] = literal(item)
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// tomlFloat writes a float that TOML does not take for an integer.
func tomlFloat(f float64) string {
	s := decimal(f)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}
