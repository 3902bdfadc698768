package tcp

import (
	"flag"
	"fmt"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// The seeds of the soak: so many of them, or the one that failed and is to be looked at.
var (
	soakSeeds = flag.Uint64("seeds", 1500, "how many seeds the soak takes")
	soakSeed  = flag.Int64("seed", -1, "the one seed that the soak takes, with its ladder")
)

// Two machines and a bad wire: segments are lost, doubled, put off, damaged, answered
// by ICMP, forged, and come back in later connections of the same four-tuple, while
// two users do at random what users can. After every input the invariants and the
// oracles hold; once the wire is good and the users have closed, both ends come to
// an end; and what was written is what was delivered.
func TestSoak(t *testing.T) {
	if *soakSeed >= 0 {
		b, fault := soak(t, uint64(*soakSeed), nil, false)
		t.Logf("%v\n%s", b, strings.Join(b.lines, "\n"))
		if fault != "" {
			t.Fatal(fault)
		}
		return
	}
	seeds := *soakSeeds
	if testing.Short() {
		seeds /= 2
	}
	var sum soakCounts
	for seed := range seeds {
		b, fault := soak(t, seed, nil, true)
		if fault != "" {
			b, _ := soak(t, seed, nil, false)
			t.Fatalf("%s\n%v\n%s\nagain: go test ./tcp -run 'Soak$' -seed %d -v", fault, b, strings.Join(b.lines[max(0, len(b.lines)-40):], "\n"), seed)
		}
		sum.add(&b.soakCounts)
	}
	t.Logf("%d seeds: %+v", seeds, sum)
	for what, n := range map[string]int{
		"life was of a later incarnation": sum.Later, "life was whole": sum.Whole, "life was broken off": sum.Broken,
		"segment was damaged": sum.Damaged, "segment was reported": sum.Reported, "segment was forged": sum.Forged,
		"segment was of an earlier incarnation": sum.Relics, "text was of one": sum.Stale, "receiver reneged": sum.Reneged,
		"segment was marked": sum.Marked, "text was taken from a SYN": sum.Early,
	} {
		if n == 0 {
			t.Errorf("no %s", what)
		}
	}
}

// soakCounts are what happened in a soak.
type soakCounts struct {
	Bytes                                                            uint64
	Inputs, Later, Whole, Broken                                     int
	Damaged, Reported, Forged, Relics, Stale, Reneged, Marked, Early int
}

func (s *soakCounts) add(o *soakCounts) {
	s.Bytes += o.Bytes
	s.Inputs, s.Later, s.Whole, s.Broken = s.Inputs+o.Inputs, s.Later+o.Later, s.Whole+o.Whole, s.Broken+o.Broken
	s.Damaged, s.Reported, s.Forged, s.Relics = s.Damaged+o.Damaged, s.Reported+o.Reported, s.Forged+o.Forged, s.Relics+o.Relics
	s.Stale, s.Reneged, s.Marked, s.Early = s.Stale+o.Stale, s.Reneged+o.Reneged, s.Marked+o.Marked, s.Early+o.Early
}

// catcher is a test that a fault ends by a panic, which the soak takes for its
// result.
type catcher struct{ testing.TB }

func (catcher) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (catcher) Helper()                           {}

// soak is one run, and what was wrong with it.
func soak(t testing.TB, seed uint64, plant *planted, quiet bool) (b *bout, fault string) {
	b = newBout(catcher{t}, seed, plant)
	b.quiet = quiet
	defer func() {
		if r := recover(); r != nil {
			fault = fmt.Sprintf("seed %d, %v: %v", seed, b.now, r)
			if _, mistake := r.(error); mistake {
				fault += "\n" + string(debug.Stack())
			}
		}
	}()
	b.begin()
	for !b.good {
		b.run(b.now.Add(time.Duration(b.rng.IntN(400)) * ms))
		b.turn()
	}
	// A retransmission may wait for RTOMax, a window probe for as long, and either
	// may meet a peer that only then learns of it; or nothing but keepalive does.
	for end := b.now.Add(3 * time.Hour); !b.over(); b.turn() {
		b.run(b.now.Add(min(max(time.Second, b.now.Sub(b.heal)/4), time.Minute)))
		if b.now > end {
			b.t.Fatalf("client %v, server %v long after all was well", b.sides[0].conn.State(), b.sides[1].conn.State())
		}
	}
	b.verify()
	return b, ""
}

// turn lets both users act, and a wire that was bad for long enough be good.
func (b *bout) turn() {
	if b.now >= b.heal {
		b.good = true
	}
	for _, s := range b.sides {
		s.act()
		s.rest()
	}
	for _, s := range b.sides {
		// One end broke off, and the other has nothing to find it out by: it would
		// wait for ever.
		if b.good && !s.over() && !s.mutual() && len(b.flying) == 0 && len(b.calls) == 0 && s.conn.Deadline() == des.Never {
			s.is.left = true
			s.abort()
		}
	}
}

// over reports that all has come to its end.
func (b *bout) over() bool {
	return b.good && b.sides[0].over() && b.sides[1].over() && len(b.flying) == 0 && len(b.calls) == 0
}

// verify holds what was delivered in each connection against what was written.
func (b *bout) verify() {
	for _, s := range b.sides {
		s.finish()
	}
	for _, s := range b.sides {
		for _, l := range s.lives {
			peer := b.lives[l.peer]
			switch {
			case peer == nil || peer.peer != l.own || l.unsafe || peer.unsafe:
				continue // a SYN that came back, or anything may happen
			case l.delivered > peer.wrote, !l.broken && !peer.broken && l.delivered != peer.wrote:
				b.t.Fatalf("%s, connection %d: delivered %d bytes of %d", s.name, len(s.lives), l.delivered, peer.wrote)
			case l.broken || peer.broken:
				b.Broken++
			default:
				b.Whole++
			}
			b.Bytes += l.delivered
		}
	}
}

// over reports an end of which nothing more is to come.
func (s *side) over() bool {
	st := s.conn.State()
	return st == Closed || st == TimeWaiting || st == Listen
}

// mutual reports that both ends are of one connection.
func (s *side) mutual() bool {
	o := s.other
	return s.is.own == o.conn.peer && o.is.own == s.conn.peer && s.conn.state.synchronized() && o.conn.state.synchronized()
}

// rest begins anew what has ended: a listener is always there, and a client comes
// again while the wire is bad.
func (s *side) rest() {
	switch {
	case s.listens && s.conn.State() == Closed:
		s.start(false)
	case s.calls && s.over() && !s.b.good && len(s.lives) < s.b.connections && s.b.rng.IntN(8) == 0:
		s.b.release()
		s.start(true)
	}
}

// start begins another life: what was is known from then on by its record alone.
func (s *side) start(open bool) {
	s.finish()
	if s.until != des.Never {
		s.o.Follow(&s.record)
	}
	n := uint32(len(s.lives)) + 1
	s.o.Incarnation = wire.IncarnationOf(s.number, 1, n)
	s.is = &life{own: s.o.Incarnation, iss: s.o.ISS, stamps: map[uint32]bool{0: true, s.o.TSRecent: true}, una: s.o.ISS}
	s.lives = append(s.lives, s.is)
	s.b.lives[s.is.own] = s.is
	if n > 1 && open {
		s.b.Later++
	}
	s.until, s.told, s.last = des.Never, 0, Closed
	s.user = s.b.newUser(s)
	s.o.Settings = s.user.settings
	if o := s.o.Settings; o != nil && open {
		s.is.wrote = o.Early
	}
	if open {
		s.open()
	} else {
		s.listen()
	}
}

// shown is a listener's host that looks at the cookie of a SYN.
func (s *side) shown(syn *wire.Segment) {
	good := syn.CookieLen == given.Len && syn.Cookie == given.Bytes
	if s.o.FastCookie, s.o.Early = given, good; good {
		s.o.FastCookie = FastCookie{}
		s.b.Early++
	}
	s.conn.Listen(s.now, &s.o)
	s.o.FastCookie, s.o.Early = FastCookie{}, false
}

// reopened takes a SYN over a TIME-WAIT to the listener.
func (s *side) reopened(syn *wire.Segment) {
	if !s.listens {
		return
	}
	s.start(false)
	s.hear(syn)
}

// finish closes the account of a life, and draws the numbers of the next.
func (s *side) finish() {
	if s.is == nil {
		return
	}
	c := &s.conn
	c.Read(s.now)
	s.is.delivered = c.Stats().Delivered
	s.is.peer = c.peer
	if cookie, ok := c.FastOpen(); ok && s.calls {
		s.o.FastCookie = cookie
	}
	s.is.broken = s.is.broken || s.is.left || s.told&Failed != 0 || !s.over()
	s.b.Stale += int(c.Stats().StaleAccepted)
	s.o.TSRecent = 0
	switch {
	case s.b.plant != nil && s.b.plant.numbers:
		s.o.ISS = s.is.iss
	case s.b.near: // old numbers may be new ones
		s.o.ISS = s.is.iss.Add(1 + uint32(s.b.rng.IntN(1+int(c.nxt.Sub(s.is.iss)))))
	default:
		s.o.ISS = c.nxt.Add(1 + uint32(s.b.rng.IntN(100000)))
	}
}
