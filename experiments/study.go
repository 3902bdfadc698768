package experiments

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"

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

	tabled *grid // of the outcomes; nil until it is made
}

// Point is what a study found at one point of the experiment.
type Point struct {
	*language.Point
	Outcomes []*Outcome                     // by replication
	Derived  map[string]float64             // what the built network says: "flow.web.path.delay"
	Ladders  map[string][]plots.LadderPanel // by flow: its first connections, of the first replication
	Moves    map[string][]plots.Move        // by group of hosts: its connections from state to state, in the first replication

	identity identity
	needs    Needs
	study    *Study // nil of a point by itself
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
	Jobs        int // runs at the same time; 0: one for each CPU that the process may use
	Connections int // that are traced of each flow, in the first replication of each point
	Digest      bool
	Capture     func(*Point, *World) (io.Closer, error)                           // of the runs of which the file has captures; nil: none
	Captured    func(p *Point, replication int, captures []language.Capture) bool // whether all of them are there from before; nil: never
	Progress    func(Progress)                                                    // nil: none; called by one at a time

	Archive *Archive // that keeps runs and knows those made before; nil: neither
	Again   bool     // runs that it knows are made again, and must be the same
	Chunk   Chunk    // the runs that are made; the zero Chunk is all
	Only    RunID    // the one run that is made; "": all of the chunk
}

// Run makes every run of the file, each point in every replication and in as many
// more as what it wants to know takes, on all CPUs, or takes it from the archive. The
// results do not depend on how many or in which order. One run that fails does not end
// the others, and then the error is of type [RunErrors]; the context's end does.
func Run(ctx context.Context, f *language.File, o Options) (*Study, error) {
	s := NewStudy(f, o)
	for more := true; more; {
		if err := s.Execute(ctx, o); err != nil {
			return s, err
		}
		var err error
		if more, err = s.Advance(ctx, o); err != nil {
			return s, err
		}
	}
	return s, nil
}

// NewStudy is the study of a file of which nothing has been run.
func NewStudy(f *language.File, o Options) *Study {
	first := f.Points[0].Spec.Run
	s := &Study{File: f, Seed: first.Seed, Replications: first.Replications}
	for _, p := range f.Points {
		point := &Point{Point: p, identity: identityOf(p), Outcomes: make([]*Outcome, s.Replications), study: s}
		point.needs = s.needs(point, &o)
		s.Points = append(s.Points, point)
	}
	return s
}

// Task is one run: a point, by its place among those of the study, in a
// replication, from 1.
type Task struct{ Point, Replication int }

// tasks are the runs of a chunk whose outcome is not here, all points in the first
// replication first.
func (s *Study) tasks(c Chunk) (all []Task) {
	i := 0
	for r := 1; ; r++ {
		before := i
		for at, p := range s.Points {
			if r > len(p.Outcomes) {
				continue
			}
			if c.has(i) && p.Outcomes[r-1] == nil {
				all = append(all, Task{at, r})
			}
			i++
		}
		if i == before {
			return all
		}
	}
}

// ID names the run of a task.
func (s *Study) ID(t Task) RunID { return s.Points[t.Point].identity.run(s.Seed, t.Replication) }

// wanted is what is recorded in a task.
func (s *Study) wanted(t Task, o *Options) Recorded {
	return s.Points[t.Point].needs.of(t).recorded(s.traced(t, o))
}

// traced is how many connections are, of each flow.
func (s *Study) traced(t Task, o *Options) int {
	if t.Replication != 1 {
		return 0
	}
	return o.Connections
}

// Execute makes the runs that the archive does not know.
func (s *Study) Execute(ctx context.Context, o Options) error {
	s.tabled = nil
	return newExecution(s, &o).run(ctx)
}

// Collect takes the outcomes of all runs from the archive.
func (s *Study) Collect(ctx context.Context, o Options) error {
	if o.Archive == nil {
		return nil
	}
	s.tabled = nil
	return parallel(ctx, o.Jobs, s.tasks(Chunk{}), func(ctx context.Context, t Task, _ int) error {
		wanted := s.wanted(t, &o)
		e := o.Archive.find(s.ID(t), &wanted)
		if e == nil {
			return nil
		}
		r, shape, err := o.Archive.read(e)
		if err != nil {
			return fmt.Errorf("results cannot be read: %w", err)
		}
		outcome, err := r.open(shape, &wanted)
		if err != nil {
			return fmt.Errorf("results cannot be read: %s: %w", e.at(), err)
		}
		s.keep(t, outcome, r)
		return nil
	})
}

// Stored counts the runs of the study, and those of which the archive has results.
func (s *Study) Stored(a *Archive) (stored, runs int) {
	for t := range s.planned() {
		runs++
		if a != nil && a.find(s.ID(t), &Recorded{}) != nil {
			stored++
		}
	}
	return stored, runs
}

// keep enters what a run found.
func (s *Study) keep(t Task, o *Outcome, r *record) {
	p := s.Points[t.Point]
	o.Replication = t.Replication
	p.Outcomes[t.Replication-1] = o
	if t.Replication == 1 {
		p.Derived, p.Ladders, p.Moves = r.Derived, r.Ladders, r.Moves
	}
}

// parallel does something with each task, several at the same time, each worker
// with its number. The first error ends all.
func parallel(parent context.Context, jobs int, tasks []Task, do func(ctx context.Context, t Task, worker int) error) error {
	ctx, stop := context.WithCancelCause(parent)
	defer stop(nil)
	queue := make(chan Task)
	var workers sync.WaitGroup
	for n := range workersFor(jobs, len(tasks)) {
		workers.Go(func() {
			for t := range queue {
				if err := do(ctx, t, n); err != nil {
					stop(err)
					return
				}
			}
		})
	}
	for _, t := range tasks {
		select {
		case queue <- t:
		case <-ctx.Done():
		}
	}
	close(queue)
	workers.Wait()
	if err := parent.Err(); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// workersFor is how many runs are made at the same time. The runtime counts the
// CPUs that the process may use: those of its affinity, as far as its cgroup lets
// it.
func workersFor(jobs, tasks int) int {
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	return min(jobs, tasks)
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
