package experiments

import (
	"slices"

	"netsim/plots"
)

// overlays are measured data beside the simulated.
func (d *drawer) overlays() (all []plots.Series) {
	for _, o := range d.figure.Overlays {
		s := plots.Series{Label: o.Label, X: o.X, Y: o.Y, Low: o.Low, High: o.High, Steps: d.figure.Kind == "time"}
		if len(o.Values) > 0 {
			s = d.shares(o.Label, o.Values)
		}
		all = append(all, s)
	}
	return all
}

// shares is the distribution of some values as a figure draws it.
func (d *drawer) shares(label string, values []float64) plots.Series {
	s := plots.Series{Label: label, Steps: true}
	sorted := slices.Sorted(slices.Values(values))
	n := float64(len(sorted))
	for i, v := range sorted {
		if i+1 < len(sorted) && sorted[i+1] == v {
			continue // the step is at the last of equal values
		}
		before, share := 0.0, float64(i+1)/n
		if d.figure.Kind == "ccdf" {
			before, share = 1, 1-share
		}
		if len(s.X) == 0 {
			s.X, s.Y = append(s.X, v), append(s.Y, before)
		}
		s.X, s.Y = append(s.X, v), append(s.Y, share)
	}
	return s
}
