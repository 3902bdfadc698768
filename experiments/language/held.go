package language

import (
	"fmt"
	"strings"
)

// Held is a value that holds at a point, and the rule that gave it.
type Held struct {
	Path  string `json:"path"`
	Value string `json:"value"`          // as TOML
	Rule  string `json:"rule"`           // "default", "profile linux", "[default.node]", "file", "case style.four", "sweep", "--set", "topology"
	From  string `json:"from,omitempty"` // the expression that it was computed by
	Note  string `json:"note,omitempty"` // what it amounts to
	File  string `json:"file,omitempty"` // that has it, "" where none has
	Line  int    `json:"line,omitempty"` // there
}

// Held lists every value that the world of the point is built from, those of
// profiles included, in the order of the tables of the file.
func (p *Point) Held() (list []Held) {
	c := p.Spec.config
	add := func(table, pattern string) {
		for key, k := range keysOf(pattern) {
			if h, ok := c.held(table+"."+key, k); ok {
				list = append(list, h)
			}
		}
	}
	add("run", "run.")
	for _, name := range c.under("param") {
		if h, ok := c.held("param."+name, quantityKey); ok {
			list = append(list, h)
		}
	}
	add("routing", "routing.")
	for table, pattern := range c.sections("routing.route", "topology", "node", "link", "flow", "event") {
		add(table, pattern)
		if name, event := strings.CutPrefix(table, "event."); event {
			for _, ch := range c.changesOf(name) {
				if h, ok := c.held(ch.path, keyOf(ch.path[strings.Index(ch.path, ".set.")+len(".set."):])); ok {
					list = append(list, h)
				}
			}
		}
	}
	return list
}

// held is what holds at one path; false if nothing does, or it is that of another.
func (c *config) held(path string, k *Key) (Held, bool) {
	if s := c.given[path]; s != nil && s.off {
		return Held{}, false
	}
	v, ok := c.value(path)
	h := Held{Path: path, Rule: "default"}
	node := strings.SplitN(path, ".", 3)
	switch {
	case k.Default == "(as for the link)" && !c.set(path):
		return h, false
	case !ok && node[0] == "node" && k.Default == "(profile)" && c.ofKind(node[1], node[2]):
		if kind, _ := c.value("node." + node[1] + ".kind"); kind != "host" && kind != "balancer" && node[2] != "ttl" {
			return h, false // nobody there speaks TCP
		}
		if v = profileValue(c.system("node."+node[1]), node[2]); v == nil {
			return h, false
		}
		name, _ := c.value("node." + node[1] + ".profile")
		h.Rule = fmt.Sprint("profile ", name)
	case !ok || !c.wants(path):
		return h, false
	}
	h.Value = literal(v)
	if _, fixed := c.shaped(path); fixed {
		h.Rule = "topology"
	} else if s := c.given[path]; s != nil {
		h.Rule, h.File, h.Line = s.rule(), s.file, s.at.Line
		if len(s.parts) == 1 && s.parts[0].value == nil {
			h.From = "= " + strings.TrimSpace(s.parts[0].source)
		}
	}
	h.Note = c.amounts(path, v)
	return h, true
}

// rule is what gave a setting its place among the others.
func (s *setting) rule() string {
	words := strings.Split(s.path, ".")
	switch {
	case s.commanded():
		return "--set"
	case words[0] == "default":
		return "[" + strings.Join(words[:2], ".") + "]"
	case words[0] == "template":
		return "[" + strings.Join(words[:min(3, len(words))], ".") + "]"
	case words[0] == "case":
		return "case " + strings.Join(words[1:3], ".")
	case strings.HasPrefix(s.path, "sweep.axes."):
		return "sweep"
	}
	return "file"
}

// amounts says of a rate of each host what it is in all.
func (c *config) amounts(path string, v any) string {
	flow, ok := strings.CutSuffix(path, ".arrivals.rate")
	per, _ := c.value(flow + ".arrivals.per")
	from, _ := c.value(flow + ".from")
	rate, number := v.(Frequency)
	targets, _ := from.([]Target)
	if !ok || !number || len(targets) == 0 {
		return ""
	}
	hosts := 0
	for _, t := range targets {
		if t.First >= 0 {
			hosts += t.Last - t.First + 1
			continue
		}
		n, _ := c.value("node." + t.Node + ".count")
		members, _ := n.(int64)
		hosts += int(max(members, 1))
	}
	switch {
	case hosts == 1:
		return ""
	case per == "host":
		return Format(Frequency(float64(rate)*float64(hosts))) + " in all"
	case per == "flow":
		return Format(Frequency(float64(rate)/float64(hosts))) + " a host"
	}
	return ""
}
