package language

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestOtherMessages says how every other message reads, at its line and column. The file
// "data" is beside the experiment.
func TestOtherMessages(t *testing.T) {
	for _, c := range []struct{ name, lines, data, want string }{
		{"route with a port", "[routing.route.r]\nat = \"client:80\"\nto = \"server\"\nvia = \"server\"\n", "",
			`x.toml:10:6: routing.route.r.at: "client:80" has a port, and routes have none; write "client"`},
		{"no probability", "[link.wire.rule.r]\nmatch = \"syn\"\ndo = \"drop\"\nprobability = true\n", "",
			`x.toml:12:15: link.wire.rule.r.probability: true is not a probability; write 0.05 or "5 %"`},
		{"no prefix", "[template.node.n]\nprefix = \"10.0.0.1/8\"\n", "",
			`x.toml:10:10: template.node.n.prefix: "10.0.0.1/8" is no address prefix; write "10.1.0.0/16" or "2001:db8::/64"`},
		{"no parameter", "[param]\na = [1]\n", "",
			`x.toml:10:5: param.a: a list is no parameter; write a number, "10 ms" or text`},
		{"no rate", "[link.wire.back]\nrate = \"0 bps\"\n", "",
			`x.toml:10:8: link.wire.back.rate: 0 bps is nothing; write more than 0, or "unlimited"`},
		{"conversations of forgers", "[flow.f]\nkind = \"syn-flood\"\nfrom = \"client\"\nto = \"server:81\"\nrequest = \"1 kB\"\n", "",
			`x.toml:13:11: flow.f.request: a flow of kind "syn-flood" sends forged segments, and has no connections; leave it out`},
		{"spoof of a conversation", "spoof = \"silent\"\n", "",
			`x.toml:9:9: flow.web.spoof: a flow of conversations has its own addresses; write kind = "syn-flood" for forged segments`},
		{"share of nothing", "[run]\nduration = \"1 s\"\n[link.wire.back]\nrate = \"1 Mbps\"\n[link.wire.forward]\nrate = \"1 Mbps\"\n[flow.b]\nkind = \"background\"\nfrom = \"client\"\nto = \"server\"\nload = { of = \"link.wire\", share = 0 }\narrivals.process = \"even\"\n", "",
			`x.toml:19:36: flow.b.load.share: a share of nothing; leave the flow out`},
		{"users of pairs", "arrivals = { process = \"users\", users = 3, think = \"1 s\", per = \"pair\", count = 3 }\n", "",
			`x.toml:9:65: flow.web.arrivals.per: a user calls whichever server is picked; write per = "host"`},
		{"stays without rates", "arrivals = { process = \"mmpp\", rates = [\"1/s\", \"2/s\"], stay = [\"1 s\"], count = 3 }\n", "",
			`x.toml:9:63: flow.web.arrivals.stay: 1 stays are of 2 rates; write one for each`},
		{"no file of values", "think = { dist = \"empirical\", file = \"data\", column = \"a\", unit = \"s\" }\n", "\"a",
			`x.toml:9:9: flow.web.think: data is no file of comma-separated values: parse error on line 1, column 3: extraneous or missing " in quoted-field; its first line names the columns`},
		{"half a thing cannot be drawn", "exchanges = { dist = \"empirical\", file = \"data\", column = \"a\" }\n", "a\n1.5\n",
			`x.toml:9:13: flow.web.exchanges: 1.5 cannot be drawn`},
		{"time without time", "[param]\na = \"= t + 1\"\n", "",
			`x.toml:10:5: param.a: t is known in the theory of figures over time alone`},
		{"no whole number", "[param]\na = \"= erlang_b(1.5, 2)\"\n", "",
			`x.toml:10:5: param.a: erlang_b(1.5, 2): 1.5 is no whole number up to 1e+07 (character 1 of the expression)`},
		{"no point of a schedule", "[link.wire.back]\nrate = { shape = \"steps\", points = [[\"0 s\"]] }\n", "",
			`x.toml:10:8: link.wire.back.rate: a point is a time and a value; write { shape = "steps", points = [["0 s", ...], ["10 s", ...]] }`},
		{"schedule of nothing", "[link.wire.back]\nrate = { shape = \"file\", file = \"data\", time = \"t\", time_unit = \"s\", column = \"r\", unit = \"Mbps\" }\n", "t,r\n0,0\n",
			`x.toml:10:8: link.wire.back.rate: data: every value is above 0 and bounded`},
		{"no time of a trace", "[link.wire.back]\ntrace = \"data\"\n", "1\nx\n",
			`x.toml:10:9: link.wire.back.trace: data:2: "x" is no time; write a whole number of ms a line`},
		{"a trace backwards", "[link.wire.back]\ntrace = \"data\"\n", "3\n2\n",
			`x.toml:10:9: link.wire.back.trace: data: times ascend, and the last is after 0`},
		{"a wait behind a trace", "[link.wire.back]\ntrace = \"data\"\nqueue.limit = \"10 ms\"\n", "3\n4\n",
			`x.toml:11:15: link.wire.back.queue.limit: how long a packet will wait is not known where a trace says when it is sent; write packets or bytes`},
		{"a logarithm of no z", "[figure.f]\nkind = \"line\"\nx = \"link.wire.delay\"\ny = \"1\"\nlog = \"z\"\n", "",
			`x.toml:13:7: figure.f.log: this figure has no z`},
		{"notes", "[figure.f]\nkind = \"line\"\nx = \"link.wire.delay\"\ny = \"1\"\nnotes = [1]\n", "",
			`x.toml:13:9: figure.f.notes: a list is no table of points; write notes = { "the knee" = ["60", "0.1"] }`},
		{"a note", "[figure.f]\nkind = \"line\"\nx = \"link.wire.delay\"\ny = \"1\"\nnotes = { \"here\" = [\"1\"] }\n", "",
			`x.toml:13:20: figure.f.notes: a list is no point; write ["60", "0.1"], expressions of x and y`},
		{"balancers alike", "[node.b]\nkind = \"balancer\"\ncount = 2\nbalance = { port = 80, to = \"server:80\" }\n[link.l]\nends = [\"b\", \"server\"]\ndelay = 0\n", "",
			`x.toml:11:9: node.b.count: 2 balancers of one name have no one address to be called by; give each a name of its own`},
		{"balancer of balancers", "[node.b]\nkind = \"balancer\"\nbalance = { port = 80, to = \"c:80\" }\n[node.c]\nkind = \"balancer\"\nbalance = { port = 80, to = \"server:80\" }\n[link.l]\nends = [\"b\", \"server\"]\ndelay = 0\n[link.m]\nends = [\"c\", \"server\"]\ndelay = 0\n", "",
			`x.toml:11:29: node.b.balance.to: "c" is a balancer itself; write who serves`},
		{"path of one word", "[param]\na = \"= node + 1\"\n[expect.e]\nthat = \"flow.x > 1\"\n", "",
			`x.toml:10:5: param.a: no name "node" here (did you mean "mod"?)
x.toml:12:8: expect.e.that: no flow "x"`},
		{"no path at all", "[expect.e]\nthat = \"run.durations > 1\"\n", "",
			`x.toml:10:8: expect.e.that: no parameter or metric run.durations (did you mean "run.duration"?)`},
		{"nothing like it", "[expect.e]\nthat = \"flow.web.qqqqqqq > 1\"\n", "",
			`x.toml:10:8: expect.e.that: flow.web has no parameter or metric "qqqqqqq"; its metrics are ` +
				strings.Join(candidates([]string{"flow", "web", "qqqqqqq"}, ofMetrics), " ")},
		{"no target", "[flow.f]\nfrom = \"client\"\nto = \"server:80:80\"\n", "",
			`x.toml:11:6: flow.f.to: "server:80:80" is no target; write "server", "server:80" or "server[0..9]:web"`},
		{"no quantity", "[param]\na = \"10 apples\"\n", "",
			`x.toml:10:5: param.a: "10 apples" is no quantity; write "10 ms", "10 Mbps", "8 kB", "400/s" or "5 %"`},
		{"no limit", "[link.wire.back]\nqueue.limit = \"many\"\n", "",
			`x.toml:10:15: link.wire.back.queue.limit: "many" is no queue limit; write "1000 packets" or "1000 kB"`},
		{"counts nothing", "[link.wire.rule.r]\nmatch = \"syn\"\ndo = \"drop\"\nnth = 0\n", "",
			`x.toml:12:7: link.wire.rule.r.nth: "0" counts nothing; count from 1: 1, [1, 3] or "2..4"`},
		{"no times", "arrivals = { process = \"trace\", file = \"data\" }\n", "# none\n",
			`x.toml:9:40: flow.web.arrivals.file: data: times are there, and ascend`},
		{"a trigger of packets", "[flow.b]\nkind = \"background\"\nfrom = \"client\"\nto = \"server\"\narrivals = { process = \"even\", rate = \"1/s\", count = 1 }\n[flow.c]\nfrom = \"client\"\nto = \"server:80\"\narrivals = { process = \"triggered\", by = \"b\" }\n", "",
			`x.toml:17:42: flow.c.arrivals.by: requests trigger jobs, and a flow of kind "background" has none`},
		{"a trigger of itself", "[flow.c]\nfrom = \"client\"\nto = \"server:80\"\narrivals = { process = \"triggered\", by = \"c\" }\n", "",
			`x.toml:12:42: flow.c.arrivals.by: flow.c would trigger itself`},
		{"a silent speaker", "speaks = \"server\"\n", "",
			`x.toml:9:10: flow.web.speaks: a server that says nothing cannot speak first; add response = "100 B" under [flow.web]`},
		{"a pool is spoken to", "speaks = \"server\"\nrequest = \"1 kB\"\nresponse = \"1 kB\"\npool.size = 2\n", "",
			`x.toml:9:10: flow.web.speaks: a job that borrows a connection speaks first; leave it out`},
		{"a fast opener is spoken to", "speaks = \"server\"\nresponse = \"1 kB\"\nfast_open = true\n", "",
			`x.toml:9:10: flow.web.speaks: with fast_open the first request rides on the SYN; leave one of them out`},
		{"nothing to leave unread", "close.how = \"unread\"\n", "",
			`x.toml:9:13: flow.web.close.how: there is nothing that the client could leave unread; add response = "1 kB" under [flow.web]`},
		{"an event of nothing", "[event.e]\nat = \"1 s\"\n", "",
			`x.toml:9:1: event.e: nothing happens; write do = "down", or set = { ... }`},
		{"longer than its period", "[run]\nduration = \"1 min\"\n[event.e]\nat = \"1 s\"\nfor = \"3 s\"\nevery = \"2 s\"\nset.link.wire.loss = 1\n", "",
			`x.toml:13:7: event.e.for: 3 s does not end before it begins again; make it shorter than every, 2 s`},
		{"a weight of no routes", "[routing]\nweight = \"delay\"\n[event.e]\nat = \"1 s\"\nset.link.wire.weight = 2\n", "",
			`x.toml:13:24: event.e.set.link.wire.weight: changes nothing: ways are short by delay; write weight = "weight" under [routing]`},
		{"a schedule at an event", "[event.e]\nat = \"1 s\"\nset.link.wire.rate = { shape = \"steps\", points = [[\"0 s\", \"1 Mbps\"]] }\n", "",
			`x.toml:11:22: event.e.set.link.wire.rate: { shape = "steps", points = [["0 s", "1 Mbps"]] } is a schedule, and the event has times of its own; write one value`},
		{"a law at an event", "[event.e]\nat = \"1 s\"\nset.link.wire.delay = { dist = \"uniform\", min = 0, max = \"1 s\" }\n", "",
			`x.toml:11:23: event.e.set.link.wire.delay: { dist = "uniform", max = "1 s", min = 0 } is drawn once, when the network is built; write one value`},
		{"an event beside a schedule", "[link.wire.back]\nrate = { shape = \"steps\", points = [[\"0 s\", \"1 Mbps\"]] }\n[event.e]\nat = \"1 s\"\nset.link.wire.rate = \"1 Mbps\"\n", "",
			`x.toml:13:22: event.e.set.link.wire.rate: link.wire.back.rate has a schedule; let only one of them set it`},
		{"an event of no rate", "[event.e]\nat = \"1 s\"\nset.flow.web.arrivals.rate = \"1/s\"\n", "",
			`x.toml:11:30: event.e.set.flow.web.arrivals.rate: arrivals of process "once" have no rate`},
		{"an event beside a timetable", "arrivals = { process = \"poisson\", count = 5, rate = { shape = \"steps\", points = [[\"0 s\", \"1/s\"]] } }\n[event.e]\nat = \"1 s\"\nset.flow.web.arrivals.rate = \"1/s\"\n", "",
			`x.toml:12:30: event.e.set.flow.web.arrivals.rate: flow.web.arrivals.rate has a schedule; let only one of them set it`},
		{"a timetable at an event", "arrivals = { process = \"poisson\", count = 5, rate = \"1/s\" }\n[event.e]\nat = \"1 s\"\nset.flow.web.arrivals.rate = { shape = \"steps\", points = [[\"0 s\", \"1/s\"]] }\n", "",
			`x.toml:12:30: event.e.set.flow.web.arrivals.rate: { shape = "steps", points = [["0 s", "1/s"]] } is a schedule, and the event has times of its own; write one value`},
		{"an event at a router", "[node.r]\nkind = \"router\"\n[link.l]\nends = [\"r\", \"client\"]\ndelay = 0\n[event.e]\nat = \"1 s\"\nset.node.r.tcp.time_wait = \"1 s\"\n", "",
			`x.toml:16:28: event.e.set.node.r.tcp.time_wait: node "r" is a router, and ends no connections`},
		{"a processor too many", "[node.client.cpu]\nper_segment = \"1 us\"\n", "",
			`x.toml:10:15: node.client.cpu.per_segment: every segment has a processor of its own; add cores = 1`},
		{"resets of nobody", "[flow.f]\nkind = \"blind-rst\"\nfrom = \"client\"\nto = \"server:80\"\nspoof = \"silent\"\narrivals = { process = \"even\", rate = \"1/s\", count = 1 }\n", "",
			`x.toml:13:9: flow.f.spoof: nobody's resets end nobody's connections; write spoof = "client"`},
		{"a node of one case", "[case.c.a]\nnode.edge.kind = \"host\"\nlink.l = { ends = [\"edge\", \"server\"], delay = 0 }\n[case.c.b]\n[expect.e]\nthat = \"node.edge.tcp.time_wait > 1\"\n", "",
			`x.toml:14:8: expect.e.that: there is no node "edge" in this case`},
		{"known when built", "[param]\na = \"= flow.web.path.delay\"\n", "",
			`x.toml:10:5: param.a: flow.web.path.delay is known only when the network is built`},
		{"a warm-up without end", "[run]\nwarmup = \"auto\"\n", "",
			`x.toml:10:10: run.warmup: a warm-up is found in a run that has a duration; add duration = "10 min" under [run]`},
		{"an overlay of other columns", "[figure.f]\nkind = \"line\"\nx = \"link.wire.delay\"\ny = \"1\"\noverlay = \"data\"\n", "a,b\n1,2\n",
			`x.toml:13:11: figure.f.overlay: data has the columns a, b; it has x and y, or metric, time_s and value`},
		{"an overlay without rows", "[figure.f]\nkind = \"line\"\nx = \"link.wire.delay\"\ny = \"1\"\noverlay = \"data\"\n", "x,y\n",
			`x.toml:13:11: figure.f.overlay: data has no row that has numbers`},
		{"a quiet link", "[event.e]\nat = \"1 s\"\ndo = \"down\"\nlink = \"wire\"\nquiet_time = \"1 s\"\n", "",
			`x.toml:13:14: event.e.quiet_time: nothing comes back here, to be quiet; write do = "crash", and for how long with for = "10 s"`},
		{"several groups", "[node.b]\n[link.l]\nends = [\"b\", \"server\"]\ndelay = 0\n[flow.two]\nfrom = [\"client\", \"b\"]\nto = \"server:80\"\n[run]\nreplications = 2\n[expect.e]\nthat = \"flow.web.setup_time.mean\"\nequals = \"handshake(flow.two).mean\"\n", "",
			`x.toml:20:10: expect.e.equals: handshake(flow.two): flow.two is between several groups`},
		{"a sample of equals", "[expect.e]\nthat = \"flow.web.setup_time\"\nfollows = \"handshake(flow.web)\"\nequals = \"1\"\n", "",
			`x.toml:9:1: expect.e.within: 4 se needs at least two replications; set replications = 10 under [run]
x.toml:12:10: expect.e.equals: a sample that follows a distribution is no number; leave it out`},
		{"a sample within", "[expect.e]\nthat = \"flow.web.setup_time\"\nfollows = \"handshake(flow.web)\"\nwithin = \"1 ms\"\n", "",
			`x.toml:12:10: expect.e.within: a sample that follows a distribution is no number; leave it out`},
		{"the theory of a histogram", "[figure.f]\nkind = \"hist\"\nof = \"flow.web.setup_time\"\ntheory = \"1\"\n", "",
			`x.toml:12:10: figure.f.theory: 1 is a number; a distribution is wanted`},
		{"a flow of one case", "[case.c.a]\nflow.x = { from = \"client\", to = \"server:81\" }\n[case.c.b]\n[run]\nreplications = 2\n[expect.e]\nthat = \"flow.web.setup_time.mean\"\nequals = \"handshake(flow.x).mean\"\n", "",
			`x.toml:16:10: expect.e.equals: handshake(flow.x): there is no flow "x" in this case`},
		{"a rate and a trace", "[link.wire.back]\nrate = \"1 Mbps\"\ntrace = \"data\"\n", "3\n4\n",
			`x.toml:10:8: link.wire.back.rate: a rate and a trace; leave one of them out`},
		{"a constant of nature", "[event.e]\nat = \"1 s\"\nset.link.wire.mtu = \"1 kB\"\nset.link.wire.loss = 1\n", "",
			`x.toml:11:1: event.e.set.link.wire.mtu: cannot be changed while a run lasts; keys marked ! can be`},
		{"a long expression", "[param]\na = \"= " + strings.Repeat("1", 4100) + "\"\n", "",
			`x.toml:10:5: param.a: an expression of 4101 characters is too long`},
		{"a path of no words", "[param]\na = \"= (1 + 2).x\"\n", "",
			`x.toml:10:5: param.a: only paths of words have dots`},
		{"a path of one word", "[param]\na = \"= flow['x'] + 1\"\n", "",
			`x.toml:10:5: param.a: no flow "x"`},
		{"never is no count", "exchanges = { dist = \"constant\", value = \"never\" }\n", "",
			`x.toml:9:13: flow.web.exchanges: "never" is not a whole number; write 10`},
		{"an axis twice", "[sweep.axes]\n\"link.wire.loss\" = [0, 0.1]\nlink.wire.loss = [0, 0.1]\n", "",
			`x.toml:11:1: sweep.axes.link.wire.loss: is an axis twice`},
		{"too deep", "a = " + strings.Repeat("[", 40) + "\n", "",
			`x.toml:9:38: nested too deeply`},
		{"too many tables", many("[node.n%d]\n", 10_001), "",
			`x.toml: 10006 tables are too many; groups of nodes have a count`},
	} {
		t.Run(c.name, func(t *testing.T) {
			open := func(name string) ([]byte, error) {
				if name != "data" {
					return nil, fmt.Errorf("open %s: %w", name, os.ErrNotExist)
				}
				return []byte(c.data), nil
			}
			_, err := ParseFrom(open, "x.toml", []byte(base+c.lines))
			if err == nil || err.Error() != c.want {
				t.Errorf("got %.500v\nwant %s", err, c.want)
			}
		})
	}
}

func many(line string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, line, i)
	}
	return b.String()
}

// TestMessagesOfSet says how those about --set read.
func TestMessagesOfSet(t *testing.T) {
	const cases = base + "[case.style.four]\n[case.style.three]\n[flow.api]\nfrom = \"client\"\nto = \"server:81\"\n"
	for set, want := range map[string]string{
		"case.style=for":   `--set: case.style: no case "for" of four, three (did you mean "four"?)`,
		"flow.api.retry=3": `--set: flow.api.retry: flow.api.retry is a table and can only be set to none`,
		"node=3":           `--set: node: node names nothing`,
	} {
		if got := faultsOf(t, cases, set); len(got) != 1 || got[0] != want {
			t.Errorf("--set %s: %q, want %s", set, got, want)
		}
	}
}

// TestMessagesOfValues says how those of expressions read that are asked for what they
// do not yield.
func TestMessagesOfValues(t *testing.T) {
	f, err := Parse("x.toml", []byte(base))
	if err != nil {
		t.Fatal(err)
	}
	x, err := f.Compile("node.client.profile")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Number(f.Points[0].Lookup); err == nil || err.Error() != "node.client.profile is linux and not a number" {
		t.Error(err)
	}
	if _, err := x.Distribution(f.Points[0].Lookup); err == nil || err.Error() != "node.client.profile is linux and not a distribution" {
		t.Error(err)
	}
	if _, err := x.Holds(f.Points[0].Lookup); err == nil || err.Error() != "node.client.profile is linux, neither true nor false" {
		t.Error(err)
	}
}

// TestMessagesOfSetupTime says what setup_time does not take, and where there is no
// closed form.
func TestMessagesOfSetupTime(t *testing.T) {
	f, err := Parse("x.toml", []byte(base+"timeout = \"9 s\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]string{
		"setup_time('polite', [1, 2], 0.1, 0.1, 0.1).mean":  "setup_time takes one of stateless, strict, linux, cached and a list of at most 20 waits, as [1, 2, 4]",
		"setup_time('linux', [0-1, 2], 0.1, 0.1, 0.1).mean": "-1 is no wait of setup_time",
		"setup_time('linux', [1, 2], 2, 0.1, 0.1).mean":     "setup_time takes probabilities of loss and a round-trip time",
	} {
		x, err := f.Compile(source)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := x.Number(f.Points[0].Lookup); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", source, err, want)
		}
	}
	if _, err := f.Points[0].Spec.Opening("web"); err == nil || err.Error() != "flow.web.timeout has no closed form" {
		t.Error(err)
	}
}
