package host

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	"netsim/des"
	"netsim/dist"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// crowdOf is hosts that open connections to each other at random and do at random
// with them what a user can do.
type crowdOf struct {
	*world
	draws *rand.Rand
	ends  int
}

// member is an App without manners, which in the end closes or resets: nothing is
// open for ever.
type member struct {
	c    *crowdOf
	s    *Socket
	over bool
}

func (c *crowdOf) Accept(now des.Time, s *Socket) App {
	m := &member{c: c, s: s}
	m.later(now)
	return m
}

func (m *member) later(now des.Time) {
	m.c.at(time.Duration(now)+time.Duration(des.Below(m.c.draws, 30e9)), func(now des.Time) {
		if !m.over {
			m.act(now, m.s)
			m.later(now)
		}
	})
}

func (m *member) act(now des.Time, s *Socket) {
	switch des.Below(m.c.draws, 6) {
	case 0:
		s.Write(now, des.Below(m.c.draws, 20_000))
	case 1:
		s.Shutdown(now)
	case 2:
		s.Read(now)
	case 3, 4:
		s.Close(now)
	case 5:
		s.Abort(now)
	}
}

func (m *member) News(now des.Time, s *Socket, n tcp.News) {
	if m.over {
		m.c.t.Error("told after the end")
	}
	if m.over = n&(tcp.Ended|tcp.Failed) != 0; m.over {
		m.c.ends++
		return
	}
	if des.Chance(m.c.draws, .5) {
		m.act(now, s)
	}
}

var soakWorlds = flag.Uint64("worlds", 150, "how many worlds the soak takes")

// Users without manners, bad links, small ranges of ports, small queues, cookies,
// accept queues, listeners that come and go, and every order of ties, on all systems:
// after every event all that the stack keeps agrees, and after the last nothing is
// left. The same seed makes the same packets.
func TestSoak(t *testing.T) {
	worlds := *soakWorlds
	different := map[string]bool{}
	var sum ListenerCounters
	var crowds crowdCounts
	for seed := range worlds {
		got := soak(t, seed, &sum, &crowds)
		if seed < 10 && soak(t, seed, new(ListenerCounters), new(crowdCounts)) != got {
			t.Errorf("seed %d: two runs differ", seed)
		}
		different[got] = true
	}
	t.Logf("%+v\n%+v", crowds, sum)
	if len(different) != int(worlds) {
		t.Errorf("%d worlds of %d differ", len(different), worlds)
	}
	for what, n := range map[string]uint64{"cookie was sent": sum.CookiesSent, "handshake met a full accept queue": sum.Overflows,
		"SYN was dropped": sum.Dropped(), "connection was opened fast": crowds.fast, "listener was stopped": crowds.stops} {
		if n == 0 {
			t.Errorf("no %s", what)
		}
	}
}

type crowdCounts struct{ opened, accepted, fast, stops uint64 }

// soak is one world, and the digest of its packets.
func soak(t *testing.T, seed uint64, sum *ListenerCounters, crowds *crowdCounts) string {
	draws := des.Stream(seed, 1, "soak")
	half := badHalf(draws)
	halves := func(int) (a, b topo.HalfSpec) { return half, half }
	var profiles []*tcp.Profile
	for i := range 5 {
		profiles = append(profiles, someProfile(draws, (int(seed)+i)%4))
	}
	w := newWorldOf(t, seed, des.Ties(seed%3), halves, profiles...)
	c := &crowdOf{world: w, draws: draws}
	var tallies []*ListenerTally
	for i := range w.hosts {
		tallies = append(tallies, c.listens(i, crowds))
	}
	opened := c.opens(crowds)
	for w.sim.Step(des.Never) {
		if err := w.audit(); err != nil {
			t.Fatalf("seed %d, %v: %v", seed, w.sim.Now(), err)
		}
	}
	w.empty()
	accepted := 0
	for _, y := range tallies {
		accepted += int(y.Accepted)
		sum.CookiesSent += y.CookiesSent
		sum.CookiesBad += y.CookiesBad
		sum.Overflows += y.Overflows
		sum.SYNs += y.SYNs
		sum.DroppedSYNQueue += y.DroppedSYNQueue
		sum.DroppedAcceptQueue += y.DroppedAcceptQueue
		sum.DroppedUnproven += y.DroppedUnproven
		if y.HalfOpen.Value() != 0 || y.Waiting.Value() != 0 {
			t.Errorf("seed %d: %d requests and %d connections are left to a listener", seed, y.HalfOpen.Value(), y.Waiting.Value())
		}
	}
	crowds.opened += uint64(*opened)
	crowds.accepted += uint64(accepted)
	if c.ends != *opened+accepted || t.Failed() {
		t.Fatalf("seed %d: %d opened, %d accepted, %d ends told", seed, *opened, accepted, c.ends)
	}
	return w.digest.Sum()
}

// badHalf is a direction of a link with something of all that links can do.
func badHalf(draws *rand.Rand) topo.HalfSpec {
	some := func(most int64) float64 { return float64(des.Below(draws, uint64(most)+1)) / 100 }
	half := topo.HalfSpec{Rate: 10_000_000, Delay: hop, Loss: some(20), MTU: 1500, Queue: topo.Limit{Packets: 20}}
	if des.Chance(draws, .5) {
		half.Corrupt, half.Duplicate = some(10), some(10)
		half.DuplicateDelay = dist.Exponential(1e8)
	}
	if half.Reorder = des.Chance(draws, .5); half.Reorder {
		half.Jitter = dist.Uniform(0, 5e7)
	}
	return half
}

// someProfile is a system with few ports and with choices made by lot.
func someProfile(draws *rand.Rand, ports int) *tcp.Profile {
	names := tcp.ProfileNames()
	p := tcp.ProfileByName(names[des.Below(draws, uint64(len(names)))])
	lot := func() bool { return des.Chance(draws, .5) }
	p.TimeWait = []time.Duration{0, time.Second, 7 * time.Second, p.TimeWait}[des.Below(draws, 4)]
	p.PortLow, p.PortHigh, p.PortSelect = 2000, 2003, tcp.PortSelect(ports)
	p.SYNCookies, p.SYNACK = tcp.CookiePolicy(des.Below(draws, 3)), tcp.SYNACKPolicy(des.Below(draws, 4))
	p.TWReuse, p.TWReuseBound = tcp.ReusePolicy(des.Below(draws, 3)), lot()
	p.ECN, p.ICMP = tcp.ECN(des.Below(draws, 3)), tcp.ICMPPolicy(des.Below(draws, 4))
	p.RFC1337, p.RFC5961, p.LimitEmptyAnswers, p.LingerAborts = lot(), lot(), lot(), lot()
	p.Acceptance, p.EarlyFIN = tcp.Acceptance(des.Below(draws, 2)), tcp.EarlyFIN(des.Below(draws, 4))
	p.OverflowResets, p.DropResets, p.RepeatsFIN, p.TimeWaitNeedsACK = lot(), lot(), lot(), lot()
	if des.Chance(draws, .3) {
		p.TimeWaitMax = 2
	}
	if des.Chance(draws, .3) {
		p.MaxSYNBacklog = 4
	}
	if des.Chance(draws, .3) {
		p.ReceiveInitial, p.ReceiveWindow = 3000, 3000
	}
	return p
}

// listens opens port 80 of a host, which accepts in one of the ways there are; some
// stop for good.
func (c *crowdOf) listens(i int, crowds *crowdCounts) *ListenerTally {
	y := new(ListenerTally)
	l, err := c.hosts[i].Listen(80, 2, c, y)
	if err != nil {
		c.t.Fatal(err)
	}
	switch des.Below(c.draws, 4) {
	case 0:
		l.Threads(1, dist.Exponential(2e9))
	case 1: // one is accepted every second, and all that wait in the end
		l.Hold()
		for s := range 400 {
			c.at(time.Duration(s)*time.Second, func(now des.Time) { l.Accept(now) })
		}
	}
	if des.Chance(c.draws, .5) {
		l.ResetOverflow()
	}
	if l.FastOpen = int32(des.Below(c.draws, 3)); des.Chance(c.draws, .3) {
		l.Settings = &tcp.Settings{DeferAccept: 3 * time.Second}
	}
	stop := 400 * time.Second
	if des.Chance(c.draws, .3) {
		stop = time.Duration(des.Below(c.draws, 60e9))
		crowds.stops++
	}
	c.at(stop, l.Stop)
	return y
}

// opens lets users connect in the first minute, and counts those who could.
func (c *crowdOf) opens(crowds *crowdCounts) *int {
	opened := new(int)
	for range 40 {
		c.at(time.Duration(des.Below(c.draws, 60e9)), func(now des.Time) {
			i := int(des.Below(c.draws, 5))
			j := (i + 1 + int(des.Below(c.draws, 4))) % 5
			m := &member{c: c}
			o := &tcp.Settings{FastOpen: des.Chance(c.draws, .5), Early: des.Below(c.draws, 2000)}
			if des.Chance(c.draws, .2) {
				o.Lingers, o.Linger = true, time.Duration(des.Below(c.draws, 2e9))
			}
			if des.Chance(c.draws, .2) {
				o.KeepAlive, o.KeepIdle, o.UserTimeout = true, time.Second, 5*time.Second
			}
			known := len(c.hosts[i].rest.cookies)
			s, err := c.hosts[i].ConnectWith(now, Remote{c.hosts[j].address, 80}, 0, wire.IncarnationOf(1, uint32(*opened), 1), m, o)
			if err == nil {
				m.s = s
				*opened++
				if o.FastOpen && known > 0 {
					crowds.fast++
				}
				m.later(now)
			}
		})
	}
	return opened
}
