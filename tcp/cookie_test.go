package tcp

import (
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// The third segment of a handshake brings back what its SYN said, as far as a cookie
// holds it: the segment size rounded down to one of four, and beside a timestamp the
// scale and SACK. Two minutes later, with another secret, tuple or number it is none.
func TestCookie(t *testing.T) {
	const secret = 77
	tuple := [2]uint64{1, 2}
	now := at(90)
	for _, six := range []bool{false, true} {
		for _, test := range []struct {
			options   wire.Options
			mss       uint16
			want      uint16 // over IPv4
			want6     uint16
			scale     uint8
			wantScale bool
			sack      bool
		}{
			{0, 0, 536, 1220, 0, false, false},
			{wire.HasMSS, 1460, 1460, 1440, 0, false, false},
			{wire.HasMSS, 1459, 1440, 1440, 0, false, false},
			{wire.HasMSS, 100, 536, 1220, 0, false, false}, // none is smaller
			{wire.HasMSS | wire.HasScale | wire.SACKPermitted, 1300, 1300, 1220, 7, false, false},
			{wire.HasMSS | wire.HasTimestamps | wire.HasScale | wire.SACKPermitted, 1300, 1300, 1220, 7, true, true},
			{wire.HasMSS | wire.HasTimestamps, 1300, 1300, 1220, 0, false, false},
			{wire.HasMSS | wire.HasTimestamps | wire.HasScale, 1300, 1300, 1220, 14, true, false},
		} {
			syn := from(wire.SYN, 0, 0)
			syn.Options, syn.MSS, syn.Scale, syn.TSVal = test.options, test.mss, test.scale, 500
			o := Opening{Profile: Linux(), MTU: 1500, IPv6: six, TSOffset: 12345}
			clock := o.TSOffset
			o.Bake(now, tuple, secret, &syn)
			ack := from(wire.ACK, 1, 0)
			ack.Ack = o.ISS.Add(1)
			ack.Options = test.options & wire.HasTimestamps
			ack.TSVal, ack.TSEcr = 501, tsClock(now, o.TSOffset)
			again := Opening{Profile: Linux(), MTU: 1500, IPv6: six, TSOffset: clock}
			r, ok := again.Unbake(now.Add(time.Second), tuple, secret, &ack)
			want := test.want
			if six {
				want = test.want6
			}
			if !ok || r.mss != want || r.iss != o.ISS || r.irs != irs || r.is&useScale != 0 != test.wantScale || r.is&useSACK != 0 != test.sack ||
				test.wantScale && r.sndScale != test.scale {
				t.Errorf("IPv6 %v, options %b: %v, MSS %d (want %d), scale %d, flags %b", six, test.options, ok, r.mss, want, r.sndScale, r.is)
			}
			stale, other, late := ack, [2]uint64{1, 3}, des.Time(0)
			stale.Ack = stale.Ack.Add(1 << 20)
			late = at(180)
			for what, bad := range map[string]func() bool{
				"another number": func() bool { _, ok := again.Unbake(now, tuple, secret, &stale); return ok },
				"another tuple":  func() bool { _, ok := again.Unbake(now, other, secret, &ack); return ok },
				"another secret": func() bool { _, ok := again.Unbake(now, tuple, secret+1, &ack); return ok },
				"too late":       func() bool { _, ok := again.Unbake(late, tuple, secret, &ack); return ok },
			} {
				if bad() {
					t.Errorf("options %b: %s is a cookie", test.options, what)
				}
			}
		}
	}
}

// Where the number tells options, too, it needs no timestamp for them: sizes and scales
// are rounded down to one of eight each.
func TestCookieOptions(t *testing.T) {
	for _, c := range []struct {
		mss, want   uint16
		scale, told uint8 // 15 is none
		sack        bool
	}{{100, 216, 15, 15, false}, {1459, 1452, 0, 0, true}, {1460, 1460, 5, 4, false}, {536, 536, 14, 8, true}, {1200, 1200, 7, 7, true}, {1461, 1460, 1, 1, false}} {
		for _, stamped := range []wire.Options{0, wire.HasTimestamps} {
			syn := from(wire.SYN, 0, 0)
			syn.Options, syn.MSS = wire.HasMSS|stamped, c.mss
			if c.scale != unscaled {
				syn.Options |= wire.HasScale
				syn.Scale = c.scale
			}
			if c.sack {
				syn.Options |= wire.SACKPermitted
			}
			o, options := Opening{Profile: FreeBSD(), MTU: 1500, TSOffset: 12345}, syn.Options
			o.Bake(at(90), [2]uint64{1, 2}, 77, &syn)
			if syn.Options != options || o.TSOffset != 12345 {
				t.Errorf("%+v: options %b of %b, timestamps from %d", c, syn.Options, options, o.TSOffset)
			}
			ack := from(wire.ACK, 1, 0)
			ack.Ack, ack.Options = o.ISS.Add(1), stamped
			r, ok := o.Unbake(at(91), [2]uint64{1, 2}, 77, &ack)
			if !ok || r.mss != c.want || r.is&useSACK != 0 != c.sack || r.is&useScale != 0 != (c.scale != unscaled) || c.scale != unscaled && r.sndScale != c.told || r.is&useTS != 0 != (stamped != 0) {
				t.Errorf("%+v: %v, MSS %d, scale %d, flags %b", c, ok, r.mss, r.sndScale, r.is)
			}
		}
	}
}

// Whom nobody holds is evicted or forgotten without a word to the peer: the first is
// told to its user as an end in order, the second to nobody.
func TestEvictAndForget(t *testing.T) {
	for state := SynSent; state < TimeWaiting; state++ {
		c := inState(state, Linux())
		if c.Orphan() {
			t.Errorf("%v: an orphan", state)
		}
		if c.Evict(); c.State() != Closed || drain(c) != 0 || c.News()&Ended == 0 || c.Deadline() != des.Never {
			t.Errorf("%v: evicted, %v", state, c.State())
		}
		c = inState(state, Linux())
		if c.Forget(); c.State() != Closed || drain(c) != 0 || c.News() != 0 || c.Deadline() != des.Never {
			t.Errorf("%v: forgotten, %v", state, c.State())
		}
	}
	c := inState(FinWait2, Linux())
	if c.Close(0); !c.Orphan() {
		t.Error("no orphan")
	}
}

// A connection that takes the place of one in TIME-WAIT begins above all its numbers,
// by the clock where that is enough, and echoes its timestamp.
func TestFollow(t *testing.T) {
	for _, test := range []struct {
		profile *Profile
		iss     uint32
		want    uint32
	}{
		{RFC9293(), 900, 900}, {RFC9293(), 600, 701}, {RFC9293(), 700, 701}, {Linux(), 900, 700 + Linux().ReopenISN},
	} {
		w := TimeWait{SndNxt: wire.SeqOf(700), TSRecent: 55}
		o := Opening{Profile: test.profile, ISS: wire.SeqOf(test.iss)}
		if o.Follow(&w); o.ISS != wire.SeqOf(test.want) || o.TSRecent != 55 {
			t.Errorf("%s: ISS %v after %d, want %d; echo %d", test.profile.Name, o.ISS, test.iss, test.want, o.TSRecent)
		}
	}
}
