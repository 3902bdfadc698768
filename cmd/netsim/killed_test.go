package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"netsim/experiments"
)

// TestMain lets the tests start the program itself: [process].
func TestMain(m *testing.M) {
	here, _ = os.Getwd()
	if args, ok := os.LookupEnv("NETSIM_ARGS"); ok {
		os.Args = append([]string{"netsim"}, strings.Split(args, "\n")...)
		main()
	}
	os.Exit(m.Run())
}

// here is the directory of the package.
var here string

// process is the program with arguments, not yet started.
func process(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "NETSIM_ARGS="+strings.Join(args, "\n"))
	return c
}

// brief is an experiment of 8 points whose runs take about a millisecond.
const brief = small + `arrivals = { process = "poisson", rate = "50/s", count = 12 }
[sweep.axes]
link.wire.loss = [0, 0.02, 0.05, 0.1]
link.wire.delay = ["1 ms", "10 ms"]
[figure.setup]
kind = "line"
x = "link.wire.loss"
y = "flow.web.setup_time.mean"
series = "link.wire.delay"
[figure.spread]
kind = "ccdf"
of = "flow.web.setup_time"
series = "link.wire.loss"
facet = "link.wire.delay"
[figure.first]
kind = "ladder"
flow = "web"
where = "link.wire.loss == 0.1"
facet = "link.wire.delay"
[output]
figures = "svg"
`

// TestKilled kills a sweep again and again, at random moments and by a signal that
// nothing can catch. Nothing that was finished is lost or made twice, and tables and
// figures are byte for byte those of a sweep that nobody disturbed.
func TestKilled(t *testing.T) { killed(t, 60, 4) }

// killed does that with 8 points in so many replications.
func killed(t *testing.T, replications, kills int) {
	const seed = 1
	n := newNetsim(t)
	n.file("x.toml", brief)
	args := func(out string) []string {
		return []string{"sweep", "run", "x.toml", "--replications", fmt.Sprint(replications), "--out", out}
	}
	if out, err := process(args("whole")...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	size := shardBytes("whole")
	random := rand.New(rand.NewPCG(seed, 0))
	had, within := 0, 0
	for k := range kills {
		c := process(args("killed")...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() {
			_ = c.Wait()
			close(ended)
		}()
		for enough := (float64(k) + random.Float64()) / float64(kills) * float64(size); float64(shardBytes("killed")) < enough; time.Sleep(time.Millisecond) {
			select {
			case <-ended:
				enough = 0
			default:
			}
		}
		_ = c.Process.Kill() // it may have ended
		<-ended
		a, err := experiments.OpenArchive("killed")
		if err != nil {
			t.Fatal(err)
		}
		if a.Len() < had || len(a.Damaged) > 0 {
			t.Errorf("seed %d: after a kill there are %d runs, before it were %d; %d lines are damaged", seed, a.Len(), had, len(a.Damaged))
		}
		if had = a.Len(); had < 8*replications {
			within++
		}
	}
	t.Logf("%d of %d kills came before the last of %d runs", within, kills, 8*replications)
	if out, err := process(args("killed")...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	n.same("killed", "whole")
	if made := n.records("killed"); made != 8*replications {
		t.Errorf("%d runs were made for %d", made, 8*replications)
	}
}

// shardBytes is how much the shards of a folder hold.
func shardBytes(folder string) (n int64) {
	paths, _ := filepath.Glob(filepath.Join(folder, "shards", "*.jsonl")) // the pattern is right
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			n += info.Size()
		}
	}
	return n
}

// same holds the tables and figures of two folders against each other.
func (n *netsim) same(folder, other string) {
	n.t.Helper()
	got, want := n.tables(folder), n.tables(other)
	for name, text := range want {
		if got[name] != text {
			n.t.Errorf("%s of %s is another than of %s", name, folder, other)
		}
	}
	if len(got) != len(want) || len(want) < 10 {
		n.t.Errorf("%d files in %s, %d in %s", len(got), folder, len(want), other)
	}
}

// records counts the results in the shards of a folder, duplicates included.
func (n *netsim) records(folder string) (count int) {
	n.t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "shards", "*.jsonl"))
	if err != nil || len(paths) == 0 {
		n.t.Fatalf("shards of %s: %v", folder, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			n.t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, `"outcome":`) && strings.HasSuffix(line, "\n") {
				count++
			}
		}
	}
	return count
}

// TestProcesses runs an experiment in four processes at the same time, a chunk each.
func TestProcesses(t *testing.T) { processes(t, 10) }

func processes(t *testing.T, replications int) {
	n := newNetsim(t)
	n.file("x.toml", brief)
	r := fmt.Sprint(replications)
	n.ok("run", "x.toml", "--replications", r, "--out", "whole", "--progress", "none")
	var all []*exec.Cmd
	for i := range 4 {
		c := process("sweep", "exec", "x.toml", "--replications", r, "--out", "chunks", "--chunk", fmt.Sprintf("%d/4", i), "--jobs", "1")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	for _, c := range all {
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
	n.ok("sweep", "collect", "x.toml", "--replications", r, "--out", "chunks")
	n.same("chunks", "whole")
	if made := n.records("chunks"); made != 8*replications {
		t.Errorf("%d runs were made for %d", made, 8*replications)
	}
}

// TestAffinity holds that as many runs are made at the same time as there are CPUs
// that the process may use.
func TestAffinity(t *testing.T) {
	taskset, err := exec.LookPath("taskset")
	if err != nil {
		t.Skip("taskset is not installed")
	}
	n := newNetsim(t)
	n.file("x.toml", brief)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, taskset, "-c", "0", os.Args[0])
	c.Env = process("sweep", "exec", "x.toml", "--replications", "20", "--progress", "json").Env
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	shards, _ := filepath.Glob("out/x/shards/*.jsonl")
	if len(shards) != 1 {
		t.Errorf("%d shards, one for each worker, on one CPU:\n%s", len(shards), out)
	}
}

// TestSubmit holds the scripts and the manifest that are written for clusters, and
// what sbatch is asked, by one that only notes it.
func TestSubmit(t *testing.T) {
	n := newNetsim(t)
	n.file("x.toml", brief)
	bin := t.TempDir()
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	for name, text := range map[string]string{
		"sbatch":   "#!/bin/sh\necho \"$@\" >> asked.txt\necho $((100 + $(wc -l < asked.txt)))\n",
		"scontrol": "#!/bin/sh\necho 'MaxArraySize            = 3'\n",
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := exec.Command("sbatch", "--version").Output(); err != nil {
		t.Skip("no shell here:", err)
	}
	_ = os.Remove("asked.txt")
	set := []string{"--set", "flow.web.arrivals.count=1000000", "--set", "title=it's"}
	out, errs, code := n.run(append([]string{"sweep", "submit", "x.toml", "--slurm", "--cpus", "2", "--aim", "1s", "--replications", "1", "--at-once", "9", "--sbatch=--partition=short"}, set...)...)
	if code != exitOK || !strings.Contains(errs, "missing: 8 of 8 runs, ") || !strings.Contains(out, "submitted 101, 102, 103, and 104 to collect; ") {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	asked := n.files()["asked.txt"]
	if asked != `--parsable --partition=short --array=0-2%9 out/x/slurm/chunk.sh 0
--parsable --partition=short --array=0-2%9 out/x/slurm/chunk.sh 3
--parsable --partition=short --array=0-1%9 out/x/slurm/chunk.sh 6
--parsable --partition=short --dependency=afterany:101:102:103 out/x/slurm/collect.sh
` {
		t.Errorf("sbatch is asked\n%s", asked)
	}
	script := n.files()["out/x/slurm/chunk.sh"]
	for _, line := range []string{"#SBATCH --requeue\n", "#SBATCH --cpus-per-task=2\n", "#SBATCH --signal=B:TERM@60\n", "\ncd " + n.dir + " || exit 2\nexec ",
		` --set flow.web.arrivals.count=1000000 --set 'title=it'\''s' --set run.replications=1 --out out/x --plan `, " --chunk $((${1:-0} + SLURM_ARRAY_TASK_ID))/8\n"} {
		if !strings.Contains(script, line) {
			t.Errorf("chunk.sh has no %q:\n%s", line, script)
		}
	}
	if collect := n.files()["out/x/slurm/collect.sh"]; !strings.Contains(collect, " sweep collect x.toml --set ") || strings.Contains(collect, "--plan") || !strings.HasSuffix(collect, " --out out/x\n") {
		t.Errorf("collect.sh is\n%s", collect)
	}
	out, _, code = n.run("sweep", "submit", "x.toml", "--kubernetes", "--at-once", "3", "--aim", "1s", "--replications", "1", "--set", "flow.web.arrivals.count=1000000", "--set", "title=$(HOME)")
	for _, line := range []string{"\n  name: netsim-x\n", "  completions: 8\n  parallelism: 3\n", "            - \"$(CHUNK)/8\"\n", "            - \"title=$$(HOME)\"\n"} {
		if !strings.Contains(out, line) || code != exitOK {
			t.Errorf("exit code %d, the manifest has no %q:\n%s", code, line, out)
		}
	}
	n.ok("run", "x.toml", "--set", "output.figures=svg")
	for args, want := range map[string]string{
		"sweep submit x.toml":                      "netsim: submit goes to one cluster; write: netsim sweep submit x.toml --slurm (or --kubernetes)\n",
		"sweep submit x.toml --slurm --kubernetes": "netsim: submit goes to one cluster; ",
		"sweep submit x.toml --slurm --cpus 0":     "netsim: --cpus 0 --chunks 0 --aim 10m0s: want ",
		"sweep submit x.toml --slurm":              "netsim: nothing is missing of 8 runs in out/x/shards; write: netsim sweep collect x.toml --out out/x\n",
	} {
		if _, errs, code := n.run(strings.Fields(args)...); code != exitUsage || !strings.HasPrefix(errs, want) {
			t.Errorf("netsim %s: exit code %d, %s", args, code, errs)
		}
	}
	if err := os.WriteFile(filepath.Join(bin, "sbatch"), []byte("#!/bin/sh\necho 'sbatch: error: no partition' >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := n.run("sweep", "submit", "x.toml", "--slurm", "--replications", "2"); code != exitUsage || !strings.HasSuffix(errs, "netsim: sbatch: sbatch: error: no partition\n") {
		t.Errorf("exit code %d, %s", code, errs)
	}
	if !slices.Contains(n.names(), "out/x/slurm/chunk.sh") {
		t.Error("no scripts")
	}
}
