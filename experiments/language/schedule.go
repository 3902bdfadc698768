package language

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// A Schedule is a value that changes with time: given at points, and in between
// as its shape says: the last point's (steps), on a straight line (linear), or on
// half a wave of a cosine (sine). With a period it begins anew, the way from the
// last point leading back to the first; else the last point holds for ever.
type Schedule struct {
	Shape  string
	At     []time.Duration // ascending, the first 0
	Values []float64       // in base units
	Period time.Duration   // 0: none

	text string
}

func (s Schedule) String() string { return s.text }

// mean is that over a period or, without one, from the first point to the last.
func (s Schedule) mean() any {
	sum := 0.0
	n := len(s.At)
	for i, v := range s.Values {
		next, end := v, s.Period
		switch {
		case i+1 < n:
			next, end = s.Values[i+1], s.At[i+1]
		case s.Period == 0 && n == 1:
			return v
		case s.Period == 0:
			return sum / s.At[n-1].Seconds()
		default:
			next = s.Values[0]
		}
		if s.Shape == "steps" {
			next = v
		}
		sum += (v + next) / 2 * (end - s.At[i]).Seconds()
	}
	return sum / s.Period.Seconds()
}

// parts is in how many steps a way from point to point is followed.
const parts = 32

// Steps are the values of one round, each from its time on: those at the points
// and, for shapes that are not made of steps, 32 on each way between two, each that
// of the middle of its part.
func (s Schedule) Steps() (at []time.Duration, values []float64) {
	if s.Shape == "steps" {
		return s.At, s.Values
	}
	for i := range s.At {
		end, next := s.Period, s.Values[0]
		if i+1 < len(s.At) {
			end, next = s.At[i+1], s.Values[i+1]
		} else if s.Period == 0 {
			return append(at, s.At[i]), append(values, s.Values[i])
		}
		for k := range parts {
			share := (float64(k) + .5) / parts
			if s.Shape == "sine" {
				share = (1 - math.Cos(math.Pi*share)) / 2
			}
			at = append(at, s.At[i]+time.Duration(k)*(end-s.At[i])/parts)
			values = append(values, s.Values[i]+share*(next-s.Values[i]))
		}
	}
	return at, values
}

// schedule reads one.
func (k *Key) schedule(values map[string]any) (any, *wrong) {
	const example = `write { shape = "steps", points = [["0 s", ...], ["10 s", ...]] }`
	shape, _ := values["shape"].(string)
	known := []string{"shape", "points", "period", "scale"}
	switch {
	case shape == "file":
		known = []string{"shape", "file", "time", "time_unit", "column", "unit", "period", "scale"}
	case !slices.Contains([]string{"steps", "linear", "sine"}, shape):
		return nil, wrongf(example, "%s is no shape of a schedule", shownTable(values, "shape"))
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(known, name) {
			return nil, wrongf("", "%s", meant(fmt.Sprintf("no parameter %q", name), name, known))
		}
	}
	s := Schedule{Shape: shape, text: inline(values, "shape")}
	if raw, ok := values["period"]; ok {
		v, w := span.value(raw)
		if w != nil {
			return nil, w
		}
		s.Period = v.(time.Duration)
	}
	scale := 1.0
	if raw, ok := values["scale"]; ok {
		v, w := readNumber(raw)
		if w != nil {
			return nil, w
		}
		scale = v.(float64)
	}
	if shape == "file" {
		return k.scheduleFile(s, scale, values)
	}
	points, _ := values["points"].([]any)
	for _, raw := range points {
		pair, _ := raw.([]any)
		if len(pair) != 2 {
			return nil, wrongf(example, "a point is a time and a value")
		}
		at, w := duration.value(pair[0])
		if w != nil {
			return nil, w
		}
		v, w := k.Type.value(pair[1])
		if w != nil {
			return nil, w
		}
		s.At, s.Values = append(s.At, at.(time.Duration)), append(s.Values, Base(v).(float64)*scale)
	}
	return s, s.check(k, example)
}

// scheduleFile reads one that a file has: a column of times and one of values, each
// of which holds until the next.
func (k *Key) scheduleFile(s Schedule, scale float64, values map[string]any) (any, *wrong) {
	const example = `write { shape = "file", file = "rate.csv", time = "t", time_unit = "s", column = "rate", unit = "Mbps" }`
	file, ok := values["file"].(string)
	if !ok {
		return nil, wrongf(example, "needs file")
	}
	at, w := columnOf(duration, values, "time", "time_unit")
	if w != nil {
		return nil, w
	}
	col, w := columnOf(k.Type, values, "column", "unit")
	if w != nil {
		return nil, w
	}
	if k.Type.Unit == "s" {
		scale /= 1e9
	}
	return filed{file, s.text, func(data string) (form, *wrong) {
		numbers, w := readColumns(file, data, at, col)
		if w != nil {
			return nil, w
		}
		read := Schedule{Shape: "steps", Period: s.Period, text: s.text}
		for i := range numbers[0] {
			read.At = append(read.At, time.Duration(math.RoundToEven(numbers[0][i])))
			read.Values = append(read.Values, numbers[1][i]*scale)
		}
		if w := read.check(k, example); w != nil {
			return nil, wrongf("", "%s: %s", file, w.what)
		}
		return read, nil
	}}, nil
}

func (s *Schedule) check(k *Key, example string) *wrong {
	switch n := len(s.At); {
	case n == 0 || s.At[0] != 0:
		return wrongf(example, "the first point is at 0 s")
	case !slices.IsSorted(s.At):
		return wrongf("", "points are in the order of time")
	case s.Period > 0 && s.Period <= s.At[n-1]:
		return wrongf("", "a period of %s ends before the last point, %s", Format(s.Period), Format(s.At[n-1]))
	}
	for _, v := range s.Values {
		if !(v >= 0) || math.IsInf(v, 1) || v == 0 && k.Type != duration {
			return wrongf("", "every value is above 0 and bounded")
		}
	}
	if strings.Contains(s.text, "= \"=") {
		return notYet
	}
	return nil
}
