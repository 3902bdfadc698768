package language

import (
	"errors"
	"strings"
	"testing"
)

// FuzzParse holds that no source makes the loader panic, that whatever is wrong
// is reported as faults with a place in the file, and that what it accepts has an
// effective configuration that reads back.
func FuzzParse(f *testing.F) {
	f.Add(base)
	f.Add(source(f, "handshake.toml"))
	f.Add(source(f, "closes.toml"))
	f.Add(winding)
	f.Add("[a]\nb.c = 1\n[a.b]\n")
	f.Add(base + "[param]\na = \"= b ? 1 : 'x'\"\nb = true\n")
	f.Add(base + "[capture.c]\nat = [\"node.client[0]\", \"link.wire.back\"]\nwhat = \"flow.web\"\n")
	f.Add(base + "[link.wire.loss]\nmodel = \"gilbert-elliott\"\np = \"1 %\"\nr = 0.3\n[case.a.b]\nlink.wire.loss.r = 0.5\n[case.a.c]\nlink.wire.loss = \"2 %\"\n[sweep.axes]\nlink.wire.delay.mean = [\"1 ms\"]\n")
	f.Add(base + "[figure.f]\nkind = \"cdf\"\nof = \"flow.web.setup_time\"\noverlay = \"measured.csv\"\n")
	f.Fuzz(func(t *testing.T, src string) {
		file, err := Parse("x.toml", []byte(src))
		if err != nil {
			var faults Faults
			if !errors.As(err, &faults) || len(faults) == 0 {
				t.Fatalf("an error without faults: %v", err)
			}
			lines := strings.Count(src, "\n") + 1
			for _, fault := range faults {
				if fault.Line < 1 && fault.What != "larger than 1 MiB" || fault.Line > lines || fault.What == "" {
					t.Errorf("a fault without a place: %v", fault)
				}
			}
			return
		}
		text := file.Points[0].Spec.Effective()
		again, err := Parse("effective.toml", []byte(text))
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if back := again.Points[0].Spec.Effective(); back != text {
			t.Errorf("%s\nreads back as\n%s", text, back)
		}
	})
}

// FuzzCompile holds the same for an expression.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{"1 + 2", "flow.web.setup_time.mean", "at(node.client.time_wait.count, 3*s)", "case.a in ['b']", "a.b?.c[0]", "x ? y : z", "1..2", "-(((1)))"} {
		f.Add(s)
	}
	file, err := Parse("x", []byte(base))
	if err != nil {
		f.Fatal(err)
	}
	sc := Scope{names: file.names, Metrics: true, Time: true}
	f.Fuzz(func(t *testing.T, src string) {
		if x, err := Compile(src, sc); err == nil {
			_, _ = x.Value(look(file.Points[0], map[string]any{}))
		}
	})
}
