package ledger

import (
	"slices"
	"testing"

	"netsim/des"
)

// shelf tells which of its records were due, and when.
type shelf struct {
	Slab[Link]
	chain Chain
	due   []uint32
	at    []des.Time
}

func (s *shelf) Link(i uint32) *Link { return s.At(i) }

func (s *shelf) Due(now des.Time, i uint32) {
	s.due, s.at = append(s.due, i), append(s.at, now)
	s.chain.Unlink(i)
}

// A chain lets its records go at their times and in their order, whatever is taken out
// of it meanwhile, with one event at a time; those without a time stay.
func TestChainAgainstList(t *testing.T) {
	for seed := range uint64(40) {
		draws := des.Stream(seed, 1, "chain")
		sim := des.NewSim(des.PacketsFirst, 1)
		var s shelf
		s.chain.Begin(sim, &s)
		var times []des.Time // of each record, in order
		var order []uint32
		at := des.Time(1)
		for range 300 {
			if len(order) > 0 && des.Below(draws, 3) == 0 {
				k := int(des.Below(draws, uint64(len(order))))
				s.chain.Unlink(order[k])
				order, times = slices.Delete(order, k, k+1), slices.Delete(times, k, k+1)
				continue
			}
			at += des.Time(des.Below(draws, 3))
			i := s.Grow()
			s.chain.Append(i, at)
			order, times = append(order, i), append(times, at)
		}
		s.chain.Append(s.Grow(), des.Never)
		for sim.Step(des.Never) {
			if sim.Pending() > 1 {
				t.Fatalf("seed %d: %d events", seed, sim.Pending())
			}
		}
		if !slices.Equal(s.due, order) || !slices.Equal(s.at, times) {
			t.Fatalf("seed %d: due %v at %v, want %v at %v", seed, s.due, s.at, order, times)
		}
		if s.chain.Head != uint32(s.Made()) {
			t.Fatalf("seed %d: who waits for ever has gone", seed)
		}
	}
}
