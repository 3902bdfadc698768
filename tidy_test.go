package netsim_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// layers is the house from the ground up. A package may import packages of lower
// layers, none of its own. See docs/architecture.md.
var layers = [][]string{
	{"des"},
	{"wire", "theory", "dist", "metrics", "shapes", "ledger"},
	{"tcp", "topo"},
	{"host", "capture", "middlebox"},
	{"apps", "plots", "packetdrill/script", "packetdrill/shell", "packetdrill/assert"},
	{"experiments/language", "packetdrill"},
	{"experiments"},
	{"report"},
	{"cmd/netsim", "bench"},
}

// narrower lists the packages that keep to less than their layer allows: all of
// this module that they may import.
var narrower = map[string][]string{
	"theory":               {},
	"shapes":               {"des"},
	"metrics":              {"des"},
	"ledger":               {"des"},
	"tcp":                  {"des", "wire"},
	"plots":                {},
	"packetdrill/script":   {},
	"packetdrill/shell":    {},
	"packetdrill/assert":   {},
	"dist":                 {"des"},
	"experiments/language": {"des", "dist", "shapes", "tcp", "theory"},
}

// layerOf returns the package's layer, -1 if it has none.
func layerOf(path string) int {
	return slices.IndexFunc(layers, func(rooms []string) bool { return slices.Contains(rooms, path) })
}

// simulates reports whether the package is below experiments: what it does must
// follow from its inputs and the seed alone.
func (p *pkg) simulates() bool {
	l := layerOf(p.path)
	return l >= 0 && l < layerOf("experiments")
}

// decides reports whether results depend on the package: experiments orders them,
// and what is below it makes them.
func (p *pkg) decides() bool {
	l := layerOf(p.path)
	return l >= 0 && l <= layerOf("experiments")
}

// TestLayers holds that imports run down only. Tests are free: they may put a
// package into its surroundings.
func TestLayers(t *testing.T) {
	src := load(t)
	for _, p := range src.packages {
		if p.path == "." {
			continue
		}
		layer := layerOf(p.path)
		if layer < 0 {
			t.Errorf("%s: package in no layer; give it its place in `layers` here and in docs/architecture.md", p.path)
			continue
		}
		only, limited := narrower[p.path]
		for name, at := range imports(p.files) {
			below, ours := strings.CutPrefix(name, module+"/")
			switch {
			case !ours:
			case layerOf(below) >= layer || layerOf(below) < 0:
				t.Errorf("%s: %s imports %s, which is not below it; what both need belongs further down, or is handed in from above", src.line(at), p.path, below)
			case limited && !slices.Contains(only, below):
				t.Errorf("%s: %s imports %s, but of this module only %q; hand in what it needs", src.line(at), p.path, below, only)
			}
		}
	}
}

// TestOneRun holds that a run is one thread: no goroutines, channels or locks
// below experiments, and no source of chance but the named streams of des.
func TestOneRun(t *testing.T) {
	src := load(t)
	for _, p := range src.packages {
		if !p.simulates() {
			continue
		}
		for name, at := range imports(p.files) {
			switch name {
			case "sync", "sync/atomic", "context":
				if p.path == "plots" && name == "sync" { // no run draws; its font is unpacked once, whoever draws first
					continue
				}
				t.Errorf("%s: import of %s; a run is one thread, runs in parallel are the affair of experiments", src.line(at), name)
			case "math/rand", "crypto/rand", "hash/maphash":
				t.Errorf("%s: import of %s; draw from a stream of des.Stream", src.line(at), name)
			}
		}
		for _, file := range p.files {
			ast.Inspect(file, func(n ast.Node) bool {
				if what := concurrency(n); what != "" {
					t.Errorf("%s: %s; a run is one thread of events in a des.Sim", src.line(n.Pos()), what)
				}
				return true
			})
		}
	}
}

// concurrency names the node if it is of the concurrent part of Go.
func concurrency(n ast.Node) string {
	switch n := n.(type) {
	case *ast.GoStmt:
		return "go statement"
	case *ast.SelectStmt:
		return "select"
	case *ast.SendStmt:
		return "send"
	case *ast.ChanType:
		return "channel"
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			return "receive"
		}
	}
	return ""
}
