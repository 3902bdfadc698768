package experiments

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"netsim/des"
	"netsim/experiments/language"
	"netsim/metrics"
)

// proceed handles all events before the end, and holds fast what was measured where
// one of the stretches ends in which the measured time is told apart.
func (w *World) proceed(ctx context.Context, end des.Time) error {
	from, until := w.window()
	for n := w.needs.Batches; len(w.held) < n-1; {
		at := from.Add(until.Sub(from) / time.Duration(n) * time.Duration(len(w.held)+1))
		if at > end {
			break
		}
		if err := w.advance(ctx, at, false); err != nil {
			return err
		}
		w.closedAt = at
		for _, r := range w.recorders() {
			r.Hold(at)
		}
		w.held = append(w.held, w.outcome().copied())
	}
	return w.advance(ctx, end, false)
}

// copied is what was measured so far, which goes on.
func (o *Outcome) copied() *Outcome {
	for path, m := range o.Measures { // order-free: each on its own
		if m.Sample != nil {
			own := *m
			own.Sample = new(metrics.Sample)
			own.Sample.Merge(m.Sample)
			o.Measures[path] = &own
		}
	}
	return o
}

// batches are the measures of each stretch of a run: what was measured until its end
// less what was until its beginning. What is decided after the last belongs to it.
func (w *World) batches(whole *Outcome) (all []map[string]*Measure) {
	if len(w.held) == 0 {
		return nil
	}
	var before *Outcome
	for _, o := range append(w.held, whole) {
		measures := map[string]*Measure{}
		for path, m := range o.Measures { // order-free: each on its own
			measures[path] = m
			if before != nil {
				measures[path] = m.since(before.Measures[path])
			}
		}
		all, before = append(all, measures), o
	}
	return all
}

// since is what a measure of one run has found beyond an earlier state of it.
func (m *Measure) since(before *Measure) *Measure {
	d := &Measure{Class: m.Class, Unit: m.Unit, Each: m.Each, Name: m.Name, Runs: 1,
		Count: m.Count - before.Count, Of: m.Of - before.Of, Seconds: m.Seconds - before.Seconds}
	if m.Sample != nil {
		d.Sample = m.Sample.Since(before.Sample)
	}
	if m.Level != nil {
		d.Level = m.Level.Since(before.Level)
	}
	return d
}

// repeated is the point with the batches of its one run in place of replications,
// where there are some.
func (p *Point) repeated() *Point {
	if len(p.Outcomes) != 1 || p.Outcomes[0] == nil || len(p.Outcomes[0].Batches) == 0 {
		return p
	}
	q := p.first(0)
	q.Outcomes = nil
	for i, measures := range p.Outcomes[0].Batches {
		q.Outcomes = append(q.Outcomes, &Outcome{Replication: i + 1, Measures: measures})
	}
	return q
}

// alikeness is how improbable the likeness of neighbours may be before batches are
// too short to stand for replications.
const alikeness = 0.01

// tooAlike says that batches are too short for a number: what follows one another is
// alike. Independent ones have a lag-1 autocorrelation of about -1/n, with a standard
// error of 1/sqrt(n) (Law, Simulation Modeling and Analysis, section 9.5.3).
func (p *Point) tooAlike(x *language.Expr) (why string, err error) {
	if p == p.repeated() {
		return "", nil
	}
	q := p.repeated()
	values := make([]float64, len(q.Outcomes))
	for i := range values {
		if values[i], err = x.Number(q.only(i)); err != nil {
			return "", err
		}
	}
	r, n := metrics.Autocorrelation(values), float64(len(values))
	if beyond := math.Erfc((r+1/n)*math.Sqrt(n/2)) / 2; beyond < alikeness {
		return fmt.Sprintf("the batches are too short: what follows one another is alike (lag-1 autocorrelation %.2f of %d)", r, len(values)), nil
	}
	return "", nil
}

// fillBatches writes them into a record.
func (r *record) fillBatches(o *Outcome) error {
	for i, measures := range o.Batches {
		for _, path := range (&Outcome{Measures: measures}).Paths() {
			text, err := json.Marshal(batched{i, measures[path].kind(path)})
			if err != nil {
				return err
			}
			r.More = measures[path].append(named(append(r.More, tagBatch), string(text)))
		}
	}
	return nil
}

// batched is a kind of measure in one of the batches.
type batched struct {
	Batch int `json:"batch"`
	kind
}

// batch enters a measure of one of them.
func (o *Outcome) batch(name string, b []byte, wanted *Recorded) (rest []byte, err error) {
	var k batched
	if err := json.Unmarshal([]byte(name), &k); err != nil {
		return nil, err
	}
	m, rest, err := k.read(b)
	if _, asked := wanted.optional(k.Path); wanted.Batches == 0 || !asked || err != nil {
		return rest, err
	}
	if k.Batch < 0 || k.Batch > len(o.Batches) {
		return nil, errRecord
	}
	if k.Batch == len(o.Batches) {
		o.Batches = append(o.Batches, map[string]*Measure{})
	}
	o.Batches[k.Batch][k.Path] = m
	return rest, nil
}
