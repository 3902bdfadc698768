package middlebox

import (
	"math/rand/v2"
	"slices"

	"netsim/des"
	"netsim/topo"
	"netsim/wire"
)

// Method is how a balancer chooses the server of a connection.
type Method uint8

const (
	Hash             Method = iota // by addresses and ports: the same one even for a connection it has forgotten
	RoundRobin                     // one after the other
	Random                         // any
	LeastConnections               // the one with the fewest that are not closed
)

// Server is one of those that serve.
type Server struct {
	Address wire.Addr
	Port    uint16
	Out     topo.Sink // the link to it; nil: packets are translated and routed
}

// BalancerConfig describes a balancer.
type BalancerConfig struct {
	Config
	Service []wire.Addr // the addresses that are called, and the port
	Port    uint16
	Servers []Server
	Method  Method
}

// Balancer takes the connections to a service and gives each to a server. Where
// servers have an Out it hands packets over that link as they are, and servers
// answer callers directly, under the address of the service: the balancer sees
// one direction only, and takes the caller's FIN for the end. Else it translates,
// and answers must come back through it.
type Balancer struct {
	box
	cfg    BalancerConfig
	active []int // connections of each server that are not closed
	next   int
	draws  *rand.Rand
}

// NewBalancer puts a balancer in front of its router.
func NewBalancer(c BalancerConfig) *Balancer {
	b := &Balancer{cfg: c, active: make([]int, len(c.Servers))}
	b.begin(c.Config, b)
	b.forgot = func(now des.Time, s *session) { b.account(s.server, s.phase, Aborted) }
	return b
}

// Receive takes a packet that came over a link: a [topo.Sink].
func (b *Balancer) Receive(now des.Time, p *wire.Packet) {
	b.in++
	if p.Segment.Marks&wire.Datagram != 0 {
		b.pass(now, p)
		return
	}
	if p.Report != wire.NoReport {
		b.report(now, p)
		return
	}
	t := tupleOf(p)
	ref := b.find(t)
	if ref == 0 {
		if t.dstPort != b.cfg.Port || !slices.Contains(b.cfg.Service, t.dst) {
			b.pass(now, p)
			return
		}
		if ref = b.admit(now, p, t); ref == 0 {
			return
		}
	}
	s := b.room.At(ref >> 1)
	was := s.phase
	b.follow(now, p, ref)
	b.account(s.server, was, s.phase)
	b.hand(now, p, s, ref)
}

// admit gives a connection to a server, or refuses the packet.
func (b *Balancer) admit(now des.Time, p *wire.Packet, t tuple) uint32 {
	first := opens(&p.Segment)
	switch {
	case !first && b.cfg.Method != Hash:
		b.reset(now, p, Unknown)
		return 0
	case b.full():
		b.refuse(now, p, Limit, wire.NoReport)
		return 0
	}
	i := b.choose(t)
	server := &b.cfg.Servers[i]
	answers := t.reverse()
	if server.Out == nil {
		answers.src, answers.srcPort = server.Address, server.Port
	}
	ref := b.open(now, t, answers)
	s := b.room.At(ref >> 1)
	s.server, s.oneSided = uint32(i), server.Out != nil
	s.fins, s.answered = s.unseen(), s.oneSided
	b.active[i]++
	if !first {
		b.room.touch(now, ref>>1, Established)
	}
	return ref
}

// hand passes a packet on: over the server's own link, or to be routed.
func (b *Balancer) hand(now des.Time, p *wire.Packet, s *session, ref uint32) {
	if out := b.cfg.Servers[s.server].Out; out != nil && ref&1 == 0 {
		b.passed++
		out.Receive(now, p)
		return
	}
	b.pass(now, p)
}

// report passes on what is said about a connection to whom it concerns, and what
// is about none as it is.
func (b *Balancer) report(now des.Time, p *wire.Packet) {
	ref := b.find(tuple{p.About, p.Dst, p.Segment.DstPort, p.Segment.SrcPort})
	if ref == 0 {
		b.pass(now, p)
		return
	}
	b.restore(p)
	b.hand(now, p, b.room.At(ref>>1), ref)
}

// account keeps count of a server's connections when one changes its phase.
func (b *Balancer) account(server uint32, from, to Phase) {
	switch was, is := from < TimeWait, to < TimeWait; {
	case was && !is:
		b.active[server]--
	case !was && is:
		b.active[server]++
	}
}

// choose returns a server.
func (b *Balancer) choose(t tuple) int {
	n := len(b.cfg.Servers)
	switch b.cfg.Method {
	case Hash:
		return int(t.hash() >> 32 * uint64(n) >> 32)
	case Random:
		if b.draws == nil {
			b.draws = des.Stream(b.Seed, b.Rep, "node."+b.Name+".servers")
		}
		return int(des.Below(b.draws, uint64(n)))
	case LeastConnections: // of equals the next in turn
		best := b.next
		for i := range n {
			if at := (b.next + i) % n; b.active[at] < b.active[best] {
				best = at
			}
		}
		b.next = (best + 1) % n
		return best
	}
	at := b.next
	b.next = (at + 1) % n
	return at
}
