package language

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ICMP is how a router tells senders what it could not deliver.
type ICMP struct {
	Reports bool    `key:"reports"`
	Rate    float64 `key:"rate"` // 1/s
	Burst   int64   `key:"burst"`
}

// NAT is how a node of kind "nat" translates.
type NAT struct {
	Inside      []string      `key:"inside"` // groups
	Ports       Ports         `key:"ports"`
	Preserve    bool          `key:"preserve"`
	TimeWait    time.Duration `key:"time_wait"`
	Established time.Duration `key:"established"`
	Transitory  time.Duration `key:"transitory"`
	Limit       int64         `key:"limit"` // Unlimited
}

// Firewall is what a node of kind "firewall" lets pass.
type Firewall struct {
	Idle   time.Duration `key:"idle"`
	Answer string        `key:"answer"` // silent, reset, prohibited
	Limit  int64         `key:"limit"`  // Unlimited
}

// Balance is how a node of kind "balancer" spreads connections.
type Balance struct {
	Port   uint16        `key:"port"`
	To     []Target      `key:"to"`     // each with its Port and the Listener there
	Method string        `key:"method"` // hash, round-robin, random, least-connections
	Mode   string        `key:"mode"`   // forward, nat, proxy
	Idle   time.Duration `key:"idle"`
	Limit  int64         `key:"limit"` // Unlimited
	Pool   Pool          `key:"pool"`  // of a proxy
}

// boxKeys are the tables below [node.NAME] that only some kinds have.
var boxKeys = map[string][]string{
	"icmp":     {"router", "nat", "firewall", "balancer"},
	"nat":      {"nat"},
	"firewall": {"firewall"},
	"balance":  {"balancer"},
}

// kindKeys are the keys below these tables.
var kindKeys = slices.DeleteFunc(keysBelow("node.*."), func(key string) bool { return boxKeys[strings.SplitN(key, ".", 2)[0]] == nil })

// ofKind tells whether a key below [node.NAME] means anything to its kind.
func (c *config) ofKind(node, key string) bool {
	table, _, _ := strings.Cut(key, ".")
	kinds, special := boxKeys[table]
	if !special {
		return true
	}
	kind, _ := c.value("node." + node + ".kind")
	word, _ := kind.(string)
	return slices.Contains(kinds, word)
}

// checkBox looks at what is special to routers and middleboxes.
func (c *config) checkBox(s *Spec, n *Node) {
	path := "node." + n.Name
	if c.bad(path + ".kind") {
		return
	}
	for _, key := range kindKeys {
		if at := path + "." + key; c.set(at) && !c.ofKind(n.Name, key) && !c.fromDefault(at, path) {
			table, _, _ := strings.Cut(key, ".")
			c.fault(at, wrongf(fmt.Sprintf("write kind = %q under [%s]", boxKeys[table][0], path), "a %s has no %s", n.Kind, table))
		}
	}
	switch {
	case n.Kind == "nat" && c.need(path, "nat.inside", `"client"`):
		c.checkInside(s, n)
	case n.Kind == "balancer":
		c.need(path, "balance.port", "80")
		if c.need(path, "balance.to", `"server:80"`) {
			c.checkServers(s, n)
		}
		c.checkProxy(n)
	}
}

// checkInside looks for the groups behind a NAT.
func (c *config) checkInside(s *Spec, n *Node) {
	path := "node." + n.Name
	for i, name := range n.NAT.Inside {
		switch group := s.Node(name); {
		case group == nil:
			c.faultPart(path+".nat.inside", i, wrongf("", "%s", meant(fmt.Sprintf("no node %q", name), name, c.under("node"))))
		case group == s.Node(n.Name):
			c.faultPart(path+".nat.inside", i, wrongf("write who is behind it", "%q cannot be behind itself", name))
		}
	}
}

// checkServers looks for the servers of a balancer, and for links to them.
func (c *config) checkServers(s *Spec, n *Node) {
	path := "node." + n.Name + ".balance.to"
	if n.Count > 1 && !n.Proxy() {
		c.fault("node."+n.Name+".count", wrongf("give each a name of its own", "%d balancers of one name have no one address to be called by", n.Count))
	}
	for i, t := range n.Balance.To {
		server := s.Node(t.Node)
		if server != nil && server.Kind == "balancer" {
			c.faultPart(path, i, wrongf("write who serves", "%q is a balancer itself", t.Node))
			continue
		}
		c.checkTarget(s, path, i, t, "accepts")
		linked := slices.ContainsFunc(s.Links, func(l Link) bool { return slices.Contains(l.Ends, n.Name) && slices.Contains(l.Ends, t.Node) })
		if n.Balance.Mode == "forward" && t.Port != n.Balance.Port && t.Port != 0 && n.Balance.Port != 0 {
			c.faultPart(path, i, wrongf(fmt.Sprintf(`write "%s:%d", or mode = "nat"`, t.Node, n.Balance.Port), "packets that are handed over keep their port, %d", n.Balance.Port))
		}
		if server != nil && n.Balance.Mode == "forward" && !linked && s.endsKnown() {
			c.faultPart(path, i, wrongf(`join them by a link, or write mode = "nat"`, "packets are handed over on a link, and none joins %q and %q", n.Name, t.Node))
		}
	}
}

// proxy tells whether a node is one.
func (c *config) proxy(node string) bool {
	kind, _ := c.value("node." + node + ".kind")
	mode, _ := c.value("node." + node + ".balance.mode")
	return kind == "balancer" && mode == "proxy"
}

// checkProxy looks at what only a proxy has, and only another balancer.
func (c *config) checkProxy(n *Node) {
	path := "node." + n.Name
	if !n.Proxy() {
		if n.Balance.Pool.Size > 0 {
			c.fault(path+".balance.pool.size", wrongf(`write mode = "proxy"`, "a balancer has connections of its own only as a proxy"))
		}
		return
	}
	for _, key := range kindKeys {
		at := path + "." + key
		if special := key == "balance.idle" || key == "balance.limit" || strings.HasPrefix(key, "icmp."); special && c.set(at) && !c.fromDefault(at, path) {
			c.fault(at, wrongf("leave it out", "a proxy is a host, whose connections live as TCP has it"))
		}
	}
	if p := &n.Balance.Pool; p.Size == 0 && (p.MaxRequests != Unlimited || p.MaxAge != Never || p.IdleTimeout != Never) {
		c.need(path, "balance.pool.size", "10")
	}
}

// checkRelayed looks at whether a proxy with a pool can tell a flow's messages.
func (c *config) checkRelayed(s *Spec, f *Flow) {
	for i, t := range f.To {
		n := s.Node(t.Node)
		if n == nil || !n.Proxy() || n.Balance.Pool.Size == 0 || f.Packets() {
			continue
		}
		for _, law := range []*Law{&f.Request, &f.Response} {
			if v, fixed := law.Fixed(); fixed && v == 0 {
				c.faultPart("flow."+f.Name+".to", i, wrongf(fmt.Sprintf(`write request = "1 kB" and response = "1 kB" under [flow.%s]`, f.Name), "the pool of %q is for requests that are answered", t.Node))
				break
			}
		}
	}
}

// service gives a target that is a balancer the port of its service.
func (c *config) service(path string, t Target) Target {
	port, _ := c.value("node." + t.Node + ".balance.port")
	served, _ := port.(int64)
	switch {
	case served == 0: // reported there
	case t.Listener != "" || t.Port != 0 && int64(t.Port) != served:
		c.fault(path, wrongf(fmt.Sprintf(`write "%s:%d"`, t.Node, served), "%q is a balancer, and serves at port %d", t.Node, served))
	default:
		t.Port = uint16(served)
	}
	return t
}

// astray finds the balancer that translates what a flow sends, and that answers
// may go around; nil is none.
func (s *Spec) astray(from, to Target) *Node {
	n := s.Node(to.Node)
	if n.Kind != "balancer" || n.Balance.Mode != "nat" {
		return nil
	}
	around := newReach(s, func(m *Node) bool { return m.Router() && m != n })
	for _, server := range n.Balance.To {
		if _, _, found := around.stranded(s, server, from); !found {
			return n
		}
	}
	return nil
}

// behind finds the NAT that keeps a flow from a target: one that has it inside,
// not the caller, and stands in every way. A nil Node is none.
func (s *Spec) behind(from, to Target) *Node {
	for i := range s.Nodes {
		n := &s.Nodes[i]
		if n.Kind != "nat" || !slices.Contains(n.NAT.Inside, to.Node) || slices.Contains(n.NAT.Inside, from.Node) {
			continue
		}
		around := newReach(s, func(m *Node) bool { return m.Router() && m != n })
		if _, _, found := around.stranded(s, from, to); found {
			return n
		}
	}
	return nil
}
