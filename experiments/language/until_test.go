package language

import (
	"strings"
	"testing"
)

// TestUntil holds what replications can be added for, and its messages.
func TestUntil(t *testing.T) {
	run := func(lines string) string { return base + "[run]\nreplications = 5\nmax_replications = 40\n" + lines }
	const until = "[run.until.tail]\nmetric = \"flow.web.setup_time.p99_9\"\nhalf_width = \"5 %\"\n"
	f, err := Parse("x.toml", []byte(run("common_random_numbers = false\n"+until+"[run.until.share]\nmetric = \"flow.web.failed.fraction\"\nhalf_width = \"0.001\"\n")))
	if err != nil {
		t.Fatal(err)
	}
	r := f.Points[0].Spec.Run
	if len(f.Until) != 2 || f.Until[0].Name != "tail" || f.Until[0].Half.Kind != Relative || f.Until[1].Half.Kind != Absolute || r.AtMost() != 40 || r.Common {
		t.Errorf("%+v %+v", f.Until, r)
	}
	for _, c := range []struct{ name, src, want string }{
		{"no metric", run("[run.until.tail]\nhalf_width = \"5 %\"\n"), `x.toml:12:1: run.until.tail.metric: is missing; add metric = "flow.NAME.setup_time.mean" under [run.until.tail]`},
		{"no half-width", run("[run.until.tail]\nmetric = \"flow.web.failed.fraction\"\n"), `x.toml:12:1: run.until.tail.half_width: is missing; add half_width = "5 %" under [run.until.tail]`},
		{"no number", run(strings.Replace(until, "p99_9", "p99_9 > 1", 1)), `x.toml:13:10: run.until.tail.metric: flow.web.setup_time.p99_9 > 1 is true or false; a number is wanted`},
		{"a whole metric", run(strings.Replace(until, ".p99_9", "", 1)), `x.toml:13:10: run.until.tail.metric: flow.web.setup_time is a sample; say which number: .mean, .p99, .max ... (n mean sd min max pN)`},
		{"in errors", run(strings.Replace(until, "5 %", "4 se", 1)), `x.toml:14:14: run.until.tail.half_width: 4 se is no half-width; write "5 %" or "1 ms"`},
		{"one replication", base + "[run]\nmax_replications = 40\n" + until, `x.toml:11:1: run.until.tail: an interval needs two replications to begin with; set replications = 10 under [run]`},
		{"none to add", base + "[run]\nreplications = 5\n" + until, `x.toml:11:1: run.until.tail: there are no replications to add; set max_replications = 100 under [run]`},
		{"batches of several", base + "[run]\nduration = \"9 s\"\nreplications = 5\nbatches = 20\n", `x.toml:12:11: run.batches: batches are of one long run, and there are 5 replications; set replications = 1`},
		{"batches of what ends", base + "[run]\nbatches = 20\n", `x.toml:10:11: run.batches: a run that ends by itself has no equal stretches; set duration under [run]`},
		{"few batches", base + "[run]\nduration = \"9 s\"\nbatches = 3\n", `x.toml:11:11: run.batches: 3 batches cannot show whether they are long enough; set batches = 20`},
		{"fewer", base + "[run]\nreplications = 5\nmax_replications = 4\n", `x.toml:11:20: run.max_replications: 4 is less than the replications, which are 5`},
		{"too many", base + "[run]\nreplications = 5\nmax_replications = 1_000_000\n[sweep.axes]\nlink.wire.loss = [0, 0.1]\n", `x.toml:11:20: run.max_replications: 1000000 of 2 points are too many runs; write at most 500000`},
		{"in a case", run("[case.a.b]\nrun.max_replications = 50\n"), `x.toml:13:1: case.a.b.run.max_replications: holds for the whole file, so a case cannot change it; write it under [run]`},
	} {
		_, err := Parse("x.toml", []byte(c.src))
		if got := strings.TrimRight(message(err), "\n"); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
