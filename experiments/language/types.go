package language

import (
	"fmt"
	"math"
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
	repeats  = &Type{Name: "whole number", read: checked(readInt, between(1, mostRuns)), made: checked(madeInt, between(1, mostRuns))}
	members  = &Type{Name: "whole number", read: checked(readInt, between(1, 1<<24)), made: checked(madeInt, between(1, 1<<24))}
	retries  = &Type{Name: "whole number", read: checked(readInt, between(0, 65534)), made: checked(madeInt, between(0, 65534))}
	bit      = &Type{Name: "whole number", read: checked(readInt, between(0, 1)), made: checked(madeInt, between(0, 1))}
	few      = &Type{Name: "whole number", read: checked(readInt, between(0, 255)), made: checked(madeInt, between(0, 255))}
	hops     = &Type{Name: "whole number", read: checked(readInt, between(1, 255)), made: checked(madeInt, between(1, 255))}
	endless  = &Type{Name: "whole number", Words: []string{"unlimited"}, read: worded("unlimited", Count(Unlimited), counting(some.read)), made: counting(some.made)}
	shift    = &Type{Name: "whole number", Words: []string{"none"}, read: worded("none", NoShift, shifting(checked(readInt, between(0, 14)))), made: shifting(checked(madeInt, between(0, 14)))}
	port     = &Type{Name: "port", read: checked(readInt, between(1, 65535)), made: checked(madeInt, between(1, 65535))}
	duration = &Type{Name: "duration", Unit: "s", read: ofText(&durations, readDuration), made: madeDuration}
	span     = &Type{Name: "duration", Unit: "s", read: checked(duration.read, aboveZero), made: checked(madeDuration, aboveZero)}
	endspan  = &Type{Name: "duration", Unit: "s", Words: []string{"never"}, read: worded("never", Never, duration.read), made: madeDuration}
	warmup   = &Type{Name: "duration", Unit: "s", Words: []string{"auto"}, read: worded("auto", Auto, duration.read), made: madeDuration}
	rate     = &Type{Name: "bit rate", Unit: "bit/s", Words: []string{"unlimited"}, read: worded("unlimited", Rate(Unlimited), checked(ofText(&rates, readWhole[Rate](&rates, "bit/s")), aboveZero)), made: madeRate}
	often    = &Type{Name: "frequency", Unit: "1/s", read: checked(ofText(&frequencies, readFrequency), aboveZero), made: checked(madeFrequency, aboveZero)}
	oftens   = &Type{Name: "list of frequencies", Unit: "1/s", read: ofText(&frequencies, readFrequency), made: madeFrequency, gather: gather[Frequency]}
	size     = &Type{Name: "size", Unit: "B", read: ofText(&sizes, readWhole[Size](&sizes, "bytes")), made: madeSize}
	share    = &Type{Name: "probability", read: checked(readProbability, atMostOne), made: checked(madeShare, atMostOne)}
	limit    = &Type{Name: "queue limit", read: ofText(&packets, readLimit)}
	ports    = &Type{Name: "range of ports", read: ofString(readPorts)}
	prefix   = &Type{Name: "address prefix", read: ofString(readPrefix)}
	ends     = &Type{Name: "two groups", read: readGroup, gather: gather[string], single: true}
	nth      = &Type{Name: "count, list or range of them", read: ofString(readRange), gather: gather[Range], single: true}
	waits    = &Type{Name: "list of durations", Unit: "s", read: span.read, made: span.made, gather: gather[time.Duration]}
	moments  = &Type{Name: "list of durations", Unit: "s", read: duration.read, made: duration.made, gather: gather[time.Duration]}
	target   = &Type{Name: "target", read: ofString(readTarget), gather: gather[Target], single: true}
	sites    = &Type{Name: "list of places", read: ofString(readPlace), gather: gather[Place], single: true}
	bands    = &Type{Name: "list of kinds of segments", read: readBand, gather: gather[string], single: true}
	texts    = &Type{Name: "list of words", read: readText, gather: gather[string], single: true}
	quantity = &Type{Name: "number, quantity or text", read: readAny, made: madeNumber}
	within   = &Type{Name: "tolerance", read: ofString(readTolerance)}
	whole    = &Type{Name: "metric", read: readMetric}
	zips     = &Type{Name: "list of lists of axes", read: readZip}
	formula  = &Type{Name: "expression", read: readText, exprs: true}
	notes    = &Type{Name: "table of texts with their points", exprs: true}
	formulas = &Type{Name: "expression, list or table of them", exprs: true}
	choice   = &Type{Name: "choice of points", read: readPoint}
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
		if best := Nearest(s, append(t.Words, t.later...)); best != "" {
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
			return nil, wrongf("", "%q: %s", v, notYet.what)
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

// marked are what a ladder can point out.
var marked = &Type{Name: "list of syn, fin, rst, data and states", read: words("syn fin rst data " + strings.Join(states, " ")).read, gather: gather[string], single: true}

// formats are those a figure can be written in.
var formats = &Type{Name: "list of formats", read: words("png svg pdf tex").read, gather: gather[string], single: true}

// width is a figure's on paper, in millimetres.
var width = &Type{Name: "width", read: func(raw any) (any, *wrong) {
	s, _ := raw.(string)
	n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(s, "mm")), 64)
	if err != nil || !strings.HasSuffix(s, "mm") || !(n >= 40 && n <= 400) {
		return nil, wrongf(`write "84 mm", or "174 mm" for two columns`, "%s is no width", shown(raw))
	}
	return n, nil
}}
