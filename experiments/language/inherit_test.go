package language

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// library is a folder of files.
func library(files map[string]string) Open {
	return func(path string) ([]byte, error) {
		if text, ok := files[path]; ok {
			return []byte(text), nil
		}
		return nil, errors.New(path + " is not there")
	}
}

const child = `extends = "parent.toml"
remove = ["case", "figure.two", "link.wire.rule"]
[link.wire]
loss = "10 %"
[flow.web.close]
reply = "1 s"
[figure.one]
title = "Mine"
`

const ancestor = base + `close = { by = "client", after = "3 s" }
[link.wire.rule.first]
match = "syn"
do = "drop"
[case.a.b]
link.wire.delay = "1 s"
[figure.one]
kind = "ladder"
flow = "web"
[figure.two]
kind = "ladder"
flow = "web"
[run]
replications = 3
`

// A parent gives everything it has, leaf by leaf, but for what is removed.
func TestExtends(t *testing.T) {
	f, err := ParseFrom(library(map[string]string{"dir/parent.toml": ancestor}), "dir/x.toml", []byte(child))
	if err != nil {
		t.Fatal(err)
	}
	s := f.Points[0].Spec
	if len(f.Points) != 1 || len(f.Axes) != 0 || len(s.Links[0].Rules) != 0 || len(f.Figures) != 1 || f.Figures[0].Title != "Mine" || f.Figures[0].Kind != "ladder" {
		t.Errorf("%d points, rules %v, figures %v", len(f.Points), s.Links[0].Rules, f.Figures)
	}
	if s.Links[0].Forward.Loss != 0.1 || s.Links[0].Forward.Delay.Mean() != 10*time.Millisecond || s.Run.Replications != 3 {
		t.Errorf("the link is %+v", s.Links[0].Forward)
	}
	if text := s.Effective(); !strings.Contains(text, "close.after = \"3 s\"") || !strings.Contains(text, "close.reply = \"1 s\"") {
		t.Errorf("the table of close is not merged:\n%s", text)
	}
}

// Pieces come in order over the parent, and templates in the order of like: the
// table itself wins.
func TestIncludeAndLike(t *testing.T) {
	open := library(map[string]string{
		"racks.toml": "[template.link.rack]\nrate = \"1 Gbps\"\ndelay = \"20 us\"\n[template.node.small]\ntcp.send_buffer = \"4 kB\"\n[template.node.web]\nlike = \"small\"\ntcp.time_wait = \"5 s\"\nlisten.http = { port = 8080, backlog = 7 }\n",
		"slow.toml":  "[template.link.rack]\nrate = \"10 Mbps\"\n",
	})
	f, err := ParseFrom(open, "x.toml", []byte(`include = ["racks.toml", "slow.toml"]
[default.node]
tcp.time_wait = "9 s"
[node.client]
[node.server]
like = ["web"]
tcp.fin_wait_2 = "8 s"
[link.wire]
like = "rack"
ends = ["client", "server"]
delay = "1 ms"
[flow.web]
from = "client"
to = "server:http"
[expect.none_dropped]
that = "node.server.listen.http.dropped.total == 0"
`))
	if err != nil {
		t.Fatal(err)
	}
	s := f.Points[0].Spec
	if l := s.Links[0].Forward; l.Rate != 10_000_000 || l.Delay.Mean() != time.Millisecond {
		t.Errorf("the link is %+v", l)
	}
	server := s.Node("server")
	if server.TCP.TimeWait != 5*time.Second || server.TCP.FinWait2 != 8*time.Second || server.TCP.SendBuffer != 4000 || s.Node("client").TCP.TimeWait != 9*time.Second {
		t.Errorf("the server is %+v", server.TCP)
	}
	if l := server.Listeners; len(l) != 1 || l[0].Name != "http" || l[0].Port != 8080 || s.Flows[0].To[0].Port != 8080 {
		t.Errorf("its listeners are %+v", l)
	}
}

func TestFaultsOfOtherFiles(t *testing.T) {
	open := library(map[string]string{
		"bad.toml":   "[node.client]\n[node.server]\n[link.wire]\nends = [\"client\", \"sever\"]\ndelay = 5\n",
		"loop.toml":  "extends = \"loop.toml\"\n",
		"flows.toml": "[flow.other]\nfrom = \"client\"\nto = \"server:1\"\n[case.a.b]\n",
		"ok.toml":    base,
		"cut.toml":   "[node",
	})
	for _, c := range []struct{ name, src, want string }{
		{"in the parent", "extends = \"bad.toml\"\n[flow.web]\nfrom = \"client\"\nto = \"server:80\"\n", "bad.toml:4:19: link.wire.ends: no node \"sever\" (did you mean \"server\"?)\nbad.toml:5:9: link.wire.delay: 5 has no unit; write \"5 s\" or \"5 min\""},
		{"missing", "extends = \"gone.toml\"\n", "x.toml:1:11: extends: gone.toml is not there"},
		{"circle", "extends = \"loop.toml\"\n", "loop.toml:1:11: extends: loop.toml extends or includes itself"},
		{"more than pieces", base + "[run]\n", ""},
		{"pieces", "include = [\"flows.toml\"]\n" + base, "flows.toml:2:1: flow.other.from: a file that is included has no flow; it may have template, default, node, link, topology, param\nflows.toml:3:1: flow.other.to: a file that is included has no flow; it may have template, default, node, link, topology, param\nflows.toml:4:1: case.a: a file that is included has no cases and no sweep"},
		{"nothing to remove", "extends = \"ok.toml\"\nremove = [\"case\"]\n", "x.toml:2:11: remove: nothing inherited is called \"case\""},
		{"not TOML", "extends = \"cut.toml\"\n", "cut.toml:1:5: not TOML"},
		{"no template", base + "[node.more]\nlike = \"web\"\n[template.node.wed]\n", "x.toml:9:1: node.more: has no link; name it in the ends of a [link.NAME]\nx.toml:10:8: node.more.like: no template.node \"web\" (did you mean \"wed\"?)"},
		{"template of itself", base + "[template.link.a]\nlike = \"b\"\n[template.link.b]\nlike = \"a\"\n", "x.toml:10:8: template.link.a.like: template.link.b takes over itself"},
		{"in a template", base + "[template.link.a]\nlos = 1\n", "x.toml:10:1: template.link.a.los: no such key (did you mean \"loss\"?)"},
	} {
		_, err := ParseFrom(open, "x.toml", []byte(c.src))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.want && !(c.name == "not TOML" && strings.HasPrefix(got, c.want)) {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	files := map[string]string{}
	for i := range 10 {
		files[string(rune('a'+i))+".toml"] = "extends = \"" + string(rune('b'+i)) + ".toml\"\n"
	}
	if _, err := ParseFrom(library(files), "x.toml", []byte("extends = \"a.toml\"\n")); err == nil || !strings.Contains(err.Error(), "files lie more than 8 deep in each other") {
		t.Errorf("ten files deep: %v", err)
	}
	if _, err := Parse("x.toml", []byte("extends = \"a.toml\"\n")); err == nil || !strings.Contains(err.Error(), "a.toml cannot be read from here") {
		t.Errorf("without a way to read: %v", err)
	}
}
