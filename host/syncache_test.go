package host

import (
	"fmt"
	"math"
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/wire"
)

// freebsd is FreeBSD with a small syncache.
func freebsd(buckets, limit int, cookies tcp.CookiePolicy) *tcp.Profile {
	p := tcp.FreeBSD()
	p.SYNCacheBuckets, p.SYNCacheLimit, p.SYNCookies, p.SYNCachePause = buckets, limit, cookies, 0
	return p
}

// Of three peers and two places the first has to go. The number that it was given is a
// cookie, by which its third segment is known, with all that its SYN offered; without
// cookies it is reset.
func TestSyncache(t *testing.T) {
	for _, cookies := range []tcp.CookiePolicy{tcp.OverflowCookies, tcp.NoCookies} {
		plain := linux(func(p *tcp.Profile) { p.Timestamps = false })
		w := newWorld(t, 1, line(), plain, plain, plain, freebsd(1, 2, cookies))
		y := w.listen(3, 80, 5, acceptor(func(s *Socket) App {
			if i := s.Info(); !i.SACK || !i.Scaling || i.Timestamps {
				t.Errorf("accepted with SACK %v, scaling %v, timestamps %v", i.SACK, i.Scaling, i.Timestamps)
			}
			return w.callee()
		}))
		w.at(0, func(now des.Time) {
			for i := range 3 {
				w.must(w.connect(now, i, 3, w.caller()))
			}
		})
		w.run(7 * hop)
		accepted := uint64(3)
		if cookies == tcp.NoCookies {
			accepted = 2
		}
		if y.Evicted != 1 || y.Accepted != accepted || y.Dropped() != 0 || y.HalfOpen.Value() != 0 || w.tallies[3].ResetsSent > 0 != (accepted < 3) {
			t.Errorf("cookies %v: %+v, %d resets", cookies, y.ListenerCounters, w.tallies[3].ResetsSent)
		}
		w.finish()
	}
}

// n requests at once fall into B buckets as balls do, and L of each stay: B E[min(X, L)]
// with X binomial(n, 1/B). Half an hour later all places are free again.
func TestSyncacheBuckets(t *testing.T) {
	const buckets, limit = 512, 30
	for _, n := range []int{3000, 512 * 30, 40000} {
		w := newWorld(t, 1, line(), tcp.Linux(), freebsd(buckets, limit, tcp.OverflowCookies))
		w.stack.atHand = 100 // beyond it they are records
		y := w.listen(1, 80, 5, w.callees())
		w.flood(1024, n)
		taken, variance, beyond := 0.0, 0.0, 1.0
		q := 1.0 / buckets
		p := math.Pow(1-q, float64(n))
		for x := range limit {
			beyond -= p
			taken += beyond
			variance += float64(2*x+1) * beyond
			p *= float64(n-x) / float64(x+1) * q / (1 - q)
		}
		variance = max(variance-taken*taken, 0)
		held := y.HalfOpen.Value()
		// buckets hinder each other: the variance is at most that of independent ones
		if d := math.Abs(float64(held) - buckets*taken); d > 4*math.Sqrt(buckets*variance)+1 {
			t.Errorf("%d of %d held, want %.1f (seed 1)", held, n, buckets*taken)
		}
		if held+int64(y.Evicted) != int64(n) || y.Dropped() != 0 || y.CookiesSent != 0 {
			t.Errorf("%d: %d held, %+v", n, held, y.ListenerCounters)
		}
		w.finish()
		for i, b := range w.hosts[1].rest.cache.buckets {
			if len(b) != 0 {
				t.Fatalf("bucket %d has %d requests left", i, len(b))
			}
		}
	}
}

// A listener that stops and a host that crashes give the places back.
func TestSyncacheStops(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), freebsd(4, 8, tcp.OverflowCookies))
	w.stack.atHand = 5
	l, err := w.hosts[1].Listen(80, 5, w.callees(), new(ListenerTally))
	if err != nil {
		t.Fatal(err)
	}
	w.flood(1024, 20)
	w.at(time.Millisecond, func(now des.Time) {
		w.hosts[1].Crash(now)
		l.Stop(now)
		if got := fmt.Sprint(w.hosts[1].rest.cache.buckets, l.HalfOpen.Value()); got != "[[] [] [] []] 0" {
			t.Errorf("left: %v", got)
		}
	})
	w.finish()
}

// An overflow pauses the cache: what is there is forgotten, and every answer is a cookie,
// for 15 s, then for 30 s if the next comes within as long again, for 15 s if later.
func TestSyncachePause(t *testing.T) {
	w := newWorld(t, 1, line(), tcp.Linux(), tcp.FreeBSD())
	p := freebsd(1, 4, tcp.OverflowCookies)
	p.SYNCachePause = 15 * time.Second
	w.hosts[1].SetProfile(p)
	y := w.listen(1, 80, 5, w.callees())
	for at, want := range map[time.Duration]struct {
		held    int64
		cookies uint64
	}{ // order-free: times of one world
		1:  {0, 6},                   // ten come: four are kept, the fifth forgets them
		14: {0, 16}, 16: {0, 16 + 6}, // paused until 15, then again: until 46
		45: {0, 32}, 47: {0, 32 + 6}, // and until 107
		300: {0, 44}, // long after
	} {
		w.at(at*time.Second-time.Second, func(des.Time) { w.flood(int(at)*100, 10) })
		w.at(at*time.Second-time.Second/2, func(now des.Time) {
			if y.HalfOpen.Value() != want.held || y.CookiesSent != want.cookies {
				t.Errorf("at %d s: %d held, %d cookies, want %+v", at, y.HalfOpen.Value(), y.CookiesSent, want)
			}
		})
	}
	w.run(301 * time.Second)
	if got := w.hosts[1].rest.cache.until.Sub(0).Round(time.Second); got != 314*time.Second {
		t.Errorf("the last pause ends at %v", got)
	}
}

// A cookie counts in the period of its secret and the next: 15 s to 30 s.
func TestCookieSecret(t *testing.T) {
	for after, want := range map[time.Duration]bool{5: true, 14: true, 29: true, 31: false, 40: false} { // order-free: each by itself
		o := tcp.Opening{Profile: tcp.FreeBSD(), MTU: 1500}
		syn := wire.Segment{Flags: wire.SYN, Seq: wire.SeqOf(1000), Options: wire.HasMSS, MSS: 1460}
		o.Bake(0, [2]uint64{1, 2}, 3, &syn)
		third := wire.Segment{Flags: wire.ACK, Seq: wire.SeqOf(1001), Ack: o.ISS.Add(1)}
		if _, got := o.Unbake(des.Time(after*time.Second), [2]uint64{1, 2}, 3, &third); got != want {
			t.Errorf("after %d s: believed %v", after, got)
		}
	}
}
