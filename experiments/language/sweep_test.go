package language

import (
	"math"
	"strings"
	"testing"
	"time"
)

// swept parses the base with axes and lists its points.
func swept(t *testing.T, axes string, sets ...string) (*File, []string) {
	t.Helper()
	f, err := Parse("x.toml", []byte(base+axes), sets...)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range f.Points {
		names = append(names, p.Name())
	}
	return f, names
}

func TestAxes(t *testing.T) {
	for name, c := range map[string]struct {
		axes string
		want string
		sets []string
	}{
		"the first is slowest, cases before": {axes: `
[sweep.axes]
"link.wire.loss" = [0, "5 %"]
node.client.profile = ["linux", "rfc9293"]
[case.far.no]
[case.far.yes]
link.wire.delay = "1 s"
`, want: "far=no link.wire.loss=0 node.client.profile=linux, far=no link.wire.loss=0 node.client.profile=rfc9293, " +
			"far=no link.wire.loss=5 % node.client.profile=linux, far=no link.wire.loss=5 % node.client.profile=rfc9293, " +
			"far=yes link.wire.loss=0 node.client.profile=linux, far=yes link.wire.loss=0 node.client.profile=rfc9293, " +
			"far=yes link.wire.loss=5 % node.client.profile=linux, far=yes link.wire.loss=5 % node.client.profile=rfc9293"},
		"linspace":       {axes: "[sweep.axes]\nlink.wire.loss = { linspace = [0.05, 0.2, 4] }\n", want: "link.wire.loss=0.05, link.wire.loss=0.1, link.wire.loss=0.15, link.wire.loss=0.2"},
		"logspace":       {axes: "[sweep.axes]\nlink.wire.delay = { logspace = [\"1 ms\", \"1 s\", 4] }\n", want: "link.wire.delay=1 ms, link.wire.delay=10 ms, link.wire.delay=100 ms, link.wire.delay=1 s"},
		"step":           {axes: "[sweep.axes]\nnode.server.listen.p80.backlog = { step = [10, 40, 10] }\nnode.server.listen.p80.port = [80]\n", want: "node.server.listen.p80.backlog=10 node.server.listen.p80.port=80, node.server.listen.p80.backlog=20 node.server.listen.p80.port=80, node.server.listen.p80.backlog=30 node.server.listen.p80.port=80, node.server.listen.p80.backlog=40 node.server.listen.p80.port=80"},
		"of a parameter": {axes: "request = \"= size\"\n[param]\nsize = \"1 kB\"\n[sweep.axes]\nparam.size = { linspace = [\"1 kB\", \"3 kB\", 3] }\n", want: "param.size=1 kB, param.size=2 kB, param.size=3 kB"},
		"zip": {axes: "request = \"= a\"\nresponse = \"= b\"\n[param]\na = \"1 B\"\nb = \"1 B\"\n[sweep]\nzip = [[\"a\", \"param.b\"]]\n[sweep.axes]\nparam.a = [\"1 B\", \"2 B\"]\nparam.b = [\"3 B\", \"4 B\"]\n",
			want: "param.a=1 B param.b=3 B, param.a=2 B param.b=4 B"},
		"where":        {axes: "[sweep]\nwhere = \"link.wire.loss * 100 != 10\"\n[sweep.axes]\nlink.wire.loss = [0.05, 0.1, 0.15]\n", want: "link.wire.loss=0.05, link.wire.loss=0.15"},
		"set pins":     {axes: "[sweep.axes]\nlink.wire.loss = [0.05, 0.1]\nlink.wire.delay = [\"1 ms\", \"2 ms\"]\n", sets: []string{"link.wire.loss=0.3"}, want: "link.wire.delay=1 ms, link.wire.delay=2 ms"},
		"whole tables": {axes: "request = \"1 B\"\n[sweep.axes]\nflow.web.arrivals = [{ process = \"even\", rate = \"2/s\", count = 3 }, { process = \"once\" }]\n", want: "flow.web.arrivals={count = 3, process = even, rate = 2/s}, flow.web.arrivals={process = once}"},
		"defaults":     {axes: "[sweep.axes]\ndefault.node.profile = [\"linux\", \"rfc9293\"]\n", want: "default.node.profile=linux, default.node.profile=rfc9293"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, names := swept(t, c.axes, c.sets...); strings.Join(names, ", ") != c.want {
				t.Errorf("points are\n%s, want\n%s", strings.Join(names, ", "), c.want)
			}
		})
	}
}

// The values of an axis take effect, typed, and win over the table and a case.
func TestAxisValues(t *testing.T) {
	f, _ := swept(t, `
[case.a.one]
link.wire.delay = "7 ms"
[sweep.axes]
link.wire.delay = ["1 ms", "2 ms"]
link.wire.loss = ["1 %"]
`)
	p := f.Points[1]
	if d := p.Spec.Links[0].Forward; d.Delay.Mean() != 2*time.Millisecond || d.Loss != 0.01 {
		t.Errorf("the link is %+v", d)
	}
	if c := p.Cases[1]; c.Path != "link.wire.delay" || c.Label != "delay = 2 ms" || c.Value != 2*time.Millisecond || c.Suffix() != "_s" {
		t.Errorf("the choice is %+v", c)
	}
}

// Samples fill the cube: a Latin hypercube has one point in every n-th, the same
// for the same seed.
func TestSample(t *testing.T) {
	const axes = `
[sweep]
sample = { method = "METHOD", points = 20, seed = 7 }
[sweep.axes]
link.wire.loss = { uniform = [0.1, 0.3] }
link.wire.delay = { loguniform = ["1 ms", "1 s"] }
`
	for _, method := range []string{"latin-hypercube", "halton", "random"} {
		f, names := swept(t, strings.Replace(axes, "METHOD", method, 1))
		_, again := swept(t, strings.Replace(axes, "METHOD", method, 1))
		if len(names) != 20 || strings.Join(names, ",") != strings.Join(again, ",") || len(f.Axes) != 1 {
			t.Errorf("%s: %d points on %d axes, the same again: %v", method, len(names), len(f.Axes), again[0] == names[0])
		}
		var losses, delays [20]int
		for _, p := range f.Points {
			l := p.Spec.Links[0].Forward
			losses[min(19, max(0, int((l.Loss-0.1)/0.2*20)))]++
			delays[min(19, max(0, int(math.Log10(float64(l.Delay.Mean())/1e6)/3*20)))]++
		}
		for i := range 20 {
			if method == "latin-hypercube" && (losses[i] != 1 || delays[i] != 1) {
				t.Errorf("part %d of 20 has %d losses and %d delays", i, losses[i], delays[i])
			}
		}
	}
}

func TestFaultsOfAxes(t *testing.T) {
	const param = "request = \"= size\"\n[param]\nsize = \"1 B\"\n"
	for _, c := range []struct{ name, axes, want string }{
		{"no such key", "[sweep.axes]\nlink.wire.los = [1]\n", `x.toml:10:1: sweep.axes.link.wire.los: no such key (did you mean "link.wire.loss"?)`},
		{"no such node", "[sweep.axes]\nnode.sever.count = [1, 2]\n", `x.toml:10:1: sweep.axes.node.sever.count: no node "sever" (did you mean "server"?)`},
		{"no such parameter", "[sweep.axes]\nparam.x = [1, 2]\n", `x.toml:10:1: sweep.axes.param.x: no such key`},
		{"wrong value", "[sweep.axes]\nlink.wire.delay = [\"1 ms\", 2]\n", `x.toml:10:28: sweep.axes.link.wire.delay: 2 has no unit; write "2 s" or "2 min"`},
		{"one value", "[sweep.axes]\nlink.wire.loss = 0.1\n", `x.toml:10:1: sweep.axes.link.wire.loss: an axis is a list of values; write [0.1]`},
		{"no values", "[sweep.axes]\nlink.wire.loss = []\n", `x.toml:10:18: sweep.axes.link.wire.loss: an empty list; write at least one value`},
		{"unknown range", "[sweep.axes]\nlink.wire.loss = { linspce = [0, 1, 2] }\n", `x.toml:10:18: sweep.axes.link.wire.loss: no range of values; write a list, or { linspace }, { logspace }, { step }, { uniform }, { loguniform }`},
		{"range of words", "[sweep.axes]\nnode.client.profile = { linspace = [0, 1, 2] }\n", `x.toml:10:23: sweep.axes.node.client.profile: has no range of values; write a list`},
		{"short range", "[sweep.axes]\nlink.wire.loss = { linspace = [0, 1] }\n", `x.toml:10:18: sweep.axes.link.wire.loss: linspace needs three values; write { linspace = [a, b, n] }`},
		{"range without end", "[sweep.axes]\nlink.wire.loss = { step = [0.5, 0, 0.1] }\n", `x.toml:10:18: sweep.axes.link.wire.loss: [0.5, 0, 0.1] is no range of 1 to 10000 values; write { step = [first, last, step] }`},
		{"logarithm of nothing", "[sweep.axes]\nlink.wire.loss = { logspace = [0, 1, 3] }\n", `x.toml:10:18: sweep.axes.link.wire.loss: a logarithm needs ends above 0`},
		{"nothing drawn", "[sweep]\nsample = { method = \"halton\", points = 3 }\n[sweep.axes]\nlink.wire.loss = [0, 1]\n", `x.toml:10:12: sweep.sample.method: no axis is drawn from; write { uniform = [a, b] } or { loguniform = [a, b] } in [sweep.axes]`},
		{"no sample", "[sweep.axes]\nlink.wire.loss = { uniform = [0, 1] }\n", `x.toml:10:1: sweep.axes.link.wire.loss: drawn from a range, and nothing says how; add sample = { method = "latin-hypercube", points = 64 } under [sweep]`},
		{"zip of unequal", param + "[sweep]\nzip = [[\"size\", \"link.wire.loss\"]]\n[sweep.axes]\nparam.size = [\"1 B\", \"2 B\"]\nlink.wire.loss = [0, 0.1, 0.2]\n", `x.toml:13:7: sweep.zip: param.size has 2 values and link.wire.loss has 3`},
		{"zip of none", "[sweep]\nzip = [[\"link.wire.los\"]]\n[sweep.axes]\nlink.wire.loss = [0, 0.1, 0.2]\n", `x.toml:10:7: sweep.zip: link.wire.los is not in [sweep.axes] (did you mean "link.wire.loss"?)`},
		{"where nowhere", "[sweep]\nwhere = \"link.wire.loss > 1\"\n[sweep.axes]\nlink.wire.loss = [0, 0.1]\n", `x.toml:10:9: sweep.where: holds at no point of the file`},
		{"where measured", "[sweep]\nwhere = \"flow.web.opened.total > 1\"\n", `x.toml:10:9: sweep.where: flow.web.opened.total is measured; only parameters are known here`},
		{"changes nothing", "[param]\nx = 1\n[sweep.axes]\nparam.x = [1, 2]\n", `x.toml:12:1: sweep.axes.param.x: changes nothing`},
		{"hidden default", "[node.client.tcp]\ninitial_window = 3\n[node.server.tcp]\ninitial_window = 4\n[sweep.axes]\ndefault.node.tcp.initial_window = [5, 6]\n", `x.toml:14:1: sweep.axes.default.node.tcp.initial_window: changes nothing; node.client (line 10) and node.server (line 12) set their own`},
		{"the whole file's", "[sweep.axes]\nrun.seed = [1, 2]\n", `x.toml:10:1: sweep.axes.run.seed: holds for the whole file, so an axis cannot change it`},
		{"axis without place", "[sweep.axes]\nlink.wire.loss = [0, 0.25]\n[figure.f]\nkind = \"line\"\nx = \"link.wire.delay\"\ny = \"flow.web.setup_time.mean\"\n",
			`x.toml:11:1: figure.f: the axis link.wire.loss is in no place; make it series or facet, or fix it: where = "link.wire.loss == 0"`},
		{"too many points", "[sweep.axes]\nlink.wire.loss = { linspace = [0, 1, 101] }\nlink.wire.delay = { linspace = [\"0 s\", \"1 s\", 100] }\n", `x.toml:11:1: sweep.axes.link.wire.delay: with it there are 10100 points, more than 10000; draw some of them: { uniform = [a, b] }, and sample = { method = "latin-hypercube", points = 100 } under [sweep]`},
	} {
		if got := strings.Join(faultsOf(t, base+c.axes), "\n"); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// A series may be named by its path, of a parameter by its bare name, and a
// curve runs over the values of an axis.
func TestFiguresOverAxes(t *testing.T) {
	const axes = "request = \"= size\"\n[param]\nsize = \"1 B\"\n[sweep.axes]\nparam.size = [\"1 B\", \"2 B\"]\nlink.wire.loss = [0, 0.25]\n[figure.f]\nkind = \"line\"\nx = \"link.wire.loss\"\ny = \"flow.web.setup_time.mean\"\nseries = \"size\"\n"
	f, _ := swept(t, axes)
	if f.Figures[0].Series != "param.size" {
		t.Errorf("the series is %q", f.Figures[0].Series)
	}
	if _, err := Parse("x.toml", []byte(base+axes), "param.size=5 B"); err != nil {
		t.Errorf("a series of one value: %v", err)
	}
}
