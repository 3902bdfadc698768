package experiments

import (
	"strconv"
	"strings"
	"testing"

	"netsim/experiments/language"
)

// steady is a world of connections that open ten times a second over one link.
const steady = pair + `
delay = "10 ms"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "10/s", stop = "10 s" }
close = { by = "nobody" }
[run]
duration = "10 s"
`

// TestEventsChangeLinks: what an event sets holds from its time on, for as long
// as it lasts, and again after each period.
func TestEventsChangeLinks(t *testing.T) {
	for _, c := range []struct {
		name, event  string
		metric, stat string
		want         float64
	}{
		{"for ever", `{ at = "5 s", set = { link.wire.delay = "20 ms" } }`, "flow.web.setup_time", "mean", .030},
		{"for a while", `{ at = "5 s", for = "2 s", set = { link.wire.delay = "20 ms" } }`, "flow.web.setup_time", "mean", .024},
		{"now and then", `{ at = "500 ms", for = "1 s", every = "2 s", set = { link.wire.delay = "20 ms" } }`, "flow.web.setup_time", "mean", .030},
		{"one direction", `{ at = "5 s", set = { link.wire.back.delay = "20 ms" } }`, "flow.web.setup_time", "mean", .025},
		{"loss", `{ at = "5 s", for = "1 s", set = { link.wire.forward.loss = "100 %" } }`, "link.wire.drops.loss", "total", 10},
		{"loss for bursts", `{ at = "5 s", for = "1 s", set = { link.wire.forward.loss = { model = "gilbert-elliott", p = 1, r = 0} }`, "link.wire.drops.loss", "total", 10},
		{"damage", `{ at = "5 s", for = "1 s", set = { link.wire.forward.corrupt = "100 %" } }`, "link.wire.drops.corrupt", "total", 10},
		{"copies", `{ at = "5 s", for = "1 s", set = { link.wire.back.duplicate = "100 %" } }`, "link.wire.duplicated", "total", 10},
		{"down", `{ at = "5 s", for = "1 s", do = "down", link = "wire" }`, "link.wire.drops.down", "total", 10},
		{"up", `{ at = "5 s", for = "1 s", set = { link.wire.up = false } }`, "link.wire.drops.down", "total", 10},
		{"rate", `{ at = "0 s", set = { link.wire.rate = "48 kbps" } }`, "flow.web.setup_time", "min", .040},
		{"jitter", `{ at = "0 s", set = { link.wire.jitter = "5 ms" } }`, "flow.web.setup_time", "mean", .030},
	} {
		s := study(t, steady+"[event.e]\n"+strings.NewReplacer("{ at", "at", " }", "", ", for", "\nfor", ", every", "\nevery", ", do", "\ndo", ", link =", "\nlink =", ", set = { ", "\nset.").Replace(c.event)+"\n")
		got := s.Points[0].Outcomes[0].Measures[c.metric].Statistic(c.stat)
		if diff := got - c.want; diff > 1e-9 || diff < -1e-9 {
			t.Errorf("%s: %s.%s is %v, want %v", c.name, c.metric, c.stat, got, c.want)
		}
		again, err := language.Parse("effective.toml", []byte(s.Points[0].Spec.Effective()))
		if err != nil || again.Points[0].Spec.Effective() != s.Points[0].Spec.Effective() {
			t.Errorf("%s: what is in force does not read back: %v\n%s", c.name, err, s.Points[0].Spec.Effective())
		}
	}
}

// TestEventsChangeNodes: TIME-WAIT that is set holds for who enters it from then
// on, room in it at once; a backlog for who comes; listeners close and open.
func TestEventsChangeNodes(t *testing.T) {
	const closing = pair + `
delay = "10 ms"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "10/s", stop = "10 s" }
[run]
duration = "10 s"
`
	const held = `
[node.server.listen.web]
port = 80
accept = { threads = 1, time = "1 h" }
`
	for _, c := range []struct {
		name, more, metric, stat string
		want                     float64
	}{
		// A stay of 1 s has 10 connections in it, one of 2 s 20: from the 4th second
		// on, reached at the 5th; from the 7th down again, reached at the 8th.
		{"time_wait", "[node.client]\ntcp.time_wait = \"1 s\"\n[event.e]\nat = \"4 s\"\nfor = \"3 s\"\nset.node.client.tcp.time_wait = \"2 s\"\n", "node.client.time_wait.count", "max", 20},
		{"time_wait_max", "[node.client]\ntcp.time_wait = \"1 min\"\n[event.e]\nat = \"4 s\"\nset.node.client.tcp.time_wait_max = 7\n", "node.client.time_wait.count", "max", 40},
		{"backlog", held + "backlog = 1\n[event.e]\nat = \"4950 ms\"\nset.node.server.listen.web.backlog = 30\n", "node.server.listen.web.acceptq.count", "max", 31},
		// One thread takes one a second, the first at 30 ms; from 5 s to 7 s there are ten
		// more, which take ten at 5 s and ten at 6 s, and go at 7 s, when they are done.
		{"accept.threads", strings.Replace(held, "1 h", "1 s", 1) + "backlog = 200\n[event.e]\nat = \"5 s\"\nfor = \"2 s\"\nset.node.server.listen.web.accept.threads = 11\n", "node.server.listen.web.accepted", "total", 30},
		{"close-listener", "[event.e]\nat = \"4950 ms\"\nfor = \"1 s\"\ndo = \"close-listener\"\nnode = \"server\"\n", "flow.web.failed.refused", "total", 10},
	} {
		source := closing
		if i := strings.Index(c.more, "[node.client]\n"); i == 0 {
			end := strings.Index(c.more, "[event")
			source = strings.Replace(source, "[node.client]\n", c.more[:end], 1)
			c.more = c.more[end:]
		}
		s := study(t, source+c.more)
		if got := s.Points[0].Outcomes[0].Measures[c.metric].Statistic(c.stat); got != c.want {
			t.Errorf("%s: %s.%s is %v, want %v", c.name, c.metric, c.stat, got, c.want)
		}
		again, err := language.Parse("effective.toml", []byte(s.Points[0].Spec.Effective()))
		if err != nil || again.Points[0].Spec.Effective() != s.Points[0].Spec.Effective() {
			t.Errorf("%s: what is in force does not read back: %v\n%s", c.name, err, s.Points[0].Spec.Effective())
		}
	}
}

// TestEventsChangeUsers: of four users who ask every 1.02 s, first at 1 s, three go when
// they would ask again, and three come back 2 s later, who think first.
func TestEventsChangeUsers(t *testing.T) {
	s := study(t, pair+`
delay = "10 ms"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "users", users = 4, think = "1 s" }
[run]
duration = "10 s"
[event.e]
at = "5 s"
for = "2 s"
set.flow.web.arrivals.users = 1
`)
	if got := s.Points[0].Outcomes[0].Measures["flow.web.jobs"].Statistic("total"); got != 4*4+5+3*2 {
		t.Errorf("%v jobs", got)
	}
}

// TestEventsOfMembers: what happens to a member of a group happens to no other.
func TestEventsOfMembers(t *testing.T) {
	for event, want := range map[string][2]float64{
		"at = \"0 s\"\ndo = \"down\"\nlink = \"wire[1]\"":                                                    {75, 0},
		"at = \"4950 ms\"\nfor = \"1 s\"\ndo = \"close-listener\"\nnode = [\"server[0]\", \"server[2..3]\"]": {92, 8},
		"at = \"4950 ms\"\ndo = \"crash\"\nnode = \"server[1..3]\"":                                          {62, 0},
	} {
		source := strings.Replace(pair, "[node.server]", "[node.server]\ncount = 4", 1) + `
delay = "10 ms"
pair = "all-to-all"
[flow.web]
from = "client"
to = "server:80"
pick = "round-robin"
arrivals = { process = "even", rate = "10/s", stop = "10 s" }
[run]
duration = "10 s"
[event.e]
`
		m := study(t, source+event).Points[0].Outcomes[0].Measures
		if got := [2]float64{m["flow.web.opened"].Statistic("total"), m["flow.web.failed.refused"].Statistic("total")}; got != want {
			t.Errorf("%s: opened and refused are %v, want %v", event, got, want)
		}
	}
}

// TestFlapping: a link that flaps and a delay that has spikes are events with a
// period.
func TestFlapping(t *testing.T) {
	s := study(t, steady+`
[event.flap]
at = "950 ms"
for = "100 ms"
every = "2 s"
do = "down"
link = "wire"
[event.spike]
at = "1950 ms"
for = "100 ms"
every = "2 s"
set.link.wire.delay = "60 ms"
`)
	m := s.Points[0].Outcomes[0].Measures
	// At 1, 3 ... 9 s a SYN is lost; at 2, 4 ... 8 s one goes with 60 ms, and comes back so.
	if lost, slow := m["link.wire.drops.down"].Statistic("total"), m["flow.web.setup_time"].Statistic("mean"); lost != 5 || slow < (5*1.02+4*.07+91*.02)/100-1e-9 {
		t.Errorf("%v SYNs lost, a mean setup time of %v", lost, slow)
	}
}

// tide is a link whose delay changes by itself.
const tide = `[link.tide]
ends = ["client", "server"]
delay = { shape = "steps", points = [["0 s", "1 ms"]] }
`

// TestLossTakesTurns: an event that sets a loss replaces the model that the file
// has, and what the file has returns.
func TestLossTakesTurns(t *testing.T) {
	s := study(t, strings.Replace(steady, `delay = "10 ms"`, "delay = \"10 ms\"\n[link.wire.forward]\nloss = { model = \"gilbert-elliott\", p = 1, r = 0 }", 1)+`
[event.clear]
at = "2 s"
for = "3 s"
set.link.wire.loss = 0
`)
	m := s.Points[0].Outcomes[0].Measures["flow.web.setup_time"]
	// 30 SYNs of their time pass, and those of the second before, again.
	if n := m.Statistic("n"); n < 30 || n > 50 {
		t.Errorf("%v connections opened", n)
	}
	if late := s.Points[0].Outcomes[0].Measures["link.wire.drops.loss"].Statistic("total"); late < 70 {
		t.Errorf("%v packets lost; the chain does not return", late)
	}
}

// TestEventMessages: what is wrong with an event is told with its place.
func TestEventMessages(t *testing.T) {
	for event, want := range map[string]string{
		"set.link.wire.delay = \"1 ms\"":              "test.toml:15:1: event.e.at: is missing",
		"at = \"1 s\"":                                "event.e: nothing happens",
		"at = \"1 s\"\ndo = \"down\"":                 "event.e.link: is missing",
		"at = \"1 s\"\ndo = \"down\"\nlink = \"wir\"": `event.e.link: no link "wir" (did you mean "wire"?)`,
		"at = \"1 s\"\nset.link.wir.delay = \"1 ms\"": `event.e.set.link.wir.delay: no link "wir" (did you mean "wire"?)`,
		"at = \"1 s\"\nset.link.wire.mtu = \"1 kB\"":  "event.e.set.link.wire.mtu: cannot be changed while a run lasts",
		"at = \"1 s\"\nset.link.wire.dely = \"1 kB\"": "event.e.set.link.wire.dely: no such key",
		"at = \"1 s\"\nset.link.wire.delay = 5":       "event.e.set.link.wire.delay: 5 has no unit",
		"at = \"1 s\"\nset.link.wire.delay = { shape = \"steps\", points = [[\"0 s\", \"1 ms\"]] }":                                                    "test.toml:17:23: event.e.set.link.wire.delay: { shape = \"steps\", points = [[\"0 s\", \"1 ms\"]] } is a schedule, and the event has times of its own; write one value",
		"at = \"1 s\"\nset.link.tide.delay = \"1 ms\"\n" + tide:                                                                                        "test.toml:17:23: event.e.set.link.tide.delay: link.tide.delay has a schedule; let only one of them set it",
		"at = \"1 s\"\nset.node.client.tcp.time_wait = 5":                                                                                              "test.toml:17:33: event.e.set.node.client.tcp.time_wait: 5 has no unit",
		"at = \"1 s\"\nset.node.clint.tcp.time_wait = \"1 s\"":                                                                                         `test.toml:17:32: event.e.set.node.clint.tcp.time_wait: no node "clint" (did you mean "client"?)`,
		"at = \"1 s\"\nset.node.server.listen.p8.backlog = 1":                                                                                          `test.toml:17:37: event.e.set.node.server.listen.p8.backlog: no listener "p8" at server (did you mean "p80"?)`,
		"at = \"1 s\"\nset.node.client.tcp.sack = false":                                                                                               "event.e.set.node.client.tcp.sack: cannot be changed while a run lasts; keys marked ! can be",
		"at = \"1 s\"\nset.node.hub.tcp.time_wait = \"1 s\"\n[node.hub]\nkind = \"router\"\n[link.hub]\nends = [\"client\", \"hub\"]\ndelay = \"1 s\"": `event.e.set.node.hub.tcp.time_wait: node "hub" is a router, and ends no connections`,
		"at = \"1 s\"\ndo = \"close-listener\"":                                                                                                        `event.e.node: is missing; add node = "server" under [event.e]`,
		"at = \"1 s\"\ndo = \"close-listener\"\nnode = \"sever\"":                                                                                      `test.toml:18:8: event.e.node: no node "sever" (did you mean "server"?)`,
		"at = \"1 s\"\nfor = \"2 s\"\nevery = \"1 s\"\nset.link.wire.up = false":                                                                       "event.e.for: 2 s does not end before it begins again",
	} {
		_, err := language.Parse("test.toml", []byte(steady+"[event.e]\n"+event+"\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", event, err, want)
		}
	}
}

// TestRateSchedule: a link whose rate is scheduled sends at the rate of the time,
// round after round, and expressions see the mean.
func TestRateSchedule(t *testing.T) {
	slow, fast := .040, .022 // 60 B each way take 10 ms at 48 kbps
	for _, c := range []struct {
		schedule   string
		mean, rate float64
	}{
		{`{ shape = "steps", points = [["0 s", "48 kbps"], ["5 s", "480 kbps"]], period = "10 s" }`, (slow + fast) / 2, 264e3},
		{`{ shape = "steps", points = [["0 s", "48 kbps"], ["1 s", "480 kbps"]], period = "2 s" }`, (slow + fast) / 2, 264e3},
		{`{ shape = "steps", points = [["0 s", "24 kbps"], ["2500 ms", "240 kbps"]], scale = 2 }`, slow/4 + fast*3/4, 48e3},
	} {
		s := study(t, strings.Replace(steady, "delay = \"10 ms\"", "delay = \"10 ms\"\nrate = "+c.schedule, 1)+"[expect.rate]\nthat = \"link.wire.rate.mean\"\nequals = \""+decimalOf(c.rate)+"\"\nwithin = \"exact\"\n")
		if got := s.Points[0].Outcomes[0].Measures["flow.web.setup_time"].Statistic("mean"); got-c.mean > 1e-9 || c.mean-got > 1e-9 {
			t.Errorf("%s: a mean setup time of %v, want %v", c.schedule, got, c.mean)
		}
		if v, _ := s.Points[0].Point.Value("link.wire.rate"); language.Base(v) != c.rate {
			t.Errorf("%s: a mean of %v bit/s, want %v", c.schedule, language.Base(v), c.rate)
		}
		again, err := language.Parse("effective.toml", []byte(s.Points[0].Spec.Effective()))
		if err != nil || again.Points[0].Spec.Effective() != s.Points[0].Spec.Effective() {
			t.Errorf("%s: what is in force does not read back: %v", c.schedule, err)
		}
	}
}

func decimalOf(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// twoWays is a world of two ways between a client and a server; unless an event
// says otherwise, connections take the first.
const twoWays = `
[node.client]
[node.server]
[node.left]
kind = "router"
[node.right]
kind = "router"
[default.link]
delay = "1 ms"
[link.in]
ends = ["client", "left"]
[link.out]
ends = ["right", "server"]
[link.upper]
ends = ["left", "right"]
[link.lower]
ends = ["left", "right"]
weight = 2
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "10/s", stop = "10 s" }
close = { by = "nobody" }
[run]
duration = "10 s"
[event.e]
at = "2 s"
`

// TestEventsReroute: a weight that an event sets leads what comes to the routers
// from then on another way, and its end leads it back.
func TestEventsReroute(t *testing.T) {
	for event, want := range map[string]float64{
		"":                               80,
		"for = \"3 s\"\n":                30,
		"for = \"1 s\"\nevery = \"2 s\"": 40,
	} {
		s := study(t, twoWays+event+"\nset.link.upper.weight = 3\n")
		lower := s.Points[0].Outcomes[0].Measures["link.lower.sent"].Statistic("total")
		if upper := s.Points[0].Outcomes[0].Measures["link.upper.sent"].Statistic("total"); lower != 3*want || upper != 300-3*want {
			t.Errorf("%q: %v packets went the upper way, %v the lower, want %v", event, upper, lower, 3*want)
		}
	}
	for event, want := range map[string]string{
		"set.link.upper.weight = 0":                                "event.e.set.link.upper.weight: 0 is no weight",
		"set.link.upper.weight = 3\n[routing]\nweight = \"delay\"": "event.e.set.link.upper.weight: changes nothing: ways are short by delay; write weight",
	} {
		if _, err := language.Parse("test.toml", []byte(twoWays+event+"\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", event, err, want)
		}
	}
	f := parse(t, twoWays+"set.link.upper.weight = 1e300\n")
	if _, err := Run(t.Context(), f, Options{}); err == nil || !strings.Contains(err.Error(), "event.e at 2s: topo: weights from 2 up to") {
		t.Errorf("weights that cannot be added: %v", err)
	}
}
