package experiments

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"netsim/experiments/language"
)

// mostSearched bounds the steps that looking for the diameter may take.
const mostSearched = 1 << 30

// Summarize writes what a network is made of, and what its flows cross.
func Summarize(out io.Writer, s *language.Spec) error {
	w, err := Build(s, s.Run.Seed, 1, Needs{})
	if err != nil {
		return err
	}
	o := newOutline(s)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "nodes\t%d\n", len(o.group))
	for i := range s.Nodes {
		n := &s.Nodes[i]
		fmt.Fprintf(t, "  %s\t%d\t%s\n", n.Name, n.Count, n.Kind)
	}
	fmt.Fprintf(t, "links\t%d\n", len(o.links))
	for i := range s.Links {
		l := &s.Links[i]
		fmt.Fprintf(t, "  %s\t%d\t%s\n", l.Name, len(w.links[l.Name].members), strings.Join(l.Ends, " to "))
	}
	if d, ok := o.diameter(); ok {
		fmt.Fprintf(t, "diameter\t%d\tlinks between the two hosts that are furthest apart\n", d)
	}
	for i := range s.Flows {
		w.summarize(t, &s.Flows[i])
	}
	return t.Flush()
}

// diameter is the most links between two hosts on their shortest way; false if
// looking for it would take too long.
func (o *outline) diameter() (most int, ok bool) {
	var from []int
	seen := map[int]bool{}
	for i := range o.group {
		if o.node(i).Router() {
			continue
		}
		start := i
		if o.leaf(i) { // as far as its neighbours are
			if start = int(o.near[i][0]); seen[start] {
				continue
			}
		}
		seen[start] = true
		from = append(from, i)
	}
	if len(from)*(len(o.group)+2*len(o.links)) > mostSearched {
		return 0, false
	}
	for _, i := range from {
		for j, d := range o.steps([]int{i}) {
			if !o.node(j).Router() {
				most = max(most, d)
			}
		}
	}
	return most, true
}

// summarize writes the ways of a flow; where members differ, from the least to
// the most of at most mostPaths pairs.
func (w *World) summarize(out io.Writer, f *language.Flow) {
	var links, delays spread
	servers := w.all(f.To)
	clients := w.all(f.From)
	for i := 0; i < len(clients) && links.n < mostPaths; i++ {
		for _, s := range servers[:min(len(servers), mostPaths-links.n)] {
			if way, ok := w.Net.Path(clients[i].Node(), s.Node()); ok && len(way) > 0 {
				links.add(float64(len(way)))
				delays.add(delay(way))
			}
		}
	}
	if links.n == 0 {
		return
	}
	span := func(s *spread, write func(float64) string) string {
		if s.min == s.max {
			return write(s.min)
		}
		return fmt.Sprintf("%s to %s, mean %s", write(s.min), write(s.max), write(s.sum/float64(s.n)))
	}
	plain := func(v float64) string { return fmt.Sprintf("%.3g", v) }
	seconds := func(v float64) string {
		return UnitFor("s", v).Alone(math.Round(v*1e7) / 1e7)
	}
	fmt.Fprintf(out, "flow %s\t%d\tways of %s links\n\t\tdelay %s\n", f.Name, links.n, span(&links, plain), span(&delays, seconds))
}

// WriteDOT writes the network for Graphviz, and for a topology of shape "file".
func WriteDOT(out io.Writer, s *language.Spec) error {
	o := newOutline(s)
	b := bufio.NewWriter(out)
	name := func(i int) string {
		n := o.node(i)
		return fmt.Sprintf("%q", member(n.Name, i-o.first[n.Name], n.Count))
	}
	fmt.Fprintln(b, "graph {")
	for i := range o.group {
		shape := "box"
		if o.node(i).Router() {
			shape = "ellipse"
		}
		fmt.Fprintf(b, "  %s [label=%q shape=%s];\n", name(i), o.label(i), shape)
	}
	for _, l := range o.links {
		fmt.Fprintf(b, "  %s -- %s;\n", name(int(l[0])), name(int(l[1])))
	}
	fmt.Fprintln(b, "}")
	return b.Flush()
}
