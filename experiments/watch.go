package experiments

import (
	"fmt"
	"strings"

	"netsim/des"
	"netsim/topo"
)

// watch looks at a counter after every event: it is for those of which it is asked
// when they counted first or last, and costs those that count nothing.
type watch struct {
	path string
	read func() uint64
	last uint64
	seen edges
	open bool
}

// addWatches begins those that are needed.
func (w *World) addWatches() error {
	for _, path := range w.needs.Edges {
		read := w.reader(path)
		if read == nil {
			return fmt.Errorf("%s is no counter that can be watched", path)
		}
		w.watches = append(w.watches, &watch{path: path, read: read, seen: edges{-1, -1}})
	}
	return nil
}

// step is [des.Sim.Step] and a look.
func (w *World) step(end des.Time) bool {
	if !w.Sim.Step(end) {
		return false
	}
	for _, x := range w.watches {
		x.look(w.Sim.Now())
	}
	return true
}

// watched is [des.Sim.Steps] with a look after each.
func (w *World) watched(n uint64, end des.Time) bool {
	for range n {
		if !w.step(end) {
			return false
		}
	}
	return true
}

func (x *watch) look(now des.Time) {
	if !x.open {
		return
	}
	n := x.read()
	if n == x.last {
		return
	}
	x.last = n
	if x.seen.first < 0 {
		x.seen.first = now
	}
	x.seen.last = now
}

// Open begins to count from what is there.
func (x *watch) Open(des.Time) { x.last, x.open = x.read(), true }

// Hold is nothing to do.
func (x *watch) Hold(des.Time) {}

// Close ends it, but for flows: theirs are of what began in the window.
func (x *watch) Close(des.Time) { x.open = strings.HasPrefix(x.path, "flow.") }

// reader reads a counter by its path, as it stands.
func (w *World) reader(path string) func() uint64 {
	word := strings.SplitN(path, ".", 3)
	switch word[0] {
	case "flow":
		for _, f := range w.flows {
			if f.Name == word[1] {
				return reads(flowCounts, word[2], f.tally)
			}
		}
	case "node":
		if g := w.nodes[word[1]]; g != nil {
			return g.reader(word[2])
		}
	case "link":
		if g := w.links[word[1]]; g != nil {
			return g.reader(word[2])
		}
	}
	return nil
}

// reads reads a count of a tally.
func reads[T any](cs counts[T], name string, t *T) func() uint64 {
	c, ok := cs[name]
	if !ok || t == nil {
		return nil
	}
	return func() uint64 { return c.n(t) }
}

func (g *nodes) reader(name string) func() uint64 {
	words := strings.SplitN(name, ".", 3)
	switch l := g.listeners; {
	case words[0] == "listen" && len(words) == 3 && l[words[1]] != nil:
		return summed(g, func(g *nodes) func() uint64 {
			return reads(listenerCounts, words[2], &g.listeners[words[1]].ListenerCounters)
		})
	case g.tally != nil:
		return summed(g, func(g *nodes) func() uint64 { return reads(nodeCounts, name, &g.tally.Counters) })
	case g.boxes != nil:
		return reads(boxCounts, name, &g.boxes.Counters)
	}
	return nil
}

// summed reads a count of a group, or of its members where they count apart.
func summed(g *nodes, of func(*nodes) func() uint64) func() uint64 {
	if g.parts == nil || of(g) == nil {
		return of(g)
	}
	return func() (n uint64) {
		for _, p := range g.parts {
			n += of(p)()
		}
		return n
	}
}

func (g *links) reader(name string) func() uint64 {
	if rule, ok := strings.CutPrefix(name, "rule."); ok {
		rule = strings.TrimSuffix(rule, ".hits")
		return func() (n uint64) {
			for _, r := range g.rules[rule] {
				n += r.Hits
			}
			return n
		}
	}
	way, what := directionOf(strings.Split(name, "."))
	c, ok := linkCounts[strings.Join(what, ".")]
	if !ok {
		return nil
	}
	return func() (n uint64) {
		for _, m := range g.members {
			for _, half := range []*topo.Half{m.Forward, m.Back} {
				if way == "" || (half == m.Forward) == (way == "forward") {
					s := half.Stats()
					n += c.n(&s)
				}
			}
		}
		return n
	}
}
