package language

import (
	"strings"
	"testing"
)

// TestCompareMessages holds what can be wrong with a comparison.
func TestCompareMessages(t *testing.T) {
	src := func(lines string) string {
		return base + "[case.c.a]\n[case.c.b]\nlink.wire.mtu = \"1 kB\"\n[compare.x]\n" + lines
	}
	const whole = "metric = \"flow.web.failed.fraction\"\nbase = { case.c = \"a\" }\nother = { case.c = \"b\" }\n"
	if _, err := Parse("x.toml", []byte(src(whole))); err != nil {
		t.Error(err)
	}
	for _, c := range []struct{ name, src, want string }{
		{"nothing", src(""), `x.toml:12:1: compare.x.base: is missing; add base = { case.NAME = "..." } under [compare.x]` + "\n" +
			`x.toml:12:1: compare.x.metric: is missing; add metric = "flow.NAME.failed.fraction" under [compare.x]` + "\n" +
			`x.toml:12:1: compare.x.other: is missing; add other = { case.NAME = "..." } under [compare.x]`},
		{"no table", src(strings.Replace(whole, `{ case.c = "a" }`, `"a"`, 1)), `x.toml:14:8: compare.x.base: "a" is no choice of points; write { case.NAME = "..." }`},
		{"no axis", src(strings.Replace(whole, `case.c = "a"`, `case.d = "a"`, 1)), `x.toml:14:8: compare.x.base: case.d does not vary in this file (did you mean "case.c"?)`},
		{"a number", src(whole + "[expect.e]\nthat = \"compare.x.p50 > 0\"\n"), `x.toml:17:8: expect.e.that: compare.x.p50 is no number of compare.x; write .mean, .low or .high`},
		{"a name", src(whole + "[expect.e]\nthat = \"compare.y.mean > 0\"\n"), `x.toml:17:8: expect.e.that: no compare "y" (did you mean "x"?)`},
		{"of itself", src(strings.Replace(whole, "flow.web.failed.fraction", "compare.x.mean", 1)), `x.toml:13:10: compare.x.metric: compare.x.mean is of two points; only expectations and figures may name it`},
		{"no such point", src(strings.Replace(whole, `case.c = "a"`, `case.c = "z"`, 1)), `x.toml:14:8: compare.x.base: there is no such point`},
	} {
		_, err := Parse("x.toml", []byte(c.src))
		if got := strings.TrimRight(message(err), "\n"); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}
