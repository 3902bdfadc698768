package topo

import (
	"math/rand/v2"
	"time"

	"netsim/des"
	"netsim/wire"
)

// station is what every impairment has: its place in a half, and its books. What
// came in or was copied went on, was dropped, or is held.
type station struct {
	half  *Half
	next  Sink
	name  string // "loss": of its books and its random stream
	cause Cause  // why it drops
	draws *rand.Rand

	in, out, copies, dropped, held uint64
	bytes                          uint64 // of those that went on
	newest, late                   uint64 // highest number of those that passed; overtaken
}

func (s *station) pass(now des.Time, p *wire.Packet) {
	s.out++
	s.bytes += uint64(p.Size)
	s.next.Receive(now, p)
}

func (s *station) lose(now des.Time, p *wire.Packet) {
	s.dropped++
	s.half.drop(now, p, s.cause)
}

// random returns the station's stream, made when first drawn from.
func (s *station) random() *rand.Rand {
	if s.draws == nil {
		s.draws = s.half.link.net.stream("link." + s.half.Name() + "." + s.name)
	}
	return s.draws
}

// chance draws with probability p; where nothing is open, nothing is drawn.
func (s *station) chance(p float64) bool {
	if p <= 0 || p >= 1 {
		return p >= 1
	}
	return des.Chance(s.random(), p)
}

// double makes a copy of p.
func (s *station) double(p *wire.Packet) *wire.Packet {
	c := s.half.link.net.pool.Get()
	*c = *p
	c.Segment.Marks |= wire.Duplicate
	s.copies++
	return c
}

// unnumbered is the number of copies, which nobody overtakes.
const unnumbered = 0

// hold passes p on after a delay. Held packets block no other, and those held
// until the same instant keep their order. The number counts what came in, to
// tell who was overtaken.
func (s *station) hold(now des.Time, p *wire.Packet, number uint64, delay time.Duration) {
	n := s.half.link.net
	h := n.holders
	if h == nil {
		h = new(holder)
	} else {
		n.holders = h.next
	}
	h.station, h.packet = s, p
	p.Time = des.Time(number)
	h.release.Bind(h, s.half.rank(des.Packet))
	n.sim.At(&h.release, now.Add(delay))
	s.held++
}

// holder holds one packet for a station. Those not in use are the network's.
type holder struct {
	release des.Event
	station *station
	packet  *wire.Packet
	next    *holder
}

func (h *holder) Fire(now des.Time) {
	s, p := h.station, h.packet
	n := s.half.link.net
	h.station, h.packet, h.next = nil, nil, n.holders
	n.holders = h
	s.held--
	switch number := uint64(p.Time); {
	case number == unnumbered:
	case number < s.newest:
		s.late++
	default:
		s.newest = number
	}
	s.pass(now, p)
}
