package experiments

import (
	"fmt"
	"math"
	"time"

	"netsim/apps"
	"netsim/des"
	"netsim/dist"
	"netsim/experiments/language"
	"netsim/host"
	"netsim/metrics"
	"netsim/middlebox"
	"netsim/tcp"
	"netsim/topo"
	"netsim/wire"
)

// World is one point of an experiment in one replication: the network, its hosts
// and what they do, ready to run.
type World struct {
	Spec        *language.Spec
	Replication int

	Sim   *des.Sim
	Net   *topo.Network
	Stack *host.Stack
	Book  *wire.Book

	Tick func(share float64) // told from time to time how far the run is; nil is nobody

	apps     *apps.World
	pool     wire.Pool
	nodes    map[string]*nodes
	links    map[string]*links
	flows    []*flow
	dark     map[string][]wire.Addr // by flow, addresses that nobody has
	needs    Needs
	watches  []*watch
	held     []*Outcome // what was measured until the end of each batch but the last
	watch    observers
	digest   *digest
	settles  *settling // nil: nobody asks
	sampler  *sampler
	tap      tap
	closedAt des.Time // end of the measured time
	seed     uint64
	strides  uint64 // of events, handled so far
	broken   error  // what the file asked for and could not be done
}

// nodes are the members of a group.
type nodes struct {
	*language.Node
	ids       []topo.NodeID
	addresses []wire.Addr // Addresses of each, one after another
	profile   *tcp.Profile
	hosts     []*host.Host
	tally     *host.Tally
	listeners map[string]*host.ListenerTally
	doors     map[string][]*host.Listener // by name, one a member
	proxies   []*apps.Proxy               // one a member, if the group is of proxies
	waits     waits
	systems   map[waits]*tcp.Profile // that events have made
	mtu       int                    // the smallest of their links
	reports   *reports               // of routers
	boxes     *middlebox.Tally       // of middleboxes
	parts     []*nodes               // one a member, where they are told apart
}

// links are the members of a group of links.
type links struct {
	*language.Link
	members []*topo.Link
	rules   map[string][]*topo.Rule // by name, one a member
	gauges  *gauges                 // nil: nobody asks
	parts   []*links                // one a member, where they are told apart

	before, after    [2]topo.Stats // forward and back: when the window opened, and in it
	hitsBefore, hits map[string]uint64
}

// flow is a flow with what it counts.
type flow struct {
	*language.Flow
	tally *apps.Tally
	made  *apps.Flow
}

// Needs says what is to be recorded beyond what every run records.
type Needs struct {
	Links    map[string]bool // groups of links whose queues are measured
	Memory   bool            // the bytes that each group's connections hold together
	Series   []string        // levels to be sampled: "node.server.time_wait.count"
	Every    time.Duration   // how often
	Instants []Instant       // levels to be looked at once
	Digest   bool            // of all packets
	Moves    bool            // how often connections went from state to state
	Members  []string        // what is told apart: "node.server.each.time_wait.count"; sorted
	Edges    []string        // counters of which the first and last time is noted
	Batches  int             // in how many stretches the measured time is told apart; 0: in none
	Captures []language.Capture
}

// Build makes the world of a point in one replication, counted from 1.
func Build(s *language.Spec, seed uint64, replication int, needs Needs) (*World, error) {
	ties, err := des.ParseTies(s.Run.Ties)
	if err != nil {
		return nil, err
	}
	seed = s.Seed(seed)
	w := &World{Spec: s, Replication: replication, Sim: des.NewSim(ties, seed), Book: wire.NewBook(),
		nodes: map[string]*nodes{}, links: map[string]*links{}, needs: needs, seed: seed}
	rep := uint64(replication)
	w.Net = topo.NewNetwork(w.Sim, &w.pool, w.Book, seed, rep)
	w.Net.Routing(routing(s, seed, rep))
	addresses := newAssigner(s)
	for i := range s.Nodes {
		if err := w.addNodes(&s.Nodes[i], addresses); err != nil {
			return nil, err
		}
	}
	if err := w.addressRouters(addresses); err != nil {
		return nil, err
	}
	for i := range s.Links {
		w.addLinks(&s.Links[i])
	}
	if err := w.darken(); err != nil {
		return nil, err
	}
	w.addTaps()
	if err := w.Net.Finish(); err != nil {
		return nil, err
	}
	if err := w.addRoutes(); err != nil {
		return nil, err
	}
	w.Stack = host.NewStack(w.Sim, w.Net, &w.pool, seed, rep)
	w.apps = apps.NewWorld(w.Sim, w.Stack, seed, rep)
	for i := range s.Nodes {
		if err := w.addHosts(&s.Nodes[i]); err != nil {
			return nil, err
		}
		w.addBoxes(&s.Nodes[i], seed)
	}
	for i := range s.Flows {
		w.addFlow(&s.Flows[i])
	}
	for _, f := range w.flows {
		if f.Arrivals.Process == "triggered" {
			f.made.TriggeredBy(w.flows[w.flowNumber(f.Arrivals.By)].made)
		}
	}
	for i := range s.Nodes {
		if err := w.addProxies(&s.Nodes[i]); err != nil {
			return nil, err
		}
	}
	w.apps.Populate()
	w.addTimetables()
	w.addRates()
	w.addEvents()
	if err := w.addWatches(); err != nil {
		return nil, err
	}
	return w, w.addSampler()
}

// window is the time that is measured: [from, until).
func (w *World) window() (from, until des.Time) {
	from, until = des.Time(max(0, w.Spec.Run.Warmup)), des.Never
	if w.Spec.Run.Duration > 0 {
		until = des.Time(w.Spec.Run.Duration)
	}
	return from, until
}

// member is the name of member i of a group of n.
func member(name string, i, n int) string {
	if n == 1 {
		return name
	}
	return memberOf(name, i)
}

func memberOf(name string, i int) string { return fmt.Sprintf("%s[%d]", name, i) }

func (w *World) addNodes(n *language.Node, addresses *assigner) error {
	g := &nodes{Node: n, mtu: 65535, listeners: map[string]*host.ListenerTally{}, doors: map[string][]*host.Listener{}}
	w.nodes[n.Name] = g
	if n.Prefix.IsValid() {
		addresses = within(n.Prefix)
	}
	for i := range n.Count {
		id := w.Net.AddNode(member(n.Name, i, n.Count), n.Router())
		g.ids = append(g.ids, id)
		if n.Router() {
			continue
		}
		if err := w.assign(g, id, n.Addresses, addresses); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) addLinks(l *language.Link) {
	g := &links{Link: l, rules: map[string][]*topo.Rule{}}
	w.links[l.Name] = g
	var pairs [][2]int
	for a, b := range w.Spec.Pairs(l) {
		pairs = append(pairs, [2]int{a, b})
	}
	g.members = make([]*topo.Link, 0, len(pairs))
	for i, p := range pairs {
		spec := topo.LinkSpec{Name: member(l.Name, i, len(pairs)), Weight: l.Weight,
			A: w.nodes[l.Ends[0]].ids[p[0]], B: w.nodes[l.Ends[1]].ids[p[1]]}
		spec.Forward, spec.Back = w.halves(l, spec.Name, i)
		for r := range l.Rules {
			w.hang(g, &l.Rules[r], &spec)
		}
		made := w.Net.Connect(spec)
		made.Forward.SetUp(0, l.Forward.Up)
		made.Back.SetUp(0, l.Back.Up)
		g.members = append(g.members, made)
	}
	if w.needs.Links[l.Name] {
		g.measure()
	}
	if w.needs.apart("link." + l.Name) {
		g.tellApart()
	}
	for _, end := range l.Ends {
		g := w.nodes[end]
		g.mtu = min(g.mtu, int(l.Forward.MTU), int(l.Back.MTU))
	}
}

// hang puts a rule on the halves of a link that it is about.
func (w *World) hang(g *links, r *language.Rule, spec *topo.LinkSpec) {
	if r.Probability == 0 {
		return
	}
	match, _ := topo.ParseMatch(r.Match) // the language has checked the words
	do, _ := topo.ParseAction(r.Do)
	rule := topo.NewRule(topo.RuleSpec{Name: r.Name, Match: match, Flow: w.flowNumber(r.Flow), PerConnection: r.Per == "connection",
		Nth: ranges(r.Nth), Probability: r.Probability, Do: do, Jitter: r.Delay.Dist, Stream: "link." + spec.Name + ".rule." + r.Name})
	g.rules[r.Name] = append(g.rules[r.Name], rule)
	if r.From != g.Ends[1] {
		spec.Forward.Rules = append(spec.Forward.Rules, rule)
	}
	if r.From != g.Ends[0] {
		spec.Back.Rules = append(spec.Back.Rules, rule)
	}
}

func ranges(nth []language.Range) (list []topo.Range) {
	for _, r := range nth {
		list = append(list, topo.Range{First: uint64(r.First), Last: uint64(r.Last)})
	}
	return list
}

// flowNumber is the place of a flow in the file, as incarnations have it.
func (w *World) flowNumber(name string) int {
	for i := range w.Spec.Flows {
		if w.Spec.Flows[i].Name == name {
			return i
		}
	}
	return topo.AnyFlow
}

func (w *World) addHosts(n *language.Node) error {
	if n.Router() {
		return nil
	}
	g := w.nodes[n.Name]
	g.profile = n.TCP
	g.waits = waits{n.TCP.TimeWait, n.TCP.TimeWaitMax}
	from, until := w.window()
	g.tally = host.NewTally(g.profile, from, until)
	if w.needs.Memory {
		g.tally.Memory, g.tally.Queues = new(metrics.Level), new(host.QueueTally)
	}
	for _, l := range n.Listeners {
		g.listeners[l.Name] = new(host.ListenerTally)
	}
	if w.needs.apart("node." + n.Name) {
		g.tellApart()
	}
	limits := limitsOf(n)
	g.hosts = make([]*host.Host, 0, len(g.ids))
	for i, id := range g.ids {
		h := w.Stack.AddHost(host.Config{Node: id, Address: g.addresses[i*n.Addresses], More: g.addresses[i*n.Addresses+1 : (i+1)*n.Addresses],
			Profile: g.profile, MTU: g.mtu, Tally: g.member(i).tally, Limits: limits})
		g.hosts = append(g.hosts, h)
	}
	for _, l := range n.Listeners {
		for i, h := range g.hosts {
			if n.Proxy() && l.Port == n.Balance.Port {
				continue // its servers are still to be built
			}
			door, err := listen(h, &l, w.apps, g.member(i).listeners[l.Name])
			if err != nil {
				return fmt.Errorf("node.%s.listen.%s: %w", n.Name, l.Name, err)
			}
			g.doors[l.Name] = append(g.doors[l.Name], door)
		}
	}
	return nil
}

// limitsOf is what each host of a group can bear, nil if it is everything.
func limitsOf(n *language.Node) *host.Limits {
	if n.Memory.Limit == 0 && n.Memory.QueueLimit == 0 && n.CPU.Cores == language.Unlimited {
		return nil
	}
	return &host.Limits{Memory: n.Memory.Limit, Queues: n.Memory.QueueLimit, Cores: int(n.CPU.Cores), PerSegment: n.CPU.PerSegment.Dist,
		PerLookup: n.CPU.PerLookup, Lookup: word[host.Lookup](n.CPU.Lookup, "hash", "list")}
}

// listen opens a listener of a host.
func listen(h *host.Host, spec *language.Listener, to host.Acceptor, t *host.ListenerTally) (*host.Listener, error) {
	l, err := h.Listen(spec.Port, backlog(h.Profile(), spec.Backlog), to, t)
	if err != nil {
		return nil, err
	}
	if spec.Overflow == "reset" {
		l.ResetOverflow()
	}
	l.FastOpen = int32(min(spec.FastOpen, math.MaxInt32))
	if spec.DeferAccept > 0 {
		l.Settings = &tcp.Settings{DeferAccept: spec.DeferAccept}
	}
	if spec.Accept.Threads != language.Unlimited {
		l.Threads(int(spec.Accept.Threads), spec.Accept.Time.Dist)
	}
	return l, nil
}

// backlog is what a listener asks for, or the profile's, which is also the most
// (somaxconn).
func backlog(p *tcp.Profile, asked *int) int {
	switch {
	case asked == nil:
		return p.Backlog
	case p.Backlog == tcp.Unlimited:
		return *asked
	}
	return min(*asked, p.Backlog)
}

// members are the hosts that a target means.
func (w *World) members(t *language.Target) []*host.Host {
	all := w.nodes[t.Node].hosts
	if t.All() {
		return all
	}
	return all[t.First : t.Last+1]
}

// all are the hosts that a list of targets means.
func (w *World) all(targets []language.Target) (hosts []*host.Host) {
	if len(targets) == 1 {
		return w.members(&targets[0])
	}
	for i := range targets {
		hosts = append(hosts, w.members(&targets[i])...)
	}
	return hosts
}

func (w *World) addFlow(f *language.Flow) {
	from, until := w.window()
	a := &f.Arrivals
	stop := until
	if a.Stop > 0 {
		stop = min(stop, des.Time(a.Stop))
	}
	made := &apps.Flow{
		Name: f.Name,
		Arrivals: apps.Arrivals{Process: processOf(a.Process), Times: a.Times, Rate: a.Rate, On: a.On.Dist, Off: a.Off.Dist, Users: int(a.Users), Think: a.Think.Dist,
			Gap: a.Gap.Dist, Stays: a.Stay, Batch: a.Batch.Dist, FanOut: a.FanOut.Dist, Wait: a.Wait,
			Count: uint64(a.Count), Start: a.Start, Stop: stop, PerHost: a.Per == "host", PerPair: a.Per == "pair"},
		Spread: word[apps.Choice](f.Spread, "random", "round-robin"), Pick: word[apps.Choice](f.Pick, "random", "round-robin", "hash", "least-connections"),
		Request: f.Request.Dist, Response: f.Response.Dist, Service: f.Service.Dist, Think: f.Think.Dist, Exchanges: f.Exchanges.Dist,
		ServerFirst: f.Speaks == "server",
		Closing: apps.Closing{By: word[apps.By](f.Close.By, "client", "server", "both", "nobody"),
			How: word[apps.How](f.Close.How, "fin", "half", "rst", "linger", "unread"), When: word[apps.When](f.Close.When, "done", "request-sent", "connected"),
			After: f.Close.After.Dist, Reply: f.Close.Reply.Dist},
		Clients: w.all(f.From),
		Pool:    pooling(&f.Pool), Retry: apps.Retry{Times: int(f.Retry.Times), Backoff: f.Retry.Backoff.Dist}, Timeout: ends(f.Timeout), OnTimeout: word[apps.How](f.OnTimeout, "fin", "", "rst"),
		Steady: f.Initial == "steady", ReuseAddress: f.ReuseAddress,
		LocalPort: f.LocalPort, LocalAddress: f.LocalAddress,
		Options: options(f), Lingering: lingering(f),
		Tally: &apps.Tally{From: from, Until: until},
	}
	if f.Packets() {
		made.Packet = &f.Size.Dist
	}
	if reply, _ := f.Close.Reply.Fixed(); reply == language.Never {
		made.Closing.Reply = dist.Constant(-1)
	}
	for i := range f.To {
		if g := w.nodes[f.To[i].Node]; g.Kind == "balancer" && !g.Proxy() {
			made.Servers = append(made.Servers, apps.Target{Address: g.addresses[0], Port: f.To[i].Port})
		}
		for _, h := range w.members(&f.To[i]) {
			made.Servers = append(made.Servers, apps.Target{Host: h, Port: f.To[i].Port})
		}
	}
	for _, rate := range a.States {
		made.Arrivals.Rates = append(made.Arrivals.Rates, float64(rate))
	}
	if f.ReadRate != language.Unlimited {
		made.ReadRate = f.ReadRate
	}
	if f.Forges() {
		made.Attack = w.attack(f, made.Clients)
	}
	w.flows = append(w.flows, &flow{f, made.Tally, made})
	w.apps.Add(made)
}

// pooling is how a flow keeps its connections, nil if it does not.
func pooling(p *language.Pool) *apps.Pooling {
	if p.Size == 0 {
		return nil
	}
	return &apps.Pooling{Size: int(p.Size), PerHost: p.Per == "host", MaxRequests: uint64(p.MaxRequests), MaxAge: ends(p.MaxAge), Idle: ends(p.IdleTimeout)}
}

// ends is a time that may be none, as 0.
func ends(d time.Duration) time.Duration {
	if d == language.Never {
		return 0
	}
	return d
}

// options are those of a flow's sockets, nil if it asks for none.
func options(f *language.Flow) *tcp.Settings {
	o := tcp.Settings{KeepAlive: f.KeepAlive, NoDelay: f.NoDelay, FastOpen: f.FastOpen}
	if o == (tcp.Settings{}) {
		return nil
	}
	return &o
}

// lingering are the options with which an end of the flow closes that lingers.
func lingering(f *language.Flow) *tcp.Settings {
	return &tcp.Settings{KeepAlive: f.KeepAlive, NoDelay: f.NoDelay, Lingers: true, Linger: f.Close.Linger}
}

// word is the place of a word among those that its key may have, which the
// language has checked.
func word[T ~uint8](w string, words ...string) T {
	for i, have := range words {
		if have == w {
			return T(i)
		}
	}
	panic(fmt.Sprintf("experiments: %q is none of %q", w, words))
}
