package language

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"
	"gonum.org/v1/gonum/stat/samplemv"

	"netsim/des"
)

// checkAxes holds the paths of [sweep.axes] against the file.
func (r *reader) checkAxes(names *names) {
	seen := map[string]bool{}
	for _, a := range r.swept {
		path := a.paths[0]
		place, w := names.settable(path)
		switch found := schema.root.find(path); {
		case found != nil && found.key == nil && len(found.words) > 0:
			w = nil // a table, replaced as a whole
		case w == nil && place.key != nil && place.key.marks&once != 0:
			w = wrongf("", "holds for the whole file, so an axis cannot change it")
		}
		if w == nil && seen[path] {
			w = wrongf("", "is an axis twice")
		}
		if seen[path] = true; w != nil {
			a.bad = true
			r.faults = append(r.faults, Fault{a.file, a.at.Line, a.at.Col, a.full, w.what, w.right})
		}
	}
}

// combine makes of what [sweep] says axes like those of the cases, behind them:
// what --set gives a value is none, what is zipped advances together, what is
// sampled is one axis.
func (r *reader) combine(over *layer) {
	r.swept = slices.DeleteFunc(r.swept, func(a *axis) bool {
		set := slices.ContainsFunc(over.entries, func(e entry) bool { return e.path == a.paths[0] || e.setting.path == a.paths[0] })
		r.pinned = r.pinned || set
		return set
	})
	r.zip(over)
	r.sample(over)
	for _, a := range r.swept {
		if len(a.steps) > 0 && !a.bad {
			r.axes = append(r.axes, a)
		}
	}
}

// given is the setting of a path that only the file as a whole has.
func (r *reader) given(over *layer, path string) *setting {
	for _, l := range []*layer{over, &r.base} {
		for _, e := range slices.Backward(l.entries) {
			if e.path == path {
				return e.setting
			}
		}
	}
	return nil
}

// zip binds axes to advance together.
func (r *reader) zip(over *layer) {
	s := r.given(over, "sweep.zip")
	if s == nil || s.bad {
		return
	}
	for _, group := range s.value().([][]string) {
		var first *axis
		for _, path := range group {
			i := slices.IndexFunc(r.swept, func(a *axis) bool { return slices.Contains(a.paths, path) || slices.Contains(a.paths, "param."+path) })
			switch {
			case i < 0 && r.pinned:
				continue
			case i < 0:
				r.faults = append(r.faults, s.faultAt(s.where, wrongf("", "%s", meant(path+" is not in [sweep.axes]", path, sweptPaths(r.swept)))))
				return
			case first == nil:
				first = r.swept[i]
				continue
			case r.swept[i] == first:
				continue
			}
			if a := r.swept[i]; len(a.steps) != len(first.steps) {
				r.faults = append(r.faults, s.faultAt(s.where, wrongf("", "%s has %d values and %s has %d", first.paths[0], len(first.steps), path, len(a.steps))))
				return
			}
			first.bind(r.swept[i])
			r.swept = slices.Delete(r.swept, i, i+1)
		}
	}
}

func sweptPaths(axes []*axis) (paths []string) {
	for _, a := range axes {
		paths = append(paths, a.paths...)
	}
	return paths
}

// bind makes the other axis advance with this one.
func (a *axis) bind(other *axis) {
	a.paths = append(a.paths, other.paths...)
	for i, s := range other.steps {
		mine := a.steps[i]
		mine.choices = append(mine.choices, s.choices...)
		mine.layer.lay(&s.layer)
		mine.layer.whole = append(mine.layer.whole, s.layer.whole...)
	}
}

// sample draws the points of the axes that are given by two ends.
func (r *reader) sample(over *layer) {
	var designs []design
	r.swept = slices.DeleteFunc(r.swept, func(a *axis) bool {
		designs = append(designs, a.drawn...)
		return len(a.drawn) > 0
	})
	method, points := r.given(over, "sweep.sample.method"), r.given(over, "sweep.sample.points")
	switch {
	case len(designs) == 0 && method == nil:
		return
	case len(designs) == 0:
		if !r.pinned {
			r.faults = append(r.faults, method.faultAt(method.at, wrongf("write { uniform = [a, b] } or { loguniform = [a, b] } in [sweep.axes]", "no axis is drawn from")))
		}
		return
	case method == nil || points == nil:
		a := designs[0].axis
		r.faults = append(r.faults, Fault{a.file, a.at.Line, a.at.Col, a.full, "drawn from a range, and nothing says how",
			`add sample = { method = "latin-hypercube", points = 64 } under [sweep]`})
		return
	case method.bad || points.bad:
		return
	}
	n := int(points.value().(int64))
	if n > mostPoints {
		r.faults = append(r.faults, points.faultAt(points.where, wrongf(fmt.Sprintf("write at most %d", mostPoints), "%d points are too many", n)))
		return
	}
	seed := uint64(1)
	for _, path := range []string{"sweep.sample.seed", "run.seed"} {
		if s := r.given(over, path); s != nil && !s.bad {
			if v, ok := s.value().(int64); ok {
				seed = uint64(v)
				break
			}
		}
	}
	a := &axis{file: designs[0].axis.file, at: designs[0].axis.at, full: designs[0].axis.full}
	for _, d := range designs {
		a.paths = append(a.paths, d.axis.paths...)
	}
	shares := draw(method.value().(string), n, len(designs), seed)
	for i := range n {
		s := &step{}
		for j, d := range designs {
			if w := d.step(s, shares.At(i, j)); w != nil {
				r.faults = append(r.faults, Fault{d.axis.file, d.axis.at.Line, d.axis.at.Col, d.axis.full, w.what, w.right})
				return
			}
		}
		a.steps = append(a.steps, s)
	}
	r.swept = append(r.swept, a)
}

// draw draws n points of the unit cube.
func draw(method string, n, dimensions int, seed uint64) *mat.Dense {
	source := des.Stream(seed, 0, "sweep.sample")
	points := mat.NewDense(n, dimensions, nil)
	cube := distmv.NewUnitUniform(dimensions, source)
	switch method {
	case "latin-hypercube":
		samplemv.LatinHypercube{Q: cube, Src: source}.Sample(points)
	case "halton":
		samplemv.Halton{Kind: samplemv.Owen, Q: cube, Src: source}.Sample(points)
	default:
		samplemv.IID{Dist: cube}.Sample(points)
	}
	return points
}

// idle reports the axes of [sweep.axes] along which nothing changes that a world is
// built from.
func (f *File) idle(r *reader) {
	if slices.ContainsFunc(r.axes, func(a *axis) bool { return a.bad }) {
		return // not all points are there
	}
	for _, a := range r.swept {
		if len(a.steps) < 2 || a.bad || f.faulty() || f.changes(a) {
			continue
		}
		for _, path := range a.paths {
			why := "changes nothing"
			if by := f.hidden(path); by != "" {
				why += "; " + by
			}
			r.faults = append(r.faults, Fault{File: a.file, Line: a.at.Line, Col: a.at.Col, Path: "sweep.axes." + path, What: why})
		}
	}
}

func (f *File) faulty() bool {
	return slices.ContainsFunc(f.Points, func(p *Point) bool { return len(p.Spec.config.faults) > 0 })
}

// changes tells whether two points that differ on this axis alone are different
// worlds.
func (f *File) changes(a *axis) bool {
	worlds := map[string]string{}
	for _, p := range f.Points {
		at := ""
		for _, c := range p.Cases {
			if !slices.Contains(a.paths, c.Path) {
				at += c.Path + "=" + c.Name + "\n"
			}
		}
		world := p.Spec.world()
		if before, ok := worlds[at]; ok && before != world {
			return true
		}
		worlds[at] = world
	}
	return false
}

// hidden names the tables that have a value of their own where a default varies.
func (f *File) hidden(path string) string {
	words := strings.SplitN(path, ".", 3)
	if words[0] != "default" || len(words) < 3 {
		return ""
	}
	c := f.Points[0].Spec.config
	var by []string
	for _, name := range c.under(words[1]) {
		if s := c.given[words[1]+"."+name+"."+words[2]]; s != nil && !strings.HasPrefix(s.path, "sweep.") {
			by = append(by, fmt.Sprintf("%s.%s (line %d)", words[1], name, s.at.Line))
		}
	}
	if len(by) == 0 {
		return ""
	}
	return strings.Join(by, " and ") + " set their own"
}
