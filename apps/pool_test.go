package apps

import (
	"math"
	"testing"
	"time"

	"netsim/des"
	"netsim/dist"
	"netsim/tcp"
	"netsim/theory"
	"netsim/topo"
)

// With k jobs on each connection the closer has rate x T / k in TIME-WAIT (Little's
// law: a close for every k jobs). The error is that of samples 2T apart.
func TestPooledTimeWait(t *testing.T) {
	const rate, n, seed = 200.0, 400, 4
	const stay = 500 * time.Millisecond
	for _, by := range []By{Client, Server} {
		for _, k := range []uint64{1, 5, 20} {
			p := tcp.Linux()
			p.TimeWait = stay
			w := newWorld(t, plan{seed: seed, profile: p})
			f := w.add(Flow{Name: "web", Request: bytes(100), Response: bytes(100), Closing: Closing{By: by},
				Pool: &Pooling{Size: 100, MaxRequests: k, Idle: 20 * time.Second}, Arrivals: Arrivals{Process: Poisson, Rate: rate, Stop: des.Time((2*n + 10) * stay)}})
			closer, other := w.client, w.server
			if by == Server {
				closer, other = other, closer
			}
			s := w.sample(5*stay, 2*stay, n, func() int64 { return closer.Count[tcp.TimeWaiting].Value() })
			w.empty(f)
			want := rate * stay.Seconds() / float64(k)
			mean, variance := s.moments()
			if z := (mean - want) / math.Sqrt(variance/n); math.Abs(z) > 4 {
				t.Errorf("seed %d: %d jobs a connection, closed by %d: %v in TIME-WAIT, want %v: z = %.1f", seed, k, by, mean, want, z)
			}
			if y := f.Tally; y.JobsDone != y.Jobs || y.Attempts < y.Jobs/k || y.Attempts > y.Jobs/k+100 || other.Entered[tcp.TimeWaiting] != 0 {
				t.Errorf("%d jobs a connection: %d of %d jobs done by %d connections, %d in TIME-WAIT at the other end", k, y.JobsDone, y.Jobs, y.Attempts, other.Entered[tcp.TimeWaiting])
			}
		}
	}
}

// A pool of one connection is a server with a queue: jobs that take a round trip
// and the service time wait as in M/D/1. The error is that of independent runs.
func TestPoolOfOneIsAQueue(t *testing.T) {
	const runs, rho = 30, .7
	const service = 30 * time.Millisecond
	takes := (2*d + service).Seconds()
	want := theory.MD1Wait(rho, takes) + takes
	var sum, squares float64
	for seed := range uint64(runs) {
		w := newWorld(t, plan{seed: seed})
		f := w.add(Flow{Name: "web", Request: bytes(100), Response: bytes(100), Service: lasting(service), Pool: &Pooling{Size: 1, Idle: time.Hour},
			Tally: &Tally{From: des.Time(20 * time.Second), Until: ever}, Arrivals: Arrivals{Process: Poisson, Rate: rho / takes, Stop: des.Time(120 * time.Second)}})
		w.sim.Run(des.Time(1000 * time.Second))
		mean := f.Tally.JobTime.Mean() / 1e9
		sum, squares = sum+mean, squares+mean*mean
		if y := f.Tally; y.JobsDone != y.Jobs || w.listener.Accepted != 1 {
			t.Errorf("seed %d: %d of %d jobs done, %d connections", seed, y.JobsDone, y.Jobs, w.listener.Accepted)
		}
	}
	mean := sum / runs
	sd := math.Sqrt((squares - runs*mean*mean) / (runs - 1))
	if z := (mean - want) / (sd / math.Sqrt(runs)); math.Abs(z) > 4 {
		t.Errorf("seeds 0 to %d: a job takes %v s, want %v: z = %.1f", runs-1, mean, want, z)
	}
}

// Users who share one connection are machines that one man repairs.
func TestUsers(t *testing.T) {
	const users, runs = 8, 20
	const think, service = 100e6, 25e6
	span := 100 * time.Second
	want := theory.Repairman(users, think/1e9, service/1e9)
	var sum, squares float64
	for seed := range uint64(runs) {
		w := newWorld(t, plan{seed: seed, half: topo.HalfSpec{Delay: time.Microsecond}})
		f := w.add(Flow{Name: "web", Request: bytes(100), Response: bytes(100), Service: dist.Exponential(service), Pool: &Pooling{Size: 1, Idle: time.Hour},
			Tally:    &Tally{From: des.Time(10 * time.Second), Until: des.Time(10*time.Second + span)},
			Arrivals: Arrivals{Process: Users, Users: users, Think: dist.Exponential(think), Stop: des.Time(120 * time.Second)}})
		w.sim.Run(des.Time(1000 * time.Second))
		rate := float64(f.Tally.Jobs) / span.Seconds()
		sum, squares = sum+rate, squares+rate*rate
		if w.apps.Unsettled() != 0 || f.Tally.JobsDone != f.Tally.Jobs {
			t.Errorf("seed %d: %d of %d jobs done", seed, f.Tally.JobsDone, f.Tally.Jobs)
		}
	}
	mean := sum / runs
	sd := math.Sqrt((squares - runs*mean*mean) / (runs - 1))
	if z := (mean - want) / (sd / math.Sqrt(runs)); math.Abs(z) > 4 {
		t.Errorf("seeds 0 to %d: %v jobs a second, want %v: z = %.1f", runs-1, mean, want, z)
	}
}

// What a pool has at work, at rest and waiting, to the nanosecond; and that limits
// of rest, age and jobs close connections.
func TestPoolLevels(t *testing.T) {
	const service = 100 * time.Millisecond
	for name, c := range map[string]struct {
		pool              Pooling
		connections       uint64
		busy, idle, waits time.Duration // connection or job times, summed
	}{
		// Three jobs at 0: 2d to open and 2d + service for each job.
		"one":          {Pooling{Size: 1, Idle: time.Second}, 1, 2*d + 3*(2*d+service), time.Second, 2*d + 2*d + service + 2*d + 2*(2*d+service)},
		"three":        {Pooling{Size: 3, Idle: time.Second}, 3, 3 * (4*d + service), 3 * time.Second, 0},
		"one job each": {Pooling{Size: 1, MaxRequests: 1}, 3, 3 * (4*d + service), 0, 3 * (4*d + service)},
		"age":          {Pooling{Size: 1, MaxAge: 4*d + service}, 3, 3 * (4*d + service), 0, 3 * (4*d + service)},
	} {
		w := newWorld(t, plan{})
		f := w.add(Flow{Name: "web", Request: bytes(100), Response: bytes(100), Service: lasting(service), Pool: &c.pool, Arrivals: Arrivals{Process: At, Times: []time.Duration{0, 0, 0}}})
		w.empty(f)
		level := func(what string, got uint64, want time.Duration) {
			if got != uint64(want) {
				t.Errorf("%s: %s for %v, want %v", name, what, time.Duration(got), want)
			}
		}
		y := f.Tally
		if y.Attempts != c.connections || y.JobsDone != 3 {
			t.Errorf("%s: %d connections, want %d; %d jobs done", name, y.Attempts, c.connections, y.JobsDone)
		}
		level("at work", y.Busy.Result().Integral().Lo, c.busy)
		level("at rest", y.Idle.Result().Integral().Lo, c.idle)
		level("waiting", y.Waiting.Result().Integral().Lo, c.waits)
	}
}

// A pool of a host gives up its longest rested connection for one to another server.
func TestPoolOfAHost(t *testing.T) {
	w := newWorld(t, plan{servers: 2})
	f := w.add(Flow{Name: "web", Request: bytes(100), Response: bytes(100), Pick: RoundRobin, Pool: &Pooling{Size: 1, PerHost: true, Idle: time.Second}, Arrivals: Arrivals{Process: Even, Rate: 2, Count: 4}})
	w.empty(f)
	if y := f.Tally; y.Attempts != 4 || y.JobsDone != 4 || y.Waiting.Result().Integral().Lo != 0 {
		t.Errorf("%d connections, %d jobs done, %v waited", y.Attempts, y.JobsDone, y.Waiting.Result().Integral())
	}
	w = newWorld(t, plan{servers: 2})
	f = w.add(Flow{Name: "web", Request: bytes(100), Response: bytes(100), Pick: RoundRobin, Pool: &Pooling{Size: 1, Idle: time.Second}, Arrivals: Arrivals{Process: Even, Rate: 2, Count: 4}})
	w.empty(f)
	if y := f.Tally; y.Attempts != 2 || y.JobsDone != 4 {
		t.Errorf("a pool for each pair: %d connections, %d jobs done", y.Attempts, y.JobsDone)
	}
}

// A job that fails is tried again after the backoff, so often and no more; each try
// of a connection is an attempt, with its cause.
func TestRetry(t *testing.T) {
	const backoff = 200 * time.Millisecond
	w := newWorld(t, plan{})
	f := w.add(Flow{Name: "web", Servers: []Target{{Host: w.servers[0], Port: 81}}, Retry: Retry{Times: 3, Backoff: lasting(backoff)}, Arrivals: Arrivals{Process: Even, Rate: 1, Count: 5}})
	w.empty(f)
	if y := f.Tally; y.Jobs != 5 || y.JobsDone != 0 || y.Attempts != 20 || y.Retries != 15 || y.Failed[Refused] != 20 {
		t.Errorf("refused: %d jobs, %d attempts, %d retries, failed %v", y.Jobs, y.Attempts, y.Retries, y.Failed)
	}

	lose := topo.NewRule(topo.RuleSpec{Name: "first", Match: topo.MatchSYN, Flow: topo.AnyFlow, Nth: []topo.Range{{First: 1, Last: 1}}})
	w = newWorld(t, plan{half: topo.HalfSpec{Delay: hop, Rules: []*topo.Rule{lose}}})
	f = w.add(Flow{Name: "web", Request: bytes(100), Response: bytes(100), Timeout: 100 * time.Millisecond, Retry: Retry{Times: 1, Backoff: lasting(backoff)}})
	w.empty(f)
	if y := f.Tally; y.JobsDone != 1 || y.Attempts != 2 || y.Failed[GaveUp] != 1 || y.Opened != 1 {
		t.Errorf("impatience: %d done, %d attempts, failed %v", y.JobsDone, y.Attempts, y.Failed)
	}
	only(t, "job_time", &f.Tally.JobTime, 1, float64(100*time.Millisecond+backoff+4*d))
}

// Who gives up a job that is under way closes its connection, which is of no use to
// the next; patience is of the whole try, the wait for a connection included.
func TestImpatience(t *testing.T) {
	w := newWorld(t, plan{})
	f := w.add(Flow{Name: "web", Request: bytes(100), Response: bytes(100), Service: lasting(300 * time.Millisecond), Timeout: 200 * time.Millisecond,
		Pool: &Pooling{Size: 1}, Arrivals: Arrivals{Process: At, Times: []time.Duration{0, 50 * time.Millisecond, 100 * time.Millisecond}}})
	w.empty(f)
	// The first has the connection until .2 s, the second another until .25 s, the third one until .3 s.
	if y := f.Tally; y.Jobs != 3 || y.JobsDone != 0 || y.Attempts != 3 || y.Opened != 3 || y.ClosedSum() != 3 {
		t.Errorf("%d jobs, %d done, %d attempts, %d opened, %d closed", y.Jobs, y.JobsDone, y.Attempts, y.Opened, y.ClosedSum())
	}
	w = newWorld(t, plan{})
	f = w.add(Flow{Name: "web", Request: bytes(100), Response: bytes(100), Service: lasting(400 * time.Millisecond), Timeout: 500 * time.Millisecond,
		Pool: &Pooling{Size: 1, Idle: time.Second}, Arrivals: Arrivals{Process: At, Times: []time.Duration{0, 0, 450 * time.Millisecond}}})
	w.empty(f)
	// The first has it until .44 s, the second until it gives up at .5 s, the third another until .94 s.
	if y := f.Tally; y.JobsDone != 2 || y.Attempts != 2 {
		t.Errorf("in a queue: %d jobs done, %d attempts", y.JobsDone, y.Attempts)
	}
}

// Who loses patience closes by a FIN, which is acknowledged, and it is the response that
// is reset; or by a reset, and that is all.
func TestOnTimeout(t *testing.T) {
	for _, how := range []How{Fin, Rst} {
		w := newWorld(t, plan{})
		f := w.add(Flow{Name: "web", Request: bytes(100), Response: bytes(100), Service: lasting(300 * time.Millisecond), Timeout: 200 * time.Millisecond,
			OnTimeout: how, Arrivals: Arrivals{Process: At, Times: []time.Duration{0}}})
		w.empty(f)
		if y := f.Tally; y.Closed[ByReset] != 1 || (y.CloseSegments.Max() == 1) != (how == Rst) {
			t.Errorf("%v: closed %v, by %v segments", how, y.Closed, y.CloseSegments.Max())
		}
	}
}

// Pools over bad links: every job is decided, every connection ends, and all counts
// balance, whatever the limits.
func TestPoolSoak(t *testing.T) {
	for seed := range uint64(60) {
		draws := des.Stream(seed, 1, "pool soak")
		below := func(n uint64) int { return int(des.Below(draws, n)) }
		p := tcp.Linux()
		p.PortLow, p.PortHigh, p.Backlog = 2000, uint16(2003+below(20)), 1+below(8)
		p.GiveUp, p.Retries, p.OrphanRetries, p.RTOMax = tcp.ByCount, 60, 60, 4*time.Second
		w := newWorld(t, plan{seed: seed, ties: des.Ties(seed % 3), clients: 1 + below(2), servers: 1 + below(3), profile: p,
			half: topo.HalfSpec{Rate: 20_000_000, Delay: hop, MTU: 1500, Loss: float64(below(11)) / 100, Queue: topo.Limit{Packets: 30}}})
		f := w.add(Flow{Name: "web", Request: dist.Exponential(3000), Response: dist.Exponential(3000), Exchanges: dist.Uniform(1, 3), Service: dist.Exponential(3e7),
			Closing: Closing{By: By(below(3)), How: How(below(2)), Reply: lasting(time.Duration(below(2)) * 50 * time.Millisecond)}, Pick: Choice(below(4)),
			Pool:  &Pooling{Size: 1 + below(3), PerHost: below(2) == 0, MaxRequests: uint64(below(5)), MaxAge: time.Duration(below(2)) * 3 * time.Second, Idle: time.Second},
			Retry: Retry{Times: below(3), Backoff: dist.Exponential(1e8)}, Timeout: time.Duration(below(2)) * time.Second,
			Arrivals: Arrivals{Process: Poisson, Rate: 10, Count: 200}})
		w.empty(f)
		if y := f.Tally; y.Busy.Value() != 0 || y.Idle.Value() != 0 || y.Waiting.Value() != 0 || y.Jobs != 200 || y.JobsDone == 0 {
			t.Errorf("%d at work, %d at rest, %d wait; %d of %d jobs done", y.Busy.Value(), y.Idle.Value(), y.Waiting.Value(), y.JobsDone, y.Jobs)
		}
		if t.Failed() {
			t.Fatalf("seed %d: %+v %+v", seed, f.Closing, *f.Pool)
		}
	}
}
