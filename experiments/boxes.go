package experiments

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"netsim/apps"
	"netsim/des"
	"netsim/experiments/language"
	"netsim/host"
	"netsim/middlebox"
	"netsim/topo"
	"netsim/wire"
)

// reports are what the routers of a group have said, cumulative and in the window.
type reports struct {
	net          *topo.Network
	ids          []topo.NodeID
	sent, held   uint64
	sent0, held0 uint64
}

func (r *reports) count() (sent, held uint64) {
	for _, id := range r.ids {
		s, h := r.net.Reports(id)
		sent, held = sent+s, held+h
	}
	return sent, held
}

// Open notes what was said before the window, Close takes it from what has been.
func (r *reports) Open(des.Time)     { r.sent0, r.held0 = r.count() }
func (r *reports) Hold(now des.Time) { r.Close(now) }
func (r *reports) Close(des.Time) {
	r.sent, r.held = r.count()
	r.sent -= r.sent0
	r.held -= r.held0
}

// addressRouters gives every router an address of each family that hosts have,
// after those of the hosts, from its prefix or that of no one else.
func (w *World) addressRouters(four *assigner) error {
	six := &assigner{next: netip.MustParseAddr("fd6e:6574:7369:6d::1"), within: netip.MustParsePrefix("fd6e:6574:7369:6d::/64")}
	has6 := slices.ContainsFunc(w.Spec.Nodes, func(n language.Node) bool { return n.Prefix.IsValid() && n.Prefix.Addr().Is6() })
	for i := range w.Spec.Nodes {
		n := &w.Spec.Nodes[i]
		g := w.nodes[n.Name]
		if !n.Router() {
			continue
		}
		from := four
		switch {
		case n.Prefix.IsValid():
			from = within(n.Prefix)
		case has6:
			from = six
		}
		for _, id := range g.ids {
			if err := w.assign(g, id, 1, from); err != nil {
				return err
			}
		}
	}
	return nil
}

// addBoxes lets routers report, and puts middleboxes in front of theirs.
func (w *World) addBoxes(n *language.Node, seed uint64) {
	if !n.Router() {
		return
	}
	g := w.nodes[n.Name]
	g.reports = &reports{net: w.Net, ids: g.ids}
	if n.Kind != "router" {
		g.boxes = new(middlebox.Tally)
	}
	for i, id := range g.ids {
		if n.ICMP.Reports {
			w.Net.Report(id, topo.Reporting{Gap: time.Duration(1e9 / n.ICMP.Rate), Burst: n.ICMP.Burst}, g.addresses[i])
		}
		c := middlebox.Config{Sim: w.Sim, Net: w.Net, Pool: &w.pool, Node: id, Name: member(n.Name, i, n.Count),
			Tally: g.boxes, Seed: seed, Rep: uint64(w.Replication)}
		switch n.Kind {
		case "nat":
			w.addNAT(n, c, g.addresses[i])
		case "firewall":
			f := &n.Firewall
			c.Limit = int(f.Limit)
			c.Lives = middlebox.Life(f.Idle, min(f.Idle, transitory), min(f.Idle, afterClose))
			middlebox.NewFirewall(c, word[middlebox.Answer](f.Answer, "silent", "reset", "prohibited"))
		case "balancer":
			w.addBalancer(n, c, g.addresses[i])
		}
	}
}

// addBalancer builds a balancer whose servers, if it hands packets over, take what
// is addressed to the service.
func (w *World) addBalancer(n *language.Node, c middlebox.Config, service wire.Addr) {
	b := &n.Balance
	c.Limit = int(b.Limit)
	c.Lives = middlebox.Life(b.Idle, min(b.Idle, transitory), min(b.Idle, afterClose))
	made := middlebox.BalancerConfig{Config: c, Service: []wire.Addr{service}, Port: b.Port,
		Method: word[middlebox.Method](b.Method, "hash", "round-robin", "random", "least-connections")}
	for i := range b.To {
		g, t := w.nodes[b.To[i].Node], &b.To[i]
		first, end := 0, len(g.ids)
		if !t.All() {
			first, end = t.First, t.Last+1
		}
		for m := first; m < end; m++ {
			server := middlebox.Server{Address: g.addresses[m*g.Addresses], Port: t.Port}
			if b.Mode == "forward" {
				w.Net.Share(service)
				if out, ok := w.Net.Direct(c.Node, g.ids[m]); ok {
					server.Out = out
				}
			}
			made.Servers = append(made.Servers, server)
		}
	}
	middlebox.NewBalancer(made)
}

// addProxies lets balancers that are proxies serve.
func (w *World) addProxies(n *language.Node) error {
	if !n.Proxy() {
		return nil
	}
	g, b := w.nodes[n.Name], &n.Balance
	for i, h := range g.hosts {
		f := &apps.Flow{Name: member(n.Name, i, n.Count) + " proxy", Clients: []*host.Host{h}, Pool: pooling(&b.Pool),
			Pick: word[apps.Choice](b.Method, "random", "round-robin", "hash", "least-connections")}
		for t := range b.To {
			for _, server := range w.members(&b.To[t]) {
				f.Servers = append(f.Servers, apps.Target{Host: server, Port: b.To[t].Port})
			}
		}
		g.proxies = append(g.proxies, w.apps.AddProxy(f))
		for _, l := range n.Listeners {
			if l.Port != b.Port {
				continue
			}
			door, err := listen(h, &l, g.acceptor(&l, i, w.apps), g.member(i).listeners[l.Name])
			if err != nil {
				return fmt.Errorf("node.%s.listen.%s: %w", n.Name, l.Name, err)
			}
			g.doors[l.Name] = append(g.doors[l.Name], door)
		}
	}
	return nil
}

// acceptor is who takes the connections of a member's listener: its proxy those of
// the service.
func (g *nodes) acceptor(l *language.Listener, member int, otherwise host.Acceptor) host.Acceptor {
	if g.Proxy() && l.Port == g.Balance.Port {
		return g.proxies[member]
	}
	return otherwise
}

// The lives of what a firewall sees opening and closing, and closed: RFC 5382
// (REQ-5) and nf_conntrack's TIME-WAIT.
const (
	transitory = 4 * time.Minute
	afterClose = 2 * time.Minute
)

func (w *World) addNAT(n *language.Node, c middlebox.Config, outside wire.Addr) {
	behind := map[topo.NodeID]bool{}
	for _, name := range n.NAT.Inside {
		for _, id := range w.nodes[name].ids {
			behind[id] = true
		}
	}
	c.Limit = int(n.NAT.Limit)
	c.Lives = middlebox.Life(n.NAT.Established, n.NAT.Transitory, n.NAT.TimeWait)
	middlebox.NewNAT(middlebox.NATConfig{Config: c, Inside: func(id topo.NodeID) bool { return behind[id] },
		Outside: []wire.Addr{outside}, Low: n.NAT.Ports.First, High: n.NAT.Ports.Last, Preserve: n.NAT.Preserve})
}

// router enters what the routers of a group have done, and the boxes before them.
func (g *gatherer) router(at string, n *nodes) {
	g.count(at+"reports.sent", n.reports.sent, 0)
	g.count(at+"reports.held", n.reports.held, 0)
	if n.boxes == nil {
		return
	}
	boxCounts.enter(g, at, n.boxes.Window())
	g.enter(at+"sessions.count", level(n.boxes.Sessions.Result(), 1, 1))
	g.enter(at+"nat.ports_used", level(n.boxes.Ports.Result(), 1, 1))
}
