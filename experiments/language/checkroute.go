package language

import (
	"fmt"
	"slices"
)

// checkRoutes looks at the routes that the file gives.
func (c *config) checkRoutes(s *Spec) {
	for i := range s.Routing.Routes {
		r := &s.Routing.Routes[i]
		path := "routing.route." + r.Name
		known := true
		for _, key := range []struct {
			name    string
			targets []Target
		}{{"at", r.At}, {"to", r.To}, {"via", r.Via}} {
			if known = c.need(path, key.name, `"core"`) && known; !known {
				continue
			}
			for i, t := range key.targets {
				w := s.member(c, t)
				if w == nil && (t.Port != 0 || t.Listener != "") {
					w = wrongf("write "+quoted(t.Node), "%q has a port, and routes have none", t)
				}
				if w != nil {
					c.faultPart(path+"."+key.name, i, w)
					known = false
				}
			}
		}
		if known {
			c.checkVia(s, r)
		}
		if r.Stop > 0 && r.Stop <= r.Start {
			c.fault(path+".stop", wrongf("", "ends, at %s, before it starts, at %s", Format(r.Stop), Format(r.Start)))
		}
	}
}

// checkVia holds that a route leads to one neighbour of all that send.
func (c *config) checkVia(s *Spec, r *Route) {
	path, via := "routing.route."+r.Name, r.Via[0]
	if first, after := membersOf(s, via); len(r.Via) > 1 || after-first > 1 {
		c.fault(path+".via", wrongf(fmt.Sprintf("write \"%s[0]\"", via.Node), "a route leads to one node, and there are several"))
		return
	}
	for _, at := range r.At {
		joined := slices.ContainsFunc(s.Links, func(l Link) bool {
			return len(l.Ends) == 2 && (l.Ends[0] == at.Node && l.Ends[1] == via.Node || l.Ends[1] == at.Node && l.Ends[0] == via.Node)
		})
		if !joined {
			c.fault(path+".via", wrongf("", "no link joins %q and %q", at.Node, via.Node))
		}
	}
}

// member tells what is wrong with a target as a name of nodes, nil if nothing is.
func (s *Spec) member(c *config, t Target) *wrong {
	n := s.Node(t.Node)
	switch {
	case n == nil:
		return wrongf("", "%s", meant(fmt.Sprintf("no node %q", t.Node), t.Node, c.under("node")))
	case t.Last >= n.Count && n.Count == 1:
		return wrongf(fmt.Sprintf("%q is one node", n.Name), "no member %d of %q", t.Last, t.Node)
	case t.Last >= n.Count:
		return wrongf(fmt.Sprintf("members are %s[0..%d]", n.Name, n.Count-1), "no member %d of %q", t.Last, t.Node)
	}
	return nil
}
