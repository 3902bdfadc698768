package language

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestEveryMessage holds that every message of the language has a test that says how
// it reads: for each format in the code, some text in the tests is made by it.
func TestEveryMessage(t *testing.T) {
	if testing.Short() {
		t.Skip("of the whole package, once it is whole")
	}
	var formats []wording
	said := map[string]bool{}
	fset := token.NewFileSet()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "_test.go") {
			formats = append(formats, messagesOf(fset, file)...)
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := literalOf(n); ok {
				for line := range strings.SplitSeq(s, "\n") {
					said[line] = true
				}
			}
			return true
		})
	}
	if len(formats) < 150 {
		t.Fatalf("only %d messages were found", len(formats))
	}
	var all strings.Builder
	for s := range said {
		all.WriteString(s + "\n")
	}
	for _, f := range formats {
		if f.format == reported.what { // which stands for one that was told already
			continue
		}
		if !f.pattern().MatchString(all.String()) {
			t.Errorf("%s: no test says how this reads: %q", f.at, f.format)
		}
	}
}

// wording is a format and where it stands.
type wording struct {
	format string
	at     token.Position
}

// verb is a place in a format where something else stands.
var verb = regexp.MustCompile(`%[-+#0-9.*]*[a-zA-Z%]`)

// pattern finds text that the format could have made.
func (m wording) pattern() *regexp.Regexp {
	var b strings.Builder
	at := 0
	for _, place := range verb.FindAllStringIndex(m.format, -1) {
		b.WriteString(regexp.QuoteMeta(m.format[at:place[0]]) + ".*")
		at = place[1]
	}
	b.WriteString(regexp.QuoteMeta(m.format[at:]))
	return regexp.MustCompile(b.String())
}

// messagesOf are the formats of a file: what is said by wrongf, by errors and
// in faults, but for those that hand on the words of others.
func messagesOf(fset *token.FileSet, file *ast.File) (list []wording) {
	add := func(n ast.Expr) {
		ast.Inspect(n, func(n ast.Node) bool {
			s, ok := literalOf(n)
			if ok && len(strings.TrimSpace(verb.ReplaceAllString(s, ""))) > 4 {
				list = append(list, wording{s, fset.Position(n.Pos())})
			}
			return true
		})
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			name := ""
			switch f := n.Fun.(type) {
			case *ast.Ident:
				name = f.Name
			case *ast.SelectorExpr:
				name = f.Sel.Name
			}
			switch {
			case name == "wrongf" && len(n.Args) > 1:
				add(n.Args[1])
			case (name == "Errorf" || name == "meant") && len(n.Args) > 0:
				add(n.Args[0])
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && (key.Name == "What" || key.Name == "what") {
				add(n.Value)
			}
		}
		return true
	})
	return list
}

func literalOf(n ast.Node) (string, bool) {
	l, ok := n.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}
