package plots

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"strings"
)

// encodeTeX writes the drawing for LaTeX with the package pgf: it is read with
// \input, and its texts are set in the document's own sans serif, held where they
// were measured to stand. gonum/plot's vgtex centres texts, which moves what is
// aligned by an end.
func encodeTeX(d *drawing) ([]byte, error) {
	var b bytes.Buffer
	at := func(p point) string { return fmt.Sprintf(`\pgfpoint{%.2fbp}{%.2fbp}`, p.x, d.h-p.y) }
	fmt.Fprintf(&b, "%% %s\n%% \\usepackage{pgf} and \\input this file.\n\\begin{pgfpicture}\n", strings.ReplaceAll(d.title, "\n", " "))
	fmt.Fprintf(&b, "\\pgfpathrectangle{\\pgfpointorigin}{\\pgfpoint{%.2fbp}{%.2fbp}}\\pgfusepath{use as bounding box}\n", d.w, d.h)
	if d.ground.A > 0 {
		ground := mark{fill: d.ground, path: []point{{0, 0}, {d.w, 0}, {d.w, d.h}, {0, d.h}}}
		ground.pathTeX(&b, at)
	}
	for _, m := range d.marks {
		b.WriteString(`\begin{pgfscope}`)
		if m.text != "" {
			m.textTeX(&b, at)
		} else {
			m.pathTeX(&b, at)
		}
		b.WriteString("\\end{pgfscope}\n")
	}
	b.WriteString("\\end{pgfpicture}\n")
	return b.Bytes(), nil
}

func (m *mark) textTeX(b *bytes.Buffer, at func(point) string) {
	colourTeX(b, m.fill)
	anchor := [3]string{"left", "center", "right"}[int(2*m.align)]
	if anchor == "center" {
		anchor = ""
	} else {
		anchor += ","
	}
	// A drawing's text begins at its place; TeX holds it by the end that counts.
	sin, cos := math.Sincos(m.angle)
	ahead := m.align * m.font.width(m.text)
	hold := point{m.path[0].x + ahead*cos, m.path[0].y - ahead*sin}
	weight := ""
	if m.font.bold {
		weight = `\bfseries`
	}
	fmt.Fprintf(b, `\pgftext[%sbase,at={%s},rotate=%.2f]{\fontsize{%.1fbp}{%.1fbp}\sffamily%s\selectfont %s}`,
		anchor, at(hold), m.angle*180/math.Pi, m.font.size, m.font.leading(), weight, escapeTeX(m.text))
}

func (m *mark) pathTeX(b *bytes.Buffer, at func(point) string) {
	trace := func() {
		fmt.Fprintf(b, `\pgfpathmoveto{%s}`, at(m.path[0]))
		for _, p := range m.path[1:] {
			fmt.Fprintf(b, `\pgfpathlineto{%s}`, at(p))
		}
	}
	if m.fill.A > 0 {
		colourTeX(b, m.fill)
		trace()
		b.WriteString(`\pgfpathclose\pgfusepath{fill}`)
	}
	if m.line.width > 0 {
		colourTeX(b, m.line.color)
		fmt.Fprintf(b, `\pgfsetroundjoin\pgfsetlinewidth{%.2fbp}\pgfsetdash{`, m.line.width)
		for _, l := range m.line.dash {
			fmt.Fprintf(b, "{%.2fbp}", l)
		}
		b.WriteString(`}{0bp}`)
		trace()
		b.WriteString(`\pgfusepath{stroke}`)
	}
}

func colourTeX(b *bytes.Buffer, c color.NRGBA) {
	fmt.Fprintf(b, `\color[rgb]{%.3f,%.3f,%.3f}`, float64(c.R)/255, float64(c.G)/255, float64(c.B)/255)
	if c.A < 255 {
		fmt.Fprintf(b, `\pgfsetfillopacity{%.3f}\pgfsetstrokeopacity{%.3f}`, float64(c.A)/255, float64(c.A)/255)
	}
}

// escaperTeX writes what TeX would take for a command as a character, and with
// commands what its fonts lack.
var escaperTeX = strings.NewReplacer(
	`\`, `\textbackslash{}`, `{`, `\{`, `}`, `\}`, `$`, `\$`, `&`, `\&`, `#`, `\#`, `_`, `\_`, `%`, `\%`,
	`~`, `\textasciitilde{}`, `^`, `\textasciicircum{}`, `<`, `\ensuremath{<}`, `>`, `\ensuremath{>}`,
	`µ`, `\ensuremath{\mu}`, `μ`, `\ensuremath{\mu}`, `λ`, `\ensuremath{\lambda}`, `σ`, `\ensuremath{\sigma}`, `ρ`, `\ensuremath{\rho}`,
	`π`, `\ensuremath{\pi}`, `τ`, `\ensuremath{\tau}`, `·`, `\ensuremath{\cdot}`, `×`, `\ensuremath{\times}`, `±`, `\ensuremath{\pm}`,
	`≤`, `\ensuremath{\le}`, `≥`, `\ensuremath{\ge}`, `≈`, `\ensuremath{\approx}`, `→`, `\ensuremath{\to}`, `∞`, `\ensuremath{\infty}`,
	`√`, `\ensuremath{\surd}`, `²`, `\ensuremath{^2}`, `³`, `\ensuremath{^3}`, `−`, `\ensuremath{-}`, `…`, `\ldots{}`, `|`, `\ensuremath{|}`,
)

func escapeTeX(s string) string { return escaperTeX.Replace(s) }
