package apps

import (
	"testing"
	"time"

	"netsim/des"
	"netsim/tcp"
	"netsim/topo"
)

// lossy is a small world with bad links, its flow and its ties chosen by the seed.
// In every other one nobody gives up what is established.
func lossy(t *testing.T, seed uint64) (*world, *Flow) {
	draws := des.Stream(seed, 1, "soak")
	below := func(n uint64) int { return int(des.Below(draws, n)) }
	p := tcp.Linux()
	if below(4) == 0 {
		p = tcp.RFC9293()
	}
	p.TimeWait = []time.Duration{0, time.Second, 60 * time.Second}[below(3)]
	p.PortLow, p.PortHigh, p.PortSelect = 2000, uint16(2000+2+below(6)), tcp.PortSelect(below(4))
	p.Backlog = below(3)
	p.SendBuffer = []uint64{4 << 20, 5000}[below(2)]
	if patient(seed) {
		p.GiveUp, p.Retries, p.OrphanRetries, p.RTOMax = tcp.ByCount, 60, 60, 4*time.Second
	}
	w := newWorld(t, plan{seed: seed, ties: des.Ties(seed % 3), clients: 1 + below(3), servers: 1 + below(2), profile: p,
		half: topo.HalfSpec{Rate: 20_000_000, Delay: hop, MTU: 1500, Loss: float64(5+below(16)) / 100, Queue: topo.Limit{Packets: 30}}})
	return w, w.add(Flow{
		Name: "web", Request: bytes(1 + below(20_000)), Response: bytes(below(2) * below(20_000)), Exchanges: times(1 + below(3)),
		Service: lasting(time.Duration(below(2)) * 30 * time.Millisecond), Think: lasting(time.Duration(below(2)) * 300 * time.Millisecond),
		Closing:  Closing{By: By(below(3)), How: How(below(2)), When: When(below(3)), After: lasting(time.Duration(below(2)) * 700 * time.Millisecond), Reply: lasting(time.Duration(below(2)) * 50 * time.Millisecond)},
		Arrivals: Arrivals{Process: Poisson, Rate: 2, Count: uint64(10 + below(20)), PerHost: below(2) == 0},
		Spread:   Choice(below(2)), Pick: Choice(below(2)),
	})
}

func patient(seed uint64) bool { return seed%2 == 0 }

// halfOpen checks that a talk goes on for ever for the one good reason: an end gave
// up, which tells nobody, and the other has nothing to say.
func halfOpen(t *testing.T, k *talk) {
	gone, other := &k.client, &k.server
	if other.done {
		gone, other = other, gone
	}
	if !k.timedOut || !gone.done || other.socket == nil || other.socket.Conn.Deadline() != ever {
		t.Errorf("talk %d goes on", k.slot)
	}
}

// Where links lose 5 to 20 % of what they carry, every talk still comes to an end
// in which no connection, talk or packet is left and every count balances; no talk
// is handed out while it lives. The same seed makes the same packets.
func TestSoak(t *testing.T) {
	const worlds = 200
	var styles [Styles]uint64
	var causes [Causes]uint64
	for seed := range uint64(worlds) {
		w, f := lossy(t, seed)
		for w.sim.Step(ever) {
			if err := w.audit(); err != nil {
				t.Fatalf("seed %d, %v: %v", seed, w.sim.Now(), err)
			}
		}
		if patient(seed) {
			w.empty(f)
		} else {
			for _, k := range w.apps.talks {
				if k.live {
					halfOpen(t, k)
				}
			}
			w.balance(f)
		}
		if t.Failed() {
			t.Fatalf("seed %d: %+v", seed, f.Closing)
		}
		for i, n := range f.Tally.Closed {
			styles[i] += n
		}
		for i, n := range f.Tally.Failed {
			causes[i] += n
		}
		if seed%10 == 0 {
			again, _ := lossy(t, seed)
			again.sim.Run(ever)
			if again.digest != w.digest {
				t.Errorf("seed %d: two runs differ", seed)
			}
		}
	}
	t.Logf("closed %v, failed %v", styles, causes)
	for i, n := range styles[:ByTimeout] {
		if n == 0 {
			t.Errorf("no connection closed in style %d", i)
		}
	}
	if causes[NoPort] == 0 || causes[Timeout]+causes[Reset] == 0 && styles[ByTimeout] == 0 {
		t.Errorf("failures are of few kinds: %v", causes)
	}
}
