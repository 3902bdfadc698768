package experiments

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/golden.json anew")

// goldenWorlds are small worlds that together use most of what can happen.
var goldenWorlds = map[string]string{
	"lossless": pair + `
rate = "10 Mbps"
delay = "10 ms"
[flow.web]
from = "client"
to = "server:80"
request = "200 B"
response = "20 kB"
`,
	"rules": `
[node.client]
count = 2
[node.server]
[link.wire]
ends = ["client", "server"]
rate = "1 Mbps"
delay = "25 ms"
loss = "5 %"
rule.first = { match = "syn-ack", nth = 1, do = "drop" }
rule.twice = { match = "data", nth = [2, "4..6"], do = "duplicate", delay = "3 s" }
rule.late = { match = "fin", from = "client", probability = 0.5, do = "delay", delay = "400 ms" }
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "5/s", count = 20 }
request = "200 B"
response = "8 kB"
close = { by = "both" }
[flow.bulk]
from = "client[1]"
to = "server:9"
request = "100 kB"
close = { by = "client", how = "half", when = "request-sent", reply = "50 ms" }
[run]
seed = 5
`,
	"churn": `
[node.client]
count = 5
profile = "rfc9293"
tcp.time_wait = "1 s"
ports.range = "40000-40009"
[node.edge]
kind = "router"
[node.server]
listen.web = { port = 80, backlog = 8 }
[link.access]
ends = ["client", "edge"]
rate = "10 Mbps"
delay = "2 ms"
loss = "2 %"
[link.rack]
ends = ["edge", "server"]
rate = "2 Mbps"
delay = "8 ms"
queue.limit = "10 packets"
[flow.web]
from = "client"
to = "server:web"
arrivals = { process = "poisson", rate = "50/s", count = 200 }
request = "200 B"
response = "3 kB"
[run]
seed = 9
ties = "timers-first"
`,
}

// golden is what these worlds did when the model got its version.
type golden struct {
	Model   int
	Digests map[string]string
}

// TestGolden holds every packet that the hosts of small worlds send, and when,
// against what they sent before, twice in a row. Whoever means to change that
// raises ModelVersion, so that results of both are not mixed, and runs
//
//	go test ./experiments -run Golden -update
func TestGolden(t *testing.T) {
	const path = "testdata/golden.json"
	now := golden{ModelVersion, map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(goldenWorlds)) {
		first := study(t, goldenWorlds[name]).Points[0].Outcomes[0]
		second := study(t, goldenWorlds[name]).Points[0].Outcomes[0]
		if first.Digest != second.Digest || first.Events != second.Events {
			t.Errorf("%s: two runs of the same world have digests %s and %s, and %d and %d events", name, first.Digest, second.Digest, first.Events, second.Events)
		}
		if first.Packets < 10 {
			t.Errorf("%s: only %d packets", name, first.Packets)
		}
		now.Digests[name] = first.Digest
	}
	var before golden
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &before)
	}
	if err != nil && !*update {
		t.Fatal(err)
	}
	same := maps.Equal(now.Digests, before.Digests)
	switch {
	case !same && now.Model == before.Model:
		t.Errorf("digests are %v, those of model %d are %v: raise ModelVersion, then run this test with -update", now.Digests, before.Model, before.Digests)
	case now.Model != before.Model && !*update:
		t.Errorf("the model has version %d, its digests are of version %d: run this test with -update", now.Model, before.Model)
	case now.Model != before.Model:
		text, _ := json.MarshalIndent(now, "", "\t")
		if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSeeds holds that the seed and the replication each make another run of
// what is random, and no other of what is not.
func TestSeeds(t *testing.T) {
	digests := map[string]bool{}
	for _, seed := range []string{"0", "1", "2"} {
		for _, o := range study(t, goldenWorlds["churn"], "run.seed="+seed, "run.replications=2").Points[0].Outcomes {
			digests[o.Digest] = true
		}
	}
	if len(digests) != 6 {
		t.Errorf("3 seeds and 2 replications have %d digests", len(digests))
	}
}

// TestEffective holds that effective.toml is an experiment file of the same
// world: what it says makes the same packets, and the same text again.
func TestEffective(t *testing.T) {
	for name, source := range goldenWorlds {
		s := study(t, source)
		again := study(t, s.Effective())
		if got, want := again.Points[0].Outcomes[0].Digest, s.Points[0].Outcomes[0].Digest; got != want {
			t.Errorf("%s: the effective configuration has digest %s, the file %s", name, got, want)
		}
		if again.Effective() != s.Effective() {
			t.Errorf("%s: the effective configuration of\n%s\nis\n%s", name, s.Effective(), again.Effective())
		}
	}
}
