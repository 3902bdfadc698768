package language

import (
	"slices"
	"strings"
	"testing"
)

// What may be captured, and how a file is told that something may not.
func TestMessagesOfCaptures(t *testing.T) {
	wide := "[node.core]\nkind = \"router\"\n[link.far]\nends = [\"server\", \"core\"]\ndelay = \"1 ms\"\n"
	capture := func(lines string) string { return base + wide + "[capture.c]\n" + lines + "\n" }
	for _, c := range []struct{ name, lines, want string }{
		{"nowhere", "", `x.toml:14:1: capture.c.at: is missing; add at = "node.client" under [capture.c]`},
		{"no place", `at = "client"`, `x.toml:15:6: capture.c.at: "client" is no place; write "node.client", "node.client[0..3]", "link.wire" or "link.wire.back"`},
		{"a port", `at = "node.server:80"`, `x.toml:15:6: capture.c.at: "node.server:80" is no place; write "node.client", "node.client[0..3]", "link.wire" or "link.wire.back"`},
		{"a router", `at = "node.core"`, `x.toml:15:6: capture.c.at: "core" is a router; packets are captured at hosts and links; write a link of it`},
		{"no node", `at = ["node.client", "node.serve"]`, `x.toml:15:22: capture.c.at: no node "serve" (did you mean "server"?)`},
		{"no member", `at = "node.client[2]"`, `x.toml:15:6: capture.c.at: no member 2 of "client"; "client" is one node`},
		{"no link", `at = "link.wider"`, `x.toml:15:6: capture.c.at: no link "wider" (did you mean "wire"?)`},
		{"no member of a link", `at = "link.wire[1].back"`, `x.toml:15:6: capture.c.at: no member 1 of "link.wire", which has 1`},
		{"no packets", "at = \"link.wire\"\nwhat = \"syn\"", `x.toml:16:8: capture.c.what: "syn" names no packets; write "all" or "flow.NAME"`},
		{"no flow", "at = \"link.wire\"\nwhat = [\"flow.wev\"]", `x.toml:16:9: capture.c.what: no flow "wev" (did you mean "web"?)`},
		{"no time", "at = \"link.wire\"\nstart = \"2 s\"\nstop = \"1 s\"", `x.toml:17:8: capture.c.stop: ends, at 1 s, before it starts, at 2 s`},
		{"no header", "at = \"link.wire\"\nsnap = \"20 B\"", `x.toml:16:8: capture.c.snap: 20 B do not hold a header; write "54 B" or more`},
		{"no replication", "at = \"link.wire\"\nreplication = 3", `x.toml:16:15: capture.c.replication: there is no replication 3 among 1`},
		{"changed by a case", "at = \"link.wire\"\n[case.x.y]\ncapture.c.stop = \"1 s\"", `x.toml:17:1: case.x.y.capture: no such key`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("x.toml", []byte(capture(c.lines)))
			if err == nil || strings.TrimSpace(err.Error()) != c.want {
				t.Errorf("it is told\n%v\nand should be\n%s", err, c.want)
			}
		})
	}
}

// TestCapturesOf says which captures a run has, by what the file declares and wants.
func TestCapturesOf(t *testing.T) {
	declared := base + "[run]\nreplications = 3\n[capture.late]\nat = [\"node.server\", \"link.wire.back\"]\nwhat = \"all\"\nreplication = 2\n[capture.early]\nat = \"link.wire[0]\"\nwhat = \"flow.web\"\nsnap = \"60 B\"\n"
	for _, c := range []struct {
		name, src string
		sets      []string
		wants     bool
		want      [2][]string // of the first two replications
	}{
		{"nothing", base, nil, false, [2][]string{{"client", "server"}}},
		{"declared", declared, nil, true, [2][]string{{"early"}, {"late"}}},
		{"all", declared, []string{"output.capture=all"}, true, [2][]string{{"client", "server"}}},
		{"none", declared, []string{"output.capture=none"}, false, [2][]string{}},
		{"another", declared, []string{"capture.late.replication=1"}, true, [2][]string{{"late", "early"}}},
	} {
		f, err := Parse("x.toml", []byte(c.src), c.sets...)
		if err != nil {
			t.Fatal(c.name, err)
		}
		if f.Captures() != c.wants {
			t.Errorf("%s: the file wants captures: %v", c.name, f.Captures())
		}
		for i, want := range c.want {
			var got []string
			for _, k := range f.CapturesOf(f.Points[0], i+1) {
				got = append(got, k.Name)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: captures of replication %d are %q, want %q", c.name, i+1, got, want)
			}
		}
	}
	f, _ := Parse("x.toml", []byte(declared))
	late, early := f.Points[0].Spec.Captures[0], f.Points[0].Spec.Captures[1]
	if late.At[0].String() != "node.server" || late.At[1].String() != "link.wire.back" || late.What != nil || late.Snap != 128 || late.Max != 100e6 {
		t.Errorf("%+v", late)
	}
	if first, after := early.At[0].Members(9); early.At[0].String() != "link.wire[0]" || first != 0 || after != 1 || early.What[0] != "flow.web" || early.Snap != 60 {
		t.Errorf("%+v", early)
	}
}
