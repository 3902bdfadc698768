package language

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// scope is that of the file closes.toml.
func scope(t *testing.T) (Scope, *Point) {
	f := load(t, "closes.toml")
	return Scope{names: f.names, Metrics: true, Time: true}, f.Points[0]
}

// look answers for metrics with what a table has, for parameters with the point.
func look(p *Point, metrics map[string]any) Lookup {
	return func(s Slot) (any, error) {
		if v, ok := metrics[s.Path]; ok {
			return v, nil
		}
		return p.Lookup(s)
	}
}

func TestExpressions(t *testing.T) {
	sc, p := scope(t)
	metrics := map[string]any{"flow.talk.setup_time.p99_9": 0.25, "link.core.forward.drops.total": 3.0, "flow.talk.failed.no_port.fraction": 0.0,
		"node.client.time_wait.count": flat(7), "flow.talk.setup_time": flat(7)}
	for source, want := range map[string]any{
		"1 / 2":                              0.5, // whole numbers are floats
		"7 % 4 + 2^3":                        11.0,
		"250*ms + 1*minute":                  60.25,
		"segments":                           4.0,
		"param.segments * 2":                 8.0,
		"msl":                                7.5,
		"node.client.count":                  4.0,
		"node.client.tcp.time_wait":          15.0,
		"node.server.tcp.rto_max":            120.0, // the profile's
		"node.client.tcp.synack == 'linux'":  true,
		"node.client.tcp.timestamps ? 1 : 2": 1.0,
		"link.core.rate / Mbps":              100.0,
		"link.access.forward.rate":           math.Inf(1),
		"transmit(1500*B, link.core.rate)":   120e-6,
		"transmit(1500, link.access.rate)":   0.0,
		"link.core.loss":                     0.01,
		"link.core.delay.mean":               0.02, // of a constant too
		"flow.talk.arrivals.rate.mean":       2.0,
		"case.style":                         "four",
		"case.style in ['four', 'half'] and not (case.pace == 'fast')": true,
		"node.client.ports.size": 28232.0,
		"max(0, 1 - 2) + min(3, 2, 4) + sum(1, 2) + median(3, 1, 2) + mean(4)": 11.0,
		"round(1.5) + floor(1.5) + ceil(1.2) + abs(-1)":                        6.0,
		"exp(0) + log(1) + log10(100) + sqrt(4)":                               5.0,
		"flow.talk.setup_time.p99_9 * 4":                                       1.0,
		"link.core.forward.drops.total":                                        3.0,
		"flow.talk.failed.no_port.fraction == 0":                               true,
		"at(node.client.time_wait.count, 3*s)":                                 7.0,
		"quantile(flow.talk.setup_time, 0.5) + cdf(flow.talk.setup_time, 10)":  8.0,
		"mm1_wait(0.5, 2)":                                                     2.0,
	} {
		x, err := Compile(source, sc)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		got, err := x.Value(look(p, metrics))
		if f, ok := got.(float64); ok && err == nil {
			if w, ok := want.(float64); !ok || f != w && math.Abs(f-w) > 1e-12*math.Abs(w) {
				t.Errorf("%s = %v, want %v", source, got, want)
			}
		} else if got != want || err != nil {
			t.Errorf("%s = %v, %v; want %v", source, got, err, want)
		}
	}
	x, err := Compile("min(t, 15*s) * 2", sc)
	if err != nil || !x.Timed {
		t.Fatal(err)
	}
	for at, want := range map[float64]float64{3: 6, 100: 30} {
		if got, err := x.At(at, p.Lookup); got != want || err != nil {
			t.Errorf("at %v: %v, %v", at, got, err)
		}
	}
}

// flat is a metric whose every value is the same.
type flat float64

func (f flat) At(float64) float64       { return float64(f) }
func (f flat) Quantile(float64) float64 { return float64(f) }
func (f flat) CDF(x float64) float64    { return map[bool]float64{false: 0, true: 1}[x >= float64(f)] }
func (f flat) Above(x float64) float64  { return 1 - f.CDF(x) }

func TestBadExpressions(t *testing.T) {
	sc, _ := scope(t)
	for source, want := range map[string]string{
		"flow.web.setup_time.mean > 20 ms":         "a number and a unit are a product (character 31 of the expression); write 20*ms",
		"segmnts":                                  `no name "segmnts" here (did you mean "segments"?)`,
		"flow.tlak.setup_time.mean":                `no flow "tlak" (did you mean "talk"?)`,
		"flow.talk.setup_time.men":                 `flow.talk.setup_time has no "men" (did you mean flow.talk.setup_time.mean?)`,
		"flow.talk.setup_time.total":               `flow.talk.setup_time is a sample and has no "total"; it has n mean sd min max pN`,
		"node.client.tcp.time_wiat":                `node.client has no "tcp.time_wiat" (did you mean node.client.tcp.time_wait?)`,
		"node.server.listen.ecko.syns.rate":        `no node.server.listen "ecko" (did you mean "echo"?)`,
		"case.speed == 'slow'":                     `no such case axis "speed"`,
		"param.mls":                                `no parameter param.mls (did you mean "msl"?)`,
		"flow.talk.failed":                         `flow.talk.failed is a counter; say which number: .total, .fraction, .rate ... (total rate fraction first last)`,
		"node.client.time_wait.count + 1":          `node.client.time_wait.count is a level; say which number: .mean, .max, .end ... (mean sd min max pN end integral dispersion)`,
		"node.client.ports.range":                  `node.client.ports.range is a range of ports and cannot be reckoned with`,
		"handshake(flow.talk).median":              `handshake() has no "median"; a distribution has .mean .sd .failure .p(x) .cdf(x)`,
		"handshake(flow.talk).cdf":                 `handshake() has no "cdf"; a distribution has .mean .sd .failure .p(x) .cdf(x)`,
		"handshake(link.wire).mean":                `handshake() is of a flow; write handshake(flow.NAME)`,
		"handshake(flow.tolk).mean":                `no flow "tolk" (did you mean "talk"?)`,
		"exp(1).mean":                              `exp() is a number and has no parts`,
		"1 + node.client.each.ports.used.max":      `node.client.each.ports.used.max is a list, of a number for each member; write max(node.client.each.ports.used.max), or min, mean, median, sum`,
		"max(node.client.each.ports.usd.max)":      `node.client has no metric "ports.usd" (did you mean node.client.ports.used.max?)`,
		"max(node.client.each.ports.used)":         `node.client.ports.used is a level; say which number: .mean, .max, .end ... (mean sd min max pN end integral dispersion)`,
		"max(node.client.each.tcp.rto_min)":        `node.client.tcp.rto_min is the same for all members; each is of what is measured`,
		"max(flow.talk.each.opened.total)":         `flow.talk has no members; each is of the members of nodes and links`,
		"max(node.client.each.nat.ports_used.max)": `node.client.nat.ports_used.max is not known of each member`,
		"run.events.first":                         `run.events is a counter and has no "first"; it has total rate`,
		"erlang(1, 2)":                             `no function erlang (did you mean "erlang_b"?)`,
		"erlang_c(1, 2)":                           `no function erlang_c (did you mean "erlang_b"?)`,
		"now()":                                    `no function now`,
		"filter([1, 2], # > 1)":                    ``,
		"1 .. 1000000":                             `".." is not part of the language`,
		"'a' matches 'b'":                          `"matches" is not part of the language`,
		"let a = 1; a":                             ``,
		"exp(1, 2)":                                ``,
		"1 +":                                      ``,
		"1 < 'a'":                                  ``,
		"[1, 2]":                                   `[1, 2] is not a number`,
		"":                                         ``,
	} {
		_, err := Compile(source, sc)
		if err == nil || want != "" && err.Error() != want {
			t.Errorf("%q: %v, want %s", source, err, want)
		}
	}
	if _, err := Compile("t", Scope{names: sc.names}); err == nil || !strings.Contains(err.Error(), "figures over time") {
		t.Errorf("t out of its place: %v", err)
	}
	if _, err := Compile("a + flow.x.y + b", sc); err == nil || len(strings.Split(err.Error(), "\n")) != 3 {
		t.Errorf("every path is reported: %v", err)
	}
	x, err := Compile("erlang_b(segments / 3, 1)", sc)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := x.Number(func(Slot) (any, error) { return 4.0, nil }); err == nil {
		t.Errorf("a broken number of places gives %v", v)
	}
}

func TestSlots(t *testing.T) {
	sc, _ := scope(t)
	x, err := Compile("node.server.listen.echo.dropped.synq_full.fraction + segments * flow.talk.setup_time.p99 + flow.talk.setup_time.p99", sc)
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Slots) != 3 {
		t.Fatalf("slots are %+v, want each path once", x.Slots)
	}
	s := x.Slots[0]
	kind, name := s.Of()
	if s.Kind != Statistic || s.Statistic != "fraction" || s.Metric.Path != "node.*.listen.*.dropped.synq_full" || kind != "node" || name != "server" || s.What() != "listen.echo.dropped.synq_full" {
		t.Errorf("slot is %+v", s)
	}
	if text, unit := x.Slots[2].Meaning(); text != "connect() to ESTABLISHED, p99" || unit != "s" {
		t.Errorf("meaning is %q in %q", text, unit)
	}
	failed := errors.New("not measured")
	if _, err := x.Number(func(Slot) (any, error) { return nil, failed }); !errors.Is(err, failed) {
		t.Errorf("a lookup that fails gives %v", err)
	}
}

func TestFigures(t *testing.T) {
	f := load(t, "closes.toml")
	bar, level := f.Figures[0], f.Figures[1]
	if bar.Name != "segments" || bar.Series != "case.pace" || bar.X == nil || len(bar.Y) != 2 || bar.Y[0].Label != "seen" || bar.Y[1].Label != "lost" || bar.Width != 84 {
		t.Errorf("figure is %+v", bar)
	}
	if level.Of == nil || level.Of.Subject != "node.client.time_wait.count" || len(level.Theory) != 1 || !level.Theory[0].Timed || level.YLabel != "connections in TIME-WAIT" {
		t.Errorf("figure is %+v", level)
	}
	wanted := ""
	for _, p := range f.Points {
		if yes, err := level.Wants(p); yes && err == nil {
			wanted += p.Name() + "; "
		}
	}
	if wanted != "style=four pace=slow; style=half pace=slow; style=never pace=slow; " {
		t.Errorf("the figure wants %s", wanted)
	}
	e := f.Expects[0]
	if e.Name != "mean" || e.Equals == nil || e.Within.Kind != StandardErrors || e.Within.Value != 4 || e.That.Kind != Number {
		t.Errorf("expectation is %+v", e)
	}
	got := f.Expects[1].That.Instants(f.Points[0])
	if len(got) != 2 || got[0].At != 3*time.Second || got[1].At != 4*time.Second || got[0].Slot.Subject != "node.client.time_wait.count" {
		t.Errorf("instants are %+v", got)
	}
	if out := f.Output; fmt.Sprint(out.Figures) != "[svg]" || len(out.Series) != 1 || out.Series[0].Kind != Whole {
		t.Errorf("output is %+v", out)
	}
}

// A parameter that every case sets otherwise tells the cases of a curve apart.
func TestCurveOverCases(t *testing.T) {
	const cases = "[case.far.a]\nlink.wire.delay = \"1 ms\"\n[case.far.b]\nlink.wire.delay = \"2 ms\"\n[case.os.c]\n[case.os.d]\n"
	for series, want := range map[string]bool{"": false, "series = \"case.os\"\n": true, "series = \"case.far\"\n": false, "where = \"case.os == 'c'\"\n": true} {
		_, err := Parse("x", []byte(base+cases+"[figure.f]\nkind = \"line\"\nx = \"link.wire.delay / 2\"\ny = \"flow.web.setup_time.mean\"\n"+series))
		if (err == nil) != want {
			t.Errorf("with %q: %v", series, err)
		}
	}
}

// A file without figures gets those that suit it.
func TestUsualFigures(t *testing.T) {
	for src, want := range map[string]string{
		base: "ladder_web ladder of x: web",
		base + "arrivals = { process = \"even\", rate = \"9/s\", count = 4 }\n": "setup_web ccdf of x: web, time_wait_client time of x: client, time_wait_server time of x: server",
	} {
		f, err := Parse("x", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, g := range f.Figures {
			got = append(got, g.Name+" "+g.Kind+" of "+g.Title)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("figures are %v, want %s", got, want)
		}
	}
}
