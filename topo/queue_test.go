package topo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// stream sends packets of one flow, which is told by its port.
type stream struct {
	size  int32
	port  uint16
	ecn   uint8
	gap   time.Duration // between packets: constant, or the mean of a Poisson process
	seed  uint64        // of that; 0: constant
	from  des.Time
	n     int
	flags wire.Flags
	times []des.Time // when they are sent
}

// feed schedules the stream's packets; their IDs count from 1 in each stream, with
// the port above.
func (w *world) feed(a, b *host, s *stream) {
	r := des.Stream(s.seed, 1, "feed")
	at := s.from
	for i := range s.n {
		id := uint64(s.port)<<32 | uint64(i+1)
		s.times = append(s.times, at)
		w.at(at, func(now des.Time) {
			p := w.packet(a, b, s.size)
			p.ID, p.ECN = id, s.ecn
			p.Segment = wire.Segment{SrcPort: s.port, DstPort: 80, Flags: s.flags}
			w.net.Send(a.id).Receive(now, p)
		})
		if s.seed == 0 {
			at = at.Add(s.gap)
		} else {
			at = at.Add(des.Exponential(r, s.gap))
		}
	}
}

// dropped notes when which packets were dropped.
type dropped struct {
	at  []des.Time
	ids []uint64
	w   *world
}

func (w *world) watch() *dropped {
	d := &dropped{w: w}
	w.net.Observe(d)
	return d
}

func (d *dropped) Sent(des.Time, NodeID, *wire.Packet)     {}
func (d *dropped) Received(des.Time, NodeID, *wire.Packet) {}
func (d *dropped) Dropped(_ des.Time, _ *Half, p *wire.Packet, _ Cause) {
	d.at, d.ids = append(d.at, d.w.sim.Now()), append(d.ids, p.ID)
}

// TestQueueIsFIFO: a queue that decides on departure does with drop-tail what the
// FIFO does that decides on arrival, packet by packet and to the nanosecond, under
// every kind of limit.
func TestQueueIsFIFO(t *testing.T) {
	for _, limit := range []Limit{{}, {Packets: 1}, {Packets: 7}, {Bytes: 5000}, {Time: 3 * time.Microsecond}, {Packets: 5, Bytes: 4000, Time: 4 * time.Microsecond}} {
		for _, rate := range []int64{8e9, 3e9, 999_999_937} {
			run := func(d Discipline, measured bool) string {
				w, a, b, l := pair(t, 1, HalfSpec{Rate: rate, Delay: 700, Overhead: 11, Queue: limit, Discipline: d})
				g := new(Gauge)
				if measured {
					l.Forward.Measure(g)
				}
				g.Open(0)
				r := rand.New(rand.NewPCG(1, uint64(rate)))
				for range 3000 {
					size := 1 + r.Int32N(1500)
					w.at(des.Time(r.IntN(2_000_000)), func(now des.Time) { w.net.Send(a.id).Receive(now, w.packet(a, b, size)) })
				}
				w.run(t)
				s := l.Forward.Stats()
				if s.Drops[DropQueue] == 0 && limit != (Limit{}) {
					t.Errorf("limit %+v is never reached", limit)
				}
				if !measured {
					return fmt.Sprint(b.got, s)
				}
				g.Close(w.sim.Now())
				return fmt.Sprint(b.got, s, g.Wait.N(), g.Wait.Mean(), g.Sojourn.Mean(), g.Packets.Result().Mean(), g.Bytes.Result().Mean(), g.Busy.Result().Mean())
			}
			if fifo, line := run(nil, false), run(new(DropTail), false); fifo != line {
				t.Errorf("limit %+v, %d bit/s: the two differ", limit, rate)
			}
			if fifo, line := run(nil, true), run(new(DropTail), true); fifo != line {
				t.Errorf("limit %+v, %d bit/s: measured, the two differ:\n%.300s\n%.300s", limit, rate, fifo[len(fifo)-200:], line[len(line)-200:])
			}
		}
	}
}

// TestMM1 holds what a gauge measures against the M/M/1 queue at rho = .7: the
// wait is rho s/(1-rho), the link is busy rho of the time, there are rho/(1-rho)
// packets in it, and Little's law joins them.
func TestMM1(t *testing.T) {
	const service, rho, replications, packets = 1e6, .7, 40, 30_000
	for _, d := range []string{"fifo", "queue"} {
		t.Run(d, func(t *testing.T) {
			var wait, sojourn, busy, length []float64
			for replication := range uint64(replications) {
				spec := HalfSpec{Rate: 8e9}
				if d == "queue" {
					spec.Discipline = new(DropTail)
				}
				w, a, b, l := pair(t, 1, spec)
				g := new(Gauge)
				l.Forward.Measure(g)
				w.at(50*service, g.Open)
				w.at(packets*service, g.Close)
				s := &source{w: w, from: a, to: b, size: service, random: true, left: packets, mean: time.Duration(math.Round(service / rho))}
				s.start(1, replication)
				w.run(t)
				wait = append(wait, g.Wait.Mean())
				sojourn = append(sojourn, g.Sojourn.Mean())
				busy = append(busy, g.Busy.Result().Mean())
				length = append(length, g.Packets.Result().Mean())
			}
			within(t, wait, rho*service/(1-rho))
			within(t, sojourn, service/(1-rho))
			within(t, busy, rho)
			within(t, length, rho/(1-rho))
		})
	}
}

// TestPriority: what matches the first band waits for the packet in transmission
// at the longest, whatever else is there, and what no band matches comes last. A
// full queue gives way from behind.
func TestPriority(t *testing.T) {
	syn := []Band{{MatchSYN, AnyFlow}, {MatchRST, AnyFlow}}
	w, a, b, _ := pair(t, 1, HalfSpec{Rate: 8e9, Discipline: &Priority{Bands: syn}})
	w.feed(a, b, &stream{size: 1000, port: 1, gap: 500, n: 200})
	sparse := &stream{size: 100, port: 2, gap: 3777, from: 33, n: 20, flags: wire.SYN}
	w.feed(a, b, sparse)
	w.feed(a, b, &stream{size: 100, port: 3, gap: 2000, from: 77, n: 20, flags: wire.RST})
	w.run(t)
	for _, g := range b.got {
		if g.id>>32 == 2 {
			if wait := g.at.Sub(sparse.times[g.id&0xff-1]) - 100; wait > 1000 {
				t.Errorf("SYN %d waited %v behind others", g.id&0xff, wait)
			}
		}
	}

	w, a, b, _ = pair(t, 1, HalfSpec{Rate: 8e9, Queue: Limit{Packets: 3}, Discipline: &Priority{Bands: syn}})
	lost := w.watch()
	w.feed(a, b, &stream{size: 1000, port: 1, n: 4})
	w.feed(a, b, &stream{size: 1000, port: 2, n: 4, flags: wire.SYN})
	w.run(t)
	if got, want := fmt.Sprint(short(b.ids()), short(lost.ids)), "[1.1 2.1 2.2] [1.4 1.2 1.3 2.3 2.4]"; got != want {
		t.Errorf("delivered and dropped %s, want %s", got, want)
	}
}

// short writes IDs of streams as port.number.
func short(ids []uint64) (s []string) {
	for _, id := range ids {
		s = append(s, fmt.Sprintf("%d.%d", id>>32, id&0xffffffff))
	}
	return s
}

// TestDRR: of two flows that always have packets, neither is ever ahead of the
// other by more than a quantum and a packet of its own, whatever their sizes
// (Shreedhar and Varghese, theorem 2); and the longest queue pays for a full one.
func TestDRR(t *testing.T) {
	const quantum = 1500
	w, a, b, _ := pair(t, 1, HalfSpec{Rate: 8e9, Discipline: &DRR{Quantum: quantum}})
	sizes := map[uint64]int{1: 1500, 2: 100, 3: 700}
	for port, size := range sizes { // order-free: all are sent at once
		w.feed(a, b, &stream{size: int32(size), port: uint16(port), n: 200_000 / size})
	}
	w.run(t)
	sent := map[uint64]int{}
	for _, g := range b.got {
		if sent[g.id>>32] += sizes[g.id>>32]; sent[g.id>>32] > 190_000 {
			break
		}
		for x := range sizes {
			for y := range sizes {
				if ahead := sent[x] - sent[y]; ahead > quantum+sizes[x]+sizes[y] {
					t.Fatalf("after %v flow %d is %d B ahead of %d", sent, x, ahead, y)
				}
			}
		}
	}

	w, a, b, _ = pair(t, 1, HalfSpec{Rate: 8e9, Queue: Limit{Packets: 10}, Discipline: new(DRR)})
	lost := w.watch()
	w.feed(a, b, &stream{size: 1000, port: 1, gap: 100, n: 1000})
	for i := range 3 { // bursts of three
		w.feed(a, b, &stream{size: 1000, port: 2, from: des.Time(i), gap: 9000, n: 10})
	}
	w.run(t)
	for _, id := range lost.ids {
		if id>>32 == 2 {
			t.Errorf("the flow with its fair share lost packet %s", short([]uint64{id}))
		}
	}
}

// TestTimeLimit: nobody who is let in waits longer than the limit for his
// transmission, and who would wait exactly that long is let in.
func TestTimeLimit(t *testing.T) {
	w, a, b, _ := pair(t, 1, HalfSpec{Rate: 8e9, Queue: Limit{Time: 3 * time.Microsecond}})
	w.feed(a, b, &stream{size: 1000, port: 1, n: 9})
	w.run(t)
	if fmt.Sprint(short(b.ids())) != "[1.1 1.2 1.3 1.4]" {
		t.Error(short(b.ids()))
	}
}

// TestOpportunities: a trace lets bytes pass at its instants and at no others, and
// begins anew; what is left over of one that nobody wants is lost.
func TestOpportunities(t *testing.T) {
	ms := time.Millisecond
	for _, c := range []struct {
		name  string
		trace Opportunities
		size  int32
		sent  []des.Time
		want  []des.Time // ms
	}{
		{"one a time", Opportunities{2 * ms, 5 * ms}, 1504, make([]des.Time, 4), []des.Time{2, 5, 7, 10}},
		{"two at once", Opportunities{2 * ms, 2 * ms, 5 * ms}, 1504, make([]des.Time, 5), []des.Time{2, 2, 5, 7, 7}},
		{"a large one takes two", Opportunities{2 * ms, 5 * ms}, 2000, make([]des.Time, 2), []des.Time{5, 7}},
		{"small ones share", Opportunities{2 * ms, 5 * ms}, 700, make([]des.Time, 4), []des.Time{2, 2, 5, 5}},
		{"one who comes at the instant is late", Opportunities{2 * ms, 5 * ms}, 1504, []des.Time{des.Time(2 * ms)}, []des.Time{5}},
		{"an end that is also a begin", Opportunities{0, 5 * ms}, 1504, make([]des.Time, 3), []des.Time{5, 5, 10}},
	} {
		w, a, b, _ := pair(t, 1, HalfSpec{Trace: c.trace, Delay: ms})
		for _, at := range c.sent {
			w.after(at, func(now des.Time) { w.net.Send(a.id).Receive(now, w.packet(a, b, c.size)) })
		}
		w.run(t)
		for i := range c.want {
			if i >= len(b.got) || b.got[i].at != (c.want[i]+1)*des.Time(ms) {
				t.Errorf("%s: %v, want %v ms and 1 for the way", c.name, b.got, c.want)
				break
			}
		}
	}
	trace := Opportunities{3 * ms, 4 * ms, 4 * ms, 9 * ms, 10 * ms}
	w, a, b, l := pair(t, 1, HalfSpec{Trace: trace, Discipline: new(CoDel)})
	w.feed(a, b, &stream{size: 1400, port: 1, gap: ms / 10, n: 20_000})
	w.run(t)
	bits := float64(l.Forward.Stats().Bytes) * 8 / time.Duration(b.got[len(b.got)-1].at).Seconds()
	if math.Abs(bits/trace.Rate()-1) > .01 {
		t.Errorf("%g bit/s went over a trace of %g", bits, trace.Rate())
	}
}
