package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"netsim/experiments"
)

// swept is an experiment of 3 points with 4 replications.
const swept = small + `arrivals = { process = "poisson", rate = "50/s", count = 20 }
[run]
replications = 4
[sweep.axes]
link.wire.loss = [0, 0.02, 0.1]
[figure.f]
kind = "line"
x = "link.wire.loss"
y = "flow.web.setup_time.mean"
[output]
figures = "svg"
`

// tables are the files of a folder that are a function of the experiment.
func (n *netsim) tables(folder string) map[string]string {
	n.t.Helper()
	found := map[string]string{}
	for name, text := range n.files() {
		if rest, ok := strings.CutPrefix(name, folder+"/"); ok && rest != "manifest.json" && !strings.HasPrefix(rest, "shards/") && !strings.HasSuffix(name, "/") {
			found[rest] = text
		}
	}
	return found
}

// TestSweep takes an experiment through all words of sweep: chunks make its runs,
// status counts them, collect makes of them what run makes.
func TestSweep(t *testing.T) {
	n := newNetsim(t)
	n.file("x.toml", swept)
	n.ok("run", "x.toml", "--out", "whole")
	want := n.tables("whole")
	status := func(words ...string) {
		t.Helper()
		out := n.ok("sweep", "status", "x.toml")
		for _, w := range words {
			if !strings.Contains(squeezed(out), w) {
				t.Errorf("status has no %q:\n%s", w, out)
			}
		}
	}
	status("link.wire.loss=0.02 | 4 | 0 | 0 | below 1 s\n", "0 of 12 runs there, 0 failed; the rest takes below 1 s of one core\n")
	if out := n.ok("sweep", "exec", "x.toml", "--chunk", "1/2"); !strings.HasPrefix(out, "6 runs made, 0 there already, in out/x/shards\n") {
		t.Error(out)
	}
	status("link.wire.loss=0.02 | 4 | 2 | 0 | below 1 s\n", "6 of 12 runs there")
	_, errs, code := n.run("sweep", "collect", "x.toml")
	if code != exitFault || errs != "netsim: 6 runs are missing: link.wire.loss=0 (2), link.wire.loss=0.02 (2), link.wire.loss=0.1 (2); make them: netsim sweep exec x.toml --out out/x; or take what is there: --partial\n" {
		t.Errorf("collecting half: exit code %d, %s", code, errs)
	}
	n.ok("sweep", "collect", "x.toml", "--partial", "--out", "out/x")
	if rows := strings.Count(n.tables("out/x")["results.csv"], "\n"); rows != 7 {
		t.Errorf("half of 12 runs are %d lines", rows)
	}
	n.ok("sweep", "exec", "x.toml", "--chunk", "0/2", "--jobs", "1")
	if out := n.ok("sweep", "exec", "x.toml"); !strings.HasPrefix(out, "0 runs made, 12 there already") {
		t.Error(out)
	}
	status("link.wire.loss=0.02 | 4 | 4 | 0 | 0 s\n", "12 of 12 runs there, 0 failed; the rest takes 0 s of one core\n")
	n.ok("sweep", "collect", "x.toml")
	for name, text := range n.tables("out/x") {
		if text != want[name] {
			t.Errorf("%s of two chunks is another than of one process", name)
		}
	}
	if got := len(n.tables("out/x")); got != len(want) {
		t.Errorf("%d files, not %d", got, len(want))
	}
	n.ok("sweep", "run", "x.toml")
	for args, want := range map[string]string{
		"sweep exec x.toml --chunk 2/2":          "netsim: --chunk 2/2: want i/n with i from 0 to n-1, as in 0/4\n",
		"sweep exec x.toml --chunk two":          "netsim: --chunk two: want i/n ",
		"sweep exec x.toml --plan 0123":          "netsim: x.toml is not what was submitted: its plan is ",
		"sweep exec x.toml --run 0123":           "netsim: x.toml has no run 0123\n",
		"sweep exec x.toml --jobs -1":            "netsim: --jobs -1: want ",
		"sweep collect x.toml --out y":           "netsim: 12 runs are missing: ",
		"sweep collect x.toml --partial --out y": "netsim: there are no results of x.toml\n",
		"explain ffff --in y":                    `netsim: no run "ffff" in y/shards, which keeps 0`,
	} {
		if _, errs, code := n.run(strings.Fields(args)...); code == exitOK || !strings.HasPrefix(errs, want) {
			t.Errorf("netsim %s: exit code %d, %s, want %s", args, code, errs, want)
		}
	}
}

// TestFailedRuns holds that runs that fail do not end the others, and are known.
func TestFailedRuns(t *testing.T) {
	n := newNetsim(t)
	n.file("x.toml", strings.NewReplacer("[sweep.axes]\nlink.wire.loss = [0, 0.02, 0.1]", "[case.limit.none]\n[case.limit.few]\nrun.max_events = 9",
		`"link.wire.loss"`, `"case.limit"`, `"line"`, `"bar"`).Replace(swept))
	_, errs, code := n.run("sweep", "exec", "x.toml")
	if code != exitFault || strings.Count(errs, "run.max_events is reached") != 4 || !strings.Contains(errs, "x.toml at limit=few, replication 2, seed 1: ") {
		t.Errorf("exit code %d\n%s", code, errs)
	}
	if out := squeezed(n.ok("sweep", "status", "x.toml")); !strings.Contains(out, "limit=few | 4 | 0 | 4 | ") || !strings.Contains(out, "\nfailed: x.toml at limit=few, replication 4, seed 1: run.max_events is reached") {
		t.Error(out)
	}
	if _, errs, code := n.run("sweep", "collect", "x.toml"); code != exitFault || !strings.HasPrefix(errs, "netsim: 4 runs are missing, and some failed: x.toml at limit=few, replication 1, seed 1: ") {
		t.Errorf("exit code %d\n%s", code, errs)
	}
	n.ok("sweep", "collect", "x.toml", "--partial")
}

// TestRounds holds that chunks make as many replications as what the file wants to
// know takes, a round after the other, and end where one process does.
func TestRounds(t *testing.T) {
	n := newNetsim(t)
	n.file("x.toml", strings.Replace(swept, "replications = 4\n", "replications = 4\nmax_replications = 60\nuntil.setup = { metric = \"flow.web.setup_time.mean\", half_width = \"20 ms\" }\n", 1))
	n.ok("run", "x.toml", "--out", "whole")
	rounds := 0
	for ; rounds < 20; rounds++ {
		n.ok("sweep", "exec", "x.toml", "--chunk", "0/2")
		n.ok("sweep", "exec", "x.toml", "--chunk", "1/2")
		_, errs, code := n.run("sweep", "collect", "x.toml")
		if code == exitOK {
			break
		}
		if code != exitFault || !strings.Contains(errs, " missing") {
			t.Fatalf("exit code %d, %s", code, errs)
		}
	}
	if rounds == 0 || rounds == 20 {
		t.Errorf("%d rounds", rounds)
	}
	want := n.tables("whole")
	for name, text := range n.tables("out/x") {
		if text != want[name] {
			t.Errorf("%s of chunks in rounds is another than of one process", name)
		}
	}
}

// TestExplain holds that the command which explain prints makes one run again, and
// that it tells when that finds something else than is kept.
func TestExplain(t *testing.T) {
	n := newNetsim(t)
	n.file("x.toml", swept)
	n.ok("run", "x.toml", "--set", "link.wire.delay=11 ms", "--seed", "7")
	row := strings.Split(strings.Split(n.tables("out/x")["results.csv"], "\n")[6], ",")
	if row[0] != "0.02" || row[1] != "2" || row[2] != "7" {
		t.Fatalf("the row is %q", row[:4])
	}
	out := n.ok("explain", row[3][:9])
	if !strings.Contains(out, "\nx.toml: link.wire.loss=0.02, seed 7, replication 2\n") {
		t.Error(out)
	}
	command := regexp.MustCompile(`(?m)^netsim sweep exec .*$`).FindString(out)
	if want := "netsim sweep exec x.toml --set 'link.wire.delay=11 ms' --set run.seed=7 --run " + row[3] + " --again --out " + filepath.Join("out", "x"); command != want {
		t.Fatalf("the command is %s\nwant           %s", command, want)
	}
	args := []string{"sweep", "exec", "x.toml", "--set", "link.wire.delay=11 ms", "--set", "run.seed=7", "--run", row[3], "--again", "--out", "out/x"}
	if out := n.ok(args...); !strings.HasPrefix(out, "1 run made, 0 there already") {
		t.Error(out)
	}
	n.ok("explain", row[3], "--in", "out/x")
	if _, err := experiments.OpenArchive("out/x"); err != nil {
		t.Error(err)
	}
}

// TestStopped holds that an interrupted sweep keeps what is done and says how to go
// on, and that the same command does.
func TestStopped(t *testing.T) {
	n := newNetsim(t)
	n.file("long.toml", strings.Replace(swept, "rate = \"50/s\", count = 20", "rate = \"2k/s\", stop = \"2 s\"", 1))
	args := []string{"sweep", "run", "long.toml", "--replications", "200", "--jobs", "2"}
	for {
		errs, code := interrupted(n, args...)
		if !slices.Contains(n.names(), "out/long/shards/") { // a busy machine has not come so far
			continue
		}
		if want := regexp.MustCompile(`^netsim: interrupted; [1-9]\d* of 600 runs are in out/long/shards, and the same command goes on from there\n$`); code != exitStopped || !want.MatchString(errs) {
			t.Fatalf("exit code %d, %q", code, errs)
		}
		break
	}
	if _, err := os.Stat("out/long/results.csv"); err == nil {
		t.Error("there are results of an interrupted sweep")
	}
	before, err := experiments.OpenArchive("out/long")
	if err != nil {
		t.Fatal(err)
	}
	out := n.ok("sweep", "exec", "long.toml", "--replications", "3")
	if !strings.Contains(out, " there already") || before.Len() == 0 {
		t.Error(out)
	}
}
