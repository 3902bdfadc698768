package plots

import (
	"cmp"
	"image/color"
	"slices"
	"strings"
)

const (
	wordGap   = 5.0
	overArrow = 2.2 // distance of a text's baseline above its arrow
	linePitch = 7.6 // distance of two lines of a caption
)

// underArrow is overArrow for a text that stands below.
var underArrow = -1.8 - 0.73*small.size

type word struct {
	font lettering
	tint color.NRGBA
	text string
}

// A line is words on one baseline, at a height above their arrow.
type line struct {
	words  []word
	width  float64
	height float64
}

func newLine(words ...word) line {
	l := line{words: words, width: -wordGap}
	for _, w := range words {
		l.width += w.font.width(w.text) + wordGap
	}
	return l
}

// A form is one way to write a caption. Its cost is what it is liked less than
// the best, in steps along the arrow: a caption goes so far to avoid it.
type form struct {
	lines []line
	width float64
	cost  float64
}

// newForm stacks lines over an arrow and under it, both from the top down.
func newForm(cost float64, over, under []line) form {
	f := form{cost: cost}
	for i, l := range over {
		l.height = overArrow + linePitch*float64(len(over)-1-i)
		f.lines = append(f.lines, l)
	}
	for i, l := range under {
		l.height = underArrow - linePitch*float64(i)
		f.lines = append(f.lines, l)
	}
	for _, l := range f.lines {
		f.width = max(f.width, l.width)
	}
	return f
}

// A caption is what is written along the arrow of a message, or behind the
// cross in which it ends.
type caption struct {
	message int
	behind  bool
	forms   []form
	wish    float64 // where on the arrow its middle would stand best
	ease    float64 // length of the free part of the arrow around that
	placement
}

// captionsOf returns the captions of message i: flags, numbers and, if it was
// lost, its fate, which stands behind the cross if there is room.
func (g *ladderPanel) captionsOf(i int) []caption {
	m := g.Messages[i]
	room := g.reach(m)
	c := caption{message: i}
	if m.Arrived >= 0 {
		c.forms = m.forms(room, "")
		return []caption{c}
	}
	fate := cmp.Or(m.Lost, m.fate())
	cause := newLine(word{small, vermillion, fate})
	causes := word{small, vermillion, fate}.halves()
	ahead := (1-crossAt)*room - 6
	room = crossAt*room - 6
	if slices.ContainsFunc(causes, func(l line) bool { return l.width > ahead }) {
		c.forms = m.forms(room, fate)
		return []caption{c}
	}
	c.forms = m.forms(room, "")
	behind := caption{message: i, behind: true}
	if cause.width > ahead {
		behind.forms = append(behind.forms, newForm(0, causes[:1], causes[1:]), newForm(0, causes, nil), newForm(0, nil, causes))
		return []caption{c, behind}
	}
	for _, height := range []float64{-small.middle(), overArrow, underArrow} {
		cause.height = height
		behind.forms = append(behind.forms, form{[]line{cause}, cause.width, 0})
	}
	return []caption{c, behind}
}

// forms lists the ways to write label, detail and fate that are no wider than
// room; if there is none, one that is cut.
func (m *Message) forms(room float64, fate string) (fit []form) {
	label, detail := word{smallB, black, m.words()}, word{small, grey, m.Detail}
	flags, fates := newLine(label), word{small, vermillion, fate}.broken(room)
	var all []form
	if m.Detail == "" {
		all = []form{
			newForm(0, []line{flags}, fates),
			newForm(3, nil, append([]line{flags}, fates...)),
		}
	} else {
		numbers, row := newLine(detail), newLine(label, detail)
		halves := detail.halves()
		all = []form{
			newForm(0, []line{row}, fates),
			newForm(3, nil, append([]line{row}, fates...)),
			newForm(2, []line{flags}, append([]line{numbers}, fates...)),
			newForm(4, []line{flags, numbers}, fates),
			newForm(5, nil, append([]line{flags, numbers}, fates...)),
			newForm(6, append([]line{flags}, halves...), fates),
			newForm(6, []line{flags}, append(halves, fates...)),
			newForm(7, nil, append(append([]line{flags}, halves...), fates...)),
			newForm(8, append(label.halves(), halves...), fates),
			newForm(9, nil, append(append(label.halves(), halves...), fates...)),
		}
	}
	for _, f := range all {
		if f.width <= room {
			fit = append(fit, f)
		}
	}
	if fit == nil {
		names, numbers := label.broken(room), detail.broken(room)
		fit = []form{newForm(0, append(names, numbers...), fates), newForm(0, names, append(numbers, fates...))}
	}
	return fit
}

// halves breaks a word into the two lines that are narrowest, at a mark in
// brackets, else behind a comma, else at a space, if it has any.
func (w word) halves() []line {
	mark := " "
	for _, m := range []string{" (", ", "} {
		if strings.Contains(w.text, m) {
			mark = m
			break
		}
	}
	best := []line{newLine(w)}
	for at := range w.text {
		if !strings.HasPrefix(w.text[at:], mark) {
			continue
		}
		first, second := w, w
		space := at + strings.Index(mark, " ")
		first.text, second.text = w.text[:space], w.text[space+1:]
		a, b := newLine(first), newLine(second)
		if len(best) == 1 || max(a.width, b.width) < max(best[0].width, best[1].width) {
			best = []line{a, b}
		}
	}
	return best
}

// broken breaks a word into lines of a width.
func (w word) broken(width float64) (lines []line) {
	for _, s := range w.font.wrap(w.text, width) {
		lines = append(lines, newLine(word{w.font, w.tint, w.font.shorten(s, width)}))
	}
	return lines
}
