package plots

import (
	"bytes"
	"math"
	"slices"
	"strconv"
)

// table writes what the figure draws, a row a point. Theory at the very points
// of its data stands in their rows; elsewhere it has rows of its own.
func (f *Figure) table() []byte {
	switch {
	case f.boxed():
		return f.boxTable()
	case f.Kind == Heatmap || f.Kind == Scatter:
		return f.pointTable()
	}
	var b bytes.Buffer
	b.WriteString("panel,series,x,y,low,high,theory,theory_low,theory_high\n")
	panels, _ := f.curves()
	for i, row := range panels {
		var bound []int // theories written beside their data
		for _, c := range row {
			if c.theory {
				continue
			}
			var beside *curve
			for k := range row {
				if t := &row[k]; t.theory && t.label == c.label && slices.Equal(t.x, c.x) {
					beside, bound = t, append(bound, k)
					break
				}
			}
			f.rows(&b, f.Panels[i].Title, &c, beside)
		}
		for k := range row {
			if row[k].theory && !slices.Contains(bound, k) {
				f.rows(&b, f.Panels[i].Title, nil, &row[k])
			}
		}
	}
	return b.Bytes()
}

// rows writes the points of data, of theory, or of both at once.
func (f *Figure) rows(b *bytes.Buffer, panel string, data, theory *curve) {
	either := data
	if either == nil {
		either = theory
	}
	for i, x := range either.x {
		b.WriteString(csvCell(panel) + "," + csvCell(either.label) + ",")
		if f.Kind == Bar {
			b.WriteString(csvCell(f.Categories[int(x)]))
		} else {
			b.WriteString(number(x))
		}
		for _, c := range []*curve{data, theory} {
			if c == nil {
				b.WriteString(",,,")
				continue
			}
			if f.Kind == Stack && !c.theory { // the edges of its area are no interval
				b.WriteString("," + number(c.y[i]) + ",,")
				continue
			}
			b.WriteString("," + number(c.y[i]) + "," + number(c.low[i]) + "," + number(c.high[i]))
		}
		b.WriteByte('\n')
	}
}

// pointTable is that of points and cells: a row each, with its colour.
func (f *Figure) pointTable() []byte {
	b := []byte("panel,series,x,y,z\n")
	panels, _ := f.curves()
	for i, row := range panels {
		for _, c := range row {
			for k := range c.x {
				x, y, z := number(c.x[k]), number(c.y[k]), ""
				if f.Kind == Heatmap {
					x, y = csvCell(f.Categories[int(c.x[k])]), csvCell(f.Rows[int(c.y[k])])
				}
				if c.z != nil {
					z = number(c.z[k])
				}
				b = append(b, csvCell(f.Panels[i].Title)+","+csvCell(c.label)+","+x+","+y+","+z+"\n"...)
			}
		}
	}
	return b
}

// number writes 12 digits, as all decimals of the results have.
func number(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', 12, 64)
}
