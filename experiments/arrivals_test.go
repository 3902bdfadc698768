package experiments

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"netsim/experiments/language"
)

func init() {
	for key, test := range map[string]string{"speaks": "TestGreeting", "read_rate": "TestSlowReader", "arrivals.batch": "TestBatches", "arrivals.gap": "TestRenewal",
		"arrivals.rates": "TestMMPP", "arrivals.stay": "TestMMPP", "arrivals.by": "TestTriggered", "arrivals.fan_out": "TestTriggered", "arrivals.wait": "TestTriggered", "arrivals.file": "TestTrace"} {
		elsewhere["flow.*."+key] = test
	}
}

// arriving is a flow of nothing but arrivals, for which a port is left from each.
const arriving = pair + `
delay = "1 ms"
[node.many]
count = %d
[link.far]
ends = ["many", "server"]
delay = "1 ms"
[flow.web]
from = "many"
to = "server:80"
close.by = "server"
arrivals = { %s }
[run]
duration = "%s"
replications = %d
[flow.rest]
from = "client"
to = "server:80"
`

// windows counts the jobs of a run without the rest: mean and variance over the
// replications.
func windows(t *testing.T, hosts int, arrivals, duration string, n int) (mean, variance float64) {
	t.Helper()
	s := study(t, fmt.Sprintf(arriving, hosts, arrivals, duration, n))
	var sum, squares float64
	for _, o := range s.Points[0].Outcomes {
		x := o.Measures["flow.web.jobs"].Statistic("total")
		sum, squares = sum+x, squares+x*x
	}
	mean = sum / float64(n)
	return mean, (squares - sum*mean) / float64(n-1)
}

// TestRenewal: with gaps of mean m and deviation s, arrivals in a long time t are
// t/m on average and vary by s^2 t/m^3 (Cox 1962, Renewal Theory, 4.5).
func TestRenewal(t *testing.T) {
	const n, span, m = 200, 30.0, .1
	for law, sd := range map[string]float64{
		`{ dist = "uniform", min = "0 ms", max = "200 ms" }`: .2 / math.Sqrt(12), `{ dist = "gamma", mean = "100 ms", k = 4 }`: .05, `"100 ms"`: 0,
	} {
		mean, variance := windows(t, 1, `process = "renewal", gap = `+law, "30 s", n)
		// Renewals of an ordinary process are fewer by (m^2 - s^2) / 2m^2 to first order.
		want, wantVar := span/m-(m*m-sd*sd)/(2*m*m), sd*sd*span/(m*m*m)
		if sd == 0 {
			if mean != 299 || variance != 0 {
				t.Errorf("%s: %v arrivals, variance %v; want 299 each time", law, mean, variance)
			}
			continue
		}
		if se := math.Sqrt(wantVar / n); math.Abs(mean-want) > 4*se {
			t.Errorf("%s: %v arrivals, want %v within %v (seed 1)", law, mean, want, 4*se)
		}
		if se := wantVar * math.Sqrt(2./n); math.Abs(variance-wantVar) > 4*se+.1*wantVar {
			t.Errorf("%s: variance %v, want %v within %v (seed 1)", law, variance, wantVar, 4*se)
		}
	}
}

// TestMMPP: two rates a and b that hold for exponential times of mean 1/u and 1/v
// are (a v + b u)/(u + v) on average, from the start on, and in a time t vary by
// t times that and 2 u v (a-b)^2 / (u+v)^3 (t - (1-exp(-(u+v)t))/(u+v)) more (Fischer and
// Meier-Hellstern 1993).
func TestMMPP(t *testing.T) {
	const n, span, a, b, u, v = 200, 30.0, 0.0, 40.0, 1 / .9, 1 / .3
	mean, variance := windows(t, 1, `process = "mmpp", rates = ["0", "40/s"], stay = ["900 ms", "300 ms"]`, "30 s", n)
	want := (a*v + b*u) / (u + v) * span
	wantVar := want + 2*u*v*(a-b)*(a-b)/math.Pow(u+v, 3)*(span-(1-math.Exp(-(u+v)*span))/(u+v))
	if se := math.Sqrt(wantVar / n); math.Abs(mean-want) > 4*se {
		t.Errorf("%v arrivals, want %v within %v (seed 1)", mean, want, 4*se)
	}
	if se := wantVar * math.Sqrt(2./n); math.Abs(variance-wantVar) > 4*se {
		t.Errorf("variance %v, want %v within %v (seed 1)", variance, wantVar, 4*se)
	}
}

// TestBatches: batches of 1 or 3, equally often, are twice as many jobs as arrivals
// and 5 times as varied; a count is of jobs.
func TestBatches(t *testing.T) {
	const n = 200
	mean, variance := windows(t, 1, `process = "poisson", rate = "10/s", batch = { dist = "choice", values = [1, 3] }`, "20 s", n)
	if se := math.Sqrt(1000. / n); math.Abs(mean-400) > 4*se {
		t.Errorf("%v jobs, want 400 within %v (seed 1)", mean, 4*se)
	}
	if se := 1000 * math.Sqrt(2./n); math.Abs(variance-1000) > 4*se {
		t.Errorf("variance %v, want 1000 within %v (seed 1)", variance, 4*se)
	}
	if mean, variance = windows(t, 1, `process = "even", rate = "10/s", batch = 3, count = 50`, "20 s", 2); mean != 50 || variance != 0 {
		t.Errorf("%v jobs of batches of 3, want 50", mean)
	}
}

// TestPerPair: the rate is that of each client to every server.
func TestPerPair(t *testing.T) {
	s := study(t, `
[node.client]
count = 3
[node.edge]
kind = "router"
[node.server]
count = 4
[link.near]
ends = ["client", "edge"]
delay = "1 ms"
[link.wire]
ends = ["edge", "server"]
delay = "1 ms"
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "1/s", count = 5, per = "pair" }
`)
	if n := s.value(t, "flow.web.jobs.total"); n != 60 {
		t.Errorf("%v jobs, want 60", n)
	}
	if n := s.value(t, "node.server.syn_received.entered.total"); n != 60 {
		t.Errorf("%v connections at the servers, want 60", n)
	}
}

// TestRateInTime: a rate that follows a schedule, and one that an event changes, give
// as many arrivals as its integral.
func TestRateInTime(t *testing.T) {
	mean, _ := windows(t, 1, `process = "even", rate = { shape = "steps", points = [["0 s", "1/s"], ["10 s", "10/s"], ["20 s", "2/s"]] }`, "30 s", 1)
	if math.Abs(mean-130) > 1 {
		t.Errorf("%v even arrivals, want 130", mean)
	}
	const n = 100
	mean, variance := windows(t, 1, `process = "poisson", rate = { shape = "linear", points = [["0 s", "1/s"], ["20 s", "21/s"]], period = "40 s" }`, "80 s", n)
	if se := math.Sqrt(880. / n); math.Abs(mean-880) > 4*se {
		t.Errorf("%v arrivals, want 880 within %v (seed 1)", mean, 4*se)
	}
	if se := 880 * math.Sqrt(2./n); math.Abs(variance-880) > 4*se {
		t.Errorf("variance %v, want that of Poisson, 880, within %v (seed 1)", variance, 4*se)
	}
	s := study(t, fmt.Sprintf(arriving, 1, `process = "poisson", rate = "0.001/s"`, "30 s", n)+`
[event.rush]
at = "10 s"
for = "10 s"
set.flow.web.arrivals.rate = "50/s"
`)
	if got := s.value(t, "flow.web.jobs.total"); math.Abs(got-500) > 4*math.Sqrt(500./n) {
		t.Errorf("%v arrivals in a rush of 10 s, want 500 (seed 1)", got)
	}
}

// TestTrace: arrivals come at the times of a file, in its unit.
func TestTrace(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a.txt": "0 s\n1.5 s # half\n\n2 s\n", "b.txt": "ms\n0\n1500\n2000\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "x.toml")
		source := pair + "delay = \"10 ms\"\n[flow.web]\nfrom = \"client\"\nto = \"server:80\"\narrivals = { process = \"trace\", file = \"" + name + "\" }\n"
		if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
		f, err := Load(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Run(t.Context(), f, Options{Connections: 3})
		if err != nil {
			t.Fatal(err)
		}
		if n := s.value(t, "flow.web.jobs.total"); n != 3 {
			t.Errorf("%s: %v jobs, want 3", name, n)
		}
		if at := entered(s.Points[0].Ladders["web"][1], 0, "SYN-SENT"); at != 1_500_000_000 {
			t.Errorf("%s: the second came at %d ns, want 1.5 s", name, at)
		}
	}
	for text, want := range map[string]string{"1 s\n0 s\n": "times are there, and ascend", "1.5\n": "has no unit", "": "times are there"} {
		if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Load(filepath.Join(dir, "x.toml"), "flow.web.arrivals.file=a.txt")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// tiers is a flow whose requests make its server ask two others.
const tiers = `
[node.client]
[node.edge]
kind = "router"
[node.front]
[node.back]
count = 2
[link.a]
ends = ["client", "edge"]
delay = "10 ms"
[link.b]
ends = ["front", "edge"]
delay = "5 ms"
[link.c]
ends = ["back", "edge"]
delay = "5 ms"
[flow.web]
from = "client"
to = "front:80"
request = "100 B"
response = "100 B"
exchanges = 2
[flow.query]
from = "front"
to = "back:5432"
pick = "round-robin"
request = "100 B"
response = "100 B"
service = "7 ms"
arrivals = { process = "triggered", by = "web", fan_out = 3, wait = %v }
`

// TestTriggered: each request makes its server open connections of its own, and the
// response waits for all of them: for two round trips of 20 ms and 7 ms.
func TestTriggered(t *testing.T) {
	for wait, want := range map[bool]float64{true: .03 + 2*(.03+.047), false: .03 + 2*.03} {
		s := study(t, fmt.Sprintf(tiers, wait))
		if n := s.value(t, "flow.query.jobs_done.total"); n != 6 {
			t.Errorf("wait %v: %v jobs were triggered, want 6", wait, n)
		}
		if got := s.value(t, "flow.web.job_time.max"); math.Abs(got-want) > 1e-9 {
			t.Errorf("wait %v: a job took %v s, want %v", wait, got, want)
		}
	}
	for arrivals, want := range map[string]string{
		`process = "triggered"`:                                     "by: is missing",
		`process = "triggered", by = "wob"`:                         `no flow "wob" (did you mean "web"?)`,
		`process = "triggered", by = "query"`:                       "flow.query would trigger itself",
		`process = "even", by = "web"`:                              `process "even" has no by; write process = "triggered"`,
		`process = "mmpp", rates = ["1/s"]`:                         "stay: is missing",
		`process = "renewal"`:                                       "gap: is missing",
		`process = "users", per = "pair", users = 1, think = "1 s"`: `per: a user calls whichever server is picked`,
	} {
		source := strings.ReplaceAll(fmt.Sprintf(tiers, true), `process = "triggered", by = "web", fan_out = 3, wait = true`, arrivals)
		_, err := language.Parse("test.toml", []byte(source))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", arrivals, err, want)
		}
	}
}

// TestGreeting: a server that speaks first says each response before its request;
// the job is done when the last request is on its way.
func TestGreeting(t *testing.T) {
	s := study(t, pair+`
delay = "10 ms"
[flow.mail]
from = "client"
to = "server:25"
speaks = "server"
request = "50 B"
response = "80 B"
exchanges = 3
service = "2 ms"
`)
	// The greeting is there after 40 ms and 2 ms, each further one 22 ms later.
	if got := s.value(t, "flow.mail.job_time.max"); math.Abs(got-(.042+2*.022)) > 1e-9 {
		t.Errorf("the job took %v s, want 86 ms", got)
	}
	if n, m := s.value(t, "flow.mail.bytes.total"), s.value(t, "flow.mail.closed.clean.total"); n != 3*130 || m != 1 {
		t.Errorf("%v bytes, %v closed in order; want 390 and 1", n, m)
	}
	if got := s.value(t, "flow.mail.first_byte_time.max"); math.Abs(got-.042) > 1e-9 {
		t.Errorf("the greeting came after %v s, want 42 ms", got)
	}
}

// TestSlowReader: a reader of r bit/s is N/r busy with N bytes, and the connection
// open as long, however large the buffers.
func TestSlowReader(t *testing.T) {
	for _, by := range []string{"client", "server"} {
		s := study(t, pair+`
delay = "10 ms"
[flow.slow]
from = "client"
to = "server:80"
request = "100 B"
response = "1 MB"
read_rate = "1 Mbps"
close.by = "`+by+`"
`)
		if got := s.value(t, "flow.slow.job_time.max"); math.Abs(got-8.04) > .1 {
			t.Errorf("closed by the %s: the job took %v s, want 8 s and two round trips", by, got)
		}
		if n, m := s.value(t, "flow.slow.bytes.total"), s.value(t, "flow.slow.closed.clean.total"); n != 1e6+100 || m != 1 {
			t.Errorf("closed by the %s: %v bytes, %v closed in order", by, n, m)
		}
	}
}

// TestUnread: who closes with data unread resets, and has no TIME_WAIT.
func TestUnread(t *testing.T) {
	for _, by := range []string{"client", "server"} {
		s := study(t, pair+`
delay = "10 ms"
[flow.rude]
from = "client"
to = "server:80"
request = "9 kB"
response = "9 kB"
close = { by = "`+by+`", how = "unread" }
`)
		if n, m := s.value(t, "flow.rude.closed.reset.total"), s.value(t, "node."+by+".resets.sent.total"); n != 1 || m != 1 {
			t.Errorf("closed by the %s: %v closed by reset, %v resets", by, n, m)
		}
		if n := s.value(t, "node."+by+".time_wait.entered.total"); n != 0 {
			t.Errorf("closed by the %s: %v times in TIME_WAIT", by, n)
		}
	}
}
