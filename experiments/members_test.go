package experiments

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"netsim/des"
)

// groups are three hosts that call two, over a link for each pair.
const groups = `
[run]
duration = "20 s"
warmup   = "2 s"
[node.client]
count = 3
cpu = { cores = 1, per_segment = "100 us" }
tcp.time_wait = "1 s"
[node.server]
count = 2
listen.http = { port = 80, backlog = 4, accept = { threads = 1, time = "20 ms" } }
[link.wire]
ends  = ["client", "server"]
pair  = "all-to-all"
delay = "10 ms"
rate  = "1 Mbps"
loss  = "2 %"
[link.wire.rule.tenth]
match       = "data"
probability = 0.1
do          = "drop"
[flow.web]
from     = "client"
to       = "server:80"
arrivals = { process = "poisson", rate = "30/s" }
request  = "1 kB"
response = "3 kB"
`

// TestMembersAreTheirGroup holds what is recorded of each member against what is
// recorded of the group: sums add up, extremes are those of one of them.
func TestMembersAreTheirGroup(t *testing.T) {
	sums := []string{
		"node.client.%stime_wait.count.mean", "node.client.%stime_wait.entered.total", "node.client.%stime_wait.stay.n",
		"node.server.%smemory.bytes.integral", "node.server.%ssegments.sent.total", "node.server.%slisten.http.syns.total",
		"node.server.%slisten.http.synq.count.mean", "node.server.%slisten.http.acceptq.count.integral", "node.client.%scpu.busy.mean", "node.client.%scpu.wait.n",
		"link.wire.%sdrops.loss.total", "link.wire.%sbytes.total", "link.wire.%srule.tenth.hits.total",
		"link.wire.%squeued.bytes.mean", "link.wire.%sforward.queued.packets.mean", "link.wire.%sback.queue_wait.n", "link.wire.%sbusy.integral",
	}
	source := groups
	for i, path := range sums {
		source += fmt.Sprintf("[expect.sum%d]\nthat = \"abs(sum("+path+") - "+path+") <= 1e-9 * "+path+" and "+path+" > 0\"\n", i, "each.", "", "", "")
	}
	for i, path := range []string{"node.client.%sports.used.max", "node.client.%sports.in_time_wait.max"} {
		source += fmt.Sprintf("[expect.top%d]\nthat = \"max("+path+") == "+path+"\"\n", i, "each.", "")
	}
	alone := study(t, strings.Split(source, "[expect.sum0]")[0])
	s := study(t, source)
	if a, b := alone.Points[0].Outcomes[0].Digest, s.Points[0].Outcomes[0].Digest; a != b {
		t.Errorf("the run is another one when members are told apart: %s, %s", a, b)
	}
	results, err := s.Judge()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Verdict != Pass {
			t.Errorf("%s: %v %s", r.That, r.Verdict, r.Why)
		}
	}
}

// TestMemoryOfMembers holds that the memory of members is recorded where nothing else of
// memory is asked for, whether there are several or one.
func TestMemoryOfMembers(t *testing.T) {
	for _, count := range []string{"1", "3"} {
		source := pair + "delay = \"10 ms\"\n[flow.web]\nfrom = \"client\"\nto = \"server:80\"\n[expect.e]\nthat = \"max(node.server.each.memory.bytes.max) > 0\"\n"
		source = strings.Replace(source, "[node.server]\n", "[node.server]\ncount = "+count+"\n", 1)
		results, err := study(t, source).Judge()
		if err != nil || results[0].Verdict != Pass {
			t.Errorf("%v, %v", results, err)
		}
	}
}

// TestOutputMembers holds that the members of groups are columns if the file says so,
// and else are not, whatever figures want.
func TestOutputMembers(t *testing.T) {
	head := func(s *Study) string {
		var b bytes.Buffer
		if err := s.WriteResults(&b); err != nil {
			t.Fatal(err)
		}
		line, _, _ := strings.Cut(b.String(), "\n")
		return line
	}
	source := groups + "[figure.box]\nkind = \"box\"\nx = \"node.client.count\"\ny = \"node.client.each.time_wait.count.mean\"\n"
	if h := head(study(t, source)); strings.Contains(h, "[") {
		t.Errorf("there are members: %s", h)
	}
	h := head(study(t, source, "output.members=true"))
	for _, column := range []string{"node.client[2].time_wait.count.mean", "node.server[1].listen.http.syns.total", "link.wire[5].back.drops.loss.total"} {
		if !strings.Contains(h, ","+column+",") {
			t.Errorf("no column %s in %s", column, h)
		}
	}
}

// TestFirstAndLast holds the first and last time of counters against when things
// happen: three connections at known times, of which the link drops the second SYN.
func TestFirstAndLast(t *testing.T) {
	s := study(t, pair+`
delay = "10 ms"
rule.second = { match = "syn", nth = 2, do = "drop" }
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "at", times = ["1 s", "5 s", "9 s"] }
close.by = "nobody"
[expect.edges]
that = "flow.web.attempts.first == 1 and flow.web.attempts.last == 9 and flow.web.opened.first == 1.02 and link.wire.rule.second.hits.first == 5 and link.wire.rule.second.hits.last == 5 and flow.web.failed.first > 1e300 and link.wire.drops.first == 5 and link.wire.back.drops.first > 1e300"
[expect.retransmitted]
that = "node.client.segments.retransmitted.first == 6 and node.server.listen.p80.syns.last == 9.01 and node.client.established.entered.first == 1.02"
`)
	results, err := s.Judge()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Verdict != Pass {
			t.Errorf("%s: %v %s", r.Name, r.Verdict, r.Why)
		}
	}
	m := pool([]*Measure{{Runs: 1, Edges: []edges{{des.Time(2e9), des.Time(3e9)}}}, {Runs: 1, Edges: []edges{{des.Time(4e9), des.Time(9e9)}}}})
	if m.edge("first") != 3 || m.edge("last") != 6 {
		t.Errorf("the mean of 2 s and 4 s is %v, that of 3 s and 9 s is %v", m.edge("first"), m.edge("last"))
	}
	if m = pool([]*Measure{m, {Runs: 1, Edges: []edges{{-1, -1}}}}); !math.IsInf(m.edge("last"), 1) {
		t.Errorf("it never counted in one run, and last at %v", m.edge("last"))
	}
}
