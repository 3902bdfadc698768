package theory

import (
	"math"
	"time"
)

// Policy is how a server answers the SYN of a connection it already answered.
type Policy uint8

const (
	// Stateless answers every SYN and sends nothing by itself: SYN cookies
	// (RFC 4987, 3.6).
	Stateless Policy = iota
	// Strict sends its SYN-ACK again by its own timer only. A second SYN is
	// outside the window and is answered by an ACK (RFC 9293, 3.10.7.4), which a
	// client in SYN-SENT drops.
	Strict
	// Linux answers a second SYN with a SYN-ACK, which does not count as a
	// retransmission, and sets the timer anew to its present wait.
	Linux
	// Cached answers a second SYN like the first: by a SYN-ACK, with the schedule
	// from its beginning (FreeBSD syncache_add).
	Cached
)

// Opening is a three-way handshake over a path with independent loss and
// constant delay, to a server with room for it.
type Opening struct {
	Client         Schedule // waits after each SYN
	Server         Schedule // waits after each SYN-ACK: at least one unless Stateless
	Policy         Policy
	Loss, LossBack float64       // of a SYN, of a SYN-ACK
	RTT            time.Duration // both ways, SYN and SYN-ACK serialized
	TimersFirst    bool          // of a timer and a packet at one time; else packets
}

// SetupTime returns the distribution of the time from the first SYN to
// ESTABLISHED at the client, RTT included, and of failure.
//
// It is exact: every pattern of losses is followed, patterns that leave the
// server in the same state together. For a stateless server it is the geometric
// law P(s_k + RTT) = (1-q)^k q, with q = (1-loss)(1-lossBack) and s_k the time of
// SYN k. A server that dropped its request answers a later SYN afresh.
func (o Opening) SetupTime() Distribution {
	e := enumeration{Opening: o, giveUp: o.Client.GiveUp(), mass: map[time.Duration]float64{}}
	states := []request{{wait: none, p: 1}}
	for _, sent := range o.Client.Times() {
		var next []request
		for _, r := range states {
			e.expire(&r, sent)
			lost, arrived := r, r
			lost.p *= o.Loss
			arrived.p *= 1 - o.Loss
			e.syn(&arrived, sent)
			next = join(join(next, lost), arrived)
		}
		states = next
	}
	var failure float64
	for _, r := range states {
		e.expire(&r, math.MaxInt64)
		failure += r.p
	}
	return newDistribution(e.mass, failure)
}

// SYNs returns the expected number of SYNs the client sends, failures included.
func (o Opening) SYNs() float64 {
	d := o.SetupTime()
	var sum float64
	for k, at := range o.Client.Times() {
		if !o.TimersFirst {
			at++ // who is answered at this very time sends no more
		}
		if k == 0 {
			at = 0
		}
		sum += d.Failure
		for _, s := range d.steps {
			if s.At >= at {
				sum += s.P * (1 - d.Failure)
			}
		}
	}
	return sum
}

// HalfOpen returns the probability that a client is connected and its server never:
// the third segment is lost, and of as many SYN-ACKs sent again each, or its answer.
// The client must keep silent, or its text would do: loss·(1-q)^resent, with q =
// (1-loss)(1-lossBack) (RFC 9293, 3.10.7.4).
func HalfOpen(loss, lossBack float64, resent int) float64 {
	return loss * math.Pow(1-(1-loss)*(1-lossBack), float64(resent))
}

// request is a state the server may be in, on the client's clock: times are of
// departure from the client, so that the way there drops out.
type request struct {
	due  time.Duration // when its timer ends
	wait int           // which wait of the schedule is running, or none
	p    float64       // probability to be here and of no SYN-ACK having arrived
}

const none = -1

// enumeration gathers the probability of each setup time.
type enumeration struct {
	Opening
	giveUp time.Duration
	mass   map[time.Duration]float64
}

// expire lets the timer of r run until a SYN arrives at `until`.
func (e *enumeration) expire(r *request, until time.Duration) {
	for r.wait != none && (r.due < until || r.due == until && e.TimersFirst) {
		if r.wait+1 >= len(e.Server) {
			r.due, r.wait = 0, none
			return
		}
		e.synAck(r, r.due)
		r.wait++
		r.due += e.Server[r.wait]
	}
}

// syn lets a SYN arrive.
func (e *enumeration) syn(r *request, now time.Duration) {
	fresh := r.wait == none
	if fresh || e.Policy != Strict {
		e.synAck(r, now)
	}
	if e.Policy == Stateless {
		return
	}
	if fresh || e.Policy == Cached {
		r.wait = 0
	}
	if fresh || e.Policy != Strict {
		r.due = now + e.Server[r.wait]
	}
}

// synAck sends a SYN-ACK, which arrives in time, too late, or not at all.
func (e *enumeration) synAck(r *request, now time.Duration) {
	at := now + e.RTT
	if at > e.giveUp || at == e.giveUp && e.TimersFirst {
		return
	}
	e.mass[at] += r.p * (1 - e.LossBack)
	r.p *= e.LossBack
}

// join adds r to the states, to the one like it if there is one.
func join(states []request, r request) []request {
	if r.p == 0 {
		return states
	}
	for i := range states {
		if states[i].due == r.due && states[i].wait == r.wait {
			states[i].p += r.p
			return states
		}
	}
	return append(states, r)
}
