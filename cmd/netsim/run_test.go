package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"netsim/experiments"
)

// small is an experiment that is over at once.
const small = `
title = "A small one"
[node.client]
[node.server]
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
[flow.web]
from = "client"
to = "server:80"
`

var provenance = regexp.MustCompile(`(?s)<div class="made">.*?</dl>`)

// netsim runs the program in a directory of its own.
type netsim struct {
	t   *testing.T
	dir string
}

func newNetsim(t *testing.T) *netsim {
	n := &netsim{t, t.TempDir()}
	t.Chdir(n.dir)
	return n
}

// file writes a file and returns its name.
func (n *netsim) file(name, text string) string {
	n.t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		n.t.Fatal(err)
	}
	return name
}

// run returns what the program printed, and its exit code.
func (n *netsim) run(args ...string) (out, errs string, code int) {
	n.t.Helper()
	var o, e bytes.Buffer
	code = run(n.t.Context(), args, &o, &e)
	return o.String(), calm(&e), code
}

// progressLine is what a run prints where it takes long, as on a busy machine.
var progressLine = regexp.MustCompile(`(?m)^\d+ of \d+ runs, .* left\n`)

// calm is what was printed but for progress.
func calm(printed *bytes.Buffer) string { return progressLine.ReplaceAllString(printed.String(), "") }

// ok runs what must succeed.
func (n *netsim) ok(args ...string) string {
	n.t.Helper()
	out, errs, code := n.run(args...)
	if code != exitOK || errs != "" {
		n.t.Fatalf("netsim %s: exit code %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

// files lists what is in the directory, with contents.
//
// Of a report that is without what says where, when and by whom it was made.
func (n *netsim) files() map[string]string {
	n.t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		name := filepath.ToSlash(path)
		if d.IsDir() {
			files[name+"/"] = ""
			return nil
		}
		text, err := os.ReadFile(path)
		files[name] = provenance.ReplaceAllString(string(text), "")
		return err
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return files
}

func (n *netsim) names() []string { return slices.Sorted(maps.Keys(n.files())) }

// TestCatalogue holds that the experiments whose theory is exact come out exactly.
func TestCatalogue(t *testing.T) {
	n := newNetsim(t)
	for name, words := range map[string][]string{
		"handshake":      {"connect_returns: flow.hello.setup_time.max", "20.096 ms   20.096 ms", "three_segments", "out/handshake/figures/ladder.png", "out/handshake/summary.csv"},
		"four-way-close": {"close_time: flow.talk.close_time.max", "150.01248 ms  150.01248 ms", "  the server forgets to", "out/four-way-close/figures/segments.png"},
	} {
		out := n.ok("run", name)
		for _, w := range words {
			if !strings.Contains(filepath.ToSlash(out), w) {
				t.Errorf("%s does not print %q:\n%s", name, w, out)
			}
		}
		if strings.Contains(out, "FAIL") || strings.Contains(out, "undecided") {
			t.Errorf("%s:\n%s", name, out)
		}
		for line := range strings.Lines(out) {
			if len([]rune(line)) > 121 {
				t.Errorf("%s: a line of %d characters: %s", name, len([]rune(line)), line)
			}
		}
	}
}

// TestTimeWaitUnderLoad runs the main experiment, shorter: all that it expects
// passes but for the precision, which takes its full length. A few seconds.
func TestTimeWaitUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("a few seconds")
	}
	n := newNetsim(t)
	out, errs, code := n.run("run", "time-wait-under-load", "--replications", "4", "--set", "run.duration=15 min",
		"--set", "expect.population.precision=3 %", "--set", "expect.the_closer_pays.precision=3 %")
	if code != exitOK || errs != "" {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if got := strings.Count(out, "  pass\n"); got != 9 {
		t.Errorf("%d lines pass, want 9:\n%s", got, out)
	}
}

// TestHeadlines holds that a file that expects nothing still tells something.
func TestHeadlines(t *testing.T) {
	n := newNetsim(t)
	out := n.ok("run", n.file("small.toml", small))
	for _, w := range []string{"A small one\n", "flow.web.setup_time.mean          20 ms\n", "flow.web.attempts.total           1\n", "node.client.time_wait.count.max   1\n", "out/small/results.csv"} {
		if !strings.Contains(filepath.ToSlash(out), w) {
			t.Errorf("no %q in\n%s", w, out)
		}
	}
}

// TestExitCodes says what each exit code stands for.
func TestExitCodes(t *testing.T) {
	n := newNetsim(t)
	n.file("fails.toml", small+"[expect.e]\nthat = \"flow.web.setup_time.max\"\nequals = \"0.03\"\nwithin = \"exact\"\n")
	n.file("undecided.toml", small+"[expect.e]\nthat = \"flow.web.setup_time.max < 1\"\n[link.wire.rule.all]\nmatch = \"any\"\ndo = \"drop\"\n")
	n.file("endless.toml", small+"[run]\nmax_events = 3\n")
	for _, c := range []struct {
		args      []string
		code      int
		out, errs string
	}{
		{[]string{"run", "fails.toml"}, exitVerdict, "FAIL: e: 0.02 is not 0.03 within exact\n", ""},
		{[]string{"run", "undecided.toml"}, exitVerdict, "undecided: e: replication 1 measured no flow.web.setup_time.max\n", ""},
		{[]string{"run", "endless.toml"}, exitFault, "", "netsim: endless.toml, replication 1, seed 1: run.max_events is reached: 3 events by "},
		{[]string{"run"}, exitUsage, "", "netsim: run takes one FILE or NAME, not 0 arguments; write: netsim run handshake\n"},
		{[]string{"run", "small.toml", "handshake"}, exitUsage, "", "netsim: run takes one FILE or NAME, not 2 arguments; write: netsim run handshake\n"},
		{[]string{"run", "handshake", "--nonsense"}, exitUsage, "", "netsim: unknown flag: --nonsense\n"},
		{[]string{"ru", "handshake"}, exitUsage, "", "netsim: unknown command \"ru\" for \"netsim\""},
		{[]string{"calc", "port"}, exitUsage, "", "netsim: unknown command \"port\" for \"netsim calc\""},
		{[]string{"run", "missing.toml"}, exitUsage, "", "netsim: open missing.toml: "},
		{[]string{"run", "handshak"}, exitUsage, "", `did you mean "handshake"?`},
		{[]string{"run", "nothing-like-it"}, exitUsage, "", "the catalogue has " + strings.Join(experiments.Catalog(), ", ") + "\n"},
		{[]string{"run", "handshake", "--jobs", "-1"}, exitUsage, "", "netsim: --jobs -1: want the number of runs"},
		{[]string{"run", "handshake", "--seed", "-1"}, exitUsage, "", `netsim: invalid argument "-1" for "--seed"`},
		{[]string{"run", "handshake", "--replications", "0"}, exitUsage, "", "--set: run.replications: "},
		{[]string{"trace"}, exitUsage, "", "netsim: want one of an experiment, --pcap FILE and --script FILE, such as: netsim trace handshake\n"},
		{[]string{"trace", "handshake", "--script", "x.pkt"}, exitUsage, "", "netsim: want one of an experiment"},
		{[]string{"trace", "handshake", "--out", "x.bmp"}, exitUsage, "", "netsim: --out x.bmp: want a file that ends in one of png, svg, pdf, tex\n"},
		{[]string{"trace", "handshake", "--connection", "0"}, exitUsage, "", "netsim: --connection 0: want one from 1 to 1000\n"},
		{[]string{"trace", "handshake", "--connection", "2"}, exitUsage, "", `netsim: flow "hello" made 1 connections, so there is no connection 2`},
		{[]string{"trace", "handshake", "--flow", "goodbye"}, exitUsage, "", `netsim: handshake.toml has no flow "goodbye"`},
	} {
		out, errs, code := n.run(c.args...)
		if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(errs, c.errs) || (c.errs == "") != (errs == "") {
			t.Errorf("netsim %s: exit code %d, want %d\n%s%s", strings.Join(c.args, " "), code, c.code, out, errs)
		}
	}
	if got := n.names(); slices.ContainsFunc(got, func(s string) bool {
		return strings.Contains(s, "endless/results") || strings.Contains(s, "endless/figures") || strings.Contains(s, "handshake")
	}) {
		t.Errorf("there are results of what did not run: %q", got)
	}
	var errs bytes.Buffer
	err := error(&experiments.RunError{File: "x.toml", Point: "closer=server", Replication: 3, Seed: 7, Err: errors.New("the books do not balance")})
	if got := code(err, &errs); got != exitFault || errs.String() != "netsim: x.toml at closer=server, replication 3, seed 7: the books do not balance\n" {
		t.Errorf("a fault of the simulator has exit code %d and the message %q", got, &errs)
	}
}

// TestBadInput gives the program files that are wrong in every way a file can be.
// Each is refused with its place, a path and what would be right; nothing is
// run or written.
func TestBadInput(t *testing.T) {
	with := func(old, new string) string { return strings.Replace(small, old, new, 1) }
	n := newNetsim(t)
	for _, c := range []struct{ name, text, want string }{
		{"an unknown key", with("delay", "rat = \"1 Mbps\"\ndelay"), `x.toml:7:1: link.wire.rat: no such key (did you mean "rate"?)`},
		{"no unit", with(`"10 ms"`, "10"), `x.toml:7:9: link.wire.delay: 10 has no unit; write "10 s" or "10 min"`},
		{"a wrong unit", with(`"10 ms"`, `"10 MB"`), "x.toml:7:9: link.wire.delay: "},
		{"a negative value", with(`"10 ms"`, `"-10 ms"`), "x.toml:7:9: link.wire.delay: "},
		{"an absurd value", with(`"10 ms"`, `"1e9 d"`), "x.toml:7:9: link.wire.delay: "},
		{"a node that is not there", with(`"server"]`, `"sever"]`), `x.toml:6:19: link.wire.ends: no node "sever" (did you mean "server"?)`},
		{"an unreachable destination", with("to = \"server:80\"", "to = \"other:80\"") + "[node.other]\n[node.far]\n[link.apart]\nends = [\"other\", \"far\"]\ndelay = \"1 ms\"\n", "x.toml:10:6: flow.web.to: "},
		{"no ports", with("[node.client]", "[node.client]\nports.range = \"5-4\""), "x.toml:4:15: node.client.ports.range: "},
		{"a port of zero", with("server:80", "server:0"), "x.toml:10:6: flow.web.to: "},
		{"an ambiguous pairing", with("[node.client]", "[node.client]\ncount = 4") + "[node.server2]\ncount = 2\n[link.two]\nends = [\"client\", \"server2\"]\ndelay = \"1 ms\"\n", "link.two: 4 of \"client\" and 2 of \"server2\" can pair in several ways; "},
		{"an empty file", "", "x.toml:1:1: nothing to run: the file is empty; "},
		{"no TOML", "this is not TOML\n", "x.toml:1:"},
		{"no text", "\x00\xff\xfe", "x.toml:1:"},
		{"no end", small + "arrivals = { process = \"poisson\", rate = \"5/s\" }\n", `run: no duration, and flow.web never ends by itself (poisson, no count, no stop); add duration = "10 min" under [run]`},
	} {
		n.file("x.toml", c.text)
		for _, command := range []string{"run", "validate", "trace"} {
			out, errs, code := n.run(command, "x.toml")
			if code != exitUsage || out != "" || !strings.Contains(errs, c.want) {
				t.Errorf("netsim %s of a file with %s: exit code %d\n%s%swant %s", command, c.name, code, out, errs, c.want)
			}
		}
		if got := n.names(); !slices.Equal(got, []string{"x.toml"}) {
			t.Fatalf("a file with %s left %q", c.name, got)
		}
	}
}

// TestNowhereToWrite holds that a folder that cannot be is refused before the
// run, whoever runs the program.
func TestNowhereToWrite(t *testing.T) {
	n := newNetsim(t)
	n.file("small.toml", small)
	for _, out := range []string{"small.toml", "small.toml/below"} {
		_, errs, code := n.run("run", "small.toml", "--out", out)
		if code != exitUsage || !strings.HasPrefix(errs, "netsim: results cannot be written: ") {
			t.Errorf("--out %s: exit code %d, %s", out, code, errs)
		}
	}
	if got := n.names(); !slices.Equal(got, []string{"small.toml"}) {
		t.Errorf("left are %q", got)
	}
}

// TestSet holds that the command line wins over the file, and that --seed,
// --replications and --out mean what they say, zero included.
func TestSet(t *testing.T) {
	n := newNetsim(t)
	n.file("small.toml", small)
	n.ok("run", "small.toml", "--set", "link.wire.delay=50 ms", "--set", "flow.web.request=1 kB", "--seed", "0", "--replications", "3", "--out", "deep/here")
	effective, err := os.ReadFile("deep/here/effective.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"delay = \"50 ms\"\n", "request = \"1000 B\"\n", "seed = 0\n", "replications = 3\n"} {
		if !strings.Contains(string(effective), line) && !strings.Contains(string(effective), strings.ReplaceAll(line, "1000 B", "1 kB")) {
			t.Errorf("effective.toml has no %q:\n%s", line, effective)
		}
	}
	var m experiments.Manifest
	text, err := os.ReadFile("deep/here/manifest.json")
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil || m.Seed != 0 || m.Replications != 3 || m.File != "small.toml" || m.Start.After(m.End) || m.End.Location() != time.UTC {
		t.Errorf("the manifest says %+v, %v", m, err)
	}
	results, _ := os.ReadFile("deep/here/results.csv")
	if got := strings.Count(string(results), "\n"); got != 4 {
		t.Errorf("results.csv has %d lines for 3 runs:\n%s", got, results)
	}
	n.ok("run", "small.toml", "--set", "run.seed=3", "--seed", "4", "--out", "later")
	if text, _ := os.ReadFile("later/effective.toml"); !strings.Contains(string(text), "seed = 4\n") {
		t.Errorf("--seed does not win over --set:\n%s", text)
	}
	out, errs, code := n.run("run", "small.toml", "--set", "link.wire.dely=5 ms", "--set", "run.duration=soon", "--set", "nothing")
	if code != exitUsage || out != "" || strings.Count(errs, "--set: ") != 3 || !strings.Contains(errs, `--set: link.wire.dely: no such key (did you mean "link.wire.delay"?)`) {
		t.Errorf("exit code %d, and of three faults\n%s", code, errs)
	}
}

// TestSameBytes holds that results do not depend on --jobs.
func TestSameBytes(t *testing.T) {
	n := newNetsim(t)
	n.file("small.toml", small+"arrivals = { process = \"poisson\", rate = \"50/s\", count = 100 }\n[link.wire.back]\nloss = \"3 %\"\n")
	n.ok("run", "small.toml", "--replications", "4", "--jobs", "1", "--out", "a")
	n.ok("run", "small.toml", "--replications", "4", "--jobs", "5", "--out", "b")
	files := n.files()
	for name, text := range files {
		if rest, ok := strings.CutPrefix(name, "a/"); ok && rest != "manifest.json" && !strings.HasPrefix(rest, "shards/") && files["b/"+rest] != text {
			t.Errorf("%s depends on --jobs", rest)
		}
	}
	if len(files) < 10 {
		t.Errorf("files are %q", n.names())
	}
}

// TestCapture holds that captures come with the other results.
func TestCapture(t *testing.T) {
	n := newNetsim(t)
	out := n.ok("run", "handshake", "--capture", "--set", "output.figures=svg")
	for _, name := range []string{"out/handshake/captures/client.pcapng", "out/handshake/captures/server.pcapng"} {
		if !strings.Contains(filepath.ToSlash(out), name) || len(n.files()[name]) < 300 {
			t.Errorf("no %s:\n%s", name, out)
		}
	}
}

// interrupted runs the program and ends its context after a moment.
func interrupted(n *netsim, args ...string) (errs string, code int) {
	ctx, cancel := context.WithCancel(n.t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	defer cancel()
	var e bytes.Buffer
	code = run(ctx, args, io.Discard, &e)
	return calm(&e), code
}

// TestInterrupt holds that an interrupted run leaves nothing: no new folder, and
// earlier results as they were.
func TestInterrupt(t *testing.T) {
	n := newNetsim(t)
	n.file("small.toml", small)
	n.file("long.toml", small+"arrivals = { process = \"even\", rate = \"10k/s\" }\n[run]\nduration = \"10 d\"\n[default.node]\ntcp.time_wait = \"1 s\"\n")
	errs, code := interrupted(n, "run", "long.toml", "--capture")
	if code != exitStopped || errs != "netsim: interrupted; nothing was written\n" {
		t.Errorf("exit code %d, %q", code, errs)
	}
	if got := n.names(); !slices.Equal(got, []string{"long.toml", "small.toml"}) {
		t.Errorf("left are %q", got)
	}
	n.ok("run", "small.toml", "--capture", "--out", "out")
	before := n.files()
	if errs, code := interrupted(n, "run", "long.toml", "--capture", "--out", "out"); code != exitStopped {
		t.Errorf("exit code %d, %q", code, errs)
	}
	if !maps.Equal(n.files(), before) {
		t.Errorf("earlier results are not what they were: %q", n.names())
	}
	if _, code := interrupted(n, "trace", "long.toml"); code != exitStopped {
		t.Errorf("exit code of an interrupted trace is %d", code)
	}
}

// TestSignal sends the program itself an interrupt.
func TestSignal(t *testing.T) {
	if os.Getenv("NETSIM_MAIN") != "" {
		os.Args = []string{"netsim", "run", "long.toml"}
		main()
	}
	n := newNetsim(t)
	n.file("long.toml", small+"arrivals = { process = \"even\", rate = \"10k/s\" }\n[run]\nduration = \"10 d\"\n[default.node]\ntcp.time_wait = \"1 s\"\n")
	c := exec.Command(os.Args[0], "-test.run", "TestSignal")
	c.Env = append(os.Environ(), "NETSIM_MAIN=1")
	var errs bytes.Buffer
	c.Stderr = &errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); len(n.names()) < 2 && time.Now().Before(deadline); { // until it has its folder
		time.Sleep(10 * time.Millisecond)
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Skip("no signals here:", err)
	}
	err := c.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitStopped || calm(&errs) != "netsim: interrupted; nothing was written\n" {
		t.Errorf("the program ended with %v: %s", err, &errs)
	}
	if got := n.names(); !slices.Equal(got, []string{"long.toml"}) {
		t.Errorf("left are %q", got)
	}
}
