package language

import (
	"fmt"
	"slices"
)

// reach knows which members can exchange packets: those on a common segment, that
// is a set of routers with all that hangs on it, or a link between two hosts.
// Hosts do not forward.
type reach struct {
	first    map[string]int // number of a group's first member
	parent   []int32        // of routers: their segment, as a forest
	segments [][]int32      // of hosts; of a router its own
}

func newReach(s *Spec, forward func(*Node) bool) *reach {
	r := &reach{first: map[string]int{}}
	total, direct := 0, 0
	for i := range s.Nodes {
		r.first[s.Nodes[i].Name] = total
		total += s.Nodes[i].Count
	}
	r.parent = make([]int32, total)
	r.segments = make([][]int32, total)
	for i := range r.parent {
		r.parent[i] = int32(i)
	}
	for pass := range 2 { // routers first, so that their segments are whole
		for i := range s.Links {
			l := &s.Links[i]
			a, b := s.Node(l.Ends[0]), s.Node(l.Ends[1])
			fa, fb := forward(a), forward(b)
			for x, y := range s.Pairs(l) {
				m, n := r.first[a.Name]+x, r.first[b.Name]+y
				switch {
				case fa && fb && pass == 0:
					r.parent[r.root(int32(m))] = r.root(int32(n))
				case fa == fb || pass == 0:
				case fa:
					r.segments[n] = append(r.segments[n], r.root(int32(m)))
				default:
					r.segments[m] = append(r.segments[m], r.root(int32(n)))
				}
				if !fa && !fb && pass == 1 {
					segment := int32(total + direct)
					direct++
					r.segments[m] = append(r.segments[m], segment)
					r.segments[n] = append(r.segments[n], segment)
				}
			}
		}
	}
	for i := range s.Nodes {
		n := &s.Nodes[i]
		for m := range n.Count {
			if at := r.first[n.Name] + m; forward(n) {
				r.segments[at] = []int32{r.root(int32(at))}
			} else {
				slices.Sort(r.segments[at])
			}
		}
	}
	return r
}

func (r *reach) root(i int32) int32 {
	for r.parent[i] != i {
		r.parent[i] = r.parent[r.parent[i]]
		i = r.parent[i]
	}
	return i
}

// joined tells whether two members have a segment in common.
func (r *reach) joined(a, b int) bool {
	few, many := r.segments[a], r.segments[b]
	if len(few) > len(many) {
		few, many = many, few
	}
	for _, segment := range few {
		if _, ok := slices.BinarySearch(many, segment); ok {
			return true
		}
	}
	return false
}

// most pairs of members are looked at for one flow; worlds so large are regular.
const mostPairs = 1 << 21

// stranded finds a pair of members of two targets that is not joined.
func (r *reach) stranded(s *Spec, from, to Target) (a, b int, found bool) {
	pairs := 0
	i, j := membersOf(s, from)
	k, l := membersOf(s, to)
	for x := i; x < j; x++ {
		for y := k; y < l; y++ {
			same := from.Node == to.Node && x == y
			if !same && !r.joined(r.first[from.Node]+x, r.first[to.Node]+y) {
				return x, y, true
			}
			if pairs++; pairs > mostPairs {
				return 0, 0, false
			}
		}
	}
	return 0, 0, false
}

// membersOf are the first member of a target and the one after its last.
func membersOf(s *Spec, t Target) (int, int) {
	if t.All() {
		return 0, s.Node(t.Node).Count
	}
	return t.First, t.Last + 1
}

// checkReach looks for flows whose ends no links join.
func (c *config) checkReach(s *Spec) {
	net := newReach(s, (*Node).Router)
	for i := range s.Nodes {
		n := &s.Nodes[i]
		if !n.Proxy() {
			continue
		}
		all := Target{Node: n.Name, First: -1, Last: -1}
		for i, to := range n.Balance.To {
			if a, b, found := net.stranded(s, all, to); found {
				c.faultPart("node."+n.Name+".balance.to", i, s.unreachable(all, to, a, b))
			}
		}
	}
	for _, f := range s.Flows {
		for i, to := range f.To {
			for _, from := range f.From {
				if a, b, found := net.stranded(s, from, to); found {
					c.faultPart("flow."+f.Name+".to", i, s.unreachable(from, to, a, b))
					break
				}
				if n := s.astray(from, to); n != nil {
					c.faultPart("flow."+f.Name+".to", i, wrongf(fmt.Sprintf(`put it between them, or write mode = "forward" under [node.%s.balance]`, n.Name),
						"%q translates, and the answers to %q go around it", n.Name, from.Node))
					break
				}
				if nat := s.behind(from, to); nat != nil {
					c.faultPart("flow."+f.Name+".to", i, wrongf("swap from and to, or put the NAT elsewhere",
						"%q is inside of node.%s, a NAT, and cannot be called from %q outside", to.Node, nat.Name, from.Node))
					break
				}
			}
		}
	}
}

// unreachable says what keeps two members apart: a host in between, or nothing.
func (s *Spec) unreachable(from, to Target, a, b int) *wrong {
	what := fmt.Sprintf("no way from %s to %s", nameOf(s, from, a), nameOf(s, to, b))
	for i := range s.Nodes {
		middle := &s.Nodes[i]
		if middle.Router() || middle.Name == from.Node || middle.Name == to.Node {
			continue
		}
		if _, _, found := newReach(s, func(n *Node) bool { return n.Router() || n == middle }).stranded(s, from, to); !found {
			return wrongf(fmt.Sprintf(`add kind = "router" under [node.%s]`, middle.Name), "%s: %q is a host and does not forward", what, middle.Name)
		}
	}
	return wrongf("join them by a link, or by links over routers", "%s", what)
}

// nameOf names a member.
func nameOf(s *Spec, t Target, member int) string {
	if s.Node(t.Node).Count == 1 {
		return quoted(t.Node)
	}
	return quoted(fmt.Sprintf("%s[%d]", t.Node, member))
}
