package language

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Capture is a file of packets that the experiment asks for.
type Capture struct {
	Name        string
	At          []Place       `key:"at"`
	What        []string      `key:"what"` // "flow.web"; nil is all
	Start       time.Duration `key:"start"`
	Stop        time.Duration `key:"stop"` // 0: never
	Snap        int           `key:"snap"` // bytes of a frame, Ethernet's 14 included
	Max         int64         `key:"max"`  // bytes in all
	Replication int           `key:"replication"`
}

// Place is where packets are captured: at hosts, as they send and receive them, or
// at the start of links, as they are offered to them.
type Place struct {
	Kind   string // node, link
	Target        // members of that group
	Way    string // forward, back; "" of a link is both
}

func (p Place) String() string {
	s := p.Kind + "." + p.Target.String()
	if p.Way != "" {
		s += "." + p.Way
	}
	return s
}

// Members are the first member of so many and the one after the last.
func (p Place) Members(n int) (int, int) {
	if p.All() {
		return 0, n
	}
	return p.First, p.Last + 1
}

func readPlace(text string) (p Place, w *wrong) {
	kind, rest, _ := strings.Cut(text, ".")
	p.Kind = kind
	if before, way, ok := strings.Cut(rest, "."); ok && kind == "link" && (way == "forward" || way == "back") {
		rest, p.Way = before, way
	}
	if p.Target, w = readTarget(rest); w != nil || kind != "node" && kind != "link" || p.Port != 0 || p.Listener != "" {
		return p, wrongf(`write "node.client", "node.client[0..3]", "link.wire" or "link.wire.back"`, "%q is no place", text)
	}
	return p, nil
}

// captures reads what is captured.
func (c *config) captures(s *Spec) {
	for _, name := range c.under("capture") {
		k := Capture{Name: name}
		c.fill("capture."+name, &k)
		if slices.Equal(k.What, []string{"all"}) {
			k.What = nil
		}
		s.Captures = append(s.Captures, k)
	}
}

// checkCapture holds what is captured against what there is.
func (c *config) checkCapture(s *Spec, k *Capture) {
	path := "capture." + k.Name
	if c.need(path, "at", `"node.client"`) {
		for i, at := range k.At {
			if w := s.place(c, at); w != nil {
				c.faultPart(path+".at", i, w)
			}
		}
	}
	for i, what := range k.What {
		flow, ok := strings.CutPrefix(what, "flow.")
		if !ok {
			c.faultPart(path+".what", i, wrongf(`write "all" or "flow.NAME"`, "%q names no packets", what))
		} else if !slices.Contains(c.under("flow"), flow) {
			c.faultPart(path+".what", i, wrongf("", "%s", meant(fmt.Sprintf("no flow %q", flow), flow, c.under("flow"))))
		}
	}
	if k.Stop > 0 && k.Stop <= k.Start {
		c.fault(path+".stop", wrongf("", "ends, at %s, before it starts, at %s", Format(k.Stop), Format(k.Start)))
	}
	if k.Snap < leastSnap && !c.bad(path+".snap") {
		c.fault(path+".snap", wrongf(fmt.Sprintf("write \"%d B\" or more", leastSnap), "%d B do not hold a header", k.Snap))
	}
	if most := s.Run.AtMost(); k.Replication > most && !c.given["run.replications"].commanded() {
		c.fault(path+".replication", wrongf("", "there is no replication %d among %d", k.Replication, most))
	}
}

// leastSnap holds the headers of Ethernet, IPv4 and TCP without options.
const leastSnap = 14 + 20 + 20

// place tells what is wrong with a place, nil if nothing is.
func (s *Spec) place(c *config, p Place) *wrong {
	if p.Kind == "node" {
		if n := s.Node(p.Node); n != nil && n.Router() {
			return wrongf("write a link of it", "%q is a %s; packets are captured at hosts and links", p.Node, n.Kind)
		}
		return s.member(c, p.Target)
	}
	i := slices.IndexFunc(s.Links, func(l Link) bool { return l.Name == p.Node })
	if i < 0 {
		return wrongf("", "%s", meant(fmt.Sprintf("no link %q", p.Node), p.Node, c.under("link")))
	}
	n := 0
	if l := &s.Links[i]; len(l.Ends) == 2 && s.Node(l.Ends[0]) != nil && s.Node(l.Ends[1]) != nil {
		for range s.Pairs(l) {
			n++
		}
		if p.Last >= n {
			return wrongf("", "no member %d of %q, which has %d", p.Last, "link."+p.Node, n)
		}
	}
	return nil
}

// Captures tells whether the file wants packets captured.
func (f *File) Captures() bool {
	return f.Output.Capture == "all" || f.Output.Capture == "" && slices.ContainsFunc(f.Points, func(p *Point) bool { return len(p.Spec.Captures) > 0 })
}

// CapturesOf are the captures of a replication of a point. Where the file declares
// none, or wants all, they are those of the first: whole packets, so that readers can
// verify checksums, of every group of hosts.
func (f *File) CapturesOf(p *Point, replication int) (list []Capture) {
	s := p.Spec
	if f.Output.Capture == "" && len(s.Captures) > 0 {
		return slices.DeleteFunc(slices.Clone(s.Captures), func(k Capture) bool { return k.Replication != replication })
	}
	if f.Output.Capture == "none" || replication > 1 {
		return nil
	}
	for i := range s.Nodes {
		if n := &s.Nodes[i]; !n.Router() {
			at := Place{Kind: "node", Target: Target{Node: n.Name, First: -1, Last: -1}}
			list = append(list, Capture{Name: n.Name, At: []Place{at}, Max: 100e6, Replication: 1})
		}
	}
	return list
}
