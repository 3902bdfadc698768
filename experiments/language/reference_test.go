package language

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/reference.md and docs/profiles.md anew")

// TestPageReference holds the page of all keys, metrics and functions against the
// tables that the language itself reads by.
func TestPageReference(t *testing.T) {
	holdPage(t, "reference", reference())
}

// holdPage holds a page of docs against what the tables say.
func holdPage(t *testing.T, name, want string) {
	t.Helper()
	page := "../../docs/" + name + ".md"
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != want {
		t.Errorf("docs/%s.md is not what the tables say; go test ./experiments/language -run Page -update writes it", name)
	}
}

func reference() string {
	var b strings.Builder
	b.WriteString("# Keys, metrics and functions\n\n" +
		"Written by a test from the tables that experiment files are read by. `*` stands for a name of yours, a default in\n" +
		"parentheses is a rule. Every key is at once the name for `--set` and a variable of expressions. Behind its type stands\n" +
		"`~` where it may be a distribution, `@` where a schedule, `!` where an event may change it.\n\n")
	b.WriteString("## Keys\n\n| key | type | default | meaning |\n|---|---|---|---|\n")
	var later []string
	for k := range Keys() {
		if !k.Supported() {
			later = append(later, "`"+k.Path+"`")
			continue
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", k.Path, k.Type.described()+k.marked(), k.readable(), k.Meaning)
	}
	b.WriteString("\n`default.node`, `default.link` and `default.flow` take the keys of all nodes, links and flows; " +
		"`case.AXIS.NAME` takes a `label` and any key, and makes a point of its own; `[sweep.axes]` takes lists and ranges of values of " +
		"any key, `event.NAME.set` values of keys with a `!`.\n")
	b.WriteString("\n## Metrics\n\nA number is a metric and a statistic: of a counter `total rate fraction`, of a sample " +
		"`n mean sd min max pN`, of a level, weighted by time, `mean sd min max pN end integral dispersion`.\n\n" +
		"| metric | class | unit | fraction of | meaning |\n|---|---|---|---|---|\n")
	for m := range Metrics() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", m.Path, m.Class, m.Unit, m.Of, m.Meaning)
	}
	fmt.Fprintf(&b, "\n## Functions\n\n`%s`\n", strings.Join(functionNames(), "` `"))
	if later != nil {
		fmt.Fprintf(&b, "\n## Not yet\n\nPart of the language and refused by this version: %s.\n", strings.Join(later, ", "))
	}
	return b.String()
}

// described is a type for readers: its name, and the words it may be.
func (t *Type) described() string {
	if len(t.Words) == 0 {
		return t.Name
	}
	words := strings.Join(t.Words, ", ")
	if t.Name == "word" {
		return words
	}
	return t.Name + ", or " + words
}

// marked says what else a key may be, in this version.
func (k *Key) marked() string {
	marks := ""
	for _, m := range []struct {
		mark string
		has  bool
	}{
		{"~", k.Varies() && k.marks&formed != 0},
		{"@", k.Scheduled() && k.marks&formed != 0},
		{"!", k.Changes()},
	} {
		if m.has {
			marks += " `" + m.mark + "`"
		}
	}
	return marks
}

// readable is the default of a key for readers.
func (k *Key) readable() string {
	if k.Default == "(profile)" {
		return "[by profile](profiles.md)"
	}
	return cell(k.Default)
}

// cell is text that a table of Markdown bears.
func cell(s string) string {
	if s == "" {
		return "(empty)"
	}
	return strings.ReplaceAll(s, "|", "\\|")
}
