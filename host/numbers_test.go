package host

import (
	"math"
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// Initial sequence numbers by a clock keep apart from the numbers of a connection
// before that had the same ports, if that sent more slowly in the mean than the clock
// goes: 250 kB/s for RFC 9293's 4 us, 15.6 MB/s for Linux's 64 ns. Else they fall
// among them, always (RFC 9293, 3.4.1), which is what TIME-WAIT and timestamps are for.
func TestNumbersOutrunTheClock(t *testing.T) {
	const text = 1 << 20
	for _, tick := range []time.Duration{4 * time.Microsecond, 64 * time.Nanosecond} {
		for _, slower := range []bool{true, false} {
			life := text * tick // as fast as the clock, and then a hundredth more or less
			if slower {
				life += life / 100
			} else {
				life -= life / 100
			}
			w := newWorld(t, 1, topo.HalfSpec{}, tcp.Linux(), linux(func(p *tcp.Profile) { p.ISNTick, p.SendBuffer = tick, 2*text }))
			w.keep = true
			w.listen(0, 80, 128, each(func() App { return w.idle() }))
			open := func(now des.Time, a App) {
				w.must(w.hosts[1].Connect(now, Remote{w.hosts[0].address, 80}, 5000, wire.IncarnationOf(1, uint32(now), 1), a))
			}
			w.at(0, func(now des.Time) {
				open(now, &user{t: t, do: func(now des.Time, s *Socket, news tcp.News) {
					if news&tcp.Connected != 0 {
						s.Write(now, text)
						w.at(life, func(now des.Time) {
							s.Abort(now)        // no TIME-WAIT
							open(now, w.idle()) // the same ports, at once
						})
					}
				}})
			})
			w.run(life + 1)
			var starts []wire.Seq
			var last uint32 // beyond the first's ISS
			for _, s := range w.by(1) {
				if s.seg.Flags.Has(wire.SYN) {
					starts = append(starts, s.seg.Seq)
				} else if len(starts) == 1 {
					last = max(last, uint32(s.seg.Seq.Sub(starts[0]))+s.seg.Len)
				}
			}
			if len(starts) != 2 || last != text+1 {
				t.Fatalf("tick %v: %d SYNs, %d numbers sent", tick, len(starts), last)
			}
			if apart := starts[1].Sub(starts[0]) > int32(last); apart != slower {
				t.Errorf("tick %v: %d B in %v, the next begins %d after it: apart is %v", tick, text, life, starts[1].Sub(starts[0]), apart)
			}
		}
	}
}

// The numbers are back where they were after 2^32 ticks: 17,179.869184 s of the 4 us
// clock, 274.877906944 s of Linux's.
func TestClockOfNumbersWraps(t *testing.T) {
	for tick, wrap := range map[time.Duration]des.Time{4 * time.Microsecond: 17_179_869_184_000, 64: 274_877_906_944} { // order-free: each by itself
		at := func(now des.Time) wire.Seq { return tcp.ISN(now, tick, [2]uint64{1, 2}, 3) }
		if at(wrap) != at(0) || at(wrap-des.Time(tick)).Add(1) != at(0) || at(wrap/2).Sub(at(0)) != math.MinInt32 {
			t.Errorf("tick %v: %v and %v after %v", tick, at(0), at(wrap), wrap)
		}
	}
}
