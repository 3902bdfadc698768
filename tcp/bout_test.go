package tcp

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"netsim/des"
	"netsim/wire"
)

// bout is one run of the soak: two sides, a wire, and what they are like.
type bout struct {
	*pair
	terms
	soakCounts
	rng   *rand.Rand
	sides [2]*side
	lives map[wire.Incarnation]*life
	plant *planted
	good  bool // the wire
	attic []relic
	book  *wire.Book
	raw   []byte
}

// terms are what is drawn for a bout, for the one who reads of its failure.
type terms struct {
	profiles     [2]string
	loss         float64
	twice, late  float64 // probabilities
	lateness     int     // ms, the most
	damage       float64
	reports      float64 // of what is lost
	hard         bool    // reports may be hard errors
	forged       float64 // of segments that arrive
	marks        float64 // of segments that bear them
	fast         bool    // Fast Open
	reneges      bool    // receivers forget what is beyond gaps
	dark         [2]des.Time
	heal         des.Time
	simultaneous bool
	connections  int  // of the client
	near         bool // numbers of connections overlap
	six          bool
	rude         [2]bool
	impatient    [2]bool
}

// side is one end, its user, and the connections that it had.
type side struct {
	*end
	b       *bout
	other   *side
	number  uint32
	address wire.Addr
	listens bool
	calls   bool
	user    soakUser
	is      *life
	lives   []*life

	receiving func() // what the oracle does with a segment, once it is taken
}

func (b *bout) String() string { return fmt.Sprintf("%+v", b.terms) }

func newBout(t catcher, seed uint64, plant *planted) *bout {
	rng := des.Stream(seed, 0, "soak")
	b := &bout{rng: rng, plant: plant, lives: map[wire.Incarnation]*life{}, book: wire.NewBook()}
	b.terms = drawTerms(rng)
	if plant != nil && plant.terms != nil {
		plant.terms(&b.terms)
	}
	b.pair = newPair(t, nil, time.Duration(1+rng.IntN(100))*ms)
	for i, e := range []*end{b.client, b.server} {
		s := &side{end: e, b: b, number: uint32(i) + 1}
		e.soaking = soaking{s.via, s.hear, s.reopened, s.after, b.check}
		e.app = s.hears
		e.o.Profile = b.drawProfile(i)
		e.o.TSOffset = -uint32(rng.IntN(100000))
		e.o.ISS = wire.SeqOf(-uint32(rng.IntN(100000)))
		e.o.IPv6 = b.six
		ip := netip.AddrFrom4([4]byte{10, 0, 0, byte(i + 1)})
		if b.six {
			ip = netip.AddrFrom16([16]byte{0xfd, 15: byte(i + 1)})
		}
		s.address = b.book.Add(ip)
		b.sides[i] = s
	}
	b.sides[0].other, b.sides[1].other = b.sides[1], b.sides[0]
	b.sides[0].calls, b.sides[1].listens = true, !b.simultaneous
	return b
}

// begin opens the first connection.
func (b *bout) begin() {
	b.sides[1].start(b.simultaneous)
	b.sides[0].start(true)
}

func drawTerms(rng *rand.Rand) terms {
	often := func(p float64) float64 { return max(0, float64(rng.IntN(5)-1)) * p / 3 }
	k := terms{
		loss: often(.3), twice: often(.1), late: often(.3), lateness: 1 + rng.IntN(600), damage: often(.1),
		reports: often(.3), hard: rng.IntN(10) == 0, forged: often(.05), reneges: rng.IntN(8) == 0,
		heal: des.Time(0).Add(time.Duration(5+rng.IntN(60)) * time.Second), simultaneous: rng.IntN(6) == 0,
		connections: 1 + rng.IntN(4), marks: often(.2), fast: rng.IntN(4) == 0, near: rng.IntN(6) == 0, six: rng.IntN(4) == 0,
	}
	if rng.IntN(4) == 0 {
		k.dark[0] = des.Time(rng.Int64N(int64(k.heal)))
		k.dark[1] = k.dark[0].Add(time.Duration(rng.IntN(20)) * time.Second)
	}
	for i := range k.rude {
		k.rude[i], k.impatient[i] = rng.IntN(6) == 0, rng.IntN(10) == 0
	}
	if k.simultaneous {
		k.connections = 1
	}
	return k
}

// drawProfile is a system with some choices made by lot, and time for a bad wire.
func (b *bout) drawProfile(i int) *Profile {
	rng := b.rng
	names := ProfileNames()
	p := ProfileByName(names[rng.IntN(len(names))])
	b.profiles[i] = p.Name
	lot := func(n int) bool { return rng.IntN(n) == 0 }
	for _, flag := range []*bool{&p.Nagle, &p.NagleSmallOnly, &p.NagleFromIdle, &p.PushBursts, &p.TimeWaitNeedsACK, &p.RFC5961, &p.DSACK, &p.LimitedTransmit, &p.RACK, &p.TLP, &p.PRR, &p.FRTO,
		&p.RFC1337, &p.RFC6191, &p.RenewsEcho, &p.ResetAtFIN, &p.OldACKBound, &p.ChecksEcho, &p.WholeSegments, &p.TellsRoom, &p.BriefFinWait2, &p.FINWaits, &p.ResendsSent, &p.ResetsUnread, &p.LimitEmptyAnswers, &p.ResetAtACK, &p.RepeatsFIN, &p.DropResets, &p.FINBeyondWindow, &p.AckEveryOther, &p.ResetWithAck, &p.ResetHasWindow, &p.CrossedAgain, &p.RequireTimestamps, &p.RFC5927, &p.LingerAborts} {
		if lot(4) {
			*flag = !*flag
		}
	}
	if lot(3) && !b.near {
		p.Timestamps = !p.Timestamps
	}
	if lot(3) {
		p.SACKPermitted = !p.SACKPermitted
	}
	if lot(3) {
		p.WindowScale = rng.IntN(16) - 1
	}
	p.SYNACK, p.Acceptance = SYNACKPolicy(rng.IntN(4)), Acceptance(rng.IntN(2))
	p.ProbeBytes, p.KeepBytes = rng.IntN(2), rng.IntN(2)
	p.ECN = ECN(rng.IntN(3))
	p.Congestion = algorithms[rng.IntN(len(algorithms))]
	p.ReceiveWindow = []uint32{700, 3000, 20000, 1 << 20}[rng.IntN(4)]
	p.ReceiveInitial = min(p.ReceiveInitial, p.ReceiveWindow)
	p.SendBuffer = []uint64{1000, 30000, 1 << 20}[rng.IntN(3)]
	p.MSS = []int{0, 100, 536}[rng.IntN(3)]
	p.TimeWait = []time.Duration{time.Second, 60 * time.Second}[rng.IntN(2)]
	p.Retries, p.OrphanRetries, p.UserTimeout, p.OrphanProbesEnd, p.ProbeMax = 30, 30, 0, false, 0
	if b.impatient[i] {
		p.Retries, p.OrphanRetries, p.UserTimeout = 3, 2, time.Duration(rng.IntN(2)*20)*time.Second
	}
	return p
}

// soakUser is what the user of one connection is about to do.
type soakUser struct {
	left     uint64 // to write
	patient  bool   // closes only after the peer's FIN
	closed   bool
	settings *Settings
}

func (b *bout) newUser(s *side) soakUser {
	rng := b.rng
	u := soakUser{left: uint64(rng.IntN(4)) * uint64(rng.IntN(20000)), patient: rng.IntN(2) == 0}
	var o Settings
	if b.fast && !s.listens {
		o.FastOpen, o.Early = true, min(uint64(rng.IntN(2000)), s.o.Profile.SendBuffer)
	}
	if s.listens && rng.IntN(6) == 0 {
		o.DeferAccept = time.Duration(rng.IntN(5)) * time.Second
	}
	if b.rude[s.number-1] && rng.IntN(2) == 0 {
		o.Lingers, o.Linger = true, time.Duration(rng.IntN(3))*time.Second
	}
	if b.impatient[s.number-1] {
		o.KeepAlive, o.KeepIdle, o.KeepInterval, o.KeepProbes = true, 5*time.Second, time.Second, 3
		o.UserTimeout = time.Duration(rng.IntN(2)*10) * time.Second
	}
	if o.NoDelay = rng.IntN(3) == 0; o != (Settings{}) {
		u.settings = &o
	}
	return u
}

// act is one thing that a user does.
func (s *side) act() {
	c, u, rng := &s.conn, &s.user, s.b.rng
	if s.over() {
		return
	}
	if s.b.reneges && rng.IntN(10) == 0 && !s.b.good {
		s.renege()
	}
	if s.b.good { // to an end
		u.left, u.patient = 0, false
		s.read(c.Unread())
	}
	rude := s.b.rude[s.number-1]
	switch lot := rng.IntN(6); {
	case lot < 2:
		n := s.conn.Write(s.now, min(u.left, uint64(rng.IntN(20000))))
		u.left -= n
		s.is.wrote += n
		s.pump()
	case lot < 4:
		s.read(uint32(rng.IntN(40000)))
	case lot == 4 && rude && (s.b.good || rng.IntN(30) == 0):
		s.is.left, s.is.finished = true, true
		if rng.IntN(2) == 0 || s.b.good {
			s.close()
		} else {
			s.abort()
		}
	case lot == 4 && !u.closed && u.left == 0 && (c.State().synchronized() || s.b.good) && (!u.patient || s.told&EndOfData != 0):
		u.closed = true
		if s.is.finished = true; !c.State().synchronized() {
			s.is.left = true
		}
		s.shutdown()
	case lot == 5 && rng.IntN(10) == 0:
		var other Settings
		if u.settings != nil {
			other = *u.settings
		}
		other.NoDelay = !other.NoDelay
		u.settings = &other
		c.Set(s.now, u.settings)
		s.pump()
	}
}

// hears is what a user does when it is told something.
func (s *side) hears(News) {
	if s.b.rng.IntN(3) > 0 {
		s.conn.ReadUpTo(s.now, uint32(s.b.rng.IntN(20000)))
	}
}

// renege forgets what is held beyond a gap, as RFC 2018 section 8 allows.
func (s *side) renege() {
	c := &s.conn
	if c.gaps.empty() {
		return
	}
	s.b.Reneged++
	c.gaps = c.gaps.emptied()
	if c.has(kept) {
		c.rec.reports = reports{}
	}
	s.is.got.forget(c.rcvOffset)
}
