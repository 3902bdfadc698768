package host

import (
	"math/rand/v2"
	"testing"
	"time"

	"netsim/des"
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

// Users without manners, bad links, small ranges of ports, small queues, and every
// order of ties: after every event all that the stack keeps agrees, and after the
// last nothing is left. The same seed makes the same packets.
func TestSoak(t *testing.T) {
	run := func(seed uint64) string {
		draws := des.Stream(seed, 1, "soak")
		loss := float64(des.Below(draws, 21)) / 100
		half := topo.HalfSpec{Rate: 10_000_000, Delay: hop, Loss: loss, MTU: 1500, Queue: topo.Limit{Packets: 20}}
		halves := func(int) (a, b topo.HalfSpec) { return half, half }
		lengths := []time.Duration{0, time.Second, 7 * time.Second, time.Second}
		profiles := waiting(lengths...)
		for i, p := range profiles {
			p.PortLow, p.PortHigh, p.PortSelect = 2000, 2003, tcp.PortSelect((int(seed)+i)%4)
		}
		profiles = append(profiles, tcp.RFC9293())
		w := newWorldOf(t, seed, des.Ties(seed%3), halves, profiles...)
		c := &crowdOf{world: w, draws: draws}
		for i := range w.hosts {
			w.listen(i, 80, 2, c)
		}
		opened, accepted := 0, uint64(0)
		for range 40 {
			w.at(time.Duration(des.Below(draws, 60e9)), func(now des.Time) {
				i := int(des.Below(draws, 5))
				j := (i + 1 + int(des.Below(draws, 4))) % 5
				m := &member{c: c}
				s, err := w.hosts[i].Connect(now, Remote{w.hosts[j].address, 80}, 0, wire.IncarnationOf(1, uint32(opened), 1), m)
				if err == nil {
					m.s = s
					opened++
					m.later(now)
				}
			})
		}
		for w.sim.Step(des.Never) {
			if err := w.audit(); err != nil {
				t.Fatalf("seed %d, %v: %v", seed, w.sim.Now(), err)
			}
		}
		w.empty()
		for _, h := range w.hosts {
			accepted += h.listeners[0].Accepted
		}
		if c.ends != opened+int(accepted) || t.Failed() {
			t.Fatalf("seed %d: %d opened, %d accepted, %d ends told", seed, opened, accepted, c.ends)
		}
		return w.digest.Sum()
	}
	const worlds = 150
	different := map[string]bool{}
	for seed := range uint64(worlds) {
		sum := run(seed)
		if seed < 10 && run(seed) != sum {
			t.Errorf("seed %d: two runs differ", seed)
		}
		different[sum] = true
	}
	if len(different) != worlds {
		t.Errorf("%d worlds of %d differ", len(different), worlds)
	}
}
