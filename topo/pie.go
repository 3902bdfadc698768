package topo

import (
	"cmp"
	"time"

	"netsim/des"
	"netsim/wire"
)

// PIE drops, or marks, arriving packets with a probability that a controller
// moves every Update by how far the waiting time is from Target and how it changed
// (RFC 8033). The zero PIE has the RFC's 15 ms and 15 ms, a burst allowance of
// 150 ms, and marks up to a probability of a tenth.
//
// The waiting time is that of the last packet that left, 0 if none waits (the
// timestamps of section 5.2, as Linux does); the estimator of the departure rate
// is left out, since the rate of a link needs none. The controller is run when a
// packet comes or goes, for each update that has become due: nothing that it looks
// at changes in between. Section 5.4's spacing of drops is included. The larger
// steps above 250 ms that Linux makes are not in the RFC and not here.
type PIE struct {
	Target, Update, Burst time.Duration

	list        List
	probability float64
	accumulated float64       // since the last drop
	delay, old  time.Duration // qdelay and qdelay_old
	allowance   time.Duration
	due         des.Time // the next update
	set         bool
}

func (c *PIE) defaults(now des.Time) {
	c.set = true
	c.Target = cmp.Or(c.Target, 15*time.Millisecond)
	c.Update = cmp.Or(c.Update, 15*time.Millisecond)
	c.Burst = cmp.Or(c.Burst, 150*time.Millisecond)
	c.allowance = c.Burst
	c.due = now.Add(c.Update)
}

// Enqueue takes p in unless the controller says otherwise.
func (c *PIE) Enqueue(q *Queue, now des.Time, p *wire.Packet) {
	if !c.set {
		c.defaults(now)
	}
	c.catchUp(now)
	if q.Over(now) || c.allowance == 0 && c.early(q) && !(c.probability <= markUpTo && q.Mark(p)) {
		q.Drop(now, p)
		return
	}
	c.list.Push(p)
}

// markUpTo is mark_ecnth: above this probability even ECN's packets are dropped
// (section 5.1).
const markUpTo = .1

// Dequeue gives away the first, whose wait the controller learns.
func (c *PIE) Dequeue(q *Queue, now des.Time) *wire.Packet {
	if !c.set {
		return nil
	}
	c.catchUp(now)
	p := c.list.Pop()
	if p != nil {
		c.delay = now.Sub(p.Time)
	}
	return p
}

// early is drop_early() of section 4.1.
func (c *PIE) early(q *Queue) bool {
	if c.old < c.Target/2 && c.probability < .2 || c.list.Bytes <= 2*meanPacket {
		return false
	}
	if c.probability == 0 {
		c.accumulated = 0
	}
	c.accumulated += c.probability
	switch {
	case c.accumulated < .85:
		return false
	case c.accumulated < 8.5 && !des.Chance(q.Random(), c.probability):
		return false
	}
	c.accumulated = 0
	return true
}

// meanPacket is MEAN_PKTSIZE of appendix A, in bytes.
const meanPacket = 1024

// catchUp makes the updates that have become due.
func (c *PIE) catchUp(now des.Time) {
	for ; c.due <= now; c.due = c.due.Add(c.Update) {
		if c.list.Packets == 0 {
			c.delay = 0
		}
		if c.delay == 0 && c.old == 0 && c.probability == 0 && c.allowance == c.Burst {
			c.due = c.due.Add(now.Sub(c.due) / c.Update * c.Update) // nothing would change
			continue
		}
		c.update()
	}
}

// update is calculate_drop_prob() of sections 4.2, 4.4 and 5.5.
func (c *PIE) update() {
	const alpha, beta = .125, 1.25
	p := float64(alpha*(c.delay-c.Target).Seconds()) + float64(beta*(c.delay-c.old).Seconds())
	p /= caution(c.probability)
	if c.probability >= .1 {
		p = min(p, .02)
	}
	c.probability += p
	if c.delay == 0 && c.old == 0 {
		if c.probability *= .98; c.probability < 1e-12 {
			c.probability = 0
		}
	}
	c.probability = min(max(0, c.probability), 1)
	c.allowance = max(0, c.allowance-c.Update)
	if c.probability == 0 && c.delay < c.Target/2 && c.old < c.Target/2 {
		c.allowance = c.Burst
	}
	c.old = c.delay
}

// caution divides the step while the probability is small.
func caution(probability float64) float64 {
	for _, step := range [...]struct{ below, divisor float64 }{
		{.000001, 2048}, {.00001, 512}, {.0001, 128}, {.001, 32}, {.01, 8}, {.1, 2},
	} {
		if probability < step.below {
			return step.divisor
		}
	}
	return 1
}
