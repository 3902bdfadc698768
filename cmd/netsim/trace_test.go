package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// segment is what a ladder as text says between its arrow's ends.
var segment = regexp.MustCompile(`(?:- |< )((?:SYN|ACK|FIN|PSH|RST)(?:, [A-Z]+)*  [^|]*?\S) -`)

func segments(ladder string) (list []string) {
	for _, m := range segment.FindAllStringSubmatch(ladder, -1) {
		list = append(list, m[1])
	}
	return list
}

// TestTraceCapture: a connection read back from its capture has the segments that it
// has in the experiment.
func TestTraceCapture(t *testing.T) {
	n := newNetsim(t)
	n.ok("run", "four-way-close", "--set", "case.style=three", "--capture")
	captures, err := filepath.Glob(filepath.Join(n.dir, "out", "four-way-close", "captures", "*client*.pcapng"))
	if err != nil || len(captures) != 1 {
		t.Fatalf("captures %v: %v", captures, err)
	}
	want := segments(n.ok("trace", "four-way-close", "--set", "case.style=three"))
	got := segments(n.ok("trace", "--pcap", captures[0]))
	if len(want) < 7 || len(got) != len(want) {
		t.Fatalf("captured\n%s\nsent\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	count := map[string]int{}
	for i := range want {
		count[want[i]]++
		count[got[i]]--
	}
	for words, n := range count { // order-free: each by itself
		if n != 0 {
			t.Errorf("%q was sent %d times more than captured", words, n)
		}
	}
}

// TestTraceScript: the ladder of a script has its calls, its segments and the states
// of the host, and where it fails what was expected.
func TestTraceScript(t *testing.T) {
	n := newNetsim(t)
	script := `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.1 < S. 0:0(0) ack 1 win 65535 <mss 1460>
+0 > . 1:1(0) ack 1
`
	n.file("open.pkt", script)
	n.file("wrong.pkt", script+"+.1 > F. 1:1(0) ack 1\n")
	out := n.ok("trace", "--script", "open.pkt")
	for _, want := range []string{"connect  (3, ..., ...) = -1 EINPROGRESS", "SYN, ACK  0:0(0) ack 1 win 65535 <mss 1460>", "ESTABLISHED 100 ms", "pass open.pkt"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if out := n.ok("trace", "--script", "wrong.pkt"); !strings.Contains(out, "FAIL wrong.pkt") || !strings.Contains(out, "X") {
		t.Errorf("a script that fails:\n%s", out)
	}
	for _, path := range strings.Fields(n.ok("trace", "--script", "open.pkt", "--out", "first.svg")) {
		if data, err := os.ReadFile(filepath.Join(n.dir, path)); err != nil || !strings.Contains(string(data), "EINPROGRESS") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// A connection of an experiment is written as a script that passes, and a mistake is
// told on one line.
func TestTraceDrill(t *testing.T) {
	n := newNetsim(t)
	if _, errs, code := n.run("trace", "half-close", "--packetdrill", "--host", "server", "--out", "half.pkt"); code != exitOK || !strings.Contains(errs, "of 3 cases the first, client=half") {
		t.Fatalf("%d: %s", code, errs)
	}
	if out := n.ok("packetdrill", "--profile", "linux", "half.pkt"); !strings.Contains(out, "1 passed, 0 failed") {
		t.Error(out)
	}
	for _, args := range [][]string{{"crash", "--packetdrill", "--host", "server"}, {"--packetdrill", "--script", "half.pkt"}, {"handshake", "--host", "server"},
		{"handshake", "--packetdrill", "--flow", "none"}, {"handshake", "--packetdrill", "--connection", "7"}} {
		if out, errs, code := n.run(append([]string{"trace"}, args...)...); code != exitUsage || out != "" || strings.Count(errs, "\n") != 1 {
			t.Errorf("%v: %d, %q, %q", args, code, out, errs)
		}
	}
}
