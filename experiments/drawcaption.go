package experiments

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"netsim/experiments/language"
	"netsim/plots"
)

// mostParameters is how many a caption names.
const mostParameters = 8

// worlds are the tables of a file that say what is simulated, but for param.
var worlds = []string{"template", "default", "node", "link", "flow", "topology", "routing", "event", "case", "sweep"}

// caption says what a figure rests on: the parameters that are the same in all of it,
// how many runs, and what its intervals are.
func (d *drawer) caption(intervals bool) string {
	if d.figure.Caption != "" {
		return d.figure.Caption
	}
	s := d.study
	least, most := s.repeated()
	runs := fmt.Sprintf("%d replications", least)
	switch {
	case most > least:
		runs = fmt.Sprintf("%d to %d replications", least, most)
	case most == 1:
		runs = "one run"
	}
	return d.restsOn(runs+fmt.Sprintf(", seed %d", s.Seed)) + rests(d.figure.Kind, most, intervals, s.Points[0].Spec.Run.Confidence)
}

// restsOn names the file and its parameters before the runs.
func (d *drawer) restsOn(runs string) string {
	text := filepath.Base(d.study.File.Name) + ": "
	if given := d.given(); len(given) > 0 {
		text += strings.Join(given, ", ") + "; "
	}
	return text + runs
}

// given are what is the same at all points of the figure: the cases it is fixed to, the
// parameters of the file, without those that follow from others, and what the command set.
func (d *drawer) given() (list []string) {
	if len(d.points) == 0 {
		return nil
	}
	for i, c := range d.points[0].Cases {
		other := func(p *Point) bool { return p.Cases[i].Label != c.Label }
		if slices.ContainsFunc(d.study.Points, other) && !slices.ContainsFunc(d.points, other) {
			list = append(list, c.Label)
		}
	}
	swept := func(path string) bool {
		return slices.ContainsFunc(d.points[0].Cases, func(c language.Choose) bool { return c.Path == path })
	}
	for i, param := range d.points[0].Spec.Params {
		value := terse(param.Value)
		same := !slices.ContainsFunc(d.points, func(p *Point) bool { return terse(p.Spec.Params[i].Value) != value })
		if same && !param.Follows && !swept("param."+param.Name) {
			list = append(list, param.Name+" = "+value)
		}
	}
	for _, set := range slices.Sorted(slices.Values(d.study.File.Sets)) {
		path, value, _ := strings.Cut(set, "=")
		if table, _, _ := strings.Cut(path, "."); slices.Contains(worlds, table) {
			list = append(list, path+" = "+strings.Trim(strings.TrimSpace(value), `"'`))
		}
	}
	if over := len(list) - mostParameters; over > 0 {
		list = append(list[:mostParameters], fmt.Sprintf("%d more", over))
	}
	return list
}

// terse shows a value; of one that was computed six digits.
func terse(value any) string {
	if v, ok := value.(float64); ok {
		return fmt.Sprintf("%.6g", v)
	}
	return language.Format(value)
}

// intervals reports whether a figure shows any, of what was measured.
func intervals(f *plots.Figure) bool {
	return slices.ContainsFunc(f.Panels, func(p plots.Panel) bool {
		return slices.ContainsFunc(p.Series, func(s plots.Series) bool {
			return !s.Theory && slices.ContainsFunc(s.High, func(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) })
		})
	})
}

// rests says what the parts of a figure of a kind stand for.
func rests(kind string, replications int, intervals bool, confidence float64) string {
	switch kind {
	case "line", "bar", "time":
		if !intervals {
			return ""
		}
		parts := map[string]string{"line": "bars", "bar": "whiskers", "time": "bands"}[kind]
		text := fmt.Sprintf("; %s: %g %% intervals", parts, 100*confidence)
		if replications > 1 {
			text += " of the mean"
		}
		return text
	case "box":
		return "; boxes: quartiles, whiskers: to 1.5 interquartile ranges"
	case "violin":
		return "; outlines: density, bars: quartiles, dots: median"
	case "heatmap", "stack", "scatter":
		if replications > 1 {
			return "; means over the replications"
		}
	}
	return ""
}
