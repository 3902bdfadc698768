package experiments

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// everything is an experiment with cases, replications, loss, every kind of
// figure, and an expectation.
const everything = `
title = "Everything"
[run]
duration = "20 s"
warmup = "2 s"
replications = 4
seed = 3
[node.client]
[node.server]
tcp.time_wait = "5 s"
[link.wire]
ends = ["client", "server"]
delay = "10 ms"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "poisson", rate = "20/s" }
request = "200 B"
response = "2 kB"
close.by = "server"
[case.loss.none]
label = "no loss"
[case.loss.some]
label = "5 % lost"
link.wire.loss = "5 %"
[figure.ladder]
kind = "ladder"
flow = "web"
connection = 2
facet = "case.loss"
[figure.time]
kind = "time"
of = "node.server.time_wait.count"
series = "case.loss"
theory = "20 * min(t, 5)"
[figure.cdf]
kind = "cdf"
of = "flow.web.setup_time"
series = "case.loss"
[figure.ccdf]
kind = "ccdf"
of = "flow.web.setup_time"
series = "case.loss"
log = "x"
[figure.line]
kind = "line"
x = "link.wire.loss"
y = { "mean" = "flow.web.setup_time.mean", "largest" = "flow.web.setup_time.max" }
series = "case.loss"
theory = "0.02"
[figure.bar]
kind = "bar"
x = "case.loss"
y = "flow.web.syn_sent.mean"
[expect.setup]
that = "flow.web.setup_time.mean"
equals = "flow.web.path.setup"
within = "exact"
where = "case.loss == 'none'"
`

// saved runs an experiment and saves what it finds.
func saved(t testing.TB, source string, o Options, sets ...string) (*Folder, *Study) {
	t.Helper()
	folder, err := OpenFolder(filepath.Join(t.TempDir(), "out", "here"))
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Abandon()
	f := parse(t, source, sets...)
	o.Connections = Traced(f)
	s, err := Run(t.Context(), f, o)
	if err != nil {
		t.Fatal(err)
	}
	results, err := s.Judge()
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Save(t.Context(), s, results, Manifest{}); err != nil {
		t.Fatal(err)
	}
	return folder, s
}

// tree reads all files below a directory; directories end with a slash.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if d.IsDir() {
			files[filepath.ToSlash(name)+"/"] = ""
			return nil
		}
		text, err := os.ReadFile(path)
		files[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestJobs holds that the same file and seed make the same bytes of every table
// and figure, however many runs are made at the same time. Only the manifest says
// when and where.
func TestJobs(t *testing.T) {
	var first map[string]string
	for _, jobs := range []int{1, 2, 5} {
		folder, _ := saved(t, everything, Options{Jobs: jobs})
		files := tree(t, folder.Path)
		var m Manifest
		if err := json.Unmarshal([]byte(files["manifest.json"]), &m); err != nil {
			t.Fatal(err)
		}
		delete(files, "manifest.json")
		if first == nil {
			first = files
			checkFiles(t, files, m)
		}
		for _, name := range slices.Sorted(maps.Keys(first)) {
			if files[name] != first[name] {
				t.Errorf("with %d jobs %s is another than with 1", jobs, name)
			}
		}
		if len(files) != len(first) {
			t.Errorf("with %d jobs there are %d files, with 1 %d", jobs, len(files), len(first))
		}
	}
}

// TestDistributionOfOneValue holds that a sample whose values are all the same is
// a step, not nothing: where no packet is lost every setup takes equally long.
func TestDistributionOfOneValue(t *testing.T) {
	for kind, want := range map[string]string{"cdf": ",,0.02,0,,,,,\n,,0.02,1,,,,,\n", "ccdf": ",,0.02,1,,,,,\n,,0.02,0,,,,,\n"} {
		folder, _ := saved(t, pair+"delay = \"10 ms\"\n[flow.hello]\nfrom = \"client\"\nto = \"server:80\"\n[figure.f]\nkind = \""+kind+"\"\nof = \"flow.hello.setup_time\"\n", Options{Jobs: 1})
		text, err := os.ReadFile(filepath.Join(folder.Path, "figures", "f.csv"))
		if err != nil || !strings.HasSuffix(string(text), "high\n"+want) {
			t.Errorf("%s: %v\n%s", kind, err, text)
		}
	}
}

// checkFiles says which files there are, and that the manifest lists them.
func checkFiles(t *testing.T, files map[string]string, m Manifest) {
	want := []string{"./", "effective.toml", "figures/", "results.csv", "results.parquet", "source/", "source/test.toml", "summary.csv"}
	for _, figure := range []string{"ladder", "time", "cdf", "ccdf", "line", "bar"} {
		for _, format := range []string{".csv", ".pdf", ".png", ".svg", ".txt"} {
			want = append(want, "figures/"+figure+format)
		}
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, want) {
		t.Errorf("files are %q, want %q", got, want)
	}
	want = slices.DeleteFunc(want, func(name string) bool { return strings.HasSuffix(name, "/") })
	if got := slices.Sorted(slices.Values(m.Files)); !slices.Equal(got, slices.Sorted(slices.Values(append(want, "manifest.json")))) {
		t.Errorf("the manifest lists %q", got)
	}
	if m.Model != ModelVersion || m.Seed != 3 || m.Replications != 4 || m.Points != 2 || m.File != "test.toml" || len(m.FileSHA256) != 64 || m.Events < 1000 {
		t.Errorf("the manifest says %+v", m)
	}
}

// TestTables says what the tables hold: results.csv a row for each run,
// summary.csv a row for each number at each point, with what theory says.
func TestTables(t *testing.T) {
	folder, s := saved(t, everything, Options{}, "output.figures=svg")
	files := tree(t, folder.Path)
	rows := func(name string) []map[string]string {
		all, err := csv.NewReader(strings.NewReader(files[name])).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var list []map[string]string
		for _, row := range all[1:] {
			m := map[string]string{}
			for i, cell := range row {
				m[all[0][i]] = cell
			}
			list = append(list, m)
		}
		return list
	}
	runs := rows("results.csv")
	if len(runs) != 8 {
		t.Fatalf("%d rows for 2 cases of 4 replications", len(runs))
	}
	for i, r := range runs {
		wantCase, wantReplication := []string{"none", "some"}[i/4], []string{"1", "2", "3", "4"}[i%4]
		if r["case.loss"] != wantCase || r["replication"] != wantReplication || r["seed"] != "3" {
			t.Errorf("row %d is of %s, %s, %s", i, r["case.loss"], r["replication"], r["seed"])
		}
		if i < 4 && r["flow.web.setup_time.max_s"] != "0.02" || i >= 4 && r["link.wire.drops.loss.total"] == "0" {
			t.Errorf("row %d: setup took %s s, %s packets were lost", i, r["flow.web.setup_time.max_s"], r["link.wire.drops.loss.total"])
		}
	}
	found := false
	for _, r := range rows("summary.csv") {
		if r["case.loss"] == "none" && r["metric"] == "flow.web.setup_time.mean" {
			found = true
			if r["mean"] != "0.02" || r["unit"] != "s" || r["n"] != "4" || r["half_width"] != "0" || r["low"] != "0.02" || r["theory"] != "0.02" || r["z"] != "" || r["verdict"] != "pass" || r["confidence"] != "0.95" || r["method"] != "t over replications" {
				t.Errorf("summary of the setup time: %v", r)
			}
		}
	}
	if !found {
		t.Error("no summary of the setup time")
	}
	var effective map[string]any
	if _, err := toml.Decode(files["effective.toml"], &effective); err != nil {
		t.Errorf("effective.toml: %v", err)
	}
	points := effective["point"].(map[string]any)
	if len(points) != len(s.Points) {
		t.Errorf("effective.toml has points %v", points)
	}
}

// TestFolder says where results may go, and that nothing is left of those that
// could not be made.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"file", "file/below", "file/far/below"} {
		if _, err := OpenFolder(filepath.Join(dir, path)); err == nil || !strings.HasPrefix(err.Error(), "results cannot be written: ") {
			t.Errorf("%s: %v", path, err)
		}
	}
	f, err := OpenFolder(filepath.Join(dir, "a", "b"))
	if err != nil {
		t.Fatal(err)
	}
	f.Abandon()
	if got := tree(t, dir); len(got) != 2 || got["file"] != "mine" {
		t.Errorf("left are %q", slices.Sorted(maps.Keys(got)))
	}
}

// TestKept holds that earlier results stay as they are, to the byte, when a later
// run does not come to its end: it is interrupted, fails, or cannot be saved.
func TestKept(t *testing.T) {
	folder, s := saved(t, everything, Options{}, "run.replications=1", "case.loss=none", "output.figures=svg")
	before := tree(t, folder.Path)
	same := func(after string) {
		t.Helper()
		if got := tree(t, folder.Path); !maps.Equal(got, before) {
			t.Errorf("after %s there are %q", after, slices.Sorted(maps.Keys(got)))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	again, err := OpenFolder(folder.Path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Run(ctx, parse(t, everything), Options{Capture: again.Capture}); !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupted run ends with %v", err)
	}
	again.Abandon()
	same("an interruption")

	again, _ = OpenFolder(folder.Path)
	if err := again.Save(ctx, s, nil, Manifest{}); !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupted save ends with %v", err)
	}
	again.Abandon()
	same("an interruption while figures are drawn")

	again, _ = OpenFolder(folder.Path)
	if _, err := Run(t.Context(), parse(t, everything, "run.max_events=100"), Options{Capture: again.Capture}); !errors.Is(err, ErrEvents) {
		t.Errorf("a run of too many events ends with %v", err)
	}
	again.Abandon()
	same("a failure")

	again, _ = OpenFolder(folder.Path)
	if err := os.RemoveAll(again.stage); err != nil {
		t.Fatal(err)
	}
	if err := again.Save(t.Context(), s, nil, Manifest{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a save without a place ends with %v", err)
	}
	again.Abandon()
	same("a disk that fails")
}

// TestReplaced holds that a folder has the files of its last run and of no other,
// beside what is the user's.
func TestReplaced(t *testing.T) {
	folder, _ := saved(t, everything, Options{}, "run.replications=1", "case.loss=none", "output.figures=svg")
	for name, text := range map[string]string{"notes.txt": "mine", "figures/own.svg": "mine", "captures/client.pcapng": "old"} {
		path := filepath.Join(folder.Path, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	claim := tree(t, folder.Path)["manifest.json"]
	claim = strings.Replace(claim, `"files": [`, `"files": ["../beside", "captures/client.pcapng",`, 1)
	beside := filepath.Join(filepath.Dir(folder.Path), "beside")
	if err := errors.Join(os.WriteFile(beside, nil, 0o644), os.WriteFile(filepath.Join(folder.Path, "manifest.json"), []byte(claim), 0o644)); err != nil {
		t.Fatal(err)
	}
	s := study(t, pair+"delay = \"10 ms\"\n[flow.hello]\nfrom = \"client\"\nto = \"server:80\"\n[output]\nfigures = \"svg\"\n")
	again, err := OpenFolder(folder.Path)
	if err == nil {
		err = again.Save(t.Context(), s, nil, Manifest{})
	}
	if err != nil {
		t.Fatal(err)
	}
	again.Abandon()
	want := []string{"./", "effective.toml", "figures/", "figures/ladder_hello.csv", "figures/ladder_hello.svg", "figures/ladder_hello.txt", "figures/own.svg", "manifest.json", "notes.txt", "results.csv", "results.parquet", "source/", "source/test.toml", "summary.csv"}
	if got := slices.Sorted(maps.Keys(tree(t, folder.Path))); !slices.Equal(got, want) {
		t.Errorf("files are %q", got)
	}
	if _, err := os.Stat(beside); err != nil {
		t.Error("a file beside the folder is gone")
	}
}

// TestNoRoom holds that a place taken by something else is an error that names
// it, and that no manifest claims that the results are whole.
func TestNoRoom(t *testing.T) {
	s := study(t, everything, "run.replications=1", "case.loss=none", "output.figures=svg")
	for _, taken := range []string{"figures", "results.csv/here"} {
		dir := t.TempDir()
		path := filepath.Join(dir, taken)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		folder, err := OpenFolder(dir)
		if err != nil {
			t.Fatal(err)
		}
		err = folder.Save(t.Context(), s, nil, Manifest{})
		folder.Abandon()
		if err == nil || !strings.Contains(err.Error(), "results ") || !strings.Contains(err.Error(), strings.Split(taken, "/")[0]) {
			t.Errorf("%s is taken: %v", taken, err)
		}
		files := tree(t, dir)
		if files[taken] != "mine" {
			t.Errorf("%s was overwritten", taken)
		}
		if _, ok := files["manifest.json"]; ok {
			t.Errorf("%s is taken, and a manifest says that all is there", taken)
		}
	}
}

// TestFigureTables holds what some figures draw against what was measured.
func TestFigureTables(t *testing.T) {
	folder, s := saved(t, everything, Options{}, "output.figures=svg")
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(folder.Path, "figures", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(bytes.TrimSpace(text))
	}
	mean := decimals(s.Points[1].value(t, "flow.web.syn_sent.mean"))
	if got := read("bar.csv"); !strings.Contains(got, mean[:8]) {
		t.Errorf("bar.csv has no %s:\n%s", mean, got)
	}
	if got := read("cdf.csv"); !strings.Contains(got, "0.02,1") {
		t.Errorf("cdf.csv does not rise to 1 at once where nothing is lost:\n%s", got)
	}
	if got := read("time.csv"); strings.Count(got, "\n") < 1000 {
		t.Errorf("time.csv has %d rows for 2 cases of 1000 looks, of which steps keep the corners", strings.Count(got, "\n"))
	}
}
