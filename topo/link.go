package topo

import (
	"errors"
	"fmt"
	"math"
	"time"

	"netsim/des"
	"netsim/dist"
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
//
// A packet meets what it is made of in this order: Rules, Loss, Bursts, Script,
// Corrupt, Duplicate; then the queue and the transmitter; then the propagation of
// Delay and Jitter; and the checksum at the far end.
type HalfSpec struct {
	Rate     int64         // bit/s, 0 is unlimited
	Delay    time.Duration // propagation
	MTU      int32         // bytes of the IP packet, 0 is none
	Overhead int32         // bytes that each packet takes more on the wire
	Queue    Limit
	Rules    []*Rule // in the order in which they act

	Loss           float64         // probability, of each packet by itself
	Bursts         *GilbertElliott // nil is none
	Script         *Script         // nil is none
	Corrupt        float64         // probability that a packet is damaged
	Duplicate      float64         // probability that a packet is copied
	DuplicateDelay dist.Dist       // after which its copy follows
	Jitter         dist.Dist       // ns that each packet is longer on its way
	Reorder        bool            // it may overtake others by that

	Discipline Discipline    // of this half alone; nil is drop-tail
	ECN        bool          // the discipline may mark
	Trace      Opportunities // instead of Rate
	Changes    bool          // Loss, Bursts, Script, Corrupt and Duplicate may be set while it runs
}

// Limit is the most a queue holds, the packet in transmission included. Bytes
// are those of IP packets; Time is the longest wait for the transmission. 0 is no
// limit of that kind.
type Limit struct {
	Packets, Bytes int64
	Time           time.Duration
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
	queue fifo // unless more.line is there
	link  *Link
	more  *stages // nil while there is nothing but the fifo, and no drop
}

// stages are what a half has beside its fifo.
type stages struct {
	entry Sink // whom a packet meets first
	drops [Causes]uint64
	owner des.Owner  // of their events
	owned bool       // it is one
	front []*station // in front of the queue, in the order in which packets meet them
	hooks []*hook

	loss        *loss
	bursts      *bursts
	script      *script
	corruption  *corruption
	duplication *duplication
	marked      uint64 // told of congestion
	limit       int64  // in packets, while the half is down
	line        *Queue // in place of the fifo
	flight      *flight
	checksum    *checksum
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

// Delay returns the propagation delay, without jitter.
func (h *Half) Delay() time.Duration {
	if h.more != nil && h.more.flight != nil {
		return h.more.flight.delay
	}
	return h.queue.medium.delay
}

// MTU returns the largest IP packet that passes, in bytes; [math.MaxInt32] if
// there is no such limit.
func (h *Half) MTU() int32 { return h.queue.medium.mtu }

// Overhead returns the bytes that each packet takes more on the wire.
func (h *Half) Overhead() int32 { return h.queue.medium.overhead }

// Loss returns the long-run share of packets lost by chance; what rules and
// scripts lose is not in it.
func (h *Half) Loss() float64 {
	if h.more == nil {
		return 0
	}
	p := 0.0
	if h.more.loss != nil {
		p = h.more.loss.probability
	}
	if b := h.more.bursts; b != nil {
		p += (1 - p) * b.Mean()
	}
	return p
}

// Receive takes a packet in at the half's start.
func (h *Half) Receive(now des.Time, p *wire.Packet) {
	if h.more == nil {
		h.queue.Receive(now, p) // what h.door() does, without asking whose Receive it is
		return
	}
	h.more.entry.Receive(now, p)
}

// door is whom a packet meets first, which a finished network no longer changes.
func (h *Half) door() Sink {
	if h.more == nil {
		return &h.queue
	}
	return h.more.entry
}

// Backlog counts the packets, and the bytes in them, that have not finished
// leaving at now, which must not be before the last packet came in.
func (h *Half) Backlog(now des.Time) (packets, bytes int64) {
	if h.more != nil && h.more.line != nil {
		q := h.more.line
		packets, bytes = q.Waiting()
		if q.sending != nil {
			packets++
			bytes += int64(q.sending.Size)
		}
		return packets, bytes
	}
	h.queue.settle(now)
	return h.queue.packets, h.queue.bytes
}

// Stats returns the counts so far. Sent is what was delivered, dropped or is
// still held, less the duplicates.
func (h *Half) Stats() Stats {
	s := Stats{Sent: h.queue.in, Delivered: h.queue.delivered, Bytes: h.queue.carried}
	if h.more != nil {
		s.Drops = h.more.drops
		h.more.count(&s)
	}
	s.Sent += s.Drops[DropTTL] // at the door: a router counts them to the half they were bound for
	return s
}

func (m *stages) count(s *Stats) {
	if q := m.line; q != nil {
		s.Sent, s.Delivered, s.Bytes = q.in, q.delivered, q.carried
	}
	s.Marked = m.marked
	if len(m.front) > 0 {
		s.Sent = m.front[0].in
	}
	for _, st := range m.front {
		s.Duplicated += st.copies
		s.Reordered += st.late
	}
	if f := m.flight; f != nil {
		s.Delivered, s.Bytes = f.out, f.bytes
		s.Reordered += f.late
	}
	if c := m.checksum; c != nil {
		s.Delivered, s.Bytes, s.Undetected = c.out, c.bytes, c.undetected
	}
}

// drop is the end of a packet at h.
func (h *Half) drop(now des.Time, p *wire.Packet, cause Cause) {
	h.beside().drops[cause]++
	h.link.net.discard(now, h, p, cause)
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
	law := func(what string, d *dist.Dist) {
		if err := d.Check(); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", what, err))
		}
	}
	fault(s.Rate < 0 || s.Rate > MaxRate, "a rate of %d bit/s; 0 (unlimited) to %g can be", s.Rate, MaxRate)
	fault(s.Delay < 0, "a delay of %v; it is 0 or more", s.Delay)
	fault(s.MTU < 0, "an MTU of %d B; it is positive, or 0 for none", s.MTU)
	fault(s.Overhead < 0 || s.Overhead > math.MaxUint16, "an overhead of %d B; 0 to %d can be", s.Overhead, math.MaxUint16)
	for _, p := range [...]struct {
		what  string
		value float64
	}{{"loss", s.Loss}, {"corruption", s.Corrupt}, {"duplication", s.Duplicate}} {
		if !(p.value >= 0 && p.value <= 1) {
			fault(true, "a %s of %v; a probability is from 0 to 1", p.what, p.value)
		}
	}
	fault(s.Bursts != nil && !s.Bursts.ok(), "bursts of loss %+v; probabilities are from 0 to 1", s.Bursts)
	fault(s.Script != nil && !s.Script.ok(), "a script of loss, %+v; numbers ascend from 1, up to the period", s.Script)
	law("the delay of duplicates", &s.DuplicateDelay)
	law("jitter", &s.Jitter)
	fault(s.Trace != nil && !s.Trace.ok(), "a trace of %d instants; they ascend, and the last is after 0", len(s.Trace))
	fault(s.Trace != nil && s.Rate != 0, "a rate and a trace; one of them says when packets leave")
	fault(s.Queue.Packets < 0 || s.Queue.Bytes < 0, "a queue of %d packets, %d B; either is positive, or 0 for no limit", s.Queue.Packets, s.Queue.Bytes)
	fault(s.Queue.Time < 0, "a queue of %v; it is positive, or 0 for no limit", s.Queue.Time)
	for _, r := range s.Rules {
		faults = append(faults, r.check())
	}
	return errors.Join(faults...)
}
