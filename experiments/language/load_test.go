package language

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"netsim/tcp"
	"netsim/wire"
)

func TestHandshakeSpec(t *testing.T) {
	f := load(t, "handshake.toml")
	if f.Title != "One connection opens" || f.Chapter != "opening" || len(f.Points) != 1 || f.Points[0].Name() != "" {
		t.Errorf("title %q, chapter %q, %d points", f.Title, f.Chapter, len(f.Points))
	}
	s := f.Points[0].Spec
	if s.Run.Drain != 5*time.Minute || s.Run.Seed != 1 || s.Run.Replications != 1 || s.Run.Confidence != 0.95 || s.Run.Duration != 0 {
		t.Errorf("run is %+v", s.Run)
	}
	if len(s.Nodes) != 2 || s.Nodes[0].Name != "client" || s.Nodes[0].Count != 1 || s.Nodes[0].Profile != "linux" || s.Nodes[0].TCP.TimeWait != time.Minute {
		t.Errorf("nodes are %+v", s.Nodes)
	}
	if l := s.Nodes[1].Listeners; len(l) != 1 || l[0].Name != "p80" || l[0].Port != 80 || !l[0].Implied || l[0].Backlog != nil {
		t.Errorf("the flow makes the listener %+v, want p80", l)
	}
	as := func(d Direction) bool {
		delay := d.Delay.Mean()
		return d.Rate == 10_000_000 && delay == 10*time.Millisecond && d.MTU == 1500 && d.Up && d.Queue.Kind == "drop-tail" && d.Queue.Limit == Limit{Packets: 1000}
	}
	if l := s.Links[0]; !as(l.Forward) || !as(l.Back) || l.Weight != 1 || !slices.Equal(l.Ends, []string{"client", "server"}) {
		t.Errorf("link is %+v", l)
	}
	w := s.Flows[0]
	if w.Close.By != "nobody" || w.Arrivals.Process != "once" || w.Exchanges.Mean() != 1 || w.To[0] != (Target{"server", -1, -1, 80, "p80"}) {
		t.Errorf("flow is %+v", w)
	}
	if !slices.Equal(s.Params, []Param{{Name: "syn", Value: Size(60)}, {Name: "ack", Value: Size(52)}}) {
		t.Errorf("parameters are %v", s.Params)
	}
}

func point(t *testing.T, f *File, name string) *Point {
	t.Helper()
	for _, p := range f.Points {
		if p.Name() == name {
			return p
		}
	}
	t.Fatalf("no point %q", name)
	return nil
}

func TestPoints(t *testing.T) {
	f := load(t, "closes.toml")
	var names []string
	for _, p := range f.Points {
		names = append(names, p.Name())
	}
	want := "style=four pace=slow, style=four pace=fast, style=half pace=slow, style=half pace=fast, style=never pace=slow, style=never pace=fast"
	if got := strings.Join(names, ", "); got != want {
		t.Errorf("points are\n%s, want\n%s", got, want)
	}
	if f.Points[0].Cases[0].Label != "four segments" || f.Points[2].Cases[0].Label != "half" || f.Axes[0].Paths[0] != "case.style" {
		t.Errorf("axes are %+v", f.Axes)
	}
}

// Who wins, weakest first: defaults of the schema, [default], the table, a case,
// --set; and a table that names its process replaces the one below whole.
func TestPrecedence(t *testing.T) {
	f := load(t, "closes.toml")
	slow, fast := point(t, f, "style=four pace=slow").Spec, point(t, f, "style=never pace=fast").Spec
	if got := slow.Node("client").TCP.TimeWait; got != 15*time.Second {
		t.Errorf("the table over [default], computed: %v", got)
	}
	if got := slow.Node("server").TCP.TimeWait; got != 30*time.Second {
		t.Errorf("[default] over the profile: %v", got)
	}
	if got := fast.Node("server").TCP.TimeWait; got != 0 {
		t.Errorf("a case over all: %v", got)
	}
	if got := fast.Node("client").TCP.RTOMin; got != 300*time.Millisecond {
		t.Errorf("[default] reaches every node: %v", got)
	}
	if a := slow.Flows[0].Arrivals; a.Process != "even" || a.Rate != 2 || a.Count != 10 {
		t.Errorf("arrivals of the table: %+v", a)
	}
	if a := fast.Flows[0].Arrivals; a.Process != "poisson" || a.Count != Unlimited || a.Stop != 10*time.Second || a.Rate != 1000./60 {
		t.Errorf("a table with a process replaces the other whole: %+v", a)
	}
	if c := point(t, f, "style=half pace=slow").Spec.Flows[0].Close; c.How != "half" || c.By != "client" || c.Reply.Mean() != 100*time.Millisecond {
		t.Errorf("a table without one merges: %+v", c)
	}
	if reply, fixed := fast.Flows[0].Close.Reply.Fixed(); !fixed || reply != Never {
		t.Errorf("never is %v", reply)
	}
	if got := slow.Flows[0].Response.Mean(); got != 1000 {
		t.Errorf("computed response: %d", got)
	}
	l := slow.Links[0]
	if l.Back.Rate != 2_000_000 || l.Forward.Rate != Unlimited || l.Back.Delay.Mean() != 5*time.Millisecond {
		t.Errorf("[back] over the link: %+v", l)
	}
	if r := slow.Links[1].Rules[0]; !slices.Equal(r.Nth, []Range{{1, 1}, {3, 5}}) || r.Per != "link" || r.Probability != 1 {
		t.Errorf("rule is %+v", r)
	}
	if to := slow.Flows[1].To; to[0].Port != 7 || to[0].Listener != "echo" || to[1].Listener != "p9" {
		t.Errorf("destinations are %+v", to)
	}
	if from := slow.Flows[1].From[0]; from.First != 1 || from.Last != 2 {
		t.Errorf("members are %+v", from)
	}
	if got := slow.Params[2]; got != (Param{Name: "waits", Value: 30 * time.Second}) {
		t.Errorf("a direct copy keeps its unit: %v", got)
	}
}

// TestQueueOfAnotherKind: a case that names another discipline keeps the limit,
// and nothing that only the other one has.
func TestQueueOfAnotherKind(t *testing.T) {
	f, err := Parse("x.toml", []byte(base+`
[link.wire.queue]
kind = "red"
limit = "50 packets"
gentle = true
[case.q.other]
link.wire.queue.kind = "codel"
[case.q.whole]
link.wire.queue = { kind = "pie", limit = "9 packets" }
`))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]Queue{
		"q=other": {Kind: "codel", Limit: Limit{Packets: 50}},
		"q=whole": {Kind: "pie", Limit: Limit{Packets: 9}},
	} {
		if got := point(t, f, name).Spec.Links[0].Forward.Queue; got.Kind != want.Kind || got.Limit != want.Limit || got.Gentle {
			t.Errorf("%s: the queue is %+v", name, got)
		}
	}
}

// TestPinned says what one case of several may leave without a point, and what a
// look at one run may do without.
func TestPinned(t *testing.T) {
	source := base + `
[case.far.no]
[case.far.yes]
link.wire.delay = "150 ms"
[run]
replications = 2
[expect.e]
that   = "flow.web.setup_time.mean"
equals = "300*ms"
where  = "case.far == 'yes'"
`
	if _, err := Parse("x.toml", []byte(source), "case.far=no", "run.replications=1"); err != nil {
		t.Error(err)
	}
}

func TestSet(t *testing.T) {
	f := load(t, "closes.toml", "case.style=four", "flow.talk.arrivals.rate=5/s", "node.client.count=3", "param.msl=1 s",
		"flow.talk.from=client[0]", `link.core.rule.last_ack.nth=[2, "4..5"]`, "node.server.tcp.timestamps=false", "title=2 closes")
	if len(f.Points) != 2 {
		t.Fatalf("a pinned axis leaves %d points", len(f.Points))
	}
	s := f.Points[0].Spec
	if s.Flows[0].Arrivals.Rate != 5 || s.Flows[0].Arrivals.Process != "even" {
		t.Errorf("arrivals are %+v", s.Flows[0].Arrivals)
	}
	if s.Node("client").Count != 3 || s.Node("client").TCP.TimeWait != 2*time.Second || s.Node("server").TCP.Timestamps {
		t.Errorf("node is %+v", s.Node("client"))
	}
	if from := s.Flows[0].From[0]; from.First != 0 || from.Last != 0 {
		t.Errorf("from is %+v", from)
	}
	if r := s.Links[1].Rules[0]; !slices.Equal(r.Nth, []Range{{2, 2}, {4, 5}}) {
		t.Errorf("rule is %+v", r)
	}
	if f.Title != "2 closes" {
		t.Errorf("title is %q", f.Title)
	}
}

// Profile values are seen by expressions, and are not settings.
func TestProfileValues(t *testing.T) {
	f, err := Parse("x", []byte(base+"[param]\nT = \"= node.server.tcp.time_wait\"\nc = \"= node.client.ports.size\"\n[node.server.memory.per]\ntime_wait = \"1 kB\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	p := f.Points[0]
	for path, want := range map[string]any{
		"param.T": 60 * time.Second, "param.c": 28232.0, "node.client.memory.per.time_wait": Size(256), "node.server.memory.per.time_wait": Size(1000),
		"node.client.tcp.syn_retries": int64(10), "node.client.tcp.synack": "linux", "node.server.listen.p80.backlog": int64(4096), "node.client.tcp.user_timeout": Never, "link.wire.rate": Rate(Unlimited),
	} {
		if got, ok := p.Value(path); !ok || got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if m := p.Spec.Node("server").TCP.Bytes; m[tcp.TimeWaiting] != 1000 || m[tcp.Established] != 3584 {
		t.Errorf("memory is %v", m)
	}
	for k := range Keys() {
		if key, ok := strings.CutPrefix(k.Path, "node.*."); ok && k.Supported() && k.Default == "(profile)" {
			if v := profileValue(tcp.RFC9293(), key); v == nil && key != "listen.*.backlog" {
				t.Errorf("no profile value for %s", k.Path)
			}
		}
	}
}

// What was loaded is only read: runs at the same time share it.
func TestPointIsOnlyRead(t *testing.T) {
	p := load(t, "closes.toml").Points[0]
	c := p.Spec.config
	before := len(c.done)
	for k := range Keys() {
		for _, name := range []string{"client", "core", "talk", "msl"} {
			p.Value(strings.Replace(k.Path, "*", name, 1))
		}
	}
	p.Spec.Effective()
	if len(c.done) != before || len(c.busy) != 0 || len(c.faults) != 0 {
		t.Errorf("%d values became %d, faults %v", before, len(c.done), c.faults)
	}
}

func TestPairs(t *testing.T) {
	for _, c := range []struct {
		n, m int
		pair string
		want string
	}{
		{1, 1, "each", "00"}, {3, 1, "each", "00 10 20"}, {1, 2, "each", "00 01"}, {2, 2, "one-to-one", "00 11"},
		{2, 2, "all-to-all", "00 01 10 11"}, {4, 2, "blocks", "00 10 21 31"}, {2, 4, "blocks", "00 01 12 13"},
		{4, 2, "round-robin", "00 11 20 31"}, {2, 5, "round-robin", "00 11 02 13 04"},
	} {
		s := &Spec{Nodes: []Node{{Name: "a", Count: c.n}, {Name: "b", Count: c.m}}}
		var got []string
		for a, b := range s.Pairs(&Link{Ends: []string{"a", "b"}, Pair: c.pair}) {
			got = append(got, string(rune('0'+a))+string(rune('0'+b)))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%d with %d, %s: %v, want %s", c.n, c.m, c.pair, got, c.want)
		}
	}
}

// The effective configuration is an experiment file of its own, whose effective
// configuration is the same text.
func TestEffective(t *testing.T) {
	for _, name := range []string{"handshake.toml", "closes.toml"} {
		for _, p := range load(t, name).Points {
			text := p.Spec.Effective()
			again, err := Parse("effective.toml", []byte(text))
			if err != nil {
				t.Fatalf("%s at %s: %v\n%s", name, p.Name(), err, text)
			}
			if back := again.Points[0].Spec.Effective(); back != text {
				t.Errorf("%s at %s: effective\n%s\nreads back as\n%s", name, p.Name(), text, back)
			}
		}
	}
	text := load(t, "closes.toml").Points[0].Spec.Effective()
	for _, line := range []string{"[node.client]\nkind = \"host\"\ncount = 4\n", "tcp.time_wait = \"15 s\"\n", "arrivals.process = \"even\"\narrivals.rate = \"2/s\"\n",
		"[link.core.rule.last_ack]\n", "nth = [\"1\", \"3..5\"]\n", "[node.server.listen.p9]\nport = 9\n", "waits = \"30 s\"\n", "loss = 0.01\n"} {
		if !strings.Contains(text, line) {
			t.Errorf("no %q in\n%s", line, text)
		}
	}
}

func TestReach(t *testing.T) {
	const pods = "[node.a]\ncount = 4\n[node.b]\ncount = 2\nkind = \"router\"\n[node.c]\n[link.ab]\nends = [\"a\", \"b\"]\npair = \"blocks\"\ndelay = \"1 ms\"\n[link.bc]\nends = [\"b\", \"c\"]\ndelay = \"1 ms\"\n"
	for _, c := range []struct{ name, src, want string }{
		{"a host on two routers", pods + "[flow.f]\nfrom = \"a\"\nto = \"c:1\"\n", ""},
		{"within a block", pods + "[flow.f]\nfrom = \"a[0]\"\nto = \"a[1]:1\"\n", ""},
		{"between blocks the host does not forward", pods + "[flow.f]\nfrom = \"a[0]\"\nto = \"a[2]:1\"\n",
			`x.toml:16:6: flow.f.to: no way from "a[0]" to "a[2]": "c" is a host and does not forward; add kind = "router" under [node.c]`},
		{"one to one", "[node.a]\ncount = 2\n[node.b]\ncount = 2\n[link.l]\nends = [\"a\", \"b\"]\npair = \"one-to-one\"\ndelay = \"1 ms\"\n[flow.f]\nfrom = \"a\"\nto = \"b:1\"\n",
			`x.toml:11:6: flow.f.to: no way from "a[0]" to "b[1]"; join them by a link, or by links over routers`},
	} {
		_, err := Parse("x.toml", []byte(c.src))
		if got := strings.TrimPrefix(errText(err), ""); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// A network of a hundred thousand hosts is looked through in no time.
func TestLargeGroups(t *testing.T) {
	src := strings.Replace(base, "[node.client]", "[node.client]\ncount = 100_000", 1)
	f, err := Parse("x", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for range f.Points[0].Spec.Pairs(&f.Points[0].Spec.Links[0]) {
		n++
	}
	if n != 100_000 {
		t.Errorf("%d links", n)
	}
}

func TestTooMuch(t *testing.T) {
	many := base
	for _, axis := range []string{"a", "b", "c", "d", "e"} {
		for _, name := range strings.Split("p q r s t u v w", " ") {
			many += "[case." + axis + "." + name + "]\n"
		}
	}
	if got := faultsOf(t, many); !strings.HasSuffix(got[0], "case.e: with it there are 32768 points, more than 10000; draw some of them: { uniform = [a, b] }, and sample = { method = \"latin-hypercube\", points = 100 } under [sweep]") {
		t.Errorf("32768 points: %v", got)
	}
	for name, src := range map[string]string{
		"brackets": "a = " + strings.Repeat("[", 100_000), "words": strings.Repeat("a.", 100_000) + "b = 1\n",
		"parentheses": base + "service = \"= " + strings.Repeat("(", 100_000) + "\"\n", "bytes": strings.Repeat("# long\n", 1<<18),
	} {
		if got := faultsOf(t, src); len(got) != 1 {
			t.Errorf("%s: %d faults, first %s", name, len(got), got[0])
		}
	}
}

// TestMostFlows holds that there may be as many flows as incarnations can name, and
// not one more.
func TestMostFlows(t *testing.T) {
	var b strings.Builder
	b.WriteString("[node.client]\n[node.server]\n[link.wire]\nends = [\"client\", \"server\"]\ndelay = \"1 ms\"\n")
	for i := range mostFlows {
		fmt.Fprintf(&b, "[flow.f%d]\nfrom = \"client\"\nto = \"server:80\"\n", i)
	}
	if mostFlows != wire.MaxFlows {
		t.Errorf("the language has %d flows, segments %d", mostFlows, wire.MaxFlows)
	}
	if _, err := Parse("x.toml", []byte(b.String())); err != nil {
		t.Errorf("%d flows: %v", mostFlows, err)
	}
	b.WriteString("[flow.last]\nfrom = \"client\"\nto = \"server:80\"\n")
	want := "flow.last: 4097 flows are more than segments can tell apart, 4096; a flow may be from and to many nodes"
	if got := faultsOf(t, b.String()); len(got) != 1 || !strings.HasSuffix(got[0], want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
