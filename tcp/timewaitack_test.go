package tcp

import (
	"testing"

	"netsim/wire"
)

// What has no ACK draws nothing in TIME-WAIT where the profile wants one; a SYN beyond
// the old connection opens a new one all the same.
func TestTimeWaitNeedsACK(t *testing.T) {
	for _, test := range []struct {
		flags      wire.Flags
		seq        int
		free, need Verdict
	}{
		{wire.FIN, -1, Answer | Restart, 0},
		{wire.SYN, -500, Answer, 0},
		{wire.SYN, 1, Reopen, Reopen},
		{wire.FIN | wire.ACK, -1, Answer | Restart, Answer | Restart},
	} {
		for i, want := range []Verdict{test.free, test.need} {
			p := RFC9293()
			p.TimeWaitNeedsACK = i == 1
			w := TimeWait{SndNxt: wire.SeqOf(100), RcvNxt: wire.SeqOf(5000), RcvWnd: 1000}
			s := wire.Segment{Flags: test.flags, Seq: w.RcvNxt.Add(uint32(test.seq)), Ack: w.SndNxt}
			var reply wire.Segment
			if got := w.Segment(0, p, &s, &reply); got != want {
				t.Errorf("%v at %d, an ACK needed %v: %v, want %v", test.flags, test.seq, i == 1, got, want)
			}
		}
	}
}
