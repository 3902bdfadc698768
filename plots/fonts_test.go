package plots

import (
	"bytes"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	chineseTitle = "服务器先关闭时，谁来等待 TIME-WAIT（60 秒）？"
	manyScripts  = "λ·60 s: Ελληνικά, Кириллица, Żółć ñ ß, 日本語のテスト、繁體中文"
)

func chineseFigure() *Figure {
	f := filling("zh", 2, 84)
	f.Title, f.Caption, f.YLabel, f.XLabel = chineseTitle, manyScripts, "处于 TIME-WAIT 的连接", "时间"
	for i := range f.Panels[0].Series { // each beside its theory
		f.Panels[0].Series[i].Label = []string{"客户端", "服务器"}[i/2]
	}
	return &f
}

// TestChineseIsPrinted: no character of these scripts is a box, and what is in a PDF
// can be read and searched, in a file that holds only what it uses.
func TestChineseIsPrinted(t *testing.T) {
	f := chineseFigure()
	if boxes := f.Absent(); len(boxes) > 0 {
		t.Errorf("no font has %q", boxes)
	}
	onPage(t, f.Name, f.draw())
	apart(t, f.Name, f.draw())
	for format := range encoders {
		var a, b bytes.Buffer
		if err := f.Encode(&a, format); err != nil {
			t.Fatal(err)
		}
		if err := f.Encode(&b, format); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%s: drawn twice it is not the same (%v)", format, err)
		}
		if format == "pdf" && a.Len() > 80_000 {
			t.Errorf("a PDF of %d bytes holds more than the characters it uses", a.Len())
		}
	}
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed")
	}
	paths, err := f.Save(t.TempDir(), []string{"pdf"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", paths[0], "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(string(out)), "")
	for _, want := range []string{chineseTitle, manyScripts, f.YLabel, "客户端"} {
		if want = strings.Join(strings.Fields(want), ""); !strings.Contains(got, want) {
			t.Errorf("the PDF does not say %q:\n%s", want, out)
		}
	}
}

// TestMissingCharacters: what no font has is a box of its own width, and is named.
func TestMissingCharacters(t *testing.T) {
	f := filling("f", 1, 84)
	f.Title = "한 a\u0007 中 😀"
	if got := f.Absent(); string(got) != "\a한😀" {
		t.Errorf("absent are %q", got)
	}
	if got := titles.runs(f.Title); len(got) != 3 || got[0] != (run{latin, "□ a□ "}) || got[1] != (run{han, "中"}) {
		t.Errorf("set as %v", got)
	}
	svg, err := encodeSVG(f.draw())
	if err != nil || bytes.ContainsRune(svg, '\a') || !bytes.Contains(svg, []byte("한 a□ 中 😀")) {
		t.Errorf("in SVG %v: %.300s", err, svg)
	}
}

func TestChineseIsMeasured(t *testing.T) {
	for _, l := range []lettering{titles, small} {
		if got, want := l.width("连接"), 2*l.size; math.Abs(got-want) > 0.01 {
			t.Errorf("two characters of %g points are %g wide", l.size, got)
		}
		if got, want := l.width("a连b接c"), l.width("a")+l.width("b")+l.width("c")+2*l.size; math.Abs(got-want) > 0.05 {
			t.Errorf("a mixed text is %g wide, want %g", got, want)
		}
	}
}

// TestChineseLinesBreak: between any two characters, but not before a comma nor
// behind an opening bracket, nor within a word of Latin letters or a number with its
// unit.
func TestChineseLinesBreak(t *testing.T) {
	s := "关闭一个连接，要等（两倍的 MSL）60 s，然后端口才可以再用。"
	for w := 30.0; w < 220; w++ {
		lines := small.wrap(s, w)
		if got := strings.Join(lines, ""); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(s, " ", "") {
			t.Fatalf("at %g: %q", w, lines)
		}
		for _, line := range lines {
			r := []rune(line)
			if strings.ContainsRune(closing, r[0]) || strings.ContainsRune(opening, r[len(r)-1]) {
				t.Errorf("at %g: a line is %q", w, line)
			}
			if w > 40 && small.width(line) > w {
				t.Errorf("%q is wider than %g", line, w)
			}
		}
		if all := strings.Join(lines, "|"); !strings.Contains(all, "MSL") || !strings.Contains(all, "60 s") {
			t.Errorf("at %g: %s", w, all)
		}
	}
}

// TestFontIsCutToItsList holds the built-in font against what its page says of it.
func TestFontIsCutToItsList(t *testing.T) {
	for _, s := range []string{"一丁啊齄", "「」、。《》！？", "あア", "關閉連線", "終了"} {
		for _, r := range s {
			if !small.has(han, r) {
				t.Errorf("%c is not in the font", r)
			}
		}
	}
	licence, err := os.ReadFile(filepath.Join("fonts", "OFL.txt"))
	if err != nil || !bytes.Contains(licence, []byte("SIL Open Font License, Version 1.1")) {
		t.Errorf("its licence is not beside it: %v", err)
	}
	if !slices.Equal(packedHan[:2], []byte{0x1f, 0x8b}) || len(packedHan) > 2_100_000 {
		t.Errorf("%d bytes of it are built in", len(packedHan))
	}
}
