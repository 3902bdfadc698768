package experiments

import (
	"fmt"
	"net/netip"
	"time"

	"netsim/des"
	"netsim/experiments/language"
	"netsim/topo"
)

// assigner gives addresses within a prefix, one after another, but none of the
// prefixes that others have.
type assigner struct {
	next   netip.Addr
	within netip.Prefix
	others []netip.Prefix
}

// newAssigner gives to those who say none, from 10.0.0.0/8.
func newAssigner(s *language.Spec) *assigner {
	a := &assigner{next: netip.MustParseAddr("10.0.0.1"), within: netip.MustParsePrefix("10.0.0.0/8")}
	for i := range s.Nodes {
		if p := s.Nodes[i].Prefix; p.IsValid() && p.Overlaps(a.within) {
			a.others = append(a.others, p)
		}
	}
	return a
}

// within gives addresses of a prefix, from its second on.
func within(p netip.Prefix) *assigner { return &assigner{next: p.Addr().Next(), within: p} }

// assign gives a member of the group so many addresses.
func (w *World) assign(g *nodes, id topo.NodeID, count int, from *assigner) error {
	for range count {
		ip, ok := from.take()
		if !ok {
			return fmt.Errorf("node.%s: %v has no room for its addresses", g.Name, from.within)
		}
		g.addresses = append(g.addresses, w.Net.Assign(id, ip))
	}
	return nil
}

func (a *assigner) take() (netip.Addr, bool) {
	for i := 0; i < len(a.others); i++ {
		if a.others[i].Contains(a.next) {
			a.next, i = after(a.others[i]), -1
		}
	}
	ip := a.next
	a.next = ip.Next()
	return ip, a.within.Contains(ip)
}

// after is the first address behind an IPv4 prefix.
func after(p netip.Prefix) netip.Addr {
	four := p.Masked().Addr().As4()
	n := uint64(four[0])<<24 | uint64(four[1])<<16 | uint64(four[2])<<8 | uint64(four[3])
	n += 1<<(32-p.Bits()) - 1
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}).Next()
}

// routing is how the routers of a world choose. Flows are spread otherwise in
// each replication, so that the mean over these is one over the hashes.
func routing(s *language.Spec, seed, replication uint64) topo.Routing {
	return topo.Routing{
		Metric: word[topo.Metric](s.Routing.Weight, "weight", "hops", "delay"),
		ECMP:   s.Routing.Kind == "ecmp",
		Static: s.Routing.Kind == "static",
		Salt:   des.Stream(seed, replication, "routing").Uint64(),
	}
}

// routeChange sets a static route, or takes it away, at a time.
type routeChange struct {
	des.Event
	net   *topo.Network
	route topo.StaticRoute
}

func (c *routeChange) Fire(des.Time) {
	if err := c.net.SetRoute(c.route); err != nil {
		panic(err) // it was set before, or is of a link that addRoute has found
	}
}

// changeRoute sets the route at a time, at once if that is the start.
func (w *World) changeRoute(at time.Duration, route topo.StaticRoute) error {
	if at == 0 {
		return w.Net.SetRoute(route)
	}
	c := &routeChange{net: w.Net, route: route}
	owner := w.Sim.Owner()
	c.Bind(c, owner.Rank(des.Control))
	w.Sim.At(&c.Event, des.Time(at))
	return nil
}

// addRoutes sets the routes of the file, and schedules those that come or go.
func (w *World) addRoutes() error {
	for order := range w.Spec.Routing.Routes {
		r := &w.Spec.Routing.Routes[order]
		for _, at := range r.At {
			first, last := at.First, at.Last
			if at.All() {
				first, last = 0, w.nodes[at.Node].Count-1
			}
			for _, id := range w.nodes[at.Node].ids[first : last+1] {
				if err := w.addRoute(r, order, id); err != nil {
					return fmt.Errorf("routing.route.%s: %w", r.Name, err)
				}
			}
		}
	}
	return nil
}

func (w *World) addRoute(r *language.Route, order int, at topo.NodeID) error {
	via := w.nodes[r.Via[0].Node].ids[max(0, r.Via[0].First)]
	out := w.Net.Toward(at, via)
	if out == nil {
		return fmt.Errorf("no link from %s to %s", w.Net.Name(at), w.Net.Name(via))
	}
	for _, to := range r.To {
		g := w.nodes[to.Node]
		first, last := 0, len(g.addresses)-1
		if !to.All() {
			each := len(g.addresses) / g.Count
			first, last = to.First*each, (to.Last+1)*each-1
		}
		route := topo.StaticRoute{At: at, First: g.addresses[first], Last: g.addresses[last], Order: order, Via: out}
		if err := w.changeRoute(r.Start, route); err != nil {
			return err
		}
		if route.Via = nil; r.Stop > 0 {
			if err := w.changeRoute(r.Stop, route); err != nil {
				return err
			}
		}
	}
	return nil
}
