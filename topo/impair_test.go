package topo

import (
	"fmt"
	"math"
	"testing"
	"time"

	"netsim/des"
	"netsim/dist"
	"netsim/wire"
)

// send sends n packets of 40 B at even times and returns which came through, by
// number from 0.
func send(t *testing.T, seed uint64, spec HalfSpec, n int, gap time.Duration) (came []arrival, s Stats) {
	t.Helper()
	w, a, b, l := pair(t, seed, spec)
	w.feed(a, b, &stream{size: 40, gap: gap, n: n})
	w.run(t)
	return b.got, l.Forward.Stats()
}

// TestBursts holds Gilbert-Elliott losses against the chain: of packets the share
// (p bad + r good)/(p + r) is lost; where the bad state loses all and the good one
// nothing, a run of losses is geometric with mean 1/r, one of deliveries with
// mean 1/p.
func TestBursts(t *testing.T) {
	const n, replications = 20_000, 40
	for _, g := range []GilbertElliott{{.01, .25, 0, 1}, {.1, .1, .02, .7}, {.3, .7, 0, 1}, {1, 1, .2, .6}} {
		t.Run(fmt.Sprint(g), func(t *testing.T) {
			var rates, bad, good []float64
			for seed := range uint64(replications) {
				got, s := send(t, seed+1, HalfSpec{Bursts: &g}, n, 1)
				rates = append(rates, float64(s.Drops[DropLoss])/n)
				last := uint64(0)
				for _, a := range got {
					if gap := a.id - last - 1; gap > 0 && last > 0 {
						bad = append(bad, float64(gap))
					}
					last = a.id
				}
				runs := 1.0
				for i := 1; i < len(got); i++ {
					if got[i].id > got[i-1].id+1 {
						good = append(good, runs)
						runs = 0
					}
					runs++
				}
			}
			within(t, rates, g.Mean())
			if want := (g.P*g.Bad + g.R*g.Good) / (g.P + g.R); math.Abs(g.Mean()-want) > 1e-12 {
				t.Errorf("Mean() = %v, want %v", g.Mean(), want)
			}
			if g.Good == 0 && g.Bad == 1 {
				within(t, bad, 1/g.R)
				within(t, good, 1/g.P)
			}
		})
	}
}

// TestBurstsBegin: the first packet meets the stationary chain.
func TestBurstsBegin(t *testing.T) {
	const worlds = 4000
	lost := 0.0
	for seed := range uint64(worlds) {
		_, s := send(t, seed, HalfSpec{Bursts: &GilbertElliott{P: .01, R: .05, Bad: 1}}, 1, 1)
		lost += float64(s.Drops[DropLoss])
	}
	if z := (lost - worlds/6.) / math.Sqrt(worlds*5/36.); math.Abs(z) > 4 {
		t.Errorf("seeds to %d: %v first packets lost, want a sixth: z = %.2f", worlds, lost, z)
	}
}

// TestScript: a list loses the packets that it names, once or round after round.
func TestScript(t *testing.T) {
	for _, c := range []struct {
		Script
		want string
	}{
		{Script{[]int64{1}, 3}, "[2 3 5 6 8]"},
		{Script{[]int64{1, 3}, 3}, "[2 5 8]"},
		{Script{[]int64{2, 7}, 0}, "[1 3 4 5 6 8]"},
		{Script{}, "[1 2 3 4 5 6 7 8]"},
	} {
		got, s := send(t, 1, HalfSpec{Script: &c.Script}, 8, 1)
		if ids := fmt.Sprint((&host{got: got}).ids()); ids != c.want || s.Drops[DropLoss] != uint64(8-len(got)) {
			t.Errorf("%+v: %s came, want %s; %+v", c.Script, ids, c.want, s)
		}
	}
	for _, bad := range []Script{{[]int64{0}, 0}, {[]int64{2, 2}, 0}, {[]int64{4}, 3}, {nil, -1}} {
		if err := (&HalfSpec{Script: &bad}).check(); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

// TestLossChanges: one model of loss takes the place of another while a half runs.
func TestLossChanges(t *testing.T) {
	w, a, b, l := pair(t, 1, HalfSpec{Changes: true, Bursts: &GilbertElliott{P: 1, Bad: 1}})
	half := l.Forward
	for _, c := range []struct {
		set  func()
		want string
	}{
		{func() {}, "[]"},
		{func() { half.SetBursts(nil) }, "[3 4]"},
		{func() { half.SetScript(&Script{[]int64{1}, 2}) }, "[3 4 6]"},
		{func() { half.SetScript(nil) }, "[3 4 6 7 8]"},
		{func() { half.SetLoss(1) }, "[3 4 6 7 8]"},
	} {
		c.set()
		for range 2 {
			half.Receive(w.sim.Now(), w.packet(a, b, 40))
		}
		w.run(t)
		if got := fmt.Sprint(b.ids()); got != c.want {
			t.Errorf("packets %s came, want %s", got, c.want)
		}
	}
}

// TestCorruption: damaged packets cross the link and are dropped at its end, but
// for one in 2^16, which no checksum sees.
func TestCorruption(t *testing.T) {
	const n, p = 400_000, .1
	got, s := send(t, 1, HalfSpec{Corrupt: p, Rate: 8e9, Delay: time.Microsecond}, n, 1000)
	damaged := float64(s.Drops[DropCorrupt] + s.Undetected)
	if z := (damaged - n*p) / math.Sqrt(n*p*(1-p)); math.Abs(z) > 4 {
		t.Errorf("seed 1: %v of %d damaged: z = %.2f", damaged, n, z)
	}
	if uint64(len(got)) != s.Delivered || s.Delivered+s.Drops[DropCorrupt] != n {
		t.Errorf("%d came, %+v", len(got), s)
	}

	const damages = 4_000_000
	w, _, c, l := pair(t, 1, HalfSpec{Corrupt: 1})
	for range damages {
		p := w.pool.Get()
		*p = wire.Packet{Dst: c.addr, Segment: wire.Segment{Marks: wire.Damaged}}
		l.Forward.more.checksum.Receive(0, p)
	}
	passed, want := float64(len(c.got)), damages*0x1p-16
	if z := (passed - want) / math.Sqrt(want); math.Abs(z) > 4 || l.Forward.Stats().Undetected != uint64(passed) {
		t.Errorf("seed 1: %v undetected, want %.1f: z = %.2f", passed, want, z)
	}
	if c.got[0].mark != 0 {
		t.Error("what no checksum sees is as any other")
	}
}

// TestDuplication: copies are made with the probability, come after their own
// delay, and are told by their mark.
func TestDuplication(t *testing.T) {
	const n, p = 100_000, .1
	got, s := send(t, 1, HalfSpec{Duplicate: p, DuplicateDelay: dist.Uniform(1000, 3000)}, n, 1)
	if z := (float64(s.Duplicated) - n*p) / math.Sqrt(n*p*(1-p)); math.Abs(z) > 4 {
		t.Errorf("seed 1: %d of %d: z = %.2f", s.Duplicated, n, z)
	}
	var delays []float64
	for _, a := range got {
		if a.mark == wire.Duplicate {
			delays = append(delays, float64(a.at)-float64(a.id-1))
		}
	}
	if uint64(len(delays)) != s.Duplicated || s.Delivered != n+s.Duplicated {
		t.Errorf("%d copies came, %+v", len(delays), s)
	}
	within(t, delays, 2000)
}

// TestJitterKeepsOrder: a draw for each packet, and nobody arrives before one that
// left earlier.
func TestJitterKeepsOrder(t *testing.T) {
	const n, delay = 100_000, 10_000
	got, s := send(t, 1, HalfSpec{Delay: delay, Jitter: dist.Exponential(1000)}, n, 100)
	latest := des.Time(0)
	for i, a := range got {
		if a.id != uint64(i+1) || a.at < latest || a.at < des.Time(100*i+delay) {
			t.Fatalf("packet %d is the %dth, at %d", a.id, i+1, a.at)
		}
		latest = a.at
	}
	if s.Reordered != 0 {
		t.Error(s)
	}
	// Far apart, packets show the law itself.
	got, _ = send(t, 1, HalfSpec{Delay: delay, Jitter: dist.Exponential(1000)}, n, 1e6)
	var delays []float64
	for i, a := range got {
		delays = append(delays, float64(a.at)-1e6*float64(i)-delay)
	}
	within(t, delays, 1000)
}

// TestReordering: a spike of d with probability q among packets a gap apart, n of
// them within the spike, is overtaken unless all n have spikes too: a share of
// q (1-q^n) is reordered (RFC 4737 section 3.3). Its extent, how far behind the
// first that overtook it it arrives (section 4.2.2), is the number of packets
// from that one to the last before it.
func TestReordering(t *testing.T) {
	const packets, q, gap, overtakers, spike = 200_000, .1, 100, 3, 350
	jitter := dist.Choice([]int64{0, spike}, []float64{1 - q, q})
	got, s := send(t, 1, HalfSpec{Delay: 1000, Jitter: jitter, Reorder: true}, packets, gap)
	want := q * (1 - math.Pow(q, overtakers))
	// Neighbours depend on each other: batches do not.
	var shares, extents []float64
	const batch = 1000
	highest := uint64(0)
	count := 0.0
	for i, a := range got {
		if a.id > highest {
			highest = a.id
		} else {
			count++
			j := i
			for j > 0 && i-j < 10 {
				j--
			}
			for got[j].id < a.id {
				j++
			}
			extents = append(extents, float64(i-j))
		}
		if (i+1)%batch == 0 {
			shares = append(shares, count/batch)
			count = 0
		}
	}
	within(t, shares, want)
	if total := float64(s.Reordered) / packets; math.Abs(total-want) > .003 || uint64(len(extents)) != s.Reordered {
		t.Errorf("the link counts %d, a receiver %d", s.Reordered, len(extents))
	}
	// If the k-th is the first overtaker without a spike, those behind it that have
	// none come before the spiked one too, and so do as many before it that have
	// one: n-k in all, whatever they have.
	mean := 0.0
	for k := range overtakers {
		mean += math.Pow(q, float64(k)) * (1 - q) * float64(overtakers-k)
	}
	var batches []float64
	for i := 0; i+200 <= len(extents); i += 200 {
		sum := 0.0
		for _, e := range extents[i : i+200] {
			sum += e / 200
		}
		batches = append(batches, sum)
	}
	within(t, batches, mean/(1-math.Pow(q, overtakers)))
}

// TestSetRate: what is in transmission leaves as it would have, the rest at the
// new rate; the FIFO and the queue agree.
func TestSetRate(t *testing.T) {
	for _, c := range []struct {
		at   des.Time
		rate int64
		want []des.Time // of four packets of 1000 B at 1 B/ns
	}{
		{1500, 4e9, []des.Time{1000, 2000, 4000, 6000}},
		{1500, 16e9, []des.Time{1000, 2000, 2500, 3000}},
		{2000, 4e9, []des.Time{1000, 2000, 4000, 6000}},
		{0, 4e9, []des.Time{2000, 4000, 6000, 8000}},
		{1500, 0, []des.Time{1000, 2000, 2000, 2000}},
		{9000, 4e9, []des.Time{1000, 2000, 3000, 4000}},
	} {
		for _, d := range []Discipline{nil, new(DropTail)} {
			w, a, b, l := pair(t, 1, HalfSpec{Rate: 8e9, Delay: 5000, Discipline: d})
			g := new(Gauge)
			l.Forward.Measure(g)
			w.feed(a, b, &stream{size: 1000, n: 4})
			w.at(c.at, func(now des.Time) { l.Forward.SetRate(now, c.rate) })
			w.run(t)
			for i, at := range c.want {
				if b.got[i].at != at+5000 {
					t.Errorf("%T, %d bit/s at %d: packet %d left at %d, want %d", d, c.rate, c.at, i+1, b.got[i].at-5000, at)
				}
			}
			if l.Forward.Rate() != c.rate {
				t.Error("Rate()")
			}
		}
	}
}

// TestSetDelay: what flies arrives as it would have; a shorter delay lets nobody
// overtake, unless the half reorders.
func TestSetDelay(t *testing.T) {
	for _, c := range []struct {
		delay   time.Duration
		reorder bool
		want    string
	}{
		{20_000, false, "[{11000 1 0} {12000 2 0} {23000 3 0} {24000 4 0}]"},
		{500, false, "[{11000 1 0} {12000 2 0} {12000 3 0} {12000 4 0}]"},
		{500, true, "[{3500 3 0} {4500 4 0} {11000 1 0} {12000 2 0}]"},
	} {
		for _, d := range []Discipline{nil, new(DropTail)} {
			spec := HalfSpec{Rate: 8e9, Delay: 10_000, Discipline: d}
			if c.reorder {
				spec.Jitter, spec.Reorder = dist.Choice([]int64{0}, nil), true
			}
			w, a, b, l := pair(t, 1, spec)
			w.feed(a, b, &stream{size: 1000, n: 4})
			w.at(2500, func(now des.Time) { l.Forward.SetDelay(now, c.delay) })
			w.run(t)
			if got := fmt.Sprint(b.got); got != c.want {
				t.Errorf("%T, to %v: %s, want %s", d, c.delay, got, c.want)
			}
			if l.Forward.Delay() != c.delay {
				t.Error("Delay()")
			}
		}
	}
}

// TestDown: what flies arrives; what waits, what is in transmission and what comes
// is lost, until the link is up again and starts idle.
func TestDown(t *testing.T) {
	for _, d := range []Discipline{nil, new(DropTail), new(FQCoDel)} {
		w, a, b, l := pair(t, 1, HalfSpec{Rate: 8e9, Delay: 5000, Discipline: d})
		g := new(Gauge)
		l.Forward.Measure(g)
		w.feed(a, b, &stream{size: 1000, n: 4})
		w.at(2500, func(now des.Time) { l.Forward.SetUp(now, false) })
		w.at(3000, func(now des.Time) { l.Forward.SetUp(now, false) })
		w.feed(a, b, &stream{size: 1000, port: 1, from: 2700, n: 1})
		w.at(4000, func(now des.Time) { l.Forward.SetUp(now, true) })
		w.feed(a, b, &stream{size: 1000, port: 2, from: 4000, n: 2})
		w.run(t)
		if got, want := fmt.Sprint(short(b.ids()), b.got[2].at, b.got[3].at), "[0.1 0.2 2.1 2.2] 10µs 11µs"; got != want {
			t.Errorf("%T: %s, want %s", d, got, want)
		}
		if s := l.Forward.Stats(); s.Drops[DropDown] != 3 || g.Packets.Value() != 0 || g.Busy.Value() != 0 || !l.Forward.Up() {
			t.Errorf("%T: %+v", d, s)
		}
	}
}
