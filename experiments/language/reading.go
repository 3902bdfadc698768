package language

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
)

// readMetric reads the path of a metric, or several.
func readMetric(raw any) (any, *wrong) {
	list, ok := raw.([]any)
	if !ok {
		return readText(raw)
	}
	paths := make([]string, len(list))
	for i, v := range list {
		if paths[i], ok = v.(string); !ok {
			return nil, wrongf("", "%v is not text", v)
		}
	}
	return paths, nil
}

func readText(raw any) (any, *wrong) {
	if s, ok := raw.(string); ok {
		return s, nil
	}
	return nil, wrongf(fmt.Sprintf(`write "%v"`, raw), "%v is not text", raw)
}

func readBool(raw any) (any, *wrong) {
	if b, ok := raw.(bool); ok {
		return b, nil
	}
	return nil, wrongf("write true or false, without quotes", "%s is neither true nor false", shown(raw))
}

func readNumber(raw any) (any, *wrong) {
	switch v := raw.(type) {
	case int64:
		return float64(v), nil
	case float64:
		return v, nil
	}
	return nil, wrongf("write 1.5", "%s is not a number", shown(raw))
}

// wholeLike is the whole number that is nearest to what was written, if that is a
// number, even in quotes.
func wholeLike(raw any) int64 {
	f, err := strconv.ParseFloat(fmt.Sprint(raw), 64)
	if err != nil || !(f >= 1 && f < 1e15) {
		return 10
	}
	return int64(math.Round(f))
}

func readInt(raw any) (any, *wrong) {
	n, ok := raw.(int64)
	switch {
	case !ok:
		return nil, wrongf(fmt.Sprintf("write %d", wholeLike(raw)), "%s is not a whole number", shown(raw))
	case n < 0:
		return nil, wrongf("write 0 or more", "%d is negative", n)
	}
	return n, nil
}

// shown writes a raw value as the file did.
func shown(raw any) string {
	switch v := raw.(type) {
	case string:
		return strconv.Quote(v)
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return fmt.Sprint(raw)
}

// ofText reads a quantity, for which a number alone has no unit; 0 needs none.
func ofText[T any](d *dimension, read func(string) (T, *wrong)) func(any) (any, *wrong) {
	return func(raw any) (any, *wrong) {
		switch v := raw.(type) {
		case string:
			return one(read(v))
		case int64, float64:
			if Base(v) == 0.0 {
				return one(read("0" + d.example[0]))
			}
			return nil, d.bare(fmt.Sprint(v))
		}
		return nil, wrongf(d.advice("10"), "%s is not %s", shown(raw), d.name)
	}
}

func ofString[T any](read func(string) (T, *wrong)) func(any) (any, *wrong) {
	return func(raw any) (any, *wrong) {
		s, ok := raw.(string)
		if !ok {
			s = fmt.Sprint(raw)
		}
		return one(read(s))
	}
}

func readProbability(raw any) (any, *wrong) {
	if s, ok := raw.(string); ok {
		return one(readShare(s))
	}
	f, ok := Base(raw).(float64)
	if !ok {
		return nil, wrongf(`write 0.05 or "5 %"`, "%s is not a probability", shown(raw))
	}
	return Probability(f), nil
}

func readPrefix(s string) (netip.Prefix, *wrong) {
	p, err := netip.ParsePrefix(s)
	if err != nil || p != p.Masked() {
		return p, wrongf(`write "10.1.0.0/16" or "2001:db8::/64"`, "%q is no address prefix", s)
	}
	return p, nil
}

// readAny reads a parameter of the experimenter's own.
func readAny(raw any) (any, *wrong) {
	switch v := raw.(type) {
	case int64, float64:
		return Base(v), nil
	case bool:
		return v, nil
	case string:
		if v != "" && strings.ContainsAny(v[:1], "+-0123456789") {
			return readQuantity(v)
		}
		return v, nil
	}
	return nil, wrongf(`write a number, "10 ms" or text`, "%s is no parameter", shown(raw))
}

func readGroup(raw any) (any, *wrong) {
	if s, ok := raw.(string); ok {
		return s, nil
	}
	return nil, wrongf(`write ["client", "server"]`, "%s is no group of nodes", shown(raw))
}

// readZip reads which axes advance together: [["param.a", "param.b"]].
func readZip(raw any) (any, *wrong) {
	refused := wrongf(`write [["param.a", "param.b"]]`, "%s is no list of lists of axes", shown(raw))
	groups, ok := raw.([]any)
	if !ok {
		return nil, refused
	}
	var zip [][]string
	for _, g := range groups {
		paths, ok := g.([]any)
		if !ok {
			return nil, refused
		}
		var group []string
		for _, p := range paths {
			path, ok := p.(string)
			if !ok {
				return nil, refused
			}
			group = append(group, path)
		}
		zip = append(zip, group)
	}
	return zip, nil
}

// worded accepts a word for a value that stands for it.
func worded(word string, value any, read func(any) (any, *wrong)) func(any) (any, *wrong) {
	return func(raw any) (any, *wrong) {
		if raw == word {
			return value, nil
		}
		return read(raw)
	}
}

// checked adds a condition to what is read, or computed.
func checked[In any](read func(In) (any, *wrong), holds func(any) *wrong) func(In) (any, *wrong) {
	return func(in In) (any, *wrong) {
		v, w := read(in)
		if w == nil {
			w = holds(v)
		}
		return v, w
	}
}

// counting makes a Count of what is read, or computed.
func counting[In any](read func(In) (any, *wrong)) func(In) (any, *wrong) {
	return func(in In) (any, *wrong) {
		v, w := read(in)
		if w != nil {
			return nil, w
		}
		return Count(v.(int64)), nil
	}
}

// shifting makes a Shift of what is read, or computed.
func shifting[In any](read func(In) (any, *wrong)) func(In) (any, *wrong) {
	return func(in In) (any, *wrong) {
		v, w := read(in)
		if w != nil {
			return nil, w
		}
		return Shift(v.(int64)), nil
	}
}

func aboveZero(v any) *wrong {
	if v == Rate(0) {
		return wrongf(`write more than 0, or "unlimited"`, "0 bps is nothing")
	}
	if Base(v) == 0.0 {
		return wrongf("write more than 0", "%s is nothing", Format(v))
	}
	return nil
}

func between(low, high int64) func(any) *wrong {
	return func(v any) *wrong {
		if n := v.(int64); n < low || n > high {
			return wrongf(fmt.Sprintf("write %d to %d", low, high), "%d is out of range", n)
		}
		return nil
	}
}

func atMostOne(v any) *wrong {
	if p := float64(v.(Probability)); p < 0 || p > 1 {
		return wrongf(fmt.Sprintf(`%s per cent is "%s %%"`, decimal(p), decimal(p)), "%s is not between 0 and 1", decimal(p))
	}
	return nil
}

func madeNumber(f float64) (any, *wrong) { return f, nil }

func madeInt(f float64) (any, *wrong) {
	if f != math.Trunc(f) || f < 0 || f > 1<<53 {
		return nil, wrongf("", "%s is not a whole number", decimal(f))
	}
	return int64(f), nil
}

func madeDuration(f float64) (any, *wrong) { return one(durationOf(f)) }

func madeRate(f float64) (any, *wrong) {
	if math.IsInf(f, 1) {
		return Rate(Unlimited), nil
	}
	n, w := madeInt(math.Round(f))
	if w != nil {
		return nil, w
	}
	return Rate(n.(int64)), aboveZero(Rate(n.(int64)))
}

func madeSize(f float64) (any, *wrong) {
	n, w := madeInt(math.Round(f))
	if w != nil {
		return nil, w
	}
	return Size(n.(int64)), nil
}

func madeFrequency(f float64) (any, *wrong) {
	if !(f >= 0) || math.IsInf(f, 0) {
		return nil, wrongf("", "%s/s is no frequency", decimal(f))
	}
	return Frequency(f), nil
}

func madeShare(f float64) (any, *wrong) { return Probability(f), nil }
