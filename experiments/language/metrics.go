package language

import (
	"iter"
	"regexp"
	"slices"
	"strings"
)

// Class is what a metric is made of, and with that its statistics.
type Class string

// The classes of metrics.
const (
	Counter Class = "counter" // events
	Sample  Class = "sample"  // a value per case
	Level   Class = "level"   // a value at every time
)

// A Metric is something netsim measures: the whole, of which a statistic is a
// number.
type Metric struct {
	Path    string // with * for each name
	Class   Class
	Unit    string // "s", "B" or "" for a count
	Of      string // last word of the counter that its fraction is of
	Meaning string
	later   bool
}

// Supported tells whether this version measures it.
func (m *Metric) Supported() bool { return !m.later }

// Statistics are the last words a path of the metric may have, pN for any
// percentile.
func (m *Metric) Statistics() []string {
	switch m.Class {
	case Counter:
		return []string{"total", "rate", "fraction", "first", "last"}
	case Sample:
		return []string{"n", "mean", "sd", "min", "max", "pN"}
	}
	return []string{"mean", "sd", "min", "max", "pN", "end", "integral", "dispersion"}
}

var percentile = regexp.MustCompile(`^p[0-9]{1,2}(_[0-9]{1,6})?$`)

// has tells whether a word is a statistic of the metric. Only what has a parent
// has a fraction.
func (m *Metric) has(statistic string) bool {
	switch {
	case statistic == "fraction" && m.Of == "":
		return false
	case slices.Contains(edges, statistic) && (strings.HasPrefix(m.Path, "run.") || strings.HasPrefix(m.Path, "node.*.reports.")):
		return false
	case statistic == "pN":
		return false
	case m.Class != Counter && percentile.MatchString(statistic):
		return true
	}
	return slices.Contains(m.Statistics(), statistic)
}

// StatisticUnit is the unit of one of its statistics.
func (m *Metric) StatisticUnit(statistic string) string {
	switch statistic {
	case "rate":
		return "1/s"
	case "first", "last":
		return "s"
	case "total", "n", "fraction", "dispersion":
		return ""
	case "integral":
		return strings.TrimPrefix(m.Unit+" s", " ")
	}
	return m.Unit
}

const later = true

// metrics are all that the language can ask for. <state> stands for a TCP state;
// what is measured of a link can be asked for one direction of it too.
var metrics = []Metric{
	{"flow.*.attempts", Counter, "", "attempts", "calls of connect()", !later},
	{"flow.*.opened", Counter, "", "attempts", "connections that opened at the client", !later},
	{"flow.*.failed", Counter, "", "attempts", "attempts that failed", !later},
	{"flow.*.failed.no_port", Counter, "", "attempts", "no ephemeral port was free", !later},
	{"flow.*.failed.refused", Counter, "", "attempts", "reset in answer to the SYN", !later},
	{"flow.*.failed.timeout", Counter, "", "attempts", "no answer to any SYN", !later},
	{"flow.*.failed.reset", Counter, "", "attempts", "reset after it had opened", !later},
	{"flow.*.failed.unreachable", Counter, "", "attempts", "ICMP said that it cannot be reached", !later},
	{"flow.*.failed.local_limit", Counter, "", "attempts", "a limit of the client's own: its memory", !later},
	{"flow.*.failed.gave_up_waiting", Counter, "", "attempts", "the application lost patience", !later},
	{"flow.*.jobs", Counter, "", "", "jobs that arrived", !later},
	{"flow.*.jobs_done", Counter, "", "jobs", "jobs that got all they asked for", !later},
	{"flow.*.retries", Counter, "", "attempts", "repetitions of failed jobs", !later},
	{"flow.*.setup_time", Sample, "s", "", "connect() to ESTABLISHED", !later},
	{"flow.*.setup_time_all", Sample, "s", "", "the same, failures at the time they gave up", !later},
	{"flow.*.handshake_time", Sample, "s", "", "first SYN in to ESTABLISHED at the server", !later},
	{"flow.*.accept_wait", Sample, "s", "", "ESTABLISHED to accept()", !later},
	{"flow.*.server_setup_time", Sample, "s", "", "first SYN in to accept()", !later},
	{"flow.*.first_byte_time", Sample, "s", "", "connect() to the first byte of the response", !later},
	{"flow.*.job_time", Sample, "s", "", "arrival of a job to its end", !later},
	{"flow.*.lifetime", Sample, "s", "", "first SYN to both ends gone or in TIME_WAIT", !later},
	{"flow.*.close_time", Sample, "s", "", "close() to TIME_WAIT or CLOSED, active side", !later},
	{"flow.*.close_time_passive", Sample, "s", "", "FIN in to CLOSED, passive side", !later},
	{"flow.*.setup_segments", Sample, "", "", "segments of the opening", !later},
	{"flow.*.syn_sent", Sample, "", "", "SYNs of an attempt", !later},
	{"flow.*.synack_sent", Sample, "", "", "SYN-ACKs of an attempt", !later},
	{"flow.*.close_segments", Sample, "", "", "segments with FIN or RST, or first to acknowledge a FIN", !later},
	{"flow.*.closed", Counter, "", "closed", "connections that ended", !later},
	{"flow.*.closed.four", Counter, "", "closed", "by four segments", !later},
	{"flow.*.closed.three", Counter, "", "closed", "by three segments", !later},
	{"flow.*.closed.simultaneous", Counter, "", "closed", "by both ends at once", !later},
	{"flow.*.closed.reset", Counter, "", "closed", "by a reset", !later},
	{"flow.*.closed.timeout", Counter, "", "closed", "by giving up", !later},
	{"flow.*.closed.clean", Counter, "", "closed", "no reset after a FIN", !later},
	{"flow.*.closed.dirty", Counter, "", "closed", "an end saw a reset after its own FIN", !later},
	{"flow.*.stale.arrived", Counter, "", "arrived", "segments of an earlier incarnation that arrived", !later},
	{"flow.*.stale.acknowledged", Counter, "", "arrived", "of those, answered by an ACK", !later},
	{"flow.*.stale.accepted", Counter, "", "arrived", "of those, delivered as data", !later},
	{"flow.*.phantoms", Level, "", "", "connections ESTABLISHED at the server only", !later},
	{"flow.*.open", Level, "", "", "connections between ESTABLISHED and the end", !later},
	{"flow.*.pool.busy", Level, "", "", "connections of the pool at work", !later},
	{"flow.*.pool.idle", Level, "", "", "connections of the pool at rest", !later},
	{"flow.*.pool.waiting", Level, "", "", "jobs that wait for one", !later},
	{"flow.*.bytes", Counter, "B", "", "bytes delivered to applications", !later},
	{"flow.*.packets.sent", Counter, "", "", "packets of a background flow, forged segments of an attack", !later},
	{"flow.*.packets.received", Counter, "", "sent", "of those, arrived", !later},
	{"flow.*.packets.delay", Sample, "s", "", "time from the one host to the other", !later},
	{"flow.*.backscatter", Sample, "", "", "answers to each forged segment", !later},

	{"node.*.<state>.count", Level, "", "", "connections in <state>", !later},
	{"node.*.<state>.bytes", Level, "B", "", "memory of connections in <state>, their queues apart", !later},
	{"node.*.<state>.queued", Level, "B", "", "memory in the queues of connections in <state>", !later},
	{"node.*.<state>.entered", Counter, "", "", "entries into <state>", !later},
	{"node.*.<state>.stay", Sample, "s", "", "length of the stays in <state>", !later},
	{"node.*.time_wait.left.expired", Counter, "", "left", "TIME_WAIT ended by its clock", !later},
	{"node.*.time_wait.left.reset", Counter, "", "left", "by a reset", !later},
	{"node.*.time_wait.left.reopened", Counter, "", "left", "by a new SYN", !later},
	{"node.*.time_wait.left.reused", Counter, "", "left", "by connect() from the same port", !later},
	{"node.*.time_wait.left.evicted", Counter, "", "left", "by a newer one", !later},
	{"node.*.time_wait.left.crashed", Counter, "", "left", "by a crash of the host", !later},
	{"node.*.time_wait.left", Counter, "", "left", "ends of TIME_WAIT", !later},
	{"node.*.time_wait.refused", Counter, "", "", "closed without TIME_WAIT, or as orphans in FIN_WAIT_2: no room", !later},
	{"node.*.time_wait.restarted", Counter, "", "", "TIME_WAIT begun again", !later},
	{"node.*.ports.used", Level, "", "", "ephemeral ports in use, of the fullest pair", !later},
	{"node.*.ports.used_fraction", Level, "", "", "share of the range in use, of the fullest pair", !later},
	{"node.*.ports.in_time_wait", Level, "", "", "of those, held by TIME_WAIT", !later},
	{"node.*.ports.refused", Counter, "", "", "searches that found none", !later},
	{"node.*.ports.search_steps", Sample, "", "", "ports looked at by a connect() that chooses one, or finds none", !later},
	{"node.*.orphans.count", Level, "", "", "connections without an application, before FIN_WAIT_2", !later},
	{"node.*.orphans.refused", Counter, "", "", "closes that were reset: too many orphans", !later},
	{"node.*.memory.bytes", Level, "B", "", "memory of all connections, their queues too", !later},
	{"node.*.memory.queued", Level, "B", "", "of that, in their queues: text, and the buffers it stands in", !later},
	{"node.*.memory.queued.send", Level, "B", "", "of that, written and not acknowledged", !later},
	{"node.*.memory.queued.receive", Level, "B", "", "of that, arrived and not read", !later},
	{"node.*.memory.queued.out_of_order", Level, "B", "", "of that, held beyond a gap", !later},
	{"node.*.memory.dropped", Counter, "", "", "segments with text for which the queues had no memory", !later},
	{"node.*.orphans.starved", Counter, "", "", "orphans that were reset for want of memory", !later},
	{"node.*.memory.refused", Counter, "", "", "connections, SYNs and third segments of a handshake for which there was none", !later},
	{"node.*.cpu.busy", Level, "", "", "processors at work", !later},
	{"node.*.cpu.wait", Sample, "s", "", "wait of a segment for one", !later},
	{"node.*.listen.*.synq.count", Level, "", "", "half-open connections", !later},
	{"node.*.listen.*.acceptq.count", Level, "", "", "connections not yet accepted", !later},
	{"node.*.listen.*.syns", Counter, "", "syns", "SYNs that arrived", !later},
	{"node.*.listen.*.accepted", Counter, "", "syns", "connections accepted", !later},
	{"node.*.listen.*.cookies_sent", Counter, "", "syns", "SYN cookies sent", !later},
	{"node.*.listen.*.cookies_bad", Counter, "", "syns", "false SYN cookies", !later},
	{"node.*.listen.*.evicted", Counter, "", "syns", "half-open connections that newer ones took the place of", !later},
	{"node.*.listen.*.dropped", Counter, "", "syns", "SYNs dropped", !later},
	{"node.*.listen.*.dropped.synq_full", Counter, "", "syns", "no room for half-open ones", !later},
	{"node.*.listen.*.dropped.acceptq_full", Counter, "", "syns", "no room in the accept queue", !later},
	{"node.*.listen.*.dropped.unproven", Counter, "", "syns", "sender without history", !later},
	{"node.*.listen.*.bind_refused", Counter, "", "", "times that the port could not be bound: EADDRINUSE", !later},
	{"node.*.listen.*.dropped.memory", Counter, "", "syns", "the host's memory is full", !later},
	{"node.*.listen.*.dropped.paws", Counter, "", "syns", "their sequence number would have reopened a TIME_WAIT, but the timestamp is older than its last (RFC 7323); answered by it", !later},
	{"node.*.listen.*.dropped.recycle", Counter, "", "syns", "older timestamp than the last of its address, where TIME_WAIT is recycled", !later},
	{"node.*.listen.*.dropped.policy", Counter, "", "syns", "from or to an address that is not of one host, or with a FIN where tcp.syn_beside has that dropped", !later},
	{"node.*.segments.sent", Counter, "", "", "sent", !later},
	{"node.*.segments.received", Counter, "", "", "segments received", !later},
	{"node.*.segments.retransmitted", Counter, "", "sent", "segments sent again", !later},
	{"node.*.segments.dropped.quiet_time", Counter, "", "", "dropped in the quiet time after a crash", !later},
	{"node.*.resets.sent", Counter, "", "", "resets sent", !later},
	{"node.*.resets.received", Counter, "", "", "resets received", !later},
	{"node.*.challenge_acks", Counter, "", "", "challenge ACKs sent", !later},
	{"node.*.sessions.count", Level, "", "", "connections that a middlebox knows", !later},
	{"node.*.sessions.opened", Counter, "", "", "connections it has seen opening", !later},
	{"node.*.sessions.expired", Counter, "", "", "forgotten, after a life without packets", !later},
	{"node.*.nat.ports_used", Level, "", "", "ports mapped to", !later},
	{"node.*.refused", Counter, "", "refused", "packets that a middlebox refused", !later},
	{"node.*.refused.unknown", Counter, "", "refused", "of no connection it knows", !later},
	{"node.*.refused.no_port", Counter, "", "refused", "no port was free to map to", !later},
	{"node.*.refused.limit", Counter, "", "refused", "no more connections may be", !later},
	{"node.*.refused.reset", Counter, "", "refused", "of all refused, answered by a reset", !later},
	{"node.*.reports.sent", Counter, "", "", "ICMP reports of a router", !later},
	{"node.*.reports.held", Counter, "", "", "reports that its rate forbade", !later},

	{"link.*.sent", Counter, "", "sent", "packets handed to the link", !later},
	{"link.*.delivered", Counter, "", "sent", "packets delivered", !later},
	{"link.*.bytes", Counter, "B", "", "bytes of packets delivered", !later},
	{"link.*.duplicated", Counter, "", "sent", "packets delivered twice", !later},
	{"link.*.reordered", Counter, "", "sent", "packets that were overtaken", !later},
	{"link.*.marked", Counter, "", "sent", "packets marked", !later},
	{"link.*.drops", Counter, "", "sent", "packets dropped", !later},
	{"link.*.drops.queue", Counter, "", "sent", "no room in the queue, or its discipline said so", !later},
	{"link.*.drops.loss", Counter, "", "sent", "lost at random", !later},
	{"link.*.drops.down", Counter, "", "sent", "the link was down", !later},
	{"link.*.drops.rule", Counter, "", "sent", "by a rule", !later},
	{"link.*.drops.corrupt", Counter, "", "sent", "damaged", !later},
	{"link.*.drops.ttl", Counter, "", "sent", "travelled too far", !later},
	{"link.*.drops.mtu", Counter, "", "sent", "too large for the link", !later},
	{"link.*.busy", Level, "", "", "the link is sending", !later},
	{"link.*.queued.packets", Level, "", "", "packets that have not left", !later},
	{"link.*.queued.bytes", Level, "B", "", "their bytes", !later},
	{"link.*.queue_wait", Sample, "s", "", "wait before transmission", !later},
	{"link.*.sojourn", Sample, "s", "", "time from coming in to the end of transmission", !later},
	{"link.*.undetected", Counter, "", "sent", "delivered damaged: no checksum saw it", !later},
	{"link.*.rule.*.hits", Counter, "", "sent", "segments a rule acted on", !later},
	{"run.events", Counter, "", "", "events of the run", !later},
	{"run.segments", Counter, "", "", "segments of the run", !later},
}

// Metrics are all metrics, in the order of the language's description.
func Metrics() iter.Seq[*Metric] {
	return func(yield func(*Metric) bool) {
		for _, m := range measured.all {
			if !yield(m) {
				return
			}
		}
	}
}

// measured is the tree of metrics.
var measured = newMeasured()

type forest struct {
	all  []*Metric
	root *branch
}

type branch struct {
	words  map[string]*branch
	name   *branch
	metric *Metric
}

func newMeasured() forest {
	f := forest{root: &branch{}}
	for _, m := range metrics {
		for _, path := range expand(m.Path) {
			one := m
			one.Path = path
			f.all = append(f.all, &one)
			f.root.make(path).metric = &one
		}
	}
	return f
}

// expand writes out the states and the directions a pattern stands for.
func expand(pattern string) []string {
	if strings.Contains(pattern, "<state>") {
		paths := make([]string, len(states))
		for i, s := range states {
			paths[i] = strings.Replace(pattern, "<state>", s, 1)
		}
		return paths
	}
	if rest, ok := strings.CutPrefix(pattern, "link.*."); ok && !strings.HasPrefix(rest, "rule.") {
		return []string{pattern, "link.*.forward." + rest, "link.*.back." + rest}
	}
	return []string{pattern}
}

func (b *branch) make(path string) *branch {
	for _, w := range strings.Split(path, ".") {
		if w == "*" {
			if b.name == nil {
				b.name = &branch{}
			}
			b = b.name
			continue
		}
		if b.words[w] == nil {
			if b.words == nil {
				b.words = map[string]*branch{}
			}
			b.words[w] = &branch{}
		}
		b = b.words[w]
	}
	return b
}

// metricOf finds the metric that a path begins with, and the words left over:
// none for the metric whole, one for a statistic.
func metricOf(path string) (m *Metric, rest []string) {
	at, words := measured.root, strings.Split(path, ".")
	for i, w := range words {
		next := at.words[w]
		if next == nil {
			next = at.name
		}
		if next == nil {
			break
		}
		if at = next; at.metric != nil {
			m, rest = at.metric, words[i+1:]
		}
	}
	return m, rest
}
