package plots

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the font below
	"io"
	"slices"
	"strings"
	"sync"

	stdfont "golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/vg"
)

// A typeface is one of the fonts that texts are set in.
type typeface int

const (
	latin typeface = iota // Liberation Sans: Latin, Greek, Cyrillic, signs
	han                   // Noto Sans SC: what the first lacks of Chinese and Japanese; see fonts/README.md
)

// families are what PDF and SVG call them.
var families = [...]string{"liberationsans", "notosanssc"}

//go:embed fonts/NotoSansSC.ttf.gz
var packedHan []byte

// hanFile is the second font's file, unpacked when a text first asks for it.
var hanFile = sync.OnceValue(func() []byte {
	z, err := gzip.NewReader(bytes.NewReader(packedHan))
	if err != nil {
		panic(err) // of a file that was built in
	}
	ttf, err := io.ReadAll(z)
	if err != nil {
		panic(err)
	}
	return ttf
})

// latins and hans are caches of our own: the package must not depend on, or change,
// gonum/plot's default font, which is Liberation Serif.
var (
	latins = font.NewCache(liberation.Collection())
	hans   = sync.OnceValue(func() *font.Cache {
		f, err := opentype.Parse(hanFile())
		if err != nil {
			panic(err)
		}
		return font.NewCache(font.Collection{{Font: font.Font{Typeface: "Noto", Variant: "Sans"}, Face: f}})
	})
)

// lettering is a size in points and a weight.
type lettering struct {
	size float64
	bold bool
}

func (l lettering) face(t typeface) font.Face {
	if t == han {
		return hans().Lookup(font.Font{Typeface: "Noto", Variant: "Sans"}, vg.Points(l.size))
	}
	f := font.Font{Typeface: "Liberation", Variant: "Sans"}
	if l.bold {
		f.Weight = stdfont.WeightBold
	}
	return latins.Lookup(f, vg.Points(l.size))
}

// emboldened is how far the strokes of the second font, which has one weight, are
// widened to be bold, in points.
func (l lettering) emboldened(t typeface) float64 {
	if l.bold && t == han {
		return 0.035 * l.size
	}
	return 0
}

// file is the whole font as TrueType.
func (l lettering) file(t typeface) ([]byte, error) {
	if t == han {
		return hanFile(), nil
	}
	var ttf bytes.Buffer
	_, err := l.face(t).Face.WriteSourceTo(nil, &ttf)
	return ttf.Bytes(), err
}

// has reports whether a typeface has a character.
func (l lettering) has(t typeface, r rune) bool {
	if t == latin && ' ' <= r && r <= '~' {
		return true
	}
	var b sfnt.Buffer
	i, err := l.face(t).Face.GlyphIndex(&b, r)
	return err == nil && i != 0
}

// absent stands for a character that no font has.
const absent = '□'

// A run is a piece of text in one typeface.
type run struct {
	face typeface
	text string
}

// runs are the pieces of a text, each character in the first typeface that has it.
func (l lettering) runs(s string) []run {
	if ascii(s) {
		return []run{{latin, s}}
	}
	var all []run
	for _, r := range s {
		t := latin
		if !l.has(latin, r) {
			if t = han; !l.has(han, r) {
				t, r = latin, absent
			}
		}
		if len(all) == 0 || all[len(all)-1].face != t {
			all = append(all, run{face: t})
		}
		all[len(all)-1].text += string(r)
	}
	return all
}

// ascii reports whether a text is printable ASCII, as most are.
func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// width returns the advance of s in points.
func (l lettering) width(s string) (w float64) {
	for _, r := range l.runs(s) {
		w += l.advance(r)
	}
	return w
}

func (l lettering) advance(r run) float64 {
	f := l.face(r.face)
	return f.Width(r.text).Points()
}

// absences are the characters of a drawing's texts that no font has, in order.
func (d *drawing) absences() []rune {
	var list []rune
	for _, m := range d.marks {
		if ascii(m.text) {
			continue
		}
		for _, r := range m.text {
			if !m.font.has(latin, r) && !m.font.has(han, r) {
				list = append(list, r)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// uses reports whether a drawing has text in a typeface.
func (d *drawing) uses(t typeface) bool {
	return slices.ContainsFunc(d.marks, func(m mark) bool {
		return slices.ContainsFunc(m.font.runs(m.text), func(r run) bool { return r.face == t })
	})
}
