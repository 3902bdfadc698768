package apps

import (
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"netsim/des"
	"netsim/dist"
)

// Process is when jobs arrive.
type Process uint8

const (
	Once      Process = iota // one, at the start
	At                       // at given times
	Even                     // at the start and then every 1/rate
	Poisson                  // with exponential gaps of mean 1/rate
	OnOff                    // every 1/rate of the time that bursts take, in which alone there are arrivals
	Users                    // of users who think, ask, and think again when that is over
	Renewal                  // with gaps of any law
	MMPP                     // Poisson, of rates that follow each other in a ring, each for an exponential time
	Triggered                // by the requests of another flow
)

// Arrivals describes the jobs of a flow. None comes before Start, at Stop or
// later, nor after Count.
type Arrivals struct {
	Process Process
	Times   []time.Duration // of At, in order, since the start of the run; Start does not move them
	Rate    float64         // per second; of OnOff within bursts
	On, Off dist.Dist       // of OnOff: ns that bursts and the silences between them last
	Gap     dist.Dist       // of Renewal: ns
	Rates   []float64       // of MMPP, per second; 0 is silence
	Stays   []time.Duration // the mean time of each of them
	Users   int             // of Users
	Think   dist.Dist       // of Users: ns before each job
	FanOut  dist.Dist       // of Triggered: jobs of each request
	Wait    bool            // and its response waits for them
	Batch   dist.Dist       // jobs that arrive at once; the zero Dist is one
	Count   uint64          // of jobs; 0 is no bound
	Start   time.Duration
	Stop    des.Time // Never is no bound
	PerHost bool     // every client has a process of its own, of that rate and count
	PerPair bool     // every client has one to every server
}

// generator is one process of arrivals.
type generator struct {
	event          des.Event
	flow           *Flow
	client, server int    // of whom and to whom; -1: the flow's spread decides, and its pick
	made           uint64 // arrivals
	jobs           uint64
	draws          *rand.Rand
	ends           des.Time // the burst of OnOff, the stay of MMPP
	state          int      // of MMPP
	due            des.Time // the next arrival, were there no Stop; Never if there is none
	origin         des.Time // of Even: when arrival number base was due
	base           uint64
}

// generate makes the processes of a flow and schedules their first arrivals.
func (f *Flow) generate() {
	a := &f.Arrivals
	add := func(client, server int, name string) {
		f.generators = append(f.generators, generator{flow: f, client: client, server: server, origin: des.Time(a.Start)})
		g := &f.generators[len(f.generators)-1]
		if _, fixed := a.Batch.Fixed(); !fixed || a.Process == Poisson || a.Process == OnOff || a.Process == Renewal || a.Process == MMPP {
			g.draws = des.Stream(f.world.seed, f.world.rep, "flow."+f.Name+".arrivals"+name)
		}
	}
	switch {
	case a.PerPair:
		for i, c := range f.Clients {
			for k, s := range f.Servers {
				if s.Host != c {
					add(i, k, "."+strconv.Itoa(i)+"."+strconv.Itoa(k))
				}
			}
		}
	case a.PerHost:
		for i := range f.Clients {
			add(i, -1, "."+strconv.Itoa(i))
		}
	default:
		add(-1, -1, "")
	}
	for i := range f.generators { // which stay where they are from now on
		f.generators[i].begin(f.world.sim.Owner())
	}
}

// begin schedules the first arrival.
func (g *generator) begin(o des.Owner) {
	g.event.Bind(g, o.Rank(des.Workload))
	if a := &g.flow.Arrivals; a.Process == MMPP {
		g.enter(des.Time(a.Start), g.stationary())
	}
	g.schedule(0)
}

// Fire is an arrival: the next one is scheduled, then its jobs begin.
func (g *generator) Fire(now des.Time) {
	a := &g.flow.Arrivals
	n := uint64(1)
	if v, fixed := a.Batch.Fixed(); !fixed {
		n = uint64(max(a.Batch.Draw(g.draws), 0))
	} else if v > 1 {
		n = uint64(v)
	}
	if a.Count > 0 {
		n = min(n, a.Count-g.jobs)
	}
	g.made++
	g.jobs += n
	g.schedule(now)
	for range n {
		g.flow.arrive(now, g.client, g.server)
	}
}

// schedule makes the appointment with arrival number g.made.
func (g *generator) schedule(now des.Time) {
	a := &g.flow.Arrivals
	g.due = des.Never
	if a.Count > 0 && g.jobs >= a.Count {
		return
	}
	var next des.Time
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
		next = g.origin.Add(nearest(float64(float64(g.made-g.base)*1e9) / a.Rate))
	case Poisson:
		next = max(now, des.Time(a.Start)).Add(des.Exponential(g.draws, nearest(1e9/a.Rate)))
	case OnOff:
		next = g.burst(now)
	case Renewal:
		next = max(now, des.Time(a.Start)).Add(time.Duration(a.Gap.Draw(g.draws)))
	case MMPP:
		next = g.modulated(max(now, des.Time(a.Start)))
	}
	g.appoint(next)
}

// appoint schedules the next arrival, unless that is too late.
func (g *generator) appoint(at des.Time) {
	g.due = at
	if at < g.flow.Arrivals.Stop {
		g.flow.world.sim.At(&g.event, at)
	} else {
		g.flow.world.sim.Cancel(&g.event)
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

// modulated is when the next arrival of MMPP comes: gaps have no memory, so each
// stay begins one anew.
func (g *generator) modulated(now des.Time) des.Time {
	a := &g.flow.Arrivals
	for now < a.Stop {
		if rate := a.Rates[g.state]; rate > 0 {
			if next := now.Add(des.Exponential(g.draws, nearest(1e9/rate))); next < g.ends {
				return next
			}
		}
		now = g.ends
		g.enter(now, (g.state+1)%len(a.Rates))
	}
	return a.Stop
}

// enter begins a stay of MMPP.
func (g *generator) enter(now des.Time, state int) {
	g.state = state
	g.ends = now.Add(des.Exponential(g.draws, g.flow.Arrivals.Stays[state]))
}

// stationary draws the state that MMPP is in at a time of no account: each in
// proportion to the mean of its stays.
func (g *generator) stationary() int {
	stays := g.flow.Arrivals.Stays
	var all time.Duration
	for _, s := range stays {
		all += s
	}
	at := time.Duration(des.Below(g.draws, uint64(all)))
	for i, s := range stays {
		if at -= s; at < 0 {
			return i
		}
	}
	return len(stays) - 1
}

// SetRate changes the rate of Even, Poisson or OnOff from now on. A gap that has
// begun goes on at the new rate.
func (f *Flow) SetRate(now des.Time, rate float64) {
	a := &f.Arrivals
	ratio := a.Rate / rate
	a.Rate = rate
	for i := range f.generators {
		g := &f.generators[i]
		if g.due == des.Never {
			continue
		}
		from := max(now, des.Time(a.Start))
		next := from.Add(nearest(float64(float64(max(g.due.Sub(from), 0)) * ratio)))
		if a.Process == Even {
			g.origin, g.base = next, g.made
		}
		g.appoint(next)
	}
}

// nearest is the span of so many nanoseconds, or the longest.
func nearest(ns float64) time.Duration {
	if ns >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(math.RoundToEven(ns))
}
