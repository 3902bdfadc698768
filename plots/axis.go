package plots

import (
	"math"
	"strconv"
	"strings"
)

// An axis maps values to [0, 1]. A log axis is linear in log10 of the value.
type axis struct {
	log    bool
	lo, hi float64 // of the transformed values
	title  string
	ticks  []tick
}

// A tick is a mark on an axis at a transformed value; minor ones have no label.
type tick struct {
	at    float64
	label string
}

func (a *axis) transform(v float64) float64 {
	if a.log {
		return math.Log10(v)
	}
	return v
}

// share returns where on the axis v lies; what a log axis cannot show, the lower
// end of an interval, lies at its beginning.
func (a *axis) share(v float64) float64 {
	if a.log && v <= 0 {
		return 0
	}
	return min(max((a.transform(v)-a.lo)/(a.hi-a.lo), 0), 1)
}

func (a *axis) place(t tick) float64 { return (t.at - a.lo) / (a.hi - a.lo) }

// stretch widens a range (of values) to hold v.
type stretch struct{ lo, hi float64 }

func (s *stretch) hold(v float64, log bool) {
	if finite(v) && (!log || v > 0) {
		s.lo, s.hi = min(s.lo, v), max(s.hi, v)
	}
}

// fit sets the range: padded by a share of its length at both ends, from zero if
// the values are nearer to it than to each other, and never empty.
func (a *axis) fit(s stretch, padLow, padHigh float64, zero bool) {
	if s.lo > s.hi {
		s = stretch{0, 1}
		if a.log {
			s = stretch{1, 10}
		}
	}
	if !a.log && zero {
		switch {
		case s == stretch{}: // all is zero, and most that is measured cannot be less
			s.hi, padLow, padHigh = 1, 0, 0
		case s.lo >= 0 && s.lo <= 0.5*s.hi:
			s.lo, padLow = 0, 0
		case s.hi <= 0 && s.hi >= 0.5*s.lo:
			s.hi, padHigh = 0, 0
		}
	}
	a.lo, a.hi = a.transform(s.lo), a.transform(s.hi)
	length := a.hi - a.lo
	if tiny := 1e-9 * max(math.Abs(a.lo), math.Abs(a.hi)); length <= tiny {
		half := 0.1 * math.Abs(a.lo)
		if a.log {
			half = 0.4
		}
		if half == 0 {
			half = 1
		}
		a.lo, a.hi = a.lo-half, a.hi+half
		return
	}
	positive := !a.log && a.lo >= 0
	a.lo, a.hi = a.lo-padLow*length, a.hi+padHigh*length
	if positive { // what cannot be less than 0 is not given room for it
		a.lo = max(a.lo, 0)
	}
}

// shares sets the range of a log axis to shares up to 1, with room below the least for
// the step from there to 0.
func (a *axis) shares(s stretch) {
	a.lo = -1
	if s.lo < 1 {
		a.lo = math.Log10(s.lo)
		a.lo -= max(0.1, -0.06*a.lo)
	}
	a.hi = -0.02 * a.lo
}

// label sets the title and as many ticks as fit side by side in length points,
// each taking size(label) and at least share; two, if there is no room for more.
func (a *axis) label(title, unit string, length, share float64, size func(string) float64) {
	most := max(4, int(length/share)) // a fourth, made round, is at most a half
	if a.log {
		most = max(8, most) // powers of ten are short, and better without gaps
	} else {
		most = min(7, most)
	}
	var fewest axis
	for n := most; n > 1; n-- {
		a.title, a.ticks = title, nil
		if a.log {
			a.logTicks(unit, n)
		} else {
			a.linearTicks(unit, n)
		}
		if n < most && a.labelled() < 2 {
			break
		}
		if fewest = *a; a.clear(length, size) {
			return
		}
	}
	*a = fewest
}

func (a *axis) labelled() (n int) {
	for _, t := range a.ticks {
		if t.label != "" {
			n++
		}
	}
	return n
}

// clear reports whether the labels leave gaps between each other.
func (a *axis) clear(length float64, size func(string) float64) bool {
	end := math.Inf(-1)
	for _, t := range a.ticks {
		if t.label == "" {
			continue
		}
		at, half := a.place(t)*length, size(t.label)/2
		if at-half < end+4 {
			return false
		}
		end = at + half
	}
	return true
}

// linearTicks puts about n ticks at multiples of 1, 2, 2.5 or 5 and a power of 10.
func (a *axis) linearTicks(unit string, n int) {
	scale, prefix := prefixFor(max(math.Abs(a.lo), math.Abs(a.hi)), unit)
	a.unit(prefix + unit)
	lo, hi := a.lo/scale, a.hi/scale
	step := niceStep((hi - lo) / float64(n))
	for i := math.Ceil(lo/step - 1e-6); i*step <= hi+1e-6*step; i++ {
		a.ticks = append(a.ticks, tick{i * step * scale, decimal(i*step, step, max(math.Abs(lo), math.Abs(hi)))})
	}
}

// unit names the unit of the ticks in the title.
func (a *axis) unit(u string) {
	if u != "" {
		a.title = strings.TrimLeft(a.title+" ("+u+")", " ")
	}
}

func niceStep(raw float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*power >= raw*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// decimal writes a multiple of step with as many decimals as the step has; great
// numbers get a suffix, small ones an exponent.
func decimal(v, step, most float64) string {
	if math.Abs(v) < step/2 {
		return "0"
	}
	suffix := ""
	switch {
	case most >= 1e15:
		return exponential(v, step)
	case most >= 1e12 && step >= 1e9:
		v, step, suffix = v/1e12, step/1e12, "T"
	case most >= 1e9 && step >= 1e6:
		v, step, suffix = v/1e9, step/1e9, "G"
	case most >= 2e6 && step >= 1e3:
		v, step, suffix = v/1e6, step/1e6, "M"
	case most >= 2e4 && step >= 1:
		v, step, suffix = v/1e3, step/1e3, "k"
	case most < 2e-3:
		return exponential(v, step)
	}
	for d := range 12 {
		scaled := step * math.Pow(10, float64(d))
		if math.Abs(scaled-math.Round(scaled)) < 1e-6*scaled {
			return strconv.FormatFloat(v, 'f', d, 64) + suffix
		}
	}
	return strconv.FormatFloat(v, 'g', 6, 64) + suffix
}

// exponential writes v with as many digits as its step has.
func exponential(v, step float64) string {
	digits := max(0, int(math.Ceil(math.Log10(math.Abs(v)/step)))) + 1
	m, e, _ := strings.Cut(strconv.FormatFloat(v, 'e', digits, 64), "e")
	sign := strings.TrimPrefix(e[:1], "+")
	return strings.TrimRight(strings.TrimRight(m, "0"), ".") + "e" + sign + strings.TrimLeft(e[1:], "0")
}

// logTicks labels powers of ten, every so many of them that about n remain; over
// less than one and a half decades, or holding one power, also the doubles and
// fivefolds.
func (a *axis) logTicks(unit string, n int) {
	first, last := math.Ceil(a.lo-1e-9), math.Floor(a.hi+1e-9)
	every := max(1, math.Ceil((last-first+1)/float64(n)))
	fine := (a.hi-a.lo < 1.5 || last <= first) && n > 2
	for k := first - 1; k <= last; k++ {
		for m := 1; m < 10; m++ {
			v := float64(m) * math.Pow(10, k)
			t := tick{at: math.Log10(float64(m)) + k}
			if t.at < a.lo-1e-9 || t.at > a.hi+1e-9 {
				continue
			}
			if m == 1 && math.Mod(k-first, every) == 0 || fine && (m == 2 || m == 5) {
				t.label = quantity(v, unit)
			}
			if m == 1 || a.hi-a.lo < 6 {
				a.ticks = append(a.ticks, t)
			}
		}
	}
	if a.labelled() < 2 {
		a.steadyTicks(unit, n)
	}
	if !prefixed(unit) {
		a.unit(unit)
	}
}

// steadyTicks are linear ticks on a log axis too short for powers of ten.
func (a *axis) steadyTicks(unit string, n int) {
	scale, prefix := prefixFor(math.Pow(10, a.hi), unit)
	lo, hi := math.Pow(10, a.lo)/scale, math.Pow(10, a.hi)/scale
	step := niceStep((hi - lo) / float64(n))
	suffix := ""
	if prefixed(unit) {
		suffix = " " + prefix + unit
	}
	a.ticks = nil
	for i := math.Ceil(lo/step - 1e-6); i*step <= hi+1e-6*step; i++ {
		if i > 0 {
			a.ticks = append(a.ticks, tick{math.Log10(i * step * scale), decimal(i*step, step, hi) + suffix})
		}
	}
}

// quantity writes a value with its unit and the prefix that suits it; where no
// prefix is usual, as a number alone.
func quantity(v float64, unit string) string {
	if prefixed(unit) {
		scale, prefix := prefixFor(v*1.001, unit)
		return plain(v/scale) + " " + prefix + unit
	}
	switch {
	case v >= 0.999e15 || v < 0.999e-3:
		return exponential(v, v)
	case v >= 0.999e12:
		return plain(v/1e12) + "T"
	case v >= 0.999e9:
		return plain(v/1e9) + "G"
	case v >= 0.999e6:
		return plain(v/1e6) + "M"
	case v >= 0.999e4:
		return plain(v/1e3) + "k"
	}
	return plain(v)
}

func plain(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// prefixed reports whether SI prefixes are usual with a unit: there are
// milliseconds, but no kilo-segments.
func prefixed(unit string) bool {
	switch unit {
	case "s", "B", "bit", "B/s", "bit/s", "Hz":
		return true
	}
	return false
}

// prefixFor returns the SI prefix for values up to v. Nobody says kilosecond,
// and a fraction of a byte is not a millibyte.
func prefixFor(v float64, unit string) (scale float64, prefix string) {
	if !prefixed(unit) || v == 0 || (v >= 1) == (unit == "s") {
		return 1, ""
	}
	for _, p := range []struct {
		scale  float64
		prefix string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}, {1e-3, "m"}, {1e-6, "µ"}} {
		if v >= p.scale {
			return p.scale, p.prefix
		}
	}
	return 1e-9, "n"
}
