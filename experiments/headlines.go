package experiments

import (
	"slices"
	"strings"

	"netsim/experiments/language"
	"netsim/metrics"
)

// Headline is a number worth a line where the file expects nothing.
type Headline struct {
	Point *Point
	Path  string
	Unit  string
	metrics.Interval
}

// Headlines are, at every point, how attempts fared, how long opening took and
// what TIME-WAIT held.
func (s *Study) Headlines() (all []Headline) {
	for _, p := range s.Points {
		for i := range p.Spec.Flows {
			flow := "flow." + p.Spec.Flows[i].Name
			if p.Spec.Flows[i].Packets() {
				all = append(all, p.headlines(flow+".packets.sent.total", flow+".packets.received.total", flow+".packets.delay.mean")...)
				continue
			}
			all = append(all, p.headlines(flow+".attempts.total", flow+".failed.total", flow+".setup_time.mean", flow+".setup_time.max",
				flow+".close_segments.mean")...)
		}
		for i := range p.Spec.Nodes {
			if n := &p.Spec.Nodes[i]; !n.Router() {
				all = append(all, p.headlines("node."+n.Name+".time_wait.count.mean", "node."+n.Name+".time_wait.count.max")...)
			}
		}
	}
	return all
}

func (p *Point) headlines(paths ...string) (found []Headline) {
	for _, path := range paths {
		i := strings.LastIndexByte(path, '.')
		m := p.Outcomes[0].Measures[path[:i]]
		if m == nil || m.Empty() {
			continue
		}
		var values []float64
		for _, o := range p.Outcomes {
			values = append(values, o.Measures[path[:i]].Statistic(path[i+1:]))
		}
		found = append(found, Headline{p, path, m.UnitOf(path[i+1:]), metrics.StudentInterval(p.Spec.Run.Confidence, values...)})
	}
	return found
}

// Traced is how many connections of each flow the file's figures need.
func Traced(f *language.File) int {
	n := 0
	for _, g := range f.Figures {
		if g.Kind == "ladder" {
			n = max(n, g.Connection)
		}
	}
	return n
}

// Highlights are the files a reader opens first: tables and one format of each
// figure.
func (f *Folder) Highlights() (names []string) {
	for _, name := range f.Files {
		if strings.HasSuffix(name, ".png") || strings.HasSuffix(name, ".pcapng") || slices.Contains([]string{"results.csv", "summary.csv", "report.html"}, name) {
			names = append(names, name)
		}
	}
	return names
}
