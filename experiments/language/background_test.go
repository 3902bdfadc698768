package language

import (
	"math"
	"strings"
	"testing"
)

// A background flow's rate follows from its share of a link, overhead included,
// and can be reckoned with.
func TestLoad(t *testing.T) {
	f, err := Parse("x.toml", []byte(`
[param]
packets = "= flow.noise.arrivals.rate"
[node.client]
[node.server]
[link.wire]
ends = ["client", "server"]
delay = "1 ms"
rate = "10 Mbps"
overhead = "38 B"
[flow.noise]
kind = "background"
from = "client"
to = "server"
size = "962 B"
load = { of = "link.wire", share = "40 %" }
arrivals = { process = "poisson", stop = "1 s" }
`))
	if err != nil {
		t.Fatal(err)
	}
	s := f.Points[0].Spec
	if a := s.Flows[0].Arrivals; a.Rate != 500 || s.Params[0].Value != Frequency(500) {
		t.Errorf("%v packets a second, parameter %v; want .4 * 10 Mbps / 8 kbit = 500", a.Rate, s.Params[0].Value)
	}
	if len(s.Nodes[1].Listeners) != 0 {
		t.Errorf("listeners %v for packets", s.Nodes[1].Listeners)
	}
}

// The rate within bursts is above the mean that the share asks for.
func TestLoadOfBursts(t *testing.T) {
	f, err := Parse("x.toml", []byte(strings.Replace(base, "delay =", "rate = \"12 Mbps\"\ndelay =", 1)+`[flow.noise]
kind = "background"
from = "client"
to = "server"
load = { of = "link.wire", share = 0.1 }
arrivals = { process = "on-off", on = { dist = "pareto", mean = "10 ms", alpha = 1.5 }, off = "30 ms", stop = "1 s" }
`))
	if err != nil {
		t.Fatal(err)
	}
	if a := f.Points[0].Spec.Flows[1].Arrivals; math.Abs(a.Rate-400) > 1e-9 {
		t.Errorf("%v/s in bursts; want .1 * 12 Mbps / 12 kbit * 4 = 400", a.Rate)
	}
}

// What is wrong with a background flow is said where it stands.
func TestBackgroundFaults(t *testing.T) {
	noise := strings.Replace(base, "delay =", "rate = \"1 Mbps\"\nback.rate = \"2 Mbps\"\ndelay =", 1) + "[flow.noise]\nkind = \"background\"\nfrom = \"client\"\n"
	poisson := "arrivals = { process = \"poisson\", stop = \"1 s\" }\n"
	for _, c := range []struct{ name, src, want string }{
		{"port", noise + "to = \"server:80\"\narrivals = { process = \"even\", rate = \"5/s\", count = 3 }\n",
			`x.toml:14:6: flow.noise.to: "server:80" has a port, and packets without connections have none; write "server"`},
		{"direction", noise + "to = \"server\"\nload = { of = \"link.wire\", share = 0.5 }\n" + poisson,
			`x.toml:15:15: flow.noise.load.of: link.wire differs by direction; write "link.wire.forward" or "link.wire.back"`},
		{"no such link", noise + "to = \"server\"\nload = { of = \"link.wore.back\", share = 0.5 }\n" + poisson,
			`x.toml:15:15: flow.noise.load.of: no link "wore" (did you mean "wire"?)`},
		{"no link", noise + "to = \"server\"\nload = { of = \"wire\", share = 0.5 }\n" + poisson,
			`x.toml:15:15: flow.noise.load.of: "wire" is no link; write "link.NAME", or "link.NAME.forward"`},
		{"twice", noise + "to = \"server\"\nload = { of = \"link.wire.back\", share = 0.5 }\narrivals = { process = \"poisson\", rate = \"5/s\", stop = \"1 s\" }\n",
			`x.toml:16:42: flow.noise.arrivals.rate: load.share says the rate already; leave one of them out`},
		{"no share", noise + "to = \"server\"\nload.of = \"link.wire.back\"\n" + poisson,
			`x.toml:11:1: flow.noise.load.share: is missing; add load.share = "50 %" under [flow.noise]`},
		{"once", noise + "to = \"server\"\nload = { of = \"link.wire.back\", share = 0.5 }\n",
			`x.toml:11:1: flow.noise.arrivals.process: process "once" has no rate by which it could load a link; write arrivals.process = "poisson", or "even" for a constant rate`},
		{"request", noise + "to = \"server\"\nrequest = \"1 kB\"\nclose.by = \"server\"\n",
			"x.toml:15:11: flow.noise.request: a background flow sends packets, and opens no connections; leave it out\n" +
				`x.toml:16:12: flow.noise.close.by: a background flow sends packets, and opens no connections; leave it out`},
		{"size of a conversation", base + "size = \"1 kB\"\n", `x.toml:9:8: flow.web.size: a flow of conversations has no size; write kind = "background" for packets without connections`},
		{"small", noise + "to = \"server\"\nsize = \"40 B\"\n", `x.toml:15:8: flow.noise.size: 40 B is no packet; write 48 B to 65535 B`},
		{"unlimited", base + "[flow.noise]\nkind = \"background\"\nfrom = \"client\"\nto = \"server\"\nload = { of = \"link.wire\", share = 0.5 }\n" + poisson,
			`x.toml:13:15: flow.noise.load.of: link.wire has no rate to be loaded; write rate = "10 Mbps" under [link.wire], or arrivals.rate here`},
		{"ladder", noise + "to = \"server\"\n[figure.f]\nkind = \"ladder\"\nflow = \"noise\"\n",
			`x.toml:17:8: figure.f.flow: flow.noise is packets without connections, and has no ladder`},
	} {
		t.Run(c.name, func(t *testing.T) { wantFaults(t, c.src, strings.Split(c.want, "\n")...) })
	}
}
