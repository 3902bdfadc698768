package plots

import (
	"cmp"
	"math"
	"slices"
)

const (
	leastColumn = 56.0  // mm, the narrowest that a panel is drawn,
	leastReach  = 25.0  // mm, if its arrows are so wide: they bear captions
	pageHeight  = 267.0 // mm, of A4 between its margins
	columnGap   = 14.0
	panelGap    = 6.0
)

// draw puts as many panels side by side as keep 84 mm. If such rows are taller than
// a page, it packs the columns instead, and if those are, makes as many as keep
// 56 mm.
func (l *Ladder) draw() *drawing {
	width := cmp.Or(l.Width, column) * millimetre
	most := func(each float64) int { return max(1, min(len(l.Panels), int((width+1)/(each*millimetre)))) }
	cols := most(column)
	best := l.page(width, l.rows(cols))
	for ; cols <= most(leastColumn) && best.h > pageHeight*millimetre; cols++ {
		if each := columnWidth(width, cols); cols > 1 && l.legible(each) {
			if d := l.page(width, l.packed(cols, each)); d.h < best.h {
				best = d
			}
		}
	}
	return best
}

func columnWidth(width float64, cols int) float64 {
	return (width - 2*margin - columnGap*float64(cols-1)) / float64(cols)
}

// legible reports whether arrows in panels of a width have room for captions.
func (l *Ladder) legible(width float64) bool {
	for i := range l.Panels {
		g, _ := l.prepare(&l.Panels[i])
		g.arrange(0, width)
		for h := 1; h < len(g.columns); h++ {
			if g.columns[h]-g.columns[h-1] < leastReach*millimetre {
				return false
			}
		}
	}
	return true
}

// A place is where a panel stands: in a column, and if level not above the end of
// any panel before it.
type place struct {
	column int
	level  bool
}

// rows places the panels in rows.
func (l *Ladder) rows(cols int) []place {
	places := make([]place, len(l.Panels))
	for i := range places {
		places[i] = place{i % cols, i%cols == 0}
	}
	return places
}

// packed places the tallest panels first, each in the column that is shortest so
// far; the first panel is in the first column.
func (l *Ladder) packed(cols int, each float64) []place {
	heights, order := make([]float64, len(l.Panels)), make([]int, len(l.Panels))
	for i := range l.Panels {
		heights[i], order[i] = l.panel(&drawing{}, &l.Panels[i], 0, 0, each)+panelGap, i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(heights[b], heights[a]) })
	ends, places := make([]float64, cols), make([]place, len(l.Panels))
	for _, i := range order {
		k := slices.Index(ends, slices.Min(ends))
		ends[k] += heights[i]
		places[i].column = k
	}
	first := places[0].column
	for i := range places { // the column of the first panel changes places with the first
		switch places[i].column {
		case first:
			places[i].column = 0
		case 0:
			places[i].column = first
		}
	}
	return places
}

// page draws the panels at their places.
func (l *Ladder) page(width float64, places []place) *drawing {
	d := &drawing{title: cmp.Or(l.Title, l.Name), w: width}
	y := d.lines(margin, margin, 0, titles, black, titles.wrap(l.Title, width-2*margin)) + 2
	cols := 1
	for _, at := range places {
		cols = max(cols, at.column+1)
	}
	each := columnWidth(width, cols)
	ends := slices.Repeat([]float64{y}, cols)
	for i, at := range places {
		if at.level {
			ends = slices.Repeat([]float64{slices.Max(ends)}, cols)
		}
		x := margin + float64(at.column)*(each+columnGap)
		ends[at.column] = l.panel(d, &l.Panels[i], x, ends[at.column], each) + panelGap
	}
	y = slices.Max(ends)
	if len(l.Panels) == 0 {
		d.text(point{width / 2, y + 20}, 0.5, labels, grey, "no data")
		y += 40
	}
	y = d.lines(margin, y, 0, small, grey, small.wrap(l.Caption, width-2*margin))
	d.h = math.Ceil(y + margin)
	return d
}
