package host

import (
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
)

// Options are given to a connection when it is opened, to those of a listener, and
// changed at an open one: here keepalive, whose probes the other end answers.
func TestSocketOptions(t *testing.T) {
	options := &tcp.Settings{KeepAlive: true, KeepIdle: 10 * time.Second, KeepInterval: time.Second, KeepProbes: 2}
	for _, who := range []string{"client", "listener", "open", "nobody"} {
		w := newWorld(t, 1, line(), tcp.Linux(), tcp.Linux())
		w.keep = true
		l, err := w.hosts[1].Listen(80, tcp.Unlimited, each(func() App { return w.idle() }), new(ListenerTally))
		if err != nil {
			t.Fatal(err)
		}
		if who == "listener" {
			l.Settings = options
		}
		w.at(0, func(now des.Time) {
			var given *tcp.Settings
			if who == "client" {
				given = options
			}
			s, err := w.hosts[0].ConnectWith(now, Remote{w.hosts[1].address, 80}, 0, 1, w.idle(), given)
			if err != nil {
				t.Fatal(err)
			}
			if who == "open" {
				w.at(time.Second, func(now des.Time) { s.Set(now, options) })
			}
		})
		w.run(time.Minute)
		if probes := len(w.sent) - 3; who == "nobody" && probes != 0 || who != "nobody" && probes != 10 { // and answers
			t.Errorf("%s: %d segments after the handshake", who, probes)
		}
	}
}
