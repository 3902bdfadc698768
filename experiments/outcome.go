package experiments

import (
	"errors"
	"fmt"

	"netsim/apps"
	"netsim/des"
	"netsim/host"
	"netsim/metrics"
	"netsim/topo"
)

// outcome gathers what the run found.
func (w *World) outcome() *Outcome {
	o := &Outcome{Replication: w.Replication, Measures: make(map[string]*Measure, usual), Censored: map[string]uint64{}, Unclosed: map[string]uint64{},
		Events: w.Sim.Events() - w.looks(), Packets: w.Stack.Packets(), End: w.ended()}
	from, until := w.measured()
	m := &gatherer{outcome: o, seconds: until.Sub(from).Seconds(), members: w.needs.Members}
	m.count("run.events", o.Events, 0)
	m.count("run.segments", o.Packets, 0)
	for _, f := range w.flows {
		m.flow("flow."+f.Name+".", f.tally)
		o.Censored[f.Name] = f.tally.Undecided
		if _, until := w.window(); until != des.Never { // else nothing was left to happen
			o.Unclosed[f.Name] = f.tally.CutOff
		}
	}
	for name, g := range w.nodes { // order-free: each has its own paths
		if g.tally != nil {
			m.node("node."+name+".", g)
		}
		for i, part := range g.parts {
			m.member("node", name, i).node("", part)
		}
		if g.reports != nil {
			m.router("node."+name+".", g)
		}
	}
	for name, g := range w.links { // order-free: each has its own paths
		m.link("link."+name+".", g)
		for i, part := range g.parts {
			m.member("link", name, i).link("", part)
		}
	}
	o.Transient = w.settles.found()
	if w.digest != nil {
		o.Digest = w.digest.Sum()
	}
	if w.sampler != nil {
		w.sampler.found(w.needs.Series, o.Measures)
	}
	for _, x := range w.watches {
		o.Measures[x.path].Edges = []edges{x.seen}
	}
	return o
}

// usual is how many measures a run of a few hosts has.
const usual = 300

// gatherer enters measures into an outcome.
type gatherer struct {
	outcome *Outcome
	seconds float64
	members []string // what is entered of each member: "node.server.each.time_wait.count"
	group   string   // "node.server.each.", where it is one of them
	as      string   // "node.server[3]."
}

func (g *gatherer) enter(path string, m *Measure) {
	if g.group != "" {
		if !asks(g.members, g.group+path) {
			return
		}
		path = g.as + path
	}
	g.outcome.Measures[path] = m
}

func (g *gatherer) count(path string, n, of uint64) { g.enter(path, counter(n, of, g.seconds)) }

const inSeconds = 1e9 // ns

func (g *gatherer) flow(at string, t *apps.Tally) {
	flowCounts.enter(g, at, t)
	for name, s := range map[string]*metrics.Sample{ // order-free: each has its own path
		"setup_time": &t.SetupTime, "setup_time_all": &t.SetupTimeAll, "handshake_time": &t.HandshakeTime,
		"server_setup_time": &t.ServerSetupTime, "accept_wait": &t.AcceptWait, "first_byte_time": &t.FirstByteTime, "job_time": &t.JobTime,
		"lifetime": &t.Lifetime, "close_time": &t.CloseTime, "close_time_passive": &t.CloseTimePassive,
	} {
		g.enter(at+name, sample(s, inSeconds))
	}
	for name, s := range map[string]*metrics.Sample{ // order-free: each has its own path
		"setup_segments": &t.SetupSegments, "syn_sent": &t.SYNSent, "synack_sent": &t.SYNACKSent, "close_segments": &t.CloseSegments,
	} {
		g.enter(at+name, sample(s, 1))
	}
	g.enter(at+"packets.delay", sample(&t.Packets.Delay, inSeconds))
	g.enter(at+"pool.busy", level(t.Busy.Result(), 1, 1))
	g.enter(at+"pool.idle", level(t.Idle.Result(), 1, 1))
	g.enter(at+"pool.waiting", level(t.Waiting.Result(), 1, 1))
	g.enter(at+"phantoms", level(t.Phantoms.Result(), 1, 1))
	g.enter(at+"backscatter", sample(&t.Backscatter, 1))
	g.enter(at+"open", level(t.Open.Result(), 1, 1))
}

func (g *gatherer) node(at string, n *nodes) {
	t := n.tally
	nodeCounts.enter(g, at, t.Window())
	for s, name := range stateNames { // order-free: each has its own paths
		count := t.Count[s].Result()
		g.enter(at+name+".count", level(count, 1, 1))
		g.enter(at+name+".bytes", level(count, float64(n.profile.Bytes[s]), 1).inBytes())
		g.enter(at+name+".stay", sample(&t.Stay[s], inSeconds))
	}
	used := t.PortsUsed.Result()
	g.enter(at+"ports.used", level(used, 1, 1))
	g.enter(at+"ports.used_fraction", level(used, 1, float64(int(n.profile.PortHigh)-int(n.profile.PortLow)+1)))
	g.enter(at+"ports.in_time_wait", level(t.PortsInTimeWait.Result(), 1, 1))
	g.enter(at+"ports.search_steps", sample(&t.SearchSteps, 1))
	if t.Memory != nil {
		g.enter(at+"memory.bytes", level(t.Memory.Result(), 1, 1).inBytes())
	}
	if t.Queues != nil {
		for name, l := range queueLevels(t.Queues) { // order-free: each has its own path
			g.enter(at+name, level(l.Result(), 1, 1).inBytes())
		}
	}
	g.enter(at+"orphans.count", level(t.Orphans.Result(), 1, 1))
	g.enter(at+"cpu.busy", level(t.Processor.Busy.Result(), 1, 1))
	g.enter(at+"cpu.wait", sample(&t.Processor.Wait, inSeconds))
	for name, l := range n.listeners { // order-free: each has its own paths
		g.listener(at+"listen."+name+".", l)
	}
}

func (g *gatherer) listener(at string, l *host.ListenerTally) {
	listenerCounts.enter(g, at, l.Window())
	g.enter(at+"synq.count", level(l.HalfOpen.Result(), 1, 1))
	g.enter(at+"acceptq.count", level(l.Waiting.Result(), 1, 1))
}

func (g *gatherer) link(at string, l *links) {
	both := l.after[0]
	both.Add(l.after[1])
	linkCounts.enter(g, at, &both)
	linkCounts.enter(g, at+"forward.", &l.after[0])
	linkCounts.enter(g, at+"back.", &l.after[1])
	if l.gauges != nil {
		g.queue(at, &l.gauges.both)
		g.queue(at+"forward.", &l.gauges.forward)
		g.queue(at+"back.", &l.gauges.back)
	}
	for name, hits := range l.hits { // order-free: each has its own path
		g.count(at+"rule."+name+".hits", hits, both.Sent)
	}
}

func (g *gatherer) queue(at string, q *topo.Gauge) {
	g.enter(at+"busy", level(q.Busy.Result(), 1, 1))
	g.enter(at+"queued.packets", level(q.Packets.Result(), 1, 1))
	g.enter(at+"queued.bytes", level(q.Bytes.Result(), 1, 1).inBytes())
	g.enter(at+"queue_wait", sample(&q.Wait, inSeconds))
	g.enter(at+"sojourn", sample(&q.Sojourn, inSeconds))
}

// check holds the world's books against each other at the end of a run. What it
// finds is a fault of the simulator.
func (w *World) check() error {
	w.Stack.Settle(max(w.ended(), w.closedAt))
	faults := []error{w.Net.Check(w.Stack.Held()), w.Stack.Audit()}
	for i := range w.Spec.Nodes {
		if t := w.nodes[w.Spec.Nodes[i].Name].tally; t != nil {
			if err := errors.Join(t.Check(), w.nodes[w.Spec.Nodes[i].Name].checkSYNs()); err != nil {
				faults = append(faults, fmt.Errorf("node.%s: %w", w.Spec.Nodes[i].Name, err))
			}
		}
	}
	for _, f := range w.flows {
		t := f.tally
		if n := t.Opened + t.FailedSum() + t.Undecided; n != t.Attempts {
			faults = append(faults, fmt.Errorf("flow.%s: %d attempts, %d are accounted for", f.Name, t.Attempts, n))
		}
		if n := uint64(t.Lifetime.N()); n != t.ClosedSum() || n != t.Clean+t.Dirty {
			faults = append(faults, fmt.Errorf("flow.%s: %d connections have ended, %d are of one style or other, %d are clean or dirty", f.Name, n, t.ClosedSum(), t.Clean+t.Dirty))
		}
		if n := uint64(t.SetupTime.N()); n != t.Opened {
			faults = append(faults, fmt.Errorf("flow.%s: %d have opened, and %d took a time for it", f.Name, t.Opened, n))
		}
		if t.Misplaced > 0 {
			faults = append(faults, fmt.Errorf("flow.%s: %d segments were delivered at a wrong place of the stream", f.Name, t.Misplaced))
		}
	}
	return errors.Join(faults...)
}

// checkSYNs holds what listeners say became of their SYNs against what their hosts do.
func (g *nodes) checkSYNs() error {
	var came, dropped, baked uint64
	for _, l := range g.listeners { // order-free: a sum
		c := l.Counted()
		came += c.SYNs
		dropped += c.Dropped()
		baked += c.CookiesSent
	}
	if y := &g.tally.SYNs; came-dropped-baked != y.Opened || baked != y.Baked {
		return fmt.Errorf("%d SYNs came to listeners, which dropped %d and answered %d by cookies; their hosts opened %d and counted %d cookies", came, dropped, baked, y.Opened, y.Baked)
	}
	return nil
}
