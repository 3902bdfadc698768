package language

import (
	"reflect"
	"strings"
	"testing"

	"netsim/shapes"
)

// Every path is a parameter or a metric, never both, and none of either lies
// below another value: a counter with causes has values below its name, but its
// own values are its statistics.
func TestPathsAreUnique(t *testing.T) {
	values := map[string]string{} // by path, what it is
	add := func(path, what string) {
		if other := values[path]; other != "" {
			t.Errorf("%s is %s and %s", path, other, what)
		}
		values[path] = what
	}
	for k := range Keys() {
		add(k.Path, "a parameter")
	}
	for m := range Metrics() {
		for _, s := range m.Statistics() {
			add(m.Path+"."+s, "a metric")
		}
	}
	for _, d := range derived {
		if !strings.HasSuffix(d, ".mean") {
			add(d, "derived")
		}
	}
	for path, what := range values {
		for p := parent(path); p != ""; p = parent(p) {
			if other := values[p]; other != "" {
				t.Errorf("%s, %s, lies below %s, %s", path, what, p, other)
			}
		}
	}
	if len(values) < 400 {
		t.Errorf("only %d values in the tables", len(values))
	}
}

func TestDefaultsAreValues(t *testing.T) {
	for k := range Keys() {
		if k.Meaning == "" || k.Default == "" {
			t.Errorf("%s has no meaning or no default", k.Path)
		}
		if !strings.HasPrefix(k.Default, "(") && k.Supported() {
			if _, w := k.Type.fromText(k.Default); w != nil && k.Type != text {
				t.Errorf("%s: default %s: %v", k.Path, k.Default, w)
			}
		}
	}
}

// Every key that this version has reaches somebody: a field is bound to it, or
// it is one of those that are read by name.
func TestEveryKeyIsBound(t *testing.T) {
	bound := map[string]bool{
		"title": true, "about": true, "chapter": true, "param.*": true, "case.*.*.label": true,
		"topology.*.shape": true, "flow.*.kind": true, // of which there is one
	}
	for key := range places { // of the profile
		bound["node.*."+key] = true
	}
	for key := range shorthands {
		bound["node.*."+key] = true
	}
	var walk func(path string, typ reflect.Type)
	walk = func(path string, typ reflect.Type) {
		for i := range typ.NumField() {
			tag, ok := typ.Field(i).Tag.Lookup("key")
			if !ok {
				continue
			}
			at := path + "." + tag
			if keyOf(at) == nil {
				walk(at, typ.Field(i).Type)
			} else if bound[at] = true; !keyOf(at).Supported() {
				t.Errorf("%s is bound and not supported", at)
			}
		}
	}
	for path, of := range map[string]any{
		"run": Run{}, "node.*": Node{}, "node.*.listen.*": Listener{}, "link.*": Link{}, "link.*.rule.*": Rule{},
		"flow.*": Flow{}, "topology.*": shapes.Sizes{}, "routing": Routing{}, "routing.route.*": Route{}, "event.*": Event{}, "figure.*": Figure{}, "output": Output{}, "capture.*": Capture{},
	} {
		walk(path, reflect.TypeOf(of))
	}
	readByName := "of x y z color overlay theory theory_band series facet where log line_x line_y notes"
	for _, key := range strings.Fields(readByName) {
		bound["figure.*."+key] = true
	}
	for _, key := range strings.Fields("that equals within precision where follows test") {
		bound["expect.*."+key] = true
	}
	for _, key := range strings.Fields("metric base other") {
		bound["compare.*."+key] = true
	}
	for _, key := range strings.Fields("metric half_width") {
		bound["run.until.*."+key] = true
	}
	for _, key := range strings.Fields("extends include remove node.*.like link.*.like flow.*.like output.series sweep.zip sweep.sample.method sweep.sample.points sweep.sample.seed sweep.where") {
		bound[key] = true
	}
	for k := range Keys() {
		path := strings.NewReplacer(".back.", ".forward.").Replace(k.Path)
		direct := strings.Replace(k.Path, "link.*.", "link.*.forward.", 1)
		if k.Supported() && !bound[path] && !bound[direct] && !strings.HasSuffix(k.Path, "queue.kind") {
			t.Errorf("%s is supported and nothing takes it", k.Path)
		}
	}
}

func TestMetricFractions(t *testing.T) {
	for m := range Metrics() {
		if m.Of == "" {
			continue
		}
		above := m.Path
		for ; above != ""; above = parent(above) {
			if found, rest := metricOf(above + "." + m.Of); found != nil && len(rest) == 0 && found.Class == Counter {
				break
			}
		}
		if above == "" {
			t.Errorf("%s is a fraction of %s, which is no counter beside or above it", m.Path, m.Of)
		}
	}
}
