package language

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Bursts is loss by the chain of Gilbert and Elliott: at each packet a step from
// good to bad with probability P and back with R, and a loss with that of the
// state.
type Bursts struct{ P, R, Good, Bad float64 }

func (b Bursts) String() string {
	return fmt.Sprintf(`{ model = "gilbert-elliott", p = %s, r = %s, good = %s, bad = %s }`, tomlFloat(b.P), tomlFloat(b.R), tomlFloat(b.Good), tomlFloat(b.Bad))
}

func (b Bursts) mean() any {
	bad := 0.0
	if b.P > 0 {
		bad = b.P / (b.P + b.R)
	}
	return Probability((1-bad)*b.Good + bad*b.Bad)
}

// LostPackets is loss by a list: of the packets that enter a direction of a link,
// those of these numbers.
type LostPackets struct {
	Numbers []int64 // from 1, upwards
	Repeat  int64   // packets after which the list begins anew; Unlimited: never

	text string
}

func (l LostPackets) String() string { return l.text }

// mean is the share that is lost in the long run.
func (l LostPackets) mean() any {
	if l.Repeat == Unlimited {
		return Probability(0)
	}
	return Probability(float64(len(l.Numbers)) / float64(l.Repeat))
}

// models are those of loss with their parameters.
var models = map[string][]string{
	"gilbert-elliott": {"p", "r", "good", "bad"},
	"trace":           {"file", "holds", "repeat"},
}

// lossOf reads the table of a model of loss.
func lossOf(values map[string]any) (any, *wrong) {
	model, _ := values["model"].(string)
	known, ok := models[model]
	if !ok {
		return nil, wrongf(`write { model = "gilbert-elliott", p = 0.01, r = 0.3 } or { model = "trace", file = "drops.txt" }`,
			"%s is no model of loss", shownTable(values, "model"))
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if name != "model" && !slices.Contains(known, name) {
			return nil, wrongf("", "%s", meant(fmt.Sprintf("no parameter %q", name), name, known))
		}
	}
	if model == "trace" {
		return lostPackets(values)
	}
	return burstsOf(values)
}

func burstsOf(values map[string]any) (any, *wrong) {
	b := Bursts{Bad: 1}
	for name, into := range map[string]*float64{"p": &b.P, "r": &b.R, "good": &b.Good, "bad": &b.Bad} { // order-free: each by itself
		raw, given := values[name]
		if !given {
			continue
		}
		v, w := share.value(raw)
		if w != nil {
			return nil, w
		}
		*into = Base(v).(float64)
	}
	if values["p"] == nil || values["r"] == nil {
		return nil, wrongf(`write { model = "gilbert-elliott", p = 0.01, r = 0.3 }`, "p and r are needed")
	}
	return b, nil
}

// lostPackets reads which packets a file says are lost.
func lostPackets(values map[string]any) (any, *wrong) {
	file, named := values["file"].(string)
	if !named {
		return nil, wrongf(`write { model = "trace", file = "drops.txt" }`, "needs file")
	}
	read, holds := readMarks, "marks"
	if raw, given := values["holds"]; given {
		holds = fmt.Sprint(raw)
	}
	switch holds {
	case "marks":
	case "numbers":
		read = readNumbers
	default:
		return nil, wrongf(`write "marks", 0 or 1 for each packet, or "numbers", those of the packets that are lost`, "a file does not hold %q", holds)
	}
	var repeat any
	if raw, given := values["repeat"]; given && raw != "never" {
		v, w := some.value(raw)
		if w != nil {
			return nil, wrongf(`write the number of packets after which it begins anew, or "never"`, "repeat: %s", w.what)
		}
		repeat = v
	} else if given {
		repeat = int64(Unlimited)
	}
	return filed{file, inline(values, "model"), func(data string) (form, *wrong) {
		l := LostPackets{text: inline(values, "model")}
		packets, w := read(&l, file, data)
		if w != nil {
			return nil, w
		}
		switch {
		case repeat == nil && holds == "marks":
			l.Repeat = packets
		case repeat != nil:
			l.Repeat = repeat.(int64)
		}
		if l.Repeat != Unlimited && l.Repeat < packets {
			return nil, wrongf("", "%s: packet %d comes after the list begins anew, after %d", file, packets, l.Repeat)
		}
		return l, nil
	}}, nil
}

// readMarks reads 0 or 1 for each packet, and returns how many.
func readMarks(l *LostPackets, file, data string) (packets int64, w *wrong) {
	line := 1
	for _, mark := range data {
		switch mark {
		case '\n':
			line++
		case ' ', '\t', '\r', ',':
		case '0', '1':
			if packets++; mark == '1' {
				l.Numbers = append(l.Numbers, packets)
			}
		default:
			return 0, wrongf("marks are 0, which passes, and 1, which is lost", "%s:%d: %q is no mark", file, line, mark)
		}
	}
	if packets == 0 {
		return 0, wrongf("marks are 0, which passes, and 1, which is lost", "%s: there is no mark", file)
	}
	return packets, nil
}

// readNumbers reads the numbers of the packets that are lost, a line each, and
// returns the last.
func readNumbers(l *LostPackets, file, data string) (packets int64, w *wrong) {
	for i, line := range strings.Split(strings.TrimSpace(data), "\n") {
		n, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
		if err != nil || n < 1 {
			return 0, wrongf("write a whole number from 1 a line", "%s:%d: %q is no number of a packet", file, i+1, strings.TrimSpace(line))
		}
		if n <= packets {
			return 0, wrongf("", "%s:%d: numbers ascend, and %d comes after %d", file, i+1, n, packets)
		}
		packets = n
		l.Numbers = append(l.Numbers, n)
	}
	return packets, nil
}
