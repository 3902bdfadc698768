package main

import (
	"slices"
	"strings"
	"testing"

	"netsim/experiments"
)

// TestList holds that the catalogue is listed by chapter, in a reader's order,
// and that every experiment of it is valid and can be shown as it is.
func TestList(t *testing.T) {
	n := newNetsim(t)
	out := n.ok("list")
	at := -1
	for _, words := range []string{"1. opening (docs/handbook/1-opening.md)\n  ", "  handshake  ", "closing (docs", "  four-way-close  ", "what TIME-WAIT costs (docs", "  time-wait-under-load  "} {
		i := strings.Index(out, words)
		if i <= at {
			t.Errorf("%q is missing or out of order:\n%s", words, out)
		}
		at = i
	}
	if out := n.ok("list", "how many", "PORTS"); !strings.Contains(out, "5. what TIME-WAIT costs (") || !strings.Contains(out, "  port-rate  ") || strings.Contains(out, "  handshake  ") {
		t.Errorf("those that speak of ports:\n%s", out)
	}
	for question, answer := range map[string]string{ // order-free: each by itself
		"How many connections per second before I run out of ports?": "port-rate",
		"bind: Address already in use":                               "server-restart",
		"connections stuck in CLOSE_WAIT":                            "forgotten-sockets",
		"connect() takes a second where packets are lost":            "setup-under-loss",
		"what if the server crashes":                                 "crash",
		"differences between operating systems":                      "os-compare",
		"accept queue full":                                          "accept-queue",
		"SYN flood":                                                  "syn-flood",
		"keepalive":                                                  "giving-up",
		"the last ACK is lost":                                       "lost-last-ack",
		"delayed ACK":                                                "three-or-four",
	} {
		if out := n.ok(append([]string{"list"}, strings.Fields(question)...)...); !strings.Contains(out, "  "+answer+"  ") || strings.Count(out, "\n  ")-strings.Count(out, "\n   ") > 8 {
			t.Errorf("%s: %s is not among a few of\n%s", question, answer, out)
		}
	}
	for _, name := range experiments.Catalog() {
		if f, err := experiments.Load(name); err != nil || !slices.Contains(chapters, f.Chapter) || f.About == "" {
			t.Errorf("%s is in no chapter, or says nothing about itself: %v", name, err)
		}
		text := n.ok("show", name)
		if _, source, err := experiments.Source(name); err != nil || !strings.HasSuffix(text, string(source)) || !strings.HasPrefix(text, "# ") {
			t.Errorf("show %s prints something else than the file: %v", name, err)
		}
		if out := n.ok("validate", name); !strings.HasPrefix(out, name+".toml: ok, ") {
			t.Errorf("validate %s: %s", name, out)
		}
	}
	if left := n.names(); len(left) != 0 {
		t.Errorf("files are %q", left)
	}
}

// TestValidate holds that all mistakes of all files are found, the sound files
// named, and nothing run.
func TestValidate(t *testing.T) {
	n := newNetsim(t)
	n.file("good.toml", small)
	n.file("bad.toml", strings.NewReplacer("delay", "dely", "server:80", "sever:80").Replace(small))
	n.file("worse.toml", small+"request = 200\n")
	out, errs, code := n.run("validate", "good.toml", "bad.toml", "worse.toml", "handshake")
	if code != exitUsage || out != "good.toml: ok, 1 point, 1 replication\nhandshake.toml: ok, 1 point, 1 replication\n" {
		t.Errorf("exit code %d\n%s", code, out)
	}
	for _, want := range []string{`bad.toml:7:1: link.wire.dely: no such key (did you mean "delay"?)`, `bad.toml:10:6: flow.web.to: no node "sever" (did you mean "server"?)`, "worse.toml:11:11: flow.web.request: 200 has no unit"} {
		if !strings.Contains(errs, want) {
			t.Errorf("no %q in\n%s", want, errs)
		}
	}
	if _, errs, code := n.run("validate", "good.toml", "missing.toml"); code != exitUsage || !strings.Contains(errs, "missing.toml") {
		t.Errorf("a file that is missing: exit code %d, %s", code, errs)
	}
	if out := n.ok("validate", "good.toml", "--set", "run.replications=3"); out != "good.toml: ok, 1 point, 3 replications\n" {
		t.Error(out)
	}
}

// TestTrace holds the ladder of a connection as text, and that of one case of
// several.
func TestTrace(t *testing.T) {
	n := newNetsim(t)
	out := n.ok("trace", "handshake")
	for _, words := range []string{"SYN  seq 0, win 64240", "SYN, ACK  seq 0, ack 1", "ESTABLISHED  30.1376 ms", "connection 1 of flow hello, seed 1"} {
		if !strings.Contains(out, words) {
			t.Errorf("no %q in\n%s", words, out)
		}
	}
	all, one := n.ok("trace", "four-way-close"), n.ok("trace", "four-way-close", "--set", "case.style=three")
	if strings.Count(all, "three: it answers at once") != 1 || strings.Count(all, "a reset") != 1 || strings.Contains(one, "a reset") || !strings.Contains(one, "2 MSL") && !strings.Contains(one, "TIME-WAIT") {
		t.Errorf("all cases:\n%s\none case:\n%s", all, one)
	}
	for line := range strings.Lines(all) {
		if w := len([]rune(line)); w > plain+1 {
			t.Errorf("a line of %d characters, not to a terminal: %s", w, line)
		}
	}
	if len(n.names()) != 0 {
		t.Errorf("trace wrote %q", n.names())
	}
}

// TestHelp holds that help shows how to begin, and every command an example.
func TestHelp(t *testing.T) {
	n := newNetsim(t)
	for _, args := range [][]string{{"--help"}, {"run", "--help"}, {"list", "--help"}, {"show", "--help"}, {"validate", "--help"}, {"profile", "--help"}, {"trace", "--help"}} {
		out := n.ok(args...)
		if !strings.Contains(out, "Examples:\n  netsim ") {
			t.Errorf("netsim %s has no example:\n%s", strings.Join(args, " "), out)
		}
		if command := args[0]; command != "list" && command != "profile" && command != "show" && !strings.Contains(out, "Exit status: 0 done, 1 ") {
			t.Errorf("netsim %s does not say what exit codes mean", strings.Join(args, " "))
		}
	}
	if out := n.ok("--version"); !strings.HasPrefix(out, "netsim version ") {
		t.Error(out)
	}
}
