package topo

import (
	"math"

	"netsim/des"
	"netsim/wire"
)

// RED drops, or marks, arriving packets at random, the likelier the longer the
// queue has been on the average (Floyd and Jacobson 1993, recommended by RFC
// 2309). The average is over arrivals, with a weight; an idle time counts as the
// arrivals to an empty queue that it had room for, one each transmission of a
// packet like the one that ends it.
//
// Min and Max are thresholds of the average in packets, or in bytes if their
// Bytes are set; the packet in transmission does not count. Gentle (Floyd 2000)
// raises the probability from Probability to 1 between Max and twice Max, where
// the original drops everything above Max. What may be marked is up to Max, and
// dropped above (RFC 3168 section 7).
//
// The zero RED has Min 5 packets, Max 15, Probability 1/50 and Weight 1/500
// (Floyd's recommendation of 1997).
type RED struct {
	Min, Max    Limit
	Probability float64
	Weight      float64
	Gentle      bool

	list    List
	average float64
	since   int64    // packets let pass since the last drop
	idle    des.Time // when the link last had nothing to send
	empty   bool     // it has nothing since
	set     bool
}

func (r *RED) defaults() {
	r.set, r.empty = true, true
	if r.Min == (Limit{}) && r.Max == (Limit{}) {
		r.Min.Packets, r.Max.Packets = 5, 15
	}
	if r.Probability == 0 {
		r.Probability = .02
	}
	if r.Weight == 0 {
		r.Weight = .002
	}
}

// Enqueue judges p by the average that its coming makes.
func (r *RED) Enqueue(q *Queue, now des.Time, p *wire.Packet) {
	if !r.set {
		r.defaults()
	}
	r.observe(q, now, p)
	switch verdict := r.judge(q); {
	case q.Over(now), verdict == refuse, verdict == warn && !q.Mark(p):
		q.Drop(now, p)
	default:
		r.list.Push(p)
		r.empty = false
	}
}

// Dequeue gives away the first.
func (r *RED) Dequeue(q *Queue, now des.Time) *wire.Packet {
	p := r.list.Pop()
	if p == nil && r.set && !r.empty {
		r.empty, r.idle = true, now
	}
	return p
}

// observe moves the average.
func (r *RED) observe(q *Queue, now des.Time, p *wire.Packet) {
	if r.empty {
		if span := q.Span(p.Size); span > 0 {
			missed := float64(now.Sub(r.idle)) / float64(span)
			r.average *= des.Exp(float64(missed * des.Log(1-r.Weight)))
		}
		return
	}
	length := float64(r.list.Packets)
	if r.Max.Bytes > 0 {
		length = float64(r.list.Bytes)
	}
	r.average += float64(r.Weight * (length - r.average))
}

// verdict is what is to happen to an arriving packet.
type verdict uint8

const (
	accept verdict = iota
	warn           // marked or dropped
	refuse         // dropped
)

// judge decides by the average alone.
func (r *RED) judge(q *Queue) verdict {
	low, high := r.thresholds()
	if r.average < low {
		r.since = 0
		return accept
	}
	p := r.chance()
	if p >= 1 {
		r.since = 0
		return refuse
	}
	// The number of packets from drop to drop is uniform on 1 to 1/p (section 7 of
	// the paper; its figure 2 counts one more).
	even := 1.0
	if spread := float64(float64(r.since) * p); spread < 1 {
		even = p / (1 - spread)
	}
	if !des.Chance(q.Random(), even) {
		r.since++
		return accept
	}
	r.since = 0
	if r.average >= high {
		return refuse
	}
	return warn
}

func (r *RED) thresholds() (low, high float64) {
	if r.Max.Bytes > 0 {
		return float64(r.Min.Bytes), float64(r.Max.Bytes)
	}
	return float64(r.Min.Packets), float64(r.Max.Packets)
}

// chance is p_b of the paper: the probability that belongs to the average, before
// it is spaced.
func (r *RED) chance() float64 {
	low, high := r.thresholds()
	switch a := r.average; {
	case a < low:
		return 0
	case a < high:
		return r.Probability * (a - low) / (high - low)
	case r.Gentle && a < 2*high:
		return math.Min(1, r.Probability+float64((1-r.Probability)*(a-high))/high)
	}
	return 1
}
