package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"netsim/experiments"
	"netsim/experiments/language"
)

// TestCatalogueSummary holds what is printed of the whole catalogue, and what of it
// makes the command fail.
func TestCatalogueSummary(t *testing.T) {
	result := func(v experiments.Verdict, why string) *experiments.Result {
		return &experiments.Result{Name: "e", Point: &experiments.Point{Point: &language.Point{}}, Verdict: v, Why: why}
	}
	good := &ran{name: "good", runs: 4, results: []*experiments.Result{result(experiments.Pass, "")}}
	unsure := &ran{name: "unsure", runs: 3, results: []*experiments.Result{result(experiments.Undecided, "too wide")}}
	bad := &ran{name: "bad", runs: 3, results: []*experiments.Result{result(experiments.Fail, "1 is not 2")}}
	broken := &ran{name: "broken", err: errors.New("the books do not balance")}
	for _, c := range []struct {
		name string
		all  []*ran
		fast bool
		err  string
		out  string
	}{
		{"good", []*ran{good}, false, "", "good  4"},
		{"undecided", []*ran{good, unsure}, false, "0 expectations failed, 1 are undecided", "undecided: unsure: e: too wide\n"},
		{"undecided, fast", []*ran{good, unsure}, true, "", "unsure  3"},
		{"failed, fast", []*ran{bad, unsure}, true, "1 expectations failed, 0 are undecided", "FAIL: bad: e: 1 is not 2\n"},
		{"broken", []*ran{bad, broken}, false, "the books do not balance", "failed: broken: the books do not balance\n"},
	} {
		var out bytes.Buffer
		cmd := &cobra.Command{}
		cmd.SetOut(&out)
		err := (&runFlags{fast: c.fast}).summary(cmd, c.all)
		if got := ""; err != nil {
			if got = err.Error(); got != c.err {
				t.Errorf("%s: %v", c.name, err)
			}
		} else if c.err != "" {
			t.Errorf("%s: no error", c.name)
		}
		if !strings.Contains(out.String(), c.out) {
			t.Errorf("%s: no %q in\n%s", c.name, c.out, &out)
		}
	}
}

// TestCatalogueArguments holds what --all and --fast go with, and that a fast run has
// few replications.
func TestCatalogueArguments(t *testing.T) {
	n := newNetsim(t)
	for _, c := range []struct{ args, want string }{
		{"run --all handshake", "netsim: --all is the whole catalogue; leave out handshake\n"},
		{"run --fast", "netsim: which experiments? name some of the catalogue, or write --all\n"},
		{"run --all --fast --thorough", "netsim: --fast and --thorough are opposites; leave out one\n"},
		{"run --all --jobs -1", "netsim: --jobs -1: want the number of runs"},
	} {
		if _, errs, code := n.run(strings.Fields(c.args)...); code != exitUsage || !strings.Contains(errs, c.want) {
			t.Errorf("netsim %s: exit code %d, %s", c.args, code, errs)
		}
	}
	if out, errs, code := n.run("run", "--fast", "handshake", "abort"); code != 0 || !strings.Contains(out, "abort      4") || strings.Contains(out, "results.csv") {
		t.Errorf("exit code %d, %s%s", code, out, errs)
	}
	f := &runFlags{all: true, fast: true}
	f.flags(&cobra.Command{})
	for _, name := range experiments.Catalog() {
		if file, err := f.read(name); err != nil || file.Points[0].Spec.Run.AtMost() > fewest {
			t.Errorf("%s: %v", name, err)
		}
	}
}
