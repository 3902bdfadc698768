package experiments

import (
	"maps"
	"slices"
	"strings"
	"time"

	"netsim/des"
	"netsim/experiments/language"
	"netsim/plots"
)

// needs gathers what must be recorded at a point for its figures, expectations
// and output.
func (s *Study) needs(p *Point, o *Options) Needs {
	n := Needs{Every: s.File.Output.Every, Digest: o.Digest, Links: map[string]bool{}}
	if n.Every <= 0 {
		n.Every = p.Spec.Run.Duration / 1000
	}
	if r := &p.Spec.Run; r.Batches > 1 {
		n.Batches = r.Batches
	}
	seen := map[string]bool{}
	series := func(path string) {
		if !seen[path] {
			seen[path] = true
			n.Series = append(n.Series, path)
		}
	}
	links := func(slot language.Slot) {
		if l := queueOf(slot); l != "" {
			n.Links[l] = true
		}
	}
	for _, slot := range s.File.Output.Series {
		series(slot.Subject)
		links(slot)
	}
	for _, f := range s.File.Figures {
		n.Moves = n.Moves || f.Kind == "states"
		if f.Of != nil {
			links(*f.Of)
		}
		if f.Kind == "time" && f.Of != nil {
			series(f.Of.Subject)
		}
		for _, l := range f.Levels {
			series(l.Subject)
			links(l)
		}
	}
	for _, x := range s.expressions() {
		for _, slot := range x.Slots {
			switch {
			case slot.Kind == language.Members:
				n.Members = append(n.Members, slot.Subject)
			case slot.Metric != nil && slot.Metric.Class == language.Counter && (slot.Statistic == "first" || slot.Statistic == "last"):
				n.Edges = append(n.Edges, slot.Subject)
			}
			n.Memory = n.Memory || weighed(slot.Subject)
			links(slot)
		}
		for _, i := range x.Instants(p.Point) {
			if i.Slot.Metric != nil && i.Slot.Metric.Class == language.Level && i.At >= 0 {
				n.Instants = append(n.Instants, Instant{i.Slot.Subject, des.Time(i.At)})
			}
		}
	}
	if s.File.Output.Members {
		n.Members = append(n.Members, everyMember(p.Spec)...)
	}
	for _, list := range []*[]string{&n.Members, &n.Edges} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	for path := range seen { // order-free: a flag
		n.Memory = n.Memory || weighed(path)
	}
	if n.Every <= 0 {
		n.Every = time.Second // a run without a duration
	}
	return n
}

// clone is a copy that can be added to.
func (n *Needs) clone() Needs {
	c := *n
	c.Links = maps.Clone(n.Links)
	c.Series, c.Instants = slices.Clone(n.Series), slices.Clone(n.Instants)
	c.Members, c.Edges = slices.Clone(n.Members), slices.Clone(n.Edges)
	return c
}

// of is what is recorded in a task: some of it in the first replication alone.
func (n *Needs) of(t Task) *Needs {
	own := n.clone()
	own.Moves = n.Moves && t.Replication == 1
	return &own
}

// expressions are all of the file that name what is measured.
func (s *Study) expressions() (all []*language.Expr) {
	add := func(x *language.Expr) {
		if x != nil {
			all = append(all, x)
		}
	}
	for _, e := range s.File.Expects {
		add(e.That)
		add(e.Equals)
	}
	for _, c := range s.File.Compared {
		add(c.Metric)
	}
	for _, u := range s.File.Until {
		add(u.Metric)
	}
	for _, f := range s.File.Figures {
		add(f.Color)
		for _, c := range slices.Concat(f.Y, f.Z) {
			add(c.Expr)
		}
		for _, c := range f.Theory {
			add(c.Expr)
		}
	}
	return all
}

// ladders are the traced connections of each flow.
func (w *World) ladders(t *Trace) map[string][]plots.LadderPanel {
	if t == nil {
		return nil
	}
	all := map[string][]plots.LadderPanel{}
	for i := range w.Spec.Flows {
		name := w.Spec.Flows[i].Name
		for _, c := range t.Connections(uint32(i)) {
			panel := c.Panel("", w.Net)
			for h, host := range panel.Hosts {
				panel.Hosts[h] = called(w.Spec, host)
			}
			all[name] = append(all[name], panel)
		}
	}
	return all
}

// called is a host, or a member of a group, by its label.
func called(s *language.Spec, host string) string {
	for i := range s.Nodes {
		n := &s.Nodes[i]
		if member, ok := strings.CutPrefix(host, n.Name); ok && (member == "" || member[0] == '[') {
			return n.Called() + member
		}
	}
	return host
}
