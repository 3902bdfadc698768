package experiments

import (
	"context"
	"errors"
	"io"
	"math"
	"sync"
	"testing"
	"time"
)

// TestProgress holds what is told of how far a study is: shares that grow, also
// behind a warm-up, and all of it at the end; one report at a time.
func TestProgress(t *testing.T) {
	often = 0
	defer func() { often = 20 * time.Millisecond }()
	var told []Progress
	var one sync.Mutex
	_, err := Run(t.Context(), parse(t, pair+`
delay = "1 ms"
[run]
duration = "200 s"
warmup = "20 s"
replications = 2
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "500/s" }
[default.node]
tcp.time_wait = "1 s"
`), Options{Jobs: 2, Progress: func(p Progress) {
		if !one.TryLock() {
			t.Error("two reports at a time")
			return
		}
		defer one.Unlock()
		told = append(told, p)
	}})
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(told); i++ {
		if told[i].Share < told[i-1].Share || told[i].Events < told[i-1].Events || told[i].Done < told[i-1].Done || told[i].Spent < told[i-1].Spent {
			t.Errorf("report %d goes back: %+v after %+v", i, told[i], told[i-1])
		}
	}
	last := told[len(told)-1]
	if last.Done != 2 || last.Runs != 2 || last.Share != 1 || last.Left != 0 || last.Events == 0 {
		t.Errorf("the last report is %+v", last)
	}
	if behind := told[len(told)/2]; len(told) < 6 || behind.Share < .2 {
		t.Errorf("%d reports, half-way %+v: a run tells how far it is behind its warm-up too", len(told), behind)
	}
}

// TestLeft is the arithmetic of how long the rest takes: what runs of each point
// cost, shared by the workers.
func TestLeft(t *testing.T) {
	s := NewStudy(parse(t, everything), Options{})
	var told Progress
	m := newMeter(s, s.tasks(Chunk{}), &Options{Progress: func(p Progress) { told = p }})
	m.begun = m.begun.Add(-time.Hour)
	tell := func(do func()) {
		m.next = 0
		do()
	}
	tell(func() { m.begin(2) })
	if told.Left >= 0 || told.Runs != 8 {
		t.Errorf("before anything was run it is told %+v", told)
	}
	m.cached(Task{0, 1}, 10)
	tell(func() { m.started(Task{1, 1}) })
	if told.Left != 35*time.Second { // three of 10 s, and of the other point four of nobody knows what
		t.Errorf("%v left", told.Left)
	}
	m.done(Task{1, 1}, 2)
	m.started(Task{1, 2})
	tell(func() { m.under(Task{1, 2}, .5, 7) })
	if told.Left != 17500*time.Millisecond || told.Done != 2 || told.Cached != 1 || told.Running != 1 || told.Events != 7 { // 3 of 10 s, 2.5 of 2 s
		t.Errorf("it is told %+v", told)
	}
	tell(func() { m.failed(Task{1, 2}) })
	if told.Left != 17*time.Second || told.Failed != 1 || told.Running != 0 {
		t.Errorf("it is told %+v", told)
	}
}

// TestInterrupted holds that a study ends soon after its context, with the
// context's error, whatever it was cancelled with.
func TestInterrupted(t *testing.T) {
	endless := parse(t, pair+`
delay = "1 ms"
[run]
duration = "1 d"
replications = 3
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "10k/s" }
[default.node]
tcp.time_wait = "1 s"
`)
	ctx, cancel := context.WithCancelCause(t.Context())
	_, err := Run(ctx, endless, Options{Progress: func(Progress) { cancel(errors.New("the user's reason")) }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the study ended with %v", err)
	}
	var failed *RunError
	if errors.As(err, &failed) {
		t.Errorf("an interrupted run is no failed one: %v", err)
	}
}

// TestFailure holds that a failed run ends the study, and names itself.
func TestFailure(t *testing.T) {
	broken := errors.New("broken")
	_, err := Run(t.Context(), parse(t, everything), Options{Capture: func(p *Point, w *World) (io.Closer, error) {
		return nil, broken
	}})
	if !errors.Is(err, broken) {
		t.Errorf("the study ended with %v", err)
	}
	e := &RunError{File: "x.toml", Point: "style=four", Replication: 3, Seed: 7, Err: broken}
	if e.Error() != "x.toml at style=four, replication 3, seed 7: broken" {
		t.Error(e)
	}
}

// TestHeadlines says what is worth a line where a file expects nothing.
func TestHeadlines(t *testing.T) {
	s := study(t, pair+`
delay = "10 ms"
[run]
duration = "100 s"
replications = 3
[flow.web]
from = "client"
to = "server:80"
arrivals = { process = "even", rate = "1/s" }
`)
	got := map[string]Headline{}
	for _, h := range s.Headlines() {
		got[h.Path] = h
	}
	for path, want := range map[string]float64{"flow.web.attempts.total": 100, "flow.web.failed.total": 0, "flow.web.setup_time.mean": .02,
		"flow.web.setup_time.max": .02, "flow.web.close_segments.mean": 3, "node.client.time_wait.count.max": 60, "node.server.time_wait.count.max": 0} {
		if h, ok := got[path]; !ok || math.Abs(h.Mean-want) > 1e-12 || h.Half != 0 {
			t.Errorf("%s is %+v, want %v", path, h, want)
		}
	}
	if got["flow.web.setup_time.max"].Unit != "s" {
		t.Errorf("times are in %q", got["flow.web.setup_time.max"].Unit)
	}
}
