package apps

import (
	"slices"

	"netsim/des"
)

// TriggeredBy lets each request that comes to a server of another flow begin jobs of
// this one, at that server if it is one of this flow's clients.
func (f *Flow) TriggeredBy(by *Flow) { by.triggers = append(by.triggers, f) }

// calls begins the jobs that a request triggers, and reports whether its response
// waits for them.
func (e *end) calls(now des.Time) bool {
	t := e.talk
	for _, f := range t.flow.triggers {
		a := &f.Arrivals
		n := int(max(f.draw(&a.FanOut, ofFanOut, t.number, t.first+t.served), 0))
		if now < des.Time(a.Start) || now >= a.Stop {
			continue
		}
		if a.Wait && t.laws.answers {
			e.waits += n
		}
		for range n {
			f.call(now, e)
		}
	}
	return e.waits > 0
}

// call begins one job, for a request that has come to e.
func (f *Flow) call(now des.Time, e *end) {
	j := f.world.takeJob(f)
	at := e.talk.flow.Servers[e.talk.to].Host
	if j.client = slices.Index(f.Clients, at); j.client < 0 {
		j.client = f.choose(f.Spread, len(f.Clients), &f.nextClient, &f.spreadDraws, ".spread")
	}
	j.server = f.server(f.Clients[j.client], uint64(j.client))
	if f.Arrivals.Wait && e.talk.laws.answers {
		j.caller, j.who = e, e.talk.who()
	}
	j.begin(now)
}

// called tells the request that a job of it has ended, in whatever way, if it is
// still waited for.
func (j *job) called(now des.Time) {
	e := j.caller
	if t := e.talk; !t.live || t.who() != j.who {
		return
	}
	if e.waits--; e.waits == 0 && e.socket != nil {
		e.attend(now)
	}
}
