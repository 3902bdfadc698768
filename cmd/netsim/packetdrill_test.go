package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const drillOpens = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0...0.1 connect(3, ..., ...) = 0
+0 > S 0:0(0) <...>
+.1 < S. 0:0(0) ack 1 win 1000 <mss 1000>
+0 > . 1:1(0) ack 1
`

// TestPacketdrill: a line for each script, the ladder of one that fails, a summary by
// directory and the sum; the status is 0 only if none failed.
func TestPacketdrill(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{
		"a/good.pkt": drillOpens, "a/bad.pkt": drillOpens + "+0 > F. 1:1(0) ack 1\n", "b/other.pkt": "0 splice(3) = 0\n", "b/no.txt": "",
		"b/worse.pkt": "0 socket(\n",
	} {
		os.Mkdir(filepath.Dir(name), 0o755)
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	n := newNetsim(t)
	t.Chdir(dir)
	out, _, code := n.run("packetdrill", "--jobs", "3", "a", "b")
	want := []string{
		"FAIL a/bad.pkt:6: expected F. 1:1(0) ack 1, got nothing until 0.104000",
		"  0.100000    4  <  S. 0:0(0) ack 1 win 1000 <mss 1000>",
		"!  expected  F. 1:1(0) ack 1\n",
		"!  got       nothing until 0.104000\n",
		"\npass a/good.pkt\n", "\nunsupported: call splice (b/other.pkt:1)\n", "\nFAIL b/worse.pkt:2: ",
		"\n\na: 1 passed, 1 failed, 0 skipped\nb: 0 passed, 1 failed, 1 skipped\n",
	}
	for _, w := range want {
		if !strings.Contains(out, w) {
			t.Errorf("no %q in\n%s", w, out)
		}
	}
	if !strings.HasSuffix(out, "\n1 passed, 2 failed, 1 skipped\n") || code != 1 {
		t.Errorf("status %d, ends %q", code, out[max(0, len(out)-60):])
	}
	if out, _, code := n.run("packetdrill", "a/good.pkt", "b/other.pkt"); code != 0 || !strings.HasSuffix(out, "\n1 passed, 0 failed, 1 skipped\n") {
		t.Errorf("status %d: %s", code, out)
	}
	if out, _, code := n.run("packetdrill", "--verbose", "a/good.pkt"); code != 0 || !strings.Contains(out, " connect(3, ..., ...) = 0\n") {
		t.Errorf("status %d: %s", code, out)
	}
	if _, errs, code := n.run("packetdrill", "--profile", "plan9", "a"); code != exitUsage || !strings.Contains(errs, "linux") {
		t.Errorf("status %d: %s", code, errs)
	}
	if _, _, code := n.run("packetdrill", "c"); code != exitUsage {
		t.Errorf("a file that is not there: status %d", code)
	}
}

// BenchmarkPacketdrill is 400 scripts of the kind that suites have.
func BenchmarkPacketdrill(b *testing.B) {
	dir := b.TempDir()
	for i := range 400 {
		os.WriteFile(filepath.Join(dir, fmt.Sprint(i, ".pkt")), []byte(drillOpens), 0o644)
	}
	for b.Loop() {
		c := command()
		c.SetArgs([]string{"packetdrill", dir})
		c.SetOut(new(strings.Builder))
		if err := c.Execute(); err != nil {
			b.Fatal(err)
		}
	}
}
