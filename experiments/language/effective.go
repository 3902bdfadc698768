package language

import (
	"iter"
	"strings"
)

// Effective writes all that the world is built from as an experiment file: what
// the file says, merged and computed, and the defaults of the schema. Constants
// of profiles stay with the profile. Equal text means equal worlds.
func (s *Spec) Effective() string {
	var b strings.Builder
	s.config.section(&b, "run", "run.")
	s.config.paramSection(&b)
	return b.String() + s.world()
}

// world is the part that tells one world from another in the same run.
func (s *Spec) world() string {
	var b strings.Builder
	s.config.routingSection(&b)
	for table, pattern := range s.config.sections("topology", "node", "link", "flow") {
		s.config.section(&b, table, pattern)
	}
	s.config.eventSections(&b)
	return b.String()
}

// sections are the tables with a name of some kinds, in the order of the file, each
// before those in it, and how the schema begins their keys.
func (c *config) sections(kinds ...string) iter.Seq2[string, string] {
	return func(yield func(table, pattern string) bool) {
		for _, kind := range kinds {
			for _, name := range c.under(kind) {
				table := kind + "." + name
				if !yield(table, kind+".*.") {
					return
				}
				for _, below := range c.tables {
					if w := strings.Split(below, "."); len(w) == 4 && w[0] == kind && w[1] == name && !yield(below, kind+".*."+w[2]+".*.") {
						return
					}
				}
			}
		}
	}
}

// keysOf are the keys of one table that this version has, those in tables of their
// own apart.
func keysOf(pattern string) iter.Seq2[string, *Key] {
	return func(yield func(string, *Key) bool) {
		for k := range Keys() {
			key, ok := strings.CutPrefix(k.Path, pattern)
			if ok && k.Supported() && !strings.Contains(key, "*") && !yield(key, k) {
				return
			}
		}
	}
}

// section writes the keys of one table, those in tables of their own apart.
func (c *config) section(b *strings.Builder, table, pattern string) {
	b.WriteString("[" + table + "]\n")
	if t := c.shapes[last(table)]; t != nil && pattern == "topology.*." {
		b.WriteString(sumLine(t.sum))
	}
	for key, k := range keysOf(pattern) {
		path := table + "." + key
		if k.Default == "(as for the link)" && !c.set(path) || k.Default == "(name)" && !c.set(path) {
			continue
		}
		if v, ok := c.value(path); ok && c.wants(path) {
			b.WriteString(sumLine(c.sum(path)) + key + " = " + literal(v) + "\n")
		}
	}
	b.WriteString("\n")
}

// wants leaves out defaults of keys that would be refused if they were written.
func (c *config) wants(path string) bool {
	if c.set(path) {
		return true
	}
	table, key := parent(path), last(path)
	if _, fixed := c.shaped(path); fixed || parent(table) == "topology" && !c.shapeTakes(path) {
		return false
	}
	if words := strings.SplitN(path, ".", 3); words[0] == "flow" && len(words) == 3 {
		if !c.belongs(words[1], words[2]) || words[2] == "arrivals.rate" && c.set("flow."+words[1]+".load.share") {
			return false
		}
	}
	if words := strings.SplitN(path, ".", 3); words[0] == "node" && len(words) == 3 && !c.ofKind(words[1], words[2]) {
		return false
	}
	switch {
	case strings.HasSuffix(table, ".arrivals") && key != "process":
		process, _ := c.value(table + ".process")
		word, _ := process.(string)
		return strings.Contains(" "+strings.Join(arrivalKeys[word], " ")+" ", " "+key+" ")
	case strings.HasSuffix(table, ".close") && key != "by":
		by, _ := c.value(table + ".by")
		return by != "nobody"
	case last(table) == "cpu" && key != "cores":
		cores, _ := c.value(table + ".cores")
		return cores != Count(Unlimited)
	case last(table) == "queue":
		return c.queueTakes(table, key)
	case strings.HasPrefix(path, "link.") && key == "duplicate_delay":
		return false
	case strings.Contains(table, ".rule.") && key == "delay":
		return false
	}
	return true
}

// routingSection is there if the file says something of routing.
func (c *config) routingSection(b *strings.Builder) {
	if c.set("routing.kind") || c.set("routing.weight") {
		c.section(b, "routing", "routing.")
	}
	for table, pattern := range c.sections("routing.route") {
		c.section(b, table, pattern)
	}
}

func (c *config) paramSection(b *strings.Builder) {
	if len(c.under("param")) == 0 {
		return
	}
	b.WriteString("[param]\n")
	for _, name := range c.under("param") {
		if v, ok := c.value("param." + name); ok {
			b.WriteString(name + " = " + literal(v) + "\n")
		}
	}
	b.WriteString("\n")
}
