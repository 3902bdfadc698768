package experiments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"netsim/experiments/language"
)

// Chunk is one stripe of the runs of a study: of every Of the one at Index, from
// 0. Stripes are alike in cost, and the same whatever was run before.
type Chunk struct{ Index, Of int }

func (c Chunk) has(i int) bool { return c.Of <= 1 || i%c.Of == c.Index }

// name is what the shards of the chunk are called.
func (c Chunk) name() string {
	if c.Of <= 1 {
		return "run"
	}
	return fmt.Sprintf("chunk-%05d", c.Index)
}

// RunErrors are the runs that failed, of all that were made.
type RunErrors struct {
	Runs  []*RunError
	Early bool // all so far: the others were not made
}

func (e *RunErrors) Error() string {
	var b strings.Builder
	for i, r := range e.Runs {
		if i == mostFailed && len(e.Runs) > mostFailed+1 {
			fmt.Fprintf(&b, "\n%d runs failed in all", len(e.Runs))
			break
		}
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(r.Error())
	}
	if e.Early {
		b.WriteString("\nnone succeeded, so the others were not made")
	}
	return b.String()
}

// mostFailed are reported one by one.
const mostFailed = 5

// Unwrap returns the failures.
func (e *RunErrors) Unwrap() []error {
	all := make([]error, len(e.Runs))
	for i, r := range e.Runs {
		all[i] = r
	}
	return all
}

// hopeless is how many runs may fail while none succeeds, before the others are
// not tried.
const hopeless = 10

// execution is the making of the runs of a study.
type execution struct {
	study   *Study
	options *Options
	meter   *meter
	scribes *scribes

	mu     sync.Mutex
	failed []*RunError
	done   int // with success, those made before included
}

func newExecution(s *Study, o *Options) *execution { return &execution{study: s, options: o} }

// run makes what the archive does not know.
func (e *execution) run(ctx context.Context) (err error) {
	s, o := e.study, e.options
	tasks := s.tasks(o.Chunk)
	if o.Only != "" {
		tasks = slices.DeleteFunc(tasks, func(t Task) bool { return s.ID(t) != o.Only })
	}
	e.meter = newMeter(s, tasks, o)
	var missing []Task
	for _, t := range tasks {
		if known := e.known(t); known == nil || o.Again || !e.captured(t) {
			missing = append(missing, t)
		} else {
			e.done++
			e.meter.cached(t, known.Seconds)
		}
	}
	e.meter.begin(workersFor(o.Jobs, len(missing)))
	if o.Archive != nil {
		e.scribes = o.Archive.scribes(workersFor(o.Jobs, len(missing)), o.Chunk.name())
		defer func() { err = errors.Join(err, e.scribes.close()) }()
	}
	err = parallel(ctx, o.Jobs, missing, e.one)
	if err == nil && len(e.failed) > 0 {
		err = &RunErrors{Runs: e.failed}
	}
	return err
}

// known is the result of a task in the archive.
func (e *execution) known(t Task) *entry {
	if e.options.Archive == nil {
		return nil
	}
	wanted := e.study.wanted(t, e.options)
	return e.options.Archive.find(e.study.ID(t), &wanted)
}

// one makes a run and keeps what it found. An error ends all runs.
func (e *execution) one(ctx context.Context, t Task, worker int) error {
	begun := time.Now()
	r, outcome, err := e.make(ctx, t)
	switch {
	case err != nil && ctx.Err() != nil:
		return err
	case err != nil:
		return e.fail(t, r, err, worker, time.Since(begun))
	}
	r.Seconds = time.Since(begun).Seconds()
	if e.scribes == nil {
		e.study.keep(t, outcome, r)
	} else {
		scribe := e.scribes.all[worker]
		scribe.last = shapeOf(outcome, scribe.last)
		if err := r.fill(outcome, scribe.last); err != nil {
			return err
		}
		if err := scribe.write(r, scribe.last); err != nil {
			return err
		}
	}
	e.mu.Lock()
	e.done++
	e.mu.Unlock()
	e.meter.done(t, r.Seconds)
	return nil
}

// fail notes that a run did. It returns an error when there is no hope.
func (e *execution) fail(t Task, r *record, cause error, worker int, spent time.Duration) error {
	s := e.study
	failed := &RunError{s.File.Name, s.Points[t.Point].Name(), t.Replication, s.Seed, cause}
	if e.scribes != nil {
		r.Failed, r.Seconds = cause.Error(), spent.Seconds()
		if err := e.scribes.all[worker].write(r, nil); err != nil {
			return err
		}
	}
	e.meter.failed(t)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.failed = append(e.failed, failed)
	if e.done == 0 && len(e.failed) >= hopeless {
		return &RunErrors{Runs: e.failed, Early: true}
	}
	return nil
}

// make runs the world of a task.
func (e *execution) make(ctx context.Context, t Task) (r *record, outcome *Outcome, err error) {
	s, o := e.study, e.options
	p := s.Points[t.Point]
	r = s.record(t)
	needs, traced := p.needs.of(t), s.traced(t, o)
	if o.Archive != nil {
		traced = o.Archive.beside(r.ID, needs, traced)
	}
	r.Recorded = needs.recorded(traced)
	needs.Captures = e.captures(t)
	w, err := Build(p.Spec, s.Seed, t.Replication, *needs)
	if err != nil {
		return r, nil, err
	}
	var trace *Trace
	if traced > 0 {
		trace = NewTrace(w.Net, traced)
		w.Observe(trace)
	}
	var moved *moves
	if needs.Moves {
		moved = newMoves(w)
		w.Observe(moved)
	}
	if len(needs.Captures) > 0 {
		file, err := o.Capture(p, w)
		if err != nil {
			return r, nil, err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
	}
	w.Tick = func(share float64) { e.meter.under(t, share, w.Sim.Events()) }
	e.meter.started(t)
	outcome, err = w.Run(ctx)
	e.meter.under(t, 1, w.Sim.Events())
	if err != nil {
		return r, nil, err
	}
	if t.Replication == 1 {
		r.Derived = w.derived()
		r.Ladders = w.ladders(trace)
		r.Moves = moved.found()
	}
	return r, outcome, nil
}

// captured reports whether nothing of a run is to be captured, or all of it was.
func (e *execution) captured(t Task) bool {
	all := e.captures(t)
	return len(all) == 0 || e.options.Captured != nil && e.options.Captured(e.study.Points[t.Point], t.Replication, all)
}

// captures are what is captured of a run.
func (e *execution) captures(t Task) []language.Capture {
	if e.options.Capture == nil {
		return nil
	}
	return e.study.File.CapturesOf(e.study.Points[t.Point].Point, t.Replication)
}

// record is the empty record of a task.
func (s *Study) record(t Task) *record {
	p := s.Points[t.Point]
	r := &record{header: header{ID: s.ID(t), Model: ModelVersion}, File: s.File.Name, Sets: s.File.Sets, Seed: s.Seed, Replication: t.Replication}
	for _, c := range p.Cases {
		r.Cases = append(r.Cases, c.Path+"="+c.Name)
	}
	return r
}
