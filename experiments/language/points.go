package language

import (
	"cmp"
	"fmt"
	"slices"
)

// arrange makes the axes and the points.
func (f *File) arrange(r *reader, over *layer, pinned map[string]string) {
	combinations := [][]*step{nil}
	for _, a := range r.axes {
		if len(a.steps) == 0 {
			r.faults = append(r.faults, Fault{a.file, a.at.Line, a.at.Col, a.paths[0], "an axis without cases", "add a [" + a.paths[0] + ".NAME]"})
			continue
		}
		kept := slices.DeleteFunc(slices.Clone(a.steps), func(s *step) bool {
			name := pinned[a.paths[0]]
			return name != "" && name != s.choices[0].Name
		})
		if len(combinations)*len(kept) > mostPoints {
			r.faults = append(r.faults, Fault{File: a.file, Line: a.at.Line, Col: a.at.Col, Path: cmp.Or(a.full, a.paths[0]), What: fmt.Sprintf("with it there are %d points, more than %d", len(combinations)*len(kept), mostPoints),
				Right: `draw some of them: { uniform = [a, b] }, and sample = { method = "latin-hypercube", points = 100 } under [sweep]`})
			combinations, kept, a.bad = combinations[:1], kept[:1], true
		}
		var next [][]*step
		for _, c := range combinations {
			for _, s := range kept {
				next = append(next, append(slices.Clip(c), s))
			}
		}
		combinations = next
		f.Axes = append(f.Axes, Axis{a.paths})
	}
	for _, steps := range combinations {
		f.Points = append(f.Points, f.point(r, steps, over, len(combinations)))
	}
}

// point makes the configuration of one combination, and looks at it as a whole.
func (f *File) point(r *reader, steps []*step, over *layer, points int) *Point {
	p := &Point{}
	layers := []*layer{&r.base}
	choice := map[string]string{}
	for _, s := range steps {
		layers = append(layers, &s.layer)
		for _, c := range s.choices {
			if c.Value == nil {
				choice[c.Path] = c.Name
				c.Label = s.layer.label(c.Name)
			}
			p.Cases = append(p.Cases, c)
		}
	}
	c := newConfig(f, choice, append(layers, over)...)
	whole := c.topologies()
	c.listeners()
	c.loads()
	c.settle()
	p.Spec = c.bind()
	if n := p.Spec.Run.AtMost(); len(f.Points) == 0 && n > mostRuns/points && !c.bad("run.replications") {
		path := "run.replications"
		if n > p.Spec.Run.Replications {
			path = "run.max_replications"
		}
		c.fault(path, wrongf(fmt.Sprintf("write at most %d", mostRuns/points), "%d of %d points are too many runs", n, points))
	}
	if whole {
		c.check(p.Spec)
	}
	return p
}

// constrain leaves the points that [sweep] where wants.
func (f *File) constrain(r *reader) {
	c := f.Points[0].Spec.config
	s := c.given["sweep.where"]
	if s == nil || s.bad {
		return
	}
	refuse := func(w *wrong) { r.faults = append(r.faults, s.faultAt(s.where, w)) }
	x, ws := compile(s.raw.(string), Scope{names: f.names})
	for _, w := range ws {
		refuse(w)
	}
	if x == nil {
		return
	}
	if x.Kind != Truth {
		refuse(wrongf("", "%s is %s; %s is wanted", x.Source, x.Kind, Truth))
		return
	}
	var kept []*Point
	for _, p := range f.Points {
		if len(p.Spec.config.faults) > 0 {
			return // reported for themselves
		}
		switch yes, err := x.Holds(p.Lookup); {
		case err != nil:
			refuse(wrongf("", "%s", err))
			return
		case yes:
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		refuse(wrongf("", "holds at no point of the file"))
		return
	}
	f.Points = kept
}

// The most that a file may ask for; runs are all replications of all points.
const (
	mostTables = 10_000
	mostPoints = 10_000
	mostRuns   = 1_000_000
)

// label is what figures call the case of that name whose layer it is.
func (l *layer) label(name string) string {
	for _, e := range l.entries {
		if label, ok := e.raw.(string); ok && e.path == "label" {
			return label
		}
	}
	return name
}

// Compile checks an expression of the file's parameters.
func (f *File) Compile(source string) (*Expr, error) {
	return Compile(source, Scope{names: f.names})
}

// Restrict leaves the points where a condition on parameters holds.
func (f *File) Restrict(source string) error {
	x, err := f.Compile(source)
	if err != nil {
		return err
	}
	if x.Kind != Truth {
		return fmt.Errorf("%s is %s; %s is wanted", x.Source, x.Kind, Truth)
	}
	var kept []*Point
	for _, p := range f.Points {
		yes, err := x.Holds(p.Lookup)
		if err != nil {
			return err
		}
		if yes {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return fmt.Errorf("%s holds at no point of the file", x.Source)
	}
	f.Points, f.Where, f.pinned = kept, source, true
	return nil
}
