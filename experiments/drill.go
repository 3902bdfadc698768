package experiments

import (
	"context"
	"fmt"
	"strings"

	"netsim/experiments/language"
	"netsim/packetdrill"
	"netsim/topo"
)

// Seen says which connection is written as a script of packetdrill.
type Seen struct {
	Flow       string // "": the first
	Connection int    // of the flow, from 1
	Host       string // whose end it is, "server", "web[3]" or one of "web"; "": the one that opens it
}

// Drill runs a point of an experiment in the first replication, and writes a connection
// as a script that expects what its host did and
// run against it. An error says why the connection cannot be written so.
func Drill(ctx context.Context, f *language.File, p *language.Point, seen Seen) (text string, err error) {
	seed := p.Spec.Run.Seed
	w, err := Build(p.Spec, seed, 1, Needs{})
	if err != nil {
		return "", err
	}
	flow, err := w.talking(seen.Flow)
	if err != nil {
		return "", err
	}
	seen.Flow = w.flows[flow].Name
	at, err := w.hostsNamed(seen.Host)
	if err != nil {
		return "", err
	}
	rec := packetdrill.NewRecorder(w.Stack, w.Net, uint32(flow), seen.Connection, at)
	w.Observe(rec)
	w.Stack.Record(rec)
	if _, err := w.Run(ctx); err != nil {
		return "", err
	}
	end := "the host that opens it"
	if seen.Host != "" {
		end = seen.Host
	}
	of := f.Name
	if name := p.Name(); name != "" {
		of += " at " + name
	}
	if len(f.Sets) > 0 {
		of += " with " + strings.Join(f.Sets, " ")
	}
	text, err = rec.Script(fmt.Sprintf("Connection %d of flow %s of experiment %s,", seen.Connection, seen.Flow, of),
		fmt.Sprintf("as seen from %s. Seed %d, replication 1, model %d; times are those of the simulation.", end, seed, ModelVersion))
	if err != nil {
		return "", fmt.Errorf("connection %d of flow %s: %w", seen.Connection, seen.Flow, err)
	}
	return text, nil
}

// talking is the number of a flow by its name, or of the first that has connections.
func (w *World) talking(name string) (int, error) {
	var names []string
	for i, f := range w.flows {
		if f.Packets() || f.Forges() {
			continue
		}
		if name == "" || f.Name == name {
			return i, nil
		}
		names = append(names, f.Name)
	}
	return 0, fmt.Errorf("no flow %q that has connections; there are: %s", name, strings.Join(names, ", "))
}

// hostsNamed are the hosts of a node by its name, or of a group; "" is none.
func (w *World) hostsNamed(name string) (ids []topo.NodeID, err error) {
	if name == "" {
		return nil, nil
	}
	var names []string
	for i := range w.Spec.Nodes {
		g := w.nodes[w.Spec.Nodes[i].Name]
		if len(g.hosts) == 0 {
			continue
		}
		if g.Name == name {
			return g.ids, nil
		}
		for _, id := range g.ids {
			if w.Net.Name(id) == name {
				return []topo.NodeID{id}, nil
			}
		}
		names = append(names, g.Name)
	}
	return nil, fmt.Errorf("no host %q; there are %s", name, strings.Join(names, ", "))
}
