package language

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSnippets holds that what the pages show as experiment files are some, for the
// loader and for editors.
func TestSnippets(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	found, schema := 0, editors(t)
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		blocks := strings.Split(string(text), "```toml\n")
		for _, block := range blocks[1:] {
			source, _, _ := strings.Cut(block, "```")
			if !strings.Contains(source, "[flow.") || !strings.Contains(source, "[node.") {
				continue // a part of a file
			}
			found++
			if _, err := Parse(filepath.Base(page), []byte(source)); err != nil {
				t.Errorf("%s shows\n%s\nwhich is refused:\n%v", page, source, err)
			}
			if err := schema.Validate(decoded(t, source)); err != nil {
				t.Errorf("%s shows\n%s\nwhich the schema refuses:\n%v", page, source, err)
			}
		}
	}
	if found < 5 {
		t.Errorf("only %d files are shown", found)
	}
}
