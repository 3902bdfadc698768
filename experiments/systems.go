package experiments

import (
	"iter"
	"time"

	"netsim/apps"
	"netsim/des"
	"netsim/experiments/language"
	"netsim/host"
	"netsim/tcp"
)

// waits is what events change of the system of a group of hosts.
type waits struct {
	length time.Duration // of TIME-WAIT
	most   int           // connections in it
}

// nodeChange is what an event does to a group of hosts.
type nodeChange struct {
	*nodes
	listener, key string
	value, before int64
}

// closing is what an event does to the listeners of members of a group of hosts: it
// closes them, and opens them again.
type closing struct {
	*nodes
	which language.Target
	apps  *apps.World
}

// touched are the members, by their numbers.
func (c *closing) touched() iter.Seq2[int, *host.Host] {
	return func(yield func(int, *host.Host) bool) {
		for k, h := range c.hosts {
			if (c.which.All() || k >= c.which.First && k <= c.which.Last) && !yield(k, h) {
				return
			}
		}
	}
}

func (c *closing) set(now des.Time, closed bool) {
	for i := range c.Listeners {
		spec := &c.Listeners[i]
		doors := c.doors[spec.Name]
		for k, h := range c.touched() {
			if closed {
				doors[k].Stop(now)
			} else if !spec.ReuseAddress && h.Taken(spec.Port) {
				c.member(k).listeners[spec.Name].BindRefused++
			} else if door, err := listen(h, spec, c.acceptor(spec, k, c.apps), c.member(k).listeners[spec.Name]); err == nil { // nobody else may take the port
				doors[k] = door
			}
		}
	}
}

// changeOf is a change of the file with the value that the key has otherwise.
func (g *nodes) changeOf(c language.Change) *nodeChange {
	n := &nodeChange{nodes: g, listener: c.Listener, key: c.Key}
	switch v := c.Value.(type) {
	case time.Duration:
		n.value = int64(v)
	case int64:
		n.value = v
	case language.Count:
		n.value = int64(v)
	}
	switch c.Key {
	case "tcp.time_wait":
		n.before = int64(g.profile.TimeWait)
	case "tcp.time_wait_max":
		n.before = int64(g.profile.TimeWaitMax)
	case "backlog":
		n.before = int64(g.profile.Backlog)
	}
	for _, l := range g.Listeners {
		switch {
		case l.Name != c.Listener:
		case c.Key == "accept.threads":
			n.before = l.Accept.Threads
		case l.Backlog != nil:
			n.before = int64(*l.Backlog)
		}
	}
	return n
}

// set lets the key have the value from now on.
func (n *nodeChange) set(at des.Time, value int64) {
	now := n.waits
	switch n.key {
	case "tcp.time_wait":
		now.length = time.Duration(value)
	case "tcp.time_wait_max":
		now.most = int(value)
	case "accept.threads":
		for _, l := range n.doors[n.listener] {
			l.SetThreads(at, int(value))
		}
		return
	case "backlog":
		asked := int(value)
		for _, l := range n.doors[n.listener] {
			l.SetBacklog(backlog(n.profile, &asked))
		}
		return
	}
	n.waits = now
	p := n.system(now)
	for _, h := range n.hosts {
		h.SetProfile(p)
	}
}

// system is the profile of the group with other waits, the same one each time.
func (g *nodes) system(w waits) *tcp.Profile {
	if w == (waits{g.profile.TimeWait, g.profile.TimeWaitMax}) {
		return g.profile
	}
	p := g.systems[w]
	if p == nil {
		own := *g.profile
		p = &own
		p.TimeWait, p.TimeWaitMax = w.length, w.most
		if g.systems == nil {
			g.systems = map[waits]*tcp.Profile{}
		}
		g.systems[w] = p
	}
	return p
}
