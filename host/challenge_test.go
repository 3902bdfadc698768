package host

import (
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/wire"
)

// RFC 5961 section 7: a host sends so many challenge ACKs in an interval, whichever
// connections they are of. A hundred SYNs in the windows of ten connections draw ten
// every 5 s; without a limit each draws one.
func TestChallengesAreLimited(t *testing.T) {
	for _, limit := range []int{10, 0, 1} {
		p := tcp.RFC9293()
		p.ChallengeLimit, p.Timestamps = limit, false
		w := newWorld(t, 1, line(), p, p)
		w.listen(1, 80, tcp.Unlimited, each(func() App { return w.idle() }))
		for range 10 {
			w.at(0, func(now des.Time) { w.must(w.connect(now, 0, 1, w.idle())) })
		}
		forge := func() {
			for range 10 {
				for _, s := range w.stack.sockets[1:] {
					if s.open && s.host == w.hosts[1] {
						_, irs := s.Conn.Sequence()
						w.deliver(w.hosts[1], w.hosts[0], wire.Segment{SrcPort: s.tuple.remotePort, DstPort: 80, Flags: wire.SYN, Seq: irs.Add(100)})
					}
				}
			}
		}
		for i, when := range []time.Duration{time.Second, 4 * time.Second, 5 * time.Second} { // two intervals
			w.at(when, func(des.Time) {
				forge()
				want := []uint64{uint64(limit), uint64(limit), uint64(2 * limit)}[i]
				if limit == 0 {
					want = uint64(100 * (i + 1))
				}
				if got := w.tallies[1].Challenges; got != want {
					t.Errorf("limit %d, %v: %d challenges, want %d", limit, when, got, want)
				}
			})
		}
		w.run(6 * time.Second)
	}
}
