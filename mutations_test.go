package netsim_test

import (
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// TestMutations holds that each way to break the implementation still fits the code
// that it breaks, and stands on the page of who noticed. cmd/netsim breaks it.
func TestMutations(t *testing.T) {
	var list struct {
		Mutation []struct{ What, File, Old, New string }
	}
	if _, err := toml.Decode(read(t, "testdata/mutations.toml"), &list); err != nil {
		t.Fatal(err)
	}
	page := read(t, "docs/mutations.md")
	for _, m := range list.Mutation {
		if n := strings.Count(read(t, m.File), m.Old); n != 1 {
			t.Errorf("%s: %d times in %s, not once; change testdata/mutations.toml with it:\n%s", m.What, n, m.File, m.Old)
		}
		if m.Old == m.New || !strings.Contains(page, "| "+m.What+" | `"+m.File+"` |") {
			t.Errorf("%s: breaks nothing, or is not in docs/mutations.md", m.What)
		}
	}
	if n := strings.Count(page, "\n| ") - 1; n != len(list.Mutation) {
		t.Errorf("docs/mutations.md has %d rows, testdata/mutations.toml %d mutations", n, len(list.Mutation))
	}
}
