package tcp

import (
	"testing"

	"netsim/wire"
)

// RFC 7323 section 3.2: once timestamps are negotiated, a segment without them that
// is no RST is dropped and draws nothing; Linux takes it. In TIME-WAIT a SYN, which
// is of another connection, counts.
func TestTimestampsAreRequired(t *testing.T) {
	for _, required := range []bool{true, false} {
		profile := RFC9293()
		profile.RequireTimestamps = required
		p := connected(t, profile, 10*ms)
		c := &p.server.conn
		bare := wire.Segment{Flags: wire.ACK, Seq: c.rcvNxt, Ack: c.nxt, Len: 10, Window: 100, Incarnation: p.client.o.Incarnation}
		if p.server.receive(&bare); c.Unread() == 10 == required {
			t.Errorf("required %v: %d bytes taken", required, c.Unread())
		}
		if len(p.lines) > 0 && required {
			t.Errorf("answered: %q", p.lines)
		}
		p.server.receive(&wire.Segment{Flags: wire.RST, Seq: c.rcvNxt})
		if c.State() != Closed {
			t.Errorf("required %v: %v after a RST", required, c.State())
		}
		w := TimeWait{RcvNxt: wire.SeqOf(100), RcvWnd: 1000, Timestamps: true}
		var reply wire.Segment
		for _, s := range []struct {
			flags wire.Flags
			want  Verdict
		}{{wire.ACK | wire.FIN, Answer | Restart}, {wire.ACK, Answer}, {wire.RST, Die}, {wire.SYN, Reopen}} {
			want := s.want
			if required && s.flags.Has(wire.ACK) {
				want = 0
			}
			seq := wire.SeqOf(99)
			switch s.flags {
			case wire.RST:
				seq = wire.SeqOf(100)
			case wire.SYN:
				seq = wire.SeqOf(101)
			}
			if v := w.Segment(at(1), profile, &wire.Segment{Flags: s.flags, Seq: seq}, &reply); v != want {
				t.Errorf("required %v, TIME-WAIT, %v: %04b, want %04b", required, s.flags, v, want)
			}
		}
	}
}

// RFC 6191 is a switch: without it a SYN opens the connection anew by its number
// alone (RFC 9293 MAY-2), and PAWS still holds back an older timestamp.
func TestReopeningByTimestampIsASwitch(t *testing.T) {
	for _, c := range []struct {
		seq           uint32
		ts            uint32
		with, without Verdict
	}{
		{50, 51, Reopen, Answer}, {200, 51, Reopen, Reopen}, {200, 50, Reopen, Reopen},
		{50, 50, Answer, Answer}, {200, 49, Answer | Older | Stale, Answer | Older | Stale}, {50, 49, Answer | Stale, Answer | Stale},
	} {
		for _, on := range []bool{true, false} {
			profile := RFC9293()
			profile.RFC6191 = on
			w := TimeWait{RcvNxt: wire.SeqOf(100), RcvWnd: 10, TSRecent: 50, Timestamps: true}
			var reply wire.Segment
			want := c.without
			if on {
				want = c.with
			}
			s := wire.Segment{Flags: wire.SYN, Seq: wire.SeqOf(c.seq), Options: wire.HasTimestamps, TSVal: c.ts}
			if v := w.Segment(at(1), profile, &s, &reply); v != want {
				t.Errorf("on %v, SYN %d with timestamp %d: %04b, want %04b", on, c.seq, c.ts, v, want)
			}
		}
	}
}
