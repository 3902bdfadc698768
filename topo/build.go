package topo

import (
	"netsim/des"
	"netsim/wire"
)

// build makes h a half as spec says.
func (h *Half) build(n *Network, l *Link, spec *HalfSpec) {
	owner := n.sim.Owner()
	h.link = l
	h.queue = fifo{half: h, clock: clock{medium: n.medium(spec)}}
	h.queue.arrive.Bind(&h.queue, owner.Rank(des.Packet))
	if spec.plain() {
		return
	}
	h.more = &stages{entry: &h.queue, owner: owner, owned: true}
	if spec.Discipline != nil || spec.Trace != nil {
		h.addLine(spec)
	}
	fixed, isFixed := spec.Jitter.Fixed()
	if !isFixed || fixed > 0 || h.more.line != nil || spec.Reorder {
		f := h.airborne(0)
		f.jitter, f.reorder = spec.Jitter, spec.Reorder
	}
	if spec.damages() {
		h.more.checksum = &checksum{station: station{half: h, name: "checksum", cause: DropCorrupt}}
		h.lead(nil)
	}
	h.addFront(spec)
}

// plain tells that a fifo is all.
func (s *HalfSpec) plain() bool {
	fixed, isFixed := s.Jitter.Fixed()
	return s.Loss == 0 && s.Bursts == nil && s.Script == nil && s.Corrupt == 0 && s.Duplicate == 0 && isFixed && fixed == 0 &&
		!s.Reorder && s.Discipline == nil && s.Trace == nil && len(s.Rules) == 0 && !s.Changes
}

// damages tells whether the half needs a checksum at its end.
func (s *HalfSpec) damages() bool {
	for _, r := range s.Rules {
		if r.Do == DoCorrupt {
			return true
		}
	}
	return s.Corrupt > 0 || s.Changes
}

func (h *Half) addLine(spec *HalfSpec) {
	q := &Queue{clock: h.queue.clock, discipline: spec.Discipline, half: h, ecn: spec.ECN}
	if q.discipline == nil {
		q.discipline = new(DropTail)
	}
	if spec.Trace != nil {
		q.trace = &opportunities{times: spec.Trace}
	}
	q.done.Bind(q, h.rank(des.Control))
	h.more.line, h.more.entry = q, q
}

// addFront puts the impairments in front of the queue, the last first.
func (h *Half) addFront(spec *HalfSpec) {
	m := h.more
	put := func(s *station, sink Sink, name string, cause Cause) {
		*s = station{half: h, next: m.entry, name: name, cause: cause}
		m.front = append([]*station{s}, m.front...)
		m.entry = sink
	}
	if spec.Duplicate > 0 || spec.Changes {
		m.duplication = &duplication{probability: spec.Duplicate, delay: spec.DuplicateDelay}
		put(&m.duplication.station, m.duplication, "duplicate", DropLoss)
	}
	if spec.Corrupt > 0 || spec.Changes {
		m.corruption = &corruption{probability: spec.Corrupt}
		put(&m.corruption.station, m.corruption, "corrupt", DropCorrupt)
	}
	if spec.Script != nil || spec.Changes {
		m.script = new(script)
		h.SetScript(spec.Script)
		put(&m.script.station, m.script, "script", DropLoss)
	}
	if spec.Bursts != nil || spec.Changes {
		m.bursts = new(bursts)
		h.SetBursts(spec.Bursts)
		put(&m.bursts.station, m.bursts, "bursts", DropLoss)
	}
	if spec.Loss > 0 || spec.Changes {
		m.loss = &loss{probability: spec.Loss}
		put(&m.loss.station, m.loss, "loss", DropLoss)
	}
	for i := len(spec.Rules) - 1; i >= 0; i-- {
		k := &hook{rule: spec.Rules[i]}
		k.rule.name(h.link.Name)
		put(&k.station, k, "rule "+k.rule.Name, DropRule)
		m.hooks = append([]*hook{k}, m.hooks...)
	}
}

// beside returns what h has beside its fifo, made if that is nothing.
func (h *Half) beside() *stages {
	if h.more == nil {
		h.more = &stages{entry: &h.queue}
	}
	return h.more
}

// rank is that of one more event of what h has beside its fifo.
func (h *Half) rank(c des.Class) des.Rank {
	m := h.beside()
	if !m.owned {
		m.owner, m.owned = h.link.net.sim.Owner(), true
	}
	return m.owner.Rank(c)
}

// lead makes in the end of the half: nil leaves the one it has, behind a new
// checksum.
func (h *Half) lead(in Sink) {
	last := &h.queue.next
	if m := h.more; m != nil {
		if m.line != nil {
			last = &m.line.next
		}
		if m.flight != nil {
			last = &m.flight.next
		}
		if m.checksum != nil {
			*last = m.checksum
			last = &m.checksum.next
		}
	}
	*last = in
}

// mark tells p of congestion if its sender understands it: ECT becomes CE (RFC
// 3168 section 5).
func (h *Half) mark(p *wire.Packet) bool {
	const ce = 3
	if p.ECN == 0 {
		return false
	}
	if p.ECN != ce {
		p.ECN = ce
		h.more.marked++
	}
	return true
}
