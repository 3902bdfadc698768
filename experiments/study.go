package experiments

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"netsim/experiments/language"
	"netsim/plots"
)

// Study is an experiment that is run: every point of its file in every
// replication.
type Study struct {
	File         *language.File
	Seed         uint64
	Replications int
	Points       []*Point
}

// Point is what a study found at one point of the experiment.
type Point struct {
	*language.Point
	Index    int
	Outcomes []*Outcome                     // by replication
	Derived  map[string]float64             // what the built network says: "flow.web.path.delay"
	Ladders  map[string][]plots.LadderPanel // by flow: its first connections, of the first replication
}

// Options say how a study is run.
type Options struct {
	Jobs         int    // runs at the same time; 0: one for each CPU
	Seed         uint64 // 0: the file's
	Replications int    // 0: the file's
	Connections  int    // that are traced of each flow, in the first replication of each point
	Digest       bool
	Capture      func(point *language.Point, w *World) (io.Closer, error) // nil: none
	Progress     func(Progress)                                           // nil: none; called after each run, one at a time
}

// Progress is how far a study is.
type Progress struct {
	Done, Runs int
	Events     uint64        // of the runs that are done
	Left       time.Duration // by the pace so far
}

// Run runs every point of the file in every replication, on all CPUs. The
// results do not depend on how many or in which order. When the context ends,
// or a run fails, so does the study.
func Run(ctx context.Context, f *language.File, o Options) (*Study, error) {
	first := f.Points[0].Spec.Run
	s := &Study{File: f, Seed: first.Seed, Replications: first.Replications}
	if o.Seed != 0 {
		s.Seed = o.Seed
	}
	if o.Replications != 0 {
		s.Replications = o.Replications
	}
	for i, p := range f.Points {
		s.Points = append(s.Points, &Point{Point: p, Index: i, Outcomes: make([]*Outcome, s.Replications)})
	}
	return s, s.run(ctx, o)
}

// task is one run: a point in a replication.
type task struct{ point, replication int }

// run gives the tasks to workers.
func (s *Study) run(ctx context.Context, o Options) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	jobs := o.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	runs := s.Replications * len(s.Points)
	tasks := make(chan task)
	meter := &meter{runs: runs, report: o.Progress, begun: time.Now()}
	var workers sync.WaitGroup
	for range min(jobs, runs) {
		workers.Go(func() {
			for t := range tasks {
				if err := s.one(ctx, t, &o); err != nil {
					stop(err)
					return
				}
				meter.done(s.Points[t.point].Outcomes[t.replication])
			}
		})
	}
	for i := range runs {
		select {
		case tasks <- task{i % len(s.Points), i / len(s.Points)}:
		case <-ctx.Done():
		}
	}
	close(tasks)
	workers.Wait()
	return context.Cause(ctx)
}

// one runs one task and keeps its outcome.
func (s *Study) one(ctx context.Context, t task, o *Options) (err error) {
	p := s.Points[t.point]
	w, err := Build(p.Spec, s.Seed, t.replication+1, s.needs(p, o))
	if err != nil {
		return s.failed(t, err)
	}
	first := t.replication == 0
	var trace *Trace
	if first && o.Connections > 0 {
		trace = NewTrace(w.Net, o.Connections)
		w.Observe(trace)
	}
	if first && o.Capture != nil {
		file, err := o.Capture(p.Point, w)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
	}
	outcome, err := w.Run(ctx)
	if err != nil {
		return s.failed(t, err)
	}
	p.Outcomes[t.replication] = outcome
	if first {
		p.Derived = w.derived()
		p.Ladders = w.ladders(trace)
	}
	return nil
}

// failed says which run an error is of and how to repeat it.
func (s *Study) failed(t task, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	at := ""
	if name := s.Points[t.point].Name(); name != "" {
		at = " at " + name
	}
	return fmt.Errorf("%s%s, replication %d, seed %d: %w", s.File.Name, at, t.replication+1, s.Seed, err)
}

// meter counts finished runs.
type meter struct {
	mu     sync.Mutex
	runs   int
	begun  time.Time
	now    Progress
	report func(Progress)
}

func (m *meter) done(o *Outcome) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now.Done++
	m.now.Runs = m.runs
	m.now.Events += o.Events
	spent := time.Since(m.begun)
	m.now.Left = spent / time.Duration(m.now.Done) * time.Duration(m.runs-m.now.Done)
	if m.report != nil {
		m.report(m.now)
	}
}
