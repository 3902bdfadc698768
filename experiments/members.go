package experiments

import (
	"slices"
	"strings"

	"netsim/experiments/language"
	"netsim/host"
	"netsim/topo"
)

// asks reports whether something of each member is asked for.
func asks(members []string, each string) bool {
	if _, found := slices.BinarySearch(members, each); found {
		return true
	}
	group, _, _ := strings.Cut(each, ".each.")
	_, found := slices.BinarySearch(members, wholly(group))
	return found
}

// wholly asks for everything of each member of a group.
func wholly(group string) string { return group + ".each.*" }

// everyMember asks for everything of all hosts and links.
func everyMember(s *language.Spec) (all []string) {
	for i := range s.Nodes {
		all = append(all, wholly("node."+s.Nodes[i].Name))
	}
	for i := range s.Links {
		all = append(all, wholly("link."+s.Links[i].Name))
	}
	return all
}

// apart reports whether something is asked of each member of a group, "node.web".
func (n *Needs) apart(group string) bool {
	at, _ := slices.BinarySearch(n.Members, group+".each.")
	return at < len(n.Members) && strings.HasPrefix(n.Members[at], group+".each.")
}

// tellApart gives each host of a group a tally of its own, which is part of the
// group's. A group of one is its member.
func (g *nodes) tellApart() {
	if g.Count == 1 {
		return
	}
	for range g.Count {
		part := &nodes{Node: g.Node, profile: g.profile, tally: g.tally.Part(), listeners: map[string]*host.ListenerTally{}}
		for name, all := range g.listeners { // order-free: each has its own name
			part.listeners[name] = all.Part()
		}
		g.parts = append(g.parts, part)
	}
}

// member is the group as member i of it records.
func (g *nodes) member(i int) *nodes {
	if g.parts == nil {
		return g
	}
	return g.parts[i]
}

// tellApart does the same for links.
func (g *links) tellApart() {
	if len(g.members) == 1 {
		return
	}
	for i := range g.members {
		part := &links{Link: g.Link, members: g.members[i : i+1], rules: map[string][]*topo.Rule{}}
		for name, all := range g.rules { // order-free: each has its own name
			part.rules[name] = all[i : i+1]
		}
		if g.gauges != nil {
			part.measure()
			part.gauges.forward.Of = append(part.gauges.forward.Of, &g.gauges.forward)
			part.gauges.back.Of = append(part.gauges.back.Of, &g.gauges.back)
		}
		g.parts = append(g.parts, part)
	}
}

// member is who enters what member i of a group has recorded.
func (g *gatherer) member(kind, name string, i int) *gatherer {
	return &gatherer{outcome: g.outcome, seconds: g.seconds, members: g.members,
		group: kind + "." + name + ".each.", as: kind + "." + memberOf(name, i) + "."}
}

// each is a number of every member of the group, over the runs.
func each(runs []*Outcome, s language.Slot) ([]float64, error) {
	kind, name := s.Of()
	what := strings.TrimPrefix(s.Subject, kind+"."+name+".each.")
	var all []float64
	for i := 0; ; i++ {
		path := kind + "." + memberOf(name, i) + "." + what
		if len(runs) > 0 && runs[0].Measures[path] == nil {
			break
		}
		m, err := Pooled(runs, path)
		if err != nil {
			return nil, err
		}
		all = append(all, m.Statistic(s.Statistic))
	}
	if len(all) == 0 {
		m, err := Pooled(runs, kind+"."+name+"."+what)
		if err != nil {
			return nil, err
		}
		all = append(all, m.Statistic(s.Statistic))
	}
	return all, nil
}

// ofMember takes a path of one member apart: "node.web[3].time_wait.count" is asked
// for as "node.web.each.time_wait.count".
func ofMember(path string) (asked string, ok bool) {
	words := strings.SplitN(path, ".", 3)
	group, _, ok := strings.Cut(words[1], "[")
	if !ok || len(words) < 3 {
		return "", false
	}
	return words[0] + "." + group + ".each." + words[2], true
}
