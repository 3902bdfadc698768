package experiments

import (
	"netsim/apps"
	"netsim/des"
	"netsim/experiments/language"
)

// processOf is a process of arrivals by its word.
func processOf(w string) apps.Process {
	if w == "trace" {
		return apps.At // of the times in the file
	}
	return word[apps.Process](w, "once", "at", "even", "poisson", "on-off", "users", "renewal", "mmpp", "triggered")
}

// rates follows the schedule of a flow's arrivals, round after round if it has a
// period.
type rates struct {
	*language.Schedule
	event des.Event
	world *World
	flow  *apps.Flow
	begun des.Time // the round
	next  int
}

// addRates schedules the rates of arrivals that change by themselves.
func (w *World) addRates() {
	for _, f := range w.flows {
		if f.Arrivals.Rates == nil {
			continue
		}
		s := *f.Arrivals.Rates
		s.At, s.Values = s.Steps()
		r := &rates{Schedule: &s, world: w, flow: f.made}
		owner := w.Sim.Owner()
		r.event.Bind(r, owner.Rank(des.Control))
		w.Sim.At(&r.event, 0)
	}
}

// Fire sets the rate of the step that begins.
func (r *rates) Fire(now des.Time) {
	r.flow.SetRate(now, r.Values[r.next])
	if r.next++; r.next == len(r.At) {
		if r.Period == 0 {
			return
		}
		r.next, r.begun = 0, r.begun.Add(r.Period)
	}
	r.world.Sim.At(&r.event, r.begun.Add(r.At[r.next]))
}
