package language

import (
	"strings"
	"testing"
)

// The messages about values that are right by themselves and do not fit together.
func TestMessagesOfTheWhole(t *testing.T) {
	wire := func(lines string) string { return strings.Replace(base, "delay = ", lines+"\ndelay = ", 1) }
	two := "[node.a]\ncount = 4\n[node.b]\ncount = 3\n[link.l]\nends = [\"a\", \"b\"]\ndelay = \"1 ms\"\npair = \"%\"\n[flow.f]\nfrom = \"a\"\nto = \"b:1\"\n"
	pair := func(word string) string { return strings.Replace(two, "%", word, 1) }
	figure := func(lines string) string { return base + "[case.c.a]\n[case.c.b]\n[figure.f]\n" + lines }
	for _, c := range []struct{ name, src, want string }{
		{"confidence", base + "[run]\nconfidence = \"100 %\"\n", `x.toml:10:14: run.confidence: 1 is no confidence; write "95 %"`},
		{"rto", base + "[node.client.tcp]\nrto_min = \"200 s\"\n", `x.toml:10:11: node.client.tcp.rto_min: rto_min, 200 s, is above rto_max, 2 min`},
		{"rto of the profile", base + "[node.client.tcp]\nrto_max = \"100 ms\"\n", `x.toml:10:11: node.client.tcp.rto_max: rto_min, 200 ms, is above rto_max, 100 ms`},
		{"mss", base + "[node.client.tcp]\nmss = \"1 B\"\n", `x.toml:10:7: node.client.tcp.mss: 1 B is no segment; write 64 B to 65495 B`},
		{"window", base + "[node.client.tcp]\nreceive_window = \"2 GiB\"\n", `x.toml:10:18: node.client.tcp.receive_window: 2 GiB is no window; write 1 B to 1 GiB`},
		{"buffer", base + "[node.client.tcp]\nsend_buffer = 0\n", `x.toml:10:15: node.client.tcp.send_buffer: 0 B is no buffer; write 1 B to 16 GiB`},
		{"listeners", base + "[node.server.listen]\na.port = 80\nb.port = 80\n", `x.toml:11:10: node.server.listen.b.port: port 80 is taken by listen.a`},
		{"listener without port", base + "[node.server.listen.a]\nbacklog = 1\n", `x.toml:9:1: node.server.listen.a.port: is missing; add port = 80 under [node.server.listen.a]`},
		{"prefix", base + "[node.client]\n", `x.toml:9:2: not TOML: Key 'node.client' has already been defined.`},
		{"small prefix", strings.Replace(base, "[node.client]", "[node.client]\ncount = 7\nprefix = \"10.0.0.0/29\"", 1),
			`x.toml:3:10: node.client.prefix: 10.0.0.0/29 has no room for 7 members; write a shorter prefix`},
		{"prefixes overlap", strings.NewReplacer("[node.client]", "[node.client]\nprefix = \"10.0.0.0/8\"", "[node.server]", "[node.server]\nprefix = \"10.1.0.0/16\"").Replace(base),
			`x.toml:4:10: node.server.prefix: 10.1.0.0/16 overlaps 10.0.0.0/8 of node.client`},
		{"families", strings.NewReplacer("[node.client]", "[node.client]\nprefix = \"10.0.0.0/8\"", "[node.server]", "[node.server]\nprefix = \"2001:db8::/64\"").Replace(base),
			`x.toml:4:10: node.server.prefix: node.client has IPv4; write prefixes of one family`},
		{"mtu of IPv6", strings.Replace(wire("mtu = \"1000 B\""), "[node.server]", "[node.server]\nprefix = \"2001:db8::/64\"", 1),
			`x.toml:6:7: link.wire.mtu: 1000 B is below 1280 B, the least of IPv6 (RFC 8200); write 1280 B or more`},
		{"mtu of one way", base + "[link.wire.back]\nmtu = \"70 kB\"\n", `x.toml:10:7: link.wire.back.mtu: 70000 B is more than a packet can have, 65535 B`},
		{"router listens", "[default.node.listen.web]\nport = 8\n[node.edge]\nkind = \"router\"\nlisten.x.port = 9\n" + strings.Replace(base, `"client", "server"`, `"edge", ["server"]`, 1),
			`x.toml:5:1: node.edge.listen.x: a router accepts no connections` + "\n" + `x.toml:9:18: link.wire.ends: a list is no group of nodes; write ["client", "server"]`},
		{"router opens", strings.Replace(base, "[node.client]", "[node.client]\nkind = \"router\"", 1), `x.toml:8:8: flow.web.from: "client" is a router, which opens no connections`},

		{"weight", wire("weight = 0"), `x.toml:5:10: link.wire.weight: 0 is no weight; a route's weight grows with every link`},
		{"three ends", strings.Replace(base, `"server"]`, `"server", "client"]`, 1), `x.toml:4:9: link.wire.ends: a link has two ends, not 3; write ["client", "server"]`},
		{"ends alike", strings.Replace(base, `["client", "server"]`, `["client", "client"]`, 1),
			`x.toml:2:1: node.server: has no link; name it in the ends of a [link.NAME]` + "\n" +
				`x.toml:4:9: link.wire.ends: "client" is one node, and a link joins two; give it a count, or name another group`},
		{"one to one", pair("one-to-one"), `x.toml:8:8: link.l.pair: 4 of "a" and 3 of "b" do not pair one to one`},
		{"blocks", pair("blocks"), `x.toml:8:8: link.l.pair: 4 of them do not make 3 equal blocks; write "round-robin"`},
		{"equal groups", strings.Replace(pair("each"), "count = 4", "count = 3", 1),
			`x.toml:5:1: link.l: 3 of "a" and 3 of "b" can pair in several ways; add pair = "all-to-all" (9 links), "one-to-one" (3), "blocks" (3) or "round-robin" (3)`},
		{"mesh", pair("mesh"), `x.toml:8:8: link.l.pair: a mesh is of the members of one group, and there are two; write ends = ["a"], or leave pair out`},
		{"too many links", strings.NewReplacer("count = 4", "count = 10_000", "count = 3", "count = 10_000").Replace(pair("all-to-all")),
			`x.toml:5:1: link.l: 100000000 links are more than can be built, 16777216`},

		{"rule of no flow", base + "[link.wire.rule.r]\nmatch = \"syn\"\ndo = \"drop\"\nflow = \"wev\"\n", `x.toml:12:8: link.wire.rule.r.flow: no flow "wev" (did you mean "web"?)`},
		{"rule without delay", base + "[link.wire.rule.r]\nmatch = \"syn\"\ndo = \"delay\"\n", `x.toml:9:1: link.wire.rule.r.delay: a delay of nothing; add delay = "100 ms"`},
		{"rule that drops late", base + "[link.wire.rule.r]\nmatch = \"syn\"\ndo = \"drop\"\ndelay = \"1 s\"\n", `x.toml:12:9: link.wire.rule.r.delay: what is dropped is not delayed; write do = "delay", or leave it out`},
		{"rule that never acts", base + "[link.wire.rule.r]\nmatch = \"syn\"\ndo = \"drop\"\nprobability = 0\n", `x.toml:12:15: link.wire.rule.r.probability: a rule that never acts; leave the rule out`},
		{"rule of nothing", base + "[link.wire.rule.r]\n", `x.toml:9:1: link.wire.rule.r.do: is missing; add do = "drop" under [link.wire.rule.r]` + "\n" + `x.toml:9:1: link.wire.rule.r.match: is missing; add match = "syn" under [link.wire.rule.r]`},

		{"port of from", base + "[flow.b]\nfrom = \"client:80\"\nto = \"server:81\"\n", `x.toml:10:8: flow.b.from: "client:80" has a port; the port it comes from is local.port`},
		{"oneself", base + "[flow.b]\nfrom = \"client\"\nto = \"client:81\"\n", `x.toml:11:6: flow.b.to: "client" cannot connect to itself`},
		{"no node", base + "[flow.b]\nfrom = \"clint\"\nto = \"server:81\"\n", `x.toml:10:8: flow.b.from: no node "clint" (did you mean "client"?)`},
		{"nobody closes", base + "close = { by = \"nobody\", how = \"rst\" }\n", `x.toml:9:32: flow.web.close.how: nobody closes; write close.by = "client"`},
		{"times", base + "arrivals = { process = \"at\", times = [\"2 s\", \"1 s\"] }\n", `x.toml:9:38: flow.web.arrivals.times: the times are not in order`},
		{"times of once", base + "arrivals = { times = [\"2 s\"] }\n", `x.toml:9:22: flow.web.arrivals.times: process "once" has no times; write process = "at"`},
		{"rate is missing", base + "arrivals = { process = \"even\", count = 3 }\n", `x.toml:9:1: flow.web.arrivals.rate: is missing; add rate = "10/s" under [flow.web.arrivals]`},
		{"stop before start", base + "arrivals = { process = \"even\", rate = \"1/s\", start = \"5 s\", stop = \"4 s\" }\n", `x.toml:9:68: flow.web.arrivals.stop: ends, at 4 s, before it starts, at 5 s`},
		{"start after the end", base + "arrivals.start = \"5 s\"\n[run]\nduration = \"5 s\"\n", `x.toml:9:18: flow.web.arrivals.start: starts, at 5 s, when the run is over, at 5 s`},

		{"no axis", figure("kind = \"cdf\"\nof = \"flow.web.setup_time\"\nseries = \"case.d\"\n"),
			`x.toml:11:1: figure.f: the axis case.c is in no place; make it series or facet, or fix it: where = "case.c == 'a'"` + "\n" +
				`x.toml:14:10: figure.f.series: "case.d" is no axis of this file (did you mean "case.c"?)`},
		{"nowhere", figure("kind = \"cdf\"\nof = \"flow.web.setup_time\"\nwhere = \"case.c == 'd'\"\n"), `x.toml:14:9: figure.f.where: holds at no point of the file`},
		{"level for a sample", figure("kind = \"cdf\"\nof = \"flow.web.open\"\nfacet = \"case.c\"\n"), `x.toml:13:6: figure.f.of: flow.web.open is a level; a sample is shown here`},
		{"parameter for a metric", figure("kind = \"cdf\"\nof = \"flow.web.request\"\nfacet = \"case.c\"\n"), `x.toml:13:6: figure.f.of: flow.web.request is not a metric`},
		{"theory of a cdf", figure("kind = \"cdf\"\nof = \"flow.web.setup_time\"\nfacet = \"case.c\"\ntheory = \"1\"\n"), `x.toml:15:10: figure.f.theory: the theory of a cdf is a distribution, not a number`},
		{"no span", figure("kind = \"ladder\"\nflow = \"web\"\nfacet = \"case.c\"\nbetween = [\"2 s\", \"1 s\"]\n"), `x.toml:15:11: figure.f.between: is no span of time; write ["0 s", "10 s"]`},
		{"ladder of no flow", figure("kind = \"ladder\"\nfacet = \"case.c\"\nflow = \"wev\"\n"), `x.toml:14:8: figure.f.flow: no flow "wev" (did you mean "web"?)`},
		{"width", figure("kind = \"ladder\"\nflow = \"web\"\nfacet = \"case.c\"\nwidth = \"84\"\n"), `x.toml:15:9: figure.f.width: "84" is no width; write "84 mm", or "174 mm" for two columns`},
		{"metric as x", figure("kind = \"line\"\nx = \"flow.web.bytes.total\"\ny = [\"1\", 2]\nfacet = \"case.c\"\n"),
			`x.toml:13:5: figure.f.x: flow.web.bytes.total is measured; only parameters are known here` + "\n" + `x.toml:14:11: figure.f.y: 2 is no expression`},
		{"text as x", figure("kind = \"line\"\nx = \"case.c\"\ny = \"1\"\n"), `x.toml:13:5: figure.f.x: case.c is text; a number is wanted`},
		{"x the same in all cases", figure("kind = \"line\"\nx = \"link.wire.delay\"\ny = \"1\"\n"), `x.toml:11:1: figure.f: the axis case.c is in no place; make it series or facet, or fix it: where = "case.c == 'a'"`},
		{"too many runs", base + "[run]\nreplications = 500_001\n[case.c.a]\n[case.c.b]\n", `x.toml:10:16: run.replications: 500001 of 2 points are too many runs; write at most 500000`},
		{"a name too long", base + "[node." + strings.Repeat("x", 65) + "]\n", `x.toml:9:1: node.` + strings.Repeat("x", 65) + `: "` + strings.Repeat("x", 65) + `" cannot be a name; a name is a letter, then at most 63 letters, digits and _`},
		{"a count in quotes", base + "[run]\nreplications = \"20\"\n", `x.toml:10:16: run.replications: "20" is not a whole number; write 20`},
		{"half a count", base + "[run]\nreplications = 2.4\n", `x.toml:10:16: run.replications: 2.4 is not a whole number; write 2`},
		{"text as y", figure("kind = \"bar\"\nx = \"case.c\"\ny = { a = \"1\", b = \"case.c\" }\n"), `x.toml:14:20: figure.f.y: case.c is text; a number is wanted`},
		{"where is a number", figure("kind = \"ladder\"\nflow = \"web\"\nfacet = \"case.c\"\nwhere = \"1\"\n"), `x.toml:15:9: figure.f.where: 1 is a number; true or false is wanted`},
		{"list of levels", figure("kind = \"time\"\nof = [\"flow.web.open\"]\nfacet = \"case.c\"\n"), `x.toml:13:6: figure.f.of: not yet: this version of netsim does not have it`},
		{"value that a point lacks", base + "[expect.e]\nthat = \"flow.web.local.port == 1\"\n", `x.toml:10:8: expect.e.that: flow.web.local.port has no value`},
		{"within a truth", base + "[expect.e]\nthat = \"flow.web.failed.total == 0\"\nwithin = \"2 %\"\n", `x.toml:11:10: expect.e.within: what is true or false is not nearly so; add equals, or leave it out`},
		{"precision", base + "[run]\nreplications = 2\n[expect.e]\nthat = \"flow.web.setup_time.mean\"\nequals = \"1\"\nprecision = \"1 se\"\n", `x.toml:14:13: expect.e.precision: 1 se is no half-width; write "2 %" or "1 ms"`},
		{"series", base + "[output]\nseries = [\"flow.web.setup_time\"]\n", `x.toml:10:10: output.series: flow.web.setup_time is a sample; a level is shown here`},

		{"computed", base + "exchanges = \"= 1 / 2\"\n", `x.toml:9:13: flow.web.exchanges: 0.5 is not a whole number`},
		{"computed word", base + "pick = \"= 1 + 1\"\n", `x.toml:9:8: flow.web.pick: a word cannot be computed`},
		{"computed text", base + "[param]\na = \"= 1 < 2\"\n", `x.toml:10:5: param.a: 1 < 2 is not a number`},
		{"number without unit", base + "service = \"= n\"\n[param]\nn = 5\n", `x.toml:9:11: flow.web.service: param.n is a number without unit, not a duration`},
		{"infinite rate", base + "arrivals = { process = \"even\", count = 1, rate = \"= 1 / 0\" }\n", `x.toml:9:50: flow.web.arrivals.rate: +Inf/s is no frequency`},
		{"negative time", base + "service = \"= 1 - 2\"\n", `x.toml:9:11: flow.web.service: -1 s is no duration`},
		{"in a list", base + "[node.client.tcp]\nsyn_schedule = [\"1 s\", \"= 0 * s\", 3]\n",
			`x.toml:10:35: node.client.tcp.syn_schedule: 3 has no unit; write "3 s" or "3 min"`},
		{"computed in a list", base + "[node.client.tcp]\nsyn_schedule = [\"1 s\", \"= 0 * s\"]\n", `x.toml:10:24: node.client.tcp.syn_schedule: 0 s is nothing; write more than 0`},
		{"empty list", base + "[node.client.tcp]\nsyn_schedule = []\n", `x.toml:10:16: node.client.tcp.syn_schedule: an empty list`},
		{"no list", base + "[node.client.tcp]\nsyn_schedule = \"1 s\"\n", `x.toml:10:16: node.client.tcp.syn_schedule: "1 s" is no list of durations; write ["1 s"]`},
		{"not true", base + "[node.client.tcp]\nnagle = \"yes\"\n", `x.toml:10:9: node.client.tcp.nagle: "yes" is neither true nor false; write true or false, without quotes`},
		{"not whole", base + "exchanges = 1.5\n", `x.toml:9:13: flow.web.exchanges: 1.5 is not a whole number; write 2`},
		{"not text", "title = 5\n" + base, `x.toml:1:9: title: 5 is not text; write "5"`},
		{"no tolerance", base + "[run]\nreplications = 2\n[expect.e]\nthat = \"1\"\nequals = \"1\"\nwithin = \"close\"\n", `x.toml:14:10: expect.e.within: "close" is no tolerance; write "4 se", "2 %", "1 ms" or "exact"`},
		{"queue of nothing", wire("queue.limit = \"0 B\""), `x.toml:5:15: link.wire.queue.limit: "0 B" lets no packet pass; write "1500 B" or more`},
		{"queue of time", wire("queue.limit = \"10 ms\""), `x.toml:5:15: link.wire.queue.limit: not yet: this version of netsim does not have it`},
		{"queue without unit", wire("queue.limit = 10"), `x.toml:5:15: link.wire.queue.limit: 10 has no unit; write "10 packets" or "10 kB"`},
		{"table for a value", wire("mtu = { a = 1 }"), `x.toml:5:7: link.wire.mtu: a size is not a table; write one value`},
		{"a link of one case", base + "[case.c.a]\nlink.wire.ends = [\"client\", \"sever\"]\n[case.c.b]\n", `x.toml:10:29: case.c.a.link.wire.ends: no node "sever" (did you mean "server"?)`},
		{"a node of one case", base + "[case.c.a]\nnode.more.count = 3\n[case.c.b]\n", `x.toml:10:1: node.more: has no link; name it in the ends of a [link.NAME]`},
	} {
		t.Run(c.name, func(t *testing.T) { wantFaults(t, c.src, strings.Split(c.want, "\n")...) })
	}
}
