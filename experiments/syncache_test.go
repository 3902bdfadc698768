package experiments

import (
	"fmt"
	"math"
	"testing"
)

// TestSyncache: what is half-open lives for 15 s in one of B buckets of L places, and a
// newer one takes the place of the oldest. A bucket then holds the last L of the
// Poisson(a) requests of the last 15.6 s, so that E[min(X, L)] of its places are taken;
// and one is evicted if L come within its life, P(X >= L) of them. Nobody is dropped.
func TestSyncache(t *testing.T) {
	for _, c := range []struct {
		buckets, limit int
		rate           float64
	}{{16, 4, 4}, {16, 4, 8}, {1, 30, 4}} {
		s := study(t, fmt.Sprintf(`
[run]
warmup = "16 s"
duration = "1000 s"
[node.attacker]
[node.server]
profile = "freebsd"
tcp.syncache_buckets = %d
tcp.syncache_limit = %d
tcp.syncache_pause = "0 s"
listen.web = { port = 80, backlog = 1 }
[link.wire]
ends = ["attacker", "server"]
delay = "1 us"
[flow.flood]
kind = "syn-flood"
from = "attacker"
to = "server:web"
arrivals = { process = "poisson", rate = "%v/s" }
`, c.buckets, c.limit, c.rate))
		a := c.rate * 15.6 / float64(c.buckets)
		taken, beyond, p := 0.0, 1.0, math.Exp(-a) // beyond is P(X > x), whose sum below L is E[min(X, L)]
		for x := range c.limit {
			beyond -= p
			taken += beyond
			p *= a / float64(x+1)
		}
		const listen = "node.server.listen.web."
		name := fmt.Sprintf("%d buckets of %d at %v/s", c.buckets, c.limit, c.rate)
		n := s.value(t, listen+"syns.total")
		// the samples of one bucket are alike for so long
		share(t, name+": evicted", s.value(t, listen+"evicted.fraction"), beyond, int(n/a/2))
		if got, want := s.value(t, listen+"synq.count.mean"), float64(c.buckets)*taken; math.Abs(got/want-1) > .03 {
			t.Errorf("%s: %v half-open, want %v (seed 1)", name, got, want)
		}
		if most, dropped := s.value(t, listen+"synq.count.max"), s.value(t, listen+"dropped.total"); most > float64(c.buckets*c.limit) || dropped != 0 {
			t.Errorf("%s: up to %v half-open, %v dropped", name, most, dropped)
		}
	}
}
