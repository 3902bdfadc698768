package language

import (
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

const winding = `
# a comment with [brackets] and "quotes"
top = "x" # and another
"quoted key" . inner = 'literal # no comment'
dotted.words.here = 1
dotted.words.there = [ 1, # inside
  2, [3, "]"], ]
text = """
[not.a.header]
key = "neither"
"""
other = '''
= [ ] ''' ''' # three quotes end the first
[table]
	indented = true
inline = { a = 1, b.c = "}", d = { e = [ { f = 2 } ] } }
dätum = 1979-05-27
[ table . sub ]
"ä" = "µ"
after = -1.5e3
[another]
`

// Each key that the decoder finds has its place, and in the same order.
func TestIndexAgreesWithDecoder(t *testing.T) {
	sources := map[string]string{"handshake": source(t, "handshake.toml"), "closes": source(t, "closes.toml"),
		"winding": strings.NewReplacer("other = '''\n= [ ] ''' ''' # three quotes end the first", "other = '''\n= [ ] '''", "dätum", "datum").Replace(winding)}
	for name, src := range sources {
		var doc map[string]any
		meta, err := toml.Decode(src, &doc)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s := scan(name, src)
		if s.lost || len(s.faults) > 0 {
			t.Fatalf("%s: lost at %v, %v", name, s.index.pos(s.at), s.faults)
		}
		lines := strings.Split(src, "\n")
		before := -1
		for _, key := range meta.Keys() {
			path := join(key)
			m := s.index.marks[path]
			if m == nil {
				if inList := s.index.find(path); inList.order == 0 {
					t.Errorf("%s: no place for %s", name, path)
				}
				continue
			}
			at := strings.TrimLeft(string([]rune(lines[m.key.Line-1])[m.key.Col-1:]), `[ "'`)
			words := strings.Fields(strings.NewReplacer(".", " ", `"`, " ", "]", " ", "=", " ").Replace(at))
			if len(words) == 0 || !strings.Contains(strings.Join(key, " "), words[0]) {
				t.Errorf("%s: %s is at %v, where %q stands", name, path, m.key, at)
			}
			if m.order < before && meta.Type(key...) != "Hash" {
				t.Errorf("%s: %s comes too early", name, path)
			}
			before = m.order
		}
	}
}

func TestPositions(t *testing.T) {
	s := scan("x", "a.b = 1\n[t]\n  list = [ \"é\", \"y\" ]  \nin = { k = 'v' }\n")
	for path, want := range map[string][2]Pos{
		"a":      {{1, 1}, {1, 7}},
		"a.b":    {{1, 1}, {1, 7}},
		"t":      {{2, 1}, {2, 1}},
		"t.list": {{3, 3}, {3, 10}},
		"t.in.k": {{4, 8}, {4, 12}},
	} {
		m := s.index.marks[path]
		if m == nil || m.key != want[0] || m.value != want[1] {
			t.Errorf("%s is at %+v, want %v", path, m, want)
		}
	}
	if items := s.index.marks["t.list"].items; len(items) != 2 || items[1] != (Pos{3, 17}) {
		t.Errorf("elements at %v, want the second at 3:17: columns are characters", items)
	}
}

// What TOML forbids and the decoder lets pass.
func TestForbiddenTOML(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"[flow.api]\narrivals = { process = \"even\" }\narrivals.count = 3\n",
			"x:3:1: flow.api.arrivals.count: flow.api.arrivals was closed by its { } at line 2; write all of it there, or all of it under [flow.api.arrivals]"},
		{"[a]\nb = { c = 1 }\n[a.b]\nd = 1\n",
			"x:3:1: a.b: a.b was closed by its { } at line 2; write all of it there, or all of it under [a.b]"},
		{"[a.b]\nc = 1\n[a]\nb.d = 1\n", "x:4:1: a.b.d: a.b has a header of its own at line 1; write this key there"},
		{"[a]\nb.c = 1\n[a.b]\n", "x:3:1: a.b: a.b was made by dotted keys at line 2; write all of it in one of the two ways"},
		{"a = { b = { c = 1 }, b.d = 2 }\n", "x:1:22: a.b.d: a.b was closed by its { } at line 1; write all of it there, or all of it under [a.b]"},
	} {
		s := scan("x", c.src)
		if got := s.faults.Error(); got != c.want {
			t.Errorf("%q:\n got %s\nwant %s", c.src, got, c.want)
		}
		var doc map[string]any
		if _, err := toml.Decode(c.src, &doc); err != nil {
			t.Logf("the decoder has learnt to refuse %q: %v", c.src, err)
		}
	}
	for _, fine := range []string{
		"a.b.c = 1\na.b.d = 2\n", "[a.b]\nc = 1\n[a]\nd = 1\n", "[a]\nb.c = 1\nb.d = 2\n[a.e]\n", "a = { b.c = 1, b.d = 2 }\n",
	} {
		if s := scan("x", fine); len(s.faults) > 0 || s.lost {
			t.Errorf("%q is refused: %v", fine, s.faults)
		}
	}
}
