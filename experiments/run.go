package experiments

import (
	"context"
	"errors"
	"fmt"

	"netsim/des"
	"netsim/experiments/language"
	"netsim/topo"
)

// burst is how many events are handled between two looks at the context.
const burst = 1 << 14

// Run runs the world to its end: through the measured time, then until what was
// measured is decided or the drain is over. Without a duration it runs until
// nothing is left to happen. An error is the context's, or a fault that the
// world's own checks found. Where the warm-up is to be found, a second run leaves it
// out; who looks on sees the first.
func (w *World) Run(ctx context.Context) (*Outcome, error) {
	outcome, err := w.run(ctx)
	if err != nil || w.Spec.Run.Warmup != language.Auto {
		return outcome, err
	}
	return w.measure(ctx, outcome)
}

func (w *World) run(ctx context.Context) (*Outcome, error) {
	r := &w.Spec.Run
	if w.needs.Digest {
		w.digest = new(digest)
		w.Observe(w.digest)
	}
	from, until := w.window()
	if err := w.advance(ctx, from, false); err != nil {
		return nil, err
	}
	w.open(from)
	w.settles = w.settling()
	if err := w.settle(ctx, until); err != nil {
		return nil, err
	}
	if until == des.Never {
		w.close(max(w.ended(), from))
	} else {
		w.close(until)
		if err := w.advance(ctx, until.Add(r.Drain), true); err != nil {
			return nil, err
		}
	}
	w.apps.End()
	if w.broken != nil {
		return nil, w.broken
	}
	if err := w.check(); err != nil {
		return nil, fmt.Errorf("the books do not balance: %w", err)
	}
	o := w.outcome()
	o.Batches = w.batches(o)
	return o, nil
}

// ErrEvents is returned by a run that took more events than it may.
var ErrEvents = errors.New("run.max_events is reached")

// advance handles all events before the end; a drain only as long as something
// measured is undecided.
func (w *World) advance(ctx context.Context, end des.Time, drain bool) error {
	steps := w.Sim.Steps
	switch {
	case drain:
		steps = w.decide
	case end == des.Never && w.sampler != nil:
		steps = w.untilQuiet
	case len(w.watches) > 0:
		steps = w.watched
	}
	for steps(w.stride(), end) {
		if err := w.mayGoOn(ctx); err != nil {
			return err
		}
	}
	return nil
}

// decide is [des.Sim.Steps] until everything measured is decided.
func (w *World) decide(n uint64, end des.Time) bool {
	for range n {
		if w.apps.Unsettled() == 0 || !w.step(end) {
			return false
		}
	}
	return true
}

// untilQuiet is [des.Sim.Steps] to the end of all events, and notes when nothing but
// looks was left: a world is not longer for being looked at.
func (w *World) untilQuiet(n uint64, end des.Time) bool {
	for range n {
		if s := w.sampler; s.quiet == 0 && w.Sim.Pending() == 1 && s.event.Pending() {
			s.quiet = w.Sim.Now()
		}
		if !w.step(end) {
			return false
		}
	}
	return true
}

// ended is when the last event was that is not a look.
func (w *World) ended() des.Time {
	if w.sampler != nil && w.sampler.quiet > 0 {
		return w.sampler.quiet
	}
	return w.Sim.Now()
}

// stride is how many events are handled before the next look: at most one more
// than are allowed.
func (w *World) stride() uint64 {
	if limit := w.Spec.Run.MaxEvents; limit > 0 {
		return min(burst, limit-min(limit, w.Sim.Events())+1)
	}
	return burst
}

// mayGoOn looks at what may end a run early, and tells how far it is.
func (w *World) mayGoOn(ctx context.Context) error {
	if limit := w.Spec.Run.MaxEvents; limit > 0 && w.Sim.Events() > limit {
		return fmt.Errorf("%w: %d events by %v", ErrEvents, limit, w.Sim.Now())
	}
	if w.broken != nil {
		return w.broken
	}
	w.strides++
	if _, until := w.window(); w.Tick != nil && until != des.Never && w.strides%tick == 0 {
		w.Tick(min(w.Sim.Now().Seconds()/until.Seconds(), 1))
	}
	return ctx.Err()
}

// tick is after how many looks a run tells how far it is.
const tick = 16

// recorder is what measures in the window alone.
type recorder interface {
	Open(now des.Time)
	Hold(now des.Time) // what was until now is there to be read
	Close(now des.Time)
}

// recorders are all of the world.
func (w *World) recorders() (all []recorder) {
	for _, g := range w.nodes { // order-free: each records on its own
		if g.tally != nil {
			all = append(all, g.tally)
		}
		if g.reports != nil {
			all = append(all, g.reports)
		}
		if g.boxes != nil {
			all = append(all, g.boxes)
		}
		for _, l := range g.listeners { // order-free: each records on its own
			all = append(all, l)
		}
	}
	for _, f := range w.flows {
		all = append(all, &f.tally.Open, &f.tally.Phantoms, &f.tally.Busy, &f.tally.Idle, &f.tally.Waiting)
	}
	for _, l := range w.links { // order-free: each records on its own
		for _, g := range append([]*links{l}, l.parts...) {
			all = append(all, g)
			if g.gauges != nil {
				all = append(all, g.gauges)
			}
		}
	}
	for _, x := range w.watches { // after those that begin anew
		all = append(all, x)
	}
	return all
}

// open begins the measured time.
func (w *World) open(now des.Time) {
	for _, r := range w.recorders() {
		r.Open(now)
	}
}

// close ends it.
func (w *World) close(now des.Time) {
	w.closedAt = now
	for _, r := range w.recorders() {
		r.Close(now)
	}
}

// Hold is what Close is: the counts go on.
func (l *links) Hold(now des.Time) { l.Close(now) }

// Open notes what the links have counted before the window.
func (l *links) Open(des.Time) { l.before, l.hitsBefore = l.stats(), l.countHits() }

// Close takes that from what they have counted now.
func (l *links) Close(des.Time) {
	l.after, l.hits = l.stats(), l.countHits()
	for i := range l.after {
		l.after[i].Sub(l.before[i])
	}
	for name := range l.hits { // order-free: each on its own
		l.hits[name] -= l.hitsBefore[name]
	}
}

// measured is the window as it was.
func (w *World) measured() (from, until des.Time) {
	from, _ = w.window()
	return from, w.closedAt
}

// stats sums the counts of the group, forward and back.
func (l *links) stats() (both [2]topo.Stats) {
	for _, m := range l.members {
		both[0].Add(m.Forward.Stats())
		both[1].Add(m.Back.Stats())
	}
	return both
}

func (l *links) countHits() map[string]uint64 {
	hits := map[string]uint64{}
	for _, r := range l.Rules {
		for _, rule := range l.rules[r.Name] {
			hits[r.Name] += rule.Hits
		}
		hits[r.Name] += 0
	}
	return hits
}
