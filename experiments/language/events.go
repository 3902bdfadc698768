package language

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// An Event changes keys at a time and, if it lasts, back again.
type Event struct {
	Name  string
	At    time.Duration `key:"at"`
	For   time.Duration `key:"for"`   // 0: for ever
	Every time.Duration `key:"every"` // 0: once
	Do    string        `key:"do"`    // down: the link Link; close-listener, crash, stop-timers: at Node
	Quiet time.Duration `key:"quiet_time"`
	Link  []Target      `key:"link"` // names of links
	Node  []Target      `key:"node"`
	Set   []Change
}

// A Change is a value that a key gets: of a link, in one direction or in both, or
// of the members of a group of nodes.
type Change struct {
	Link, Way      string // Way is forward, back or "" for both
	Node, Listener string // instead of a link; the listener of a key that is its own
	Flow           string // instead of either
	Key            string // "delay", "tcp.time_wait"
	Value          any    // as the key's
}

// isSet tells whether a path is that of an event's table of changes.
func isSet(rel string) bool {
	words := strings.Split(rel, ".")
	return len(words) == 3 && words[0] == "event" && words[2] == "set"
}

// changes reads the table below set, whose words are paths: full is the path in
// the file, rel that in the layer.
func (r *reader) changes(into *layer, full, rel string, at *table, values map[string]any) {
	for _, w := range r.inOrder(full, values) {
		place := at
		for _, word := range strings.Split(w, ".") { // of a quoted path
			if place != nil {
				place = place.below(word)
			}
		}
		f, to := dot(full, w), rel+"."+w
		below, isTable := values[w].(map[string]any)
		switch {
		case place == nil:
			r.fault(f, wrongf("", "no such key"))
		case place.key == nil && isTable:
			r.changes(into, f, to, place, below)
		case place.key == nil:
			r.fault(f, wrongf("", "is a table"))
		case !place.key.Changes():
			r.fault(f, wrongf("keys marked ! can be", "cannot be changed while a run lasts"))
		default:
			r.leaf(into, f, to, place.key, values[w])
		}
	}
}

// events are those of a configuration.
func (c *config) events() (all []Event) {
	for _, name := range c.under("event") {
		e := Event{Name: name}
		c.fill("event."+name, &e)
		for _, ch := range c.changesOf(name) {
			e.Set = append(e.Set, ch.Change)
		}
		all = append(all, e)
	}
	return all
}

// changeAt is a change with its path below set.
type changeAt struct {
	Change
	path string
}

// changesOf are the changes of an event, in the order of their paths.
func (c *config) changesOf(event string) (all []changeAt) {
	above := "event." + event + ".set."
	for _, path := range slices.Sorted(maps.Keys(c.given)) {
		what, ok := strings.CutPrefix(path, above)
		v, known := c.value(path)
		if !ok || !known {
			continue
		}
		words := strings.Split(what, ".")
		ch := changeAt{Change{Key: words[len(words)-1], Value: v}, path}
		switch {
		case words[0] == "node" && words[2] == "listen":
			ch.Node, ch.Listener, ch.Key = words[1], words[3], strings.Join(words[4:], ".")
		case words[0] == "flow":
			ch.Flow, ch.Key = words[1], strings.Join(words[2:], ".")
		case words[0] == "node":
			ch.Node, ch.Key = words[1], strings.Join(words[2:], ".")
		case len(words) == 4:
			ch.Link, ch.Way = words[1], words[2]
		default:
			ch.Link = words[1]
		}
		all = append(all, ch)
	}
	return all
}

func (c *config) checkEvent(s *Spec, e *Event) {
	path := "event." + e.Name
	c.need(path, "at", `"1 min"`)
	changes := c.changesOf(e.Name)
	if e.Do == "" && len(changes) == 0 && !c.bad(path+".do") {
		c.faultKey(path, wrongf(`write do = "down", or set = { ... }`, "nothing happens"))
	}
	atNodes := slices.Contains([]string{"close-listener", "crash", "stop-timers"}, e.Do)
	for key, does := range map[string]bool{"link": e.Do == "down", "node": atNodes} { // order-free: faults are sorted
		if c.set(path+"."+key) && !does && !c.bad(path+".do") {
			c.fault(path+"."+key, wrongf(map[string]string{"link": `write do = "down"`, "node": `write do = "crash", "stop-timers" or "close-listener"`}[key], "nothing happens to it"))
		}
	}
	if e.Do == "down" && c.need(path, "link", `"wire"`) {
		c.checkEach(path+".link", e.Link, func(t Target) *wrong { return s.place(c, Place{Kind: "link", Target: t}) })
	}
	if atNodes && c.need(path, "node", `"server"`) {
		c.checkEach(path+".node", e.Node, func(t Target) *wrong {
			if w := c.noHost(t.Node); w != nil {
				return w
			}
			return s.member(c, t)
		})
	}
	if e.Quiet > 0 && (e.Do != "crash" || e.For == 0) && !c.bad(path+".do") {
		c.fault(path+".quiet_time", wrongf(`write do = "crash", and for how long with for = "10 s"`, "nothing comes back here, to be quiet"))
	}
	if e.Every > 0 && s.Run.Duration == 0 {
		c.fault(path+".every", wrongf(`add duration = "10 min" under [run]`, "never ends, and the run has no duration"))
	}
	if e.Every > 0 && e.For >= e.Every {
		c.fault(path+".for", wrongf("make it shorter than every, "+Format(e.Every), "%s does not end before it begins again", Format(e.For)))
	}
	for _, ch := range changes {
		if ch.Node != "" {
			c.checkNodeChange(&ch)
			continue
		}
		if ch.Flow != "" {
			c.checkFlowChange(s, &ch)
			continue
		}
		if !c.has["link."+ch.Link] {
			c.fault(ch.path, wrongf("", "%s", meant("no link "+quoted(ch.Link), ch.Link, c.under("link"))))
		}
		if ch.Key == "weight" {
			c.checkWeight(ch.path, ch.Value.(float64))
			if by := s.Routing.Weight; by != "weight" {
				c.fault(ch.path, wrongf(`write weight = "weight" under [routing]`, "changes nothing: ways are short by %s", by))
			}
		}
		switch f := ch.Value.(type) {
		case Schedule:
			c.fault(ch.path, wrongf("write one value", "%s is a schedule, and the event has times of its own", f))
		case Law:
			if ch.Key == "delay" {
				c.fault(ch.path, wrongf("write one value", "%s is drawn once, when the network is built", f))
			}
		}
		if at := c.schedules(ch.Change); at != "" {
			c.fault(ch.path, wrongf("let only one of them set it", "%s has a schedule", at))
		}
	}
}

// checkNodeChange looks for the node, and for the listener at it.
func (c *config) checkNodeChange(ch *changeAt) {
	table := "node." + ch.Node + ".listen"
	switch {
	case !c.checkHost(ch.path, ch.Node) || ch.Listener == "":
	case !c.has[table+"."+ch.Listener]:
		c.fault(ch.path, wrongf("", "%s", meant("no listener "+quoted(ch.Listener)+" at "+ch.Node, ch.Listener, c.under(table))))
	case ch.Key == "accept.threads":
		had, _ := c.value(table + "." + ch.Listener + ".accept.threads")
		if had == Count(Unlimited) || ch.Value == Count(Unlimited) {
			c.fault(ch.path, wrongf("write numbers here and there", "without a number of threads connections are accepted at once, and that does not change"))
		}
	}
}

// checkFlowChange looks for the flow, and for what of its arrivals an event can change.
func (c *config) checkFlowChange(s *Spec, ch *changeAt) {
	f := s.flow(ch.Flow)
	key := strings.TrimPrefix(ch.Key, "arrivals.")
	_, isSchedule := ch.Value.(Schedule)
	switch {
	case f == nil:
		c.fault(ch.path, wrongf("", "%s", meant("no flow "+quoted(ch.Flow), ch.Flow, c.under("flow"))))
	case !slices.Contains(arrivalKeys[f.Arrivals.Process], key):
		c.fault(ch.path, wrongf("", "arrivals of process %q have no %s", f.Arrivals.Process, key))
	case key == "rate" && f.Arrivals.Rates != nil:
		c.fault(ch.path, wrongf("let only one of them set it", "flow.%s.arrivals.rate has a schedule", f.Name))
	case isSchedule:
		c.fault(ch.path, wrongf("write one value", "%s is a schedule, and the event has times of its own", ch.Value))
	}
}

// checkEach looks at what an event happens to.
func (c *config) checkEach(path string, all []Target, check func(Target) *wrong) {
	for i, t := range all {
		w := check(t)
		if t.Port != 0 || t.Listener != "" {
			w = wrongf("", "%q has a port, and this happens to all of it", t)
		}
		if w != nil {
			c.faultPart(path, i, w)
		}
	}
}

// checkHost tells whether a path names a group of hosts.
func (c *config) checkHost(path, name string) bool {
	w := c.noHost(name)
	if w != nil {
		c.fault(path, w)
	}
	return w == nil
}

// noHost is why a name is not one of a group of hosts, nil if it is.
func (c *config) noHost(name string) *wrong {
	kind, _ := c.value("node." + name + ".kind")
	switch {
	case !c.has["node."+name]:
		return wrongf("", "%s", meant("no node "+quoted(name), name, c.under("node")))
	case kind != "host" && !c.proxy(name):
		return wrongf("", "node %q is a %v, and ends no connections", name, kind)
	}
	return nil
}

// schedules is the path of a schedule that what an event changes has, "" if it has
// none.
func (c *config) schedules(ch Change) string {
	for _, way := range []string{"forward", "back"} {
		if ch.Way != "" && ch.Way != way {
			continue
		}
		path := "link." + ch.Link + "." + way + "." + ch.Key
		v, _ := c.value(path)
		if _, isSchedule := v.(Schedule); !isSchedule {
			continue
		}
		if !c.set(path) {
			path = "link." + ch.Link + "." + ch.Key
		}
		return path
	}
	return ""
}

// eventSections writes the events as a file would have them.
func (c *config) eventSections(b *strings.Builder) {
	for _, name := range c.under("event") {
		c.section(b, "event."+name, "event.*.")
		if changes := c.changesOf(name); len(changes) > 0 {
			above := "event." + name + ".set"
			b.WriteString("[" + above + "]\n")
			for _, ch := range changes {
				b.WriteString(sumLine(c.sum(ch.path)) + strings.TrimPrefix(ch.path, above+".") + " = " + literal(ch.Value) + "\n")
			}
			b.WriteString("\n")
		}
	}
}
