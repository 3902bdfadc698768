package main

import (
	"strings"
	"testing"
)

// TestTopology: a network is described, written for Graphviz, or drawn, to the
// standard output or a file.
func TestTopology(t *testing.T) {
	n := newNetsim(t)
	if out := n.ok("topology", "abilene"); !strings.Contains(out, "diameter") || !strings.Contains(out, "abilene_core    14") {
		t.Error(out)
	}
	if out := n.ok("topology", "abilene", "--dot"); !strings.HasPrefix(out, "graph {") || strings.Count(out, " -- ") != 25 || !strings.Contains(out, `label="Kansas City"`) {
		t.Error(out)
	}
	if out := n.ok("topology", "abilene", "--svg"); !strings.Contains(out, "<svg") || !strings.Contains(out, ">Kansas City<") {
		t.Error("no SVG of Abilene")
	}
	if out := n.ok("topology", "abilene", "--png", "--out", "a.png"); out != "" || strings.Join(n.names(), " ") != "a.png" {
		t.Errorf("%q, files %q", out, n.names())
	}
	if out := n.ok("topology", "abilene", "--pdf", "--set", "topology.abilene.hosts=22"); !strings.HasPrefix(out, "%PDF") {
		t.Error("no PDF")
	}
	if _, errs, code := n.run("topology", "abilene", "--dot", "--png"); code != exitUsage || !strings.Contains(errs, "dot") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}
