package experiments

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"netsim/des"
	"netsim/host"
	"netsim/metrics"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// observers passes on to several what the hosts and the network tell one.
type observers []host.Observer

func (os observers) Sent(now des.Time, node topo.NodeID, p *wire.Packet) {
	for _, o := range os {
		o.Sent(now, node, p)
	}
}

func (os observers) Received(now des.Time, node topo.NodeID, p *wire.Packet) {
	for _, o := range os {
		o.Received(now, node, p)
	}
}

func (os observers) Dropped(now des.Time, at *topo.Half, p *wire.Packet, cause topo.Cause) {
	for _, o := range os {
		o.Dropped(now, at, p, cause)
	}
}

func (os observers) State(now des.Time, node topo.NodeID, who wire.Incarnation, from, to tcp.State) {
	for _, o := range os {
		o.State(now, node, who, from, to)
	}
}

// Refused and Rewritten go to those that want to know.
func (os observers) Refused(now des.Time, node topo.NodeID, p *wire.Packet, why string) {
	for _, o := range os {
		if r, ok := o.(topo.Remarks); ok {
			r.Refused(now, node, p, why)
		}
	}
}

func (os observers) Rewritten(now des.Time, node topo.NodeID, p *wire.Packet, had topo.Ends) {
	for _, o := range os {
		if r, ok := o.(topo.Remarks); ok {
			r.Rewritten(now, node, p, had)
		}
	}
}

// Observe adds an observer of all packets and states.
func (w *World) Observe(o host.Observer) {
	w.watch = append(w.watch, o)
	w.Stack.Observe(w.watch)
	w.Net.Observe(w.watch)
}

// digest observes what hosts send.
type digest struct{ wire.Digest }

func (d *digest) Sent(now des.Time, node topo.NodeID, p *wire.Packet) { d.Add(now, p) }

func (d *digest) Received(now des.Time, node topo.NodeID, p *wire.Packet) {}

func (d *digest) Dropped(now des.Time, at *topo.Half, p *wire.Packet, cause topo.Cause) {}

func (d *digest) State(now des.Time, node topo.NodeID, who wire.Incarnation, from, to tcp.State) {}

// sampler looks at levels, after everything of the instant: at some in even
// steps, at some at given times.
type sampler struct {
	event  des.Event
	sim    *des.Sim
	every  time.Duration
	until  des.Time
	step   des.Time // the next of the even looks
	levels []*metrics.Level
	series []*metrics.Series
	looks  []look // in order of time
	looked int
	fired  uint64
	quiet  des.Time // from when on nothing else was to happen; 0: not yet
}

// looks are the events that measuring has made, of all that the world counts.
func (w *World) looks() (n uint64) {
	if w.sampler != nil {
		n = w.sampler.fired
	}
	for _, g := range w.links { // order-free: a sum
		for _, g := range append([]*links{g}, g.parts...) {
			if g.gauges != nil {
				n += g.gauges.forward.Looks + g.gauges.back.Looks
			}
		}
	}
	return n
}

// look is a value to be noted once.
type look struct {
	Instant
	level *metrics.Level
	value int64
}

// Instant is a level at a time.
type Instant struct {
	Path string
	At   des.Time
}

// addSampler schedules the looks that are needed.
func (w *World) addSampler() error {
	n := &w.needs
	if len(n.Series) == 0 && len(n.Instants) == 0 {
		return nil
	}
	_, until := w.window()
	s := &sampler{sim: w.Sim, every: n.Every, until: until, step: des.Never}
	for _, path := range n.Series {
		l := w.level(path)
		if l == nil || n.Every <= 0 {
			return fmt.Errorf("%s is no level that can be sampled every %v", path, n.Every)
		}
		s.levels = append(s.levels, l)
		s.series = append(s.series, &metrics.Series{Every: s.every})
		s.step = 0
	}
	for _, i := range n.Instants {
		l := w.level(i.Path)
		if l == nil {
			return fmt.Errorf("%s is no level that can be looked at", i.Path)
		}
		if i.At < until { // what comes later would depend on how long the drain is
			s.looks = append(s.looks, look{Instant: i, level: l})
		}
	}
	slices.SortStableFunc(s.looks, func(a, b look) int { return cmp.Compare(a.At, b.At) })
	owner := w.Sim.Owner()
	s.event.Bind(s, owner.Rank(des.Observer))
	w.sampler = s
	s.schedule()
	return nil
}

// Fire looks.
func (s *sampler) Fire(now des.Time) {
	s.fired++
	for ; s.looked < len(s.looks) && s.looks[s.looked].At == now; s.looked++ {
		l := &s.looks[s.looked]
		l.value = l.level.Value()
	}
	if now == s.step {
		for i, l := range s.levels {
			s.series[i].Append(l.Value())
		}
		s.step = now.Add(s.every)
		if s.step >= s.until || s.until == des.Never && s.sim.Pending() == 0 {
			s.step = des.Never // where a run has no end of its own, looking does not keep it alive
		}
	}
	s.schedule()
}

func (s *sampler) schedule() {
	next := s.step
	if s.looked < len(s.looks) {
		next = min(next, s.looks[s.looked].At)
	}
	if next != des.Never {
		s.sim.At(&s.event, next)
	}
}

// found gives what was seen to the measures it is of.
func (s *sampler) found(paths []string, measures map[string]*Measure) {
	for i, path := range paths {
		if m := measures[path]; m != nil {
			m.Series = []*metrics.Series{s.series[i]}
		}
	}
	for _, l := range s.looks[:s.looked] {
		if m := measures[l.Path]; m != nil {
			m.Moments = append(m.Moments, moment{l.At, l.value})
		}
	}
}

// level returns the recorder of a level by its path.
func (w *World) level(path string) *metrics.Level {
	word := strings.Split(path, ".")
	if word[0] == "flow" {
		for _, f := range w.flows {
			if t := f.tally; f.Name == word[1] {
				return map[string]*metrics.Level{"open": &t.Open, "phantoms": &t.Phantoms, "pool.busy": &t.Busy, "pool.idle": &t.Idle, "pool.waiting": &t.Waiting}[strings.Join(word[2:], ".")]
			}
		}
		return nil
	}
	if word[0] == "link" {
		return w.links[word[1]].level(word[2:])
	}
	g := w.nodes[word[1]]
	if word[0] == "node" && g != nil && g.boxes != nil {
		return map[string]*metrics.Level{"sessions.count": &g.boxes.Sessions, "nat.ports_used": &g.boxes.Ports}[strings.Join(word[2:], ".")]
	}
	if word[0] != "node" || g == nil || g.tally == nil {
		return nil
	}
	rest := strings.Join(word[2:], ".")
	switch rest {
	case "ports.used", "ports.used_fraction":
		return &g.tally.PortsUsed.Level
	case "ports.in_time_wait":
		return &g.tally.PortsInTimeWait.Level
	case "memory.bytes":
		return g.tally.Memory
	case "orphans.count":
		return &g.tally.Orphans
	case "cpu.busy":
		return &g.tally.Processor.Busy
	}
	if g.tally.Queues != nil {
		if l := queueLevels(g.tally.Queues)[rest]; l != nil {
			return l
		}
	}
	if word[2] == "listen" {
		switch l := g.listeners[word[3]]; word[len(word)-2] {
		case "synq":
			return &l.HalfOpen
		case "acceptq":
			return &l.Waiting
		}
	}
	for s, name := range stateNames { // order-free: at most one matches
		if rest == name+".count" || rest == name+".bytes" {
			return &g.tally.Count[s]
		}
	}
	return nil
}

// queueLevels are those of the memory in queues, by the path below their group.
func queueLevels(q *host.QueueTally) map[string]*metrics.Level {
	all := map[string]*metrics.Level{
		"memory.queued": &q.All, "memory.queued.send": &q.Send, "memory.queued.receive": &q.Receive, "memory.queued.out_of_order": &q.Ahead,
	}
	for s, name := range stateNames { // order-free: each has its own path
		all[name+".queued"] = &q.In[s]
	}
	return all
}

// weighed reports whether a metric is of the memory of hosts, which is recorded on
// request alone.
func weighed(path string) bool {
	words := strings.Split(strings.Replace(path, ".each.", ".", 1), ".")
	return words[0] == "node" && len(words) > 3 && (words[2] == "memory" && words[3] != "refused" && words[3] != "dropped" || words[3] == "queued")
}

// stateNames are the states as metrics name them.
var stateNames = map[tcp.State]string{
	tcp.SynSent: "syn_sent", tcp.SynReceived: "syn_received", tcp.Established: "established",
	tcp.FinWait1: "fin_wait_1", tcp.FinWait2: "fin_wait_2", tcp.CloseWait: "close_wait",
	tcp.Closing: "closing", tcp.LastAck: "last_ack", tcp.TimeWaiting: "time_wait",
}
