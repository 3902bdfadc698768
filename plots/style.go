package plots

import (
	"image/color"
	"strings"
)

const (
	millimetre = 72 / 25.4 // in points
	column     = 84.0      // mm, one column of a paper
	margin     = 3.0       // points around everything
)

var (
	titles   = lettering{9, true}
	headings = lettering{8, true}
	labels   = lettering{8, false}
	small    = lettering{7, false}
	smallB   = lettering{7, true}
)

// leading is the distance between the baselines of two lines.
func (l lettering) leading() float64 { return 1.2 * l.size }

// middle is the distance from the middle of a capital down to its baseline.
func (l lettering) middle() float64 { return 0.36 * l.size }

// within breaks s into at most n lines and cuts what is wider than w.
func (l lettering) within(s string, w float64, n int) []string {
	lines := l.wrap(s, w)
	if len(lines) > n {
		lines = append(lines[:n-1], strings.Join(lines[n-1:], " "))
	}
	for i := range lines {
		lines[i] = l.shorten(lines[i], w)
	}
	return lines
}

// shorten cuts s to the width w and marks the cut.
func (l lettering) shorten(s string, w float64) string {
	if l.width(s) <= w {
		return s
	}
	r := []rune(s)
	for len(r) > 1 && l.width(string(r)+"…") > w {
		r = r[:len(r)-1]
	}
	return strings.TrimRight(string(r), " ") + "…"
}

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 0xff}
}

func faint(c color.NRGBA, alpha float64) color.NRGBA {
	c.A = uint8(255*alpha + 0.5)
	return c
}

var (
	black = rgb(0x000000)
	grey  = rgb(0x595959)
	pale  = rgb(0xe1e1e1)
	white = rgb(0xffffff)

	blue       = rgb(0x0072b2)
	vermillion = rgb(0xd55e00)
	green      = rgb(0x009e73)
	purple     = rgb(0xcc79a7)
	orange     = rgb(0xe69f00)
	sky        = rgb(0x56b4e9)
	yellow     = rgb(0xf0e442)
)

// hues leave black to theory; grey and a darker yellow take the place of black
// and of the yellow that vanishes on white paper.
var hues = []color.NRGBA{blue, vermillion, green, purple, orange, sky, rgb(0x6b6b6b), rgb(0xb3a100)}

var dashes = [][]float64{
	nil, {5, 1.8}, {1.5, 1.3}, {6, 1.6, 1.4, 1.6}, {3, 1.3},
	{9, 1.8}, {6, 1.4, 1.4, 1.4, 1.4, 1.4}, {2.4, 2.6},
}

// theoryDashes tell several theories apart; the first is the usual one.
var theoryDashes = [][]float64{{3, 2}, {1, 1.6}, {6, 2, 1, 2}, {8, 3}}

func hue(i int) color.NRGBA { return hues[i%len(hues)] }

func seriesStroke(i int) stroke {
	return stroke{width: 1.1, color: hue(i), dash: dashes[i%len(dashes)]}
}

// outlineStroke is that of what is filled faintly.
func outlineStroke(i int) stroke {
	return stroke{width: 0.7, color: hue(i), dash: dashes[i%len(dashes)]}
}

func theoryStroke(i int) stroke {
	return stroke{width: 0.75, color: black, dash: theoryDashes[i%len(theoryDashes)]}
}
