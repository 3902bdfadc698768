package topo

import (
	"fmt"
	"slices"

	"netsim/wire"
)

// staticRoute leads to a range of addresses, in the order in which they were
// assigned.
type staticRoute struct {
	first, last uint32
	port        uint32
	order       int
}

func (s *staticRoute) covers(a wire.Addr) bool {
	i := a.Index()
	return s.first <= i && i <= s.last
}

// Toward returns the first link of the node that leads to the other, nil if there
// is none.
func (n *Network) Toward(at, to NodeID) *Half {
	d := &n.nodes[at]
	if d.only != nil && d.only.To() == to {
		return d.only
	}
	if d.core != nil {
		for _, h := range d.core.ports {
			if h.To() == to {
				return h
			}
		}
	}
	return nil
}

// StaticRoute sends what is for the addresses from First to Last, in the order in
// which they were assigned, out on a half that starts at the node.
type StaticRoute struct {
	At          NodeID
	First, Last wire.Addr
	Order       int // of routes that cover an address the one of the lowest order holds
	Via         *Half
}

// SetRoute sets a route, in the place of the one at the same node, of the same
// addresses and order; without a Via it takes that one away. It may be called
// while the network runs. Static routes go before what is computed; only what
// hangs on the node itself is reached as ever.
func (n *Network) SetRoute(s StaticRoute) error {
	if !n.finished {
		panic("topo: SetRoute before Finish")
	}
	r := n.nodes[s.At].core
	if r == nil {
		return fmt.Errorf("topo: %s has one link and no table", n.Name(s.At))
	}
	route := staticRoute{first: s.First.Index(), last: s.Last.Index(), order: s.Order}
	r.static = slices.DeleteFunc(r.static, func(have staticRoute) bool {
		have.port = 0
		return have == route
	})
	if s.Via == nil {
		return nil
	}
	port := slices.Index(r.ports, s.Via)
	if port < 0 {
		return fmt.Errorf("topo: %s does not start at %s", s.Via.Name(), n.Name(s.At))
	}
	route.port = uint32(port)
	at, _ := slices.BinarySearchFunc(r.static, route.order, func(have staticRoute, order int) int { return have.order - order })
	r.static = slices.Insert(r.static, at, route)
	return nil
}
