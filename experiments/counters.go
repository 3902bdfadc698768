package experiments

import (
	"netsim/apps"
	"netsim/host"
	"netsim/middlebox"
	"netsim/topo"
)

// count is how a tally counts something, and of what: the name of the count that its
// fraction is of, "" of none.
type count[T any] struct {
	of string
	n  func(*T) uint64
}

// counts are those of a tally by their names.
type counts[T any] map[string]count[T]

// enter puts them into an outcome.
func (cs counts[T]) enter(g *gatherer, at string, t *T) {
	for name, c := range cs { // order-free: each has its own path
		of := uint64(0)
		if c.of != "" {
			of = cs[c.of].n(t)
		}
		m := counter(c.n(t), of, g.seconds)
		if name == "bytes" {
			m.inBytes()
		}
		g.enter(at+name, m)
	}
}

var flowCounts = counts[apps.Tally]{
	"jobs":               {"", func(t *apps.Tally) uint64 { return t.Jobs }},
	"jobs_done":          {"jobs", func(t *apps.Tally) uint64 { return t.JobsDone }},
	"retries":            {"attempts", func(t *apps.Tally) uint64 { return t.Retries }},
	"attempts":           {"attempts", func(t *apps.Tally) uint64 { return t.Attempts }},
	"opened":             {"attempts", func(t *apps.Tally) uint64 { return t.Opened }},
	"failed":             {"attempts", (*apps.Tally).FailedSum},
	"bytes":              {"", func(t *apps.Tally) uint64 { return t.Bytes }},
	"numbers":            {"", func(t *apps.Tally) uint64 { return t.Numbers }},
	"closed":             {"closed", (*apps.Tally).ClosedSum},
	"closed.clean":       {"closed", func(t *apps.Tally) uint64 { return t.Clean }},
	"closed.dirty":       {"closed", func(t *apps.Tally) uint64 { return t.Dirty }},
	"stale.arrived":      {"stale.arrived", func(t *apps.Tally) uint64 { return t.StaleArrived }},
	"stale.acknowledged": {"stale.arrived", func(t *apps.Tally) uint64 { return t.StaleAcknowledged }},
	"stale.accepted":     {"stale.arrived", func(t *apps.Tally) uint64 { return t.StaleAccepted }},
	"packets.sent":       {"", func(t *apps.Tally) uint64 { return t.Packets.Sent }},
	"packets.received":   {"packets.sent", func(t *apps.Tally) uint64 { return t.Packets.Received }},
}

var nodeCounts = counts[host.Counters]{
	"time_wait.restarted":         {"", func(c *host.Counters) uint64 { return c.Restarted }},
	"time_wait.refused":           {"", func(c *host.Counters) uint64 { return c.TimeWaitRefused }},
	"ports.refused":               {"", func(c *host.Counters) uint64 { return c.PortsRefused }},
	"orphans.refused":             {"", func(c *host.Counters) uint64 { return c.OrphansRefused }},
	"orphans.starved":             {"", func(c *host.Counters) uint64 { return c.OrphansStarved }},
	"memory.refused":              {"", func(c *host.Counters) uint64 { return c.MemoryRefused }},
	"memory.dropped":              {"", func(c *host.Counters) uint64 { return c.MemoryDropped }},
	"segments.sent":               {"", func(c *host.Counters) uint64 { return c.Sent }},
	"segments.received":           {"", func(c *host.Counters) uint64 { return c.Received }},
	"segments.retransmitted":      {"segments.sent", func(c *host.Counters) uint64 { return c.Resent }},
	"segments.dropped.quiet_time": {"", func(c *host.Counters) uint64 { return c.Missed }},
	"resets.sent":                 {"", func(c *host.Counters) uint64 { return c.ResetsSent }},
	"resets.received":             {"", func(c *host.Counters) uint64 { return c.ResetsReceived }},
	"challenge_acks":              {"", func(c *host.Counters) uint64 { return c.Challenges }},
	"time_wait.left": {"time_wait.left", func(c *host.Counters) (n uint64) {
		for why := range leftBy { // order-free: a sum
			n += c.Left[why]
		}
		return n
	}},
}

// leftBy says how TIME-WAITs are over.
var leftBy = map[host.Reason]string{host.Expired: "expired", host.Reset: "reset", host.Reopened: "reopened",
	host.Reused: "reused", host.Lost: "crashed", host.Evicted: "evicted"}

var listenerCounts = counts[host.ListenerCounters]{
	"syns":                 {"syns", func(c *host.ListenerCounters) uint64 { return c.SYNs }},
	"accepted":             {"syns", func(c *host.ListenerCounters) uint64 { return c.Accepted }},
	"cookies_sent":         {"syns", func(c *host.ListenerCounters) uint64 { return c.CookiesSent }},
	"cookies_bad":          {"syns", func(c *host.ListenerCounters) uint64 { return c.CookiesBad }},
	"dropped":              {"syns", (*host.ListenerCounters).Dropped},
	"dropped.synq_full":    {"syns", func(c *host.ListenerCounters) uint64 { return c.DroppedSYNQueue }},
	"dropped.acceptq_full": {"syns", func(c *host.ListenerCounters) uint64 { return c.DroppedAcceptQueue }},
	"dropped.unproven":     {"syns", func(c *host.ListenerCounters) uint64 { return c.DroppedUnproven }},
	"dropped.recycle":      {"syns", func(c *host.ListenerCounters) uint64 { return c.DroppedRecycle }},
	"dropped.paws":         {"syns", func(c *host.ListenerCounters) uint64 { return c.DroppedPAWS }},
	"dropped.policy":       {"syns", func(c *host.ListenerCounters) uint64 { return c.DroppedPolicy }},
	"dropped.memory":       {"syns", func(c *host.ListenerCounters) uint64 { return c.DroppedMemory }},
	"evicted":              {"syns", func(c *host.ListenerCounters) uint64 { return c.Evicted }},
	"bind_refused":         {"", func(c *host.ListenerCounters) uint64 { return c.BindRefused }},
}

var boxCounts = counts[middlebox.Counters]{
	"sessions.opened":  {"", func(c *middlebox.Counters) uint64 { return c.Opened }},
	"sessions.expired": {"", func(c *middlebox.Counters) uint64 { return c.Expired }},
	"refused.reset":    {"refused", func(c *middlebox.Counters) uint64 { return c.Resets }},
	"refused": {"refused", func(c *middlebox.Counters) (n uint64) {
		for _, k := range c.Refused {
			n += k
		}
		return n
	}},
}

var linkCounts = counts[topo.Stats]{
	"sent":       {"sent", func(s *topo.Stats) uint64 { return s.Sent }},
	"delivered":  {"sent", func(s *topo.Stats) uint64 { return s.Delivered }},
	"bytes":      {"", func(s *topo.Stats) uint64 { return s.Bytes }},
	"duplicated": {"sent", func(s *topo.Stats) uint64 { return s.Duplicated }},
	"reordered":  {"sent", func(s *topo.Stats) uint64 { return s.Reordered }},
	"marked":     {"sent", func(s *topo.Stats) uint64 { return s.Marked }},
	"undetected": {"sent", func(s *topo.Stats) uint64 { return s.Undetected }},
	"drops":      {"sent", (*topo.Stats).Dropped},
}

// The causes of what is counted by them follow from how they are numbered.
func init() {
	for cause, name := range []string{"no_port", "refused", "timeout", "reset", "unreachable", "gave_up_waiting", "local_limit"} {
		flowCounts["failed."+name] = count[apps.Tally]{"attempts", func(t *apps.Tally) uint64 { return t.Failed[cause] }}
	}
	for style, name := range []string{"four", "three", "simultaneous", "reset", "timeout"} {
		flowCounts["closed."+name] = count[apps.Tally]{"closed", func(t *apps.Tally) uint64 { return t.Closed[style] }}
	}
	for state, name := range stateNames { // order-free: each has its own name
		nodeCounts[name+".entered"] = count[host.Counters]{"", func(c *host.Counters) uint64 { return c.Entered[state] }}
	}
	for why, name := range leftBy { // order-free: each has its own name
		nodeCounts["time_wait.left."+name] = count[host.Counters]{"time_wait.left", func(c *host.Counters) uint64 { return c.Left[why] }}
	}
	for why, name := range []string{"unknown", "no_port", "limit"} {
		boxCounts["refused."+name] = count[middlebox.Counters]{"refused", func(c *middlebox.Counters) uint64 { return c.Refused[why] }}
	}
	for cause, name := range map[topo.Cause]string{ // order-free: each has its own name
		topo.DropQueue: "queue", topo.DropLoss: "loss", topo.DropRule: "rule", topo.DropTTL: "ttl", topo.DropMTU: "mtu", topo.DropDown: "down", topo.DropCorrupt: "corrupt",
	} {
		linkCounts["drops."+name] = count[topo.Stats]{"sent", func(s *topo.Stats) uint64 { return s.Drops[cause] }}
	}
}
