package language

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// load reads a file of testdata that must be right.
func load(t *testing.T, name string, sets ...string) *File {
	t.Helper()
	f, err := Parse("testdata/"+name, []byte(source(t, name)), sets...)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// source is the text of a file of testdata.
func source(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// faultsOf returns the lines of the error that a source has.
func faultsOf(t *testing.T, src string, sets ...string) []string {
	t.Helper()
	_, err := Parse("x.toml", []byte(src), sets...)
	var faults Faults
	if err == nil || !errors.As(err, &faults) {
		t.Fatalf("Parse: %v, want faults in\n%s", err, src)
	}
	return strings.Split(err.Error(), "\n")
}

// wantFaults holds all the faults of a source against those expected.
func wantFaults(t *testing.T, src string, want ...string) {
	t.Helper()
	got := faultsOf(t, src)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("faults of\n%s\nare\n  %s\nwant\n  %s", src, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// base is a network and a flow for sources that are wrong elsewhere: 9 lines.
const base = `[node.client]
[node.server]
[link.wire]
ends  = ["client", "server"]
delay = "10 ms"
[flow.web]
from = "client"
to   = "server:80"
`
