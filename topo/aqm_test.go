package topo

import (
	"math"
	"testing"
	"time"

	"netsim/des"
)

// TestCoDelControlLaw overloads a link and holds the instants of the drops against
// the law: the first one an interval after the wait has passed the target, then
// each interval/sqrt(n) after the one before, at the next departure.
func TestCoDelControlLaw(t *testing.T) {
	const target, interval, service = 5 * time.Millisecond, 100 * time.Millisecond, time.Millisecond
	w, a, b, l := pair(t, 1, HalfSpec{Rate: 8e6, Discipline: &CoDel{Target: target, Interval: interval}})
	lost := w.watch()
	const n = 4000
	w.feed(a, b, &stream{size: 1000, port: 1, gap: service / 2, n: n})
	w.run(t)
	// Packet k comes at k/2 ms and leaves the queue at k ms: the first to have
	// waited 5 ms is that of 10 ms.
	departure := func(at float64) des.Time { return des.Time(math.Ceil(at/float64(service))) * des.Time(service) }
	next := departure(float64(10*service + interval))
	for k, at := range lost.at {
		if at > des.Time(1500*service) {
			if k < 50 {
				t.Errorf("only %d drops", k)
			}
			break
		}
		if want := departure(float64(next)); at != want {
			t.Fatalf("drop %d at %v, want %v", k+1, at, want)
		}
		if k == 0 {
			next = lost.at[0]
		}
		next += des.Time(time.Duration(float64(interval) / math.Sqrt(float64(k+1))))
	}
	if s := l.Forward.Stats(); s.Delivered+s.Drops[DropQueue] != n {
		t.Errorf("%+v", s)
	}

	w, a, b, l = pair(t, 1, HalfSpec{Rate: 8e6, Discipline: new(CoDel)})
	w.feed(a, b, &stream{size: 1000, port: 1, gap: service, n: 1000})
	w.feed(a, b, &stream{size: 1000, port: 2, n: 4}) // a standing queue just below the target
	w.run(t)
	if s := l.Forward.Stats(); s.Dropped() != 0 {
		t.Errorf("a wait below the target costs %d packets", s.Dropped())
	}
	if b.got[len(b.got)-1].at < des.Time(time.Second) {
		t.Error("there was no queue")
	}
}

// TestCoDelMarks: what understands ECN is marked in place of each drop.
func TestCoDelMarks(t *testing.T) {
	for ecn := range uint8(3) {
		w, a, b, l := pair(t, 1, HalfSpec{Rate: 8e6, ECN: true, Discipline: new(CoDel)})
		w.feed(a, b, &stream{size: 1000, port: 1, ecn: ecn, gap: 900 * time.Microsecond, n: 5000})
		w.run(t)
		s := l.Forward.Stats()
		if (s.Marked > 0) != (ecn > 0) || (s.Dropped() > 0) != (ecn == 0) {
			t.Errorf("ECN %02b: %d marked, %d dropped", ecn, s.Marked, s.Dropped())
		}
	}
}

// TestFQCoDelSparse: a flow that sends little is new in every round and waits only
// for the packet in transmission and for other new ones; the fat one pays alone.
func TestFQCoDelSparse(t *testing.T) {
	w, a, b, l := pair(t, 1, HalfSpec{Rate: 8e6, Queue: Limit{Packets: 50}, Discipline: new(FQCoDel)})
	lost := w.watch()
	w.feed(a, b, &stream{size: 1000, port: 1, gap: 300 * time.Microsecond, n: 5000})
	sparse := &stream{size: 100, port: 2, gap: 20*time.Millisecond + 137, from: 1e8, n: 60}
	w.feed(a, b, sparse)
	w.run(t)
	for _, g := range b.got {
		if g.id>>32 == 2 {
			if wait := g.at.Sub(sparse.times[g.id&0xff-1]) - 100*time.Microsecond; wait > time.Millisecond {
				t.Errorf("sparse packet %d waited %v", g.id&0xff, wait)
			}
		}
	}
	for _, id := range lost.ids {
		if id>>32 == 2 {
			t.Error("a sparse packet was dropped")
		}
	}
	if l.Forward.Stats().Drops[DropQueue] < 1000 {
		t.Error("the link was not overloaded")
	}
}

// TestFQCoDelShares: flows that all have packets waiting get equal shares, to
// within a quantum and a packet.
func TestFQCoDelShares(t *testing.T) {
	w, a, b, _ := pair(t, 1, HalfSpec{Rate: 8e6, Discipline: &FQCoDel{Target: time.Hour}})
	sizes := map[uint64]int{1: 1500, 2: 300, 3: 900}
	for port, size := range sizes { // order-free: all are sent at once
		w.feed(a, b, &stream{size: int32(size), port: uint16(port), n: 300_000 / size})
	}
	w.run(t)
	sent := map[uint64]int{}
	for _, g := range b.got {
		if sent[g.id>>32] += sizes[g.id>>32]; sent[g.id>>32] > 280_000 {
			break
		}
		for x := range sizes {
			for y := range sizes {
				if ahead := sent[x] - sent[y]; ahead > 2*largest+1500 {
					t.Fatalf("after %v flow %d is %d B ahead of %d", sent, x, ahead, y)
				}
			}
		}
	}
}

// TestHash: flows spread over the queues as at random.
func TestHash(t *testing.T) {
	const flows, queues = 100_000, 256
	w, a, b, _ := pair(t, 1, HalfSpec{})
	counts := make([]float64, queues)
	for i := range flows {
		p := w.packet(a, b, 100)
		p.Segment.SrcPort, p.Segment.DstPort = uint16(32768+i%28000), uint16(80+i/28000)
		counts[hash(p, 12345)%queues]++
		if hash(p, 12345) == hash(p, 12346) {
			t.Fatal("the hash does not depend on the key")
		}
		w.pool.Put(p)
	}
	chi := 0.0
	for _, n := range counts {
		d := n - flows/queues
		chi += d * d / (flows / float64(queues))
	}
	if z := (chi - (queues - 1)) / math.Sqrt(2*(queues-1)); math.Abs(z) > 4 {
		t.Errorf("chi-square %.1f of %d: z = %.2f", chi, queues-1, z)
	}
}

// TestREDCurve holds the probability against the figure of the paper: 0 to Min,
// then straight to Probability at Max, then 1, or straight to 1 at twice Max.
func TestREDCurve(t *testing.T) {
	for _, c := range []struct{ average, plain, gentle float64 }{
		{0, 0, 0}, {4.99, 0, 0}, {5, 0, 0}, {10, .05, .05}, {14, .09, .09}, {15, 1, .1}, {22.5, 1, .55}, {30, 1, 1}, {99, 1, 1},
	} {
		for _, gentle := range []bool{false, true} {
			r := &RED{Min: Limit{Packets: 5}, Max: Limit{Packets: 15}, Probability: .1, Gentle: gentle, average: c.average}
			want := c.plain
			if gentle {
				want = c.gentle
			}
			if got := r.chance(); math.Abs(got-want) > 1e-12 {
				t.Errorf("average %v, gentle %v: %v, want %v", c.average, gentle, got, want)
			}
		}
	}
}

// TestREDSpacing: at one average, the number of packets from drop to drop is
// uniform on 1 to 1/p: its mean is (1/p+1)/2, its variance (1/p^2-1)/12.
func TestREDSpacing(t *testing.T) {
	const p, n = .05, 20_000
	w, a, b, l := pair(t, 1, HalfSpec{Discipline: new(DropTail)})
	_, _, _ = w, a, b
	r := &RED{Min: Limit{Packets: 5}, Max: Limit{Packets: 15}, Probability: 2 * p, average: 10}
	var gaps []float64
	for gap := 1.0; len(gaps) < n; gap++ {
		if r.judge(l.Forward.more.line) != accept {
			gaps = append(gaps, gap)
			gap = 0
		}
	}
	within(t, gaps, (1/p+1)/2)
	ss := 0.0
	for _, g := range gaps {
		if g > 1/p {
			t.Fatalf("seed 1: %v packets from drop to drop", g)
		}
		ss += (g - 10.5) * (g - 10.5) / n
	}
	if want := (1/(p*p) - 1) / 12; math.Abs(ss/want-1) > 4*.9/math.Sqrt(n)*1.5 {
		t.Errorf("seed 1: a variance of %v, want %v", ss, want)
	}
}

// TestREDAverage: an average of arrivals to a constant queue is q (1 - (1-w)^n),
// and an idle time of m transmissions takes it to (1-w)^m of itself.
func TestREDAverage(t *testing.T) {
	const weight = .01
	w, a, b, l := pair(t, 1, HalfSpec{Rate: 8e9, Discipline: new(DropTail)})
	q := l.Forward.more.line
	r := &RED{Weight: weight}
	r.defaults()
	r.empty = false
	r.list.Packets = 8
	p := w.packet(a, b, 1000)
	for range 50 {
		r.observe(q, 0, p)
	}
	if want := 8 * (1 - math.Pow(1-weight, 50)); math.Abs(r.average-want) > 1e-9 {
		t.Errorf("%v, want %v", r.average, want)
	}
	was := r.average
	r.empty, r.idle = true, 5000
	r.observe(q, 35_000, p) // 30 transmissions of 1000 ns
	if want := was * math.Pow(1-weight, 30); math.Abs(r.average-want) > 1e-9 {
		t.Errorf("%v, want %v", r.average, want)
	}
	w.pool.Put(p)
}

// TestPIEHoldsItsTarget: Poisson packets at 1.2 times the rate of the link. In the
// long run a sixth must go, and the wait is the target, for only then does the
// controller rest.
func TestPIEHoldsItsTarget(t *testing.T) {
	pie := new(PIE)
	w, a, b, l := pair(t, 1, HalfSpec{Rate: 80e6, Discipline: pie})
	g := new(Gauge)
	l.Forward.Measure(g)
	w.at(des.Time(20*time.Second), g.Open)
	const n = 600_000
	s := &source{w: w, from: a, to: b, size: 1000, left: n, mean: 100 * time.Microsecond * 10 / 12}
	s.start(1, 1)
	w.run(t)
	if mean := g.Wait.Mean() / 1e6; math.Abs(mean-15) > .5 {
		t.Errorf("seed 1: a mean wait of %.2f ms, want 15", mean)
	}
	if lost := float64(l.Forward.Stats().Drops[DropQueue]) / n; math.Abs(lost-1./6) > .01 {
		t.Errorf("seed 1: %.4f dropped, want a sixth", lost)
	}
}

// TestPIEUpdate holds single steps of the controller against RFC 8033 section 4.2.
func TestPIEUpdate(t *testing.T) {
	ms := time.Millisecond
	for _, c := range []struct{ p, old, delay, want float64 }{ // delays in ms
		{.2, 15, 15, .2},
		{.2, 15, 25, .2 + .125*.010 + 1.25*.010},
		{.2, 15, 45, .2 + .02}, // capped: section 5.5
		{.05, 15, 25, .05 + (.125*.010+1.25*.010)/2},
		{.005, 15, 25, .005 + (.125*.010+1.25*.010)/8},
		{.0000001, 15, 25, .0000001 + (.125*.010+1.25*.010)/2048},
		{.2, 25, 5, .2 - .125*.010 - 1.25*.020},
		{.001, 25, 0, 0},
		{.5, 0, 0, (.5 - .125*.015) * .98},
	} {
		pie := &PIE{Target: 15 * ms, Update: 15 * ms, Burst: 150 * ms, probability: c.p,
			old: time.Duration(c.old * 1e6), delay: time.Duration(c.delay * 1e6)}
		if pie.update(); math.Abs(pie.probability-c.want) > 1e-12 {
			t.Errorf("%+v: %v", c, pie.probability)
		}
	}
}

// TestPIEBurst: no packet of a burst shorter than the allowance is dropped.
func TestPIEBurst(t *testing.T) {
	for _, c := range []struct {
		packets int
		drops   bool
	}{{1400, false}, {4000, true}} {
		w, a, b, l := pair(t, 1, HalfSpec{Rate: 80e6, Discipline: new(PIE)})
		w.feed(a, b, &stream{size: 1000, port: 1, gap: 90 * time.Microsecond / 2, n: c.packets})
		w.run(t)
		if s := l.Forward.Stats(); (s.Dropped() > 0) != c.drops {
			t.Errorf("%d packets at twice the rate: %d dropped", c.packets, s.Dropped())
		}
	}
}

// TestCoDelSpares: a queue of no more than one full packet is no standing queue,
// however long its packet waits; one of three is.
func TestCoDelSpares(t *testing.T) {
	for _, waiting := range []int{1, 3} {
		w, a, b, l := pair(t, 1, HalfSpec{Rate: 800e3, Discipline: new(CoDel)}) // 10 ms each
		w.feed(a, b, &stream{size: 1000, port: 1, n: waiting})
		w.feed(a, b, &stream{size: 1000, port: 2, gap: 10 * time.Millisecond, n: 100})
		w.run(t)
		if drops := l.Forward.Stats().Drops[DropQueue]; (drops > 0) != (waiting > 1) {
			t.Errorf("%d wait: %d drops", waiting, drops)
		}
	}
}

// TestCoDelResumes: who comes back to dropping within 16 intervals goes on from
// the drops of last time, else from one (RFC 8289 section 5.5).
func TestCoDelResumes(t *testing.T) {
	const interval = des.Time(100 * time.Millisecond)
	for _, c := range []struct {
		since des.Time
		want  uint32
	}{{15 * interval, 8}, {16 * interval, 1}} {
		state := codel{count: 10, lastCount: 2, dropNext: interval}
		if state.begin(interval+c.since, times(0, 0)); state.count != c.want || state.lastCount != c.want {
			t.Errorf("after %v: %+v, want a count of %d", c.since, state, c.want)
		}
	}
}

// TestPIESpacing: with a probability p no drop follows another before the sum of p
// is .85, and one does when it is 8.5 (section 5.4).
func TestPIESpacing(t *testing.T) {
	_, _, _, l := pair(t, 1, HalfSpec{Discipline: new(DropTail)})
	pie := &PIE{Target: time.Millisecond, old: time.Second, probability: .1}
	pie.list.Bytes = 1e6
	gap, least := 0, 99
	for range 20_000 {
		if gap++; pie.early(l.Forward.more.line) {
			if gap < 9 || gap > 85 {
				t.Fatalf("seed 1: a drop after %d packets", gap)
			}
			gap, least = 0, min(gap, least)
		}
	}
	if least != 9 {
		t.Errorf("seed 1: never fewer than %d packets from drop to drop, want 9", least)
	}
}

// TestPIEAllowance: however high the probability, nothing is dropped before the
// allowance of a burst is used up.
func TestPIEAllowance(t *testing.T) {
	const burst = 150 * time.Millisecond
	w, a, b, _ := pair(t, 1, HalfSpec{Rate: 80e6, Discipline: &PIE{Target: time.Millisecond, Update: time.Millisecond, Burst: burst}})
	lost := w.watch()
	w.feed(a, b, &stream{size: 1000, port: 1, gap: 25 * time.Microsecond, n: 12_000})
	w.run(t)
	if len(lost.at) == 0 || lost.at[0] < des.Time(burst) || lost.at[0] > des.Time(burst+30*time.Millisecond) {
		t.Errorf("%d drops, the first %v; want one at %v", len(lost.at), lost.at[:min(1, len(lost.at))], burst)
	}
}
