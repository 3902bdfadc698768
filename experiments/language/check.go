package language

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// check looks at what no value shows by itself: whether the tables of a point
// fit together, and make something that can be run.
func (c *config) check(s *Spec) {
	for _, kind := range []string{"node", "link", "flow"} {
		if len(c.under(kind)) == 0 {
			c.faultKey(kind, wrongf(fmt.Sprintf("add a [%s.NAME]", kind), "nothing to run: there is no %s", kind))
		}
	}
	if n := len(s.Flows); n > mostFlows {
		c.faultKey("flow."+s.Flows[mostFlows].Name, wrongf("a flow may be from and to many nodes", "%d flows are more than segments can tell apart, %d", n, mostFlows))
	}
	c.checkRun(s)
	for i := range s.Nodes {
		c.checkNode(s, &s.Nodes[i])
	}
	for i := range s.Links {
		c.checkLink(s, &s.Links[i])
	}
	c.checkRoutes(s)
	for i := range s.Flows {
		c.checkFlow(s, &s.Flows[i])
	}
	for i := range s.Events {
		c.checkEvent(s, &s.Events[i])
	}
	for i := range s.Captures {
		c.checkCapture(s, &s.Captures[i])
	}
	if len(c.faults) == 0 && c.sound() {
		c.checkReach(s)
	}
}

// mostFlows is how many flows the incarnation of a connection can name.
const mostFlows = 1 << 12

// sound tells whether nothing was refused that the shape of the network hangs on.
func (c *config) sound() bool {
	for path, s := range c.given { // order-free: any will do
		if s.bad && (strings.HasPrefix(path, "node.") || strings.HasPrefix(path, "link.") || strings.HasPrefix(path, "flow.")) {
			return false
		}
	}
	return true
}

// need reports a key that is missing, unless something is there and wrong.
func (c *config) need(table, key, example string) bool {
	path := table + "." + key
	if c.bad(path) {
		return false
	}
	if _, ok := c.value(path); ok {
		return true
	}
	c.faultAt(table, path, wrongf(fmt.Sprintf("add %s = %s under [%s]", key, example, table), "is missing"))
	return false
}

// faultAt reports a path that the file does not have, at the table it belongs to.
func (c *config) faultAt(table, path string, w *wrong) {
	file, at, _ := c.where(table)
	c.faults = append(c.faults, Fault{file, at.Line, at.Col, path, w.what, w.right})
}

// faultPart reports an element of a list.
func (c *config) faultPart(path string, i int, w *wrong) {
	s := c.given[path]
	if s == nil || i >= len(s.parts) {
		c.fault(path, w)
		return
	}
	c.faults = append(c.faults, s.faultAt(s.parts[i].where, w))
}

func (c *config) checkRun(s *Spec) {
	r := &s.Run
	if r.Duration > 0 && r.Warmup >= r.Duration {
		c.fault("run.warmup", wrongf("make it shorter than run.duration, "+Format(r.Duration), "%s leaves nothing to measure", Format(r.Warmup)))
	}
	if r.Duration == 0 && r.Warmup == Auto && !c.bad("run.duration") {
		c.fault("run.warmup", wrongf(`add duration = "10 min" under [run]`, "a warm-up is found in a run that has a duration"))
	}
	if r.Confidence <= 0 || r.Confidence >= 1 {
		c.fault("run.confidence", wrongf(`write "95 %"`, "%s is no confidence", decimal(r.Confidence)))
	}
	if c.set("run.duration") {
		return
	}
	for _, f := range s.Flows {
		path := "flow." + f.Name + ".arrivals"
		if f.Arrivals.Ends() || c.bad(path+".process") || c.bad(path+".count") || c.bad(path+".stop") {
			continue
		}
		place := "run"
		if _, run := c.file.mark("run"); run == nil {
			place = "flow." + f.Name
		}
		c.faultAt(place, "run", wrongf(`add duration = "10 min" under [run]`,
			"no duration, and flow.%s never ends by itself (%s, no count, no stop)", f.Name, f.Arrivals.Process))
	}
}

func (c *config) checkNode(s *Spec, n *Node) {
	path := "node." + n.Name
	linked := slices.ContainsFunc(s.Links, func(l Link) bool { return slices.Contains(l.Ends, n.Name) })
	if !linked && len(s.Links) > 0 && s.endsKnown() {
		c.faultKey(path, wrongf("name it in the ends of a [link.NAME]", "has no link"))
	}
	c.checkPrefix(s, n)
	c.checkBox(s, n)
	c.checkSchedule(path + ".tcp.syn")
	c.checkSchedule(path + ".tcp.synack")
	least, most := c.span(path+".tcp.rto_min"), c.span(path+".tcp.rto_max")
	if c.set(path+".tcp.rto_min") || c.set(path+".tcp.rto_max") {
		if most > 0 && least > most {
			at := path + ".tcp.rto_min"
			if !c.set(at) {
				at = path + ".tcp.rto_max"
			}
			c.fault(at, wrongf("", "rto_min, %s, is above rto_max, %s", Format(least), Format(most)))
		}
	}
	c.checkSize(path+".tcp.mss", 64, 65495, "segment")
	c.checkSize(path+".tcp.receive_window", 1, 1<<30, "window") // RFC 7323 section 2.3
	c.checkSize(path+".tcp.receive_initial", 1, 1<<30, "window")
	c.checkSize(path+".tcp.send_buffer", 1, 16<<30, "buffer")
	for _, key := range []string{"per_segment", "lookup", "per_lookup"} {
		if at := path + ".cpu." + key; n.CPU.Cores == Unlimited && c.set(at) && !c.fromDefault(at, path) {
			c.fault(at, wrongf("add cores = 1", "every segment has a processor of its own"))
		}
	}
	taken := map[uint16]string{}
	for _, l := range n.Listeners {
		table := path + ".listen." + l.Name
		if !c.need(table, "port", "80") {
			continue
		}
		if other := taken[l.Port]; other != "" {
			c.fault(table+".port", wrongf("", "port %d is taken by listen.%s", l.Port, other))
		}
		taken[l.Port] = l.Name
		if t, fixed := l.Accept.Time.Fixed(); l.Accept.Threads == Unlimited && (t > 0 || !fixed) {
			c.fault(table+".accept.time", wrongf("add threads = 1", "connections are accepted at once, whatever the time"))
		}
		if n.Router() && !l.Implied && !c.fromDefault(table+".port", path) {
			c.faultKey(table, wrongf("", "a %s accepts no connections", n.Kind))
		}
	}
}

// endsKnown tells whether every link says which groups it joins; a node without
// a link may be what a wrong one meant.
func (s *Spec) endsKnown() bool {
	return !slices.ContainsFunc(s.Links, func(l Link) bool {
		return len(l.Ends) != 2 || s.Node(l.Ends[0]) == nil || s.Node(l.Ends[1]) == nil
	})
}

// span is a duration that the file or the profile gives, 0 if neither does.
func (c *config) span(path string) time.Duration {
	v, _ := c.typed(Slot{Path: path})
	d, _ := v.(time.Duration)
	return d
}

// checkSize holds a size of the file's within bounds.
func (c *config) checkSize(path string, least, most Size, what string) {
	if v, _ := c.value(path); v != nil && c.set(path) && (v.(Size) < least || v.(Size) > most) {
		c.fault(path, wrongf(fmt.Sprintf("write %s to %s", Format(least), Format(most)), "%s is no %s", Format(v), what))
	}
}

// checkSchedule holds the number of waits against the number of repetitions.
func (c *config) checkSchedule(what string) {
	path := what + "_schedule"
	schedule, _ := c.value(path)
	n, _ := c.value(what + "_retries")
	waits, ok := schedule.([]time.Duration)
	if retries, given := n.(int64); ok && given && int(retries)+1 != len(waits) {
		c.fault(path, wrongf("leave one of them out", "%d waits are of %d repetitions, and %s_retries is %d",
			len(waits), len(waits)-1, last(what), retries))
	}
}

func (c *config) checkPrefix(s *Spec, n *Node) {
	p := n.Prefix
	if !p.IsValid() {
		return
	}
	path := "node." + n.Name + ".prefix"
	if bits := p.Addr().BitLen() - p.Bits(); bits < 32 && 1<<bits-2 < n.Count*n.Addresses {
		what := fmt.Sprintf("%d members", n.Count)
		if n.Addresses > 1 {
			what += fmt.Sprintf(" with %d addresses each", n.Addresses)
		}
		c.fault(path, wrongf("write a shorter prefix", "%s has no room for %s", p, what))
	}
	for _, o := range s.Nodes {
		if o.Name == n.Name {
			break
		}
		if o.Prefix.IsValid() && o.Prefix.Overlaps(p) {
			c.fault(path, wrongf("", "%s overlaps %s of node.%s", p, o.Prefix, o.Name))
		}
		if o.Prefix.IsValid() && o.Prefix.Addr().Is4() != p.Addr().Is4() {
			c.fault(path, wrongf("write prefixes of one family", "node.%s has %s", o.Name, family(o.Prefix)))
		}
	}
}

func family(p netip.Prefix) string {
	if p.Addr().Is4() {
		return "IPv4"
	}
	return "IPv6"
}
