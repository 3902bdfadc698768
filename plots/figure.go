package plots

import (
	"fmt"
	"io"
	"math"
	"slices"
)

// Kind is how a figure draws its series.
type Kind string

// The kinds of figures.
const (
	Time Kind = "time" // a level against time: lines, with Low and High as a band
	CDF  Kind = "cdf"  // P(X <= x) of samples or of given steps
	CCDF Kind = "ccdf" // P(X > x)
	Line Kind = "line" // y against x: markers, with Low and High as bars
	Bar  Kind = "bar"  // groups of bars over Categories

	Hist    Kind = "hist"    // shares of samples in bins
	Stack   Kind = "stack"   // levels on each other, as areas
	Scatter Kind = "scatter" // points, coloured by Z if that is given
	Box     Kind = "box"     // quartiles, whiskers and outliers of Samples over Categories
	Violin  Kind = "violin"  // densities of Samples over Categories
	Heatmap Kind = "heatmap" // Z as the colour of cells, over Categories and Rows
)

// Kinds are all that a figure can be.
var Kinds = []Kind{Time, CDF, CCDF, Line, Bar, Hist, Stack, Scatter, Box, Violin, Heatmap}

// A Figure is one picture: panels (small multiples) that share both axes, under
// one title and one legend.
type Figure struct {
	Name    string // file name without extension
	Kind    Kind
	Title   string
	Caption string // parameters, replications, interval; stands below

	// Labels without unit. A unit such as "s" or "B" gets an SI prefix that fits
	// the values; an empty one leaves them as they are.
	XLabel, YLabel string
	XUnit, YUnit   string
	LogX, LogY     bool
	ZLabel, ZUnit  string // of the colours
	LogZ           bool

	Categories []string // of Bar, Box, Violin and Heatmap figures, left to right
	Rows       []string // of a Heatmap, from the bottom up
	Width      float64  // mm; 0 means 84, one column of a paper; 174 is both
	Style      Style    // what it is to be looked at on
	References []Reference
	Notes      []Note // of the first panel
	Panels     []Panel

	bins bins // of a Hist
}

// A Panel is one of a figure's small multiples.
type Panel struct {
	Title  string
	Series []Series
}

// A Series is a row of points, drawn in one colour and dash pattern wherever its
// label occurs in the figure. Values that are not finite are left out, and so
// are those a log axis cannot show, which the caption then counts.
//
// In a CDF or CCDF a series without Y is a sample, drawn as the steps of its
// empirical distribution; with Y it is the distribution itself. In a Hist X is a
// sample and Y, if given, the weights of its values; Y of a theory is its
// distribution function. In a Bar figure X is not used and Y[i] belongs to
// Categories[i]; nor is Y in a Box or Violin, where Samples[i] does. In a Heatmap
// X and Y number Categories and Rows. The series of a Stack have the same X.
type Series struct {
	Label     string
	X, Y      []float64
	Low, High []float64 // nil, or an interval around each Y; NaN for none
	Z         []float64 // of a Heatmap, and of a Scatter that is coloured
	Samples   [][]float64
	Theory    bool // thin, black, dashed; a label of data binds it to them
	Steps     bool // Y[i] holds from X[i] to X[i+1]
}

// Encode writes the figure: see [Picture].
func (f *Figure) Encode(w io.Writer, format string) error { return f.picture().write(w, format) }

// Save writes files of the figure: see [Picture].
func (f *Figure) Save(dir string, formats []string) ([]string, error) {
	return f.picture().save(dir, formats)
}

// Absent lists what no font has: see [Picture].
func (f *Figure) Absent() []rune { return f.picture().absent() }

func (f *Figure) picture() *picture {
	return &picture{f.Name, f.check, func() *drawing { return f.draw().styled(f.Style) }, f.table}
}

func (f *Figure) check() error {
	if !slices.Contains(Kinds, f.Kind) {
		return fmt.Errorf("plots: figure %s: kind %q: want one of %v", f.Name, f.Kind, Kinds)
	}
	if !slices.Contains(Styles, f.Style) {
		return fmt.Errorf("plots: figure %s: style %q: want one of %q", f.Name, f.Style, Styles)
	}
	for _, p := range f.Panels {
		for _, s := range p.Series {
			if err := f.checkSeries(s); err != nil {
				return fmt.Errorf("plots: figure %s: panel %q: series %q: %w", f.Name, p.Title, s.Label, err)
			}
		}
	}
	return nil
}

func (f *Figure) checkSeries(s Series) error {
	points := len(s.X)
	switch {
	case f.Kind == Bar:
		points = len(s.Y)
		if points > len(f.Categories) {
			return fmt.Errorf("%d values for %d categories", points, len(f.Categories))
		}
	case f.boxed():
		if len(s.Samples) > len(f.Categories) {
			return fmt.Errorf("%d samples for %d categories", len(s.Samples), len(f.Categories))
		}
		return nil
	case s.Y == nil && (f.sampled() || f.Kind == Hist && !s.Theory):
	case len(s.Y) != points:
		return fmt.Errorf("%d values of x and %d of y", points, len(s.Y))
	case f.Kind == Heatmap:
		if len(s.Z) != points {
			return fmt.Errorf("%d values of x and %d of z", points, len(s.Z))
		}
		for i := range s.X {
			if !numbers(s.X[i], len(f.Categories)) || !numbers(s.Y[i], len(f.Rows)) {
				return fmt.Errorf("cell %g, %g of %d by %d", s.X[i], s.Y[i], len(f.Categories), len(f.Rows))
			}
		}
	case s.Z != nil && len(s.Z) != points:
		return fmt.Errorf("%d values of x and %d of z", points, len(s.Z))
	}
	for _, bound := range [][]float64{s.Low, s.High} {
		if bound != nil && len(bound) != points {
			return fmt.Errorf("%d bounds for %d points", len(bound), points)
		}
	}
	return nil
}

// numbers reports whether v is the number of one of n.
func numbers(v float64, n int) bool { return v >= 0 && v < float64(n) && v == math.Trunc(v) }

// sampled reports whether the figure is of distributions.
func (f *Figure) sampled() bool { return f.Kind == CDF || f.Kind == CCDF }

// boxed reports whether the figure is of Samples.
func (f *Figure) boxed() bool { return f.Kind == Box || f.Kind == Violin }

// categorical reports whether x is names.
func (f *Figure) categorical() bool { return f.Kind == Bar || f.Kind == Heatmap || f.boxed() }

func (f *Figure) width() float64 {
	if f.Width > 0 {
		return f.Width * millimetre
	}
	return column * millimetre
}
