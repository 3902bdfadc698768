package host

import (
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/wire"
)

// Two hosts that open to each other at once, each from the port that the other calls,
// have one connection between them, after one round trip and four segments (RFC 9293,
// figure 7); six with Linux, which acknowledges the crossing SYN-ACKs, too. Neither
// listens. Closed at once, it leaves both in TIME-WAIT (figure 13).
func TestOpeningsCross(t *testing.T) {
	for profile, segments := range map[*tcp.Profile]uint64{tcp.RFC9293(): 4, tcp.Linux(): 6} { // order-free: each by itself
		w := newWorld(t, 1, line(), profile, profile)
		who := wire.IncarnationOf(1, 1, 1)
		for i := range 2 {
			w.at(0, func(now des.Time) {
				s := w.must(w.hosts[i].Connect(now, Remote{w.hosts[1-i].address, uint16(5001 - i)}, uint16(5000+i), who, w.idle()))
				w.at(time.Second, func(now des.Time) { s.Close(now) })
			})
		}
		const rtt = 4 * hop
		w.run(rtt + time.Millisecond)
		for i, y := range w.tallies {
			if stay := &y.Stay[tcp.SynReceived]; y.Count[tcp.Established].Value() != 1 || y.Stay[tcp.SynSent].Max() != float64(rtt/2) || stay.Max() != float64(rtt/2) {
				t.Errorf("%s, host %d: %d ESTABLISHED, %v in SYN-RECEIVED", profile.Name, i, y.Count[tcp.Established].Value(), time.Duration(stay.Max()))
			}
		}
		if got := w.stack.Packets(); got != segments || w.stack.Sockets() != 2 {
			t.Errorf("%s: %d segments, want %d; %d sockets", profile.Name, got, segments, w.stack.Sockets())
		}
		w.finish()
		if got := w.stack.Packets(); got != segments+4 || w.tallies[0].Entered[tcp.TimeWaiting] != 1 || w.tallies[1].Entered[tcp.TimeWaiting] != 1 {
			t.Errorf("%s: %d segments to close", profile.Name, got-segments)
		}
	}
}
