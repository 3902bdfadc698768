package netsim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// wallClock is what package time offers that tells or waits for the real time.
var wallClock = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer"}

// ownRandom is what math/rand/v2 offers that draws from no global state.
var ownRandom = []string{"New", "NewPCG", "NewChaCha8", "NewZipf", "Rand", "PCG", "ChaCha8", "Zipf", "Source"}

// fromDes is what tcp may know of des.
var fromDes = []string{"Time", "Never"}

// orderFree marks a line that walks a map, and says why the order does not
// matter there.
const orderFree = "// order-free: "

// TestDeterminism holds, with the compiler's knowledge of types, that no package
// below experiments reads the wall clock or draws global random numbers, and that
// none up to experiments walks a map without saying why the order is free.
func TestDeterminism(t *testing.T) {
	src := load(t)
	exports := exportData(t, src)
	for _, p := range src.packages {
		if !p.decides() {
			continue
		}
		info := src.check(t, p, exports)
		for name, used := range info.Uses {
			if advice := forbidden(p, used); advice != "" && p.simulates() {
				t.Errorf("%s: %s.%s; %s", src.line(name.Pos()), used.Pkg().Name(), used.Name(), advice)
			}
		}
		for _, at := range src.mapWalks(p, info) {
			t.Errorf("%s: a map is walked, in an order that differs from run to run; walk a slice, sort the keys, or end the line with %q and why", at, orderFree)
		}
	}
}

// forbidden says what is right instead of the object, "" if it may be used.
func forbidden(p *pkg, used types.Object) string {
	if used.Pkg() == nil || used.Parent() != used.Pkg().Scope() { // builtin, field, method or local
		return ""
	}
	listed := func(names []string) bool { return slices.Contains(names, used.Name()) }
	switch used.Pkg().Path() {
	case "time":
		if listed(wallClock) {
			return "time is an argument: pass the des.Time of the event"
		}
	case "math/rand/v2":
		if !listed(ownRandom) {
			return "draw from a stream of des.Stream"
		}
	case module + "/des":
		if p.path == "tcp" && !listed(fromDes) {
			return fmt.Sprintf("the protocol never schedules: of des it knows only %q", fromDes)
		}
	}
	return ""
}

// mapWalks finds the lines that range over a map, or over an iterator of one that
// is not at once sorted, without the mark.
func (src *source) mapWalks(p *pkg, info *types.Info) (lines []string) {
	for _, file := range p.files {
		marked := map[string]bool{}
		for _, group := range file.Comments {
			for _, c := range group.List {
				if reason, ok := strings.CutPrefix(c.Text, orderFree); ok && strings.TrimSpace(reason) != "" {
					marked[src.line(c.Pos())] = true
				}
			}
		}
		sorted := map[ast.Expr]bool{}
		ast.Inspect(file, func(n ast.Node) bool {
			var walk bool
			switch n := n.(type) {
			case *ast.RangeStmt:
				_, walk = info.TypeOf(n.X).Underlying().(*types.Map)
			case *ast.CallExpr:
				if strings.HasPrefix(callee(n, info), "slices.Sorted") {
					sorted[n.Args[0]] = true
				}
				iterator := slices.Contains([]string{"maps.Keys", "maps.Values", "maps.All"}, callee(n, info))
				walk = iterator && !sorted[n]
			}
			if at := src.line(nodePos(n)); walk && !marked[at] {
				lines = append(lines, at)
			}
			return true
		})
	}
	return lines
}

// nodePos is where a node begins; nowhere for the nil that ends a subtree.
func nodePos(n ast.Node) token.Pos {
	if n == nil {
		return token.NoPos
	}
	return n.Pos()
}

// callee names the function that is called by its package: "slices.Sorted".
func callee(call *ast.CallExpr, info *types.Info) string {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || info.Uses[selector.Sel] == nil || info.Uses[selector.Sel].Pkg() == nil {
		return ""
	}
	return info.Uses[selector.Sel].Pkg().Path() + "." + selector.Sel.Name
}

// check finds the types in p.
func (src *source) check(t *testing.T, p *pkg, exports map[string]string) *types.Info {
	t.Helper()
	open := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(src.fset, "gc", open)}
	files := slices.Collect(maps.Values(p.files))
	if _, err := config.Check(module+"/"+p.path, src.fset, files, info); err != nil {
		t.Fatal(err)
	}
	return info
}

// exportData returns the compiler's export file of each package that those up to
// experiments import, by import path. The go command has them in its cache.
func exportData(t *testing.T, src *source) map[string]string {
	t.Helper()
	args := []string{"list", "-export", "-deps", "-json=ImportPath,Export"}
	for _, p := range src.packages {
		if p.decides() {
			args = append(args, "./"+p.path)
		}
	}
	list := exec.Command("go", args...)
	var stderr bytes.Buffer
	list.Stderr = &stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	exports := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var one struct{ ImportPath, Export string }
		if err := d.Decode(&one); err != nil {
			t.Fatal(err)
		}
		exports[one.ImportPath] = one.Export
	}
	return exports
}
