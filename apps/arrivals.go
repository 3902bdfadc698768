package apps

import (
	"math"
	"math/rand/v2"
	"time"

	"netsim/des"
	"netsim/dist"
)

// Process is when jobs arrive.
type Process uint8

const (
	Once    Process = iota // one, at the start
	At                     // at given times
	Even                   // at the start and then every 1/rate
	Poisson                // with exponential gaps of mean 1/rate
	OnOff                  // every 1/rate of the time that bursts take, in which alone there are arrivals
	Users                  // of users who think, ask, and think again when that is over
)

// Arrivals describes the jobs of a flow. None comes before Start, at Stop or
// later, nor after Count.
type Arrivals struct {
	Process Process
	Times   []time.Duration // of At, in order, since the start of the run; Start does not move them
	Rate    float64         // per second; of OnOff within bursts
	On, Off dist.Dist       // of OnOff: ns that bursts and the silences between them last
	Users   int             // of Users
	Think   dist.Dist       // of Users: ns before each job
	Count   uint64          // 0 is no bound
	Start   time.Duration
	Stop    des.Time // Never is no bound
	PerHost bool     // every client has a process of its own, of that rate and count
}

// generator is one process of arrivals.
type generator struct {
	event  des.Event
	flow   *Flow
	client int // of whom; -1: the flow's spread decides
	made   uint64
	draws  *rand.Rand
	ends   des.Time // the burst of OnOff
}

// begin schedules the first arrival.
func (g *generator) begin(o des.Owner) {
	g.event.Bind(g, o.Rank(des.Workload))
	g.schedule(0)
}

// Fire is an arrival: the next one is scheduled, then a job begins.
func (g *generator) Fire(now des.Time) {
	g.made++
	g.schedule(now)
	g.flow.arrive(now, g.client)
}

// schedule makes the appointment with arrival number g.made.
func (g *generator) schedule(now des.Time) {
	a := &g.flow.Arrivals
	if a.Count > 0 && g.made >= a.Count {
		return
	}
	var next des.Time
	k := float64(g.made)
	switch a.Process {
	case Once:
		if g.made > 0 {
			return
		}
		next = des.Time(a.Start)
	case At:
		if g.made >= uint64(len(a.Times)) {
			return
		}
		next = des.Time(a.Times[g.made])
	case Even:
		next = des.Time(a.Start).Add(nearest(float64(k*1e9) / a.Rate))
	case Poisson:
		next = max(now, des.Time(a.Start)).Add(des.Exponential(g.draws, nearest(1e9/a.Rate)))
	case OnOff:
		next = g.burst(now)
	}
	if next < a.Stop {
		g.flow.world.sim.At(&g.event, next)
	}
}

// burst is when the next arrival of OnOff comes: bursts are one clock, which stands
// still between them. The first begins at the start, with an arrival.
func (g *generator) burst(now des.Time) des.Time {
	a := &g.flow.Arrivals
	if g.made == 0 {
		g.ends = des.Time(a.Start).Add(time.Duration(a.On.Draw(g.draws)))
		return des.Time(a.Start)
	}
	next := now.Add(nearest(1e9 / a.Rate))
	for next >= g.ends && next < a.Stop {
		silence := time.Duration(a.Off.Draw(g.draws))
		next = next.Add(silence)
		g.ends = g.ends.Add(silence).Add(time.Duration(a.On.Draw(g.draws)))
	}
	return next
}

// nearest is the span of so many nanoseconds, or the longest.
func nearest(ns float64) time.Duration {
	if ns >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(math.RoundToEven(ns))
}
