package tcp

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"netsim/wire"
)

func isProbe(s *wire.Segment) bool { return s.Marks&wire.Probe != 0 }

// keepAlive are the settings of the case that was measured.
func keepAlive() *Settings {
	return &Settings{KeepAlive: true, KeepIdle: 5 * time.Second, KeepInterval: 2 * time.Second, KeepProbes: 3}
}

// Measured on Linux 6.18.44 with 5 s, 2 s and 3 probes: an old number without text
// after 5, 7 and 9 s, and a RST,ACK after 11 s. The peer's ACK came at 10 ms.
// Proves MUST-24, MUST-27, MUST-29, SHLD-12, MAY-5.
func TestKeepAliveOfLinux(t *testing.T) {
	p := newPair(t, plain(Linux()), 10*ms)
	p.server.o.Settings = keepAlive()
	p.connect()
	p.client.conn = Conn{} // it is gone without a word
	p.server.loses(isAny, 0)
	p.run(at(20))
	p.ladder(`
		5.030 server > ACK 0 ack 1 probe lost
		7.030 server > ACK 0 ack 1 probe lost
		9.030 server > ACK 0 ack 1 probe lost
		11.030 server CLOSED
		11.030 server > RST,ACK 1 ack 1 lost`)
	if p.server.told&Failed != TimedOut {
		t.Errorf("told %b", p.server.told)
	}
}

// Who falls silent is given up after the idle time and as many intervals as there are
// probes: 7875 s where the user says no more than that he wants them, 75 s less with
// the eight probes of BSD.
func TestKeepAliveGivesUp(t *testing.T) {
	for name, want := range map[string]float64{"linux": 7875, "rfc9293": 7875, "freebsd": 7800, "macos": 7800, "windows": 7210} { // order-free: each by itself
		p := newPair(t, plain(ProfileByName(name)), 0)
		p.client.o.Settings = &Settings{KeepAlive: true}
		quiet := *p.server.o.Profile
		quiet.KeepAlways = false
		p.server.o.Profile = &quiet
		p.connect()
		p.client.loses(isAny, 0)
		p.run(at(10000))
		if got := p.lines[len(p.lines)-1]; got != fmt.Sprintf("%.3f client > RST,ACK 1 ack 1 lost", want) && got != fmt.Sprintf("%.3f client > RST 1 lost", want) {
			t.Errorf("%s: %s, want it after %v s", name, got, want)
		}
	}
}

// Nobody is probed who was not asked for (MUST-25), and those who were not before
// two hours, unless the user says so. Proves MUST-25, MUST-28.
func TestKeepAliveIsOffByDefault(t *testing.T) {
	for _, profile := range []*Profile{Linux(), RFC9293()} {
		if profile.KeepIdle < 2*time.Hour {
			t.Errorf("%s begins after %v", profile.Name, profile.KeepIdle)
		}
		for _, wanted := range []bool{false, true} {
			p := newPair(t, plain(profile), 10*ms)
			p.client.o.Settings = &Settings{KeepAlive: wanted}
			p.connect()
			probes := p.client.times(isProbe)
			p.run(at(3 * 7200))
			if want := []float64{7200.02, 14400.04}; wanted && !slices.Equal(*probes, want) || !wanted && len(*probes) > 0 {
				t.Errorf("%s, wanted %v: probes at %v", profile.Name, wanted, *probes)
			}
			if p.client.conn.State() != Established {
				t.Errorf("%s, wanted %v: %v", profile.Name, wanted, p.client.conn.State())
			}
		}
	}
}

// The silence is counted from what was heard last, and no probe is sent while
// something is outstanding. Proves MUST-26.
func TestKeepAliveAfterSilence(t *testing.T) {
	p := newPair(t, plain(Linux()), 10*ms)
	p.client.o.Settings = keepAlive()
	p.connect()
	probes := p.client.times(isProbe)
	p.at(3, func() { p.server.write(10) })
	p.at(4, func() { p.client.loses(isText, 0); p.client.write(10) }) // not acknowledged for 8 s
	p.at(12, func() { p.client.rules = nil })
	p.run(at(30))
	// 4 s: the bytes are sent until one of them arrives; that is answered and heard.
	answered := p.client.conn.side.heard
	if len(*probes) == 0 || (*probes)[0] < 12+5 || p.client.conn.State() != Established {
		t.Errorf("probes at %v, last heard at %v, %v", *probes, answered, p.client.conn.State())
	}
	for i := 1; i < len(*probes); i++ { // each answer is 20 ms later
		if d := (*probes)[i] - (*probes)[i-1]; d < 5.0199 || d > 5.0201 {
			t.Errorf("%v s between probes that are answered", d)
		}
	}
}

// A probe may carry a byte that the peer has already, for peers that do not answer
// an empty one. It is answered, and delivers nothing. Proves MAY-6.
func TestKeepAliveWithByte(t *testing.T) {
	profile := plain(RFC9293())
	profile.KeepBytes = 1
	for _, said := range []uint64{0, 5} {
		p := newPair(t, profile, 10*ms)
		p.client.o.Settings = keepAlive()
		p.connect()
		p.client.write(said)
		p.run(at(6))
		if got := uint64(p.server.conn.Unread()); got != said || p.client.conn.side.probes != 0 || p.client.conn.side.heard < at(5) {
			t.Errorf("%d bytes arrived of %d; %d probes unanswered", got, said, p.client.conn.side.probes)
		}
	}
}

// A user may switch keepalive on, and off again, at any time. Proves MUST-24.
func TestKeepAliveIsSwitched(t *testing.T) {
	p := connected(t, plain(Linux()), 10*ms)
	probes := p.client.times(isProbe)
	p.at(10, func() { p.client.conn.Set(p.now, keepAlive()); p.client.pump() })
	p.at(21, func() { p.client.conn.Set(p.now, &Settings{}); p.client.pump() })
	p.run(at(60))
	if want := []float64{15, 20.02}; !slices.Equal(*probes, want) {
		t.Errorf("probes at %v, want %v", *probes, want)
	}
}

// With a user timeout, that decides: at the first look later than it, if a probe
// was sent (Linux, tcp_keepalive_timer).
func TestKeepAliveWithUserTimeout(t *testing.T) {
	p := newPair(t, plain(Linux()), 10*ms)
	p.client.o.Settings = keepAlive()
	p.client.o.Settings.UserTimeout = 8 * time.Second
	p.connect()
	p.client.loses(isAny, 0)
	p.run(at(30))
	p.exchange(`
		5.020 client > ACK 0 ack 1 probe lost
		7.020 client > ACK 0 ack 1 probe lost
		9.020 client > RST,ACK 1 ack 1 lost`)
}

// What the user says of the user timeout holds from now on, for what is
// outstanding, too. Measured on Linux 6.18.44 with 10 s: the error came 10.2 s
// after the bytes. Proves MUST-21.
func TestUserTimeoutIsSet(t *testing.T) {
	for _, c := range []struct{ set, ends float64 }{{.03, 10.26}, {3, 10.26}, {11, 11}} {
		p := connected(t, plain(Linux()), 10*ms)
		p.client.loses(isText, 0)
		p.at(.04, func() { p.client.write(10) })
		p.at(c.set, func() { p.client.conn.Set(p.now, &Settings{UserTimeout: 10 * time.Second}); p.client.pump() })
		ended := 0.
		p.client.app = func(n News) {
			if n&TimedOut != 0 {
				ended = seconds64(p.now)
			}
		}
		if p.run(at(60)); ended != c.ends {
			t.Errorf("set at %v s: ended at %v s, want %v", c.set, ended, c.ends)
		}
	}
}

// At R1, three retransmissions, the user is told that it takes long; a SYN's count,
// too. Proves MUST-20, SHLD-9, SHLD-10.
func TestUserIsToldAtR1(t *testing.T) {
	for _, profile := range []*Profile{Linux(), RFC9293()} {
		if profile.R1 < 3 {
			t.Errorf("%s: R1 is %d", profile.Name, profile.R1)
		}
		for _, mute := range []bool{false, true} {
			p := newPair(t, plain(profile), 10*ms)
			p.client.o.Settings = &Settings{Mute: mute}
			p.connect()
			var sent int
			p.client.passed = func(*end, *wire.Segment) { sent++ }
			told := 0
			p.client.app = func(n News) {
				if n&Retrying != 0 {
					told++
					if sent != 4 {
						t.Errorf("%s: told after %d transmissions", profile.Name, sent)
					}
				}
			}
			p.client.loses(isText, 0)
			p.client.write(10)
			p.run(at(60))
			if told == 1 == mute {
				t.Errorf("%s, mute %v: told %d times", profile.Name, mute, told)
			}
		}
	}
}

// Retransmissions may be more than a byte can count.
func TestRetriesBeyondAByte(t *testing.T) {
	profile := plain(RFC9293())
	profile.Retries, profile.RTOMax = 300, time.Second
	p := connected(t, profile, 10*ms)
	p.client.loses(isText, 0)
	sent := p.client.times(isText)
	p.client.write(10)
	if p.run(at(1000)); len(*sent) != 301 {
		t.Errorf("sent %d times", len(*sent))
	}
}
