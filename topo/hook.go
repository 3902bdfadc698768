package topo

import (
	"math/rand/v2"
	"time"

	"netsim/des"
	"netsim/wire"
)

// hook is where a rule hangs in a half.
type hook struct {
	station
	rule *Rule
}

func (k *hook) Receive(now des.Time, p *wire.Packet) {
	k.in++
	if !k.acts(p) {
		k.newest = k.in
		k.pass(now, p)
		return
	}
	switch k.rule.Do {
	case DoDrop:
		k.lose(now, p)
	case DoDelay:
		k.later(now, p, k.in)
	case DoDuplicate:
		double := k.double(p)
		k.pass(now, p)
		k.later(now, double, unnumbered)
	case DoCorrupt:
		p.Segment.Marks |= wire.Damaged
		k.pass(now, p)
	case DoMark:
		k.half.mark(p)
		k.pass(now, p)
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
	if r.Probability > 0 && r.Probability < 1 && !des.Chance(k.random(), r.Probability) {
		return false
	}
	r.Hits++
	return true
}

// random makes the rule's stream, which all its hooks share, when one of them
// first draws.
func (k *hook) random() *rand.Rand {
	if k.rule.draws == nil {
		k.rule.draws = k.half.link.net.stream(k.rule.Stream)
	}
	return k.rule.draws
}

// later passes p on after the rule's delay.
func (k *hook) later(now des.Time, p *wire.Packet, number uint64) {
	wait := k.rule.Delay
	if more, fixed := k.rule.Jitter.Fixed(); fixed {
		wait += time.Duration(more)
	} else {
		wait += time.Duration(k.rule.Jitter.Draw(k.random()))
	}
	if wait == 0 {
		k.pass(now, p)
		return
	}
	k.hold(now, p, number, wait)
}
