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
}

func (s *staticRoute) covers(a wire.Addr) bool {
	i := a.Index()
	return s.first <= i && i <= s.last
}

// SetRoute makes the node send what is for the addresses from first to last, in
// the order in which they were assigned, out on the half, which starts there; nil
// takes the route away again. It may be called while the network runs. Of routes
// that overlap the one set last holds, and each goes before what is computed;
// only what hangs on the node itself is reached as ever.
func (n *Network) SetRoute(at NodeID, first, last wire.Addr, via *Half) error {
	if !n.finished {
		panic("topo: SetRoute before Finish")
	}
	r := n.nodes[at].core
	if r == nil {
		return fmt.Errorf("topo: %s has one link and no table", n.Name(at))
	}
	route := staticRoute{first: first.Index(), last: last.Index()}
	r.static = slices.DeleteFunc(r.static, func(s staticRoute) bool { return s.first == route.first && s.last == route.last })
	if via == nil {
		return nil
	}
	port := slices.Index(r.ports, via)
	if port < 0 {
		return fmt.Errorf("topo: %s does not start at %s", via.Name(), n.Name(at))
	}
	route.port = uint32(port)
	r.static = slices.Insert(r.static, 0, route)
	return nil
}
