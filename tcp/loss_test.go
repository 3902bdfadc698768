package tcp

import (
	"slices"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// bottleneck makes the end's wire one of a queue of so many segments that drops
// what does not fit, and returns how many it has dropped.
func (e *end) bottleneck(each time.Duration, queue int) *int {
	var free des.Time
	drops := new(int)
	e.rules = append(e.rules, &rule{from: e, match: isText, lot: func() fate {
		free = max(free, e.now)
		if free.Sub(e.now) > time.Duration(queue)*each {
			*drops++
			return fate{drop: true}
		}
		free = free.Add(each)
		return fate{delay: free.Sub(e.now)}
	}})
	return drops
}

// with is a profile of the kind with some values changed.
func with(kind func() *Profile, change func(*Profile)) *Profile {
	p := kind()
	change(p)
	return p
}

// senders are profiles that find and repair loss in different ways.
var senders = []struct {
	name    string
	profile func() *Profile
}{
	{"RACK, PRR, CUBIC", Linux},
	{"RACK, PRR, Reno", func() *Profile { return with(Linux, func(p *Profile) { p.Congestion = Reno }) }},
	{"RACK alone", func() *Profile { return with(Linux, func(p *Profile) { p.PRR, p.TLP = false, false }) }},
	{"RFC 6675, PRR", func() *Profile { return with(RFC9293, func(p *Profile) { p.PRR = true }) }},
	{"RFC 6675", RFC9293},
	{"RFC 6675, F-RTO", func() *Profile { return with(RFC9293, func(p *Profile) { p.FRTO = true }) }},
	{"NewReno", func() *Profile { return plain(RFC9293()) }},
	{"NewReno, F-RTO", func() *Profile { return plain(with(RFC9293, func(p *Profile) { p.FRTO = true })) }},
}

// Through a queue that overflows again and again, with SACK just what was dropped
// is sent again, and the wire is kept busy.
func TestSentAgainIsWhatWasLost(t *testing.T) {
	for _, s := range senders[:6] {
		profile := s.profile()
		profile.SendBuffer, profile.ReceiveWindow = 16<<20, 16<<20
		p := connected(t, profile, 5*ms)
		p.quiet = true
		p.server.reader(false)
		p.client.app = func(News) { p.client.conn.Write(p.now, 16<<20) }
		drops := p.client.bottleneck(120*time.Microsecond, 100)
		p.client.write(16 << 20)
		p.runFor(3)
		c := &p.client.conn
		if due := *drops - int(c.counts.Resent); due < 0 || due > 150 || *drops < 90 {
			t.Errorf("%s: %d dropped, %d sent again", s.name, *drops, c.counts.Resent)
		}
		if rate := float64(p.server.conn.Stats().Delivered) / 1448 * .00012 / 3; rate < .9 {
			t.Errorf("%s: the wire was busy for %.3f of the time", s.name, rate)
		}
	}
}

// told is an acknowledgment in segments from the start: of what is below ack, with
// blocks [left, right) as pairs. It lists what is sent in answer.
func told(c *Conn, now des.Time, ack int, blocks ...int) []int {
	s := from(wire.ACK, 1, 1+ack*1460)
	s.Window = 65535
	c.wnd = 65535
	for i := 0; i < len(blocks); i += 2 {
		s.SACK[i/2] = wire.Block{Left: iss.Add(uint32(1 + blocks[i]*1460)), Right: iss.Add(uint32(1 + blocks[i+1]*1460))}
		s.Options |= wire.HasSACK
		s.Blocks++
	}
	c.Segment(now, &s)
	return emitted(c, now)
}

// selectiveSender is [sender] with SACK, and what is to be changed of RFC 9293.
func selectiveSender(t *testing.T, segments int, change func(*Profile)) *Conn {
	p := with(RFC9293, change)
	p.SendBuffer = 1 << 24
	c := inState(Established, p)
	c.on(useSACK)
	c.mss = 1460
	c.wnd, c.maxWnd = 1<<20, 1<<20
	c.srtt, c.rttvar, c.rto = 100*ms, 10*ms, time.Second
	c.cwnd = uint32(segments) * 1460
	c.ssthresh = c.cwnd / 2
	c.Write(0, 1<<20)
	if n := drain(c); n != segments {
		t.Fatalf("%d segments sent, want %d", n, segments)
	}
	return c
}

// expect compares what was sent, and the invariants.
func expect(t *testing.T, c *Conn, what string, got []int, want ...int) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: sent %v, want %v (window %d, pipe %d bytes)", what, got, want, c.cwnd, c.pipe())
	}
	if err := c.Check(); err != nil {
		t.Error(what, err)
	}
}

// RFC 6675 section 5, of twenty segments with 0, 3 and 7 lost: two duplicates let
// new text go (step 3), the third begins recovery (step 4), and what IsLost says is
// sent again as the pipe empties to half.
func TestRecoveryOfRFC6675(t *testing.T) {
	c := selectiveSender(t, 20, func(*Profile) {})
	now := at(.1)
	expect(t, c, "1", told(c, now, 0, 1, 2), 20)
	expect(t, c, "2", told(c, now, 0, 1, 3), 21)
	if c.recovering() {
		t.Error("in recovery after two")
	}
	// Of 22 in flight three have arrived and one is lost: a pipe of 19 with the one
	// that is sent again, and a window of 10.
	expect(t, c, "4", told(c, now, 0, 4, 5, 1, 3), 0)
	if r := c.rec; c.ssthresh != 10*1460 || c.cwnd != 10*1460 || c.pipe() != 19*1460 || r.recover != c.nxt {
		t.Errorf("threshold %d, window %d, pipe %d segments", c.ssthresh/1460, c.cwnd/1460, c.pipe()/1460)
	}
	expect(t, c, "5", told(c, now, 0, 4, 6, 1, 3))
	// Three have arrived beyond 3: it is lost, and not in the pipe.
	expect(t, c, "6", told(c, now, 0, 4, 7, 1, 3))
	if c.pipe() != 16*1460 {
		t.Errorf("pipe %d segments, want 22 - 5 arrived - 2 lost + 1 again", c.pipe()/1460)
	}
	for right := 9; right <= 13; right++ { // 7 is lost at 11
		expect(t, c, "7 is missing", told(c, now, 0, 8, right, 4, 7, 1, 3))
	}
	expect(t, c, "a pipe of 9", told(c, now, 0, 8, 14, 4, 7, 1, 3), 3)
	expect(t, c, "and again", told(c, now, 0, 8, 15, 4, 7, 1, 3), 7)
	expect(t, c, "and new text", told(c, now, 0, 8, 16, 4, 7, 1, 3), 22)
	now = at(.2)
	expect(t, c, "partial", told(c, now, 3, 8, 16, 4, 7), 23)
	if c.Deadline() != now.Add(c.RTO()) {
		t.Errorf("deadline %v", c.Deadline())
	}
	expect(t, c, "another", told(c, now, 7, 8, 16), 24)
	expect(t, c, "all that arrived", told(c, now, 16), 25)
	if !c.recovering() {
		t.Error("over before the recovery point")
	}
	expect(t, c, "over", told(c, now, 22), 26, 27, 28, 29, 30, 31)
	if c.recovering() || c.cwnd != 10*1460 || c.Stats().Resent != 3 {
		t.Errorf("window %d segments, %d sent again", c.cwnd/1460, c.Stats().Resent)
	}
}

// NextSeg's last rules (RFC 6675 section 4): with nothing new to send, what may be
// lost is sent again, and once the last segment of all.
func TestRescue(t *testing.T) {
	c := selectiveSender(t, 12, func(*Profile) {})
	c.end = c.nxt // nothing else to send
	now := at(.1)
	told(c, now, 0, 2, 3)
	told(c, now, 0, 2, 4)
	expect(t, c, "three", told(c, now, 0, 2, 5), 0)
	expect(t, c, "window of 6", told(c, now, 0, 6, 9, 2, 5), 1, 5)
	expect(t, c, "rule 4", told(c, now, 0, 6, 10, 2, 5), 11)
	expect(t, c, "once", told(c, now, 1, 6, 10, 2, 5))
}

// After a timeout all that is not known to have arrived is sent again in slow start,
// and nothing else (RFC 6675 section 5.1).
func TestTimeoutKeepsScoreboard(t *testing.T) {
	c := selectiveSender(t, 8, func(*Profile) {})
	told(c, at(.1), 0, 5, 7)
	now := c.Deadline()
	c.Timeout(now)
	expect(t, c, "timeout", emitted(c, now), 0)
	expect(t, c, "slow start", told(c, now, 1, 5, 7), 1, 2)
	expect(t, c, "slow start", told(c, now, 3, 5, 7), 3, 4, 7) // a window of 4 less one that is new
	if c.ssthresh != 5*1460 {                                  // half of 8 and of the two that the blocks let go
		t.Errorf("threshold %d", c.ssthresh)
	}
}

// A peer that has told of text and then lets the first of it time out has dropped
// it (RFC 2018 section 8).
func TestReneging(t *testing.T) {
	c := selectiveSender(t, 8, func(*Profile) {})
	told(c, at(.1), 0, 1, 7)
	told(c, at(.1), 1) // 1 to 7 were dropped
	now := c.Deadline()
	c.Timeout(now)
	expect(t, c, "timeout", emitted(c, now), 1)
	var all []int
	for ack := 2; ack <= 10; ack++ {
		all = append(all, told(c, now, ack)...)
	}
	if !slices.Equal(all[:7], []int{2, 3, 4, 5, 6, 7, 8}) {
		t.Errorf("sent %v", all)
	}
}

// Limited Transmit without SACK (RFC 3042): a new segment for each of the first
// two duplicates; they do not count for the threshold (RFC 5681 section 3.2).
func TestLimitedTransmit(t *testing.T) {
	c := sender(t, 10)
	now := at(.1)
	expect(t, c, "first", ack(c, now, 0), 10)
	expect(t, c, "second", ack(c, now, 0), 11)
	expect(t, c, "third", ack(c, now, 0), 0)
	if c.ssthresh != 5*1460 {
		t.Errorf("threshold %d segments", c.ssthresh/1460)
	}
}

// Segments overtake each other by less than a quarter of the round trip. RACK learns
// it when that first happens, and sends none again after that (RFC 8985 section 6.2); to
// RFC 6675 they are lost in every flight.
func TestReorderingIsNoLoss(t *testing.T) {
	for _, test := range []struct {
		name        string
		rack        bool
		paws        PAWS // Linux tells of text with an old timestamp by DSACK: its window comes back, and is sent again more often
		least, most int  // after the first two flights
	}{{"RACK", true, LenientPAWS, 0, 0}, {"RFC 6675", false, StrictPAWS, 60, 200}} {
		profile := with(Linux, func(p *Profile) { p.RACK, p.PAWS = test.rack, test.paws })
		p := connected(t, profile, 50*ms)
		p.quiet = true
		p.server.reader(false)
		n := 0
		p.client.rules = append(p.client.rules, &rule{from: p.client, match: isText, lot: func() fate {
			if n++; n%20 == 0 {
				return fate{delay: 20 * ms} // overtaken by those of the same flight
			}
			return fate{delay: time.Duration(n%20) * ms}
		}})
		p.client.conn.cwnd = 40 * 1448
		p.client.conn.ssthresh = 40 * 1448
		for i := range 60 {
			p.at(1+.2*float64(i), func() { p.client.write(40 * 1448) })
		}
		c := &p.client.conn
		p.run(at(1.399))
		first := c.counts.Resent
		p.run(at(20))
		if got := int(c.counts.Resent - first); got < test.least || got > test.most || p.server.conn.Stats().Delivered != 60*40*1448 {
			t.Errorf("%s: %d sent again, want %d to %d", test.name, got, test.least, test.most)
		}
		if test.rack && !c.rec.rack.reordered {
			t.Error("reordering was not seen")
		}
	}
}

// A segment that is lost twice is found by time alone (RFC 8985 section 3.2), where
// RFC 6675 waits for a timeout.
func TestLostRetransmission(t *testing.T) {
	for _, rack := range []bool{true, false} {
		profile := with(Linux, func(p *Profile) { p.RACK = rack })
		p := connected(t, profile, 50*ms)
		p.quiet = true
		p.server.reader(false)
		again := func(s *wire.Segment) bool { return s.Marks&wire.Again != 0 }
		p.client.loses(isText, 3)
		p.client.loses(again, 1)
		times := p.client.times(func(s *wire.Segment) bool { return again(s) && s.Seq == p.client.o.ISS.Add(1+2*1448) })
		p.at(1, func() { p.client.write(30 * 1448) })
		p.run(at(5))
		want := []float64{1.1, 1.2}
		if !rack {
			want = []float64{1.1, 1.4} // an RTO after it
		}
		if len(*times) != 2 || (*times)[0] != want[0] || (*times)[1] < want[1] || (*times)[1] > want[1]+.1 {
			t.Errorf("RACK %v: sent again at %v, want %v", rack, *times, want)
		}
	}
}

// The last segments of a flight are lost. A probe goes out two round trips after
// the last was sent, and 8 ms in Linux: what it tells repairs the rest at once (RFC
// 8985 section 7.2). A single segment is probed later, since its ACK may be
// delayed; without probes, the timeout repairs.
func TestTailLossProbe(t *testing.T) {
	for _, test := range []struct {
		segments, lost int // the last ones
		probes         bool
		want           []float64 // when segments are sent again
	}{
		{10, 1, true, []float64{1.4}},          // one segment is left
		{10, 2, true, []float64{1.308, 1.408}}, // the last ACK came at 1.1
		{1, 1, true, []float64{1.3}},           // an RTO is earlier than two round trips and 200 ms
		{10, 1, false, []float64{1.4}},
	} {
		profile := with(Linux, func(p *Profile) { p.TLP = test.probes })
		p := connected(t, profile, 50*ms)
		p.server.reader(false)
		p.client.conn.rttvar = 0 // a path without variance
		p.client.conn.rto = p.client.conn.srtt + 200*ms
		for i := range test.lost {
			p.client.loses(isText, test.segments-i)
		}
		times := p.client.times(func(s *wire.Segment) bool { return s.Marks&wire.Again != 0 })
		p.at(1, func() { p.client.write(uint64(test.segments) * 1448) })
		p.run(at(5))
		if !slices.Equal(*times, test.want) {
			t.Errorf("%d of %d lost, probes %v: sent again at %v, want %v\n%s", test.lost, test.segments, test.probes, *times, test.want, p.lines)
		}
	}
}

// A probe that repaired a loss is a sign of congestion; one of which both copies
// arrived is none (RFC 8985 section 7.4).
func TestProbeTellsOfCongestion(t *testing.T) {
	for _, lost := range []bool{true, false} {
		p := connected(t, Linux(), 50*ms)
		p.server.reader(false)
		if lost {
			p.client.loses(isText, 10)
		} else {
			p.server.rules = append(p.server.rules, &rule{from: p.server, match: isACK, lot: func() fate {
				if p.now > at(2) {
					return fate{}
				}
				return fate{delay: 250 * ms}
			}})
		}
		p.at(1, func() { p.client.write(10 * 1448) })
		p.at(3, func() { p.client.write(10 * 1448) })
		p.run(at(5))
		c := &p.client.conn
		if reduced := c.ssthresh < 1<<20; reduced != lost || c.rec.tail.waiting || c.counts.Resent != 1 {
			t.Errorf("lost %v: threshold %d, %d sent again, waiting %v", lost, c.ssthresh, c.counts.Resent, c.rec.tail.waiting)
		}
	}
}

// With new text and room at the peer, a probe is that (RFC 8985 section 7.3).
func TestProbeOfNewText(t *testing.T) {
	p := connected(t, Linux(), 50*ms)
	p.server.reader(false)
	p.client.loses(isText, 1)
	p.client.loses(isText, 2)
	p.at(1, func() {
		p.client.conn.cwnd = 2 * 1448
		p.client.write(3 * 1448)
	})
	p.run(at(1.45))
	p.exchange(`
		1.000 client > ACK 1:1449 ack 1 lost
		1.000 client > ACK 1449:2897 ack 1 lost
		1.208 client > PSH,ACK 2897:4345 ack 1
		1.258 server > ACK 1 ack 1
		1.308 client > ACK 1:1449 ack 1 again
		1.358 server > ACK 1 ack 1449
		1.408 client > ACK 1449:2897 ack 1 again`)
}

// Proportional Rate Reduction (RFC 6937): of a flight of 20 the first is lost. As
// the other 19 arrive the window comes down to CUBIC's 14 of 20 evenly, where RFC
// 6675 sends nothing until the pipe is that small.
func TestProportionalRateReduction(t *testing.T) {
	for _, prr := range []bool{true, false} {
		c := selectiveSender(t, 20, func(p *Profile) { p.PRR, p.Congestion = prr, Cubic })
		now := at(.1)
		var sent []int // segments sent, from the third ACK on
		for right := 2; right <= 20; right++ {
			sent = append(sent, len(told(c, now, 0, 1, right)))
			if err := c.Check(); err != nil {
				t.Fatal(err)
			}
		}
		// Of 22 in flight: as many whole segments as fit into 14/22 of those that have
		// arrived, until with the tenth 14 are in the pipe; then one for one.
		want := []int{1, 1, 1, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1}
		if !prr {
			want = []int{1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}
		}
		if !slices.Equal(sent, want) {
			t.Errorf("PRR %v: sent %v, want %v", prr, sent, want)
		}
		if told(c, now, 22); c.cwnd != c.ssthresh {
			t.Errorf("window %d after recovery, threshold %d", c.cwnd, c.ssthresh)
		}
	}
}

// The path is slow for a moment, and a timeout finds nothing lost: F-RTO sees it by
// the second ACK, takes back the window and sends nothing else again (RFC 5682,
// with SACK section 3, without section 2). Without it the flight is sent again.
func TestSpuriousTimeout(t *testing.T) {
	for _, s := range []struct {
		name    string
		profile *Profile
		again   uint32
	}{
		{"SACK", with(RFC9293, func(p *Profile) { p.FRTO = true }), 1},
		{"no SACK", plain(with(RFC9293, func(p *Profile) { p.FRTO = true })), 1},
		{"RACK", Linux(), 1},
		{"none", plain(RFC9293()), 8},
	} {
		s.profile.TLP = false
		p := connected(t, s.profile, 50*ms)
		p.quiet = true
		p.server.reader(false)
		late := at(1).Add(p.client.conn.rto + 200*ms)
		p.client.rules = append(p.client.rules, &rule{from: p.client, match: isText, lot: func() fate {
			if p.now < late {
				return fate{delay: late.Sub(p.now)} // all at once, in order
			}
			return fate{}
		}})
		p.at(1, func() { p.client.write(100 * 1448) })
		window := p.client.conn.cwnd
		p.run(at(6))
		c := &p.client.conn
		if c.counts.Resent < s.again || c.counts.Resent > s.again+4*(s.again-1) || p.server.conn.Stats().Delivered != 100*1448 {
			t.Errorf("%s: %d sent again, want %d; %d bytes", s.name, c.counts.Resent, s.again, p.server.conn.Stats().Delivered)
		}
		if undone := c.ssthresh > 1<<20; undone != (s.again == 1) || c.cwnd < window && undone {
			t.Errorf("%s: threshold %d, window %d", s.name, c.ssthresh, c.cwnd)
		}
	}
}

// Where a timeout is right F-RTO finds so, too: a second loss leaves a duplicate.
func TestTimeoutIsNotSpurious(t *testing.T) {
	for _, profile := range []*Profile{with(RFC9293, func(p *Profile) { p.FRTO = true }), plain(with(RFC9293, func(p *Profile) { p.FRTO = true })), Linux()} {
		profile.TLP = false
		p := connected(t, profile, 50*ms)
		p.quiet = true
		p.server.reader(false)
		for i := range 9 { // all but one of the first flight
			p.client.loses(isText, 1+i)
		}
		p.at(1, func() { p.client.write(60 * 1448) })
		p.run(at(10))
		c := &p.client.conn
		if c.ssthresh > 1<<20 || c.counts.Resent < 9 || p.server.conn.Stats().Delivered != 60*1448 {
			t.Errorf("%s: threshold %d, %d sent again, %d bytes", profile.Name, c.ssthresh, c.counts.Resent, p.server.conn.Stats().Delivered)
		}
	}
}

// When all that a recovery sent again is told to have come twice, there was no loss
// and the window is as before (RFC 3708).
func TestUndoneByDuplicates(t *testing.T) {
	c := selectiveSender(t, 10, func(*Profile) {})
	now := at(.1)
	told(c, now, 0, 1, 2)
	told(c, now, 0, 1, 3)
	expect(t, c, "third", told(c, now, 0, 1, 4), 0)
	if c.cwnd != 5*1460 {
		t.Errorf("window %d", c.cwnd)
	}
	told(c, now, 4) // the first was only late
	told(c, now, 5, 0, 1)
	if c.recovering() || c.cwnd < 10*1460 || c.ssthresh != 5*1460 {
		t.Errorf("recovering %v, window %d segments, threshold %d", c.recovering(), c.cwnd/1460, c.ssthresh/1460)
	}
}

// A record longer than segments may be by now is sent again in parts.
func TestSentAgainInParts(t *testing.T) {
	c := selectiveSender(t, 8, func(*Profile) {})
	now := at(.1)
	c.mss = 500
	told(c, now, 0, 1, 2)
	told(c, now, 0, 1, 3)
	told(c, now, 0, 1, 4)
	var s wire.Segment
	var lens []uint32
	for range 10 {
		told := from(wire.ACK, 1, 1)
		told.Window, told.Options, told.Blocks = 65535, wire.HasSACK, 1
		told.SACK[0] = wire.Block{Left: iss.Add(1 + 1460), Right: iss.Add(1 + 8*1460)}
		c.Segment(now, &told)
		for c.Emit(now, &s) {
			if s.Marks&wire.Again != 0 {
				lens = append(lens, s.Len)
			}
		}
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
	}
	if c.rec.board.left(0) != c.una || !slices.Equal(lens, []uint32{500, 460}) { // the first 500 went with the third
		t.Errorf("parts of %v bytes", lens)
	}
}

// A path that narrows amid a flight has all of it sent again, as small as it must be,
// and is no congestion (RFC 1191 section 6.4).
func TestPathNarrowsAmidFlight(t *testing.T) {
	p := connected(t, with(Linux, func(p *Profile) { p.RFC5927 = false }), 50*ms)
	p.quiet = true
	p.server.reader(false)
	c := &p.client.conn
	p.client.rules = append(p.client.rules, &rule{from: p.client, match: func(s *wire.Segment) bool { return s.Len > 1000 }, lot: func() fate { return fate{drop: true} }})
	p.client.write(20 * 1448)
	p.at(.2, func() {
		quoted := wire.Segment{Seq: c.una, Flags: wire.ACK}
		c.Reported(p.now, wire.TooBig, &quoted, 1000)
		p.client.pump()
	})
	p.run(at(.9))
	if p.server.conn.Stats().Delivered != 20*1448 || c.ssthresh < 1<<20 {
		t.Errorf("%d bytes, threshold %d", p.server.conn.Stats().Delivered, c.ssthresh)
	}
}

// Check finds a scoreboard whose sums, marks or ends are wrong.
func TestCheckFindsScoreboard(t *testing.T) {
	for what, breaks := range map[string]func(*scoreboard){
		"start":   func(b *scoreboard) { b.start = b.start.Add(1) },
		"end":     func(b *scoreboard) { b.n-- },
		"arrived": func(b *scoreboard) { b.arrived++ },
		"due":     func(b *scoreboard) { b.due++ },
		"both":    func(b *scoreboard) { b.at(2).is |= gone },
		"passed":  func(b *scoreboard) { b.set(5, gone); b.scan = 6 },
		"empty":   func(b *scoreboard) { b.at(5).end = b.left(5) },
	} {
		c := selectiveSender(t, 8, func(*Profile) {})
		told(c, at(.1), 0, 2, 3)
		if err := c.Check(); err != nil {
			t.Error(err)
		}
		if breaks(&c.rec.board); c.Check() == nil {
			t.Errorf("%s is broken and not found", what)
		}
	}
}
