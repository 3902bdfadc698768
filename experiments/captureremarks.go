package experiments

import (
	"fmt"
	"strconv"

	"netsim/des"
	"netsim/experiments/language"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// remarks are what the oracles of a segment say of it where it is captured.
func remarks(p *wire.Packet) (list []string) {
	s := &p.Segment
	say := func(m wire.Marks, words string) {
		if s.Marks&m != 0 {
			list = append(list, words)
		}
	}
	switch {
	case p.Report != wire.NoReport || s.Marks&wire.Again == 0:
	case s.Marks&wire.Expired != 0:
		list = append(list, "retransmission: its timer rang (RTO)")
	case s.Marks&wire.Tail != 0:
		list = append(list, "retransmission: tail loss probe (TLP)")
	case s.Flags.Has(wire.SYN):
		list = append(list, "retransmission: what came asked for it again")
	case s.Marks&wire.Probe == 0:
		list = append(list, "retransmission: what was acknowledged tells of a loss (fast)")
	}
	say(wire.Probe, "probe of a shut window or of a silent peer")
	say(wire.Challenge, "challenge ACK (RFC 5961)")
	say(wire.Duplicate, "a copy that the network made")
	say(wire.Damaged, "bits of it were changed on the way, and no checksum saw it")
	return list
}

// fates are what an observer says of the causes of drops, with the place.
var fates = [topo.Causes]string{
	topo.DropQueue:   "the queue of %s did not take or keep it",
	topo.DropLoss:    "random loss on %s",
	topo.DropRule:    "a rule of %s dropped it",
	topo.DropMTU:     "larger than the MTU of %s",
	topo.DropTTL:     "its TTL ran out before %s",
	topo.DropNoRoute: "no way to it, or nobody there",
	topo.DropDown:    "%s was down",
	topo.DropCorrupt: "damaged on %s, and a checksum saw it",
}

// fate says what became of a packet that was dropped, so long after it was captured.
func fate(cause topo.Cause, at *topo.Half, after des.Time) string {
	words := fates[cause]
	if at != nil {
		words = fmt.Sprintf(words, at.Name())
	}
	return "lost: " + words + later(after)
}

// later says how long after something was captured, if that is not at once.
func later(after des.Time) string {
	if after == 0 {
		return ""
	}
	return ", " + language.Format(after.Sub(0)) + " later"
}

// stale says that a segment is of an earlier connection than its ports are now.
func stale(nth, last int, old bool) string {
	what := "from an end that still has"
	if old {
		what = "old duplicate: of"
	}
	return fmt.Sprintf("%s the %s connection between these ports; the %s has been opened since", what, ordinal(nth), ordinal(last))
}

func ordinal(n int) string {
	ends := [...]string{"th", "st", "nd", "rd"}
	if n%10 < len(ends) && n/10%10 != 1 {
		return strconv.Itoa(n) + ends[n%10]
	}
	return strconv.Itoa(n) + "th"
}

// cause is the last packet that a host has received or, where none came at that
// instant, sent: a change of state at that instant follows from it.
type cause struct {
	at       des.Time
	packet   uint64
	received bool
	of       [2]wire.Incarnation // its connection, and the one that has its ports now
}

func (c *cause) leadsTo(now des.Time, who wire.Incarnation) bool {
	return c.at == now && (c.of[0] == who || c.of[1] == who)
}

// changed says that an end has gone from state to state.
func changed(host string, from, to tcp.State) string {
	return fmt.Sprintf("%s: %v -> %v", host, from, to)
}
