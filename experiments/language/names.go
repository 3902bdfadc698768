package language

import (
	"slices"
	"strings"
)

// Name is what expressions about a file can name: a parameter, something derived
// from the network, or a metric.
type Name struct {
	Path    string `json:"path"`
	Kind    string `json:"kind"`            // "parameter", "derived", "counter", "sample", "level"
	Unit    string `json:"unit,omitempty"`  // the base unit
	Value   string `json:"value,omitempty"` // of a parameter at the first point, as TOML
	Meaning string `json:"meaning"`
	Last    string `json:"statistics,omitempty"` // of a metric: the last words that make a number of it
}

// Names lists all that expressions about the file can name, with the values of the
// first point.
func (f *File) Names() (list []Name) {
	p := f.Points[0]
	for _, h := range p.Held() {
		k := keyOf(h.Path)
		if k == nil || strings.HasPrefix(h.Path, "event.") {
			continue
		}
		unit := k.Type.Unit
		if v, ok := p.Value(h.Path); ok && k == quantityKey && measure(v) != nil {
			unit = measure(v).Unit
		}
		list = append(list, Name{Path: h.Path, Kind: "parameter", Unit: unit, Value: h.Value, Meaning: k.Meaning})
	}
	for _, a := range f.Axes {
		for _, path := range a.Paths {
			if strings.HasPrefix(path, "case.") {
				list = append(list, Name{Path: path, Kind: "parameter", Value: quoted(p.choice(path).Name), Meaning: "the case of the point"})
			}
		}
	}
	for _, d := range derived {
		if strings.HasSuffix(d, ".mean") {
			continue
		}
		for _, path := range f.named(d) {
			list = append(list, Name{Path: path, Kind: "derived", Unit: derivedUnit(path), Meaning: derivedMeaning[last(d)]})
		}
	}
	for m := range Metrics() {
		for _, path := range f.named(m.Path) {
			if f.measures(path) {
				list = append(list, Name{Path: path, Kind: string(m.Class), Unit: m.Unit, Meaning: m.Meaning, Last: strings.Join(m.own(), " ")})
			}
		}
	}
	return list
}

// derivedMeaning says what the derived paths are, by their last word.
var derivedMeaning = map[string]string{
	"size":  "number of ephemeral ports",
	"delay": "sum of the delays there", "delay_back": "sum of the delays back",
	"loss": "probability that a packet is lost there", "loss_back": "the same on the way back",
	"setup": "connect() time of an empty network",
}

func derivedUnit(path string) string {
	if what := last(path); what == "size" || strings.HasPrefix(what, "loss") {
		return ""
	}
	return "s"
}

// own are the statistics that the metric has: only what has a parent has a fraction.
func (m *Metric) own() []string {
	return slices.DeleteFunc(m.Statistics(), func(s string) bool { return s != "pN" && !m.has(s) })
}

// named writes out the names that a pattern with * stands for in the file.
func (f *File) named(pattern string) []string {
	paths := []string{""}
	for _, w := range strings.Split(pattern, ".") {
		var next []string
		for _, p := range paths {
			words := []string{w}
			if w == "*" {
				words = f.names.of(p)
			}
			for _, word := range words {
				next = append(next, strings.TrimPrefix(p+"."+word, "."))
			}
		}
		paths = next
	}
	return paths
}

// measures tells whether the node that a metric is of keeps count of it at some
// point: hosts and proxies speak TCP, routers send reports, boxes have sessions.
func (f *File) measures(metric string) bool {
	words := strings.SplitN(metric, ".", 3)
	if words[0] != "node" {
		return true
	}
	return slices.ContainsFunc(f.Points, func(p *Point) bool {
		n := p.Spec.Node(words[1])
		return n == nil || n.measures(words[2])
	})
}

func (n *Node) measures(what string) bool {
	switch strings.SplitN(what, ".", 2)[0] {
	case "reports":
		return n.Router()
	case "sessions", "nat", "refused":
		return n.Router() && n.Kind != "router"
	}
	return !n.Router()
}

// unmeasured refuses a metric that the node it is of does not have.
func (f *File) unmeasured(s Slot) *wrong {
	if s.Metric == nil || f.measures(s.Subject) {
		return nil
	}
	kind, name := s.Of()
	n := f.Points[0].Spec.Node(name)
	return wrongf("", "%s.%s is a %s and has no %s", kind, name, n.Kind, s.What())
}

// Values are the words that a path may be set to: the cases of an axis, or those of
// a key that takes words.
func (f *File) Values(path string) (words []string) {
	if strings.HasPrefix(path, "case.") {
		for _, p := range f.Points {
			if name := p.choice(path).Name; name != "" && !slices.Contains(words, name) {
				words = append(words, name)
			}
		}
		return words
	}
	switch k := keyOf(path); {
	case k == nil:
		return nil
	case k.Type == boolean:
		return []string{"true", "false"}
	default:
		return k.Type.Words
	}
}
