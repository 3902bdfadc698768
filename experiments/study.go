package experiments

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
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
	Outcomes []*Outcome                     // by replication
	Derived  map[string]float64             // what the built network says: "flow.web.path.delay"
	Ladders  map[string][]plots.LadderPanel // by flow: its first connections, of the first replication
}

// Label is what figures and tables call the point: the labels of its cases.
func (p *Point) Label() string {
	var labels []string
	for _, c := range p.Cases {
		labels = append(labels, c.Label)
	}
	return strings.Join(labels, ", ")
}

// Options say how a study is run.
type Options struct {
	Jobs        int // runs at the same time; 0: one for each CPU
	Connections int // that are traced of each flow, in the first replication of each point
	Digest      bool
	Capture     func(*Point, *World) (io.Closer, error) // of the first replication; nil: none
	Progress    func(Progress)                          // nil: none; called by one at a time
}

// Progress is how far a study is.
type Progress struct {
	Done, Runs int
	Share      float64 // of the work, runs under way included
	Events     uint64
	Spent      time.Duration
}

// Left is how long the rest takes at the pace so far.
func (p Progress) Left() time.Duration {
	if p.Share <= 0 {
		return 0
	}
	return time.Duration(float64(p.Spent) * (1 - p.Share) / p.Share)
}

// Run runs every point of the file in every replication, on all CPUs. The
// results do not depend on how many or in which order. When the context ends,
// or a run fails, so does the study.
func Run(ctx context.Context, f *language.File, o Options) (*Study, error) {
	first := f.Points[0].Spec.Run
	s := &Study{File: f, Seed: first.Seed, Replications: first.Replications}
	for _, p := range f.Points {
		s.Points = append(s.Points, &Point{Point: p, Outcomes: make([]*Outcome, s.Replications)})
	}
	return s, s.run(ctx, o)
}

// task is one run: a point in a replication.
type task struct{ point, replication int }

// run gives the tasks to workers.
func (s *Study) run(parent context.Context, o Options) error {
	ctx, stop := context.WithCancelCause(parent)
	defer stop(nil)
	jobs := o.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	runs := s.Replications * len(s.Points)
	tasks := make(chan task)
	meter := newMeter(runs, o.Progress)
	var workers sync.WaitGroup
	for range min(jobs, runs) {
		workers.Go(func() {
			for t := range tasks {
				if err := s.one(ctx, t, &o, meter); err != nil {
					stop(err)
					return
				}
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
	if err := parent.Err(); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// one runs one task and keeps its outcome.
func (s *Study) one(ctx context.Context, t task, o *Options, meter *meter) (err error) {
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
		file, err := o.Capture(p, w)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
	}
	w.Tick = func(share float64) { meter.under(t, share, w.Sim.Events()) }
	outcome, err := w.Run(ctx)
	if err != nil {
		return s.failed(t, err)
	}
	p.Outcomes[t.replication] = outcome
	meter.done(t, outcome)
	if first {
		p.Derived = w.derived()
		p.Ladders = w.ladders(trace)
	}
	return nil
}

// RunError is a run that failed: which one, so that it can be repeated, and why.
type RunError struct {
	File, Point string
	Replication int
	Seed        uint64
	Err         error
}

func (e *RunError) Error() string {
	at := ""
	if e.Point != "" {
		at = " at " + e.Point
	}
	return fmt.Sprintf("%s%s, replication %d, seed %d: %v", e.File, at, e.Replication, e.Seed, e.Err)
}

// Unwrap returns why.
func (e *RunError) Unwrap() error { return e.Err }

// failed says which run an error is of.
func (s *Study) failed(t task, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &RunError{s.File.Name, s.Points[t.point].Name(), t.replication + 1, s.Seed, err}
}

// meter knows how far the runs of a study are.
type meter struct {
	mu     sync.Mutex
	begun  time.Time
	now    Progress
	events map[task]uint64  // of runs under way
	share  map[task]float64 // the same
	report func(Progress)
}

func newMeter(runs int, report func(Progress)) *meter {
	return &meter{begun: time.Now(), now: Progress{Runs: runs}, events: map[task]uint64{}, share: map[task]float64{}, report: report}
}

// under notes how far a run is.
func (m *meter) under(t task, share float64, events uint64) {
	if m.report == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.share[t], m.events[t] = share, events
	m.tell()
}

// done notes the end of a run.
func (m *meter) done(t task, o *Outcome) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.share, t)
	delete(m.events, t)
	m.now.Done++
	m.now.Events += o.Events
	m.tell()
}

func (m *meter) tell() {
	if m.report == nil {
		return
	}
	p := m.now
	whole := float64(p.Done)
	for t, share := range m.share { // order-free: a sum for the eye
		whole += share
		p.Events += m.events[t]
	}
	p.Share = whole / float64(p.Runs)
	p.Spent = time.Since(m.begun)
	m.report(p)
}
