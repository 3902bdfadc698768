package experiments

import (
	"fmt"
	"net/netip"
	"time"

	"netsim/apps"
	"netsim/experiments/language"
	"netsim/host"
	"netsim/wire"
)

// silentAddresses is how many addresses that nobody has each attacker sends from:
// with all their ports, four million pairs before one comes again.
const silentAddresses = 64

// darken gives the attackers addresses for their forged segments to be from. What is
// answered comes to them, over the way that they have, and ends there.
func (w *World) darken() error {
	w.dark = map[string][]wire.Addr{}
	four, six := newAssigner(w.Spec), within(netip.MustParsePrefix("fd6e:6574:7369:6e::/64"))
	four.next, four.within = netip.MustParseAddr("198.18.0.1"), netip.MustParsePrefix("198.18.0.0/15") // RFC 2544
	for i := range w.Spec.Flows {
		f := &w.Spec.Flows[i]
		if f.Spoof != "silent" {
			continue
		}
		from := four
		if a := w.nodes[f.To[0].Node].addresses; len(a) > 0 && a[0].Is6() {
			from = six
		}
		for _, t := range f.From {
			g := w.nodes[t.Node]
			ids := g.ids
			if !t.All() {
				ids = ids[t.First : t.Last+1]
			}
			for _, id := range ids {
				for range silentAddresses {
					ip, ok := from.take()
					if !ok {
						return fmt.Errorf("flow.%s: %v has no room for the addresses of so many attackers", f.Name, from.within)
					}
					w.dark[f.Name] = append(w.dark[f.Name], w.Net.Assign(id, ip))
				}
			}
		}
	}
	return nil
}

// attack is what the flow forges at these hosts.
func (w *World) attack(f *language.Flow, clients []*host.Host) *apps.Attack {
	a := &apps.Attack{Kind: word[apps.Forgery](f.Kind, "syn-flood", "stale-syn", "blind-rst"), Low: 1024, High: 65535, Patience: w.patience()}
	if f.LocalPort > 0 {
		a.Low, a.High = f.LocalPort, f.LocalPort
	}
	for i, h := range clients {
		switch f.Spoof {
		case "silent":
			a.Sources = append(a.Sources, w.dark[f.Name][i*silentAddresses:(i+1)*silentAddresses])
		case "none":
			a.Sources = append(a.Sources, []wire.Addr{h.Address()})
		default:
			var all []wire.Addr
			for _, g := range w.nodes[f.Spoof].hosts {
				all = append(all, g.Address())
			}
			a.Sources = append(a.Sources, all)
		}
	}
	w.Stack.Darken(w.dark[f.Name]...)
	return a
}

// patience is how long the answers to a SYN may come: while its request lives.
func (w *World) patience() time.Duration {
	longest := time.Duration(0)
	for _, g := range w.nodes { // order-free: the longest
		if g.profile == nil {
			continue
		}
		life := time.Second
		for _, wait := range g.profile.SYNACKSchedule {
			life += wait
		}
		longest = max(longest, life)
	}
	return longest
}
