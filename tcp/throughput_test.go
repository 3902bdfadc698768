package tcp

import (
	"math"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// line is two ends joined by a wire of one delay, which keeps the order of what it
// carries: a ring of segments, fast enough for millions.
type line struct {
	ends       [2]Conn // the first writes, the second reads
	delay      time.Duration
	now        des.Time
	flying     []flight // a power of two
	head, tail int
	loses      func() bool // the text that is sent next
}

type flight struct {
	at  des.Time
	to  int
	seg wire.Segment
}

func newLine(profile *Profile, delay time.Duration, loses func() bool) *line {
	profile.SendBuffer, profile.ReceiveWindow = 64<<20, 64<<20
	l := &line{delay: delay, flying: make([]flight, 1<<14), loses: loses}
	o := Opening{Profile: profile, MTU: 1500}
	l.ends[1].Listen(0, &o)
	l.ends[0].Open(0, &o)
	l.pump(0)
	return l
}

func (l *line) pump(i int) {
	c := &l.ends[i]
	if c.News(); i == 0 {
		c.Write(l.now, 1<<20)
	} else {
		c.Read(l.now)
	}
	for {
		f := &l.flying[l.head&(len(l.flying)-1)]
		if !c.Emit(l.now, &f.seg) {
			return
		}
		if f.at, f.to = l.now.Add(l.delay), 1-i; f.seg.Len == 0 || !l.loses() {
			l.head++
		}
	}
}

func (l *line) run(until des.Time) {
	for {
		a, b := l.ends[0].Deadline(), l.ends[1].Deadline()
		next := min(a, b)
		if l.tail < l.head {
			next = min(next, l.flying[l.tail&(len(l.flying)-1)].at)
		}
		if next > until {
			l.now = until
			return
		}
		l.now = max(l.now, next)
		if f := &l.flying[l.tail&(len(l.flying)-1)]; l.tail < l.head && f.at <= next {
			l.tail++
			l.ends[f.to].Segment(l.now, &f.seg)
			l.pump(f.to)
			continue
		}
		for i := range l.ends {
			if l.ends[i].Deadline() <= l.now {
				l.ends[i].Timeout(l.now)
				l.pump(i)
			}
		}
	}
}

// steady is the throughput of an endless transfer over a path of 100 ms, in
// segments a round trip.
func steady(profile *Profile, seconds float64, lost func() bool) float64 {
	l := newLine(profile, 50*ms, lost)
	l.run(at(40))
	before := l.ends[1].Stats().Delivered
	l.run(at(40 + seconds))
	return float64(l.ends[1].Stats().Delivered-before) / float64(l.ends[0].effectiveMSS()) * .1 / seconds
}

// every loses each n-th segment.
func every(n int) func() bool {
	i := n / 2
	return func() bool { i++; return i%n == 0 }
}

// Reno under loss p carries sqrt(3/2)/sqrt(p) segments a round trip where the losses
// are evenly spaced (Mathis, Semke, Mahdavi and Ott 1997), and 1.31/sqrt(p) where
// each segment is lost by itself (Ott, Kemperman and Mathis 1996). It counts bytes:
// delayed ACKs change nothing. The two round trips of a recovery, in which the
// window does not grow and which the formulas do not have, take 5 % of a window of
// 100 segments and 10 % of one of 35.
func TestRenoUnderLoss(t *testing.T) {
	for _, test := range []struct {
		name     string
		profile  func() *Profile
		n        int // segments for one that is lost
		constant float64
		random   bool
		within   float64
	}{
		{"even", func() *Profile { return with(Linux, func(p *Profile) { p.Congestion = Reno }) }, 4000, math.Sqrt(1.5), false, .05},
		{"even", func() *Profile { return with(Linux, func(p *Profile) { p.Congestion = Reno }) }, 500, math.Sqrt(1.5), false, .11},
		{"even, each ACK", func() *Profile { return with(RFC9293, func(p *Profile) { p.DelayedACK = 0 }) }, 1000, math.Sqrt(1.5), false, .09},
		{"even, RFC 6675", RFC9293, 1000, math.Sqrt(1.5), false, .08},
		{"even, RFC 6582", func() *Profile { return with(RFC9293, func(p *Profile) { p.SACKPermitted = false }) }, 1000, math.Sqrt(1.5), false, .08},
		{"random", func() *Profile { return with(Linux, func(p *Profile) { p.Congestion = Reno }) }, 1000, 1.31, true, .06},
		{"random, RFC 6675", RFC9293, 1000, 1.31, true, .06},
	} {
		rng := des.Stream(1, 0, "reno under loss")
		lost, seconds := every(test.n), 400.
		if test.random {
			lost, seconds = func() bool { return rng.IntN(test.n) == 0 }, 2000
		}
		got := steady(test.profile(), seconds, lost)
		want := test.constant * math.Sqrt(float64(test.n))
		t.Logf("%s, one in %d: %.2f segments a round trip, %.2f by the formula", test.name, test.n, got, want)
		if math.Abs(got/want-1) > test.within {
			t.Errorf("%s, one in %d (seed 1): %.2f segments a round trip, want %.2f within %.0f %%", test.name, test.n, got, want, 100*test.within)
		}
	}
}

// CUBIC under evenly spaced loss carries (.4*3.7/1.2)^(1/4) (RTT/p)^(3/4) segments a
// round trip where it is above Reno (RFC 9438 section 5, with C = .4 and beta = .7),
// and Reno's share where that is more.
func TestCubicUnderLoss(t *testing.T) {
	for _, n := range []int{1000, 20000} {
		got := steady(Linux(), 500, every(n))
		cubic := math.Pow(.4*3.7/1.2, .25) * math.Pow(.1, .75) * math.Pow(float64(n), .75)
		want := max(cubic, math.Sqrt(1.5*float64(n)))
		t.Logf("one in %d: %.2f segments a round trip, %.2f by the formula", n, got, want)
		if math.Abs(got/want-1) > .08 {
			t.Errorf("one in %d: %.2f segments a round trip, want %.2f within 8 %%", n, got, want)
		}
	}
}

// The window of a CUBIC connection between two losses follows W_cubic(t) = C (t-K)^3
// + W_max from the moment at which its recovery ends (RFC 9438 equation 1).
func TestCubicBetweenLosses(t *testing.T) {
	lose := false
	l := newLine(Linux(), 50*ms, func() bool { was := lose; lose = false; return was })
	c := &l.ends[0]
	l.run(at(1))
	c.cwnd, c.ssthresh = 500*c.effectiveMSS(), 500*c.effectiveMSS()
	l.run(at(2))
	lose = true
	for ; ; l.run(l.now.Add(ms)) {
		if u, ok := c.recovery().congestion.(*cubic); ok && u.running && u.epoch > at(2) {
			break
		}
	}
	u := c.rec.congestion.(*cubic)
	top, k, epoch := u.max, u.k, u.epoch
	if math.Abs(k-math.Cbrt((top-.7*top)/.4)) > .1 {
		t.Errorf("K %.3f s of a maximum of %.1f", k, top)
	}
	last := 0.
	for range 10 {
		l.run(l.now.Add(time.Second))
		s := l.now.Sub(epoch).Seconds()
		want := .4*math.Pow(s-k, 3) + top
		got := float64(c.cwnd) / float64(c.effectiveMSS())
		if lag := .1 * 1.2 * math.Pow(s-k, 2); math.Abs(got-want) > lag+1 { // what it grows in a round trip
			t.Errorf("window %.1f segments after %.2f s, want %.1f", got, s, want)
		}
		last = got
	}
	if last < top {
		t.Errorf("window %.1f after 10 s, not beyond %.1f", last, top)
	}
}

// Nothing is allocated by a transfer in which something is lost again and again,
// once its scoreboard is as long as its window.
func TestNoAllocationUnderLoss(t *testing.T) {
	b := newBulk(bulkProfile())
	lost := 0
	b.loses = func() bool { lost++; return lost%300 == 0 }
	for range 50000 {
		b.step()
	}
	resent := b.client.Stats().Resent
	if n := testing.AllocsPerRun(5000, b.step); n != 0 {
		t.Errorf("%v allocations a segment", n)
	}
	if b.client.Stats().Resent < resent+10 {
		t.Errorf("%d sent again", b.client.Stats().Resent-resent)
	}
}

// One segment of a transfer of which one in 300 is lost.
func BenchmarkSegmentUnderLoss(b *testing.B) {
	bulk := newBulk(bulkProfile())
	lost := 0
	bulk.loses = func() bool { lost++; return lost%300 == 0 }
	b.ReportAllocs()
	for b.Loop() {
		bulk.step()
	}
}
