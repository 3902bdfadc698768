package tcp

import (
	"math"
	"testing"
	"time"

	"netsim/des"
)

// avoidance drives a congestion control through round trips of ACKs of one
// segment each, and returns the window in segments at the end of each.
func avoidance(cc Congestion, p *Path, rounds int) (windows []float64) {
	for range rounds {
		n := p.Window / p.MSS
		start := p.Now
		for i := range n {
			p.Now = start.Add(p.SRTT * time.Duration(i+1) / time.Duration(n))
			p.Flight = p.Window
			cc.Acked(p, p.MSS)
		}
		windows = append(windows, float64(p.Window)/float64(p.MSS))
	}
	return windows
}

// met is a path whose window of that many segments has met congestion.
func met(cc Congestion, segments uint32, rtt time.Duration) *Path {
	p := &Path{MSS: 1000, Window: segments * 1000, Flight: segments * 1000, SRTT: rtt, slowLimit: ^uint32(0)}
	cc.Congested(p, Loss)
	p.Window = p.Threshold
	return p
}

// CUBIC's window between losses is W_cubic(t) = C (t-K)^3 + W_max with K the cube
// root of (W_max - cwnd_epoch) / C (RFC 9438 section 4.2). The window at t grows
// towards that at t + RTT, and lags it by less than half of what it grows in a
// round trip. Proves MAY-18.
func TestCubicWindow(t *testing.T) {
	for _, test := range []struct {
		segments uint32
		rtt      time.Duration
	}{{400, 100 * ms}, {1000, 50 * ms}} {
		cc := Cubic.New()
		p := met(cc, test.segments, test.rtt)
		top := float64(test.segments)
		k := math.Cbrt(top * .3 / .4)
		before := float64(p.Window) / 1000
		if before != .7*top {
			t.Errorf("window %v after a loss at %v", before, top)
		}
		for i, got := range avoidance(cc, p, int(2*k/test.rtt.Seconds())) {
			at := float64(i+1) * test.rtt.Seconds()
			want := .4*math.Pow(at-k, 3) + top
			if math.Abs(got-want) > (got-before)/2+.1 {
				t.Errorf("%d segments, %v: window %.2f after %.1f s, want %.2f", test.segments, test.rtt, got, at, want)
			}
			before = got
		}
		if before < 1.25*top { // symmetric: as much above as it was below
			t.Errorf("window %v after 2 K, want %v", before, 1.3*top)
		}
	}
}

// Where Reno would be faster, CUBIC is as fast: its window grows by alpha =
// 3 (1 - .7) / (1 + .7) = 9/17 of a segment in a round trip until it is what it was
// before the loss, then by one (section 4.3).
func TestCubicIsNoSlowerThanReno(t *testing.T) {
	cc := Cubic.New()
	p := met(cc, 20, ms) // K is 2.5 s: nothing in so few round trips
	p.Now = 1
	before := 14.
	for i, got := range avoidance(cc, p, 20) {
		want := 9. / 17
		if before > 20 {
			want = 1
		}
		if grown := got - before; math.Abs(grown-want) > .05 && math.Abs(before-20) > .6 {
			t.Errorf("round trip %d: %.3f segments from %.2f, want %.3f", i, grown, before, want)
		}
		before = got
	}
	if before < 24 {
		t.Errorf("window %.2f after 20 round trips", before)
	}
}

// A loss below the last maximum releases more than the loss asks for (section
// 4.7); what was a mistake is taken back (section 4.9); after a timeout the
// maximum is where congestion avoidance begins (section 4.8).
func TestCubicMemory(t *testing.T) {
	cc := Cubic.New().(*cubic)
	p := met(cc, 100, 100*ms)
	if cc.max != 100 || p.Threshold != 70000 {
		t.Errorf("maximum %v, threshold %v", cc.max, p.Threshold)
	}
	avoidance(cc, p, 5)
	p.Window, p.Flight = 80000, 80000
	was := *cc
	cc.Congested(p, Loss)
	if math.Abs(cc.max-80*.85) > 1e-2 || p.Threshold != 56000 {
		t.Errorf("fast convergence: maximum %v, threshold %v", cc.max, p.Threshold)
	}
	cc.Undone(p)
	if cc.max != was.max || cc.k != was.k || cc.epoch != was.epoch || !cc.running {
		t.Errorf("undone: %+v, was %+v", *cc, was)
	}
	cc.Congested(p, Timeout)
	p.Window = p.MSS
	for p.Window < p.Threshold {
		cc.Acked(p, p.MSS)
	}
	cc.Acked(p, p.MSS)
	if math.Abs(cc.max-56) > .01 || cc.k != 0 {
		t.Errorf("after a timeout: maximum %v, K %v", cc.max, cc.k)
	}
	cc.Begin()
	if cc.max != 0 || cc.running {
		t.Errorf("another connection begins with %+v", *cc)
	}
}

// Time in which nothing was outstanding is not part of an epoch: the window does
// not jump after it (section 5.8).
func TestCubicIdle(t *testing.T) {
	cc := Cubic.New()
	p := met(cc, 100, 100*ms)
	w := avoidance(cc, p, 20)
	p.Now, p.Idle = p.Now.Add(time.Hour), p.Idle+time.Hour
	if after := avoidance(cc, p, 1)[0]; after > w[19]+2 {
		t.Errorf("window %.1f after an hour, %.1f before", after, w[19])
	}
}

// The cube root is that of package math to a unit of the last place or two.
func TestCubeRoot(t *testing.T) {
	rng := des.Stream(1, 0, "roots")
	for range 10000 {
		a := math.Ldexp(rng.Float64()+.5, rng.IntN(80)-40)
		if got, want := cubeRoot(a), math.Cbrt(a); math.Abs(got-want) > 1e-15*want {
			t.Fatalf("%g: %.17g, want %.17g", a, got, want)
		}
	}
	if cubeRoot(0) != 0 || cubeRoot(-1) != 0 {
		t.Error("of nothing")
	}
}

// fixed is a congestion control from outside: a window that never changes.
type fixed struct{ signs []Sign }

func (f *fixed) Begin()                       { f.signs = nil }
func (f *fixed) Acked(p *Path, n uint32)      { p.Window = 7 * p.MSS }
func (f *fixed) Congested(p *Path, sign Sign) { f.signs = append(f.signs, sign) }
func (f *fixed) Undone(*Path)                 {}

// A profile takes any congestion control. Its state is made once for a pooled
// connection, and begun anew for each that needs it.
// Proves MAY-18.
func TestAnyCongestion(t *testing.T) {
	made := 0
	profile := delayless()
	profile.Congestion = &Algorithm{Name: "fixed", New: func() Congestion { made++; return new(fixed) }}
	p := connected(t, profile, 50*ms)
	p.server.reader(false)
	p.client.write(1 << 20)
	p.runFor(.5)
	c := &p.client.conn
	if got := c.flight(); got > 7*1460 || got <= 6*1460 {
		t.Errorf("%d bytes in flight", got)
	}
	p.client.loses(isText, 1)
	p.runFor(.3)
	if signs := c.rec.congestion.(*fixed).signs; len(signs) != 1 || signs[0] != Loss || made != 1 {
		t.Errorf("signs %v, %d made", signs, made)
	}
	c.Open(p.now, &p.client.o)
	if c.has(kept) || c.recovery().congestion.(*fixed).signs != nil || made != 1 {
		t.Error("the state is not begun anew")
	}
	if AlgorithmByName("reno") != Reno || AlgorithmByName("cubic") != Cubic || AlgorithmByName("fixed") != nil {
		t.Error("algorithms by name")
	}
}
