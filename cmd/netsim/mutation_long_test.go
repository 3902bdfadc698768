//go:build long

package main

import (
	"os"
	"strings"
	"testing"
)

const mutationsHead = `# What breaks when the code is broken

Each line is a way to break the implementation: one piece of one file, replaced ([testdata/mutations.toml](../testdata/mutations.toml)),
and the first expectation of the catalogue that then fails, at the fast setting. A way that nobody noticed would be an
expectation that is missing.

` + "```sh" + `
go test -tags long -run AllMutations -v -timeout 60m ./cmd/netsim           # breaks it in all of these ways, some minutes
go test -tags long -run AllMutations -timeout 60m ./cmd/netsim -update      # and writes this page
` + "```" + `

| broken | in | experiment | expectation | at | what came out |
|---|---|---|---|---|---|
`

// TestAllMutations breaks the implementation in every way that is listed, and holds
// the page of who notices.
func TestAllMutations(t *testing.T) {
	var page strings.Builder
	page.WriteString(mutationsHead)
	for _, m := range mutations(t) {
		t.Run(m.What, func(t *testing.T) { page.WriteString(m.row(m.caught(t))) })
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(mutationsPage, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if was, err := os.ReadFile(mutationsPage); err != nil || string(was) != page.String() {
		t.Errorf("%s says something else (%v); -update writes it", mutationsPage, err)
	}
}
