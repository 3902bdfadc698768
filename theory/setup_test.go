package theory

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

const (
	second = time.Second
	cap120 = 120 * time.Second
	rtt    = time.Millisecond
)

var (
	exp6    = Backoff(second, cap120, 0, 6)
	lin4    = Backoff(second, cap120, 4, 6)
	synAck5 = Backoff(second, cap120, 0, 5)
	client  = map[string]Schedule{"exp6": exp6, "lin4": lin4}
)

func opening(s string, p float64, policy Policy) Opening {
	return Opening{Client: client[s], Server: synAck5, Policy: policy, Loss: p, LossBack: p, RTT: rtt}
}

// TestStateless holds the distribution against its geometric law, computed by
// exact enumeration.
func TestStateless(t *testing.T) {
	for _, c := range []struct {
		schedule                    string
		p, fail, mean, sd, syns, by float64
		mass                        [4]float64
	}{
		{"exp6", .01, 1.235866e-12, .020725, .151604, 1.020304, .020725, [4]float64{.980100, .019504, .000388, .000008}},
		{"exp6", .05, 8.375916e-08, .121106, .469680, 1.108033, .121117, [4]float64{.902500, .087994, .008579, .000836}},
		{"exp6", .1, 8.938717e-06, .304968, 1.085268, 1.234557, .306101, [4]float64{.810000, .153900, .029241, .005556}},
		{"exp6", .2, 7.836416e-04, 1.058056, 3.605349, 1.561276, 1.156749, [4]float64{.640000, .230400, .082944, .029860}},
		{"exp6", .3, 8.974107e-03, 2.675786, 7.477638, 2.022502, 3.791485, [4]float64{.490000, .249900, .127449, .064999}},
		{"exp6", .5, 1.334839e-01, 8.281961, 15.138971, 3.466064, 24.128906, [4]float64{.250000, .187500, .140625, .105469}},
		{"lin4", .01, 1.938134e-19, .020304, .143932, 1.020304, .020304, [4]float64{.980100, .019504, .000388, .000008}},
		{"lin4", .05, 7.569214e-12, .108034, .346010, 1.108033, .108034, [4]float64{.902500, .087994, .008579, .000836}},
		{"lin4", .1, 1.164903e-08, .234660, .539896, 1.234568, .234661, [4]float64{.810000, .153900, .029241, .005556}},
		{"lin4", .2, 1.316217e-05, .570764, 1.073635, 1.562479, .572481, [4]float64{.640000, .230400, .082944, .029860}},
		{"lin4", .3, 6.071164e-04, 1.148069, 2.601592, 2.039577, 1.226905, [4]float64{.490000, .249900, .127449, .064999}},
		{"lin4", .5, 4.223514e-02, 4.335631, 9.579447, 3.831059, 9.685318, [4]float64{.250000, .187500, .140625, .105469}},
	} {
		o := opening(c.schedule, c.p, Stateless)
		d := o.SetupTime()
		name := fmt.Sprintf("%s p=%g: ", c.schedule, c.p)
		digits(t, name+"failure", d.Failure, c.fail, 7)
		near(t, name+"mean", d.Mean()-rtt.Seconds(), c.mean, 1e-6)
		near(t, name+"sd", d.SD(), c.sd, 1e-6)
		near(t, name+"SYNs", o.SYNs(), c.syns, 1e-6)
		for k, at := range o.Client.Times()[:4] {
			near(t, name+"mass", d.P(at+rtt)*(1-d.Failure), c.mass[k], 1e-6)
		}
		near(t, name+"at once", 1-d.CDF(rtt)*(1-d.Failure), 1-(1-c.p)*(1-c.p), 1e-12)
		ended := d.Ended(o.Client.GiveUp())
		near(t, name+"mean with failures", ended.Mean()-rtt.Seconds()*(1-d.Failure), c.by, 1e-6)
		near(t, name+"failures in it", ended.Failure, 0, 0)
	}
}

// TestStrict holds the mean and the first lumps against an exact enumeration
// that lets the server keep its request for ever, silent after 31 s; that differs
// from a request dropped at 63 s by less than p^6.
func TestStrict(t *testing.T) {
	for _, c := range []struct {
		schedule              string
		p, ok, mean           float64
		zero, one, two, three float64
	}{
		{"exp6", .01, 1.000000000, .020408, .980100, .019602, .000098, .000196},
		{"exp6", .05, .999999984, .111110, .902500, .090250, .002256, .004513},
		{"exp6", .1, .999998900, .249915, .810000, .162000, .008100, .016200},
		{"exp6", .2, .999923201, .659123, .640000, .256000, .025600, .051200},
		{"exp6", .3, .999052459, 1.370952, .490000, .294000, .044100, .088200},
		{"lin4", .01, 1.000000000, .020305, .980100, .019602, .000196, .000100},
		{"lin4", .05, .999999984, .108186, .902500, .090250, .004513, .002482},
		{"lin4", .1, .999999000, .236042, .810000, .162000, .016200, .009720},
		{"lin4", .2, .999935980, .578087, .640000, .256000, .051200, .035840},
		{"lin4", .3, .999269230, 1.100343, .490000, .294000, .088200, .070560},
	} {
		o := opening(c.schedule, c.p, Strict)
		dropped := o.SetupTime()
		o.Server = Schedule{1 * second, 2 * second, 4 * second, 8 * second, 16 * second, time.Hour}
		d := o.SetupTime()
		name := fmt.Sprintf("%s p=%g: ", c.schedule, c.p)
		near(t, name+"success", 1-d.Failure, c.ok, 1e-9)
		near(t, name+"mean", d.Mean()-rtt.Seconds(), c.mean, 1e-6)
		for at, want := range map[time.Duration]float64{0: c.zero, 1: c.one, 2: c.two, 3: c.three} {
			near(t, name+"mass", d.P(at*second+rtt)*(1-d.Failure), want, 1e-6)
		}
		// Of exp6 the last SYN arrives at 63 s, just before the request is dropped.
		gained := d.Failure - dropped.Failure
		if c.schedule == "exp6" && gained != 0 || c.schedule == "lin4" && !(gained > 0 && gained < math.Pow(c.p, 6)) {
			t.Errorf("%sa dropped request saves %g of failures", name, gained)
		}
	}
}

// TestLinux holds both orders of equal times against an exact enumeration of all
// 2^n patterns of lost SYNs.
func TestLinux(t *testing.T) {
	for _, c := range []struct {
		schedule       string
		p              float64
		timersFirst    bool
		ok, mean       float64
		zero, one, two float64
	}{
		{"exp6", .05, true, .999999999, .106174, .902500, .092393, .002256},
		{"exp6", .05, false, .999999999, .108344, .902500, .090250, .004400},
		{"exp6", .1, true, .999999900, .229967, .810000, .169290, .008100},
		{"exp6", .1, false, .999999900, .237622, .810000, .162000, .015390},
		{"exp6", .2, true, .999987003, .573922, .640000, .276480, .025600},
		{"exp6", .2, false, .999986953, .598839, .640000, .256000, .046080},
		{"lin4", .05, true, 1.000000000, .102900, .902500, .092393, .004829},
		{"lin4", .05, false, 1.000000000, .105270, .902500, .090250, .006763},
		{"lin4", .1, true, 1.000000000, .213415, .810000, .169290, .018314},
		{"lin4", .1, false, 1.000000000, .222348, .810000, .162000, .024219},
		{"lin4", .2, true, .999999977, .471278, .640000, .276480, .062669},
		{"lin4", .2, false, .999999975, .502786, .640000, .256000, .075776},
	} {
		o := opening(c.schedule, c.p, Linux)
		o.TimersFirst = c.timersFirst
		d := o.SetupTime()
		name := fmt.Sprintf("%s p=%g timers first %t: ", c.schedule, c.p, c.timersFirst)
		near(t, name+"success", 1-d.Failure, c.ok, 1e-9)
		near(t, name+"mean", d.Mean()-rtt.Seconds(), c.mean, 1e-6)
		for at, want := range map[time.Duration]float64{0: c.zero, 1: c.one, 2: c.two} {
			near(t, name+"mass", d.P(at*second+rtt)*(1-d.Failure), want, 1e-6)
		}
	}
}

// TestCached holds the law of a server that begins its schedule anew with each SYN
// against all 2^n patterns of lost SYNs. Between two SYNs that arrive nothing is left of
// what was before, so the SYN-ACKs of a pattern can be written down: at each arrival, and
// by the schedule from there for as long as no other comes. The first to arrive counts.
func TestCached(t *testing.T) {
	for _, timersFirst := range []bool{false, true} {
		for _, o := range []Opening{
			{Client: Backoff(1200*time.Millisecond, cap120, 4, 6), Server: Backoff(1200*time.Millisecond, cap120, 0, 3), Loss: .1, LossBack: .1, RTT: 20 * time.Millisecond},
			{Client: exp6, Server: Backoff(second, cap120, 0, 1), Loss: .3, LossBack: .2, RTT: rtt},
			{Client: lin4, Server: synAck5, Loss: .2, LossBack: .5, RTT: 2500 * time.Millisecond},
		} {
			o.Policy, o.TimersFirst = Cached, timersFirst
			times, end := o.Client.Times(), o.Client.GiveUp()
			before := func(a, b time.Duration) bool { return a < b || a == b && timersFirst }
			mass, ok := map[time.Duration]float64{}, 0.
			for pattern := range 1 << len(times) {
				var arrived []time.Duration
				p := 1.
				for k, at := range times {
					if pattern>>k&1 == 1 {
						arrived, p = append(arrived, at), p*(1-o.Loss)
					} else {
						p *= o.Loss
					}
				}
				for i, first := range arrived {
					for k, at := range o.Server.Times() {
						at += first
						if k > 0 && i+1 < len(arrived) && !before(at, arrived[i+1]) || at+o.RTT > end || at+o.RTT == end && timersFirst {
							break
						}
						mass[at+o.RTT] += p * (1 - o.LossBack)
						ok += p * (1 - o.LossBack)
						p *= o.LossBack
					}
				}
			}
			d := o.SetupTime()
			name := fmt.Sprintf("%v, timers first %t: ", o.Server, timersFirst)
			near(t, name+"failure", d.Failure, 1-ok, 1e-12)
			for at, want := range mass { // order-free: each by itself
				near(t, name+at.String(), d.P(at)*(1-d.Failure), want, 1e-12)
			}
			if len(d.Steps()) != len(mass) {
				t.Errorf("%s%d steps, want %d", name, len(d.Steps()), len(mass))
			}
		}
	}
}

// TestSetupAgainstDraws plays random handshakes, packet by packet, for openings
// of every kind: unequal loss, long round trips, short schedules that let the
// request expire. Mean and failure must agree within four standard errors.
func TestSetupAgainstDraws(t *testing.T) {
	const n = 40_000
	for seed := range uint64(24) {
		r := rand.New(rand.NewPCG(seed, 77))
		o := Opening{
			Client:      Backoff(second, 4*second, r.IntN(3), 1+r.IntN(4)),
			Server:      Backoff(second, 4*second, 0, r.IntN(3)),
			Policy:      Policy(seed % 4),
			Loss:        .6 * r.Float64(),
			LossBack:    .6 * r.Float64(),
			RTT:         time.Duration(r.IntN(3)) * 500 * time.Millisecond,
			TimersFirst: seed%8 < 4,
		}
		d := o.SetupTime()
		var failed, sum, squares float64
		for range n {
			at, ok := o.play(r)
			if !ok {
				failed++
				continue
			}
			sum += at.Seconds()
			squares += at.Seconds() * at.Seconds()
		}
		ok := n - failed
		mean := sum / ok
		sd := math.Sqrt(squares/ok - mean*mean)
		within(t, seed, "failure", failed/n, d.Failure, math.Sqrt(d.Failure*(1-d.Failure)/n)+1./n)
		within(t, seed, "mean", mean, d.Mean(), d.SD()/math.Sqrt(ok)+1e-9)
		within(t, seed, "sd", sd, d.SD(), .03*d.SD()+1e-9)
	}
}

// play draws one handshake: the server's SYN-ACKs in order of time, the first
// that arrives decides.
func (o Opening) play(r *rand.Rand) (time.Duration, bool) {
	var arrivals []time.Duration
	for _, at := range o.Client.Times() {
		if r.Float64() >= o.Loss {
			arrivals = append(arrivals, at)
		}
	}
	due, fired := time.Duration(-1), 0
	for len(arrivals) > 0 || due >= 0 {
		timer := due >= 0 && (len(arrivals) == 0 || due < arrivals[0] || due == arrivals[0] && o.TimersFirst)
		var now time.Duration
		sends := true
		switch {
		case timer && fired+1 == len(o.Server):
			due, sends = -1, false
		case timer:
			now = due
			fired++
			due += o.Server[fired]
		default:
			now, arrivals = arrivals[0], arrivals[1:]
			switch {
			case o.Policy == Stateless:
			case due < 0:
				fired, due = 0, now+o.Server[0]
			case o.Policy == Strict:
				sends = false
			case o.Policy == Cached:
				fired, due = 0, now+o.Server[0]
			default:
				due = now + o.Server[fired]
			}
		}
		if !sends || r.Float64() < o.LossBack {
			continue
		}
		end := o.Client.GiveUp()
		if at := now + o.RTT; at < end || at == end && !o.TimersFirst {
			return at, true
		}
	}
	return 0, false
}

// TestSetupEdges: no loss is one round trip, all lost is failure, and a round
// trip above the first timeouts costs SYNs but no time.
func TestSetupEdges(t *testing.T) {
	for _, policy := range []Policy{Stateless, Strict, Linux, Cached} {
		d := opening("lin4", 0, policy).SetupTime()
		if len(d.Steps()) != 1 || d.P(rtt) != 1 || d.Failure != 0 || d.SD() != 0 {
			t.Errorf("policy %d without loss: %+v", policy, d)
		}
		d = opening("lin4", 1, policy).SetupTime()
		if len(d.Steps()) != 0 || d.Failure != 1 || !math.IsNaN(d.Mean()) || !math.IsNaN(d.SD()) || !math.IsNaN(d.CDF(0)) {
			t.Errorf("policy %d, all lost: %+v", policy, d)
		}
	}
	o := opening("exp6", 0, Linux)
	o.RTT = 1200 * time.Millisecond
	near(t, "SYNs within 1.2 s", o.SYNs(), 2, 0)
	near(t, "setup in 1.2 s", o.SetupTime().Mean(), 1.2, 0)
	o.RTT = second
	near(t, "SYNs, answered with the first timeout", o.SYNs(), 1, 0)
	o.TimersFirst = true
	near(t, "SYNs, answered just after it", o.SYNs(), 2, 0)
	o.RTT = o.Client.GiveUp()
	near(t, "an answer just too late", o.SetupTime().Failure, 1, 0)
	o.TimersFirst = false
	near(t, "an answer just in time", o.SetupTime().Failure, 0, 0)
	o.RTT = 3 * time.Minute
	near(t, "answers after giving up", o.SetupTime().Failure, 1, 0)
}

// TestHalfOpen: p(1-q)^5 to four digits.
func TestHalfOpen(t *testing.T) {
	digits(t, "p=.01", HalfOpen(.01, .01, 5), 3.121e-11, 4)
	digits(t, "p=.1", HalfOpen(.1, .1, 5), 2.476e-05, 4)
	near(t, "nothing sent again", HalfOpen(.1, .3, 0), .1, 0)
	near(t, "lost one way", HalfOpen(.1, 0, 5), 1e-6, 1e-18)
}

// TestQuantile: the least time whose probability from below reaches p.
func TestQuantile(t *testing.T) {
	d := opening("exp6", .1, Stateless).SetupTime()
	var sum float64
	for _, s := range d.Steps() {
		sum += s.P
		if got := d.Quantile(sum); got != s.At {
			t.Errorf("Quantile(%g) = %v, not %v", sum, got, s.At)
		}
	}
	near(t, "all", sum, 1, 1e-14)
	if got := d.Quantile(.95); got != second+rtt {
		t.Errorf("p95 = %v", got)
	}
	near(t, "between steps", d.CDF(second), d.P(rtt), 0)
	near(t, "never so", d.P(second), 0, 0)
}

func near(t *testing.T, name string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s = %.12g, not %.12g ± %.2g", name, got, want, within)
	}
}

// digits demands that many significant digits.
func digits(t *testing.T, name string, got, want float64, n int) {
	t.Helper()
	near(t, name, got, want, math.Abs(want)*math.Pow(10, float64(1-n)))
}

// within demands agreement to four standard errors.
func within(t *testing.T, seed uint64, name string, got, want, se float64) {
	t.Helper()
	if z := (got - want) / se; !(math.Abs(z) <= 4) {
		t.Errorf("seed %d: %s = %.6g, expected %.6g ± %.2g (z = %.1f)", seed, name, got, want, se, z)
	}
}
