package tcp

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"netsim/des"
	"netsim/wire"
)

// Two machines and a bad wire: segments are lost, doubled and put off at random,
// and two users open, write, read slowly, half-close and abort at random. After
// every input the invariants hold (pump checks them); both ends come to an end;
// and unless one of them broke off, every byte written was delivered.
func TestSoak(t *testing.T) {
	seeds := uint64(4000)
	if testing.Short() {
		seeds = 500
	}
	for seed := range seeds {
		if _, fault := soak(t, seed, true); fault != "" {
			p, _ := soak(t, seed, false)
			t.Fatalf("seed %d: %s\n%s", seed, fault, strings.Join(p.lines[max(0, len(p.lines)-40):], "\n"))
		}
	}
}

type soaker struct {
	*end
	left    uint64 // to write
	wrote   uint64
	aborts  bool // perhaps
	aborted bool
	patient bool // closes only after the peer's FIN
	closed  bool
}

// soak is one run, and what was wrong with it.
func soak(t *testing.T, seed uint64, quiet bool) (p *pair, fault string) {
	rng := des.Stream(seed, 0, "soak")
	p = newPair(t, soakProfile(rng), time.Duration(rng.IntN(100))*ms)
	p.quiet = quiet
	p.server.o.Profile = soakProfile(rng)
	p.client.o.ISS, p.server.o.ISS = wire.SeqOf(-uint32(rng.IntN(100000))), wire.SeqOf(-uint32(rng.IntN(100000)))
	loss := float64(rng.IntN(4)) * .05
	users := [2]*soaker{{end: p.client}, {end: p.server}}
	for _, u := range users {
		u.left = uint64(rng.IntN(4)) * uint64(rng.IntN(20000))
		u.aborts = rng.IntN(20) == 0
		u.patient = rng.IntN(2) == 0
		badWire(u.end, rng, loss)
		u.app = func(News) {
			if rng.IntN(3) > 0 {
				u.conn.ReadUpTo(p.now, uint32(rng.IntN(20000)))
			}
		}
	}
	if users[0].patient && users[1].patient {
		users[0].patient = false
	}
	simultaneous := rng.IntN(5) == 0
	if simultaneous {
		p.server.open()
	} else {
		p.server.listen()
	}
	p.client.open()
	for step := 0; !(users[0].over() && users[1].over()); step++ {
		p.run(p.now.Add(time.Duration(rng.IntN(400)) * ms))
		for i, u := range users {
			u.act(rng)
			// One end broke off, and the other has nothing to find it out by: it
			// would wait for ever.
			if other := users[1-i]; other.over() && other.broke() && !u.over() && len(p.flying) == 0 && u.conn.Deadline() == des.Never {
				u.abort()
			}
		}
		if step > 200000 {
			return p, fmt.Sprintf("client %v, server %v after %v", p.client.conn.State(), p.server.conn.State(), p.now)
		}
	}
	return p, verify(users)
}

func (u *soaker) over() bool { s := u.conn.State(); return s == Closed || s == TimeWaiting }

// broke reports an end that did not come to its end in order.
func (u *soaker) broke() bool { return u.aborted || u.told&Failed != 0 }

// act is one thing that a user does.
func (u *soaker) act(rng *rand.Rand) {
	c := &u.conn
	if u.over() || c.State() == Listen {
		return
	}
	switch rng.IntN(6) {
	case 0, 1:
		n := u.write(min(u.left, uint64(rng.IntN(20000))))
		u.left -= n
		u.wrote += n
	case 2, 3:
		u.read(uint32(rng.IntN(40000)))
	case 4:
		if !u.closed && u.left == 0 && c.State() != SynSent && (!u.patient || u.told&EndOfData != 0) {
			u.closed = true
			u.shutdown()
		}
	case 5:
		if u.aborts && rng.IntN(50) == 0 {
			u.abort()
			u.aborted = true
		}
	}
}

// verify holds what was delivered against what was written.
func verify(users [2]*soaker) string {
	broken := users[0].broke() || users[1].broke()
	for i, u := range users {
		other := users[1-i]
		u.conn.Read(u.now)
		got := u.conn.Stats().Delivered
		if got > other.wrote || !broken && got != other.wrote {
			return fmt.Sprintf("%s was delivered %d bytes of %d", u.name, got, other.wrote)
		}
		if c := u.conn.Stats(); c.Misplaced != 0 || c.StaleArrived != 0 {
			return fmt.Sprintf("%s: %+v", u.name, *c)
		}
	}
	return ""
}

// soakProfile is a profile with some choices made by lot, and time for a bad
// wire.
func soakProfile(rng *rand.Rand) *Profile {
	p := Linux()
	if rng.IntN(2) == 0 {
		p = RFC9293()
	}
	if rng.IntN(2) == 0 {
		p = plain(p)
	}
	p.SYNACK = SYNACKPolicy(rng.IntN(3))
	p.ProbeBytes = rng.IntN(2)
	p.Nagle = rng.IntN(2) == 0
	p.RFC5961 = rng.IntN(2) == 0
	p.ReceiveWindow = []uint32{700, 3000, 20000, 1 << 20}[rng.IntN(4)]
	p.ReceiveInitial = min(p.ReceiveInitial, p.ReceiveWindow)
	p.SendBuffer = []uint64{1000, 30000, 1 << 20}[rng.IntN(3)]
	p.MSS = []int{0, 100, 536}[rng.IntN(3)]
	p.Retries, p.OrphanRetries = 30, 30
	return p
}

// badWire loses, doubles and puts off what an end sends.
func badWire(e *end, rng *rand.Rand, loss float64) {
	e.rules = append(e.rules, &rule{from: e, match: isAny, lot: func() fate {
		f := fate{drop: rng.Float64() < loss, twice: rng.IntN(20) == 0}
		if rng.IntN(10) == 0 {
			f.delay = time.Duration(rng.IntN(300)) * ms
		}
		return f
	}})
}
