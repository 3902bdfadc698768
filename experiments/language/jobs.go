package language

import (
	"math"
	"time"
)

// Jobs is how many jobs a flow is to have in one run, as far as its arrivals say;
// those that answer to others, or to what happens, are guessed by their means.
func (f *Flow) Jobs(s *Spec) float64 {
	a := &f.Arrivals
	begin, end := a.Start, s.Run.Duration
	if a.Stop > 0 && (end == 0 || a.Stop < end) {
		end = a.Stop
	}
	jobs := math.Inf(1)
	if end > 0 {
		jobs = math.Max(0, (end-begin).Seconds()) * f.pace(s)
	}
	if a.Count != Unlimited {
		jobs = math.Min(jobs, float64(a.Count)*f.sources(s))
	}
	switch {
	case a.Process == "once":
		return 1
	case a.Process == "at":
		return float64(len(a.Times))
	case math.IsInf(jobs, 1):
		return 0
	}
	return jobs
}

// pace is the mean number of jobs in a second.
func (f *Flow) pace(s *Spec) float64 {
	a := &f.Arrivals
	if a.Process != "users" {
		return a.Rate * f.sources(s)
	}
	round := a.Think.Mean() + time.Duration(f.Exchanges.Dist.Mean()*float64(f.Service.Mean()+f.Think.Mean()))
	return float64(a.Users) / math.Max(round.Seconds(), 1e-3)
}

// sources is how many members the rate of the arrivals is of.
func (f *Flow) sources(s *Spec) float64 {
	if f.Arrivals.Per != "host" {
		return 1
	}
	n := 0
	for _, t := range f.From {
		first, end := membersOf(s, t)
		n += end - first
	}
	return float64(n)
}
