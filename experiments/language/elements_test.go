package language

import (
	"strings"
	"testing"
)

// elements is a file whose response has parameters to change.
const elements = base + `response = { dist = "lognormal", median = "10 kB", sigma = 1.5, max = "50 MB" }
service = { dist = "exponential", mean = "= hold / 2" }
[param]
hold = "4 ms"
[link.wire.rule.late]
match = "data"
do = "delay"
delay = { dist = "uniform", min = "= hold", max = "= 3 * hold" }
`

// TestElements holds that parameters of a table are set one by one: in a case, on an
// axis, by --set; that expressions name them, and that they may be computed.
func TestElements(t *testing.T) {
	response := func(p *Point) string { return p.Spec.Flows[0].Response.String() }
	f, err := Parse("x.toml", []byte(elements+`
[case.tail.heavy]
flow.web.response.sigma = 2
[case.tail.light]
flow.web.response = { sigma = 0.5, max = "1 MB" }
[case.tail.none]
flow.web.response = "1 kB"
[case.tail.other]
flow.web.response = { dist = "exponential", mean = "1 kB" }
[sweep.axes]
param.hold = ["4 ms", "8 ms"]
`))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		`{ dist = "lognormal", max = "50 MB", median = "10 kB", sigma = 2 }`, `{ dist = "lognormal", max = "1 MB", median = "10 kB", sigma = 0.5 }`,
		`"1 kB"`, `{ dist = "exponential", mean = "1 kB" }`,
	} {
		if got := response(f.Points[2*i]); got != want {
			t.Errorf("case %d: response is %s, want %s", i, got, want)
		}
	}
	for i, want := range []string{"4 ms", "8 ms"} {
		p := f.Points[i]
		if got := Format(p.Spec.Links[0].Rules[0].Delay.Dist.Mean() / 1e6); got != map[string]string{"4 ms": "8", "8 ms": "16"}[want] {
			t.Errorf("hold = %s: the mean delay is %s ms", want, got)
		}
		if got := p.Spec.Flows[0].Service.String(); got != `{ dist = "exponential", mean = "`+map[string]string{"4 ms": "2 ms", "8 ms": "4 ms"}[want]+`" }` {
			t.Errorf("hold = %s: service is %s", want, got)
		}
	}

	swept := elements + `
[sweep.axes]
flow.web.response.sigma = { linspace = [0.5, 1, 2] }
flow.web.response.max = { linspace = ["1 MB", "2 MB", 2] }
[figure.f]
kind = "line"
x = "flow.web.response.sigma"
y = "flow.web.job_time.mean"
series = "flow.web.response.max"
`
	if f, err = Parse("x.toml", []byte(swept)); err != nil {
		t.Fatal(err)
	}
	if got := response(f.Points[1]); got != `{ dist = "lognormal", max = "2 MB", median = "10 kB", sigma = 0.5 }` || len(f.Points) != 4 {
		t.Errorf("%d points, the second has %s", len(f.Points), got)
	}
	for expr, want := range map[string]float64{"flow.web.response.sigma": 1, "flow.web.response.max / MB": 2, "flow.web.service.mean": 0.002, "link.wire.rule.late.delay.max": 0.012} {
		x, err := f.Compile(expr)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		if got, err := x.Number(f.Points[3].Lookup); err != nil || got != want {
			t.Errorf("%s is %v, %v, want %v", expr, got, err, want)
		}
	}
	if f, err = Parse("x.toml", []byte(swept), "flow.web.response.sigma=0.7", "flow.web.response.median=1 kB"); err != nil {
		t.Fatal(err)
	}
	if got := response(f.Points[0]); got != `{ dist = "lognormal", max = "1 MB", median = "1 kB", sigma = 0.7 }` || len(f.Points) != 2 {
		t.Errorf("%d points, the first has %s", len(f.Points), got)
	}
	f, err = Parse("x.toml", []byte(base+"[link.wire.forward]\nloss = { model = \"gilbert-elliott\", p = 0.1, r = 0.5 }\n[sweep.axes]\nlink.wire.forward.loss.p = [0.2, 0.3]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if b := f.Points[1].Spec.Links[0].Forward.Bursts; b == nil || b.P != 0.3 || b.R != 0.5 {
		t.Errorf("loss is %+v", b)
	}
}

// TestFaultsOfElements says what is wrong with them.
func TestFaultsOfElements(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"of no table", base + "response = \"1 kB\"\n[case.c.a]\nflow.web.response.sigma = 2\n", `x.toml:11:27: case.c.a.flow.web.response: a table without dist is no distribution; write { dist = "uniform", min = ..., max = ... }; there are choice constant empirical exponential gamma lognormal pareto uniform weibull`},
		{"of another law", elements + "[case.c.a]\nflow.web.response.alpha = 2\n", `x.toml:18:27: case.c.a.flow.web.response: no parameter "alpha" of lognormal; it has min max median mean sigma`},
		{"of none", elements + "[case.c.a]\nflow.web.response.sigmoid = 2\n", `x.toml:18:29: case.c.a.flow.web.response: no parameter "sigmoid" of lognormal; it has min max median mean sigma`},
		{"an axis of none", elements + "[sweep.axes]\nflow.web.response.sigm = [1, 2]\nflow.web.response.max = [\"1 MB\", \"2 MB\"]\n", `x.toml:18:1: sweep.axes.flow.web.response.sigm: no such key (did you mean "flow.web.response"?)`},
		{"not a number", elements + "[sweep.axes]\nflow.web.response.sigma = [\"x\"]\n", `x.toml:18:28: sweep.axes.flow.web.response.sigma: "x" is not a number; write 1.5`},
		{"computed by no name", base + "service = { dist = \"exponential\", mean = \"= hold\" }\n", `x.toml:9:11: flow.web.service: no name "hold" here (did you mean "hour"?)`},
		{"computed from itself", base + "service = { dist = \"exponential\", mean = \"= flow.web.service.mean\" }\n", `x.toml:9:11: flow.web.service: is computed from itself`},
		{"computed wrongly", base + "service = { dist = \"exponential\", mean = \"= 0 - 1\" }\n", `x.toml:9:11: flow.web.service: -1 s is no duration`},
		{"a word cannot be", base + "service = { dist = \"= 1\", mean = \"1 s\" }\n", `x.toml:9:11: flow.web.service: dist cannot be computed`},
		{"asked of a constant", base + "[expect.e]\nthat = \"link.wire.delay.sigma > 1\"\n", `x.toml:10:8: expect.e.that: link.wire.delay is no table and has no sigma`},
	} {
		t.Run(c.name, func(t *testing.T) { wantFaults(t, c.src, strings.Split(c.want, "\n")...) })
	}
}
