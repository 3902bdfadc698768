package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	eastasian "golang.org/x/text/width"
)

// table is rows of cells. A row of one cell goes across.
type table [][]string

// print aligns the columns.
func (t table) print(out io.Writer) {
	var widths []int
	for _, row := range t {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if len(row) > 1 {
				widths[i] = max(widths[i], columns(cell))
			}
		}
	}
	for _, row := range t {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", max(0, widths[i]-columns(cell))+2))
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	}
}

// columns is how wide a text is on a terminal, where Chinese, Japanese and Korean
// characters take two places (Unicode Standard Annex 11).
func columns(text string) (n int) {
	for _, r := range text {
		switch kind := eastasian.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case kind == eastasian.EastAsianWide || kind == eastasian.EastAsianFullwidth:
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
