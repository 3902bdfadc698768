package tcp

import (
	"fmt"
	"testing"

	"netsim/des"
	"netsim/wire"
)

// receiver is an established connection that permits SACK, and says which numbers
// it has acknowledged; text counts from the given number, as an RFC's example does.
type receiver struct {
	*Conn
	t     *testing.T
	start int
}

func newReceiver(t *testing.T, profile *Profile, start int) *receiver {
	c := inState(Established, profile)
	c.on(useSACK)
	return &receiver{c, t, start}
}

// hears is told of text [left, right) and answers with the given ACK: its number,
// then the edges of its blocks.
func (r *receiver) hears(left, right int, want ...int) {
	r.t.Helper()
	r.Segment(0, &wire.Segment{Flags: wire.ACK, Seq: irs.Add(uint32(1 + left - r.start)), Ack: iss.Add(1), Len: uint32(right - left),
		Offset: uint64(left - r.start), Window: 1000, Incarnation: them})
	var s wire.Segment
	if r.ackAt = des.Never; !r.Emit(0, &s) { // a delayed ACK tells the same
		r.on(ackDue)
		r.Emit(0, &s)
	}
	number := func(n wire.Seq) int { return int(n.Sub(irs)) - 1 + r.start }
	got := []int{number(s.Ack)}
	if s.Options&wire.HasSACK != 0 {
		for _, b := range s.SACK[:s.Blocks] {
			got = append(got, number(b.Left), number(b.Right))
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		r.t.Errorf("%d to %d: acknowledges %v, want %v", left, right, got, want)
	}
	if err := r.Check(); err != nil {
		r.t.Error(err)
	}
}

// The examples of RFC 2018 section 7: the block that grew last comes first.
func TestBlocksOfRFC2018(t *testing.T) {
	r := newReceiver(t, RFC9293(), 5000) // case 2: the first of eight is lost
	for right := 6000; right <= 9000; right += 500 {
		r.hears(right-500, right, 5000, 5500, right)
	}
	r = newReceiver(t, RFC9293(), 5000) // case 3: the 2nd, 4th, 6th and 8th are lost
	r.hears(5000, 5500, 5500)
	r.hears(6000, 6500, 5500, 6000, 6500)
	r.hears(7000, 7500, 5500, 7000, 7500, 6000, 6500)
	r.hears(8000, 8500, 5500, 8000, 8500, 7000, 7500, 6000, 6500)
	r.hears(6500, 7000, 5500, 6000, 7500, 8000, 8500) // the 4th comes late
	r.hears(5500, 6000, 7500, 8000, 8500)             // and the 2nd
}

// Four blocks fit into a header, three with timestamps (RFC 2018 section 3).
func TestBlocksFit(t *testing.T) {
	for _, stamped := range []bool{false, true} {
		profile := RFC9293()
		profile.RequireTimestamps = false // the peer's segments have none
		r := newReceiver(t, profile, 0)
		want := []int{0, 900, 1000, 700, 800, 500, 600, 300, 400}
		if stamped {
			r.on(useTS)
			want = want[:7]
		}
		for left := 100; left <= 700; left += 200 {
			r.Segment(0, &wire.Segment{Flags: wire.ACK, Seq: irs.Add(uint32(1 + left)), Ack: iss.Add(1), Len: 100, Offset: uint64(left), Window: 1000, Incarnation: them})
		}
		r.hears(900, 1000, want...)
	}
}

// As in the examples of RFC 2883 section 4: the first block tells what came twice.
func TestDuplicatesOfRFC2883(t *testing.T) {
	r := newReceiver(t, RFC9293(), 3000) // section 4.1.1: an ACK is lost
	r.hears(3000, 3500, 3500)
	r.hears(3500, 4000, 4000)
	r.hears(3000, 3500, 4000, 3000, 3500)
	r = newReceiver(t, RFC9293(), 3000) // section 4.1.2: and a segment
	r.hears(3000, 4000, 4000)
	r.hears(4500, 5000, 4000, 4500, 5000)
	r.hears(3000, 3500, 4000, 3000, 3500, 4500, 5000)
	r = newReceiver(t, RFC9293(), 3000) // section 4.1.3: what is held comes again
	r.hears(3000, 3500, 3500)
	r.hears(4000, 4500, 3500, 4000, 4500)
	r.hears(4500, 5000, 3500, 4000, 5000)
	r.hears(4000, 4500, 3500, 4000, 4500, 4000, 5000)
	r = newReceiver(t, RFC9293(), 500) // section 4.2: part of a segment
	r.hears(500, 1000, 1000)
	r.hears(1500, 2000, 1000, 1500, 2000)
	r.hears(500, 1500, 2000, 500, 1000)

	profile := RFC9293()
	profile.DSACK = false
	r = newReceiver(t, profile, 3000)
	r.hears(3000, 3500, 3500)
	r.hears(3000, 3500, 3500)
}

// Blocks are sent where both SYNs permit it (RFC 2018 section 2).
func TestSACKPermitted(t *testing.T) {
	for both := range 4 {
		p := newPair(t, RFC9293(), ms)
		p.server.o.Profile = RFC9293()
		p.client.o.Profile.SACKPermitted, p.server.o.Profile.SACKPermitted = both&1 != 0, both&2 != 0
		p.connect()
		if got := p.client.conn.has(useSACK) && p.server.conn.has(useSACK); got != (both == 3) {
			t.Errorf("client %v, server %v: in use %v", both&1 != 0, both&2 != 0, got)
		}
	}
}
