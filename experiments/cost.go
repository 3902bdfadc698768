package experiments

import (
	"math"
	"time"

	"netsim/experiments/language"
)

// Known gives expressions about a point all that is known without running it: its
// parameters and cases, and what the network says once it is built.
func Known(p *language.Point) language.Lookup {
	var network map[string]float64
	return func(s language.Slot) (any, error) {
		v, err := p.Lookup(s)
		if err == nil || s.Kind != language.Derived {
			return v, err
		}
		if network == nil {
			w, failed := Build(p.Spec, p.Spec.Run.Seed, 1, Needs{})
			if failed != nil {
				return nil, failed
			}
			network = w.derived()
		}
		if d, ok := network[s.Path]; ok {
			return d, nil
		}
		if _, varies := network[s.Path+".mean"]; varies {
			return nil, severalPaths(s.Path)
		}
		return nil, err
	}
}

// severalPaths is the error of a derived value that differs between members.
type severalPaths string

func (s severalPaths) Error() string {
	return string(s) + " differs between members; write " + string(s) + ".mean"
}

// A Cost is what one run of a point is expected to take, from what its flows are to
// send over how many links. It knows nothing of what goes wrong on the way.
type Cost struct {
	Jobs   float64
	Events float64
}

// EventsPerSecond is what one core of a common machine handles; plans reckon with
// it until runs have been timed.
const EventsPerSecond = 3e6

// Time is how long one core is busy with it.
func (c Cost) Time() time.Duration { return time.Duration(c.Events / EventsPerSecond * 1e9) }

// Costs are those of each point of a file, whose networks have much the same ways:
// those of the first are taken for all.
func Costs(f *language.File) ([]Cost, error) {
	w, err := Build(f.Points[0].Spec, 1, 1, Needs{})
	if err != nil {
		return nil, err
	}
	hops := map[string]float64{}
	for i := range w.Spec.Flows {
		hops[w.Spec.Flows[i].Name] = w.hops(&w.Spec.Flows[i])
	}
	costs := make([]Cost, len(f.Points))
	for i, p := range f.Points {
		for j := range p.Spec.Flows {
			costs[i].add(p.Spec, &p.Spec.Flows[j], hops[p.Spec.Flows[j].Name])
		}
	}
	return costs, nil
}

// hops is the mean number of links that the segments of a flow cross.
func (w *World) hops(f *language.Flow) float64 {
	var ways spread
	for _, c := range w.all(f.From) {
		for _, s := range w.all(f.To) {
			if there, ok := w.Net.Path(c.Node(), s.Node()); ok && c != s && ways.n < mostPaths {
				ways.add(float64(len(there)))
			}
		}
	}
	if ways.n == 0 {
		return 1
	}
	return ways.sum / float64(ways.n)
}

// Events are those of packets, which leave a link and arrive, and those of timers:
// a connection that opens and closes sets half a dozen.
const (
	eventsPerHop        = 1.0
	eventsPerConnection = 6.0
	segmentBytes        = 1448.0
)

// add reckons with the segments of all jobs of a flow: seven to open and close a
// connection, one for each full segment of data and an ACK for every second.
func (c *Cost) add(s *language.Spec, f *language.Flow, hops float64) {
	jobs := f.Jobs(s)
	if f.Packets() {
		c.Jobs += jobs
		c.Events += jobs * (1 + hops*eventsPerHop)
		return
	}
	exchanges := math.Max(1, f.Exchanges.Dist.Mean())
	data := math.Ceil(f.Request.Dist.Mean()/segmentBytes) + math.Ceil(f.Response.Dist.Mean()/segmentBytes)
	connections := jobs
	if f.Pool.Size > 0 {
		connections = math.Min(jobs, math.Max(float64(f.Pool.Size), jobs/math.Max(1, float64(f.Pool.MaxRequests))))
		if f.Pool.MaxRequests == language.Unlimited {
			connections = math.Min(jobs, float64(f.Pool.Size))
		}
	}
	segments := 7*connections + 1.5*data*exchanges*jobs
	c.Jobs += jobs
	c.Events += segments*hops*eventsPerHop + eventsPerConnection*connections + 2*exchanges*jobs
}
