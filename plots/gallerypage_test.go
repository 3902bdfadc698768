package plots

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/draw"
)

var updateGallery = flag.Bool("update", false, "write docs/gallery.md and its figures anew")

const (
	galleryPage   = "../docs/gallery.md"
	galleryFolder = "../docs/figures/gallery"
	galleryWidth  = 660 // pixels of a figure of 84 mm
)

// shown is a figure of the page.
type shown struct {
	name, what string
	draw       func() *drawing
}

// onThePage are the figures of the gallery page, one of each kind.
func onThePage() []shown {
	figure := func(f Figure, what string) shown { return shown{f.Name, what, f.draw} }
	ladder := func(l Ladder, what string) shown { return shown{l.Name, what, l.draw} }
	dark := waits("box-dark", Box, 2, 84)
	ladders, states := galleryLadders(), diagrams()[0]
	return []shown{
		figure(filling("time", 2, 84), "`time`: a level over time, its band over replications, and theory with a band of its own"),
		figure(setup("cdf", CDF, 2, 84), "`cdf`: a distribution and the exact one"),
		figure(setup("ccdf", CCDF, 3, 84), "`ccdf`: its tail, on log axes"),
		figure(shares("hist", 1, 84, false), "`hist`: shares in bins, and what theory puts there"),
		figure(erlang("line", 2, 84), "`line`: a number against a parameter, with intervals and theories"),
		figure(pointedOut("remarks", 84), "`line_x`, `line_y` and `notes`: what is to be pointed out"),
		figure(profiles("bar", 3, 84), "`bar`: groups of cases"),
		figure(profiles("bar-8", 8, 174), "`bar` of eight: patterns that grey print leaves"),
		figure(cloud("scatter", 3, 84), "`scatter`: a point each"),
		figure(coloured("scatter-colour", 84), "`scatter` with `color`"),
		figure(waits("box", Box, 2, 84), "`box`: quartiles, whiskers, outliers"),
		figure(waits("violin", Violin, 2, 84), "`violin`: the same as densities"),
		figure(occupancy("stack", 84), "`stack`: levels on each other"),
		figure(dirty("heatmap", 4, 5, 84), "`heatmap`: two parameters and a colour, with theory beside it"),
		figure(facets("facets", 3, 84), "`facet`: small multiples that share their axes"),
		ladder(ladders[0], "`ladder`: segments between hosts, time running down"),
		ladder(ladders[2], "`ladder`: a lost segment, a retransmission, timers as brackets, a silence folded"),
		{"states", "`states`: RFC 9293's diagram with how often each way was gone", states.draw},
		figure(*chineseFigure(), "`title` and other words in Chinese: PNG and PDF have a font for them"),
		{"box-dark", "`--style dark`: the same on a dark ground, larger", func() *drawing { return dark.draw().styled(Dark) }},
	}
}

// small is a figure as the page has it.
func (s *shown) small() (image.Image, error) {
	d := s.draw()
	data, err := encodePNG(d)
	if err != nil {
		return nil, err
	}
	full, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return resized(full, galleryWidth), nil
}

func resized(full image.Image, width int) image.Image {
	at := full.Bounds()
	to := image.NewNRGBA(image.Rect(0, 0, width, width*at.Dy()/at.Dx()))
	draw.CatmullRom.Scale(to, to.Bounds(), full, at, draw.Src, nil)
	return to
}

// apartBy is how far two pictures are from each other: the mean difference of
// their colours as a share of what it could be; 1 if they are not of a size.
func apartBy(a, b image.Image) float64 {
	if a.Bounds().Size() != b.Bounds().Size() {
		return 1
	}
	sum, n := 0.0, 0.0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r, g, bl, _ := a.At(a.Bounds().Min.X+x, a.Bounds().Min.Y+y).RGBA()
			r2, g2, b2, _ := b.At(b.Bounds().Min.X+x, b.Bounds().Min.Y+y).RGBA()
			for _, d := range [][2]uint32{{r, r2}, {g, g2}, {bl, b2}} {
				sum += float64(max(d[0], d[1])-min(d[0], d[1])) / 0xffff
				n++
			}
		}
	}
	return sum / n
}

// TestGalleryPage holds the committed figures against what is drawn today, within
// what fonts and rounding of another machine may change.
func TestGalleryPage(t *testing.T) {
	if testing.Short() {
		t.Skip("draws every kind of figure")
	}
	page := "# Gallery\n\nOne figure of each kind, at half its size on a page of paper. The words in front are those of an experiment file, " +
		"`figure.NAME.kind` or another key; [experiments.md](experiments.md) has them all. The data are made up.\n\n" +
		"`go test ./plots -run GalleryPage -update` draws this page anew.\n"
	for _, s := range onThePage() {
		file := filepath.Join(galleryFolder, s.name+".png")
		page += fmt.Sprintf("\n%s\n\n<img src=\"figures/gallery/%s.png\" width=\"330\" alt=\"%s\">\n", s.what, s.name, strings.ReplaceAll(s.what, "`", ""))
		got, err := s.small()
		if err != nil {
			t.Fatal(err)
		}
		if *updateGallery {
			var b bytes.Buffer
			if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, got); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		f, err := os.Open(file)
		if err != nil {
			t.Errorf("%v; go test ./plots -run GalleryPage -update draws it", err)
			continue
		}
		want, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if d := apartBy(got, want); d > 0.004 {
			t.Errorf("%s is %.4f from what is committed; look at it, then go test ./plots -run GalleryPage -update", s.name, d)
		}
	}
	if *updateGallery {
		if err := os.WriteFile(galleryPage, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(galleryPage); err != nil || string(text) != page {
		t.Errorf("docs/gallery.md is not of today's figures (%v); go test ./plots -run GalleryPage -update writes it", err)
	}
}

// TestGalleryHasEveryKind: a new kind has a figure there.
func TestGalleryHasEveryKind(t *testing.T) {
	for _, kind := range Kinds {
		if !slices.ContainsFunc(onThePage(), func(s shown) bool { return strings.HasPrefix(s.what, "`"+string(kind)+"`") }) {
			t.Errorf("the gallery has no figure of kind %s", kind)
		}
	}
}

// TestSVGIsTheSameEverywhere renders SVGs by librsvg and by Chromium: neither may
// move a text or a line.
func TestSVGIsTheSameEverywhere(t *testing.T) {
	rsvg, err := exec.LookPath("rsvg-convert")
	if err != nil {
		t.Skip("rsvg-convert is not installed")
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil || testing.Short() {
		t.Skip("chromium is not installed")
	}
	dir := t.TempDir()
	decode := func(path string) image.Image {
		t.Helper()
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		m, err := png.Decode(f)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for i, s := range onThePage() {
		if i%5 != 0 {
			continue
		}
		d := s.draw()
		svg, err := encodeSVG(d)
		if err != nil {
			t.Fatal(err)
		}
		path, one, other := filepath.Join(dir, s.name+".svg"), filepath.Join(dir, "rsvg.png"), filepath.Join(dir, "chromium.png")
		page := fmt.Sprintf(`<body style="margin:0"><img src="%s.svg" width="800">`, s.name)
		if err := os.WriteFile(path, svg, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+".html", []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		high := int(800*d.h/d.w + 0.5)
		for _, c := range []*exec.Cmd{
			exec.Command(rsvg, "-w", "800", "-h", fmt.Sprint(high), "-o", one, path),
			exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--user-data-dir="+filepath.Join(dir, "profile"),
				"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
				fmt.Sprintf("--window-size=800,%d", high), "--screenshot="+other, "file://"+path+".html"),
		} {
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}
		// Edges are smoothed differently: compare what a reader sees, not pixels.
		a, b := resized(decode(one), 200), resized(decode(other), 200)
		if d := apartBy(a, b); d > 0.02 {
			t.Errorf("%s: librsvg and Chromium are %.4f apart", s.name, d)
		}
	}
}
