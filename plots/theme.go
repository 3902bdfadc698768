package plots

import "image/color"

// Style is what a figure is to be looked at on.
type Style string

// The styles of figures.
const (
	Print  Style = ""       // white paper, at its true size
	Screen Style = "screen" // a page or slide: the same, larger
	Dark   Style = "dark"   // as screen, light on dark
)

// Styles are all styles; "print" is another name of the first.
var Styles = []Style{Print, "print", Screen, Dark}

// onScreen is how much larger a figure is there than on paper.
const onScreen = 1.5

// styled returns the drawing in a style.
func (d *drawing) styled(s Style) *drawing {
	switch s {
	case Screen:
		return d.scaled(onScreen)
	case Dark:
		return d.scaled(onScreen).inverted()
	}
	return d
}

// scaled enlarges all of a drawing.
func (d *drawing) scaled(k float64) *drawing {
	larger := &drawing{title: d.title, w: k * d.w, h: k * d.h, ground: d.ground}
	for _, m := range d.marks {
		path := make([]point, len(m.path))
		for i, p := range m.path {
			path[i] = point{k * p.x, k * p.y}
		}
		dash := make([]float64, len(m.line.dash))
		for i, l := range m.line.dash {
			dash[i] = k * l
		}
		m.path, m.line.width, m.line.dash, m.font.size = path, k*m.line.width, dash, k*m.font.size
		larger.marks = append(larger.marks, m)
	}
	return larger
}

var night = rgb(0x16181d)

// inverted turns white ground dark: greys change places and what is too dark to
// be seen there becomes lighter. The colours of a scale stay what they are.
func (d *drawing) inverted() *drawing {
	d.ground = night
	for i := range d.marks {
		m := &d.marks[i]
		if m.exact {
			continue
		}
		m.fill, m.line.color = byNight(m.fill), byNight(m.line.color)
	}
	return d
}

// byNight is a colour's counterpart on dark ground.
func byNight(c color.NRGBA) color.NRGBA {
	mix := func(to color.NRGBA, share float64) color.NRGBA {
		part := func(a, b uint8) uint8 { return uint8(float64(a)*(1-share) + float64(b)*share + 0.5) }
		return color.NRGBA{part(c.R, to.R), part(c.G, to.G), part(c.B, to.B), c.A}
	}
	if c.R == c.G && c.G == c.B { // of the range from paper to ink
		paper, ink := night, rgb(0xe8e8e8)
		share := float64(c.R) / 255
		part := func(a, b uint8) uint8 { return uint8(float64(a)*(1-share) + float64(b)*share + 0.5) }
		return color.NRGBA{part(ink.R, paper.R), part(ink.G, paper.G), part(ink.B, paper.B), c.A}
	}
	if c.A == 0xff || c.A > 0x80 {
		return mix(white, 0.25)
	}
	return mix(white, 0.1)
}
