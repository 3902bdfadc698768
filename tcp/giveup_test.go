package tcp

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// unanswered is a pair whose server falls silent, and whose client has the
// given RTO.
func unanswered(t *testing.T, profile *Profile, rto time.Duration) *pair {
	p := connected(t, profile, 0)
	p.now = at(1)
	p.client.loses(isAny, 0)
	p.client.conn.rto = rto
	return p
}

// silent is Linux towards a peer without SACK: no tail loss probe comes before the
// first timeout.
func silent() *Profile { return unprobed(Linux()) }

func unprobed(p *Profile) *Profile {
	p.SACKPermitted = false
	return p
}

// A FIN that nobody answers, of a user who is gone. Linux gives up by time: at
// the first expiry not before 102.2 s, which is what 8 retransmissions from an
// RTO of .2 s take. Counting, 8 retransmissions from 1 s take 367 s at a limit of 120 s.
func TestFINUnanswered(t *testing.T) {
	counting := silent()
	counting.GiveUp = ByCount
	for _, test := range []struct {
		profile *Profile
		rto     float64
		life    float64
		resent  int
	}{
		{silent(), .2, 102.2, 8},
		{silent(), .3, 153.3, 8},
		{silent(), 1, 127, 6},
		{silent(), 3, 189, 5},
		{counting, .2, 102.2, 8},
		{counting, 1, 367, 8},
		{RFC9293(), 1, 1 + 2 + 4 + 8 + 16 + 32 + 60 + 60 + 60, 8},
		{FreeBSD(), 1, 1 + 1.8 + 3.4 + 6.6 + 13 + 25.8 + 51.4 + 6*64, 12}, // its slop of .2 s is not doubled
		{unprobed(Windows()), 1, 1 + 2 + 4 + 8 + 16 + 32, 5},
	} {
		test.profile.KeepAlways = false // the other end waits for ever
		p := unanswered(t, test.profile, span(test.rto))
		sent := p.client.times(isFIN)
		p.client.close()
		p.run(at(10000))
		p.states(fmt.Sprintf("1.000 client FIN-WAIT-1\n%.3f client CLOSED", 1+test.life))
		if len(*sent) != 1+test.resent {
			t.Errorf("%s, RTO %v: FINs at %v, want %d resent", test.profile.Name, test.rto, *sent, test.resent)
		}
		if c := p.client.conn.Stats(); p.client.told&Failed != TimedOut || c.Resets > 0 != test.profile.DropResets {
			t.Errorf("told %b with %d resets", p.client.told, c.Resets)
		}
	}
}

// The same in LAST-ACK: no TIME-WAIT follows.
func TestFINUnansweredElsewhere(t *testing.T) {
	p := unanswered(t, silent(), 200*ms)
	p.server.close()
	p.runFor(1)
	p.client.close()
	p.run(at(10000))
	p.states(`
		1.000 server FIN-WAIT-1
		1.000 client CLOSE-WAIT
		2.000 client LAST-ACK
		103.200 server CLOSED
		104.200 client CLOSED`)
}

// Data that nobody acknowledges (R2, MUST-20, SHLD-11): Linux's tcp_retries2 of
// 15 is 924.6 s at the least.
// Proves MUST-20, SHLD-11.
func TestDataUnanswered(t *testing.T) {
	for _, test := range []struct{ rto, life float64 }{{.2, 924.6}, {.3, 993.3}, {1, 967}, {3, 1029}} {
		p := unanswered(t, silent(), span(test.rto))
		p.client.write(100)
		p.run(at(10000))
		p.states(fmt.Sprintf("%.3f client CLOSED", 1+test.life))
		if p.client.told != Connected|Retrying|TimedOut {
			t.Errorf("told %b", p.client.told)
		}
	}
}

// An acknowledgment of something new begins the time anew.
func TestPatienceAfterProgress(t *testing.T) {
	c := inState(Established, Linux())
	c.Write(0, 2000)
	drain(c)
	c.rto = 200 * ms
	half := from(wire.ACK, 1, 501)
	now := at(200)
	c.Segment(now, &half)
	c.rto = 200 * ms
	c.rearm(now)
	for c.State() != Closed {
		now = c.Deadline()
		c.Timeout(now)
		drain(c)
	}
	if now != at(1124.6) {
		t.Errorf("gave up at %v, want 200 + 924.6 s", now)
	}
}

// The user's own R2 (MUST-21): it begins when data are first sent, under Linux first
// sent again, and again
// with every acknowledgment of something new.
// Proves MUST-21.
func TestUserTimeout(t *testing.T) {
	profile := Linux()
	profile.UserTimeout = 10 * time.Second
	p := unanswered(t, profile, 200*ms)
	p.client.write(100)
	p.run(at(100))
	p.states("11.400 client CLOSED")

	p = newPair(t, profile, 0) // a SYN, too (MUST-22)
	p.client.loses(isAny, 0)
	p.client.open()
	p.run(at(100))
	p.states("0.000 client SYN-SENT\n10.000 client CLOSED")

	p = connected(t, profile, 50*ms) // answered: it does not run
	p.server.reader(false)
	p.client.write(100)
	p.run(at(100))
	if d := p.client.conn.Deadline(); d != des.Never {
		t.Errorf("nothing outstanding, and deadline %v", d)
	}
}

// H(N) of the rule ByTime.
func TestPatience(t *testing.T) {
	for retries, want := range map[int]float64{3: 3, 8: 102.2, 15: 924.6} {
		if got := Linux().Patience(retries); got != span(want) {
			t.Errorf("%d retries: %v, want %v s", retries, got, want)
		}
	}
}

// Retransmissions double their wait up to the profile's limit (RFC 6298 5.5).
// Proves MUST-19.
func TestRetransmissionTimes(t *testing.T) {
	p := unanswered(t, RFC9293(), time.Second)
	sent := p.client.times(isText)
	p.client.write(100)
	p.run(at(10000))
	want := []float64{1, 2, 4, 8, 16, 32, 64, 124, 184}
	if !slices.Equal(*sent, want) {
		t.Errorf("sent at %v, want %v", *sent, want)
	}
}

// A round trip of no time is a sample: the next one counts by an eighth.
func TestRoundTripOfNoTime(t *testing.T) {
	p := newPair(t, Linux(), 0)
	p.connect()
	c := &p.client.conn
	if c.measured(8 * ms); c.SRTT() != ms {
		t.Errorf("SRTT is %v, want 1 ms", c.SRTT())
	}
}

// RFC 6298 in the integers of this package against the same in floats: the RTO
// differs by less than a microsecond over a thousand samples.
func TestRTOArithmetic(t *testing.T) {
	for _, profile := range []*Profile{Linux(), RFC9293()} {
		rng := des.Stream(1, 1, "rtt")
		c := Conn{profile: profile, rttvar: -1}
		var srtt, rttvar float64
		for i := range 1000 {
			r := time.Duration(1+rng.IntN(3000)) * ms / 10
			c.measured(r)
			if i == 0 { // (2.2)
				srtt, rttvar = r.Seconds(), r.Seconds()/2
			} else { // (2.3)
				rttvar = .75*rttvar + .25*math.Abs(srtt-r.Seconds())
				srtt = .875*srtt + .125*r.Seconds()
			}
			rto := max(srtt+max(.001, 4*rttvar), 1)
			if profile.MinBoundsVariance {
				rto = srtt + max(.2, 4*rttvar)
			}
			if got := c.RTO().Seconds(); math.Abs(got-rto) > 1e-6 || math.Abs(c.SRTT().Seconds()-srtt) > 1e-6 {
				t.Fatalf("%s, sample %d: RTO %v and SRTT %v, want %v and %v", profile.Name, i, got, c.SRTT(), rto, srtt)
			}
		}
	}
}

// Karn (MUST-18): what was sent twice tells no round-trip time, and the RTO
// stays backed off until something sent once is acknowledged. With timestamps
// the echo tells it.
// Proves MUST-18.
func TestKarn(t *testing.T) {
	p := connected(t, plain(RFC9293()), 50*ms)
	p.server.reader(false)
	p.client.loses(isText, 1)
	p.client.loses(isText, 2)
	c := &p.client.conn
	before := c.SRTT()
	p.at(1, func() { p.client.write(100) })
	p.run(at(5))
	if c.SRTT() != before || c.RTO() != 4*time.Second {
		t.Errorf("after retransmission SRTT %v, RTO %v; want %v and 4 s", c.SRTT(), c.RTO(), before)
	}
	p.client.write(100)
	p.runFor(1)
	if c.SRTT() == before || c.RTO() != time.Second {
		t.Errorf("after an answer SRTT %v, RTO %v", c.SRTT(), c.RTO())
	}

	p = connected(t, RFC9293(), 50*ms)
	p.server.reader(false)
	p.client.loses(isText, 1)
	p.at(1, func() { p.client.write(100) })
	p.run(at(5))
	if c := &p.client.conn; c.RTO() != time.Second || c.tries != 0 {
		t.Errorf("with timestamps RTO %v after %d tries", c.RTO(), c.tries)
	}
}
