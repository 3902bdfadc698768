package topo

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// TestSerialization holds arrivals over long and short busy periods against the
// recursion F = max(F, now) + size/rate in exact rational arithmetic: a packet
// arrives one delay after the whole nanosecond of F.
func TestSerialization(t *testing.T) {
	const billion, largest = 1_000_000_000, math.MaxInt32 - math.MaxUint16
	for _, rate := range []int64{1, 7, 56_000, 1_544_000, 10_000_000, 999_999_937, billion, 3 * billion, 10 * billion, 400 * billion, 7 * billion * 1000, MaxRate} {
		for _, size := range []int32{1, 40, 1500, 9000, 65535, largest} {
			if rate < 1000 && size > 9000 {
				continue // beyond the end of time
			}
			t.Run(fmt.Sprintf("%d_bps/%d_B", rate, size), func(t *testing.T) { serialize(t, rate, size) })
		}
	}
}

func serialize(t *testing.T, rate int64, size int32) {
	const delay, overhead, packets = 3 * time.Microsecond, 38, 300
	w, a, b, _ := pair(t, 1, HalfSpec{Rate: rate, Delay: delay, Overhead: overhead})
	r := rand.New(rand.NewPCG(1, uint64(rate)))
	finish, now := new(big.Rat), des.Time(0)
	var want []des.Time
	for range packets {
		bytes := 1 + r.Int32N(size)
		span := big.NewRat((int64(bytes)+overhead)*8, rate)
		span.Mul(span, big.NewRat(1e9, 1))
		if at := new(big.Rat).SetInt64(int64(now)); finish.Cmp(at) < 0 {
			finish = at
		}
		finish.Add(finish, span)
		whole := new(big.Int).Quo(finish.Num(), finish.Denom())
		want = append(want, des.Time(whole.Int64()).Add(delay))
		w.at(now, func(now des.Time) { w.net.Send(a.id).Receive(now, w.packet(a, b, bytes)) })

		gap, _ := span.Float64()
		switch r.IntN(4) { // bursts, a load near 1, and idle spells
		case 0, 1:
			now += des.Time(r.Float64() * gap)
		case 2:
			now += des.Time(r.Float64() * 4 * gap)
		}
	}
	w.run(t)
	for i := range want {
		if b.got[i].at != want[i] {
			t.Fatalf("seed 1: packet %d of %d arrived at %d ns, want %d", i, packets, b.got[i].at, want[i])
		}
	}
}

// TestIdleLinkStartsExact: at 3 bit/ns 40 B take 106 2/3 ns. Back to back the
// thirds add up; after the exact end they are forgotten, and at the whole part
// of it they are not, for the link is still busy.
func TestIdleLinkStartsExact(t *testing.T) {
	for _, c := range []struct {
		at   []des.Time
		want []des.Time
	}{
		{[]des.Time{0, 0, 0, 0}, []des.Time{106, 213, 320, 426}},
		{[]des.Time{0, 107, 214}, []des.Time{106, 213, 320}},
		{[]des.Time{0, 106, 213}, []des.Time{106, 213, 320}},
	} {
		w, a, b, _ := pair(t, 1, HalfSpec{Rate: 3e9})
		for _, at := range c.at {
			w.at(at, func(now des.Time) { w.net.Send(a.id).Receive(now, w.packet(a, b, 40)) })
		}
		w.run(t)
		for i, want := range c.want {
			if b.got[i].at != want {
				t.Errorf("sent at %v: packet %d arrived at %d ns, want %d", c.at, i, b.got[i].at, want)
			}
		}
	}
}

// TestLimits sends packets of 1000 B at 1 B/ns, so that each is in transmission
// for 1000 ns, and looks at the edges of a drop-tail limit.
func TestLimits(t *testing.T) {
	burst := func(n int) (at []des.Time) { return make([]des.Time, n) }
	for _, c := range []struct {
		name  string
		limit Limit
		at    []des.Time
		want  []uint64
	}{
		{"none", Limit{}, burst(4), []uint64{1, 2, 3, 4}},
		{"one packet is the one in transmission", Limit{Packets: 1}, burst(3), []uint64{1}},
		{"three packets", Limit{Packets: 3}, burst(5), []uint64{1, 2, 3}},
		{"just before a departure", Limit{Packets: 2}, []des.Time{0, 0, 999}, []uint64{1, 2}},
		{"at a departure", Limit{Packets: 2}, []des.Time{0, 0, 1000, 1000}, []uint64{1, 2, 3}},
		{"at the second departure", Limit{Packets: 2}, []des.Time{0, 0, 2000, 2000, 2000}, []uint64{1, 2, 3, 4}},
		{"bytes exactly", Limit{Bytes: 3000}, burst(4), []uint64{1, 2, 3}},
		{"one byte too few", Limit{Bytes: 2999}, burst(4), []uint64{1, 2}},
		{"bytes at a departure", Limit{Bytes: 2000}, []des.Time{0, 0, 999, 1000}, []uint64{1, 2, 4}},
		{"less than a packet", Limit{Bytes: 999}, burst(2), nil},
		{"both, packets first", Limit{Packets: 1, Bytes: 5000}, burst(3), []uint64{1}},
		{"both, bytes first", Limit{Packets: 5, Bytes: 2500}, burst(3), []uint64{1, 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			// A delay much longer than the transmissions: what flies must not count.
			w, a, b, l := pair(t, 1, HalfSpec{Rate: 8e9, Delay: time.Second, Queue: c.limit})
			for _, at := range c.at {
				w.at(at, func(now des.Time) { w.net.Send(a.id).Receive(now, w.packet(a, b, 1000)) })
			}
			w.run(t)
			if got := b.ids(); fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("delivered %v, want %v", got, c.want)
			}
			if s := l.Forward.Stats(); s.Drops[DropQueue] != uint64(len(c.at)-len(c.want)) || s.Dropped() != s.Drops[DropQueue] {
				t.Errorf("counts %+v", s)
			}
		})
	}
}

// TestUnlimitedRate: nothing ever waits, so no limit is ever reached, and what
// arrives at the same time keeps its order.
func TestUnlimitedRate(t *testing.T) {
	for _, delay := range []time.Duration{0, time.Millisecond} {
		w, a, b, _ := pair(t, 1, HalfSpec{Delay: delay, Queue: Limit{Packets: 1}})
		for range 5 {
			w.net.Send(a.id).Receive(0, w.packet(a, b, 1<<20))
		}
		w.run(t)
		if fmt.Sprint(b.ids()) != "[1 2 3 4 5]" || b.got[4].at != des.Time(delay) {
			t.Errorf("delay %v: %v", delay, b.got)
		}
	}
}

func TestMTU(t *testing.T) {
	w, a, b, l := pair(t, 1, HalfSpec{MTU: 1280, Overhead: 38})
	for _, size := range []int32{1279, 1280, 1281} {
		w.net.Send(a.id).Receive(0, w.packet(a, b, size))
	}
	w.run(t)
	if fmt.Sprint(b.ids()) != "[1 2]" || l.Forward.Stats().Drops[DropMTU] != 1 {
		t.Errorf("delivered %v, %+v", b.ids(), l.Forward.Stats())
	}
	if l.Forward.MTU() != 1280 || l.Back.MTU() != math.MaxInt32 {
		t.Error("MTU")
	}
}

// TestBacklog looks at a half while three packets of 1000 ns pass it.
func TestBacklog(t *testing.T) {
	w, a, b, l := pair(t, 1, HalfSpec{Rate: 8e9, Delay: 10 * time.Microsecond})
	for _, at := range []des.Time{100, 100, 5000} {
		w.at(at, func(now des.Time) { w.net.Send(a.id).Receive(now, w.packet(a, b, 1000)) })
	}
	for _, c := range []struct {
		at             des.Time
		packets, bytes int64
	}{
		{99, 0, 0}, {100, 2, 2000}, {1099, 2, 2000}, {1100, 1, 1000}, {2099, 1, 1000},
		{2100, 0, 0}, {4999, 0, 0}, {5001, 1, 1000}, {6000, 0, 0}, {99999, 0, 0},
	} {
		w.after(c.at, func(now des.Time) {
			if packets, bytes := l.Forward.Backlog(now); packets != c.packets || bytes != c.bytes {
				t.Errorf("at %d: %d packets, %d B; want %d, %d", now, packets, bytes, c.packets, c.bytes)
			}
		})
	}
	w.run(t)
	if s := l.Forward.Stats(); s.Bytes != 3000 || s.Delivered != 3 || s.Sent != 3 {
		t.Errorf("%+v", s)
	}
}

// TestOrder: a link never lets one packet overtake another.
func TestOrder(t *testing.T) {
	for seed := range uint64(20) {
		w, a, b, _ := pair(t, seed, HalfSpec{Rate: 1e9, Delay: 20 * time.Microsecond, Queue: Limit{Packets: 10}})
		r := rand.New(rand.NewPCG(seed, 0))
		for range 2000 {
			w.at(des.Time(r.IntN(10_000_000)), func(now des.Time) {
				w.net.Send(a.id).Receive(now, w.packet(a, b, 1+r.Int32N(1500)))
			})
		}
		w.run(t)
		for i := 1; i < len(b.got); i++ {
			if b.got[i].id <= b.got[i-1].id || b.got[i].at < b.got[i-1].at {
				t.Fatalf("seed %d: %v after %v", seed, b.got[i], b.got[i-1])
			}
		}
		if len(b.got) < 100 {
			t.Fatalf("seed %d: only %d packets came through", seed, len(b.got))
		}
	}
}

// source sends packets at the points of a Poisson process.
type source struct {
	w          *world
	from, to   *host
	ev         des.Event
	mean       time.Duration
	gaps, lens *rand.Rand
	size       int32 // mean
	random     bool  // sizes are exponential
	left       int
	sent       []des.Time
}

func (s *source) start(seed, replication uint64) {
	owner := s.w.sim.Owner()
	s.ev.Bind(s, owner.Rank(des.Workload))
	s.gaps, s.lens = des.Stream(seed, replication, "gaps"), des.Stream(seed, replication, "sizes")
	s.w.sim.At(&s.ev, 0)
}

func (s *source) Fire(now des.Time) {
	if s.left--; s.left > 0 {
		s.w.sim.At(&s.ev, now.Add(des.Exponential(s.gaps, s.mean)))
	}
	size := s.size
	if s.random {
		size = int32(des.Exponential(s.lens, time.Duration(s.size)))
	}
	s.sent = append(s.sent, now)
	s.w.net.Send(s.from.id).Receive(now, s.w.packet(s.from, s.to, size))
}

// within fails unless the mean of independent values is within 4 standard
// errors of want.
func within(t *testing.T, values []float64, want float64) {
	t.Helper()
	mean, ss := 0.0, 0.0
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		ss += (v - mean) * (v - mean)
	}
	n := float64(len(values))
	se := math.Sqrt(ss / (n - 1) / n)
	if z := (mean - want) / se; !(math.Abs(z) < 4) {
		t.Errorf("seed 1: %.6g +- %.2g, want %.6g: z = %.2f", mean, se, want, z)
	}
}

// TestMD1 holds the mean wait against W = rho S / (2 (1 - rho)), the
// Pollaczek-Khinchine formula for constant service: 1500 B at 10 Mbit/s, 1.2 ms.
func TestMD1(t *testing.T) {
	const service, replications, packets, warmup = 1200 * time.Microsecond, 40, 30_000, 2000
	for _, rho := range []float64{.3, .5, .8} {
		t.Run(fmt.Sprint(rho), func(t *testing.T) {
			var means []float64
			for replication := range uint64(replications) {
				w, a, b, _ := pair(t, 1, HalfSpec{Rate: 10e6})
				s := &source{w: w, from: a, to: b, size: 1500, left: packets, mean: time.Duration(float64(service) / rho)}
				s.start(1, replication)
				w.run(t)
				sum := 0.0
				for i := warmup; i < packets; i++ {
					sum += float64(b.got[i].at.Sub(s.sent[i]) - service)
				}
				means = append(means, sum/(packets-warmup))
			}
			within(t, means, rho*float64(service)/(2*(1-rho)))
		})
	}
}

// TestMM1K holds the loss of a drop-tail queue of K packets with exponential
// sizes against (1 - rho) rho^K / (1 - rho^(K+1)), or 1 / (K+1) at rho = 1. At
// 8 Gbit/s a packet takes as many nanoseconds as it has bytes. K = 1 is Erlang's
// loss with one server.
func TestMM1K(t *testing.T) {
	const service, replications, packets = 1_000_000, 40, 20_000
	for _, rho := range []float64{.8, 1, 1.5} {
		for _, k := range []int64{1, 3, 10} {
			t.Run(fmt.Sprintf("rho_%v/K_%d", rho, k), func(t *testing.T) {
				want := 1 / float64(k+1)
				if rho != 1 {
					want = (1 - rho) * math.Pow(rho, float64(k)) / (1 - math.Pow(rho, float64(k+1)))
				}
				var fractions []float64
				for replication := range uint64(replications) {
					w, a, b, l := pair(t, 1, HalfSpec{Rate: 8e9, Queue: Limit{Packets: k}})
					s := &source{w: w, from: a, to: b, size: service, random: true, left: packets, mean: time.Duration(service / rho)}
					s.start(1, replication)
					w.run(t)
					fractions = append(fractions, float64(l.Forward.Stats().Drops[DropQueue])/packets)
				}
				within(t, fractions, want)
			})
		}
	}
}

// TestLossRate holds random loss against the binomial distribution, and its
// streams apart.
func TestLossRate(t *testing.T) {
	const n = 200_000
	for _, p := range []float64{0, .001, .01, .3, 1} {
		w := newWorld(1)
		a, b := w.host("a"), w.host("b")
		half := HalfSpec{Loss: p}
		l := w.net.Connect(LinkSpec{Name: "wire", A: a.id, B: b.id, Forward: half, Back: half})
		w.finish(t)
		for range n {
			w.net.Send(a.id).Receive(0, w.packet(a, b, 40))
			w.net.Send(b.id).Receive(0, w.packet(b, a, 40))
		}
		w.run(t)
		for _, h := range []*Half{l.Forward, l.Back} {
			lost := float64(h.Stats().Drops[DropLoss])
			sd := math.Sqrt(n * p * (1 - p))
			if math.Abs(lost-n*p) > 4*sd {
				t.Errorf("seed 1: %s lost %v of %d with p = %v: z = %.2f", h.Name(), lost, n, p, (lost-n*p)/sd)
			}
			if h.Loss() != p {
				t.Errorf("Loss() = %v", h.Loss())
			}
		}
		same := 0
		for i := range min(len(a.got), len(b.got)) {
			if a.got[i].id == b.got[i].id+1 {
				same++
			}
		}
		if p == .3 && same > len(a.got)/2 {
			t.Errorf("the two directions lose the same packets: %d of %d", same, len(a.got))
		}
	}
}

// TestReceiveByHalf: a half is a Sink itself, for who holds it.
func TestReceiveByHalf(t *testing.T) {
	w, a, b, l := pair(t, 1, HalfSpec{Rate: 8e9})
	var s Sink = l.Forward
	s.Receive(0, w.packet(a, b, 100))
	w.run(t)
	if len(b.got) != 1 || b.got[0] != (arrival{100, 1, wire.Marks(0)}) {
		t.Error(b.got)
	}
}
