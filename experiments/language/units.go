package language

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strings"
	"time"
)

// The quantities of the language, each a whole number of its base unit but for
// frequencies and probabilities, and the count that may be unlimited.
type (
	Rate        int64   // bit/s; Unlimited is no limit
	Size        int64   // bytes
	Frequency   float64 // 1/s
	Probability float64 // 0 to 1
	Count       int64   // of what may have no end; Unlimited is none
	Shift       int64   // of a window; NoShift is no scaling
)

const (
	// Never is the duration of what does not end.
	Never time.Duration = math.MaxInt64
	// Unlimited is the rate of a link without one, and the count that has no end.
	Unlimited = 0
	// NoShift is a window that is not scaled.
	NoShift Shift = -1
)

// A dimension is a kind of quantity: its name and its units in base units.
type dimension struct {
	name    string // with its article, for errors
	units   map[string]*big.Rat
	written string // the units as errors list them
	example [2]string
}

var (
	durations = dimension{"a duration", scales("ns", 1, "us", 1e3, "µs", 1e3, "μs", 1e3, "ms", 1e6, "s", 1e9, "min", 60e9, "h", 3600e9, "d", 86400e9),
		"ns us ms s min h d", [2]string{" s", " min"}}
	rates = dimension{"a bit rate", scales("bps", 1, "kbps", 1e3, "Mbps", 1e6, "Gbps", 1e9, "Tbps", 1e12,
		"bit/s", 1, "kbit/s", 1e3, "Mbit/s", 1e6, "Gbit/s", 1e9, "Tbit/s", 1e12), "bps kbps Mbps Gbps Tbps", [2]string{" Mbps", " kbps"}}
	sizes = dimension{"a size", scales("B", 1, "kB", 1e3, "MB", 1e6, "GB", 1e9, "KiB", 1<<10, "MiB", 1<<20, "GiB", 1<<30),
		"B kB MB GB KiB MiB GiB", [2]string{" B", " kB"}}
	frequencies = dimension{"a frequency", perTime(), "/s /min /h /d", [2]string{"/s", "/min"}}
	shares      = dimension{"a probability", map[string]*big.Rat{"%": big.NewRat(1, 100)}, "%", [2]string{" %", " %"}}
	packets     = dimension{"a queue limit", scales("packets", 1, "packet", 1), "packets, B kB MB KiB MiB", [2]string{" packets", " kB"}}
)

func scales(pairs ...any) map[string]*big.Rat {
	m := map[string]*big.Rat{}
	for i := 0; i < len(pairs); i += 2 {
		r, _ := new(big.Rat).SetString(fmt.Sprint(pairs[i+1]))
		m[pairs[i].(string)] = r
	}
	return m
}

func perTime() map[string]*big.Rat {
	m := map[string]*big.Rat{}
	for prefix, k := range map[string]int64{"": 1, "k": 1e3, "M": 1e6} { // order-free: into a map
		for unit, s := range map[string]int64{"s": 1, "min": 60, "h": 3600, "d": 86400} { // order-free: into a map
			m[prefix+"/"+unit] = big.NewRat(k, s)
		}
	}
	return m
}

var quantityText = regexp.MustCompile(`^([+-]?[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?)[ \t]*([^0-9 \t][^ \t]*)?$`)

// split takes a quantity apart; ok is false if it does not begin with a number.
func split(text string) (number *big.Rat, digits, unit string, ok bool) {
	m := quantityText.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil || len(text) > 60 {
		return nil, "", "", false
	}
	number, ok = new(big.Rat).SetString(strings.ReplaceAll(m[1], "_", ""))
	return number, m[1], m[2], ok
}

// read gives the text in base units, exactly.
func (d *dimension) read(text string) (*big.Rat, *wrong) {
	number, digits, unit, ok := split(text)
	switch {
	case !ok:
		return nil, wrongf(d.advice("10"), "%q is not %s", text, d.name)
	case unit == "":
		if number.Sign() == 0 {
			return number, nil
		}
		return nil, d.bare(digits)
	}
	scale := d.units[unit]
	if scale == nil {
		if other := dimensionOf(unit); other != nil {
			return nil, wrongf(d.advice(digits), "%q is %s, not %s", text, other.name, d.name)
		}
		return nil, wrongf("units are "+d.written, "%q: %s has no unit %q", text, d.name, unit)
	}
	if number.Sign() < 0 {
		return nil, wrongf(fmt.Sprintf("write %q", strings.TrimLeft(text, "+-")), "%q is negative", text)
	}
	return number.Mul(number, scale), nil
}

// advice shows how digits would be written right.
func (d *dimension) advice(digits string) string {
	if digits = strings.TrimLeft(digits, "+-"); d.example[0] == d.example[1] {
		return fmt.Sprintf("write %q", digits+d.example[0])
	}
	return fmt.Sprintf("write %q or %q", digits+d.example[0], digits+d.example[1])
}

func (d *dimension) bare(digits string) *wrong {
	return wrongf(d.advice(digits), "%s has no unit", digits)
}

func dimensionOf(unit string) *dimension {
	for _, d := range []*dimension{&durations, &rates, &sizes, &frequencies, &shares, &packets} {
		if d.units[unit] != nil {
			return d
		}
	}
	return nil
}

// wholeOf returns r as a whole number of the named unit.
func wholeOf(r *big.Rat, text, unit string) (int64, *wrong) {
	if !r.IsInt() {
		return 0, wrongf("", "%q is not a whole number of %s", text, unit)
	}
	if !r.Num().IsInt64() {
		return 0, wrongf("", "%q is too large", text)
	}
	return r.Num().Int64(), nil
}

// terms finds the parts of a duration as in "1 h 30 min".
var terms = regexp.MustCompile(`[0-9][0-9_.]*[ \t]*[^0-9 \t]+`)

// readDuration reads "10 ms" or "1 h 30 min" as whole nanoseconds.
func readDuration(text string) (time.Duration, *wrong) {
	parts := []string{text}
	if len(text) > 60 {
		return 0, wrongf(durations.advice("10"), "%q is not a duration", text)
	}
	if all := terms.FindAllString(text, -1); len(all) > 1 && strings.Join(strings.Fields(strings.Join(all, "")), "") == strings.Join(strings.Fields(text), "") {
		parts = all
	}
	sum := new(big.Rat)
	for _, p := range parts {
		r, w := durations.read(p)
		if w != nil {
			return 0, w
		}
		sum.Add(sum, r)
	}
	n, w := wholeOf(sum, text, "ns")
	return time.Duration(n), w
}

// readWhole reads a quantity that is a whole number of its base unit.
func readWhole[T ~int64](d *dimension, unit string) func(string) (T, *wrong) {
	return func(text string) (T, *wrong) {
		r, w := d.read(text)
		if w != nil {
			return 0, w
		}
		n, w := wholeOf(r, text, unit)
		return T(n), w
	}
}

// readFrequency reads "400/s" or "24k/min".
func readFrequency(text string) (Frequency, *wrong) {
	r, w := frequencies.read(text)
	if w != nil {
		return 0, w
	}
	f, _ := r.Float64()
	return Frequency(f), nil
}

// readShare reads "5 %" as 0.05.
func readShare(text string) (Probability, *wrong) {
	r, w := shares.read(text)
	if w != nil {
		return 0, w
	}
	p, _ := r.Float64()
	return Probability(p), nil
}
