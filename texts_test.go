package netsim_test

import (
	"compress/gzip"
	"go/ast"
	"io"
	"iter"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"netsim/experiments/language"
	"netsim/tcp"
)

// unfit is what no text here may hold, and why. The expressions do not match
// themselves.
var unfit = []struct {
	text *regexp.Regexp
	why  string
}{
	{regexp.MustCompile(`\b(TO[D]O|FIX[M]E|X[X]X)\b`), "finish it, or describe what is there"},
	{regexp.MustCompile("(^|[\\s\"'`(=])/(?:home|root|Users|tmp|mnt|srv|work)/"), "a path of one machine; name it from the root of the repository"},
}

// TestTexts holds that nothing is left unfinished or tied to one machine.
func TestTexts(t *testing.T) {
	for _, name := range textFiles(t) {
		for i, line := range strings.Split(read(t, name), "\n") {
			for _, u := range unfit {
				if found := u.text.FindString(line); found != "" {
					t.Errorf("%s:%d: %q; %s", name, i+1, strings.TrimSpace(found), u.why)
				}
			}
		}
	}
}

// TestProfiles holds that the profiles which guide the compiler name no place of one
// machine, as those of a program built with -trimpath do not.
func TestProfiles(t *testing.T) {
	place := regexp.MustCompile(`/(?:home|root|Users|tmp|mnt|srv|work|usr)/[ -~]*`)
	for _, name := range []string{"bench/default.pgo", "cmd/netsim/default.pgo"} {
		packed, err := gzip.NewReader(strings.NewReader(read(t, name)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		profile, err := io.ReadAll(packed)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if found := place.Find(profile); found != nil {
			t.Errorf("%s: %q; take it of a program built with -trimpath", name, found)
		}
	}
}

// documented matches a command line of the documents: the netsim command, and
// the experiment of the catalogue that it names. A file name has a dot.
var documented = regexp.MustCompile(`(?m)^(?:go run \./cmd/netsim|netsim) ([a-z]+)(?: ([a-z0-9][a-z0-9-]*)(?:\s|$))?`)

// TestDocumentedCommands holds that what the documents tell to type can be
// typed: the commands exist, and so do the experiments and the profiles.
func TestDocumentedCommands(t *testing.T) {
	known := commands(load(t))
	for _, name := range documents(t) {
		for number, script := range blocks(read(t, name), "sh") {
			for _, words := range documented.FindAllStringSubmatch(script, -1) {
				switch {
				case !slices.Contains(known, words[1]):
					t.Errorf("%s:%d: netsim has no command %q; one of %q", name, number, words[1], known)
				case words[1] == "sweep" && slices.Contains(known, words[2]):
				case words[1] == "calc": // which has words of its own
				case words[1] == "profile" && tcp.ProfileByName(words[2]) != nil:
				case words[2] != "" && !exists("experiments/catalog/"+words[2]+".toml"):
					t.Errorf("%s:%d: no experiment %q in experiments/catalog", name, number, words[2])
				}
			}
		}
	}
}

// commands returns the subcommands of cmd/netsim, from the Use of each.
func commands(src *source) (names []string) {
	for _, file := range src.at("cmd/netsim").files {
		ast.Inspect(file, func(n ast.Node) bool {
			if pair, ok := n.(*ast.KeyValueExpr); ok {
				key, _ := pair.Key.(*ast.Ident)
				use, _ := pair.Value.(*ast.BasicLit)
				if key != nil && key.Name == "Use" && use != nil {
					text, _ := strconv.Unquote(use.Value)
					names = append(names, strings.Fields(text)[0])
				}
			}
			return true
		})
	}
	slices.Sort(names)
	return names
}

// TestDocumentedExperiments holds that the experiments in the documents are
// without fault.
func TestDocumentedExperiments(t *testing.T) {
	for _, name := range documents(t) {
		for number, source := range blocks(read(t, name), "toml") {
			if _, err := language.Parse(name, []byte(source)); err != nil {
				t.Errorf("%s:%d: the experiment that begins here:\n%v", name, number, err)
			}
		}
	}
}

// blocks yields the fenced blocks of a document in that language, each with the
// number of its first line.
func blocks(text, language string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		var block []string
		inside, wanted := false, false
		for i, line := range strings.Split(text, "\n") {
			fence, is := strings.CutPrefix(line, "```")
			switch {
			case is && inside && wanted && !yield(i+1-len(block), strings.Join(block, "\n")):
				return
			case is:
				inside, wanted, block = !inside, fence == language, nil
			case inside:
				block = append(block, line)
			}
		}
	}
}

// link matches a relative link of Markdown to a file; pictures are links too.
var link = regexp.MustCompile(`\]\(([^):#]+)\)`)

// TestLinks holds that the documents lead to files that are there.
func TestLinks(t *testing.T) {
	for _, name := range documents(t) {
		for _, found := range link.FindAllStringSubmatch(read(t, name), -1) {
			target := path.Join(path.Dir(name), found[1])
			if !exists(target) {
				t.Errorf("%s: a link to %s, which is not there", name, target)
			}
		}
	}
}

// documents lists the paths of the documents.
func documents(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(textFiles(t), func(name string) bool { return path.Ext(name) != ".md" })
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// TestDocumentedDependencies holds that docs/dependencies.md speaks of each module
// that go.mod requires for itself, in its version.
func TestDocumentedDependencies(t *testing.T) {
	document := read(t, "docs/dependencies.md")
	for _, line := range strings.Split(read(t, "go.mod"), "\n") {
		words := strings.Fields(strings.TrimPrefix(line, "require "))
		if len(words) != 2 || !strings.HasPrefix(words[1], "v") { // indirect ones have a comment
			continue
		}
		tool := strings.Contains(read(t, "go.mod"), "tool "+words[0]+"/")
		if row := "| " + words[0] + " | " + words[1] + " |"; !tool && !strings.Contains(document, row) {
			t.Errorf("docs/dependencies.md has no row %q; say what it is for, and why not our own code", row)
		}
	}
}
