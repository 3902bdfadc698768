package host

import (
	"math"
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/theory"
)

// The FIN in answer rides on the ACK of the first if its application closes before the
// delayed ACK goes. Applications that take an exponential time make three segments of
// a share 1 - exp(-delay/mean) of closes, and four of the others.
func TestShareOfMergedFINs(t *testing.T) {
	const n, seed = 2000, 1
	for mean, want := range map[time.Duration]float64{ // order-free: each by itself
		10 * time.Millisecond: .981684, 40 * time.Millisecond: .632121, 100 * time.Millisecond: .329680, time.Second: .039211,
	} {
		p := tcp.FreeBSD() // which delays by 40 ms, always
		p.AcksFIN = false  // a FIN, too
		w := newWorld(t, seed, line(), p, p)
		draws, merged := des.Stream(seed, 1, mean.String()), 0
		w.listen(1, 80, 128, each(func() App {
			return &user{t: t, do: func(now des.Time, s *Socket, news tcp.News) {
				switch {
				case news&tcp.Ended != 0 && s.Conn.Stats().MergedFIN:
					merged++
				case news&tcp.EndOfData != 0 && news&tcp.Ended == 0:
					w.at(time.Duration(now)+time.Duration(draws.ExpFloat64()*float64(mean)), func(now des.Time) { s.Close(now) })
				}
			}}
		}))
		for i := range n {
			w.at(time.Duration(i)*10*time.Millisecond, func(now des.Time) { w.must(w.connect(now, 0, 1, w.caller())) })
		}
		w.finish()
		if ended := w.tallies[1].Entered[tcp.LastAck]; ended != n {
			t.Errorf("a mean of %v: %d closed", mean, ended)
		}
		share, se := float64(merged)/n, math.Sqrt(want*(1-want)/n)
		if math.Abs(share-want) > 4*se || math.Abs(theory.MergedClose(p.DelayedACK.Seconds(), mean.Seconds())-want) > 1e-6 {
			t.Errorf("a mean of %v: a share of %v merged, want %v: z = %.1f (seed %d)", mean, share, want, (share-want)/se, seed)
		}
	}
}
