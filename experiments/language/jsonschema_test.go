package language

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// editors is the schema as a validator of its own reads it, against the rules of
// draft 7.
func editors(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("netsim.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("netsim.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func decoded(t *testing.T, source string) (doc map[string]any) {
	t.Helper()
	if _, err := toml.Decode(source, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestSchemaTakes holds that editors take every experiment that the loader takes:
// the catalogue, and the snippets of its tests.
func TestSchemaTakes(t *testing.T) {
	s := editors(t)
	files, err := filepath.Glob("../catalog/*.toml")
	more, err2 := filepath.Glob("testdata/*.toml")
	if err != nil || err2 != nil || len(files) < 5 || len(more) == 0 {
		t.Fatal("no files to check", err, err2)
	}
	for _, name := range append(files, more...) {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(decoded(t, string(source))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSchemaTakesForms holds that editors take forms of values that no experiment of the
// catalogue has.
func TestSchemaTakesForms(t *testing.T) {
	s := editors(t)
	for _, lines := range []string{
		"arrivals = { process = \"mmpp\", rates = [\"200/s\", \"= 2 * 5\"], stay = [\"9 s\", \"1 s\"], count = 5 }", "[output]\nfigures = \"tex\"",
		"[case.c.a]\n[case.c.b]\nflow.web.request = \"1 kB\"\n[compare.d]\nmetric = \"flow.web.setup_time.mean\"\nbase = { case.c = \"a\" }\nother = { case.c = \"b\" }",
		"[event.e]\nat = \"1 s\"\ndo = \"down\"\nlink = [\"wire\"]",
	} {
		if _, err := Parse("x.toml", []byte(base+lines+"\n")); err != nil {
			t.Errorf("the loader refuses %q: %v", lines, err)
		}
		if err := s.Validate(decoded(t, base+lines+"\n")); err != nil {
			t.Errorf("the schema refuses %q: %v", lines, err)
		}
	}
}

// TestSchemaRefuses holds that editors see what is wrong with one value or one
// key, as the loader does.
func TestSchemaRefuses(t *testing.T) {
	s := editors(t)
	if err := s.Validate(decoded(t, base)); err != nil {
		t.Fatal(err)
	}
	for _, lines := range []string{
		"requests = \"1 kB\"", "request = 1000", "request = \"1 kb\"", "exchanges = -1", "exchanges = 1.5", "close = { by = \"nobdy\" }", "nodelay = \"yes\"",
		"retry = \"nothing\"", "think = { dist = \"normal\" }", "arrivals = { process = \"poison\" }", "[link.wire.queue]\nlimit = 5", "[link.2]\ndelay = 0",
		"[node.client.tcp]\nsyn_schedule = \"1 s\"", "[node.client.tcp]\nsyn_schedule = [1]", "[figure.f]\nkind = \"pie\"", "[run]\nconfidence = 95", "[case.a.b.flow.web]\nrequests = 0",
		"[default.node]\nports.per = \"host\"", "[output]\nfigures = [\"gif\"]", "[template.link.slow]\nrat = \"1 Mbps\"",
	} {
		if _, err := Parse("x.toml", []byte(base+lines+"\n")); err == nil {
			t.Errorf("the loader takes %q", lines)
		}
		if err := s.Validate(decoded(t, base+lines+"\n")); err == nil {
			t.Errorf("the schema takes %q", lines)
		}
	}
}

// TestSchemaOfDefaults holds that every default is a value that the schema takes,
// and every key has its meaning there.
func TestSchemaOfDefaults(t *testing.T) {
	s := editors(t)
	for k := range Keys() {
		if !k.Supported() || strings.HasPrefix(k.Default, "(") {
			continue
		}
		var doc any = k.jsonDefault()
		words := strings.Split(k.Path, ".")
		for i := len(words) - 1; i >= 0; i-- {
			w := words[i]
			if w == "*" {
				w = "name"
			}
			doc = map[string]any{w: doc}
		}
		if err := s.Validate(doc); err != nil {
			t.Errorf("%s = %v: %v", k.Path, k.jsonDefault(), err)
		}
	}
	if !bytes.Contains(JSONSchema(), []byte(`"propagation delay (duration, in expressions in s); required"`)) {
		t.Error("a key has no meaning in the schema")
	}
}
