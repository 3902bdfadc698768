package experiments

import (
	"math"
	"time"

	"netsim/des"
	"netsim/experiments/language"
	"netsim/topo"
)

// timetable follows the schedule of a rate for one direction of a group of links.
type timetable struct {
	event  des.Event
	sim    *des.Sim
	halves []*topo.Half
	at     []time.Duration
	rates  []int64
	period time.Duration
	round  des.Time // when the present round began
	next   int
}

// addTimetables schedules the rates that change by themselves.
func (w *World) addTimetables() {
	for i := range w.Spec.Links {
		g := w.links[w.Spec.Links[i].Name]
		for _, d := range [2]*language.Direction{&g.Forward, &g.Back} {
			if d.RateSchedule == nil {
				continue
			}
			t := &timetable{sim: w.Sim, period: d.RateSchedule.Period}
			at, values := d.RateSchedule.Steps()
			t.at = at
			for _, v := range values {
				t.rates = append(t.rates, int64(math.Round(v)))
			}
			for _, l := range g.members {
				if d == &g.Forward {
					t.halves = append(t.halves, l.Forward)
				} else {
					t.halves = append(t.halves, l.Back)
				}
			}
			owner := w.Sim.Owner()
			t.event.Bind(t, owner.Rank(des.Control))
			w.Sim.At(&t.event, 0)
		}
	}
}

// Fire sets the rates of the step that begins.
func (t *timetable) Fire(now des.Time) {
	for _, h := range t.halves {
		h.SetRate(now, t.rates[t.next])
	}
	if t.next++; t.next == len(t.at) {
		if t.period == 0 {
			return
		}
		t.next, t.round = 0, t.round.Add(t.period)
	}
	t.sim.At(&t.event, t.round.Add(t.at[t.next]))
}
