package language

import (
	"fmt"
	"iter"
	"strings"
)

// Pairs yields the members that the links of a group join, a of the first end
// and b of the second, in the order of the links' numbers.
func (s *Spec) Pairs(l *Link) iter.Seq2[int, int] {
	if l.graph != nil {
		return func(yield func(a, b int) bool) {
			for _, p := range l.graph.Pairs {
				if !yield(int(p.A), int(p.B)) {
					return
				}
			}
		}
	}
	n, m := s.Node(l.Ends[0]).Count, s.Node(l.Ends[1]).Count
	if l.Ends[0] == l.Ends[1] {
		return inGroup(l.Pair, n)
	}
	return func(yield func(a, b int) bool) {
		switch {
		case n == 1 || m == 1 || l.Pair == "all-to-all":
			for a := range n {
				for b := range m {
					if !yield(a, b) {
						return
					}
				}
			}
		case n >= m:
			for a := range n {
				if !yield(a, partner(l.Pair, a, n, m)) {
					return
				}
			}
		default:
			for b := range m {
				if !yield(partner(l.Pair, b, m, n), b) {
					return
				}
			}
		}
	}
}

// partner is the member of the smaller group, of m, that member i of the larger,
// of n, is joined with.
func partner(pair string, i, n, m int) int {
	if pair == "blocks" {
		return i / (n / m)
	}
	return i % m
}

// inGroup yields the pairs of a group of n with itself: all of them, or
// neighbours in number.
func inGroup(pair string, n int) iter.Seq2[int, int] {
	return func(yield func(a, b int) bool) {
		for a := range n {
			last := a + 1
			if pair == "mesh" {
				last = n - 1
			}
			for b := a + 1; b <= min(last, n-1); b++ {
				if !yield(a, b) {
					return
				}
			}
		}
		if pair == "ring" {
			yield(n-1, 0)
		}
	}
}

// inOneGroup are the words of pair for the members of one group, and how many
// links each makes of n.
func inOneGroup(n int) (ways []string, links map[string]int) {
	links = map[string]int{"mesh": n * (n - 1) / 2, "ring": n, "chain": n - 1}
	return []string{"mesh", "ring", "chain"}, links
}

// checkWithin tells whether the members of one group can be joined as the link
// says.
func (c *config) checkWithin(s *Spec, l *Link) {
	path, n := "link."+l.Name, s.Node(l.Ends[0]).Count
	ways, links := inOneGroup(n)
	made, ok := links[l.Pair]
	switch {
	case n == 1:
		c.fault(path+".ends", wrongf("give it a count, or name another group", "%q is one node, and a link joins two", l.Ends[0]))
	case !ok && c.set(path+".pair"):
		c.fault(path+".pair", wrongf("write "+listed(ways), "%q joins the members of two groups, and both ends are %q", l.Pair, l.Ends[0]))
	case !ok:
		for i, w := range ways {
			ways[i] = fmt.Sprintf("%q (%d links)", w, links[w])
		}
		c.faultKey(path, wrongf("add pair = "+strings.Join(ways[:2], ", ")+" or "+ways[2], "the members of %q can be joined in several ways", l.Ends[0]))
	case l.Pair == "ring" && n < 3:
		c.fault(path+".pair", wrongf(`write "chain"`, "%d of %q make no ring", n, l.Ends[0]))
	case made > mostLinks:
		c.faultKey(path, wrongf("", "%d links are more than can be built, %d", made, mostLinks))
	}
	for i := range l.Rules {
		if r := &l.Rules[i]; r.From == l.Ends[0] {
			c.fault(path+".rule."+r.Name+".from", wrongf("leave it out", "both ends are %q", r.From))
		}
	}
}

// listed writes words as alternatives.
func listed(words []string) string {
	quotes := make([]string, len(words))
	for i, w := range words {
		quotes[i] = quoted(w)
	}
	final := len(quotes) - 1
	return strings.Join(quotes[:final], ", ") + " or " + quotes[final]
}
