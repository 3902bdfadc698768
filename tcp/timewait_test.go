package tcp

import (
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// What a record in TIME-WAIT does with what still arrives. Sequence numbers are
// counted from RCV.NXT, the window is 1000; "linux" is what a running Linux 6.18
// does, "rfc9293" the standard with RFC 5961.
// Proves SHLD-4, MAY-2.
func TestTimeWait(t *testing.T) {
	const again = Answer | Restart
	first := RFC9293()
	first.RFC1337 = true
	plain793 := RFC9293()
	plain793.RFC5961 = false
	for _, test := range []struct {
		name  string
		flags wire.Flags
		seq   int
		len   uint32
		ts    int // above the last one seen; with `stamped`
		rfc   Verdict
		linux Verdict
	}{
		{"the peer's FIN once more", wire.FIN | wire.ACK, -1, 0, 0, again, again},
		{"its FIN with the last text", wire.FIN | wire.ACK, -101, 100, 0, again, again},
		{"an earlier FIN", wire.FIN | wire.ACK, -5, 0, 0, Answer, again},
		{"old text", wire.ACK, -100, 100, 0, Answer, again},
		{"an old ACK", wire.ACK, -1, 0, 0, Answer, again},
		{"an ACK in order", wire.ACK, 0, 0, 0, 0, Restart},
		{"text in order", wire.ACK, 0, 10, 0, Answer, again},
		{"an ACK in the window", wire.ACK, 5, 0, 0, Answer, again},
		{"an ACK beyond it", wire.ACK, 5000, 0, 0, Answer, again},
		{"SYN,ACK", wire.SYN | wire.ACK, -1, 0, 0, Answer, again},
		{"a newer SYN", wire.SYN, 1, 0, 0, Reopen, Reopen},
		{"a SYN at RCV.NXT", wire.SYN, 0, 0, 0, Answer, Answer},
		{"an older SYN", wire.SYN, -500, 0, 0, Answer, Answer},
		{"an exact RST", wire.RST, 0, 0, 0, Die, Die},
		{"an exact RST,ACK", wire.RST | wire.ACK, 0, 0, 0, Die, Die},
		{"a RST in the window", wire.RST, 5, 0, 0, Answer, 0},
		{"an old RST", wire.RST, -1, 0, 0, 0, 0},
		{"a RST beyond the window", wire.RST, 1000, 0, 0, 0, 0},
		{"no ACK, in the window", 0, 0, 5, 0, 0, 0},
		{"no ACK, old", 0, -5, 5, 0, Answer, Answer},
		{"FIN without ACK, in the window", wire.FIN, 0, 0, 0, 0, 0},
		// With timestamps.
		{"a lower SYN with a newer timestamp", wire.SYN, -500, 0, 1, Reopen, Reopen},
		{"a higher SYN with the same timestamp", wire.SYN, 1, 0, same, Reopen, Reopen},
		{"a lower SYN with the same timestamp", wire.SYN, -1, 0, same, Answer, Answer},
		{"a higher SYN with an older timestamp", wire.SYN, 1, 0, -1, Answer | Older | Stale, again | Older | Stale},
		{"an ACK in order with an older timestamp", wire.ACK, 0, 0, -1, Answer | Stale, again | Stale},
		{"an exact RST with an older timestamp", wire.RST, 0, 0, -1, Stale, Stale},
	} {
		for _, profile := range []*Profile{RFC9293(), Linux(), first, plain793} {
			profile.RequireTimestamps = false // TestTimestampsAreRequired has it
			w := TimeWait{SndNxt: wire.SeqOf(77), RcvNxt: irs, RcvWnd: 1000, TSRecent: 50, Timestamps: true}
			w.name(self)
			s := wire.Segment{Flags: test.flags, Seq: irs.Add(uint32(test.seq)), Len: test.len, SrcPort: 3, DstPort: 4}
			if test.ts != 0 {
				s.Options, s.TSVal = wire.HasTimestamps, uint32(50+test.ts%same)
			}
			want := test.rfc
			if profile.Name == "linux" {
				want = test.linux
			}
			switch {
			case profile.RFC1337 && want == Die:
				want = 0
			case !profile.RFC5961 && test.flags == wire.RST && test.seq == 5:
				want = Die // RFC 793: anywhere in the window
			case profile.RFC1337 && test.flags == wire.RST:
				want &= Stale
			case !profile.RFC5961 && test.flags == wire.SYN && test.seq == 0:
				want = Answer | Die // RFC 793: an error
			}
			var reply wire.Segment
			v := w.Segment(at(1), profile, &s, &reply)
			if v != want {
				t.Errorf("%s, %s: verdict %04b, want %04b", profile.Name, test.name, v, want)
			}
			if v&Answer != 0 && (reply.Flags&^wire.RST != wire.ACK || (v&Die != 0) != reply.Flags.Has(wire.RST) || reply.Seq != w.SndNxt || reply.Ack != irs || reply.SrcPort != 4 ||
				reply.TSEcr != 50 || reply.TSVal != 1000 || reply.Incarnation != self) {
				t.Errorf("%s: answer %s", test.name, reply.Describe(wire.Origin{}))
			}
		}
	}
}

const same = 1 << 20 // a timestamp that is the last one seen

// Linux answers empty segments at most every 500 ms, text every time, and waits
// anew all the same.
func TestTimeWaitAnswerLimit(t *testing.T) {
	for len, want := range []int{3, 11} {
		w := TimeWait{RcvNxt: irs, RcvWnd: 1000}
		s := wire.Segment{Flags: wire.ACK, Seq: irs.Add(^uint32(49)), Len: uint32(len)}
		answers := 0
		for i := range 11 {
			var reply wire.Segment
			v := w.Segment(des.Time(0).Add(time.Duration(i)*100*ms), Linux(), &s, &reply)
			if v&Restart == 0 {
				t.Errorf("text of %d bytes does not restart", len)
			}
			if v&Answer != 0 {
				answers++
			}
		}
		if answers != want {
			t.Errorf("text of %d bytes: %d answers to 11 in a second, want %d", len, answers, want)
		}
	}
}

// With a window of zero an exact RST counts still (MUST-66).
// Proves MUST-66.
func TestTimeWaitShutWindow(t *testing.T) {
	w := TimeWait{RcvNxt: irs}
	s, reply := from(wire.RST, 0, 0), wire.Segment{}
	s.Seq = irs
	if v := w.Segment(0, RFC9293(), &s, &reply); v != Die {
		t.Errorf("verdict %04b", v)
	}
}

// Where nobody listens a newer SYN is answered as an old one is.
func TestTimeWaitDecline(t *testing.T) {
	w := TimeWait{SndNxt: iss, RcvNxt: irs, RcvWnd: 1000}
	s := from(wire.SYN, 9, 0)
	var reply wire.Segment
	if v := w.Segment(0, Linux(), &s, &reply); v != Reopen {
		t.Errorf("verdict %04b", v)
	}
	if v := w.Decline(0, Linux(), &s, &reply); v != Answer || reply.Flags != wire.ACK || reply.Seq != iss || reply.Ack != irs {
		t.Errorf("verdict %04b, %s", v, reply.Describe(wire.Origin{}))
	}
}

// An ACK in order renews the timestamp that a later SYN must exceed.
func TestTimeWaitTimestamp(t *testing.T) {
	w := TimeWait{RcvNxt: irs, RcvWnd: 1000, TSRecent: 50, Timestamps: true}
	var reply wire.Segment
	s := wire.Segment{Flags: wire.ACK, Seq: irs, Options: wire.HasTimestamps, TSVal: 60}
	w.Segment(0, RFC9293(), &s, &reply)
	s = wire.Segment{Flags: wire.SYN, Seq: irs.Add(9), Options: wire.HasTimestamps, TSVal: 55}
	if v := w.Segment(0, RFC9293(), &s, &reply); v != Answer|Older|Stale {
		t.Errorf("verdict %05b, want an answer to an older one", v)
	}
}

// TIME-WAIT assassination, RFC 1337: an old duplicate is acknowledged, the other
// end knows no connection and resets the record.
func TestAssassination(t *testing.T) {
	for _, protect := range []bool{false, true} {
		profile := plain(RFC9293())
		profile.RFC1337 = protect
		p := connected(t, profile, 50*ms)
		p.server.reader(true)
		p.client.reader(false)
		p.at(1, func() { p.server.write(100) })
		p.at(2, p.client.close)
		p.at(10, func() {
			old := wire.Segment{Flags: wire.ACK, Seq: p.server.o.ISS.Add(1), Len: 100, Ack: p.client.o.ISS.Add(1)}
			p.client.receive(&old)
		})
		p.run(at(1000))
		gone := map[bool]string{false: "10.100", true: "242.100"}[protect]
		if got := p.lines[len(p.lines)-1]; got != gone+" client CLOSED" {
			t.Errorf("RFC 1337 %v: %s, want CLOSED at %s", protect, got, gone)
		}
	}
}

// The record of a connection says what the connection knew.
func TestTimeWaitRecord(t *testing.T) {
	p := connected(t, Linux(), 50*ms)
	p.server.reader(true)
	p.client.reader(false)
	p.at(1, func() { p.client.write(200); p.client.close() })
	p.run(at(2))
	w := p.client.record
	c := &p.client.conn
	if w.SndNxt != p.client.o.ISS.Add(202) || w.RcvNxt != p.server.o.ISS.Add(2) || w.RcvWnd != uint32(c.edge.Sub(c.rcvNxt)) ||
		w.TSRecent != c.tsRecent || !w.Timestamps || w.Incarnation() != p.client.o.Incarnation {
		t.Errorf("%+v", w)
	}
}
