package language

import (
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Overlay is measured data that a figure shows beside the simulated: points, or the
// values of a sample.
type Overlay struct {
	Label     string
	X, Y      []float64
	Low, High []float64 // intervals around Y, or nil
	Values    []float64 // of a sample, in the order of the file
}

// overlay reads the file that a figure names. Its columns are x, y and, if they are
// there, low, high and series: those of the table of any figure. Or they are metric,
// time_s and value, as netsim import writes them, of which the figure takes those of
// its metric.
func (d *drawing) overlay(g *Figure, path string) {
	v, ok := d.config.value(path + ".overlay")
	if !ok {
		return
	}
	s := d.given[path+".overlay"]
	data, err := d.read(s.file, v.(string))
	if err != nil {
		d.fault(path+".overlay", wrongf("a file is named from where the one is that names it", "%v", err))
		return
	}
	var w *wrong
	if g.Overlays, w = overlays(g, v.(string), string(data)); w != nil {
		d.fault(path+".overlay", w)
	}
}

// overlays are the curves or samples of a file, by their series.
func overlays(g *Figure, file, data string) ([]Overlay, *wrong) {
	r := csv.NewReader(strings.NewReader(data))
	r.Comment, r.TrimLeadingSpace = '#', true
	rows, err := r.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, wrongf("its first line names the columns", "%s is no file of comma-separated values: %v", file, err)
	}
	column := func(name string) int { return slices.Index(rows[0], name) }
	tidy := column("metric") >= 0
	x, y, label := column("x"), column("y"), column("series")
	if tidy {
		x, y, label = column("time_s"), column("value"), column("source")
	}
	sample := g.Kind == "cdf" || g.Kind == "ccdf"
	if y < 0 || x < 0 && !sample || sample && !tidy && x < 0 {
		return nil, wrongf("it has x and y, or metric, time_s and value", "%s has the columns %s", file, strings.Join(rows[0], ", "))
	}
	var list []Overlay
	number := func(row []string, column int) float64 {
		if column < 0 {
			return math.NaN()
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(row[column]), 64)
		if err != nil {
			return math.NaN()
		}
		return v
	}
	for _, row := range rows[1:] {
		if tidy && (g.Of == nil || row[column("metric")] != g.Of.What()) {
			continue
		}
		name := "measured"
		if label >= 0 && row[label] != "" {
			name = row[label]
		}
		i := slices.IndexFunc(list, func(o Overlay) bool { return o.Label == name })
		if i < 0 {
			i = len(list)
			list = append(list, Overlay{Label: name})
		}
		o := &list[i]
		switch v := number(row, y); {
		case math.IsNaN(v):
		case tidy && sample:
			o.Values = append(o.Values, v)
		default:
			o.X, o.Y = append(o.X, number(row, x)), append(o.Y, v)
			o.Low, o.High = append(o.Low, number(row, column("low"))), append(o.High, number(row, column("high")))
		}
	}
	if len(list) == 0 {
		what := "that has numbers"
		if tidy && g.Of != nil {
			what = "of " + g.Of.What()
		}
		return nil, wrongf("", "%s has no row %s", file, what)
	}
	return list, nil
}
