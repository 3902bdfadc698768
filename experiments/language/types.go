package language

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Type is what a key takes: how its values are written, read and counted.
type Type struct {
	Name  string   // "duration", for messages and listings
	Unit  string   // the base unit in expressions, "" for counts, words and shares
	Words []string // words that may stand for a value, or are all there is

	later  []string                      // words this version does not have
	read   func(raw any) (any, *wrong)   // a value, or an element of a list, as TOML gives it
	made   func(f float64) (any, *wrong) // a value computed in base units; nil: not computable
	gather func(elements []any) any      // the list of a type that is one
	single bool                          // a list of one may be written without brackets
	exprs  bool                          // text that is an expression as it stands
}

// types of keys. Each is a variable of its own so that the table of keys reads
// like a table.
var (
	text     = &Type{Name: "text", read: readText}
	boolean  = &Type{Name: "true or false", read: readBool}
	number   = &Type{Name: "number", read: readNumber, made: madeNumber}
	count    = &Type{Name: "whole number", read: readInt, made: madeInt}
	some     = &Type{Name: "whole number", read: checked(readInt, between(1, 1<<40)), made: checked(madeInt, between(1, 1<<40))}
	members  = &Type{Name: "whole number", read: checked(readInt, between(1, 1<<24)), made: checked(madeInt, between(1, 1<<24))}
	retries  = &Type{Name: "whole number", read: checked(readInt, between(0, 255)), made: checked(madeInt, between(0, 255))}
	endless  = &Type{Name: "whole number", Words: []string{"unlimited"}, read: worded("unlimited", Count(Unlimited), counting(some.read)), made: counting(some.made)}
	shift    = &Type{Name: "whole number", read: checked(readInt, between(0, 14)), made: checked(madeInt, between(0, 14))}
	port     = &Type{Name: "port", read: checked(readInt, between(1, 65535)), made: checked(madeInt, between(1, 65535))}
	duration = &Type{Name: "duration", Unit: "s", read: ofText(&durations, readDuration), made: madeDuration}
	span     = &Type{Name: "duration", Unit: "s", read: checked(duration.read, aboveZero), made: checked(madeDuration, aboveZero)}
	endspan  = &Type{Name: "duration", Unit: "s", Words: []string{"never"}, read: worded("never", Never, duration.read), made: madeDuration}
	warmup   = &Type{Name: "duration", Unit: "s", later: []string{"auto"}, read: duration.read, made: madeDuration}
	rate     = &Type{Name: "bit rate", Unit: "bit/s", Words: []string{"unlimited"}, read: worded("unlimited", Rate(Unlimited), checked(ofText(&rates, readWhole[Rate](&rates, "bit/s")), aboveZero)), made: madeRate}
	often    = &Type{Name: "frequency", Unit: "1/s", read: checked(ofText(&frequencies, readFrequency), aboveZero), made: checked(madeFrequency, aboveZero)}
	size     = &Type{Name: "size", Unit: "B", read: ofText(&sizes, readWhole[Size](&sizes, "bytes")), made: madeSize}
	share    = &Type{Name: "probability", read: checked(readProbability, atMostOne), made: checked(madeShare, atMostOne)}
	limit    = &Type{Name: "queue limit", read: ofText(&packets, readLimit)}
	ports    = &Type{Name: "range of ports", read: ofString(readPorts)}
	prefix   = &Type{Name: "address prefix", read: ofString(readPrefix)}
	ends     = &Type{Name: "two groups", read: readGroup, gather: gather[string]}
	nth      = &Type{Name: "count, list or range of them", read: ofString(readRange), gather: gather[Range], single: true}
	waits    = &Type{Name: "list of durations", Unit: "s", read: span.read, made: span.made, gather: gather[time.Duration]}
	moments  = &Type{Name: "list of durations", Unit: "s", read: duration.read, made: duration.made, gather: gather[time.Duration]}
	target   = &Type{Name: "target", read: ofString(readTarget), gather: gather[Target], single: true}
	texts    = &Type{Name: "list of words", read: readText, gather: gather[string], single: true}
	quantity = &Type{Name: "number, quantity or text", read: readAny, made: madeNumber}
	within   = &Type{Name: "tolerance", read: ofString(readTolerance)}
	whole    = &Type{Name: "metric", read: readMetric}
	formula  = &Type{Name: "expression", read: readText, exprs: true}
	formulas = &Type{Name: "expression, list or table of them", exprs: true}
	unread   = &Type{Name: "text", read: readText} // of keys this version does not have
)

func gather[T any](elements []any) any {
	list := make([]T, len(elements))
	for i, e := range elements {
		list[i] = e.(T)
	}
	return list
}

// words is the type of a key that takes one of a few words; the later ones are
// part of the language and not of this version.
func words(now string, later ...string) *Type {
	t := &Type{Name: "word", Words: strings.Fields(now), later: strings.Fields(strings.Join(later, " "))}
	t.read = func(raw any) (any, *wrong) {
		if s, ok := raw.(string); ok && slices.Contains(t.Words, s) {
			return s, nil
		}
		s := fmt.Sprint(raw)
		if best := nearest(s, append(t.Words, t.later...)); best != "" {
			return nil, wrongf("", "%q is not one of %s (did you mean %q?)", s, strings.Join(t.Words, ", "), best)
		}
		return nil, wrongf("", "%q is not one of %s", s, strings.Join(t.Words, ", "))
	}
	return t
}

// value reads what TOML gave for a key of this type.
func (t *Type) value(raw any) (any, *wrong) {
	switch v := raw.(type) {
	case string:
		if slices.Contains(t.later, v) {
			return nil, &wrong{what: fmt.Sprintf("%q: %s", v, notYet.what), later: true}
		}
	case time.Time:
		return nil, clock(v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, wrongf("what has no limit is written in words: \"unlimited\", \"never\"", "%s is no %s", strings.ToLower(strings.Trim(fmt.Sprint(v), "+")), t.Name)
		}
	}
	return t.read(raw)
}

// kind is what expressions see of a value, if it is one value.
func (t *Type) kind() (Kind, bool) {
	switch {
	case t == boolean:
		return Truth, true
	case t == ports || t == prefix || t.gather != nil || t.exprs:
		return Number, false
	case t == limit || t.made != nil:
		return Number, true
	}
	return Text, true
}

// clock refuses TOML's dates and times, of which one looks like a duration.
func clock(v time.Time) *wrong {
	if v.Location().String() != "time-local" {
		return wrongf("durations are written \"10 min\"", "%s is a date", v.Format("2006-01-02"))
	}
	d := time.Duration(v.Hour())*time.Hour + time.Duration(v.Minute())*time.Minute + time.Duration(v.Second())*time.Second
	return wrongf(fmt.Sprintf("write %q", Format(d)), "%s is a time of day in TOML", v.Format("15:04:05"))
}

// readMetric reads the path of a metric; a list of them is of a later version.
func readMetric(raw any) (any, *wrong) {
	if _, ok := raw.([]any); ok {
		return nil, notYet
	}
	return readText(raw)
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

func readInt(raw any) (any, *wrong) {
	n, ok := raw.(int64)
	switch {
	case !ok:
		return nil, wrongf("write 10", "%s is not a whole number", shown(raw))
	case n < 0:
		return nil, wrongf("", "%d is negative", n)
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

// formats are those a figure can be written in.
var formats = &Type{Name: "list of formats", read: words("png svg pdf").read, gather: gather[string], single: true}

// width is a figure's on paper, in millimetres.
var width = &Type{Name: "width", read: func(raw any) (any, *wrong) {
	s, _ := raw.(string)
	n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(s, "mm")), 64)
	if err != nil || !strings.HasSuffix(s, "mm") || !(n >= 40 && n <= 400) {
		return nil, wrongf(`write "84 mm", or "174 mm" for two columns`, "%s is no width", shown(raw))
	}
	return n, nil
}}
