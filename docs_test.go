package netsim_test

import (
	"go/ast"
	"go/doc"
	"go/token"
	"maps"
	"path"
	"slices"
	"testing"
)

// TestPackageDocs holds that every package says what it is, in doc.go; a command
// says it in main.go, before it says anything else.
func TestPackageDocs(t *testing.T) {
	for _, p := range load(t).packages {
		home := path.Join(p.path, "doc.go")
		if p.name == "main" {
			home = path.Join(p.path, "main.go")
		}
		if file := p.files[home]; len(p.files) > 0 && (file == nil || file.Doc == nil) {
			t.Errorf("%s: no package comment; begin it with what the package is for", home)
		}
	}
}

// TestExportedDocs holds that every exported name is explained: by a comment of
// its own, or by that of the block of one-liners or constants it stands in.
func TestExportedDocs(t *testing.T) {
	src := load(t)
	for _, p := range src.packages {
		types := documentedTypes(p)
		for _, name := range slices.Sorted(maps.Keys(p.files)) {
			above := 0 // the last line of the declaration before, if that is documented
			for _, d := range p.files[name].Decls {
				bare := undocumented(d, types)
				if f, ok := d.(*ast.FuncDecl); ok && f.Doc == nil && src.fset.Position(d.Pos()).Line == above+1 {
					bare = nil
				}
				for _, id := range bare {
					t.Errorf("%s: %s has no comment; say what it is, in which unit, with which errors", src.line(id.Pos()), id.Name)
				}
				above = 0
				if f, ok := d.(*ast.FuncDecl); ok && len(bare) == 0 && f.Name.IsExported() {
					above = src.fset.Position(d.End()).Line
				}
			}
		}
	}
}

// documentedTypes returns the names of types that have a comment: constants of
// such a type are explained by it.
func documentedTypes(p *pkg) map[string]bool {
	types := map[string]bool{}
	for _, file := range p.files {
		for _, d := range file.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
				for _, spec := range g.Specs {
					s := spec.(*ast.TypeSpec)
					types[s.Name.Name] = g.Doc != nil || s.Doc != nil
				}
			}
		}
	}
	return types
}

// selfEvident are methods whose name says it all.
var selfEvident = []string{"String", "Error", "Unwrap"}

// undocumented returns the exported names that a declaration leaves without a
// comment.
func undocumented(d ast.Decl, types map[string]bool) (bare []*ast.Ident) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		open := d.Name.IsExported() && (d.Recv == nil || ast.IsExported(receiver(d)))
		if open && d.Doc == nil && !slices.Contains(selfEvident, d.Name.Name) {
			bare = append(bare, d.Name)
		}
	case *ast.GenDecl:
		explained := d.Doc != nil
		for i, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && !explained && s.Doc == nil {
					bare = append(bare, s.Name)
				}
			case *ast.ValueSpec:
				if of, ok := s.Type.(*ast.Ident); ok && i == 0 && d.Tok == token.CONST && types[of.Name] {
					explained = true
				}
				for _, id := range s.Names {
					if id.IsExported() && !explained && s.Doc == nil && s.Comment == nil {
						bare = append(bare, id)
					}
				}
			}
		}
	}
	return bare
}

// receiver names the type of a method.
func receiver(d *ast.FuncDecl) string {
	of := d.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	if generic, ok := of.(*ast.IndexExpr); ok {
		of = generic.X
	}
	id, _ := of.(*ast.Ident)
	return id.Name
}

// TestExamples holds that every package shows its use in an example that runs.
func TestExamples(t *testing.T) {
	for _, p := range load(t).packages {
		if p.path == "." || p.name == "main" || len(p.files) == 0 {
			continue
		}
		runs := func(e *doc.Example) bool { return e.Output != "" || e.EmptyOutput }
		if !slices.ContainsFunc(doc.Examples(slices.Collect(maps.Values(p.tests))...), runs) {
			t.Errorf("%s: no example with an output; write one in %s", p.path, path.Join(p.path, "example_test.go"))
		}
	}
}

// The most lines of a file, and of a function that is no test's.
const (
	fileLines     = 700
	functionLines = 70
)

// TestSizes holds that what one reads at a time stays small.
func TestSizes(t *testing.T) {
	src := load(t)
	lines := func(n ast.Node) int { return src.fset.Position(n.End()).Line - src.fset.Position(n.Pos()).Line + 1 }
	for _, p := range src.packages {
		for _, files := range []map[string]*ast.File{p.files, p.tests} {
			for name, file := range files {
				if n := src.fset.File(file.Pos()).LineCount(); n > fileLines {
					t.Errorf("%s: %d lines, more than %d; one concern a file", name, n, fileLines)
				}
			}
		}
		for _, file := range p.files {
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && lines(f) > functionLines {
					t.Errorf("%s: %s has %d lines, more than %d; name its parts", src.line(f.Pos()), f.Name.Name, lines(f), functionLines)
				}
			}
		}
	}
}
