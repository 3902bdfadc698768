package netsim_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the module's name, the start of the import paths that are its own.
const module = "netsim"

// source is the module's Go code, parsed.
type source struct {
	fset     *token.FileSet
	packages []*pkg // in the order of their paths
}

// pkg is one directory of Go files.
type pkg struct {
	path  string // from the root: "tcp", "cmd/netsim"; the root itself is "."
	name  string
	files map[string]*ast.File // by path from the root, without tests
	tests map[string]*ast.File
}

// load parses every Go file below the root.
func load(t *testing.T) *source {
	t.Helper()
	src := &source{fset: token.NewFileSet()}
	for _, file := range textFiles(t) {
		if path.Ext(file) != ".go" {
			continue
		}
		syntax, err := parser.ParseFile(src.fset, file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		p := src.at(path.Dir(file))
		if strings.HasSuffix(file, "_test.go") {
			p.tests[file] = syntax
		} else {
			p.files[file], p.name = syntax, syntax.Name.Name
		}
	}
	return src
}

// at returns the package in the directory, a new one if need be.
func (src *source) at(dir string) *pkg {
	i, found := slices.BinarySearchFunc(src.packages, dir, func(p *pkg, dir string) int { return strings.Compare(p.path, dir) })
	if !found {
		src.packages = slices.Insert(src.packages, i, &pkg{path: dir, files: map[string]*ast.File{}, tests: map[string]*ast.File{}})
	}
	return src.packages[i]
}

// line is where a node stands: "tcp/conn.go:17".
func (src *source) line(at token.Pos) string {
	p := src.fset.Position(at)
	return p.Filename + ":" + strconv.Itoa(p.Line)
}

// imports returns the import paths of the files, each with where it stands.
func imports(files map[string]*ast.File) map[string]token.Pos {
	found := map[string]token.Pos{}
	for _, file := range files {
		for _, spec := range file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			found[name] = spec.Pos()
		}
	}
	return found
}

// textFiles lists what people write: the paths of code, documents, experiments
// and scripts, from the root.
func textFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(entry.Name(), ".") && name != "." && name != ".ci"
		switch {
		case entry.IsDir() && (hidden || name == "out" || entry.Name() == "testdata"):
			return fs.SkipDir
		case entry.IsDir():
		case path.Dir(filepath.ToSlash(name)) == ".ci", slices.Contains([]string{".go", ".md", ".toml", ".mod"}, path.Ext(name)):
			files = append(files, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// read returns the text of a file.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
