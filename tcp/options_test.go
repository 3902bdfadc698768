package tcp

import (
	"testing"
	"time"

	"netsim/wire"
)

// What the SYNs offer and what holds then. The MSS is the least of what the
// peer says (536 or 1220 if nothing, MUST-15) and what the own link takes.
// Proves MUST-14, MUST-15, MUST-16, SHLD-5, MAY-3.
func TestOptions(t *testing.T) {
	small := plain(RFC9293())
	small.MSS = 1000
	unscaled, untimed := RFC9293(), RFC9293()
	unscaled.WindowScale = NoScale
	untimed.Timestamps = false
	for _, test := range []struct {
		name           string
		client, server *Profile
		mtu            int
		six            bool
		mss            uint16
		text           uint32
		stamps, scale  bool
	}{
		{"all", Linux(), Linux(), 1500, false, 1460, 1448, true, true},
		{"IPv6", Linux(), Linux(), 1500, true, 1440, 1428, true, true},
		{"small link", Linux(), Linux(), 576, false, 536, 524, true, true},
		{"profile's limit", small, Linux(), 1500, false, 1000, 1000, false, false},
		{"peer's limit", Linux(), small, 1500, false, 1000, 1000, false, false},
		{"no scale", unscaled, RFC9293(), 1500, false, 1460, 1448, true, false},
		{"server no scale", RFC9293(), unscaled, 1500, false, 1460, 1448, true, false},
		{"no timestamps", untimed, RFC9293(), 1500, false, 1460, 1460, false, true},
	} {
		p := newPair(t, test.client, ms)
		p.server.o.Profile = test.server
		p.client.passed = func(e *end, s *wire.Segment) {
			if isSYN(s) && s.Options&wire.HasTimestamps != 0 && s.TSEcr != 0 {
				t.Errorf("%s: the SYN echoes %d", test.name, s.TSEcr)
			}
		}
		p.client.o.MTU, p.client.o.IPv6, p.server.o.IPv6 = test.mtu, test.six, test.six
		p.connect()
		for _, e := range []*end{p.client, p.server} {
			c := &e.conn
			if c.mss != test.mss || c.effectiveMSS() != test.text || c.has(useTS) != test.stamps || c.has(useScale) != test.scale {
				t.Errorf("%s: %s has mss %d, text %d, timestamps %v, scale %v", test.name, e.name, c.mss, c.effectiveMSS(), c.has(useTS), c.has(useScale))
			}
		}
	}
}

// A SYN without options, and one with a scale past the limit of RFC 7323
// section 2.3 and an MSS that leaves no room beside options.
func TestOddOptions(t *testing.T) {
	for _, test := range []struct {
		syn   wire.Segment
		six   bool
		mss   uint16
		scale uint8
	}{
		{wire.Segment{}, false, 536, 0},
		{wire.Segment{}, true, 1220, 0},
		{wire.Segment{Options: wire.HasMSS | wire.HasScale, MSS: 3, Scale: 99}, false, 64, 14},
	} {
		var c Conn
		c.Listen(0, &Opening{Profile: RFC9293(), MTU: 1500, IPv6: test.six})
		test.syn.Flags = wire.SYN
		c.Segment(0, &test.syn)
		if c.mss != test.mss || c.sndScale != test.scale {
			t.Errorf("mss %d, scale %d; want %d, %d", c.mss, c.sndScale, test.mss, test.scale)
		}
		var s wire.Segment
		if !c.Emit(0, &s) || s.Options != wire.HasMSS|test.syn.Options&wire.HasScale {
			t.Errorf("SYN-ACK %s", s.Describe(wire.Origin{}))
		}
	}
}

// The initial window is ten segments, one if as many SYNs were lost as the
// profile asks for (RFC 5681 section 3.1; Linux wants two).
func TestInitialWindow(t *testing.T) {
	for _, test := range []struct {
		profile  *Profile
		lost     int
		segments uint32
	}{
		{RFC9293(), 0, 10}, {RFC9293(), 1, 1}, {Linux(), 1, 10}, {Linux(), 2, 1},
	} {
		p := newPair(t, test.profile, ms)
		for i := range test.lost {
			p.client.loses(isSYN, i+1)
		}
		p.server.listen()
		p.client.open()
		p.run(at(4))
		if got := p.client.conn.cwnd / p.client.conn.effectiveMSS(); got != test.segments {
			t.Errorf("%s, %d SYNs lost: %d segments, want %d", test.profile.Name, test.lost, got, test.segments)
		}
	}
}

// RFC 6528: a clock, and a hash that keeps tuples and secrets apart.
// Proves MUST-8, MUST-9, SHLD-1.
func TestISN(t *testing.T) {
	tuple := [2]uint64{1, 2}
	base := ISN(0, 4*time.Microsecond, tuple, 7)
	if got := ISN(at(1), 4*time.Microsecond, tuple, 7).Sub(base); got != 250000 {
		t.Errorf("a second is %d numbers of the 4 us clock, want 250000", got)
	}
	seen := map[wire.Seq]bool{}
	for i := range uint64(1000) {
		seen[ISN(0, 64, [2]uint64{i, 2}, 7)] = true
		seen[ISN(0, 64, [2]uint64{1, i + 5000}, 7)] = true
		seen[ISN(0, 64, tuple, i+1000)] = true
	}
	if len(seen) < 2999 {
		t.Errorf("%d different numbers of 3000", len(seen))
	}
}
