package apps

import (
	"math"
	"math/rand/v2"
	"time"

	"netsim/des"
)

// Process is when jobs arrive.
type Process uint8

const (
	Once    Process = iota // one, at the start
	At                     // at given times
	Even                   // at the start and then every 1/rate
	Poisson                // with exponential gaps of mean 1/rate
)

// Arrivals describes the jobs of a flow. None comes before Start, at Stop or
// later, nor after Count.
type Arrivals struct {
	Process Process
	Times   []time.Duration // of At, in order, since the start of the run; Start does not move them
	Rate    float64         // per second
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
	}
	if next < a.Stop {
		g.flow.world.sim.At(&g.event, next)
	}
}

// nearest is the span of so many nanoseconds, or the longest.
func nearest(ns float64) time.Duration {
	if ns >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(math.RoundToEven(ns))
}
