package language

import (
	"strings"
	"testing"
	"time"
)

// fabric is a fat tree that runs.
const fabric = `[topology.fabric]
shape = "fat-tree"
k     = 4
[link.fabric_access]
delay = "1 us"
[link.fabric_pod]
delay = "2 us"
[link.fabric_spine]
delay = "3 us"
[flow.rpc]
from = "fabric_host"
to   = "fabric_host:80"
`

// A topology makes groups and links, which are set up like any others.
func TestTopologyMakesGroups(t *testing.T) {
	f, err := Parse("x.toml", []byte(fabric+"[node.fabric_host]\nprofile = \"rfc9293\"\n[param]\nn = \"= 2 * node.fabric_host.count\"\n[default.node]\nlabel = \"x\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := f.Points[0].Spec
	host, edge := s.Node("fabric_host"), s.Node("fabric_edge")
	if host.Count != 16 || host.Router() || host.Profile != "rfc9293" || !edge.Router() || edge.Count != 8 || edge.Label != "x" || s.Params[0].Value != 32. {
		t.Errorf("%+v %+v %v", host, edge, s.Params)
	}
	pairs := map[string]int{}
	for i := range s.Links {
		for range s.Pairs(&s.Links[i]) {
			pairs[strings.Join(s.Links[i].Ends, " ")]++
		}
	}
	for ends, n := range map[string]int{"fabric_host fabric_edge": 16, "fabric_edge fabric_aggregation": 16, "fabric_aggregation fabric_core": 16} {
		if pairs[ends] != n {
			t.Errorf("%d links of %s, want %d", pairs[ends], ends, n)
		}
	}
	again, err := Parse("again.toml", []byte(s.Effective()))
	if err != nil {
		t.Fatalf("%v\n%s", err, s.Effective())
	}
	if got := again.Points[0].Spec.Effective(); got != s.Effective() {
		t.Errorf("written again:\n%s\nwas\n%s", got, s.Effective())
	}
}

// A case may have another shape, a computed size, and --set may change either.
func TestTopologyVaries(t *testing.T) {
	source := strings.Replace(fabric, "k     = 4", "k = \"= 2 * half\"", 1) + `[param]
half = 1
[case.size.large]
param.half = 3
[case.size.star]
topology.fabric = { shape = "star", hosts = 7 }
`
	source = strings.Replace(source, "[link.fabric_pod]", "[default.link]", 1)
	source = strings.Replace(source, "[link.fabric_spine]\ndelay = \"3 us\"\n", "", 1)
	f, err := Parse("x.toml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{54, 7} {
		if got := f.Points[i].Spec.Node("fabric_host").Count; got != want {
			t.Errorf("%s: %d hosts, want %d", f.Points[i].Name(), got, want)
		}
	}
	f, err = Parse("x.toml", []byte(source), "case.size=star", "topology.fabric.hosts=9")
	if err != nil || f.Points[0].Spec.Node("fabric_host").Count != 9 {
		t.Errorf("with --set: %v", err)
	}
}

// Places give links their delays, unless the file does.
func TestTopologyDelays(t *testing.T) {
	waxman := "[topology.w]\nshape = \"waxman\"\nrouters = 20\n[link.w_access]\ndelay = \"1 ms\"\n[flow.f]\nfrom = \"w_host\"\nto = \"w_host:1\"\n"
	parse := func(more string) *Link {
		f, err := Parse("x.toml", []byte(waxman+more))
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range f.Points[0].Spec.Links {
			if l.Name == "w_core" {
				return &f.Points[0].Spec.Links[i]
			}
		}
		return nil
	}
	if l := parse(""); len(l.Forward.Delays) == 0 || l.Forward.Delays[0] <= 0 || l.Forward.Delays[0] > 15*time.Millisecond || l.Back.Delays == nil {
		t.Errorf("%+v", l.Forward)
	}
	if l := parse("[link.w_core]\nback.delay = \"5 ms\"\n"); l.Forward.Delays == nil || l.Back.Delays != nil || l.Back.Delay.Mean() != 5*time.Millisecond {
		t.Errorf("%+v %+v", l.Forward, l.Back)
	}
	if l := parse("[link.w_core]\ndelay = \"5 ms\"\n"); l.Forward.Delays != nil || l.Back.Delays != nil {
		t.Errorf("%+v %+v", l.Forward, l.Back)
	}
}

// The members of one group are joined all, in a row or in a circle.
func TestPairsWithin(t *testing.T) {
	for pair, want := range map[string]string{"mesh": "01 02 03 12 13 23", "chain": "01 12 23", "ring": "01 12 23 30"} {
		f, err := Parse("x.toml", []byte("[node.r]\nkind = \"router\"\ncount = 4\n[node.a]\n[node.b]\n"+
			"[link.core]\nends = \"r\"\npair = \""+pair+"\"\ndelay = \"1 ms\"\n"+
			"[link.a]\nends = [\"a\", \"r\"]\ndelay = \"1 ms\"\n[link.b]\nends = [\"b\", \"r\"]\ndelay = \"1 ms\"\n[flow.f]\nfrom = \"a\"\nto = \"b:1\"\n"))
		if err != nil {
			t.Fatal(err)
		}
		s, got := f.Points[0].Spec, ""
		for a, b := range s.Pairs(&s.Links[0]) {
			got += " " + string(rune('0'+a)) + string(rune('0'+b))
		}
		if got != " "+want {
			t.Errorf("%s:%s, want %s", pair, got, want)
		}
	}
}

// What is wrong with a topology, a route or an address is said where it stands.
func TestTopologyFaults(t *testing.T) {
	with := func(old, new string) string { return strings.Replace(fabric, old, new, 1) }
	within := func(pair, count string) string {
		return "[node.r]\ncount = " + count + "\n[link.l]\nends = \"r\"\ndelay = \"1 ms\"\n" + pair + "\n[flow.f]\nfrom = \"r\"\nto = \"r:1\"\n"
	}
	route := func(lines string) string {
		return fabric + "[routing.route.r]\nat = \"fabric_edge[0]\"\nto = \"fabric_host[0]\"\nvia = \"fabric_aggregation[0]\"\n" + lines
	}
	for _, c := range []struct{ name, src, want string }{
		{"no shape", with("shape = \"fat-tree\"\n", ""), `x.toml:1:1: topology.fabric.shape: is missing; add shape = "star" under [topology.fabric]`},
		{"shape", with("fat-tree", "fat-treee"), `x.toml:2:9: topology.fabric.shape: "fat-treee" is not one of star, chain, ring, tree, dumbbell, parking-lot, fat-tree, leaf-spine, waxman, barabasi-albert, file (did you mean "fat-tree"?)`},
		{"odd", with("k     = 4", "k = 5"), `x.toml:3:5: topology.fabric.k: a fat tree of switches with 5 ports there is not; write an even number from 2 to 256`},
		{"needed", with("k     = 4\n", ""), `x.toml:1:1: topology.fabric.k: is missing; add k = 4 under [topology.fabric]`},
		{"of another shape", with("k     = 4", "k = 4\nleaves = 3"), `x.toml:4:10: topology.fabric.leaves: a fat-tree has no leaves; it has k, hosts`},
		{"crowded", with("k     = 4", "k = 4\nhosts = 17"), `x.toml:4:9: topology.fabric.hosts: 17 hosts are more than a fat tree of 4 ports has place for, 16`},
		{"count", fabric + "[node.fabric_host]\ncount = 5\n", `x.toml:14:9: node.fabric_host.count: the shape of topology.fabric says the count; leave it out`},
		{"group", fabric + "[node.fabric_hots]\n", `x.toml:13:1: node.fabric_hots: has no link; name it in the ends of a [link.NAME]`},
		{"delay", with("[link.fabric_pod]\ndelay = \"2 us\"\n", ""), `x.toml:4:1: link.fabric_pod.delay: is missing; add delay = "10 ms" under [link.fabric_pod]`},
		{"itself", with("k     = 4", "k = \"= node.fabric_host.count\""), `x.toml:3:5: topology.fabric.k: is computed from itself`},
		{"no file", "[topology.f]\nshape = \"file\"\nfile = \"a.dot\"\n[link.f_access]\ndelay = \"1 ms\"\n[link.f_core]\ndelay = \"1 ms\"\n[flow.f]\nfrom = \"f_host\"\nto = \"f_host:1\"\n",
			`x.toml:3:8: topology.f.file: a.dot cannot be read from here; a file is named from where the one is that names it`},
		{"within", within("", "4"), `x.toml:3:1: link.l: the members of "r" can be joined in several ways; add pair = "mesh" (6 links), "ring" (4 links) or "chain" (3 links)`},
		{"within blocks", within(`pair = "blocks"`, "4"), `x.toml:6:8: link.l.pair: "blocks" joins the members of two groups, and both ends are "r"; write "mesh", "ring" or "chain"`},
		{"a ring of two", within(`pair = "ring"`, "2"), `x.toml:6:8: link.l.pair: 2 of "r" make no ring; write "chain"`},
		{"from both", within("pair = \"mesh\"\nrule.a = { match = \"syn\", do = \"drop\", from = \"r\" }", "3"), `x.toml:7:47: link.l.rule.a.from: both ends are "r"; leave it out`},
		{"no neighbour", strings.Replace(route(""), "fabric_aggregation[0]", "fabric_core[0]", 1), `x.toml:16:7: routing.route.r.via: no link joins "fabric_edge" and "fabric_core"`},
		{"several", strings.Replace(route(""), "fabric_aggregation[0]", "fabric_aggregation", 1), `x.toml:16:7: routing.route.r.via: a route leads to one node, and there are several; write "fabric_aggregation[0]"`},
		{"no such", strings.Replace(route(""), "fabric_edge[0]", "fabric_edge[8]", 1), `x.toml:14:6: routing.route.r.at: no member 8 of "fabric_edge"; members are fabric_edge[0..7]`},
		{"backward", route("start = \"2 s\"\nstop = \"1 s\"\n"), `x.toml:18:8: routing.route.r.stop: ends, at 1 s, before it starts, at 2 s`},
		{"addresses", "[node.client]\naddresses = 3\nprefix = \"192.0.2.0/30\"\n" + strings.TrimPrefix(base, "[node.client]\n"), `x.toml:3:10: node.client.prefix: 192.0.2.0/30 has no room for 1 members with 3 addresses each; write a shorter prefix`},
		{"no such address", base + "local.address = 2\n", `x.toml:9:17: flow.web.local.address: "client" has 1 addresses, no 2th; write addresses = 2 under [node.client]`},
	} {
		t.Run(c.name, func(t *testing.T) { wantFaults(t, c.src, strings.Split(c.want, "\n")...) })
	}
}
