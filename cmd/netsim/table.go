package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"
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
				width[i] = max(width[i], utf8.RuneCountInString(cell))
			}
		}
	}
	for _, row := range t {
		var line strings.Builder
		for i, cell := range row {
			fmt.Fprintf(&line, "%-*s  ", width[i], cell)
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	}
}

// clip shortens what a table has no room for.
func clip(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}

// unit is what numbers are shown in.
type unit struct {
	name string
	size float64
}

// unitFor is the SI unit in which the greatest of the numbers has one to three
// digits before the point: seconds go down to ns, bytes up to GB.
func unitFor(name string, numbers ...float64) unit {
	scales := map[string][]unit{
		"s": {{"s", 1}, {"ms", 1e-3}, {"µs", 1e-6}, {"ns", 1e-9}},
		"B": {{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1}},
	}
	greatest := 0.0
	for _, n := range numbers {
		if !math.IsNaN(n) {
			greatest = max(greatest, math.Abs(n))
		}
	}
	for _, u := range scales[name] {
		if greatest >= u.size {
			return u
		}
	}
	return unit{name, 1}
}

// alone shows a number by itself, exactly to the ns if it is a time below 1000 s.
func (u unit) alone(n float64) string {
	if math.IsNaN(n) {
		return ""
	}
	return strings.TrimRight(fmt.Sprintf("%.9g %s", n/u.size, u.name), " ")
}

// around shows a number with its uncertainty: two digits of that, and as many
// decimals of the number.
func (u unit) around(n, half float64) string {
	if math.IsNaN(n) || math.IsNaN(half) || half <= 1e-12*math.Abs(n) {
		return u.alone(n)
	}
	half /= u.size
	decimals := max(0, 1-int(math.Floor(math.Log10(half))))
	return strings.TrimRight(fmt.Sprintf("%.*f ± %.*f %s", decimals, n/u.size, decimals, half, u.name), " ")
}
