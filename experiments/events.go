package experiments

import (
	"fmt"
	"time"

	"netsim/des"
	"netsim/dist"
	"netsim/experiments/language"
	"netsim/topo"
)

// happening is an event of the file at work. It acts before all else of its
// instant.
type happening struct {
	*language.Event
	event   des.Event
	world   *World
	changes []change
	begun   des.Time
	acting  bool
}

// change is what an event does to one direction of one link, to the weight of a
// group of links, or to a group of nodes.
type change struct {
	node          *nodeChange
	closing       *closing
	outage        *outage
	flow          *flow // of whose arrivals the rate changes, or how many users there are
	half          *topo.Half
	links         []*topo.Link
	key           string
	value, before any // as the setters of package topo take them
}

// addEvents schedules the events of the file.
func (w *World) addEvents() {
	for i := range w.Spec.Events {
		e := &w.Spec.Events[i]
		h := &happening{Event: e, world: w}
		for _, t := range e.Link {
			h.change(w.links[t.Node].part(t), language.Change{Link: t.Node, Key: "up", Value: false})
		}
		for _, t := range e.Node {
			at := closing{w.nodes[t.Node], t, w.apps}
			if e.Do == "close-listener" {
				h.changes = append(h.changes, change{closing: &at})
			} else {
				h.changes = append(h.changes, change{outage: &outage{at, e.Do == "stop-timers", e.Quiet}})
			}
		}
		for _, c := range e.Set {
			if c.Flow != "" {
				f := w.flows[w.flowNumber(c.Flow)]
				if users, ok := c.Value.(int64); ok {
					h.changes = append(h.changes, change{flow: f, value: users, before: f.Arrivals.Users})
				} else {
					h.changes = append(h.changes, change{flow: f, value: float64(c.Value.(language.Frequency)), before: f.Arrivals.Rate})
				}
				continue
			}
			if c.Node != "" {
				h.changes = append(h.changes, change{node: w.nodes[c.Node].changeOf(c)})
				continue
			}
			h.change(w.links[c.Link], c)
		}
		owner := w.Sim.Owner()
		h.event.Bind(h, owner.Rank(des.Control))
		w.Sim.At(&h.event, des.Time(e.At))
	}
}

// change adds what happens to the members of a group of links.
func (h *happening) change(g *links, c language.Change) {
	if c.Key == "weight" {
		h.changes = append(h.changes, change{links: g.members, key: c.Key, value: c.Value, before: g.Weight})
		return
	}
	for _, l := range g.members {
		if c.Way != "back" {
			h.changes = append(h.changes, change{half: l.Forward, key: c.Key, value: ready(c.Value), before: standing(l.Forward, &g.Forward, c.Key)})
		}
		if c.Way != "forward" {
			h.changes = append(h.changes, change{half: l.Back, key: c.Key, value: ready(c.Value), before: standing(l.Back, &g.Back, c.Key)})
		}
	}
}

// part is some members of a group of links.
func (g *links) part(t language.Target) *links {
	if t.All() {
		return g
	}
	some := *g
	some.members = g.members[t.First : t.Last+1]
	return &some
}

// ready is a value of the language as package topo takes it.
func ready(v any) any {
	switch v := v.(type) {
	case language.Rate:
		if v == language.Unlimited {
			return int64(0)
		}
		return int64(v)
	case language.Probability:
		return float64(v)
	case language.Law:
		return v.Dist
	case language.Bursts:
		return chainOf(v)
	case language.LostPackets:
		return listOf(v)
	}
	return v
}

// standing is the value that a key has by the file.
func standing(h *topo.Half, d *language.Direction, key string) any {
	var loss any = d.Loss
	switch {
	case d.Bursts != nil:
		loss = chainOf(*d.Bursts)
	case d.Lost != nil:
		loss = listOf(*d.Lost)
	}
	return map[string]any{"rate": h.Rate(), "delay": h.Delay(), "jitter": d.Jitter.Dist, "loss": loss,
		"duplicate": d.Duplicate, "corrupt": d.Corrupt, "up": d.Up}[key]
}

// Fire begins the event, or ends it.
func (h *happening) Fire(now des.Time) {
	if !h.acting {
		h.begun = now
	}
	for i := range h.changes {
		c := &h.changes[i]
		value := c.value
		if h.acting {
			value = c.before
		}
		switch {
		case c.node != nil:
			c.node.set(now, map[bool]int64{false: c.node.value, true: c.node.before}[h.acting])
		case c.flow != nil:
			if users, ok := value.(int64); ok {
				c.flow.made.SetUsers(now, int(users))
			} else {
				c.flow.made.SetRate(now, value.(float64))
			}
		case c.outage != nil:
			c.outage.set(now, !h.acting)
		case c.closing != nil:
			c.closing.set(now, !h.acting)
		case c.half != nil:
			c.set(now, value)
		default:
			if err := h.world.Net.SetWeight(value.(float64), c.links...); err != nil {
				h.world.broken = fmt.Errorf("event.%s at %v: %w", h.Name, now, err)
			}
		}
	}
	h.acting = !h.acting && h.For > 0
	switch {
	case h.acting:
		h.world.Sim.At(&h.event, now.Add(h.For))
	case h.Every > 0:
		h.world.Sim.At(&h.event, h.begun.Add(h.Every))
	}
}

func (c *change) set(now des.Time, value any) {
	switch c.key {
	case "rate":
		c.half.SetRate(now, value.(int64))
	case "delay":
		c.half.SetDelay(now, value.(time.Duration))
	case "jitter":
		law, isLaw := value.(dist.Dist)
		if !isLaw {
			law = dist.Constant(int64(value.(time.Duration)))
		}
		c.half.SetJitter(now, law)
	case "loss":
		c.setLoss(value)
	case "duplicate":
		c.half.SetDuplicate(value.(float64))
	case "corrupt":
		c.half.SetCorrupt(value.(float64))
	case "up":
		c.half.SetUp(now, value.(bool))
	}
}

// setLoss puts one model of loss in the place of another.
func (c *change) setLoss(model any) {
	p, _ := model.(float64)
	chain, _ := model.(*topo.GilbertElliott)
	list, _ := model.(*topo.Script)
	c.half.SetLoss(p)
	c.half.SetBursts(chain)
	c.half.SetScript(list)
}

// changing tells whether an event changes what must be in place from the start.
func changing(s *language.Spec, link string) bool {
	for _, e := range s.Events {
		for _, c := range e.Set {
			if c.Link == link && (c.Key == "loss" || c.Key == "duplicate" || c.Key == "corrupt") {
				return true
			}
		}
	}
	return false
}
