package experiments

import (
	"math"
	"time"

	"netsim/des"
	"netsim/experiments/language"
	"netsim/topo"
)

// timetable follows a schedule of one direction of a group of links.
type timetable struct {
	event  des.Event
	sim    *des.Sim
	halves []*topo.Half
	at     []time.Duration
	values []int64 // bit/s or ns
	delays bool    // they are delays, not rates
	period time.Duration
	round  des.Time // when the present round began
	next   int
}

// addTimetables schedules the rates and delays that change by themselves.
func (w *World) addTimetables() {
	for i := range w.Spec.Links {
		g := w.links[w.Spec.Links[i].Name]
		var forward, back []*topo.Half
		for _, l := range g.members {
			forward, back = append(forward, l.Forward), append(back, l.Back)
		}
		w.timetable(g.Forward.RateSchedule, forward, false)
		w.timetable(g.Back.RateSchedule, back, false)
		w.timetable(g.Forward.DelaySchedule, forward, true)
		w.timetable(g.Back.DelaySchedule, back, true)
	}
}

// timetable lets halves follow a schedule, if there is one.
func (w *World) timetable(s *language.Schedule, halves []*topo.Half, delays bool) {
	if s == nil {
		return
	}
	t := &timetable{sim: w.Sim, halves: halves, delays: delays, period: s.Period}
	unit := 1.0
	if delays {
		unit = 1e9
	}
	at, values := s.Steps()
	t.at = at
	for _, v := range values {
		t.values = append(t.values, int64(math.Round(v*unit)))
	}
	owner := w.Sim.Owner()
	t.event.Bind(t, owner.Rank(des.Control))
	w.Sim.At(&t.event, 0)
}

// Fire sets the values of the step that begins.
func (t *timetable) Fire(now des.Time) {
	for _, h := range t.halves {
		if t.delays {
			h.SetDelay(now, time.Duration(t.values[t.next]))
		} else {
			h.SetRate(now, t.values[t.next])
		}
	}
	if t.next++; t.next == len(t.at) {
		if t.period == 0 {
			return
		}
		t.next, t.round = 0, t.round.Add(t.period)
	}
	t.sim.At(&t.event, t.round.Add(t.at[t.next]))
}
