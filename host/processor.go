package host

import (
	"math/rand/v2"
	"time"

	"netsim/des"
	"netsim/metrics"
	"netsim/topo"
	"netsim/wire"
)

// processor is the cores of a host, which take the segments that come in, in their
// order, and have them for the time that each costs before anything comes of it.
type processor struct {
	host    *Host
	queue   topo.List
	idle    *core
	working int
	draws   *rand.Rand // nil: what a segment costs does not vary
}

// core works for a segment.
type core struct {
	of     *processor
	done   des.Event
	packet *wire.Packet
	next   *core // idle
}

// ProcessorTally is what the processors of a group of hosts record.
type ProcessorTally struct {
	Busy metrics.Level   // cores at work
	Wait metrics.Sample  // ns that a segment waited for one, of those that came in the window
	Work metrics.Uint128 // ns that they were given within it: a second witness of Busy
}

func newProcessor(h *Host, l *Limits) *processor {
	p := &processor{host: h}
	if _, fixed := l.PerSegment.Fixed(); !fixed {
		p.draws = des.Stream(h.stack.seed, h.stack.rep, "node."+h.name()+".cpu")
	}
	for range l.Cores {
		c := &core{of: p, next: p.idle}
		c.done.Bind(c, h.owner.Rank(des.Packet))
		p.idle = c
	}
	return p
}

// take puts a packet before the cores.
func (p *processor) take(now des.Time, packet *wire.Packet) {
	packet.Time = now
	p.queue.Push(packet)
	if p.idle != nil {
		p.begin(now)
	}
}

// begin gives the first in the queue to a core that is idle.
func (p *processor) begin(now des.Time) {
	c := p.idle
	p.idle = c.next
	c.packet = p.queue.Pop()
	p.working++
	cost := p.cost(c.packet)
	p.host.group.tally.work(now, c.packet.Time, now.Add(cost))
	p.host.stack.sim.At(&c.done, now.Add(cost))
}

// cost is how long a core works for a packet.
func (p *processor) cost(packet *wire.Packet) time.Duration {
	l, h := p.host.group.limits, p.host
	steps := int64(1)
	if l.Lookup == ByList {
		s := &packet.Segment
		steps = h.rest.holdings.connections
		if h.stack.find(tuple{packet.Dst, packet.Src, s.DstPort, s.SrcPort}) != 0 {
			steps = (steps + 1) / 2
		}
	}
	return time.Duration(l.PerSegment.Draw(p.draws) + steps*int64(l.PerLookup))
}

// Fire is the end of the work for a segment.
func (c *core) Fire(now des.Time) {
	p, packet := c.of, c.packet
	c.packet = nil
	c.next, p.idle = p.idle, c
	p.working--
	p.host.group.tally.rest(now)
	p.host.take(now, packet)
	if p.queue.Packets > 0 && p.idle != nil {
		p.begin(now)
	}
}

// held counts the packets that a processor has.
func (p *processor) held() int { return int(p.queue.Packets) + p.working }

// work is begun now for a segment that came before.
func (t *Tally) work(now, came, until des.Time) {
	for ; t != nil; t = t.of {
		if came >= t.from && came < t.until {
			t.Processor.Wait.Record(int64(now - came))
		}
		t.Processor.Busy.Add(now, 1)
		t.worked(now, until)
	}
}

// rest ends it.
func (t *Tally) rest(now des.Time) {
	for ; t != nil; t = t.of {
		t.Processor.Busy.Add(now, -1)
	}
}

// worked adds the part of a core's work that lies in the window.
func (t *Tally) worked(from, until des.Time) {
	from, until = max(from, t.from), min(until, t.until)
	if until > from {
		t.Processor.Work = t.Processor.Work.Add(metrics.Uint128{Lo: uint64(until - from)})
	}
}
