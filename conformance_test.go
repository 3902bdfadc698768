package netsim_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/conformance.md anew")

const conformancePage = "docs/conformance.md"

// A comment of the code that cites a label, or a string, says where a requirement lives. The
// comment of a test bears the labels it proves: "Proves MUST-13, SHLD-4."
var (
	label  = regexp.MustCompile(`\b(?:MUST|SHLD|MAY|REC)-\d+\b`)
	proves = regexp.MustCompile(`\bProves ([^.]*)\.`)
)

// evidence is where labels stand.
type evidence struct {
	homes, proofs map[string][]string // by label: "tcp/input.go: Conn.checkReset", "tcp: TestPAWS"
}

// TestConformance holds the page of RFC 9293's requirements against the code that
// cites them and the tests that bear their numbers.
func TestConformance(t *testing.T) {
	src := load(t)
	e := evidence{map[string][]string{}, map[string][]string{}}
	for _, p := range src.packages {
		for _, name := range slices.Sorted(maps.Keys(p.files)) {
			cited(name, p.files[name], e.homes)
		}
		for _, name := range slices.Sorted(maps.Keys(p.tests)) {
			proven(p.path, p.tests[name], e.proofs)
		}
	}
	known := map[string]bool{}
	for _, r := range requirements {
		known[r.id] = true
		proven := len(e.proofs[r.id]) > 0
		switch {
		case !proven && r.why == "":
			t.Errorf("%s: no test bears it; end a test's comment with \"Proves %s.\", or say why not in requirements_test.go", r.id, r.id)
		case proven && len(e.homes[r.id]) == 0:
			t.Errorf("%s: no comment of the code cites it; say (%s) where it lives", r.id, r.id)
		case proven && r.why != "":
			t.Errorf("%s: both %s and a reason why not in requirements_test.go", r.id, e.proofs[r.id][0])
		}
	}
	for _, where := range []map[string][]string{e.homes, e.proofs} {
		for _, id := range slices.Sorted(maps.Keys(where)) {
			if !known[id] {
				t.Errorf("%s: RFC 9293 has no %s", where[id][0], id)
			}
		}
	}
	want := e.page(numbers(src.at("tcp").tests["tcp/cells_test.go"]))
	if *update {
		if err := os.WriteFile(conformancePage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if !exists(conformancePage) || read(t, conformancePage) != want {
		t.Errorf("%s is not what code and tests say; go test . -run Conformance -update writes it", conformancePage)
	}
}

// TestRequirementLabels holds that the table has every label once: 69 MUST, 31
// SHLD, 18 MAY and 1 REC, of which 92 are to be held.
func TestRequirementLabels(t *testing.T) {
	i, held := 0, 0
	for _, kind := range []struct {
		word string
		n    int
	}{{"MUST", 69}, {"SHLD", 31}, {"MAY", 18}, {"REC", 1}} {
		for n := 1; n <= kind.n; n++ {
			if want := fmt.Sprintf("%s-%d", kind.word, n); i >= len(requirements) || requirements[i].id != want {
				t.Fatalf("%s is not where it belongs", want)
			}
			if requirements[i].held() {
				held++
			}
			i++
		}
	}
	if i != len(requirements) || held != 92 {
		t.Errorf("%d labels and %d of them to be held, want %d and 92", len(requirements), held, i)
	}
}

func (r *requirement) held() bool {
	for _, c := range classes {
		if c.letter == r.class {
			return c.held
		}
	}
	return false
}

// cited adds the places of a file whose comments, or strings, cite labels.
func cited(name string, file *ast.File, homes map[string][]string) {
	cites := func(text string, pos token.Pos) {
		for _, at := range label.FindAllStringIndex(text, -1) {
			id, place := text[at[0]:at[1]], name
			if in := enclosing(file, pos+token.Pos(at[0])); in != "" {
				place += ": " + in
			}
			if !slices.Contains(homes[id], place) {
				homes[id] = append(homes[id], place)
			}
		}
	}
	for _, group := range file.Comments {
		for _, comment := range group.List {
			cites(comment.Text, comment.Pos())
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.BasicLit); ok && s.Kind == token.STRING {
			cites(s.Value, s.Pos())
		}
		return true
	})
}

// enclosing names the declaration in or above which something stands: "Conn.Emit",
// "Profile.Nagle", "" outside of all.
func enclosing(file *ast.File, at token.Pos) string {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if within(at, d, d.Doc, nil) {
				if d.Recv != nil {
					return receiver(d) + "." + d.Name.Name
				}
				return d.Name.Name
			}
		case *ast.GenDecl:
			if within(at, d, d.Doc, nil) {
				return declared(d, at)
			}
		}
	}
	return ""
}

// within reports whether a place is in a node or its comments.
func within(at token.Pos, n ast.Node, above, beside *ast.CommentGroup) bool {
	from, to := n.Pos(), n.End()
	if above != nil {
		from = above.Pos()
	}
	if beside != nil {
		to = beside.End()
	}
	return from <= at && at < to
}

// declared names the type, field, constant or variable of a declaration.
func declared(d *ast.GenDecl, at token.Pos) (name string) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if name == "" || within(at, s, s.Doc, s.Comment) {
				name = s.Name.Name
			}
			if fields, ok := s.Type.(*ast.StructType); ok {
				for _, f := range fields.Fields.List {
					if within(at, f, f.Doc, f.Comment) && len(f.Names) > 0 {
						return s.Name.Name + "." + f.Names[0].Name
					}
				}
			}
		case *ast.ValueSpec:
			if name == "" || within(at, s, s.Doc, s.Comment) {
				name = s.Names[0].Name
			}
		}
	}
	return name
}

// proven adds the tests of a file whose comments bear labels.
func proven(pkg string, file *ast.File, proofs map[string][]string) {
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Doc == nil || !strings.HasPrefix(f.Name.Name, "Test") {
			continue
		}
		for _, sentence := range proves.FindAllStringSubmatch(strings.Join(strings.Fields(f.Doc.Text()), " "), -1) {
			for _, id := range label.FindAllString(sentence[1], -1) {
				proofs[id] = append(proofs[id], path.Base(pkg)+": "+f.Name.Name)
			}
		}
	}
}

// page writes the document.
func (e *evidence) page(cells map[string]string) string {
	var b strings.Builder
	held, proven, others := 0, 0, 0
	for _, r := range requirements {
		switch {
		case r.held() && r.why == "":
			proven++
			fallthrough
		case r.held():
			held++
		case r.why == "":
			others++
		}
	}
	fmt.Fprintf(&b, "# RFC 9293, requirement by requirement\n\n"+
		"Written by a test from the comments of the code and of the tests. RFC 9293 labels %d requirements; %d of them have a\n"+
		"meaning for the life of a connection, its data or the format of its segments. Of these %d hold in the profile `rfc9293`,\n"+
		"each with a test that bears its number; of the others %d hold as well. What another profile does differently stands\n"+
		"beside, found by comparing its data with the requirement.\n\n"+
		"Not labelled, and tested cell by cell: section 3.10, what every segment, user call and timer does in every state. Rules\n"+
		"in the order of its paragraphs say what is expected; %s cells of segments, %s of user calls and %s of timers are\n"+
		"held against them. `go test ./tcp -v -run 'Cells|Requirement'` counts them.\n",
		len(requirements), held, proven, others, cells["segmentCells"], cells["callCells"], cells["timerCells"])
	for _, c := range classes {
		fmt.Fprintf(&b, "\n## %s%s\n\n", strings.ToUpper(c.name[:1]), c.name[1:])
		last := "other profiles"
		if !c.held {
			last = "why not"
		}
		fmt.Fprintf(&b, "| | requirement | lives in | test | %s |\n|---|---|---|---|---|\n", last)
		for _, r := range requirements {
			if r.class != c.letter {
				continue
			}
			last := r.why
			if last == "" {
				last = strings.Join(departures(r.id), "; ")
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.id, r.words, codes(e.homes[r.id]), codes(e.proofs[r.id]), last)
		}
	}
	return b.String()
}

// numbers are the constants of a file that are written as numbers.
func numbers(file *ast.File) map[string]string {
	all := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
			if n, ok := v.Values[0].(*ast.BasicLit); ok && n.Kind == token.INT {
				all[v.Names[0].Name] = n.Value
			}
		}
		return true
	})
	return all
}

// codes lists places, each in the type of code.
func codes(places []string) string {
	quoted := make([]string, len(places))
	for i, p := range places {
		quoted[i] = "`" + p + "`"
	}
	return strings.Join(quoted, " ")
}
