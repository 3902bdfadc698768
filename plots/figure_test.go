package plots

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func (m *mark) box() []point {
	return textBox(m.path[0], m.angle, m.font.width(m.text), m.font.size)
}

// onPage fails if a mark has no place, or leaves the page.
func onPage(t *testing.T, name string, d *drawing) {
	t.Helper()
	for _, m := range d.marks {
		corners := m.path
		if m.text != "" {
			corners = m.box()
		}
		for _, p := range corners {
			if !finite(p.x) || !finite(p.y) {
				t.Fatalf("%s: %q is drawn at %v", name, m.text, p)
			}
			if p.x < 0 || p.y < 0 || p.x > d.w || p.y > d.h {
				t.Fatalf("%s: %q at %.1f leaves the page of %.0f x %.0f", name, m.text, p, d.w, d.h)
			}
		}
	}
}

// apart fails if two texts cover each other.
func apart(t *testing.T, name string, d *drawing) {
	t.Helper()
	var texts []mark
	for _, m := range d.marks {
		if m.text != "" {
			texts = append(texts, m)
		}
	}
	for i := range texts {
		for k := range i {
			if overlap(texts[i].box(), texts[k].box()) {
				t.Errorf("%s: %q and %q overlap", name, texts[k].text, texts[i].text)
			}
		}
	}
}

func texts(d *drawing) string {
	var all []string
	for _, m := range d.marks {
		if m.text != "" {
			all = append(all, m.text)
		}
	}
	return strings.Join(all, "\n")
}

func TestNothingClippedOrCovered(t *testing.T) {
	for _, f := range append(galleryFigures(), moreFigures()...) {
		d := f.draw()
		onPage(t, f.Name, d)
		apart(t, f.Name, d)
		if want := f.width(); d.w != want {
			t.Errorf("%s: %.1f points wide, want %.1f", f.Name, d.w, want)
		}
	}
	for _, l := range galleryLadders() {
		d := l.draw()
		onPage(t, l.Name, d)
		apart(t, l.Name, d)
	}
}

// kinds are those whose panels can be any of edges.
var kinds = []Kind{Time, CDF, CCDF, Line, Bar, Hist, Stack, Scatter, Box, Violin}

// edges are the data that figures meet when an experiment went wrong, or well.
func edges() map[string]Panel {
	nan, inf := math.NaN(), math.Inf(1)
	xy := func(x, y []float64) Panel { return Panel{Series: []Series{{Label: "a", X: x, Y: y}}} }
	return map[string]Panel{
		"no series":    {},
		"empty series": xy([]float64{}, []float64{}),
		"only NaN":     xy([]float64{nan, 1, 2}, []float64{1, nan, inf}),
		"one point":    xy([]float64{3}, []float64{7}),
		"one zero":     xy([]float64{0}, []float64{0}),
		"constant":     xy([]float64{1, 2, 3}, []float64{5, 5, 5}),
		"same x":       xy([]float64{2, 2, 2}, []float64{1, 2, 3}),
		"zeros":        xy([]float64{0, 1, 2}, []float64{0, 0, 4}),
		"negative":     xy([]float64{-2, -1, 1}, []float64{-5, 3, -1}),
		"huge":         xy([]float64{1, 2, 1e300}, []float64{-1e300, 1e300, 1e308}),
		"tiny":         xy([]float64{1e-300, 2e-300, 3e-300}, []float64{1e-12, 2e-12, 1e-300}),
		"near":         xy([]float64{1e9, 1e9 + 1, 1e9 + 2}, []float64{1 + 1e-15, 1, 1}),
		"theory alone": {Series: []Series{{Theory: true, X: []float64{1, 2}, Y: []float64{1, 2}, Low: []float64{0, nan}, High: []float64{2, 3}}}},
		"low below 0":  {Series: []Series{{X: []float64{1, 2}, Y: []float64{1, 2}, Low: []float64{-1, 0}, High: []float64{4, inf}}}},
	}
}

// sampled makes of each series' y a sample.
func sampled(p Panel) (q Panel) {
	for _, s := range p.Series {
		if !s.Theory {
			q.Series = append(q.Series, Series{Label: s.Label, Samples: [][]float64{s.Y}})
		}
	}
	return q
}

func TestEdges(t *testing.T) {
	for name, panel := range edges() {
		for _, kind := range kinds {
			for log := range 4 {
				f := Figure{Name: "edge", Kind: kind, XLabel: "time", XUnit: "s", YLabel: "level",
					LogX: log&1 != 0, LogY: log&2 != 0, Panels: []Panel{panel}, Categories: []string{"p", "q", "r"}}
				if f.boxed() {
					f.Panels = []Panel{sampled(panel)}
				}
				if err := f.check(); err != nil {
					t.Fatalf("%s as %s: %v", name, kind, err)
				}
				where := fmt.Sprintf("%s as %s, log %d", name, kind, log)
				d := f.draw()
				onPage(t, where, d)
				apart(t, where, d)
				curves, _ := f.curves()
				if empty := len(curves[0]) == 0; empty != strings.Contains(texts(d), "no data") {
					t.Errorf("%s: empty is %v, but it reads %q", where, empty, texts(d))
				}
				if bytes.Contains(f.table(), []byte("NaN")) {
					t.Errorf("%s: NaN in the table:\n%s", where, f.table())
				}
				if kind == Time && log == 0 {
					for format, encode := range encoders {
						if out, err := encode(d); err != nil || len(out) == 0 {
							t.Errorf("%s as %s: %d bytes, %v", where, format, len(out), err)
						}
					}
				}
			}
		}
	}
	none := Figure{Name: "none", Kind: Line}
	if got := texts(none.draw()); got != "no data" {
		t.Errorf("a figure without panels reads %q", got)
	}
}

func TestHiddenPointsAreSaid(t *testing.T) {
	f := Figure{Kind: Line, LogY: true, Panels: []Panel{{Series: []Series{{X: []float64{1, 2, 3}, Y: []float64{0, 5, 7}}}}}}
	if got := texts(f.draw()); !strings.Contains(got, "One value not above 0 cannot be shown") {
		t.Errorf("nothing is said about a zero on a log axis:\n%s", got)
	}
}

func TestSavesTheSameBytesTwice(t *testing.T) {
	figure, ladder := setup("setup", CCDF, 2, 84), galleryLadders()[2]
	bars, level := profiles("bars", 2, 84), filling("level", 2, 84)
	var runs [2][]string
	for i := range runs {
		dir := t.TempDir()
		for _, f := range []*Figure{&figure, &bars, &level} {
			paths, err := f.Save(dir, Formats)
			if err != nil {
				t.Fatal(err)
			}
			runs[i] = append(runs[i], paths...)
		}
		paths, err := ladder.Save(dir, Formats)
		if err != nil {
			t.Fatal(err)
		}
		runs[i] = append(runs[i], paths...)
	}
	if len(runs[0]) != 20 {
		t.Fatalf("%d files, want 4 figures in 4 formats and their tables: %v", len(runs[0]), runs[0])
	}
	for i := range runs[0] {
		a, errA := os.ReadFile(runs[0][i])
		b, errB := os.ReadFile(runs[1][i])
		if errA != nil || errB != nil || len(a) == 0 || !bytes.Equal(a, b) {
			t.Errorf("%s differs between two runs (%v, %v)", filepath.Base(runs[0][i]), errA, errB)
		}
	}
}

func TestPDFTextIsRight(t *testing.T) {
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed")
	}
	f := Figure{Name: "text", Kind: Line, Title: "größer ± µ ≤ ≥ λ·T → ∞ é", XLabel: "Größe", XUnit: "s", YLabel: "y",
		Caption: "glyph: 网, none: \U0001F600 end", Panels: []Panel{{Title: "naïve ≈ √2 × 3", Series: []Series{
			{Label: "São Tomé", X: []float64{1e-5, 2e-5}, Y: []float64{1, 2}}, {Label: "σ²", X: []float64{1e-5}, Y: []float64{1}}}}}}
	dir := t.TempDir()
	if _, err := f.Save(dir, []string{"pdf"}); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-layout", filepath.Join(dir, "text.pdf"), "-").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{f.Title, "Größe (µs)", f.Panels[0].Title, "São Tomé", "σ²", "glyph: 网, none: □ end"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the PDF does not read %q:\n%s", want, out)
		}
	}
}

// TestMissingGlyphs: a character that no font has is a box where one is drawn, and itself in SVG, whose viewers have others.
func TestMissingGlyphs(t *testing.T) {
	page := func(name string) *drawing {
		l := Ladder{Panels: []LadderPanel{{Hosts: []string{name, "server"}, Messages: handshake().Messages}}}
		return l.draw()
	}
	missing, mark, none := page("한국"), page("□□"), page("")
	for format, encode := range map[string]func(*drawing) ([]byte, error){"png": encodePNG, "pdf": encodePDF} {
		var out [3][]byte
		for i, d := range []*drawing{missing, mark, none} {
			var err error
			if out[i], err = encode(d); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(out[0], out[1]) || bytes.Equal(out[0], out[2]) {
			t.Errorf("%s: a host called 한국 is not drawn as □□", format)
		}
	}
	if out, err := encodeSVG(missing); err != nil || !bytes.Contains(out, []byte(">한국<")) {
		t.Errorf("svg: no 한국, %v", err)
	}
}

// TestLongTitlesOfPanels: what differs at the end of long titles is on a second
// line, and only what is longer than that is cut.
func TestLongTitlesOfPanels(t *testing.T) {
	f := facets("long", 4, 174)
	titles := []string{"retransmission timeout of the first SYN 1 s", "retransmission timeout of the first SYN 3 s", "short", strings.Repeat("very long words ", 9)}
	for i := range titles {
		f.Panels[i].Title = titles[i]
	}
	d := f.draw()
	onPage(t, f.Name, d)
	apart(t, f.Name, d)
	got := texts(d)
	for _, want := range []string{"\nthe first SYN 1 s\n", "\nthe first SYN 3 s\n", "\nshort\n", "…\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if n := strings.Count(got, "…"); n != 1 {
		t.Errorf("%d titles are cut, want the last:\n%s", n, got)
	}
}

func TestPNGSaysItsResolution(t *testing.T) {
	f := filling("f", 1, 84)
	out, err := encodePNG(f.draw())
	if err != nil {
		t.Fatal(err)
	}
	// 300 dots an inch are 11811 a metre.
	if want := []byte("pHYs\x00\x00\x2e\x23\x00\x00\x2e\x23\x01"); !bytes.Contains(out, want) {
		t.Errorf("no pHYs chunk of 300 dpi in %q...", out[:80])
	}
	if w := int(out[18])<<8 | int(out[19]); w != 992 {
		t.Errorf("84 mm are %d dots, want 992", w)
	}
}

func TestSVGNamesFontsAndLengths(t *testing.T) {
	f := profiles("f", 2, 84)
	f.Title = `a <b> & "c"`
	d := f.draw()
	out, err := encodeSVG(d)
	if err != nil {
		t.Fatal(err)
	}
	n := strings.Count(texts(d), "\n") + 1
	for _, want := range []string{"font-family:'Liberation Sans',Arial,Helvetica,sans-serif", "textLength=", "text-anchor="} {
		if got := strings.Count(string(out), want); got != n {
			t.Errorf("%d of %d texts have %s", got, n, want)
		}
	}
	if !strings.Contains(string(out), "<title>a &lt;b&gt; &amp; &#34;c&#34;</title>") {
		t.Error("no escaped title")
	}
}

func TestTableHoldsDataAndTheory(t *testing.T) {
	x := []float64{1, 2}
	f := Figure{Name: "t", Kind: Line, Panels: []Panel{{Title: "p, 1", Series: []Series{
		{Label: "a", X: x, Y: []float64{10, 20}, Low: []float64{9, math.NaN()}, High: []float64{11, 21}},
		{Label: "a", X: x, Y: []float64{10.5, 1.0 / 3}, Theory: true},
		{Label: "fluid", X: []float64{1.5}, Y: []float64{7}, Low: []float64{6}, High: []float64{8}, Theory: true},
	}}}}
	want := `panel,series,x,y,low,high,theory,theory_low,theory_high
"p, 1",a,1,10,9,11,10.5,,
"p, 1",a,2,20,,,0.333333333333,,
"p, 1",fluid,1.5,,,,7,6,8
`
	if got := string(f.table()); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for _, f := range galleryFigures() {
		if _, err := csv.NewReader(bytes.NewReader(f.table())).ReadAll(); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	f.Kind, f.Categories = Bar, []string{"linux", "bsd"}
	if got := string(f.table()); !strings.Contains(got, "a,linux,10,") {
		t.Errorf("bars are not named by their category:\n%s", got)
	}
}

// TestDistribution holds the drawn steps against the sample they come from: at
// every step the exact share, and between steps never further off than the
// thinning allows, one part in 450.
func TestDistribution(t *testing.T) {
	const n, seed = 1_000_000, 7
	r := rand.New(rand.NewPCG(seed, 0))
	sample := make([]float64, n)
	for i := range sample {
		sample[i] = r.ExpFloat64()
	}
	f := Figure{Kind: CCDF, LogY: true}
	x, y := f.distribution(sample)
	if len(x) != maxPoints+1 || x[0] != x[1] || y[0] != 1 {
		t.Fatalf("%d steps, want %d behind one from 1 at %g", len(x)-1, maxPoints, x[0])
	}
	x, y = x[1:], y[1:]
	slices.Sort(sample)
	if x[len(x)-1] != sample[n-1] {
		t.Errorf("seed %d: the greatest of the sample, %g, is not drawn", seed, sample[n-1])
	}
	for i := range x[:len(x)-1] {
		above := n - 1 - slices.Index(sample[int(float64(n)*(1-y[i]))-1:], x[i]) - int(float64(n)*(1-y[i])) + 1
		if got := float64(above) / n; math.Abs(got-y[i]) > 1e-9 {
			t.Fatalf("seed %d: P(X > %g) = %g, drawn as %g", seed, x[i], got, y[i])
		}
		if i > 0 && y[i-1]-y[i] > 1.0/449 {
			t.Fatalf("seed %d: a step from %g to %g", seed, y[i-1], y[i])
		}
	}
}

// TestOneValueIsAStep: where all values of a sample are equal, its distribution is a
// step, on log axes down to the edge; and what no axis can show is counted.
func TestOneValueIsAStep(t *testing.T) {
	for _, kind := range []Kind{CDF, CCDF} {
		f := Figure{Name: "f", Kind: kind, LogX: true, LogY: kind == CCDF, Panels: []Panel{{Series: []Series{{X: []float64{0.02, 0.02, 0.02}}}}}}
		g := &page{f: &f, drawing: &drawing{w: 300}}
		g.panels, _ = f.curves()
		g.ranges()
		path := g.path(frame{0, 0, 100, 100}, g.panels[0][0])
		upright := slices.IndexFunc(path[1:], func(p point) bool { return p.x == path[len(path)-2].x || p.x == path[len(path)-1].x })
		if len(path) < 3 || upright < 0 || path[len(path)-1].y == path[0].y {
			t.Errorf("%s of one value is drawn along %v", kind, path)
		}
	}
	f := Figure{Name: "f", Kind: CCDF, LogX: true, LogY: true, Panels: []Panel{{Series: []Series{{X: []float64{0, -1}}}}}}
	if _, hidden := f.curves(); hidden == 0 {
		t.Error("values that a log axis cannot show are not counted")
	}
}

// TestLastLevelIsSeen: on a log axis the last share above 0 of a distribution is a line
// clear of the edge, as all of it is from 1 on; a theory that goes on below ends at the
// edge, and is not drawn along it.
func TestLastLevelIsSeen(t *testing.T) {
	law := Series{Theory: true, Steps: true, X: []float64{1, 1, 2, 3, 4}, Y: []float64{1, 0.5, 0.3, 0.01, 0}}
	for _, sample := range [][]float64{{1, 2}, {1, 2, 3, 4, 5}, {1, 1, 1, 9}, {0, 3, 4, 4}} {
		for _, logX := range []bool{false, true} {
			f := Figure{Name: "f", Kind: CCDF, LogX: logX, LogY: true, Panels: []Panel{{Series: []Series{{X: sample}, law}}}}
			g := &page{f: &f, drawing: &drawing{w: 300}}
			g.panels, _ = f.curves()
			g.ranges()
			r := frame{0, 0, 100, 100}
			path := g.path(r, g.panels[0][0])
			n := len(path)
			if level := path[n-2].y; path[n-3].y != level || path[n-3].x >= path[n-2].x || level > 97 || path[n-1] != (point{path[n-2].x, 100}) {
				t.Errorf("%v ends along %v", sample, path[n-3:])
			}
			if top := g.at(r, 1, 1).y; top <= 0 || top > 5 {
				t.Errorf("%v: all of it is drawn at %g", sample, top)
			}
			theory := g.path(r, g.panels[0][1])
			if m := len(theory); theory[m-1].y != 100 || theory[m-2].x != theory[m-1].x {
				t.Errorf("%v: the theory ends along %v", sample, theory[m-2:])
			}
		}
	}
}

func TestThinningKeepsExtremes(t *testing.T) {
	var s Series
	for i := range 100_000 {
		s.X, s.Y = append(s.X, float64(i)), append(s.Y, math.Sin(float64(i)/1000))
	}
	s.Y[33_333], s.Y[77_777] = 9, -9
	f := Figure{Kind: Time}
	c, _ := f.curve(s)
	if len(c.x) > maxPoints || !slices.IsSorted(c.x) {
		t.Errorf("%d points, sorted %v", len(c.x), slices.IsSorted(c.x))
	}
	if slices.Max(c.y) != 9 || slices.Min(c.y) != -9 || c.x[0] != 0 || c.x[len(c.x)-1] != 99_999 {
		t.Errorf("extremes %g, %g, ends %g, %g", slices.Min(c.y), slices.Max(c.y), c.x[0], c.x[len(c.x)-1])
	}
}

func TestSaveRefuses(t *testing.T) {
	good := func() *Figure { f := filling("f", 1, 84); return &f }
	cases := map[string]struct {
		spoil  func(*Figure)
		format string
	}{
		"kind":     {func(f *Figure) { f.Kind = "pie" }, "svg"},
		"format":   {func(*Figure) {}, "gif"},
		"name":     {func(f *Figure) { f.Name = "../f" }, "svg"},
		"no name":  {func(f *Figure) { f.Name = "" }, "svg"},
		"lengths":  {func(f *Figure) { f.Panels[0].Series[0].Y = nil }, "svg"},
		"bounds":   {func(f *Figure) { f.Panels[0].Series[0].Low = []float64{1} }, "svg"},
		"category": {func(f *Figure) { f.Kind = Bar }, "svg"},
	}
	for name, c := range cases {
		f, dir := good(), t.TempDir()
		c.spoil(f)
		if paths, err := f.Save(dir, []string{c.format}); err == nil {
			t.Errorf("%s: saved %v", name, paths)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s: %v is left", name, left)
		}
	}
	if _, err := good().Save(filepath.Join(t.TempDir(), "missing"), []string{"svg"}); err == nil {
		t.Error("saved into a directory that is not there")
	}
}

func BenchmarkFigure(b *testing.B) {
	f := filling("f", 2, 84)
	for format, encode := range encoders {
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				if _, err := encode(f.draw()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
