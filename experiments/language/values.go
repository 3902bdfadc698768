package language

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Limit bounds a queue by packets, by bytes or by the wait; 0 is no bound of that
// kind.
type Limit struct {
	Packets int64
	Bytes   Size
	Time    time.Duration
}

func (l Limit) String() string {
	switch {
	case l.Bytes > 0:
		return Format(l.Bytes)
	case l.Time > 0:
		return Format(l.Time)
	}
	return fmt.Sprint(l.Packets, " packets")
}

// Ports is a range of ports with both its ends.
type Ports struct{ First, Last uint16 }

// Size is the number of ports in the range.
func (p Ports) Size() int { return int(p.Last) - int(p.First) + 1 }

func (p Ports) String() string { return fmt.Sprintf("%d-%d", p.First, p.Last) }

// Range is a range of counts with both its ends, from 1.
type Range struct{ First, Last int64 }

func (r Range) String() string {
	if r.First == r.Last {
		return strconv.FormatInt(r.First, 10)
	}
	return fmt.Sprintf("%d..%d", r.First, r.Last)
}

// Target is a group of nodes or some of its members and, for a destination, the
// port or listener there.
type Target struct {
	Node        string
	First, Last int // members, both ends; -1 for all
	Port        uint16
	Listener    string
}

// All tells that the whole group is meant.
func (t Target) All() bool { return t.First < 0 }

func (t Target) String() string {
	s := t.Node
	switch {
	case t.All():
	case t.First == t.Last:
		s += fmt.Sprintf("[%d]", t.First)
	default:
		s += fmt.Sprintf("[%d..%d]", t.First, t.Last)
	}
	switch {
	case t.Listener != "":
		s += ":" + t.Listener
	case t.Port != 0:
		s += fmt.Sprintf(":%d", t.Port)
	}
	return s
}

var targetText = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_]*)(?:\[([0-9]{1,9})(?:\.\.([0-9]{1,9}))?\])?(?::([A-Za-z][A-Za-z0-9_]*|[0-9]{1,9}))?$`)

func readTarget(text string) (Target, *wrong) {
	m := targetText.FindStringSubmatch(text)
	if m == nil {
		return Target{}, wrongf(`write "server", "server:80" or "server[0..9]:web"`, "%q is no target", text)
	}
	t := Target{Node: m[1], First: -1, Last: -1}
	if m[2] != "" {
		t.First, _ = strconv.Atoi(m[2])
		t.Last = t.First
		if m[3] != "" {
			t.Last, _ = strconv.Atoi(m[3])
		}
		if t.Last < t.First {
			return t, wrongf(fmt.Sprintf(`write "%s[%d..%d]"`, t.Node, t.Last, t.First), "%q is reversed", text)
		}
	}
	if port, err := strconv.Atoi(m[4]); err == nil {
		if port < 1 || port > 65535 {
			return t, wrongf("ports are 1 to 65535", "%d is no port", port)
		}
		t.Port = uint16(port)
	} else {
		t.Listener = m[4]
	}
	return t, nil
}

// A Tolerance is how far a value may be from what is expected of it.
type Tolerance struct {
	Kind  ToleranceKind
	Value float64 // standard errors, a share of the expected, or base units
	text  string
}

// ToleranceKind is what a tolerance counts in.
type ToleranceKind uint8

// The kinds of tolerance: "4 se", "2 %", "1 ms" or 0.001, "exact".
const (
	StandardErrors ToleranceKind = iota
	Relative
	Absolute
	Exact
)

func (t Tolerance) String() string { return t.text }

func readTolerance(text string) (Tolerance, *wrong) {
	if text == "exact" {
		return Tolerance{Exact, 0, text}, nil
	}
	number, digits, unit, ok := split(text)
	if !ok || number.Sign() < 0 {
		return Tolerance{}, wrongf(`write "4 se", "2 %", "1 ms" or "exact"`, "%q is no tolerance", text)
	}
	value, _ := number.Float64()
	switch unit {
	case "se":
		return Tolerance{StandardErrors, value, text}, nil
	case "%":
		return Tolerance{Relative, value / 100, text}, nil
	case "":
		return Tolerance{Absolute, value, digits}, nil
	}
	q, w := readQuantity(text)
	if w != nil {
		return Tolerance{}, w
	}
	return Tolerance{Absolute, Base(q).(float64), text}, nil
}

// readQuantity reads any quantity by its unit.
func readQuantity(text string) (any, *wrong) {
	if d, w := readDuration(text); w == nil && strings.TrimSpace(text) != "0" {
		return d, nil
	}
	_, digits, unit, ok := split(text)
	switch d := dimensionOf(unit); {
	case !ok:
	case unit == "":
		f, err := strconv.ParseFloat(strings.ReplaceAll(digits, "_", ""), 64)
		if err == nil {
			return f, nil
		}
	case d == &durations:
		return one(readDuration(text))
	case d == &rates:
		return one(readWhole[Rate](d, "bit/s")(text))
	case d == &sizes:
		return one(readWhole[Size](d, "bytes")(text))
	case d == &frequencies:
		return one(readFrequency(text))
	case d == &shares:
		return one(readShare(text))
	}
	return nil, wrongf(`write "10 ms", "10 Mbps", "8 kB", "400/s" or "5 %"`, "%q is no quantity", text)
}

// one hides a type behind any.
func one[T any](v T, w *wrong) (any, *wrong) { return v, w }

func readPorts(text string) (Ports, *wrong) {
	from, to, ok := strings.Cut(strings.ReplaceAll(text, " ", ""), "-")
	if !ok {
		to = from
	}
	first, err1 := strconv.Atoi(from)
	final, err2 := strconv.Atoi(to)
	switch {
	case err1 != nil || err2 != nil:
		return Ports{}, wrongf(`write "32768-60999"`, "%q is no range of ports", text)
	case first < 1 || first > 65535 || final < 1 || final > 65535:
		return Ports{}, wrongf("ports are 1 to 65535", "%q is no range of ports", text)
	case first > final:
		return Ports{}, wrongf(fmt.Sprintf(`write "%d-%d"`, final, first), "%q is reversed and holds no port", text)
	}
	return Ports{uint16(first), uint16(final)}, nil
}

// kindsOfSegments are the words of bands.
var kindsOfSegments = words("any syn syn-ack ack-of-syn data ack fin ack-of-fin rst")

// readBand reads a kind of segments, or "flow.web" for all that belong to a flow.
func readBand(raw any) (any, *wrong) {
	if s, ok := raw.(string); ok && strings.HasPrefix(s, "flow.") {
		return s, nil
	}
	return kindsOfSegments.read(raw)
}

// readLimit reads a queue's limit, in packets or bytes.
func readLimit(text string) (Limit, *wrong) {
	_, digits, unit, ok := split(text)
	switch {
	case !ok:
		return Limit{}, wrongf(packets.advice("1000"), "%q is no queue limit", text)
	case unit == "":
		return Limit{}, packets.bare(digits)
	case durations.units[unit] != nil:
		d, w := readDuration(text)
		if w == nil && d == 0 {
			w = wrongf(`write "10 ms" or more`, "%q lets no packet wait", text)
		}
		return Limit{Time: d}, w
	case sizes.units[unit] != nil:
		b, w := readWhole[Size](&sizes, "bytes")(text)
		if w == nil && b == 0 {
			w = wrongf(`write "1500 B" or more`, "%q lets no packet pass", text)
		}
		return Limit{Bytes: b}, w
	}
	n, w := readWhole[int64](&packets, "packets")(text)
	if w == nil && n == 0 {
		w = wrongf(`write "1 packet" or more`, "%q lets no packet pass", text)
	}
	return Limit{Packets: n}, w
}

// readRange reads "3" or "2..4".
func readRange(text string) (Range, *wrong) {
	from, to, ok := strings.Cut(strings.ReplaceAll(text, " ", ""), "..")
	if !ok {
		to = from
	}
	first, err1 := strconv.ParseInt(from, 10, 64)
	final, err2 := strconv.ParseInt(to, 10, 64)
	if err1 != nil || err2 != nil || first < 1 || final < first {
		return Range{}, wrongf(`count from 1: 1, [1, 3] or "2..4"`, "%q counts nothing", text)
	}
	return Range{first, final}, nil
}

// maxDuration is the largest float64 below the range of a duration in ns.
const maxDuration = float64(1<<63 - 1024)

// durationOf makes a duration of seconds.
func durationOf(seconds float64) (time.Duration, *wrong) {
	ns := math.Round(float64(seconds * 1e9))
	if !(ns >= 0 && ns <= maxDuration) {
		return 0, wrongf("", "%g s is no duration", seconds)
	}
	return time.Duration(ns), nil
}
