package language

import (
	"fmt"
	"slices"
	"strings"
)

// afterwards are the keys of [run] that say what is made of runs, or how many
// there are, and not what one computes; its seed is no part of the world.
var afterwards = []string{"seed", "replications", "max_replications", "batches", "confidence", "until"}

// Identity is a text that is equal for points whose runs compute the same, given
// the seed: the effective configuration and the constants of its profiles, without
// labels, the experiment's own parameters, and what is made of runs afterwards.
func (s *Spec) Identity() string {
	var all, b strings.Builder
	s.config.section(&all, "run", "run.")
	run := all.Len()
	all.WriteString(s.world())
	at := 0
	for line := range strings.Lines(all.String()) {
		key, _, _ := strings.Cut(line, " ")
		key, _, _ = strings.Cut(key, ".")
		if key != "label" && !(at < run && slices.Contains(afterwards, key)) {
			b.WriteString(line)
		}
		at += len(line)
	}
	seen := map[string]bool{}
	for i := range s.Nodes {
		if name := s.Nodes[i].Profile; name != "" && !seen[name] {
			seen[name] = true
			fmt.Fprintf(&b, "[profile.%s]\n", name)
			for _, v := range ProfileValues(name) {
				fmt.Fprintf(&b, "%s = %v\n", v.Key, v.Value)
			}
		}
	}
	return b.String()
}
