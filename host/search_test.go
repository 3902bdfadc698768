package host

import (
	"math"
	"testing"

	"netsim/tcp"
)

// A search from a random start for the next free port is linear probing: while a range
// of m fills, that for the port after the first k looks at (1 + Q1(m,k))/2 ports in the
// mean, Q1(m,k) the sum of (i+1) k(k-1)...(k-i+1)/m^i (Knuth, The Art of Computer
// Programming, volume 3, section 6.4, theorem K). A search that finds nothing looks at
// all of them.
func TestSearchSteps(t *testing.T) {
	const m, worlds, seed = 50, 400, 11
	want := 0.0
	for k := range m {
		q, term := 0.0, 1.0
		for i := 0; i <= k; i++ {
			q += float64(i+1) * term
			term *= float64(k-i) / m
		}
		want += (1 + q) / 2
	}
	var sum, squares float64
	for i := range worlds {
		w := newWorld(t, seed+uint64(i), line(), ranged(40000, 40000+m-1, tcp.RandomPort), tcp.Linux())
		w.listen(1, 80, -1, each(func() App { return w.idle() }))
		for range m {
			w.must(w.connect(0, 0, 1, w.idle()))
		}
		s := &w.tallies[0].SearchSteps
		steps := s.Mean() * m
		sum, squares = sum+steps, squares+steps*steps
		if _, err := w.connect(0, 0, 1, w.idle()); err != ErrNoPort || s.N() != m+1 || s.Max() != m {
			t.Fatalf("%v after %d searches, the longest of %v", err, s.N(), s.Max())
		}
	}
	mean := sum / worlds
	se := math.Sqrt((squares/worlds - mean*mean) / worlds)
	if z := (mean - want) / se; math.Abs(z) > 4 {
		t.Errorf("seed %d: %.1f ± %.1f steps to fill %d ports, want %.1f (z = %.1f)", seed, mean, se, m, want, z)
	}
}
