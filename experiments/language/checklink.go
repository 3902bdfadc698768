package language

import (
	"fmt"
	"slices"
	"strings"
)

// mostLinks is the number of links of a group that a world is still built of.
const mostLinks = 1 << 24

func (c *config) checkWeight(path string, weight float64) {
	if weight <= 0 {
		c.fault(path, wrongf("", "%s is no weight; a route's weight grows with every link", decimal(weight)))
	}
}

func (c *config) checkLink(s *Spec, l *Link) {
	path := "link." + l.Name
	if l.Forward.Delays == nil && l.Back.Delays == nil && (!c.set(path+".forward.delay") || !c.set(path+".back.delay")) {
		c.need(path, "delay", `"10 ms"`)
	}
	c.checkWeight(path+".weight", l.Weight)
	if c.need(path, "ends", `["client", "server"]`) {
		c.checkEnds(s, l)
	}
	c.checkMTU(s, l)
	if s.Run.Duration == 0 {
		c.checkPeriods(path)
	}
	c.checkTraces(l)
	c.checkQueue(&l.Forward.Queue, path+".queue")
	c.checkQueue(&l.Forward.Queue, path+".forward.queue")
	c.checkQueue(&l.Back.Queue, path+".back.queue")
	for i := range l.Rules {
		c.checkRule(l, &l.Rules[i])
	}
}

// ways are the directions of a link, by name.
func (l *Link) ways() map[string]*Direction {
	return map[string]*Direction{"forward": &l.Forward, "back": &l.Back}
}

// ofWay is the path of a key of one direction: its own if that is set, else the
// link's.
func (c *config) ofWay(link, way, key string) string {
	if at := link + "." + way + "." + key; c.set(at) {
		return at
	}
	return link + "." + key
}

// checkMTU holds the packets of a link against what its ends must be able to send.
func (c *config) checkMTU(s *Spec, l *Link) {
	least, why := int64(576), "what every IPv4 host must take (RFC 1122)"
	for _, n := range s.Nodes {
		if slices.Contains(l.Ends, n.Name) && n.Prefix.IsValid() && !n.Prefix.Addr().Is4() {
			least, why = 1280, "the least of IPv6 (RFC 8200)"
		}
	}
	for way, d := range l.ways() { // order-free: faults are sorted by their place
		at := c.ofWay("link."+l.Name, way, "mtu")
		if d.MTU < least && !c.bad(at) {
			c.fault(at, wrongf(fmt.Sprintf("write %d B or more", least), "%d B is below %d B, %s", d.MTU, least, why))
		}
		if d.MTU > 65535 {
			c.fault(at, wrongf("", "%d B is more than a packet can have, 65535 B", d.MTU))
		}
	}
}

// checkTraces refuses what cannot be where a trace says when packets are sent.
func (c *config) checkTraces(l *Link) {
	path := "link." + l.Name
	for way, d := range l.ways() { // order-free: faults are sorted by their place
		if d.Trace == "" {
			continue
		}
		if at := c.ofWay(path, way, "rate"); c.set(at) {
			c.fault(at, wrongf("leave one of them out", "a rate and a trace"))
		} else if d.Queue.Limit.Time > 0 {
			c.fault(c.ofWay(path, way, "queue.limit"), wrongf("write packets or bytes", "how long a packet will wait is not known where a trace says when it is sent"))
		}
	}
}

// checkPeriods refuses schedules of a link that begin anew for ever.
func (c *config) checkPeriods(link string) {
	for _, key := range []string{".rate", ".forward.rate", ".back.rate", ".delay", ".forward.delay", ".back.delay"} {
		if !c.set(link + key) {
			continue
		}
		v, _ := c.value(link + key)
		if s, isSchedule := v.(Schedule); isSchedule && s.Period > 0 {
			c.fault(link+key, wrongf(`add duration = "10 min" under [run]`, "never ends, and the run has no duration"))
		}
	}
}

// checkEnds looks for the groups a link joins, and for the way they pair.
func (c *config) checkEnds(s *Spec, l *Link) {
	path := "link." + l.Name + ".ends"
	if len(l.Ends) != 2 {
		c.fault(path, wrongf(`write ["client", "server"]`, "a link has two ends, not %d", len(l.Ends)))
		return
	}
	known := true
	for i, end := range l.Ends {
		if s.Node(end) == nil {
			c.faultPart(path, i, wrongf("", "%s", meant(fmt.Sprintf("no node %q", end), end, c.under("node"))))
			known = false
		}
	}
	switch {
	case !known || l.graph != nil || c.bad("link."+l.Name+".pair"):
	case l.Ends[0] == l.Ends[1]:
		c.checkWithin(s, l)
	default:
		c.checkPair(s, l)
	}
}

// checkPair tells whether the pairing of a link's ends is one, and how large.
func (c *config) checkPair(s *Spec, l *Link) {
	n, m := s.Node(l.Ends[0]).Count, s.Node(l.Ends[1]).Count
	path := "link." + l.Name
	most, least := max(n, m), min(n, m)
	links := most
	switch {
	case l.Pair == "mesh" || l.Pair == "ring" || l.Pair == "chain":
		right := fmt.Sprintf("write ends = [%q], or leave pair out", l.Ends[0])
		c.fault(path+".pair", wrongf(right, "a %s is of the members of one group, and there are two", l.Pair))
	case least == 1:
	case l.Pair == "each":
		ways := []string{fmt.Sprintf(`"all-to-all" (%d links)`, n*m)}
		if n == m {
			ways = append(ways, fmt.Sprintf(`"one-to-one" (%d)`, n))
		}
		if most%least == 0 {
			ways = append(ways, fmt.Sprintf(`"blocks" (%d)`, most))
		}
		ways = append(ways, fmt.Sprintf(`"round-robin" (%d)`, most))
		final := len(ways) - 1
		c.faultKey(path, wrongf("add pair = "+strings.Join(ways[:final], ", ")+" or "+ways[final],
			"%d of %q and %d of %q can pair in several ways", n, l.Ends[0], m, l.Ends[1]))
		return
	case l.Pair == "all-to-all":
		links = n * m
	case l.Pair == "one-to-one" && n != m:
		c.fault(path+".pair", wrongf("", "%d of %q and %d of %q do not pair one to one", n, l.Ends[0], m, l.Ends[1]))
	case l.Pair == "blocks" && most%least != 0:
		c.fault(path+".pair", wrongf(`write "round-robin"`, "%d of them do not make %d equal blocks", most, least))
	}
	if links > mostLinks {
		c.faultKey(path, wrongf("", "%d links are more than can be built, %d", links, mostLinks))
	}
}

func (c *config) checkRule(l *Link, r *Rule) {
	path := "link." + l.Name + ".rule." + r.Name
	c.need(path, "match", `"syn"`)
	acts := c.need(path, "do", `"drop"`)
	if r.From != "" && !slices.Contains(l.Ends, r.From) {
		c.fault(path+".from", wrongf("", "%s", meant(fmt.Sprintf("%q is at neither end of link.%s", r.From, l.Name), r.From, l.Ends)))
	}
	if flows := c.under("flow"); r.Flow != "" && !slices.Contains(flows, r.Flow) {
		c.fault(path+".flow", wrongf("", "%s", meant(fmt.Sprintf("no flow %q", r.Flow), r.Flow, flows)))
	}
	wait, fixed := r.Delay.Fixed()
	switch delayed := c.set(path + ".delay"); {
	case acts && r.Do == "delay" && fixed && wait == 0 && !c.bad(path+".delay"):
		c.faultAt(path, path+".delay", wrongf(`add delay = "100 ms"`, "a delay of nothing"))
	case acts && r.Do != "delay" && r.Do != "duplicate" && delayed:
		c.fault(path+".delay", wrongf(`write do = "delay", or leave it out`, "%s", map[string]string{"drop": "what is dropped is not delayed", "corrupt": "what is damaged is not delayed", "mark": "what is marked is not delayed"}[r.Do]))
	}
	if r.Probability == 0 && !c.bad(path+".probability") {
		c.fault(path+".probability", wrongf("leave the rule out", "a rule that never acts"))
	}
}
