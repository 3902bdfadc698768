package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
)

// mutation is a way to break the implementation, and the experiments that notice.
type mutation struct {
	What, File, Old, New string
	Run                  []string
	CI                   bool
}

func mutations(t *testing.T) []mutation {
	var list struct{ Mutation []mutation }
	if _, err := toml.DecodeFile("../../testdata/mutations.toml", &list); err != nil {
		t.Fatal(err)
	}
	return list.Mutation
}

// build makes a netsim with the mutation in it, and nothing else changed.
func (m *mutation) build(t *testing.T) (program string) {
	dir := t.TempDir()
	path, err := filepath.Abs(filepath.Join("../..", m.File))
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), m.Old); n != 1 {
		t.Fatalf("%d times in %s, not once:\n%s", n, m.File, m.Old)
	}
	mutant, overlay := filepath.Join(dir, "mutant.go"), filepath.Join(dir, "overlay.json")
	replaced, err := json.Marshal(map[string]any{"Replace": map[string]string{path: mutant}})
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{mutant: strings.Replace(string(source), m.Old, m.New, 1), overlay: string(replaced)} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program = filepath.Join(dir, "netsim")
	// Without a profile for the compiler: then packages that are as they were come from the tests' cache.
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-pgo=off", "-overlay", overlay, "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", m.What, err, out)
	}
	return program
}

// caught runs the experiments that should notice, and returns the first expectation
// that does not come out: "four-way-close: segments at style=four: ...".
func (m *mutation) caught(t *testing.T) string {
	run := exec.CommandContext(t.Context(), m.build(t), append([]string{"run", "--fast"}, m.Run...)...)
	run.WaitDelay = time.Minute
	out, err := run.Output()
	for line := range strings.Lines(string(out)) {
		if found, ok := strings.CutPrefix(strings.TrimSpace(line), "FAIL: "); ok {
			return found
		}
	}
	t.Errorf("%s: none of %s notices (%v); what would?", m.What, strings.Join(m.Run, ", "), err)
	return ""
}

// TestMutationsOfCI breaks the implementation in a few ways, each of which an
// expectation of the catalogue notices, the one that docs/mutations.md names. All
// ways take minutes, and -tags long.
func TestMutationsOfCI(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program several times")
	}
	page, err := os.ReadFile(mutationsPage)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutations(t) {
		if m.CI && !strings.Contains(string(page), m.row(m.caught(t))) {
			t.Errorf("%s: %s says something else", m.What, mutationsPage)
		}
	}
}

const mutationsPage = "../../docs/mutations.md"

// row is that of the mutation on the page.
func (m *mutation) row(caught string) string {
	experiment, rest, _ := strings.Cut(caught, ": ")
	expectation, how, _ := strings.Cut(rest, ": ")
	how, _, _ = strings.Cut(how, ": ") // of a condition: not what its parts are
	expectation, where, _ := strings.Cut(expectation, " at ")
	return fmt.Sprintf("| %s | `%s` | `%s` | `%s` | %s | %s |\n", m.What, m.File, experiment, expectation, where, how)
}
