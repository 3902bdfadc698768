package experiments

import (
	"os"
	"strings"
	"testing"

	"netsim/experiments/language"
)

// TestExperimentsPage runs every file that docs/experiments.md shows: it is complete,
// and what it expects comes out.
func TestExperimentsPage(t *testing.T) {
	text, err := os.ReadFile("../docs/experiments.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(text), "```toml\n")[1:]
	judged := 0
	for _, block := range blocks {
		source, _, _ := strings.Cut(block, "```")
		f, err := language.Parse("experiments.md", []byte(source))
		if err != nil {
			t.Errorf("%s\n%v", source, err)
			continue
		}
		s, err := Run(t.Context(), f, Options{Connections: 3})
		if err != nil {
			t.Errorf("%s\n%v", source, err)
			continue
		}
		results, err := s.Judge()
		if err != nil {
			t.Errorf("%s\n%v", source, err)
		}
		for _, r := range results {
			judged++
			if r.Verdict != Pass {
				t.Errorf("%s at %s: %v, %s", r.That, r.Point.Name(), r.Verdict, r.Why)
			}
		}
		f.Output.Figures = []string{"svg"}
		if err := s.Draw(t.Context(), t.TempDir()); err != nil {
			t.Error(err)
		}
	}
	if len(blocks) < 9 || judged < 9 {
		t.Errorf("only %d files and %d verdicts", len(blocks), judged)
	}
}
