package apps

import (
	"math/rand/v2"
	"time"

	"netsim/des"
	"netsim/host"
	"netsim/tcp"
	"netsim/wire"
)

// Forgery is what segments a flow sends that no connection has.
type Forgery uint8

const (
	SYNFlood Forgery = iota // SYNs, each from another pair of address and port while there are some
	StaleSYN                // old SYNs, from any port
	BlindRST                // resets of any sequence number
)

// Attack makes the arrivals of a flow segments that only look as if a connection
// had sent them.
type Attack struct {
	Kind      Forgery
	Sources   [][]wire.Addr // that the segments of each client are from
	Low, High uint16        // their ports
	Patience  time.Duration // in which the answers to a segment have come

	sent    []uint64  // by each client
	number  uint64    // of all segments
	first   uint64    // of them that is measured
	answers []uint8   // to each that is
	waits   des.Event // for the answers to the last
	waiting bool
	draws   *rand.Rand
	ghost   ghost
}

// ghost is the App of connections that only the server knows of.
type ghost struct{ flow *Flow }

// muster makes an attack ready.
func (f *Flow) muster() {
	a := f.Attack
	a.sent = make([]uint64, len(f.Clients))
	a.draws = des.Stream(f.world.seed, f.world.rep, "flow."+f.Name+".forged")
	a.ghost.flow = f
	a.waits.Bind(a, f.owner.Rank(des.Workload))
}

// forge sends one segment.
func (f *Flow) forge(now des.Time, client int, to *Target) {
	a := f.Attack
	s := wire.Segment{DstPort: to.Port, Seq: wire.SeqOf(uint32(a.draws.Uint64() >> 32)), Incarnation: f.forgery(a.number)}
	sources, ports := a.Sources[client], uint64(a.High)-uint64(a.Low)+1
	k := a.sent[client]
	if a.Kind != SYNFlood {
		k = des.Below(a.draws, uint64(len(sources))*ports)
	}
	s.SrcPort = a.Low + uint16(k/uint64(len(sources))%ports)
	if s.Flags = wire.RST; a.Kind != BlindRST {
		s.Flags, s.Window = wire.SYN, 65535
	}
	if f.Tally.measures(now) {
		f.await(now)
	}
	a.sent[client]++
	a.number++
	f.Clients[client].Forge(now, sources[k%uint64(len(sources))], to.address(), &s)
}

// forgery is the incarnation of a segment.
func (f *Flow) forgery(number uint64) wire.Incarnation {
	return wire.IncarnationOf(f.number, uint32(number%wire.MaxSlots), uint32(number/wire.MaxSlots)+1)
}

// await begins to count the answers to the segment that is sent next.
func (f *Flow) await(now des.Time) {
	a := f.Attack
	if len(a.answers) == 0 {
		a.first = a.number
	}
	a.answers = append(a.answers, 0)
	f.Tally.Packets.Sent++
	if f.Tally.Until == des.Never { // the run is over when nothing is left to happen
		return
	}
	if !a.waiting {
		a.waiting = true
		f.world.unsettled++
	}
	f.world.sim.At(&a.waits, now.Add(a.Patience))
}

// Fire is the time when no more answers come.
func (a *Attack) Fire(des.Time) {
	a.waiting = false
	a.ghost.flow.world.unsettled--
}

// Unasked counts an answer to what was forged: [host.Strays].
func (w *World) Unasked(_ des.Time, who wire.Incarnation) {
	if f := w.attacker(who); f != nil {
		a := f.Attack
		if i := uint64(who.Slot()) - a.first; i < uint64(len(a.answers)) && a.answers[i] < 255 {
			a.answers[i]++
		}
	}
}

// attacker is the flow that has forged a segment, nil if none has.
func (w *World) attacker(who wire.Incarnation) *Flow {
	if i := int(who.Flow()); i < len(w.flows) && w.flows[i].Attack != nil {
		return w.flows[i]
	}
	return nil
}

// haunt takes a connection into the server's world that no client has.
func (f *Flow) haunt(now des.Time, s *host.Socket) host.App {
	f.Tally.Phantoms.Add(now, 1)
	if f.Options != nil {
		s.Set(now, f.Options)
	}
	return &f.Attack.ghost
}

// News is what such a connection tells: [host.App].
func (g *ghost) News(now des.Time, s *host.Socket, n tcp.News) {
	if n&(tcp.Ended|tcp.Failed) != 0 {
		g.flow.Tally.Phantoms.Add(now, -1)
	}
}

// tell enters how often each segment was answered.
func (a *Attack) tell(t *Tally) {
	for _, n := range a.answers {
		t.Backscatter.Record(int64(n))
	}
}
