package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// table is rows of cells. A row of one cell goes across.
type table [][]string

// print aligns the columns.
func (t table) print(out io.Writer) {
	var width []int
	for _, row := range t {
		for i, cell := range row {
			if i == len(width) {
				width = append(width, 0)
			}
			if len(row) > 1 {
				width[i] = max(width[i], columns(cell))
			}
		}
	}
	for _, row := range t {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", max(0, width[i]-columns(cell))+2))
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	}
}

// columns is how wide a text is on a terminal, where Chinese, Japanese and Korean
// characters take two places.
func columns(text string) (n int) {
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul), '\u3000' <= r && r <= '\u303f', '\uff01' <= r && r <= '\uff60':
			n += 2
		default:
			n++
		}
	}
	return n
}

// clip shortens what a table has no room for.
func clip(text string, most int) string {
	if columns(text) <= most {
		return text
	}
	r := []rune(text)
	for columns(string(r)) >= most {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}
