package main

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"netsim/experiments"
)

var update = flag.Bool("update", false, "write anew what commands print into docs/handbook, its figures, and docs/mutations.md")

// handbook has a page a chapter, in English, and the same in Chinese in zh.
const handbook = "../../docs/handbook"

// A page of the handbook.
type page struct {
	path     string
	lines    []string
	examples []example
	figures  []string // the files it shows, from docs/handbook/figures
}

// An example is a block of commands and, if the page shows it, the block of what
// they print.
type example struct {
	commands []string
	from, to int // the lines of what is printed; both 0: not shown
}

var picture = regexp.MustCompile(`<img src="(?:\.\./)?figures/([^"]+)" width="\d+" alt="[^"]+">`)

// readPage finds commands, what they print, and figures.
func readPage(t *testing.T, path string) *page {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p := &page{path: path, lines: strings.Split(string(text), "\n")}
	fence, opened := "", 0
	for i, line := range p.lines {
		kind, is := strings.CutPrefix(line, "```")
		switch last := len(p.examples) - 1; {
		case is && fence == "":
			fence, opened = kind, i+1
			continue
		case is && fence == "sh":
			p.examples = append(p.examples, example{commands: p.lines[opened:i]})
		case is && fence == "text" && last >= 0 && p.examples[last].to == 0:
			p.examples[last].from, p.examples[last].to = opened, i
		case is && fence == "text":
			t.Errorf("%s:%d: what is this the output of? Put it right below its commands, or leave out the word text", path, opened)
		case fence == "" && strings.Contains(line, "<img"):
			found := picture.FindStringSubmatch(line)
			if found == nil {
				t.Errorf("%s:%d: want <img src=\"figures/NAME/FIGURE.svg\" width=\"480\" alt=\"...\">", path, i+1)
				continue
			}
			p.figures = append(p.figures, found[1])
		}
		if is {
			fence = ""
		}
	}
	return p
}

// commands are those of all examples, in their order.
func (p *page) commands() (all []string) {
	for _, e := range p.examples {
		all = append(all, strings.Join(e.commands, "\n"))
	}
	return all
}

// excerpt is as much of what was printed as a page shows: the first lines if it
// goes on with "...", the last if it begins so, or all.
func excerpt(printed, shown []string) []string {
	n := len(shown) - 1
	switch {
	case n >= 0 && shown[n] == "...":
		return append(slices.Clone(printed[:min(n, len(printed))]), "...")
	case n >= 0 && shown[0] == "...":
		return append([]string{"..."}, printed[max(0, len(printed)-n):]...)
	}
	return printed
}

// TestHandbook runs every command of the handbook: each prints what the page shows
// below it, and draws the figures that the page shows. The pages of a chapter have
// the same commands in both languages.
func TestHandbook(t *testing.T) {
	home, err := filepath.Abs(handbook)
	if err != nil {
		t.Fatal(err)
	}
	chapters, _ := filepath.Glob(filepath.Join(home, "[0-9]-*.md"))
	for _, path := range chapters {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".md"), func(t *testing.T) {
			english, chinese := readPage(t, path), readPage(t, filepath.Join(home, "zh", filepath.Base(path)))
			if a, b := english.commands(), chinese.commands(); !slices.Equal(a, b) {
				t.Fatalf("the languages have other commands:\n%q\n%q", a, b)
			}
			if !slices.Equal(english.figures, chinese.figures) {
				t.Errorf("the languages have other figures:\n%q\n%q", english.figures, chinese.figures)
			}
			if testing.Short() {
				t.Skip("runs what the page shows")
			}
			printed := follow(t, english)
			for _, p := range []*page{english, chinese} {
				p.hold(t, printed)
			}
			for _, name := range english.figures {
				holdFigure(t, name, filepath.Join(home, "figures", name))
			}
		})
	}
	if len(chapters) == 0 {
		t.Error("there are no chapters")
	}
}

// follow types what a page tells to, in a folder of its own.
func follow(t *testing.T, p *page) (printed [][]string) {
	n := newNetsim(t)
	for _, e := range p.examples {
		var out strings.Builder
		for _, command := range e.commands {
			words := split(command)
			if len(words) == 0 || words[0] != "netsim" {
				t.Fatalf("%s: %q is not a netsim command", p.path, command)
			}
			out.WriteString(n.ok(words[1:]...))
		}
		printed = append(printed, strings.Split(strings.TrimRight(out.String(), "\n"), "\n"))
	}
	return printed
}

// split is a command in its words, as a shell takes them: quotes, and a remark.
func split(command string) (words []string) {
	for _, w := range word.FindAllString(command, -1) {
		if w == "#" {
			break
		}
		words = append(words, quoted.ReplaceAllStringFunc(w, func(q string) string { return q[1 : len(q)-1] }))
	}
	return words
}

var (
	word   = regexp.MustCompile(`(?:"[^"]*"|'[^']*'|[^\s"'])+`)
	quoted = regexp.MustCompile(`"[^"]*"|'[^']*'`)
)

// hold compares what a page shows with what was printed, or makes it so.
func (p *page) hold(t *testing.T, printed [][]string) {
	t.Helper()
	changed := false
	for i := len(p.examples) - 1; i >= 0; i-- {
		e := p.examples[i]
		shown := p.lines[e.from:e.to]
		got := excerpt(printed[i], shown)
		switch {
		case e.to == 0 || slices.Equal(got, shown):
		case *update:
			p.lines, changed = slices.Concat(p.lines[:e.from], got, p.lines[e.to:]), true
		default:
			t.Errorf("%s:%d: %s prints\n%s\nthe page has\n%s\ngo test ./cmd/netsim -run Handbook -update writes it; then read the text around it again",
				p.path, e.from+1, strings.Join(e.commands, "; "), strings.Join(got, "\n"), strings.Join(shown, "\n"))
		}
	}
	if changed {
		if err := os.WriteFile(p.path, []byte(strings.Join(p.lines, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// holdFigure compares a figure, NAME/FIGURE.svg, with what is drawn today, or puts
// that in its place.
func holdFigure(t *testing.T, name, path string) {
	t.Helper()
	folder, file := filepath.Split(name)
	got, err := os.ReadFile(filepath.Join("out", folder, "figures", file))
	if err != nil {
		t.Errorf("figures/%s: no command of the page draws it: %v", name, err)
		return
	}
	want, err := os.ReadFile(path)
	fault := ""
	switch {
	case err != nil:
		fault = err.Error()
	default:
		fault = difference(string(got), string(want))
	}
	if fault == "" {
		return
	}
	if !*update {
		t.Errorf("figures/%s: %s; look at it, then go test ./cmd/netsim -run Handbook -update", name, fault)
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, got, 0o644); err != nil {
		t.Fatal(err)
	}
}

var number = regexp.MustCompile(`-?\d+(?:\.\d+)?`)

// apart is how far, in points, what is drawn may move: fonts are measured and
// results rounded alike on all machines, but for the last digits.
const apart = 0.5

// difference says what is not the same in two SVGs: words, colours, shapes, and
// coordinates that moved by more than can be seen.
func difference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	if len(a) != len(b) {
		return fmt.Sprintf("has %d lines, what is committed %d", len(a), len(b))
	}
	for i := range a {
		x, y := number.FindAllString(a[i], -1), number.FindAllString(b[i], -1)
		same := a[i] == b[i] || len(x) == len(y) && number.ReplaceAllString(a[i], "0") == number.ReplaceAllString(b[i], "0")
		for j := 0; same && j < len(x); j++ {
			u, _ := strconv.ParseFloat(x[j], 64)
			v, _ := strconv.ParseFloat(y[j], 64)
			same = math.Abs(u-v) <= apart
		}
		if !same {
			return fmt.Sprintf("line %d is %q, what is committed %q", i+1, a[i], b[i])
		}
	}
	return ""
}

// TestHandbookIsWhole holds that each chapter of the catalogue that has a page names
// all its experiments there, that the indexes lead to all pages, and that no figure is
// left over.
func TestHandbookIsWhole(t *testing.T) {
	pages, _ := filepath.Glob(filepath.Join(handbook, "[0-9]-*.md"))
	var shown, names []string
	for _, path := range pages {
		names = append(names, filepath.Base(path))
		shown = append(shown, readPage(t, path).figures...)
	}
	if !slices.Equal(names, chapterPages) {
		t.Errorf("the pages are %q, netsim list says %q", names, chapterPages)
	}
	kept, _ := filepath.Glob(filepath.Join(handbook, "figures", "*", "*"))
	for _, path := range kept {
		if name := filepath.ToSlash(path[len(filepath.Join(handbook, "figures"))+1:]); !slices.Contains(shown, name) {
			t.Errorf("no page shows docs/handbook/figures/%s", name)
		}
	}
	for _, folder := range []string{"", "zh"} {
		index := strings.Join(readPage(t, filepath.Join(handbook, folder, "README.md")).lines, "\n")
		for _, path := range pages {
			name := filepath.Base(path)
			if !strings.Contains(index, "]("+name+")") {
				t.Errorf("%s/README.md has no link to %s", folder, name)
			}
			text := strings.Join(readPage(t, filepath.Join(handbook, folder, name)).lines, "\n")
			for _, experiment := range experiments.Catalog() {
				f, err := experiments.Load(experiment)
				if err != nil {
					t.Fatal(err)
				}
				if in := fmt.Sprint(place(f.Chapter)+1) == name[:1]; in && !strings.Contains(text, experiment) {
					t.Errorf("%s/%s does not name %s, which is of its chapter", folder, name, experiment)
				}
			}
		}
	}
}

// TestHandbookReads holds that the marks of Markdown are taken as such: beside Chinese
// punctuation an asterisk may stay an asterisk. A paragraph of Chinese is one line,
// since a break would be shown as a space.
func TestHandbookReads(t *testing.T) {
	english, _ := filepath.Glob(filepath.Join(handbook, "*.md"))
	chinese, _ := filepath.Glob(filepath.Join(handbook, "zh", "*.md"))
	for _, path := range slices.Concat(english, chinese) {
		text := strings.Join(readPage(t, path).lines, "\n")
		var html strings.Builder
		if err := goldmark.New(goldmark.WithExtensions(extension.Table)).Convert([]byte(text), &html); err != nil {
			t.Fatal(err)
		}
		prose := literal.ReplaceAllString(html.String(), "")
		if i := strings.IndexAny(prose, "*`|"); i >= 0 {
			t.Errorf("%s: a mark is shown as it is: %.80s", path, prose[max(0, i-30):])
		}
		if broken := between.FindString(html.String()); broken != "" {
			t.Errorf("%s: a line ends within a sentence of Chinese: %s", path, broken)
		}
	}
}

var (
	literal = regexp.MustCompile(`(?s)<pre>.*?</pre>|<code>.*?</code>|<[^>]*>`)
	between = regexp.MustCompile(`[^\n]*[\p{Han}，。；：]\n[\p{Han}“（]`)
)

// TestHandbookSeesChanges holds the comparison itself.
func TestHandbookSeesChanges(t *testing.T) {
	for _, c := range []struct {
		got, want string
		same      bool
	}{
		{"M1.2,3\n<text>SYN</text>", "M1.4,3\n<text>SYN</text>", true},
		{"M1.2,3\n<text>SYN</text>", "M1.8,3\n<text>SYN</text>", false},
		{"M1.2,3\n<text>SYN</text>", "M1.2,3\n<text>ACK</text>", false},
		{"M1.2,3", "M1.2,3\n", false},
		{"#56B4E9", "#D55E00", false},
	} {
		if fault := difference(c.got, c.want); (fault == "") != c.same {
			t.Errorf("%q and %q: %q", c.got, c.want, fault)
		}
	}
	printed := []string{"a", "b", "c"}
	for _, c := range []struct{ shown, want []string }{
		{[]string{"x"}, printed}, {nil, printed},
		{[]string{"x", "..."}, []string{"a", "..."}}, {[]string{"...", "x", "y"}, []string{"...", "b", "c"}},
	} {
		if got := excerpt(printed, c.shown); !slices.Equal(got, c.want) {
			t.Errorf("of %q, %q is shown, want %q", c.shown, got, c.want)
		}
	}
	if got := split(`netsim run x --set link.wire.delay="50 ms" --where "a == 'b c'"   # far`); !slices.Equal(got, []string{"netsim", "run", "x", "--set", "link.wire.delay=50 ms", "--where", "a == 'b c'"}) {
		t.Errorf("%q", got)
	}
}
