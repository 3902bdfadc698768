package topo

import (
	"netsim/des"
	"netsim/wire"
)

// hook is where a rule hangs in a half.
type hook struct {
	half    *Half
	rule    *Rule
	next    Sink
	in, out uint64
	copies  uint64
	dropped uint64
	held    uint64
}

func (k *hook) Receive(now des.Time, p *wire.Packet) {
	k.in++
	if !k.acts(p) {
		k.pass(now, p)
		return
	}
	switch k.rule.Do {
	case DoDrop:
		k.dropped++
		k.half.drop(now, p, DropRule)
	case DoDelay:
		k.later(now, p)
	case DoDuplicate:
		double := k.half.link.net.pool.Get()
		*double = *p
		double.Segment.Marks |= wire.Duplicate
		k.copies++
		k.pass(now, p)
		k.later(now, double)
	}
}

// acts decides whether the rule acts on p, and counts.
func (k *hook) acts(p *wire.Packet) bool {
	r, s := k.rule, &p.Segment
	if !r.Match.of(s) || p.Report != wire.NoReport && r.Match != MatchAny {
		return false
	}
	if r.Flow != AnyFlow && (s.Incarnation == 0 || int(s.Incarnation.Flow()) != r.Flow) {
		return false
	}
	if r.Nth != nil && !r.nth(r.number(s.Incarnation)) {
		return false
	}
	if r.Probability > 0 && r.Probability < 1 {
		if r.draws == nil {
			r.draws = k.half.link.net.stream(r.Stream)
		}
		if !des.Chance(r.draws, r.Probability) {
			return false
		}
	}
	r.Hits++
	return true
}

func (k *hook) pass(now des.Time, p *wire.Packet) {
	k.out++
	k.next.Receive(now, p)
}

// later passes p on after the rule's delay.
func (k *hook) later(now des.Time, p *wire.Packet) {
	if k.rule.Delay == 0 {
		k.pass(now, p)
		return
	}
	n := k.half.link.net
	h := n.holders
	if h == nil {
		h = new(holder)
	} else {
		n.holders = h.next
	}
	h.hook, h.packet = k, p
	h.release.Bind(h, k.half.impair.owner.Rank(des.Packet))
	n.sim.At(&h.release, now.Add(k.rule.Delay))
	k.held++
}

// holder holds one packet for a rule. Those not in use are the network's.
type holder struct {
	release des.Event
	hook    *hook
	packet  *wire.Packet
	next    *holder
}

func (h *holder) Fire(now des.Time) {
	k, p := h.hook, h.packet
	n := k.half.link.net
	h.hook, h.packet, h.next = nil, nil, n.holders
	n.holders = h
	k.held--
	k.pass(now, p)
}
