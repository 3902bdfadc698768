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

// boxKeys are the tables below [node.NAME] that only some kinds have.
var boxKeys = map[string][]string{
	"icmp":     {"router", "nat", "firewall"},
	"nat":      {"nat"},
	"firewall": {"firewall"},
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
	if n.Kind != "nat" || !c.need(path, "nat.inside", `"client"`) {
		return
	}
	for i, name := range n.NAT.Inside {
		switch group := s.Node(name); {
		case group == nil:
			c.faultPart(path+".nat.inside", i, wrongf("", "%s", meant(fmt.Sprintf("no node %q", name), name, c.under("node"))))
		case group == s.Node(n.Name):
			c.faultPart(path+".nat.inside", i, wrongf("write who is behind it", "%q cannot be behind itself", name))
		}
	}
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
