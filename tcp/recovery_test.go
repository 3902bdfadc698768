package tcp

import (
	"slices"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// sender is an established connection without options that has written much,
// whose peer's window is a megabyte and whose segments are the test's to answer.
func sender(t *testing.T, segments int) *Conn {
	p := RFC9293()
	p.SendBuffer = 1 << 24
	c := inState(Established, p)
	c.mss = 1460
	c.wnd, c.maxWnd = 1<<20, 1<<20
	c.cwnd = uint32(segments) * 1460
	c.ssthresh = c.cwnd / 2
	c.Write(0, 1<<20)
	if n := drain(c); n != segments {
		t.Fatalf("%d segments sent, want %d", n, segments)
	}
	return c
}

// ack acknowledges whole segments, and lists what is sent in answer, in
// segments from the start.
func ack(c *Conn, now des.Time, segments int) (sent []int) {
	s := from(wire.ACK, 1, 1+segments*1460)
	s.Window = 65535
	c.wnd = 65535 // as the peer has it from now on: no option to say more
	c.Segment(now, &s)
	return emitted(c, now)
}

func emitted(c *Conn, now des.Time) (sent []int) {
	var s wire.Segment
	for c.Emit(now, &s) {
		sent = append(sent, int(s.Seq.Sub(iss)-1)/1460)
	}
	return sent
}

// Slow start: the window grows by a segment with every acknowledgment (RFC 5681
// section 3.1), by half in a round trip when every second segment has one;
// congestion avoidance: by a segment in a round trip.
// Proves MUST-19.
func TestWindowGrowth(t *testing.T) {
	for _, test := range []struct {
		ssthresh uint32
		want     []uint32
	}{
		{1 << 30, []uint32{10, 15, 23, 35, 53}},
		{10, []uint32{10, 11, 12, 13, 14}},
		{23, []uint32{10, 15, 23, 24, 25}},
	} {
		profile := delayless()
		profile.ReceiveInitial, profile.ReceiveWindow, profile.WindowScale = 65535, 1<<20, 7
		p := connected(t, profile, 50*ms)
		p.server.reader(false)
		c := &p.client.conn
		if test.ssthresh < 1<<20 {
			c.ssthresh = test.ssthresh * 1460
		}
		var got []uint32
		p.client.write(1 << 22)
		for range 5 {
			got = append(got, c.flight()/1460)
			p.run(p.now.Add(100 * ms))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("segments in flight by round trips %v, want %v", got, test.want)
		}
	}
}

// Congestion avoidance counts bytes (RFC 3465), and carries what is over.
func TestCongestionAvoidanceByBytes(t *testing.T) {
	c := sender(t, 10)
	c.ssthresh = 1460
	for i, ack := range []struct{ bytes, cwnd uint32 }{{10000, 14600}, {4599, 14600}, {1, 16060}, {20000, 17520}, {13579, 17520}, {1, 18980}} {
		if c.newACK(0, ack.bytes); c.cwnd != ack.cwnd {
			t.Errorf("%d: window %d after %d bytes more, want %d", i, c.cwnd, ack.bytes, ack.cwnd)
		}
	}
	c.newACK(0, 5000)
	c.Timeout(c.Deadline())
	if n := c.rec.congestion.(*reno).acked; n != 0 {
		t.Errorf("%d bytes counted after a timeout", n)
	}
}

// One segment in a round trip is timed; the others' acknowledgments tell nothing.
func TestOneSampleInFlight(t *testing.T) {
	p := connected(t, RFC9293(), 50*ms)
	c := &p.client.conn
	p.server.delays(isACK, 2, 300*ms)
	p.client.write(4 * 1448)
	before := c.SRTT()
	p.runFor(.11)
	first := c.SRTT()
	if p.runFor(1); first != before || c.SRTT() != first || c.unsettled() != 0 {
		t.Errorf("SRTT %v, %v, %v with %d bytes unsettled", before, first, c.SRTT(), c.unsettled())
	}
}

// What is not used does not grow: the user writes one segment in a round trip.
func TestWindowUnused(t *testing.T) {
	p := connected(t, delayless(), 50*ms)
	p.server.reader(false)
	for range 100 {
		p.client.write(1460)
		p.runFor(.2)
	}
	if got := p.client.conn.cwnd / 1460; got != 10 {
		t.Errorf("%d segments, want 10", got)
	}
	// And after an idle time no more than the initial window is left (RFC 5681
	// section 4.1).
	p.client.conn.cwnd = 100 * 1460
	p.runFor(60)
	p.client.write(100 * 1460)
	if got := p.client.conn.flight() / 1460; got != 10 {
		t.Errorf("%d segments after an idle minute, want 10", got)
	}
}

// Fast retransmit at the third duplicate, and NewReno's partial acknowledgments
// (RFC 6582): of twenty segments 0, 3 and 7 are lost. Each partial ACK sends the
// next hole again, one a round trip, and the window comes down to half.
func TestNewReno(t *testing.T) {
	c := sender(t, 20)
	c.profile.LimitedTransmit = false
	now := at(.1)
	want := func(what string, got []int, segments ...int) {
		t.Helper()
		if !slices.Equal(got, segments) {
			t.Errorf("%s: sent %v, want %v", what, got, segments)
		}
	}
	want("first duplicate", ack(c, now, 0))
	want("second", ack(c, now, 0))
	want("third", ack(c, now, 0), 0) // fast retransmit
	if c.ssthresh != 10*1460 || c.cwnd != 13*1460 || !c.recovering() || c.Deadline() != now.Add(c.RTO()) {
		t.Errorf("ssthresh %d, cwnd %d segments, deadline %v", c.ssthresh/1460, c.cwnd/1460, c.Deadline())
	}
	for i := range 7 {
		want("inflation to the flight", ack(c, now, 0))
		if int(c.cwnd/1460) != 14+i {
			t.Errorf("cwnd %d", c.cwnd/1460)
		}
	}
	want("one more", ack(c, now, 0), 20)
	want("one more", ack(c, now, 0), 21)
	want("partial", ack(c, now, 3), 3, 22) // cwnd 22-3+1 = 20 from 3
	want("partial", ack(c, now, 7), 7, 23)
	want("full", ack(c, now, 20), 24)
	if c.recovering() || c.cwnd != 5*1460 { // min(ssthresh, flight + 1)
		t.Errorf("recovering %v, cwnd %d segments, flight %d", c.recovering(), c.cwnd/1460, c.flight()/1460)
	}
	want("slow start", ack(c, now, 22), 25, 26, 27)
	if c.Stats().Resent != 3 {
		t.Errorf("%d sent again, want 3", c.Stats().Resent)
	}
}

// Duplicates of what a timeout sent again do not start fast recovery (RFC 6582
// section 4.1).
func TestNoFastRetransmitAfterTimeout(t *testing.T) {
	c := sender(t, 8)
	now := c.Deadline()
	c.Timeout(now)
	if got := emitted(c, now); !slices.Equal(got, []int{0}) || c.cwnd != 1460 || c.ssthresh != 4*1460 {
		t.Errorf("sent %v, cwnd %d, ssthresh %d", got, c.cwnd/1460, c.ssthresh/1460)
	}
	for range 5 {
		if got := ack(c, now, 0); len(got) > 0 {
			t.Errorf("a duplicate sent %v", got)
		}
	}
	c.Timeout(c.Deadline()) // a second time: ssthresh stays (RFC 5681 equation 4)
	emitted(c, now)
	if c.ssthresh != 4*1460 {
		t.Errorf("ssthresh %d", c.ssthresh/1460)
	}
	// Go-back: slow start from what is acknowledged.
	if got := ack(c, now, 1); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("sent %v", got)
	}
	if got := ack(c, now, 8); !slices.Equal(got, []int{8, 9, 10}) { // beyond what was sent again
		t.Errorf("sent %v", got)
	}
}

// Duplicates are those of RFC 5681 section 2: with nothing outstanding, with
// text, or with another window they are none.
func TestDuplicateACKs(t *testing.T) {
	c := sender(t, 8)
	now := at(.1)
	same := from(wire.ACK, 1, 1)
	same.Window = 65535
	c.Segment(now, &same) // the window changes
	for range 5 {
		text := same
		text.Len = 1
		c.Segment(now, &text)
		other := same
		other.Window--
		same.Window--
		c.Segment(now, &other)
	}
	if got := emitted(c, now); c.recovering() || c.recovery().dupAcks != 0 {
		t.Errorf("%d duplicates, sent %v", c.recovery().dupAcks, got)
	}
}

// What is sent again does not reach beyond what was sent, and nothing is sent
// twice for it.
func TestFastRetransmitIsOldData(t *testing.T) {
	profile := delayless()
	profile.Nagle = false
	p := connected(t, profile, 50*ms)
	p.server.reader(false)
	p.client.loses(isText, 1)
	for i := range 5 {
		p.at(1+float64(i)/100, func() { p.client.write(100) })
	}
	p.at(1.125, func() { p.client.conn.Write(p.now, 5000) })
	p.run(at(1.3))
	p.exchange(`
		1.000 client > PSH,ACK 1:101 ack 1 lost
		1.010 client > PSH,ACK 101:201 ack 1
		1.020 client > PSH,ACK 201:301 ack 1
		1.030 client > PSH,ACK 301:401 ack 1
		1.040 client > PSH,ACK 401:501 ack 1
		1.060 server > ACK 1 ack 1
		1.070 server > ACK 1 ack 1
		1.080 server > ACK 1 ack 1
		1.090 server > ACK 1 ack 1
		1.130 client > ACK 1:501 ack 1 again
		1.130 client > ACK 501:1961 ack 1
		1.130 client > ACK 1961:3421 ack 1
		1.130 client > ACK 3421:4881 ack 1
		1.130 client > PSH,ACK 4881:5501 ack 1
		1.180 server > ACK 1 ack 501
		1.180 server > ACK 1 ack 3421
		1.180 server > ACK 1 ack 5501`)
}

// A FIN that the window has kept back is not part of what is sent again, and goes
// once when the window opens amid the recovery.
func TestFINAfterRecovery(t *testing.T) {
	c := sender(t, 4)
	c.end = c.nxt // nothing else to send
	c.Shutdown(0)
	c.wnd = 4 * 1460
	for range 3 {
		s := from(wire.ACK, 1, 1)
		s.Window = 4 * 1460
		c.Segment(at(.1), &s)
	}
	if got := emitted(c, at(.1)); !slices.Equal(got, []int{0}) {
		t.Errorf("sent %v", got)
	}
	partial := from(wire.ACK, 1, 1+3*1460)
	partial.Window = 65535
	c.Segment(at(.2), &partial)
	var s wire.Segment
	fins := ""
	for c.Emit(at(.2), &s) {
		fins += s.Flags.String() + " "
	}
	if fins != "PSH,ACK FIN,ACK " {
		t.Errorf("sent %s", fins)
	}
}

// A megabyte through 1 % loss both ways, on several wires: every byte arrives,
// at its place, with no more retransmissions than losses and timeouts explain.
func TestBulkThroughLoss(t *testing.T) {
	for _, profile := range []*Profile{Linux(), RFC9293(), plain(RFC9293())} {
		for seed := range uint64(10) {
			rng := des.Stream(seed, 0, "bulk")
			p := newPair(t, profile, 20*ms)
			p.quiet = true
			p.connect()
			p.server.reader(true)
			lost := 0
			for _, e := range []*end{p.client, p.server} {
				e.rules = append(e.rules, &rule{from: e, match: isAny, lot: func() fate {
					f := fate{drop: rng.IntN(100) == 0}
					if f.drop {
						lost++
					}
					return f
				}})
			}
			const total = 1 << 20
			p.client.write(total)
			p.client.close()
			for p.step(at(10000)) && p.server.conn.State() != Closed {
			}
			s, c := p.server.conn.Stats(), p.client.conn.Stats()
			if s.Delivered != total || s.Misplaced != 0 || p.server.conn.State() != Closed {
				t.Errorf("%s, seed %d: %d bytes, %v", profile.Name, seed, s.Delivered, p.server.conn.State())
			}
			if c.Resent == 0 || c.Resent > 200 || p.now > at(60) {
				t.Errorf("%s, seed %d: %d of %d sent again, %d lost, %v", profile.Name, seed, c.Resent, c.Sent, lost, p.now)
			}
		}
	}
}

// Reassembly against a bitmap.
// Proves SHLD-31.
func TestReassembly(t *testing.T) {
	for seed := range uint64(200) {
		rng := des.Stream(seed, 0, "reassembly")
		base := wire.SeqOf(-uint32(rng.IntN(200)))
		var r reassembly
		var have [200]bool
		next := 0
		for range 60 {
			left := next + 1 + rng.IntN(190-min(next, 189))
			right := min(left+1+rng.IntN(20), 200)
			if left >= right {
				continue
			}
			r.add(base.Add(uint32(left)), base.Add(uint32(right)))
			for i := left; i < right; i++ {
				have[i] = true
			}
			if rng.IntN(6) == 0 && next < 190 {
				upTo := next + 1 + rng.IntN(9)
				for i := next; i < upTo; i++ {
					have[i] = true
				}
				for next < 200 && have[next] {
					next++
				}
				if got := int(r.take(base.Add(uint32(upTo))).Sub(base)); got != next {
					t.Fatalf("seed %d: complete up to %d, want %d", seed, got, next)
				}
			}
			covered := [200]bool{}
			for i, g := range r.ranges {
				if i > 0 && !g.Left.After(r.ranges[i-1].Right) {
					t.Fatalf("seed %d: %v", seed, r.ranges)
				}
				for at := g.Left; at != g.Right; at = at.Add(1) {
					covered[at.Sub(base)] = true
				}
			}
			for i := next; i < 200; i++ {
				if covered[i] != have[i] {
					t.Fatalf("seed %d: byte %d: %v, want %v", seed, i, covered[i], have[i])
				}
			}
		}
	}
}

// A profile can be had by its name, each time as a new copy.
func TestProfiles(t *testing.T) {
	for _, name := range ProfileNames() {
		p := ProfileByName(name)
		if p == nil || p.Name != name || p == ProfileByName(name) {
			t.Errorf("%s: %v", name, p)
		}
		var syn time.Duration
		for _, wait := range p.SYNSchedule {
			syn += wait
		}
		if syn < 31*time.Second || p.Retries > 254 || p.OrphanRetries > 254 || p.RTOMin > p.RTOMax {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if ProfileByName("os/2") != nil {
		t.Error("a profile that is not there")
	}
}

// The ACK of 100 bytes is lost. Linux echoes the timestamp of the segment that
// came again, so that the round trip is measured anew; to RFC 7323 that segment
// is outside the window, and the first copy's timestamp says a second more.
func TestEchoOfWhatComesAgain(t *testing.T) {
	for _, test := range []struct {
		profile *Profile
		want    time.Duration // the sample
	}{{Linux(), 100 * ms}, {RFC9293(), 1100 * ms}} {
		p := connected(t, test.profile, 50*ms)
		p.server.reader(false)
		p.server.loses(isACK, 1)
		srtt := p.client.conn.SRTT()
		p.client.write(100)
		p.runFor(3)
		if got, want := p.client.conn.SRTT(), srtt+(test.want-srtt)/8; got != want {
			t.Errorf("%s: SRTT %v, want %v after a sample of %v", test.profile.Name, got, want, test.want)
		}
	}
}
