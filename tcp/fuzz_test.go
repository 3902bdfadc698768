package tcp

import (
	"testing"

	"netsim/des"
	"netsim/wire"
)

// Whatever arrives in whatever state: no panic, the invariants hold, and what is
// sent comes to an end. Offsets follow the numbers, so that only a mistake of
// ours misplaces text.
func FuzzSegment(f *testing.F) {
	for state := range uint8(States) {
		f.Add(state, uint8(wire.ACK), uint32(0), uint32(0), uint32(100), uint16(0), uint8(0), uint32(0))
		f.Add(state, uint8(wire.SYN|wire.ACK), ^uint32(0), ^uint32(0), uint32(0), uint16(9), uint8(0xff), uint32(5))
		f.Add(state, uint8(wire.FIN|wire.ACK|wire.PSH), uint32(1), uint32(1), uint32(1460), uint16(65535), uint8(wire.HasTimestamps), ^uint32(0))
		f.Add(state, uint8(wire.RST), uint32(5), uint32(0), uint32(0), uint16(0), uint8(0), uint32(0))
	}
	f.Fuzz(func(t *testing.T, state, flags uint8, seq, ack, len uint32, window uint16, options uint8, ts uint32) {
		for _, profile := range []*Profile{Linux(), RFC9293()} {
			c := inState(State(state%uint8(States)), profile)
			c.Write(0, 5000)
			drain(c)
			before := c.State()
			for i := range uint32(4) {
				s := wire.Segment{
					Flags: wire.Flags(flags), Seq: c.rcvNxt.Add(seq + i*len), Ack: c.nxt.Add(ack), Len: len % 70000,
					Window: window, Options: wire.Options(options), Scale: uint8(ts), MSS: uint16(ts), TSVal: ts, TSEcr: ts, Incarnation: c.peer,
				}
				start := s.Seq
				if s.Flags.Has(wire.SYN) {
					start = start.Add(1)
				}
				s.Offset = c.rcvOffset + uint64(int64(start.Sub(c.rcvNxt)))
				now := des.Time(i) * des.Time(ms)
				c.Segment(now, &s)
				step(t, c)
				c.Read(now)
				step(t, c)
				if d := c.Deadline(); d != des.Never {
					c.Timeout(d)
					step(t, c)
				}
			}
			if before == Closed && c.State() != Closed {
				t.Errorf("CLOSED became %v", c.State())
			}
			var w TimeWait
			var reply wire.Segment
			inState(TimeWaiting, profile).TimeWait(&w)
			w.Timestamps = ts&1 != 0
			s := wire.Segment{Flags: wire.Flags(flags), Seq: w.RcvNxt.Add(seq), Ack: w.SndNxt.Add(ack), Len: len, TSVal: ts, Options: wire.Options(options)}
			if v := w.Segment(0, profile, &s, &reply); v&Die != 0 && !s.Flags.Has(wire.RST) || v&Reopen != 0 && !s.Flags.Has(wire.SYN) {
				t.Errorf("verdict %04b on %v", v, s.Flags)
			}
			if Reset(&s, &reply) == s.Flags.Has(wire.RST) {
				t.Errorf("reset of %v", s.Flags)
			}
		}
	})
}

// step takes what is to be sent and checks the invariants.
func step(t *testing.T, c *Conn) {
	if n := drain(c); n > 100 {
		t.Fatalf("%d segments sent", n)
	}
	if c.profile == nil {
		return
	}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
}
