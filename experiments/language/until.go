package language

import (
	"netsim/des"
)

// Until is a number that is to be known so well: replications are added until it is.
type Until struct {
	Name   string
	Path   string // "run.until.share", or of the expectation that is to be held so well
	Metric *Expr
	Half   Tolerance // of its interval; Relative to the number, or Absolute
	Where  *Expr     // nil: at every point
}

// leastBatches are as few as show whether neighbours are alike.
const leastBatches = 10

// Wants tells whether the number is to be known so well at a point.
func (u *Until) Wants(p *Point) (bool, error) { return wants(u.Where, p) }

// Thorough asks for more replications, up to so many at each point, until every number
// that is expected within standard errors is known to a part of itself, 0.01 for 1 %.
func (f *File) Thorough(part float64, most int) {
	for _, e := range f.Expects {
		if e.Equals != nil && e.Within.Kind == StandardErrors {
			f.Until = append(f.Until, &Until{e.Name, "expect." + e.Name, e.That, Tolerance{Relative, part, decimal(100*part) + " %"}, e.Where})
		}
	}
	for _, p := range f.Points {
		p.Spec.Run.Most = max(p.Spec.Run.Most, most)
	}
}

// AtMost is how many replications there can be.
func (r *Run) AtMost() int { return max(r.Replications, r.Most) }

// Seed is that of the point: the one of the file or, where points are not to share
// their random numbers, one of its own.
func (s *Spec) Seed(seed uint64) uint64 {
	if s.Run.Common {
		return seed
	}
	return des.Stream(seed, 0, s.world()).Uint64()
}

// until reads what replications are added for.
func (d *drawing) until() (all []*Until) {
	r := &d.Points[0].Spec.Run
	names := d.under("run.until")
	if path := "run.batches"; r.Batches > 1 && !d.bad(path) {
		switch {
		case r.AtMost() > 1 && !d.given["run.replications"].commanded():
			d.fault(path, wrongf("set replications = 1", "batches are of one long run, and there are %d replications", r.AtMost()))
		case r.Duration == 0:
			d.fault(path, wrongf("set duration under [run]", "a run that ends by itself has no equal stretches"))
		case r.Batches < leastBatches:
			d.fault(path, wrongf("set batches = 20", "%d batches cannot show whether they are long enough", r.Batches))
		}
	}
	if path := "run.max_replications"; d.set(path) && !d.bad(path) && !d.bad("run.replications") && r.Most < r.Replications {
		d.fault(path, wrongf("", "%d is less than the replications, which are %d", r.Most, r.Replications))
	}
	for _, name := range names {
		path := "run.until." + name
		u := &Until{Name: name, Path: path}
		if d.need(path, "metric", `"flow.NAME.setup_time.mean"`) {
			u.Metric = d.expr(path+".metric", Scope{names: d.names, Metrics: true}, Number)
		}
		if d.need(path, "half_width", `"5 %"`) {
			v, _ := d.config.value(path + ".half_width")
			if u.Half, _ = v.(Tolerance); u.Half.Kind == StandardErrors || u.Half.Kind == Exact {
				d.fault(path+".half_width", wrongf(`write "5 %" or "1 ms"`, "%s is no half-width", u.Half))
			}
		}
		switch {
		case d.bad("run.replications") || d.bad("run.max_replications") || d.given["run.replications"].commanded():
		case r.Replications < 2:
			d.faultKey(path, wrongf("set replications = 10 under [run]", "an interval needs two replications to begin with"))
		case r.AtMost() == r.Replications:
			d.faultKey(path, wrongf("set max_replications = 100 under [run]", "there are no replications to add"))
		}
		all = append(all, u)
	}
	return all
}
