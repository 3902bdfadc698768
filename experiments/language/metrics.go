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
}

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

// metrics are all that the language can ask for. <state> stands for a TCP state;
// what is measured of a link can be asked for one direction of it too.
var metrics = []Metric{
	{"flow.*.attempts", Counter, "", "attempts", "calls of connect()"},
	{"flow.*.opened", Counter, "", "attempts", "connections that opened at the client"},
	{"flow.*.failed", Counter, "", "attempts", "attempts that failed"},
	{"flow.*.failed.no_port", Counter, "", "attempts", "no ephemeral port was free"},
	{"flow.*.failed.refused", Counter, "", "attempts", "reset in answer to the SYN"},
	{"flow.*.failed.timeout", Counter, "", "attempts", "no answer to any SYN"},
	{"flow.*.failed.reset", Counter, "", "attempts", "reset after it had opened"},
	{"flow.*.failed.unreachable", Counter, "", "attempts", "ICMP said that it cannot be reached"},
	{"flow.*.failed.local_limit", Counter, "", "attempts", "a limit of the client's own: its memory"},
	{"flow.*.failed.gave_up_waiting", Counter, "", "attempts", "the application lost patience"},
	{"flow.*.jobs", Counter, "", "", "jobs that arrived"},
	{"flow.*.jobs_done", Counter, "", "jobs", "jobs that got all they asked for"},
	{"flow.*.retries", Counter, "", "attempts", "repetitions of failed jobs"},
	{"flow.*.setup_time", Sample, "s", "", "connect() to ESTABLISHED"},
	{"flow.*.setup_time_all", Sample, "s", "", "the same, failures at the time they gave up"},
	{"flow.*.handshake_time", Sample, "s", "", "first SYN in to ESTABLISHED at the server"},
	{"flow.*.accept_wait", Sample, "s", "", "ESTABLISHED to accept()"},
	{"flow.*.server_setup_time", Sample, "s", "", "first SYN in to accept()"},
	{"flow.*.first_byte_time", Sample, "s", "", "connect() to the first byte of the response"},
	{"flow.*.job_time", Sample, "s", "", "arrival of a job to its end"},
	{"flow.*.lifetime", Sample, "s", "", "first SYN to both ends gone or in TIME_WAIT"},
	{"flow.*.close_time", Sample, "s", "", "close() to TIME_WAIT or CLOSED, active side"},
	{"flow.*.close_time_passive", Sample, "s", "", "FIN in to CLOSED, passive side"},
	{"flow.*.setup_segments", Sample, "", "", "segments of the opening"},
	{"flow.*.syn_sent", Sample, "", "", "SYNs of an attempt"},
	{"flow.*.synack_sent", Sample, "", "", "SYN-ACKs of an attempt"},
	{"flow.*.close_segments", Sample, "", "", "segments with FIN or RST, or first to acknowledge a FIN"},
	{"flow.*.closed", Counter, "", "closed", "connections that ended"},
	{"flow.*.closed.four", Counter, "", "closed", "by four segments"},
	{"flow.*.closed.three", Counter, "", "closed", "by three segments"},
	{"flow.*.closed.simultaneous", Counter, "", "closed", "by both ends at once"},
	{"flow.*.closed.reset", Counter, "", "closed", "by a reset"},
	{"flow.*.closed.timeout", Counter, "", "closed", "by giving up"},
	{"flow.*.closed.clean", Counter, "", "closed", "no reset after a FIN"},
	{"flow.*.closed.dirty", Counter, "", "closed", "an end saw a reset after its own FIN"},
	{"flow.*.stale.arrived", Counter, "", "arrived", "segments of an earlier incarnation that arrived"},
	{"flow.*.stale.acknowledged", Counter, "", "arrived", "of those, answered by an ACK"},
	{"flow.*.stale.accepted", Counter, "", "arrived", "of those, delivered as data"},
	{"flow.*.phantoms", Level, "", "", "connections ESTABLISHED at the server only"},
	{"flow.*.open", Level, "", "", "connections between ESTABLISHED and the end"},
	{"flow.*.pool.busy", Level, "", "", "connections of the pool at work"},
	{"flow.*.pool.idle", Level, "", "", "connections of the pool at rest"},
	{"flow.*.pool.waiting", Level, "", "", "jobs that wait for one"},
	{"flow.*.bytes", Counter, "B", "", "bytes delivered to applications"},
	{"flow.*.numbers", Counter, "", "", "sequence numbers taken in order at both ends: of bytes, SYNs and FINs"},
	{"flow.*.packets.sent", Counter, "", "", "packets of a background flow, forged segments of an attack"},
	{"flow.*.packets.received", Counter, "", "sent", "of those, arrived"},
	{"flow.*.packets.delay", Sample, "s", "", "time from the one host to the other"},
	{"flow.*.backscatter", Sample, "", "", "answers to each forged segment"},

	{"node.*.<state>.count", Level, "", "", "connections in <state>"},
	{"node.*.<state>.bytes", Level, "B", "", "memory of connections in <state>, their queues apart"},
	{"node.*.<state>.queued", Level, "B", "", "memory in the queues of connections in <state>"},
	{"node.*.<state>.entered", Counter, "", "", "entries into <state>"},
	{"node.*.<state>.stay", Sample, "s", "", "length of the stays in <state>"},
	{"node.*.time_wait.left.expired", Counter, "", "left", "TIME_WAIT ended by its clock"},
	{"node.*.time_wait.left.reset", Counter, "", "left", "by a reset"},
	{"node.*.time_wait.left.reopened", Counter, "", "left", "by a new SYN"},
	{"node.*.time_wait.left.reused", Counter, "", "left", "by connect() from the same port"},
	{"node.*.time_wait.left.evicted", Counter, "", "left", "by a newer one"},
	{"node.*.time_wait.left.crashed", Counter, "", "left", "by a crash of the host"},
	{"node.*.time_wait.left", Counter, "", "left", "ends of TIME_WAIT"},
	{"node.*.time_wait.refused", Counter, "", "", "closed without TIME_WAIT, or as orphans in FIN_WAIT_2: no room"},
	{"node.*.time_wait.restarted", Counter, "", "", "TIME_WAIT begun again"},
	{"node.*.ports.used", Level, "", "", "ephemeral ports in use, of the fullest pair"},
	{"node.*.ports.used_fraction", Level, "", "", "share of the range in use, of the fullest pair"},
	{"node.*.ports.in_time_wait", Level, "", "", "of those, held by TIME_WAIT"},
	{"node.*.ports.refused", Counter, "", "", "searches that found none"},
	{"node.*.ports.search_steps", Sample, "", "", "ports looked at by a connect() that chooses one, or finds none"},
	{"node.*.orphans.count", Level, "", "", "connections without an application, before FIN_WAIT_2"},
	{"node.*.orphans.refused", Counter, "", "", "closes that were reset: too many orphans"},
	{"node.*.memory.bytes", Level, "B", "", "memory of all connections, their queues too"},
	{"node.*.memory.queued", Level, "B", "", "of that, in their queues: text, and the buffers it stands in"},
	{"node.*.memory.queued.send", Level, "B", "", "of that, written and not acknowledged"},
	{"node.*.memory.queued.receive", Level, "B", "", "of that, arrived and not read"},
	{"node.*.memory.queued.out_of_order", Level, "B", "", "of that, held beyond a gap"},
	{"node.*.memory.dropped", Counter, "", "", "segments with text for which the queues had no memory"},
	{"node.*.orphans.starved", Counter, "", "", "orphans that were reset for want of memory"},
	{"node.*.memory.refused", Counter, "", "", "connections, SYNs and third segments of a handshake for which there was none"},
	{"node.*.cpu.busy", Level, "", "", "processors at work"},
	{"node.*.cpu.wait", Sample, "s", "", "wait of a segment for one"},
	{"node.*.listen.*.synq.count", Level, "", "", "half-open connections"},
	{"node.*.listen.*.acceptq.count", Level, "", "", "connections not yet accepted"},
	{"node.*.listen.*.syns", Counter, "", "syns", "SYNs that arrived"},
	{"node.*.listen.*.accepted", Counter, "", "syns", "connections accepted"},
	{"node.*.listen.*.cookies_sent", Counter, "", "syns", "SYN cookies sent"},
	{"node.*.listen.*.cookies_bad", Counter, "", "syns", "false SYN cookies"},
	{"node.*.listen.*.evicted", Counter, "", "syns", "half-open connections that newer ones took the place of"},
	{"node.*.listen.*.dropped", Counter, "", "syns", "SYNs dropped"},
	{"node.*.listen.*.dropped.synq_full", Counter, "", "syns", "no room for half-open ones"},
	{"node.*.listen.*.dropped.acceptq_full", Counter, "", "syns", "no room in the accept queue"},
	{"node.*.listen.*.dropped.unproven", Counter, "", "syns", "sender without history"},
	{"node.*.listen.*.bind_refused", Counter, "", "", "times that the port could not be bound: EADDRINUSE"},
	{"node.*.listen.*.dropped.memory", Counter, "", "syns", "the host's memory is full"},
	{"node.*.listen.*.dropped.paws", Counter, "", "syns", "their sequence number would have reopened a TIME_WAIT, but the timestamp is older than its last (RFC 7323); answered by it"},
	{"node.*.listen.*.dropped.recycle", Counter, "", "syns", "older timestamp than the last of its address, where TIME_WAIT is recycled"},
	{"node.*.listen.*.dropped.policy", Counter, "", "syns", "from or to an address that is not of one host, or with a FIN where tcp.syn_beside has that dropped"},
	{"node.*.segments.sent", Counter, "", "", "sent"},
	{"node.*.segments.received", Counter, "", "", "segments received"},
	{"node.*.segments.retransmitted", Counter, "", "sent", "segments sent again"},
	{"node.*.segments.dropped.quiet_time", Counter, "", "", "dropped in the quiet time after a crash"},
	{"node.*.resets.sent", Counter, "", "", "resets sent"},
	{"node.*.resets.received", Counter, "", "", "resets received"},
	{"node.*.challenge_acks", Counter, "", "", "challenge ACKs sent"},
	{"node.*.sessions.count", Level, "", "", "connections that a middlebox knows"},
	{"node.*.sessions.opened", Counter, "", "", "connections it has seen opening"},
	{"node.*.sessions.expired", Counter, "", "", "forgotten, after a life without packets"},
	{"node.*.nat.ports_used", Level, "", "", "ports mapped to"},
	{"node.*.refused", Counter, "", "refused", "packets that a middlebox refused"},
	{"node.*.refused.unknown", Counter, "", "refused", "of no connection it knows"},
	{"node.*.refused.no_port", Counter, "", "refused", "no port was free to map to"},
	{"node.*.refused.limit", Counter, "", "refused", "no more connections may be"},
	{"node.*.refused.reset", Counter, "", "refused", "of all refused, answered by a reset"},
	{"node.*.reports.sent", Counter, "", "", "ICMP reports of a router"},
	{"node.*.reports.held", Counter, "", "", "reports that its rate forbade"},

	{"link.*.sent", Counter, "", "sent", "packets handed to the link"},
	{"link.*.delivered", Counter, "", "sent", "packets delivered"},
	{"link.*.bytes", Counter, "B", "", "bytes of packets delivered"},
	{"link.*.duplicated", Counter, "", "sent", "packets delivered twice"},
	{"link.*.reordered", Counter, "", "sent", "packets that were overtaken"},
	{"link.*.marked", Counter, "", "sent", "packets marked"},
	{"link.*.drops", Counter, "", "sent", "packets dropped"},
	{"link.*.drops.queue", Counter, "", "sent", "no room in the queue, or its discipline said so"},
	{"link.*.drops.loss", Counter, "", "sent", "lost at random"},
	{"link.*.drops.down", Counter, "", "sent", "the link was down"},
	{"link.*.drops.rule", Counter, "", "sent", "by a rule"},
	{"link.*.drops.corrupt", Counter, "", "sent", "damaged"},
	{"link.*.drops.ttl", Counter, "", "sent", "travelled too far"},
	{"link.*.drops.mtu", Counter, "", "sent", "too large for the link"},
	{"link.*.busy", Level, "", "", "the link is sending"},
	{"link.*.queued.packets", Level, "", "", "packets that have not left"},
	{"link.*.queued.bytes", Level, "B", "", "their bytes"},
	{"link.*.queue_wait", Sample, "s", "", "wait before transmission"},
	{"link.*.sojourn", Sample, "s", "", "time from coming in to the end of transmission"},
	{"link.*.undetected", Counter, "", "sent", "delivered damaged: no checksum saw it"},
	{"link.*.rule.*.hits", Counter, "", "sent", "segments a rule acted on"},
	{"run.events", Counter, "", "", "events of the run"},
	{"run.segments", Counter, "", "", "segments of the run"},
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
