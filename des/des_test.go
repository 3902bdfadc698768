package des

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// recorder notes who fired when.
type recorder struct {
	ev  Event
	id  int
	log *[]string
	act func(now Time)
}

func (r *recorder) Fire(now Time) {
	*r.log = append(*r.log, fmt.Sprint(r.id, "@", int64(now)))
	if r.act != nil {
		r.act(now)
	}
}

// naive is the same contract by the most obvious means: a list searched whole.
type naive struct {
	when map[int]Time
	rank map[int]Rank
}

func (n *naive) next() (id int, ok bool) {
	id = -1
	for i, t := range n.when {
		if id < 0 || t < n.when[id] || t == n.when[id] && n.rank[i] < n.rank[id] {
			id = i
		}
	}
	return id, id >= 0
}

// TestAgainstNaive runs random programs of schedule, move and cancel, from
// outside and from within handlers, against the naive model.
func TestAgainstNaive(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		ties := Ties(seed % 3)
		sim := NewSim(ties, seed)
		model := naive{map[int]Time{}, map[int]Rank{}}
		var got, want []string
		const many = 40
		far := 1 + int(seed/3)%50 // bits: within a slot, a turn of the ring, and all levels
		owners := make([]Owner, 5)
		for i := range owners {
			owners[i] = sim.Owner()
		}
		events := make([]*recorder, many)
		mutate := func(now Time) {
			for range r.IntN(4) {
				e := events[r.IntN(many)]
				if r.IntN(4) == 0 {
					sim.Cancel(&e.ev)
					delete(model.when, e.id)
				} else {
					at := now + Time(r.IntN(6))<<r.IntN(far) // few distinct times: many ties
					sim.At(&e.ev, at)
					model.when[e.id] = at
				}
				if got := sim.Pending(); got != len(model.when) {
					t.Fatalf("seed %d: %d pending, want %d", seed, got, len(model.when))
				}
			}
		}
		for i := range events {
			events[i] = &recorder{id: i, log: &got, act: mutate}
			rank := owners[r.IntN(len(owners))].Rank(Class(r.IntN(5)))
			events[i].ev.Bind(events[i], rank)
			model.rank[i] = rank
		}
		for range 20 {
			mutate(0)
		}
		for range 3000 {
			id, ok := model.next()
			if ok && r.IntN(8) == 0 { // it is not due yet, and other things happen first
				if sim.Step(model.when[id]) {
					t.Fatalf("seed %d: event %d is before the end, %v", seed, id, model.when[id])
				}
				mutate(sim.Now())
				id, ok = model.next()
			}
			if ok {
				want = append(want, fmt.Sprint(id, "@", int64(model.when[id])))
				delete(model.when, id)
			}
			if sim.Step(Never) != ok {
				t.Fatalf("seed %d: Step says %v, want %v", seed, !ok, ok)
			}
			if !ok {
				break
			}
			if got[len(got)-1] != want[len(want)-1] {
				t.Fatalf("seed %d: event %d was %s, want %s", seed, len(got), got[len(got)-1], want[len(want)-1])
			}
			for _, e := range events {
				w, pending := model.when[e.id]
				if !pending {
					w = Never
				}
				if sim.When(&e.ev) != w || e.ev.Pending() != pending {
					t.Fatalf("seed %d: When(%d) = %v, want %v", seed, e.id, sim.When(&e.ev), w)
				}
			}
		}
	}
}

func TestTiesOrderClasses(t *testing.T) {
	for _, c := range []struct {
		ties Ties
		want string
	}{
		{PacketsFirst, "[0@5 1@5 2@5 3@5 4@5]"},
		{TimersFirst, "[0@5 2@5 1@5 3@5 4@5]"},
		{Seeded, "[0@5 1@5 2@5 3@5 4@5]"},
	} {
		sim := NewSim(c.ties, 7)
		var log []string
		for class := Observer; ; class-- { // scheduled in the reverse order
			owner := sim.Owner()
			e := &recorder{id: int(class), log: &log}
			e.ev.Bind(e, owner.Rank(class))
			sim.At(&e.ev, 5)
			if class == Control {
				break
			}
		}
		sim.Run(Never)
		if got := fmt.Sprint(log); got != c.want {
			t.Errorf("%v: %s, want %s", c.ties, got, c.want)
		}
	}
}

func TestSeededPermutesOwners(t *testing.T) {
	seen := map[uint64]bool{}
	for n := range uint64(1 << 16) {
		p := permute(n, 12345)
		if p > ownerMask || seen[p] {
			t.Fatalf("permute(%d) = %d is no permutation", n, p)
		}
		seen[p] = true
	}
	a, b := NewSim(Seeded, 1), NewSim(Seeded, 2)
	same := 0
	for range 100 {
		if a.Owner() == b.Owner() {
			same++
		}
	}
	if same > 2 {
		t.Errorf("two seeds agree on %d of 100 owners", same)
	}
}

func TestEndIsExclusive(t *testing.T) {
	sim := NewSim(PacketsFirst, 0)
	owner := sim.Owner()
	var log []string
	for i, at := range []Time{9, 10} {
		e := &recorder{id: i, log: &log}
		e.ev.Bind(e, owner.Rank(Packet))
		sim.At(&e.ev, at)
	}
	sim.Run(10)
	if fmt.Sprint(log) != "[0@9]" || sim.Pending() != 1 || sim.Now() != 9 {
		t.Errorf("ran %v, %d pending, now %v", log, sim.Pending(), sim.Now())
	}
}

func TestThePastIsRefused(t *testing.T) {
	sim := NewSim(PacketsFirst, 0)
	owner := sim.Owner()
	var log []string
	e := &recorder{log: &log}
	e.ev.Bind(e, owner.Rank(Packet))
	e.act = func(now Time) {
		defer func() {
			if recover() == nil {
				t.Error("an event in the past was accepted")
			}
		}()
		sim.At(&e.ev, now-1)
	}
	sim.At(&e.ev, 3)
	sim.Run(Never)
}

// hold is one event of the hold model: when it fires it is scheduled again
// after an exponential span.
type hold struct {
	ev  Event
	sim *Sim
	rng uint64
}

func (h *hold) Fire(now Time) {
	h.rng = h.rng*6364136223846793005 + 1442695040888963407
	h.sim.At(&h.ev, now+1+Time(h.rng>>40))
}

func holdModel(pending int) *Sim {
	sim := NewSim(PacketsFirst, 0)
	owner := sim.Owner()
	all := make([]hold, pending)
	for i := range all {
		all[i] = hold{sim: sim, rng: uint64(i) * 0x9e3779b97f4a7c15}
		all[i].ev.Bind(&all[i], owner.Rank(Packet))
		all[i].Fire(0)
	}
	return sim
}

func TestNoAllocationPerEvent(t *testing.T) {
	sim := holdModel(1000)
	if n := testing.AllocsPerRun(10000, func() { sim.Step(Never) }); n != 0 {
		t.Errorf("%v allocations an event", n)
	}
}

func BenchmarkHold(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 10_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			sim := holdModel(n)
			b.ReportAllocs()
			for b.Loop() {
				sim.Step(Never)
			}
		})
	}
}

func TestStreamsGoByName(t *testing.T) {
	first := func(seed, rep uint64, name string) uint64 { return Stream(seed, rep, name).Uint64() }
	base := first(1, 1, "link.core.loss")
	if base != first(1, 1, "link.core.loss") {
		t.Error("the same stream differs")
	}
	for _, other := range []uint64{first(2, 1, "link.core.loss"), first(1, 2, "link.core.loss"), first(1, 1, "link.core.delay")} {
		if other == base {
			t.Error("another stream is the same")
		}
	}
}

func TestExponential(t *testing.T) {
	r := Stream(1, 1, "test")
	const n, mean = 1_000_000, 10 * time.Millisecond
	var sum, above float64
	for range n {
		x := Exponential(r, mean)
		sum += float64(x)
		if x > 2*mean {
			above++
		}
	}
	if z := (sum/n/float64(mean) - 1) * math.Sqrt(n); math.Abs(z) > 4 {
		t.Errorf("seed 1: the mean is %v off by z = %.1f", time.Duration(sum/n), z)
	}
	p := math.Exp(-2)
	if z := (above - n*p) / math.Sqrt(n*p*(1-p)); math.Abs(z) > 4 {
		t.Errorf("seed 1: P(X > 2 means) = %v, z = %.1f", above/n, z)
	}
}

func TestLog(t *testing.T) {
	r := Stream(1, 1, "log")
	for range 200_000 {
		x := float64(r.Uint64()>>11+1) * 0x1p-53
		want := math.Log(x)
		if got := Log(x); math.Abs(got-want) > 2e-16*math.Max(1, math.Abs(want)) {
			t.Fatalf("Log(%v) = %v, want %v", x, got, want)
		}
	}
	if got := Exponential(Stream(1, 1, "golden"), time.Second); got != 25379877 {
		t.Fatal(got)
	}
}

func TestTime(t *testing.T) {
	if Never.String() != "never" || Time(1500*time.Millisecond).String() != "1.5s" {
		t.Error("String")
	}
	if Time(Never-1).Add(time.Hour) != Never || Time(5).Add(-3) != 2 || Time(5).Sub(3) != 2 {
		t.Error("Add or Sub")
	}
	if Time(time.Second).Seconds() != 1 {
		t.Error("Seconds")
	}
}

func TestParseTies(t *testing.T) {
	for i := range Ties(3) {
		if got, err := ParseTies(i.String()); err != nil || got != i {
			t.Errorf("%v: %v, %v", i, got, err)
		}
	}
	if _, err := ParseTies("fair"); err == nil {
		t.Error("an unknown order was read")
	}
}

// TestExp holds Exp against math.Exp over its whole range.
func TestExp(t *testing.T) {
	for x := -745.0; x < 709; x += .0917 {
		if got, want := Exp(x), math.Exp(x); math.Abs(got-want) > 2*0x1p-52*want && got > 1e-300 {
			t.Fatalf("Exp(%v) = %v, want %v", x, got, want)
		}
	}
	if Exp(0) != 1 || Exp(-1000) != 0 || !math.IsInf(Exp(1000), 1) || !math.IsNaN(Exp(math.NaN())) {
		t.Error("edges of Exp")
	}
}

// Timers that are put off or cancelled before their slot begins are in the wheel,
// and the heap does not grow with them.
func TestFarEventsWait(t *testing.T) {
	s := NewSim(PacketsFirst, 1)
	var log []string
	r := &recorder{log: &log}
	events := make([]Event, 1000)
	owner := s.Owner()
	for i := range events {
		events[i].Bind(r, owner.Rank(Timer))
		s.At(&events[i], Time(100e6+i))
	}
	if s.end != root || s.wheel.n != len(events) || s.Pending() != len(events) {
		t.Fatalf("%d in the heap, %d in the wheel, %d in all", s.end-root, s.wheel.n, s.Pending())
	}
	for i := range events[1:] {
		s.Cancel(&events[i+1])
	}
	if s.Run(Never); s.Events() != 1 || s.Now() != 100e6 || s.Pending() != 0 {
		t.Errorf("%d events, the last at %v, %d left", s.Events(), s.Now(), s.Pending())
	}
}
