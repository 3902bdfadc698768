package tcp

import (
	"fmt"
	"testing"

	"netsim/wire"
)

// Text and a FIN beside a SYN that opens a connection: the standard queues them for
// ESTABLISHED, the kernels let them come again, and Linux has no SYN,FIN at all
// (RFC 9293 section 3.10.7.2).
func TestBesideSYN(t *testing.T) {
	for _, test := range []struct {
		profile   *Profile
		flags     wire.Flags
		text      int
		then      State  // after the third segment
		delivered uint32 // by then
		ack       int32  // of the last answer
	}{
		{RFC9293(), wire.SYN, 10, Established, 10, 11},
		{RFC9293(), wire.SYN | wire.FIN, 10, CloseWait, 10, 12},
		{RFC9293(), wire.SYN | wire.FIN, 0, CloseWait, 0, 2},
		{RFC9293(), wire.SYN | wire.FIN, cellWindow, Established, cellWindow, cellWindow + 1},
		{RFC9293(), wire.SYN, cellWindow + 5, Established, cellWindow, cellWindow + 1},
		{FreeBSD(), wire.SYN | wire.FIN, 10, Established, 0, 1},
		{Linux(), wire.SYN, 10, Established, 0, 1},
		{Linux(), wire.SYN | wire.FIN, 10, Listen, 0, 0},
	} {
		t.Run(fmt.Sprint(test.profile.Name, " ", test.flags, " ", test.text), func(t *testing.T) {
			p := plain(test.profile)
			p.ReceiveInitial, p.ReceiveWindow = cellWindow, cellWindow
			c := &Conn{profile: p}
			listening(c)
			hears(c, test.flags, 0, 0, test.text)
			if c.Compact() != (test.delivered == 0 && test.then != CloseWait) && c.State() != Listen {
				t.Error("a request can hold what is queued, or cannot hold nothing")
			}
			if c.News() != 0 || c.Unread() != 0 {
				t.Error("the user has something before ESTABLISHED")
			}
			hears(c, test.flags, 0, 0, test.text) // once more is no error
			if test.then != Listen {
				hears(c, wire.ACK, 1, 1, 0)
			}
			var s wire.Segment
			if d := c.Deadline(); c.State() > SynReceived && d <= cellTime.Add(cellPatience) {
				c.Timeout(d)
				c.Emit(d, &s)
			}
			if err := c.Check(); err != nil || c.State() != test.then || c.Unread() != test.delivered {
				t.Errorf("%v with %d bytes, %v", c.State(), c.Unread(), err)
			}
			if got := c.rcvNxt.Sub(irs); test.then != Listen && (got != test.ack || c.lastAckSent != c.rcvNxt) {
				t.Errorf("RCV.NXT %d, want %d; acknowledged %v", got, test.ack, c.lastAckSent)
			}
		})
	}
}

// What is queued for a user who goes away before ESTABLISHED draws a reset then
// (section 3.6.1).
func TestBesideSYNForNobody(t *testing.T) {
	p := plain(RFC9293())
	p.EarlyFIN = FINWaits
	c := &Conn{profile: p}
	calling(c)
	hears(c, wire.SYN, 0, 0, 10)
	c.Close(0)
	s := from(wire.ACK, 1, 1)
	c.Segment(0, &s)
	var reply wire.Segment
	if !c.Emit(0, &reply) || reply.Flags != wire.RST || c.State() != Closed || c.News()&WasReset == 0 {
		t.Errorf("%v, %v", c.State(), reply.Flags)
	}
}

// Text and a FIN beside the SYN,ACK go on at the sixth step (section 3.10.7.3); Linux
// frees the segment, and the peer sends them again.
func TestBesideSYNACK(t *testing.T) {
	for _, test := range []struct {
		profile *Profile
		want    State
		unread  uint32
	}{{RFC9293(), CloseWait, 10}, {FreeBSD(), CloseWait, 10}, {Linux(), Established, 0}} {
		c := &Conn{profile: plain(test.profile)}
		calling(c)
		s := segmentOf(&arriving{wire.SYN | wire.ACK | wire.FIN, 0, 1, 10})
		c.Segment(cellTime, &s)
		if c.State() != test.want || c.Unread() != test.unread || c.News()&Connected == 0 {
			t.Errorf("%s: %v, %d bytes", test.profile.Name, c.State(), c.Unread())
		}
		var reply wire.Segment
		if c.Emit(cellTime, &reply); reply.Flags != wire.ACK || reply.Ack != c.rcvNxt {
			t.Errorf("%s: %s", test.profile.Name, reply.Describe(wire.Origin{}))
		}
	}
}
