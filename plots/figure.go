package plots

import "fmt"

// Kind is how a figure draws its series.
type Kind string

// The kinds of figures.
const (
	Time Kind = "time" // a level against time: lines, with Low and High as a band
	CDF  Kind = "cdf"  // P(X <= x) of samples or of given steps
	CCDF Kind = "ccdf" // P(X > x)
	Line Kind = "line" // y against x: markers, with Low and High as bars
	Bar  Kind = "bar"  // groups of bars over Categories
)

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

	Categories []string // of a Bar figure, left to right
	Width      float64  // mm; 0 means 84, one column of a paper; 174 is both
	Panels     []Panel
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
// empirical distribution; with Y it is the distribution itself. In a Bar figure
// X is not used and Y[i] belongs to Categories[i].
type Series struct {
	Label     string
	X, Y      []float64
	Low, High []float64 // nil, or an interval around each Y; NaN for none
	Theory    bool      // thin, black, dashed; a label of data binds it to them
	Steps     bool      // Y[i] holds from X[i] to X[i+1]
}

// Save draws the figure into dir as Name.FORMAT for each of formats (see
// Formats), and writes what is drawn to Name.csv. It returns the paths of the
// files, each of which is written whole or not at all.
func (f *Figure) Save(dir string, formats []string) ([]string, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	return save(dir, f.Name, formats, f.draw, f.table)
}

func (f *Figure) check() error {
	switch f.Kind {
	case Time, CDF, CCDF, Line, Bar:
	default:
		return fmt.Errorf("plots: figure %s: kind %q: want time, cdf, ccdf, line or bar", f.Name, f.Kind)
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
	case s.Y == nil && f.sampled():
	case len(s.Y) != points:
		return fmt.Errorf("%d values of x and %d of y", points, len(s.Y))
	}
	for _, bound := range [][]float64{s.Low, s.High} {
		if bound != nil && len(bound) != points {
			return fmt.Errorf("%d bounds for %d points", len(bound), points)
		}
	}
	return nil
}

// sampled reports whether series without Y are samples.
func (f *Figure) sampled() bool { return f.Kind == CDF || f.Kind == CCDF }

func (f *Figure) width() float64 {
	if f.Width > 0 {
		return f.Width * millimetre
	}
	return column * millimetre
}
