package tcp

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Every value of every profile has a source of a known kind, every field a key.
func TestSources(t *testing.T) {
	fields := reflect.TypeFor[Profile]()
	for _, p := range profiles {
		named := map[string]int{}
		for names, source := range p.sources {
			if word := strings.TrimRight(strings.Fields(string(source))[0], ":"); !slices.Contains(Evidence, word) {
				t.Errorf("%s: the source of %s is %q; begin with one of %q", p.name, names, source, Evidence)
			}
			for name := range strings.FieldsSeq(names) {
				if named[name]++; named[name] > 1 {
					t.Errorf("%s: two sources of %s", p.name, name)
				}
				if _, ok := fields.FieldByName(name); !ok {
					t.Errorf("%s: a source of %s, which is no field", p.name, name)
				}
			}
		}
		for i := range fields.NumField() {
			f := fields.Field(i)
			if f.Name == "Name" {
				continue
			}
			if SourceOf(p.name, f.Name) == "" {
				t.Errorf("%s.%s has no source; add it to %sSources (%q)", p.name, f.Name, p.name, Evidence)
			}
			if f.Tag.Get("key") == "" {
				t.Errorf("%s has no tag key; give it one, and the key a line in experiments/language/keys.go", f.Name)
			}
		}
	}
	if SourceOf("linux", "Name") != "" || SourceOf("os/2", "MSS") != "" {
		t.Error("a source of nothing")
	}
	if !Source("unverified: a rumour").Unverified() || SourceOf("linux", "TimeWait").Unverified() {
		t.Error("what is unverified?")
	}
}
