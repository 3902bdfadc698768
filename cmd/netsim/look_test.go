package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"netsim/experiments"
)

// many has every rule that gives a value.
const many = `
[run]
replications = 3
[default.node]
tcp.rto_min = "300 ms"
[template.link.slow]
rate = "2 Mbps"
[param]
size = "1 kB"
[node.client]
count = 4
[node.server]
profile = "freebsd"
[link.wire]
like  = "slow"
ends  = ["client", "server"]
delay = "10 ms"
[flow.web]
from     = "client"
to       = "server:80"
request  = "= 2 * size"
arrivals = { process = "poisson", rate = "5/s", count = 10, per = "host" }
[case.closer.client]
[case.closer.server]
flow.web.close.by = "server"
[sweep.axes]
link.wire.loss = [0, 0.1]
[event.later]
at = "1 s"
set.link.wire.delay = "20 ms"
`

// TestConfigShow holds that every value is there with the rule and the line that
// gave it.
func TestConfigShow(t *testing.T) {
	n := newNetsim(t)
	n.file("many.toml", many)
	out := n.ok("config", "show", "many.toml", "--case", "closer=server", "--set", "node.client.ttl=9")
	out = strings.Join(strings.Fields(out), " ")
	for _, want := range []string{
		"# closer=server link.wire.loss=0: the first of 2 points;",
		`run.drain = "5 min" # default`,
		`run.replications = 3 # file, many.toml:3`,
		`param.size = "1 kB" # file, many.toml:9`,
		`node.client.count = 4 # file, many.toml:11`,
		`node.client.ttl = 9 # --set`,
		`node.client.tcp.rto_min = "300 ms" # [default.node], many.toml:5`,
		`node.server.tcp.time_wait = "1 min" # profile freebsd`,
		`link.wire.rate = "2 Mbps" # [template.link.slow], many.toml:7`,
		`link.wire.loss = 0.0 # sweep, many.toml:27`,
		`flow.web.request = "2 kB" # file, many.toml:21, = 2 * size`,
		`flow.web.arrivals.rate = "5/s" # file, many.toml:22, 20/s in all`,
		`flow.web.close.by = "server" # case closer.server, many.toml:25`,
		`node.server.listen.p80.port = 80 # default`,
		`event.later.set.link.wire.delay = "20 ms" # file, many.toml:30`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	var held []struct {
		Path, Value, Rule, File string
		Line                    int
	}
	if err := json.Unmarshal([]byte(n.ok("config", "show", "many.toml", "close.by", "--json")), &held); err != nil || len(held) != 1 || held[0].Rule != "default" {
		t.Errorf("%+v, %v", held, err)
	}
	for _, args := range [][]string{{"config", "show"}, {"config", "show", "many.toml", "--case", "closer"}, {"config", "show", "many.toml", "--case", "closer=nobody"}, {"config", "show", "many.toml", "nothing.like.it"}} {
		if out, errs, code := n.run(args...); code != exitUsage || errs == "" || out != "" {
			t.Errorf("netsim %s: exit code %d, %s%s", strings.Join(args, " "), code, out, errs)
		}
	}
}

// TestNames holds that all there is to name is listed, and that every name is one.
func TestNames(t *testing.T) {
	n := newNetsim(t)
	n.file("many.toml", many)
	out := strings.Join(strings.Fields(n.ok("names", "many.toml")), " ")
	for _, want := range []string{
		`link.wire.delay parameter s "10 ms" propagation delay`,
		`param.size parameter B "1 kB"`,
		`case.closer parameter "client" the case of the point`,
		`node.client.ports.size derived number of ephemeral ports`,
		`flow.web.setup_time sample s .n .mean .sd .min .max .pN connect() to ESTABLISHED`,
		`flow.web.jobs counter .total .rate .first .last jobs that arrived`,
		`flow.web.opened counter .total .rate .fraction`,
		`node.server.listen.p80.synq.count level .mean .sd .min .max .pN .end .integral .dispersion`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "sessions.count") {
		t.Error("hosts have no sessions")
	}
	var names []struct{ Path, Kind, Statistics string }
	if err := json.Unmarshal([]byte(n.ok("names", "many.toml", "--json")), &names); err != nil || len(names) < 300 {
		t.Fatalf("%d names, %v", len(names), err)
	}
	file, err := experiments.Load("many.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if name.Statistics != "" {
			continue // of metrics, which only expectations can name
		}
		if _, err := file.Compile(name.Path); err != nil && !strings.Contains(err.Error(), "cannot be reckoned with") {
			t.Errorf("%s is listed and not known: %v", name.Path, err)
		}
	}
	if out := n.ok("names", "many.toml", "HALF-OPEN"); !strings.Contains(out, "synq.count") || strings.Contains(out, "setup_time") {
		t.Errorf("names of a word are\n%s", out)
	}
	if _, errs, code := n.run("names", "many.toml", "nothing like it"); code != exitUsage || !strings.Contains(errs, `nothing in many.toml has "nothing like it"`) {
		t.Errorf("exit code %d, %s", code, errs)
	}
}

// TestEval holds values at every point, those that only the built network knows,
// and what is refused.
func TestEval(t *testing.T) {
	n := newNetsim(t)
	n.file("many.toml", many)
	if out, want := n.ok("eval", "many.toml", "flow.web.path.loss + size", "--set", "case.closer=client"), "closer=client link.wire.loss=0    1000\ncloser=client link.wire.loss=0.1  1000.1\n"; out != want {
		t.Errorf("got\n%swant\n%s", out, want)
	}
	n.file("small.toml", small)
	for expr, want := range map[string]string{
		"link.wire.delay": "0.01 s\n", "flow.web.path.setup": "0.02 s\n", "2*ms": "0.002\n", "node.client.profile": "linux\n", "link.wire.rate > 5*Mbps": "true\n",
		"node.client.ports.size": "28232\n", "max(1, 2, 3)": "3\n",
	} {
		if out := n.ok("eval", "small.toml", expr); out != want {
			t.Errorf("%s is %q, want %q", expr, out, want)
		}
	}
	for expr, want := range map[string]string{
		"link.wire.dely": `link.wire has no "dely" (did you mean link.wire.delay?)`, "flow.web.setup_time.mean": "is measured; only parameters are known here", "1 +": "the expression ends too early",
	} {
		if _, errs, code := n.run("eval", "small.toml", expr); code != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("%s: exit code %d, %s", expr, code, errs)
		}
	}
	n.file("two.toml", strings.NewReplacer("[node.client]", "[node.client]\ncount = 2", `"10 ms"`, `{ dist = "uniform", min = "1 ms", max = "9 ms" }`).Replace(small))
	if _, errs, code := n.run("eval", "two.toml", "flow.web.path.delay"); code != exitUsage || !strings.Contains(errs, "write flow.web.path.delay.mean") {
		t.Errorf("a value of several ways: exit code %d, %s", code, errs)
	}
}

// TestNew holds that the starter is an experiment as it stands, and no file is
// overwritten.
func TestNew(t *testing.T) {
	n := newNetsim(t)
	printed := n.ok("new")
	if out := n.ok("new", "mine"); out != "mine.toml: netsim run mine.toml\n" || n.files()["mine.toml"] != printed {
		t.Errorf("new printed %q", out)
	}
	if out := n.ok("validate", "mine.toml"); out != "mine.toml: ok, 4 points, 5 replications\n" {
		t.Error(out)
	}
	if _, errs, code := n.run("new", "mine.toml"); code != exitUsage || !strings.Contains(errs, "exists") || n.files()["mine.toml"] != printed {
		t.Errorf("a file that is there: exit code %d, %s", code, errs)
	}
	if _, errs, code := n.run("run", "mine.toml"); code != exitOK {
		t.Errorf("the starter does not come out as it says: exit code %d\n%s", code, errs)
	}
}

// TestSweepPlan holds the points with their costs, and that events are those of a
// run within a factor of two.
func TestSweepPlan(t *testing.T) {
	n := newNetsim(t)
	n.file("many.toml", many)
	out := n.ok("sweep", "plan", "many.toml", "--where", "link.wire.loss > 0")
	for _, want := range []string{"closer=client link.wire.loss=0.1  3             120 ", "2 points, 6 runs, "} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if len(n.names()) != 1 {
		t.Errorf("files are %q", n.names())
	}
	for _, name := range []string{"pooling", "nat-exhaustion", "time-wait-under-load"} {
		file, err := experiments.Load(name, "run.replications=1", "run.drain=0 s")
		if err == nil && name == "time-wait-under-load" {
			file, err = experiments.Load(name, "run.replications=1", "run.duration=12 min", "expect.population.precision=50 %", "expect.the_closer_pays.precision=50 %")
		}
		if err != nil {
			t.Fatal(err)
		}
		costs, err := experiments.Costs(file)
		if err != nil {
			t.Fatal(err)
		}
		study, err := experiments.Run(t.Context(), file, experiments.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range study.Points {
			if got, want := costs[i].Events, float64(p.Outcomes[0].Events); got < want/2 || got > 2*want {
				t.Errorf("%s at %s: %.0f events are expected, a run takes %.0f", name, p.Name(), got, want)
			}
		}
	}
}

// TestWhere holds that run leaves the points of a condition.
func TestWhere(t *testing.T) {
	n := newNetsim(t)
	n.file("many.toml", many)
	n.ok("run", "many.toml", "--where", "link.wire.loss == 0 and case.closer == 'server'")
	if got := strings.Count(n.files()["out/many/results.csv"], "\n"); got != 4 {
		t.Errorf("%d lines of results, want those of one point and their head", got)
	}
	for where, want := range map[string]string{
		"link.wire.loss > 1": "--where: link.wire.loss > 1 holds at no point of the file", "link.wire.loss": "is a number; true or false is wanted",
		"link.wire.los > 1": `did you mean link.wire.loss?`,
	} {
		if _, errs, code := n.run("run", "many.toml", "--where", where); code != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("--where %q: exit code %d, %s", where, code, errs)
		}
	}
}

// TestValidateJSON holds that programs can read what is wrong.
func TestValidateJSON(t *testing.T) {
	n := newNetsim(t)
	n.file("bad.toml", strings.Replace(small, "delay", "dely", 1))
	n.file("good.toml", small)
	out, errs, code := n.run("validate", "bad.toml", "good.toml", "--json")
	var faults []struct {
		File, Path, What string
		Line, Col        int
	}
	if err := json.Unmarshal([]byte(out), &faults); err != nil || code != exitUsage || errs != "" {
		t.Fatalf("exit code %d, %v, %s%s", code, err, out, errs)
	}
	if len(faults) != 2 || faults[1].File != "bad.toml" || faults[1].Line != 7 || faults[1].Path != "link.wire.dely" {
		t.Errorf("faults are %+v", faults)
	}
	if out := n.ok("validate", "good.toml", "--json"); out != "[]\n" {
		t.Errorf("a good file gives %q", out)
	}
}

// TestCompletion holds that shells are offered experiments, the paths of --set and
// their words.
func TestCompletion(t *testing.T) {
	n := newNetsim(t)
	n.file("many.toml", many)
	for line, want := range map[string]string{
		"run hand":                          "handshake\n",
		"run many.toml --set link.wire.del": "link.wire.delay=\tpropagation delay\n",
		"run many.toml --set node.client.tcp.congestion=":  "node.client.tcp.congestion=cubic\n",
		"run many.toml --set case.closer=":                 "case.closer=server\n",
		"run many.toml --set node.client.tcp.timestamps=t": "node.client.tcp.timestamps=true\n",
		"config show many.toml --set flow.web.req":         "flow.web.request=\tbytes the client sends\n",
		"profile ": "freebsd\n",
	} {
		out, _, _ := n.run(append([]string{"__complete"}, strings.Split(line, " ")...)...)
		if !strings.Contains(out, want) {
			t.Errorf("netsim %s: no %q in\n%s", line, want, out)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if out := n.ok("completion", shell); len(out) < 1000 {
			t.Errorf("completion for %s is %d bytes", shell, len(out))
		}
	}
}

// TestSchemaCommand holds that the schema is one JSON document.
func TestSchemaCommand(t *testing.T) {
	n := newNetsim(t)
	if err := os.WriteFile("s.json", []byte(n.ok("schema")), 0o644); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(n.files()["s.json"]), &doc); err != nil || doc["$schema"] == nil {
		t.Errorf("%v", err)
	}
}
