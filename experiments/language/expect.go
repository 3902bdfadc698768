package language

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// Expect is what must come out: That alone is true or false and must hold in
// every replication; with Equals it is a number that must be so near.
type Expect struct {
	Name      string
	That      *Expr
	Equals    *Expr // nil if That is true or false
	Within    Tolerance
	Precision *Tolerance // a wider interval decides nothing
	Where     *Expr      // nil: every point
	Whole     *Slot      // in place of That, where it is a sample that
	Follows   *Expr      // this distribution
	Test      string     // ks, chi-square
}

// Source is what is held against something.
func (e *Expect) Source() string {
	if e.Whole != nil {
		return e.Whole.Path
	}
	return strings.TrimSpace(e.That.Source)
}

// Slots are the paths in it.
func (e *Expect) Slots() []Slot {
	if e.Whole != nil {
		return []Slot{*e.Whole}
	}
	return e.That.Slots
}

// Wants tells whether the expectation is about a point.
func (e *Expect) Wants(p *Point) (bool, error) { return wants(e.Where, p) }

func (d *drawing) expect(name string) *Expect {
	path := "expect." + name
	e := &Expect{Name: name}
	data := Scope{names: d.names, Metrics: true, Pairs: true}
	compares := d.set(path + ".equals")
	switch {
	case !d.need(path, "that", `"flow.NAME.failed.total == 0"`):
	case d.set(path + ".follows"):
		d.follows(e, path)
	case compares:
		e.That = d.expr(path+".that", data, Number)
		e.Equals = d.expr(path+".equals", data, Number)
	default:
		e.That = d.expr(path+".that", data, Truth)
		if at := path + ".within"; d.set(at) {
			d.fault(at, wrongf("add equals, or leave it out", "what is true or false is not nearly so"))
		}
	}
	if e.That != nil && len(e.That.Slots) == 0 {
		d.fault(path+".that", wrongf("", "%s is the same whatever happens: no path is in it", e.That.Source))
	}
	e.Where = d.expr(path+".where", Scope{names: d.names}, Truth)
	d.wanted(e.Where, path)
	if v, ok := d.config.value(path + ".within"); ok && compares {
		e.Within = v.(Tolerance)
		if n := d.Points[0].Spec.Run.Replications; e.Within.Kind == StandardErrors && max(n, d.Points[0].Spec.Run.Batches) < 2 && !d.bad("run.replications") && !d.given["run.replications"].commanded() {
			d.faultAt(path, path+".within", wrongf("set replications = 10 under [run]", "%s needs at least two replications", e.Within))
		}
	}
	if v, ok := d.config.value(path + ".precision"); ok {
		t := v.(Tolerance)
		e.Precision = &t
		if t.Kind == StandardErrors || t.Kind == Exact {
			d.fault(path+".precision", wrongf(`write "2 %" or "1 ms"`, "%s is no half-width", t))
		}
	}
	return e
}

// follows reads a sample and the distribution that it should have.
func (d *drawing) follows(e *Expect, path string) {
	v, _ := d.config.value(path + ".that")
	e.Whole = d.wholeMetric(path+".that", v.(string), Sample)
	e.Follows = d.expr(path+".follows", Scope{names: d.names}, Distributed)
	if v, ok := d.config.value(path + ".test"); ok {
		e.Test = v.(string)
	}
	for _, key := range []string{"equals", "within", "precision"} {
		if at := path + "." + key; d.set(at) {
			d.fault(at, wrongf("leave it out", "a sample that follows a distribution is no number"))
		}
	}
}

// Instant is a time at which an expression reads a level.
type Instant struct {
	Slot Slot
	At   time.Duration
}

// Instants are the times of all at(level, time) in an expression at a point, to
// be known before the run. Times that depend on what is measured are not found.
func (x *Expr) Instants(p *Point) (found []Instant) {
	if x.looks == nil {
		return nil
	}
	_, _ = x.run(x.looks, func(s Slot) (any, error) {
		switch s.Kind {
		case Whole:
			return probe{s, &found}, nil
		case Statistic:
			return 1.0, nil
		case Members:
			return []float64{1}, nil
		}
		return p.Lookup(s)
	}, math.NaN())
	slices.SortStableFunc(found, func(a, b Instant) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Slot.Path, b.Slot.Path)) })
	return slices.Compact(found)
}

// probe stands for a metric before the run and notes what is asked of it.
type probe struct {
	slot  Slot
	found *[]Instant
}

func (p probe) At(seconds float64) float64 {
	if d, w := durationOf(seconds); w == nil {
		*p.found = append(*p.found, Instant{p.slot, d})
	}
	return 1
}

func (probe) CDF(float64) float64      { return 1 }
func (probe) Quantile(float64) float64 { return 1 }
func (probe) Above(float64) float64    { return 1 }
