package wire_test

import (
	"testing"

	"netsim/wire"
)

func TestDescribe(t *testing.T) {
	isn := wire.Origin{Seq: wire.SeqOf(0xffffff00), Ack: wire.SeqOf(5000)}
	for _, c := range []struct {
		s    wire.Segment
		from wire.Origin
		want string
	}{
		{wire.Segment{}, wire.Origin{}, "none seq 0 win 0"},
		{wire.Segment{Flags: wire.SYN, Seq: wire.SeqOf(77), Window: 64240, Options: linuxSYN, MSS: 1460, Scale: 7, TSVal: 17}, wire.Origin{},
			"SYN seq 77 win 64240 <mss 1460, sackOK, ts 17 0, wscale 7>"},
		{wire.Segment{Flags: wire.SYN | wire.ACK, Seq: isn.Seq, Ack: isn.Ack.Add(1), Window: 65535, Options: wire.HasMSS, MSS: 536}, isn,
			"SYN, ACK seq 0 ack 1 win 65535 <mss 536>"},
		{wire.Segment{Flags: wire.PSH | wire.ACK, Seq: isn.Seq.Add(1), Ack: isn.Ack.Add(1), Len: 500, Window: 512}, isn,
			"PSH, ACK seq 1:501 ack 1 len 500 win 512"},
		{wire.Segment{Flags: wire.FIN | wire.ACK, Seq: isn.Ack.Add(9), Ack: isn.Seq.Add(501), Window: 9}, isn.Reverse(),
			"FIN, ACK seq 9 ack 501 win 9"},
		{wire.Segment{Flags: wire.ACK, Seq: isn.Seq.Add(1), Ack: isn.Ack.Add(1), Window: 9, Options: wire.HasSACK | wire.HasTimestamps, TSVal: 4, TSEcr: 3,
			Blocks: 2, SACK: [4]wire.Block{{Left: isn.Ack.Add(101), Right: isn.Ack.Add(201)}, {Left: isn.Ack.Add(301), Right: isn.Ack.Add(401)}}}, isn,
			"ACK seq 1 ack 1 win 9 <ts 4 3, sack 101:201 301:401>"},
		{wire.Segment{Flags: wire.RST, Seq: wire.SeqOf(3), Ack: wire.SeqOf(4)}, wire.Origin{}, "RST seq 3 win 0"},
		{wire.Segment{Flags: wire.SYN, Options: wire.HasTimeout, Timeout: 1<<15 | 5}, wire.Origin{}, "SYN seq 0 win 0 <uto 5m0s>"},
		{wire.Segment{Flags: wire.SYN, Options: wire.HasCookie}, wire.Origin{}, "SYN seq 0 win 0 <tfo request>"},
		{wire.Segment{Flags: wire.SYN, Options: wire.HasCookie, CookieLen: 4, Cookie: [16]byte{0xde, 0xad, 0, 1}}, wire.Origin{},
			"SYN seq 0 win 0 <tfo dead0001>"},
		{wire.Segment{Flags: wire.URG | wire.ACK, Urgent: 12, Len: 1}, wire.Origin{}, "ACK, URG seq 0:1 ack 0 len 1 win 0 urg 12"},
	} {
		if got := c.s.Describe(c.from); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestAppendTextAppends(t *testing.T) {
	s := wire.Segment{Flags: wire.SYN}
	if got := string(s.AppendText([]byte("A > B: "), wire.Origin{})); got != "A > B: SYN seq 0 win 0" {
		t.Errorf("got %q", got)
	}
}
