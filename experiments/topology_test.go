package experiments

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// build makes the world of the only point of a text.
func build(t testing.TB, source string) *World {
	t.Helper()
	w, err := Build(parse(t, source).Points[0].Spec, 1, 1, Needs{})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// crossed names the links between a client and a server, all being groups.
func (w *World) crossed(from, to string, i, j int) string {
	halves, ok := w.Net.Path(w.nodes[from].ids[i], w.nodes[to].ids[j])
	if !ok {
		return "nowhere"
	}
	var names []string
	for _, h := range halves {
		names = append(names, w.Net.Name(h.To()))
	}
	return strings.Join(names, " ")
}

// TestFilesBeside: a topology is read from where its experiment is.
func TestFilesBeside(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"net.dot": "graph { a -- b -- c }", "mine.toml": `
[topology.net]
shape = "file"
file = "net.dot"
[default.link]
delay = "1 ms"
[flow.f]
from = "net_host[0]"
to = "net_host[2]:80"
`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Load(filepath.Join(dir, "mine.toml"))
	if err != nil {
		t.Fatal(err)
	}
	w, err := Build(f.Points[0].Spec, 1, 1, Needs{})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.crossed("net_host", "net_host", 0, 2); got != "net_router[0] net_router[1] net_router[2] net_host[2]" {
		t.Error(got)
	}
	if err := os.Remove(filepath.Join(dir, "net.dot")); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(filepath.Join(dir, "mine.toml")); err == nil || !strings.Contains(err.Error(), "mine.toml:4:8: topology.net.file: open ") {
		t.Errorf("without its file: %v", err)
	}
}

// TestWaxmanRuns: connections over a thousand routers joined at random take one
// round trip of their own way, whichever pair it is.
func TestWaxmanRuns(t *testing.T) {
	s := study(t, `
[run]
replications = 2
[topology.net]
shape = "waxman"
routers = 1000
alpha = 0.05
beta = 0.1
[routing]
weight = "delay"
[link.net_access]
delay = "10 us"
[flow.talk]
from = "net_host"
to = "net_host[7]:80"
spread = "round-robin"
arrivals = { process = "even", rate = "10k/s", count = 1000 }
`)
	got, want := s.value(t, "flow.talk.setup_time.mean"), s.value(t, "flow.talk.path.setup.mean")
	if math.Abs(got-want) > 0.01*want { // 1000 jobs from 1000 hosts, of which number 7 takes another one's
		t.Errorf("setup takes %v, want %v", got, want)
	}
	if n := s.value(t, "flow.talk.opened.total"); n != 1000 {
		t.Errorf("%v opened", n)
	}
}

const diamond = `
[node.client]
addresses = 2
[node.left]
kind = "router"
[node.middle]
kind = "router"
count = 4
[node.right]
kind = "router"
[node.server]
[default.link]
delay = "1 ms"
[link.in]
ends = ["client", "left"]
[link.up]
ends = ["left", "middle"]
[link.down]
ends = ["middle", "right"]
[link.out]
ends = ["right", "server"]
[flow.web]
from = "client"
to = "server:80"
`

// TestECMPOfAFile: flows are spread over equal ways, and each keeps to its own:
// the three segments of a handshake from the client go where its SYN went.
func TestECMPOfAFile(t *testing.T) {
	const flows = 2000
	w := build(t, diamond+`
arrivals = { process = "even", rate = "1k/s", count = 2000 }
close.by = "nobody"
[routing]
kind = "ecmp"
`)
	if _, err := w.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	var sum uint64
	for i, l := range w.links["up"].members {
		there := l.Forward.Stats().Delivered
		sum += there
		if mean, sigma := flows/4., math.Sqrt(flows*3./16); there%2 != 0 || math.Abs(float64(there)/2-mean) > 4*sigma {
			t.Errorf("way %d: %d segments, want 2 of %.0f +- %.0f flows", i, there, mean, 4*sigma)
		}
	}
	if sum != 2*flows {
		t.Errorf("%d segments from the client, want %d", sum, 2*flows)
	}
}

// TestRoutesOfAFile: a static route holds from its start to its stop, the first
// in the file before later ones, and a connection goes on over the change.
func TestRoutesOfAFile(t *testing.T) {
	w := build(t, diamond+`
arrivals = { process = "even", rate = "1/s", count = 5 }
close.by = "nobody"
[routing.route.first]
at = "left"
to = "server"
via = "middle[2]"
start = "1500 ms"
stop = "3500 ms"
[routing.route.second]
at = ["left"]
to = "server"
via = "middle[1]"
start = "500 ms"
stop = "2500 ms"
`)
	if _, err := w.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []uint64
	for _, l := range w.links["up"].members {
		got = append(got, l.Forward.Stats().Delivered)
	}
	if !slices.Equal(got, []uint64{4, 2, 4, 0}) { // two segments of each flow: at 0 and 4 s; 1 s; 2 and 3 s
		t.Errorf("segments by way: %v", got)
	}
}

// TestStaticRoutesAlone: with kind = "static" there are the routes of the file
// and no others.
func TestStaticRoutesAlone(t *testing.T) {
	source := diamond + `
[routing]
kind = "static"
route.a = { at = "left", to = "server", via = "middle[3]" }
route.b = { at = "middle", to = "server", via = "right" }
`
	if got := build(t, source).crossed("client", "server", 0, 0); got != "left middle[3] right server" {
		t.Error(got)
	}
	if got := build(t, source).crossed("server", "client", 0, 0); got != "nowhere" {
		t.Error(got)
	}
}

// TestRouteOverNoLink: members that are not joined are told when the network is
// built.
func TestRouteOverNoLink(t *testing.T) {
	f := parse(t, diamond+"[link.more]\nends = [\"client\", \"middle\"]\n[routing.route.r]\nat = \"middle\"\nto = \"server\"\nvia = \"left\"\n"+
		"[node.far]\nkind = \"router\"\n[routing.route.s]\nat = \"right\"\nto = \"client\"\nvia = \"middle[0]\"\n[link.far]\nends = [\"far\", \"right\"]\n")
	if _, err := Build(f.Points[0].Spec, 1, 1, Needs{}); err != nil {
		t.Fatal(err)
	}
	f = parse(t, "[topology.t]\nshape = \"parking-lot\"\nhops = 3\n[default.link]\ndelay = \"1 ms\"\n[flow.f]\nfrom = \"t_source\"\nto = \"t_sink:80\"\n"+
		"[routing.route.r]\nat = \"t_router[0]\"\nto = \"t_sink\"\nvia = \"t_router[2]\"\n")
	if _, err := Build(f.Points[0].Spec, 1, 1, Needs{}); err == nil || err.Error() != "routing.route.r: no link from t_router[0] to t_router[2]" {
		t.Errorf("%v", err)
	}
}

// TestSeveralAddresses: a host has as many as it says, is reached at each, and
// opens connections from the one the flow binds.
func TestSeveralAddresses(t *testing.T) {
	w := build(t, diamond+"local.address = 2\narrivals.process = \"once\"\nclose.by = \"nobody\"\n")
	if _, err := w.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.nodes["client"]; len(n.addresses) != 2 || w.Book.IP(n.addresses[1]).String() != "10.0.0.2" {
		t.Errorf("addresses %v", n.addresses)
	}
	if w.nodes["client"].tally == nil || w.flows[0].tally.Opened != 1 {
		t.Error("not opened")
	}
	if got := fmt.Sprint(w.nodes["client"].hosts[0].AddressAt(1)); got != fmt.Sprint(w.nodes["client"].addresses[1]) {
		t.Error(got)
	}
}

// TestAssignedBesideGiven: addresses that are assigned keep out of the prefixes
// that the file gives.
func TestAssignedBesideGiven(t *testing.T) {
	w := build(t, `
[node.a]
count = 3
[node.b]
prefix = "10.0.0.4/30"
[node.c]
prefix = "10.0.0.0/30"
count = 2
[node.r]
kind = "router"
[default.link]
delay = "1 ms"
[link.a]
ends = ["a", "r"]
[link.b]
ends = ["b", "r"]
[link.c]
ends = ["c", "r"]
[flow.f]
from = "a"
to = ["b:80", "c:80"]
`)
	var got []string
	for _, name := range []string{"a", "b", "c"} {
		for _, a := range w.nodes[name].addresses {
			got = append(got, w.Book.IP(a).String())
		}
	}
	if want := "10.0.0.8 10.0.0.9 10.0.0.10 10.0.0.5 10.0.0.1 10.0.0.2"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}
