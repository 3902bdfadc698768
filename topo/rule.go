package topo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"netsim/dist"
	"netsim/wire"
)

// Match names the segments that a rule is about.
type Match uint8

const (
	MatchAny      Match = iota
	MatchSYN            // SYN without ACK
	MatchSYNACK         // SYN with ACK
	MatchAckOfSYN       // acknowledges the other end's SYN and nothing after it, and is none itself
	MatchData           // carries text
	MatchAck            // ACK without SYN, FIN, RST and text
	MatchFIN            // carries FIN
	MatchAckOfFIN       // acknowledges the other end's FIN
	MatchRST            // carries RST
)

var matchNames = []string{"any", "syn", "syn-ack", "ack-of-syn", "data", "ack", "fin", "ack-of-fin", "rst"}

func (m Match) String() string { return matchNames[m] }

// ParseMatch reads a Match by the name String gives it.
func ParseMatch(name string) (Match, error) {
	i := slices.Index(matchNames, name)
	if i < 0 {
		return 0, fmt.Errorf("no segments are called %q; one of %q", name, matchNames)
	}
	return Match(i), nil
}

// of reports whether s is such a segment. A datagram is none of TCP's.
func (m Match) of(s *wire.Segment) bool {
	if s.Marks&wire.Datagram != 0 {
		return m == MatchAny
	}
	switch m {
	case MatchSYN:
		return s.Flags&(wire.SYN|wire.ACK) == wire.SYN
	case MatchSYNACK:
		return s.Flags.Has(wire.SYN | wire.ACK)
	case MatchAckOfSYN:
		return s.Marks&wire.AckOfSYN != 0 && s.Flags&wire.SYN == 0
	case MatchData:
		return s.Len > 0
	case MatchAck:
		return s.Flags&(wire.ACK|wire.SYN|wire.FIN|wire.RST) == wire.ACK && s.Len == 0
	case MatchFIN:
		return s.Flags&wire.FIN != 0
	case MatchAckOfFIN:
		return s.Marks&wire.AckOfFIN != 0
	case MatchRST:
		return s.Flags&wire.RST != 0
	}
	return true
}

// Action is what a rule does to a packet.
type Action uint8

const (
	DoDrop      Action = iota
	DoDelay            // holds it for the rule's delay; it blocks no other and may be overtaken
	DoDuplicate        // a copy follows after the rule's delay, right behind if that is 0
	DoCorrupt          // damages it, for the checksum at the link's end to see
	DoMark             // marks it as ECN does, if it may be marked
)

var actionNames = []string{"drop", "delay", "duplicate", "corrupt", "mark"}

func (a Action) String() string { return actionNames[a] }

// ParseAction reads an Action by the name String gives it.
func ParseAction(name string) (Action, error) {
	i := slices.Index(actionNames, name)
	if i < 0 {
		return 0, fmt.Errorf("nothing called %q can be done to a packet; one of %q", name, actionNames)
	}
	return Action(i), nil
}

// Range is the numbers from First to Last, both included, counted from 1.
type Range struct {
	First, Last uint64
}

// AnyFlow is the Flow of a rule for packets of every flow and of none.
const AnyFlow = -1

// RuleSpec says what a rule is: "drop the 1st ACK of FIN".
type RuleSpec struct {
	Name          string
	Match         Match
	Flow          int     // the number in the segment's Incarnation, or AnyFlow
	PerConnection bool    // Nth counts the matches of each connection by itself
	Nth           []Range // which matches; nil is every one
	Probability   float64 // of those; 0 and 1 are always
	Do            Action
	Delay         time.Duration
	Jitter        dist.Dist // added to the delay, drawn for each
	Stream        string    // of its draws; "" is link.NAME.rule.NAME by the first link it hangs on
}

// Rule does something to some of the packets that pass it. It hangs on one half
// or on many, as its counting wants: all that it hangs on have one count, one
// random stream and one number of hits. It belongs to one network.
type Rule struct {
	RuleSpec
	Hits uint64 // how often it acted

	matches     uint64
	connections [][]tally // by flow and slot
	draws       *rand.Rand
}

// tally counts the matches of the latest connection in a slot.
type tally struct {
	of      wire.Incarnation
	matches uint64
}

// NewRule returns the rule that spec describes.
func NewRule(spec RuleSpec) *Rule { return &Rule{RuleSpec: spec} }

// name completes the rule when it is hung on a link.
func (r *Rule) name(link string) {
	if r.Stream == "" {
		r.Stream = "link." + link + ".rule." + r.Name
	}
}

// number returns which match this is, from 1; 0 if it is of no connection and
// the rule counts by connection. So are segments older than the connection that
// has their slot now: they are nobody's nth.
func (r *Rule) number(i wire.Incarnation) uint64 {
	if !r.PerConnection {
		r.matches++
		return r.matches
	}
	if i == 0 {
		return 0
	}
	t := r.tally(i.Flow(), i.Slot())
	if t.of != i {
		if t.of != 0 && older(i, t.of) {
			return 0
		}
		*t = tally{of: i}
	}
	t.matches++
	return t.matches
}

// tally returns the count of that slot. Slots are dense and used again, so the
// table is as large as the most connections at once.
func (r *Rule) tally(flow, slot uint32) *tally {
	if int(flow) >= len(r.connections) {
		r.connections = append(r.connections, make([][]tally, int(flow)+1-len(r.connections))...)
	}
	slots := r.connections[flow]
	if int(slot) >= len(slots) {
		slots = append(slots, make([]tally, int(slot)+1-len(slots))...)
		r.connections[flow] = slots
	}
	return &slots[slot]
}

// older reports whether a's generation is before b's; generations wrap.
func older(a, b wire.Incarnation) bool {
	const half = wire.MaxGenerations / 2
	return uint64(b>>28-a>>28)%wire.MaxGenerations < half
}

// nth reports whether the match of that number is one the rule is for.
func (r *Rule) nth(number uint64) bool {
	for _, n := range r.Nth {
		if n.First <= number && number <= n.Last {
			return true
		}
	}
	return false
}

// check tells what is wrong with the rule.
func (r *Rule) check() error {
	switch {
	case !(r.Probability >= 0 && r.Probability <= 1):
		return fmt.Errorf("rule %s: a probability of %v; it is from 0 to 1", r.Name, r.Probability)
	case r.Delay < 0:
		return fmt.Errorf("rule %s: a delay of %v; it is 0 or more", r.Name, r.Delay)
	case r.Jitter.Check() != nil:
		return fmt.Errorf("rule %s: jitter: %w", r.Name, r.Jitter.Check())
	case r.Flow < AnyFlow || r.Flow >= wire.MaxFlows:
		return fmt.Errorf("rule %s: no flow has the number %d; 0 to %d can be, or AnyFlow", r.Name, r.Flow, wire.MaxFlows-1)
	case int(r.Match) >= len(matchNames) || int(r.Do) >= len(actionNames):
		return fmt.Errorf("rule %s: match %d, action %d; there are %d and %d", r.Name, uint8(r.Match), uint8(r.Do), len(matchNames), len(actionNames))
	}
	for _, n := range r.Nth {
		if n.First < 1 || n.Last < n.First {
			return fmt.Errorf("rule %s: nth from %d to %d; they count from 1", r.Name, n.First, n.Last)
		}
	}
	return nil
}
