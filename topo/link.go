package topo

import (
	"errors"
	"fmt"
	"math"
	"time"

	"netsim/des"
	"netsim/wire"
)

// LinkSpec says what a full-duplex link is. Forward is from A to B.
type LinkSpec struct {
	Name          string // of this link alone; its random streams go by it
	A, B          NodeID
	Forward, Back HalfSpec
	Weight        float64 // for the routes, in both directions; 0 is 1
}

// HalfSpec says what one direction of a link is. The zero HalfSpec carries
// everything at once and whole.
type HalfSpec struct {
	Rate     int64         // bit/s, 0 is unlimited
	Delay    time.Duration // propagation
	MTU      int32         // bytes of the IP packet, 0 is none
	Overhead int32         // bytes that each packet takes more on the wire
	Loss     float64       // probability, of each packet by itself
	Queue    Limit
	Rules    []*Rule // in the order in which they act
}

// Limit is the most a queue holds, the packet in transmission included. Bytes
// are those of IP packets. 0 is no limit of that kind.
type Limit struct {
	Packets, Bytes int64
}

// Link is a full-duplex link: two halves, one in each direction.
type Link struct {
	Name          string
	A, B          NodeID
	Weight        float64
	Forward, Back *Half

	net *Network
}

// Half is one direction of a link.
type Half struct {
	entry  Sink // the first of impair, or queue
	queue  fifo
	link   *Link
	impair *impairments    // nil if there is none
	drops  *[Causes]uint64 // nil if there is none
}

// impairments are what stands in front of a half's queue.
type impairments struct {
	owner des.Owner // ranks what the rules hold
	hooks []*hook
	loss  *loss
}

// Link returns the link that h is half of.
func (h *Half) Link() *Link { return h.link }

// Forward reports whether h leads from the link's A to its B.
func (h *Half) Forward() bool { return h == h.link.Forward }

// Reverse returns the other half of the link.
func (h *Half) Reverse() *Half {
	if h.Forward() {
		return h.link.Back
	}
	return h.link.Forward
}

// From returns the node at which h starts.
func (h *Half) From() NodeID {
	if h.Forward() {
		return h.link.A
	}
	return h.link.B
}

// To returns the node to which h leads.
func (h *Half) To() NodeID { return h.Reverse().From() }

// Name returns the link's name and the direction: "core.forward".
func (h *Half) Name() string {
	if h.Forward() {
		return h.link.Name + ".forward"
	}
	return h.link.Name + ".back"
}

// Rate returns the rate in bit/s, 0 if it is unlimited.
func (h *Half) Rate() int64 { return h.queue.medium.rate }

// Delay returns the propagation delay.
func (h *Half) Delay() time.Duration { return h.queue.medium.delay }

// MTU returns the largest IP packet that passes, in bytes; [math.MaxInt32] if
// there is no such limit.
func (h *Half) MTU() int32 { return h.queue.medium.mtu }

// Overhead returns the bytes that each packet takes more on the wire.
func (h *Half) Overhead() int32 { return h.queue.medium.overhead }

// Loss returns the probability of random loss.
func (h *Half) Loss() float64 {
	if h.impair == nil || h.impair.loss == nil {
		return 0
	}
	return h.impair.loss.probability
}

// Receive takes a packet in at the half's start.
func (h *Half) Receive(now des.Time, p *wire.Packet) { h.entry.Receive(now, p) }

// Backlog counts the packets, and the bytes in them, that have not finished
// leaving at now, which must not be before the last packet came in.
func (h *Half) Backlog(now des.Time) (packets, bytes int64) {
	h.queue.settle(now)
	return h.queue.packets, h.queue.bytes
}

// Busy returns how long the half has been transmitting until now.
func (h *Half) Busy(now des.Time) time.Duration {
	return h.queue.busy() - max(0, h.queue.free.Sub(now))
}

// Stats returns the counts so far. Sent is what was delivered, dropped or is
// still held, less the duplicates.
func (h *Half) Stats() Stats {
	s := Stats{Sent: h.queue.in, Delivered: h.queue.delivered, Bytes: h.queue.carried}
	if h.drops != nil {
		s.Drops = *h.drops
	}
	if i := h.impair; i != nil {
		s.Sent = i.entered()
		for _, k := range i.hooks {
			s.Duplicated += k.copies
		}
	}
	s.Sent += s.Drops[DropTTL] // at the door: a router counts them to the half they were bound for
	return s
}

// entered counts what came to the first of the impairments.
func (i *impairments) entered() uint64 {
	if len(i.hooks) > 0 {
		return i.hooks[0].in
	}
	return i.loss.in
}

// drop is the end of a packet at h.
func (h *Half) drop(now des.Time, p *wire.Packet, cause Cause) {
	if h.drops == nil {
		h.drops = new([Causes]uint64)
	}
	h.drops[cause]++
	h.link.net.discard(now, h, p, cause)
}

// build makes h a half as spec says.
func (h *Half) build(n *Network, l *Link, spec *HalfSpec) {
	owner := n.sim.Owner()
	h.link = l
	h.queue = fifo{half: h, medium: n.medium(spec)}
	h.queue.arrive.Bind(&h.queue, owner.Rank(des.Packet))
	h.entry = &h.queue
	if spec.Loss == 0 && len(spec.Rules) == 0 {
		return
	}
	h.impair = &impairments{owner: owner, hooks: make([]*hook, len(spec.Rules))}
	if spec.Loss > 0 {
		h.impair.loss = &loss{half: h, next: h.entry, probability: spec.Loss}
		h.entry = h.impair.loss
	}
	for i := len(spec.Rules) - 1; i >= 0; i-- {
		k := &hook{half: h, rule: spec.Rules[i], next: h.entry}
		k.rule.name(l.Name)
		h.impair.hooks[i] = k
		h.entry = k
	}
}

// MaxRate is the highest rate of a link, in bit/s.
const MaxRate = 1e15

// check tells what is wrong with a spec.
func (s *HalfSpec) check() error {
	var faults []error
	fault := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	fault(s.Rate < 0 || s.Rate > MaxRate, "a rate of %d bit/s; 0 (unlimited) to %g can be", s.Rate, MaxRate)
	fault(s.Delay < 0, "a delay of %v; it is 0 or more", s.Delay)
	fault(s.MTU < 0, "an MTU of %d B; it is positive, or 0 for none", s.MTU)
	fault(s.Overhead < 0 || s.Overhead > math.MaxUint16, "an overhead of %d B; 0 to %d can be", s.Overhead, math.MaxUint16)
	fault(!(s.Loss >= 0 && s.Loss <= 1), "a loss of %v; a probability is from 0 to 1", s.Loss)
	fault(s.Queue.Packets < 0 || s.Queue.Bytes < 0, "a queue of %d packets, %d B; either is positive, or 0 for no limit", s.Queue.Packets, s.Queue.Bytes)
	for _, r := range s.Rules {
		faults = append(faults, r.check())
	}
	return errors.Join(faults...)
}
