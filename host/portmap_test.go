package host

import (
	"math/rand/v2"
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
)

// The next port of a map is what looking at one after the other finds.
func TestNextPort(t *testing.T) {
	const seed = 11
	r := rand.New(rand.NewPCG(seed, 0))
	profile := &tcp.Profile{PortLow: 5000}
	for range 2000 {
		size := 1 + r.Uint32N(300)
		m := make(portMap, (size-1)/64+1)
		held := make([]bool, 64*len(m))
		for range r.Uint32N(4 * size) {
			at := r.Uint32N(size)
			held[at] = r.IntN(3) > 0
			if held[at] {
				m.hold(profile, 5000+uint16(at))
			} else {
				m.free(profile, 5000+uint16(at))
			}
		}
		from, step := r.Uint32N(size+2), 1+r.Uint32N(2)
		want := from
		for int(want) < len(held) && held[want] {
			want += step
		}
		if got := m.next(from, step); got != want && (got < size || want < size) {
			t.Fatalf("seed %d: from %d by %d of %d: %d, want %d", seed, from, step, size, got, want)
		}
	}
}

// A crowded pair finds what looking at one tuple after the other does: neither
// ports it holds nor those that are bound, and all others.
func TestCrowdedSearch(t *testing.T) {
	const low, high = 2001, 2333
	w := newWorld(t, 1, line(), ranged(low, high, tcp.SequentialPort), tcp.Linux())
	w.listen(1, 80, 4096, w.callees())
	h, to := w.hosts[0], Remote{w.hosts[1].address, 80}
	after := func(port uint16) uint16 {
		for range high - low + 1 {
			if port++; port > high {
				port = low
			}
			if w.stack.find(tuple{h.address, to.Address, port, to.Port}) == 0 {
				return port
			}
		}
		return 0
	}
	w.at(0, func(now des.Time) {
		for _, bound := range []uint16{low, 2064, 2065, high} {
			if _, err := h.Connect(now, to, bound, 1, w.caller()); err != nil {
				t.Fatal(err)
			}
		}
	})
	opened := 0
	for i := range 400 { // a wait of a minute: ports come back from the sixtieth second on
		w.at(time.Duration(i)*time.Second/2, func(now des.Time) {
			for range 4 {
				want := after(max(h.last, low-1))
				s, err := w.connect(now, 0, 1, w.caller())
				if err != nil {
					if want != 0 {
						t.Fatalf("at %v: %v, and %d is free", now, err, want)
					}
					continue
				}
				if port, _ := s.Ports(); port != want {
					t.Fatalf("at %v: port %d, want %d", now, port, want)
				}
				opened++
			}
		})
	}
	w.finish()
	if opened < 600 || w.stack.pairs[1].held == nil {
		t.Errorf("%d connections", opened)
	}
}
